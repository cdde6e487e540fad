/* SPDX-License-Identifier: Apache-2.0 */
/* adv_receive.c - reads the sockets for advertisements in batches.
 *
 * Every packet gets the time at which the kernel received it, so that a process that
 * was held up judges by when its peers spoke, not by when it listened. A flood is read
 * as fast as it comes while there is nothing else to do, and otherwise waits behind the
 * timers and everybody else: the timers themselves read first what is there.
 */
#include "vrrpd/adv_socket_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include "common/clock.h"
#include "common/event.h"
#include "common/units.h"
#include "vrrpd/adv_facts.h"

#define READY_MAX 16
/* More than any buffer holds: only a wall clock that jumps lets it come to this. */
#define DRAIN_PACKETS 16384
/* Beyond so many packets in so short a time, reading is no longer first in line. */
#define TURN_US US_PER_MS
#define TURN_PACKETS 64
/* Pending errors of a socket (its interface went down) are each read once. */
#define ERRORS_MAX 4

void
adv_sockets_init_receive(struct adv_sockets *sockets)
{
	for (int i = 0; i < ADV_RECEIVE_BATCH; i++) {
		struct msghdr *msg = &sockets->in[i].msg_hdr;

		sockets->in_iov[i].iov_base = sockets->in_data[i];
		sockets->in_iov[i].iov_len = ADV_RECEIVE_SIZE;
		msg->msg_iov = &sockets->in_iov[i];
		msg->msg_iovlen = 1;
		msg->msg_name = &sockets->in_from[i];
		msg->msg_control = &sockets->in_control[i];
	}
}

/* The kernel writes back how much it used. */
static void
reset_batch(struct adv_sockets *sockets)
{
	for (int i = 0; i < ADV_RECEIVE_BATCH; i++) {
		struct msghdr *msg = &sockets->in[i].msg_hdr;

		msg->msg_namelen = sizeof(sockets->in_from[i]);
		msg->msg_controllen = sizeof(sockets->in_control[i]);
	}
}

/* ---- one packet ------------------------------------------------------------- */

static struct addr
source_of(const struct msghdr *msg, const union adv_address *from)
{
	if (msg->msg_namelen >= sizeof(from->in6) && from->any.sa_family == AF_INET6)
		return addr_from_in6(&from->in6.sin6_addr);
	if (msg->msg_namelen >= sizeof(from->in) && from->any.sa_family == AF_INET)
		return addr_from_in(from->in.sin_addr);
	return (struct addr){.family = AF_UNSPEC};
}

/* The time that is believed: within what is possible. */
static int64_t
clamp(int64_t time_us, int64_t from_us, int64_t to_us)
{
	if (time_us > to_us)
		return to_us;
	return time_us < from_us ? from_us : time_us;
}

/* Hands packet `i` of the batch over. Returns the time it came, as the kernel has it.
 */
static int64_t
hand_over(struct adv_sockets *sockets, struct adv_socket *socket, int i,
    const struct adv_moment *moment)
{
	struct msghdr *msg = &sockets->in[i].msg_hdr;
	const struct adv_facts facts = adv_facts_read(msg);
	struct vrrp_packet_meta meta = {
	    .source = source_of(msg, &sockets->in_from[i]),
	    .destination = facts.destination,
	    .ttl = facts.hop_limit,
	};
	const uint8_t *payload = sockets->in_data[i];
	size_t len = sockets->in[i].msg_len;
	enum vrrp_drop drop = VRRP_DROP_NONE;
	int64_t rx_us = adv_facts_time(&facts, moment);

	if (socket->group.family == AF_INET)
		drop = vrrp_packet_strip_ipv4(payload, len, &meta, &payload, &len);
	sockets->ops->received(sockets->userdata, socket, socket->ifindex,
	    socket->group.family, drop, &meta, payload, len,
	    clamp(rx_us, socket->drained_us, moment->now_us));
	return rx_us;
}

/* ---- many packets ----------------------------------------------------------- */

/* Reads one batch. Returns how many packets, 0 when there is nothing. */
static int
read_batch(struct adv_sockets *sockets, struct adv_socket *socket)
{
	for (int tries = 0; tries < ERRORS_MAX; tries++) {
		int count;

		reset_batch(sockets);
		count = recvmmsg(
		    socket->fd, sockets->in, ADV_RECEIVE_BATCH, MSG_DONTWAIT, NULL);
		if (count >= 0)
			return count;
		if (errno == EAGAIN)
			return 0;
	}
	return 0;
}

/* Reads a socket until it is empty, or what is read came after `until_us`, or `limit`
 * packets were read. Returns how many. */
static unsigned
read_socket(struct adv_sockets *sockets, struct adv_socket *socket, int64_t until_us,
    unsigned limit)
{
	unsigned total = 0;
	int count;
	bool is_past = false;

	do {
		int64_t before_us = clock_now_us();
		int64_t last_us = 0;

		count = read_batch(sockets, socket);

		const struct adv_moment moment = {clock_now_us(), clock_realtime_us()};

		for (int i = 0; i < count && socket->fd >= 0; i++)
			last_us = hand_over(sockets, socket, i, &moment);
		total += (unsigned)count;
		if (count < ADV_RECEIVE_BATCH)
			socket->drained_us = before_us;
		/* From the future: the wall clock was set back, so it tells nothing. */
		is_past = last_us > until_us && last_us <= moment.now_us;
	} while (
	    count == ADV_RECEIVE_BATCH && total < limit && !is_past && socket->fd >= 0);
	return total;
}

static void
free_retired(struct adv_sockets *sockets)
{
	while (sockets->retired != NULL) {
		struct adv_socket *socket = sockets->retired;

		sockets->retired = socket->next;
		free(socket);
	}
}

/* Reads those sockets that have something, each as read_socket() does: first those that
 * were not read for the longest time, at most `sockets_max`. */
static unsigned
read_ready(
    struct adv_sockets *sockets, unsigned sockets_max, int64_t until_us, unsigned limit)
{
	struct epoll_event ready[READY_MAX];
	unsigned total = 0;
	int count;

	if (sockets->reading)
		return 0;
	sockets->reading = true;
	do {
		count = epoll_wait(sockets->epoll_fd, ready, READY_MAX, 0);
		for (int i = 0; i < count; i++) {
			struct adv_socket *socket = ready[i].data.ptr;

			if (socket->fd >= 0)
				total += read_socket(sockets, socket, until_us, limit);
		}
		sockets_max -= sockets_max < READY_MAX ? sockets_max : READY_MAX;
	} while (count == READY_MAX && sockets_max > 0);
	sockets->reading = false;
	free_retired(sockets);
	if (total > 0)
		sockets->ops->received_end(sockets->userdata);
	return total;
}

void
adv_sockets_drain(struct adv_sockets *sockets)
{
	(void)read_ready(sockets, sockets->socket_count, clock_now_us(), DRAIN_PACKETS);
}

/* First in line again when the turn is over, last when its packets are used up. */
static void
choose_priority(struct adv_sockets *sockets, unsigned count)
{
	int64_t now_us = clock_now_us();
	bool was_behind = sockets->turn_count > TURN_PACKETS;

	if (now_us - sockets->turn_us >= TURN_US) {
		sockets->turn_us = now_us;
		sockets->turn_count = 0;
	}
	sockets->turn_count += count;

	bool is_behind = sockets->turn_count > TURN_PACKETS;

	if (is_behind != was_behind)
		(void)sd_event_source_set_priority(sockets->source,
		    is_behind ? EVENT_PRIORITY_BULK : EVENT_PRIORITY_RECEIVE);
}

int
adv_sockets_on_readable(
    sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct adv_sockets *sockets = userdata;

	(void)source;
	(void)fd;
	(void)revents;
	choose_priority(
	    sockets, read_ready(sockets, READY_MAX, INT64_MAX, ADV_RECEIVE_BATCH));
	return 0;
}

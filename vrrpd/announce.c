/* SPDX-License-Identifier: Apache-2.0 */
/* announce.c - sends gratuitous ARP and unsolicited Neighbor Advertisements, paced.
 *
 * Each interface has a lane for each family, and a lane has two queues: of addresses to
 * be announced for the first time, and again. Repetitions only make up for lost
 * packets, so they wait until every address is there and was announced once: each queue
 * has its timer, that of repetitions with the least priority of all. A timer takes from
 * each lane whose turn has come, for a short while, and then lets the loop do other
 * things. A second chain, by owner, makes it cheap to drop what a router that is no
 * longer Master still had to say.
 */
#include "vrrpd/announce.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/event.h"
#include "common/units.h"
#include "vrrpd/vrrp_frame.h"

#define SLICE_US (US_PER_MS / 2)
#define ACCURACY_US US_PER_MS
/* A full transmit queue is given so many times a moment to empty. */
#define TRIES_MAX 20
#define RETRY_US US_PER_MS
/* How long the answer to "is this host a router" is believed. */
#define ROUTER_FLAG_US US_PER_S
#define OWNER_CHAINS 1024

enum turn {
	TURN_FIRST = 0,
	TURN_AGAIN,
	TURN_COUNT_
};

struct queue {
	struct item *first, **last;
};

struct item {
	struct queue *queue; /* of the lane */
	struct item *next, **link;
	struct item *owner_next, **owner_link; /* in the chain of the owner */
	struct lane *lane;
	const void *owner;
	struct addr address;
	unsigned left;  /* how many announcements */
	unsigned tries; /* of the next one */
};

struct lane {
	struct lane *next;
	int ifindex;
	sa_family_t family;
	struct queue queues[TURN_COUNT_];
	int64_t due_us; /* not before */
	int64_t router_read_us;
	int is_router;
};

struct announcer {
	sd_event *event;
	const struct link_mon *mon;
	sd_event_source *timers[TURN_COUNT_];
	int fd;
	int64_t garp_gap_us, gna_gap_us;
	uint64_t sent;
	struct lane *lanes;
	struct item *owners[OWNER_CHAINS];
};

/* ---- queues ----------------------------------------------------------------- */

static struct item **
chain_of(struct announcer *announcer, const void *owner)
{
	/* The low bits of a pointer say little. */
	return &announcer->owners[((uintptr_t)owner >> 6) % OWNER_CHAINS];
}

static void
enqueue(struct queue *queue, struct item *item)
{
	item->queue = queue;
	item->next = NULL;
	item->link = queue->last;
	*queue->last = item;
	queue->last = &item->next;
}

static void
dequeue(struct item *item)
{
	*item->link = item->next;
	if (item->next != NULL)
		item->next->link = item->link;
	else
		item->queue->last = item->link;
}

static void
push(struct announcer *announcer, struct lane *lane, struct item *item)
{
	struct item **chain = chain_of(announcer, item->owner);

	item->lane = lane;
	enqueue(&lane->queues[TURN_FIRST], item);
	item->owner_next = *chain;
	item->owner_link = chain;
	if (item->owner_next != NULL)
		item->owner_next->owner_link = &item->owner_next;
	*chain = item;
}

static void
item_free(struct item *item)
{
	dequeue(item);
	*item->owner_link = item->owner_next;
	if (item->owner_next != NULL)
		item->owner_next->owner_link = item->owner_link;
	free(item);
}

static struct lane *
lane_get(struct announcer *announcer, int ifindex, sa_family_t family)
{
	struct lane *lane = announcer->lanes;

	while (lane != NULL && (lane->ifindex != ifindex || lane->family != family))
		lane = lane->next;
	if (lane != NULL)
		return lane;
	lane = calloc(1, sizeof(*lane));
	if (lane == NULL)
		return NULL;
	lane->ifindex = ifindex;
	lane->family = family;
	for (unsigned turn = 0; turn < TURN_COUNT_; turn++)
		lane->queues[turn].last = &lane->queues[turn].first;
	lane->next = announcer->lanes;
	announcer->lanes = lane;
	return lane;
}

/* ---- sending ---------------------------------------------------------------- */

/* Whether the host forwards IPv6 on that interface: the R flag (RFC 4861 4.4). */
static int
read_router_flag(const char *ifname)
{
	char path[64 + IFNAMSIZ], digit = '0';
	int fd;

	(void)snprintf(
	    path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/forwarding", ifname);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, &digit, 1) < 1)
		digit = '0';
	(void)close(fd);
	return digit != '0';
}

static int
router_flag(struct lane *lane, const char *ifname, int64_t now_us)
{
	if (lane->family != AF_INET6)
		return 0;
	if (lane->router_read_us == 0 ||
	    now_us - lane->router_read_us >= ROUTER_FLAG_US) {
		lane->is_router = read_router_flag(ifname);
		lane->router_read_us = now_us;
	}
	return lane->is_router;
}

/* Returns 0 when the frame left, -EAGAIN when it may leave later, or another negative
 * errno when it never will. */
static int
send_frame(struct announcer *announcer, struct item *item, int64_t now_us)
{
	const struct sockaddr_ll to = {
	    .sll_family = AF_PACKET, .sll_ifindex = item->lane->ifindex};
	const struct link *link =
	    link_mon_by_index(announcer->mon, item->lane->ifindex);
	uint8_t frame[VRRP_FRAME_MAX];
	size_t len;

	if (link == NULL || !link->up || !link->has_mac)
		return -ENETDOWN;
	len = vrrp_frame_announce(frame, &item->address, link->mac,
	    router_flag(item->lane, link->name, now_us));
	if (sendto(announcer->fd, frame, len, MSG_DONTWAIT,
		(const struct sockaddr *)&to, sizeof(to)) >= 0)
		return 0;
	return errno == ENOBUFS || errno == EINTR ? -EAGAIN : -errno;
}

static int64_t
gap_of(const struct announcer *announcer, const struct lane *lane)
{
	return lane->family == AF_INET6 ? announcer->gna_gap_us
					: announcer->garp_gap_us;
}

/* Sends an announcement and says when the lane's next turn is. */
static void
serve(struct announcer *announcer, struct item *item, int64_t now_us)
{
	struct lane *lane = item->lane;
	int r = send_frame(announcer, item, now_us);

	if (r == -EAGAIN && ++item->tries < TRIES_MAX) {
		lane->due_us = now_us + RETRY_US;
		return;
	}
	lane->due_us = now_us;
	if (r == 0) {
		announcer->sent++;
		lane->due_us = now_us + gap_of(announcer, lane);
	}
	item->tries = 0;
	if (--item->left == 0) {
		item_free(item);
		return;
	}
	dequeue(item);
	enqueue(&lane->queues[TURN_AGAIN], item);
}

/* The next of a lane; none is announced again before all were once. */
static struct item *
next_of(const struct lane *lane, enum turn turn)
{
	struct item *first = lane->queues[TURN_FIRST].first;

	if (turn == TURN_FIRST)
		return first;
	return first == NULL ? lane->queues[TURN_AGAIN].first : NULL;
}

/* Gives every lane whose turn it is one turn. Returns whether there was one. */
static bool
serve_round(struct announcer *announcer, enum turn turn, int64_t now_us)
{
	bool any = false;

	for (struct lane *lane = announcer->lanes; lane != NULL; lane = lane->next) {
		struct item *item = next_of(lane, turn);

		if (item == NULL || lane->due_us > now_us)
			continue;
		serve(announcer, item, now_us);
		any = true;
	}
	return any;
}

static bool
is_empty(const struct lane *lane)
{
	return next_of(lane, TURN_FIRST) == NULL && next_of(lane, TURN_AGAIN) == NULL;
}

/* Interfaces come and go; a lane that is empty and owes no pause is not missed. */
static void
drop_idle_lanes(struct announcer *announcer, int64_t now_us)
{
	struct lane **link = &announcer->lanes;

	while (*link != NULL) {
		struct lane *lane = *link;

		if (!is_empty(lane) || lane->due_us > now_us) {
			link = &lane->next;
			continue;
		}
		*link = lane->next;
		free(lane);
	}
}

/* The next turn of all lanes; INT64_MAX: nothing waits for one. */
static int64_t
next_due(const struct announcer *announcer, enum turn turn)
{
	int64_t due_us = INT64_MAX;

	for (const struct lane *lane = announcer->lanes; lane; lane = lane->next)
		if (next_of(lane, turn) != NULL && lane->due_us < due_us)
			due_us = lane->due_us;
	return due_us;
}

static void
arm(struct announcer *announcer, enum turn turn)
{
	sd_event_source *timer = announcer->timers[turn];
	int64_t due_us = next_due(announcer, turn);

	if (due_us == INT64_MAX) {
		(void)sd_event_source_set_enabled(timer, SD_EVENT_OFF);
		return;
	}
	(void)sd_event_source_set_time(timer, (uint64_t)due_us);
	(void)sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

static int
on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct announcer *announcer = userdata;
	enum turn turn =
	    source == announcer->timers[TURN_FIRST] ? TURN_FIRST : TURN_AGAIN;
	int64_t now_us = clock_now_us();
	int64_t until_us = now_us + SLICE_US;

	(void)usec;
	while (now_us < until_us && serve_round(announcer, turn, now_us))
		now_us = clock_now_us();
	drop_idle_lanes(announcer, now_us);
	arm(announcer, TURN_FIRST);
	arm(announcer, TURN_AGAIN);
	return 0;
}

/* ---- life ------------------------------------------------------------------- */

static int
open_timer(struct announcer *announcer, enum turn turn)
{
	sd_event_source **timer = &announcer->timers[turn];
	int r = sd_event_add_time(announcer->event, timer, EVENT_CLOCK, 0, ACCURACY_US,
	    on_timer, announcer);

	if (r < 0)
		return r;
	(void)sd_event_source_set_description(*timer, "announcements");
	(void)sd_event_source_set_enabled(*timer, SD_EVENT_OFF);
	return sd_event_source_set_priority(
	    *timer, turn == TURN_FIRST ? EVENT_PRIORITY_BULK : EVENT_PRIORITY_LAST);
}

int
announcer_new(sd_event *event, const struct link_mon *mon, struct announcer **ret)
{
	struct announcer *announcer = calloc(1, sizeof(*announcer));
	int r;

	if (announcer == NULL)
		return -ENOMEM;
	announcer->event = sd_event_ref(event);
	announcer->mon = mon;
	/* Protocol 0: it sends and never receives. */
	announcer->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	r = announcer->fd < 0 ? -errno : 0;
	if (r == 0)
		r = open_timer(announcer, TURN_FIRST);
	if (r >= 0)
		r = open_timer(announcer, TURN_AGAIN);
	if (r < 0) {
		announcer_free(announcer);
		return r;
	}
	*ret = announcer;
	return 0;
}

/* With everything that waits in it; no chain is kept up any more. */
static void
lane_free(struct lane *lane)
{
	for (unsigned turn = 0; turn < TURN_COUNT_; turn++) {
		struct item *item = lane->queues[turn].first;

		while (item != NULL) {
			struct item *next = item->next;

			free(item);
			item = next;
		}
	}
	free(lane);
}

struct announcer *
announcer_free(struct announcer *announcer)
{
	if (announcer == NULL)
		return NULL;
	while (announcer->lanes != NULL) {
		struct lane *lane = announcer->lanes;

		announcer->lanes = lane->next;
		lane_free(lane);
	}
	for (unsigned turn = 0; turn < TURN_COUNT_; turn++)
		sd_event_source_unref(announcer->timers[turn]);
	if (announcer->fd >= 0)
		(void)close(announcer->fd);
	sd_event_unref(announcer->event);
	free(announcer);
	return NULL;
}

void
announcer_set_gaps(struct announcer *announcer, int64_t garp_us, int64_t gna_us)
{
	announcer->garp_gap_us = garp_us;
	announcer->gna_gap_us = gna_us;
}

int
announcer_add(struct announcer *announcer, const void *owner, int ifindex,
    const struct addr *address, unsigned count)
{
	struct lane *lane;
	struct item *item;

	if (count == 0)
		return 0;
	lane = lane_get(announcer, ifindex, address->family);
	item = lane == NULL ? NULL : calloc(1, sizeof(*item));
	if (item == NULL)
		return -ENOMEM;
	item->owner = owner;
	item->address = *address;
	item->left = count;

	bool was_empty = next_of(lane, TURN_FIRST) == NULL;

	push(announcer, lane, item);
	if (was_empty)
		arm(announcer, TURN_FIRST);
	return 0;
}

void
announcer_cancel(struct announcer *announcer, const void *owner)
{
	struct item *item = *chain_of(announcer, owner);

	while (item != NULL) {
		struct item *next = item->owner_next;

		if (item->owner == owner)
			item_free(item);
		item = next;
	}
}

uint64_t
announcer_sent(const struct announcer *announcer)
{
	return announcer->sent;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* link_mon.c - what the kernel says of its links and addresses, kept up to date.
 *
 * Listings (dumps) are asked for on the socket that also brings the events. So
 * everything arrives in the order in which it was true, and what a listing did not
 * mention is gone, unless the listing was disturbed: then it is repeated, first at
 * once, then with growing pauses.
 */
#include "vrrpd/link_mon.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/event.h"
#include "common/nl_request.h"
#include "vrrpd/link_filter.h"
#include "vrrpd/link_msg.h"

enum {
	RECEIVE_ROOM = 8 << 20, /* some 7,000 messages; used only in need */
	BUFFER_SIZE = 32768,    /* as long as a piece of a listing can be */
	SLICE_MESSAGES = 128, /* read before others have their turn, or a piece more */
	SLICE_SWEEP = 256,    /* unconfirmed entries reported in one go */
	FIRST_LISTING_US = 10 * 1000000,
	PAUSE_FIRST_US = 20 * 1000,
	PAUSE_MAX_US = 1000 * 1000,
	STUCK_US = 2 * 1000000, /* a listing that says nothing for so long is dead */
	AUDIT_US = 60 * 1000000,
	TIMER_ACCURACY_US = 10 * 1000,
};

enum sync_phase {
	SYNC_IDLE = 0, /* the timer brings the next audit */
	SYNC_LINKS,
	SYNC_ADDRS,
	SYNC_SWEEP, /* reporting what the listing did not confirm */
	SYNC_PAUSE, /* the timer brings the next try */
};

struct link_mon {
	const struct link_mon_ops *ops;
	void *userdata;
	struct link_table *table;
	int fd;
	sd_event_source *io, *timer, *sweep;

	enum sync_phase phase;
	uint32_t seq;   /* of the listing under way */
	bool moving;    /* it brought something since the timer was last set */
	bool silent;    /* the first reading: no callbacks */
	bool disturbed; /* the listing cannot be trusted to be complete */
	bool lost;      /* messages were lost: this is not a mere audit */
	bool once_more; /* somebody asked while a comparison was under way */
	int64_t pause_us;
	int64_t sync_started_us;
	struct link_mon_stats stats;

	_Alignas(struct nlmsghdr) char buffer[BUFFER_SIZE];
};

/* ---- events -------------------------------------------------------------------------
 */

static void
report_addr_removed(struct link_mon *mon, const struct link_addr *addr)
{
	if (!mon->silent)
		mon->ops->addr_removed(mon->userdata, addr);
}

static void
remove_link(struct link_mon *mon, int ifindex)
{
	struct link_addr addr;
	struct link old;

	while (link_table_pop_addr_of(mon->table, ifindex, &addr))
		report_addr_removed(mon, &addr);
	if (link_table_remove_link(mon->table, ifindex, &old) && !mon->silent)
		mon->ops->link_removed(mon->userdata, &old);
}

static void
handle_link(struct link_mon *mon, struct nlmsghdr *message)
{
	int ifindex = link_msg_ifindex(message), r;
	struct link old, now;

	if (ifindex == 0)
		return;
	if (message->nlmsg_type == RTM_DELLINK) {
		remove_link(mon, ifindex);
		return;
	}
	if (!link_msg_parse_link(
		message, link_table_by_index(mon->table, ifindex), &now))
		return;
	r = link_table_put_link(mon->table, &now, &old);
	if (r < 0)
		mon->disturbed = true; /* no memory: the next listing has it */
	else if (r != LINK_CHANGE_NONE && !mon->silent)
		mon->ops->link_changed(
		    mon->userdata, r == LINK_CHANGE_NEW ? NULL : &old, &now);
}

static void
handle_addr(struct link_mon *mon, struct nlmsghdr *message)
{
	struct link_addr addr, old;
	int r;

	if (!link_msg_parse_addr(message, &addr))
		return;
	if (message->nlmsg_type == RTM_DELADDR) {
		/* The kernel tells of a new IPv6 address in the background. One that
		 * goes before that is told to be gone, and nothing else. */
		if (!link_table_remove_addr(
			mon->table, addr.ifindex, &addr.prefix, &old))
			old = addr;
		report_addr_removed(mon, &old);
		return;
	}
	r = link_table_put_addr(mon->table, &addr);
	if (r == -ENOMEM)
		mon->disturbed = true;
	else if (r > 0 && !mon->silent)
		mon->ops->addr_changed(mon->userdata, &addr);
}

/* ---- listings -----------------------------------------------------------------------
 */

static void
set_timer(struct link_mon *mon, int64_t delay_us)
{
	(void)sd_event_source_set_time(
	    mon->timer, (uint64_t)(clock_now_us() + delay_us));
	(void)sd_event_source_set_enabled(mon->timer, SD_EVENT_ONESHOT);
}

/* Sends a request, which is freed, or NULL. */
static int
request(struct link_mon *mon, struct nl_msg *message)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct nlmsghdr *header;
	int r = 0;

	if (message == NULL)
		return -ENOMEM;
	header = nlmsg_hdr(message);
	header->nlmsg_seq = ++mon->seq;
	if (sendto(mon->fd, header, header->nlmsg_len, 0,
		(const struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		r = -errno;
	nlmsg_free(message);
	return r;
}

static void
pause_sync(struct link_mon *mon)
{
	mon->phase = SYNC_PAUSE;
	set_timer(mon, mon->pause_us);
	mon->pause_us = mon->pause_us == 0 ? PAUSE_FIRST_US : mon->pause_us * 2;
	if (mon->pause_us > PAUSE_MAX_US)
		mon->pause_us = PAUSE_MAX_US;
}

static void
list_again(struct link_mon *mon)
{
	mon->disturbed = false;
	mon->phase = SYNC_LINKS;
	link_table_begin_listing(mon->table);
	set_timer(mon, STUCK_US);
	if (request(mon, link_msg_list_links()) < 0)
		pause_sync(mon);
}

static void
start_sync(struct link_mon *mon)
{
	mon->sync_started_us = clock_now_us();
	mon->pause_us = 0;
	list_again(mon);
}

/* Ready for the next comparison, which may be due at once. */
static void
rest(struct link_mon *mon)
{
	mon->phase = SYNC_IDLE;
	mon->lost = false;
	mon->stats.compared++;
	set_timer(mon, mon->once_more ? 0 : AUDIT_US);
	mon->once_more = false;
}

static void
end_sync(struct link_mon *mon)
{
	bool lost = mon->lost;

	rest(mon);
	if (mon->silent)
		return;
	if (lost) {
		mon->stats.resyncs++;
		mon->stats.last_resync_us = clock_now_us() - mon->sync_started_us;
		mon->ops->resynced(mon->userdata);
	} else if (mon->ops->audited != NULL) {
		mon->ops->audited(mon->userdata);
	}
}

/* What the listing left out is gone, even though no event said so. True when done. */
static bool
sweep_some(struct link_mon *mon)
{
	const struct link *link;
	struct link_addr addr;

	for (unsigned i = 0; i < SLICE_SWEEP; i++) {
		if (link_table_pop_unconfirmed_addr(mon->table, &addr))
			report_addr_removed(mon, &addr);
		else if ((link = link_table_unconfirmed_link(mon->table)) != NULL)
			remove_link(mon, link->ifindex);
		else
			return true;
	}
	return false;
}

static int
on_sweep(sd_event_source *source, void *userdata)
{
	struct link_mon *mon = userdata;

	if (mon->phase != SYNC_SWEEP)
		return 0;
	if (mon->disturbed)
		pause_sync(mon);
	else if (sweep_some(mon))
		end_sync(mon);
	else
		return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

static int
on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct link_mon *mon = userdata;

	(void)source;
	(void)usec;
	if (mon->phase == SYNC_IDLE) {
		start_sync(mon);
	} else if (mon->phase == SYNC_PAUSE || !mon->moving) {
		/* The answer that refused a listing can itself be lost. */
		list_again(mon);
	} else {
		mon->moving = false;
		set_timer(mon, STUCK_US);
	}
	return 0;
}

static void
handle_listing_end(struct link_mon *mon, bool failed)
{
	if (failed)
		mon->disturbed = true;
	if (mon->disturbed) {
		pause_sync(mon);
	} else if (mon->phase == SYNC_LINKS) {
		mon->phase = SYNC_ADDRS;
		if (request(mon, link_msg_list_addrs()) < 0)
			pause_sync(mon);
	} else {
		mon->phase = SYNC_SWEEP;
		(void)sd_event_source_set_enabled(mon->sweep, SD_EVENT_ONESHOT);
	}
}

uint64_t
link_mon_compare(struct link_mon *mon)
{
	if (mon->phase == SYNC_IDLE) {
		set_timer(mon, 0);
		return mon->stats.compared + 1;
	}
	mon->once_more = true;
	return mon->stats.compared + 2;
}

static void
handle_overrun(struct link_mon *mon)
{
	mon->stats.overruns++;
	mon->lost = true;
	mon->disturbed = true;
	if (mon->phase == SYNC_IDLE)
		start_sync(mon);
}

/* ---- reading ------------------------------------------------------------------------
 */

static bool
is_listing(const struct link_mon *mon)
{
	return mon->phase == SYNC_LINKS || mon->phase == SYNC_ADDRS;
}

/* NLMSG_DONE carries an error when the kernel gave up; NLMSG_ERROR refuses a listing.
 */
static void
handle_control(struct link_mon *mon, const struct nlmsghdr *message)
{
	int error = 0;

	if (!is_listing(mon) || message->nlmsg_seq != mon->seq)
		return;
	if (message->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, nlmsg_data(message), sizeof(error));
	handle_listing_end(mon, error < 0);
}

static void
handle_message(struct link_mon *mon, struct nlmsghdr *message)
{
	if (message->nlmsg_flags & NLM_F_MULTI) { /* part of a listing */
		mon->moving = true;
		/* Something changed meanwhile: it may have left things out. */
		if (message->nlmsg_flags & NLM_F_DUMP_INTR)
			mon->disturbed = true;
	}
	switch (message->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		handle_link(mon, message);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		handle_addr(mon, message);
		break;
	case NLMSG_DONE:
	case NLMSG_ERROR:
		handle_control(mon, message);
		break;
	}
}

static unsigned
handle_datagram(struct link_mon *mon, ssize_t len)
{
	struct nlmsghdr *message = (struct nlmsghdr *)(void *)mon->buffer;
	unsigned count = 1;
	int left = (int)len;

	for (; nlmsg_ok(message, left); message = nlmsg_next(message, &left)) {
		handle_message(mon, message);
		count++;
	}
	return count;
}

/* Reads one datagram, which has one event or a piece of a listing. Returns about how
 * many messages it had, 0 when there was none. */
static unsigned
read_datagram(struct link_mon *mon)
{
	struct sockaddr_nl from;
	struct iovec iov = {mon->buffer, sizeof(mon->buffer)};
	struct msghdr header = {
	    .msg_name = &from,
	    .msg_namelen = sizeof(from),
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	};
	ssize_t len = recvmsg(mon->fd, &header, MSG_DONTWAIT);
	unsigned count = 1;

	if (len < 0 && errno != ENOBUFS)
		return errno == EINTR;
	/* Other processes can write to our port, too. */
	if (len >= 0 && from.nl_pid == 0)
		count = handle_datagram(mon, len);
	if (len < 0 || (header.msg_flags & MSG_TRUNC))
		handle_overrun(mon);
	return count;
}

static int
on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct link_mon *mon = userdata;
	unsigned count = 0, more = 1;

	(void)source;
	(void)fd;
	(void)revents;
	while (count < SLICE_MESSAGES && more > 0) {
		more = read_datagram(mon);
		count += more;
	}
	return 0;
}

/* ---- life ---------------------------------------------------------------------------
 */

static int
join_groups(int fd)
{
	static const int groups[] = {
	    RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR};

	for (unsigned i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i],
			sizeof(groups[i])) < 0)
			return -errno;
	return 0;
}

static int
add_sources(struct link_mon *mon, sd_event *event)
{
	int r = sd_event_add_io(event, &mon->io, mon->fd, EPOLLIN, on_io, mon);

	if (r >= 0)
		r = sd_event_source_set_priority(mon->io, EVENT_PRIORITY_NETLINK);
	if (r >= 0)
		r = sd_event_add_time(event, &mon->timer, EVENT_CLOCK, 0,
		    TIMER_ACCURACY_US, on_timer, mon);
	if (r >= 0)
		r = sd_event_source_set_enabled(mon->timer, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_source_set_priority(mon->timer, EVENT_PRIORITY_NETLINK);
	if (r >= 0)
		r = sd_event_add_defer(event, &mon->sweep, on_sweep, mon);
	if (r >= 0)
		r = sd_event_source_set_enabled(mon->sweep, SD_EVENT_OFF);
	/* Only when no event is left to be read is the picture that of the present. */
	if (r >= 0)
		r = sd_event_source_set_priority(
		    mon->sweep, EVENT_PRIORITY_NETLINK + 1);
	return r < 0 ? r : 0;
}

/* The first listing, before the loop runs. */
static int
read_present_state(struct link_mon *mon)
{
	int64_t until_us = clock_now_us() + FIRST_LISTING_US;

	mon->silent = true;
	start_sync(mon);
	while (mon->phase != SYNC_SWEEP) {
		struct pollfd poll_fd = {.fd = mon->fd, .events = POLLIN};

		if (clock_now_us() >= until_us)
			return -ETIMEDOUT;
		if (mon->phase == SYNC_PAUSE) {
			(void)poll(NULL, 0, (int)(mon->pause_us / 1000));
			list_again(mon);
		} else if (poll(&poll_fd, 1, 100) > 0) {
			(void)read_datagram(mon);
		}
	}
	while (!sweep_some(mon))
		;
	(void)sd_event_source_set_enabled(mon->sweep, SD_EVENT_OFF);
	end_sync(mon);
	mon->silent = false;
	return 0;
}

int
link_mon_new(sd_event *event, const struct link_mon_ops *ops, void *userdata,
    struct link_mon **ret)
{
	struct link_mon *mon = calloc(1, sizeof(*mon));
	int r;

	if (mon == NULL)
		return -ENOMEM;
	mon->ops = ops;
	mon->userdata = userdata;
	mon->table = link_table_new();
	mon->fd = mon->table == NULL ? -ENOMEM : nl_open(NETLINK_ROUTE, RECEIVE_ROOM);
	r = mon->fd < 0 ? mon->fd : join_groups(mon->fd);
	if (r == 0) {
		(void)link_filter_attach(mon->fd); /* it only saves work */
		r = add_sources(mon, event);
	}
	if (r == 0)
		r = read_present_state(mon);
	if (r < 0) {
		link_mon_free(mon);
		return r;
	}
	*ret = mon;
	return 0;
}

struct link_mon *
link_mon_free(struct link_mon *mon)
{
	if (mon == NULL)
		return NULL;
	sd_event_source_disable_unref(mon->io);
	sd_event_source_disable_unref(mon->timer);
	sd_event_source_disable_unref(mon->sweep);
	if (mon->fd >= 0)
		close(mon->fd);
	link_table_free(mon->table);
	free(mon);
	return NULL;
}

/* ---- questions ----------------------------------------------------------------------
 */

const struct link *
link_mon_by_name(const struct link_mon *mon, const char *name)
{
	return link_table_by_name(mon->table, name);
}

const struct link *
link_mon_by_index(const struct link_mon *mon, int ifindex)
{
	return link_table_by_index(mon->table, ifindex);
}

const struct link_addr *
link_mon_find_addr(const struct link_mon *mon, int ifindex, const struct prefix *prefix)
{
	return link_table_find_addr(mon->table, ifindex, prefix);
}

struct addr
link_mon_primary(const struct link_mon *mon, int ifindex, sa_family_t family)
{
	return link_table_primary(mon->table, ifindex, family);
}

bool
link_mon_is_near(const struct link_mon *mon, int ifindex, const struct addr *addr)
{
	return link_table_is_near(mon->table, ifindex, addr);
}

void
link_mon_each_own(const struct link_mon *mon,
    void (*fn)(void *userdata, const struct link_addr *addr), void *userdata)
{
	link_table_each_own(mon->table, fn, userdata);
}

struct link_mon_stats
link_mon_stats(const struct link_mon *mon)
{
	return mon->stats;
}

void
link_mon_starve(struct link_mon *mon)
{
	int least = 1; /* the kernel makes it about 2 kB */

	(void)setsockopt(mon->fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
}

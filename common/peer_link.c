/* SPDX-License-Identifier: Apache-2.0 */
/* peer_link.c - a daemon's connection to the other one: made, kept, judged. */
#include "common/peer_link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_line.h"
#include "common/ctl_listen.h"
#include "common/ctl_msg.h"
#include "common/event.h"
#include "common/peer_talk.h"

/* How long lines are worked off before others have their turn. */
#define TURN_US 500
/* The part of all time that goes into it in the long run, and how much of it may be
 * used ahead: a picture of all objects is taken at full speed, and one that never stops
 * talking costs no more than a fifth of a processor. */
#define SHARE 5
#define AHEAD_US (500 * US_PER_MS)
#define PAUSE_US (10 * US_PER_MS)
/* A timer that comes so much too late says that this process did not run. */
#define LATE_US (500 * US_PER_MS)
/* Behind the clients, beside other long work: sd-event lets equals take turns, so even
 * an endless stream leaves half of that time to the addresses of virtual routers. */
#define PRIORITY EVENT_PRIORITY_BULK

struct peer_link {
	struct peer_link_config config;
	struct sockaddr_un address;
	sd_event *event;
	int fd; /* -1: not connected */
	sd_event_source *io;
	sd_event_source *more;  /* on: lines are left, or it waits for its share */
	sd_event_source *timer; /* when to connect, or to judge the silence */
	struct ctl_lines in;
	struct peer_talk talk;
	enum peer_state state;
	enum peer_why why;
	int64_t since_us;
	int64_t heard_us; /* 0: never */
	int64_t waits_us; /* since when something should come */
	int64_t retry_us; /* how long to wait before the next attempt */
	int64_t used_us;  /* time that lines took, and is not made up for: */
	int64_t used_at_us;
};

/* clang-format off */
static const char *const state_names[] = {
	[PEER_NEVER]      = "never",
	[PEER_CONNECTING] = "connecting",
	[PEER_UP]         = "up",
	[PEER_LOST]       = "lost",
	[PEER_FROZEN]     = "frozen",
};

static const char *const why_names[] = {
	[PEER_WHY_NONE]     = NULL,
	[PEER_WHY_STOPPED]  = "stopped",
	[PEER_WHY_CLOSED]   = "closed",
	[PEER_WHY_SILENT]   = "silent",
	[PEER_WHY_REFUSED]  = "refused",
	[PEER_WHY_VERSION]  = "version",
	[PEER_WHY_PROTOCOL] = "protocol",
};
/* clang-format on */

const char *
peer_state_name(enum peer_state state)
{
	return state_names[state];
}

const char *
peer_why_name(enum peer_why why)
{
	return why_names[why];
}

static void
set_state(struct peer_link *link, enum peer_state state, enum peer_why why)
{
	if (link->state == state && link->why == why)
		return;
	link->state = state;
	link->why = why;
	link->since_us = clock_now_us();
}

/* ---- the end of a connection --------------------------------------------- */

static void
set_timer(struct peer_link *link, int64_t at_us)
{
	(void)sd_event_source_set_time(link->timer, (uint64_t)at_us);
	(void)sd_event_source_set_enabled(link->timer, SD_EVENT_ONESHOT);
}

/* Somewhere in the quarter before it is due, so that two daemons that lost each other
 * do not knock at the same time for ever. */
static int64_t
with_jitter(int64_t delay_us)
{
	return delay_us - clock_now_us() % (delay_us / 4);
}

static void
try_later(struct peer_link *link)
{
	set_timer(link, clock_now_us() + with_jitter(link->retry_us));
	link->retry_us *= 2;
	if (link->retry_us > PEER_RETRY_MAX_US)
		link->retry_us = PEER_RETRY_MAX_US;
}

static void
disconnect(struct peer_link *link)
{
	link->io = sd_event_source_disable_unref(link->io);
	(void)sd_event_source_set_enabled(link->more, SD_EVENT_OFF);
	if (link->fd >= 0)
		(void)close(link->fd);
	link->fd = -1;
	ctl_lines_done(&link->in);
}

static void
hang_up(struct peer_link *link, enum peer_why why)
{
	/* Whoever stayed for a while is sought in haste; whoever goes as soon as he is
	 * there is not. */
	if (link->state == PEER_UP && clock_now_us() - link->since_us > US_PER_S)
		link->retry_us = link->config.retry_min_us;
	disconnect(link);
	set_state(link, PEER_LOST, why);
	try_later(link);
}

/* ---- what is said ---------------------------------------------------------- */

/* A request that does not fit into the buffer of a new connection is none of ours. */
static bool
ask(struct peer_link *link)
{
	json_t *request = peer_talk_request(&link->talk);
	size_t len = 0;
	char *line = request != NULL ? ctl_msg_line(request, &len) : NULL;
	ssize_t n = -1;

	if (line != NULL)
		n = send(link->fd, line, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	free(line);
	json_decref(request);
	return n == (ssize_t)len;
}

static void
take_line(struct peer_link *link, const char *line, size_t len)
{
	switch (peer_talk_take(&link->talk, line, len)) {
	case PEER_TALK_ASK:
		if (!ask(link))
			hang_up(link, PEER_WHY_CLOSED);
		break;
	case PEER_TALK_GO_ON:
		if (link->talk.stage == PEER_TALK_EVENTS)
			set_state(link, PEER_UP, PEER_WHY_NONE);
		break;
	case PEER_TALK_REFUSED:
		hang_up(link, PEER_WHY_REFUSED);
		break;
	case PEER_TALK_VERSION:
		hang_up(link, PEER_WHY_VERSION);
		break;
	case PEER_TALK_BROKEN:
		hang_up(link, PEER_WHY_PROTOCOL);
		break;
	case PEER_TALK_NEXT_COUNT_:
		break;
	}
}

/* Counts the time since `began_us`. Returns how long nothing is to be read now. */
static int64_t
use(struct peer_link *link, int64_t began_us)
{
	int64_t now_us = clock_now_us();

	link->used_us -= (now_us - link->used_at_us) / SHARE;
	if (link->used_us < 0)
		link->used_us = 0;
	link->used_us += now_us - began_us;
	link->used_at_us = now_us;
	return link->used_us > AHEAD_US ? (link->used_us - AHEAD_US) * SHARE + PAUSE_US
					: 0;
}

/* As long as lines are left nothing more is read; during a pause, not even whether the
 * connection ended. */
static void
go_on(struct peer_link *link, int64_t pause_us)
{
	bool left = ctl_lines_ready(&link->in), wait = pause_us > 0;

	(void)sd_event_source_set_io_events(link->io, left ? 0 : EPOLLIN);
	(void)sd_event_source_set_enabled(link->io, wait ? SD_EVENT_OFF : SD_EVENT_ON);
	(void)sd_event_source_set_time(
	    link->more, (uint64_t)(clock_now_us() + pause_us));
	(void)sd_event_source_set_enabled(
	    link->more, left || wait ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

/* Works off whole lines for a while. */
static void
work(struct peer_link *link)
{
	int64_t began_us = clock_now_us(), pause_us;
	const char *line;
	size_t len;

	while (link->fd >= 0 && clock_now_us() < began_us + TURN_US &&
	       ctl_lines_take(&link->in, &line, &len)) {
		link->heard_us = link->waits_us = clock_now_us();
		take_line(link, line, len);
	}
	link->config.changed(link->config.userdata);
	pause_us = use(link, began_us);
	if (link->fd >= 0)
		go_on(link, pause_us);
}

static int
on_more(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	work(userdata);
	return 0;
}

/* Reads what is there, once. */
static void
receive(struct peer_link *link)
{
	size_t room;
	char *space = ctl_lines_space(&link->in, &room);
	ssize_t n = space != NULL ? recv(link->fd, space, room, MSG_DONTWAIT) : 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		ctl_lines_filled(&link->in, (size_t)n);
	if (space == NULL || ctl_lines_too_long(&link->in)) {
		(void)snprintf(link->talk.error, sizeof(link->talk.error),
		    "a line that is too long");
		hang_up(link, PEER_WHY_PROTOCOL);
	} else if (n <= 0) {
		hang_up(link, strcmp(link->talk.phase, "stopping") == 0
				  ? PEER_WHY_STOPPED
				  : PEER_WHY_CLOSED);
	}
	work(link);
}

static int
on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct peer_link *link = userdata;

	(void)source;
	(void)fd;
	(void)revents;
	/* An end is seen when it is read, behind all that was said before it. */
	if (ctl_lines_ready(&link->in))
		work(link);
	else
		receive(link);
	return 0;
}

/* ---- connecting ------------------------------------------------------------ */

static int
add_io(struct peer_link *link)
{
	int r = sd_event_add_io(link->event, &link->io, link->fd, EPOLLIN, on_io, link);

	if (r >= 0)
		r = sd_event_source_set_priority(link->io, PRIORITY);
	return r < 0 ? r : 0;
}

/* Without waiting: a Unix socket takes a connection at once or not at all. */
static void
dial(struct peer_link *link)
{
	link->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (link->fd < 0 || add_io(link) < 0 ||
	    connect(link->fd, (const struct sockaddr *)&link->address,
		sizeof(link->address)) < 0) {
		disconnect(link);
		try_later(link);
		return;
	}
	peer_talk_begin(&link->talk);
	link->waits_us = clock_now_us();
	if (link->state == PEER_NEVER)
		set_state(link, PEER_CONNECTING, PEER_WHY_NONE);
	set_timer(link, link->waits_us + link->config.silent_us);
}

static void
freeze(struct peer_link *link)
{
	if (link->state == PEER_UP)
		link->retry_us = link->config.retry_min_us;
	set_state(link, PEER_FROZEN, PEER_WHY_SILENT);
}

static void
judge(struct peer_link *link)
{
	int64_t next_us = link->waits_us + link->config.silent_us;

	if (clock_now_us() >= next_us) {
		freeze(link);
		/* It is waited for: what it says makes it known again, and that it
		 * ended is heard at once. */
		next_us = clock_now_us() + link->config.silent_us;
	}
	set_timer(link, next_us);
}

static int
on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct peer_link *link = userdata;
	int64_t now_us = clock_now_us();

	(void)source;
	/* Who was stopped himself finds the other's words waiting; when the whole host
	 * slept, there are none yet, and the silence begins now. */
	if (now_us - (int64_t)usec > LATE_US)
		link->waits_us = now_us;
	if (link->fd < 0)
		dial(link);
	else if (ctl_lines_ready(&link->in))
		work(link);
	else
		receive(link);
	if (link->fd >= 0)
		judge(link);
	link->config.changed(link->config.userdata);
	return 0;
}

/* ---- life ------------------------------------------------------------------ */

static int
add_sources(struct peer_link *link)
{
	int r = sd_event_add_time(
	    link->event, &link->timer, EVENT_CLOCK, 0, US_PER_MS * 10, on_timer, link);

	if (r >= 0)
		r = sd_event_source_set_priority(link->timer, PRIORITY);
	if (r >= 0)
		r = sd_event_add_time(
		    link->event, &link->more, EVENT_CLOCK, 0, US_PER_MS, on_more, link);
	if (r >= 0)
		r = sd_event_source_set_priority(link->more, PRIORITY);
	if (r >= 0)
		r = sd_event_source_set_enabled(link->more, SD_EVENT_OFF);
	return r < 0 ? r : 0;
}

static int
set_address(struct peer_link *link)
{
	struct sockaddr_un *address = &link->address;
	int len = snprintf(address->sun_path, sizeof(address->sun_path), "%s/%s/%s",
	    link->config.run_base, link->config.daemon, CTL_SOCKET_PUBLIC);

	address->sun_family = AF_UNIX;
	return len < 0 || (size_t)len >= sizeof(address->sun_path) ? -ENAMETOOLONG : 0;
}

int
peer_link_new(const struct peer_link_config *config, struct peer_link **ret)
{
	struct peer_link *link = calloc(1, sizeof(*link));
	int r;

	if (link == NULL)
		return -ENOMEM;
	*link = (struct peer_link){
	    .config = *config,
	    .event = sd_event_ref(config->event),
	    .fd = -1,
	    .in = {.max = CTL_REQUEST_MAX},
	    .talk = {.daemon = config->daemon, .types = config->types},
	    .since_us = clock_now_us(),
	    .retry_us = config->retry_min_us,
	};
	link->talk.mirror =
	    peer_mirror_new(config->kinds, config->object_changed, config->userdata);
	r = link->talk.mirror != NULL ? set_address(link) : -ENOMEM;
	if (r == 0)
		r = add_sources(link);
	if (r < 0)
		peer_link_free(link);
	else
		*ret = link;
	return r;
}

struct peer_link *
peer_link_free(struct peer_link *link)
{
	if (link == NULL)
		return NULL;
	disconnect(link);
	sd_event_source_disable_unref(link->more);
	sd_event_source_disable_unref(link->timer);
	sd_event_unref(link->event);
	peer_mirror_free(link->talk.mirror);
	free(link);
	return NULL;
}

struct peer_view
peer_link_view(const struct peer_link *link)
{
	const struct peer_talk *talk = &link->talk;

	return (struct peer_view){
	    .state = link->state,
	    .why = link->why,
	    .since_us = link->since_us,
	    .heard_us = link->heard_us,
	    .epoch = talk->epoch,
	    .version = talk->version,
	    .phase = talk->phase,
	    .settled = talk->settled,
	    .error = talk->error,
	};
}

const struct peer_mirror *
peer_link_mirror(const struct peer_link *link)
{
	return link->talk.mirror;
}

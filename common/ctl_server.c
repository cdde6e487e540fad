/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_server.c - the control sockets of a daemon: who connects, how much, in what turn.
 */
#include "common/ctl_server_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_limits.h"
#include "common/event.h"
#include "common/units.h"

/* Reading goes first, so that everyone who has a request stands in the queue; but after
 * so many arrivals a turn comes, or a flood of them would keep all requests waiting. */
#define PRIORITY_TURN (EVENT_PRIORITY_CONTROL + 1)
#define PRIORITY_TURN_DUE (EVENT_PRIORITY_CONTROL - 1)
#define ARRIVALS_MAX 16

static const char *const socket_names[CTL_SOCKET_COUNT_] = {
    [CTL_SOCKET_IS_CONTROL] = CTL_SOCKET_CONTROL,
    [CTL_SOCKET_IS_PUBLIC] = CTL_SOCKET_PUBLIC,
};

static const enum ctl_role socket_caps[CTL_SOCKET_COUNT_] = {
    [CTL_SOCKET_IS_CONTROL] = CTL_ROLE_ADMIN,
    [CTL_SOCKET_IS_PUBLIC] = CTL_ROLE_READ,
};

/* ---- clients ------------------------------------------------------------- */

/* Whether the pools have room for one more of this user. The other daemon runs as the
 * same user as this one: others must not keep it out. */
static bool
has_room(const struct ctl_server *server, enum ctl_socket socket, uid_t uid)
{
	bool is_trusted = uid == 0 || uid == geteuid();
	size_t most = CTL_CLIENTS_MAX + (is_trusted ? CTL_CLIENTS_ROOT : 0);
	size_t own = 0;

	if (server->pool[socket] >= most)
		return false;
	if (uid == 0)
		return true;
	for (const struct ctl_conn *conn = server->conns; conn != NULL;
	     conn = conn->next)
		if (conn->socket == socket && conn->peer.uid == uid)
			own++;
	return own < CTL_CLIENTS_PER_USER;
}

/* Says why and closes; the text fits any socket buffer. */
static void
turn_away(struct ctl_server *server, int fd, uid_t uid)
{
	struct ctl_error error = {0};
	uint64_t held;
	size_t len;

	ctl_error_set(&error, CTL_TOO_MANY, NULL, "too many connections");
	json_t *message = ctl_msg_error(NULL, &error);
	char *line = ctl_msg_line(message, &len);
	if (line != NULL)
		(void)send(fd, line, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	free(line);
	json_decref(message);
	(void)close(fd);
	server->stats.refused++;
	if (log_limit_pass(&server->full_limit, clock_now_us(), &held))
		log_warning(
		    "control: too many connections, one of uid %u was refused", uid);
}

/* In a second, if it is not to be sooner: whoever comes must not put it off. */
static void
start_sweeping(struct ctl_server *server)
{
	if (sd_event_source_get_enabled(server->sweep, NULL) > 0)
		return;
	(void)sd_event_source_set_time_relative(server->sweep, US_PER_S);
	(void)sd_event_source_set_enabled(server->sweep, SD_EVENT_ONESHOT);
}

static void
welcome(struct ctl_server *server, enum ctl_socket socket, int fd)
{
	struct ctl_peer peer;
	enum ctl_role role;
	int r = ctl_peer_identify(fd, socket_caps[socket], &server->ids, &peer, &role);

	if (r < 0) {
		(void)close(fd);
		return;
	}
	peer.socket = socket == CTL_SOCKET_IS_CONTROL ? "control" : "public";
	if (!has_room(server, socket, peer.uid)) {
		turn_away(server, fd, peer.uid);
		return;
	}
	r = ctl_conn_open(server, socket, fd, &peer, role);
	if (r < 0) {
		log_err("control: a connection of uid %u failed: %s", peer.uid,
		    strerror(-r));
		return;
	}
	server->stats.connections++;
	start_sweeping(server);
}

/* Out of descriptors: the waiting client would wake the loop over and over. */
static void
pause_accepting(struct ctl_server *server)
{
	log_err("control: no more descriptors, new connections wait");
	for (size_t i = 0; i < CTL_SOCKET_COUNT_; i++)
		(void)sd_event_source_set_enabled(server->accept[i], SD_EVENT_OFF);
	server->accept_paused = true;
	start_sweeping(server);
}

void
ctl_server_note_arrival(struct ctl_server *server)
{
	if (++server->arrivals == ARRIVALS_MAX)
		(void)sd_event_source_set_priority(server->turn, PRIORITY_TURN_DUE);
}

static int
on_accept(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct ctl_server *server = userdata;
	enum ctl_socket socket = source == server->accept[CTL_SOCKET_IS_CONTROL]
				     ? CTL_SOCKET_IS_CONTROL
				     : CTL_SOCKET_IS_PUBLIC;
	int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)revents;
	ctl_server_note_arrival(server);
	if (client >= 0)
		welcome(server, socket, client);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
		 errno == ENOBUFS)
		pause_accepting(server);
	return 0;
}

static int
on_turn(sd_event_source *source, void *userdata)
{
	struct ctl_server *server = userdata;

	server->arrivals = 0;
	(void)sd_event_source_set_priority(source, PRIORITY_TURN);
	ctl_conn_take_turn(server);
	return 0;
}

static int
on_sweep(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct ctl_server *server = userdata;
	int64_t now_us = clock_now_us();

	(void)source;
	(void)usec;
	for (size_t i = 0; server->accept_paused && i < CTL_SOCKET_COUNT_; i++)
		(void)sd_event_source_set_enabled(server->accept[i], SD_EVENT_ON);
	server->accept_paused = false;
	for (struct ctl_conn *conn = server->conns; conn != NULL; conn = conn->next)
		ctl_conn_check_time(conn, now_us);
	if (server->conns != NULL)
		start_sweeping(server);
	return 0;
}

/* ---- life ---------------------------------------------------------------- */

static int
open_listeners(struct ctl_server *server)
{
	const char *run_dir = server->config.run_dir;
	gid_t group = geteuid() == 0 ? server->ids.operators : CTL_NO_GROUP;
	mode_t mode = group != CTL_NO_GROUP ? 0660 : 0600;
	int r;

	if (group == CTL_NO_GROUP)
		log_info("control: %s/%s is for %s alone (%s)", run_dir,
		    CTL_SOCKET_CONTROL, geteuid() == 0 ? "root" : "this user",
		    geteuid() == 0 ? "there is no group " CTL_GROUP_OPERATOR
				   : "not started as root");
	else if (server->ids.admins == CTL_NO_GROUP)
		log_info("control: there is no group %s, root alone is admin",
		    CTL_GROUP_ADMIN);
	r = ctl_listener_open(run_dir, socket_names[CTL_SOCKET_IS_CONTROL], mode, group,
	    &server->listeners[CTL_SOCKET_IS_CONTROL]);
	if (r < 0)
		return r;
	return ctl_listener_open(run_dir, socket_names[CTL_SOCKET_IS_PUBLIC], 0666,
	    CTL_NO_GROUP, &server->listeners[CTL_SOCKET_IS_PUBLIC]);
}

static int
add_sources(struct ctl_server *server)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < CTL_SOCKET_COUNT_; i++) {
		r = sd_event_add_io(server->event, &server->accept[i],
		    server->listeners[i].fd, EPOLLIN, on_accept, server);
		if (r >= 0)
			r = sd_event_source_set_priority(
			    server->accept[i], EVENT_PRIORITY_CONTROL);
	}
	if (r >= 0)
		r = sd_event_add_defer(server->event, &server->turn, on_turn, server);
	if (r >= 0)
		r = sd_event_source_set_priority(server->turn, PRIORITY_TURN);
	if (r >= 0)
		r = sd_event_source_set_enabled(server->turn, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_time(server->event, &server->sweep, EVENT_CLOCK, 0,
		    US_PER_S / 10, on_sweep, server);
	if (r >= 0)
		r = sd_event_source_set_priority(server->sweep, EVENT_PRIORITY_CONTROL);
	if (r >= 0)
		r = sd_event_source_set_enabled(server->sweep, SD_EVENT_OFF);
	return r < 0 ? r : 0;
}

static void
make_epoch(struct ctl_server *server)
{
	uint64_t random;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint64_t)server->started_us * UINT64_C(0x9e3779b97f4a7c15);
	(void)snprintf(server->epoch, sizeof(server->epoch), "%016" PRIx64, random);
}

static void
add_kinds(struct ctl_server *server, const struct ctl_kind *kinds, void *userdata)
{
	size_t count = 0;

	while (server->kinds[count].kind != NULL)
		count++;
	for (; kinds != NULL && kinds->name != NULL && count < CTL_KINDS_MAX; kinds++)
		server->kinds[count++] = (struct ctl_kind_of){kinds, userdata};
}

/* Puts together what every daemon has, what this one has, and what it has from
 * libraries. */
static void
make_tables(struct ctl_server *server)
{
	const struct ctl_server_config *config = &server->config;
	const struct ctl_part *part = config->parts;
	struct ctl_table *table = server->tables;
	const struct ctl_event_type **events = server->events;
	struct ctl_limits_of *limits = server->limits;

	*table++ = (struct ctl_table){ctl_common_methods, server};
	*table++ = (struct ctl_table){config->methods, config->userdata};
	add_kinds(server, config->kinds, config->userdata);
	*events++ = config->events;
	for (size_t i = 0; part != NULL && part->methods != NULL && i < CTL_PARTS_MAX;
	     i++, part++) {
		*table++ = (struct ctl_table){part->methods, part->userdata};
		add_kinds(server, part->kinds, part->userdata);
		*events++ = part->events;
		if (part->limits != NULL)
			*limits++ =
			    (struct ctl_limits_of){part->limits, part->userdata};
	}
}

int
ctl_server_new(
    sd_event *event, const struct ctl_server_config *config, struct ctl_server **ret)
{
	struct ctl_server *server = calloc(1, sizeof(*server));

	if (server == NULL)
		return -ENOMEM;
	/* Seeds the hash of objects now, so that no request waits for randomness. */
	json_object_seed(0);
	*server = (struct ctl_server){
	    .config = *config,
	    .event = sd_event_ref(event),
	    .ids = ctl_identities_find(),
	    .listeners = {{.fd = -1}, {.fd = -1}},
	    .started_us = clock_realtime_us(),
	    .started_boot_us = clock_now_us(),
	};
	make_tables(server);
	make_epoch(server);
	server->ring = ctl_ring_new(CTL_RING_EVENTS, CTL_RING_BYTES);
	server->ops = ctl_ops_new();
	int r = server->ring != NULL && server->ops != NULL ? open_listeners(server)
							    : -ENOMEM;
	if (r == 0)
		r = add_sources(server);
	if (r < 0) {
		ctl_server_free(server);
		return r;
	}
	*ret = server;
	return 0;
}

struct ctl_server *
ctl_server_free(struct ctl_server *server)
{
	if (server == NULL)
		return NULL;
	while (server->conns != NULL) {
		ctl_conn_finish(server->conns);
		ctl_conn_free(server->conns);
	}
	for (size_t i = 0; i < CTL_SOCKET_COUNT_; i++) {
		sd_event_source_disable_unref(server->accept[i]);
		ctl_listener_close(&server->listeners[i]);
	}
	helper_wait_end(&server->groups);
	sd_event_source_disable_unref(server->turn);
	sd_event_source_disable_unref(server->sweep);
	sd_event_unref(server->event);
	ctl_ring_free(server->ring);
	ctl_ops_free(server->ops);
	free(server);
	return NULL;
}

void
ctl_server_set_audit(struct ctl_server *server, struct audit *audit)
{
	server->audit = audit;
}

void *
ctl_server_userdata(const struct ctl_server *server)
{
	return server->config.userdata;
}

struct ctl_server_stats
ctl_server_stats(const struct ctl_server *server)
{
	struct ctl_server_stats stats = server->stats;

	stats.events = ctl_ring_head(server->ring) - 1; /* they begin with 1 */
	stats.clients = 0;
	for (size_t i = 0; i < CTL_SOCKET_COUNT_; i++)
		stats.clients += server->pool[i];
	return stats;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_conn.c - one client of a control socket: its bytes, its turn, its end.
 *
 * Bytes are read as they come; requests wait for their turn in the server's queue, so
 * each client is served once before any is served again. A connection is freed in its
 * turn or by the server's end and nowhere else: whatever breaks it marks it dead and
 * asks for a turn, so it is never pulled away from under a caller.
 */
#include "common/ctl_server_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_limits.h"
#include "common/event.h"

/* ---- its end ------------------------------------------------------------- */

static void
ask_for_turn(struct ctl_conn *conn)
{
	struct ctl_server *server = conn->server;

	if (conn->queued)
		return;
	conn->queued = true;
	conn->turn_next = NULL;
	if (server->turn_last != NULL)
		server->turn_last->turn_next = conn;
	else
		server->turn_first = conn;
	server->turn_last = conn;
	(void)sd_event_source_set_enabled(server->turn, SD_EVENT_ONESHOT);
}

static struct ctl_conn *
next_turn(struct ctl_server *server)
{
	struct ctl_conn *conn = server->turn_first;

	if (conn == NULL)
		return NULL;
	server->turn_first = conn->turn_next;
	if (server->turn_first == NULL)
		server->turn_last = NULL;
	else
		(void)sd_event_source_set_enabled(server->turn, SD_EVENT_ONESHOT);
	conn->queued = false;
	return conn;
}

/* Takes it out of the queue wherever it stands. */
static void
forget_turn(struct ctl_conn *conn)
{
	struct ctl_server *server = conn->server;
	struct ctl_conn *previous = NULL;

	if (!conn->queued)
		return;
	for (struct ctl_conn *at = server->turn_first; at != conn; at = at->turn_next)
		previous = at;
	if (previous != NULL)
		previous->turn_next = conn->turn_next;
	else
		server->turn_first = conn->turn_next;
	if (server->turn_last == conn)
		server->turn_last = previous;
	conn->queued = false;
}

static void
die(struct ctl_conn *conn)
{
	struct ctl_server *server = conn->server;

	conn->dead = true;
	/* Unread bytes would wake the loop before the turn comes. */
	(void)sd_event_source_set_enabled(conn->io, SD_EVENT_OFF);
	/* Its place is wanted: it goes before those who only have a request. */
	forget_turn(conn);
	conn->queued = true;
	conn->turn_next = server->turn_first;
	server->turn_first = conn;
	if (server->turn_last == NULL)
		server->turn_last = conn;
	(void)sd_event_source_set_enabled(server->turn, SD_EVENT_ONESHOT);
}

static void
forget_calls(struct ctl_conn *conn)
{
	struct ctl_call *next;

	for (struct ctl_call *call = conn->waiting; call != NULL; call = next) {
		next = call->next;
		call->owner = NULL;
		call->previous = call->next = NULL;
	}
	conn->waiting = NULL;
}

void
ctl_conn_free(struct ctl_conn *conn)
{
	struct ctl_server *server = conn->server;

	if (conn->previous != NULL)
		conn->previous->next = conn->next;
	else
		server->conns = conn->next;
	if (conn->next != NULL)
		conn->next->previous = conn->previous;
	server->pool[conn->socket]--;
	forget_calls(conn);
	forget_turn(conn);
	ctl_subs_free(conn);
	sd_event_source_disable_unref(conn->io);
	(void)close(conn->fd);
	ctl_lines_done(&conn->in);
	free(conn->out);
	free(conn);
}

/* Whether another request of it is worked off: not while it waits for many answers, or
 * has not read those it got. */
static bool
may_ask(const struct ctl_conn *conn)
{
	return !conn->closing && conn->waiting_count < CTL_WAITING_MAX &&
	       conn->out_len < CTL_UNSENT_PAUSE;
}

/* What the connection waits for now: more requests only when there is room for them. */
static void
settle(struct ctl_conn *conn)
{
	bool more = ctl_lines_ready(&conn->in);
	uint32_t events = 0;

	if (conn->dead)
		return;
	if (conn->out_len == 0 &&
	    (conn->closing || (conn->eof && !more && conn->waiting == NULL))) {
		die(conn);
		return;
	}
	if (!conn->eof && !more && may_ask(conn))
		events |= EPOLLIN;
	if (conn->out_len > 0)
		events |= EPOLLOUT;
	(void)sd_event_source_set_io_events(conn->io, events);
	if ((more && may_ask(conn)) || ctl_subs_have_work(conn))
		ask_for_turn(conn);
}

void
ctl_conn_wake(struct ctl_conn *conn)
{
	settle(conn);
}

/* ---- sending ------------------------------------------------------------- */

static void
flush(struct ctl_conn *conn)
{
	while (conn->out_len > 0) {
		ssize_t n = send(conn->fd, conn->out + conn->out_start, conn->out_len,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			die(conn);
			return;
		}
		conn->out_start += (size_t)n;
		conn->out_len -= (size_t)n;
		conn->progress_us = clock_now_us();
	}
	conn->out_start = 0;
	if (conn->out_room > CTL_REQUEST_MAX) {
		free(conn->out);
		conn->out = NULL;
		conn->out_room = 0;
	}
}

static bool
append(struct ctl_conn *conn, const char *bytes, size_t len)
{
	if (conn->out_start + conn->out_len + len > conn->out_room) {
		if (conn->out_len > 0)
			memmove(conn->out, conn->out + conn->out_start, conn->out_len);
		conn->out_start = 0;
	}
	if (conn->out_len + len > conn->out_room) {
		char *out = realloc(conn->out, conn->out_len + len);
		if (out == NULL)
			return false;
		conn->out = out;
		conn->out_room = conn->out_len + len;
	}
	memcpy(conn->out + conn->out_start + conn->out_len, bytes, len);
	conn->out_len += len;
	return true;
}

/* The line of a message; an answer beyond the limit becomes an error that says so. */
static char *
make_line(const json_t *message, size_t *ret_len)
{
	char *line = ctl_msg_line(message, ret_len);

	if (line == NULL || *ret_len <= CTL_RESPONSE_MAX)
		return line;
	free(line);
	struct ctl_error error = {0};
	ctl_error_set(&error, CTL_TOO_BIG, NULL, "the answer is too long to send");
	json_t *answer =
	    ctl_msg_error(json_incref(json_object_get(message, "id")), &error);
	line = ctl_msg_line(answer, ret_len);
	json_decref(answer);
	return line;
}

/* What follows every addition to the unsent bytes. */
static void
send_out(struct ctl_conn *conn, bool added)
{
	if (!added) {
		log_err("control: out of memory, closing the connection of uid %u",
		    conn->peer.uid);
		die(conn);
	} else {
		flush(conn);
	}
	if (!conn->dead && conn->out_len > CTL_UNSENT_MAX) {
		conn->server->stats.slow++;
		die(conn);
	}
	settle(conn);
}

void
ctl_conn_send(struct ctl_conn *conn, json_t *message)
{
	size_t len;
	char *line;

	if (conn->dead || message == NULL) {
		json_decref(message);
		return;
	}
	line = make_line(message, &len);
	json_decref(message);
	if (conn->out_len == 0)
		conn->progress_us = clock_now_us();
	send_out(conn, line != NULL && append(conn, line, len));
	free(line);
}

void
ctl_conn_send_text(struct ctl_conn *conn, const char *const texts[])
{
	bool added = true;

	if (conn->dead)
		return;
	if (conn->out_len == 0)
		conn->progress_us = clock_now_us();
	for (; added && *texts != NULL; texts++)
		added = append(conn, *texts, strlen(*texts));
	send_out(conn, added);
}

void
ctl_conn_finish(struct ctl_conn *conn)
{
	if (!conn->closing)
		ctl_subs_finish(conn);
	if (!conn->dead)
		flush(conn);
}

/* ---- receiving ----------------------------------------------------------- */

static void
refuse_long_line(struct ctl_conn *conn)
{
	struct ctl_error error = {0};

	ctl_error_set(&error, CTL_TOO_BIG, NULL, "a request may have at most %d bytes",
	    CTL_REQUEST_MAX);
	/* Where the next request begins is unknown. */
	conn->closing = true;
	conn->server->stats.too_big++;
	ctl_conn_send(conn, ctl_msg_error(NULL, &error));
	ctl_error_done(&error);
}

static void
receive(struct ctl_conn *conn)
{
	size_t room;
	char *space = ctl_lines_space(&conn->in, &room);

	if (space == NULL) {
		refuse_long_line(conn);
		return;
	}
	ssize_t n = read(conn->fd, space, room);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0) {
		die(conn);
		return;
	}
	if (n == 0)
		conn->eof = true;
	ctl_lines_filled(&conn->in, (size_t)n);
	if (ctl_lines_too_long(&conn->in))
		refuse_long_line(conn);
}

static void
note_half_line(struct ctl_conn *conn)
{
	/* The rest of a line cannot come while nothing is read. */
	if (!ctl_lines_half(&conn->in) || !may_ask(conn))
		conn->half_us = 0;
	else if (conn->half_us == 0)
		conn->half_us = clock_now_us();
}

/* Works off one request, if there is one: others have their turn before the next. */
static void
serve_one(struct ctl_conn *conn)
{
	const char *line;
	size_t len;

	if (!conn->dead && may_ask(conn) && ctl_lines_take(&conn->in, &line, &len)) {
		conn->active_us = clock_now_us();
		ctl_server_request(conn, line, len);
	}
	ctl_subs_work(conn);
	note_half_line(conn);
	settle(conn);
}

void
ctl_conn_take_turn(struct ctl_server *server)
{
	struct ctl_conn *conn = next_turn(server);

	for (; conn != NULL && conn->dead; conn = next_turn(server))
		ctl_conn_free(conn);
	if (conn != NULL)
		serve_one(conn);
}

static int
on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct ctl_conn *conn = userdata;
	bool gone = (revents & (EPOLLHUP | EPOLLERR)) != 0;

	(void)fd;
	ctl_server_note_arrival(conn->server);
	if (revents & EPOLLOUT)
		flush(conn);
	if (!conn->dead && !conn->eof && (gone || (revents & EPOLLIN)))
		receive(conn);
	if (gone) {
		/* What it asked for before it went is done; it is told nothing. */
		conn->eof = true;
		conn->out_len = 0;
		(void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
	}
	note_half_line(conn);
	settle(conn);
	return 0;
}

void
ctl_conn_check_time(struct ctl_conn *conn, int64_t now_us)
{
	ctl_subs_check_time(conn, now_us);
	if (conn->out_len > 0 && now_us - conn->progress_us > CTL_STUCK_US) {
		conn->server->stats.slow++;
		die(conn);
	} else if (conn->half_us != 0 && now_us - conn->half_us > CTL_HALF_LINE_US) {
		conn->server->stats.silent++;
		die(conn);
	} else if (conn->waiting == NULL && conn->subs == NULL &&
		   now_us - conn->active_us > CTL_IDLE_US) {
		conn->server->stats.silent++;
		die(conn);
	}
}

/* ---- its beginning ------------------------------------------------------- */

static int
add_source(struct ctl_conn *conn)
{
	int r = sd_event_add_io(
	    conn->server->event, &conn->io, conn->fd, EPOLLIN, on_io, conn);

	if (r >= 0)
		r = sd_event_source_set_priority(conn->io, EVENT_PRIORITY_CONTROL);
	return r < 0 ? r : 0;
}

int
ctl_conn_open(struct ctl_server *server, enum ctl_socket socket, int fd,
    const struct ctl_peer *peer, enum ctl_role role)
{
	struct ctl_conn *conn = calloc(1, sizeof(*conn));
	int64_t now_us = clock_now_us();

	if (conn == NULL) {
		(void)close(fd);
		return -ENOMEM;
	}
	*conn = (struct ctl_conn){
	    .server = server,
	    .next = server->conns,
	    .socket = socket,
	    .fd = fd,
	    .peer = *peer,
	    .role = role,
	    .in = {.max = CTL_REQUEST_MAX},
	    .since_us = now_us,
	    .active_us = now_us,
	};
	if (server->conns != NULL)
		server->conns->previous = conn;
	server->conns = conn;
	server->pool[socket]++;
	int r = add_source(conn);
	if (r < 0) {
		ctl_conn_free(conn);
		return r;
	}
	ctl_conn_send(
	    conn, ctl_msg_notification("hello", ctl_common_hello(server, role)));
	return 0;
}

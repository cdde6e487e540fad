/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_client.c - one conversation with a daemon, waiting for each answer. */
#include "common/ctl_client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_line.h"
#include "common/ctl_listen.h"
#include "common/ctl_msg.h"
#include "common/ctl_role.h"
#include "common/units.h"

/* A signal between two looks at `interrupted` is noticed after this at the latest. */
#define POLL_SLICE_MS 200
/* The daemon's queue of connections is full: try again this often. */
#define CONNECT_RETRY_MS 10

struct ctl_client {
	char daemon[32];
	int fd;
	bool kept_out; /* of the control socket, and now on the public one */
	struct ctl_lines in;
	json_t *hello;
	json_t *events; /* messages that came while an answer was waited for */
	json_int_t next_id;
};

/* How long, and until whose word, to wait. */
struct wait {
	int64_t until_us;
	const volatile sig_atomic_t *interrupted;
};

static struct wait
wait_for(int64_t timeout_us, const volatile sig_atomic_t *interrupted)
{
	return (struct wait){clock_now_us() + timeout_us, interrupted};
}

static enum ctl_code
lost(struct ctl_client *client, struct ctl_error *ret_error, const char *why)
{
	if (client->fd >= 0)
		(void)close(client->fd);
	client->fd = -1;
	return ctl_error_set(
	    ret_error, CTL_UNAVAILABLE, NULL, "%s: %s", client->daemon, why);
}

/* Waits for `events` on the socket. Returns 1, or 0 when the time is over or the user
 * interrupted. */
static int
wait_ready(const struct ctl_client *client, short events, const struct wait *wait)
{
	for (;;) {
		int64_t left_ms = (wait->until_us - clock_now_us()) / US_PER_MS + 1;
		struct pollfd pfd = {.fd = client->fd, .events = events};

		if (wait->interrupted != NULL && *wait->interrupted)
			return 0;
		if (left_ms <= 0)
			left_ms = 0;
		else if (wait->interrupted != NULL && left_ms > POLL_SLICE_MS)
			left_ms = POLL_SLICE_MS;
		if (poll(&pfd, 1, (int)(left_ms < INT32_MAX ? left_ms : INT32_MAX)) > 0)
			return 1;
		if (clock_now_us() >= wait->until_us)
			return 0;
	}
}

static const char *
why_not(const struct wait *wait)
{
	return wait->interrupted != NULL && *wait->interrupted ? "interrupted"
							       : "no answer in time";
}

/* ---- messages ------------------------------------------------------------ */

static enum ctl_code
send_line(struct ctl_client *client, const char *line, size_t len,
    const struct wait *wait, struct ctl_error *ret_error)
{
	while (len > 0) {
		ssize_t n = send(client->fd, line, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0) {
			line += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			if (!wait_ready(client, POLLOUT, wait))
				return lost(client, ret_error, why_not(wait));
		} else if (errno == EPIPE || errno == ECONNRESET) {
			/* Its last word may say why it closed: let that be read. */
			return CTL_OK;
		} else if (errno != EINTR) {
			return lost(client, ret_error, strerror(errno));
		}
	}
	return CTL_OK;
}

/* Reads what is there. The line buffer is as large as the longest answer may be. */
static enum ctl_code
read_more(struct ctl_client *client, struct ctl_error *ret_error)
{
	size_t room;
	char *space = ctl_lines_space(&client->in, &room);

	if (space == NULL) {
		(void)lost(client, ret_error, "");
		return ctl_error_set(ret_error, CTL_PARSE_ERROR, NULL,
		    "%s sent a line that is too long", client->daemon);
	}
	ssize_t n = recv(client->fd, space, room, MSG_DONTWAIT);
	if (n > 0)
		ctl_lines_filled(&client->in, (size_t)n);
	else if (n == 0 || errno == ECONNRESET)
		return lost(client, ret_error, "the connection was closed");
	else if (errno != EINTR && errno != EAGAIN)
		return lost(client, ret_error, strerror(errno));
	return CTL_OK;
}

/* The next message. *ret is NULL when none came in time. */
static enum ctl_code
next_message(struct ctl_client *client, const struct wait *wait, json_t **ret,
    struct ctl_error *ret_error)
{
	const char *line;
	size_t len;

	*ret = NULL;
	while (!ctl_lines_take(&client->in, &line, &len)) {
		if (client->fd < 0)
			return lost(client, ret_error, "the connection was closed");
		if (!wait_ready(client, POLLIN, wait))
			return CTL_OK;
		if (read_more(client, ret_error) != CTL_OK)
			return ret_error->code;
	}
	*ret = ctl_msg_parse(line, len);
	if (*ret != NULL)
		return CTL_OK;
	(void)lost(client, ret_error, "");
	return ctl_error_set(ret_error, CTL_PARSE_ERROR, NULL,
	    "%s sent something that is not this protocol", client->daemon);
}

/* An error without an id is about the connection: too many clients, a line too long. */
static bool
is_about_connection(const json_t *message)
{
	return json_object_get(message, "error") != NULL &&
	       json_is_null(json_object_get(message, "id"));
}

/* ---- opening ------------------------------------------------------------- */

static int
connect_to(struct ctl_client *client, const struct sockaddr_un *address,
    const struct wait *wait)
{
	for (;;) {
		if (connect(client->fd, (const struct sockaddr *)address,
			sizeof(*address)) == 0)
			return 0;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (clock_now_us() >= wait->until_us)
			return -ETIMEDOUT;
		(void)poll(NULL, 0, CONNECT_RETRY_MS);
	}
}

static int
try_socket(struct ctl_client *client, const char *run_base, const char *name,
    const struct wait *wait)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int len = snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s/%s",
	    run_base, client->daemon, name);

	if (len < 0 || (size_t)len >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (client->fd < 0)
		return -errno;
	int r = connect_to(client, &address, wait);
	if (r < 0) {
		(void)close(client->fd);
		client->fd = -1;
	}
	return r;
}

static enum ctl_code
fail_connect(const struct ctl_client *client, const char *run_base, int error,
    struct ctl_error *ret_error)
{
	if (error == -EACCES || error == -EPERM)
		return ctl_error_set(ret_error, CTL_DENIED, NULL,
		    "%s: the sockets in %s/%s may not be opened by this user",
		    client->daemon, run_base, client->daemon);
	if (error == -ENOENT || error == -ECONNREFUSED)
		return ctl_error_set(ret_error, CTL_UNAVAILABLE, NULL,
		    "%s is not running (nobody listens in %s/%s)", client->daemon,
		    run_base, client->daemon);
	return ctl_error_set(ret_error, CTL_UNAVAILABLE, NULL, "%s: %s/%s: %s",
	    client->daemon, run_base, client->daemon, strerror(-error));
}

static enum ctl_code
check_hello(struct ctl_client *client, json_t *message, struct ctl_error *ret_error)
{
	const char *method = json_string_value(json_object_get(message, "method"));
	json_t *params = json_object_get(message, "params");
	const char *proto = json_string_value(json_object_get(params, "proto"));
	json_t *major = json_object_get(params, "major");

	if (is_about_connection(message))
		return ctl_msg_read_error(ret_error, json_object_get(message, "error"));
	if (method == NULL || strcmp(method, "hello") != 0 || proto == NULL ||
	    strcmp(proto, CTL_PROTOCOL) != 0)
		return ctl_error_set(ret_error, CTL_PARSE_ERROR, NULL,
		    "%s does not greet as a daemon of this kind does", client->daemon);
	if (json_integer_value(major) != CTL_MAJOR)
		return ctl_error_set(ret_error, CTL_UNSUPPORTED_VERSION, NULL,
		    "%s speaks version %" JSON_INTEGER_FORMAT
		    " of the protocol, this program version %d",
		    client->daemon, json_integer_value(major), CTL_MAJOR);
	client->hello = json_incref(params);
	return CTL_OK;
}

static enum ctl_code
read_hello(
    struct ctl_client *client, const struct wait *wait, struct ctl_error *ret_error)
{
	json_t *message;
	enum ctl_code code = next_message(client, wait, &message, ret_error);

	if (code != CTL_OK)
		return code;
	if (message == NULL)
		return lost(client, ret_error, "connected, but it does not answer");
	code = check_hello(client, message, ret_error);
	json_decref(message);
	return code;
}

enum ctl_code
ctl_client_open(const char *run_base, const char *daemon, int64_t timeout_us,
    struct ctl_client **ret, struct ctl_error *ret_error)
{
	struct wait wait = wait_for(timeout_us, NULL);
	struct ctl_client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		return ctl_error_set(ret_error, CTL_INTERNAL, NULL, "out of memory");
	client->fd = -1;
	client->in.max = CTL_RESPONSE_MAX;
	client->events = json_array();
	(void)snprintf(client->daemon, sizeof(client->daemon), "%s", daemon);
	int r = try_socket(client, run_base, CTL_SOCKET_CONTROL, &wait);
	client->kept_out = r == -EACCES || r == -EPERM;
	if (client->kept_out)
		r = try_socket(client, run_base, CTL_SOCKET_PUBLIC, &wait);
	enum ctl_code code = r < 0 ? fail_connect(client, run_base, r, ret_error)
				   : read_hello(client, &wait, ret_error);
	if (code != CTL_OK) {
		ctl_client_close(client);
		return code;
	}
	*ret = client;
	return CTL_OK;
}

struct ctl_client *
ctl_client_close(struct ctl_client *client)
{
	if (client == NULL)
		return NULL;
	if (client->fd >= 0)
		(void)close(client->fd);
	ctl_lines_done(&client->in);
	json_decref(client->hello);
	json_decref(client->events);
	free(client);
	return NULL;
}

const json_t *
ctl_client_hello(const struct ctl_client *client)
{
	return client->hello;
}

const char *
ctl_client_hello_text(const struct ctl_client *client, const char *key)
{
	const char *text = json_string_value(json_object_get(client->hello, key));

	return text != NULL ? text : "";
}

int
ctl_client_fd(const struct ctl_client *client)
{
	return client->fd;
}

/* ---- calling ------------------------------------------------------------- */

static enum ctl_code
send_request(struct ctl_client *client, const char *method, json_t *params,
    const struct wait *wait, struct ctl_error *ret_error)
{
	json_t *request = ctl_msg_request(++client->next_id, method, params);
	size_t len;
	char *line = request != NULL ? ctl_msg_line(request, &len) : NULL;
	enum ctl_code code;

	json_decref(request);
	if (line == NULL)
		return ctl_error_set(ret_error, CTL_INTERNAL, NULL, "out of memory");
	code = ctl_msg_weigh(line, len - 1, ret_error);
	if (code == CTL_OK)
		code = send_line(client, line, len, wait, ret_error);
	free(line);
	return code;
}

static bool
is_answer(const struct ctl_client *client, const json_t *message)
{
	const json_t *id = json_object_get(message, "id");

	return json_is_integer(id) && json_integer_value(id) == client->next_id;
}

/* A denial that is about the socket: a role of the user cannot change it. */
static void
explain_denial(const struct ctl_client *client, struct ctl_error *error)
{
	size_t len = strlen(error->message);

	if (error->code == CTL_DENIED && client->kept_out)
		(void)snprintf(error->message + len, sizeof(error->message) - len,
		    "; only root and the group " CTL_GROUP_OPERATOR
		    " may open " CTL_SOCKET_CONTROL ": members of " CTL_GROUP_ADMIN
		    " must be in " CTL_GROUP_OPERATOR " too");
}

static enum ctl_code
take_answer(const struct ctl_client *client, json_t *message, json_t **ret_result,
    struct ctl_error *ret_error)
{
	json_t *result = json_object_get(message, "result");
	json_t *error = json_object_get(message, "error");

	if (error != NULL) {
		(void)ctl_msg_read_error(ret_error, error);
		explain_denial(client, ret_error);
		return ret_error->code;
	}
	if (result == NULL)
		return ctl_error_set(ret_error, CTL_PARSE_ERROR, NULL,
		    "%s answered without a result", client->daemon);
	*ret_result = json_incref(result);
	return CTL_OK;
}

static enum ctl_code
await_answer(struct ctl_client *client, const struct wait *wait, json_t **ret_result,
    struct ctl_error *ret_error)
{
	for (;;) {
		json_t *message;
		enum ctl_code code = next_message(client, wait, &message, ret_error);

		if (code != CTL_OK)
			return code;
		if (message == NULL)
			return lost(client, ret_error, why_not(wait));
		if (is_answer(client, message) || is_about_connection(message)) {
			code = take_answer(client, message, ret_result, ret_error);
			json_decref(message);
			return code;
		}
		/* An event, or the late answer to a call given up: only events count.
		 */
		if (json_object_get(message, "method") != NULL)
			(void)json_array_append(client->events, message);
		json_decref(message);
	}
}

enum ctl_code
ctl_client_call(struct ctl_client *client, const char *method, json_t *params,
    int64_t timeout_us, const volatile sig_atomic_t *interrupted, json_t **ret_result,
    struct ctl_error *ret_error)
{
	struct wait wait = wait_for(timeout_us, interrupted);

	if (client->fd < 0) {
		json_decref(params);
		return lost(client, ret_error, "the connection was closed");
	}
	enum ctl_code code = send_request(client, method, params, &wait, ret_error);
	if (code != CTL_OK)
		return code;
	return await_answer(client, &wait, ret_result, ret_error);
}

/* Pages that were read so far. */
struct pages {
	const char *type;
	json_t *items;
	json_int_t rev;
	json_int_t next; /* where to go on; 0: at the beginning, or at the end */
};

static enum ctl_code
read_page(struct ctl_client *client, const struct wait *wait, struct pages *pages,
    struct ctl_error *ret_error)
{
	json_t *page,
	    *params = json_pack("{s:s, s:I}", "type", pages->type, "next", pages->next);
	int64_t left_us = wait->until_us - clock_now_us();
	enum ctl_code code = ctl_client_call(
	    client, "list", params, left_us > 0 ? left_us : 0, NULL, &page, ret_error);

	if (code != CTL_OK)
		return code;

	json_int_t rev = json_integer_value(json_object_get(page, "rev"));

	if (pages->next != 0 && rev != pages->rev) {
		/* Pages of two configurations do not belong together: begin again. */
		(void)json_array_clear(pages->items);
		pages->next = 0;
		json_decref(page);
		return read_page(client, wait, pages, ret_error);
	}
	pages->rev = rev;
	pages->next = json_integer_value(json_object_get(page, "next"));
	(void)json_array_extend(pages->items, json_object_get(page, "items"));
	json_decref(page);
	return CTL_OK;
}

enum ctl_code
ctl_client_list(struct ctl_client *client, const char *type, int64_t timeout_us,
    json_t **ret_items, json_int_t *ret_rev, struct ctl_error *ret_error)
{
	struct wait wait = wait_for(timeout_us, NULL);
	struct pages pages = {.type = type, .items = json_array()};

	do {
		if (read_page(client, &wait, &pages, ret_error) != CTL_OK) {
			json_decref(pages.items);
			return ret_error->code;
		}
	} while (pages.next != 0);
	*ret_items = pages.items;
	if (ret_rev != NULL)
		*ret_rev = pages.rev;
	return CTL_OK;
}

enum ctl_code
ctl_client_next(struct ctl_client *client, int64_t timeout_us, json_t **ret,
    struct ctl_error *ret_error)
{
	struct wait wait = wait_for(timeout_us, NULL);

	if (json_array_size(client->events) > 0) {
		*ret = json_incref(json_array_get(client->events, 0));
		(void)json_array_remove(client->events, 0);
		return CTL_OK;
	}
	return next_message(client, &wait, ret, ret_error);
}

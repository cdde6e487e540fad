/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_server_fixture.c - a control server of a daemon made up for the tests, and
 * clients in the same process and loop.
 */
#include "tests/unit/ctl_server_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/ctl_events.h"
#include "common/ctl_limits.h"
#include "common/ctl_msg.h"
#include "common/log.h"

/* ---- a daemon ------------------------------------------------------------ */

static void
do_echo(void *userdata, struct ctl_call *call)
{
	(void)userdata;
	ctl_call_reply(call, json_incref(call->params));
}

static void
do_note(void *userdata, struct ctl_call *call)
{
	struct fixture *f = userdata;

	strcat(f->order, ctl_params_text(call->params, "who", "?"));
	ctl_call_reply(call, json_object());
}

static void
do_wait(void *userdata, struct ctl_call *call)
{
	struct fixture *f = userdata;

	f->kept[f->kept_count++] = call;
}

/* An answer of `len` bytes and a little. */
static void
do_long(void *userdata, struct ctl_call *call)
{
	size_t len = (size_t)ctl_params_integer(call->params, "len", 0);
	char *text = malloc(len + 1);

	(void)userdata;
	memset(text, 'x', len);
	text[len] = '\0';
	ctl_call_reply(call, json_pack("{s:s}", "text", text));
	free(text);
}

static const struct ctl_param echo_params[] = {
    {"text", CTL_STRING, false, 0, 0, "any"},
    {0},
};
static const struct ctl_param note_params[] = {
    {"who", CTL_STRING, true, 1, 1, "a letter"},
    {0},
};
static const struct ctl_param long_params[] = {
    {"len", CTL_INTEGER, true, 0, 2000000, "bytes"},
    {0},
};

const struct ctl_method methods[] = {
    {"echo", CTL_ROLE_READ, false, echo_params, do_echo, "answers its parameters"},
    {"note", CTL_ROLE_READ, false, note_params, do_note, "remembers who asked"},
    {"wait", CTL_ROLE_READ, false, NULL, do_wait, "answers later"},
    {"long", CTL_ROLE_READ, false, long_params, do_long, "answers at length"},
    {"change", CTL_ROLE_ADMIN, true, NULL, do_echo, "changes nothing, really"},
    {0},
};

static size_t
count_things(void *userdata)
{
	(void)userdata;
	return 600;
}

static json_t *
page_things(void *userdata, size_t first, size_t count)
{
	json_t *items = json_array();

	((struct fixture *)userdata)->pages++;
	for (size_t i = first; i < 600 && i - first < count; i++)
		json_array_append_new(items, json_integer((json_int_t)i));
	return items;
}

static json_t *
get_thing(void *userdata, const char *name)
{
	(void)userdata;
	return strcmp(name, "a/b") == 0 ? json_pack("{s:s}", "path", "thing/a/b")
					: NULL;
}

static const struct ctl_method no_methods[] = {{0}};
static const struct ctl_event_type event_types[] = {
    {"thing.done", "something was done"},
    {0},
};
static const struct ctl_event_type of_part[] = {{"part.done", "by a library"}, {0}};

static const struct ctl_kind kinds[] = {
    {"thing", "for the test", count_things, page_things, get_thing, NULL, NULL, false},
    {0},
};

static void
get_state(void *userdata, struct ctl_state *ret)
{
	(void)userdata;
	*ret = (struct ctl_state){.node = "lb1", .phase = DAEMON_RUNNING, .rev = 7};
}

struct ctl_server *
open_server(struct fixture *f)
{
	static const char *const features[] = {"echo", NULL};
	const struct ctl_part parts[] = {
	    {.methods = no_methods},
	    {.methods = no_methods, .events = of_part},
	    {0},
	};
	const struct ctl_server_config config = {
	    .daemon = "testd",
	    .version = "1.2.3",
	    .run_dir = f->dir,
	    .features = features,
	    .methods = methods,
	    .kinds = kinds,
	    .events = event_types,
	    .parts = parts,
	    .state = get_state,
	    .userdata = f,
	};
	struct ctl_server *server;

	assert_int_equal(ctl_server_new(f->event, &config, &server), 0);
	return server;
}

int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	log_open("testd", LOG_TARGET_STDERR, LOG_CRIT);
	strcpy(f->dir, "/tmp/haven-ctl-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_true(sd_event_new(&f->event) >= 0);
	f->server = open_server(f);
	*state = f;
	return 0;
}

int
teardown(void **state)
{
	struct fixture *f = *state;

	ctl_server_free(f->server);
	sd_event_unref(f->event);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

void
pump(struct fixture *f)
{
	while (sd_event_run(f->event, 0) > 0)
		;
}

/* ---- a client ------------------------------------------------------------ */

void
join_path(const struct fixture *f, const char *name, char *buf, size_t room)
{
	int len = snprintf(buf, room, "%s/%s", f->dir, name);

	assert_true(len > 0 && (size_t)len < room);
}

struct client
connect_raw(struct fixture *f, const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct client c = {
	    .f = f,
	    .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
	    .in = {.max = CTL_RESPONSE_MAX},
	};

	join_path(f, name, address.sun_path, sizeof(address.sun_path));
	assert_int_equal(
	    connect(c.fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	pump(f);
	return c;
}

void
hang_up(struct client *c)
{
	(void)close(c->fd);
	ctl_lines_done(&c->in);
	pump(c->f);
}

json_t *
next(struct client *c)
{
	const char *line;
	size_t len, room;

	while (!ctl_lines_take(&c->in, &line, &len)) {
		pump(c->f);
		char *space = ctl_lines_space(&c->in, &room);
		ssize_t n = recv(c->fd, space, room, 0);
		if (n <= 0) {
			c->eof = n == 0 || errno != EAGAIN;
			return NULL;
		}
		ctl_lines_filled(&c->in, (size_t)n);
	}
	json_t *message = ctl_msg_parse(line, len);
	assert_non_null(message);
	return message;
}

struct client
connect_to(struct fixture *f, const char *name)
{
	struct client c = connect_raw(f, name);
	json_t *hello = next(&c);

	assert_string_equal(
	    json_string_value(json_object_get(hello, "method")), "hello");
	json_decref(hello);
	return c;
}

void
say(struct client *c, const char *text)
{
	size_t len = strlen(text);

	for (unsigned tries = 0; len > 0 && tries < 1000; tries++) {
		ssize_t n = send(c->fd, text, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			return;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
		pump(c->f);
	}
}

void
assert_no_more(struct client *c)
{
	assert_null(next(c));
	assert_false(c->eof);
}

void
assert_closed(struct client *c)
{
	assert_null(next(c));
	assert_true(c->eof);
}

/* The answer to request `id` came, and carries a result. */
json_t *
result_of(struct client *c, json_int_t id)
{
	json_t *message = next(c);

	assert_non_null(message);
	assert_int_equal(json_integer_value(json_object_get(message, "id")), id);
	json_t *result = json_incref(json_object_get(message, "result"));
	assert_non_null(result);
	json_decref(message);
	return result;
}

void
assert_result(struct client *c, json_int_t id)
{
	json_decref(result_of(c, id));
}

void
assert_error(struct client *c, const char *name)
{
	json_t *message = next(c);
	json_t *data = json_object_get(json_object_get(message, "error"), "data");

	assert_non_null(data);
	assert_string_equal(json_string_value(json_object_get(data, "name")), name);
	json_decref(message);
}

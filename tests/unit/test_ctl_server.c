/* SPDX-License-Identifier: Apache-2.0 */
/* test_ctl_server.c - a control server and its clients in one process and one loop.
 *
 * Nothing sleeps: pump() runs the loop until it has nothing left to do, and time that
 * must pass is handed to the function that looks at it.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_events.h"
#include "common/ctl_limits.h"
#include "common/ctl_server_internal.h"
#include "common/units.h"

/* ---- a daemon ------------------------------------------------------------ */

struct fixture {
	sd_event *event;
	struct ctl_server *server;
	char dir[64];
	struct ctl_call *kept[64]; /* calls of "wait" not answered yet */
	size_t kept_count;
	char order[512]; /* the "who" of every "note", in the order they were done */
};

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

static const struct ctl_method methods[] = {
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

	(void)userdata;
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
	*ret = (struct ctl_state){.node = "lb1", .phase = "running", .rev = 7};
}

static struct ctl_server *
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

static int
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

static int
teardown(void **state)
{
	struct fixture *f = *state;

	ctl_server_free(f->server);
	sd_event_unref(f->event);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

static void
pump(struct fixture *f)
{
	while (sd_event_run(f->event, 0) > 0)
		;
}

/* ---- a client ------------------------------------------------------------ */

struct client {
	struct fixture *f;
	int fd;
	struct ctl_lines in;
	bool eof;
};

static void
join_path(const struct fixture *f, const char *name, char *buf, size_t room)
{
	int len = snprintf(buf, room, "%s/%s", f->dir, name);

	assert_true(len > 0 && (size_t)len < room);
}

static struct client
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

static void
hang_up(struct client *c)
{
	(void)close(c->fd);
	ctl_lines_done(&c->in);
	pump(c->f);
}

/* The next message; NULL at the end of the connection or when none comes. */
static json_t *
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

static struct client
connect_to(struct fixture *f, const char *name)
{
	struct client c = connect_raw(f, name);
	json_t *hello = next(&c);

	assert_string_equal(
	    json_string_value(json_object_get(hello, "method")), "hello");
	json_decref(hello);
	return c;
}

/* Sends as much as the socket takes, in between letting the server read. */
static void
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

static void
assert_no_more(struct client *c)
{
	assert_null(next(c));
	assert_false(c->eof);
}

static void
assert_closed(struct client *c)
{
	assert_null(next(c));
	assert_true(c->eof);
}

/* The answer to request `id` came, and carries a result. */
static json_t *
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

static void
assert_result(struct client *c, json_int_t id)
{
	json_decref(result_of(c, id));
}

static void
assert_error(struct client *c, const char *name)
{
	json_t *message = next(c);
	json_t *data = json_object_get(json_object_get(message, "error"), "data");

	assert_non_null(data);
	assert_string_equal(json_string_value(json_object_get(data, "name")), name);
	json_decref(message);
}

/* ---- connecting ---------------------------------------------------------- */

static void
server_speaks_first_and_says_who_it_is(void **state)
{
	struct client c = connect_raw(*state, "control.sock");
	json_t *hello = next(&c);
	json_t *params = json_object_get(hello, "params");

	assert_string_equal(json_string_value(json_object_get(params, "proto")), "hcp");
	assert_int_equal(json_integer_value(json_object_get(params, "major")), 1);
	assert_string_equal(
	    json_string_value(json_object_get(params, "daemon")), "testd");
	assert_string_equal(json_string_value(json_object_get(params, "node")), "lb1");
	assert_string_equal(
	    json_string_value(json_object_get(params, "role")), "admin");
	assert_int_equal(json_integer_value(json_object_get(params, "rev")), 7);
	assert_int_equal(json_string_length(json_object_get(params, "epoch")), 16);
	json_decref(hello);
	assert_no_more(&c);
	hang_up(&c);
}

static void
public_socket_is_for_reading_whoever_comes(void **state)
{
	struct client c = connect_to(*state, "public.sock");

	say(&c, "{\"id\":1,\"method\":\"change\"}\n{\"id\":2,\"method\":\"echo\"}\n");
	assert_error(&c, "denied");
	assert_result(&c, 2);
	hang_up(&c);
}

static void
rights_given_up_do_not_come_back(void **state)
{
	struct client c = connect_to(*state, "control.sock");

	say(&c, "{\"id\":1,\"method\":\"change\"}\n");
	assert_result(&c, 1);
	say(&c,
	    "{\"id\":2,\"method\":\"session.drop\",\"params\":{\"role\":\"read\"}}\n");
	assert_result(&c, 2);
	say(&c,
	    "{\"id\":3,\"method\":\"session.drop\",\"params\":{\"role\":\"admin\"}}\n");
	json_t *result = result_of(&c, 3);
	assert_string_equal(json_string_value(json_object_get(result, "role")), "read");
	json_decref(result);
	say(&c, "{\"id\":4,\"method\":\"change\"}\n");
	assert_error(&c, "denied");
	hang_up(&c);
}

static mode_t
mode_of(const struct fixture *f, const char *name)
{
	char path[128];
	struct stat st;

	join_path(f, name, path, sizeof(path));
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void
sockets_have_their_modes_and_go_with_the_server(void **state)
{
	struct fixture *f = *state;
	mode_t mode = mode_of(f, "control.sock");
	char path[128];

	assert_true(mode == 0600 || mode == 0660);
	assert_int_equal(mode_of(f, "public.sock"), 0666);
	f->server = ctl_server_free(f->server);
	join_path(f, "control.sock", path, sizeof(path));
	assert_int_equal(access(path, F_OK), -1);
}

static void
successor_takes_the_path_over_and_keeps_it(void **state)
{
	struct fixture *f = *state;
	struct ctl_server *successor = open_server(f);

	ctl_server_free(f->server);
	f->server = successor;
	struct client c = connect_to(f, "control.sock");
	say(&c, "{\"id\":1,\"method\":\"ping\"}\n");
	assert_result(&c, 1);
	hang_up(&c);
}

static void
pool_is_bounded_and_a_place_comes_free_again(void **state)
{
	struct fixture *f = *state;
	size_t most =
	    getuid() == 0 ? CTL_CLIENTS_MAX + CTL_CLIENTS_ROOT : CTL_CLIENTS_PER_USER;
	struct client clients[CTL_CLIENTS_MAX + CTL_CLIENTS_ROOT];

	for (size_t i = 0; i < most; i++)
		clients[i] = connect_to(f, "public.sock");
	struct client refused = connect_raw(f, "public.sock");
	assert_error(&refused, "too_many");
	assert_closed(&refused);
	hang_up(&refused);
	assert_int_equal(ctl_server_stats(f->server).refused, 1);
	/* The other socket has places of its own. */
	struct client other = connect_to(f, "control.sock");
	hang_up(&other);
	hang_up(&clients[0]);
	clients[0] = connect_to(f, "public.sock");
	for (size_t i = 0; i < most; i++)
		hang_up(&clients[i]);
	assert_int_equal(ctl_server_stats(f->server).clients, 0);
}

/* ---- bytes --------------------------------------------------------------- */

static void
request_may_come_byte_by_byte(void **state)
{
	struct client c = connect_to(*state, "control.sock");
	const char *request =
	    "{\"id\":1,\"method\":\"echo\",\"params\":{\"text\":\"a\"}}\n";

	for (size_t i = 0; request[i] != '\0'; i++) {
		const char byte[2] = {request[i], '\0'};
		say(&c, byte);
	}
	json_t *result = result_of(&c, 1);
	assert_string_equal(json_string_value(json_object_get(result, "text")), "a");
	json_decref(result);
	hang_up(&c);
}

static void
many_requests_in_one_write_are_answered_in_order(void **state)
{
	struct client c = connect_to(*state, "control.sock");
	char text[100 * 40] = "";

	for (int i = 0; i < 100; i++)
		(void)sprintf(
		    text + strlen(text), "{\"id\":%d,\"method\":\"ping\"}\r\n\n", i);
	say(&c, text);
	for (int i = 0; i < 100; i++)
		assert_result(&c, i);
	assert_no_more(&c);
	hang_up(&c);
}

static void
clients_take_turns(void **state)
{
	struct fixture *f = *state;
	struct client a = connect_to(f, "control.sock"),
		      b = connect_to(f, "control.sock");
	const char *line_a = "{\"method\":\"note\",\"params\":{\"who\":\"a\"}}\n";
	const char *line_b = "{\"method\":\"note\",\"params\":{\"who\":\"b\"}}\n";
	char text[512] = "";

	for (int i = 0; i < 5; i++)
		strcat(text, line_a);
	(void)send(a.fd, text, strlen(text), 0);
	(void)send(b.fd, line_b, strlen(line_b), 0);
	pump(f);
	/* The second client does not wait for all that the first one wants. */
	assert_int_equal(strlen(f->order), 6);
	assert_true(strchr(f->order, 'b') - f->order <= 2);
	hang_up(&a);
	hang_up(&b);
}

/* Connects and is gone; the queue of connections may be full. */
static void
knock(const struct fixture *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	join_path(f, "control.sock", address.sun_path, sizeof(address.sun_path));
	(void)connect(fd, (const struct sockaddr *)&address, sizeof(address));
	(void)close(fd);
}

static void
connections_without_end_keep_no_request_waiting(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");
	const char *line = "{\"method\":\"note\",\"params\":{\"who\":\"a\"}}\n";
	unsigned events = 0;

	for (int i = 0; i < 1000; i++) {
		if (i % 100 == 0)
			(void)send(c.fd, line, strlen(line), 0);
		knock(f);
		(void)sd_event_run(f->event, 0);
		events += f->order[0] == '\0';
	}
	assert_true(events < 100);
	assert_string_equal(f->order, "aaaaaaaaaa");
	/* Those that are gone hold no place. */
	assert_int_equal(ctl_server_stats(f->server).refused, 0);
	pump(f);
	hang_up(&c);
}

static void
line_without_an_end_is_too_big_and_closes(void **state)
{
	struct client c = connect_to(*state, "control.sock");
	char *text = calloc(1, CTL_REQUEST_MAX + 100);

	memset(text, ' ', CTL_REQUEST_MAX + 99);
	say(&c, text);
	assert_error(&c, "too_big");
	assert_closed(&c);
	free(text);
	hang_up(&c);
}

static void
request_of_the_largest_size_is_served(void **state)
{
	struct client c = connect_to(*state, "control.sock");
	const char *request = "{\"id\":1,\"method\":\"ping\"}";
	char *text = calloc(1, CTL_REQUEST_MAX + 2);

	memset(text, ' ', CTL_REQUEST_MAX);
	memcpy(text, request, strlen(request));
	text[CTL_REQUEST_MAX] = '\n';
	say(&c, text);
	assert_result(&c, 1);
	free(text);
	hang_up(&c);
}

static void
depth_bomb_is_refused_unparsed_and_closes(void **state)
{
	struct client c = connect_to(*state, "control.sock");
	char text[4002] = "";

	memset(text, '[', 4000);
	strcpy(text + 4000, "\n");
	say(&c, text);
	assert_error(&c, "too_big");
	assert_closed(&c);
	hang_up(&c);
}

static void
third_malformed_request_closes(void **state)
{
	struct client c = connect_to(*state, "control.sock");

	say(&c, "{\n{\"id\":1,\"method\":\"ping\"}\n7\n");
	assert_error(&c, "parse_error");
	assert_result(&c, 1);
	assert_error(&c, "invalid_request");
	assert_no_more(&c);
	say(&c, "nonsense\n{\"id\":2,\"method\":\"ping\"}\n");
	assert_error(&c, "parse_error");
	assert_closed(&c);
	hang_up(&c);
}

static void
answer_above_a_mebibyte_becomes_an_error(void **state)
{
	struct client c = connect_to(*state, "control.sock");

	say(&c, "{\"id\":1,\"method\":\"long\",\"params\":{\"len\":1000000}}\n");
	assert_result(&c, 1);
	say(&c, "{\"id\":2,\"method\":\"long\",\"params\":{\"len\":1100000}}\n");
	assert_error(&c, "too_big");
	hang_up(&c);
}

static void
client_that_reads_nothing_is_served_no_more(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");
	const char *line =
	    "{\"id\":1,\"method\":\"long\",\"params\":{\"len\":900000}}\n";

	for (int i = 0; i < 4; i++)
		say(&c, line);
	assert_int_equal(ctl_server_stats(f->server).requests, 1);
	for (int i = 0; i < 4; i++)
		assert_result(&c, 1);
	hang_up(&c);
}

static void
client_that_reads_no_late_answers_is_closed_at_the_limit(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");
	char *text = calloc(1, 900001);

	memset(text, 'x', 900000);
	for (size_t i = 0; i < 3; i++)
		say(&c, "{\"id\":1,\"method\":\"wait\"}\n");
	for (size_t i = 0; i < 3; i++)
		ctl_call_reply(f->kept[i], json_pack("{s:s}", "text", text));
	pump(f);
	assert_int_equal(ctl_server_stats(f->server).slow, 1);
	assert_int_equal(ctl_server_stats(f->server).clients, 0);
	free(text);
	hang_up(&c);
}

/* ---- the end of a connection --------------------------------------------- */

static void
half_close_is_answered_and_then_closed(void **state)
{
	struct client c = connect_to(*state, "control.sock");

	(void)send(c.fd, "{\"id\":1,\"method\":\"ping\"}\n", 25, 0);
	(void)shutdown(c.fd, SHUT_WR);
	assert_result(&c, 1);
	assert_closed(&c);
	hang_up(&c);
}

static void
what_a_client_asked_for_before_it_went_is_done(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");
	const char *line =
	    "{\"id\":1,\"method\":\"note\",\"params\":{\"who\":\"a\"}}\n";

	(void)send(c.fd, line, strlen(line), 0);
	hang_up(&c);
	assert_string_equal(f->order, "a");
	assert_int_equal(ctl_server_stats(f->server).clients, 0);
}

static void
request_cut_short_by_the_end_is_not_done(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");
	const char *line = "{\"id\":1,\"method\":\"note\",\"params\":{\"who\":\"a\"}}";

	(void)send(c.fd, line, strlen(line), 0);
	hang_up(&c);
	assert_string_equal(f->order, "");
	assert_int_equal(ctl_server_stats(f->server).clients, 0);
}

/* As if `us` had passed. */
static void
let_pass(struct fixture *f, int64_t us)
{
	for (struct ctl_conn *conn = f->server->conns; conn != NULL; conn = conn->next)
		ctl_conn_check_time(conn, clock_now_us() + us);
	pump(f);
}

static void
half_a_line_is_waited_for_ten_seconds(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");

	say(&c, "{\"id\":1,");
	let_pass(f, 9 * US_PER_S);
	say(&c, "\"method\":\"ping\"}\n{");
	assert_result(&c, 1);
	let_pass(f, 11 * US_PER_S);
	assert_closed(&c);
	hang_up(&c);
}

static void
clients_that_come_do_not_put_off_the_look_at_the_time(void **state)
{
	struct fixture *f = *state;
	struct client first = connect_to(f, "control.sock");
	uint64_t before_us, after_us;

	assert_true(sd_event_source_get_time(f->server->sweep, &before_us) >= 0);
	struct client second = connect_to(f, "control.sock");
	assert_true(sd_event_source_get_time(f->server->sweep, &after_us) >= 0);
	assert_int_equal(before_us, after_us);
	hang_up(&first);
	hang_up(&second);
}

static void
idle_client_is_closed_unless_it_waits(void **state)
{
	struct fixture *f = *state;
	struct client idle = connect_to(f, "control.sock");
	struct client waiting = connect_to(f, "control.sock");

	say(&waiting, "{\"id\":1,\"method\":\"wait\"}\n");
	let_pass(f, CTL_IDLE_US - US_PER_S);
	assert_no_more(&idle);
	let_pass(f, CTL_IDLE_US + US_PER_S);
	assert_closed(&idle);
	assert_no_more(&waiting);
	ctl_call_reply(f->kept[0], json_object());
	assert_result(&waiting, 1);
	hang_up(&idle);
	hang_up(&waiting);
}

static void
client_that_stops_reading_is_closed_after_thirty_seconds(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");

	say(&c, "{\"id\":1,\"method\":\"long\",\"params\":{\"len\":900000}}\n");
	let_pass(f, 29 * US_PER_S);
	assert_int_equal(ctl_server_stats(f->server).clients, 1);
	let_pass(f, 31 * US_PER_S);
	assert_int_equal(ctl_server_stats(f->server).clients, 0);
	assert_int_equal(ctl_server_stats(f->server).slow, 1);
	hang_up(&c);
}

/* ---- answers that come later --------------------------------------------- */

static void
ninth_request_waits_until_one_of_eight_is_answered(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");

	for (int i = 0; i < 10; i++)
		say(&c, "{\"id\":1,\"method\":\"wait\"}\n");
	assert_int_equal(f->kept_count, CTL_WAITING_MAX);
	ctl_call_reply(f->kept[3], json_object());
	assert_result(&c, 1);
	assert_int_equal(f->kept_count, CTL_WAITING_MAX + 1);
	for (size_t i = 0; i < 9; i++)
		if (i != 3)
			ctl_call_reply(f->kept[i], json_object());
	for (size_t i = 0; i < 8; i++)
		assert_result(&c, 1);
	assert_int_equal(f->kept_count, CTL_WAITING_MAX + 2);
	ctl_call_reply(f->kept[9], json_object());
	hang_up(&c);
}

static void
other_requests_are_served_while_one_waits(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");

	say(&c, "{\"id\":1,\"method\":\"wait\"}\n{\"id\":2,\"method\":\"ping\"}\n");
	assert_result(&c, 2);
	ctl_call_fail(f->kept[0], CTL_NOT_MOVED, NULL, "nobody came");
	assert_error(&c, "not_moved");
	hang_up(&c);
}

static void
answer_to_a_client_that_has_gone_is_dropped(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");

	say(&c, "{\"id\":1,\"method\":\"wait\"}\n");
	hang_up(&c);
	ctl_call_reply(f->kept[0], json_object());
	pump(f);
	assert_int_equal(ctl_server_stats(f->server).clients, 0);
}

static void
end_of_the_server_drops_the_waiters(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");

	say(&c, "{\"id\":1,\"method\":\"wait\"}\n");
	f->server = ctl_server_free(f->server);
	ctl_call_reply(f->kept[0], json_object());
	assert_closed(&c);
	hang_up(&c);
}

/* ---- the methods every daemon has ---------------------------------------- */

static void
list_goes_in_pages(void **state)
{
	struct client c = connect_to(*state, "public.sock");
	json_int_t at = 0, seen = 0;
	char text[128];

	do {
		(void)snprintf(text, sizeof(text),
		    "{\"id\":1,\"method\":\"list\",\"params\":{\"type\":\"thing\","
		    "\"next\":%d}}\n",
		    (int)at);
		say(&c, text);
		json_t *result = result_of(&c, 1);
		assert_int_equal(
		    json_integer_value(json_object_get(result, "total")), 600);
		seen += (json_int_t)json_array_size(json_object_get(result, "items"));
		at = json_integer_value(json_object_get(result, "next"));
		json_decref(result);
	} while (at != 0);
	assert_int_equal(seen, 600);
	say(&c,
	    "{\"id\":2,\"method\":\"list\",\"params\":{\"type\":\"thing\",\"next\":900}}\n");
	json_t *result = result_of(&c, 2);
	assert_null(json_object_get(result, "next"));
	json_decref(result);
	say(&c, "{\"id\":3,\"method\":\"list\",\"params\":{\"type\":\"thnig\"}}\n");
	assert_error(&c, "invalid_params");
	hang_up(&c);
}

static void
object_is_found_by_path_and_by_name_alone(void **state)
{
	struct client c = connect_to(*state, "public.sock");

	say(&c, "{\"id\":1,\"method\":\"get\",\"params\":{\"path\":\"thing/a/b\"}}\n");
	assert_result(&c, 1);
	say(&c, "{\"id\":2,\"method\":\"get\",\"params\":{\"path\":\"a/b\"}}\n");
	assert_result(&c, 2);
	say(&c, "{\"id\":3,\"method\":\"get\",\"params\":{\"path\":\"thing/c\"}}\n");
	assert_error(&c, "not_found");
	say(&c, "{\"id\":4,\"method\":\"explain\",\"params\":{\"path\":\"a/b\"}}\n");
	assert_error(&c, "not_found");
	hang_up(&c);
}

static void
description_names_every_method(void **state)
{
	struct client c = connect_to(*state, "public.sock");

	say(&c, "{\"id\":1,\"method\":\"describe\"}\n");
	json_t *result = result_of(&c, 1);
	json_t *described = json_object_get(result, "methods");
	for (const struct ctl_method *row = methods; row->name != NULL; row++)
		assert_non_null(json_object_get(described, row->name));
	for (const struct ctl_method *row = ctl_common_methods; row->name != NULL;
	     row++)
		assert_non_null(json_object_get(described, row->name));
	json_decref(result);
	hang_up(&c);
}

static void
description_names_every_event(void **state)
{
	struct client c = connect_to(*state, "public.sock");

	say(&c, "{\"id\":1,\"method\":\"describe\"}\n");
	json_t *result = result_of(&c, 1);
	json_t *described = json_object_get(result, "events");
	assert_int_equal(json_object_size(described), 2);
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(described, "thing.done"), "help")),
	    "something was done");
	assert_non_null(json_object_get(described, "part.done"));
	json_decref(result);
	hang_up(&c);
}

static void
status_and_clients_and_versions_are_told(void **state)
{
	struct client c = connect_to(*state, "public.sock");

	say(&c, "{\"id\":1,\"method\":\"status\"}\n{\"id\":2,\"method\":\"clients\"}\n"
		"{\"id\":3,\"method\":\"session.hello\",\"params\":{\"major\":1}}\n"
		"{\"id\":4,\"method\":\"session.hello\",\"params\":{\"major\":2}}\n");
	json_t *status = result_of(&c, 1);
	assert_string_equal(json_string_value(json_object_get(status, "role")), "read");
	assert_string_equal(
	    json_string_value(json_object_get(status, "version")), "1.2.3");
	json_decref(status);
	json_t *clients = result_of(&c, 2);
	assert_int_equal(json_array_size(json_object_get(clients, "items")), 1);
	json_decref(clients);
	assert_result(&c, 3);
	assert_error(&c, "unsupported_version");
	hang_up(&c);
}

static void
log_tells_the_last_events_and_readers_not_who(void **state)
{
	struct fixture *f = *state;
	const struct ctl_cause cause = {.by_client = true, .uid = 7};
	struct client admin = connect_to(f, "control.sock");
	struct client reader = connect_to(f, "public.sock");
	const char *line = "{\"id\":\"a\\\"b\",\"method\":\"log.tail\","
			   "\"params\":{\"count\":2}}\n";

	for (int i = 1; i <= 3; i++)
		ctl_publish(f->server, "thing.done", "thing/x", i == 3 ? &cause : NULL,
		    NULL, json_pack("{s:i}", "number", i));
	for (int i = 0; i < 2; i++) {
		struct client *c = i == 0 ? &admin : &reader;

		say(c, line);
		json_t *answer = next(c);
		json_t *result = json_object_get(answer, "result");
		json_t *items = json_object_get(result, "items");
		assert_string_equal(
		    json_string_value(json_object_get(answer, "id")), "a\"b");
		assert_int_equal(json_integer_value(json_object_get(result, "seq")), 3);
		assert_int_equal(json_array_size(items), 2);
		json_t *last = json_array_get(items, 1);
		assert_int_equal(json_integer_value(json_object_get(last, "seq")), 3);
		assert_int_equal(json_object_get(last, "cause") != NULL, i == 0);
		json_decref(answer);
	}
	hang_up(&admin);
	hang_up(&reader);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(server_speaks_first_and_says_who_it_is),
	    TEST(public_socket_is_for_reading_whoever_comes),
	    TEST(rights_given_up_do_not_come_back),
	    TEST(sockets_have_their_modes_and_go_with_the_server),
	    TEST(successor_takes_the_path_over_and_keeps_it),
	    TEST(pool_is_bounded_and_a_place_comes_free_again),
	    TEST(request_may_come_byte_by_byte),
	    TEST(many_requests_in_one_write_are_answered_in_order),
	    TEST(clients_take_turns),
	    TEST(connections_without_end_keep_no_request_waiting),
	    TEST(line_without_an_end_is_too_big_and_closes),
	    TEST(request_of_the_largest_size_is_served),
	    TEST(depth_bomb_is_refused_unparsed_and_closes),
	    TEST(third_malformed_request_closes),
	    TEST(answer_above_a_mebibyte_becomes_an_error),
	    TEST(client_that_reads_nothing_is_served_no_more),
	    TEST(client_that_reads_no_late_answers_is_closed_at_the_limit),
	    TEST(half_close_is_answered_and_then_closed),
	    TEST(what_a_client_asked_for_before_it_went_is_done),
	    TEST(request_cut_short_by_the_end_is_not_done),
	    TEST(half_a_line_is_waited_for_ten_seconds),
	    TEST(clients_that_come_do_not_put_off_the_look_at_the_time),
	    TEST(idle_client_is_closed_unless_it_waits),
	    TEST(client_that_stops_reading_is_closed_after_thirty_seconds),
	    TEST(ninth_request_waits_until_one_of_eight_is_answered),
	    TEST(other_requests_are_served_while_one_waits),
	    TEST(answer_to_a_client_that_has_gone_is_dropped),
	    TEST(end_of_the_server_drops_the_waiters),
	    TEST(log_tells_the_last_events_and_readers_not_who),
	    TEST(list_goes_in_pages),
	    TEST(object_is_found_by_path_and_by_name_alone),
	    TEST(description_names_every_method),
	    TEST(description_names_every_event),
	    TEST(status_and_clients_and_versions_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_ctl_server_bytes.c - what clients send to a control server: in pieces, in heaps,
 * too much, nonsense; and those who do not read what they asked for.
 */
#include "tests/unit/ctl_server_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/ctl_limits.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

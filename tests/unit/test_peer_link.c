/* SPDX-License-Identifier: Apache-2.0 */
/* test_peer_link.c - the link to the other daemon, which is played by the test: it says
 * line by line what a good, a strange or a hostile one says.
 *
 * The loop runs until what is waited for has come; time is only waited for where
 * silence is the matter, and then less than a tenth of a second.
 */
#include "tests/unit/peer_fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/clock.h"

/* ---- cases ------------------------------------------------------------------ */

static void
nobody_is_there(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < 10; i++)
		turn(f);
	assert_states(f, "never ");
	bring_up(f);
	assert_states(f, "never connecting up ");
}

static void
subscription_is_an_ordinary_one(void **state)
{
	struct fixture *f = *state;
	json_t *request, *params;

	listen_there(f);
	request = greet(f, HELLO("1", "checkd", "e1"));
	params = json_object_get(request, "params");
	assert_string_equal(
	    json_string_value(json_object_get(request, "method")), "subscribe");
	assert_int_equal(
	    json_integer_value(json_object_get(params, "heartbeat_ms")), 1000);
	assert_int_equal(json_array_size(json_object_get(params, "types")), 2);
	assert_null(json_object_get(params, "since"));
	json_decref(request);
}

static void
link_is_up_when_the_picture_is_whole(void **state)
{
	struct fixture *f = *state;
	struct peer_view view;

	bring_up(f);
	view = peer_link_view(f->link);
	assert_string_equal(view.epoch, "e1");
	assert_string_equal(view.version, "0.4.0");
	assert_string_equal(view.phase, "running");
	assert_true(view.settled);
	assert_string_equal(state_in_force(f, "vs/A"), "up");
	say(f, EVENT("8", "vs.state", "vs/A", "{\"state\":\"down\"}"));
	assert_string_equal(state_in_force(f, "vs/A"), "down");
	assert_int_equal(f->changes, 2);
	say(f, EVENT("9", "vs.removed", "vs/A", "null"));
	assert_null(state_in_force(f, "vs/A"));
}

static void
end_without_a_word_is_closed(void **state)
{
	struct fixture *f = *state;

	bring_up(f);
	(void)shutdown(f->fd, SHUT_RDWR);
	wait_for(f, PEER_LOST, PEER_WHY_CLOSED);
	assert_string_equal(state_in_force(f, "vs/A"), "up");
}

static void
announced_end_is_stopped(void **state)
{
	struct fixture *f = *state;

	bring_up(f);
	say(f, EVENT("8", "daemon.stopping", "daemon/checkd", "{}"));
	assert_string_equal(peer_link_view(f->link).phase, "stopping");
	(void)shutdown(f->fd, SHUT_RDWR);
	wait_for(f, PEER_LOST, PEER_WHY_STOPPED);
}

static void
goes_on_where_it_was(void **state)
{
	struct fixture *f = *state;
	json_t *request, *since;

	bring_up(f);
	say(f, HEARTBEAT);
	(void)shutdown(f->fd, SHUT_RDWR);
	wait_for(f, PEER_LOST, PEER_WHY_CLOSED);
	request = greet(f, HELLO("1", "checkd", "e1"));
	since = json_object_get(json_object_get(request, "params"), "since");
	assert_string_equal(json_string_value(json_object_get(since, "epoch")), "e1");
	assert_int_equal(json_integer_value(json_object_get(since, "seq")), 9);
	json_decref(request);
	say(f, RESUMED);
	wait_for(f, PEER_UP, PEER_WHY_NONE);
	say(f, EVENT("10", "vs.state", "vs/A", "{\"state\":\"down\"}"));
	assert_string_equal(state_in_force(f, "vs/A"), "down");
	assert_states(f, "never connecting up lost/closed up ");
}

static void
new_process_is_asked_for_a_picture(void **state)
{
	struct fixture *f = *state;
	json_t *request;

	bring_up(f);
	(void)shutdown(f->fd, SHUT_RDWR);
	request = greet(f, HELLO("1", "checkd", "e2"));
	assert_null(json_object_get(json_object_get(request, "params"), "since"));
	json_decref(request);
	say(f, NEW);
	say(f, RESET);
	say(f, OBJECT("vs/A", "unknown"));
	say(f, SYNCED("false"));
	wait_for(f, PEER_UP, PEER_WHY_NONE);
	/* It has only started: what the old one said still holds. */
	assert_false(peer_link_view(f->link).settled);
	assert_string_equal(state_in_force(f, "vs/A"), "up");
	say(f, EVENT("8", "vs.state", "vs/A", "{\"state\":\"down\"}"));
	assert_string_equal(state_in_force(f, "vs/A"), "up");
	say(f, EVENT("9", "daemon.settled", "daemon/checkd", "{\"settled\":true}"));
	assert_string_equal(state_in_force(f, "vs/A"), "down");
	assert_true(peer_link_view(f->link).settled);
}

static void
settled_in_the_middle_of_a_picture_waits_for_its_end(void **state)
{
	struct fixture *f = *state;

	bring_up(f);
	(void)shutdown(f->fd, SHUT_RDWR);
	json_decref(greet(f, HELLO("1", "checkd", "e2")));
	say(f, NEW);
	say(f, RESET);
	say(f, EVENT("8", "daemon.settled", "daemon/checkd", "{\"settled\":true}"));
	assert_string_equal(state_in_force(f, "vs/A"), "up");
	say(f, OBJECT("vs/A", "down"));
	say(f, SYNCED("true"));
	assert_string_equal(state_in_force(f, "vs/A"), "down");
}

static void
gap_leads_to_another_picture(void **state)
{
	struct fixture *f = *state;

	bring_up(f);
	say(f, GAP);
	say(f, RESET);
	say(f, OBJECT("vs/B", "up"));
	assert_string_equal(state_in_force(f, "vs/A"), "up");
	assert_null(state_in_force(f, "vs/B"));
	say(f, SYNCED("true"));
	assert_null(state_in_force(f, "vs/A"));
	assert_string_equal(state_in_force(f, "vs/B"), "up");
	assert_states(f, "never connecting up ");
}

static void
picture_that_breaks_off_is_not_resumed(void **state)
{
	struct fixture *f = *state;
	json_t *request;

	bring_up(f);
	say(f, GAP);
	say(f, RESET);
	(void)shutdown(f->fd, SHUT_RDWR);
	request = greet(f, HELLO("1", "checkd", "e1"));
	assert_null(json_object_get(json_object_get(request, "params"), "since"));
	json_decref(request);
}

static void
silence_is_frozen_and_a_word_ends_it(void **state)
{
	struct fixture *f = *state;

	bring_up(f);
	wait_for(f, PEER_FROZEN, PEER_WHY_SILENT);
	assert_string_equal(state_in_force(f, "vs/A"), "up");
	say(f, HEARTBEAT);
	wait_for(f, PEER_UP, PEER_WHY_NONE);
	wait_for(f, PEER_FROZEN, PEER_WHY_SILENT);
	(void)shutdown(f->fd, SHUT_RDWR);
	wait_for(f, PEER_LOST, PEER_WHY_CLOSED);
	assert_states(
	    f, "never connecting up frozen/silent up frozen/silent lost/closed ");
}

static void
heartbeats_keep_it_up(void **state)
{
	struct fixture *f = *state;
	int64_t until_us;

	bring_up(f);
	until_us = clock_now_us() + 3 * SILENT_US / 2;
	while (clock_now_us() < until_us)
		say(f, HEARTBEAT);
	assert_states(f, "never connecting up ");
}

static void
bytes_that_become_no_line_are_silence(void **state)
{
	struct fixture *f = *state;
	int64_t until_us;

	bring_up(f);
	until_us = clock_now_us() + 3 * SILENT_US / 2;
	while (clock_now_us() < until_us)
		say_bytes(f, "{", 1);
	wait_for(f, PEER_FROZEN, PEER_WHY_SILENT);
}

static void
connection_without_a_greeting_is_frozen(void **state)
{
	struct fixture *f = *state;

	listen_there(f);
	wait_for(f, PEER_FROZEN, PEER_WHY_SILENT);
	assert_int_equal(peer_link_view(f->link).heard_us, 0);
	/* As of a process that was stopped: it wakes up and says what is due. */
	bring_up(f);
}

/* Lines that are not what they should be, after the greeting and at any time. */
static const char *const strange[] = {
    "garbage",
    "[1, 2]",
    "{\"method\":\"event\"",
    "\x01\xff",
    "",
    EVENT("8", "vs.state", "vs/A", "null"),
    EVENT("8", "vs.state", "vs/A", "[]"),
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
};

CASE(strange_line_ends_the_connection)
{
	/* Each with a link of its own: who fails again and again is asked less often.
	 */
	for (size_t i = 0; i < COUNT_OF(strange); i++) {
		void *own;

		(void)setup(&own);
		struct fixture *f = own;
		bring_up(f);
		say(f, strange[i]);
		wait_for(f, PEER_LOST, PEER_WHY_PROTOCOL);
		assert_true(peer_link_view(f->link).error[0] != '\0');
		assert_string_equal(state_in_force(f, "vs/A"), "up");
		(void)teardown(&own);
	}
}

/* Members that are missing or of another type, which a newer one may send. */
static const char *const harmless[] = {
    "{\"method\":\"novelty\"}",
    "{\"method\":\"event\"}",
    "{\"method\":\"event\",\"params\":{\"type\":7,\"path\":[],\"seq\":\"x\"}}",
    "{\"method\":\"object\",\"params\":{\"object\":7}}",
    "{\"method\":7,\"params\":8}",
    "{\"id\":9,\"result\":{}}",
    EVENT("8", "vs.state", "vs/A", "{\"state\":7}"),
    "{}",
};

static void
what_a_newer_one_may_say_is_borne(void **state)
{
	struct fixture *f = *state;

	bring_up(f);
	for (size_t i = 0; i < COUNT_OF(harmless); i++)
		say(f, harmless[i]);
	say(f, HEARTBEAT);
	assert_states(f, "never connecting up ");
	assert_string_equal(state_in_force(f, "vs/A"), "up");
}

static void
line_of_a_mebibyte_ends_the_connection(void **state)
{
	struct fixture *f = *state;
	char *line = malloc(1048576);

	memset(line, 'x', 1048576);
	bring_up(f);
	say_bytes(f, line, 1048576);
	wait_for(f, PEER_LOST, PEER_WHY_PROTOCOL);
	assert_string_equal(peer_link_view(f->link).error, "a line that is too long");
	free(line);
	bring_up(f);
}

static void
other_major_version_is_not_listened_to(void **state)
{
	struct fixture *f = *state;

	listen_there(f);
	accept_link(f);
	say(f, HELLO("2", "checkd", "e1"));
	wait_for(f, PEER_LOST, PEER_WHY_VERSION);
	assert_string_equal(
	    peer_link_view(f->link).error, "speaks version 2 of the protocol, not 1");
	/* It is asked again, and nothing is told twice. */
	accept_link(f);
	say(f, HELLO("2", "checkd", "e1"));
	accept_link(f);
	assert_states(f, "never connecting lost/version ");
}

static void
other_daemon_is_not_listened_to(void **state)
{
	struct fixture *f = *state;

	listen_there(f);
	accept_link(f);
	say(f, HELLO("1", "vrrpd", "e1"));
	wait_for(f, PEER_LOST, PEER_WHY_PROTOCOL);
	assert_string_equal(peer_link_view(f->link).error, "\"vrrpd\" answers");
}

static void
full_daemon_is_asked_again(void **state)
{
	struct fixture *f = *state;

	listen_there(f);
	accept_link(f);
	say(f,
	    "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1011,\"message\":\"too "
	    "many connections\",\"data\":{\"name\":\"too_many\"}}}");
	wait_for(f, PEER_LOST, PEER_WHY_REFUSED);
	assert_string_equal(peer_link_view(f->link).error, "too many connections");
	bring_up(f);
}

static void
end_in_the_middle_of_a_line_is_closed(void **state)
{
	struct fixture *f = *state;

	bring_up(f);
	say_bytes(f, "{\"method\":\"event\",\"par", 22);
	(void)shutdown(f->fd, SHUT_RDWR);
	wait_for(f, PEER_LOST, PEER_WHY_CLOSED);
	bring_up(f);
	assert_states(f, "never connecting up lost/closed up ");
}

/* Whatever the other sends, a turn of the loop is short: its end is not waited for. */
static void
flood_is_worked_off_in_slices(void **state)
{
	struct fixture *f = *state;
	const char *line = EVENT("8", "vs.state", "vs/A", "{\"state\":\"down\"}") "\n";
	size_t len = strlen(line), sent = 0;
	int64_t worst_us = 0;
	char *flood = malloc(len * 600);

	for (size_t i = 0; i < 600; i++)
		memcpy(flood + i * len, line, len);
	bring_up(f);
	for (unsigned i = 0; i < 100; i++) {
		ssize_t n = send(f->fd, flood, len * 600, MSG_NOSIGNAL | MSG_DONTWAIT);
		int64_t from_us = clock_now_us(), took_us;

		sent += n > 0 ? (size_t)n : 0;
		turn(f);
		took_us = clock_now_us() - from_us;
		worst_us = took_us > worst_us && i > 0 ? took_us : worst_us;
		/* A line that was cut is gone on with. */
		if (n > 0 && (size_t)n < len * 600)
			say_bytes(f, flood + (size_t)n % len, len - (size_t)n % len);
	}
	free(flood);
	assert_true(sent > 100 * len);
	assert_string_equal(state_in_force(f, "vs/A"), "down");
	/* Half a millisecond is meant; a busy machine may add to it. */
	assert_true(worst_us < US_PER_S / 5);
}

static void
path_too_long_for_a_socket_is_refused(void **state)
{
	struct fixture *f = *state;
	char base[200];
	struct peer_link *link = NULL;
	const struct peer_link_config config = {.event = f->event,
	    .run_base = base,
	    .daemon = "checkd",
	    .types = peer_types,
	    .kinds = peer_kinds};

	memset(base, 'x', sizeof(base));
	base[sizeof(base) - 1] = '\0';
	assert_int_equal(peer_link_new(&config, &link), -ENAMETOOLONG);
	assert_null(link);
}

#define LINK_CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    LINK_CASE(nobody_is_there),
	    LINK_CASE(subscription_is_an_ordinary_one),
	    LINK_CASE(link_is_up_when_the_picture_is_whole),
	    LINK_CASE(end_without_a_word_is_closed),
	    LINK_CASE(announced_end_is_stopped),
	    LINK_CASE(goes_on_where_it_was),
	    LINK_CASE(new_process_is_asked_for_a_picture),
	    LINK_CASE(settled_in_the_middle_of_a_picture_waits_for_its_end),
	    LINK_CASE(gap_leads_to_another_picture),
	    LINK_CASE(picture_that_breaks_off_is_not_resumed),
	    LINK_CASE(silence_is_frozen_and_a_word_ends_it),
	    LINK_CASE(heartbeats_keep_it_up),
	    LINK_CASE(bytes_that_become_no_line_are_silence),
	    LINK_CASE(connection_without_a_greeting_is_frozen),
	    cmocka_unit_test(strange_line_ends_the_connection),
	    LINK_CASE(what_a_newer_one_may_say_is_borne),
	    LINK_CASE(line_of_a_mebibyte_ends_the_connection),
	    LINK_CASE(other_major_version_is_not_listened_to),
	    LINK_CASE(other_daemon_is_not_listened_to),
	    LINK_CASE(full_daemon_is_asked_again),
	    LINK_CASE(end_in_the_middle_of_a_line_is_closed),
	    LINK_CASE(flood_is_worked_off_in_slices),
	    LINK_CASE(path_too_long_for_a_socket_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_ctl_server_end.c - how a connection ends: by the client, or because time is
 * over.
 */
#include "tests/unit/ctl_server_fixture.h"

#include <string.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/ctl_events.h"
#include "common/ctl_limits.h"
#include "common/ctl_server_internal.h"
#include "common/units.h"

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

/* What objects are made from may be gone when the server ends. */
static void
picture_is_not_gone_on_with_at_the_end(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "public.sock");
	const char *line =
	    "{\"id\":1,\"method\":\"subscribe\",\"params\":{\"sub\":\"s\"}}\n";

	(void)send(c.fd, line, strlen(line), 0);
	while (f->pages == 0)
		(void)sd_event_run(f->event, US_PER_S);
	ctl_server_free(f->server);
	assert_int_equal(f->pages, 1);
	f->server = open_server(f);
	hang_up(&c);
}

static void
what_happened_is_told_to_the_end(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "public.sock");
	const char *line =
	    "{\"id\":1,\"method\":\"subscribe\",\"params\":{\"sub\":\"s\"}}\n";
	unsigned events = 0;
	json_t *message;

	(void)send(c.fd, line, strlen(line), 0);
	while (f->pages == 0)
		(void)sd_event_run(f->event, US_PER_S);
	for (unsigned i = 0; i < 100; i++)
		ctl_publish(f->server, "thing.done", "thing/a/b", NULL, NULL, NULL);
	ctl_server_free(f->server);
	f->server = open_server(f);
	while ((message = next(&c)) != NULL) {
		const char *method =
		    json_string_value(json_object_get(message, "method"));

		events += method != NULL && strcmp(method, "event") == 0;
		json_decref(message);
	}
	assert_int_equal(events, 100);
	hang_up(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(half_close_is_answered_and_then_closed),
	    TEST(what_a_client_asked_for_before_it_went_is_done),
	    TEST(request_cut_short_by_the_end_is_not_done),
	    TEST(half_a_line_is_waited_for_ten_seconds),
	    TEST(clients_that_come_do_not_put_off_the_look_at_the_time),
	    TEST(idle_client_is_closed_unless_it_waits),
	    TEST(client_that_stops_reading_is_closed_after_thirty_seconds),
	    TEST(picture_is_not_gone_on_with_at_the_end),
	    TEST(what_happened_is_told_to_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

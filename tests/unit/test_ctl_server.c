/* SPDX-License-Identifier: Apache-2.0 */
/* test_ctl_server.c - who may come to a control server, and answers that come later. */
#include "tests/unit/ctl_server_fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/ctl_limits.h"
#include "common/log.h"

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
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(params, "features"), 0)),
	    "subscribe");
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

/* Fails the call as a fault of the daemon, and returns what it wrote into its log. */
static void
fail_and_read_log(struct ctl_call *call, char *text, size_t room)
{
	int ends[2], saved = dup(STDERR_FILENO);
	ssize_t len;

	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	(void)dup2(ends[1], STDERR_FILENO);
	log_set_level(LOG_ERR);
	ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
	log_set_level(LOG_CRIT);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	(void)close(ends[1]);
	len = read(ends[0], text, room - 1);
	text[len > 0 ? len : 0] = '\0';
	(void)close(ends[0]);
}

static void
fault_of_the_daemon_is_found_in_its_log_by_the_request(void **state)
{
	struct fixture *f = *state;
	struct client c = connect_to(f, "control.sock");
	char text[512];

	say(&c, "{\"id\":\"r-17\",\"method\":\"wait\"}\n");
	fail_and_read_log(f->kept[0], text, sizeof(text));
	assert_non_null(strstr(text, "control: wait of uid "));
	assert_non_null(
	    strstr(text, "request \"r-17\": internal error: out of memory"));
	json_t *answer = next(&c);
	json_t *data = json_object_get(json_object_get(answer, "error"), "data");
	assert_string_equal(
	    json_string_value(json_object_get(data, "name")), "internal");
	assert_string_equal(json_string_value(json_object_get(data, "id")), "r-17");
	json_decref(answer);
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
	    TEST(ninth_request_waits_until_one_of_eight_is_answered),
	    TEST(fault_of_the_daemon_is_found_in_its_log_by_the_request),
	    TEST(other_requests_are_served_while_one_waits),
	    TEST(answer_to_a_client_that_has_gone_is_dropped),
	    TEST(end_of_the_server_drops_the_waiters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_move.c - failover and takeover of a router: what is done when, and what
 * the one who asked is told. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <errno.h>
#include <string.h>

#include "common/units.h"

/* ---- failover ------------------------------------------------------------ */

CASE(failover_is_answered_when_the_new_master_was_heard)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\",\"hold_ms\":60000}");
	assert_null(next(fd));
	assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_FAILOVER);
	/* Nothing is in place before it is proved. */
	assert_int_equal(priority_of("instance/VI_1"), -1);
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_t *result = result_in(next(fd));
	assert_true(json_is_true(json_object_get(result, "moved")));
	assert_string_equal(
	    json_string_value(json_object_get(result, "to")), "192.0.2.12");
	json_t *evidence = json_object_get(result, "evidence");
	assert_int_equal(
	    json_integer_value(json_object_get(evidence, "advert_prio")), 90);
	assert_non_null(json_object_get(result, "lease"));
	json_decref(result);
	assert_int_equal(fake.routers[0].fsm.params.priority, 1);
	hang_up(fd);
}

CASE(failover_nobody_took_leaves_nothing_behind)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	assert_error(next(fd), "not_moved");
	assert_null(layers_get(fake.engine.layers, 0));
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	hang_up(fd);
}

CASE(failover_asked_for_again_is_done_already)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(next(fd));
	say(fd, "failover", "{\"target\":\"VI_1\"}");
	json_t *result = result_in(next(fd));
	assert_true(json_is_true(json_object_get(result, "already")));
	json_decref(result);
	hang_up(fd);
}

CASE(failover_without_a_hold_leaves_none)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\",\"hold_ms\":0}");
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(result_in(next(fd)));
	assert_null(layers_get(fake.engine.layers, 0));
	hang_up(fd);
}

CASE(failover_of_a_backup_names_the_master)
{
	json_t *message = ask_as("operator", "failover", "{\"target\":\"VI_2\"}");
	const char *text = json_string_value(
	    json_object_get(json_object_get(message, "error"), "message"));

	assert_non_null(strstr(text, "192.0.2.12"));
	assert_non_null(strstr(text, "takeover"));
	assert_error(message, "wrong_state");
}

CASE(failover_of_a_fault_says_what_is_wrong)
{
	fake.routers[0].fsm.state = VRRP_STATE_FAULT;
	fake.routers[0].faults = VROUTER_FAULT_LINK_DOWN;
	json_t *message = ask_as("operator", "failover", "{\"target\":\"VI_1\"}");
	const char *text = json_string_value(
	    json_object_get(json_object_get(message, "error"), "message"));
	assert_string_equal(text, "VI_1 is FAULT: interface eth0 is down");
	assert_error(message, "wrong_state");
}

CASE(second_failover_at_the_same_time_is_busy)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	say(fd, "failover", "{\"target\":\"VI_1\"}");
	assert_error(next(fd), "busy");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	assert_error(next(fd), "not_moved");
	hang_up(fd);
}

CASE(failover_goes_on_when_its_client_has_gone)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	hang_up(fd);
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	assert_int_equal(priority_of("instance/VI_1"), 1);
}

CASE(failover_without_waiting_is_accepted_at_once)
{
	json_t *result = ask("failover", "{\"target\":\"VI_1\",\"wait\":false}");

	assert_true(json_is_true(json_object_get(result, "accepted")));
	json_decref(result);
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	assert_int_equal(priority_of("instance/VI_1"), 1);
}

CASE(failover_that_cannot_begin_leaves_nothing_behind)
{
	fake.move_result = -EINVAL;
	assert_error(
	    ask_as("operator", "failover", "{\"target\":\"VI_1\"}"), "wrong_state");
	assert_null(layers_get(fake.engine.layers, 0));
}

CASE(release_is_done_when_the_new_master_was_heard)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\",\"method\":\"release\"}");
	assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_RELEASE);
	/* The hold stands at once, or it would take the role back by itself. */
	assert_int_equal(fake.routers[0].fsm.params.priority, 1);
	assert_null(next(fd));
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(result_in(next(fd)));
	assert_int_equal(priority_of("instance/VI_1"), 1);
	hang_up(fd);
}

CASE(release_nobody_took_gives_the_priority_back)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\",\"method\":\"release\"}");
	fake.routers[0].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	assert_error(next(fd), "not_moved");
	assert_null(layers_get(fake.engine.layers, 0));
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	hang_up(fd);
}

CASE(a_method_to_fail_over_is_one_of_three)
{
	int fd = connect_client("operator");

	assert_error(
	    ask_as("operator", "failover", "{\"target\":\"VI_1\",\"method\":\"push\"}"),
	    "invalid_params");
	say(fd, "failover",
	    "{\"target\":\"VI_1\",\"method\":\"yield\",\"wait_ms\":7000}");
	assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_YIELD);
	assert_true(fake.moves[0].until_us == 7 * US_PER_S);
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	assert_error(next(fd), "not_moved");
	hang_up(fd);
}

CASE(an_owner_cannot_yield_but_hand_over)
{
	fake.routers[0].fsm.params.priority = VRRP_PRIORITY_OWNER;
	json_t *message = ask_as(
	    "operator", "failover", "{\"target\":\"VI_1\",\"method\":\"yield\"}");
	const char *text = json_string_value(
	    json_object_get(json_object_get(message, "error"), "message"));

	assert_non_null(strstr(text, "hand over"));
	assert_error(message, "wrong_state");
	json_decref(result_in(
	    ask_as("operator", "failover", "{\"target\":\"VI_1\",\"wait\":false}")));
	assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_FAILOVER);
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
}

CASE(who_does_not_wait_is_told_how_long_it_may_take)
{
	json_t *result =
	    ask("failover", "{\"target\":\"VI_1\",\"wait\":false,\"op_id\":\"a\"}");

	assert_int_equal(json_integer_value(json_object_get(result, "wait_ms")), 3000);
	assert_string_equal(json_string_value(json_object_get(result, "op_id")), "a");
	json_decref(result);
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
}

/* ---- takeover ------------------------------------------------------------ */

CASE(takeover_raises_the_priority_and_holds_it)
{
	int fd = connect_client("operator");

	say(fd, "takeover", "{\"target\":\"instance/VI_2\",\"for_ms\":60000}");
	assert_int_equal(fake.moves[1].kind, VROUTER_MOVE_TAKEOVER);
	assert_int_equal(fake.routers[1].fsm.params.priority, 254);
	fake.routers[1].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);
	json_t *result = result_in(next(fd));
	assert_string_equal(json_string_value(json_object_get(result, "to")), "self");
	assert_string_equal(
	    json_string_value(json_object_get(result, "from")), "192.0.2.12");
	json_decref(result);
	assert_int_equal(priority_of("instance/VI_2"), 254);
	hang_up(fd);
}

CASE(contested_takeover_is_taken_back)
{
	int fd = connect_client("operator");

	say(fd, "takeover", "{\"target\":\"VI_2\",\"wait_ms\":2000}");
	assert_true(fake.moves[1].until_us == 2 * US_PER_S);
	fake.routers[1].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[1], VROUTER_MOVE_CONTESTED);

	json_t *message = next(fd);
	json_t *error = json_object_get(message, "error");
	json_t *data = json_object_get(error, "data");

	assert_string_equal(json_string_value(json_object_get(error, "message")),
	    "192.0.2.12 keeps advertising VI_2 with priority 150; this node is MASTER");
	assert_string_equal(
	    json_string_value(json_object_get(data, "outcome")), "contested");
	assert_int_equal(json_array_size(json_object_get(data, "seen")), 1);
	assert_error(message, "not_moved");
	assert_null(layers_get(fake.engine.layers, 0));
	assert_int_equal(fake.routers[1].fsm.params.priority, 100);
	hang_up(fd);
}

CASE(takeover_of_a_master_is_done_already)
{
	json_t *result = ask("takeover", "{\"target\":\"VI_1\"}");

	assert_true(json_is_true(json_object_get(result, "already")));
	json_decref(result);
}

CASE(takeover_against_an_owner_is_refused)
{
	fake.routers[1].fsm.master_priority = VRRP_PRIORITY_OWNER;
	assert_error(
	    ask_as("operator", "takeover", "{\"target\":\"VI_2\"}"), "wrong_state");
	assert_null(layers_get(fake.engine.layers, 0));
}

CASE(takeover_ends_the_hold_and_failover_the_takeover)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(next(fd));
	say(fd, "takeover", "{\"target\":\"VI_1\"}");
	fake.routers[0].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(next(fd));
	assert_string_equal(layers_get(fake.engine.layers, 0)->kind, "takeover");
	assert_null(layers_get(fake.engine.layers, 1));
	say(fd, "failover", "{\"target\":\"VI_1\"}");
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(next(fd));
	assert_string_equal(layers_get(fake.engine.layers, 0)->kind, "hold");
	assert_null(layers_get(fake.engine.layers, 1));
	hang_up(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(failover_is_answered_when_the_new_master_was_heard),
	    TEST(failover_nobody_took_leaves_nothing_behind),
	    TEST(failover_asked_for_again_is_done_already),
	    TEST(failover_without_a_hold_leaves_none),
	    TEST(failover_of_a_backup_names_the_master),
	    TEST(failover_of_a_fault_says_what_is_wrong),
	    TEST(second_failover_at_the_same_time_is_busy),
	    TEST(failover_goes_on_when_its_client_has_gone),
	    TEST(failover_without_waiting_is_accepted_at_once),
	    TEST(failover_that_cannot_begin_leaves_nothing_behind),
	    TEST(release_is_done_when_the_new_master_was_heard),
	    TEST(release_nobody_took_gives_the_priority_back),
	    TEST(a_method_to_fail_over_is_one_of_three),
	    TEST(an_owner_cannot_yield_but_hand_over),
	    TEST(who_does_not_wait_is_told_how_long_it_may_take),
	    TEST(takeover_raises_the_priority_and_holds_it),
	    TEST(contested_takeover_is_taken_back),
	    TEST(takeover_of_a_master_is_done_already),
	    TEST(takeover_against_an_owner_is_refused),
	    TEST(takeover_ends_the_hold_and_failover_the_takeover),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

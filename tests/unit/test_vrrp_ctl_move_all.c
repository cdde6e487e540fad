/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_move_all.c - failover and takeover of all routers in one request. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <string.h>
#include <unistd.h>

#include "vrrpd/vrrp_ctl.h"

static const char *
outcome_at(const json_t *result, size_t i)
{
	const json_t *instances = json_object_get(result, "instances");

	return json_string_value(
	    json_object_get(json_array_get(instances, i), "outcome"));
}

CASE(failover_of_all_is_answered_with_the_last)
{
	int fd = connect_client("operator");

	make_both_masters();
	say(fd, "failover", "{\"target\":\"all\"}");
	assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_FAILOVER);
	assert_int_equal(fake.moves[1].kind, VROUTER_MOVE_FAILOVER);
	assert_true(fake.flushes >= 2); /* quick ones first, then the others */
	become_backup_of(&fake.routers[1], "192.0.2.13", 90);
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);
	assert_null(next(fd));
	assert_int_equal(priority_of("instance/VI_2"), 1);
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);

	json_t *result = result_in(next(fd));

	assert_int_equal(json_array_size(json_object_get(result, "members")), 2);
	assert_string_equal(outcome_at(result, 0), "moved");
	assert_string_equal(outcome_at(result, 1), "moved");
	json_decref(result);
	/* One lease over both. */
	assert_string_equal(layers_get(fake.engine.layers, 0)->id,
	    layers_get(fake.engine.layers, 1)->id);
	hang_up(fd);
}

CASE(failover_of_all_tells_who_did_not_move)
{
	int fd = connect_client("operator");

	make_both_masters();
	say(fd, "failover", "{\"target\":\"all\"}");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	become_backup_of(&fake.routers[1], "192.0.2.13", 90);
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);

	json_t *message = next(fd);
	json_t *data = json_object_get(json_object_get(message, "error"), "data");

	assert_string_equal(outcome_at(data, 0), "not_moved");
	assert_string_equal(outcome_at(data, 1), "moved");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(data, "failed"), 0)),
	    "VI_1");
	assert_error(message, "partial");
	assert_int_equal(priority_of("instance/VI_1"), -1);
	hang_up(fd);
}

CASE(failover_of_all_that_moved_none_is_not_moved)
{
	int fd = connect_client("operator");

	make_both_masters();
	say(fd, "failover", "{\"target\":\"all\"}");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	end_move(&fake.routers[1], VROUTER_MOVE_OVERTAKEN);
	assert_error(next(fd), "not_moved");
	assert_null(layers_get(fake.engine.layers, 0));
	hang_up(fd);
}

CASE(failover_of_all_leaves_out_what_is_not_master)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"all\"}");
	assert_int_equal(fake.moves[1].kind, VROUTER_MOVE_NONE);
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);

	json_t *result = result_in(next(fd));

	assert_int_equal(json_array_size(json_object_get(result, "instances")), 1);
	json_decref(result);
	say(fd, "failover", "{\"target\":\"all\"}");
	result = result_in(next(fd));
	assert_true(json_is_true(json_object_get(result, "already")));
	json_decref(result);
	hang_up(fd);
}

CASE(takeover_of_all_leaves_owners_alone)
{
	int fd = connect_client("operator");

	become_backup_of(&fake.routers[0], "192.0.2.12", VRRP_PRIORITY_OWNER);
	say(fd, "takeover", "{\"target\":\"all\"}");
	assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_NONE);
	fake.routers[1].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);

	json_t *message = next(fd);
	json_t *data = json_object_get(json_object_get(message, "error"), "data");

	assert_string_equal(outcome_at(data, 0), "refused");
	assert_string_equal(outcome_at(data, 1), "moved");
	assert_error(message, "partial");
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(priority_of("instance/VI_2"), 254);
	hang_up(fd);
}

/* What one of many leaves must not end the lease of the others. */
CASE(takeover_of_one_leaves_the_hold_of_the_others)
{
	int fd = connect_client("operator");

	make_both_masters();
	say(fd, "failover", "{\"target\":\"all\"}");
	for (size_t i = 0; i < 2; i++) {
		become_backup_of(&fake.routers[i], "192.0.2.12", 90);
		end_move(&fake.routers[i], VROUTER_MOVE_DONE);
	}
	json_decref(result_in(next(fd)));
	say(fd, "takeover", "{\"target\":\"VI_1\"}");
	fake.routers[0].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(result_in(next(fd)));
	assert_int_equal(priority_of("instance/VI_1"), 254);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	hang_up(fd);
}

/* Asks for the failover of both, each of which takes more than a slice to begin, and
 * returns when the first has begun. */
static void
begin_slowly(int fd)
{
	static const char line[] = "{\"id\":1,\"method\":\"failover\",\"params\":"
				   "{\"target\":\"all\",\"hold_ms\":0}}\n";

	make_both_masters();
	fake.move_us = 1500;
	assert_int_equal(write(fd, line, strlen(line)), (ssize_t)strlen(line));
	turn_until(&fake.moves[0].kind);
}

/* What takes too long for one turn goes on in the next, after timers. */
CASE(many_moves_begin_in_slices)
{
	int fd = connect_client("operator");

	begin_slowly(fd);
	assert_int_equal(fake.moves[1].kind, VROUTER_MOVE_NONE);
	/* One may have ended before the others have begun. */
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	turn_until(&fake.moves[1].kind);
	become_backup_of(&fake.routers[1], "192.0.2.12", 90);
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);

	json_t *result = result_in(next(fd));

	assert_int_equal(json_array_size(json_object_get(result, "members")), 2);
	json_decref(result);
	hang_up(fd);
}

CASE(a_router_that_goes_between_two_slices_is_not_moved)
{
	int fd = connect_client("operator");

	begin_slowly(fd);
	fake.engine.router_count = 1;
	vrrp_ctl_removed(&fake.routers[1]);
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);

	json_t *message = next(fd);
	json_t *data = json_object_get(json_object_get(message, "error"), "data");

	assert_string_equal(outcome_at(data, 1), "overtaken");
	assert_error(message, "partial");
	assert_int_equal(fake.moves[1].kind, VROUTER_MOVE_NONE);
	fake.engine.router_count = 2;
	hang_up(fd);
}

/* In FAULT it has no role here to give, and none can be taken over. */
CASE(what_cannot_be_moved_is_told_of_all)
{
	int fd = connect_client("operator");
	json_t *nothing;

	fake.routers[0].fsm.state = VRRP_STATE_FAULT;
	fake.routers[0].faults = VROUTER_FAULT_LINK_DOWN;
	/* VI_2 has its Master elsewhere. */
	nothing = result_in(ask_as("operator", "failover", "{\"target\":\"all\"}"));
	assert_true(json_is_true(json_object_get(nothing, "already")));
	assert_int_equal(json_array_size(json_object_get(nothing, "instances")), 0);
	json_decref(nothing);

	say(fd, "takeover", "{\"target\":\"all\"}"); /* VI_2 can be taken over */
	fake.routers[1].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);
	json_t *message = next(fd);
	json_t *data = json_object_get(json_object_get(message, "error"), "data");

	assert_string_equal(outcome_at(data, 0), "refused");
	assert_error(message, "partial");
	become_backup_of(&fake.routers[1], "192.0.2.12", 90);
	/* A Backup without a Master is nowhere either. */
	fake.routers[0].fsm.state = VRRP_STATE_BACKUP;
	fake.routers[0].fsm.master = (struct addr){0};
	assert_error(
	    ask_as("operator", "failover", "{\"target\":\"all\"}"), "wrong_state");
	hang_up(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(failover_of_all_is_answered_with_the_last),
	    TEST(failover_of_all_tells_who_did_not_move),
	    TEST(failover_of_all_that_moved_none_is_not_moved),
	    TEST(failover_of_all_leaves_out_what_is_not_master),
	    TEST(takeover_of_all_leaves_owners_alone),
	    TEST(many_moves_begin_in_slices),
	    TEST(a_router_that_goes_between_two_slices_is_not_moved),
	    TEST(what_cannot_be_moved_is_told_of_all),
	    TEST(takeover_of_one_leaves_the_hold_of_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

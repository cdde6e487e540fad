/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_hold.c - the leases that keep a role where a move or a hold brought it.
 */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/units.h"
#include "tests/unit/conf_fixture.h"

/* ---- hold ---------------------------------------------------------------- */

CASE(hold_keeps_behind_until_it_is_cleared)
{
	json_decref(result_in(
	    ask_as("operator", "hold", "{\"target\":\"VI_1\",\"for_ms\":60000}")));
	assert_int_equal(fake.routers[0].fsm.params.priority, 1);
	json_t *result = result_in(
	    ask_as("operator", "hold", "{\"target\":\"VI_1\",\"clear\":true}"));
	assert_true(json_is_true(json_object_get(result, "changed")));
	json_decref(result);
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	result = ask("hold", "{\"target\":\"VI_1\",\"clear\":true}");
	assert_true(json_is_false(json_object_get(result, "changed")));
	json_decref(result);
}

CASE(hold_of_all_is_one_lease_that_can_be_cleared_in_parts)
{
	json_decref(ask("hold", "{\"target\":\"all\",\"for_ms\":60000}"));
	assert_int_equal(priority_of("instance/VI_1"), 1);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	assert_string_equal(layers_get(fake.engine.layers, 0)->id,
	    layers_get(fake.engine.layers, 1)->id);
	json_decref(ask("hold", "{\"target\":\"VI_1\",\"clear\":true}"));
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	json_decref(ask("hold", "{\"target\":\"all\",\"clear\":true}"));
	assert_null(layers_get(fake.engine.layers, 0));
}

/* ---- leases that are there already --------------------------------------- */

/* A lease of two hours on the priority of VI_1 or VI_2. */
static void
plant_lease(const char *path, const char *kind, const char *id, uid_t uid)
{
	int64_t now_us = clock_now_us();

	assert_int_equal(layers_set(fake.engine.layers,
			     &(struct layer_entry){
				 .path = path,
				 .field = "priority",
				 .value = strcmp(kind, "takeover") == 0 ? 254 : 1,
				 .layer = LAYER_LEASE,
				 .kind = kind,
				 .id = id,
				 .uid = uid,
				 .reason = "",
				 .created_us = now_us,
				 .expires_us = now_us + 7200 * US_PER_S,
			     },
			     NULL),
	    0);
}

static bool
stands(const char *id)
{
	return layers_find_lease(fake.engine.layers, id) != NULL;
}

CASE(contested_takeover_leaves_the_hold_that_was_there)
{
	int fd = connect_client("admin");
	uint64_t rev;

	plant_lease("instance/VI_2", "hold", "L-0001", getuid());
	rev = fake.engine.rev;
	say(fd, "takeover", "{\"target\":\"VI_2\"}");
	assert_null(next(fd));
	assert_int_equal(fake.routers[1].fsm.params.priority, 254);
	/* Nothing is given before it is proved: a crash now leaves nothing behind. */
	assert_int_equal(priority_of("instance/VI_2"), 1);
	end_move(&fake.routers[1], VROUTER_MOVE_CONTESTED);
	assert_error(next(fd), "not_moved");
	assert_true(stands("L-0001"));
	assert_int_equal(fake.routers[1].fsm.params.priority, 1);
	assert_int_equal(fake.engine.rev, rev);
	hang_up(fd);
}

CASE(release_nobody_took_leaves_the_hold_that_was_there)
{
	int fd = connect_client("admin");

	for (int with_hold = 0; with_hold < 2; with_hold++) {
		plant_lease("instance/VI_1", "hold", "L-0001", getuid());
		fake.routers[0].fsm.state = VRRP_STATE_MASTER;
		say(fd, "failover",
		    with_hold ? "{\"target\":\"VI_1\",\"method\":\"release\"}"
			      : "{\"target\":\"VI_1\",\"method\":\"release\","
				"\"hold_ms\":0}");
		assert_null(next(fd));
		end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
		assert_error(next(fd), "not_moved");
		assert_true(stands("L-0001"));
		assert_null(layers_get(fake.engine.layers, 1));
	}
	hang_up(fd);
}

/* Only its own lease may end before its time; a longer one of the same user stands. */
CASE(failover_leaves_a_longer_hold_and_ends_a_shorter)
{
	int fd = connect_client("operator");

	plant_lease("instance/VI_1", "hold", "L-0001", getuid());
	for (int i = 0; i < 2; i++) {
		fake.routers[0].fsm.state = VRRP_STATE_MASTER;
		say(fd, "failover", "{\"target\":\"VI_1\",\"hold_ms\":60000}");
		assert_null(next(fd));
		become_backup_of(&fake.routers[0], "192.0.2.12", 90);
		end_move(&fake.routers[0], VROUTER_MOVE_DONE);
		json_decref(result_in(next(fd)));
		assert_true(stands("L-0001"));
		assert_non_null(layers_get(fake.engine.layers, 1));
		assert_null(layers_get(fake.engine.layers, 2));
	}
	hang_up(fd);
}

CASE(an_operator_leaves_the_leases_of_others)
{
	int fd = connect_client("operator");

	plant_lease("instance/VI_1", "takeover", "L-0001", 4711);
	plant_lease("instance/VI_2", "hold", "L-0002", 4711);
	say(fd, "failover", "{\"target\":\"VI_1\"}");
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(result_in(next(fd)));
	say(fd, "takeover", "{\"target\":\"VI_2\"}");
	fake.routers[1].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);
	json_decref(result_in(next(fd)));
	assert_true(stands("L-0001") && stands("L-0002"));
	/* The newest counts. */
	assert_int_equal(fake.routers[0].fsm.params.priority, 1);
	assert_int_equal(fake.routers[1].fsm.params.priority, 254);
	hang_up(fd);
}

CASE(an_admin_ends_the_leases_of_others)
{
	int fd = connect_client("admin");

	plant_lease("instance/VI_2", "hold", "L-0002", 4711);
	say(fd, "takeover", "{\"target\":\"VI_2\"}");
	fake.routers[1].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);
	json_decref(result_in(next(fd)));
	assert_false(stands("L-0002"));
	assert_int_equal(priority_of("instance/VI_2"), 254);
	hang_up(fd);
}

CASE(a_router_that_a_reload_renames_gets_the_lease)
{
	int fd = connect_client("operator");
	char name[] = "VI_9";

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	assert_null(next(fd));
	fake.instances[0].name = name;
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);

	json_t *result = result_in(next(fd));

	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(result, "members"), 0)),
	    "VI_9");
	json_decref(result);
	assert_int_equal(priority_of("instance/VI_9"), 1);
	hang_up(fd);
}

/* ---- how many and for how long ------------------------------------------- */

static void
fill_leases(void)
{
	char id[16], path[32];

	for (int i = 0; i < 64; i++) {
		(void)snprintf(id, sizeof(id), "L-f%03d", i);
		(void)snprintf(path, sizeof(path), "instance/X_%d", i);
		plant_lease(path, "hold", id, 4711);
	}
}

CASE(a_failover_without_a_hold_needs_no_lease)
{
	int fd = connect_client("operator");

	fill_leases();
	assert_error(
	    ask_as("operator", "failover", "{\"target\":\"VI_1\"}"), "lease_limit");
	say(fd, "failover", "{\"target\":\"VI_1\",\"hold_ms\":0}");
	assert_null(next(fd));
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(result_in(next(fd)));
	hang_up(fd);
}

CASE(a_hold_that_is_given_again_is_no_new_lease)
{
	json_decref(ask("hold", "{\"target\":\"VI_1\",\"for_ms\":60000}"));
	fill_leases();
	json_decref(ask("hold", "{\"target\":\"VI_1\",\"for_ms\":90000}"));
	assert_error(
	    ask_as("operator", "hold", "{\"target\":\"VI_2\"}"), "lease_limit");
}

CASE(the_usual_hold_is_no_longer_than_allowed)
{
	struct conf_fixture conf =
	    conf_of("global_defs {\n operator_max_lease 60\n}\n");
	const struct layer_entry *hold;

	close_engine();
	fake.engine.tree = conf.tree;
	open_engine();
	json_decref(result_in(ask_as("operator", "hold", "{\"target\":\"VI_1\"}")));
	hold = layers_get(fake.engine.layers, 0);
	assert_true(hold->expires_us - hold->created_us == 60 * US_PER_S);
	assert_error(
	    ask_as("operator", "hold", "{\"target\":\"VI_1\",\"for_ms\":600000}"),
	    "lease_limit");
	fake.engine.tree = NULL;
	conf_done(&conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(hold_of_all_is_one_lease_that_can_be_cleared_in_parts),
	    TEST(contested_takeover_leaves_the_hold_that_was_there),
	    TEST(release_nobody_took_leaves_the_hold_that_was_there),
	    TEST(failover_leaves_a_longer_hold_and_ends_a_shorter),
	    TEST(an_operator_leaves_the_leases_of_others),
	    TEST(an_admin_ends_the_leases_of_others),
	    TEST(a_router_that_a_reload_renames_gets_the_lease),
	    TEST(a_failover_without_a_hold_needs_no_lease),
	    TEST(a_hold_that_is_given_again_is_no_new_lease),
	    TEST(the_usual_hold_is_no_longer_than_allowed),
	    TEST(hold_keeps_behind_until_it_is_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

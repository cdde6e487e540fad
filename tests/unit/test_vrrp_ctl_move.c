/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_move.c - failover, takeover and hold: what is done when, and what the
 * one who asked is told. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/units.h"
#include "tests/unit/conf_fixture.h"

/* ---- failover ------------------------------------------------------------ */

static void
become_backup_of(struct vrouter *vr, const char *master, uint8_t priority)
{
	vr->fsm.state = VRRP_STATE_BACKUP;
	vr->fsm.master = an_address(master);
	vr->fsm.master_priority = priority;
	vr->fsm.master_heard_us = clock_now_us();
}

CASE(failover_is_answered_when_the_new_master_was_heard)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\",\"hold_ms\":60000}");
	assert_null(next(fd));
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_FAILOVER);
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
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_RELEASE);
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
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_YIELD);
	assert_true(fake.routers[0].move.until_us == 7 * US_PER_S);
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
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_FAILOVER);
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

/* ---- all ----------------------------------------------------------------- */

static void
make_both_masters(void)
{
	fake.routers[1].fsm = fake.routers[0].fsm;
}

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
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_FAILOVER);
	assert_int_equal(fake.routers[1].move.kind, VROUTER_MOVE_FAILOVER);
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
	assert_int_equal(fake.routers[1].move.kind, VROUTER_MOVE_NONE);
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
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_NONE);
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

static void
turn_until(const enum vrouter_move_kind *kind)
{
	while (*kind == VROUTER_MOVE_NONE)
		assert_true(sd_event_run(fake.engine.event, 1000000) > 0);
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
	turn_until(&fake.routers[0].move.kind);
}

/* What takes too long for one turn goes on in the next, after timers. */
CASE(many_moves_begin_in_slices)
{
	int fd = connect_client("operator");

	begin_slowly(fd);
	assert_int_equal(fake.routers[1].move.kind, VROUTER_MOVE_NONE);
	/* One may have ended before the others have begun. */
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	turn_until(&fake.routers[1].move.kind);
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
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);

	json_t *message = next(fd);
	json_t *data = json_object_get(json_object_get(message, "error"), "data");

	assert_string_equal(outcome_at(data, 1), "overtaken");
	assert_error(message, "partial");
	assert_int_equal(fake.routers[1].move.kind, VROUTER_MOVE_NONE);
	fake.engine.router_count = 2;
	hang_up(fd);
}

/* Not "nothing to do": what is in FAULT has moved nowhere. */
CASE(what_cannot_be_moved_is_told_of_all)
{
	int fd = connect_client("operator");

	fake.routers[0].fsm.state = VRRP_STATE_FAULT;
	fake.routers[0].faults = VROUTER_FAULT_LINK_DOWN;
	for (int i = 0; i < 2; i++) {
		say(fd, i == 0 ? "failover" : "takeover",
		    "{\"target\":\"all\",\"wait\":false}");
		json_t *message = next(fd);
		json_t *data =
		    json_object_get(json_object_get(message, "error"), "data");
		if (i == 0) {
			/* VI_2 has its Master elsewhere: done. */
			assert_int_equal(
			    json_array_size(json_object_get(data, "instances")), 1);
			assert_string_equal(outcome_at(data, 0), "refused");
			assert_error(message, "wrong_state");
			continue;
		}
		json_decref(result_in(message)); /* VI_2 can be taken over */
		end_move(&fake.routers[1], VROUTER_MOVE_OVERTAKEN);
	}
	/* A Backup without a Master is nowhere either. */
	fake.routers[0].fsm.state = VRRP_STATE_BACKUP;
	fake.routers[0].fsm.master = (struct addr){0};
	assert_error(
	    ask_as("operator", "failover", "{\"target\":\"all\"}"), "wrong_state");
	hang_up(fd);
}

/* ---- takeover ------------------------------------------------------------ */

CASE(takeover_raises_the_priority_and_holds_it)
{
	int fd = connect_client("operator");

	say(fd, "takeover", "{\"target\":\"instance/VI_2\",\"for_ms\":60000}");
	assert_int_equal(fake.routers[1].move.kind, VROUTER_MOVE_TAKEOVER);
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
	assert_true(fake.routers[1].move.until_us == 2 * US_PER_S);
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

/* ---- leases that are there already ----------------------------------------- */

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

/* ---- how many and for how long --------------------------------------------- */

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
	    TEST(failover_of_all_is_answered_with_the_last),
	    TEST(failover_of_all_tells_who_did_not_move),
	    TEST(failover_of_all_that_moved_none_is_not_moved),
	    TEST(failover_of_all_leaves_out_what_is_not_master),
	    TEST(takeover_of_all_leaves_owners_alone),
	    TEST(many_moves_begin_in_slices),
	    TEST(a_router_that_goes_between_two_slices_is_not_moved),
	    TEST(what_cannot_be_moved_is_told_of_all),
	    TEST(takeover_of_one_leaves_the_hold_of_the_others),
	    TEST(hold_of_all_is_one_lease_that_can_be_cleared_in_parts),
	    TEST(takeover_raises_the_priority_and_holds_it),
	    TEST(contested_takeover_is_taken_back),
	    TEST(takeover_of_a_master_is_done_already),
	    TEST(takeover_against_an_owner_is_refused),
	    TEST(takeover_ends_the_hold_and_failover_the_takeover),
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

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_maintenance.c - taking the node or a router out of the way. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vrrpd/vrrp_ctl.h"
#include "vrrpd/vrrp_fields.h"

/* ---- maintenance --------------------------------------------------------- */

/* What the newest maintenance of an object says, or -1: it is in none. */
static int64_t
flags_of(const char *path)
{
	const struct layer_entry *top =
	    layers_top(fake.engine.layers, path, VRRP_FIELD_MAINTENANCE);

	return top != NULL ? top->value : -1;
}

/* The router hears of another Master. */
static void
make_backup(struct vrouter *vr)
{
	vr->fsm.state = VRRP_STATE_BACKUP;
	vr->fsm.master = an_address("192.0.2.12");
	vr->fsm.master_priority = 150;
}

/* Begins a maintenance with no role to move. Returns its lease. */
static void
put_on(const char *target, const char *more, char lease[64])
{
	char params[200];

	make_backup(&fake.routers[0]);
	(void)snprintf(params, sizeof(params),
	    "{\"action\":\"on\",\"target\":\"%s\",\"for_ms\":60000%s}", target, more);
	json_t *result = result_in(ask_as("operator", "maintenance", params));
	(void)snprintf(lease, 64, "%s", text_of(result, "lease"));
	json_decref(result);
}

/* Ends it. Returns the lease that it was, or "". */
static void
put_off(const char *target, char lease[64])
{
	char params[200];

	(void)snprintf(
	    params, sizeof(params), "{\"action\":\"off\",\"target\":\"%s\"}", target);
	json_t *result = result_in(ask_as("operator", "maintenance", params));
	(void)snprintf(lease, 64, "%s", text_of(result, "released"));
	json_decref(result);
}

#define NODE_ON "{\"action\":\"on\",\"for_ms\":60000,\"stay\":true}"

CASE(takeover_inside_a_maintenance_is_refused)
{
	static const char takeover[] = "{\"target\":\"VI_1\"}";
	char lease[64];

	put_on("VI_1", "", lease);
	json_t *answer = ask_as("operator", "takeover", takeover);
	const char *message = text_of(json_object_get(answer, "error"), "message");
	assert_non_null(strstr(message, lease));
	assert_error(answer, "wrong_state");
	assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_NONE);
	put_off("VI_1", lease);
	int fd = connect_client("operator");
	say(fd, "takeover", takeover);
	assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_TAKEOVER);
	hang_up(fd);
}

CASE(maintenance_moves_the_roles_and_keeps_behind)
{
	int fd = connect_client("operator");

	say(fd, "maintenance", NODE_ON);
	assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_FAILOVER);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	make_backup(&fake.routers[0]);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_t *result = result_in(next(fd));
	json_t *member = json_array_get(json_object_get(result, "members"), 0);
	assert_string_equal(text_of(member, "state"), "moved");
	assert_string_equal(text_of(member, "to"), "192.0.2.12");
	assert_true(json_is_true(json_object_get(result, "durable")));
	json_decref(result);
	assert_int_equal(fake.routers[0].fsm.params.priority, 1);
	hang_up(fd);
	/* Off: back as backup, and the role stays where it is. */
	result = result_in(ask_as("operator", "maintenance", "{\"action\":\"off\"}"));
	assert_true(json_is_true(json_object_get(result, "changed")));
	json_decref(result);
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	assert_int_equal(
	    layers_top(fake.engine.layers, "instance/VI_1", "stay")->value, 1);
	vrrp_ctl_end_stay(&fake.routers[0]);
	assert_null(layers_top(fake.engine.layers, "instance/VI_1", "stay"));
	result = ask("maintenance", "{\"action\":\"off\"}");
	assert_true(json_is_false(json_object_get(result, "changed")));
	json_decref(result);
}

/* Each is behind the others as its role begins to move, and not before. */
CASE(maintenance_of_many_begins_in_slices)
{
	int fd = connect_client("operator");
	static const char line[] =
	    "{\"id\":1,\"method\":\"maintenance\",\"params\":" NODE_ON "}\n";

	make_both_masters();
	fake.move_us = 1500;
	assert_int_equal(write(fd, line, strlen(line)), (ssize_t)strlen(line));
	turn_until(&fake.moves[0].kind);
	assert_int_equal(priority_of("instance/VI_1"), 1);
	assert_int_equal(priority_of("instance/VI_2"), -1);
	assert_true(flags_of("node") >= 0);
	turn_until(&fake.moves[1].kind);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	for (size_t i = 0; i < 2; i++) {
		make_backup(&fake.routers[i]);
		end_move(&fake.routers[i], VROUTER_MOVE_DONE);
	}

	json_t *result = result_in(next(fd));

	/* The node, and each router with its priority. */
	assert_int_equal(
	    layers_lease_size(fake.engine.layers, text_of(result, "lease")), 5);
	json_decref(result);
	hang_up(fd);
}

CASE(maintenance_nobody_took_over_says_so_and_stands)
{
	int fd = connect_client("operator");

	say(fd, "maintenance", "{\"action\":\"on\",\"for_ms\":60000,\"out\":true}");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	json_t *message = next(fd);
	json_t *data = json_object_get(json_object_get(message, "error"), "data");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(data, "failed"), 0)),
	    "VI_1");
	assert_true(text_of(data, "lease")[0] != '\0');
	assert_error(message, "not_moved");
	assert_int_equal(flags_of("instance/VI_1"), VRRP_MAINTENANCE_OUT);
	assert_int_equal(flags_of("instance/VI_2"), VRRP_MAINTENANCE_OUT);
	hang_up(fd);
}

CASE(maintenance_twice_is_the_same_lease)
{
	static const char on[] =
	    "{\"action\":\"on\",\"target\":\"VI_2\",\"for_ms\":60000}";
	json_t *first = ask("maintenance", on), *second = ask("maintenance", on);
	json_t *node, *off;

	assert_string_equal(text_of(first, "lease"), text_of(second, "lease"));
	make_backup(&fake.routers[0]);
	node = ask("maintenance", NODE_ON);
	assert_string_not_equal(text_of(first, "lease"), text_of(node, "lease"));
	json_decref(ask("maintenance", "{\"action\":\"extend\",\"for_ms\":3600000}"));
	off = ask("maintenance", "{\"action\":\"off\"}");
	json_decref(off);
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	json_decref(first);
	json_decref(second);
	json_decref(node);
	assert_error(
	    ask_as("admin", "maintenance", "{\"action\":\"on\"}"), "invalid_params");
	assert_error(
	    ask_as("admin", "maintenance", "{\"action\":\"extend\",\"for_ms\":1000}"),
	    "not_found");
}

CASE(maintenance_again_says_anew_what_it_is)
{
	char first[64], again[64], released[64];

	put_on("node", ",\"out\":true,\"stay\":true", first);
	assert_int_equal(flags_of("instance/VI_2"), 3);
	put_on("node", "", again);
	assert_string_equal(first, again);
	assert_int_equal(flags_of("node"), 0);
	assert_int_equal(flags_of("instance/VI_1"), 0);
	assert_int_equal(flags_of("instance/VI_2"), 0);
	put_on("node", ",\"out\":true", again);
	assert_int_equal(flags_of("instance/VI_1"), VRRP_MAINTENANCE_OUT);
	put_off("node", released);
	assert_string_equal(released, first);
	assert_null(layers_get(fake.engine.layers, 0));
}

/* Whichever was given again last, and whichever ends first. */
CASE(maintenance_of_node_and_instance_end_one_by_one)
{
	char node[64], one[64], released[64];

	for (unsigned round = 0; round < 4; round++) {
		put_on("VI_1", ",\"out\":true", one);
		put_on("node", "", node);
		assert_string_not_equal(one, node);
		if (round & 1) {
			put_on("VI_1", "", released);
			assert_string_equal(released, one);
		}
		put_on("node", ",\"out\":true", released);
		assert_string_equal(released, node);
		put_off(round & 2 ? "node" : "VI_1", released);
		assert_string_equal(released, round & 2 ? node : one);
		assert_int_equal(priority_of("instance/VI_1"), 1);
		assert_int_equal(priority_of("instance/VI_2"), round & 2 ? -1 : 1);
		put_off(round & 2 ? "VI_1" : "node", released);
		assert_string_equal(released, round & 2 ? one : node);
		assert_null(layers_get(fake.engine.layers, 0));
	}
}

/* An instance of the node's maintenance has none of its own to end. */
CASE(maintenance_of_the_node_is_not_ended_for_one)
{
	char node[64];

	put_on("node", ",\"out\":true", node);
	put_on("node", "", node);
	assert_error(ask_as("operator", "maintenance",
			 "{\"action\":\"off\",\"target\":\"VI_1\"}"),
	    "wrong_state");
	assert_int_equal(flags_of("node"), 0);
}

/* ---- what is told at the end ------------------------------------------------- */

#define ON_AS(op_id) "{\"action\":\"on\",\"for_ms\":60000,\"op_id\":\"" op_id "\"}"
#define ON ON_AS("CHG-1")

/* The error in a message, and its text; the message stays whole. */
static json_t *
error_in(json_t *message, const char **ret_text)
{
	json_t *error = json_object_get(message, "error");

	*ret_text = text_of(error, "message");
	return json_object_get(error, "data");
}

static const char *
state_of(const json_t *answer, size_t i)
{
	return text_of(json_array_get(json_object_get(answer, "members"), i), "state");
}

/* Whoever is told of success may reboot the host. */
CASE(maintenance_that_is_ended_while_roles_move_has_not_begun)
{
	static const bool released[] = {false, true};

	for (size_t i = 0; i < 2; i++) {
		int fd = connect_client("operator");
		char params[100];
		const char *text;

		fake.routers[0].fsm.state = VRRP_STATE_MASTER;
		say(fd, "maintenance", released[i] ? ON_AS("CHG-2") : ON);
		(void)snprintf(params, sizeof(params), "{\"id\":\"%s\"}",
		    layers_top(fake.engine.layers, "node", VRRP_FIELD_MAINTENANCE)->id);
		json_decref(released[i] ? ask("lease.release", params)
					: ask("maintenance", "{\"action\":\"off\"}"));
		assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_NONE);
		json_t *message = next(fd);
		const json_t *data = error_in(message, &text);
		assert_non_null(strstr(text, "was ended before the roles had moved"));
		assert_string_equal(state_of(data, 0), "master");
		assert_string_equal(
		    text_of(data, "op_id"), released[i] ? "CHG-2" : "CHG-1");
		assert_error(message, "wrong_state");
		assert_null(layers_get(fake.engine.layers, 0));
		hang_up(fd);
	}
}

CASE(maintenance_shorter_than_its_moves_is_refused)
{
	assert_error(ask_as("operator", "maintenance",
			 "{\"action\":\"on\",\"for_ms\":1000,\"wait_ms\":4000}"),
	    "invalid_params");
	assert_error(
	    ask_as("operator", "maintenance", "{\"action\":\"on\",\"for_ms\":2000}"),
	    "invalid_params");
	assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_NONE);
	assert_null(layers_get(fake.engine.layers, 0));
	/* There is nothing to wait for. */
	make_backup(&fake.routers[0]);
	json_decref(
	    ask("maintenance", "{\"action\":\"on\",\"for_ms\":1000,\"wait_ms\":4000}"));
}

CASE(maintenance_tells_of_faults_in_between)
{
	int fd = connect_client("operator");
	const char *text;

	say(fd, "maintenance", ON);
	fake.routers[0].fsm.state = VRRP_STATE_FAULT;
	end_move(&fake.routers[0], VROUTER_MOVE_OVERTAKEN);
	json_t *message = next(fd);
	const json_t *data = error_in(message, &text);
	const json_t *one = json_array_get(json_object_get(data, "instances"), 0);
	assert_non_null(strstr(text, "something came in between: VI_1 is FAULT now"));
	assert_string_equal(state_of(data, 0), "fault");
	assert_string_equal(state_of(data, 1), "backup");
	assert_string_equal(text_of(one, "outcome"), "overtaken");
	assert_string_equal(text_of(one, "state"), "FAULT");
	assert_error(message, "not_moved");
	hang_up(fd);
}

/* Answers are of what is so when they are given. */
CASE(maintenance_looks_again_when_the_last_role_has_moved)
{
	const char *text;

	for (unsigned round = 0; round < 2; round++) {
		int fd = connect_client("operator");

		fake.routers[0].fsm.state = fake.routers[1].fsm.state =
		    VRRP_STATE_MASTER;
		say(fd, "maintenance", round == 0 ? ON_AS("CHG-0") : ON);
		if (round == 0)
			make_backup(&fake.routers[0]);
		end_move(&fake.routers[0],
		    round == 0 ? VROUTER_MOVE_DONE : VROUTER_MOVE_NOBODY);
		/* The heir dies; or somebody comes after all. */
		if (round == 0)
			fake.routers[0].fsm.state = VRRP_STATE_MASTER;
		else
			make_backup(&fake.routers[0]);
		make_backup(&fake.routers[1]);
		end_move(&fake.routers[1], VROUTER_MOVE_DONE);
		json_t *message = next(fd);
		if (round == 0) {
			const json_t *data = error_in(message, &text);
			assert_non_null(strstr(text, "VI_1 is MASTER now"));
			assert_string_equal(state_of(data, 0), "master");
			assert_string_equal(state_of(data, 1), "moved");
			assert_error(message, "partial");
		} else {
			json_t *result = result_in(message);
			assert_string_equal(state_of(result, 0), "moved");
			assert_string_equal(text_of(result, "op_id"), "CHG-1");
			json_decref(result);
		}
		json_decref(ask("maintenance", "{\"action\":\"off\"}"));
		hang_up(fd);
	}
}

/* It would be the Master as soon as it has listened for long enough. */
CASE(maintenance_does_not_count_on_a_master_that_nobody_heard)
{
	fake.routers[0].fsm.state = VRRP_STATE_BACKUP;
	assert_error(ask_as("operator", "maintenance", ON), "not_moved");
}

CASE(maintenance_tells_the_name_a_router_has_now)
{
	int fd = connect_client("operator");
	char renamed[] = "VI_9";

	say(fd, "maintenance", ON);
	fake.instances[0].name = renamed;
	make_backup(&fake.routers[0]);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_t *result = result_in(next(fd));
	const json_t *member = json_array_get(json_object_get(result, "members"), 0);
	assert_string_equal(text_of(member, "name"), "VI_9");
	json_decref(result);
	hang_up(fd);
}

/* Its memory is not looked at again. */
CASE(maintenance_tells_of_a_router_that_a_reload_removed)
{
	int fd = connect_client("operator");

	fake.routers[1].fsm.state = VRRP_STATE_MASTER;
	say(fd, "maintenance", ON);
	fake.routers[0].fsm.state = VRRP_STATE_INITIALIZE;
	end_move(&fake.routers[0], VROUTER_MOVE_OVERTAKEN);
	vrrp_ctl_removed(&fake.routers[0]);
	fake.routers[0].conf = NULL;
	make_backup(&fake.routers[1]);
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);
	json_t *message = next(fd);
	const char *text;
	assert_string_equal(state_of(error_in(message, &text), 0), "initialize");
	assert_error(message, "partial");
	fake.routers[0].conf = &fake.instances[0];
	hang_up(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(takeover_inside_a_maintenance_is_refused),
	    TEST(maintenance_moves_the_roles_and_keeps_behind),
	    TEST(maintenance_of_many_begins_in_slices),
	    TEST(maintenance_nobody_took_over_says_so_and_stands),
	    TEST(maintenance_twice_is_the_same_lease),
	    TEST(maintenance_again_says_anew_what_it_is),
	    TEST(maintenance_of_node_and_instance_end_one_by_one),
	    TEST(maintenance_of_the_node_is_not_ended_for_one),
	    TEST(maintenance_that_is_ended_while_roles_move_has_not_begun),
	    TEST(maintenance_shorter_than_its_moves_is_refused),
	    TEST(maintenance_tells_of_faults_in_between),
	    TEST(maintenance_looks_again_when_the_last_role_has_moved),
	    TEST(maintenance_does_not_count_on_a_master_that_nobody_heard),
	    TEST(maintenance_tells_the_name_a_router_has_now),
	    TEST(maintenance_tells_of_a_router_that_a_reload_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

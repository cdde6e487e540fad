/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_maintenance.c - taking the node or a router out of the way. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <stdio.h>
#include <string.h>

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

/* Begins a maintenance with no role to move. Returns its lease. */
static void
put_on(const char *target, const char *more, char lease[64])
{
	char params[200];

	fake.routers[0].fsm.state = VRRP_STATE_BACKUP;
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
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_NONE);
	put_off("VI_1", lease);
	int fd = connect_client("operator");
	say(fd, "takeover", takeover);
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_TAKEOVER);
	hang_up(fd);
}

CASE(maintenance_moves_the_roles_and_keeps_behind)
{
	int fd = connect_client("operator");

	say(fd, "maintenance", NODE_ON);
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_FAILOVER);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	fake.routers[0].fsm.state = VRRP_STATE_BACKUP;
	fake.routers[0].fsm.master = an_address("192.0.2.12");
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
	fake.routers[0].fsm.state = VRRP_STATE_BACKUP;
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(takeover_inside_a_maintenance_is_refused),
	    TEST(maintenance_moves_the_roles_and_keeps_behind),
	    TEST(maintenance_nobody_took_over_says_so_and_stands),
	    TEST(maintenance_twice_is_the_same_lease),
	    TEST(maintenance_again_says_anew_what_it_is),
	    TEST(maintenance_of_node_and_instance_end_one_by_one),
	    TEST(maintenance_of_the_node_is_not_ended_for_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

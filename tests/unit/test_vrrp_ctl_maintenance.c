/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_maintenance.c - taking the node or a router out of the way. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include "vrrpd/vrrp_ctl.h"

/* ---- maintenance --------------------------------------------------------- */

#define NODE_ON "{\"action\":\"on\",\"for_ms\":60000,\"stay\":true}"

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
	/* The last resort serves on; the other one is out. */
	assert_null(layers_top(fake.engine.layers, "instance/VI_1", "out"));
	assert_non_null(layers_top(fake.engine.layers, "instance/VI_2", "out"));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(maintenance_moves_the_roles_and_keeps_behind),
	    TEST(maintenance_nobody_took_over_says_so_and_stands),
	    TEST(maintenance_twice_is_the_same_lease),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_kept.c - live edits that are there again after a restart or a reboot,
 * and what a damaged file of them does. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vrrpd/vrrp_ctl.h"

/* ---- after a restart ----------------------------------------------------- */

CASE(overrides_are_there_again_after_a_restart)
{
	json_decref(ask("apply", SET_150));
	json_decref(
	    ask("apply", "{\"changes\":[{\"path\":\"VI_2\",\"set\":{\"priority\":7}}],"
			 "\"lease\":{\"ttl_ms\":60000}}"));
	close_engine();
	open_engine();
	assert_int_equal(priority_of("instance/VI_1"), 150);
	assert_int_equal(priority_of("instance/VI_2"), 7);
}

CASE(overrides_of_an_instance_that_left_are_dropped)
{
	json_decref(ask("apply", SET_150));
	close_engine();
	fake.conf.instances = &fake.instances[1];
	fake.conf.instance_count = 1;
	open_engine();
	assert_null(layers_get(fake.engine.layers, 0));
}

static void
write_overrides(const char *text)
{
	char path[128];

	overrides_path(path);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

CASE(damaged_file_does_not_hinder_the_start)
{
	static const char *const texts[] = {"", "{", "[]", "{\"boot_id\":7}",
	    "{\"boot_id\":\"another\",\"overrides\":[]}"};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		close_engine();
		write_overrides(texts[i]);
		open_engine();
		assert_null(layers_get(fake.engine.layers, 0));
	}
}

/* Changes one thing in the file that holds priority 150 for VI_1. */
static void
tamper(const char *from, const char *to)
{
	char path[128], text[4096], *at;

	overrides_path(path);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 64, file)] = '\0';
	(void)fclose(file);
	at = strstr(text, from);
	assert_non_null(at);
	memmove(at + strlen(to), at + strlen(from), strlen(at + strlen(from)) + 1);
	memcpy(at, to, strlen(to));
	write_overrides(text);
}

CASE(value_out_of_range_in_the_file_is_left_out)
{
	static const char *const rows[][2] = {{"150", "0"}, {"150", "256"},
	    {"150", "1"}, {"\"priority\"", "\"vrid\""},
	    {"instance/VI_1", "nonsense/VI_1"}};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		json_decref(ask("apply", SET_150));
		close_engine();
		tamper(rows[i][0], rows[i][1]);
		open_engine();
		/* The third row alone is a value like any other. */
		assert_int_equal(priority_of("instance/VI_1"), i == 2 ? 1 : -1);
		close_engine();
		char path[128];
		overrides_path(path);
		assert_int_equal(unlink(path), 0);
		open_engine();
	}
}

/* ---- saved --------------------------------------------------------------- */

CASE(saved_edit_survives_the_boot_until_the_file_changes)
{
	json_decref(ask("apply", SET_150));
	json_t *diff = ask("config.diff", "{}");
	assert_int_equal(json_array_size(json_object_get(diff, "items")), 1);
	json_decref(diff);
	json_t *result = ask("config.save", "{}");
	assert_true(json_is_true(json_object_get(result, "durable")));
	json_decref(result);
	assert_int_equal(
	    layers_top(fake.engine.layers, "instance/VI_1", "priority")->layer,
	    LAYER_SAVED);
	char path[128];
	overrides_path(path);
	close_engine();
	assert_int_equal(unlink(path), 0);
	open_engine();
	assert_int_equal(priority_of("instance/VI_1"), 150);
	diff = ask("config.diff", "{\"from\":\"saved\"}");
	assert_int_equal(json_array_size(json_object_get(diff, "items")), 0);
	json_decref(diff);
	fake.instances[0].priority = 90;
	json_t *told = json_object();
	vrrp_ctl_reloaded(&fake.engine, told);
	json_t *dropped = json_array_get(json_object_get(told, "dropped"), 0);
	assert_string_equal(
	    json_string_value(json_object_get(dropped, "path")), "instance/VI_1");
	assert_string_equal(
	    json_string_value(json_object_get(dropped, "field")), "priority");
	assert_int_equal(json_integer_value(json_object_get(dropped, "value")), 150);
	json_decref(told);
	assert_int_equal(priority_of("instance/VI_1"), -1);
}

CASE(discard_drops_what_was_not_saved)
{
	json_decref(ask("apply", SET_150));
	json_decref(ask("config.save", "{\"objects\":[\"VI_1\"]}"));
	json_decref(
	    ask("apply", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":"
			 "7}}]}"));
	json_decref(ask("config.discard", "{}"));
	assert_int_equal(fake.routers[0].fsm.params.priority, 150);
	json_decref(ask("config.discard", "{\"saved\":true}"));
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	assert_error(
	    ask_as("admin", "config.save", "{\"objects\":[\"VI_9\"]}"), "not_found");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(overrides_are_there_again_after_a_restart),
	    TEST(overrides_of_an_instance_that_left_are_dropped),
	    TEST(damaged_file_does_not_hinder_the_start),
	    TEST(value_out_of_range_in_the_file_is_left_out),
	    TEST(saved_edit_survives_the_boot_until_the_file_changes),
	    TEST(discard_drops_what_was_not_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

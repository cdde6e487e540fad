/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_daemon.c - edits that two daemons are given as one: the log level,
 * which both have, and the way back when one of them refuses. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "vrrpd/vrrp_ctl.h"

/* clang-format off */
#define APPLY(changes) "{\"changes\":[" changes "]}"
#define APPLY_FOR_9S(changes) "{\"changes\":[" changes "],\"lease\":{\"ttl_ms\":9000}}"
#define APPLY_FOR_60S(changes) "{\"changes\":[" changes "],\"lease\":{\"ttl_ms\":60000}}"
#define SET(path, values) "{\"path\":\"" path "\",\"set\":{" values "}}"
#define UNSET(path, fields) "{\"path\":\"" path "\",\"unset\":[" fields "]}"
#define LEVEL(word) SET("daemon/vrrpd", "\"log_level\":\"" word "\"")
/* clang-format on */

/* ---- the log level ---------------------------------------------------------- */

CASE(log_level_is_a_field_like_any_other)
{
	json_t *result = ask(
	    "apply", APPLY_FOR_60S(LEVEL("err") "," SET("VI_1", "\"priority\":150")));
	json_t *change = json_array_get(json_object_get(result, "changes"), 0);

	assert_string_equal(text_of(change, "old"), "emerg");
	assert_string_equal(text_of(change, "new"), "err");
	json_decref(result);
	assert_int_equal(log_level(), LOG_ERR);
	/* One lease: both end at the same time. */
	assert_int_equal(layers_lease_count(fake.engine.layers), 1);
	json_decref(ask("apply", APPLY(UNSET("daemon/vrrpd", "\"log_level\""))));
	assert_int_equal(log_level(), LOG_EMERG);
	assert_int_equal(fake.routers[0].fsm.params.priority, 150);
}

CASE(log_level_by_its_method_and_as_a_field_is_one_edit)
{
	static const char for_a_while[] =
	    "{\"level\":\"%s\",\"lease\":{\"ttl_ms\":60000}}";
	char params[128];

	(void)snprintf(params, sizeof(params), for_a_while, "crit");
	json_decref(ask("log.level", params));
	json_decref(ask("apply", APPLY_FOR_60S(LEVEL("alert"))));
	assert_int_equal(log_level(), LOG_ALERT);
	assert_int_equal(layers_lease_count(fake.engine.layers), 1);
	(void)snprintf(params, sizeof(params), for_a_while, "err");
	json_decref(ask("log.level", params));
	assert_int_equal(log_level(), LOG_ERR);
	assert_int_equal(layers_lease_count(fake.engine.layers), 1);
}

CASE(log_level_that_is_none_is_refused)
{
	static const struct {
		const char *role, *params, *error;
	} rows[] = {
	    {"admin", APPLY(LEVEL("loud")), "invalid_params"},
	    {"admin", APPLY(SET("daemon/vrrpd", "\"log_level\":7")), "invalid_params"},
	    {"admin", APPLY(SET("daemon/vrrpd", "\"level\":\"err\"")),
		"invalid_params"},
	    {"admin", APPLY(UNSET("daemon/checkd", "\"log_level\"")), "not_found"},
	    {"operator", APPLY(LEVEL("err")), "denied"},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_error(
		    ask_as(rows[i].role, "apply", rows[i].params), rows[i].error);
	assert_int_equal(log_level(), LOG_EMERG);
}

/* Asked for what is tracked, apply says what "list" does. */
CASE(weights_of_what_is_tracked_are_not_served)
{
	assert_error(ask_as("admin", "apply",
			 APPLY(SET("VI_1", "\"priority\":9,\"track/eth0\":-5"))),
	    "unavailable");
	assert_error(ask_as("admin", "apply", APPLY(UNSET("VI_1", "\"track/eth0\""))),
	    "unavailable");
	assert_int_equal(priority_of("instance/VI_1"), -1);
}

CASE(log_level_is_described)
{
	json_t *described = ask("describe", "{\"type\":\"daemon\"}");
	const json_t *level =
	    json_object_get(json_object_get(described, "fields"), "log_level");

	assert_string_equal(text_of(level, "type"), "string");
	assert_int_equal(json_array_size(json_object_get(level, "values")), 8);
	json_decref(described);
}

/* ---- apply.undo ------------------------------------------------------------- */

/* The live edits: what each field has in which layer, until when, in their order. */
static json_t *
all_edits(void)
{
	json_t *all = json_object();
	const struct layer_entry *entry;
	char key[600];

	for (size_t i = 0; (entry = layers_get(fake.engine.layers, i)) != NULL; i++) {
		json_t *list;

		(void)snprintf(key, sizeof(key), "%s %s", entry->path, entry->field);
		list = json_object_get(all, key);
		if (list == NULL)
			(void)json_object_set_new(all, key, list = json_array());
		(void)json_array_append_new(list,
		    json_pack("[I, i, s, s, I, I]", (json_int_t)entry->value,
			(int)entry->layer, entry->kind, entry->id,
			(json_int_t)entry->created_us, (json_int_t)entry->expires_us));
	}
	return all;
}

static const char *
undo_params(char buf[64])
{
	(void)snprintf(buf, 64, "{\"rev\":%llu}", (unsigned long long)fake.engine.rev);
	return buf;
}

static void
undo(void)
{
	char params[64];

	json_decref(ask("apply.undo", undo_params(params)));
}

static void
assert_no_undo(const char *role, const char *error)
{
	char params[64];

	assert_error(ask_as(role, "apply.undo", undo_params(params)), error);
}

/* The change is made and taken back. */
static void
assert_undone(const char *params)
{
	json_t *before = all_edits(), *during, *after;

	json_decref(ask("apply", params));
	during = all_edits();
	undo();
	after = all_edits();
	if (json_equal(before, during) || !json_equal(before, after))
		fail_msg("not taken back: %s", params);
	json_decref(before);
	json_decref(during);
	json_decref(after);
}

CASE(undo_puts_back_exactly_what_an_apply_changed)
{
	/* Over edits for good, leases of one field and of two. */
	static const char *const changes[] = {
	    APPLY(SET("VI_1", "\"priority\":9")),
	    APPLY(SET("VI_1", "\"priority\":100")),
	    APPLY_FOR_9S(SET("VI_1", "\"priority\":9")),
	    APPLY(UNSET("VI_1", "\"priority\",\"nopreempt\"")),
	    APPLY_FOR_9S(SET("VI_2", "\"priority\":9")),
	    APPLY_FOR_9S(SET("VI_2", "\"priority\":9,\"nopreempt\":true")),
	    APPLY_FOR_9S(
		SET("VI_1", "\"priority\":9") "," SET("VI_2", "\"priority\":8")),
	    APPLY(UNSET("VI_2", "\"priority\"")),
	    "{\"changes\":[" SET("VI_2", "\"priority\":9") "],\"confirm_ms\":9000}",
	    APPLY(LEVEL("err")),
	};

	json_decref(ask("apply", APPLY(SET("VI_1", "\"priority\":150"))));
	json_decref(ask("apply", APPLY_FOR_60S(SET("VI_1", "\"priority\":160"))));
	json_decref(ask("apply",
	    APPLY_FOR_60S(SET("VI_2", "\"priority\":170,\"nopreempt\":true"))));
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		assert_undone(changes[i]);
		assert_int_equal(fake.routers[0].fsm.params.priority, 160);
		assert_int_equal(fake.routers[1].fsm.params.priority, 170);
		assert_int_equal(log_level(), LOG_EMERG);
	}
}

CASE(undo_puts_back_what_was_saved)
{
	json_decref(ask("apply", SET_150));
	json_decref(ask("config.save", "{}"));
	assert_undone(APPLY(UNSET("VI_1", "\"priority\"")));
	assert_int_equal(priority_of("instance/VI_1"), 150);
}

CASE(undo_is_for_the_last_change_alone)
{
	assert_no_undo("admin", "stale_rev");
	json_decref(ask("apply", SET_150));
	json_decref(ask("log.level", "{\"level\":\"err\"}"));
	assert_no_undo("admin", "stale_rev");
	json_decref(ask("apply", APPLY(SET("VI_1", "\"priority\":151"))));
	undo();
	assert_no_undo("admin", "stale_rev");
	assert_int_equal(priority_of("instance/VI_1"), 150);
	/* What changed nothing cannot be taken back. */
	json_decref(ask("apply", SET_150));
	assert_no_undo("admin", "stale_rev");
}

CASE(undo_needs_the_role_of_the_change)
{
	json_decref(ask("apply", SET_150));
	assert_no_undo("operator", "denied");
	assert_int_equal(priority_of("instance/VI_1"), 150);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(log_level_is_a_field_like_any_other),
	    TEST(log_level_by_its_method_and_as_a_field_is_one_edit),
	    TEST(log_level_that_is_none_is_refused),
	    TEST(weights_of_what_is_tracked_are_not_served),
	    TEST(log_level_is_described),
	    TEST(undo_puts_back_exactly_what_an_apply_changed),
	    TEST(undo_puts_back_what_was_saved),
	    TEST(undo_is_for_the_last_change_alone),
	    TEST(undo_needs_the_role_of_the_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

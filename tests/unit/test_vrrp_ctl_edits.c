/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_edits.c - live edits of virtual routers: what may be set, and what the
 * one who does it is told. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

/* ---- apply --------------------------------------------------------------- */

CASE(admin_sets_a_priority_that_stays)
{
	json_t *result = ask("apply", SET_150);

	assert_true(json_is_true(json_object_get(result, "changed")));
	assert_int_equal(json_integer_value(json_object_get(result, "rev")), 1);
	assert_null(json_object_get(result, "lease"));
	json_decref(result);
	assert_int_equal(priority_of("instance/VI_1"), 150);
	assert_int_equal(fake.routers[0].fsm.params.priority, 150);
}

CASE(value_that_is_there_already_changes_nothing)
{
	json_decref(ask("apply", SET_150));
	json_t *result = ask("apply", SET_150);
	assert_true(json_is_false(json_object_get(result, "changed")));
	assert_int_equal(json_integer_value(json_object_get(result, "rev")), 1);
	json_decref(result);
}

CASE(operator_may_change_what_undoes_itself_only)
{
	assert_error(ask_as("operator", "apply", SET_150), "denied");
	assert_int_equal(priority_of("instance/VI_1"), -1);
	json_t *result = result_in(ask_as("operator", "apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
	    "\"lease\":{\"ttl_ms\":60000}}"));
	assert_non_null(json_object_get(result, "lease"));
	assert_non_null(json_object_get(result, "expires"));
	json_decref(result);
	assert_int_equal(priority_of("instance/VI_1"), 150);
	assert_error(
	    ask_as("operator", "apply",
		"{\"changes\":[{\"path\":\"VI_2\",\"unset\":[\"priority\"]}]}"),
	    "denied");
	assert_error(ask_as("read", "apply", SET_150), "denied");
}

CASE(one_wrong_change_undoes_the_whole_request)
{
	static const struct {
		const char *change, *error;
	} rows[] = {
	    {"{\"path\":\"VI_9\",\"set\":{\"priority\":1}}", "not_found"},
	    {"{\"path\":\"VI_2\",\"set\":{\"priority\":0}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"set\":{\"priority\":255}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"set\":{\"priority\":\"7\"}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"set\":{\"nopreempt\":1}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"set\":{\"prioirty\":7}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"set\":{\"vrid\":7}}", "not_live"},
	    {"{\"path\":\"VI_2\",\"set\":{}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"unset\":[7]}", "invalid_params"},
	    {"{\"path\":\"VI_2\"}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"sets\":{}}", "invalid_params"},
	    {"7", "invalid_params"},
	};
	char params[256];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)snprintf(params, sizeof(params),
		    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}},%s]}",
		    rows[i].change);
		assert_error(ask_as("admin", "apply", params), rows[i].error);
	}
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(fake.updates, 0);
	assert_int_equal(fake.engine.rev, 0);
}

CASE(revision_that_is_not_the_present_one_is_refused)
{
	assert_error(
	    ask_as("admin", "apply",
		"{\"if_rev\":5,\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":9}}]}"),
	    "stale_rev");
	json_decref(ask("apply",
	    "{\"if_rev\":0,\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":9}}]}"));
}

CASE(dry_run_says_what_would_change_and_does_not)
{
	json_t *result = ask("apply",
	    "{\"dry_run\":true,\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":9}}]}");
	json_t *change = json_array_get(json_object_get(result, "changes"), 0);

	assert_int_equal(json_integer_value(json_object_get(change, "old")), 100);
	assert_int_equal(json_integer_value(json_object_get(change, "new")), 9);
	json_decref(result);
	assert_int_equal(priority_of("instance/VI_1"), -1);
}

CASE(reason_with_control_characters_is_refused)
{
	assert_error(
	    ask_as("admin", "apply",
		"{\"reason\":\"a\\u001bb\",\"changes\":[{\"path\":\"VI_1\",\"set\":{"
		"\"priority\":9}}]}"),
	    "invalid_params");
	assert_error(
	    ask_as("admin", "failover", "{\"target\":\"VI_1\",\"reason\":\"a\\nb\"}"),
	    "invalid_params");
	assert_int_equal(fake.moves[0].kind, VROUTER_MOVE_NONE);
}

CASE(unset_goes_back_to_the_file)
{
	json_decref(
	    ask("apply", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150,"
			 "\"nopreempt\":true}}]}"));
	json_t *result = ask(
	    "apply", "{\"changes\":[{\"path\":\"VI_1\",\"unset\":[\"priority\"]}]}");
	assert_true(json_is_true(json_object_get(result, "changed")));
	json_decref(result);
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	assert_non_null(layers_top(fake.engine.layers, "instance/VI_1", "nopreempt"));
}

CASE(edit_for_good_under_a_lease_is_kept)
{
	static const char to_160[] =
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":160}}]%s}";
	static const char *const spans[] = {
	    ",\"lease\":{\"ttl_ms\":60000}", ",\"confirm_ms\":60000"};
	char params[160];

	for (size_t i = 0; i < COUNT_OF(spans); i++) {
		(void)snprintf(params, sizeof(params), to_160, spans[i]);
		json_t *lease = ask("apply", params);
		(void)snprintf(params, sizeof(params), to_160, "");
		json_t *result = ask("apply", params);
		const json_t *change =
		    json_array_get(json_object_get(result, "changes"), 0);

		assert_true(json_is_true(json_object_get(result, "changed")));
		assert_true(json_is_false(json_object_get(change, "in_force")));
		assert_string_equal(text_of(change, "lease"), text_of(lease, "lease"));
		json_decref(result);
		(void)snprintf(
		    params, sizeof(params), "{\"id\":\"%s\"}", text_of(lease, "lease"));
		json_decref(ask("lease.release", params));
		assert_int_equal(priority_of("instance/VI_1"), 160);
		json_decref(ask("config.discard", "{}"));
		json_decref(lease);
	}
}

/* The first change of an answer, which is freed. */
static json_t *
first_change(json_t *result)
{
	json_t *change =
	    json_incref(json_array_get(json_object_get(result, "changes"), 0));

	json_decref(result);
	return change;
}

static void
assert_change(json_t *change, int64_t old, int64_t new, int64_t set, const char *kind)
{
	assert_int_equal(json_integer_value(json_object_get(change, "old")), old);
	assert_int_equal(json_integer_value(json_object_get(change, "new")), new);
	assert_true(json_is_boolean(json_object_get(change, "in_force")));
	assert_int_equal(
	    json_is_true(json_object_get(change, "in_force")), kind == NULL);
	if (kind != NULL) {
		assert_int_equal(
		    json_integer_value(json_object_get(change, "set")), set);
		assert_string_equal(text_of(change, "kind"), kind);
		assert_true(text_of(change, "lease")[0] != '\0');
		assert_true(text_of(change, "until")[0] != '\0');
	}
	json_decref(change);
}

CASE(answer_says_what_is_in_force)
{
	static const char dry[] =
	    "{\"dry_run\":true,\"changes\":[{\"path\":\"VI_1\",\"set\":{"
	    "\"priority\":120}}]}";
	static const char plain[] =
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":120}}]}";

	assert_change(first_change(ask("apply",
			  "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":"
			  "180}}],\"lease\":{\"ttl_ms\":60000}}")),
	    100, 180, 180, NULL);
	assert_change(first_change(ask("apply", dry)), 180, 180, 120, "override");
	assert_change(first_change(ask("apply", plain)), 180, 180, 120, "override");
	assert_int_equal(fake.routers[0].fsm.params.priority, 180);
	/* What waits to be confirmed is in force, and then no longer. */
	assert_change(first_change(ask("apply",
			  "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":"
			  "170}}],\"confirm_ms\":60000}")),
	    180, 170, 170, NULL);
	assert_change(first_change(ask("confirm", "{}")), 170, 180, 170, "override");
	assert_change(first_change(ask("apply", "{\"changes\":[{\"path\":\"VI_1\","
						"\"unset\":[\"priority\"]}]}")),
	    180, 100, 100, NULL);
}

CASE(number_set_during_a_hold_is_not_in_force)
{
	static const char lease_150[] =
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],\"lease\":"
	    "{\"ttl_ms\":3600000}}";
	json_t *hold = ask("hold", "{\"target\":\"VI_1\",\"for_ms\":60000}");
	char params[64];

	assert_change(first_change(ask("apply", lease_150)), 1, 1, 150, "hold");
	assert_int_equal(fake.routers[0].fsm.params.priority, 1);
	(void)snprintf(
	    params, sizeof(params), "{\"id\":\"%s\"}", text_of(hold, "lease"));
	json_decref(ask("lease.release", params));
	assert_int_equal(fake.routers[0].fsm.params.priority, 150);
	json_decref(hold);
}

CASE(operator_takes_back_what_he_set_for_a_while)
{
	static const char unset[] =
	    "{\"changes\":[{\"path\":\"VI_1\",\"unset\":[\"priority\"]}]}";

	json_decref(ask("apply", SET_150));
	assert_error(ask_as("operator", "apply", unset), "denied");
	json_decref(result_in(ask_as("operator", "apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":9}}],"
	    "\"lease\":{\"ttl_ms\":60000}}")));
	json_t *result = result_in(ask_as("operator", "apply", unset));
	assert_int_equal(json_array_size(json_object_get(result, "released")), 1);
	json_decref(result);
	/* What an admin set for good is still there. */
	assert_int_equal(fake.routers[0].fsm.params.priority, 150);
}

/* How many edits `status` counts. */
static json_int_t
overrides(void)
{
	json_t *status = ask("status", "{}");
	json_int_t count = json_integer_value(json_object_get(status, "overrides"));

	json_decref(status);
	return count;
}

static size_t
differences(void)
{
	json_t *diff = ask("config.diff", "{}");
	size_t count = json_array_size(json_object_get(diff, "items"));

	json_decref(diff);
	return count;
}

CASE(log_level_is_an_edit_until_it_is_what_it_was)
{
	json_decref(ask("log.level", "{\"level\":\"debug\"}"));
	assert_int_equal(overrides(), 1);
	assert_int_equal(differences(), 1);
	json_decref(ask("config.discard", "{}"));
	assert_int_equal(overrides(), 0);
	assert_int_equal(differences(), 0);
	assert_int_equal(log_level(), LOG_EMERG);
	json_decref(ask("log.level", "{\"level\":\"debug\"}"));
	json_decref(ask("log.level", "{\"level\":\"emerg\"}"));
	assert_int_equal(overrides(), 0);
	assert_null(layers_get(fake.engine.layers, 0));
}

static json_int_t
rev_of(const char *method, const char *params)
{
	json_t *result = ask(method, params);
	json_int_t rev = json_integer_value(json_object_get(result, "rev"));

	assert_int_not_equal(rev, 0);
	json_decref(result);
	return rev;
}

/* Whoever waits for a revision is not held up by what changed nothing. */
CASE(what_is_so_already_is_no_revision)
{
	json_int_t rev = rev_of("log.level", "{\"level\":\"debug\"}");

	assert_int_equal(rev_of("log.level", "{\"level\":\"debug\"}"), rev);
	assert_int_equal(rev_of("log.level", "{\"level\":\"emerg\"}"), rev + 1);
	assert_int_equal(rev_of("log.level", "{\"level\":\"emerg\"}"), rev + 1);
	assert_int_equal(rev_of("config.discard", "{}"), rev + 1);
	assert_int_equal(rev_of("config.save", "{}"), rev + 1);
	assert_int_equal(rev_of("apply", "{\"changes\":[{\"path\":\"instance/VI_1\","
					 "\"unset\":[\"priority\"]}]}"),
	    rev + 1);
}

/* What was saved would have come back with a restart. */
CASE(answer_says_that_what_was_saved_goes_too)
{
	const char *const set = "{\"changes\":[{\"path\":\"instance/VI_1\","
				"\"set\":{\"priority\":77}}]}";
	const char *const unset = "{\"changes\":[{\"path\":\"instance/VI_1\","
				  "\"unset\":[\"priority\"]}]}";

	for (unsigned saves = 0; saves < 2; saves++) {
		json_decref(ask("apply", set));
		if (saves)
			json_decref(ask("config.save", "{}"));
		json_t *result = ask("apply", unset);
		const json_t *change =
		    json_array_get(json_object_get(result, "changes"), 0);
		assert_int_equal(
		    json_is_true(json_object_get(change, "drops_saved")), saves);
		json_decref(result);
	}
}

CASE(what_a_maintenance_left_is_counted_and_discarded)
{
	assert_int_equal(layers_set(fake.engine.layers,
			     &(struct layer_entry){
				 .path = "instance/VI_1",
				 .field = "stay",
				 .value = 1,
				 .layer = LAYER_RUNTIME,
				 .kind = "stay",
				 .id = "",
				 .reason = "",
			     },
			     NULL),
	    0);
	assert_int_equal(overrides(), 1);
	json_t *diff = ask("config.diff", "{}");
	const json_t *left = json_array_get(json_object_get(diff, "items"), 0);

	assert_string_equal(
	    json_string_value(json_object_get(left, "path")), "instance/VI_1");
	assert_string_equal(json_string_value(json_object_get(left, "field")), "stay");
	assert_true(json_is_true(json_object_get(left, "running")));
	json_decref(diff);
	diff = ask("config.diff", "{\"to\":\"saved\"}");
	assert_int_equal(json_array_size(json_object_get(diff, "items")), 0);
	json_decref(diff);
	json_decref(ask("config.discard", "{}"));
	assert_null(layers_get(fake.engine.layers, 0));
}

CASE(span_out_of_range_is_refused_in_words)
{
	json_t *answer = ask_as("admin", "hold", "{\"target\":\"VI_1\",\"for_ms\":1}");
	json_t *error = json_object_get(answer, "error");

	assert_non_null(strstr(text_of(error, "message"), "a time from 1s to 7d"));
	assert_string_equal(
	    text_of(json_object_get(error, "data"), "expected"), "1000..604800000");
	json_decref(answer);
	answer = ask_as("read", "hold", "{\"target\":\"VI_1\"}");
	error = json_object_get(answer, "error");
	assert_non_null(strstr(text_of(error, "message"), "members of the group ha"));
	json_decref(answer);
}

CASE(value_of_the_file_is_no_edit)
{
	json_decref(ask("apply", SET_150));
	json_t *result = ask(
	    "apply", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":100}}]}");
	assert_true(json_is_true(json_object_get(result, "changed")));
	json_decref(result);
	assert_null(layers_get(fake.engine.layers, 0));
}

/* ---- what there is to set ------------------------------------------------ */

CASE(kind_that_is_not_served_is_refused_in_one_way_by_all)
{
	static const char *const requests[][2] = {
	    {"apply",
		"{\"changes\":[{\"path\":\"group/G1\",\"set\":{\"priority\":5}}]}"},
	    {"apply",
		"{\"changes\":[{\"path\":\"track/eth0\",\"set\":{\"weight\":5}}]}"},
	    {"config.save", "{\"objects\":[\"group/G1\"]}"},
	    {"failover", "{\"target\":\"group/G1\"}"},
	    {"hold", "{\"target\":\"group/G1\"}"},
	    {"get", "{\"path\":\"group/G1\"}"},
	    {"list", "{\"type\":\"group\"}"},
	};

	for (size_t i = 0; i < COUNT_OF(requests); i++) {
		json_t *answer = ask_as("admin", requests[i][0], requests[i][1]);
		const json_t *error = json_object_get(answer, "error");

		assert_non_null(
		    strstr(text_of(error, "message"), i == 1 ? "tracks" : "groups"));
		assert_string_equal(text_of(json_object_get(error, "data"), "type"),
		    i == 1 ? "track" : "group");
		assert_error(answer, "unavailable");
	}
}

CASE(live_fields_have_the_ranges_of_the_language)
{
	json_t *fields = ask("describe", "{\"type\":\"instance\"}");
	json_t *delay =
	    json_object_get(json_object_get(fields, "fields"), "preempt_delay_ms");

	assert_int_equal(json_integer_value(json_object_get(delay, "max")), 1000000);
	assert_true(json_is_true(json_object_get(delay, "live")));
	assert_true(json_is_false(json_object_get(
	    json_object_get(json_object_get(fields, "fields"), "advert_int"), "live")));
	json_decref(fields);
	json_decref(
	    ask("apply", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{"
			 "\"preempt_delay_ms\":1500,\"garp_master_repeat\":7}}]}"));
	assert_error(
	    ask_as("admin", "apply",
		"{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"preempt_delay_ms\":"
		"1000001}}]}"),
	    "invalid_params");
	assert_error(
	    ask_as("admin", "apply",
		"{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"preempt_delay\":1}}]}"),
	    "invalid_params");
}

/* The member of the member of an object. */
static const json_t *
inner(const json_t *object, const char *outer_key, const char *key)
{
	return json_object_get(json_object_get(object, outer_key), key);
}

CASE(object_is_described_with_what_its_fields_are_now)
{
	static const char *const names[] = {"VI_1", "instance/VI_1"};

	json_decref(ask("apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"nopreempt\":true}}]}"));
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		json_t *params = json_pack("{s:s}", "type", names[i]);
		char *text = json_dumps(params, 0);
		json_t *described = ask("describe", text);
		const json_t *fields = json_object_get(described, "fields");

		assert_string_equal(text_of(described, "path"), "instance/VI_1");
		assert_string_equal(text_of(described, "type"), "instance");
		assert_true(json_is_true(inner(fields, "nopreempt", "value")));
		/* The state it began with is no state that it has. */
		assert_null(inner(fields, "state", "value"));
		json_decref(described);
		json_decref(params);
		free(text);
	}
	assert_error(
	    ask_as("admin", "describe", "{\"type\":\"VI_9\"}"), "invalid_params");
	assert_error(
	    ask_as("admin", "describe", "{\"type\":\"group/G1\"}"), "unavailable");
}

CASE(object_tells_all_live_fields_and_what_was_edited)
{
	json_t *fields = ask("describe", "{\"type\":\"instance\"}");
	json_t *before = ask("get", "{\"path\":\"instance/VI_1\"}");
	json_t *after;
	const char *name;
	const json_t *field;

	json_decref(ask("apply", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{"
				 "\"garp_master_repeat\":7}}]}"));
	after = ask("get", "{\"path\":\"instance/VI_1\"}");
	json_object_foreach (json_object_get(fields, "fields"), name, field) {
		if (json_is_true(json_object_get(field, "live")))
			assert_non_null(inner(before, "object", name));
	}
	assert_int_equal(
	    json_integer_value(inner(after, "object", "garp_master_repeat")), 7);
	field = inner(inner(after, "object", "sources"), "garp_master_repeat", "layer");
	assert_string_equal(json_string_value(field), "runtime");
	field = inner(inner(after, "object", "sources"), "garp_master_repeat", "base");
	assert_int_equal(json_integer_value(field),
	    json_integer_value(inner(before, "object", "garp_master_repeat")));
	assert_null(
	    json_object_get(inner(before, "object", "sources"), "garp_master_repeat"));
	json_decref(fields);
	json_decref(before);
	json_decref(after);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(admin_sets_a_priority_that_stays),
	    TEST(value_that_is_there_already_changes_nothing),
	    TEST(operator_may_change_what_undoes_itself_only),
	    TEST(one_wrong_change_undoes_the_whole_request),
	    TEST(revision_that_is_not_the_present_one_is_refused),
	    TEST(dry_run_says_what_would_change_and_does_not),
	    TEST(reason_with_control_characters_is_refused),
	    TEST(unset_goes_back_to_the_file),
	    TEST(kind_that_is_not_served_is_refused_in_one_way_by_all),
	    TEST(live_fields_have_the_ranges_of_the_language),
	    TEST(object_is_described_with_what_its_fields_are_now),
	    TEST(object_tells_all_live_fields_and_what_was_edited),
	    TEST(edit_for_good_under_a_lease_is_kept),
	    TEST(answer_says_what_is_in_force),
	    TEST(number_set_during_a_hold_is_not_in_force),
	    TEST(operator_takes_back_what_he_set_for_a_while),
	    TEST(value_of_the_file_is_no_edit),
	    TEST(log_level_is_an_edit_until_it_is_what_it_was),
	    TEST(what_is_so_already_is_no_revision),
	    TEST(answer_says_that_what_was_saved_goes_too),
	    TEST(what_a_maintenance_left_is_counted_and_discarded),
	    TEST(span_out_of_range_is_refused_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_edits.c - live edits of virtual routers: set, leased, confirmed, saved,
 * taken back, and there again after a restart. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/units.h"
#include "vrrpd/vrrp_ctl.h"

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

CASE(leases_are_bounded_by_role)
{
	assert_error(
	    ask_as("operator", "apply",
		"{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
		"\"lease\":{\"ttl_ms\":28800001}}"),
	    "lease_limit");
	json_decref(ask("apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
	    "\"lease\":{\"ttl_ms\":28800001}}"));
	assert_error(
	    ask_as("admin", "apply",
		"{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
		"\"lease\":{\"ttl_ms\":604800001}}"),
	    "invalid_params");
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
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_NONE);
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

/* The types of the events since the start, without those of routers. */
static void
assert_events(const char *const types[])
{
	json_t *tail = ask("log.tail", "{}"), *items = json_object_get(tail, "items");
	size_t at = 0;

	for (size_t i = 0; i < json_array_size(items); i++) {
		const char *type = json_string_value(
		    json_object_get(json_array_get(items, i), "type"));

		if (types[at] == NULL || strcmp(type, types[at++]) != 0)
			fail_msg("event %zu is %s", i, type);
	}
	assert_null(types[at]);
	json_decref(tail);
}

CASE(unset_of_a_part_of_a_lease_is_told_and_of_the_last_ends_it)
{
	json_decref(ask("apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150,\"nopreempt\":"
	    "true}}],\"lease\":{\"ttl_ms\":60000}}"));
	json_t *result = ask(
	    "apply", "{\"changes\":[{\"path\":\"VI_1\",\"unset\":[\"priority\"]}]}");
	assert_null(json_object_get(result, "released"));
	json_decref(result);
	json_t *leases = ask("lease.list", "{}");
	json_t *lease = json_array_get(json_object_get(leases, "items"), 0);
	assert_int_equal(json_array_size(json_object_get(lease, "entries")), 1);
	result = ask(
	    "apply", "{\"changes\":[{\"path\":\"VI_1\",\"unset\":[\"nopreempt\"]}]}");
	json_t *released = json_array_get(json_object_get(result, "released"), 0);
	assert_string_equal(json_string_value(released),
	    json_string_value(json_object_get(lease, "id")));
	json_decref(result);
	json_decref(leases);
	assert_null(layers_get(fake.engine.layers, 0));
	assert_events((const char *const[]){"lease.created", "instance.changed",
	    "instance.changed", "lease.changed", "instance.changed", "lease.released",
	    "instance.changed", NULL});
	json_t *audit = ask("audit.list", "{\"count\":1}");
	json_t *entry = json_array_get(json_object_get(audit, "items"), 0);
	assert_int_equal(json_array_size(json_object_get(entry, "released")), 1);
	json_decref(audit);
}

CASE(confirmed_edit_is_told_as_what_it_has_become)
{
	json_decref(ask("apply",
	    "{\"confirm_ms\":60000,\"changes\":[{\"path\":\"VI_1\",\"set\":{"
	    "\"priority\":150}}]}"));
	json_decref(ask("confirm", "{}"));
	json_decref(ask("apply",
	    "{\"confirm_ms\":60000,\"lease\":{\"ttl_ms\":60000},\"changes\":[{\"path\":"
	    "\"VI_1\",\"set\":{\"priority\":150}}]}"));
	json_decref(ask("confirm", "{}"));
	assert_events((const char *const[]){"lease.created", "instance.changed",
	    "lease.confirmed", "lease.released", "lease.created", "lease.confirmed",
	    NULL});
}

CASE(lease_is_given_back_by_its_owner_or_an_admin)
{
	json_t *result = ask("apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
	    "\"lease\":{\"ttl_ms\":60000}}");
	char params[64];

	(void)snprintf(params, sizeof(params), "{\"id\":\"%s\"}",
	    json_string_value(json_object_get(result, "lease")));
	json_decref(result);
	assert_error(ask_as("read", "lease.release", params), "denied");
	json_decref(result_in(ask_as("operator", "lease.release", params)));
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	assert_error(ask_as("admin", "lease.release", params), "not_found");
}

CASE(lease_of_somebody_else_is_for_an_admin)
{
	const struct layer_entry entry = {
	    .path = "instance/VI_1",
	    .field = "priority",
	    .value = 1,
	    .layer = LAYER_LEASE,
	    .kind = "hold",
	    .id = "L-0001",
	    .uid = getuid() + 1,
	    .reason = "",
	    .expires_us = clock_now_us() + 3600 * US_PER_S,
	};

	assert_int_equal(layers_set(fake.engine.layers, &entry, NULL), 0);
	assert_error(
	    ask_as("operator", "lease.release", "{\"id\":\"L-0001\"}"), "denied");
	json_decref(ask("lease.release", "{\"id\":\"L-0001\"}"));
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

CASE(what_a_maintenance_left_is_discarded_and_not_counted)
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
	assert_int_equal(overrides(), 0);
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

/* ---- what outlives the process ------------------------------------------- */

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

CASE(lease_ends_by_itself)
{
	const struct layer_entry entry = {
	    .path = "instance/VI_2",
	    .field = "priority",
	    .value = 1,
	    .layer = LAYER_LEASE,
	    .kind = "hold",
	    .id = "",
	    .reason = "",
	    .expires_us = clock_now_us() + 20 * US_PER_MS,
	};

	assert_int_equal(layers_set(fake.engine.layers, &entry, NULL), 0);
	json_decref(ask("apply", SET_150));
	fake.updates = 0;
	while (priority_of("instance/VI_2") == 1)
		assert_true(sd_event_run(fake.engine.event, US_PER_S) > 0);
	assert_int_equal(fake.updates, 2);
	assert_int_equal(fake.routers[1].fsm.params.priority, 100);
	assert_int_equal(fake.engine.rev, 2);
}

/* ---- leases -------------------------------------------------------------- */

/* Gives a lease over VI_1 and writes {"id": ID, "ttl_ms": N} into `buf`. */
static void
lease_params(char buf[96], int ttl_ms)
{
	json_t *result = ask("apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150,\"nopreempt\":"
	    "true}}],\"lease\":{\"ttl_ms\":60000}}");

	assert_true(json_is_true(json_object_get(result, "durable")));
	(void)snprintf(
	    buf, 96, "{\"id\":\"%s\",\"ttl_ms\":%d}", text_of(result, "lease"), ttl_ms);
	json_decref(result);
}

CASE(lease_is_one_object_and_can_be_renewed)
{
	char params[96];

	lease_params(params, 3600000);
	json_t *list = ask("lease.list", "{}");
	json_t *items = json_object_get(list, "items");
	assert_int_equal(json_array_size(items), 1);
	assert_int_equal(
	    json_array_size(json_object_get(json_array_get(items, 0), "entries")), 2);
	json_decref(list);
	json_decref(result_in(ask_as("operator", "lease.renew", params)));
	for (size_t i = 0; i < 2; i++)
		assert_true(layers_get(fake.engine.layers, i)->expires_us >
			    clock_now_us() + 3500 * US_PER_S);
	lease_params(params, 28800001);
	assert_error(ask_as("operator", "lease.renew", params), "lease_limit");
	assert_error(ask_as("admin", "lease.renew", "{\"id\":\"L-x\",\"ttl_ms\":1000}"),
	    "not_found");
}

/* Gives priorities to VI_1 and VI_2 for a while, 0 to neither; returns the answer. */
static json_t *
lease_of(int first, int second, int ttl_ms)
{
	char params[256], one[80] = "", two[80] = "";

	if (first != 0)
		(void)snprintf(one, sizeof(one),
		    "{\"path\":\"VI_1\",\"set\":{\"priority\":%d}}", first);
	if (second != 0)
		(void)snprintf(two, sizeof(two),
		    "%s{\"path\":\"VI_2\",\"set\":{\"priority\":%d}}",
		    first != 0 ? "," : "", second);
	(void)snprintf(params, sizeof(params),
	    "{\"changes\":[%s%s],\"lease\":{\"ttl_ms\":%d}}", one, two, ttl_ms);
	return ask("apply", params);
}

CASE(part_of_a_lease_given_again_is_a_lease_of_its_own)
{
	json_t *both = lease_of(150, 151, 7200000), *one = lease_of(160, 0, 600000);
	json_t *again = lease_of(150, 151, 3600000);
	const struct layer_entry *entry;

	assert_string_not_equal(text_of(both, "lease"), text_of(one, "lease"));
	assert_true(strcmp(text_of(one, "expires"), text_of(both, "expires")) < 0);
	/* It took VI_1 from one and VI_2 from the other, all of each. */
	assert_int_equal(layers_lease_count(fake.engine.layers), 1);
	entry = layers_find_lease(fake.engine.layers, text_of(again, "lease"));
	assert_int_equal(entry->expires_us, layers_next_of_lease(entry)->expires_us);
	json_decref(both);
	json_decref(one);
	both = lease_of(152, 153, 7200000);
	assert_string_equal(text_of(both, "lease"), text_of(again, "lease"));
	assert_string_not_equal(text_of(both, "expires"), text_of(again, "expires"));
	json_decref(both);
	json_decref(again);
	assert_events((const char *const[]){"lease.created", "instance.changed",
	    "instance.changed", "lease.changed", "lease.created", "instance.changed",
	    "lease.released", "lease.renewed", "instance.changed", "lease.renewed",
	    "instance.changed", "instance.changed", NULL});
}

CASE(hold_of_one_out_of_all_is_a_lease_of_its_own)
{
	json_t *all = ask("hold", "{\"target\":\"all\",\"for_ms\":7200000}");
	json_t *one = ask("hold", "{\"target\":\"VI_1\",\"for_ms\":60000}");

	assert_string_not_equal(text_of(all, "lease"), text_of(one, "lease"));
	assert_true(strcmp(text_of(one, "expires"), text_of(all, "expires")) < 0);
	assert_int_equal(
	    layers_lease_size(fake.engine.layers, text_of(one, "lease")), 1);
	json_decref(one);
	json_decref(all);
}

CASE(leases_of_two_people_do_not_end_each_other)
{
	const struct layer_entry theirs = {
	    .path = "instance/VI_1",
	    .field = "priority",
	    .value = 77,
	    .layer = LAYER_LEASE,
	    .kind = "override",
	    .id = "",
	    .uid = getuid() + 1,
	    .reason = "",
	    .created_us = 1,
	    .expires_us = clock_now_us() + 3600 * US_PER_S,
	};
	char params[96];

	assert_int_equal(layers_set(fake.engine.layers, &theirs, NULL), 0);
	lease_params(params, 1000);
	assert_int_equal(priority_of("instance/VI_1"), 150);
	char *end = strchr(params, ',');
	strcpy(end, "}");
	json_decref(result_in(ask_as("operator", "lease.release", params)));
	assert_int_equal(priority_of("instance/VI_1"), 77);
}

CASE(confirmed_edit_stays_and_another_goes)
{
	static const char apply[] =
	    "{\"confirm_ms\":60000,\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":"
	    "150,\"nopreempt\":true}}]}";

	assert_error(ask_as("admin", "confirm", "{}"), "not_found");
	json_decref(ask("apply", apply));
	json_decref(ask("confirm", "{}"));
	const struct layer_entry *top =
	    layers_top(fake.engine.layers, "instance/VI_1", "priority");
	assert_int_equal(top->layer, LAYER_RUNTIME);
	assert_null(layers_get(fake.engine.layers, 2));
	json_decref(ask("apply",
	    "{\"confirm_ms\":1000,\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":"
	    "7}}]}"));
	assert_int_equal(fake.routers[0].fsm.params.priority, 7);
	while (priority_of("instance/VI_1") == 7)
		assert_true(sd_event_run(fake.engine.event, 3 * US_PER_S) > 0);
	assert_int_equal(fake.routers[0].fsm.params.priority, 150);
}

CASE(operator_confirms_into_a_lease)
{
	assert_error(
	    ask_as("operator", "apply",
		"{\"confirm_ms\":60000,\"changes\":[{\"path\":\"VI_1\",\"set\":{"
		"\"priority\":150}}]}"),
	    "denied");
	json_decref(result_in(ask_as("operator", "apply",
	    "{\"confirm_ms\":60000,\"lease\":{\"ttl_ms\":3600000},\"changes\":[{\"path\":"
	    "\"VI_1\",\"set\":{\"priority\":150}}]}")));
	json_t *result = result_in(ask_as("operator", "confirm", "{}"));
	assert_true(text_of(result, "lease")[0] != '\0');
	json_decref(result);
	const struct layer_entry *top =
	    layers_top(fake.engine.layers, "instance/VI_1", "priority");
	assert_string_equal(top->kind, "override");
	assert_true(top->expires_us > clock_now_us() + 3500 * US_PER_S);
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

/* ---- saved edits --------------------------------------------------------- */

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
	    TEST(admin_sets_a_priority_that_stays),
	    TEST(value_that_is_there_already_changes_nothing),
	    TEST(operator_may_change_what_undoes_itself_only),
	    TEST(leases_are_bounded_by_role),
	    TEST(one_wrong_change_undoes_the_whole_request),
	    TEST(revision_that_is_not_the_present_one_is_refused),
	    TEST(dry_run_says_what_would_change_and_does_not),
	    TEST(reason_with_control_characters_is_refused),
	    TEST(unset_goes_back_to_the_file),
	    TEST(unset_of_a_part_of_a_lease_is_told_and_of_the_last_ends_it),
	    TEST(confirmed_edit_is_told_as_what_it_has_become),
	    TEST(lease_is_given_back_by_its_owner_or_an_admin),
	    TEST(lease_of_somebody_else_is_for_an_admin),
	    TEST(overrides_are_there_again_after_a_restart),
	    TEST(overrides_of_an_instance_that_left_are_dropped),
	    TEST(damaged_file_does_not_hinder_the_start),
	    TEST(value_out_of_range_in_the_file_is_left_out),
	    TEST(lease_ends_by_itself),
	    TEST(lease_is_one_object_and_can_be_renewed),
	    TEST(leases_of_two_people_do_not_end_each_other),
	    TEST(confirmed_edit_stays_and_another_goes),
	    TEST(operator_confirms_into_a_lease),
	    TEST(live_fields_have_the_ranges_of_the_language),
	    TEST(object_tells_all_live_fields_and_what_was_edited),
	    TEST(saved_edit_survives_the_boot_until_the_file_changes),
	    TEST(discard_drops_what_was_not_saved),
	    TEST(edit_for_good_under_a_lease_is_kept),
	    TEST(answer_says_what_is_in_force),
	    TEST(number_set_during_a_hold_is_not_in_force),
	    TEST(operator_takes_back_what_he_set_for_a_while),
	    TEST(value_of_the_file_is_no_edit),
	    TEST(log_level_is_an_edit_until_it_is_what_it_was),
	    TEST(what_a_maintenance_left_is_discarded_and_not_counted),
	    TEST(span_out_of_range_is_refused_in_words),
	    TEST(part_of_a_lease_given_again_is_a_lease_of_its_own),
	    TEST(hold_of_one_out_of_all_is_a_lease_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

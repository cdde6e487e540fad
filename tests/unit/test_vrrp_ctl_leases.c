/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl_leases.c - live edits that end: by themselves, by their owner, or
 * unless they are confirmed. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/lease_store.h"
#include "common/units.h"

/* ---- leases -------------------------------------------------------------- */

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
	    "lease_limit");
	assert_error(
	    ask_as("admin", "failover", "{\"target\":\"VI_1\",\"hold_ms\":604800001}"),
	    "lease_limit");
	assert_error(
	    ask_as("admin", "hold", "{\"target\":\"VI_1\",\"for_ms\":604800001}"),
	    "lease_limit");
	assert_error(
	    ask_as("admin", "takeover", "{\"target\":\"VI_1\",\"for_ms\":604800001}"),
	    "lease_limit");
	assert_error(
	    ask_as("admin", "lease.renew", "{\"id\":\"L-1\",\"ttl_ms\":604800001}"),
	    "lease_limit");
}

/* A lease of VI_1 for so long, as this role. */
static json_t *
give_lease(const char *role, json_int_t ttl_ms)
{
	char params[160];

	(void)snprintf(params, sizeof(params),
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
	    "\"lease\":{\"ttl_ms\":%" JSON_INTEGER_FORMAT "}}",
	    ttl_ms);
	return ask_as(role, "apply", params);
}

CASE(limits_that_are_told_are_those_that_refuse)
{
	static const char *const roles[] = {"operator", "admin"};
	static const char *const names[] = {"operator_max_lease_ms", "lease_max_ms"};

	for (size_t i = 0; i < COUNT_OF(roles); i++) {
		json_t *result = result_in(ask_as(roles[i], "describe", "{}"));
		const json_t *limits = json_object_get(result, "limits");
		json_int_t most_ms =
		    json_integer_value(json_object_get(limits, "lease_ms"));
		json_t *refusal = give_lease(roles[i], most_ms + 1);

		assert_string_equal(text_of(limits, "role"), roles[i]);
		assert_int_equal(
		    json_integer_value(json_object_get(limits, names[i])), most_ms);
		assert_non_null(json_object_get(refusal, "error"));
		json_decref(refusal);
		json_decref(result_in(give_lease(roles[i], most_ms)));
		json_decref(result);
	}
}

CASE(reader_is_told_what_an_operator_may)
{
	json_t *result = result_in(ask_as("read", "describe", "{}"));
	const json_t *limits = json_object_get(result, "limits");

	assert_string_equal(text_of(limits, "role"), "read");
	assert_int_equal(json_integer_value(json_object_get(limits, "lease_ms")),
	    json_integer_value(json_object_get(limits, "operator_max_lease_ms")));
	assert_int_equal(
	    json_integer_value(json_object_get(limits, "leases")), LEASES_MAX);
	json_decref(result);
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
	    .expires_us = clock_now_us() + 300 * US_PER_MS,
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

/* A lease of two values of VI_2 is given, and its time comes. */
static void
see_two_end_together(void)
{
	struct layer_entry entry = {
	    .path = "instance/VI_2",
	    .field = "priority",
	    .value = 1,
	    .layer = LAYER_LEASE,
	    .kind = "override",
	    .id = "",
	    .reason = "a test",
	    .uid = 4711,
	    .expires_us = clock_now_us() + 300 * US_PER_MS,
	};
	const struct layer_entry *first;

	assert_int_equal(layers_set(fake.engine.layers, &entry, &first), 0);
	entry.id = first->id;
	entry.field = "nopreempt";
	assert_int_equal(layers_set(fake.engine.layers, &entry, NULL), 0);
	json_decref(ask("apply", SET_150));
	while (layers_lease_count(fake.engine.layers) > 0)
		assert_true(sd_event_run(fake.engine.event, US_PER_S) > 0);
}

CASE(end_of_a_lease_is_one_line_in_the_log)
{
	FILE *file = tmpfile();
	int saved_stderr = dup(STDERR_FILENO);
	char text[1024];

	(void)dup2(fileno(file), STDERR_FILENO);
	json_decref(ask("log.level", "{\"level\":\"notice\"}"));
	see_two_end_together();
	(void)dup2(saved_stderr, STDERR_FILENO);
	(void)close(saved_stderr);
	rewind(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	(void)fclose(file);

	const char *end = strstr(text, ") ended, with its 1 other value\n");
	assert_non_null(end);
	assert_null(strstr(end + 1, ") ended"));
	assert_true(strstr(text, ") ended") == end);
}

/* Nobody asked for it at that time, and it is one thing that happens. */
CASE(end_of_a_lease_is_the_daemons_and_noted_once)
{
	see_two_end_together();

	json_t *audit = ask("audit.list", "{\"count\":2}");
	const json_t *items = json_object_get(audit, "items");
	const json_t *end = json_array_get(items, 1);

	assert_string_equal(text_of(json_array_get(items, 0), "method"), "apply");
	assert_string_equal(text_of(end, "method"), "lease.expire");
	assert_string_equal(text_of(json_object_get(end, "who"), "name"), "vrrpd");
	assert_null(json_object_get(json_object_get(end, "who"), "uid"));
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(end, "owner"), "uid")),
	    4711);
	json_decref(audit);
}

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

/* What an entry of the newest lease has as value of the field; the caller frees it. */
static char *
value_told(const char *field)
{
	json_t *list = ask("lease.list", "{}");
	const json_t *items = json_object_get(list, "items");
	const json_t *lease = json_array_get(items, json_array_size(items) - 1);
	char *text = NULL;
	size_t i;
	json_t *entry;

	json_array_foreach (json_object_get(lease, "entries"), i, entry) {
		if (strcmp(text_of(entry, "field"), field) == 0 && text == NULL)
			text = json_dumps(json_object_get(entry, "value"),
			    JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_COMPACT);
	}
	json_decref(list);
	return text;
}

static void
assert_value_told(const char *field, const char *expected)
{
	char *text = value_told(field);

	assert_string_equal(text, expected);
	free(text);
}

CASE(values_of_leases_are_written_as_their_fields_are)
{
	char params[96];

	lease_params(params, 60000);
	assert_value_told("priority", "150");
	assert_value_told("nopreempt", "true");
	json_decref(
	    ask("log.level", "{\"level\":\"debug\",\"lease\":{\"ttl_ms\":60000}}"));
	assert_value_told("log_level", "\"debug\"");
	json_decref(result_in(ask_as("operator", "maintenance",
	    "{\"action\":\"on\",\"target\":\"node\",\"for_ms\":60000,"
	    "\"stay\":true,\"wait\":false}")));
	assert_value_told("maintenance", "{\"out\":false,\"stay\":true}");
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

/* ---- to be confirmed ----------------------------------------------------- */

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(leases_are_bounded_by_role),
	    TEST(end_of_a_lease_is_one_line_in_the_log),
	    TEST(end_of_a_lease_is_the_daemons_and_noted_once),
	    TEST(limits_that_are_told_are_those_that_refuse),
	    TEST(reader_is_told_what_an_operator_may),
	    TEST(values_of_leases_are_written_as_their_fields_are),
	    TEST(unset_of_a_part_of_a_lease_is_told_and_of_the_last_ends_it),
	    TEST(confirmed_edit_is_told_as_what_it_has_become),
	    TEST(lease_is_given_back_by_its_owner_or_an_admin),
	    TEST(lease_of_somebody_else_is_for_an_admin),
	    TEST(lease_ends_by_itself),
	    TEST(lease_is_one_object_and_can_be_renewed),
	    TEST(leases_of_two_people_do_not_end_each_other),
	    TEST(confirmed_edit_stays_and_another_goes),
	    TEST(operator_confirms_into_a_lease),
	    TEST(part_of_a_lease_given_again_is_a_lease_of_its_own),
	    TEST(hold_of_one_out_of_all_is_a_lease_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

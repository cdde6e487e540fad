/* SPDX-License-Identifier: Apache-2.0 */
/* test_check_rules.c - what a monitoring system is told of a node, and of several. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/ctl_error.h"
#include "common/units.h"
#include "hactl/check_rules.h"
#include "hactl/nodes_rules.h"
#include "hactl/when.h"

#define NOON "2026-11-21T12:00:00.0Z"

static json_t *
parse(const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	return json;
}

static int64_t
noon_us(void)
{
	int64_t us = 0;

	assert_true(when_parse(NOON, &us));
	return us;
}

/* Looks at one instance; returns the level, and *ret_text: the first problem's text, or
 * "". */
static enum check_level
look(const char *instance_text, char ret_text[128])
{
	json_t *instance = parse(instance_text), *check = check_new();
	const json_t *problem;
	enum check_level level;

	check_instance(check, instance, noon_us());
	level = check_level_of(check);
	problem = json_array_get(json_object_get(check, "problems"), 0);
	ret_text[0] = '\0';
	if (problem != NULL)
		strncpy(
		    ret_text, json_string_value(json_object_get(problem, "text")), 127);
	json_decref(check);
	json_decref(instance);
	return level;
}

static void
the_worst_level_counts_and_unknown_is_less_than_critical(void **state)
{
	(void)state;
	assert_int_equal(check_worse(CHECK_OK, CHECK_WARNING), CHECK_WARNING);
	assert_int_equal(check_worse(CHECK_UNKNOWN, CHECK_WARNING), CHECK_UNKNOWN);
	assert_int_equal(check_worse(CHECK_UNKNOWN, CHECK_CRITICAL), CHECK_CRITICAL);
	assert_int_equal(check_worse(CHECK_CRITICAL, CHECK_OK), CHECK_CRITICAL);
}

static void
instances_are_judged_by_state(void **state)
{
	static const struct {
		const char *instance;
		enum check_level level;
		const char *text;
	} rows[] = {
	    {"{\"state\":\"MASTER\",\"vips\":{\"want\":2,\"set\":2}}", CHECK_OK, ""},
	    {"{\"state\":\"MASTER\",\"vips\":{\"want\":2,\"set\":1}}", CHECK_CRITICAL,
		"MASTER with 1 of 2 addresses"},
	    {"{\"state\":\"MASTER\",\"vips\":{\"want\":2,\"set\":1},\"for_ms\":9999}",
		CHECK_OK, ""},
	    {"{\"state\":\"MASTER\",\"split_brain\":\"10.0.0.3\"}", CHECK_CRITICAL,
		"two MASTERs: 10.0.0.3 is MASTER too"},
	    {"{\"state\":\"BACKUP\",\"master\":\"10.0.0.3\"}", CHECK_OK, ""},
	    {"{\"state\":\"BACKUP\",\"master\":null,\"for_ms\":10000}", CHECK_WARNING,
		"BACKUP that hears no Master"},
	    {"{\"state\":\"FAULT\",\"reason\":\"eth2 is down\"}", CHECK_CRITICAL,
		"FAULT (eth2 is down)"},
	    {"{\"state\":\"FAULT\",\"faults\":[\"maintenance\"]}", CHECK_OK, ""},
	    {"{\"state\":\"INITIALIZE\"}", CHECK_WARNING, "not started yet"},
	    {"{}", CHECK_WARNING, "not started yet"},
	};
	char text[128] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(look(rows[i].instance, text), rows[i].level);
		assert_string_equal(text, rows[i].text);
	}
}

static void
only_recent_refusals_are_worth_a_word(void **state)
{
	char text[128] = "";

	(void)state;
	assert_int_equal(
	    look(
		"{\"state\":\"BACKUP\",\"master\":\"x\",\"last_refused\":{\"text\":\"T\","
		"\"source\":\"S\",\"detail\":null,\"at\":\"2026-11-21T11:59:01.0Z\"}}",
		text),
	    CHECK_WARNING);
	assert_string_equal(text, "refuses advertisements of S: T");
	assert_int_equal(
	    look(
		"{\"state\":\"BACKUP\",\"master\":\"x\",\"last_refused\":{\"text\":\"T\","
		"\"source\":\"S\",\"at\":\"2026-11-21T11:58:59.0Z\"}}",
		text),
	    CHECK_OK);
}

static void
leases_are_old_after_a_day(void **state)
{
	static const struct {
		const char *created;
		enum check_level level;
	} rows[] = {{"2026-11-20T12:00:00.0Z", CHECK_OK},
	    {"2026-11-20T11:59:59.0Z", CHECK_WARNING}, {"never", CHECK_OK}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *check = check_new();
		json_t *status = json_pack("{s:[{s:s, s:s, s:s}]}", "leases", "kind",
		    "hold", "object", "instance/VI_1", "created", rows[i].created);

		check_status(check, "vrrpd", status, noon_us());
		assert_int_equal(check_level_of(check), rows[i].level);
		json_decref(status);
		json_decref(check);
	}
}

static void
a_daemon_is_expected_where_there_is_work_or_it_ran(void **state)
{
	json_t *status = parse("{\"config\":{\"instances\":0,\"services\":2}}");

	(void)state;
	assert_true(check_is_expected("checkd", status, false));
	assert_false(check_is_expected("vrrpd", status, false));
	assert_true(check_is_expected("vrrpd", status, true));
	assert_false(check_is_expected("checkd", NULL, false));
	json_decref(status);
}

/* The problem of VI_1 on the nodes, or "" when there is none. */
static void
assert_problem(const char *instances_text, bool complete, const char *expected)
{
	json_t *instances = parse(instances_text);
	json_t *problems = nodes_problems(instances, complete);
	const char *problem =
	    json_string_value(json_object_get(json_array_get(problems, 0), "problem"));

	assert_string_equal(problem != NULL ? problem : "", expected);
	json_decref(problems);
	json_decref(instances);
}

static void
exactly_one_node_is_to_be_master(void **state)
{
	(void)state;
	assert_problem("[{\"name\":\"VI_1\",\"node\":\"a\",\"state\":\"MASTER\"},"
		       "{\"name\":\"VI_1\",\"node\":\"b\",\"state\":\"BACKUP\"}]",
	    true, "");
	assert_problem("[{\"name\":\"VI_1\",\"node\":\"a\",\"state\":\"MASTER\"},"
		       "{\"name\":\"VI_1\",\"node\":\"b\",\"state\":\"MASTER\"}]",
	    true, "more than one MASTER");
	assert_problem("[{\"name\":\"VI_1\",\"node\":\"a\",\"state\":\"FAULT\"}]", true,
	    "no MASTER");
	assert_problem("[{\"name\":\"VI_1\",\"node\":\"a\",\"state\":\"FAULT\"}]",
	    false, "no MASTER on those that answered");
	assert_problem("[]", true, "");
}

static void
an_instance_is_listed_with_all_its_nodes_together(void **state)
{
	json_t *items =
	    parse("[{\"name\":\"B\",\"node\":\"1\"},{\"name\":\"A\",\"node\":\"1\"},"
		  "{\"name\":\"A\",\"node\":\"2\"},{\"name\":\"B\",\"node\":\"2\"}]");
	json_t *sorted = nodes_by_name(items), *item;
	char order[16] = "";
	size_t i;

	(void)state;
	json_array_foreach (sorted, i, item) {
		strcat(order, json_string_value(json_object_get(item, "name")));
		strcat(order, json_string_value(json_object_get(item, "node")));
	}
	assert_string_equal(order, "B1B2A1A2");
	json_decref(sorted);
	json_decref(items);
}

static void
the_status_of_several_nodes_is_the_one_that_matters(void **state)
{
	(void)state;
	assert_int_equal(nodes_worse(CTL_EXIT_DONE, CTL_EXIT_DONE), CTL_EXIT_DONE);
	assert_int_equal(
	    nodes_worse(CTL_EXIT_DONE, CTL_EXIT_NOT_FOUND), CTL_EXIT_PARTLY);
	assert_int_equal(
	    nodes_worse(CTL_EXIT_UNREACHABLE, CTL_EXIT_FAILED), CTL_EXIT_UNREACHABLE);
	assert_int_equal(nodes_worse(CTL_EXIT_UNREACHABLE, CTL_EXIT_INTERRUPTED),
	    CTL_EXIT_INTERRUPTED);
}

static void
what_a_maintenance_left_is_no_problem_but_told(void **state)
{
	json_t *check = check_new();
	json_t *instances = parse(
	    "[{\"name\":\"VI_1\",\"stay\":false},{\"name\":\"VI_2\",\"stay\":true},"
	    "{\"name\":\"VI_3\",\"stay\":true}]");
	const json_t *remarks = json_object_get(check, "remarks");

	(void)state;
	check_stays(check, instances);
	assert_int_equal(check_level_of(check), CHECK_OK);
	assert_int_equal(json_array_size(remarks), 1);
	assert_string_equal(json_string_value(json_array_get(remarks, 0)),
	    "VI_2 and 1 more leave the role where it is, after a maintenance with "
	    "\"stay\"");
	json_decref(instances);
	json_decref(check);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_worst_level_counts_and_unknown_is_less_than_critical),
	    cmocka_unit_test(instances_are_judged_by_state),
	    cmocka_unit_test(only_recent_refusals_are_worth_a_word),
	    cmocka_unit_test(what_a_maintenance_left_is_no_problem_but_told),
	    cmocka_unit_test(leases_are_old_after_a_day),
	    cmocka_unit_test(a_daemon_is_expected_where_there_is_work_or_it_ran),
	    cmocka_unit_test(an_instance_is_listed_with_all_its_nodes_together),
	    cmocka_unit_test(exactly_one_node_is_to_be_master),
	    cmocka_unit_test(the_status_of_several_nodes_is_the_one_that_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

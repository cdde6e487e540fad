/* SPDX-License-Identifier: Apache-2.0 */
/* test_conf_diag.c - the list of findings, as text and as JSON. */
#include "common/conf_diag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/conf_utf8.h"
#include "tests/unit/unit.h"

static void
add(struct conf_diags *diags, enum conf_severity severity, const char *file, int line,
    int column, const char *text)
{
	conf_diags_add(diags, severity, file, line, column, 3, NULL, NULL, "%s", text);
}

static char *
printed(const struct conf_diags *diags)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(to);
	conf_diags_print(diags, to);
	assert_int_equal(fclose(to), 0);
	return text;
}

CASE(findings_print_with_line_caret_and_suggestion)
{
	struct conf_diags *diags = conf_diags_new();

	conf_diags_add(diags, CONF_ERROR, "a.conf", 3, 2, 4, "\tprio 5", "priority",
	    "'%s' is wrong", "prio");
	conf_diags_add(diags, CONF_WARNING, "a.conf", 4, 9, 1, "\xc3\xa9 x", NULL,
	    "beyond the end");
	conf_diags_add(
	    diags, CONF_WARNING, "a.conf", 5, 4, 2, "\xc3\xa9 xy", NULL, "b");
	conf_diags_add(diags, CONF_ERROR, "a.conf", 0, 0, 1, NULL, NULL, "no line");
	char *text = printed(diags);
	assert_string_equal(text,
	    "a.conf:3:2: error: 'prio' is wrong (did you mean 'priority'?)\n"
	    "    \tprio 5\n"
	    "    \t^~~~\n"
	    "a.conf:4:9: warning: beyond the end\n"
	    "    \xc3\xa9 x\n"
	    "a.conf:5:4: warning: b\n"
	    "    \xc3\xa9 xy\n"
	    "      ^~\n"
	    "a.conf: error: no line\n"
	    "does not run: 2 errors, 2 warnings\n");
	free(text);
	conf_diags_free(diags);
}

CASE(the_verdict_is_that_of_the_worst)
{
	struct conf_diags *diags = conf_diags_new();

	assert_int_equal(conf_diags_verdict(diags), CONF_RUNS);
	add(diags, CONF_WARNING, "a", 1, 1, "w");
	assert_int_equal(conf_diags_verdict(diags), CONF_RUNS_WITH_CHANGES);
	add(diags, CONF_ERROR, "a", 1, 1, "e");
	add(diags, CONF_WARNING, "a", 1, 1, "w");
	assert_int_equal(conf_diags_verdict(diags), CONF_DOES_NOT_RUN);
	assert_string_equal(conf_verdict_text(CONF_RUNS), "runs");
	assert_string_equal(
	    conf_verdict_text(CONF_RUNS_WITH_CHANGES), "runs with changes");
	assert_string_equal(conf_verdict_text(CONF_DOES_NOT_RUN), "does not run");
	conf_diags_free(diags);
}

CASE(findings_are_sorted_by_file_in_the_order_of_reading)
{
	static const char *const order[] = {"1", "2", "3", "4", "5"};
	struct conf_diags *diags = conf_diags_new();

	conf_diags_add_file(diags, "z.conf");
	conf_diags_add_file(diags, "a.conf");
	add(diags, CONF_ERROR, "a.conf", 1, 1, "5");
	add(diags, CONF_ERROR, "z.conf", 10, 1, "4");
	add(diags, CONF_ERROR, "z.conf", 9, 5, "2");
	add(diags, CONF_ERROR, "z.conf", 9, 5, "3");
	add(diags, CONF_ERROR, "z.conf", 9, 1, "1");
	conf_diags_sort(diags);
	for (size_t i = 0; i < COUNT_OF(order); i++)
		assert_string_equal(conf_diags_get(diags, i)->text, order[i]);
	assert_null(conf_diags_get(diags, COUNT_OF(order)));
	conf_diags_free(diags);
}

CASE(a_full_list_keeps_errors_and_counts_the_rest)
{
	struct conf_diags *diags = conf_diags_new();

	for (int i = 0; i < CONF_DIAGS_MAX + 5; i++)
		add(diags, CONF_WARNING, "a", i + 1, 1, "w");
	assert_true(conf_diags_full(diags, CONF_WARNING));
	assert_false(conf_diags_full(diags, CONF_ERROR));
	add(diags, CONF_ERROR, "a", 7, 1, "e");
	assert_int_equal(conf_diags_count(diags), CONF_DIAGS_MAX);
	assert_int_equal(conf_diags_warnings(diags), CONF_DIAGS_MAX + 5);
	assert_int_equal(conf_diags_errors(diags), 1);
	assert_string_equal(conf_diags_get(diags, CONF_DIAGS_MAX - 1)->text, "e");
	for (int i = 0; i < CONF_DIAGS_MAX + 5; i++)
		add(diags, CONF_ERROR, "a", i + 1, 1, "e");
	assert_true(conf_diags_full(diags, CONF_ERROR));
	for (size_t i = 0; i < CONF_DIAGS_MAX; i++)
		assert_int_equal(conf_diags_get(diags, i)->severity, CONF_ERROR);
	char *text = printed(diags);
	assert_non_null(strstr(text, "and 1011 further findings not shown\n"
				     "does not run: 1006 errors, 1005 warnings\n"));
	free(text);
	conf_diags_free(diags);
}

CASE(json_carries_everything_and_is_read_back)
{
	struct conf_diags *diags = conf_diags_new(), *copy = conf_diags_new();

	conf_diags_add(
	    diags, CONF_ERROR, "a.conf", 3, 2, 4, "\tprio 5", "priority", "x");
	add(diags, CONF_WARNING, "b.conf", 1, 1, "caf\xc3\xa9 \xff\x1b");
	json_t *json = conf_diags_json(diags);
	char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
	assert_string_equal(text,
	    "{\"verdict\":\"does not run\",\"errors\":1,\"warnings\":1,\"findings\":["
	    "{\"severity\":\"error\",\"file\":\"a.conf\",\"line\":3,\"column\":2,"
	    "\"length\":4,\"text\":\"x\",\"source\":\"\\tprio 5\","
	    "\"suggestion\":\"priority\"},"
	    "{\"severity\":\"warning\",\"file\":\"b.conf\",\"line\":1,\"column\":1,"
	    "\"length\":3,\"text\":\"caf\xc3\xa9 ??\",\"source\":null,"
	    "\"suggestion\":null}]}");
	free(text);
	assert_int_equal(conf_diags_from_json(copy, json), 0);
	json_t *again = conf_diags_json(copy);
	assert_true(json_equal(json, again));
	json_decref(json);
	json_decref(again);
	conf_diags_free(diags);
	conf_diags_free(copy);
}

CASE(json_from_elsewhere_is_not_trusted)
{
	static const char *const rows[] = {
	    "{}",
	    "{\"findings\":{}}",
	    "{\"findings\":[1]}",
	    "{\"findings\":[{\"severity\":\"error\"}]}",
	    ("{\"findings\":[{\"severity\":\"error\",\"file\":\"a\",\"line\":-1,"
	     "\"column\":1,\"length\":1,\"text\":\"x\"}]}"),
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_diags *diags = conf_diags_new();
		json_t *json = json_loads(rows[i], 0, NULL);
		assert_int_equal(conf_diags_from_json(diags, json), -EBADMSG);
		assert_int_equal(conf_diags_count(diags), 0);
		json_decref(json);
		conf_diags_free(diags);
	}
}

CASE(only_text_is_shown)
{
	static const struct {
		const char *text, *clean;
	} rows[] = {
	    /* clang-format off */
	    { "plain\ttext",             "plain\ttext" },
	    { "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9f",
	      "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9f" },
	    { "\x1b[2J\n\x7f",           "?[2J??" },
	    { "\xc3",                    "?" },
	    { "\xc3(",                   "?(" },
	    { "\xc0\xaf",                "??" }, /* overlong */
	    { "\xe0\x80\xaf",            "???" },
	    { "\xed\xa0\x80",            "???" }, /* a surrogate */
	    { "\xf4\x90\x80\x80",        "????" },
	    { "\xc2\x9b",                "??" }, /* CSI as a C1 control */
	    { "\xe2\x82",                "??" },
	    /* clang-format on */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[32];
		strcpy(text, rows[i].text);
		conf_utf8_clean(text);
		assert_string_equal(text, rows[i].clean);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(findings_print_with_line_caret_and_suggestion),
	    cmocka_unit_test(the_verdict_is_that_of_the_worst),
	    cmocka_unit_test(findings_are_sorted_by_file_in_the_order_of_reading),
	    cmocka_unit_test(a_full_list_keeps_errors_and_counts_the_rest),
	    cmocka_unit_test(json_carries_everything_and_is_read_back),
	    cmocka_unit_test(json_from_elsewhere_is_not_trusted),
	    cmocka_unit_test(only_text_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

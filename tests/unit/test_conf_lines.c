/* SPDX-License-Identifier: Apache-2.0 */
/* test_conf_lines.c - comments, conditions, macros and generators, seen in what is
 * parsed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/unit/conf_fixture.h"

/* The words of notification_email, in which anything may stand, joined by "|". */
static const char *
words_of(const char *before, const char *lines)
{
	static char text[4096], out[4096];
	(void)snprintf(text, sizeof(text),
	    "%s\nglobal_defs {\nnotification_email {\n%s\n}\n}\n", before, lines);
	struct conf_fixture conf = conf_of(text);
	char *canonical = conf_tree_print(conf.tree, true);
	const char *start = canonical ? strstr(canonical, "\t\t") : NULL;

	out[0] = '\0';
	while (start) {
		size_t len = strcspn(start += 2, "\n");
		(void)snprintf(out + strlen(out), sizeof(out) - strlen(out), "%.*s|",
		    (int)len, start);
		start = strstr(start, "\t\t");
	}
	free(canonical);
	conf_done(&conf);
	return out;
}

struct row {
	const char *before, *lines, *words;
};

static void
check_rows(const struct row rows[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words_of(rows[i].before, rows[i].lines), rows[i].words) != 0)
			fail_msg("%s\n%s\n-- gives --\n%s", rows[i].before,
			    rows[i].lines, words_of(rows[i].before, rows[i].lines));
}

CASE(comments_end_a_line_outside_quotes)
{
	static const struct row rows[] = {
	    {"", "a # b\nc ! d\n! e\n#f", "a|c|"},
	    {"", "\"a # b\" c", "\"a # b\"|c|"},
	    {"", "a\\#b \\!c", "\"a#b\"|\"!c\"|"},
	    {"", "a\r\n", "a|"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(conditions_choose_lines_by_the_configuration_id)
{
	static const struct row rows[] = {
	    {"", "@lb1 a\n@lb2 b\n@^lb1 c\n@^lb2 d\ne", "a|d|e|"},
	    {"@lb1 $X=1\n@^lb1 $X=2", "$X", "1|"},
	    {"@lb2 $X=1\n@^lb2 $X=2", "$X", "2|"},
	    {"@lb2 $X= \\\na \\\nb\n$X=c", "$X", "c|"},
	    {"", "@lb a\n@lb11 b\n@ c", ""},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(macros_are_replaced_late_and_in_turn)
{
	static const struct row rows[] = {
	    {"$A=1", "$A ${A}x x${A}", "1|1x|x1|"},
	    {"$A=${B}${B}\n$B=x", "${A}", "xx|"},
	    {"$A=$B\n$B=1\n$A=$C\n$C=2", "$A", "2|"},
	    {"$A=1", "($A) $A,$A", "(1)|1,1|"},
	    /* The bare form needs a delimiter; keepalived leaves this as it is too. */
	    {"$A=1", "$A/24", "\"$A/24\"|"},
	    {"", "${UNKNOWN} $x", "\"${UNKNOWN}\"|\"$x\"|"},
	    {"$A=a b", "$A \"$A\"", "a|b|\"$A\"|"},
	    {"$A=a b", "\"${A}\"", "\"a b\"|"},
	    {"$EMPTY=", "a${EMPTY}b", "ab|"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(a_macro_of_several_lines_is_several_lines)
{
	static const struct row rows[] = {
	    {"$A= \\\na b \\\n@lb2 c \\\n@lb1 d", "$A", "a|b|d|"},
	    {"$A=a \\\nb # comment \\\nc", "$A", "a|b|c|"},
	    {"$A= \\\n${n} x", "~SEQ(n, 2) $A", "1|x|2|x|"},
	    {"$A= \\\n~SEQ(i, 2) ${n}${i} \\\nend", "~LST(n, a, b) $A",
		"a1|a2|end|b1|b2|end|"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(generators_repeat_their_line)
{
	static const struct row rows[] = {
	    {"", "~SEQ(i, 3) a${i}", "a1|a2|a3|"},
	    {"", "x ~SEQ(i, 2) $i", "x|1|x|2|"},
	    {"", "~SEQ(i, 2) ~SEQ(j, 2) ${i}${j}", "11|12|21|22|"},
	    {"$N=2", "~SEQ(i, $N) $i", "1|2|"},
	    {"", "~LST({a,b}, {1,2}, {3}) ${a}-${b}", "1-2|3-|"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(builtin_macros_have_values)
{
	static const struct row rows[] = {
	    {"", "${_HASH} ${_BANG}", "\"#\"|\"!\"|"},
	    {"", "${_PWD}", ".|"},
	    {"instance blue", "${_INSTANCE}", "blue|"},
	    {"", "a${_INSTANCE}", "a|"},
	    {"", "${_RANDOM 7 7}", "7|"},
	    {"", "${_RANDOM 9 7}", "9|"},
	    {"", "${_RANDOM 32767}", "32767|"},
	    {"", "${_UNKNOWN}", "\"${_UNKNOWN}\"|"},
	    {"$A=1", "${A ${A", "\"${A\"|\"${A\"|"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(random_numbers_repeat_with_their_seed)
{
	char first[256];

	(void)snprintf(first, sizeof(first), "%s",
	    words_of("global_defs { random_seed 5 }", "${_RANDOM} ${_RANDOM 1 6}"));
	assert_string_equal(
	    words_of("global_defs { random_seed 5 }", "${_RANDOM} ${_RANDOM 1 6}"),
	    first);
	assert_string_not_equal(
	    words_of("global_defs { random_seed 6 }", "${_RANDOM} ${_RANDOM 1 6}"),
	    first);
}

CASE(mistakes_in_lines_are_told_with_their_place)
{
	static const struct {
		const char *text, *findings;
	} rows[] = {
	    {"$A=$A\n$A\n",
		"2:1: error: a macro refers to itself, or is nested too deeply\n"},
	    {"$A=1\nglobal_defs {\n router_id $A/2\n}",
		"3:12: warning: '$A' is not replaced here: a macro inside a word is "
		"written ${A}\n"},
	    {"global_defs {\n router_id ${A}\n}",
		"2:12: warning: '${A}' is not defined and stays as it is\n"},
	    {"global_defs {\n router_id a#b\n}",
		"2:13: warning: '#' begins a comment even inside a word: write \\#, or "
		"quote the word\n"},
	    {"@lb1 ${_ENV NOT_SET}\n",
		"1:6: error: the environment variable 'NOT_SET' is not set\n"},
	    {" ~SEQ(i, 2, 1) $i\n", "1:2: error: ~SEQ never reaches its end\n"},
	    {"$A= \\\nb \\\n",
		"2:1: error: the file ends inside the definition of a macro\n"},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_fixture conf = conf_of(rows[i].text);
		assert_findings(&conf, rows[i].findings);
		conf_done(&conf);
	}
}

CASE(words_from_a_macro_stand_where_the_macro_was_used)
{
	struct conf_fixture conf =
	    conf_of("$P=a 300\nglobal_defs {\n\tvrrp_version $P\n}\n");

	assert_findings(&conf,
	    "3:15: error: 'a' is no whole number, as vrrp_version takes\n"
	    "3:15: error: '300' is one word too many: vrrp_version N\n");
	conf_done(&conf);
}

CASE(a_line_with_a_nul_byte_is_left_out)
{
	static const char text[] = "global_defs {\nrouter_id a\0b\nrouter_id c\n}\n";
	struct conf_diags *diags = conf_diags_new();
	struct conf_text *loaded;
	struct conf_tree *tree;

	assert_int_equal(
	    conf_text_from_memory("t.conf", text, sizeof(text) - 1, diags, &loaded), 0);
	assert_int_equal(conf_tree_parse(loaded, NULL, diags, &tree), 0);
	struct conf_fixture conf = {diags, tree};
	assert_findings(
	    &conf, "2:12: error: a NUL byte in a line: the line is left out\n");
	assert_canonical(&conf, "global_defs {\n\trouter_id c\n}\n");
	conf_text_free(loaded);
	conf_done(&conf);
}

CASE(what_grows_without_end_is_stopped)
{
	static const char *const rows[] = {
	    "$A=${B}${B}${B}${B}\n$B=${C}${C}${C}${C}\n$C=${A}${A}${A}${A}\n${A}\n",
	    "~SEQ(i, 1000000000000) \n",
	    "~SEQ(i, 100000) ~SEQ(j, 100000) ~SEQ(k, 100000) #\n",
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_fixture conf = conf_of(rows[i]);
		assert_int_equal(conf_diags_verdict(conf.diags), CONF_DOES_NOT_RUN);
		conf_done(&conf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(comments_end_a_line_outside_quotes),
	    cmocka_unit_test(conditions_choose_lines_by_the_configuration_id),
	    cmocka_unit_test(macros_are_replaced_late_and_in_turn),
	    cmocka_unit_test(a_macro_of_several_lines_is_several_lines),
	    cmocka_unit_test(generators_repeat_their_line),
	    cmocka_unit_test(builtin_macros_have_values),
	    cmocka_unit_test(random_numbers_repeat_with_their_seed),
	    cmocka_unit_test(mistakes_in_lines_are_told_with_their_place),
	    cmocka_unit_test(words_from_a_macro_stand_where_the_macro_was_used),
	    cmocka_unit_test(a_line_with_a_nul_byte_is_left_out),
	    cmocka_unit_test(what_grows_without_end_is_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

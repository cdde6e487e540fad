/* SPDX-License-Identifier: Apache-2.0 */
/* test_hactl_words.c - lines taken apart, options, escaped texts, times of day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "hactl/brief.h"
#include "hactl/escape.h"
#include "hactl/field_text.h"
#include "hactl/options.h"
#include "hactl/when.h"
#include "hactl/words.h"

/* The words of a line, each in brackets, and how it ended. */
static void
assert_words(const char *line, const char *expected, enum words_end end)
{
	struct words words;
	char got[256] = "";

	words_split(line, &words);
	for (size_t i = 0; i < words.count; i++) {
		strcat(got, "[");
		strcat(got, words.items[i]);
		strcat(got, "]");
	}
	assert_string_equal(got, expected);
	assert_int_equal(words.end, end);
	words_done(&words);
}

static void
lines_are_split_at_blanks(void **state)
{
	(void)state;
	assert_words("", "", WORDS_BLANK);
	assert_words("a  b\tc\n", "[a][b][c]", WORDS_BLANK);
	assert_words("a b", "[a][b]", WORDS_INSIDE);
}

static void
quotes_keep_blanks(void **state)
{
	(void)state;
	assert_words("\"a b\" 'c \"d' e\\ f", "[a b][c \"d][e f]", WORDS_INSIDE);
	assert_words("x\"\" ''", "[x][]", WORDS_INSIDE);
	assert_words("'a\\' b", "[a\\][b]", WORDS_INSIDE);
	assert_words("a \"b c", "[a][b c]", WORDS_QUOTED);
}

static void
comments_begin_where_a_word_would(void **state)
{
	(void)state;
	assert_words("# all", "", WORDS_BLANK);
	assert_words("a #b c", "[a]", WORDS_BLANK);
	assert_words("a#b", "[a#b]", WORDS_INSIDE);
}

static void
words_know_where_they_began(void **state)
{
	struct words words;

	(void)state;
	words_split("  ab \"c d\"", &words);
	assert_int_equal(words.starts[0], 2);
	assert_int_equal(words.starts[1], 5);
	words_done(&words);
}

static char *
parse(struct options *options, bool in_shell, const char *const *words)
{
	size_t count = 0;

	while (words[count] != NULL)
		count++;
	return options_parse(words, count, in_shell, options);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void
options_are_taken_out_of_the_words(void **state)
{
	struct options options = {0};

	(void)state;
	assert_null(parse(&options, false,
	    WORDS("-yq", "failover", "--wait=5s", "VI_1", "-t", "2s", "-R/tmp/x")));
	assert_int_equal(options.count, 2);
	assert_string_equal(options.words[1], "VI_1");
	assert_true(options_given(&options, OPTION_YES));
	assert_true(options_given(&options, OPTION_QUIET));
	assert_int_equal(options.wait_us, 5000000);
	assert_int_equal(options.timeout_us, 2000000);
	assert_string_equal(options.run_dir, "/tmp/x");
}

static void
later_options_add_to_earlier_ones(void **state)
{
	struct options options = {0};

	(void)state;
	assert_null(parse(&options, false, WORDS("-j", "--no-wait")));
	assert_null(parse(&options, true, WORDS("--wait", "version")));
	assert_int_equal(options.json, JSON_AUTO);
	assert_true(options_given(&options, OPTION_WAIT));
	assert_false(options_given(&options, OPTION_NO_WAIT));
	assert_int_equal(options.count, 1);
}

static void
values_that_look_like_options_are_values(void **state)
{
	struct options options = {0};

	(void)state;
	assert_null(parse(&options, false, WORDS("--reason", "-j", "set", "-50", "-")));
	assert_string_equal(options.reason, "-j");
	assert_int_equal(options.json, JSON_OFF);
	assert_int_equal(options.count, 3);
}

static void
wrong_options_are_explained(void **state)
{
	static const struct {
		const char *word, *said;
	} rows[] = {
	    {"--nothing", "unknown option"},
	    {"-qZ", "unknown option"},
	    {"--if-rev=-1", "wants a number"},
	    {"--if-rev=", "wants a number"},
	    {"--wait=0", "wants a time"},
	    {"--yes=1", "takes no value"},
	    {"--timeout", "needs a value"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct options options = {0};
		char *wrong = parse(&options, false, WORDS(rows[i].word));

		assert_non_null(wrong);
		assert_non_null(strstr(wrong, rows[i].said));
		free(wrong);
	}
}

static void
option_words_know_whether_their_value_follows(void **state)
{
	(void)state;
	assert_true(options_wants_next("-t"));
	assert_true(options_wants_next("--timeout"));
	assert_false(options_wants_next("-t5s"));
	assert_false(options_wants_next("--timeout=5s"));
	assert_false(options_wants_next("--wait"));
	assert_false(options_wants_next("-50"));
	assert_false(options_wants_next("word"));
}

/* The words without -H, each in brackets. */
static void
assert_without_host(const char *const *words, const char *expected)
{
	char got[256] = "", *kept[16];
	size_t count = 0;

	while (words[count] != NULL)
		count++;
	count = options_without(words, count, OPTION_HOST, kept);
	for (size_t i = 0; i < count; i++) {
		strcat(got, "[");
		strcat(got, kept[i]);
		strcat(got, "]");
		free(kept[i]);
	}
	assert_string_equal(got, expected);
}

static void
an_option_is_left_out_with_its_value(void **state)
{
	(void)state;
	assert_without_host(WORDS("-H", "lb1,lb2", "show", "status"), "[show][status]");
	assert_without_host(WORDS("-Hlb1", "-j", "show", "vip"), "[-j][show][vip]");
	assert_without_host(WORDS("show", "--host", "lb1", "vip"), "[show][vip]");
	assert_without_host(WORDS("show", "--host=lb1", "vip"), "[show][vip]");
	assert_without_host(WORDS("-jqHlb1", "version"), "[-jq][version]");
	assert_without_host(WORDS("-jH", "lb1", "version"), "[-j][version]");
	assert_without_host(WORDS("version", "-H"), "[version]");
}

static void
what_only_looks_like_the_option_stays(void **state)
{
	(void)state;
	/* The value of another one, a name after "--", a letter within a value. */
	assert_without_host(WORDS("--reason", "-H", "lb1"), "[--reason][-H][lb1]");
	assert_without_host(WORDS("-t", "-H", "lb1"), "[-t][-H][lb1]");
	assert_without_host(
	    WORDS("run", "--", "ssh", "-H", "x"), "[run][--][ssh][-H][x]");
	assert_without_host(WORDS("-R/tmp/H", "version"), "[-R/tmp/H][version]");
	assert_without_host(
	    WORDS("-5H", "-Z", "--reason=-H"), "[-5H][-Z][--reason=-H]");
}

static void
options_of_the_start_are_refused_in_the_shell(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPTION_COUNT_; i++) {
		const struct option_row *row = &option_rows[i];
		struct options options = {0};
		char word[32];
		char *wrong;

		assert_int_equal(row->id, i);
		if (!row->at_start)
			continue;
		(void)snprintf(word, sizeof(word), "--%s%s", row->name,
		    row->value != NULL ? "=x" : "");
		wrong = parse(&options, true, WORDS(word));
		assert_non_null(wrong);
		free(wrong);
		assert_null(parse(&options, false, WORDS(word)));
		assert_true(options_given(&options, row->id));
	}
}

static void
assert_brief(const char *syntax, const char *expected)
{
	char *brief = brief_syntax(syntax);

	assert_string_equal(brief, expected);
	free(brief);
}

static void
a_syntax_has_a_plainest_form(void **state)
{
	(void)state;
	assert_brief("show instance(s)", "show instances");
	assert_brief("show instance(s) NAME [detail]", "show instance NAME");
	assert_brief("[show] version", "version");
	assert_brief("log [N] [follow]", "log");
	assert_brief("save [NAME...]", "save");
	assert_brief("call (vrrpd | checkd) METHOD [PARAM...]", "call vrrpd METHOD");
	assert_brief("run (node | [instance] NAME) [for T] CMD...", "run node CMD...");
	assert_brief(
	    "wait ([instance] NAME state STATE | synced)", "wait NAME state STATE");
	assert_brief(
	    "set [instance] NAME (priority N | nopreempt (on | off))... [for T]",
	    "set NAME priority N ...");
}

static void
assert_escaped(const char *text, const char *expected)
{
	char *got = escape_text(text);

	assert_string_equal(got, expected);
	free(got);
}

static void
what_controls_a_terminal_is_escaped(void **state)
{
	(void)state;
	assert_escaped("plain gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x98\x80",
	    "plain gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x98\x80");
	assert_escaped("\x1b[31m\n\t\x7f", "\\x1b[31m\\x0a\\x09\\x7f");
	assert_escaped("\xc2\x9b", "\\xc2\\x9b");
	assert_escaped("\xe2\x80\xae", "\\xe2\\x80\\xae");
	assert_escaped("\xff\xc3", "\\xff\\xc3");
	assert_escaped("\xe2\x82", "\\xe2\\x82");
	assert_escaped("", "");
}

static void
strings_anywhere_in_json_are_escaped(void **state)
{
	json_t *json =
	    json_loads("{\"a\\u001b\": [\"x\\u0007\", 1, {\"k\": null}]}", 0, NULL);
	json_t *safe = escape_json(json);
	char *text = json_dumps(safe, JSON_COMPACT);

	(void)state;
	assert_string_equal(text, "{\"a\\\\x1b\":[\"x\\\\x07\",1,{\"k\":null}]}");
	free(text);
	json_decref(safe);
	json_decref(json);
}

/* JSON written with '. */
static json_t *
from_quotes(const char *text)
{
	char json[256];
	size_t len = 0;

	for (; text[len] != '\0'; len++)
		json[len] = (char)(text[len] == '\'' ? '"' : text[len]);
	json[len] = '\0';
	return json_loads(json, 0, NULL);
}

static void
fields_are_told_by_range_and_value(void **state)
{
	static const struct {
		const char *field, *object, *said;
	} rows[] = {
	    {"{'min': 1, 'max': 254}", "{'x': 7}", "1..254, now 7"},
	    {"{'min': 1, 'max': 254}", "{}", "1..254"},
	    {"{}", "{'x': false}", "now off"},
	    {"{'unit': 'ms', 'min': 0, 'max': 1500}", "{'x': 250}",
		"0..1.5s, now 0.25s"},
	    {"{}",
		"{'x': 7, 'sources': {'x': {'layer': 'lease', 'lease': 'L-1', "
		"'base': 5, 'file': 'f'}}}",
		"now 7 (lease L-1), file 5"},
	    /* What a hold gives is no value that somebody set. */
	    {"{}",
		"{'x': 7, 'sources': {'x': {'layer': 'lease', 'lease': 'L-1', "
		"'base': 5, 'file': 'f', 'set': {'layer': 'runtime'}}}}",
		"now 7 (live edit), file 5"},
	    {"{}",
		"{'x': 5, 'sources': {'x': {'layer': 'lease', 'lease': 'L-1', "
		"'base': 5, 'file': 'f', 'set': {'layer': 'file'}}}}",
		"now 5"},
	    {"{}", "{'x': true, 'sources': {'x': {'layer': 'runtime', 'base': false}}}",
		"now on (live edit), otherwise off"},
	    {"{}",
		"{'x': 7, 'sources': {'x': {'layer': 'saved', 'base': 5, 'file': ''}}}",
		"now 7 (saved), file 5"},
	    {"{}", "{'x': 7, 'sources': {'x': {'layer': 'file', 'base': 7}}}", "now 7"},
	    {"{}", "{'x': 7, 'sources': {'x': {'layer': 'odd', 'base': 7}}}", "now 7"},
	    {"{}", "{'x': null}", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *field = from_quotes(rows[i].field);
		json_t *object = from_quotes(rows[i].object);
		char *said = field_text(field, "x", object);

		assert_string_equal(said, rows[i].said);
		free(said);
		json_decref(object);
		json_decref(field);
	}
}

static void
fields_are_found_by_the_word_of_the_command(void **state)
{
	json_t *fields =
	    from_quotes("{'preempt_delay_ms': {'keyword': 'preempt_delay'}, "
			"'nopreempt': {}}");

	(void)state;
	assert_string_equal(
	    field_text_name(fields, "preempt-delay"), "preempt_delay_ms");
	assert_string_equal(field_text_name(fields, "nopreempt"), "nopreempt");
	assert_null(field_text_name(fields, "preempt"));
	assert_null(field_text_name(fields, "nopreempts"));
	assert_null(field_text_name(NULL, "nopreempt"));
	json_decref(fields);
}

#define AT_0340 INT64_C(1763696400000000) /* 2025-11-21T03:40:00Z */

static void
times_of_daemons_are_read(void **state)
{
	char buf[UNITS_TEXT_SIZE];
	int64_t us = 7;

	(void)state;
	assert_true(when_parse("2025-11-21T03:40:00.5Z", &us));
	assert_int_equal(us, AT_0340 + 500000);
	assert_false(when_parse("2025-11-21 03:40:00", &us));
	assert_false(when_parse("", &us));
	assert_false(when_parse(NULL, &us));
	assert_int_equal(us, AT_0340 + 500000);
	assert_string_equal(when_age(buf, "2025-11-21T03:36:48Z", AT_0340), "3m12s");
	assert_string_equal(when_age(buf, "2025-11-21T03:40:01Z", AT_0340), "0s");
	assert_string_equal(when_left(buf, "2025-11-21T03:40:05Z", AT_0340), "5s");
	assert_string_equal(when_age(buf, "?", AT_0340), "-");
}

static void
times_are_shown_by_the_local_clock(void **state)
{
	char buf[UNITS_TEXT_SIZE];

	(void)state;
	assert_string_equal(
	    when_clock(buf, "2025-11-21T03:51:02.9Z", AT_0340), "03:51:02");
	assert_string_equal(
	    when_clock(buf, "2025-11-22T03:51:02Z", AT_0340), "2025-11-22 03:51:02");
}

static void
until_is_the_next_time_the_clock_shows(void **state)
{
	int64_t span_us = 0;

	(void)state;
	assert_true(when_until("05:30", AT_0340, &span_us));
	assert_int_equal(span_us, INT64_C(6600) * US_PER_S);
	assert_true(when_until("03:40", AT_0340, &span_us));
	assert_int_equal(span_us, INT64_C(86400) * US_PER_S);
	assert_true(when_until("03:40:01", AT_0340, &span_us));
	assert_int_equal(span_us, US_PER_S);
	assert_false(when_until("24:30", AT_0340, &span_us));
	assert_false(when_until("5h", AT_0340, &span_us));
	assert_false(when_until("05:30x", AT_0340, &span_us));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_split_at_blanks),
	    cmocka_unit_test(quotes_keep_blanks),
	    cmocka_unit_test(comments_begin_where_a_word_would),
	    cmocka_unit_test(words_know_where_they_began),
	    cmocka_unit_test(options_are_taken_out_of_the_words),
	    cmocka_unit_test(later_options_add_to_earlier_ones),
	    cmocka_unit_test(values_that_look_like_options_are_values),
	    cmocka_unit_test(wrong_options_are_explained),
	    cmocka_unit_test(option_words_know_whether_their_value_follows),
	    cmocka_unit_test(an_option_is_left_out_with_its_value),
	    cmocka_unit_test(what_only_looks_like_the_option_stays),
	    cmocka_unit_test(options_of_the_start_are_refused_in_the_shell),
	    cmocka_unit_test(a_syntax_has_a_plainest_form),
	    cmocka_unit_test(what_controls_a_terminal_is_escaped),
	    cmocka_unit_test(strings_anywhere_in_json_are_escaped),
	    cmocka_unit_test(fields_are_told_by_range_and_value),
	    cmocka_unit_test(fields_are_found_by_the_word_of_the_command),
	    cmocka_unit_test(times_of_daemons_are_read),
	    cmocka_unit_test(times_are_shown_by_the_local_clock),
	    cmocka_unit_test(until_is_the_next_time_the_clock_shows),
	};

	/* Times of day are those of a place; here of one without summer time. */
	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

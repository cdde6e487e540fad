/* SPDX-License-Identifier: Apache-2.0 */
/* test_cmd_table.c - the table of commands: every row is sound, every line means one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "hactl/cmd_table.h"
#include "hactl/complete.h"
#include "hactl/options.h"
#include "hactl/order.h"
#include "hactl/words.h"

static void
every_syntax_is_understood(void **state)
{
	struct cmdtree *tree = cmdtree_new();

	(void)state;
	for (size_t i = 0; i < command_count; i++)
		assert_int_equal(cmdtree_add(tree, commands[i].syntax), i);
	cmdtree_free(tree);
}

static void
every_row_has_what_its_kind_needs(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &commands[i];
		bool asks = c->asks != ASKS_NOBODY;

		assert_non_null(c->help);
		assert_int_equal(asks, c->view != NULL);
		assert_true(!asks || c->schema != NULL);
		if (c->kind == COMMAND_MOVE)
			assert_true(c->params != NULL && c->method != NULL);
		if (c->kind == COMMAND_LIST)
			assert_true(c->params == NULL && c->method != NULL);
	}
}

/* Walks to every place of the table and looks at what is offered there. */
static void
walk(struct cmdtree *tree, const char **words, size_t count, size_t depth)
{
	struct cmd_nexts nexts;

	assert_int_equal(cmdtree_next(tree, words, count, &nexts, NULL), CMD_OK);
	for (size_t i = 0; i < nexts.count; i++) {
		const struct cmd_next *next = &nexts.items[i];

		if (!next->keyword || next->shared)
			assert_non_null(cmd_table_word_help(next->token));
		words[count] = next->token;
		if (depth > 0)
			walk(tree, words, count + 1, depth - 1);
	}
	free(nexts.items);
}

static void
every_word_that_can_be_offered_has_help(void **state)
{
	struct cmdtree *tree = cmd_table_tree();
	const char *words[CMD_WORDS_MAX];

	(void)state;
	walk(tree, words, 0, 7);
	cmdtree_free(tree);
}

static void
every_special_option_belongs_to_a_command(void **state)
{
	unsigned taken = 0;

	(void)state;
	for (size_t i = 0; i < command_count; i++)
		taken |= commands[i].takes;
	for (size_t i = 0; i < OPTION_COUNT_; i++) {
		assert_int_equal(option_rows[i].id, i);
		assert_int_equal(option_rows[i].special, (taken & OPTION_BIT(i)) != 0);
	}
}

/* The parameters that a line asks with, as JSON; or what is wrong with it. */
static char *
params_of(const char *line)
{
	struct cmdtree *tree = cmd_table_tree();
	struct options none = {0};
	struct order order;
	struct words words;
	char *text;

	words_split(line, &words);
	text = order_read(
	    tree, (const char *const *)words.items, words.count, &none, true, &order);
	if (text == NULL) {
		json_t *params;

		order.now_us = 0;
		params = order.command->params(&order, &text);
		if (text == NULL)
			text = json_dumps(params, JSON_COMPACT);
		json_decref(params);
	}
	words_done(&words);
	cmdtree_free(tree);
	return text;
}

static void
lines_become_requests(void **state)
{
	static const struct {
		const char *line, *params;
	} rows[] = {
	    {"explain VI_1", "{\"path\":\"instance/VI_1\"}"},
	    {"expl inst VI_1", "{\"path\":\"instance/VI_1\"}"},
	    {"failover VI_1", "{\"target\":\"instance/VI_1\",\"wait\":true}"},
	    {"failover VI_1 hold 90 --no-wait",
		"{\"target\":\"instance/VI_1\",\"hold_ms\":90000,\"wait\":false}"},
	    {"takeover VI_1 for until 00:00:05",
		"{\"target\":\"instance/VI_1\",\"for_ms\":5000,\"wait\":true}"},
	    {"set for priority 9",
		"{\"changes\":[{\"path\":\"instance/for\",\"set\":{\"priority\":9}}]}"},
	    {"unset instance nopreempt nopreempt",
		"{\"changes\":[{\"path\":\"instance/nopreempt\","
		"\"unset\":[\"nopreempt\"]}]}"},
	    {"call vrrpd x a=1 b=x c=\\\"1\\\" d=",
		"{\"a\":1,\"b\":\"x\",\"c\":\"1\",\"d\":\"\"}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *params = params_of(rows[i].line);

		assert_string_equal(params, rows[i].params);
		free(params);
	}
}

static void
wrong_values_are_sentences(void **state)
{
	static const struct {
		const char *line, *said;
	} rows[] = {
	    {"set VI_1 priority 1.5", "wants a whole number"},
	    {"set VI_1 priority 99999999999999999999", "wants a whole number"},
	    {"set VI_1 priority 1 for 0", "no time"},
	    {"failover VI_1 hold until noon", "no time of day"},
	    {"call vrrpd x =1", "not KEY=VALUE"},
	    {"call vrrpd x {\\\"a\\\":1,\\\"a\\\":2}", "not JSON"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *said = params_of(rows[i].line);

		assert_non_null(strstr(said, rows[i].said));
		free(said);
	}
}

static void
give_names(void *userdata, const struct complete_about *about, const char *token,
    struct candidates *to)
{
	(void)userdata;
	assert_string_equal(about->daemon, "vrrpd");
	if (strcmp(token, "NAME") != 0)
		return;
	complete_add(to, "VI_1", "", true);
	complete_add(to, "VI_12", "", true);
}

/* What completion offers, joined by blanks. */
static void
assert_offers(const char *line, const char *prefix, const char *expected)
{
	const struct complete_source source = {
	    .values = give_names, .role = CTL_ROLE_ADMIN};
	struct cmdtree *tree = cmd_table_tree();
	struct candidates candidates;
	struct words words;
	char got[512] = "";

	words_split(line, &words);
	complete_line(tree, (const char *const *)words.items, words.count, prefix,
	    &source, &candidates);
	for (size_t i = 0; i < candidates.count; i++) {
		strcat(got, i > 0 ? " " : "");
		strcat(got, candidates.items[i].text);
	}
	assert_string_equal(got, expected);
	complete_done(&candidates);
	words_done(&words);
	cmdtree_free(tree);
}

static void
completion_knows_words_names_and_options(void **state)
{
	(void)state;
	assert_offers("", "sh", "show");
	assert_offers("explain", "", "instance VI_1 VI_12 vs");
	assert_offers("explain", "VI_12", "VI_12");
	assert_offers("-t 5s --reason x failover VI_1", "", "hold until");
	assert_offers("set VI_1 priority", "", "N");
	assert_offers("set VI_1 --dry-run nopreempt", "o", "on off");
	assert_offers("failover VI_1", "--no-", "--no-legend --no-pager --no-wait");
	assert_offers("show nonsense", "", "");
}

static void
common_beginning_is_what_is_certain(void **state)
{
	struct candidates candidates = {0};
	bool unique = true;
	char *common;

	(void)state;
	common = complete_common(&candidates, &unique);
	assert_string_equal(common, "");
	assert_false(unique);
	free(common);
	complete_add(&candidates, "VI_1", "", true);
	complete_add(&candidates, "NAME", "", false);
	common = complete_common(&candidates, &unique);
	assert_string_equal(common, "VI_1");
	assert_true(unique);
	free(common);
	complete_add(&candidates, "VI_2", "", true);
	common = complete_common(&candidates, &unique);
	assert_string_equal(common, "VI_");
	assert_false(unique);
	free(common);
	complete_done(&candidates);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_syntax_is_understood),
	    cmocka_unit_test(every_row_has_what_its_kind_needs),
	    cmocka_unit_test(every_word_that_can_be_offered_has_help),
	    cmocka_unit_test(every_special_option_belongs_to_a_command),
	    cmocka_unit_test(lines_become_requests),
	    cmocka_unit_test(wrong_values_are_sentences),
	    cmocka_unit_test(completion_knows_words_names_and_options),
	    cmocka_unit_test(common_beginning_is_what_is_certain),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

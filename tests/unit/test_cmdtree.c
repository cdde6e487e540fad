/* SPDX-License-Identifier: Apache-2.0 */
/* test_cmdtree.c - matching of command lines, abbreviations and what may come next. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/cmdtree.h"

/* A grammar with everything the notation can say. */
static const char *const grammar[] = {
    "show status",
    "show stats [OBJ]",
    "show instance(s) [NAME] [detail]",
    "explain [instance] NAME",
    "explain vs NAME",
    "set [instance] NAME (priority N | nopreempt (on|off))... [for T]",
    "set real VS REAL weight N [for T]",
    "failover (all | group GROUP | NAME) [hold T]",
    "reload [vrrpd|checkd]",
    "call (vrrpd|checkd) METHOD [PARAM...]",
    "help [WORD...]",
};

#define GRAMMAR_COUNT (sizeof(grammar) / sizeof(grammar[0]))

struct fixture {
	struct cmdtree *tree;
	char text[512];
	const char *words[CMD_WORDS_MAX + 2];
	size_t count;
	struct cmd_match match;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->tree = cmdtree_new();
	for (size_t i = 0; i < GRAMMAR_COUNT; i++)
		assert_int_equal(cmdtree_add(f->tree, grammar[i]), i);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	cmdtree_free(f->tree);
	free(f);
	return 0;
}

static void
split(struct fixture *f, const char *line)
{
	char *word;

	f->count = 0;
	strncpy(f->text, line, sizeof(f->text) - 1);
	for (word = strtok(f->text, " "); word != NULL; word = strtok(NULL, " "))
		f->words[f->count++] = word;
}

static enum cmd_status
match(struct fixture *f, const char *line)
{
	split(f, line);
	return cmdtree_match(f->tree, f->words, f->count, &f->match);
}

static void
assert_command(struct fixture *f, const char *line, const char *syntax)
{
	assert_int_equal(match(f, line), CMD_OK);
	assert_string_equal(grammar[f->match.command], syntax);
}

static void
full_words_find_their_command(void **state)
{
	struct fixture *f = *state;

	assert_command(f, "show status", "show status");
	assert_command(f, "show instances", "show instance(s) [NAME] [detail]");
	assert_command(f, "show instance", "show instance(s) [NAME] [detail]");
	assert_command(
	    f, "show instance VI_1 detail", "show instance(s) [NAME] [detail]");
	assert_string_equal(cmd_match_arg(&f->match, "NAME"), "VI_1");
	assert_true(cmd_match_has(&f->match, "detail"));
	assert_string_equal(f->match.words[1].token, "instance");
}

static void
words_may_be_shortened_while_unique(void **state)
{
	struct fixture *f = *state;

	assert_command(f, "sh i", "show instance(s) [NAME] [detail]");
	assert_command(f, "rel v", "reload [vrrpd|checkd]");
	assert_true(cmd_match_has(&f->match, "vrrpd"));
	assert_int_equal(match(f, "s status"), CMD_AMBIGUOUS);
	assert_int_equal(f->match.at, 0);
	assert_int_equal(match(f, "show sta"), CMD_AMBIGUOUS);
	assert_int_equal(f->match.at, 1);
}

/* As configuration files have it, "nopreempt no" and the like. */
static void
switch_may_be_said_in_other_words(void **state)
{
	static const char *const words[][2] = {{"on", "on"}, {"yes", "on"},
	    {"true", "on"}, {"off", "off"}, {"no", "off"}, {"false", "off"}};
	struct fixture *f = *state;
	char line[64];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		(void)snprintf(
		    line, sizeof(line), "set VI_1 nopreempt %s", words[i][0]);
		assert_int_equal(match(f, line), CMD_OK);
		assert_string_equal(f->match.words[3].token, words[i][1]);
	}
	assert_int_equal(match(f, "set VI_1 nopreempt fals"), CMD_UNKNOWN);
}

static void
keyword_in_full_wins_over_longer_ones(void **state)
{
	struct fixture *f = *state;
	struct cmdtree *tree = cmdtree_new();
	const char *const words[] = {"log"};

	assert_int_equal(cmdtree_add(tree, "logout"), 0);
	assert_int_equal(cmdtree_add(tree, "log"), 1);
	assert_int_equal(cmdtree_match(tree, words, 1, &f->match), CMD_OK);
	assert_int_equal(f->match.command, 1);
	cmdtree_free(tree);
}

static void
name_wins_over_shortened_keyword(void **state)
{
	struct fixture *f = *state;

	assert_command(f, "failover a", grammar[7]);
	assert_string_equal(cmd_match_arg(&f->match, "NAME"), "a");
	assert_false(cmd_match_has(&f->match, "all"));
	assert_command(f, "failover all", grammar[7]);
	assert_true(cmd_match_has(&f->match, "all"));
	assert_command(f, "explain inst", "explain [instance] NAME");
	assert_string_equal(cmd_match_arg(&f->match, "NAME"), "inst");
}

static void
shortened_keyword_counts_when_a_word_follows(void **state)
{
	struct fixture *f = *state;

	assert_command(f, "explain inst VI_1", "explain [instance] NAME");
	assert_string_equal(cmd_match_arg(&f->match, "NAME"), "VI_1");
	assert_command(f, "failover g G1", grammar[7]);
	assert_string_equal(cmd_match_arg(&f->match, "GROUP"), "G1");
	assert_null(cmd_match_arg(&f->match, "NAME"));
}

static void
repeated_pairs_keep_their_arguments_apart(void **state)
{
	struct fixture *f = *state;

	assert_command(f, "set VI_1 priority 150 nopreempt on for 2h", grammar[5]);
	assert_int_equal(f->match.count, 8);
	assert_string_equal(cmd_match_after(&f->match, "priority"), "150");
	assert_string_equal(cmd_match_after(&f->match, "for"), "2h");
	assert_null(cmd_match_after(&f->match, "nopreempt"));
	assert_true(cmd_match_has(&f->match, "on"));
	assert_string_equal(f->match.words[4].token, "nopreempt");
}

static void
missing_words_are_incomplete(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(match(f, ""), CMD_INCOMPLETE);
	assert_int_equal(f->match.at, 0);
	assert_int_equal(match(f, "set VI_1"), CMD_INCOMPLETE);
	assert_int_equal(f->match.at, 2);
	assert_int_equal(match(f, "failover VI_1 hold"), CMD_INCOMPLETE);
	assert_int_equal(f->match.at, 3);
}

static void
word_that_does_not_fit_is_pointed_at(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(match(f, "shwo status"), CMD_UNKNOWN);
	assert_int_equal(f->match.at, 0);
	assert_int_equal(match(f, "show status now"), CMD_UNKNOWN);
	assert_int_equal(f->match.at, 2);
	assert_int_equal(match(f, "set VI_1 priority 1 until 5"), CMD_UNKNOWN);
	assert_int_equal(f->match.at, 4);
}

static void
too_many_words_are_refused(void **state)
{
	struct fixture *f = *state;

	for (f->count = 0; f->count < CMD_WORDS_MAX + 1; f->count++)
		f->words[f->count] = "help";
	assert_int_equal(
	    cmdtree_match(f->tree, f->words, CMD_WORDS_MAX, &f->match), CMD_OK);
	assert_int_equal(cmdtree_match(f->tree, f->words, CMD_WORDS_MAX + 1, &f->match),
	    CMD_TOO_LONG);
}

/* Writes the next words as "kw kw NAME ." with "." for a complete line. */
static void
assert_next(struct fixture *f, const char *line, const char *expected)
{
	struct cmd_nexts nexts;
	char got[512] = "";

	split(f, line);
	assert_int_equal(
	    cmdtree_next(f->tree, f->words, f->count, &nexts, NULL), CMD_OK);
	for (size_t i = 0; i < nexts.count; i++) {
		if (i > 0)
			strcat(got, " ");
		strcat(got, nexts.items[i].token);
	}
	if (nexts.end)
		strcat(got, " .");
	assert_string_equal(got, expected);
	free(nexts.items);
}

static void
next_words_are_listed_in_the_order_of_the_table(void **state)
{
	struct fixture *f = *state;

	assert_next(f, "", "show explain set failover reload call help");
	assert_next(f, "show", "status stats instance");
	assert_next(f, "sh inst", "NAME detail .");
	assert_next(f, "set VI_1", "priority nopreempt");
	assert_next(f, "set VI_1 nopreempt", "on off");
	assert_next(f, "set VI_1 priority 5", "priority nopreempt for .");
	assert_next(f, "failover", "all group NAME");
	assert_next(f, "call v get x=1", "PARAM .");
}

static void
next_word_knows_its_command(void **state)
{
	struct fixture *f = *state;
	struct cmd_nexts nexts;

	split(f, "failover VI_1 hold");
	assert_int_equal(
	    cmdtree_next(f->tree, f->words, f->count, &nexts, NULL), CMD_OK);
	assert_int_equal(nexts.count, 1);
	assert_string_equal(grammar[nexts.items[0].command], grammar[7]);
	assert_false(nexts.items[0].shared);
	free(nexts.items);

	split(f, "");
	assert_int_equal(
	    cmdtree_next(f->tree, f->words, f->count, &nexts, NULL), CMD_OK);
	assert_true(nexts.items[0].shared);
	assert_true(cmd_next_fits(&nexts.items[0], "sh"));
	assert_false(cmd_next_is(&nexts.items[0], "sh"));
	assert_false(cmd_next_fits(&nexts.items[0], "x"));
	free(nexts.items);
}

static void
next_of_a_wrong_line_says_where(void **state)
{
	struct fixture *f = *state;
	struct cmd_nexts nexts;
	size_t at = 99;

	split(f, "show nonsense");
	assert_int_equal(
	    cmdtree_next(f->tree, f->words, f->count, &nexts, &at), CMD_UNKNOWN);
	assert_int_equal(at, 1);
}

static void
malformed_syntax_is_refused(void **state)
{
	static const char *const bad[] = {
	    "", " ", "a [b", "a b]", "a (b", "a |", "[|a]", "a [] b", "a $", "... a"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(cmdtree_add(f->tree, bad[i]), -EINVAL);
	assert_int_equal(cmdtree_add(f->tree, "still good"), GRAMMAR_COUNT);
	assert_command(f, "show status", "show status");
}

static void
empty_tree_knows_nothing(void **state)
{
	struct fixture *f = *state;
	struct cmdtree *tree = cmdtree_new();
	const char *const words[] = {"x"};

	assert_int_equal(cmdtree_match(tree, words, 1, &f->match), CMD_UNKNOWN);
	assert_int_equal(cmdtree_match(tree, words, 0, &f->match), CMD_INCOMPLETE);
	cmdtree_free(tree);
	assert_null(cmdtree_free(NULL));
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    A_TEST(full_words_find_their_command),
	    A_TEST(words_may_be_shortened_while_unique),
	    A_TEST(switch_may_be_said_in_other_words),
	    A_TEST(keyword_in_full_wins_over_longer_ones),
	    A_TEST(name_wins_over_shortened_keyword),
	    A_TEST(shortened_keyword_counts_when_a_word_follows),
	    A_TEST(repeated_pairs_keep_their_arguments_apart),
	    A_TEST(missing_words_are_incomplete),
	    A_TEST(word_that_does_not_fit_is_pointed_at),
	    A_TEST(too_many_words_are_refused),
	    A_TEST(next_words_are_listed_in_the_order_of_the_table),
	    A_TEST(next_word_knows_its_command),
	    A_TEST(next_of_a_wrong_line_says_where),
	    A_TEST(malformed_syntax_is_refused),
	    A_TEST(empty_tree_knows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

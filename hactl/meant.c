/* SPDX-License-Identifier: Apache-2.0 */
/* meant.c - what a line that is no command was meant to be. */
#include "hactl/meant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf_schema.h"
#include "common/names.h"
#include "hactl/must.h"

#define NEAR 2 /* a word with more slips than this is not the one that was meant */

char *
meant_nexts(const struct cmd_nexts *nexts, const char *fits)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = must(open_memstream(&text, &len));
	const char *comma = "";

	for (size_t i = 0; i < nexts->count; i++) {
		const struct cmd_next *next = &nexts->items[i];

		if (fits != NULL && !cmd_next_fits(next, fits))
			continue;
		fprintf(to, "%s%s%s", comma, next->token, next->plural ? "(s)" : "");
		comma = ", ";
	}
	fclose(to);
	return must(text);
}

/* ---- other words for it --------------------------------------------------- */

/* Whether the word, spelt in full, may follow words[0..count). */
static bool
may_follow(const struct cmdtree *tree, const char *const words[], size_t count,
    const char *word)
{
	struct cmd_nexts nexts;
	bool may = false;

	if (cmdtree_next(tree, words, count, &nexts, NULL) != CMD_OK)
		return false;
	for (size_t i = 0; i < nexts.count; i++)
		may |= cmd_next_is(&nexts.items[i], word);
	free(nexts.items);
	return may;
}

/* "status" for "show status", "show log" for "log". */
static char *
with_or_without_show(const struct cmdtree *tree, const char *const words[], size_t at)
{
	static const char *const show[] = {"show"};

	if (at == 0 && may_follow(tree, show, 1, words[0]))
		return must_format("show %s", words[0]);
	if (at == 1 && strcmp(words[0], "show") == 0 &&
	    may_follow(tree, NULL, 0, words[1]))
		return must(strdup(words[1]));
	return NULL;
}

/* What other programs call it. */
static const char *
other_word(const char *const words[], size_t at)
{
	static const struct {
		const char *before, *word, *meant;
	} rows[] = {
	    {"", "bye", "exit"},
	    {"", "logout", "exit"},
	    {"", "events", "watch"},
	    {"", "test", "config test"},
	    {"show", "maintenance", "show leases"},
	    {"show", "config", "config show"},
	    {"show", "events", "log"},
	};
	const char *before = at > 0 ? words[at - 1] : "";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].before, before) == 0 &&
		    strcmp(rows[i].word, words[at]) == 0)
			return rows[i].meant;
	}
	return NULL;
}

/* The keyword nearest to what was typed, or NULL. */
static const char *
nearest(const struct cmd_nexts *nexts, const char *word)
{
	const char *best = NULL;
	size_t best_slips = NEAR + 1;

	for (size_t i = 0; i < nexts->count; i++) {
		const struct cmd_next *next = &nexts->items[i];
		size_t slips;

		if (!next->keyword)
			continue;
		slips = names_distance(word, next->token, NEAR);
		if (slips < best_slips && slips < strlen(next->token)) {
			best = next->token;
			best_slips = slips;
		}
	}
	return best;
}

static char *
guess(const struct cmdtree *tree, const struct cmd_nexts *nexts,
    const char *const words[], size_t at)
{
	const char *other = other_word(words, at);
	char *text =
	    other != NULL ? must(strdup(other)) : with_or_without_show(tree, words, at);

	if (text == NULL && (other = nearest(nexts, words[at])) != NULL)
		text = must(strdup(other));
	return text;
}

/* ---- words of the configuration ------------------------------------------- */

/* Whether the word belongs to an instance in a configuration file. */
static bool
is_configured(const char *word)
{
	char *name = must(strdup(word));
	bool is;

	for (char *c = name; *c != '\0'; c++)
		*c = *c == '-' ? '_' : *c;
	is = conf_schema_find(CONF_BLOCK_INSTANCE, name) != NULL;
	free(name);
	return is;
}

/* ---- the sentence --------------------------------------------------------- */

char *
meant_unknown(const struct cmdtree *tree, const struct cmd_nexts *nexts,
    const char *const words[], size_t at)
{
	const char *word = words[at];
	char *list, *text, *meant;

	if (strcmp(words[0], "set") == 0 && at > 0 && is_configured(word))
		return must_format("%s cannot change while vrrpd runs: edit the "
				   "configuration file, then \"hactl reload\"",
		    word);
	meant = guess(tree, nexts, words, at);
	if (meant != NULL) {
		text = must_format(
		    "\"%s\" is not understood; did you mean \"%s\"?", word, meant);
		free(meant);
		return text;
	}
	if (nexts->count == 0)
		return must_format(
		    "\"%s\" is too much: the command ends before it", word);
	if (at == 0)
		return must_format(
		    "there is no command \"%s\"; \"help\" lists them", word);
	list = meant_nexts(nexts, NULL);
	text = must_format("\"%s\" is not understood; here fits: %s", word, list);
	free(list);
	return text;
}

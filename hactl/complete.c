/* SPDX-License-Identifier: Apache-2.0 */
/* complete.c - what may stand at a place in a command line, with one line of help each.
 */
#include "hactl/complete.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/options.h"

static bool
begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

void
complete_add(struct candidates *to, const char *text, const char *help, bool literal)
{
	to->items = must(realloc(to->items, (to->count + 1) * sizeof(*to->items)));
	to->items[to->count++] = (struct candidate){
	    .text = must(strdup(text)), .help = must(strdup(help)), .literal = literal};
}

void
complete_done(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++) {
		free(candidates->items[i].text);
		free(candidates->items[i].takes);
		free(candidates->items[i].help);
	}
	free(candidates->items);
	*candidates = (struct candidates){0};
}

/* The words of a line without its options and their values. Returns how many. */
static size_t
drop_options(const char *const words[], size_t count, const char **ret)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (options_find(words[i]) == NULL && strcmp(words[i], "--") != 0)
			ret[kept++] = words[i];
		else if (options_wants_next(words[i]))
			i++;
	}
	return kept;
}

/* The options for the command that the words so far belong to; all special ones while
 * there may be several. */
static unsigned
special_options(const struct cmdtree *tree, const char *const words[], size_t count)
{
	struct cmd_nexts nexts;
	unsigned takes = 0;

	if (cmdtree_next(tree, words, count, &nexts, NULL) != CMD_OK)
		return 0;
	for (size_t i = 0; i < nexts.count; i++)
		takes |= commands[nexts.items[i].command].takes;
	if (nexts.end)
		takes |= commands[nexts.end_command].takes;
	free(nexts.items);
	return takes;
}

static void
add_fitting(struct candidates *ret, const char *prefix, char *text, const char *help)
{
	if (begins_with(text, prefix))
		complete_add(ret, text, help, true);
	free(text);
}

/* Up to the "=" the options themselves, then the values that are known. */
static void
add_option(const struct option_row *row, const char *prefix, struct candidates *ret)
{
	const char *sign = row->value != NULL && !row->optional ? "=" : "";

	if (strchr(prefix, '=') == NULL) {
		add_fitting(
		    ret, prefix, must_format("--%s%s", row->name, sign), row->help);
		return;
	}
	for (size_t i = 0; row->choices != NULL && row->choices[i] != NULL; i++)
		add_fitting(ret, prefix,
		    must_format("--%s=%s", row->name, row->choices[i]), row->help);
}

static void
add_options(const char *prefix, unsigned takes, struct candidates *ret)
{
	for (size_t i = 0; i < OPTION_COUNT_; i++) {
		const struct option_row *row = &option_rows[i];

		if (!row->special || (takes & OPTION_BIT(row->id)) != 0)
			add_option(row, prefix, ret);
	}
}

/* The value of an option that stands before it: "-t 5s". */
static void
add_value(const struct option_row *row, const char *prefix, struct candidates *ret)
{
	for (size_t i = 0; row->choices != NULL && row->choices[i] != NULL; i++)
		add_fitting(ret, prefix, must(strdup(row->choices[i])), row->help);
	if (row->choices == NULL)
		complete_add(ret, row->value, row->help, false);
}

/* ---- the object of a line ------------------------------------------------ */

/* The place to be completed, and what the words before it are about. */
struct place {
	const struct cmdtree *tree;
	const char *const *words;
	size_t count;
	const char *prefix;
	const struct complete_source *source;
	const char *kind; /* of the last NAME, or of the one that is to come */
	const char *name; /* the last NAME; NULL: none yet */
};

/* The keyword that a word stands for, among what may stand there; NULL for an argument
 * and where it is not clear. */
static const char *
keyword_of(const struct cmd_nexts *nexts, const char *word)
{
	const char *token = NULL;

	for (size_t i = 0; i < nexts->count; i++) {
		const struct cmd_next *next = &nexts->items[i];

		if (!next->keyword || !cmd_next_fits(next, word))
			continue;
		if (cmd_next_is(next, word))
			return next->token;
		token = token == NULL ? next->token : "";
	}
	return token != NULL && token[0] != '\0' ? token : NULL;
}

static bool
has_name(const struct cmd_nexts *nexts)
{
	for (size_t i = 0; i < nexts->count; i++) {
		if (!nexts->items[i].keyword &&
		    strcmp(nexts->items[i].token, "NAME") == 0)
			return true;
	}
	return false;
}

/* A name without its kind is that of an instance. The first word is the command; the
 * last keyword before a NAME is its kind, if it is one. */
static const char *
kind_of(const char *keyword)
{
	static const char *const kinds[] = {"group", "track"};

	for (size_t i = 0; keyword != NULL && i < sizeof(kinds) / sizeof(kinds[0]);
	     i++) {
		if (strcmp(keyword, kinds[i]) == 0)
			return kinds[i];
	}
	return "instance";
}

/* Finds the object that the words are about. */
static void
find_object(struct place *place)
{
	const char *keyword = NULL;

	place->kind = kind_of(NULL);
	for (size_t i = 0; i < place->count; i++) {
		struct cmd_nexts nexts;
		const char *before = keyword;

		if (cmdtree_next(place->tree, place->words, i, &nexts, NULL) != CMD_OK)
			return;
		keyword = keyword_of(&nexts, place->words[i]);
		if (has_name(&nexts) &&
		    (keyword == NULL || strcmp(keyword, place->words[i]) != 0)) {
			place->name = place->words[i];
			place->kind = kind_of(before);
		} else if (place->name == NULL) {
			place->kind = kind_of(keyword);
		}
		free(nexts.items);
	}
}

/* The facts about a field of the line's object, or NULL. */
static char *
facts_of(const struct place *place, const char *keyword)
{
	char *facts;

	if (place->name == NULL || place->source->field == NULL)
		return NULL;
	facts = place->source->field(
	    place->source->userdata, place->kind, place->name, keyword);
	if (facts != NULL && facts[0] != '\0')
		return facts;
	free(facts);
	return NULL;
}

/* "FACTS; HELP", or one of them. Takes over the facts. */
static char *
join_help(char *facts, const char *help)
{
	char *joined = facts == NULL     ? must(strdup(help))
		       : help[0] == '\0' ? must(strdup(facts))
					 : must_format("%s; %s", facts, help);

	free(facts);
	return joined;
}

/* ---- candidates ---------------------------------------------------------- */

/* What follows a keyword, where that is one thing: "N", "T", "on|off". */
static char *
takes_of(const struct place *place, const char *token)
{
	const char **words = must(calloc(place->count + 1, sizeof(*words)));
	struct cmd_nexts nexts = {0};
	char *keywords = must(strdup(""));
	const char *argument = NULL;
	size_t keyword_count = 0, argument_count = 0;

	memcpy(words, place->words, place->count * sizeof(*words));
	words[place->count] = token;
	(void)cmdtree_next(place->tree, words, place->count + 1, &nexts, NULL);
	for (size_t i = 0; i < nexts.count && keyword_count <= 2; i++) {
		char *longer;

		if (!nexts.items[i].keyword) {
			argument = nexts.items[i].token;
			argument_count++;
			continue;
		}
		longer = must_format("%s%s%s", keywords, keyword_count > 0 ? "|" : "",
		    nexts.items[i].token);
		free(keywords);
		keywords = longer;
		keyword_count++;
	}
	free(words);
	free(nexts.items);
	if (argument_count == 1 && keyword_count <= 1 && !nexts.end) {
		free(keywords);
		return must(strdup(argument));
	}
	if (argument_count == 0 && keyword_count == 2 && !nexts.end)
		return keywords;
	free(keywords);
	return NULL;
}

/* Commands that need a higher role are shown, and say so. */
static void
add_keyword(
    const struct place *place, const struct cmd_next *next, struct candidates *ret)
{
	const struct command *command = &commands[next->command];
	const char *word_help = cmd_table_word_help(next->token);
	bool too_high = !next->shared && command->role > place->source->role;
	char *text = must_format("%s%s", next->token, next->plural ? "s" : "");
	char *help;

	if (begins_with(text, place->prefix)) {
		help = join_help(facts_of(place, next->token),
		    word_help != NULL ? word_help : command->help);
		if (too_high) {
			char *marked =
			    must_format("%s (%s)", help, ctl_role_name(command->role));

			free(help);
			help = marked;
		}
		complete_add(ret, text, help, true);
		free(help);
		ret->items[ret->count - 1].too_high = too_high;
		if (place->count > 0 && !next->plural)
			ret->items[ret->count - 1].takes = takes_of(place, next->token);
	}
	free(text);
}

static void
add_argument(const struct place *place, const char *token, struct candidates *ret)
{
	const struct complete_source *source = place->source;
	const char *word_help = cmd_table_word_help(token);
	struct candidates values = {0};

	if (source->values != NULL)
		source->values(source->userdata, place->kind, token, &values);
	if (values.count == 0) {
		char *help = join_help(
		    place->count > 0 ? facts_of(place, place->words[place->count - 1])
				     : NULL,
		    word_help != NULL ? word_help : "");

		complete_add(ret, token, help, false);
		free(help);
	}
	for (size_t i = 0; i < values.count; i++) {
		if (begins_with(values.items[i].text, place->prefix))
			complete_add(ret, values.items[i].text, values.items[i].help,
			    values.items[i].literal);
	}
	complete_done(&values);
}

static void
add_nexts(struct place *place, struct candidates *ret)
{
	struct cmd_nexts nexts;

	if (cmdtree_next(place->tree, place->words, place->count, &nexts, NULL) !=
	    CMD_OK)
		return;
	find_object(place);
	for (size_t i = 0; i < nexts.count; i++) {
		if (nexts.items[i].keyword)
			add_keyword(place, &nexts.items[i], ret);
		else
			add_argument(place, nexts.items[i].token, ret);
	}
	ret->end = nexts.end && place->prefix[0] == '\0';
	free(nexts.items);
}

void
complete_line(const struct cmdtree *tree, const char *const words[], size_t count,
    const char *prefix, const struct complete_source *source, struct candidates *ret)
{
	const char **kept = must(calloc(count + 1, sizeof(*kept)));
	size_t kept_count = drop_options(words, count, kept);
	struct place place = {.tree = tree,
	    .words = kept,
	    .count = kept_count,
	    .prefix = prefix,
	    .source = source};

	*ret = (struct candidates){0};
	if (count > 0 && options_wants_next(words[count - 1]))
		add_value(options_find(words[count - 1]), prefix, ret);
	else if (prefix[0] == '-')
		add_options(prefix, special_options(tree, kept, kept_count), ret);
	else
		add_nexts(&place, ret);
	free(kept);
}

char *
complete_common(const struct candidates *candidates, bool *ret_unique)
{
	const char *first = NULL;
	size_t len = 0, literals = 0;

	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *c = &candidates->items[i];

		if (!c->literal)
			continue;
		if (literals++ == 0) {
			first = c->text;
			len = strlen(first);
		}
		while (strncmp(first, c->text, len) != 0)
			len--;
	}
	*ret_unique = literals == 1;
	return must(strndup(first != NULL ? first : "", len));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* complete.c - what may stand at a place in a command line, with one line of help each.
 */
#include "hactl/complete.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/options.h"
#include "hactl/order.h"

static const char *const daemons[] = {"vrrpd", "checkd"};

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

/* Where the options end: at a "--", or at the end. */
static size_t
find_dashes(const char *const words[], size_t count)
{
	size_t at = 0;

	while (at < count && strcmp(words[at], "--") != 0)
		at++;
	return at;
}

/* The words of a line without its options and their values; the "--" behind them is a
 * word when it is to be `kept`. Returns how many. */
static size_t
drop_options(const char *const words[], size_t count, bool kept, const char **ret)
{
	size_t dashes = find_dashes(words, count), left = 0;

	for (size_t i = 0; i < dashes; i++) {
		if (options_find(words[i]) == NULL)
			ret[left++] = words[i];
		else if (options_wants_next(words[i]))
			i++;
	}
	for (size_t i = kept ? dashes : dashes + 1; i < count; i++)
		ret[left++] = words[i];
	return left;
}

/* The words of the command: with the "--" where it has one of its own. */
static size_t
words_of_command(const struct cmdtree *tree, const char *const words[], size_t count,
    const char **ret)
{
	size_t left = drop_options(words, count, true, ret);
	struct cmd_nexts nexts;

	if (cmdtree_next(tree, ret, left, &nexts, NULL) != CMD_OK)
		return drop_options(words, count, false, ret);
	free(nexts.items);
	return left;
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
	struct complete_about about;
	const char *keyword; /* that the last word stands for; NULL: for none */
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

/* The kind of objects of which a name may stand there, or NULL. */
static const char *
kind_of(const struct cmd_nexts *nexts)
{
	const char *kind = NULL;

	for (size_t i = 0; i < nexts->count && kind == NULL; i++) {
		if (!nexts->items[i].keyword)
			kind = order_kind(nexts->items[i].token);
	}
	return kind;
}

/* Finds out what the words are about: the last one that can only be a name, and the
 * daemon where the line says so. */
static void
find_object(struct place *place)
{
	place->about.daemon = daemons[0];
	for (size_t i = 0; i < place->count; i++) {
		const char *word = place->words[i], *keyword, *kind;
		struct cmd_nexts nexts;

		if (cmdtree_next(place->tree, place->words, i, &nexts, NULL) != CMD_OK)
			return;
		keyword = keyword_of(&nexts, word);
		kind = kind_of(&nexts);
		place->keyword = keyword;
		if (keyword != NULL && strcmp(keyword, daemons[1]) == 0)
			place->about.daemon = daemons[1];
		if (kind != NULL && (keyword == NULL || strcmp(keyword, word) != 0)) {
			place->about.kind = kind;
			place->about.name = word;
		}
		free(nexts.items);
	}
}

/* What a candidate is about: also its command may say whom it asks. */
static struct complete_about
about_of(const struct place *place, const struct cmd_next *next)
{
	struct complete_about about = place->about;

	if (commands[next->command].asks == ASKS_CHECKD)
		about.daemon = daemons[1];
	return about;
}

/* The facts about a field of the line's object, or NULL. */
static char *
facts_of(const struct place *place, const struct cmd_next *next, const char *keyword)
{
	struct complete_about about = about_of(place, next);
	char *facts;

	if (about.name == NULL || place->source->field == NULL)
		return NULL;
	facts = place->source->field(place->source->userdata, &about, keyword);
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

/* Whether a T behind this keyword, or behind an argument, is how long a lease lasts. */
static bool
is_span_of_lease(const char *keyword)
{
	static const char *const keywords[] = {
	    "for", "hold", "confirm", "extend", "node"};

	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (keyword != NULL && strcmp(keywords[i], keyword) == 0)
			return true;
	}
	return keyword == NULL;
}

/* Adds to `help` how long the lease may last that the command gives with the keyword or
 * with the T behind it. Takes over the help. */
static char *
add_limit(const struct place *place, const struct cmd_next *next, const char *keyword,
    char *help)
{
	const struct complete_source *source = place->source;
	enum command_lease lease = commands[next->command].lease;
	struct complete_about about = about_of(place, next);
	bool needed = lease == LEASE_NEEDED && next->keyword &&
		      strcmp(next->token, "confirm") != 0;
	char *limit = NULL, *both;

	if (lease != LEASE_NONE && source->lease != NULL && is_span_of_lease(keyword))
		limit = source->lease(source->userdata, &about, needed);
	if (limit == NULL)
		return help;
	both = must_format("%s (%s)", help, limit);
	free(limit);
	free(help);
	return both;
}

/* ---- candidates ---------------------------------------------------------- */

/* What may come after the words and one more. The caller frees ret->items. */
static void
look_beyond(const struct place *place, const char *token, struct cmd_nexts *ret)
{
	const char **words = must(calloc(place->count + 1, sizeof(*words)));

	memcpy(words, place->words, place->count * sizeof(*words));
	words[place->count] = token;
	*ret = (struct cmd_nexts){0};
	(void)cmdtree_next(place->tree, words, place->count + 1, ret, NULL);
	free(words);
}

/* What follows a keyword, where that is one thing: "N", "T", "on|off". */
static char *
takes_of(const struct place *place, const char *token)
{
	const char *argument = NULL, *keywords[2] = {NULL, NULL};
	size_t argument_count = 0, keyword_count = 0;
	struct cmd_nexts nexts;
	char *takes = NULL;

	look_beyond(place, token, &nexts);
	for (size_t i = 0; i < nexts.count; i++) {
		if (!nexts.items[i].keyword) {
			argument = nexts.items[i].token;
			argument_count++;
		} else if (keyword_count++ < 2) {
			keywords[keyword_count - 1] = nexts.items[i].token;
		}
	}
	if (argument_count == 1 && keyword_count <= 1 && !nexts.end)
		takes = must(strdup(argument));
	else if (argument_count == 0 && keyword_count == 2 && !nexts.end)
		takes = must_format("%s|%s", keywords[0], keywords[1]);
	free(nexts.items);
	return takes;
}

/* The least role that any of the commands with this keyword asks for. */
static enum ctl_role
least_role(const struct place *place, const struct cmd_next *next)
{
	enum ctl_role least = commands[next->command].role;
	struct cmd_nexts nexts;

	if (!next->shared)
		return least;
	look_beyond(place, next->token, &nexts);
	for (size_t i = 0; i < nexts.count; i++) {
		if (commands[nexts.items[i].command].role < least)
			least = commands[nexts.items[i].command].role;
	}
	if (nexts.end && commands[nexts.end_command].role < least)
		least = commands[nexts.end_command].role;
	free(nexts.items);
	return least;
}

/* What a token means behind the keyword before it, else in commands with that first
 * word, else anywhere; NULL when nothing is known of it. */
static const char *
token_help(const struct place *place, const struct cmd_next *next)
{
	const char *syntax = commands[next->command].syntax, *help = NULL;
	char *both;

	if (place->keyword != NULL) {
		both = must_format("%s %s", place->keyword, next->token);
		help = cmd_table_word_help(both);
		free(both);
	}
	if (help == NULL) {
		both = must_format(
		    "%.*s %s", (int)strcspn(syntax, " "), syntax, next->token);
		help = cmd_table_word_help(both);
		free(both);
	}
	return help != NULL ? help : cmd_table_word_help(next->token);
}

/* The same, else what its command is for. */
static const char *
help_of(const struct place *place, const struct cmd_next *next)
{
	const char *help = token_help(place, next);

	return help != NULL ? help : commands[next->command].help;
}

/* Commands that need a higher role are shown, and say so. */
static void
add_keyword(
    const struct place *place, const struct cmd_next *next, struct candidates *ret)
{
	enum ctl_role role = least_role(place, next);
	bool too_high = role > place->source->role;
	char *text = must_format("%s%s", next->token, next->plural ? "s" : "");
	char *takes = NULL, *help;

	if (begins_with(text, place->prefix)) {
		if (place->count > 0 && !next->plural)
			takes = takes_of(place, next->token);
		help =
		    join_help(facts_of(place, next, next->token), help_of(place, next));
		if (takes != NULL && strcmp(takes, "T") == 0)
			help = add_limit(place, next, next->token, help);
		if (too_high) {
			char *marked =
			    must_format("%s (%s)", help, ctl_role_name(role));

			free(help);
			help = marked;
		}
		complete_add(ret, text, help, true);
		free(help);
		ret->items[ret->count - 1].too_high = too_high;
		ret->items[ret->count - 1].takes = takes;
	}
	free(text);
}

/* An argument whose values are not known; behind a field, with its range. */
static void
add_unknown(
    const struct place *place, const struct cmd_next *next, struct candidates *ret)
{
	const char *word_help = token_help(place, next);
	char *facts = NULL, *help;

	if (place->count > 0)
		facts = facts_of(place, next, place->words[place->count - 1]);
	help = join_help(facts, word_help != NULL ? word_help : "");
	if (strcmp(next->token, "T") == 0)
		help = add_limit(place, next, place->keyword, help);
	complete_add(ret, next->token, help, false);
	free(help);
}

static void
add_argument(
    const struct place *place, const struct cmd_next *next, struct candidates *ret)
{
	const struct complete_source *source = place->source;
	struct complete_about about = about_of(place, next);
	struct candidates values = {0};

	if (source->values != NULL)
		source->values(source->userdata, &about, next->token, &values);
	if (values.count == 0)
		add_unknown(place, next, ret);
	for (size_t i = 0; i < values.count; i++) {
		if (begins_with(values.items[i].text, place->prefix))
			complete_add(ret, values.items[i].text, values.items[i].help,
			    values.items[i].literal);
	}
	complete_done(&values);
}

static bool
has_keyword(const struct cmd_nexts *nexts, const char *token)
{
	for (size_t i = 0; i < nexts->count; i++) {
		if (nexts->items[i].keyword &&
		    strcmp(nexts->items[i].token, token) == 0)
			return true;
	}
	return false;
}

/* How long a change lasts is said behind it: who asks what there is is told already,
 * and nothing is inserted. */
static void
add_later(const struct place *place, const struct cmd_nexts *now, const char *token,
    struct candidates *ret)
{
	struct place later = *place;
	const char **words = must(calloc(place->count + 2, sizeof(*words)));
	struct cmd_nexts nexts = {0};

	memcpy(words, place->words, place->count * sizeof(*words));
	words[place->count] = token;
	words[place->count + 1] = "0";
	later.words = words;
	later.count = place->count + 2;
	later.keyword = NULL;
	(void)cmdtree_next(place->tree, words, later.count, &nexts, NULL);
	for (size_t i = 0; i < nexts.count; i++) {
		size_t before = ret->count;

		if (!nexts.items[i].keyword || has_keyword(now, nexts.items[i].token))
			continue;
		add_keyword(&later, &nexts.items[i], ret);
		if (ret->count > before) {
			struct candidate *added = &ret->items[before];
			char *help = must_format("after a value: %s", added->help);

			free(added->help);
			added->help = help;
			added->literal = false;
		}
	}
	free(nexts.items);
	free(words);
}

/* The first keyword of a change that may have an end, or NULL. */
static const char *
find_change(const struct cmd_nexts *nexts)
{
	for (size_t i = 0; i < nexts->count && !nexts->end; i++) {
		const struct cmd_next *next = &nexts->items[i];

		if (commands[next->command].lease == LEASE_NEEDED && next->keyword &&
		    !next->shared)
			return next->token;
	}
	return NULL;
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
			add_argument(place, &nexts.items[i], ret);
	}
	if (place->prefix[0] == '\0' && find_change(&nexts) != NULL)
		add_later(place, &nexts, find_change(&nexts), ret);
	ret->end = nexts.end && place->prefix[0] == '\0';
	free(nexts.items);
}

void
complete_line(const struct cmdtree *tree, const char *const words[], size_t count,
    const char *prefix, const struct complete_source *source, struct candidates *ret)
{
	const char **kept = must(calloc(count + 1, sizeof(*kept)));
	size_t kept_count = words_of_command(tree, words, count, kept);
	bool ended = find_dashes(words, count) < count;
	struct place place = {.tree = tree,
	    .words = kept,
	    .count = kept_count,
	    .prefix = prefix,
	    .source = source};

	*ret = (struct candidates){0};
	if (!ended && count > 0 && options_wants_next(words[count - 1]))
		add_value(options_find(words[count - 1]), prefix, ret);
	else if (!ended && prefix[0] == '-')
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

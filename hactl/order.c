/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - one command line, understood. */
#include "hactl/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "hactl/cmd_table.h"
#include "hactl/meant.h"
#include "hactl/must.h"
#include "hactl/when.h"

static char *
explain_status(const struct cmdtree *tree, enum cmd_status status,
    const struct cmd_nexts *nexts, const char *const words[], size_t at)
{
	char *list = meant_nexts(nexts, status == CMD_AMBIGUOUS ? words[at] : NULL);
	char *text;

	if (status == CMD_AMBIGUOUS)
		text = must_format("\"%s\" could be: %s", words[at], list);
	else if (status == CMD_INCOMPLETE)
		text = must_format("the command is not complete; here fits: %s", list);
	else
		text = meant_unknown(tree, nexts, words, at);
	free(list);
	return text;
}

/* Says why the words are no command. */
static char *
explain_wrong(const struct cmdtree *tree, const struct options *options,
    enum cmd_status status, size_t at)
{
	struct cmd_nexts nexts;
	char *text;

	if (status == CMD_TOO_LONG)
		return must_format("more than %d words", CMD_WORDS_MAX);
	if (status == CMD_NO_MEMORY ||
	    cmdtree_next(tree, options->words, at, &nexts, NULL) != CMD_OK)
		return must_format("out of memory");
	text = explain_status(tree, status, &nexts, options->words, at);
	free(nexts.items);
	return text;
}

/* An option that the command would not heed is refused, not ignored. But a reason that
 * was given when the shell or the file was begun is one for the changes in it. */
static char *
check_special(const struct order *order, const struct options *defaults, bool in_shell)
{
	unsigned given = order->options.given;

	if (in_shell)
		given &= ~(defaults->given & OPTION_BIT(OPTION_REASON));
	for (size_t i = 0; i < OPTION_COUNT_; i++) {
		const struct option_row *row = &option_rows[i];

		if (row->special && (given & OPTION_BIT(row->id)) != 0 &&
		    (order->command->takes & OPTION_BIT(row->id)) == 0)
			return must_format(
			    "this command has no option --%s", row->name);
	}
	return NULL;
}

/* A "--" ends the options. Where a command has one of its own, it is a word, too. */
static bool
matches_with_dashes(
    const struct cmdtree *tree, const struct options *options, struct cmd_match *ret)
{
	const char *words[CMD_WORDS_MAX + 2];
	size_t before = options->dashes, behind = options->count - before;

	if (before == 0)
		return false;
	memcpy(words, options->words, before * sizeof(*words));
	words[before] = "--";
	memcpy(words + before + 1, options->words + before, behind * sizeof(*words));
	return cmdtree_match(tree, words, options->count + 1, ret) == CMD_OK &&
	       ret->words[before].keyword;
}

static enum cmd_status
find_command(
    const struct cmdtree *tree, const struct options *options, struct cmd_match *ret)
{
	return matches_with_dashes(tree, options, ret)
		   ? CMD_OK
		   : cmdtree_match(tree, options->words, options->count, ret);
}

char *
order_read(const struct cmdtree *tree, const char *const words[], size_t count,
    const struct options *defaults, bool in_shell, struct order *ret)
{
	enum cmd_status status;
	char *wrong;

	ret->options = *defaults;
	ret->command = NULL;
	wrong = options_parse(words, count, in_shell, &ret->options);
	if (wrong != NULL || ret->options.count == 0 ||
	    options_given(&ret->options, OPTION_HELP))
		return wrong;
	status = find_command(tree, &ret->options, &ret->match);
	if (status != CMD_OK)
		return explain_wrong(tree, &ret->options, status, ret->match.at);
	ret->command = &commands[ret->match.command];
	return check_special(ret, defaults, in_shell);
}

char *
order_text(const struct order *order)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = must(open_memstream(&text, &len));

	for (size_t i = 0; i < order->match.count; i++) {
		const struct cmd_word *word = &order->match.words[i];

		fprintf(to, "%s%s", i > 0 ? " " : "",
		    word->keyword ? word->token : word->text);
	}
	fclose(to);
	return must(text);
}

bool
order_is_for_all(const struct order *order)
{
	return cmd_match_has(&order->match, "all") &&
	       cmd_match_arg(&order->match, "NAME") == NULL;
}

const char *
order_kind(const char *token)
{
	static const char *const kinds[][2] = {
	    {"NAME", "instance"}, {"GROUP", "group"}, {"TRACK", "track"}, {"VS", "vs"}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i][0], token) == 0)
			return kinds[i][1];
	}
	return NULL;
}

char *
order_path(const struct order *order)
{
	const char *real = cmd_match_arg(&order->match, "REAL");
	const char *vs = cmd_match_arg(&order->match, "VS");

	if (order_is_for_all(order))
		return must_format("all");
	if (real != NULL)
		return must_format("real/%s/%s", vs != NULL ? vs : "any", real);
	if (vs != NULL && strchr(vs, '/') != NULL)
		return must_format("real/%s", vs);
	for (size_t i = 0; i < order->match.count; i++) {
		const struct cmd_word *word = &order->match.words[i];
		const char *kind = word->keyword ? NULL : order_kind(word->token);

		if (kind != NULL)
			return must_format("%s/%s", kind, word->text);
	}
	return must(strdup(""));
}

static bool
is_wanted(const struct order *order, const json_t *item)
{
	static const char *const filters[][2] = {
	    {"VS", "vs"}, {"REAL", "real"}, {"STATE", "state"}};

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		const char *wanted = cmd_match_arg(&order->match, filters[i][0]);
		const char *value =
		    json_string_value(json_object_get(item, filters[i][1]));

		if (wanted != NULL && (value == NULL || strcasecmp(wanted, value) != 0))
			return false;
	}
	return true;
}

size_t
order_filter(const struct order *order, json_t *items)
{
	size_t i = 0;

	while (i < json_array_size(items)) {
		if (is_wanted(order, json_array_get(items, i)))
			i++;
		else
			(void)json_array_remove(items, i);
	}
	return i;
}

bool
order_names(const struct order *order, const char *name)
{
	bool any = false;

	for (size_t i = 0; i < order->match.count; i++) {
		const struct cmd_word *word = &order->match.words[i];

		if (word->keyword || (strcmp(word->token, "NAME") != 0 &&
					 strcmp(word->token, "VS") != 0))
			continue;
		any = true;
		if (name != NULL && strcmp(word->text, name) == 0)
			return true;
	}
	return !any;
}

static char *
read_clock(const char *text, int64_t now_us, int64_t *ret_us)
{
	if (!when_until(text, now_us, ret_us))
		return must_format("\"%s\" is no time of day such as 05:30", text);
	return NULL;
}

static char *
read_span(const char *text, int64_t *ret_us)
{
	if (units_parse_duration(text, ret_us) != 0 || *ret_us < US_PER_MS)
		return must_format(
		    "\"%s\" is no time such as 90 or 90s, 15m, 2h", text);
	return NULL;
}

char *
order_once(const struct order *order, const char *token)
{
	const char *first = NULL;

	for (size_t i = 0; i < order->match.count; i++) {
		const struct cmd_word *word = &order->match.words[i];

		if (word->keyword || strcmp(word->token, token) != 0)
			continue;
		if (first != NULL)
			return must_format(
			    "%s is said twice, %s and %s", token, first, word->text);
		first = word->text;
	}
	return NULL;
}

size_t
order_count(const struct order *order, size_t usual)
{
	const char *text = cmd_match_arg(&order->match, "N");
	long long count = text != NULL ? strtoll(text, NULL, 10) : 0;

	return count > 0 ? (size_t)count : usual;
}

char *
order_time(const struct order *order, int64_t *ret_us)
{
	const char *span = cmd_match_arg(&order->match, "T");
	const char *clock = cmd_match_arg(&order->match, "CLOCK");

	*ret_us = 0;
	if (clock != NULL)
		return read_clock(clock, order->now_us, ret_us);
	return span != NULL ? read_span(span, ret_us) : NULL;
}

/* The line's time of day, when that is what the keyword is about: "for until 05:30", or
 * "until 05:30" alone. */
static const char *
clock_of(const struct order *order, const char *keyword)
{
	/* What has to be confirmed has no time of day. */
	return strcmp(keyword, "confirm") == 0 ? NULL
					       : cmd_match_arg(&order->match, "CLOCK");
}

char *
order_span(const struct order *order, const char *keyword, int64_t *ret_us)
{
	const char *text = cmd_match_after(&order->match, keyword);
	const char *clock = clock_of(order, keyword);

	*ret_us = 0;
	if (clock != NULL)
		return read_clock(clock, order->now_us, ret_us);
	return text != NULL ? read_span(text, ret_us) : NULL;
}

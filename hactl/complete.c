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
add_options(const char *prefix, unsigned takes, struct candidates *ret)
{
	for (size_t i = 0; i < OPTION_COUNT_; i++) {
		const struct option_row *row = &option_rows[i];
		bool wanted = !row->special || (takes & OPTION_BIT(row->id)) != 0;
		char *text = must_format("--%s%s", row->name,
		    row->value != NULL && !row->optional ? "=" : "");

		if (wanted && begins_with(text, prefix))
			complete_add(ret, text, row->help, true);
		free(text);
	}
}

/* Commands that need a higher role are shown, and say so. */
static char *
keyword_help(const struct cmd_next *next, enum ctl_role role)
{
	const struct command *command = &commands[next->command];
	const char *help = cmd_table_word_help(next->token);

	if (help == NULL)
		help = command->help;
	if (!next->shared && command->role > role)
		return must_format("%s (%s)", help, ctl_role_name(command->role));
	return must(strdup(help));
}

static void
add_keyword(const struct cmd_next *next, const char *prefix, enum ctl_role role,
    struct candidates *ret)
{
	char *text = must_format("%s%s", next->token, next->plural ? "s" : "");
	char *help;

	if (begins_with(text, prefix)) {
		help = keyword_help(next, role);
		complete_add(ret, text, help, true);
		free(help);
	}
	free(text);
}

static void
add_argument(const struct cmd_next *next, const char *prefix,
    const struct complete_source *source, struct candidates *ret)
{
	const char *help = cmd_table_word_help(next->token);
	struct candidates values = {0};

	if (source->values != NULL)
		source->values(source->userdata, next->token, &values);
	if (values.count == 0)
		complete_add(ret, next->token, help != NULL ? help : "", false);
	for (size_t i = 0; i < values.count; i++) {
		if (begins_with(values.items[i].text, prefix))
			complete_add(ret, values.items[i].text, values.items[i].help,
			    values.items[i].literal);
	}
	complete_done(&values);
}

void
complete_line(const struct cmdtree *tree, const char *const words[], size_t count,
    const char *prefix, const struct complete_source *source, struct candidates *ret)
{
	const char **kept = must(calloc(count + 1, sizeof(*kept)));
	size_t kept_count = drop_options(words, count, kept);
	struct cmd_nexts nexts;

	*ret = (struct candidates){0};
	if (prefix[0] == '-') {
		add_options(prefix, special_options(tree, kept, kept_count), ret);
	} else if (cmdtree_next(tree, kept, kept_count, &nexts, NULL) == CMD_OK) {
		for (size_t i = 0; i < nexts.count; i++) {
			if (nexts.items[i].keyword)
				add_keyword(&nexts.items[i], prefix, source->role, ret);
			else
				add_argument(&nexts.items[i], prefix, source, ret);
		}
		ret->end = nexts.end && prefix[0] == '\0';
		free(nexts.items);
	}
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

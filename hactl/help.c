/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - what commands and options there are, from their tables. */
#include "hactl/help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "hactl/brief.h"
#include "hactl/cmd_table.h"
#include "hactl/columns.h"
#include "hactl/must.h"
#include "hactl/order.h"
#include "hactl/pager.h"
#include "hactl/session.h"
#include "hactl/terminal.h"

#define TEXT_WIDTH 76

/* Whether the command may begin with the words. */
static bool
begins_with(const struct command *command, const char *const words[], size_t count)
{
	struct cmdtree *tree = must(cmdtree_new());
	struct cmd_nexts nexts = {0};
	bool begins;

	(void)cmdtree_add(tree, command->syntax);
	begins = cmdtree_next(tree, words, count, &nexts, NULL) == CMD_OK;
	free(nexts.items);
	cmdtree_free(tree);
	return begins;
}

/* Writes a text, broken at blanks. The lines after the first have a margin of `margin`;
 * it has one itself when `whole` is true. */
static void
put_wrapped(FILE *to, const char *text, int margin, bool whole)
{
	size_t column = 0;

	if (whole)
		fprintf(to, "%*s", margin, "");
	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (column > 0 && column + 1 + len > TEXT_WIDTH) {
			fprintf(to, "\n%*s", margin, "");
			column = 0;
		}
		fprintf(to, "%s%.*s", column == 0 ? "" : " ", (int)len, text);
		column += len + 1;
		text += len;
		text += strspn(text, " ");
	}
	putc('\n', to);
}

static void
put_option(struct columns *columns, const struct option_row *row)
{
	char letter[] = {'-', row->letter, ',', ' ', '\0'};

	columns_add(columns, PAINT_NONE, "  %s--%s%s%s%s%s",
	    row->letter != '\0' ? letter : "", row->name, row->optional ? "[" : "",
	    row->value != NULL ? "=" : "", row->value != NULL ? row->value : "",
	    row->optional ? "]" : "");
	columns_add(columns, PAINT_NONE, "%s", row->help);
}

/* The options of `mask`; those of every command when it is 0. */
static void
put_options(FILE *to, unsigned mask)
{
	static const struct column heads[] = {{.title = ""}, {.title = ""}};
	struct columns *columns = columns_new(heads, 2);
	struct style style = {0};

	for (size_t i = 0; i < OPTION_COUNT_; i++) {
		const struct option_row *row = &option_rows[i];

		if (mask == 0 ? !row->special : (mask & OPTION_BIT(row->id)) != 0)
			put_option(columns, row);
	}
	columns_print(columns, to, &style);
	columns_free(columns);
}

static void
put_in_full(FILE *to, const struct command *command)
{
	put_wrapped(to, command->syntax, 4, false);
	put_wrapped(to, command->help, 2, true);
	if (command->more != NULL)
		put_wrapped(to, command->more, 2, true);
	if (command->role != CTL_ROLE_READ)
		fprintf(to, "  For the role %s%s.\n", ctl_role_name(command->role),
		    command->role < CTL_ROLE_ADMIN ? " and above" : "");
	if (command->takes != 0)
		put_options(to, command->takes);
}

/* A chapter of the list: commands that the same people may give. */
struct chapter {
	const char *title;
	enum ctl_role role;
	bool alone; /* those that ask no daemon */
};

static bool
is_of(const struct command *command, const struct chapter *chapter)
{
	if (chapter->alone)
		return command->asks == ASKS_NOBODY;
	return command->asks != ASKS_NOBODY && command->role == chapter->role;
}

/* Of the longest form, so that the chapters are in line. */
static int
brief_width(void)
{
	size_t width = 0;

	for (size_t i = 0; i < command_count; i++) {
		char *brief = brief_syntax(commands[i].syntax);

		if (strlen(brief) > width)
			width = strlen(brief);
		free(brief);
	}
	return (int)width;
}

static void
put_chapter(FILE *to, const struct chapter *chapter, int width)
{
	static const struct column heads[] = {{.title = ""}, {.title = ""}};
	struct columns *columns = columns_new(heads, 2);
	struct style style = {0};

	for (size_t i = 0; i < command_count; i++) {
		char *brief;

		if (!is_of(&commands[i], chapter))
			continue;
		brief = brief_syntax(commands[i].syntax);
		columns_add(columns, PAINT_NONE, "  %-*s", width, brief);
		columns_add(columns, PAINT_NONE, "%s", commands[i].help);
		free(brief);
	}
	fprintf(to, "\n%s\n", chapter->title);
	columns_print(columns, to, &style);
	columns_free(columns);
}

static void
put_list(FILE *to)
{
	static const struct chapter chapters[] = {
	    {.title = "For everybody, to look:"},
	    {.title = "For operators, who may do what undoes itself:",
		.role = CTL_ROLE_OPERATOR},
	    {.title = "For admins, who may also do what stays:",
		.role = CTL_ROLE_ADMIN},
	    {.title = "Without a daemon:", .alone = true},
	};

	fputs("Commands in their plainest form; words may be shortened while they are "
	      "unique.\n\"hactl help WORD...\" tells all about one.\n",
	    to);
	for (size_t i = 0; i < sizeof(chapters) / sizeof(chapters[0]); i++)
		put_chapter(to, &chapters[i], brief_width());
}

static json_t *
matching(const char *const words[], size_t count)
{
	json_t *items = must(json_array());

	for (size_t i = 0; i < command_count; i++) {
		if (begins_with(&commands[i], words, count))
			(void)json_array_append_new(
			    items, must(json_pack("{s:s, s:s, s:s*, s:s*}", "syntax",
				       commands[i].syntax, "help", commands[i].help,
				       "schema", commands[i].schema, "more",
				       commands[i].more)));
	}
	return items;
}

static void
put_text(FILE *to, const char *const words[], size_t count)
{
	bool first = true;

	if (count == 0) {
		put_list(to);
		return;
	}
	for (size_t i = 0; i < command_count; i++) {
		if (!begins_with(&commands[i], words, count))
			continue;
		fputs(first ? "" : "\n", to);
		put_in_full(to, &commands[i]);
		first = false;
	}
}

static void
put_json(FILE *to, const struct options *options, json_t *items)
{
	struct style style = terminal_style(options, stdout);
	json_t *json =
	    must(json_pack("{s:s, s:O}", "schema", "hactl.help/1", "items", items));
	char *text = must(json_dumps(
	    json, style.pretty ? (size_t)JSON_INDENT(2) : (size_t)JSON_COMPACT));

	fprintf(to, "%s\n", text);
	free(text);
	json_decref(json);
}

static enum ctl_exit
help(const struct options *options, const char *const words[], size_t count)
{
	json_t *items = matching(words, count);
	struct pager pager;

	if (json_array_size(items) == 0) {
		json_decref(items);
		return session_usage(
		    options, must_format("no command begins with \"%s\"", words[0]));
	}
	pager_begin(&pager, options);
	if (options->json != JSON_OFF)
		put_json(pager.to, options, items);
	else
		put_text(pager.to, words, count);
	pager_end(&pager);
	json_decref(items);
	return CTL_EXIT_DONE;
}

enum ctl_exit
help_command(const struct order *order)
{
	return help(
	    &order->options, order->options.words + 1, order->options.count - 1);
}

static void
put_program(FILE *to)
{
	fputs("hactl [OPTION...] [COMMAND]\n"
	      "Sees and steers the virtual addresses and services of this node.\n"
	      "Without a COMMAND: a shell on a terminal, else \"show status\".\n\n",
	    to);
	put_list(to);
	fputs("\nOptions, anywhere in the line; some commands have more:\n", to);
	put_options(to, 0);
	fputs("\nExit status: 0 done, 1 failed or no, 2 usage, 3 no answer, 4 denied, "
	      "5 not found,\n6 refused, 7 the role did not move, 8 partly done, 9 "
	      "answered no, 130 interrupted.\n",
	    to);
}

enum ctl_exit
help_words(const struct options *options)
{
	struct pager pager;

	if (options->count > 0 || options->json != JSON_OFF)
		return help(options, options->words, options->count);
	pager_begin(&pager, options);
	put_program(pager.to);
	pager_end(&pager);
	return CTL_EXIT_DONE;
}

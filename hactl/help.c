/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - what commands and options there are, from their tables. */
#include "hactl/help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "hactl/cmd_table.h"
#include "hactl/columns.h"
#include "hactl/must.h"
#include "hactl/order.h"
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

/* Writes sentences, broken at blanks, with a margin of two. */
static void
put_wrapped(const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (column > 0 && column + 1 + len > TEXT_WIDTH) {
			putchar('\n');
			column = 0;
		}
		printf("%s%.*s", column == 0 ? "  " : " ", (int)len, text);
		column += len + 1;
		text += len;
		text += strspn(text, " ");
	}
	putchar('\n');
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
put_options(unsigned mask)
{
	static const struct column heads[] = {{.title = ""}, {.title = ""}};
	struct columns *columns = columns_new(heads, 2);
	struct style style = {0};

	for (size_t i = 0; i < OPTION_COUNT_; i++) {
		const struct option_row *row = &option_rows[i];

		if (mask == 0 ? !row->special : (mask & OPTION_BIT(row->id)) != 0)
			put_option(columns, row);
	}
	columns_print(columns, stdout, &style);
	columns_free(columns);
}

static void
put_in_full(const struct command *command)
{
	printf("%s\n", command->syntax);
	put_wrapped(command->help);
	if (command->more != NULL)
		put_wrapped(command->more);
	if (command->takes != 0)
		put_options(command->takes);
}

static void
put_list(void)
{
	for (size_t i = 0; i < command_count; i++)
		printf("  %s\n      %s\n", commands[i].syntax, commands[i].help);
}

static json_t *
matching(const char *const words[], size_t count)
{
	json_t *items = must(json_array());

	for (size_t i = 0; i < command_count; i++) {
		if (begins_with(&commands[i], words, count))
			(void)json_array_append_new(
			    items, must(json_pack("{s:s, s:s, s:s*}", "syntax",
				       commands[i].syntax, "help", commands[i].help,
				       "more", commands[i].more)));
	}
	return items;
}

static void
put_text(const char *const words[], size_t count)
{
	if (count == 0) {
		put_list();
		return;
	}
	for (size_t i = 0; i < command_count; i++) {
		if (begins_with(&commands[i], words, count))
			put_in_full(&commands[i]);
	}
}

static void
put_json(const struct options *options, json_t *items)
{
	struct style style = terminal_style(options, stdout);
	json_t *json =
	    must(json_pack("{s:s, s:O}", "schema", "hactl.help/1", "items", items));
	char *text = must(json_dumps(
	    json, style.pretty ? (size_t)JSON_INDENT(2) : (size_t)JSON_COMPACT));

	puts(text);
	free(text);
	json_decref(json);
}

static enum ctl_exit
help(const struct options *options, const char *const words[], size_t count)
{
	json_t *items = matching(words, count);
	enum ctl_exit status = CTL_EXIT_DONE;

	if (json_array_size(items) == 0)
		status = session_usage(
		    options, must_format("no command begins with \"%s\"", words[0]));
	else if (options->json != JSON_OFF)
		put_json(options, items);
	else
		put_text(words, count);
	json_decref(items);
	return status;
}

enum ctl_exit
help_command(const struct order *order)
{
	return help(
	    &order->options, order->options.words + 1, order->options.count - 1);
}

enum ctl_exit
help_words(const struct options *options)
{
	if (options->count > 0 || options->json != JSON_OFF)
		return help(options, options->words, options->count);
	puts("hactl [OPTION...] [COMMAND]\n"
	     "Sees and steers the virtual addresses and services of this node.\n"
	     "Without a COMMAND: a shell on a terminal, else \"show status\".\n");
	put_options(0);
	puts("\nCommands; words may be shortened while they are unique:");
	put_list();
	puts("\nExit status: 0 done, 1 failed or no, 2 usage, 3 no answer, 4 denied, "
	     "5 not found,\n6 refused, 7 the role did not move, 8 partly done, 9 "
	     "answered no, 130 interrupted.");
	return CTL_EXIT_DONE;
}

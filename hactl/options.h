/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - the options of hactl, before and after the words of a command. */
#ifndef HACTL_OPTIONS_H
#define HACTL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cmdtree.h"

enum option_id {
	OPTION_JSON = 0,
	OPTION_WATCH,
	OPTION_NO_LEGEND,
	OPTION_NO_PAGER,
	OPTION_COLOR,
	OPTION_QUIET,
	OPTION_YES,
	OPTION_FORCE,
	OPTION_METHOD,
	OPTION_WAIT,
	OPTION_NO_WAIT,
	OPTION_DRY_RUN,
	OPTION_REASON,
	OPTION_IF_REV,
	OPTION_OP_ID,
	OPTION_PERFDATA,
	OPTION_TIMEOUT,
	OPTION_RUN_DIR,
	OPTION_HOST,
	OPTION_FILE,
	OPTION_KEEP_GOING,
	OPTION_ATOMIC,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT_
};

#define OPTION_BIT(id) (1U << (id))

struct option_row {
	enum option_id id;
	char letter;                /* -j; '\0': none */
	const char *name;           /* --json */
	const char *value;          /* what it takes, "T"; NULL: nothing */
	const char *const *choices; /* its values, NULL at the end; NULL: any */
	bool optional;              /* the value may be missing: --wait, --wait=T */
	bool special;               /* only for commands that say so, else refused */
	bool at_start; /* concerns the program, not one command: not in the shell */
	const char *help;
};

enum json_style {
	JSON_OFF = 0,
	JSON_AUTO, /* pretty on a terminal, short elsewhere */
	JSON_SHORT,
	JSON_PRETTY,
};

enum colour_when {
	COLOUR_AUTO = 0,
	COLOUR_ALWAYS,
	COLOUR_NEVER,
};

struct options {
	unsigned given; /* OPTION_BIT() of all that were there */
	enum json_style json;
	enum colour_when colour;
	const char *method; /* --method: how a role is handed over */
	const char *reason;
	const char *op_id;
	int64_t if_rev;
	int64_t watch_us;   /* --watch=SEC; 0: as often as usual */
	int64_t wait_us;    /* --wait=T; 0: as long as the daemon thinks right */
	int64_t timeout_us; /* -t; 0: not given */
	const char *run_dir;
	const char *hosts; /* -H: "lb1,lb2" */
	const char *file;
	size_t line; /* of the file: where the command stands; 0: not in a file */

	/* The other words: the command. */
	const char *words[CMD_WORDS_MAX + 1];
	size_t count;
	size_t dashes; /* how many of them stand before a "--"; 0: there is none */
};

/* The table of options, OPTION_COUNT_ rows, in the order of enum option_id. */
extern const struct option_row option_rows[OPTION_COUNT_];

/* Sorts `words` into options and the words of the command. Options may stand anywhere
 * up to a "--"; a number such as -50 is a word. *ret holds what was set before, so that
 * a line of the shell adds to the program's own options; its words are replaced. With
 * `in_shell`, options for the program's start are refused. Returns NULL, or a sentence
 * that says what is wrong, which the caller frees. Texts in *ret point into `words`. */
char *options_parse(
    const char *const words[], size_t count, bool in_shell, struct options *ret);

bool options_given(const struct options *options, enum option_id id);

/* The row that a word ("-t", "--wait=5s") begins with, or NULL. */
const struct option_row *options_find(const char *word);

/* Copies `words` to `ret`, which has room for them, without the option `id` and its
 * value. Returns how many there are. */
size_t options_without(
    const char *const words[], size_t count, enum option_id id, char **ret);

/* Whether the word after `word` is its value ("-t" yes, "-t5s" and "--wait" no). */
bool options_wants_next(const char *word);

#endif

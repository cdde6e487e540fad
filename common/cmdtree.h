/* SPDX-License-Identifier: Apache-2.0 */
/* cmdtree.h - the words of a command line: matching, abbreviations, what may come next.
 *
 * Every command is one line of syntax, and that line is all there is: the parser, the
 * list behind `?`, completion and the usage message read the same text.
 *
 *     word        a keyword; may be shortened while that is unique, and written with
 *                 underscores for dashes; for "on" and "off" also yes, true, no, false
 *     word(s)     a keyword that may be written in the plural
 *     NAME        an argument (upper case): any word
 *     [ ... ]     may be left out
 *     ( ... )     a group
 *     a | b       one of, inside [ ] or ( )
 *     X...        X once or more
 *
 * Rules where a word fits more than one thing: a keyword spelt in full wins over all
 * else; a shortened keyword that fits two keywords is ambiguous; a word that fits both
 * a shortened keyword and an argument is the argument when the line is complete that
 * way, so that "failover a" can never mean "failover all".
 */
#ifndef COMMON_CMDTREE_H
#define COMMON_CMDTREE_H

#include <stdbool.h>
#include <stddef.h>

/* More words than this are no command. */
#define CMD_WORDS_MAX 64

struct cmdtree;

enum cmd_status {
	CMD_OK = 0,
	CMD_INCOMPLETE, /* right so far, but words are missing */
	CMD_UNKNOWN,    /* words[at] fits nothing here */
	CMD_AMBIGUOUS,  /* words[at] could be more than one keyword */
	CMD_TOO_LONG,   /* more than CMD_WORDS_MAX words */
	CMD_NO_MEMORY,
	CMD_STATUS_COUNT_
};

/* One word of a matched line. */
struct cmd_word {
	const char *text;  /* as it was typed; the caller's */
	const char *token; /* "failover", "NAME": as in the syntax; the tree's */
	bool keyword;
};

struct cmd_match {
	int command; /* what cmdtree_add() returned */
	size_t at;   /* of the status: the word in question */
	size_t count;
	struct cmd_word words[CMD_WORDS_MAX];
};

/* One thing that may come next. */
struct cmd_next {
	const char *token; /* keyword in its singular, or argument; the tree's */
	bool keyword;
	bool plural; /* the keyword has a plural form */
	int command; /* the first command with it */
	bool shared; /* other commands have it too */
};

struct cmd_nexts {
	struct cmd_next *items;
	size_t count;
	bool end;        /* the line is complete as it is */
	int end_command; /* then: this command */
};

/* Returns an empty tree, or NULL without memory. */
struct cmdtree *cmdtree_new(void);
struct cmdtree *cmdtree_free(struct cmdtree *tree);

/* Adds a command; the syntax is copied. Returns its number (0, 1, 2 ... in the order of
 * adding), -EINVAL when the syntax is malformed, or -ENOMEM. */
int cmdtree_add(struct cmdtree *tree, const char *syntax);

/* Finds the command of the words. On CMD_OK *ret is complete; otherwise only ret->at is
 * set: the first word that does not fit, or `count` when words are missing. */
enum cmd_status cmdtree_match(const struct cmdtree *tree, const char *const words[],
    size_t count, struct cmd_match *ret);

/* Lists what may come after the words, in the order of the commands; keywords are not
 * filtered by what is typed of them. On CMD_OK the caller frees ret->items; the other
 * results are those of cmdtree_match(), with *ret_at (may be NULL) as its `at`. */
enum cmd_status cmdtree_next(const struct cmdtree *tree, const char *const words[],
    size_t count, struct cmd_nexts *ret, size_t *ret_at);

/* Whether `text` is the keyword: spelt in full (singular or plural). */
bool cmd_next_is(const struct cmd_next *next, const char *text);
/* Whether `text` may stand for the keyword: in full or shortened. */
bool cmd_next_fits(const struct cmd_next *next, const char *text);

/* Whether the keyword `token` is in the line. */
bool cmd_match_has(const struct cmd_match *match, const char *token);
/* The first argument called `token`, or NULL. */
const char *cmd_match_arg(const struct cmd_match *match, const char *token);
/* The argument right after the keyword `token`, or NULL. */
const char *cmd_match_after(const struct cmd_match *match, const char *token);

#endif

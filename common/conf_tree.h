/* SPDX-License-Identifier: Apache-2.0 */
/* conf_tree.h - the checked statements of a configuration.
 *
 * Nodes passed the check of their row: words are canonical ("100", "on", "MASTER"), so
 * who binds values to structs converts, and checks nothing again. What did not pass is
 * kept as a bad node, so that nobody calls it missing; then there was an error, and
 * nothing is bound.
 */
#ifndef COMMON_CONF_TREE_H
#define COMMON_CONF_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/conf.h"
#include "common/conf_schema.h"

/* One statement, or one entry of a list. */
struct conf_node {
	const struct conf_row *row; /* conf_row_entry for entries of lists */
	struct conf_node *next;     /* the next statement of the same block */
	struct conf_node *child;    /* the first statement of the block it opens */
	uint32_t line;
	uint16_t file;
	bool bad;            /* refused: an error was reported */
	uint16_t word_count; /* arguments, or the words of an entry */
	/* Columns of the keyword and of each argument; then the words, each terminated.
	 */
	uint16_t columns[];
};

/* What stands for a keyword in entries of lists. */
extern const struct conf_row conf_row_entry;

/* The statements of the top level. */
const struct conf_node *conf_tree_first(const struct conf_tree *tree);

/* Argument `i`, or "" when there is none. */
const char *conf_node_word(const struct conf_node *node, size_t i);

/* The values of arguments, as their rows' types say. */
int64_t conf_node_int(const struct conf_node *node); /* CONF_TYPE_INT */
int64_t conf_node_us(const struct conf_node *node);  /* CONF_TYPE_SECONDS, MS */
bool conf_node_bool(const struct conf_node *node);   /* CONF_TYPE_BOOL */

/* The files that were read, by the number in a node; NULL after the last. */
const char *conf_tree_file(const struct conf_tree *tree, size_t i);

/* Adds a finding about an argument of a node; argument -1 is the keyword. */
void conf_tree_report(struct conf_tree *tree, struct conf_diags *diags,
    enum conf_severity severity, const struct conf_node *node, int arg,
    const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Lets go of the text, which is kept to be shown with findings: there come none any more.
 * Nobody else may hold the text. */
void conf_tree_forget_text(struct conf_tree *tree);

/* For the parser. */
/* Takes a reference to the text; `daemons` are those whose keywords are warned about. */
struct conf_tree *conf_tree_new(struct conf_text *text, unsigned daemons);

/* A node for words that are given as slices; NULL: out of memory. Not linked yet. */
struct conf_word {
	const char *text; /* not terminated */
	size_t len;
	uint32_t column;
	bool quoted;
};
struct conf_node *conf_tree_add(struct conf_tree *tree, const struct conf_row *row,
    uint32_t file, uint32_t line, uint32_t column, const struct conf_word words[],
    size_t count);
void conf_tree_set_first(struct conf_tree *tree, struct conf_node *node);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* conf_parser.h - the parser's state, shared by the files it is made of. */
#ifndef COMMON_CONF_PARSER_H
#define COMMON_CONF_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/conf_chars.h"
#include "common/conf_lex.h"
#include "common/conf_lines.h"
#include "common/conf_macro.h"
#include "common/conf_schema.h"
#include "common/conf_tree.h"

#define CONF_DEPTH_MAX 12  /* of blocks; the language needs 5 */
#define CONF_WORDS_MAX 256 /* of one statement */
#define CONF_NODES_MAX 4000000

/* An open block. */
struct conf_level {
	enum conf_block block;
	const struct conf_row *row; /* what opened it; NULL at the top */
	struct conf_node *node;     /* NULL at the top */
	struct conf_node *first, *last;
	uint64_t seen[CONF_ROWS_MAX / 64]; /* rows that stood in it, by number */
	bool unsupported;                  /* warned about as a whole */
};

struct conf_parser {
	struct conf_index *index;
	struct conf_tree *tree;
	struct conf_text *text;
	struct conf_macros *macros;
	struct conf_diags *diags;
	struct conf_level levels[CONF_DEPTH_MAX];
	size_t depth; /* the innermost level */
	/* A block whose opening brace has not come yet. */
	struct conf_node *pending;
	/* Blocks being left out: how many braces are open in them, and where it began.
	 */
	size_t skip_depth;
	struct conf_chunk skip_chunk;
	uint32_t skip_column;
	bool skip_next_block; /* the block of an unknown word */
	/* The line being parsed. */
	const struct conf_chunk *chunk;
	struct conf_lex lex;
	struct conf_chars store;
	struct conf_word words[CONF_WORDS_MAX];
	size_t word_count;
	bool bad_word; /* one of them was refused */
	size_t node_count;
	uint32_t warned[CONF_ROWS_MAX]; /* file + 1 of the last "not supported yet" */
	unsigned daemons;               /* whose keywords are warned about */
	bool failed;                    /* out of memory */
	bool too_big;
};

/* Adds a finding about a part of the line being parsed. */
void conf_parser_report(struct conf_parser *parser, enum conf_severity severity,
    uint32_t column, size_t length, const char *suggestion, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

struct conf_level *conf_parser_level(struct conf_parser *parser);

/* "vrrp_instance 'VI_1'", for messages. Returns `buf`. */
const char *conf_parser_level_name(
    const struct conf_level *level, char *buf, size_t room);

/* Adds a statement to the innermost block from the words collected; it is bad unless
 * `good` and all words are. NULL: not added. */
struct conf_node *conf_parser_add(
    struct conf_parser *parser, const struct conf_row *row, uint32_t column, bool good);

/* Says once a file that a keyword is not carried out yet. */
void conf_parser_unsupported(struct conf_parser *parser, const struct conf_row *row,
    uint32_t column, size_t length);

/* Leaves the innermost block. */
void conf_parser_pop(struct conf_parser *parser);

/* Takes a word, with or without quotes and escapes of commands, into words[]; a missing
 * quote is a finding. Returns false when there is no room. */
bool conf_parser_take_word(struct conf_parser *parser, bool command);

/* Begins to collect the words of a statement or an entry. */
void conf_parser_start_words(struct conf_parser *parser);

/* A word that is no keyword here: finds out what was meant, and says it. Returns true
 * when blocks were closed, so that the word is to be looked at again. */
bool conf_parser_unknown(struct conf_parser *parser, const struct conf_word *word);

/* Where an entry of a list was expected stands a word that only a block further out
 * knows: says that a brace is missing and closes blocks. Returns whether it did. */
bool conf_parser_missing_close(
    struct conf_parser *parser, const struct conf_word *word, bool only_blocks);

/* Parses what stands next in a list, at a word. */
void conf_parser_entry(struct conf_parser *parser);

#endif

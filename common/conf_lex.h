/* SPDX-License-Identifier: Apache-2.0 */
/* conf_lex.h - a line cut into words and braces. */
#ifndef COMMON_CONF_LEX_H
#define COMMON_CONF_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include "common/conf_chars.h"
#include "common/conf_lines.h"
#include "common/conf_tree.h"

enum conf_token {
	CONF_TOKEN_END = 0, /* of the line */
	CONF_TOKEN_OPEN,
	CONF_TOKEN_CLOSE,
	CONF_TOKEN_WORD,
};

struct conf_lex {
	const struct conf_chunk *chunk;
	size_t at;
	bool brace_ends; /* every brace ends a word: none belongs into what is read now
			  */
	/* Where words live that are not as they stand in the line; until the line ends.
	 */
	struct conf_chars *store;
};

/* What comes next; nothing is taken. */
enum conf_token conf_lex_peek(struct conf_lex *lex);

/* Takes a brace. Returns its column. */
uint32_t conf_lex_brace(struct conf_lex *lex);

/* Takes a word: up to a blank, or between double quotes. A brace ends a word when it is
 * the last character before a blank ("VI_1{") or closes none that the word opened.
 * Returns NULL, or what is wrong with it; *ret is then the best that could be made. */
const char *conf_lex_word(struct conf_lex *lex, struct conf_word *ret);

/* Takes a word of a command: both kinds of quote, and the escapes \a \b \E \f \n \r \t
 * \v \nnn \xXX \cC. *ret stays valid until the line ends. Returns as conf_lex_word().
 */
const char *conf_lex_command_word(struct conf_lex *lex, struct conf_word *ret);

/* Takes and forgets the rest of the line up to a brace. */
void conf_lex_skip_words(struct conf_lex *lex);

#endif

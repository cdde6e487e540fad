/* SPDX-License-Identifier: Apache-2.0 */
/* words.h - a typed line, taken apart into words. */
#ifndef HACTL_WORDS_H
#define HACTL_WORDS_H

#include <stddef.h>

/* How a line ended. */
enum words_end {
	WORDS_BLANK = 0, /* after a blank, or empty: the next word has not begun */
	WORDS_INSIDE,    /* in the last word */
	WORDS_QUOTED,    /* in the last word, inside quotes */
};

/* Words of a line and where each began. */
struct words {
	char **items;
	size_t *starts; /* byte offsets into the line */
	size_t count;
	enum words_end end;
};

/* Splits at blanks. "..." and '...' keep blanks, a backslash keeps the next character
 * (not inside '...'), and a # at the beginning of a word begins a comment. The caller
 * calls words_done(). */
void words_split(const char *line, struct words *ret);
void words_done(struct words *words);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* conf_seq.h - the line generators ~SEQ(...) and ~LST(...). */
#ifndef COMMON_CONF_SEQ_H
#define COMMON_CONF_SEQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONF_SEQ_NAMES_MAX 16

/* A text inside another one. */
struct conf_slice {
	const char *text;
	size_t len;
};

struct conf_seq {
	struct conf_slice names[CONF_SEQ_NAMES_MAX];
	struct conf_slice values[CONF_SEQ_NAMES_MAX]; /* the current ones */
	size_t name_count;
	/* ~SEQ */
	bool is_list, hex;
	int64_t next, step, end;
	bool at_end;
	char number[24];
	/* ~LST */
	struct conf_slice rest; /* values to come */
};

/* Finds the first generator in `text`. Returns its length, from `*ret_start` to the
 * closing parenthesis, or 0 when there is none. */
size_t conf_seq_find(const char *text, size_t len, size_t *ret_start);

/* Takes a generator apart; the result points into `text`. Returns NULL, or what is
 * wrong with it. */
const char *conf_seq_parse(const char *text, size_t len, struct conf_seq *ret);

/* Goes to the next values; false at the end. */
bool conf_seq_next(struct conf_seq *seq);

#endif

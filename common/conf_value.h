/* SPDX-License-Identifier: Apache-2.0 */
/* conf_value.h - checks the argument of a keyword against its row. */
#ifndef COMMON_CONF_VALUE_H
#define COMMON_CONF_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/conf_schema.h"

enum conf_value_verdict {
	CONF_VALUE_GOOD = 0,
	CONF_VALUE_CHANGED, /* usable, but `message` says what was done to it */
	CONF_VALUE_BAD,     /* `message` says why */
};

struct conf_value {
	enum conf_value_verdict verdict;
	char text[64];       /* the canonical form, empty: as it was written */
	char message[256];   /* what is wrong, or was changed */
	char suggestion[32]; /* a word that may have been meant, or empty */
};

/* Checks the word `text` (of `len` bytes) as first argument of `row`. */
void conf_value_check(
    const struct conf_row *row, const char *text, size_t len, struct conf_value *ret);

/* Whether a word could be the optional first argument of `row`, judged by its form:
 * used to tell it from the next keyword. */
bool conf_value_could_be(const struct conf_row *row, const char *text, size_t len);

/* Finds the word of a list separated by blanks, with or without regard to case. Returns
 * its length, 0: none. */
size_t conf_value_choice(
    const char *choices, const char *text, size_t len, bool exact, const char **ret);

/* Parses a whole decimal number, with sign. Returns 0, -EINVAL or -ERANGE. */
int conf_value_parse_int(const char *text, int64_t *ret);

/* Parses the word after `scope`: a name or 0..255. Returns 0 or -EINVAL. */
int conf_value_parse_scope(const char *text, uint8_t *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* conf_chars.h - a text that grows, in which every character knows its column. */
#ifndef COMMON_CONF_CHARS_H
#define COMMON_CONF_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf_chars {
	char *text; /* terminated */
	uint32_t *columns;
	size_t len, room;
	bool failed; /* out of memory: what was added since is lost */
};

/* Adds characters: all from one column, or from consecutive ones. */
void conf_chars_add(
    struct conf_chars *chars, const char *text, size_t len, uint32_t column);
void conf_chars_add_run(
    struct conf_chars *chars, const char *text, size_t len, uint32_t first_column);

/* Adds a part of another one, with its columns. */
void conf_chars_copy(
    struct conf_chars *chars, const struct conf_chars *from, size_t start, size_t len);

/* Makes room for `len` more, so that the text does not move while they are added.
 * Returns false without memory. */
bool conf_chars_reserve(struct conf_chars *chars, size_t len);

void conf_chars_done(struct conf_chars *chars);

#endif

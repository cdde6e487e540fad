/* SPDX-License-Identifier: Apache-2.0 */
/* escape.h - texts of others, made safe for a terminal. */
#ifndef HACTL_ESCAPE_H
#define HACTL_ESCAPE_H

#include <jansson.h>
#include <stddef.h>

/* Returns a copy in which control characters (C0, DEL, and C1 as UTF-8), characters
 * that turn the direction of text, and bytes that are not UTF-8 are written as \xNN for
 * each byte. The caller frees it. */
char *escape_text(const char *text);

/* Returns a deep copy of `value` with every string and every key treated so. The caller
 * releases it. */
json_t *escape_json(const json_t *value);

/* The number of characters in a UTF-8 text. */
size_t escape_width(const char *text);

#endif

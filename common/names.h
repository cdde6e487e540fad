/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - enum <-> text by table. */
#ifndef COMMON_NAMES_H
#define COMMON_NAMES_H

#include <stddef.h>

/* The text at `value` of a table of `count` texts, or "?" outside it. */
const char *names_text(const char *const table[], size_t count, size_t value);

/* The index of `text` (exact), or -1. */
int names_find(const char *const table[], size_t count, const char *text);

/* The number of single-character edits (insert, delete, replace, swap of neighbours)
 * between two words, for suggestions; stops counting above `limit` and returns limit+1. */
size_t names_distance(const char *a, const char *b, size_t limit);

#endif

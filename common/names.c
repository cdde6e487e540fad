/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - enum <-> text by table. */
#include "common/names.h"

#include <string.h>

/* Words that people type are shorter; longer ones are no candidates for a suggestion.
 */
#define WORD_MAX 63

const char *
names_text(const char *const table[], size_t count, size_t value)
{
	return value < count && table[value] != NULL ? table[value] : "?";
}

int
names_find(const char *const table[], size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (table[i] != NULL && strcmp(table[i], text) == 0)
			return (int)i;
	return -1;
}

static size_t
min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: the cheapest way to edit the first i bytes of `a` into the
 * first j of `b` is in row i, column j; three rows are enough, for a swap of neighbours
 * looks two back. */
static size_t
align(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3];
		const size_t *two_above = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] = above[j - 1] + (a[i - 1] != b[j - 1]);
			row[j] = min(row[j], min(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = min(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

size_t
names_distance(const char *a, const char *b, size_t limit)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	size_t gap = a_len > b_len ? a_len - b_len : b_len - a_len;

	if (gap > limit || a_len > WORD_MAX || b_len > WORD_MAX)
		return strcmp(a, b) == 0 ? 0 : limit + 1;
	return min(align(a, a_len, b, b_len), limit + 1);
}

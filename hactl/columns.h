/* SPDX-License-Identifier: Apache-2.0 */
/* columns.h - tables for people: widths, alignment, cutting to the terminal. */
#ifndef HACTL_COLUMNS_H
#define HACTL_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "hactl/style.h"

enum column_align {
	COLUMN_LEFT = 0,
	COLUMN_RIGHT,
};

struct column {
	const char *title;
	enum column_align align;
	bool flexible;  /* may be cut when the table is wider than the terminal */
	bool keeps_end; /* what tells one from another is there: of addresses */
};

struct columns;

/* Returns an empty table with these heads, which must outlive it. */
struct columns *columns_new(const struct column heads[], size_t count);
struct columns *columns_free(struct columns *columns);

/* Adds the next cell, from left to right and row by row. The text must be fit for a
 * terminal (escape.h); an empty one shows as "-", so that a script that splits at
 * blanks counts right. */
void columns_add(struct columns *columns, enum paint paint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The number of complete rows. */
size_t columns_rows(const struct columns *columns);

/* Writes the table: two blanks between columns, none at the end of a line. */
void columns_print(const struct columns *columns, FILE *to, const struct style *style);

#endif

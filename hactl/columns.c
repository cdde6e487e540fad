/* SPDX-License-Identifier: Apache-2.0 */
/* columns.c - tables for people: widths, alignment, cutting to the terminal. */
#include "hactl/columns.h"

#include <stdarg.h>
#include <stdlib.h>

#include "hactl/escape.h"
#include "hactl/must.h"

#define GAP 2    /* blanks between columns */
#define NARROW 8 /* a column is not cut below this */

struct cell {
	char *text;
	enum paint paint;
};

struct columns {
	const struct column *heads;
	size_t width; /* in columns */
	struct cell *cells;
	size_t count, room;
};

struct columns *
columns_new(const struct column heads[], size_t count)
{
	struct columns *columns = must(calloc(1, sizeof(*columns)));

	columns->heads = heads;
	columns->width = count;
	return columns;
}

struct columns *
columns_free(struct columns *columns)
{
	if (columns != NULL) {
		for (size_t i = 0; i < columns->count; i++)
			free(columns->cells[i].text);
		free(columns->cells);
		free(columns);
	}
	return NULL;
}

void
columns_add(struct columns *columns, enum paint paint, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	if (columns->count == columns->room) {
		columns->room = columns->room > 0 ? columns->room * 2 : 64;
		columns->cells = must(
		    realloc(columns->cells, columns->room * sizeof(*columns->cells)));
	}
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	must(text);
	columns->cells[columns->count++] = (struct cell){.text = text, .paint = paint};
}

size_t
columns_rows(const struct columns *columns)
{
	return columns->count / columns->width;
}

static const char *
cell_text(const struct columns *columns, size_t i)
{
	const char *text = columns->cells[i].text;
	bool titled = columns->heads[i % columns->width].title[0] != '\0';

	return text[0] == '\0' && titled ? "-" : text;
}

static size_t *
measure(const struct columns *columns, bool legend)
{
	size_t *widths = must(calloc(columns->width, sizeof(*widths)));

	for (size_t i = 0; legend && i < columns->width; i++)
		widths[i] = escape_width(columns->heads[i].title);
	for (size_t i = 0; i < columns_rows(columns) * columns->width; i++) {
		size_t width = escape_width(cell_text(columns, i));

		if (width > widths[i % columns->width])
			widths[i % columns->width] = width;
	}
	return widths;
}

/* Takes from the flexible columns, the widest first, until the table fits. */
static void
squeeze(const struct columns *columns, size_t *widths, size_t limit)
{
	size_t total = GAP * (columns->width - 1);

	for (size_t i = 0; i < columns->width; i++)
		total += widths[i];
	while (limit > 0 && total > limit) {
		size_t widest = columns->width;

		for (size_t i = 0; i < columns->width; i++) {
			if (columns->heads[i].flexible && widths[i] > NARROW &&
			    (widest == columns->width || widths[i] > widths[widest]))
				widest = i;
		}
		if (widest == columns->width)
			return;
		widths[widest]--;
		total--;
	}
}

/* Where the character with the number `count` begins. */
static const char *
skip(const char *text, size_t count)
{
	for (; *text != '\0'; text++) {
		bool begins = ((unsigned char)*text & 0xc0) != 0x80;

		if (begins && count-- == 0)
			break;
	}
	return text;
}

/* Writes `width` characters of `text`; of a cut one the first and a ">", or a "<" and
 * the last. */
static void
put_cut(FILE *to, const char *text, size_t width, bool keeps_end)
{
	size_t all = escape_width(text), left = width > 0 ? width - 1 : 0;

	if (all <= width)
		fputs(text, to);
	else if (keeps_end)
		fprintf(to, "<%s", skip(text, all - left));
	else
		fprintf(to, "%.*s>", (int)(skip(text, left) - text), text);
}

struct layout {
	const struct columns *columns;
	const struct style *style;
	const size_t *widths;
	FILE *to;
	size_t
	    blanks; /* due before the next text; never written at the end of a line */
};

static void
put_text(struct layout *l, size_t i, const char *text, enum paint paint)
{
	if (text[0] == '\0')
		return;
	for (; l->blanks > 0; l->blanks--)
		putc(' ', l->to);
	style_begin(l->to, l->style, paint);
	put_cut(l->to, text, l->widths[i], l->columns->heads[i].keeps_end);
	style_end(l->to, l->style, paint);
}

static void
put_cell(struct layout *l, size_t i, const char *text, enum paint paint)
{
	size_t used = escape_width(text);
	size_t rest = used < l->widths[i] ? l->widths[i] - used : 0;
	bool right = l->columns->heads[i].align == COLUMN_RIGHT;

	l->blanks += right ? rest : 0;
	put_text(l, i, text, paint);
	l->blanks += (right ? 0 : rest) + GAP;
	if (i + 1 == l->columns->width) {
		putc('\n', l->to);
		l->blanks = 0;
	}
}

void
columns_print(const struct columns *columns, FILE *to, const struct style *style)
{
	size_t *widths = measure(columns, style->legend);
	struct layout l = {
	    .columns = columns, .style = style, .widths = widths, .to = to};

	squeeze(columns, widths, style->width);
	for (size_t i = 0; style->legend && i < columns->width; i++)
		put_cell(&l, i, columns->heads[i].title, PAINT_NONE);
	for (size_t i = 0; i < columns_rows(columns) * columns->width; i++)
		put_cell(&l, i % columns->width, cell_text(columns, i),
		    columns->cells[i].paint);
	free(widths);
}

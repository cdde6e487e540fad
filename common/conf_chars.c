/* SPDX-License-Identifier: Apache-2.0 */
/* conf_chars.c - a text that grows, in which every character knows its column. */
#include "common/conf_chars.h"

#include <stdlib.h>
#include <string.h>

bool
conf_chars_reserve(struct conf_chars *chars, size_t len)
{
	size_t need = chars->len + len + 1;
	if (need <= chars->room)
		return !chars->failed;
	size_t room = chars->room ? chars->room : 128;
	while (room < need)
		room *= 2;
	char *text = realloc(chars->text, room);
	if (text)
		chars->text = text;
	uint32_t *columns = reallocarray(chars->columns, room, sizeof(*columns));
	if (columns)
		chars->columns = columns;
	if (!text || !columns) {
		chars->failed = true;
		return false;
	}
	chars->room = room;
	return !chars->failed;
}

static void
add(struct conf_chars *chars, const char *text, size_t len, uint32_t column,
    uint32_t step)
{
	if (!conf_chars_reserve(chars, len))
		return;
	memcpy(chars->text + chars->len, text, len);
	for (size_t i = 0; i < len; i++, column += step)
		chars->columns[chars->len + i] = column;
	chars->len += len;
	chars->text[chars->len] = '\0';
}

void
conf_chars_add(struct conf_chars *chars, const char *text, size_t len, uint32_t column)
{
	add(chars, text, len, column, 0);
}

void
conf_chars_add_run(
    struct conf_chars *chars, const char *text, size_t len, uint32_t first_column)
{
	add(chars, text, len, first_column, 1);
}

void
conf_chars_copy(
    struct conf_chars *chars, const struct conf_chars *from, size_t start, size_t len)
{
	if (!conf_chars_reserve(chars, len))
		return;
	if (len > 0) {
		memcpy(chars->text + chars->len, from->text + start, len);
		memcpy(chars->columns + chars->len, from->columns + start,
		    len * sizeof(from->columns[0]));
	}
	chars->len += len;
	chars->text[chars->len] = '\0';
}

void
conf_chars_done(struct conf_chars *chars)
{
	free(chars->text);
	free(chars->columns);
	*chars = (struct conf_chars){0};
}

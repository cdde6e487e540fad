/* SPDX-License-Identifier: Apache-2.0 */
/* style.c - how output is laid out: legend, colours, width. */
#include "hactl/style.h"

#include <string.h>

static const char *const sequences[PAINT_COUNT_] = {
    [PAINT_GOOD] = "\033[32m",
    [PAINT_NOTE] = "\033[33m",
    [PAINT_BAD] = "\033[31m",
    [PAINT_FAINT] = "\033[2m",
};

void
style_begin(FILE *to, const struct style *style, enum paint paint)
{
	if (style->colour && paint != PAINT_NONE)
		fputs(sequences[paint], to);
}

void
style_end(FILE *to, const struct style *style, enum paint paint)
{
	if (style->colour && paint != PAINT_NONE)
		fputs("\033[0m", to);
}

enum paint
style_of_state(const char *state)
{
	static const struct {
		const char *state;
		enum paint paint;
	} rows[] = {
	    {"MASTER", PAINT_GOOD},
	    {"FAULT", PAINT_BAD},
	    {"INITIALIZE", PAINT_NOTE},
	    {"unreachable", PAINT_BAD},
	    {"lost", PAINT_BAD},
	    {"frozen", PAINT_BAD},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].state, state) == 0)
			return rows[i].paint;
	}
	return PAINT_NONE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* style.h - how output is laid out: legend, colours, width. */
#ifndef HACTL_STYLE_H
#define HACTL_STYLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct style {
	bool legend;  /* heads and footers */
	bool colour;  /* escape sequences */
	bool pretty;  /* JSON: on many lines */
	size_t width; /* of the terminal; 0: no limit */
};

/* What a word means. The words say it themselves: colour only repeats it. */
enum paint {
	PAINT_NONE = 0,
	PAINT_GOOD,
	PAINT_NOTE,
	PAINT_BAD,
	PAINT_FAINT,
	PAINT_COUNT_
};

/* Writes the sequence that begins `paint`, and the one that ends it; nothing when the
 * style has no colour or the paint is PAINT_NONE. */
void style_begin(FILE *to, const struct style *style, enum paint paint);
void style_end(FILE *to, const struct style *style, enum paint paint);

/* The paint of a state ("MASTER", "FAULT", "unreachable"). */
enum paint style_of_state(const char *state);

#endif

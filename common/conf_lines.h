/* SPDX-License-Identifier: Apache-2.0 */
/* conf_lines.h - physical lines to the lines that are parsed: comments, conditions,
 * macros, generators. */
#ifndef COMMON_CONF_LINES_H
#define COMMON_CONF_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/conf_macro.h"
#include "common/conf_text.h"

/* A line to parse: no comments, no macros, no blanks at its ends. */
struct conf_chunk {
	const char *text; /* not terminated */
	size_t len;
	const uint32_t
	    *columns; /* of each character; NULL: consecutive from `column` */
	uint32_t column;
	uint32_t file, line;
	const char *source; /* the physical line it came from */
	size_t source_len;
};

/* The column of character `i` (or of the end) in the physical line. */
uint32_t conf_chunk_column(const struct conf_chunk *chunk, size_t i);

struct conf_lines_sink {
	void (*chunk)(void *userdata, const struct conf_chunk *chunk);
	void *userdata;
};

/* Goes through the whole text. `config_id` decides @id lines, NULL takes the text's
 * own. `macros` (empty at first) is the caller's, who may set what ${_INSTANCE} and
 * ${_RANDOM} depend on while lines arrive. Returns 0 or -ENOMEM. */
int conf_lines_read(const struct conf_text *text, const char *config_id,
    struct conf_macros *macros, struct conf_diags *diags,
    const struct conf_lines_sink *sink);

#endif

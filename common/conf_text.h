/* SPDX-License-Identifier: Apache-2.0 */
/* conf_text.h - the text of a configuration: whole files, cut where an include was.
 *
 * The text is all that parsing depends on: what it takes from its surroundings (the
 * configuration id, environment variables it mentions, a seed) is noted here when the
 * files are read, so that every process that parses it sees the same configuration.
 */
#ifndef COMMON_CONF_TEXT_H
#define COMMON_CONF_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include "common/conf.h"

#define CONF_TEXT_SIZE_MAX (256u << 20) /* bytes, over all files */
#define CONF_TEXT_FILES_MAX 10000u      /* files read, repeated ones included */

/* Lines of one file that follow each other in the text. */
struct conf_segment {
	uint32_t file;       /* index into files */
	uint32_t first_line; /* from 1 */
	const char *data;    /* whole lines; the last may lack its newline */
	size_t len;
};

struct conf_variable {
	char *name, *value;
};

struct conf_text {
	unsigned refs;
	char **files; /* names, in the order of reading */
	size_t file_count;
	struct conf_segment *segments;
	size_t segment_count;
	char **blobs; /* what the segments point into */
	size_t blob_count;
	struct conf_variable
	    *variables; /* environment, as far as the text mentions it */
	size_t variable_count;
	char *config_id; /* for @id lines, may be NULL */
	uint64_t seed;   /* for ${_RANDOM} */
};

/* An empty text with one reference. NULL: out of memory. */
struct conf_text *conf_text_new(void);

/* One more owner; each calls conf_text_free(). */
struct conf_text *conf_text_ref(struct conf_text *text);

/* Lets go of all but the names of the files: what was parsed points to nothing else. */
void conf_text_forget(struct conf_text *text);

/* Build a text. All return 0 or -ENOMEM. The name is copied; a blob (from malloc) is
 * owned by the text from then on, also on failure. */
int conf_text_add_file(struct conf_text *text, const char *name, uint32_t *ret_file);
int conf_text_add_blob(struct conf_text *text, char *blob);
int conf_text_add_segment(struct conf_text *text, const struct conf_segment *segment);
int conf_text_add_variable(struct conf_text *text, const char *name, const char *value);

/* The value of an environment variable, or NULL. */
const char *conf_text_variable(const struct conf_text *text, const char *name);

/* Finds physical lines for messages. Looking for lines in ascending order is cheap. */
struct conf_line_finder {
	const struct conf_text *text;
	size_t segment;
	uint32_t line;
	const char *at;
};

/* The line, without its end, and its length; NULL when there is none. */
const char *conf_line_find(
    struct conf_line_finder *finder, uint32_t file, uint32_t line, size_t *ret_len);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* conf_diag.h - findings about a configuration, with file, line and column. */
#ifndef COMMON_CONF_DIAG_H
#define COMMON_CONF_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <jansson.h>

enum conf_severity {
	CONF_ERROR = 0, /* this configuration does not run */
	CONF_WARNING,   /* it runs, but not quite as written, or not as keepalived would
			 */
	CONF_SEVERITY_COUNT_
};

/* The verdict on a whole file. */
enum conf_verdict {
	CONF_RUNS = 0,          /* clean */
	CONF_RUNS_WITH_CHANGES, /* warnings only */
	CONF_DOES_NOT_RUN,      /* at least one error */
	CONF_VERDICT_COUNT_
};

struct conf_diag {
	enum conf_severity severity;
	const char *file; /* owned by the list */
	int line, column; /* from 1; 0: the file as a whole */
	int length;       /* of the offending text, at least 1 */
	char *text;       /* one sentence: what is wrong and what to do */
	char *source;     /* the offending physical line, or NULL */
	char *suggestion; /* a word that may have been meant, or NULL */
};

/* Findings in the order they were made. At most CONF_DIAGS_MAX are kept, errors before
 * warnings; the rest are counted. */
#define CONF_DIAGS_MAX 1000

struct conf_diags;

struct conf_diags *conf_diags_new(void); /* NULL: out of memory */
struct conf_diags *conf_diags_free(struct conf_diags *diags);

/* Adds a finding; texts are copied, and bytes that are no printable UTF-8 become "?".
 * Without memory the finding is only counted. */
void conf_diags_add(struct conf_diags *diags, enum conf_severity severity,
    const char *file, int line, int column, int length, const char *source,
    const char *suggestion, const char *format, ...)
    __attribute__((format(printf, 9, 10)));

/* Whether a further finding of this severity would only be counted. */
bool conf_diags_full(const struct conf_diags *diags, enum conf_severity severity);

size_t conf_diags_count(const struct conf_diags *diags);
const struct conf_diag *conf_diags_get(const struct conf_diags *diags, size_t i);
size_t conf_diags_errors(const struct conf_diags *diags);
size_t conf_diags_warnings(const struct conf_diags *diags);
enum conf_verdict conf_diags_verdict(const struct conf_diags *diags);

/* Makes a file known, so that findings are sorted in the order of these calls. */
void conf_diags_add_file(struct conf_diags *diags, const char *file);

/* Sorts by file (in the order of reading), line and column. */
void conf_diags_sort(struct conf_diags *diags);

/* Writes every finding as "file:line:column: error: text", the line itself, a caret
 * line and the suggestion; then one line with the verdict. */
void conf_diags_print(const struct conf_diags *diags, FILE *to);

/* {"verdict": "...", "errors": n, "warnings": n, "findings": [...]}; NULL: no memory.
 */
json_t *conf_diags_json(const struct conf_diags *diags);

/* Adds the findings of what conf_diags_json() made, perhaps in another process: nothing
 * in it is trusted. Returns 0, or -EBADMSG after adding what was valid. */
int conf_diags_from_json(struct conf_diags *diags, const json_t *json);

const char *conf_verdict_text(enum conf_verdict verdict);    /* "runs with changes" */
const char *conf_severity_text(enum conf_severity severity); /* "error" */

#endif

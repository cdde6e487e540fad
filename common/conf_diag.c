/* SPDX-License-Identifier: Apache-2.0 */
/* conf_diag.c - the list of findings about a configuration. */
#include "common/conf_diag.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "common/conf_utf8.h"
#include "common/names.h"

/* A file's name, and its place in the order of reading. */
struct file_name {
	struct file_name *next; /* with the same hash */
	size_t order;
	char text[];
};

#define FILE_BUCKETS \
	1024 /* a directory of small files is read as one configuration \
	      */

struct conf_diags {
	struct conf_diag list[CONF_DIAGS_MAX];
	size_t kept;
	size_t count[CONF_SEVERITY_COUNT_];
	size_t search_below; /* no warning is kept at or after this place */
	struct file_name *files[FILE_BUCKETS];
	size_t file_count;
};

static const char *const verdict_texts[CONF_VERDICT_COUNT_] = {
    [CONF_RUNS] = "runs",
    [CONF_RUNS_WITH_CHANGES] = "runs with changes",
    [CONF_DOES_NOT_RUN] = "does not run",
};

static const char *const severity_texts[CONF_SEVERITY_COUNT_] = {
    [CONF_ERROR] = "error",
    [CONF_WARNING] = "warning",
};

struct conf_diags *
conf_diags_new(void)
{
	return calloc(1, sizeof(struct conf_diags));
}

static void
diag_done(struct conf_diag *diag)
{
	free(diag->text);
	free(diag->source);
	free(diag->suggestion);
}

struct conf_diags *
conf_diags_free(struct conf_diags *diags)
{
	if (!diags)
		return NULL;
	for (size_t i = 0; i < diags->kept; i++)
		diag_done(&diags->list[i]);
	for (size_t i = 0; i < FILE_BUCKETS; i++) {
		struct file_name *next;
		for (struct file_name *file = diags->files[i]; file; file = next) {
			next = file->next;
			free(file);
		}
	}
	free(diags);
	return NULL;
}

static size_t
bucket_of(const char *text)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return (hash ^ hash >> 15) % FILE_BUCKETS;
}

/* The list's own copy of a file name; "" when there is no memory. */
static const char *
file_intern(struct conf_diags *diags, const char *name)
{
	size_t len = strlen(name);
	struct file_name *new = malloc(sizeof(*new) + len + 1);
	if (!new)
		return "";
	memcpy(new->text, name, len + 1);
	conf_utf8_clean(new->text);
	size_t bucket = bucket_of(new->text);
	for (struct file_name *file = diags->files[bucket]; file; file = file->next)
		if (strcmp(file->text, new->text) == 0) {
			free(new);
			return file->text;
		}
	new->next = diags->files[bucket];
	new->order = diags->file_count++;
	diags->files[bucket] = new;
	return new->text;
}

void
conf_diags_add_file(struct conf_diags *diags, const char *file)
{
	(void)file_intern(diags, file);
}

/* Where the next finding goes. When the list is full an error takes the place of the
 * last warning: what keeps a file from running must be seen. NULL: it is only counted.
 */
static struct conf_diag *
place_for(struct conf_diags *diags, enum conf_severity severity)
{
	if (diags->kept < CONF_DIAGS_MAX) {
		diags->search_below = diags->kept + 1;
		return &diags->list[diags->kept++];
	}
	if (severity != CONF_ERROR)
		return NULL;
	while (diags->search_below > 0) {
		struct conf_diag *last = &diags->list[--diags->search_below];
		if (last->severity == CONF_ERROR)
			continue;
		diag_done(last);
		return last;
	}
	return NULL;
}

static char *
copy_clean(const char *text)
{
	char *copy = text ? strdup(text) : NULL;
	if (copy)
		conf_utf8_clean(copy);
	return copy;
}

void
conf_diags_add(struct conf_diags *diags, enum conf_severity severity, const char *file,
    int line, int column, int length, const char *source, const char *suggestion,
    const char *format, ...)
{
	diags->count[severity]++;
	if (conf_diags_full(diags, severity))
		return;
	char *text = NULL;
	va_list args;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	struct conf_diag *diag = text ? place_for(diags, severity) : NULL;
	if (!diag) {
		free(text);
		return;
	}
	conf_utf8_clean(text);
	*diag = (struct conf_diag){
	    .severity = severity,
	    .file = file_intern(diags, file),
	    .line = line,
	    .column = column,
	    .length = length < 1 ? 1 : length,
	    .text = text,
	    .source = copy_clean(source),
	    .suggestion = copy_clean(suggestion),
	};
}

bool
conf_diags_full(const struct conf_diags *diags, enum conf_severity severity)
{
	return diags->kept == CONF_DIAGS_MAX &&
	       (severity != CONF_ERROR || diags->search_below == 0);
}

size_t
conf_diags_count(const struct conf_diags *diags)
{
	return diags->kept;
}

const struct conf_diag *
conf_diags_get(const struct conf_diags *diags, size_t i)
{
	return i < diags->kept ? &diags->list[i] : NULL;
}

size_t
conf_diags_errors(const struct conf_diags *diags)
{
	return diags->count[CONF_ERROR];
}

size_t
conf_diags_warnings(const struct conf_diags *diags)
{
	return diags->count[CONF_WARNING];
}

enum conf_verdict
conf_diags_verdict(const struct conf_diags *diags)
{
	if (diags->count[CONF_ERROR])
		return CONF_DOES_NOT_RUN;
	return diags->count[CONF_WARNING] ? CONF_RUNS_WITH_CHANGES : CONF_RUNS;
}

const char *
conf_verdict_text(enum conf_verdict verdict)
{
	return names_text(verdict_texts, CONF_VERDICT_COUNT_, (size_t)verdict);
}

const char *
conf_severity_text(enum conf_severity severity)
{
	return names_text(severity_texts, CONF_SEVERITY_COUNT_, (size_t)severity);
}

static size_t
file_order(const char *text)
{
	/* Every name that is not empty is the text of a struct file_name. */
	if (!*text)
		return SIZE_MAX;
	const void *file = text - offsetof(struct file_name, text);
	return ((const struct file_name *)file)->order;
}

static int
diag_compare(const void *a_, const void *b_)
{
	const struct conf_diag *a = a_, *b = b_;
	size_t a_order = file_order(a->file), b_order = file_order(b->file);
	if (a_order != b_order)
		return a_order < b_order ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

void
conf_diags_sort(struct conf_diags *diags)
{
	/* glibc's qsort merges, so findings at one place stay in their order; where it
	 * does not, only the order of equals changes. */
	qsort(diags->list, diags->kept, sizeof(diags->list[0]), diag_compare);
	diags->search_below = diags->kept;
}

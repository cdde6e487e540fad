/* SPDX-License-Identifier: Apache-2.0 */
/* conf_text.c - the text of a configuration in memory. */
#include "common/conf_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct conf_text *
conf_text_new(void)
{
	struct conf_text *text = calloc(1, sizeof(*text));
	if (text)
		text->refs = 1;
	return text;
}

struct conf_text *
conf_text_ref(struct conf_text *text)
{
	text->refs++;
	return text;
}

void
conf_text_forget(struct conf_text *text)
{
	for (size_t i = 0; i < text->blob_count; i++)
		free(text->blobs[i]);
	for (size_t i = 0; i < text->variable_count; i++) {
		free(text->variables[i].name);
		free(text->variables[i].value);
	}
	free(text->blobs);
	free(text->segments);
	free(text->variables);
	free(text->config_id);
	*text = (struct conf_text){
	    .refs = text->refs,
	    .files = text->files,
	    .file_count = text->file_count,
	};
}

struct conf_text *
conf_text_free(struct conf_text *text)
{
	if (!text || --text->refs > 0)
		return NULL;
	conf_text_forget(text);
	for (size_t i = 0; i < text->file_count; i++)
		free(text->files[i]);
	free(text->files);
	free(text);
	return NULL;
}

/* Makes room for one more entry of `size` bytes: the array doubles at powers of two. */
static void *
grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? count * 2 : 1, size);
}

int
conf_text_add_file(struct conf_text *text, const char *name, uint32_t *ret_file)
{
	char **files = grow(text->files, text->file_count, sizeof(files[0]));
	if (!files)
		return -ENOMEM;
	text->files = files;
	if (!(files[text->file_count] = strdup(name)))
		return -ENOMEM;
	*ret_file = (uint32_t)text->file_count++;
	return 0;
}

int
conf_text_add_blob(struct conf_text *text, char *blob)
{
	char **blobs = grow(text->blobs, text->blob_count, sizeof(blobs[0]));
	if (!blobs) {
		free(blob);
		return -ENOMEM;
	}
	text->blobs = blobs;
	blobs[text->blob_count++] = blob;
	return 0;
}

int
conf_text_add_segment(struct conf_text *text, const struct conf_segment *segment)
{
	if (segment->len == 0)
		return 0;
	struct conf_segment *segments =
	    grow(text->segments, text->segment_count, sizeof(segments[0]));
	if (!segments)
		return -ENOMEM;
	text->segments = segments;
	segments[text->segment_count++] = *segment;
	return 0;
}

int
conf_text_add_variable(struct conf_text *text, const char *name, const char *value)
{
	struct conf_variable *variables =
	    grow(text->variables, text->variable_count, sizeof(variables[0]));
	if (!variables)
		return -ENOMEM;
	text->variables = variables;
	struct conf_variable variable = {strdup(name), strdup(value)};
	if (!variable.name || !variable.value) {
		free(variable.name);
		free(variable.value);
		return -ENOMEM;
	}
	variables[text->variable_count++] = variable;
	return 0;
}

const char *
conf_text_variable(const struct conf_text *text, const char *name)
{
	for (size_t i = 0; i < text->variable_count; i++)
		if (strcmp(text->variables[i].name, name) == 0)
			return text->variables[i].value;
	return NULL;
}

int
conf_text_from_memory(const char *name, const char *data, size_t len,
    struct conf_diags *diags, struct conf_text **ret)
{
	struct conf_text *text = conf_text_new();
	if (!text)
		return -ENOMEM;
	conf_diags_add_file(diags, name);
	char *blob = malloc(len + 1);
	struct conf_segment segment = {.first_line = 1, .data = blob, .len = len};
	if (!blob || conf_text_add_file(text, name, &segment.file)) {
		free(blob);
		conf_text_free(text);
		return -ENOMEM;
	}
	memcpy(blob, data, len);
	blob[len] = '\0';
	if (conf_text_add_blob(text, blob) || conf_text_add_segment(text, &segment)) {
		conf_text_free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}

/* Walks from `at`, the start of line `from`, to the start of line `line`. */
static const char *
skip_lines(
    const struct conf_segment *segment, const char *at, uint32_t from, uint32_t line)
{
	const char *end = segment->data + segment->len;
	for (; from < line; from++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline || newline + 1 == end)
			return NULL;
		at = newline + 1;
	}
	return at;
}

const char *
conf_line_find(
    struct conf_line_finder *finder, uint32_t file, uint32_t line, size_t *ret_len)
{
	const struct conf_text *text = finder->text;
	for (size_t tries = 0; tries < text->segment_count; tries++) {
		size_t i = (finder->segment + tries) % text->segment_count;
		const struct conf_segment *segment = &text->segments[i];
		if (segment->file != file || segment->first_line > line)
			continue;
		bool on = tries == 0 && finder->at && finder->line <= line;
		const char *at = skip_lines(segment, on ? finder->at : segment->data,
		    on ? finder->line : segment->first_line, line);
		if (!at)
			continue;
		*finder = (struct conf_line_finder){text, i, line, at};
		size_t room = (size_t)(segment->data + segment->len - at);
		const char *newline = memchr(at, '\n', room);
		*ret_len = newline ? (size_t)(newline - at) : room;
		return at;
	}
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* conf_text_io.c - hands the text of a configuration from one process to another.
 *
 * Layout: a magic number, then files, segments, variables, each with its count, the
 * configuration id and the seed; numbers as this machine has them, texts as a length
 * and the bytes. Both sides are the same program.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/conf.h"
#include "common/conf_text.h"

#define MAGIC UINT64_C(0x31747865746e6176)

static void
put_number(FILE *to, uint64_t number)
{
	(void)fwrite(&number, sizeof(number), 1, to); /* errors stick to the stream */
}

static void
put_bytes(FILE *to, const char *bytes, size_t len)
{
	put_number(to, len);
	(void)fwrite(bytes, 1, len, to);
}

static void
put_text(FILE *to, const struct conf_text *text)
{
	put_number(to, MAGIC);
	put_number(to, text->file_count);
	for (size_t i = 0; i < text->file_count; i++)
		put_bytes(to, text->files[i], strlen(text->files[i]));
	put_number(to, text->segment_count);
	for (size_t i = 0; i < text->segment_count; i++) {
		put_number(to, text->segments[i].file);
		put_number(to, text->segments[i].first_line);
		put_bytes(to, text->segments[i].data, text->segments[i].len);
	}
	put_number(to, text->variable_count);
	for (size_t i = 0; i < text->variable_count; i++) {
		const struct conf_variable *variable = &text->variables[i];
		put_bytes(to, variable->name, strlen(variable->name));
		put_bytes(to, variable->value, strlen(variable->value));
	}
	const char *id = text->config_id ? text->config_id : "";
	put_bytes(to, id, strlen(id));
	put_number(to, text->seed);
}

int
conf_text_write(const struct conf_text *text, int fd)
{
	int copy = dup(fd);
	FILE *to = copy < 0 ? NULL : fdopen(copy, "w");
	if (!to) {
		int error = -errno;
		if (copy >= 0)
			(void)close(copy); /* nothing was written */
		return error;
	}
	put_text(to, text);
	int error = fflush(to) != 0 || ferror(to) ? -EIO : 0;
	if (fclose(to) != 0)
		error = -EIO;
	return error;
}

/* A reader that stays failed once something did not fit. */
struct span {
	const char *at, *end;
	bool failed;
};

static uint64_t
get_number(struct span *span)
{
	uint64_t number = 0;
	if (span->failed || (size_t)(span->end - span->at) < sizeof(number)) {
		span->failed = true;
		return 0;
	}
	memcpy(&number, span->at, sizeof(number));
	span->at += sizeof(number);
	return number;
}

static const char *
get_bytes(struct span *span, size_t *ret_len)
{
	uint64_t len = get_number(span);
	if (span->failed || len > (uint64_t)(span->end - span->at)) {
		span->failed = true;
		*ret_len = 0;
		return "";
	}
	const char *bytes = span->at;
	span->at += len;
	*ret_len = (size_t)len;
	return bytes;
}

/* The next text as a string of its own; NULL: out of memory or failed. */
static char *
get_string(struct span *span)
{
	size_t len;
	const char *bytes = get_bytes(span, &len);
	return span->failed ? NULL : strndup(bytes, len);
}

static void
get_files(struct span *span, struct conf_text *text)
{
	uint64_t count = get_number(span);
	span->failed |= count > CONF_TEXT_FILES_MAX;
	for (uint64_t i = 0; i < count && !span->failed; i++) {
		char *name = get_string(span);
		uint32_t file;
		span->failed |= !name || conf_text_add_file(text, name, &file) != 0;
		free(name);
	}
}

static void
get_segments(struct span *span, struct conf_text *text)
{
	uint64_t count = get_number(span);
	for (uint64_t i = 0; i < count && !span->failed; i++) {
		uint64_t file = get_number(span), line = get_number(span);
		struct conf_segment segment = {0};
		segment.data = get_bytes(span, &segment.len);
		span->failed |=
		    file >= text->file_count || line == 0 || line > UINT32_MAX / 2;
		segment.file = (uint32_t)file;
		segment.first_line = (uint32_t)line;
		if (!span->failed)
			span->failed = conf_text_add_segment(text, &segment) != 0;
	}
}

static void
get_variables(struct span *span, struct conf_text *text)
{
	uint64_t count = get_number(span);
	for (uint64_t i = 0; i < count && !span->failed; i++) {
		char *name = get_string(span);
		char *value = get_string(span);
		span->failed |=
		    !name || !value || conf_text_add_variable(text, name, value) != 0;
		free(name);
		free(value);
	}
}

static int
get_text(const char *data, size_t len, struct conf_text *text)
{
	struct span span = {data, data + len, false};
	if (get_number(&span) != MAGIC)
		return -EBADMSG;
	get_files(&span, text);
	get_segments(&span, text);
	get_variables(&span, text);
	text->config_id = get_string(&span);
	text->seed = get_number(&span);
	if (span.failed || span.at != span.end || text->file_count == 0)
		return -EBADMSG;
	return 0;
}

/* Reads all of a file from its beginning. */
static int
read_all(int fd, char **ret_data, size_t *ret_len)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return -errno;
	/* Twice the limit leaves room for names and numbers. */
	if (st.st_size < 0 || (uint64_t)st.st_size > UINT64_C(2) * CONF_TEXT_SIZE_MAX)
		return -EBADMSG;
	size_t len = (size_t)st.st_size, done = 0;
	char *data = malloc(len + 1);
	if (!data)
		return -ENOMEM;
	while (done < len) {
		ssize_t n = pread(fd, data + done, len - done, (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			int error = n < 0 ? -errno : -EBADMSG;
			free(data);
			return error;
		}
		done += (size_t)n;
	}
	data[len] = '\0';
	*ret_data = data;
	*ret_len = len;
	return 0;
}

int
conf_text_read(int fd, struct conf_text **ret)
{
	char *data = NULL;
	size_t len = 0;
	int r = read_all(fd, &data, &len);
	if (r < 0)
		return r;
	struct conf_text *text = conf_text_new();
	if (!text) {
		free(data);
		return -ENOMEM;
	}
	r = conf_text_add_blob(text, data);
	if (r == 0)
		r = get_text(data, len, text);
	if (r < 0) {
		conf_text_free(text);
		return r;
	}
	*ret = text;
	return 0;
}

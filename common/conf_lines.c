/* SPDX-License-Identifier: Apache-2.0 */
/* conf_lines.c - physical lines to the lines that are parsed.
 *
 * The order is that of keepalived: condition, then macros, then ~SEQ and ~LST. Most
 * lines use none of them and are handed on where they stand, without being copied.
 */
#include "common/conf_lines.h"

#include <errno.h>
#include <string.h>
#include "common/conf_report.h"

/* Bounds on what macros and generators make of a text: enough for the largest real
 * configurations, and small against memory. */
#define DEPTH_MAX 32
#define PRODUCED_MAX (64u << 20)
#define LINE_MAX_EXPANDED (1u << 20)
#define PER_LINE_COST 64 /* so at most a million lines */

struct reader {
	const struct conf_text *text;
	const char *config_id;
	struct conf_macros *macros;
	struct conf_diags *diags;
	const struct conf_lines_sink *sink;
	struct conf_chunk at; /* the physical line, for positions */
	size_t produced;
	bool exhausted; /* PRODUCED_MAX was reached, and said so */
	bool failed;    /* out of memory */
	/* A definition that goes on over several lines. */
	struct conf_chars definition;
	size_t definition_name_len;
	bool in_definition, definition_counts;
	bool continues; /* the physical line ends in a backslash */
};

uint32_t
conf_chunk_column(const struct conf_chunk *chunk, size_t i)
{
	if (!chunk->columns)
		return chunk->column + (uint32_t)i;
	if (i < chunk->len)
		return chunk->columns[i];
	return chunk->len > 0 ? chunk->columns[chunk->len - 1] + 1 : 1;
}

static void __attribute__((format(printf, 5, 6)))
report(struct reader *reader, enum conf_severity severity, uint32_t column,
    size_t length, const char *format, ...)
{
	struct conf_place place = {
	    .file = reader->text->files[reader->at.file],
	    .line = reader->at.line,
	    .column = column,
	    .length = length,
	    .source = reader->at.source,
	    .source_len = reader->at.source_len,
	};
	va_list args;
	va_start(args, format);
	conf_report(reader->diags, severity, &place, NULL, format, args);
	va_end(args);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
trim(const char *text, size_t *start, size_t *end)
{
	while (*start < *end && is_blank(text[*start]))
		(*start)++;
	while (*end > *start && is_blank(text[*end - 1]))
		(*end)--;
}

static void
deliver(struct reader *reader, const struct conf_chars *chars, size_t start, size_t end)
{
	trim(chars->text, &start, &end);
	if (start == end)
		return;
	struct conf_chunk chunk = reader->at;
	chunk.text = chars->text + start;
	chunk.len = end - start;
	chunk.columns = chars->columns + start;
	reader->sink->chunk(reader->sink->userdata, &chunk);
}

/* Accounts for what is produced; false when it is too much. */
static bool
may_produce(struct reader *reader, size_t len)
{
	reader->produced += len;
	if (reader->produced <= PRODUCED_MAX && len <= LINE_MAX_EXPANDED)
		return true;
	if (!reader->exhausted)
		report(reader, CONF_ERROR, 1, reader->at.source_len,
		    "macros and generators produce too much text");
	reader->exhausted = true;
	return false;
}

/* Whether an @id line counts here. Returns the length of the condition. */
static size_t
condition(const struct reader *reader, const char *text, size_t len, bool *ret_counts)
{
	size_t n = 1;
	bool not = len > 1 && text[1] == '^';
	if (not )
		n++;
	size_t start = n;
	while (n < len && !is_blank(text[n]))
		n++;
	const char *id = reader->config_id ? reader->config_id : "";
	bool same = strlen(id) == n - start && memcmp(id, text + start, n - start) == 0;
	*ret_counts = same != not ;
	return n;
}

static void expand(struct reader *reader, const struct conf_scope *scope, size_t depth,
    const struct conf_chars *line);

/* A macro of several lines was put in: each is a line of its own. */
static void
expand_lines(struct reader *reader, const struct conf_scope *scope, size_t depth,
    const struct conf_chars *lines)
{
	for (size_t start = 0; start <= lines->len;) {
		const char *newline =
		    memchr(lines->text + start, '\n', lines->len - start);
		size_t end = newline ? (size_t)(newline - lines->text) : lines->len;
		size_t next = end + 1;
		struct conf_chars line = {0};
		trim(lines->text, &start, &end);
		conf_chars_copy(&line, lines, start, end - start);
		if (line.failed)
			reader->failed = true;
		else
			expand(reader, scope, depth + 1, &line);
		conf_chars_done(&line);
		start = next;
	}
}

/* Repeats what stands around a generator for each of its values. */
static void
expand_generator(struct reader *reader, const struct conf_scope *scope, size_t depth,
    const struct conf_chars *line, size_t start, size_t len)
{
	struct conf_seq seq;
	const char *wrong = conf_seq_parse(line->text + start, len, &seq);
	if (wrong) {
		report(reader, CONF_ERROR, line->columns[start], len, "%.*s %s", 4,
		    line->text + start, wrong);
		return;
	}
	struct conf_chars body = {0};
	conf_chars_copy(&body, line, 0, start);
	conf_chars_copy(&body, line, start + len, line->len - start - len);
	reader->failed |= body.failed;
	struct conf_scope inner = {scope, &seq};
	while (!reader->failed && may_produce(reader, PER_LINE_COST) &&
	       conf_seq_next(&seq))
		expand(reader, &inner, depth + 1, &body);
	conf_chars_done(&body);
}

static void
warn_leftover(struct reader *reader, const struct conf_scope *scope,
    const struct conf_chars *line)
{
	size_t start;
	bool known;
	size_t len = conf_macros_leftover(reader->macros, scope, line, &start, &known);
	if (len == 0)
		return;
	const char *use = line->text + start;
	if (known)
		report(reader, CONF_WARNING, line->columns[start], len,
		    "'%.*s' is not replaced here: a macro inside a word is written "
		    "${%.*s}",
		    (int)len, use, (int)(len - 1), use + 1);
	else
		report(reader, CONF_WARNING, line->columns[start], len,
		    "'%.*s' is not defined and stays as it is", (int)len, use);
}

/* A line without macros: what is left are generators, line breaks, conditions. */
static void
expand_replaced(struct reader *reader, const struct conf_scope *scope, size_t depth,
    const struct conf_chars *line)
{
	const char *newline = memchr(line->text, '\n', line->len);
	size_t first = newline ? (size_t)(newline - line->text) : line->len, start;
	size_t len = conf_seq_find(line->text, first, &start);
	if (len > 0) {
		expand_generator(reader, scope, depth, line, start, len);
	} else if (newline) {
		expand_lines(reader, scope, depth, line);
	} else if (may_produce(reader, line->len + PER_LINE_COST)) {
		if (memchr(line->text, '$', line->len))
			warn_leftover(reader, scope, line);
		deliver(reader, line, 0, line->len);
	}
}

/* Replaces macros until there are none, then goes on with the result. */
static void
expand(struct reader *reader, const struct conf_scope *scope, size_t depth,
    const struct conf_chars *line)
{
	if (line->len == 0 || reader->failed || reader->exhausted)
		return;
	if (depth > DEPTH_MAX) {
		report(reader, CONF_ERROR, line->columns[0], 1,
		    "a macro refers to itself, or is nested too deeply");
		return;
	}
	struct conf_chars a = {0}, b = {0};
	bool counts = true;
	size_t skip = line->text[0] == '@'
			  ? condition(reader, line->text, line->len, &counts)
			  : 0;
	conf_chars_copy(&a, line, skip, line->len - skip);
	size_t rounds = 0;
	while (counts && !a.failed && !b.failed && may_produce(reader, a.len) &&
	       conf_macros_replace(reader->macros, scope, reader->at.file, &a, &b)) {
		struct conf_chars swap = a;
		a = b;
		b = swap;
		b.len = 0;
		if (++rounds > DEPTH_MAX)
			break;
	}
	reader->failed |= a.failed || b.failed;
	const char *missing = conf_macros_take_missing(reader->macros);
	if (missing)
		report(reader, CONF_ERROR, line->columns[0], 1,
		    "the environment variable '%s' is not set", missing);
	if (rounds > DEPTH_MAX)
		report(reader, CONF_ERROR, line->columns[0], 1,
		    "a macro refers to itself, or is nested too deeply");
	else if (counts && !reader->failed && !reader->exhausted)
		expand_replaced(reader, scope, depth, &a);
	conf_chars_done(&a);
	conf_chars_done(&b);
}

/* Ends the definition that was collected. */
static void
define(struct reader *reader)
{
	const struct conf_chars *chars = &reader->definition;
	size_t skip = reader->definition_name_len;
	reader->in_definition = false;
	if (!reader->definition_counts || chars->failed)
		return;
	reader->failed |= conf_macros_define(reader->macros, chars->text + 1, skip - 2,
			      chars->text + skip, chars->len - skip) != 0;
}

/* Adds one line to the definition; a backslash at its end calls for the next, also one
 * that stands in a comment. */
static void
definition_line(struct reader *reader, const char *text, size_t len, uint32_t column)
{
	struct conf_chars *chars = &reader->definition;
	if (reader->continues && len > 0 && text[len - 1] == '\\')
		len--;
	size_t start = 0;
	trim(text, &start, &len);
	/* Also after an empty first line: what stands on the line of a use before the
	 * macro is not of its first line. */
	if (reader->in_definition)
		conf_chars_add(chars, "\n", 1, column);
	conf_chars_add_run(chars, text + start, len - start, column);
	reader->failed |= chars->failed;
	reader->in_definition = reader->continues;
	if (!reader->in_definition)
		define(reader);
}

/* The slow way: a line in which something special stands, its comments taken off. */
static void
special_line(struct reader *reader, const struct conf_chars *line)
{
	bool counts = true;
	size_t start = 0, end = line->len;
	trim(line->text, &start, &end);
	if (reader->in_definition) {
		definition_line(reader, line->text + start, end - start, 1);
		return;
	}
	if (start < end && line->text[start] == '@') {
		start += condition(reader, line->text + start, end - start, &counts);
		trim(line->text, &start, &end);
	}
	size_t name = conf_macro_definition(line->text + start, end - start);
	if (name > 0) {
		reader->definition.len = 0;
		conf_chars_copy(&reader->definition, line, start, name);
		reader->definition_name_len = name;
		reader->definition_counts = counts;
		definition_line(
		    reader, line->text + start + name, end - start - name, 1);
		return;
	}
	struct conf_chars rest = {0};
	conf_chars_copy(&rest, line, start, end - start);
	reader->failed |= rest.failed;
	if (counts)
		expand(reader, NULL, 0, &rest);
	conf_chars_done(&rest);
}

/* A comment sign that ends a word is where people lose half of a password. */
static void
warn_comment(struct reader *reader, const char *line, size_t i)
{
	if (i > 0 && !is_blank(line[i - 1]) && !strchr("{}#!\"", line[i - 1]))
		report(reader, CONF_WARNING, (uint32_t)i + 1, 1,
		    "'%c' begins a comment even inside a word: write \\%c, or quote "
		    "the word",
		    line[i], line[i]);
}

/* Copies a line without its comment, and with \# and \! resolved. */
static void
strip(struct reader *reader, const char *line, size_t len, struct conf_chars *to)
{
	bool quoted = false;
	size_t run = 0;
	for (size_t i = 0; i < len; i++) {
		char c = line[i];
		if (c == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (c == '\\' && i + 1 < len &&
		    (line[i + 1] == '#' || line[i + 1] == '!')) {
			conf_chars_add_run(to, line + run, i - run, (uint32_t)run + 1);
			run = ++i;
		} else if (c == '#' || c == '!') {
			warn_comment(reader, line, i);
			len = i;
		}
	}
	conf_chars_add_run(to, line + run, len - run, (uint32_t)run + 1);
}

enum line_kind { LINE_PLAIN, LINE_SPECIAL, LINE_BROKEN };

/* Whether a line needs more than being cut into words. */
static enum line_kind
classify(const char *line, size_t len)
{
	enum line_kind kind = LINE_PLAIN;
	for (size_t i = 0; i < len; i++) {
		switch (line[i]) {
		case '\0':
			return LINE_BROKEN;
		case '#':
		case '!':
		case '\\':
		case '$':
		case '~':
		case '@':
			kind = LINE_SPECIAL;
		}
	}
	return kind;
}

static void
physical_line(struct reader *reader, const char *line, size_t len)
{
	enum line_kind kind = classify(line, len);
	if (kind == LINE_BROKEN) {
		report(reader, CONF_ERROR, (uint32_t)strnlen(line, len) + 1, 1,
		    "a NUL byte in a line: the line is left out");
	} else if (kind == LINE_SPECIAL || reader->in_definition) {
		struct conf_chars stripped = {0};
		strip(reader, line, len, &stripped);
		reader->failed |= stripped.failed;
		size_t start = 0, end = len;
		trim(line, &start, &end);
		reader->continues = end > start && line[end - 1] == '\\';
		if (!stripped.failed)
			special_line(reader, &stripped);
		conf_chars_done(&stripped);
	} else {
		struct conf_chunk chunk = reader->at;
		size_t start = 0;
		trim(line, &start, &len);
		chunk.text = line + start;
		chunk.len = len - start;
		chunk.column = (uint32_t)start + 1;
		if (chunk.len > 0)
			reader->sink->chunk(reader->sink->userdata, &chunk);
	}
}

static void
read_segment(struct reader *reader, const struct conf_segment *segment)
{
	const char *at = segment->data, *end = at + segment->len;
	uint32_t number = segment->first_line;
	while (at < end && !reader->failed) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at);
		reader->at = (struct conf_chunk){
		    .file = segment->file,
		    .line = number++,
		    .source = at,
		    .source_len = len,
		};
		physical_line(reader, at, len);
		at = newline ? newline + 1 : end;
	}
}

int
conf_lines_read(const struct conf_text *text, const char *config_id,
    struct conf_macros *macros, struct conf_diags *diags,
    const struct conf_lines_sink *sink)
{
	struct reader reader = {
	    .text = text,
	    .config_id = config_id ? config_id : text->config_id,
	    .macros = macros,
	    .diags = diags,
	    .sink = sink,
	};
	for (size_t i = 0; i < text->segment_count && !reader.failed; i++)
		read_segment(&reader, &text->segments[i]);
	if (reader.in_definition) {
		reader.at.source = NULL; /* it may hold a secret */
		report(&reader, CONF_ERROR, 1, reader.at.source_len,
		    "the file ends inside the definition of a macro");
		define(&reader);
	}
	conf_chars_done(&reader.definition);
	return reader.failed ? -ENOMEM : 0;
}

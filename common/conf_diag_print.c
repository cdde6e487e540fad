/* SPDX-License-Identifier: Apache-2.0 */
/* conf_diag_print.c - findings as text for people and as JSON. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include "common/conf_diag.h"

/* Lines longer than this are cut in the text form. */
#define SOURCE_WIDTH_MAX 160

static void
print_caret(const struct conf_diag *diag, int width, FILE *to)
{
	if (diag->column < 1 || diag->column > width)
		return;
	fputs("    ", to);
	/* Tabs stay tabs, so that the caret stands where the terminal puts the word;
	 * the tail bytes of a character take no room. */
	for (int i = 0; i < diag->column - 1; i++)
		if (((unsigned char)diag->source[i] & 0xc0) != 0x80)
			fputc(diag->source[i] == '\t' ? '\t' : ' ', to);
	fputc('^', to);
	for (int i = diag->column; i < diag->column + diag->length - 1 && i < width;
	     i++)
		if (((unsigned char)diag->source[i] & 0xc0) != 0x80)
			fputc('~', to);
	fputc('\n', to);
}

static void
print_source(const struct conf_diag *diag, FILE *to)
{
	size_t len = strlen(diag->source);
	int width = len > SOURCE_WIDTH_MAX ? SOURCE_WIDTH_MAX : (int)len;
	while (width > 0 && (size_t)width < len &&
	       ((unsigned char)diag->source[width] & 0xc0) == 0x80)
		width--;
	fprintf(
	    to, "    %.*s%s\n", width, diag->source, (size_t)width < len ? "..." : "");
	print_caret(diag, width, to);
}

static void
print_one(const struct conf_diag *diag, FILE *to)
{
	fputs(diag->file, to);
	if (diag->line > 0)
		fprintf(to, ":%d", diag->line);
	if (diag->line > 0 && diag->column > 0)
		fprintf(to, ":%d", diag->column);
	fprintf(to, ": %s: %s", conf_severity_text(diag->severity), diag->text);
	if (diag->suggestion)
		fprintf(to, " (did you mean '%s'?)", diag->suggestion);
	fputc('\n', to);
	if (diag->source)
		print_source(diag, to);
}

static void
print_count(size_t count, const char *what, FILE *to)
{
	fprintf(to, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

void
conf_diags_print(const struct conf_diags *diags, FILE *to)
{
	size_t kept = conf_diags_count(diags);
	for (size_t i = 0; i < kept; i++)
		print_one(conf_diags_get(diags, i), to);
	size_t errors = conf_diags_errors(diags), warnings = conf_diags_warnings(diags);
	if (errors + warnings > kept) {
		fputs("and ", to);
		print_count(errors + warnings - kept, "further finding", to);
		fputs(" not shown\n", to);
	}
	fprintf(to, "%s: ", conf_verdict_text(conf_diags_verdict(diags)));
	print_count(errors, "error", to);
	fputs(", ", to);
	print_count(warnings, "warning", to);
	fputc('\n', to);
}

static json_t *
one_json(const struct conf_diag *diag)
{
	return json_pack("{s:s, s:s, s:i, s:i, s:i, s:s, s:s?, s:s?}", "severity",
	    conf_severity_text(diag->severity), "file", diag->file, "line", diag->line,
	    "column", diag->column, "length", diag->length, "text", diag->text,
	    "source", diag->source, "suggestion", diag->suggestion);
}

json_t *
conf_diags_json(const struct conf_diags *diags)
{
	json_t *findings = json_array();
	for (size_t i = 0; findings && i < conf_diags_count(diags); i++) {
		if (json_array_append_new(
			findings, one_json(conf_diags_get(diags, i)))) {
			json_decref(findings);
			findings = NULL;
		}
	}
	if (!findings)
		return NULL;
	return json_pack("{s:s, s:I, s:I, s:o}", "verdict",
	    conf_verdict_text(conf_diags_verdict(diags)), "errors",
	    (json_int_t)conf_diags_errors(diags), "warnings",
	    (json_int_t)conf_diags_warnings(diags), "findings", findings);
}

static int
one_from_json(struct conf_diags *diags, json_t *json)
{
	const char *severity = NULL, *file = NULL, *text = NULL;
	int line = 0, column = 0, length = 1;
	if (json_unpack(json, "{s:s, s:s, s:i, s:i, s:i, s:s}", "severity", &severity,
		"file", &file, "line", &line, "column", &column, "length", &length,
		"text", &text))
		return -EBADMSG;
	/* NULL for null, as for what is no string. */
	const char *source = json_string_value(json_object_get(json, "source"));
	const char *suggestion = json_string_value(json_object_get(json, "suggestion"));
	if (line < 0 || column < 0 || column > INT_MAX / 2 || length > INT_MAX / 2)
		return -EBADMSG;
	bool is_error = strcmp(severity, conf_severity_text(CONF_ERROR)) == 0;
	conf_diags_add(diags, is_error ? CONF_ERROR : CONF_WARNING, file, line, column,
	    length, source, suggestion, "%s", text);
	return 0;
}

int
conf_diags_from_json(struct conf_diags *diags, const json_t *json)
{
	json_t *findings = json_object_get(json, "findings");
	if (!json_is_array(findings))
		return -EBADMSG;
	int result = 0;
	size_t i;
	json_t *finding;
	json_array_foreach (findings, i, finding)
		if (one_from_json(diags, finding))
			result = -EBADMSG;
	return result;
}

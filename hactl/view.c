/* SPDX-License-Identifier: Apache-2.0 */
/* view.c - facts of an answer as text. */
#include "hactl/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hactl/columns.h"

#define NOTHING "-"

const char *
view_text(char buf[VIEW_TEXT_SIZE], const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_string(value) && json_string_length(value) > 0)
		return json_string_value(value);
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	if (json_is_integer(value))
		(void)snprintf(buf, VIEW_TEXT_SIZE, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
	else if (json_is_real(value))
		(void)snprintf(buf, VIEW_TEXT_SIZE, "%.6g", json_real_value(value));
	else
		return NOTHING;
	return buf;
}

json_int_t
view_integer(const json_t *object, const char *key, json_int_t absent)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_real(value))
		return (json_int_t)json_real_value(value);
	return json_is_integer(value) ? json_integer_value(value) : absent;
}

const char *
view_string(const json_t *object, const char *key, const char *absent)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? json_string_value(value) : absent;
}

const char *
view_span(char buf[UNITS_TEXT_SIZE], const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	double ms = json_number_value(value);

	/* Beyond 300 years it is no span but nonsense, and would not fit. */
	if (!json_is_number(value) || !(ms < 1e13 && ms > -1e13))
		return NOTHING;
	return units_format_span(buf, (int64_t)(ms * (double)US_PER_MS));
}

const char *
view_user(char buf[VIEW_TEXT_SIZE], const json_t *object)
{
	const json_t *uid = json_object_get(object, "uid");
	const char *user = view_string(object, "user", NULL);

	if (user != NULL || !json_is_integer(uid))
		return user != NULL ? user : NOTHING;
	(void)snprintf(
	    buf, VIEW_TEXT_SIZE, "uid %" JSON_INTEGER_FORMAT, json_integer_value(uid));
	return buf;
}

void
view_row(FILE *to, const char *label, const char *format, ...)
{
	va_list args;

	fprintf(to, "  %-16s ", label);
	va_start(args, format);
	(void)vfprintf(to, format, args);
	va_end(args);
	putc('\n', to);
}

void
view_add_text(struct columns *columns, const json_t *object, const char *key)
{
	char buf[VIEW_TEXT_SIZE];

	columns_add(columns, PAINT_NONE, "%s", view_text(buf, object, key));
}

void
view_add_state(struct columns *columns, const json_t *object)
{
	const char *state = view_string(object, "state", "");

	columns_add(columns, style_of_state(state), "%s", state);
}

void
view_durable(FILE *to, const json_t *result)
{
	if (json_is_false(json_object_get(result, "durable")))
		fputs("This is not on the disk yet: a reboot would undo it.\n", to);
}

bool
view_is_whole(const struct answer *answer)
{
	for (size_t i = 0; i < answer->count; i++)
		if (answer->parts[i].error.code != CTL_OK && !answer->parts[i].absent)
			return false;
	return true;
}

void
view_nothing(FILE *to, const struct answer *answer, const char *text)
{
	bool whole = true;

	for (size_t i = 0; i < answer->count; i++) {
		const struct part *part = &answer->parts[i];

		if (part->error.code == CTL_OK || part->absent)
			continue;
		fprintf(to, "%s%s", whole ? "Not known: " : " and ", part->daemon);
		whole = false;
	}
	if (whole)
		fprintf(to, "%s\n", text);
	else
		fputs(" did not answer.\n", to);
}

/* "not running (...)" of "vrrpd is not running (...)". */
static const char *
without_name(const char *message, const char *daemon)
{
	size_t len = strlen(daemon);

	if (strncmp(message, daemon, len) == 0 &&
	    strncmp(message + len, " is ", 4) == 0)
		return message + len + 4;
	return message;
}

void
view_failed(FILE *to, const struct part *part, const struct style *style)
{
	const char *word = part->hello == NULL ? "unreachable" : "failed";

	fprintf(to, "%-8s", part->daemon);
	style_begin(to, style, PAINT_BAD);
	fputs(word, to);
	style_end(to, style, PAINT_BAD);
	fprintf(to, ": %s\n", without_name(part->error.message, part->daemon));
}

void
view_failures(FILE *to, const struct answer *answer, const struct style *style)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (answer->parts[i].error.code != CTL_OK && !answer->parts[i].absent)
			view_failed(to, &answer->parts[i], style);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* field_text.c - the range of a field and what it is now, in words. */
#include "hactl/field_text.h"

#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "hactl/escape.h"
#include "hactl/must.h"
#include "hactl/view.h"

/* Whether the name in the protocol is that of a command's keyword. */
static bool
is_keyword(const char *name, const char *keyword)
{
	for (; *name != '\0' && *keyword != '\0'; name++, keyword++) {
		if (*name != (*keyword == '-' ? '_' : *keyword))
			return false;
	}
	return *name == *keyword;
}

const char *
field_text_name(const json_t *fields, const char *keyword)
{
	const char *name;
	const json_t *field;

	json_object_foreach (json_loose(fields), name, field) {
		if (is_keyword(name, keyword) ||
		    is_keyword(view_string(field, "keyword", ""), keyword))
			return name;
	}
	return NULL;
}

/* A value as one would type it. */
static void
put_value(FILE *to, const json_t *field, const json_t *value)
{
	bool is_time = strcmp(view_string(field, "unit", ""), "ms") == 0;
	char seconds[UNITS_TEXT_SIZE];

	if (json_is_boolean(value))
		fputs(json_is_true(value) ? "on" : "off", to);
	else if (json_is_integer(value) && is_time && json_integer_value(value) != 0)
		fprintf(to, "%ss",
		    units_format_seconds(
			seconds, json_integer_value(value) * US_PER_MS));
	else if (json_is_integer(value))
		fprintf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_string(value))
		fputs(json_string_value(value), to);
}

static void
put_range(FILE *to, const json_t *field)
{
	const json_t *min = json_object_get(field, "min");
	const json_t *max = json_object_get(field, "max");

	if (!json_is_integer(min) || !json_is_integer(max))
		return;
	put_value(to, field, min);
	fputs("..", to);
	put_value(to, field, max);
}

/* Which edit the value comes from, and what it hides; the file is named where the
 * daemon says that it is of there. */
static void
put_source(FILE *to, const json_t *field, const json_t *source)
{
	const json_t *set = json_object_get(source, "set");
	/* A hold or the like is no value that somebody gave the field. */
	const json_t *given = set != NULL ? set : source;
	const char *layer = view_string(given, "layer", "");

	if (strcmp(layer, "lease") == 0)
		fprintf(to, " (lease %s)", view_string(given, "lease", "?"));
	else if (strcmp(layer, "saved") == 0)
		fputs(" (saved)", to);
	else if (strcmp(layer, "runtime") == 0)
		fputs(" (live edit)", to);
	else
		return; /* the file, or a default */
	fputs(json_object_get(source, "file") != NULL ? ", file " : ", otherwise ", to);
	put_value(to, field, json_object_get(source, "base"));
}

static void
put_present(FILE *to, const json_t *field, const char *name, const json_t *object)
{
	const json_t *value = json_object_get(object, name);

	if (value == NULL || json_is_null(value))
		return;
	fprintf(to, "%snow ", ftell(to) > 0 ? ", " : "");
	put_value(to, field, value);
	put_source(
	    to, field, json_object_get(json_object_get(object, "sources"), name));
}

char *
field_text(const json_t *field, const char *name, const json_t *object)
{
	char *text = NULL, *safe;
	size_t len = 0;
	FILE *to = must(open_memstream(&text, &len));

	put_range(to, field);
	put_present(to, field, name, object);
	fclose(to);
	safe = escape_text(must(text));
	free(text);
	return safe;
}

char *
field_text_lease(const json_t *limits, bool needed)
{
	json_int_t most_ms = view_integer(limits, "lease_ms", 0);
	bool may_omit = strcmp(view_string(limits, "role", ""), "admin") == 0;
	char most[UNITS_TEXT_SIZE];

	if (most_ms <= 0)
		return NULL;
	return must_format("at most %s%s",
	    units_format_span(most, (int64_t)most_ms * US_PER_MS),
	    needed && !may_omit ? "; an operator must" : "");
}

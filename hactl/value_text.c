/* SPDX-License-Identifier: Apache-2.0 */
/* value_text.c - fields and their values as one types them.
 *
 * The protocol names the unit of a time in its field.
 */
#include "hactl/value_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "hactl/must.h"

#define MS "_ms"
#define TRACK "track/"

static bool
is_time(const char *field)
{
	size_t len = strlen(field);

	return len > strlen(MS) && strcmp(field + len - strlen(MS), MS) == 0;
}

char *
value_text_name(const char *field)
{
	if (strncmp(field, TRACK, strlen(TRACK)) == 0)
		return must_format("track %s weight", field + strlen(TRACK));
	if (strcmp(field, "log_level") == 0)
		return must(strdup("log level")); /* two words also where it is typed */

	size_t len = strlen(field) - (is_time(field) ? strlen(MS) : 0);
	char *name = must(strndup(field, len));

	for (char *c = name; *c != '\0'; c++) {
		if (*c == '_')
			*c = '-';
	}
	return name;
}

static char *
time_text(json_int_t ms)
{
	char seconds[UNITS_TEXT_SIZE];

	/* Beyond this it is no time but nonsense. */
	if (ms == 0 || ms < 0 || ms > INT64_MAX / US_PER_MS)
		return must_format("%" JSON_INTEGER_FORMAT, ms);
	return must_format("%ss", units_format_seconds(seconds, ms * US_PER_MS));
}

static char *
integer_text(const char *field, json_int_t value)
{
	if (is_time(field))
		return time_text(value);
	return must_format("%" JSON_INTEGER_FORMAT, value);
}

/* "192.0.2.1/24 192.0.2.2/24" */
static char *
list_text(const json_t *list)
{
	char *text = NULL;
	size_t len, i;
	const json_t *item;
	FILE *to = must(open_memstream(&text, &len));

	json_array_foreach (list, i, item)
		fprintf(to, "%s%s", i > 0 ? " " : "",
		    json_is_string(item) ? json_string_value(item) : "?");
	fclose(to);
	return must(text);
}

char *
value_text(const char *field, const json_t *value)
{
	if (json_is_string(value) && json_string_length(value) > 0)
		return must(strdup(json_string_value(value)));
	if (json_is_boolean(value))
		return must(strdup(json_is_true(value) ? "on" : "off"));
	if (json_is_integer(value))
		return integer_text(field, json_integer_value(value));
	if (json_array_size(value) > 0)
		return list_text(value);
	if (json_is_real(value))
		return must_format("%.6g", json_real_value(value));
	return must(strdup("-"));
}

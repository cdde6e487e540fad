/* SPDX-License-Identifier: Apache-2.0 */
/* view_describe.c - what a daemon says of its methods, its objects and their fields. */
#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "hactl/columns.h"
#include "hactl/must.h"
#include "hactl/order.h"
#include "hactl/view.h"

/* "integer 1..254", "boolean" */
static void
add_range(struct columns *columns, const json_t *field)
{
	char min[VIEW_TEXT_SIZE], max[VIEW_TEXT_SIZE];
	const char *type = view_string(field, "type", "?");

	if (json_object_get(field, "min") == NULL)
		columns_add(columns, PAINT_NONE, "%s", type);
	else
		columns_add(columns, PAINT_NONE, "%s %s..%s", type,
		    view_text(min, field, "min"), view_text(max, field, "max"));
}

/* With the values of an object, or of a kind, which has none. */
static void
view_fields(FILE *to, const json_t *fields, bool of_object, const struct style *style)
{
	static const struct column heads[] = {{.title = "FIELD"}, {.title = "TYPE"},
	    {.title = "LIVE"}, {.title = "ROLE"}, {.title = "HELP", .flexible = true}};
	static const struct column with_now[] = {{.title = "FIELD"}, {.title = "NOW"},
	    {.title = "TYPE"}, {.title = "LIVE"}, {.title = "ROLE"},
	    {.title = "HELP", .flexible = true}};
	size_t count = sizeof(heads) / sizeof(heads[0]);
	struct columns *columns =
	    of_object ? columns_new(with_now, count + 1) : columns_new(heads, count);
	const char *name;
	json_t *field;

	json_object_foreach (json_loose(fields), name, field) {
		char live[VIEW_TEXT_SIZE], now[VIEW_TEXT_SIZE];

		columns_add(columns, PAINT_NONE, "%s", name);
		if (of_object)
			columns_add(
			    columns, PAINT_NONE, "%s", view_text(now, field, "value"));
		add_range(columns, field);
		columns_add(columns, PAINT_NONE, "%s", view_text(live, field, "live"));
		columns_add(columns, PAINT_NONE, "%s", view_string(field, "role", "-"));
		columns_add(columns, PAINT_NONE, "%s", view_string(field, "help", "-"));
	}
	columns_print(columns, to, style);
	columns_free(columns);
}

/* "id ttl_ms [reason]", as haven-protocol(7) writes them. The caller frees it. */
static char *
params_text(const json_t *params)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = must(open_memstream(&text, &len));
	const char *separator = "";
	const char *name;
	json_t *param;

	json_object_foreach (json_loose(params), name, param) {
		bool required = json_is_true(json_object_get(param, "required"));

		fprintf(to, required ? "%s%s" : "%s[%s]", separator, name);
		separator = " ";
	}
	fclose(to);
	return must(text);
}

static void
view_methods(FILE *to, const json_t *methods, const struct style *style)
{
	static const struct column heads[] = {{.title = "METHOD"}, {.title = "ROLE"},
	    {.title = "PARAMETERS", .flexible = true},
	    {.title = "HELP", .flexible = true}};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	const char *name;
	json_t *method;

	json_object_foreach (json_loose(methods), name, method) {
		char *params = params_text(json_object_get(method, "params"));

		columns_add(columns, PAINT_NONE, "%s", name);
		columns_add(
		    columns, PAINT_NONE, "%s", view_string(method, "role", "-"));
		columns_add(columns, PAINT_NONE, "%s", params);
		columns_add(
		    columns, PAINT_NONE, "%s", view_string(method, "help", "-"));
		free(params);
	}
	columns_print(columns, to, style);
	columns_free(columns);
}

/* Names with their help, under a title. */
static void
view_helps(FILE *to, const char *title, const json_t *names)
{
	const char *name;
	json_t *one;
	size_t width = 0;

	if (json_object_size(names) > 0)
		fprintf(to, "\n%s:\n", title);
	json_object_foreach (json_loose(names), name, one)
		width = strlen(name) > width ? strlen(name) : width;
	json_object_foreach (json_loose(names), name, one)
		fprintf(to, "  %-*s  %s\n", (int)width, name,
		    view_string(one, "help", "-"));
}

static void
view_limits(FILE *to, const json_t *limits)
{
	json_int_t most_ms = view_integer(limits, "lease_ms", 0);
	char most[UNITS_TEXT_SIZE];

	if (most_ms > 0)
		fprintf(to,
		    "\nWith the role %s a lease lasts at most %s; there are at most "
		    "%" JSON_INTEGER_FORMAT " leases.\n",
		    view_string(limits, "role", "?"),
		    units_format_span(most, (int64_t)most_ms * US_PER_MS),
		    view_integer(limits, "leases", 0));
}

void
view_describe(FILE *to, const struct answer *answer, const struct style *style)
{
	for (size_t i = 0; i < answer->count; i++) {
		const struct part *part = &answer->parts[i];
		const json_t *item = json_array_get(part->items, 0);
		const json_t *fields = json_object_get(item, "fields");

		if (part->error.code != CTL_OK)
			continue;
		if (answer_is_of_both(answer))
			fprintf(to, "%s%s:\n", i > 0 ? "\n" : "", part->daemon);
		if (json_object_size(fields) > 0) {
			view_fields(
			    to, fields, json_object_get(item, "path") != NULL, style);
			continue;
		}
		if (fields != NULL) {
			fputs("It has no fields that could be set.\n", to);
			continue;
		}
		view_methods(to, json_object_get(item, "methods"), style);
		if (!style->legend)
			continue;
		view_helps(to, "Kinds of objects; \"describe KIND\" tells their fields",
		    json_object_get(item, "types"));
		view_helps(to,
		    "Types of events; \"log follow\" shows them as they come",
		    json_object_get(item, "events"));
		view_limits(to, json_object_get(item, "limits"));
	}
	view_failures(to, answer, style);
}

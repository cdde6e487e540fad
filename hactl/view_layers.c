/* SPDX-License-Identifier: Apache-2.0 */
/* view_layers.c - values of the file, of what was saved and of what runs; who changed
 * them.
 */
#include <string.h>

#include "hactl/columns.h"
#include "hactl/order.h"
#include "hactl/view.h"
#include "hactl/when.h"

static const char *
value_text(char buf[VIEW_TEXT_SIZE], const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_boolean(value))
		return json_is_true(value) ? "on" : "off";
	return view_text(buf, object, key);
}

static void
add_difference(struct columns *columns, const json_t *item)
{
	const json_t *file = json_object_get(item, "file");
	char value[VIEW_TEXT_SIZE], line[VIEW_TEXT_SIZE];

	columns_add(columns, PAINT_NONE, "%s", view_string(item, "path", "?"));
	columns_add(columns, PAINT_NONE, "%s", view_string(item, "field", "?"));
	if (view_string(file, "file", NULL) != NULL)
		columns_add(columns, PAINT_NONE, "%s (%s:%s)",
		    value_text(value, file, "value"), view_string(file, "file", "?"),
		    view_text(line, file, "line"));
	else
		columns_add(
		    columns, PAINT_NONE, "%s", value_text(value, file, "value"));
	columns_add(columns, PAINT_NONE, "%s", value_text(value, item, "saved"));
	columns_add(columns, PAINT_NONE, "%s", value_text(value, item, "running"));
	columns_add(columns, PAINT_NONE, "%s", view_string(item, "lease", "-"));
}

void
view_diff(FILE *to, const struct answer *answer, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = "OBJECT", .flexible = true},
	    {.title = "FIELD"},
	    {.title = "FILE", .flexible = true},
	    {.title = "SAVED"},
	    {.title = "RUNNING"},
	    {.title = "LEASE"},
	};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	const json_t *item;
	size_t i;

	json_array_foreach (answer_good(answer)->items, i, item)
		add_difference(columns, item);
	if (columns_rows(columns) > 0)
		columns_print(columns, to, style);
	else if (style->legend)
		fputs("No difference.\n", to);
	columns_free(columns);
}

static void
put_entries(FILE *to, const json_t *entries, const char *what)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (entries, i, entry) {
		char value[VIEW_TEXT_SIZE];

		fprintf(to, "%s %s %s: %s\n", view_string(entry, "path", "?"),
		    view_string(entry, "field", "?"), value_text(value, entry, "value"),
		    what);
	}
	if (json_array_size(entries) == 0)
		fprintf(to, "nothing to be %s\n", what);
}

void
view_saved(FILE *to, const struct answer *answer, const struct style *style)
{
	(void)style;
	put_entries(to, json_object_get(answer_item(answer, 0), "saved"), "saved");
}

void
view_discarded(FILE *to, const struct answer *answer, const struct style *style)
{
	(void)style;
	put_entries(
	    to, json_object_get(answer_item(answer, 0), "discarded"), "discarded");
}

/* "2026-11-21 03:40:59 uid 1000 operator failover instance/VI_1: ok "kernel"" */
void
view_audit(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *item;
	size_t i;

	(void)style;
	json_array_foreach (answer_good(answer)->items, i, item) {
		const json_t *who = json_object_get(item, "who");
		const json_t *params = json_object_get(item, "params");
		const char *reason = view_string(params, "reason", "");
		char clock[UNITS_TEXT_SIZE], uid[VIEW_TEXT_SIZE];

		fprintf(to, "%s uid %s %s %s %s: %s",
		    when_clock(
			clock, view_string(item, "at", NULL), answer->order->now_us),
		    view_text(uid, who, "uid"), view_string(who, "role", "-"),
		    view_string(item, "method", view_string(item, "what", "?")),
		    view_string(params, "target",
			view_string(item, "path", view_string(item, "lease", "-"))),
		    view_string(item, "outcome", "?"));
		fprintf(to, reason[0] != '\0' ? " \"%s\"\n" : "%s\n", reason);
	}
}

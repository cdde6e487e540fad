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
	size_t at;

	for (size_t i = 0; i < answer->count; i++) {
		json_array_foreach (answer->parts[i].items, at, item)
			add_difference(columns, item);
	}
	if (columns_rows(columns) > 0)
		columns_print(columns, to, style);
	else if (style->legend)
		fputs("No difference.\n", to);
	columns_free(columns);
	view_failures(to, answer, style);
}

/* The entries that each daemon tells under `key`. */
static void
put_entries(
    FILE *to, const struct answer *answer, const char *key, const struct style *style)
{
	const json_t *entry;
	size_t at, count = 0;

	for (size_t i = 0; i < answer->count; i++) {
		const json_t *result = json_array_get(answer->parts[i].items, 0);

		json_array_foreach (json_object_get(result, key), at, entry) {
			char value[VIEW_TEXT_SIZE];

			fprintf(to, "%s %s %s: %s\n", view_string(entry, "path", "?"),
			    view_string(entry, "field", "?"),
			    value_text(value, entry, "value"), key);
			count++;
		}
		view_durable(to, result);
	}
	if (count == 0)
		fprintf(to, "nothing to be %s\n", key);
	view_failures(to, answer, style);
}

void
view_saved(FILE *to, const struct answer *answer, const struct style *style)
{
	put_entries(to, answer, "saved", style);
}

void
view_discarded(FILE *to, const struct answer *answer, const struct style *style)
{
	put_entries(to, answer, "discarded", style);
}

/* Whoever logged in, also behind sudo: "dave(1000)", "dave(1000) as root". */
static void
put_who(FILE *to, const json_t *who)
{
	json_int_t uid = view_integer(who, "uid", -1);
	json_int_t login = view_integer(who, "login_uid", uid);

	if (uid < 0)
		fputs(view_string(who, "name", "-"), to);
	else if (login != uid)
		fprintf(to, "%s(%" JSON_INTEGER_FORMAT ") as %s",
		    view_string(who, "login_user", "?"), login,
		    view_string(who, "user", "?"));
	else
		fprintf(to, "%s(%" JSON_INTEGER_FORMAT ")",
		    view_string(who, "user", "?"), uid);
}

/* What was asked for: "set instance/VI_1 priority 150". */
static void
put_what(FILE *to, const json_t *item)
{
	const json_t *params = json_object_get(item, "params");
	const json_t *changes = json_object_get(item, "changes"), *change;
	const char *target = view_string(params, "target",
	    view_string(item, "path", view_string(params, "id", NULL)));
	const char *action = view_string(params, "action", NULL);
	char old[VIEW_TEXT_SIZE], new[VIEW_TEXT_SIZE];
	size_t i;

	fputs(view_string(item, "method", view_string(item, "what", "?")), to);
	fprintf(to, action != NULL ? " %s" : "%s", action != NULL ? action : "");
	fprintf(to, target != NULL ? " %s" : "%s", target != NULL ? target : "");
	json_array_foreach (changes, i, change)
		fprintf(to, "%s %s %s %s -> %s", i > 0 ? "," : "",
		    view_string(change, "path", "?"), view_string(change, "field", "?"),
		    value_text(old, change, "old"), value_text(new, change, "new"));
}

/* "03:40:59 dave(1000) operator  failover instance/VI_1  ok moved to 192.0.2.12" */
static void
put_audited(FILE *to, const json_t *item, int64_t now_us, const struct style *style)
{
	const char *outcome = view_string(item, "outcome", "?");
	enum paint paint = strcmp(outcome, "ok") == 0 ? PAINT_NONE : PAINT_NOTE;
	const json_t *params = json_object_get(item, "params");
	const json_t *who = json_object_get(item, "who");
	const char *const texts[] = {view_string(item, "message", NULL),
	    view_string(item, "lease", NULL), view_string(params, "op_id", NULL)};
	const char *reason = view_string(params, "reason", NULL);
	char clock[UNITS_TEXT_SIZE];

	fprintf(to, "%s ", when_clock(clock, view_string(item, "at", NULL), now_us));
	if (view_string(item, "daemon", NULL) != NULL)
		fprintf(to, "%-6s ", view_string(item, "daemon", NULL));
	put_who(to, who);
	fprintf(to, " %s  ", view_string(who, "role", "-"));
	put_what(to, item);
	fputs("  ", to);
	style_begin(to, style, paint);
	fputs(outcome, to);
	style_end(to, style, paint);
	if (view_string(item, "to", NULL) != NULL)
		fprintf(to, " moved to %s", view_string(item, "to", ""));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		fprintf(to, texts[i] != NULL ? "  %s" : "%s",
		    texts[i] != NULL ? texts[i] : "");
	fprintf(
	    to, reason != NULL ? "  \"%s\"\n" : "%s\n", reason != NULL ? reason : "");
}

void
view_audit(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *item;
	size_t i;

	json_array_foreach (answer_good(answer)->items, i, item)
		put_audited(to, item, answer->order->now_us, style);
	if (i == 0 && style->legend)
		fputs("Nothing was changed.\n", to);
	view_failures(to, answer, style);
}

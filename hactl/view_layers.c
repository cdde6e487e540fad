/* SPDX-License-Identifier: Apache-2.0 */
/* view_layers.c - values of the file, of what was saved and of what runs. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/columns.h"
#include "hactl/order.h"
#include "hactl/must.h"
#include "hactl/value_text.h"
#include "hactl/view.h"
#include "hactl/when.h"

/* "110 (haven.conf:7)" */
static void
add_file_value(struct columns *columns, const char *field, const json_t *file)
{
	char *value = value_text(field, json_object_get(file, "value"));
	char line[VIEW_TEXT_SIZE];

	if (view_string(file, "file", NULL) != NULL)
		columns_add(columns, PAINT_NONE, "%s (%s:%s)", value,
		    view_string(file, "file", "?"), view_text(line, file, "line"));
	else
		columns_add(columns, PAINT_NONE, "%s", value);
	free(value);
}

/* "1"; "1, else 150" where a hold or the like is for a while above what was set. */
static char *
running_text(const json_t *item)
{
	const char *field = view_string(item, "field", "?");
	const json_t *set = json_object_get(item, "set");
	char *running = value_text(field, json_object_get(item, "running"));
	char *both, *below;

	if (set == NULL)
		return running;
	below = value_text(field, set);
	both = must_format("%s, else %s", running, below);
	free(running);
	free(below);
	return both;
}

/* "hold L-3fa2, 9m12s left"; an override is just a lease. */
static void
add_lease(struct columns *columns, const json_t *item, int64_t now_us)
{
	const char *kind = view_string(item, "kind", "override");
	const char *lease = view_string(item, "lease", "-");
	const char *expires = view_string(item, "expires", NULL);
	bool plain = strcmp(kind, "override") == 0;
	char left[UNITS_TEXT_SIZE];

	if (expires == NULL)
		columns_add(columns, PAINT_NONE, "%s%s%s", plain ? "" : kind,
		    plain ? "" : " ", lease);
	else
		columns_add(columns, PAINT_NONE, "%s%s%s, %s left", plain ? "" : kind,
		    plain ? "" : " ", lease, when_left(left, expires, now_us));
}

static void
add_difference(struct columns *columns, const json_t *item, int64_t now_us)
{
	const char *field = view_string(item, "field", "?");
	char *name = value_text_name(field);
	char *saved = value_text(field, json_object_get(item, "saved"));
	char *running = running_text(item);

	columns_add(columns, PAINT_NONE, "%s", view_string(item, "path", "?"));
	columns_add(columns, PAINT_NONE, "%s", name);
	add_file_value(columns, field, json_object_get(item, "file"));
	columns_add(columns, PAINT_NONE, "%s", saved);
	columns_add(columns, PAINT_NONE, "%s", running);
	add_lease(columns, item, now_us);
	free(name);
	free(saved);
	free(running);
}

/* It is not in the file, so nobody finds there what it means. */
static void
explain_stay(FILE *to, const struct answer *answer)
{
	const json_t *item;
	size_t at;

	for (size_t i = 0; i < answer->count; i++) {
		json_array_foreach (answer->parts[i].items, at, item) {
			if (strcmp(view_string(item, "field", ""), "stay") != 0)
				continue;
			fputs(
			    "\n\"stay\" was left by a maintenance and leaves the role where "
			    "it is: \"hactl takeover NAME\" brings it back.\n",
			    to);
			return;
		}
	}
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
			add_difference(columns, item, answer->order->now_us);
	}
	if (columns_rows(columns) > 0)
		columns_print(columns, to, style);
	else if (style->legend)
		view_nothing(to, answer, "No difference.");
	columns_free(columns);
	if (style->legend)
		explain_stay(to, answer);
	view_failures(to, answer, style);
}

static void
put_entry(FILE *to, const json_t *entry, const char *what)
{
	const char *field = view_string(entry, "field", "?");
	char *name = value_text_name(field);
	char *value = value_text(field, json_object_get(entry, "value"));
	char *old = value_text(field, json_object_get(entry, "old"));
	char *new = value_text(field, json_object_get(entry, "new"));

	fprintf(to, "%s %s ", view_string(entry, "path", "?"), name);
	if (json_is_false(json_object_get(entry, "in_force")))
		fprintf(to, "%s: %s; in force is %s of lease %s\n", value, what, new,
		    view_string(entry, "lease", "?"));
	else if (json_object_get(entry, "new") != NULL)
		fprintf(to, "%s -> %s: %s\n", old, new, what);
	else
		fprintf(to, "%s: %s\n", value, what);
	free(name);
	free(value);
	free(old);
	free(new);
}

/* The entries that each daemon tells under `key`; `empty` goes on when there are none.
 */
static void
put_entries(FILE *to, const struct answer *answer, const char *key, const char *empty,
    const struct style *style)
{
	const json_t *entry;
	size_t at, count = 0;

	for (size_t i = 0; i < answer->count; i++) {
		const json_t *result = json_array_get(answer->parts[i].items, 0);

		json_array_foreach (json_object_get(result, key), at, entry)
			put_entry(to, entry, key);
		count += json_array_size(json_object_get(result, key));
		view_durable(to, result);
	}
	if (count == 0 && view_is_whole(answer))
		fprintf(to, "nothing to be %s%s\n", key, empty);
	view_failures(to, answer, style);
}

void
view_saved(FILE *to, const struct answer *answer, const struct style *style)
{
	put_entries(to, answer, "saved", "", style);
}

void
view_discarded(FILE *to, const struct answer *answer, const struct style *style)
{
	bool saved = cmd_match_has(&answer->order->match, "saved");

	put_entries(to, answer, "discarded",
	    saved ? "" : "; what was saved stays: \"discard saved\" drops it", style);
}

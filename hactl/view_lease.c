/* SPDX-License-Identifier: Apache-2.0 */
/* view_lease.c - leases, and what maintenance, hold, confirm and their kind brought
 * about.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/cmd_table.h"
#include "hactl/columns.h"
#include "hactl/lease_text.h"
#include "hactl/members_text.h"
#include "hactl/order.h"
#include "hactl/view.h"
#include "hactl/when.h"

/* The instance or other object of the line; NULL: the node. */
static const char *
object_of(const struct answer *answer)
{
	static const char *const tokens[] = {"NAME", "GROUP", "REAL", "VS"};

	if (order_is_for_all(answer->order))
		return "all instances";
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		const char *name = cmd_match_arg(&answer->order->match, tokens[i]);

		if (name != NULL)
			return name;
	}
	return NULL;
}

/* "VI_1", "node lb1" */
static void
put_object(FILE *to, const struct answer *answer)
{
	const char *object = object_of(answer);

	fprintf(to, object != NULL ? "%s" : "node %s",
	    object != NULL ? object : answer_node(answer));
}

/* " until 07:44:00 (lease L-3fa7)" */
static void
put_until(FILE *to, const json_t *result, int64_t now_us)
{
	const char *expires = view_string(result, "expires", NULL);
	const char *lease = view_string(result, "lease", NULL);
	char clock[UNITS_TEXT_SIZE];

	if (expires != NULL)
		fprintf(to, " until %s", when_clock(clock, expires, now_us));
	if (lease != NULL)
		fprintf(to, " (lease %s)", lease);
}

/* What will be when the time is over, which nobody should have to guess. */
static void
put_expiry(FILE *to, const json_t *result)
{
	const json_t *stay = json_object_get(result, "stay");

	if (json_is_true(stay))
		fputs("At expiry: back in service as backup, no fail-back.\n", to);
	else if (json_is_boolean(stay))
		fputs(
		    "At expiry: back in service, and MASTER again where it preempts the "
		    "others.\n",
		    to);
}

/* " in maintenance until 07:44:00 (lease L-3fa7): VI_1 moved to 192.0.2.12 after 3s."
 */
static void
put_window(FILE *to, const struct answer *answer, const json_t *result)
{
	const char *op_id = view_string(result, "op_id", NULL);
	char *members = members_text(result);

	fputs(" in maintenance", to);
	put_until(to, result, answer->order->now_us);
	if (members[0] != '\0')
		fprintf(to, ": %s.", members);
	putc('\n', to);
	free(members);
	put_expiry(to, result);
	if (json_is_true(json_object_get(result, "accepted")) && op_id != NULL)
		fprintf(to, "\"hactl call vrrpd op.get op_id=%s\" tells how it ends.\n",
		    op_id);
}

void
view_maintenance(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *result = answer_item(answer, 0);

	(void)style;
	put_object(to, answer);
	if (!cmd_match_has(&answer->order->match, "off"))
		put_window(to, answer, result);
	else if (json_is_true(json_object_get(result, "changed")))
		fputs(": maintenance ended\n", to);
	else
		fputs(" was not in maintenance\n", to);
	view_durable(to, result);
}

void
view_held(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *result = answer_item(answer, 0);

	bool changed = json_is_true(json_object_get(result, "changed"));
	bool clear = cmd_match_has(&answer->order->match, "clear");

	(void)style;
	if (clear) {
		if (!changed && order_is_for_all(answer->order))
			fputs("no instance was held\n", to);
		else
			fprintf(to, "%s%s\n", object_of(answer),
			    changed ? ": no longer held" : " was not held");
		view_durable(to, result);
		return;
	}
	put_object(to, answer);
	fputs(" held back", to);
	put_until(to, answer_item(answer, 0), answer->order->now_us);
	putc('\n', to);
	view_durable(to, result);
}

/* What was confirmed and something stronger decides. */
static void
put_kept(FILE *to, const json_t *result, int64_t now_us)
{
	const json_t *change;
	size_t i;

	json_array_foreach (json_object_get(result, "changes"), i, change) {
		if (!json_is_false(json_object_get(change, "in_force")))
			continue;
		view_hidden(to, change, now_us);
		putc('\n', to);
	}
}

void
view_confirmed(FILE *to, const struct answer *answer, const struct style *style)
{
	for (size_t i = 0; i < answer->count; i++) {
		const json_t *result = json_array_get(answer->parts[i].items, 0);

		const char *expires = view_string(result, "expires", NULL);
		char clock[UNITS_TEXT_SIZE];

		if (result == NULL)
			continue;
		fprintf(to, "confirmed %s: it stays",
		    view_string(result, "confirmed", "-"));
		if (expires != NULL)
			fprintf(to, " until %s",
			    when_clock(clock, expires, answer->order->now_us));
		putc('\n', to);
		put_kept(to, result, answer->order->now_us);
		view_durable(to, result);
	}
	view_failures(to, answer, style);
}

void
view_done(FILE *to, const struct answer *answer, const struct style *style)
{
	(void)style;
	fprintf(to, "%s: %s", object_of(answer), answer->order->command->method);
	put_until(to, answer_item(answer, 0), answer->order->now_us);
	putc('\n', to);
}

void
view_announced(FILE *to, const struct answer *answer, const struct style *style)
{
	json_int_t count = view_integer(answer_item(answer, 0), "addresses", 0);

	(void)style;
	fprintf(to, "%s: %" JSON_INTEGER_FORMAT " address%s announced\n",
	    object_of(answer), count, count == 1 ? "" : "es");
}

static void
put_level(FILE *to, const char *daemon, const char *old, const char *level)
{
	if (strcmp(old, level) == 0)
		fprintf(to, "log level of %s: %s, as before", daemon, level);
	else
		fprintf(to, "log level of %s: %s -> %s", daemon, old, level);
}

void
view_log_level(FILE *to, const struct answer *answer, const struct style *style)
{
	for (size_t i = 0; i < answer->count; i++) {
		const json_t *result = json_array_get(answer->parts[i].items, 0);

		if (result == NULL)
			continue;
		put_level(to, answer->parts[i].daemon, view_string(result, "old", "?"),
		    view_string(result, "level", "?"));
		put_until(to, result, answer->order->now_us);
		putc('\n', to);
		view_durable(to, result);
	}
	view_failures(to, answer, style);
}

/* "hold"; of an edit that is no lease, how long it stays: "saved", "runtime" (until the
 * next start of the machine). */
static const char *
kind_of(const json_t *item)
{
	const char *kind = view_string(item, "kind", "-");

	return strcmp(kind, "override") == 0 &&
		       json_is_null(json_object_get(item, "id"))
		   ? view_string(item, "layer", kind)
		   : kind;
}

/* A lease has an object or many; an entry of the list of all edits is about one. */
static void
add_lease(struct columns *columns, const json_t *item, const char *daemon)
{
	char id[VIEW_TEXT_SIZE], by[VIEW_TEXT_SIZE], left[UNITS_TEXT_SIZE];
	char *objects = lease_text_objects(item);
	char *values = lease_text_values(item);

	if (daemon != NULL)
		columns_add(columns, PAINT_NONE, "%s", daemon);
	columns_add(columns, PAINT_NONE, "%s", view_text(id, item, "id"));
	columns_add(columns, PAINT_NONE, "%s", kind_of(item));
	columns_add(columns, PAINT_NONE, "%s", objects);
	columns_add(columns, PAINT_NONE, "%s", values);
	columns_add(columns, PAINT_NONE, "%s", view_user(by, item));
	columns_add(columns, PAINT_NONE, "%s", view_span(left, item, "left_ms"));
	columns_add(columns, PAINT_NONE, "%s", view_string(item, "reason", "-"));
	free(objects);
	free(values);
}

void
view_leases(FILE *to, const struct answer *answer, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = "DAEMON"},
	    {.title = "ID"},
	    {.title = "KIND"},
	    {.title = "OBJECT", .flexible = true},
	    {.title = "VALUE", .flexible = true},
	    {.title = "BY"},
	    {.title = "LEFT"},
	    {.title = "REASON", .flexible = true},
	};
	bool of_both = answer_is_of_both(answer);
	size_t skipped = of_both ? 0 : 1;
	struct columns *columns =
	    columns_new(heads + skipped, sizeof(heads) / sizeof(heads[0]) - skipped);
	const json_t *item;
	size_t at;

	for (size_t i = 0; i < answer->count; i++) {
		const struct part *part = &answer->parts[i];

		json_array_foreach (part->items, at, item)
			add_lease(columns, item, of_both ? part->daemon : NULL);
	}
	if (columns_rows(columns) > 0)
		columns_print(columns, to, style);
	else if (style->legend)
		view_nothing(to, answer,
		    cmd_match_has(&answer->order->match, "override")
			? "None: the configuration file decides."
			: "None. \"hactl show overrides\" has edits without an end too.");
	columns_free(columns);
	view_failures(to, answer, style);
}

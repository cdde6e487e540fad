/* SPDX-License-Identifier: Apache-2.0 */
/* view_lease.c - leases, and what maintenance, hold, confirm and their kind brought
 * about.
 */
#include <stdlib.h>
#include <string.h>

#include "hactl/cmd_table.h"
#include "hactl/columns.h"
#include "hactl/lease_text.h"
#include "hactl/order.h"
#include "hactl/view.h"
#include "hactl/when.h"

/* "the node", or the instance or other object of the line. */
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
	return "the node";
}

/* " until 07:44:00 (lease L-3fa7)" */
static void
put_until(FILE *to, const struct answer *answer)
{
	const json_t *result = answer_item(answer, 0);
	const char *expires = view_string(result, "expires", NULL);
	const char *lease = view_string(result, "lease", NULL);
	char clock[UNITS_TEXT_SIZE];

	if (expires != NULL)
		fprintf(
		    to, " until %s", when_clock(clock, expires, answer->order->now_us));
	if (lease != NULL)
		fprintf(to, " (lease %s)", lease);
}

/* "; VI_1 moved to 192.0.2.12, VI_4 backup" */
static void
put_members(FILE *to, const json_t *members)
{
	const json_t *member;
	size_t i;

	json_array_foreach (members, i, member) {
		const char *peer = view_string(member, "to", NULL);

		fprintf(to, "%s%s %s", i == 0 ? ": " : ", ",
		    view_string(member, "name", "?"),
		    view_string(member, "state", "?"));
		if (peer != NULL)
			fprintf(to, " to %s", peer);
	}
}

void
view_maintenance(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *result = answer_item(answer, 0);

	(void)style;
	fputs(object_of(answer), to);
	if (cmd_match_has(&answer->order->match, "off")) {
		fputs(json_is_true(json_object_get(result, "changed"))
			  ? ": maintenance ended\n"
			  : " was not in maintenance\n",
		    to);
		view_durable(to, result);
		return;
	}
	fputs(" in maintenance", to);
	put_until(to, answer);
	put_members(to, json_object_get(result, "members"));
	putc('\n', to);
	view_durable(to, result);
}

void
view_held(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *result = answer_item(answer, 0);

	(void)style;
	fputs(object_of(answer), to);
	if (cmd_match_has(&answer->order->match, "clear")) {
		fputs(json_is_true(json_object_get(result, "changed"))
			  ? ": no longer held\n"
			  : " was not held\n",
		    to);
		view_durable(to, result);
		return;
	}
	fputs(" held back", to);
	put_until(to, answer);
	putc('\n', to);
	view_durable(to, result);
}

void
view_confirmed(FILE *to, const struct answer *answer, const struct style *style)
{
	(void)style;
	fprintf(
	    to, "confirmed %s", view_string(answer_item(answer, 0), "confirmed", "-"));
	put_until(to, answer);
	putc('\n', to);
	view_durable(to, answer_item(answer, 0));
}

void
view_done(FILE *to, const struct answer *answer, const struct style *style)
{
	(void)style;
	fprintf(to, "%s: %s", object_of(answer), answer->order->command->method);
	put_until(to, answer);
	putc('\n', to);
}

void
view_announced(FILE *to, const struct answer *answer, const struct style *style)
{
	char count[VIEW_TEXT_SIZE];

	(void)style;
	fprintf(to, "%s: %s addresses announced\n", object_of(answer),
	    view_text(count, answer_item(answer, 0), "addresses"));
}

void
view_log_level(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *result = answer_item(answer, 0);

	(void)style;
	fprintf(to, "log level %s -> %s", view_string(result, "old", "?"),
	    view_string(result, "level", "?"));
	put_until(to, answer);
	putc('\n', to);
	view_durable(to, result);
}

/* A lease has an object or many; an entry of the list of all edits is about one. */
static void
add_lease(struct columns *columns, const json_t *item)
{
	char id[VIEW_TEXT_SIZE], by[VIEW_TEXT_SIZE], left[UNITS_TEXT_SIZE];
	char *objects = lease_text_objects(item);
	char *values = lease_text_values(item);

	columns_add(columns, PAINT_NONE, "%s", view_text(id, item, "id"));
	columns_add(columns, PAINT_NONE, "%s", view_string(item, "kind", "-"));
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
	    {.title = "ID"},
	    {.title = "KIND"},
	    {.title = "OBJECT", .flexible = true},
	    {.title = "VALUE", .flexible = true},
	    {.title = "BY"},
	    {.title = "LEFT"},
	    {.title = "REASON", .flexible = true},
	};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	const json_t *item;
	size_t i;

	json_array_foreach (answer_good(answer)->items, i, item)
		add_lease(columns, item);
	if (columns_rows(columns) > 0)
		columns_print(columns, to, style);
	else if (style->legend)
		fputs("None: the configuration file decides.\n", to);
	columns_free(columns);
}

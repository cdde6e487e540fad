/* SPDX-License-Identifier: Apache-2.0 */
/* render_json.c - answers for scripts: always an object with a schema, lists always
 * arrays. */
#include "hactl/render.h"

#include <stdlib.h>

#include "common/units.h"
#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/order.h"

static void
write_line(FILE *to, const json_t *json, const struct style *style)
{
	size_t flags = style->pretty ? JSON_INDENT(2) : JSON_COMPACT;
	/* 15 digits: what a decimal number surely keeps, and 980.468 stays as short. */
	char *text = must(json_dumps(json, flags | JSON_REAL_PRECISION(15)));

	fprintf(to, "%s\n", text);
	free(text);
}

/* A copy of an item that says whose it is. */
static json_t *
tagged(const struct part *part, const json_t *item)
{
	json_t *copy = must(json_pack(
	    "{s:s, s:b}", "daemon", part->daemon, "reachable", part->hello != NULL));

	if (json_is_object(item))
		(void)json_object_update(copy, json_loose(item));
	return copy;
}

static json_t *
failed_item(const struct part *part)
{
	struct failure failure = failure_of_error(part->daemon, &part->error);
	json_t *item = tagged(part, NULL);

	(void)json_object_set_new(item, "error", failure_json(&failure));
	return item;
}

static void
add_items(json_t *items, const struct part *part, bool by_daemon)
{
	json_t *item;
	size_t i;

	if (part->absent) {
		(void)json_array_append_new(items, tagged(part, NULL));
		return;
	}
	if (part->error.code != CTL_OK) {
		(void)json_array_append_new(items, failed_item(part));
		return;
	}
	json_array_foreach (part->items, i, item) {
		if (by_daemon)
			(void)json_array_append_new(items, tagged(part, item));
		else
			(void)json_array_append(items, item);
	}
}

static bool
is_partial(const struct answer *answer)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (answer->parts[i].error.code != CTL_OK && !answer->parts[i].absent)
			return true;
	}
	return false;
}

static void
render_answer(FILE *to, const struct answer *answer, const struct style *style)
{
	const struct command *command = answer->order->command;
	const struct part *good = answer_good(answer);
	json_t *items = must(json_array());
	char at[UNITS_TEXT_SIZE];
	json_t *json;

	for (size_t i = 0; i < answer->count; i++)
		add_items(items, &answer->parts[i],
		    command->asks == ASKS_BOTH || command->asks == ASKS_OWNER ||
			answer->count > 1);
	json = must(json_pack("{s:s, s:s, s:s, s:I, s:b, s:o}", "schema",
	    command->schema, "node", answer_node(answer), "at",
	    units_format_rfc3339(at, answer->order->now_us), "rev",
	    good != NULL ? good->rev : 0, "partial", is_partial(answer), "items",
	    items));
	write_line(to, json, style);
	json_decref(json);
}

static void
render_failure(FILE *to, const struct failure *failure, const struct style *style)
{
	json_t *json = must(json_pack("{s:o}", "error", failure_json(failure)));

	write_line(to, json, style);
	json_decref(json);
}

const struct renderer render_json = {
    .answer = render_answer, .failure = render_failure};

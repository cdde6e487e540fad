/* SPDX-License-Identifier: Apache-2.0 */
/* view_stats.c - what was counted: packets by reason with the last offender, clients.
 */
#include <string.h>

#include "hactl/columns.h"
#include "hactl/order.h"
#include "hactl/view.h"
#include "hactl/when.h"

#define INDENT "  "

/* The last packet that was odd for this reason, or NULL. */
static const json_t *
offender_of(const json_t *object, const char *reason)
{
	const json_t *list = json_object_get(object, "offenders"), *item;
	size_t i;

	json_array_foreach (list, i, item) {
		if (strcmp(view_string(item, "what", ""), reason) == 0)
			return item;
	}
	return NULL;
}

static void
add_reason(struct columns *columns, const char *reason, json_int_t count,
    const json_t *offender, int64_t now_us)
{
	char mac[VIEW_TEXT_SIZE], at[UNITS_TEXT_SIZE];

	columns_add(columns, PAINT_NONE, INDENT INDENT "%s", reason);
	columns_add(columns, PAINT_NONE, "%" JSON_INTEGER_FORMAT, count);
	columns_add(columns, PAINT_NONE, "%s", view_string(offender, "source", "-"));
	columns_add(columns, PAINT_NONE, "%s", view_text(mac, offender, "mac"));
	columns_add(columns, PAINT_NONE, "%s",
	    when_age(at, view_string(offender, "at", NULL), now_us));
	columns_add(columns, PAINT_NONE, "%s",
	    view_string(offender, "detail", view_string(offender, "text", "-")));
}

/* There are many reasons to find a packet odd: only those that occurred. */
static void
add_reasons(struct columns *columns, const json_t *object, int64_t now_us)
{
	json_t *drops = json_object_get(json_object_get(object, "counters"), "drops");
	const json_t *list = json_object_get(object, "offenders"), *item;
	const char *reason;
	json_t *count;
	size_t i;

	json_object_foreach (drops, reason, count) {
		if (json_integer_value(count) != 0)
			add_reason(columns, reason, json_integer_value(count),
			    offender_of(object, reason), now_us);
	}
	/* Those that were odd and not refused. */
	json_array_foreach (list, i, item) {
		if (json_object_get(drops, view_string(item, "what", "")) == NULL)
			add_reason(columns, view_string(item, "what", "?"),
			    view_integer(item, "count", 0), item, now_us);
	}
}

void
view_counters(FILE *to, const json_t *object, int64_t now_us, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = INDENT "refused or odd"},
	    {.title = "COUNT", .align = COLUMN_RIGHT},
	    {.title = "LAST FROM", .flexible = true, .keeps_end = true},
	    {.title = "MAC"},
	    {.title = "AGO"},
	    {.title = "BECAUSE", .flexible = true},
	};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	struct style titled = *style;
	const char *name;
	json_t *value;

	fputs(INDENT "counters\n", to);
	json_object_foreach (json_object_get(object, "counters"), name, value) {
		if (json_is_integer(value))
			fprintf(to, INDENT INDENT "%-22s %" JSON_INTEGER_FORMAT "\n",
			    name, json_integer_value(value));
	}
	add_reasons(columns, object, now_us);
	titled.legend = true;
	if (columns_rows(columns) > 0)
		columns_print(columns, to, &titled);
	columns_free(columns);
}

static json_int_t
count_refused(const json_t *counters)
{
	const char *reason;
	json_int_t sum = 0;
	json_t *count;

	json_object_foreach (json_object_get(counters, "drops"), reason, count)
		sum += json_integer_value(count);
	return sum;
}

/* The odd packet that came last. */
static const json_t *
last_offender(const json_t *object)
{
	const json_t *list = json_object_get(object, "offenders"), *item, *last = NULL;
	size_t i;

	json_array_foreach (list, i, item) {
		if (last == NULL || strcmp(view_string(item, "at", ""),
					view_string(last, "at", "")) > 0)
			last = item;
	}
	return last;
}

static void
add_number(struct columns *columns, json_int_t number, enum paint paint)
{
	columns_add(columns, paint, "%" JSON_INTEGER_FORMAT, number);
}

static void
add_stats(struct columns *columns, const json_t *item, int64_t now_us)
{
	const json_t *counters = json_object_get(item, "counters");
	const json_t *last = last_offender(item);
	json_int_t refused = count_refused(counters);
	const char *state = view_string(item, "state", "-");
	char age[UNITS_TEXT_SIZE];

	columns_add(columns, PAINT_NONE, "%s", view_string(item, "name", "-"));
	columns_add(columns, style_of_state(state), "%s", state);
	add_number(columns, view_integer(item, "transitions", 0), PAINT_NONE);
	add_number(columns, view_integer(counters, "adverts_sent", 0), PAINT_NONE);
	add_number(columns, view_integer(counters, "adverts_received", 0), PAINT_NONE);
	add_number(columns, refused, refused > 0 ? PAINT_BAD : PAINT_NONE);
	if (last != NULL)
		columns_add(columns, PAINT_NONE, "%s of %s, %s ago",
		    view_string(last, "what", "?"), view_string(last, "source", "?"),
		    when_age(age, view_string(last, "at", NULL), now_us));
	else
		columns_add(columns, PAINT_NONE, "-");
}

void
view_stats(FILE *to, const struct answer *answer, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = "INSTANCE", .flexible = true},
	    {.title = "STATE"},
	    {.title = "CHANGES", .align = COLUMN_RIGHT},
	    {.title = "SENT", .align = COLUMN_RIGHT},
	    {.title = "HEARD", .align = COLUMN_RIGHT},
	    {.title = "REFUSED", .align = COLUMN_RIGHT},
	    {.title = "LAST ODD PACKET", .flexible = true},
	};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	const json_t *item;
	size_t i;

	json_array_foreach (answer_good(answer)->items, i, item)
		add_stats(columns, item, answer->order->now_us);
	columns_print(columns, to, style);
	columns_free(columns);
}

void
view_stats_of(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *object = answer_item(answer, 0);
	char changes[VIEW_TEXT_SIZE];

	fprintf(to, "%s is %s, %s changes of state\n", view_string(object, "name", "?"),
	    view_string(object, "state", "?"),
	    view_text(changes, object, "transitions"));
	view_counters(to, object, answer->order->now_us, style);
}

/* ---- clients ----------------------------------------------------------------- */

static void
add_client(struct columns *columns, const char *daemon, const json_t *item)
{
	static const char *const numbers[] = {"pid", "requests", "waiting", "unsent"};
	char text[VIEW_TEXT_SIZE], age[UNITS_TEXT_SIZE];

	columns_add(columns, PAINT_NONE, "%s", daemon);
	columns_add(columns, PAINT_NONE, "%s", view_string(item, "socket", "-"));
	columns_add(columns, PAINT_NONE, "%s", view_string(item, "role", "-"));
	columns_add(columns, PAINT_NONE, "%s", view_user(text, item));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		columns_add(
		    columns, PAINT_NONE, "%s", view_text(text, item, numbers[i]));
	columns_add(columns, PAINT_NONE, "%s", view_span(age, item, "for_ms"));
}

/* "vrrpd: 2 now, 15 connections, 17 requests, 0 refused, 0 slow" */
static void
put_totals(FILE *to, const struct part *part)
{
	const char *name, *separator = ": ";
	json_t *value;

	fputs(part->daemon, to);
	json_object_foreach (
	    json_object_get(json_array_get(part->items, 0), "totals"), name, value) {
		fprintf(to, "%s%" JSON_INTEGER_FORMAT " %s", separator,
		    json_integer_value(value), name);
		separator = ", ";
	}
	putc('\n', to);
}

void
view_clients(FILE *to, const struct answer *answer, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = "DAEMON"},
	    {.title = "SOCKET"},
	    {.title = "ROLE"},
	    {.title = "USER"},
	    {.title = "PID", .align = COLUMN_RIGHT},
	    {.title = "REQUESTS", .align = COLUMN_RIGHT},
	    {.title = "WAITING", .align = COLUMN_RIGHT},
	    {.title = "UNSENT", .align = COLUMN_RIGHT},
	    {.title = "FOR"},
	};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	const json_t *item;
	size_t at;

	for (size_t i = 0; i < answer->count; i++) {
		const struct part *part = &answer->parts[i];
		const json_t *result = json_array_get(part->items, 0);

		json_array_foreach (json_object_get(result, "items"), at, item)
			add_client(columns, part->daemon, item);
	}
	columns_print(columns, to, style);
	columns_free(columns);
	for (size_t i = 0; i < answer->count && style->legend; i++) {
		if (answer->parts[i].error.code != CTL_OK)
			view_failed(to, &answer->parts[i], style);
		else
			put_totals(to, &answer->parts[i]);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* view_move.c - where the role went after a failover or takeover. */
#include <string.h>

#include "hactl/columns.h"
#include "hactl/order.h"
#include "hactl/view.h"
#include "hactl/when.h"

static bool
is_takeover(const struct answer *answer)
{
	return cmd_match_has(&answer->order->match, "takeover");
}

/* The instance of the line, or "all". */
static const char *
object_of(const struct answer *answer)
{
	const char *name = cmd_match_arg(&answer->order->match, "NAME");

	return name != NULL ? name : "all";
}

/* "; this node stays behind until 03:51:02 (lease L-3fa2)" */
static void
put_lease(FILE *to, const struct answer *answer, const json_t *result)
{
	const char *lease = view_string(result, "lease", NULL);
	const char *expires = view_string(result, "expires", NULL);
	char clock[UNITS_TEXT_SIZE];

	if (lease == NULL)
		return;
	fputs(is_takeover(answer) ? "; it keeps the role" : "; this node stays behind",
	    to);
	if (expires != NULL)
		fprintf(
		    to, " until %s", when_clock(clock, expires, answer->order->now_us));
	fprintf(to, " (lease %s)", lease);
}

static void
put_took(FILE *to, const json_t *result)
{
	char span[UNITS_TEXT_SIZE];

	if (json_is_number(json_object_get(result, "took_ms")))
		fprintf(to, " after %s", view_span(span, result, "took_ms"));
}

static void
put_accepted(FILE *to, const struct answer *answer, const json_t *result)
{
	const char *op_id = view_string(result, "op_id", NULL);
	char span[UNITS_TEXT_SIZE];

	fprintf(to, "%s: accepted", object_of(answer));
	if (op_id != NULL)
		fprintf(to, " as %s", op_id);
	if (json_is_number(json_object_get(result, "wait_ms")))
		fprintf(
		    to, "; it takes %s at most", view_span(span, result, "wait_ms"));
	if (op_id != NULL)
		fprintf(to, "\n\"hactl call vrrpd op.get op_id=%s\" tells how it ends.",
		    op_id);
}

/* A role that is here already is not given a lease. Says so to whoever asked for one,
 * with what would give it. */
static void
put_not_kept(FILE *to, const struct answer *answer)
{
	const struct cmd_match *match = &answer->order->match;
	const char *span = cmd_match_arg(match, "T");
	const char *clock = cmd_match_arg(match, "CLOCK");
	const char *word = span != NULL ? "for" : "until";
	const char *time = span != NULL ? span : clock;

	if (time == NULL)
		return;
	fprintf(to, "; nothing was kept %s %s", word, time);
	if (cmd_match_arg(match, "NAME") != NULL)
		fprintf(to, ": \"hactl set %s priority 254 %s %s\"", object_of(answer),
		    word, time);
}

static void
put_already(FILE *to, const struct answer *answer)
{
	bool takeover = is_takeover(answer);
	const char *lease = view_string(answer_item(answer, 0), "lease", NULL);

	if (order_is_for_all(answer->order))
		fprintf(to, "nothing to do: no instance is %s here",
		    takeover ? "BACKUP" : "MASTER");
	else
		fprintf(to, "%s: %s already", object_of(answer),
		    takeover ? "MASTER here" : "moved away");
	if (takeover && lease == NULL)
		put_not_kept(to, answer);
}

static void
put_moved(FILE *to, const struct answer *answer, const json_t *result)
{
	size_t count = json_array_size(json_object_get(result, "members"));
	const char *peer = view_string(result, "to", NULL);

	if (order_is_for_all(answer->order))
		fprintf(to, "%zu instance%s %s", count, count == 1 ? "" : "s",
		    is_takeover(answer) ? "taken over" : "moved");
	else if (is_takeover(answer))
		fprintf(to, "%s: %s is MASTER at once, the other silent",
		    object_of(answer), answer_node(answer));
	else
		fprintf(to, "%s: moved to %s", object_of(answer),
		    peer != NULL ? peer : "another router");
	put_took(to, result);
}

static void
add_outcome(struct columns *columns, const json_t *item)
{
	char span[UNITS_TEXT_SIZE];

	columns_add(columns, PAINT_NONE, "%s", view_string(item, "name", "?"));
	columns_add(columns, PAINT_NONE, "%s", view_string(item, "outcome", "?"));
	columns_add(columns, PAINT_NONE, "%s", view_string(item, "state", "-"));
	columns_add(columns, PAINT_NONE, "%s", view_string(item, "to", "-"));
	columns_add(columns, PAINT_NONE, "%s", view_span(span, item, "took_ms"));
	columns_add(columns, PAINT_NONE, "%s", view_string(item, "message", "-"));
}

void
view_outcomes(FILE *to, const json_t *instances, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = "INSTANCE"},
	    {.title = "OUTCOME"},
	    {.title = "STATE"},
	    {.title = "TO"},
	    {.title = "TOOK"},
	    {.title = "WHY", .flexible = true},
	};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	const json_t *item;
	size_t i;

	json_array_foreach (instances, i, item)
		add_outcome(columns, item);
	columns_print(columns, to, style);
	columns_free(columns);
}

void
view_moved(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *result = answer_item(answer, 0);
	const json_t *instances = json_object_get(result, "instances");
	bool already = json_is_true(json_object_get(result, "already"));
	bool moved = json_is_true(json_object_get(result, "moved"));

	if (already)
		put_already(to, answer);
	else if (moved)
		put_moved(to, answer, result);
	else
		put_accepted(to, answer, result);
	put_lease(to, answer, result);
	putc('\n', to);
	if (json_array_size(instances) > 0)
		view_outcomes(to, instances, style);
}

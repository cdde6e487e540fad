/* SPDX-License-Identifier: Apache-2.0 */
/* view_change.c - what a command changed of values and leases. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/must.h"
#include "hactl/order.h"
#include "hactl/value_text.h"
#include "hactl/view.h"
#include "hactl/when.h"

/* "; in force until 03:51:02 (lease L-3fa2)" */
static void
put_lease(FILE *to, const struct answer *answer, const json_t *result, const char *how)
{
	const char *lease = view_string(result, "lease", NULL);
	const char *expires = view_string(result, "expires", NULL);
	bool waits = json_is_true(json_object_get(result, "confirm"));
	char clock[UNITS_TEXT_SIZE];

	if (lease == NULL)
		return;
	(void)when_clock(clock, expires, answer->order->now_us);
	if (expires != NULL && waits)
		fprintf(to, "; undone at %s unless confirmed", clock);
	else if (expires != NULL)
		fprintf(to, "; %s until %s", how, clock);
	fprintf(to, " (lease %s)", lease);
}

static void
put_change(FILE *to, const json_t *change)
{
	const char *path = view_string(change, "path", "?");
	const char *field = view_string(change, "field", "?");
	const char *slash = strchr(path, '/');
	char *name = value_text_name(field);
	char *old = value_text(field, json_object_get(change, "old"));
	char *new = value_text(field, json_object_get(change, "new"));

	fprintf(to, "%s %s: ", slash != NULL ? slash + 1 : path, name);
	if (strcmp(old, new) == 0)
		fprintf(to, "%s, as before", old);
	else
		fprintf(to, "%s -> %s", old, new);
	free(name);
	free(old);
	free(new);
}

void
view_hidden(FILE *to, const json_t *change, int64_t now_us)
{
	const char *path = view_string(change, "path", "?");
	const char *field = view_string(change, "field", "?");
	const char *slash = strchr(path, '/');
	char *name = value_text_name(field);
	char *set = value_text(field, json_object_get(change, "set"));
	char *new = value_text(field, json_object_get(change, "new"));
	char clock[UNITS_TEXT_SIZE];

	fprintf(to, "%s %s: stays %s until %s (lease %s, %s), then %s",
	    slash != NULL ? slash + 1 : path, name, new,
	    when_clock(clock, view_string(change, "until", NULL), now_us),
	    view_string(change, "lease", "?"), view_string(change, "kind", "?"), set);
	free(name);
	free(set);
	free(new);
}

void
view_pending(FILE *to, const json_t *result)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (json_object_get(result, "pending"), i, entry) {
		const char *path = view_string(entry, "path", "?");
		const char *slash = strchr(path, '/');
		json_int_t want = view_integer(entry, "want", 0);
		json_int_t set = view_integer(entry, "set", 0);

		fprintf(to, "    %s of %s are still being ",
		    view_string(entry, "what", "?"), slash != NULL ? slash + 1 : path);
		if (want > 0)
			fprintf(to,
			    "put in (%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT
			    ")\n",
			    set, want);
		else
			fprintf(to, "removed (%" JSON_INTEGER_FORMAT " left)\n", set);
	}
}

void
view_released(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *result = answer_item(answer, 0);

	(void)style;
	fprintf(to, "lease %s: ended\n", view_string(result, "lease", "?"));
	view_durable(to, result);
}

void
view_renewed(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *result = answer_item(answer, 0);
	char clock[UNITS_TEXT_SIZE];

	(void)style;
	fprintf(to, "lease %s: until %s\n", view_string(result, "lease", "?"),
	    when_clock(
		clock, view_string(result, "expires", NULL), answer->order->now_us));
	view_durable(to, result);
}

/* Leases that ended because their last field was unset. */
static void
put_released(FILE *to, const json_t *result)
{
	const json_t *lease;
	size_t i;

	json_array_foreach (json_object_get(result, "released"), i, lease)
		fprintf(to, "lease %s: ended, nothing is left of it\n",
		    json_string_value(lease));
}

static void
put_applied(FILE *to, const struct answer *answer, const json_t *result)
{
	const json_t *changes = json_object_get(result, "changes");
	const char *name = cmd_match_arg(&answer->order->match, "NAME");
	const json_t *change;
	size_t i;

	json_array_foreach (changes, i, change) {
		bool hidden = json_is_false(json_object_get(change, "in_force"));

		if (hidden)
			view_hidden(to, change, answer->order->now_us);
		else
			put_change(to, change);
		put_lease(to, answer, result, hidden ? "kept" : "in force");
		if (json_is_true(json_object_get(change, "drops_saved")))
			fputs("; what was saved is dropped, too", to);
		putc('\n', to);
	}
	if (json_array_size(changes) == 0)
		fprintf(to, "%s: nothing to change\n", name != NULL ? name : "all");
	put_released(to, result);
	view_pending(to, result);
	view_durable(to, result);
}

void
view_applied(FILE *to, const struct answer *answer, const struct style *style)
{
	(void)style;
	for (size_t i = 0; i < answer->count; i++)
		put_applied(to, answer, json_array_get(answer->parts[i].items, 0));
	if (options_given(&answer->order->options, OPTION_DRY_RUN))
		fputs("Nothing was changed: --dry-run.\n", to);
}

/* The command that gives the field its old value again. */
static void
put_way_back(FILE *to, const char *daemon, const json_t *change)
{
	const char *path = view_string(change, "path", "?");
	const char *field = view_string(change, "field", "?");
	const char *slash = strchr(path, '/');
	char *name = value_text_name(field);
	char *old = value_text(field, json_object_get(change, "old"));

	if (strncmp(path, "daemon/", strlen("daemon/")) == 0)
		fprintf(to, "To undo it: \"hactl log level %s %s\".\n", old, daemon);
	else
		fprintf(to, "To undo it: \"hactl set %s %s %s\".\n",
		    slash != NULL ? slash + 1 : path, name, old);
	free(name);
	free(old);
}

void
view_standing(FILE *to, const char *daemon, const json_t *result)
{
	const char *lease = view_string(result, "lease", NULL);
	const json_t *change;
	size_t i;

	json_array_foreach (json_object_get(result, "changes"), i, change) {
		fprintf(to, "%s has ", daemon);
		put_change(to, change);
		putc('\n', to);
		if (lease == NULL)
			put_way_back(to, daemon, change);
	}
	if (lease != NULL)
		fprintf(
		    to, "To undo it: \"hactl lease release %s %s\".\n", lease, daemon);
}

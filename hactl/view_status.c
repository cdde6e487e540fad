/* SPDX-License-Identifier: Apache-2.0 */
/* view_status.c - the daemons of a node and what they do. */
#include <string.h>

#include "hactl/order.h"
#include "hactl/view.h"
#include "hactl/when.h"

/* "vrrpd   0.1.0 running (rev 13), up 2h11m" */
static void
put_daemon(FILE *to, const struct part *part, const struct style *style)
{
	const json_t *item = json_array_get(part->items, 0);
	const char *phase =
	    view_string(item, "phase", view_string(part->hello, "phase", "?"));
	enum paint paint = strcmp(phase, "running") == 0 ? PAINT_GOOD : PAINT_NOTE;
	char up[UNITS_TEXT_SIZE];

	fprintf(to, "%-8s%s ", part->daemon, view_string(part->hello, "version", "?"));
	style_begin(to, style, paint);
	fputs(phase, to);
	style_end(to, style, paint);
	fprintf(to, " (rev %" JSON_INTEGER_FORMAT ")", part->rev);
	if (json_is_number(json_object_get(item, "up_ms")))
		fprintf(to, ", up %s", view_span(up, item, "up_ms"));
	putc('\n', to);
}

/* Counts of an object by kind, those that are not 0: "2: 1 master, 1 fault". */
static void
put_counts(FILE *to, const char *label, const json_t *counts, const char *total)
{
	const char *separator = ": ";
	const char *key;
	json_t *value;

	if (!json_is_object(counts))
		return;
	fprintf(
	    to, "  %-16s %" JSON_INTEGER_FORMAT, label, view_integer(counts, total, 0));
	json_object_foreach (json_loose(counts), key, value) {
		if (strcmp(key, total) == 0 || json_integer_value(value) == 0)
			continue;
		fprintf(to, "%s%" JSON_INTEGER_FORMAT " %s", separator,
		    json_integer_value(value), key);
		separator = ", ";
	}
	putc('\n', to);
}

static void
put_config(FILE *to, const json_t *config, int64_t now_us, const struct style *style)
{
	const char *reloaded = view_string(config, "reloaded", NULL);
	char age[UNITS_TEXT_SIZE];

	if (!json_is_object(config))
		return;
	fprintf(to, "  %-16s %s", "configuration", view_string(config, "file", "?"));
	if (reloaded != NULL)
		fprintf(to, ", reloaded %s ago", when_age(age, reloaded, now_us));
	if (json_is_true(json_object_get(config, "reload_failed"))) {
		style_begin(to, style, PAINT_BAD);
		fputs(", the last reload FAILED: another is in use than the file says",
		    to);
		style_end(to, style, PAINT_BAD);
	}
	putc('\n', to);
}

/* "L-3fa1 override VI_1 priority 150, 1h49m left, "kernel upgrade"" */
static void
put_lease(FILE *to, const json_t *lease)
{
	const char *object = view_string(lease, "object", "?");
	const char *slash = strchr(object, '/');
	const char *reason = view_string(lease, "reason", "");
	char value[VIEW_TEXT_SIZE], left[UNITS_TEXT_SIZE];

	fprintf(to, "  %-16s %s %s %s %s %s, %s left", "lease",
	    view_string(lease, "id", "?"), view_string(lease, "kind", "?"),
	    slash != NULL ? slash + 1 : object, view_string(lease, "field", "?"),
	    view_text(value, lease, "value"), view_span(left, lease, "left_ms"));
	if (reason[0] != '\0')
		fprintf(to, ", \"%s\"", reason);
	putc('\n', to);
}

/* A number that is only worth a line when it is not 0. */
static void
put_number(FILE *to, const char *label, const json_t *item, const char *key)
{
	json_int_t number = view_integer(item, key, 0);

	if (number != 0)
		view_row(to, label, "%" JSON_INTEGER_FORMAT, number);
}

static void
put_facts(FILE *to, const json_t *item, int64_t now_us, const struct style *style)
{
	const char *note = view_string(item, "note", NULL);
	const json_t *lease;
	size_t i;

	put_config(to, json_object_get(item, "config"), now_us, style);
	put_counts(to, "instances", json_object_get(item, "instances"), "total");
	put_counts(to, "services", json_object_get(item, "services"), "configured");
	put_counts(to, "reals", json_object_get(item, "reals"), "configured");
	json_array_foreach (json_object_get(item, "leases"), i, lease)
		put_lease(to, lease);
	put_number(to, "overrides", item, "overrides");
	put_number(to, "unknown VRID", item, "unknown_vrid");
	if (note != NULL)
		view_row(to, "note", "%s", note);
}

void
view_status(FILE *to, const struct answer *answer, const struct style *style)
{
	if (style->legend)
		fprintf(to, "node %s\n", answer_node(answer));
	for (size_t i = 0; i < answer->count; i++) {
		const struct part *part = &answer->parts[i];

		if (part->error.code != CTL_OK) {
			view_failed(to, part, style);
			continue;
		}
		put_daemon(to, part, style);
		put_facts(
		    to, json_array_get(part->items, 0), answer->order->now_us, style);
	}
}

void
view_version(FILE *to, const struct answer *answer, const struct style *style)
{
	for (size_t i = 0; i < answer->count; i++) {
		const struct part *part = &answer->parts[i];
		const json_t *item = json_array_get(part->items, 0);

		if (part->error.code != CTL_OK)
			view_failed(to, part, style);
		else
			fprintf(to, "%-8s%s\n", part->daemon,
			    view_string(item, "version", "?"));
	}
}

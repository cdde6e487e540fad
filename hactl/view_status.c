/* SPDX-License-Identifier: Apache-2.0 */
/* view_status.c - the daemons of a node and what they do. */
#include <string.h>

#include "hactl/view.h"

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

/* A member of the status that has members itself: "instances  MASTER 2, BACKUP 1". */
static void
put_group(FILE *to, const char *label, const json_t *group)
{
	const char *separator = "";
	const char *key;
	json_t *value;

	fprintf(to, "  %-16s ", label);
	json_object_foreach (json_loose(group), key, value) {
		char text[VIEW_TEXT_SIZE];

		fprintf(to, "%s%s %s", separator, key, view_text(text, group, key));
		separator = ", ";
	}
	putc('\n', to);
}

static void
put_facts(FILE *to, const json_t *item)
{
	static const char *const heads[] = {"daemon", "node", "version", "phase", "rev",
	    "up_ms", "epoch", "role", "pid", "since", "clients"};
	const char *key;
	json_t *value;

	json_object_foreach (json_loose(item), key, value) {
		bool head = false;
		char text[VIEW_TEXT_SIZE];

		for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
			head |= strcmp(heads[i], key) == 0;
		if (json_is_object(value))
			put_group(to, key, value);
		else if (!head && !json_is_null(value) && !json_is_array(value))
			view_row(to, key, "%s", view_text(text, item, key));
	}
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
		put_facts(to, json_array_get(part->items, 0));
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

/* SPDX-License-Identifier: Apache-2.0 */
/* view_doctor.c - what is wrong with a node, the worst first. */
#include <string.h>

#include "hactl/view.h"

static const struct {
	const char *name;
	enum paint paint;
} severities[] = {
    {"error", PAINT_BAD},
    {"warning", PAINT_NOTE},
    {"note", PAINT_FAINT},
};

static void
put_finding(
    FILE *to, const json_t *finding, enum paint paint, const struct style *style)
{
	const char *object = view_string(finding, "object", "");
	const char *slash = strchr(object, '/');
	const char *advice = view_string(finding, "advice", "");

	style_begin(to, style, paint);
	fprintf(to, "%s:", view_string(finding, "severity", ""));
	style_end(to, style, paint);
	fprintf(to, " %s: %s\n", slash != NULL ? slash + 1 : object,
	    view_string(finding, "text", ""));
	if (advice[0] != '\0')
		fprintf(to, "    %s\n", advice);
}

void
view_doctor(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *items = answer_good(answer)->items;
	const json_t *finding;
	size_t counts[3] = {0}, i;

	for (size_t s = 0; s < 3; s++) {
		json_array_foreach (items, i, finding) {
			if (strcmp(view_string(finding, "severity", "note"),
				severities[s].name) != 0)
				continue;
			put_finding(to, finding, severities[s].paint, style);
			counts[s]++;
		}
	}
	if (style->legend)
		fprintf(to, "%zu error%s, %zu warning%s, %zu note%s.\n", counts[0],
		    counts[0] == 1 ? "" : "s", counts[1], counts[1] == 1 ? "" : "s",
		    counts[2], counts[2] == 1 ? "" : "s");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* view_explain.c - why an instance is in its state, and plain answers. */
#include <stdlib.h>

#include "hactl/columns.h"
#include "hactl/must.h"
#include "hactl/view.h"

/* One line of the sum; the cause is pointed at. */
static void
add_line(struct columns *columns, const json_t *line)
{
	bool cause = json_is_true(json_object_get(line, "cause"));
	const char *source = view_string(line, "source", "");
	const char *reason = view_string(line, "reason", "");
	char value[VIEW_TEXT_SIZE], by[VIEW_TEXT_SIZE], who[VIEW_TEXT_SIZE * 2] = "";

	if (json_object_get(line, "uid") != NULL)
		(void)snprintf(who, sizeof(who), "%sby %s",
		    source[0] != '\0' ? ", " : "", view_user(by, line));

	columns_add(columns, PAINT_NONE, "  %s", view_string(line, "label", ""));
	columns_add(columns, cause ? PAINT_BAD : PAINT_NONE, "%s",
	    view_text(value, line, "value"));
	columns_add(columns, PAINT_NONE, "%s%s%s%s%s%s", source, who,
	    reason[0] != '\0' ? ", \"" : "", reason, reason[0] != '\0' ? "\"" : "",
	    cause ? "  <- cause" : "");
}

void
view_explain(FILE *to, const struct answer *answer, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = ""}, {.title = "", .align = COLUMN_RIGHT}, {.title = ""}};
	struct style plain = {.colour = style->colour};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	const json_t *object = answer_item(answer, 0);
	const char *wanted = view_string(object, "to_be_master", NULL);
	const json_t *line;
	size_t i;

	fprintf(to, "%s\n", view_string(object, "summary", ""));
	json_array_foreach (json_object_get(object, "lines"), i, line)
		add_line(columns, line);
	columns_print(columns, to, &plain);
	columns_free(columns);
	if (wanted != NULL)
		fprintf(to, "To be MASTER: %s\n", wanted);
}

void
view_is(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *item = answer_item(answer, 0);
	bool yes = json_is_true(json_object_get(item, "is_master")) ||
		   json_is_true(json_object_get(item, "is_up"));

	(void)style;
	fprintf(to, "%s: %s is %s\n", yes ? "yes" : "no",
	    view_string(item, "name", "?"), view_string(item, "state", "?"));
}

/* The answer of an unknown method is best read as what it is. */
void
view_raw(FILE *to, const struct answer *answer, const struct style *style)
{
	char *text = must(json_dumps(answer_item(answer, 0),
	    JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)));

	(void)style;
	fprintf(to, "%s\n", text);
	free(text);
}

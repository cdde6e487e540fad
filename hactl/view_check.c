/* SPDX-License-Identifier: Apache-2.0 */
/* view_check.c - the one line of a monitoring plugin. */
#include <string.h>

#include "hactl/order.h"
#include "hactl/view.h"

/* A bar would begin the numbers. */
static void
put_text(FILE *to, const char *text)
{
	for (; *text != '\0'; text++)
		putc(*text == '|' ? '/' : *text, to);
}

static void
put_problems(FILE *to, const json_t *problems)
{
	const char *before = "";
	const json_t *problem;
	size_t i;

	json_array_foreach (problems, i, problem) {
		const char *status = view_string(problem, "status", "?");
		const char *object = view_string(problem, "object", "?");
		const char *text = view_string(problem, "text", "?");

		/* The level is said once for all that follow with the same. */
		if (strcmp(status, before) != 0)
			fprintf(to, "%s%s - ", i > 0 ? "; " : "", status);
		else
			fputs(", ", to);
		before = status;
		/* Many sentences say of whom they are. */
		if (strncmp(text, object, strlen(object)) != 0) {
			put_text(to, object);
			putc(' ', to);
		}
		put_text(to, text);
	}
}

/* "2 MASTER, 1 BACKUP" when there is nothing else to say. */
static void
put_counts(FILE *to, const json_t *perfdata)
{
	static const char *const names[][2] = {{"master", "MASTER"},
	    {"backup", "BACKUP"}, {"fault", "FAULT"}, {"initialize", "INITIALIZE"}};
	const char *separator = "";
	const json_t *number;
	size_t at;

	json_array_foreach (perfdata, at, number) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			json_int_t value = view_integer(number, "value", 0);

			if (value == 0 ||
			    strcmp(view_string(number, "label", ""), names[i][0]) != 0)
				continue;
			fprintf(to, "%s%" JSON_INTEGER_FORMAT " %s", separator, value,
			    names[i][1]);
			separator = ", ";
		}
	}
	if (separator[0] == '\0')
		fputs("nothing to complain of", to);
}

static void
put_remarks(FILE *to, const json_t *remarks)
{
	const json_t *remark;
	size_t i;

	json_array_foreach (remarks, i, remark) {
		fputs("; ", to);
		put_text(to, json_string_value(remark));
	}
}

/* " | master=1;;;0;2": label=value;warning;critical;minimum;maximum. */
static void
put_perfdata(FILE *to, const json_t *perfdata)
{
	const json_t *number;
	size_t i;

	fputs(" |", to);
	json_array_foreach (perfdata, i, number) {
		char max[VIEW_TEXT_SIZE] = "", value[VIEW_TEXT_SIZE];

		fprintf(to, " %s=%s%s;;;0", view_string(number, "label", "?"),
		    view_text(value, number, "value"), view_string(number, "unit", ""));
		if (json_object_get(number, "max") != NULL)
			fprintf(to, ";%s", view_text(max, number, "max"));
	}
}

void
view_check(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *check = answer_item(answer, 0);
	const json_t *problems = json_object_get(check, "problems");
	const json_t *perfdata = json_object_get(check, "perfdata");

	(void)style;
	if (json_array_size(problems) > 0) {
		put_problems(to, problems);
	} else {
		fputs("OK - ", to);
		put_counts(to, perfdata);
	}
	put_remarks(to, json_object_get(check, "remarks"));
	if (options_given(&answer->order->options, OPTION_PERFDATA))
		put_perfdata(to, perfdata);
	putc('\n', to);
}

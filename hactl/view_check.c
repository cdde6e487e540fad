/* SPDX-License-Identifier: Apache-2.0 */
/* view_check.c - the one line of a monitoring plugin. */
#include <string.h>

#include "hactl/order.h"
#include "hactl/view.h"

static void
put_problems(FILE *to, const json_t *problems)
{
	const char *before = "";
	const json_t *problem;
	size_t i;

	json_array_foreach (problems, i, problem) {
		const char *status = view_string(problem, "status", "?");

		/* The level is said once for all that follow with the same. */
		if (strcmp(status, before) != 0)
			fprintf(to, "%s%s - ", i > 0 ? "; " : "", status);
		else
			fputs(", ", to);
		before = status;
		fprintf(to, "%s %s", view_string(problem, "object", "?"),
		    view_string(problem, "text", "?"));
	}
}

static void
put_counts(FILE *to, const json_t *counts)
{
	fprintf(to,
	    "%" JSON_INTEGER_FORMAT " MASTER, %" JSON_INTEGER_FORMAT
	    " BACKUP, %" JSON_INTEGER_FORMAT " FAULT",
	    view_integer(counts, "master", 0), view_integer(counts, "backup", 0),
	    view_integer(counts, "fault", 0));
}

static void
put_perfdata(FILE *to, const json_t *counts)
{
	const char *key;
	json_t *value;

	fputs(" |", to);
	json_object_foreach (json_object_get(counts, "counts"), key, value)
		fprintf(
		    to, " %s=%" JSON_INTEGER_FORMAT, key, json_integer_value(value));
}

void
view_check(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *check = answer_item(answer, 0);
	const json_t *problems = json_object_get(check, "problems");

	(void)style;
	if (json_array_size(problems) > 0) {
		put_problems(to, problems);
	} else {
		fputs("OK - ", to);
		put_counts(to, json_object_get(check, "counts"));
	}
	if (options_given(&answer->order->options, OPTION_PERFDATA))
		put_perfdata(to, check);
	putc('\n', to);
}

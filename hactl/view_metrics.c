/* SPDX-License-Identifier: Apache-2.0 */
/* view_metrics.c - numbers as text: OpenMetrics, or the older format of Prometheus.
 *
 * The two differ in what a counter is called where its type is told (in OpenMetrics
 * without "_total"), and in the end mark. node_exporter's textfile collector reads the
 * older one.
 */
#include <string.h>

#include "hactl/order.h"
#include "hactl/view.h"

/* Backslash, quote and line feed are written with a backslash in both formats. */
static void
put_escaped(FILE *to, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\' || *text == '"')
			fprintf(to, "\\%c", *text);
		else if (*text == '\n')
			fputs("\\n", to);
		else
			putc(*text, to);
	}
}

static void
put_value(FILE *to, const json_t *value)
{
	if (json_is_integer(value))
		fprintf(to, " %" JSON_INTEGER_FORMAT "\n", json_integer_value(value));
	else
		fprintf(to, " %.15g\n", json_number_value(value));
}

static void
put_sample(FILE *to, const char *name, const char *suffix, const json_t *labels,
    const json_t *sample)
{
	const json_t *label;
	size_t i;

	fprintf(to, "%s%s", name, suffix);
	json_array_foreach (labels, i, label) {
		const char *value = json_string_value(json_array_get(sample, i));

		fprintf(to, "%s%s=\"", i == 0 ? "{" : ",", json_string_value(label));
		put_escaped(to, value != NULL ? value : "");
		putc('"', to);
	}
	if (i > 0)
		putc('}', to);
	put_value(to, json_array_get(sample, i));
}

static void
put_histogram(FILE *to, const char *name, const json_t *family)
{
	const json_t *bucket;
	size_t i;

	json_array_foreach (json_object_get(family, "buckets"), i, bucket)
		fprintf(to, "%s_bucket{le=\"%.15g\"} %" JSON_INTEGER_FORMAT "\n", name,
		    json_number_value(json_array_get(bucket, 0)),
		    json_integer_value(json_array_get(bucket, 1)));
	fprintf(to, "%s_bucket{le=\"+Inf\"} %" JSON_INTEGER_FORMAT "\n", name,
	    view_integer(family, "count", 0));
	fprintf(to, "%s_sum", name);
	put_value(to, json_object_get(family, "sum"));
	fprintf(to, "%s_count %" JSON_INTEGER_FORMAT "\n", name,
	    view_integer(family, "count", 0));
}

static void
put_family(FILE *to, const json_t *family, bool older)
{
	const char *name = view_string(family, "name", "");
	const char *type = view_string(family, "type", "");
	const char *suffix = strcmp(type, "counter") == 0 ? "_total" : "";
	const json_t *sample;
	size_t i;

	fprintf(to, "# HELP %s%s ", name, older ? suffix : "");
	put_escaped(to, view_string(family, "help", ""));
	fprintf(to, "\n# TYPE %s%s %s\n", name, older ? suffix : "", type);
	if (strcmp(type, "histogram") == 0)
		put_histogram(to, name, family);
	json_array_foreach (json_object_get(family, "samples"), i, sample)
		put_sample(to, name, suffix, json_object_get(family, "labels"), sample);
}

void
view_metrics(FILE *to, const struct answer *answer, const struct style *style)
{
	bool older = cmd_match_has(&answer->order->match, "textfile");
	const json_t *family;
	size_t at;

	(void)style;
	for (size_t i = 0; i < answer->count; i++) {
		json_array_foreach (answer->parts[i].items, at, family)
			put_family(to, family, older);
	}
	if (!older)
		fputs("# EOF\n", to);
}

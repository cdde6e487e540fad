/* SPDX-License-Identifier: Apache-2.0 */
/* metrics.c - numbers of a daemon on their way to a monitoring system. */
#include "common/metrics.h"

#include <string.h>

#include "common/ctl_msg.h"

json_t *
metrics_add_family(json_t *families, const struct metrics_family *family)
{
	json_t *labels = json_array();
	json_t *json = json_pack("{s:s, s:s, s:s, s:o}", "name", family->name, "type",
	    family->type, "help", family->help, "labels", labels);

	if (json == NULL)
		return NULL;
	for (size_t i = 0; i < METRICS_LABELS_MAX && family->labels[i] != NULL; i++)
		(void)json_array_append_new(labels, json_string(family->labels[i]));
	(void)json_object_set_new(json,
	    strcmp(family->type, "histogram") == 0 ? "buckets" : "samples",
	    json_array());
	return json_array_append_new(families, json) == 0 ? json : NULL;
}

static void
add_sample(json_t *family, const char *const values[], json_t *number)
{
	size_t count = json_array_size(json_object_get(family, "labels"));
	json_t *sample = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(sample, ctl_msg_text(values[i]));
	(void)json_array_append_new(sample, number);
	(void)json_array_append_new(json_object_get(family, "samples"), sample);
}

void
metrics_add_integer(json_t *family, const char *const values[], int64_t number)
{
	add_sample(family, values, json_integer((json_int_t)number));
}

void
metrics_add_real(json_t *family, const char *const values[], double number)
{
	add_sample(family, values, json_real(number));
}

void
metrics_add_bucket(json_t *family, double bound, uint64_t upto)
{
	(void)json_array_append_new(json_object_get(family, "buckets"),
	    json_pack("[f, I]", bound, (json_int_t)upto));
}

void
metrics_end_histogram(json_t *family, uint64_t count, double sum)
{
	(void)json_object_set_new(family, "count", json_integer((json_int_t)count));
	(void)json_object_set_new(family, "sum", json_real(sum));
}

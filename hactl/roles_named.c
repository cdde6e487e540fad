/* SPDX-License-Identifier: Apache-2.0 */
/* roles_named.c - the instances that a question is about. */
#include "hactl/roles_named.h"

#include <string.h>

#include "hactl/must.h"
#include "hactl/view.h"

/* A question about so many names them all. */
#define NAMED_MAX 20

json_t *
roles_in_state(const json_t *instances, const char *state)
{
	json_t *found = must(json_array());
	json_t *item;
	size_t i;

	json_array_foreach (instances, i, item) {
		if (strcmp(view_string(item, "state", ""), state) == 0)
			(void)json_array_append(found, item);
	}
	return found;
}

static json_int_t
count_addresses(const json_t *instances)
{
	const json_t *instance;
	json_int_t count = 0;
	size_t i;

	json_array_foreach (instances, i, instance)
		count += view_integer(json_object_get(instance, "vips"), "want", 0);
	return count;
}

void
roles_put_names(FILE *to, const json_t *instances)
{
	json_int_t addresses = count_addresses(instances);
	size_t count = json_array_size(instances);
	const json_t *instance;
	size_t i;

	if (count > 1)
		fprintf(to, "%zu instances: ", count);
	json_array_foreach (instances, i, instance) {
		if (i == NAMED_MAX)
			break;
		fprintf(
		    to, "%s%s", i > 0 ? ", " : "", view_string(instance, "name", "?"));
	}
	if (count > NAMED_MAX)
		fprintf(to, " and %zu more", count - NAMED_MAX);
	fprintf(to, " (%s here, %" JSON_INTEGER_FORMAT " address%s)",
	    view_string(json_array_get(instances, 0), "state", "?"), addresses,
	    addresses == 1 ? "" : "es");
}

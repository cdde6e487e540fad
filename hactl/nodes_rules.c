/* SPDX-License-Identifier: Apache-2.0 */
/* nodes_rules.c - what the answers of several hosts mean together. */
#include "hactl/nodes_rules.h"

#include <stdbool.h>
#include <string.h>

#include "common/ctl_error.h"
#include "hactl/must.h"
#include "hactl/view.h"

/* {"VI_1": ["lb1"]}: the nodes that are Master of each. */
static json_t *
collect_masters(const json_t *instances)
{
	json_t *masters = must(json_object());
	const json_t *instance;
	size_t i;

	json_array_foreach (instances, i, instance) {
		const char *name = view_string(instance, "name", "?");

		if (json_object_get(masters, name) == NULL)
			(void)json_object_set_new(masters, name, must(json_array()));
		if (strcmp(view_string(instance, "state", ""), "MASTER") == 0)
			(void)json_array_append(json_object_get(masters, name),
			    json_object_get(instance, "node"));
	}
	return masters;
}

json_t *
nodes_problems(const json_t *instances, bool complete)
{
	json_t *masters = collect_masters(instances);
	json_t *problems = must(json_array());
	const char *name, *problem;
	json_t *nodes;

	json_object_foreach (masters, name, nodes) {
		if (json_array_size(nodes) == 1)
			continue;
		if (json_array_size(nodes) > 1)
			problem = "more than one MASTER";
		else if (complete)
			problem = "no MASTER";
		else
			problem = "no MASTER on those that answered";
		(void)json_array_append_new(
		    problems, must(json_pack("{s:s, s:s, s:O}", "instance", name,
				  "problem", problem, "masters", nodes)));
	}
	json_decref(masters);
	return problems;
}

static bool
has_name(const json_t *item, const char *name)
{
	return strcmp(view_string(item, "name", "?"), name) == 0;
}

json_t *
nodes_by_name(const json_t *items)
{
	json_t *names = must(json_object()), *sorted = must(json_array());
	json_t *item;
	size_t i, at;

	json_array_foreach (items, i, item) {
		const char *name = view_string(item, "name", "?");
		json_t *same;

		if (json_object_get(names, name) != NULL)
			continue;
		(void)json_object_set_new(names, name, json_true());
		json_array_foreach (items, at, same) {
			if (has_name(same, name))
				(void)json_array_append(sorted, same);
		}
	}
	json_decref(names);
	return sorted;
}

int
nodes_worse(int a, int b)
{
	if (a == b)
		return a;
	if (a == CTL_EXIT_INTERRUPTED || b == CTL_EXIT_INTERRUPTED)
		return CTL_EXIT_INTERRUPTED;
	if (a == CTL_EXIT_UNREACHABLE || b == CTL_EXIT_UNREACHABLE)
		return CTL_EXIT_UNREACHABLE;
	return CTL_EXIT_PARTLY;
}

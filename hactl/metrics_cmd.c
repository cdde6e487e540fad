/* SPDX-License-Identifier: Apache-2.0 */
/* metrics_cmd.c - numbers of a daemon for a monitoring system. */
#include "hactl/metrics_cmd.h"

#include <string.h>

#include "hactl/ask.h"
#include "hactl/must.h"
#include "hactl/pages.h"
#include "hactl/view.h"

static json_t *
find_family(const json_t *families, const char *name)
{
	json_t *family;
	size_t i;

	json_array_foreach (families, i, family)
		if (strcmp(view_string(family, "name", ""), name) == 0)
			return family;
	return NULL;
}

/* The samples of one family may come on several pages, but must be told together. */
static json_t *
join_families(const json_t *pages)
{
	json_t *joined = must(json_array());
	json_t *family, *known;
	size_t i;

	json_array_foreach (pages, i, family) {
		known = find_family(joined, view_string(family, "name", ""));
		if (known == NULL)
			(void)json_array_append(joined, family);
		else
			(void)json_array_extend(json_object_get(known, "samples"),
			    json_object_get(family, "samples"));
	}
	return joined;
}

enum ctl_exit
metrics_cmd_run(struct session *session, const struct order *order)
{
	struct answer answer;
	enum ctl_exit status;

	ask_parts(order, &answer);
	for (size_t i = 0; i < answer.count; i++) {
		struct part *part = &answer.parts[i];
		json_t *pages = pages_read(session, order, part, "metrics", "families");

		if (pages != NULL)
			part->items = join_families(pages);
		json_decref(pages);
	}
	ask_settle(session, &answer);
	status = session_answer(&answer);
	answer_done(&answer);
	return status;
}

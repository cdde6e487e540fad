/* SPDX-License-Identifier: Apache-2.0 */
/* pages.c - methods that answer with a page at a time. */
#include "hactl/pages.h"

#include "hactl/must.h"

json_t *
pages_read(struct session *session, const struct order *order, struct part *part,
    const char *method, const char *name)
{
	json_t *all = must(json_array());
	const json_t *page, *next = NULL;

	do {
		json_t *params = must(json_object());

		if (next != NULL)
			(void)json_object_set(params, "next", json_loose(next));
		json_decref(part->items);
		part->items = NULL;
		session_call(session, part, method, params, session_timeout(order));
		if (part->items == NULL) {
			json_decref(all);
			return NULL;
		}
		page = json_array_get(part->items, 0);
		(void)json_array_extend(all, json_object_get(page, name));
		next = json_object_get(page, "next");
	} while (json_is_integer(next));
	json_decref(part->items);
	part->items = NULL;
	return all;
}

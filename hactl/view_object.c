/* SPDX-License-Identifier: Apache-2.0 */
/* view_object.c - objects of any kind: their state, and all that is known of them. */
#include <stdlib.h>
#include <string.h>

#include "hactl/must.h"
#include "hactl/view.h"

/* Said in the head, or of no use to people. */
static bool
is_in_head(const char *key)
{
	static const char *const keys[] = {"name", "path", "state"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	return false;
}

static void
put_head(FILE *to, const json_t *object, const struct style *style)
{
	const char *state = view_string(object, "state", NULL);
	const char *path = view_string(object, "path", "?");
	const char *slash = strchr(path, '/');

	fputs(view_string(object, "name", slash != NULL ? slash + 1 : path), to);
	if (state != NULL) {
		fputs(" is ", to);
		style_begin(to, style, style_of_state(state));
		fputs(state, to);
		style_end(to, style, style_of_state(state));
	}
	putc('\n', to);
}

/* What has members of its own is written as JSON. */
static void
put_member(FILE *to, const json_t *object, const char *key, const json_t *value)
{
	char text[VIEW_TEXT_SIZE];
	char *json;

	if (!json_is_object(value) && !json_is_array(value)) {
		view_row(to, key, "%s", view_text(text, object, key));
		return;
	}
	json = must(json_dumps(value, JSON_REAL_PRECISION(15)));
	view_row(to, key, "%s", json);
	free(json);
}

static void
put_objects(FILE *to, const json_t *items, const struct style *style)
{
	const json_t *object;
	const char *key;
	json_t *value;
	size_t i;

	json_array_foreach (items, i, object) {
		put_head(to, object, style);
		json_object_foreach (json_loose(object), key, value) {
			if (!is_in_head(key))
				put_member(to, object, key, value);
		}
	}
	if (json_array_size(items) == 0 && style->legend)
		fputs("None.\n", to);
}

void
view_objects(FILE *to, const struct answer *answer, const struct style *style)
{
	put_objects(to, answer_good(answer)->items, style);
}

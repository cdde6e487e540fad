/* SPDX-License-Identifier: Apache-2.0 */
/* lease_text.c - what a lease or another live edit is about, in words. */
#include "hactl/lease_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/must.h"
#include "hactl/value_text.h"
#include "hactl/view.h"

#define OBJECTS_MAX 4 /* more are counted */

/* The words of the command: "maintenance out stay". */
static char *
maintenance_text(const json_t *value)
{
	return must_format("maintenance%s%s",
	    json_is_true(json_object_get(value, "out")) ? " out" : "",
	    json_is_true(json_object_get(value, "stay")) ? " stay" : "");
}

/* A hold and a maintenance do not touch what the priority was set to. */
static char *
name_text(const char *field, const char *kind)
{
	if (strcmp(field, "priority") == 0 && strcmp(kind, "override") != 0 &&
	    strcmp(kind, "confirm") != 0)
		return must(strdup("effective"));
	return value_text_name(field);
}

static char *
entry_text(const json_t *entry, const char *kind)
{
	const char *field = view_string(entry, "field", "?");
	char *name, *value, *text;

	if (strcmp(field, "maintenance") == 0)
		return maintenance_text(json_object_get(entry, "value"));
	if (strcmp(field, "out") == 0)
		return must(strdup("out of service"));
	if (strcmp(field, "stay") == 0)
		return must(strdup("leaves the role where it is"));
	name = name_text(field, kind);
	value = value_text(field, json_object_get(entry, "value"));
	text = must_format("%s %s", name, value);
	free(name);
	free(value);
	return text;
}

/* A list of texts in which each is once. */
struct once {
	json_t *seen;
	FILE *to;
	char *text;
	size_t len;
};

static void
once_begin(struct once *once)
{
	*once = (struct once){.seen = must(json_object())};
	once->to = must(open_memstream(&once->text, &once->len));
}

/* Returns whether it is new. */
static bool
once_is_new(struct once *once, const char *text)
{
	if (json_object_get(once->seen, text) != NULL)
		return false;
	(void)json_object_set_new(once->seen, text, json_true());
	return true;
}

static char *
once_end(struct once *once)
{
	fclose(once->to);
	json_decref(once->seen);
	return must(once->text);
}

/* The lease itself stands for its only entry where a daemon does not list them. */
static const json_t *
entries_of(const json_t *lease, json_t **ret_made)
{
	const json_t *entries = json_object_get(lease, "entries");

	*ret_made = json_array_size(entries) > 0
			? NULL
			: must(json_pack("[O]", json_loose(lease)));
	return *ret_made != NULL ? *ret_made : entries;
}

char *
lease_text_values(const json_t *lease)
{
	const char *comma = "";
	json_t *made;
	const json_t *entries = entries_of(lease, &made), *entry;
	struct once once;
	size_t i;

	once_begin(&once);
	json_array_foreach (entries, i, entry) {
		char *text = entry_text(entry, view_string(lease, "kind", "override"));

		if (once_is_new(&once, text)) {
			fprintf(once.to, "%s%s", comma, text);
			comma = ", ";
		}
		free(text);
	}
	json_decref(made);
	return once_end(&once);
}

static bool
is_about_node(const json_t *entries)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (entries, i, entry) {
		if (strcmp(view_string(entry, "object", ""), "node") == 0)
			return true;
	}
	return false;
}

char *
lease_text_objects(const json_t *lease)
{
	json_t *made;
	const json_t *entries = entries_of(lease, &made), *entry;
	bool node = is_about_node(entries);
	size_t i, count = 0;
	struct once once;

	once_begin(&once);
	json_array_foreach (entries, i, entry) {
		const char *object = view_string(entry, "object", "?");
		const char *slash = strchr(object, '/');

		if ((node && strcmp(object, "node") != 0) ||
		    !once_is_new(&once, object) || count++ >= OBJECTS_MAX)
			continue;
		fprintf(once.to, "%s%s", count > 1 ? " " : "",
		    slash != NULL ? slash + 1 : object);
	}
	if (!node && json_integer_value(json_object_get(lease, "entry_count")) >
			 (json_int_t)json_array_size(entries))
		fputs(" and many more", once.to);
	else if (count > OBJECTS_MAX)
		fprintf(once.to, " and %zu more", count - OBJECTS_MAX);
	json_decref(made);
	return once_end(&once);
}

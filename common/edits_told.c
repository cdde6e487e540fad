/* SPDX-License-Identifier: Apache-2.0 */
/* edits_told.c - tells subscribers of live fields whose value has changed.
 *
 * What was last told of each edited field is kept, and compared with what is so now:
 * then it does not matter what changed it, a request, the end of a lease, or a reload.
 * The value is that of the file or of an edit; a hold or a takeover on top of it is
 * told by its lease.
 */
#include "common/edits_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

struct edits_told {
	struct edits_told *next;
	const struct live_field *field;
	int64_t value;
	char path[LIVE_PATH_SIZE];
};

int64_t
edits_value(const struct edits *edits, const struct edits_object *of,
    const struct live_field *field)
{
	const struct layer_entry *top = layers_top_of_kind(
	    edits->config.layers, of->path, field->name, LAYER_KIND_OVERRIDE);

	return top != NULL ? top->value : field->in_file(of->object);
}

static struct edits_told *
find(const struct edits *edits, const char *path, const struct live_field *field)
{
	struct edits_told *at = edits->told;

	while (at != NULL && (at->field != field || strcmp(at->path, path) != 0))
		at = at->next;
	return at;
}

static void
tell(const struct edits *edits, const struct edits_object *of,
    const struct live_field *field, int64_t old, int64_t new)
{
	char type[64];

	if (!edits->tells || old == new)
		return;
	(void)snprintf(type, sizeof(type), "%s.changed", of->kind->name);
	ctl_publish(edits->server, type, of->path, *edits->config.cause,
	    json_pack("{s:o}", field->name, live_field_json(field, old)),
	    json_pack("{s:o}", field->name, live_field_json(field, new)));
}

/* Whether the entry is an edit of the field and not a hold or the like, of which a
 * maintenance has thousands. */
static bool
is_edit(const struct layer_entry *entry)
{
	return entry->layer != LAYER_LEASE || layers_is_override(entry);
}

/* Tells of fields that are edited for the first time. */
static void
add_new(struct edits *edits)
{
	const struct layer_entry *entry;
	struct edits_object of;

	for (size_t i = 0; (entry = layers_get(edits->config.layers, i)) != NULL; i++) {
		const struct live_field *field =
		    is_edit(entry) ? edits_field_of(edits, entry) : NULL;
		struct edits_told *told;

		if (field == NULL || find(edits, entry->path, field) != NULL ||
		    !edits_find(edits, entry->path, &of))
			continue;
		told = calloc(1, sizeof(*told));
		if (told == NULL) {
			log_err("control: out of memory, a change is not told");
			return;
		}
		told->next = edits->told;
		told->field = field;
		told->value = edits_value(edits, &of, field);
		(void)snprintf(told->path, sizeof(told->path), "%s", of.path);
		edits->told = told;
		tell(edits, &of, field, field->in_file(of.object), told->value);
	}
}

static bool
is_edited(const struct edits *edits, const struct edits_told *told)
{
	return layers_top_of_kind(edits->config.layers, told->path, told->field->name,
		   LAYER_KIND_OVERRIDE) != NULL;
}

void
edits_tell_changes(struct edits *edits)
{
	struct edits_told **at = &edits->told;

	while (*at != NULL) {
		struct edits_told *told = *at;
		struct edits_object of;
		bool exists = edits_find(edits, told->path, &of);

		if (exists) {
			int64_t value = edits_value(edits, &of, told->field);
			tell(edits, &of, told->field, told->value, value);
			told->value = value;
		}
		if (exists && is_edited(edits, told)) {
			at = &told->next;
			continue;
		}
		*at = told->next;
		free(told);
	}
	add_new(edits);
}

void
edits_forget_told(struct edits *edits)
{
	while (edits->told != NULL) {
		struct edits_told *next = edits->told->next;

		free(edits->told);
		edits->told = next;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* edits_told.c - tells subscribers of live fields whose value has changed.
 *
 * What was last told of each edited field is kept, and compared with what is so now:
 * then it does not matter what changed it, a request, the end of a lease, or a reload.
 * There may be thousands: only those are looked at of which a layer was touched.
 * The value is that of the file or of an edit; a hold or a takeover on top of it is
 * told by its lease.
 */
#include "common/edits_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

struct edits_told {
	struct hash_node node; /* by path and field */
	struct edits_told *next_due;
	const struct live_field *field;
	int64_t value; /* once it is told */
	bool is_known; /* something was told, else it was what the file says */
	bool is_due;   /* to be looked at */
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

static uint32_t
hash_of(const char *path, const struct live_field *field)
{
	return hash_bytes(hash_bytes(0, path, strlen(path)), &field, sizeof(field));
}

static struct edits_told *
find(const struct edits *edits, const char *path, const struct live_field *field)
{
	struct hash_node *node = hash_table_first(&edits->told, hash_of(path, field));

	for (; node != NULL; node = hash_table_next(node)) {
		struct edits_told *told = hash_entry(node, struct edits_told, node);

		if (told->field == field && strcmp(told->path, path) == 0)
			return told;
	}
	return NULL;
}

static struct edits_told *
add(struct edits *edits, const char *path, const struct live_field *field)
{
	struct edits_told *told = calloc(1, sizeof(*told));

	if (told != NULL) {
		told->field = field;
		(void)snprintf(told->path, sizeof(told->path), "%s", path);
		if (hash_table_add(&edits->told, &told->node, hash_of(path, field)) ==
		    0)
			return told;
	}
	free(told);
	log_err("control: out of memory, a change is not told");
	return NULL;
}

static void
make_due(struct edits *edits, struct edits_told *told)
{
	if (told->is_due)
		return;
	told->is_due = true;
	told->next_due = edits->due;
	edits->due = told;
}

static void
tell(const struct edits *edits, const struct edits_object *of,
    const struct live_field *field, int64_t old, int64_t new)
{
	const struct edits_config *config = &edits->config;
	json_t *value = live_field_json(field, new);
	char type[64];

	if (!edits->tells || old == new) {
		json_decref(value);
		return;
	}
	if (config->told != NULL)
		config->told(config->userdata, of->path, field->name, value);
	(void)snprintf(type, sizeof(type), "%s.changed", of->kind->name);
	ctl_publish(edits->server, type, of->path, *config->cause,
	    json_pack("{s:o}", field->name, live_field_json(field, old)),
	    json_pack("{s:o}", field->name, value));
}

/* Whether the entry is an edit of the field and not a hold or the like, of which a
 * maintenance has thousands. */
static bool
is_edit(const struct layer_entry *entry)
{
	return entry->layer != LAYER_LEASE || layers_is_override(entry);
}

void
edits_note_touched(void *userdata, const struct layer_entry *entry)
{
	struct edits *edits = userdata;
	const struct live_field *field =
	    is_edit(entry) ? edits_field_of(edits, entry) : NULL;
	struct edits_told *told;

	/* Of the log level daemon.log_level tells. */
	if (field == NULL || strcmp(entry->path, edits->daemon_path) == 0)
		return;
	told = find(edits, entry->path, field);
	if (told == NULL)
		told = add(edits, entry->path, field);
	if (told != NULL)
		make_due(edits, told);
}

static bool
is_edited(const struct edits *edits, const struct edits_told *told)
{
	return layers_top_of_kind(edits->config.layers, told->path, told->field->name,
		   LAYER_KIND_OVERRIDE) != NULL;
}

/* Returns whether the field is still edited. */
static bool
tell_one(const struct edits *edits, struct edits_told *told)
{
	struct edits_object of;
	int64_t value;

	if (!edits_find(edits, told->path, &of))
		return false;
	value = edits_value(edits, &of, told->field);
	tell(edits, &of, told->field,
	    told->is_known ? told->value : told->field->in_file(of.object), value);
	told->value = value;
	told->is_known = true;
	return is_edited(edits, told);
}

void
edits_tell_changes(struct edits *edits)
{
	while (edits->due != NULL) {
		struct edits_told *told = edits->due;

		edits->due = told->next_due;
		told->is_due = false;
		if (tell_one(edits, told))
			continue;
		hash_table_remove(&edits->told, &told->node);
		free(told);
	}
}

void
edits_tell_all_changes(struct edits *edits)
{
	for (size_t i = 0; i < edits->told.room; i++)
		for (struct hash_node *node = edits->told.buckets[i]; node != NULL;
		     node = node->next)
			make_due(edits, hash_entry(node, struct edits_told, node));
	edits_tell_changes(edits);
}

void
edits_forget_told(struct edits *edits)
{
	for (size_t i = 0; i < edits->told.room; i++)
		while (edits->told.buckets[i] != NULL) {
			struct hash_node *node = edits->told.buckets[i];

			edits->told.buckets[i] = node->next;
			free(hash_entry(node, struct edits_told, node));
		}
	hash_table_done(&edits->told);
	edits->due = NULL;
}

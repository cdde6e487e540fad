/* SPDX-License-Identifier: Apache-2.0 */
/* layers.c - live edits as layers over the configuration file: which entry counts.
 *
 * Entries are kept in the order in which they were set, which is all that "newest"
 * needs. Thousands come from one request about all objects, and what decides a field is
 * asked for each of them: so they are found by their path and by their lease too.
 */
#include "common/layers_internal.h"

#include <string.h>

struct slot *
layers_slot_next(const struct layers *layers, const struct slot *slot, const char *path)
{
	struct hash_node *node =
	    slot == NULL ? hash_table_first(&layers->by_path, layers_hash(path))
			 : hash_table_next(&slot->node);

	while (node != NULL &&
	       strcmp(hash_entry(node, struct slot, node)->entry.path, path) != 0)
		node = hash_table_next(node);
	return node != NULL ? hash_entry(node, struct slot, node) : NULL;
}

bool
layers_is_override(const struct layer_entry *entry)
{
	return strcmp(entry->kind, LAYER_KIND_OVERRIDE) == 0 ||
	       strcmp(entry->kind, LAYER_KIND_CONFIRM) == 0;
}

static bool
counts_as(const struct layer_entry *entry, const char *kind)
{
	return strcmp(entry->kind, kind) == 0 ||
	       (strcmp(kind, LAYER_KIND_OVERRIDE) == 0 && layers_is_override(entry));
}

/* A lease that takes a router out of the way, or brings it to the front, is about who
 * serves: no number that is set, however late, may undo that. */
static unsigned
rank(const struct layer_entry *entry)
{
	bool above = entry->layer == LAYER_LEASE && !layers_is_override(entry);

	return (unsigned)entry->layer + above;
}

/* Of the same rank, the newer counts before the older. */
static bool
is_above(const struct slot *slot, const struct slot *other)
{
	if (other == NULL || rank(&slot->entry) != rank(&other->entry))
		return other == NULL || rank(&slot->entry) > rank(&other->entry);
	return slot->order > other->order;
}

const struct layer_entry *
layers_top_where(const struct layers *layers, const char *path, const char *field,
    layers_counts_fn counts, void *userdata)
{
	const struct slot *top = NULL;

	for (struct slot *slot = NULL;
	     (slot = layers_slot_next(layers, slot, path)) != NULL;)
		if (strcmp(slot->entry.field, field) == 0 && is_above(slot, top) &&
		    (counts == NULL || counts(userdata, &slot->entry)))
			top = slot;
	return top != NULL ? &top->entry : NULL;
}

static bool
has_no_end_or_kind(void *userdata, const struct layer_entry *entry)
{
	const char *const *kind = userdata;

	return entry->layer != LAYER_LEASE || counts_as(entry, *kind);
}

const struct layer_entry *
layers_top_of_kind(
    const struct layers *layers, const char *path, const char *field, const char *kind)
{
	return layers_top_where(layers, path, field, has_no_end_or_kind, &kind);
}

const struct layer_entry *
layers_top(const struct layers *layers, const char *path, const char *field)
{
	return layers_top_where(layers, path, field, NULL, NULL);
}

const struct layer_entry *
layers_find(const struct layers *layers, const char *path, const char *field,
    const char *kind, const uid_t *uid)
{
	for (struct slot *slot = NULL;
	     (slot = layers_slot_next(layers, slot, path)) != NULL;)
		if (slot->entry.layer == LAYER_LEASE &&
		    strcmp(slot->entry.field, field) == 0 &&
		    strcmp(slot->entry.kind, kind) == 0 &&
		    (uid == NULL || *uid == slot->entry.uid))
			return &slot->entry;
	return NULL;
}

const struct layer_entry *
layers_next_of(
    const struct layers *layers, const char *path, const struct layer_entry *entry)
{
	const struct slot *at = entry != NULL ? layers_slot_of(entry) : NULL,
			  *next = NULL;

	for (const struct slot *slot = NULL;
	     (slot = layers_slot_next(layers, slot, path)) != NULL;)
		if ((at == NULL || slot->order > at->order) &&
		    (next == NULL || slot->order < next->order))
			next = slot;
	return next != NULL ? &next->entry : NULL;
}

const struct layer_entry *
layers_get(const struct layers *layers, size_t i)
{
	return i < layers->count ? &layers->slots[i]->entry : NULL;
}

const struct slot *
layers_slot_find_in(
    const struct layers *layers, const char *path, const char *field, enum layer layer)
{
	const struct slot *slot = NULL;

	while ((slot = layers_slot_next(layers, slot, path)) != NULL)
		if (slot->entry.layer == layer && strcmp(slot->entry.field, field) == 0)
			return slot;
	return NULL;
}

const struct layer_entry *
layers_find_in(
    const struct layers *layers, const char *path, const char *field, enum layer layer)
{
	const struct slot *slot = layers_slot_find_in(layers, path, field, layer);

	return slot != NULL ? &slot->entry : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* layers.c - live edits as layers over the configuration file.
 *
 * Entries are kept in the order in which they were set, which is all that "newest"
 * needs. Thousands come from one request about all objects, and what decides a field is
 * asked for each of them: so they are found by their path too.
 */
#include "common/layers.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hash_table.h"
#include "common/names.h"

struct slot {
	struct hash_node node; /* by path */
	struct layer_entry entry;
	uint64_t order; /* of being set */
	char *json;     /* as files have it; NULL: not made yet */
	char texts[];   /* what the texts of `entry` point into */
};

struct layers {
	struct slot **slots; /* in their order */
	size_t count, room;
	struct hash_table by_path;
	uint64_t order;
	uint32_t serial; /* of the ids given so far */
};

static const char *const layer_names[LAYER_COUNT_] = {
    [LAYER_FILE] = "file",
    [LAYER_SAVED] = "saved",
    [LAYER_RUNTIME] = "runtime",
    [LAYER_LEASE] = "lease",
};

const char *
layer_name(enum layer layer)
{
	return names_text(layer_names, LAYER_COUNT_, (size_t)layer);
}

struct layers *
layers_new(void)
{
	return calloc(1, sizeof(struct layers));
}

static void
slot_free(struct slot *slot)
{
	if (slot != NULL)
		free(slot->json);
	free(slot);
}

struct layers *
layers_free(struct layers *layers)
{
	if (layers == NULL)
		return NULL;
	for (size_t i = 0; i < layers->count; i++)
		slot_free(layers->slots[i]);
	hash_table_done(&layers->by_path);
	free(layers->slots);
	free(layers);
	return NULL;
}

/* ---- asking -------------------------------------------------------------- */

static bool
is_of(const struct layer_entry *entry, const char *path, const char *field)
{
	return strcmp(entry->path, path) == 0 && strcmp(entry->field, field) == 0;
}

static uint32_t
hash_path(const char *path)
{
	return hash_bytes(0, path, strlen(path));
}

/* The first entry of the object after `slot` (NULL: of all), in no order, or NULL. */
static struct slot *
next_of_path(const struct layers *layers, const struct slot *slot, const char *path)
{
	struct hash_node *node =
	    slot == NULL ? hash_table_first(&layers->by_path, hash_path(path))
			 : hash_table_next(&slot->node);

	while (node != NULL &&
	       strcmp(hash_entry(node, struct slot, node)->entry.path, path) != 0)
		node = hash_table_next(node);
	return node != NULL ? hash_entry(node, struct slot, node) : NULL;
}

/* Until it is confirmed or not, an override is one. */
static bool
counts_as(const struct layer_entry *entry, const char *kind)
{
	return strcmp(entry->kind, kind) == 0 ||
	       (strcmp(kind, LAYER_KIND_OVERRIDE) == 0 &&
		   strcmp(entry->kind, LAYER_KIND_CONFIRM) == 0);
}

/* Leases count before what has no end, and the newer before the older. */
static bool
is_above(const struct slot *slot, const struct slot *other)
{
	if (other == NULL || slot->entry.layer != other->entry.layer)
		return other == NULL || slot->entry.layer > other->entry.layer;
	return slot->order > other->order;
}

const struct layer_entry *
layers_top_of_kind(
    const struct layers *layers, const char *path, const char *field, const char *kind)
{
	const struct slot *top = NULL;

	for (struct slot *slot = NULL;
	     (slot = next_of_path(layers, slot, path)) != NULL;) {
		if (strcmp(slot->entry.field, field) != 0)
			continue;
		if (kind != NULL && slot->entry.layer == LAYER_LEASE &&
		    !counts_as(&slot->entry, kind))
			continue;
		if (is_above(slot, top))
			top = slot;
	}
	return top != NULL ? &top->entry : NULL;
}

const struct layer_entry *
layers_top(const struct layers *layers, const char *path, const char *field)
{
	return layers_top_of_kind(layers, path, field, NULL);
}

const struct layer_entry *
layers_find_lease(const struct layers *layers, const char *id)
{
	for (size_t i = 0; i < layers->count; i++) {
		const struct layer_entry *entry = &layers->slots[i]->entry;
		if (entry->layer == LAYER_LEASE && strcmp(entry->id, id) == 0)
			return entry;
	}
	return NULL;
}

const struct layer_entry *
layers_find(const struct layers *layers, const char *path, const char *field,
    const char *kind, const uid_t *uid)
{
	for (struct slot *slot = NULL;
	     (slot = next_of_path(layers, slot, path)) != NULL;)
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
	const void *at =
	    entry != NULL ? (const char *)entry - offsetof(struct slot, entry) : NULL;
	const struct slot *slot = next_of_path(layers, at, path);

	return slot != NULL ? &slot->entry : NULL;
}

const struct layer_entry *
layers_get(const struct layers *layers, size_t i)
{
	return i < layers->count ? &layers->slots[i]->entry : NULL;
}

/* ---- changing ------------------------------------------------------------ */

/* Takes it out; the caller frees it. */
static struct slot *
take_at(struct layers *layers, size_t i)
{
	struct slot *slot = layers->slots[i];

	hash_table_remove(&layers->by_path, &slot->node);
	layers->count--;
	memmove(&layers->slots[i], &layers->slots[i + 1],
	    (layers->count - i) * sizeof(layers->slots[0]));
	return slot;
}

static void
remove_at(struct layers *layers, size_t i)
{
	slot_free(take_at(layers, i));
}

/* Where the slot is, from the end: what was set last is asked for most. */
static size_t
place_of(const struct layers *layers, const struct slot *slot)
{
	size_t i = layers->count;

	while (layers->slots[--i] != slot)
		;
	return i;
}

static int
make_room(struct layers *layers)
{
	size_t room = layers->room == 0 ? 8 : layers->room * 2;
	struct slot **slots;

	if (layers->count < layers->room)
		return 0;
	slots = reallocarray(layers->slots, room, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	layers->slots = slots;
	layers->room = room;
	return 0;
}

/* The oldest that `entry` replaces, or NULL. */
static struct slot *
find_replaced(const struct layers *layers, const struct layer_entry *entry)
{
	struct slot *found = NULL;

	for (struct slot *slot = NULL;
	     (slot = next_of_path(layers, slot, entry->path)) != NULL;) {
		const struct layer_entry *old = &slot->entry;
		if (old->layer == entry->layer &&
		    strcmp(old->field, entry->field) == 0 &&
		    (entry->layer != LAYER_LEASE ||
			(strcmp(old->kind, entry->kind) == 0 &&
			    old->uid == entry->uid &&
			    (entry->id[0] == '\0' ||
				strcmp(old->id, entry->id) == 0))) &&
		    (found == NULL || slot->order < found->order))
			found = slot;
	}
	return found;
}

void
layers_make_id(struct layers *layers, int64_t created_us, char buf[16])
{
	do {
		uint64_t mixed = (uint64_t)created_us + ++layers->serial;
		mixed *= UINT64_C(0x9e3779b97f4a7c15);
		(void)snprintf(buf, 16, "L-%04x", (unsigned)(mixed >> 48));
	} while (layers_find_lease(layers, buf) != NULL);
}

/* Copies `text` to *at and moves *at behind it. */
static const char *
pack_text(char **at, const char *text)
{
	const char *copy = *at;

	*at = stpcpy(*at, text) + 1;
	return copy;
}

/* A copy of `from` with `id` that owns its texts, in one piece of memory. */
static struct slot *
slot_new(const struct layer_entry *from, const char *id)
{
	struct slot *slot =
	    malloc(sizeof(*slot) + strlen(from->path) + strlen(from->field) +
		   strlen(from->kind) + strlen(id) + strlen(from->reason) + 5);
	char *at;

	if (slot == NULL)
		return NULL;
	at = slot->texts;
	slot->json = NULL;
	slot->entry = *from;
	slot->entry.path = pack_text(&at, from->path);
	slot->entry.field = pack_text(&at, from->field);
	slot->entry.kind = pack_text(&at, from->kind);
	slot->entry.id = pack_text(&at, id);
	slot->entry.reason = pack_text(&at, from->reason);
	return slot;
}

int
layers_set(struct layers *layers, const struct layer_entry *entry,
    const struct layer_entry **ret)
{
	struct slot *old = find_replaced(layers, entry), *slot = NULL;
	const char *id = entry->id;
	char made[16];

	if (entry->layer != LAYER_LEASE) {
		id = "";
	} else if (id[0] == '\0') {
		layers_make_id(layers, entry->created_us, made);
		id = old != NULL ? old->entry.id : made;
	}
	if (make_room(layers) == 0)
		slot = slot_new(entry, id);
	if (slot == NULL || hash_table_add(&layers->by_path, &slot->node,
				hash_path(slot->entry.path)) < 0) {
		slot_free(slot);
		return -ENOMEM;
	}
	if (old != NULL)
		remove_at(layers, place_of(layers, old));
	slot->order = ++layers->order;
	layers->slots[layers->count++] = slot;
	if (ret != NULL)
		*ret = &slot->entry;
	return 0;
}

size_t
layers_renew(struct layers *layers, const char *id, int64_t expires_us)
{
	size_t count = 0;

	for (size_t i = 0; i < layers->count; i++) {
		struct layer_entry *entry = &layers->slots[i]->entry;
		if (entry->layer != LAYER_LEASE || strcmp(entry->id, id) != 0)
			continue;
		entry->expires_us = expires_us;
		free(layers->slots[i]->json);
		layers->slots[i]->json = NULL;
		count++;
	}
	return count;
}

bool
layers_is_first_of_lease(const struct layers *layers, size_t i)
{
	const struct layer_entry *entry = layers_get(layers, i);

	return entry != NULL && entry->layer == LAYER_LEASE &&
	       layers_find_lease(layers, entry->id) == entry;
}

bool
layers_unset_in(
    struct layers *layers, const char *path, const char *field, enum layer layer)
{
	for (size_t i = 0; i < layers->count; i++) {
		const struct layer_entry *entry = &layers->slots[i]->entry;
		if (entry->layer != layer || !is_of(entry, path, field))
			continue;
		remove_at(layers, i);
		return true;
	}
	return false;
}

bool
layers_unset_lease(struct layers *layers, const char *id, const char *kind,
    const char *path, const char *field)
{
	for (size_t i = 0; i < layers->count; i++) {
		const struct layer_entry *entry = &layers->slots[i]->entry;
		if (entry->layer != LAYER_LEASE || !is_of(entry, path, field) ||
		    strcmp(entry->id, id) != 0 || strcmp(entry->kind, kind) != 0)
			continue;
		remove_at(layers, i);
		return true;
	}
	return false;
}

size_t
layers_release(struct layers *layers, const char *id)
{
	size_t gone = 0;

	for (size_t i = layers->count; i-- > 0;) {
		const struct layer_entry *entry = &layers->slots[i]->entry;
		if (entry->layer != LAYER_LEASE || strcmp(entry->id, id) != 0)
			continue;
		remove_at(layers, i);
		gone++;
	}
	return gone;
}

int64_t
layers_expire(struct layers *layers, int64_t now_us,
    void (*fn)(void *userdata, const struct layer_entry *entry), void *userdata)
{
	int64_t next = 0;

	for (size_t i = 0; i < layers->count;) {
		int64_t at = layers->slots[i]->entry.expires_us;
		if (at != 0 && at <= now_us) {
			/* Taken out first: `fn` may ask for what is left. */
			struct slot *gone = take_at(layers, i);

			if (fn != NULL)
				fn(userdata, &gone->entry);
			slot_free(gone);
			continue;
		}
		if (at != 0 && (next == 0 || at < next))
			next = at;
		i++;
	}
	return next;
}

/* ---- keeping ------------------------------------------------------------- */

static json_t *
entry_to_json(const struct layer_entry *entry)
{
	return json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I}",
	    "path", entry->path, "field", entry->field, "value",
	    (json_int_t)entry->value, "layer", layer_name(entry->layer), "kind",
	    entry->kind, "id", entry->id, "uid", (json_int_t)entry->uid, "reason",
	    entry->reason, "created_us", (json_int_t)entry->created_us, "expires_us",
	    (json_int_t)entry->expires_us, "base", (json_int_t)entry->base,
	    "confirmed_us", (json_int_t)entry->confirmed_us);
}

/* `layer` LAYER_FILE: all of them. */
static json_t *
list_entries(const struct layers *layers, enum layer layer)
{
	json_t *list = json_array();

	for (size_t i = 0; i < layers->count; i++) {
		const struct layer_entry *entry = &layers->slots[i]->entry;
		if (layer != LAYER_FILE && entry->layer != layer)
			continue;
		if (json_array_append_new(list, entry_to_json(entry)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static const char *
slot_json(struct slot *slot)
{
	json_t *json = slot->json == NULL ? entry_to_json(&slot->entry) : NULL;

	if (json != NULL)
		slot->json = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return slot->json;
}

/* Thousands of entries are written with each of them that changes: each is put into
 * words once. */
char *
layers_to_text(const struct layers *layers, enum layer layer)
{
	size_t len = sizeof("[]");
	char *text, *at;

	for (size_t i = 0; i < layers->count; i++) {
		const char *json = slot_json(layers->slots[i]);

		if (json == NULL)
			return NULL;
		len += strlen(json) + strlen(",\n");
	}
	text = malloc(len);
	if (text == NULL)
		return NULL;
	at = stpcpy(text, "[");
	for (size_t i = 0; i < layers->count; i++) {
		const struct slot *slot = layers->slots[i];

		if (layer != LAYER_FILE && slot->entry.layer != layer)
			continue;
		at = stpcpy(at, at[-1] == '[' ? "" : ",\n");
		at = stpcpy(at, slot->json);
	}
	(void)stpcpy(at, "]");
	return text;
}

json_t *
layers_to_json(const struct layers *layers)
{
	return list_entries(layers, LAYER_FILE);
}

json_t *
layers_to_json_of(const struct layers *layers, enum layer layer)
{
	return list_entries(layers, layer);
}

/* Takes one entry, or returns -EBADMSG. A lease without an end or without an id would
 * never go away again, so it is none. */
static int
entry_from_json(struct layers *layers, json_t *json)
{
	const char *path, *field, *layer, *kind, *id, *reason;
	json_int_t value, uid, created, expires, base = 0, confirmed = 0;

	if (json_unpack(json,
		"{s:s, s:s, s:I, s:s, s:s, s:s, s:I, s:s, s:I, s:I, s?I, s?I}", "path",
		&path, "field", &field, "value", &value, "layer", &layer, "kind", &kind,
		"id", &id, "uid", &uid, "reason", &reason, "created_us", &created,
		"expires_us", &expires, "base", &base, "confirmed_us", &confirmed) < 0)
		return -EBADMSG;

	int number = names_find(layer_names, LAYER_COUNT_, layer);
	bool is_lease = number == LAYER_LEASE;

	if (number <= LAYER_FILE || uid < 0 || uid > UINT32_MAX ||
	    is_lease != (expires > 0) || is_lease != (id[0] != '\0'))
		return -EBADMSG;
	return layers_set(layers,
	    &(struct layer_entry){
		.path = path,
		.field = field,
		.value = value,
		.layer = (enum layer)number,
		.kind = kind,
		.id = id,
		.uid = (uid_t)uid,
		.reason = reason,
		.created_us = created,
		.expires_us = expires,
		.base = base,
		.confirmed_us = confirmed,
	    },
	    NULL);
}

int
layers_from_json(struct layers *layers, const json_t *json)
{
	int result = json_is_array(json) ? 0 : -EBADMSG;

	for (size_t i = 0; i < json_array_size(json); i++) {
		int r = entry_from_json(layers, json_array_get(json, i));
		if (r < 0)
			result = r;
	}
	return result;
}

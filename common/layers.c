/* SPDX-License-Identifier: Apache-2.0 */
/* layers.c - live edits as layers over the configuration file.
 *
 * Entries are kept in the order in which they were set, which is all that "newest"
 * needs; there are few of them (a person made each), so every question walks the array.
 */
#include "common/layers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/names.h"

struct slot {
	struct layer_entry entry;
	char *texts; /* what the texts of `entry` point into */
};

struct layers {
	struct slot *slots;
	size_t count, room;
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

struct layers *
layers_free(struct layers *layers)
{
	if (layers == NULL)
		return NULL;
	for (size_t i = 0; i < layers->count; i++)
		free(layers->slots[i].texts);
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

/* Until it is confirmed or not, an override is one. */
static bool
counts_as(const struct layer_entry *entry, const char *kind)
{
	return strcmp(entry->kind, kind) == 0 ||
	       (strcmp(kind, LAYER_KIND_OVERRIDE) == 0 &&
		   strcmp(entry->kind, LAYER_KIND_CONFIRM) == 0);
}

const struct layer_entry *
layers_top_of_kind(
    const struct layers *layers, const char *path, const char *field, const char *kind)
{
	const struct layer_entry *top = NULL;

	for (size_t i = 0; i < layers->count; i++) {
		const struct layer_entry *entry = &layers->slots[i].entry;
		if (!is_of(entry, path, field))
			continue;
		if (kind != NULL && entry->layer == LAYER_LEASE &&
		    !counts_as(entry, kind))
			continue;
		if (top == NULL || entry->layer >= top->layer)
			top = entry;
	}
	return top;
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
		const struct layer_entry *entry = &layers->slots[i].entry;
		if (entry->layer == LAYER_LEASE && strcmp(entry->id, id) == 0)
			return entry;
	}
	return NULL;
}

const struct layer_entry *
layers_get(const struct layers *layers, size_t i)
{
	return i < layers->count ? &layers->slots[i].entry : NULL;
}

/* ---- changing ------------------------------------------------------------ */

static void
remove_at(struct layers *layers, size_t i)
{
	free(layers->slots[i].texts);
	layers->count--;
	memmove(&layers->slots[i], &layers->slots[i + 1],
	    (layers->count - i) * sizeof(layers->slots[0]));
}

static int
make_room(struct layers *layers)
{
	size_t room = layers->room == 0 ? 8 : layers->room * 2;
	struct slot *slots;

	if (layers->count < layers->room)
		return 0;
	slots = reallocarray(layers->slots, room, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	layers->slots = slots;
	layers->room = room;
	return 0;
}

/* Where an entry that `entry` replaces is, or -1. */
static ssize_t
find_replaced(const struct layers *layers, const struct layer_entry *entry)
{
	for (size_t i = 0; i < layers->count; i++) {
		const struct layer_entry *old = &layers->slots[i].entry;
		if (old->layer == entry->layer &&
		    is_of(old, entry->path, entry->field) &&
		    (entry->layer != LAYER_LEASE ||
			(strcmp(old->kind, entry->kind) == 0 &&
			    old->uid == entry->uid &&
			    (entry->id[0] == '\0' || strcmp(old->id, entry->id) == 0))))
			return (ssize_t)i;
	}
	return -1;
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
static int
slot_fill(struct slot *slot, const struct layer_entry *from, const char *id)
{
	char *at = malloc(strlen(from->path) + strlen(from->field) +
			  strlen(from->kind) + strlen(id) + strlen(from->reason) + 5);

	if (at == NULL)
		return -ENOMEM;
	*slot = (struct slot){.entry = *from, .texts = at};
	slot->entry.path = pack_text(&at, from->path);
	slot->entry.field = pack_text(&at, from->field);
	slot->entry.kind = pack_text(&at, from->kind);
	slot->entry.id = pack_text(&at, id);
	slot->entry.reason = pack_text(&at, from->reason);
	return 0;
}

int
layers_set(struct layers *layers, const struct layer_entry *entry,
    const struct layer_entry **ret)
{
	ssize_t old = find_replaced(layers, entry);
	const char *id = entry->id;
	struct slot slot;
	char made[16];

	if (entry->layer != LAYER_LEASE) {
		id = "";
	} else if (id[0] == '\0') {
		layers_make_id(layers, entry->created_us, made);
		id = old >= 0 ? layers->slots[old].entry.id : made;
	}
	if (make_room(layers) < 0 || slot_fill(&slot, entry, id) < 0)
		return -ENOMEM;
	if (old >= 0)
		remove_at(layers, (size_t)old);
	layers->slots[layers->count] = slot;
	if (ret != NULL)
		*ret = &layers->slots[layers->count].entry;
	layers->count++;
	return 0;
}

size_t
layers_renew(struct layers *layers, const char *id, int64_t expires_us)
{
	size_t count = 0;

	for (size_t i = 0; i < layers->count; i++) {
		struct layer_entry *entry = &layers->slots[i].entry;
		if (entry->layer != LAYER_LEASE || strcmp(entry->id, id) != 0)
			continue;
		entry->expires_us = expires_us;
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
		const struct layer_entry *entry = &layers->slots[i].entry;
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
		const struct layer_entry *entry = &layers->slots[i].entry;
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
		const struct layer_entry *entry = &layers->slots[i].entry;
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
		int64_t at = layers->slots[i].entry.expires_us;
		if (at != 0 && at <= now_us) {
			/* Taken out first: `fn` may ask for what is left. */
			struct slot gone = layers->slots[i];
			layers->slots[i].texts = NULL;
			remove_at(layers, i);
			if (fn != NULL)
				fn(userdata, &gone.entry);
			free(gone.texts);
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
		const struct layer_entry *entry = &layers->slots[i].entry;
		if (layer != LAYER_FILE && entry->layer != layer)
			continue;
		if (json_array_append_new(list, entry_to_json(entry)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
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

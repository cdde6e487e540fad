/* SPDX-License-Identifier: Apache-2.0 */
/* layers_json.c - layers as the files have them that keep them. */
#include "common/layers_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/names.h"

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

static bool
is_plain(const char *text)
{
	while (*text >= ' ' && *text <= '~' && *text != '"' && *text != '\\')
		text++;
	return *text == '\0';
}

/* As json_dumps() does it. Nearly every entry can be put into words without a tree,
 * which takes a fifth of the time; NULL: this one cannot, or there is no memory. */
static char *
plain_words(const struct layer_entry *entry)
{
	char *words;

	if (!is_plain(entry->path) || !is_plain(entry->field) ||
	    !is_plain(entry->kind) || !is_plain(entry->id) || !is_plain(entry->reason))
		return NULL;
	if (asprintf(&words,
		"{\"path\":\"%s\",\"field\":\"%s\",\"value\":%" PRId64
		",\"layer\":\"%s\",\"kind\":\"%s\",\"id\":\"%s\",\"uid\":%u,"
		"\"reason\":\"%s\",\"created_us\":%" PRId64 ",\"expires_us\":%" PRId64
		",\"base\":%" PRId64 ",\"confirmed_us\":%" PRId64 "}",
		entry->path, entry->field, entry->value, layer_name(entry->layer),
		entry->kind, entry->id, entry->uid, entry->reason, entry->created_us,
		entry->expires_us, entry->base, entry->confirmed_us) < 0)
		return NULL;
	return words;
}

static const char *
slot_json(struct slot *slot)
{
	json_t *json;

	if (slot->json != NULL)
		return slot->json;
	slot->json = plain_words(&slot->entry);
	if (slot->json == NULL) {
		json = entry_to_json(&slot->entry);
		slot->json = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
		json_decref(json);
	}
	slot->json_len = slot->json != NULL ? strlen(slot->json) : 0;
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
		struct slot *slot = layers->slots[i];

		if (slot_json(slot) == NULL)
			return NULL;
		len += slot->json_len + strlen(",\n");
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
		at = mempcpy(at, slot->json, slot->json_len);
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

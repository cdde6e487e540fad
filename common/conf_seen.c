/* SPDX-License-Identifier: Apache-2.0 */
/* conf_seen.c - a set of keys that remembers the statement each came with first. */
#include "common/conf_seen.h"

#include <stdlib.h>
#include <string.h>

struct conf_seen_slot {
	const struct conf_node *node; /* NULL: free */
	size_t key;                   /* offset in keys */
	uint32_t len, hash;
};

static uint32_t
hash_of(const uint8_t *key, size_t len)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ key[i]) * 16777619u;
	return hash ^ hash >> 15;
}

static void
grow_slots(struct conf_seen *seen)
{
	if (seen->count * 2 < seen->room)
		return;
	size_t room = seen->room ? seen->room * 2 : 64;
	struct conf_seen_slot *slots = calloc(room, sizeof(*slots));
	if (!slots) {
		seen->failed = true;
		return;
	}
	for (size_t i = 0; i < seen->room; i++) {
		size_t at = seen->slots[i].hash & (room - 1);
		if (!seen->slots[i].node)
			continue;
		while (slots[at].node)
			at = (at + 1) & (room - 1);
		slots[at] = seen->slots[i];
	}
	free(seen->slots);
	seen->slots = slots;
	seen->room = room;
}

static void
grow_keys(struct conf_seen *seen, size_t len)
{
	if (seen->keys && seen->keys_len + len <= seen->keys_room)
		return;
	size_t room = (seen->keys_len + len + 64) * 2;
	char *keys = realloc(seen->keys, room);
	if (!keys) {
		seen->failed = true;
		return;
	}
	seen->keys = keys;
	seen->keys_room = room;
}

const struct conf_node *
conf_seen_add(
    struct conf_seen *seen, const void *key, size_t len, const struct conf_node *node)
{
	uint32_t hash = hash_of(key, len);
	grow_slots(seen);
	grow_keys(seen, len);
	if (seen->failed)
		return NULL;
	size_t at = hash & (seen->room - 1);
	for (; seen->slots[at].node; at = (at + 1) & (seen->room - 1)) {
		const struct conf_seen_slot *slot = &seen->slots[at];
		if (slot->hash == hash && slot->len == len &&
		    memcmp(seen->keys + slot->key, key, len) == 0)
			return slot->node;
	}
	memcpy(seen->keys + seen->keys_len, key, len);
	seen->slots[at] =
	    (struct conf_seen_slot){node, seen->keys_len, (uint32_t)len, hash};
	seen->keys_len += len;
	seen->count++;
	return NULL;
}

void
conf_seen_done(struct conf_seen *seen)
{
	free(seen->slots);
	free(seen->keys);
	*seen = (struct conf_seen){0};
}

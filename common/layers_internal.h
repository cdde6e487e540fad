/* SPDX-License-Identifier: Apache-2.0 */
/* layers_internal.h - what the files of layers share. */
#ifndef COMMON_LAYERS_INTERNAL_H
#define COMMON_LAYERS_INTERNAL_H

#include <stddef.h>
#include <string.h>
#include "common/hash_table.h"
#include "common/layers.h"

/* The entries of one lease, in their order. */
struct lease {
	struct hash_node node; /* by id */
	struct slot *first, *last;
	size_t count;
	char id[];
};

struct slot {
	struct hash_node node;        /* by path */
	struct lease *lease;          /* NULL: it has no end */
	struct slot *previous, *next; /* of the lease */
	struct layer_entry entry;
	uint64_t order; /* of being set */
	bool is_out;    /* taken out: nobody asks for it any more */
	char *new_path; /* since a rename; NULL: it is among the texts */
	char *json;     /* as files have it; NULL: not made yet */
	size_t json_len;
	char texts[]; /* what the texts of `entry` point into */
};

struct layers {
	struct slot **slots; /* in their order */
	size_t count, room;
	struct hash_table by_path, by_id;
	uint64_t order;
	uint32_t serial; /* of the ids given so far */
	struct layers_watcher *watchers;
};

static inline uint32_t
layers_hash(const char *text)
{
	return hash_bytes(0, text, strlen(text));
}

/* What an entry that we gave out is part of. */
static inline const struct slot *
layers_slot_of(const struct layer_entry *entry)
{
	return (const struct slot *)(const void *)((const char *)entry -
						   offsetof(struct slot, entry));
}

/* ---- layers.c ------------------------------------------------------------ */

/* The first entry of the object after `slot` (NULL: of all), in no order, or NULL. */
struct slot *layers_slot_next(
    const struct layers *layers, const struct slot *slot, const char *path);

/* The entry of the field in a layer without an end, or NULL. */
const struct slot *layers_slot_find_in(
    const struct layers *layers, const char *path, const char *field, enum layer layer);

/* ---- layers_change.c ----------------------------------------------------- */

/* Tells all who watch. */
void layers_touch(const struct layers *layers, const struct layer_entry *entry);

/* ---- layers_lease.c ------------------------------------------------------ */

struct lease *layers_lease_find(const struct layers *layers, const char *id);

/* Puts an entry at the end of its lease, which begins with its first one; one without
 * an end is in none. Returns 0 or -ENOMEM. */
int layers_lease_join(struct layers *layers, struct slot *slot);

/* Takes it out of it again. The lease ends with its last entry. */
void layers_lease_leave(struct layers *layers, struct slot *slot);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* layers_internal.h - what the files of layers share. */
#ifndef COMMON_LAYERS_INTERNAL_H
#define COMMON_LAYERS_INTERNAL_H

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
	layers_touched_fn touched;
	void *userdata;
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* hash_table.c - an intrusive hash table with chains that doubles as it fills. */
#include "common/hash_table.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_ROOM = 64 };

uint32_t
hash_bytes(uint32_t seed, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint32_t hash = seed ^ UINT32_C(2166136261);

	/* FNV-1a, then a final mix: virtual addresses often differ in the last byte
	 * only, and buckets are chosen by the low bits. */
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * UINT32_C(16777619);
	hash ^= hash >> 16;
	hash *= UINT32_C(0x85ebca6b);
	hash ^= hash >> 13;
	return hash;
}

static struct hash_node **
bucket_of(const struct hash_table *table, uint32_t hash)
{
	return &table->buckets[hash & (table->room - 1)];
}

static int
grow(struct hash_table *table)
{
	size_t room = table->room == 0 ? FIRST_ROOM : table->room * 2;
	struct hash_table bigger = {.room = room};

	bigger.buckets = calloc(room, sizeof(*bigger.buckets));
	if (bigger.buckets == NULL)
		return table->room == 0 ? -ENOMEM : 0;
	for (size_t i = 0; i < table->room; i++) {
		struct hash_node *node = table->buckets[i];

		while (node != NULL) {
			struct hash_node *next = node->next;
			struct hash_node **bucket = bucket_of(&bigger, node->hash);

			node->next = *bucket;
			*bucket = node;
			node = next;
		}
	}
	free(table->buckets);
	table->buckets = bigger.buckets;
	table->room = room;
	return 0;
}

int
hash_table_add(struct hash_table *table, struct hash_node *node, uint32_t hash)
{
	if (table->count >= table->room) {
		int r = grow(table);

		if (r < 0)
			return r;
	}

	struct hash_node **bucket = bucket_of(table, hash);

	node->hash = hash;
	node->next = *bucket;
	*bucket = node;
	table->count++;
	return 0;
}

void
hash_table_remove(struct hash_table *table, struct hash_node *node)
{
	struct hash_node **at = bucket_of(table, node->hash);

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	node->next = NULL;
	table->count--;
}

static struct hash_node *
skip_to(struct hash_node *node, uint32_t hash)
{
	while (node != NULL && node->hash != hash)
		node = node->next;
	return node;
}

struct hash_node *
hash_table_first(const struct hash_table *table, uint32_t hash)
{
	if (table->room == 0)
		return NULL;
	return skip_to(*bucket_of(table, hash), hash);
}

struct hash_node *
hash_table_next(const struct hash_node *node)
{
	return skip_to(node->next, node->hash);
}

void
hash_table_done(struct hash_table *table)
{
	free(table->buckets);
	*table = (struct hash_table){0};
}

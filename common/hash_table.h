/* SPDX-License-Identifier: Apache-2.0 */
/* hash_table.h - an intrusive hash table: the key and how it is compared stay with the
 * caller, so that one table serves addresses, interface numbers and names. */
#ifndef COMMON_HASH_TABLE_H
#define COMMON_HASH_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Embed this in what is to be found. It must not move while it is in a table. */
struct hash_node {
	struct hash_node *next;
	uint32_t hash;
};

/* Zero-initialise it. */
struct hash_table {
	struct hash_node **buckets;
	size_t room; /* number of buckets: a power of two, or 0 */
	size_t count;
};

/* The structure that embeds `node` as its field `field`. */
#define hash_entry(node, type, field) \
	((type *)(void *)((char *)(node)-offsetof(type, field)))

/* A hash of `len` bytes; `seed` is mixed in, so that calls can be chained. */
uint32_t hash_bytes(uint32_t seed, const void *bytes, size_t len);

/* Adds `node` under `hash`; several nodes may share one. Returns 0, or -ENOMEM when the
 * very first buckets cannot be had (growing may fail: the table is only slower then).
 */
int hash_table_add(struct hash_table *table, struct hash_node *node, uint32_t hash);

/* Takes out `node`, which must be in the table. */
void hash_table_remove(struct hash_table *table, struct hash_node *node);

/* The first node with that hash, and the next one after `node` with the same; NULL at
 * the end. The caller compares the keys. A node may be removed once its successor was
 * got. */
struct hash_node *hash_table_first(const struct hash_table *table, uint32_t hash);
struct hash_node *hash_table_next(const struct hash_node *node);

/* Frees the table's own memory; the nodes belong to the caller. */
void hash_table_done(struct hash_table *table);

#endif

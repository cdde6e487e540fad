/* SPDX-License-Identifier: Apache-2.0 */
/* layers_lease.c - which entries of layers are in which lease. */
#include "common/layers_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- asking -------------------------------------------------------------- */

struct lease *
layers_lease_find(const struct layers *layers, const char *id)
{
	struct hash_node *node = hash_table_first(&layers->by_id, layers_hash(id));

	while (
	    node != NULL && strcmp(hash_entry(node, struct lease, node)->id, id) != 0)
		node = hash_table_next(node);
	return node != NULL ? hash_entry(node, struct lease, node) : NULL;
}

const struct layer_entry *
layers_find_lease(const struct layers *layers, const char *id)
{
	const struct lease *lease = layers_lease_find(layers, id);

	return lease != NULL ? &lease->first->entry : NULL;
}

const struct layer_entry *
layers_next_of_lease(const struct layer_entry *entry)
{
	const struct slot *next = layers_slot_of(entry)->next;

	return next != NULL ? &next->entry : NULL;
}

size_t
layers_lease_size(const struct layers *layers, const char *id)
{
	const struct lease *lease = layers_lease_find(layers, id);

	return lease != NULL ? lease->count : 0;
}

size_t
layers_lease_count(const struct layers *layers)
{
	return layers->by_id.count;
}

bool
layers_is_first_of_lease(const struct layers *layers, size_t i)
{
	const struct slot *slot = i < layers->count ? layers->slots[i] : NULL;

	return slot != NULL && slot->lease != NULL && slot->lease->first == slot;
}

void
layers_make_id(struct layers *layers, int64_t created_us, char buf[16])
{
	do {
		uint64_t mixed = (uint64_t)created_us + ++layers->serial;
		mixed *= UINT64_C(0x9e3779b97f4a7c15);
		(void)snprintf(buf, 16, "L-%04x", (unsigned)(mixed >> 48));
	} while (layers_lease_find(layers, buf) != NULL);
}

/* ---- coming and going ---------------------------------------------------- */

static struct lease *
lease_new(struct layers *layers, const char *id)
{
	struct lease *lease = calloc(1, sizeof(*lease) + strlen(id) + 1);

	if (lease == NULL)
		return NULL;
	strcpy(lease->id, id);
	if (hash_table_add(&layers->by_id, &lease->node, layers_hash(id)) == 0)
		return lease;
	free(lease);
	return NULL;
}

int
layers_lease_join(struct layers *layers, struct slot *slot)
{
	struct lease *lease;

	slot->previous = slot->next = NULL;
	slot->lease = NULL;
	if (slot->entry.layer != LAYER_LEASE)
		return 0;
	lease = layers_lease_find(layers, slot->entry.id);
	if (lease == NULL)
		lease = lease_new(layers, slot->entry.id);
	if (lease == NULL)
		return -ENOMEM;
	slot->lease = lease;
	slot->previous = lease->last;
	if (lease->last != NULL)
		lease->last->next = slot;
	else
		lease->first = slot;
	lease->last = slot;
	lease->count++;
	return 0;
}

void
layers_lease_leave(struct layers *layers, struct slot *slot)
{
	struct lease *lease = slot->lease;

	if (lease == NULL)
		return;
	if (slot->previous != NULL)
		slot->previous->next = slot->next;
	else
		lease->first = slot->next;
	if (slot->next != NULL)
		slot->next->previous = slot->previous;
	else
		lease->last = slot->previous;
	slot->previous = slot->next = NULL;
	if (--lease->count > 0)
		return;
	hash_table_remove(&layers->by_id, &lease->node);
	free(lease);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* layers.c - live edits as layers over the configuration file.
 *
 * Entries are kept in the order in which they were set, which is all that "newest"
 * needs. Thousands come from one request about all objects, and what decides a field is
 * asked for each of them: so they are found by their path and by their lease too.
 */
#include "common/layers_internal.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- asking -------------------------------------------------------------- */

static uint32_t
hash_text(const char *text)
{
	return hash_bytes(0, text, strlen(text));
}

/* The first entry of the object after `slot` (NULL: of all), in no order, or NULL. */
static struct slot *
next_of_path(const struct layers *layers, const struct slot *slot, const char *path)
{
	struct hash_node *node =
	    slot == NULL ? hash_table_first(&layers->by_path, hash_text(path))
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
	     (slot = next_of_path(layers, slot, path)) != NULL;)
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

static struct lease *
find_lease(const struct layers *layers, const char *id)
{
	struct hash_node *node = hash_table_first(&layers->by_id, hash_text(id));

	while (
	    node != NULL && strcmp(hash_entry(node, struct lease, node)->id, id) != 0)
		node = hash_table_next(node);
	return node != NULL ? hash_entry(node, struct lease, node) : NULL;
}

const struct layer_entry *
layers_find_lease(const struct layers *layers, const char *id)
{
	const struct lease *lease = find_lease(layers, id);

	return lease != NULL ? &lease->first->entry : NULL;
}

/* What an entry that we gave out is part of. */
static const struct slot *
slot_of(const struct layer_entry *entry)
{
	return (const struct slot *)(const void *)((const char *)entry -
						   offsetof(struct slot, entry));
}

const struct layer_entry *
layers_next_of_lease(const struct layer_entry *entry)
{
	const struct slot *next = slot_of(entry)->next;

	return next != NULL ? &next->entry : NULL;
}

size_t
layers_lease_size(const struct layers *layers, const char *id)
{
	const struct lease *lease = find_lease(layers, id);

	return lease != NULL ? lease->count : 0;
}

size_t
layers_lease_count(const struct layers *layers)
{
	return layers->by_id.count;
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
	const struct slot *at = entry != NULL ? slot_of(entry) : NULL, *next = NULL;

	for (const struct slot *slot = NULL;
	     (slot = next_of_path(layers, slot, path)) != NULL;)
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

/* The entry of the field in a layer without an end, or NULL. */
static const struct slot *
find_in(
    const struct layers *layers, const char *path, const char *field, enum layer layer)
{
	const struct slot *slot = NULL;

	while ((slot = next_of_path(layers, slot, path)) != NULL)
		if (slot->entry.layer == layer && strcmp(slot->entry.field, field) == 0)
			return slot;
	return NULL;
}

const struct layer_entry *
layers_find_in(
    const struct layers *layers, const char *path, const char *field, enum layer layer)
{
	const struct slot *slot = find_in(layers, path, field, layer);

	return slot != NULL ? &slot->entry : NULL;
}

/* ---- changing ------------------------------------------------------------ */

static void
slot_free(struct slot *slot)
{
	if (slot != NULL) {
		free(slot->new_path);
		free(slot->json);
	}
	free(slot);
}

static void
touch(const struct layers *layers, const struct layer_entry *entry)
{
	if (layers->touched != NULL)
		layers->touched(layers->userdata, entry);
}

void
layers_watch(struct layers *layers, layers_touched_fn touched, void *userdata)
{
	layers->touched = touched;
	layers->userdata = userdata;
}

static struct lease *
lease_new(struct layers *layers, const char *id)
{
	struct lease *lease = calloc(1, sizeof(*lease) + strlen(id) + 1);

	if (lease == NULL)
		return NULL;
	strcpy(lease->id, id);
	if (hash_table_add(&layers->by_id, &lease->node, hash_text(id)) == 0)
		return lease;
	free(lease);
	return NULL;
}

/* The lease ends with its last entry. */
static void
leave_lease(struct layers *layers, struct slot *slot)
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

/* Returns 0 or -ENOMEM. */
static int
join_lease(struct layers *layers, struct slot *slot)
{
	struct lease *lease;

	slot->previous = slot->next = NULL;
	slot->lease = NULL;
	if (slot->entry.layer != LAYER_LEASE)
		return 0;
	lease = find_lease(layers, slot->entry.id);
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

/* Takes it out; the caller frees it. */
static struct slot *
take_at(struct layers *layers, size_t i)
{
	struct slot *slot = layers->slots[i];

	hash_table_remove(&layers->by_path, &slot->node);
	leave_lease(layers, slot);
	layers->count--;
	memmove(&layers->slots[i], &layers->slots[i + 1],
	    (layers->count - i) * sizeof(layers->slots[0]));
	return slot;
}

/* They are in their order. */
static size_t
place_of(const struct layers *layers, const struct slot *slot)
{
	size_t low = 0, high = layers->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (layers->slots[middle]->order < slot->order)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
remove_slot(struct layers *layers, const struct slot *slot)
{
	struct slot *gone = take_at(layers, place_of(layers, slot));

	touch(layers, &gone->entry);
	slot_free(gone);
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
	} while (find_lease(layers, buf) != NULL);
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
	slot->new_path = slot->json = NULL;
	slot->is_out = false;
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
	if (slot == NULL || join_lease(layers, slot) < 0) {
		slot_free(slot);
		return -ENOMEM;
	}
	if (hash_table_add(&layers->by_path, &slot->node, hash_text(slot->entry.path)) <
	    0) {
		leave_lease(layers, slot);
		slot_free(slot);
		return -ENOMEM;
	}
	slot->order = ++layers->order;
	layers->slots[layers->count++] = slot;
	if (old != NULL)
		remove_slot(layers, old);
	touch(layers, &slot->entry);
	if (ret != NULL)
		*ret = &slot->entry;
	return 0;
}

size_t
layers_renew(struct layers *layers, const char *id, int64_t expires_us)
{
	const struct lease *lease = find_lease(layers, id);

	for (struct slot *slot = lease != NULL ? lease->first : NULL; slot != NULL;
	     slot = slot->next) {
		slot->entry.expires_us = expires_us;
		free(slot->json);
		slot->json = NULL;
		touch(layers, &slot->entry);
	}
	return lease != NULL ? lease->count : 0;
}

bool
layers_is_first_of_lease(const struct layers *layers, size_t i)
{
	const struct slot *slot = i < layers->count ? layers->slots[i] : NULL;

	return slot != NULL && slot->lease != NULL && slot->lease->first == slot;
}

bool
layers_unset_in(
    struct layers *layers, const char *path, const char *field, enum layer layer)
{
	const struct slot *slot = find_in(layers, path, field, layer);

	if (slot != NULL)
		remove_slot(layers, slot);
	return slot != NULL;
}

bool
layers_unset_lease(struct layers *layers, const char *id, const char *kind,
    const char *path, const char *field)
{
	const struct slot *slot = NULL;

	while ((slot = next_of_path(layers, slot, path)) != NULL) {
		const struct layer_entry *entry = &slot->entry;
		if (entry->layer != LAYER_LEASE || strcmp(entry->field, field) != 0 ||
		    strcmp(entry->id, id) != 0 || strcmp(entry->kind, kind) != 0)
			continue;
		remove_slot(layers, slot);
		return true;
	}
	return false;
}

/* Takes all of the lease out, in its order, into the list that ends at `at`;
 * close_ranks() must follow. Returns the new end. */
static struct slot **
collect_lease(struct layers *layers, struct lease *lease, struct slot **at)
{
	size_t left = lease->count;

	while (left-- > 0) {
		struct slot *slot = lease->first;

		hash_table_remove(&layers->by_path, &slot->node);
		leave_lease(layers, slot);
		slot->is_out = true;
		*at = slot;
		at = &slot->next;
	}
	return at;
}

/* Those that were taken out leave no gaps. */
static void
close_ranks(struct layers *layers)
{
	size_t kept = 0;

	for (size_t i = 0; i < layers->count; i++)
		if (!layers->slots[i]->is_out)
			layers->slots[kept++] = layers->slots[i];
	layers->count = kept;
}

/* `fn` may ask for what is left, and change it: the list is out of its reach. */
static size_t
let_go(struct layers *layers, struct slot *list, layers_gone_fn fn, void *userdata)
{
	size_t gone = 0;

	while (list != NULL) {
		struct slot *slot = list;

		list = slot->next;
		touch(layers, &slot->entry);
		if (fn != NULL)
			fn(userdata, &slot->entry);
		slot_free(slot);
		gone++;
	}
	return gone;
}

size_t
layers_release(struct layers *layers, const char *id, layers_gone_fn fn, void *userdata)
{
	struct lease *lease = find_lease(layers, id);
	struct slot *list = NULL;

	if (lease == NULL)
		return 0;
	(void)collect_lease(layers, lease, &list);
	close_ranks(layers);
	return let_go(layers, list, fn, userdata);
}

int64_t
layers_expire(struct layers *layers, int64_t now_us, layers_gone_fn fn, void *userdata)
{
	struct slot *list = NULL, **at = &list;
	int64_t next = 0;

	for (size_t i = 0; i < layers->count; i++) {
		const struct slot *slot = layers->slots[i];
		int64_t end_us = slot->entry.expires_us;

		if (slot->is_out || slot->lease == NULL)
			continue;
		if (end_us <= now_us)
			at = collect_lease(layers, slot->lease, at);
		else if (next == 0 || end_us < next)
			next = end_us;
	}
	if (list != NULL)
		close_ranks(layers);
	(void)let_go(layers, list, fn, userdata);
	return next;
}

/* ---- life ---------------------------------------------------------------- */

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
	while (layers->count > 0)
		slot_free(take_at(layers, layers->count - 1));
	hash_table_done(&layers->by_path);
	hash_table_done(&layers->by_id);
	free(layers->slots);
	free(layers);
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* layers_change.c - entries of layers are set, renewed and taken out, alone or with
 * their lease. */
#include "common/layers_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- entries ------------------------------------------------------------- */

static void
slot_free(struct slot *slot)
{
	if (slot != NULL) {
		free(slot->new_path);
		free(slot->json);
	}
	free(slot);
}

void
layers_touch(const struct layers *layers, const struct layer_entry *entry)
{
	for (const struct layers_watcher *watcher = layers->watchers; watcher != NULL;
	     watcher = watcher->next)
		watcher->touched(watcher->userdata, entry);
}

void
layers_watch(struct layers *layers, struct layers_watcher *watcher)
{
	watcher->next = layers->watchers;
	layers->watchers = watcher;
}

void
layers_unwatch(struct layers *layers, const struct layers_watcher *watcher)
{
	struct layers_watcher **at = &layers->watchers;

	while (*at != NULL && *at != watcher)
		at = &(*at)->next;
	if (*at != NULL)
		*at = watcher->next;
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

/* ---- taking one out ------------------------------------------------------ */

/* Takes it out; the caller frees it. */
static struct slot *
take_at(struct layers *layers, size_t i)
{
	struct slot *slot = layers->slots[i];

	hash_table_remove(&layers->by_path, &slot->node);
	layers_lease_leave(layers, slot);
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

	layers_touch(layers, &gone->entry);
	slot_free(gone);
}

bool
layers_unset_in(
    struct layers *layers, const char *path, const char *field, enum layer layer)
{
	const struct slot *slot = layers_slot_find_in(layers, path, field, layer);

	if (slot != NULL)
		remove_slot(layers, slot);
	return slot != NULL;
}

bool
layers_unset_lease(struct layers *layers, const char *id, const char *kind,
    const char *path, const char *field)
{
	const struct slot *slot = NULL;

	while ((slot = layers_slot_next(layers, slot, path)) != NULL) {
		const struct layer_entry *entry = &slot->entry;
		if (entry->layer != LAYER_LEASE || strcmp(entry->field, field) != 0 ||
		    strcmp(entry->id, id) != 0 || strcmp(entry->kind, kind) != 0)
			continue;
		remove_slot(layers, slot);
		return true;
	}
	return false;
}

/* ---- setting ------------------------------------------------------------- */

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
	     (slot = layers_slot_next(layers, slot, entry->path)) != NULL;) {
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
	if (slot == NULL || layers_lease_join(layers, slot) < 0) {
		slot_free(slot);
		return -ENOMEM;
	}
	if (hash_table_add(
		&layers->by_path, &slot->node, layers_hash(slot->entry.path)) < 0) {
		layers_lease_leave(layers, slot);
		slot_free(slot);
		return -ENOMEM;
	}
	slot->order = ++layers->order;
	layers->slots[layers->count++] = slot;
	if (old != NULL)
		remove_slot(layers, old);
	layers_touch(layers, &slot->entry);
	if (ret != NULL)
		*ret = &slot->entry;
	return 0;
}

size_t
layers_renew(struct layers *layers, const char *id, int64_t expires_us)
{
	const struct lease *lease = layers_lease_find(layers, id);

	for (struct slot *slot = lease != NULL ? lease->first : NULL; slot != NULL;
	     slot = slot->next) {
		slot->entry.expires_us = expires_us;
		free(slot->json);
		slot->json = NULL;
		layers_touch(layers, &slot->entry);
	}
	return lease != NULL ? lease->count : 0;
}

/* ---- the end of a lease -------------------------------------------------- */

/* Takes all of the lease out, in its order, into the list that ends at `at`;
 * close_ranks() must follow. Returns the new end. */
static struct slot **
collect_lease(struct layers *layers, struct lease *lease, struct slot **at)
{
	size_t left = lease->count;

	while (left-- > 0) {
		struct slot *slot = lease->first;

		hash_table_remove(&layers->by_path, &slot->node);
		layers_lease_leave(layers, slot);
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
		layers_touch(layers, &slot->entry);
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
	struct lease *lease = layers_lease_find(layers, id);
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

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_maintenance.c - the lease of a maintenance: which routers are in it, and what
 * happens when it ends. */
#include "vrrpd/vrrp_window.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"

/* There is one at most: whoever asks for another gets that one, or is refused. */
static const struct layer_entry *
find_of_node(const struct vrrp_ctl *ctl)
{
	return layers_find(ctl->engine->layers, VRRP_PATH_NODE, VRRP_FIELD_MAINTENANCE,
	    VRRP_KIND_MAINTENANCE, NULL);
}

const struct layer_entry *
vrrp_maintenance_find(const struct vrrp_ctl *ctl, const char *path)
{
	const struct layer_entry *node = find_of_node(ctl), *entry;

	if (strcmp(path, VRRP_PATH_NODE) == 0)
		return node;
	/* Those of the node are in the lease that has the node too, in whatever order.
	 */
	for (size_t i = 0; (entry = layers_get(ctl->engine->layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && strcmp(entry->path, path) == 0 &&
		    strcmp(entry->kind, VRRP_KIND_MAINTENANCE) == 0 &&
		    (node == NULL || strcmp(entry->id, node->id) != 0))
			return entry;
	return NULL;
}

const struct layer_entry *
vrrp_maintenance_add(struct vrrp_ctl *ctl, const struct layer_entry *base,
    const char *path, const char *field, int64_t value)
{
	struct layer_entry entry = *base;

	entry.path = path;
	entry.field = field;
	entry.value = value;
	return edits_give(ctl->edits, &entry);
}

void
vrrp_maintenance_add_router(struct vrrp_ctl *ctl, const struct layer_entry *base,
    const char *name, int64_t flags)
{
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, name);
	(void)vrrp_maintenance_add(ctl, base, path, VRRP_FIELD_MAINTENANCE, flags);
	(void)vrrp_maintenance_add(
	    ctl, base, path, VRRP_FIELD_PRIORITY, VRRP_HOLD_PRIORITY);
}

void
vrrp_lease_copy(struct vrrp_lease_copy *ret, const struct layer_entry *entry)
{
	ret->entry = *entry;
	(void)snprintf(ret->id, sizeof(ret->id), "%s", entry->id);
	(void)snprintf(ret->reason, sizeof(ret->reason), "%s", entry->reason);
	ret->entry.id = ret->id;
	ret->entry.reason = ret->reason;
	ret->entry.kind = VRRP_KIND_MAINTENANCE;
}

static bool
has_entry(const struct layers *layers, const char *id, const char *path)
{
	const struct layer_entry *entry = NULL;

	while ((entry = layers_next_of(layers, path, entry)) != NULL)
		if (entry->layer == LAYER_LEASE && strcmp(entry->id, id) == 0)
			return true;
	return false;
}

bool
vrrp_maintenance_extend_to_new(struct vrrp_ctl *ctl)
{
	const struct engine *engine = ctl->engine;
	const struct layer_entry *node = vrrp_maintenance_find(ctl, VRRP_PATH_NODE);
	struct vrrp_lease_copy lease;
	bool any = false;

	if (node == NULL)
		return false;
	vrrp_lease_copy(&lease, node);
	for (size_t i = 0; i < engine->conf->instance_count; i++) {
		const char *name = engine->conf->instances[i].name;
		char path[VRRP_PATH_SIZE];
		struct vrouter *vr;

		vrrp_json_path(path, name);
		if (has_entry(engine->layers, lease.id, path))
			continue;
		vrrp_maintenance_add_router(ctl, &lease.entry, name, lease.entry.value);
		any = true;
		vr = engine_find(engine, name);
		if (vr != NULL)
			vrouter_update_params(vr);
	}
	return any;
}

void
vrrp_maintenance_entry_ends(struct vrrp_ctl *ctl, const struct layer_entry *entry)
{
	const char *name = strchr(entry->path, '/');
	const struct vrouter *vr;

	if (name == NULL || strcmp(entry->field, VRRP_FIELD_MAINTENANCE) != 0 ||
	    !(entry->value & VRRP_MAINTENANCE_STAY))
		return;
	vr = engine_find(ctl->engine, name + 1);
	if (vr == NULL || vr->fsm.state == VRRP_STATE_MASTER)
		return;
	(void)layers_set(ctl->engine->layers,
	    &(struct layer_entry){
		.path = entry->path,
		.field = VRRP_FIELD_STAY,
		.value = 1,
		.layer = LAYER_RUNTIME,
		.kind = VRRP_KIND_STAY,
		.id = "",
		.uid = entry->uid,
		.reason = entry->reason,
		.created_us = clock_now_us(),
	    },
	    NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_edits.c - what live edits (common/edits.h) are to virtual routers. */
#include "vrrpd/vrrp_ctl_internal.h"

#include <string.h>

#include "common/conf_tree.h"
#include "vrrpd/vrrp_events.h"
#include "vrrpd/vrrp_pending.h"

#define INSTANCE "instance"

/* ---- instances as objects with live fields -------------------------------- */

static const void *
find_instance(void *userdata, const char *name)
{
	const struct vrrp_ctl *ctl = userdata;

	return vrrp_conf_find(ctl->engine->conf, name);
}

static const struct conf_node *
node_of_instance(const struct conf_tree *tree, const char *name)
{
	const struct conf_node *at = conf_tree_first(tree);

	while (at != NULL && (at->row->key != CONF_KEY_VRRP_INSTANCE ||
				 strcmp(conf_node_word(at, 0), name) != 0))
		at = at->next;
	return at;
}

const struct live_kind vrrp_kinds[] = {
    {
	.name = INSTANCE,
	.block = CONF_BLOCK_INSTANCE,
	.fields = vrrp_fields,
	.others = vrrp_fields_others,
	.unserved = "track/",
	.unserved_because = VRRP_TRACKS_NOTHING,
	.find = find_instance,
	.node = node_of_instance,
    },
    {0},
};

/* ---- when values change ---------------------------------------------------- */

static void
on_changed(void *userdata, const char *path)
{
	struct vrrp_ctl *ctl = userdata;
	struct vrouter *vr = path != NULL ? vrrp_ctl_find(ctl, path) : NULL;

	if (path == NULL) {
		vrrp_update_all(ctl->update);
		vrrp_windows_check(ctl);
	} else if (vr != NULL) {
		vrouter_update_params(vr);
	}
}

static void
on_told(void *userdata, const char *path, const char *field, const json_t *value)
{
	struct vrouter *vr = vrrp_ctl_find(userdata, path);

	if (vr != NULL)
		vrrp_events_told(vr, field, value);
}

static void
on_entry_ends(void *userdata, const struct layer_entry *entry)
{
	vrrp_maintenance_entry_ends(userdata, entry);
}

static void
add_pending(void *userdata, const char *path, json_t *pending)
{
	const struct vrouter *vr = vrrp_ctl_find(userdata, path);

	if (vr != NULL)
		vrrp_pending_add(pending, vr);
}

/* ---- entries that are no edits of fields ------------------------------------ */

static bool
is_maintenance_flag(const struct layer_entry *entry)
{
	return entry->value >= 0 &&
	       entry->value <= (VRRP_MAINTENANCE_OUT | VRRP_MAINTENANCE_STAY);
}

static bool
is_own(void *userdata, const struct layer_entry *entry)
{
	(void)userdata;
	if (strcmp(entry->path, VRRP_PATH_NODE) == 0)
		return strcmp(entry->field, VRRP_FIELD_MAINTENANCE) == 0;
	if (strncmp(entry->path, INSTANCE "/", strlen(INSTANCE "/")) != 0)
		return false;
	/* The takeover of an address owner sets what no edit may. */
	if (strcmp(entry->field, VRRP_FIELD_PRIORITY) == 0)
		return entry->value == VRRP_PRIORITY_OWNER;
	return (strcmp(entry->field, VRRP_FIELD_STAY) == 0 ||
		   strcmp(entry->field, VRRP_FIELD_MAINTENANCE) == 0) &&
	       is_maintenance_flag(entry);
}

/* What a maintenance is like is two switches; `stay` alone is one. */
static json_t *
own_value(const struct layer_entry *entry)
{
	if (strcmp(entry->field, VRRP_FIELD_MAINTENANCE) == 0)
		return json_pack("{s:b, s:b}", "out",
		    (entry->value & VRRP_MAINTENANCE_OUT) != 0, "stay",
		    (entry->value & VRRP_MAINTENANCE_STAY) != 0);
	return json_boolean(entry->value != 0);
}

/* ---- life -------------------------------------------------------------------- */

void
vrrp_edits_settle(struct vrrp_ctl *ctl)
{
	if (vrrp_maintenance_extend_to_new(ctl))
		edits_changed(ctl->edits);
}

struct edits_config
vrrp_edits_config(struct vrrp_ctl *ctl)
{
	struct engine *engine = ctl->engine;

	return (struct edits_config){
	    .layers = engine->layers,
	    .kinds = vrrp_kinds,
	    .rev = &engine->rev,
	    .cause = &engine->cause,
	    .changed = on_changed,
	    .is_own = is_own,
	    .own_value = own_value,
	    .entry_ends = on_entry_ends,
	    .told = on_told,
	    .add_pending = add_pending,
	    .userdata = ctl,
	};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_rename.c - lets live edits follow a router that a reload renames: it is the
 * same one while interface, family and VRID are, and a hold is about the router. */
#include "vrrpd/vrrp_ctl_internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/ctl_server.h"
#include "vrrpd/vrrp_ctl.h"
#include "vrrpd/vrrp_diff.h"

struct renamed {
	const struct vrrp_diff_entry **entries; /* only those with another name */
	size_t count;
	char path[VRRP_PATH_SIZE]; /* the last one that was asked for */
};

static bool
has_new_name(const struct vrrp_diff_entry *entry)
{
	return entry->from != NULL && entry->to != NULL &&
	       strcmp(entry->from->name, entry->to->name) != 0;
}

static const char *
path_of(void *userdata, const struct layer_entry *entry)
{
	struct renamed *renamed = userdata;
	char path[VRRP_PATH_SIZE];

	for (size_t i = 0; i < renamed->count; i++) {
		const struct vrrp_diff_entry *at = renamed->entries[i];

		if (strcmp(entry->path, vrrp_json_path(path, at->from->name)) == 0)
			return vrrp_json_path(renamed->path, at->to->name);
	}
	return NULL;
}

/* What was about a router that is gone, and whose name another has now. */
static void
drop_edits_of(struct vrrp_ctl *ctl, const char *name)
{
	const struct layer_entry *entry;
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, name);
	while ((entry = layers_next_of(ctl->engine->layers, path, NULL)) != NULL) {
		log_info("control: dropping the override of %s %s, which is not "
			 "configured",
		    path, entry->field);
		edits_take_back(ctl->edits, entry);
	}
}

static bool
takes_name(const struct renamed *renamed, const char *name)
{
	for (size_t i = 0; i < renamed->count; i++)
		if (strcmp(renamed->entries[i]->to->name, name) == 0)
			return true;
	return false;
}

static void
follow(struct vrrp_ctl *ctl, const struct vrrp_diff *diff, struct renamed *renamed)
{
	for (size_t i = 0; i < diff->count; i++)
		if (has_new_name(&diff->entries[i]))
			renamed->entries[renamed->count++] = &diff->entries[i];
	if (renamed->count == 0)
		return;
	for (size_t i = 0; i < diff->count; i++)
		if (diff->entries[i].kind == VRRP_DIFF_REMOVE &&
		    takes_name(renamed, diff->entries[i].from->name))
			drop_edits_of(ctl, diff->entries[i].from->name);
	edits_rename(ctl->edits, path_of, renamed);
}

void
vrrp_ctl_renamed(struct engine *engine, const struct vrrp_diff *diff)
{
	struct renamed renamed = {0};

	if (engine->control == NULL)
		return;
	renamed.entries = calloc(diff->count + 1, sizeof(struct vrrp_diff_entry *));
	if (renamed.entries == NULL) {
		log_err("control: out of memory, live edits do not follow new names");
		return;
	}
	follow(ctl_server_userdata(engine->control), diff, &renamed);
	free(renamed.entries);
}

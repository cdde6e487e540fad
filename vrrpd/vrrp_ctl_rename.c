/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_rename.c - lets live edits follow a router, not its name, over a reload: it
 * is the same one while interface, family and VRID are. */
#include "vrrpd/vrrp_ctl_internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/ctl_server.h"
#include "vrrpd/vrrp_ctl.h"
#include "vrrpd/vrrp_diff.h"

struct renamed {
	const struct vrrp_diff_entry **entries; /* with another name; by the old one */
	size_t count;
	char path[VRRP_PATH_SIZE]; /* the last one that was asked for */
};

static bool
has_new_name(const struct vrrp_diff_entry *entry)
{
	return entry->from != NULL && entry->to != NULL &&
	       strcmp(entry->from->name, entry->to->name) != 0;
}

static int
compare_old_names(const void *a_, const void *b_)
{
	const struct vrrp_diff_entry *const *a = a_, *const *b = b_;

	return strcmp((*a)->from->name, (*b)->from->name);
}

static int
compare_with_name(const void *name, const void *entry_)
{
	const struct vrrp_diff_entry *const *entry = entry_;

	return strcmp(name, (*entry)->from->name);
}

/* There may be thousands of entries, and of routers with another name. */
static const char *
path_of(void *userdata, const struct layer_entry *entry)
{
	struct renamed *renamed = userdata;
	const char *name = vrrp_json_name_in(entry->path);
	const struct vrrp_diff_entry **found =
	    name != NULL ? bsearch(name, renamed->entries, renamed->count,
			       sizeof(renamed->entries[0]), compare_with_name)
			 : NULL;

	return found != NULL ? vrrp_json_path(renamed->path, (*found)->to->name) : NULL;
}

/* What was about a router that is gone, and whose name another has now. */
static void
drop_edits_of_removed(struct vrrp_ctl *ctl, const struct vrrp_diff *diff, json_t *told)
{
	char path[VRRP_PATH_SIZE];

	for (size_t i = 0; i < diff->count; i++) {
		const struct vrrp_diff_entry *entry = &diff->entries[i];

		if (entry->kind == VRRP_DIFF_REMOVE &&
		    vrrp_conf_find(ctl->engine->conf, entry->from->name) != NULL)
			edits_drop_object(ctl->edits,
			    vrrp_json_path(path, entry->from->name),
			    "another router has the name now", told);
	}
}

static void
follow(struct vrrp_ctl *ctl, const struct vrrp_diff *diff, struct renamed *renamed)
{
	for (size_t i = 0; i < diff->count; i++)
		if (has_new_name(&diff->entries[i]))
			renamed->entries[renamed->count++] = &diff->entries[i];
	if (renamed->count == 0)
		return;
	qsort(renamed->entries, renamed->count, sizeof(renamed->entries[0]),
	    compare_old_names);
	edits_rename(ctl->edits, path_of, renamed);
}

void
vrrp_ctl_renamed(struct engine *engine, const struct vrrp_diff *diff, json_t *told)
{
	struct vrrp_ctl *ctl;
	struct renamed renamed = {0};

	if (engine->control == NULL)
		return;
	ctl = ctl_server_userdata(engine->control);
	drop_edits_of_removed(ctl, diff, told);
	renamed.entries = calloc(diff->count + 1, sizeof(struct vrrp_diff_entry *));
	if (renamed.entries == NULL) {
		log_err("control: out of memory, live edits do not follow new names");
		return;
	}
	follow(ctl, diff, &renamed);
	free(renamed.entries);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_reload_told.c - what a reload changed, as it is told. */
#include "vrrpd/vrrp_reload_told.h"

#include <string.h>

#include "common/ctl_msg.h"

static void
add_name(json_t *told, const char *list, json_t *name)
{
	json_t *names = json_object_get(told, list);

	if (json_array_size(names) < VRRP_RELOAD_NAMES_MAX)
		(void)json_array_append_new(names, name);
	else
		json_decref(name);
}

static void
add_change(json_t *told, const struct vrrp_diff_entry *entry)
{
	if (strcmp(entry->from->name, entry->to->name) == 0)
		add_name(told, "changed", ctl_msg_text(entry->to->name));
	else
		add_name(told, "renamed",
		    json_pack("{s:o, s:o}", "from", ctl_msg_text(entry->from->name),
			"to", ctl_msg_text(entry->to->name)));
}

json_t *
vrrp_reload_told(const struct vrrp_diff *diff)
{
	json_t *told =
	    json_pack("{s:{s:I, s:I, s:I, s:I}, s:[], s:[], s:[], s:[]}", "counts",
		"added", (json_int_t)diff->added, "removed", (json_int_t)diff->removed,
		"changed", (json_int_t)diff->changed, "unchanged",
		(json_int_t)diff->kept, "added", "removed", "changed", "renamed");

	for (size_t i = 0; told != NULL && i < diff->count; i++) {
		const struct vrrp_diff_entry *entry = &diff->entries[i];

		switch (entry->kind) {
		case VRRP_DIFF_KEEP:
			break;
		case VRRP_DIFF_CHANGE:
			add_change(told, entry);
			break;
		case VRRP_DIFF_ADD:
			add_name(told, "added", ctl_msg_text(entry->to->name));
			break;
		case VRRP_DIFF_REMOVE:
			add_name(told, "removed", ctl_msg_text(entry->from->name));
			break;
		}
	}
	return told;
}

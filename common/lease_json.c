/* SPDX-License-Identifier: Apache-2.0 */
/* lease_json.c - live edits as clients of the control socket see them. */
#include "common/lease_json.h"

#include <stdio.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"

/* Of an entry as text, beside its words. */
#define ENTRY_LEN 48

static json_t *
left_json(const struct layer_entry *entry, int64_t now_us)
{
	return entry->layer == LAYER_LEASE
		   ? json_integer(
			 (json_int_t)((entry->expires_us - now_us) / US_PER_MS))
		   : json_null();
}

static json_t *
value_json(const struct layer_entry *entry, const struct lease_view *view)
{
	return view->value != NULL ? view->value(view->userdata, entry)
				   : json_integer((json_int_t)entry->value);
}

json_t *
lease_json(const struct layer_entry *entry, const struct lease_view *view)
{
	bool is_lease = entry->layer == LAYER_LEASE;
	char path[64];
	json_t *lease = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:s, s:o, s:o}",
	    "kind", ctl_msg_text(entry->kind), "object", ctl_msg_text(entry->path),
	    "field", ctl_msg_text(entry->field), "reason", ctl_msg_text(entry->reason),
	    "created", ctl_msg_instant(entry->created_us, view->now_us, view->wall_us),
	    "expires", ctl_msg_instant(entry->expires_us, view->now_us, view->wall_us),
	    "uid", (json_int_t)entry->uid, "layer", layer_name(entry->layer), "value",
	    value_json(entry, view), "left_ms", left_json(entry, view->now_us));

	if (lease == NULL)
		return NULL;
	(void)snprintf(path, sizeof(path), "lease/%.50s", entry->id);
	(void)json_object_set_new(
	    lease, "id", is_lease ? ctl_msg_text(entry->id) : json_null());
	(void)json_object_set_new(
	    lease, "path", is_lease ? ctl_msg_text(path) : json_null());
	return lease;
}

json_t *
lease_json_whole(const struct layers *layers, const struct layer_entry *entry,
    size_t most, const struct lease_view *view)
{
	json_t *lease = lease_json(entry, view), *entries = json_array();
	const struct layer_entry *at;
	size_t len = 0;

	for (at = layers_find_lease(layers, entry->id); at != NULL && len < most;
	     at = layers_next_of_lease(at)) {
		len += ENTRY_LEN + strlen(at->path) + strlen(at->field);
		(void)json_array_append_new(entries,
		    json_pack("{s:o, s:o, s:o}", "object", ctl_msg_text(at->path),
			"field", ctl_msg_text(at->field), "value",
			value_json(at, view)));
	}
	(void)json_object_set_new(lease, "entries", entries);
	(void)json_object_set_new(lease, "entry_count",
	    json_integer((json_int_t)layers_lease_size(layers, entry->id)));
	return lease;
}

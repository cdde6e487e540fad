/* SPDX-License-Identifier: Apache-2.0 */
/* lease_json.h - live edits as clients of the control socket see them. Pure. */
#ifndef COMMON_LEASE_JSON_H
#define COMMON_LEASE_JSON_H

#include <jansson.h>
#include <stdint.h>
#include "common/layers.h"

/* How entries are shown. */
struct lease_view {
	int64_t now_us, wall_us; /* the wall clock at `now_us` */
	/* The value of an entry as its field has it everywhere else: a switch is true
	 * or false, a level a word. NULL: a number. */
	json_t *(*value)(const void *userdata, const struct layer_entry *entry);
	const void *userdata;
};

/* An override as `lease/ID` and as an item of `list {"type": "lease"}`: {"path":
 * "lease/L-3fa1", "id", "kind", "object", "field", "value", "uid", "reason", "created",
 * "expires", "left_ms", "layer"}. Overrides without an end, which are in
 * `list {"type": "override"}` too, have null for path, id, expires and left_ms. */
json_t *lease_json(const struct layer_entry *entry, const struct lease_view *view);

/* The same of a whole lease, which may be about several fields and ends as a whole:
 * "object", "field" and "value" are those of its first entry. "entries" has as many of
 * [{"object", "field", "value"}] as make about `most` bytes of text, and "entry_count"
 * the number of all. */
json_t *lease_json_whole(const struct layers *layers, const struct layer_entry *entry,
    size_t most, const struct lease_view *view);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* lease_json.h - live edits as clients of the control socket see them. Pure. */
#ifndef COMMON_LEASE_JSON_H
#define COMMON_LEASE_JSON_H

#include <jansson.h>
#include <stdint.h>
#include "common/layers.h"

/* An override as `lease/ID` and as an item of `list {"type": "lease"}`: {"path":
 * "lease/L-3fa1", "id", "kind", "object", "field", "value", "uid", "reason", "created",
 * "expires", "left_ms", "layer"}. Overrides without an end, which are in
 * `list {"type": "override"}` too, have null for path, id, expires and left_ms.
 * `wall_us` is the wall clock at `now_us`. */
json_t *lease_json(const struct layer_entry *entry, int64_t now_us, int64_t wall_us);

/* The same of a whole lease, which may be about several fields and ends as a whole:
 * "object", "field" and "value" are those of its first entry. "entries" has as many of
 * [{"object", "field", "value"}] as make about `most` bytes of text, and "entry_count"
 * the number of all. */
json_t *lease_json_whole(const struct layers *layers, const struct layer_entry *entry,
    size_t most, int64_t now_us, int64_t wall_us);

#endif

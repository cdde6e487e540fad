/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_reload_told.h - what a reload changed, as it is told. Pure. */
#ifndef VRRPD_VRRP_RELOAD_TOLD_H
#define VRRPD_VRRP_RELOAD_TOLD_H

#include <jansson.h>
#include "vrrpd/vrrp_diff.h"

/* So many names of each kind are told; the counts are of all. */
#define VRRP_RELOAD_NAMES_MAX 50

/* {"counts": {"added", "removed", "changed", "unchanged"}, "added": [NAME], "removed":
 * [NAME], "changed": [NAME], "renamed": [{"from", "to"}]}; one that was renamed is counted
 * as changed. NULL: out of memory. */
json_t *vrrp_reload_told(const struct vrrp_diff *diff);

#endif

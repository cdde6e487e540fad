/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_reload_told.h - what a reload changed, as it is told. Pure. */
#ifndef VRRPD_VRRP_RELOAD_TOLD_H
#define VRRPD_VRRP_RELOAD_TOLD_H

#include <jansson.h>
#include "vrrpd/vrrp_diff.h"

/* So many names of each kind are told; the counts are of all. */
#define VRRP_RELOAD_NAMES_MAX 50

/* So many changed fields are told, those before all with which a MASTER may lose its role,
 * and so many addresses on each side. */
#define VRRP_RELOAD_CHANGES_MAX 200
#define VRRP_RELOAD_ADDRESSES_MAX 4

/* {"counts": {"added", "removed", "changed", "unchanged"}, "added": [NAME], "removed":
 * [NAME], "changed": [NAME], "renamed": [{"from", "to"}], "changes": [{"path", "field",
 * "old", "new"}]}; one that was renamed is counted as changed, and "path" has its name from
 * before. Of lists of addresses, "old" and "new" are what the other one has not. What is
 * secret is "***". NULL: out of memory. */
json_t *vrrp_reload_told(const struct vrrp_diff *diff);

#endif

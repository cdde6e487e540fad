/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_why.h - what keeps a virtual router from being Master. Pure. */
#ifndef VRRPD_VRRP_WHY_H
#define VRRPD_VRRP_WHY_H

#include <stdbool.h>
#include "vrrpd/vrrp_view.h"

/* The maintenance that took it out of service, when nothing else is wrong; or NULL. */
const struct layer_entry *vrrp_why_out(const struct vrrp_view *view);

/* The hold or maintenance that keeps a BACKUP behind a Master it could do without, or
 * NULL. */
const struct layer_entry *vrrp_why_held(const struct vrrp_view *view);

/* Whether nopreempt alone leaves the role where it is. */
bool vrrp_why_is_left_alone(const struct vrrp_view *view);

/* What a maintenance left behind, when that and no nopreempt leaves the role to a lower
 * Master; or NULL. */
const struct layer_entry *vrrp_why_stay(const struct vrrp_view *view);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_window.h - a maintenance: its lease, and the one who waits until the roles have
 * moved. */
#ifndef VRRPD_VRRP_WINDOW_H
#define VRRPD_VRRP_WINDOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/ctl_events.h"
#include "vrrpd/vrrp_ctl_internal.h"

/* What became of one router. */
struct vrrp_window_member {
	struct vrrp_window *window;
	char name[VRRP_PATH_SIZE];
	enum vrrp_state before, after;
	bool waits; /* its role is being handed over */
	bool moved;
	struct addr to;
};

/* A maintenance that waits until the roles have moved. */
struct vrrp_window {
	struct vrrp_window *next;
	struct vrrp_ctl *ctl;
	struct ctl_call *call;
	char id[64], op_id[65], reason[201];
	struct ctl_cause cause; /* of what follows when a role has moved */
	int64_t flags, started_us;
	size_t pending;
	size_t count;
	struct vrrp_window_member members[];
};

/* ---- vrrp_maintenance.c: the lease ----------------------------------------- */

/* The texts of the entry itself move when entries are added. */
struct vrrp_lease_copy {
	struct layer_entry entry;
	char id[64], reason[201];
};

void vrrp_lease_copy(struct vrrp_lease_copy *ret, const struct layer_entry *entry);

/* The maintenance of an object itself, not of the node it belongs to; or NULL. */
const struct layer_entry *vrrp_maintenance_find(
    const struct vrrp_ctl *ctl, const char *path);

/* Adds one field of one object to the lease that `base` is of. NULL: out of memory. */
const struct layer_entry *vrrp_maintenance_add(struct vrrp_ctl *ctl,
    const struct layer_entry *base, const char *path, const char *field, int64_t value);

/* Adds one router to it: behind everybody, and what happens at its end. */
void vrrp_maintenance_add_router(struct vrrp_ctl *ctl, const struct layer_entry *base,
    const char *name, int64_t flags);

/* ---- vrrp_window.c: waiting -------------------------------------------------- */

/* A role has moved or has not; `userdata` is the member. */
void vrrp_window_moved(
    void *userdata, struct vrouter *vr, enum vrouter_move_result result);

/* Answers and frees the window when nothing is pending any more. */
void vrrp_window_finish(struct vrrp_window *window);

/* [{"name", "state", "to"}] of all its routers. */
json_t *vrrp_window_members_json(const struct vrrp_window *window);

#endif

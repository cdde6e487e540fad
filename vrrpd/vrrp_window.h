/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_window.h - a maintenance: its lease, and the one who waits until the roles have
 * moved. */
#ifndef VRRPD_VRRP_WINDOW_H
#define VRRPD_VRRP_WINDOW_H

#include <stdbool.h>
#include <stdint.h>
#include "vrrpd/vrrp_op.h"

/* The texts of the entry itself move when entries are added. */
struct vrrp_lease_copy {
	struct layer_entry entry;
	char id[64], reason[201];
};

/* A maintenance that waits until the roles have moved. */
struct vrrp_window {
	struct vrrp_op op;
	struct vrrp_lease_copy lease; /* which routers get as they have their turn */
	int64_t flags;
	bool ended; /* the lease is gone: what still moved was called off */
};

/* ---- vrrp_maintenance.c: the lease ----------------------------------------- */

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

/* Makes the window of a request. Answers the call and returns NULL without memory. */
struct vrrp_window *vrrp_window_new(
    struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrrp_scope *scope);

/* ---- vrrp_window_answer.c: what is told --------------------------------------- */

/* Tells the one who does not want to wait that it begins. */
void vrrp_window_accept(const struct vrrp_window *window);

/* Looks what has become of its routers and answers the call. */
void vrrp_window_answer(struct vrrp_window *window);

#endif

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
#include "vrrpd/vrrp_move.h"

/* What became of one router. */
struct vrrp_window_member {
	struct vrrp_window *window;
	struct vrouter *vr; /* NULL: a reload removed it */
	enum vrrp_state before;
	bool waits; /* its role is being handed over */
	struct vrrp_move move;
};

/* A maintenance that waits until the roles have moved. */
struct vrrp_window {
	struct vrrp_window *next;
	struct vrrp_ctl *ctl;
	struct ctl_call *call;
	char id[64], op_id[65], reason[201];
	struct ctl_cause cause; /* of what follows when a role has moved */
	int64_t flags, started_us;
	bool ended; /* its lease is gone: what still moved was called off */
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

/* Makes the window of a request, of the router `one` or (NULL) of all. It is pending
 * until vrrp_window_begin(). NULL: out of memory. */
struct vrrp_window *vrrp_window_new(
    struct vrrp_ctl *ctl, struct ctl_call *call, struct vrouter *one);

/* How long the roles may take to move; 0: there is none here. */
int64_t vrrp_window_wait_us(const struct vrrp_window *window);

/* Hands the roles over. */
void vrrp_window_start(struct vrrp_window *window);

/* Everything has begun: answers as soon as no role moves any more, and frees it. */
void vrrp_window_begun(struct vrrp_window *window);

/* Frees it without an answer. */
void vrrp_window_free(struct vrrp_window *window);

/* ---- vrrp_window_answer.c: what is told --------------------------------------- */

/* Tells the one who does not want to wait that it begins. */
void vrrp_window_accept(struct vrrp_window *window);

/* Looks what has become of its routers and answers the call. */
void vrrp_window_answer(struct vrrp_window *window);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_move.h - a failover or takeover that a client asked for, and its answers. */
#ifndef VRRPD_VRRP_MOVE_H
#define VRRPD_VRRP_MOVE_H

#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>
#include "common/ctl_call.h"
#include "vrrpd/vrrp_ctl_internal.h"

/* A move under way. */
struct vrrp_move {
	struct vrrp_move *next;
	struct vrrp_ctl *ctl;
	struct ctl_call *call; /* NULL: nobody waits */
	enum vrouter_move_kind kind;
	char path[VRRP_PATH_SIZE];
	char name[VRRP_PATH_SIZE];
	char reason[201], op_id[65];
	uid_t uid;
	int64_t lease_us; /* of the hold or takeover; 0: none */
	int64_t started_us;
	struct addr old_master; /* takeover: who had it */

	/* A release is over at once; the proof is awaited here. */
	sd_event_source *watch;
	int64_t watch_until_us;
};

/* The lease of `kind` on the priority of the object at `path`, or NULL. */
const struct layer_entry *vrrp_move_lease(
    const struct vrrp_ctl *ctl, const char *path, const char *kind);

/* Each answers the one who waits, if somebody does. The role was seen to move; */
void vrrp_move_answer_done(struct vrrp_move *move, const struct vrouter *vr);
/* nobody took it over, or somebody else keeps it; */
void vrrp_move_answer_not_moved(struct vrrp_move *move, const struct vrouter *vr);
/* a fault, a reload or a stop came in between. */
void vrrp_move_answer_overtaken(struct vrrp_move *move, const struct vrouter *vr);

/* Answers a call for what is so already. */
void vrrp_move_answer_already(
    struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrouter *vr);

#endif

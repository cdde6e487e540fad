/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_move.h - a failover or takeover, of one router or of all: the leases that keep
 * the roles where they went, and the answer.
 *
 * The lease is given with the proof that a role went there and not before; what a
 * router needs until then is a part of its move (vrouter_move_priority()). So a move
 * that fails, or a daemon that dies in the middle, leaves nothing behind and takes
 * nothing away.
 */
#ifndef VRRPD_VRRP_MOVE_H
#define VRRPD_VRRP_MOVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "vrrpd/vrrp_op.h"

struct vrrp_transfer {
	struct vrrp_op op;
	bool all;              /* asked for all routers, not for one */
	bool may_break;        /* an admin asked: leases of others may end */
	char lease[64];        /* of the routers that have moved; empty: none yet */
	int64_t lease_us;      /* how long it lasts; 0: there is none */
	int64_t given_us;      /* when it was given, with the first of them */
	bool changed;          /* leases were, since that was last written down */
	sd_event_source *save; /* leases given in this turn are to be written down */
};

/* ---- vrrp_move.c --------------------------------------------------------- */

/* Makes the transfer of a request with room for `most` routers; answers the call and
 * returns NULL without memory. */
struct vrrp_transfer *vrrp_transfer_new(struct vrrp_ctl *ctl, struct ctl_call *call,
    enum vrouter_move_kind kind, size_t most);

/* Adds a router. `why_not`: it is not moved, for this reason (copied); NULL: it is. */
void vrrp_transfer_add(
    struct vrrp_transfer *transfer, struct vrouter *vr, const char *why_not);

/* Starts all moves. Whoever does not want to wait is answered before they begin, the
 * others with the last of them. Takes the transfer over. */
void vrrp_transfer_start(struct vrrp_transfer *transfer);

/* What kind of lease keeps a role where such a move brought it. */
const char *vrrp_move_lease_kind(enum vrouter_move_kind kind);

/* ---- vrrp_move_answer.c -------------------------------------------------- */

/* The lease of `kind` on the priority of the object at `path`, or NULL. */
const struct layer_entry *vrrp_move_lease(
    const struct vrrp_ctl *ctl, const char *path, const char *kind);

/* Tells the one who does not want to wait that it begins: the call stays. */
void vrrp_transfer_accept(const struct vrrp_transfer *transfer);

/* Answers the call with what became of all routers. */
void vrrp_transfer_answer(struct vrrp_transfer *transfer);

/* Answers a call for what is so already: for one router, and for none of all. */
void vrrp_move_answer_already(
    struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrouter *vr);
void vrrp_move_answer_nothing(struct vrrp_ctl *ctl, struct ctl_call *call);

#endif

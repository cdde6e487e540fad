/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_move.h - a request to move roles: its routers, their leases, its answer.
 *
 * One request is about one router or about all of them. They begin in slices of a
 * millisecond, between which the loop serves its timers; each ends when the state machine or the clock says so, and the request is
 * answered with the last one. The lease that keeps a role where it went is given with
 * the proof that it went there and not before; what a router needs until then is a part
 * of its move (vrouter_move_priority()). So a move that fails, or a daemon that dies in
 * the middle, leaves nothing behind and takes nothing away.
 */
#ifndef VRRPD_VRRP_MOVE_H
#define VRRPD_VRRP_MOVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>
#include "common/ctl_call.h"
#include "common/ctl_events.h"
#include "vrrpd/vrrp_ctl_internal.h"

enum vrrp_outcome {
	VRRP_OUTCOME_WAITING = 0,
	VRRP_OUTCOME_MOVED,     /* the role was seen where it was wanted */
	VRRP_OUTCOME_NOT_MOVED, /* nobody was seen to take it */
	VRRP_OUTCOME_CONTESTED, /* somebody else keeps it */
	VRRP_OUTCOME_OVERTAKEN, /* a fault, a reload or a stop came in between */
	VRRP_OUTCOME_REFUSED,   /* it was not even tried */
	VRRP_OUTCOME_COUNT_
};

/* What becomes of one router. */
struct vrrp_move {
	struct vrrp_op *op; /* NULL: it is part of a maintenance */
	struct vrouter *vr; /* NULL: it has ended */
	bool begun;         /* until then `vr` may have gone */
	char name[VRRP_PATH_SIZE];
	enum vrrp_outcome outcome;
	enum vrrp_state state; /* at its end */
	int64_t started_us, took_us;
	struct addr from; /* takeover: who had the role */
	struct addr peer; /* at its end: who advertises; unset: nobody */
	uint8_t peer_priority;
	int64_t peer_heard_us;
	char *why; /* in words, when it did not move; NULL: see the outcome */
};

/* A request under way. */
struct vrrp_op {
	struct vrrp_op *next;
	struct vrrp_ctl *ctl;
	struct ctl_call *call;
	enum vrouter_move_kind kind;
	bool all; /* asked for all routers, not for one */
	uid_t uid;
	bool may_break; /* an admin asked: leases of others may end */
	char reason[201], op_id[65];
	struct ctl_cause cause; /* of what follows; points to those two */
	char lease[64];         /* of the routers that have moved; empty: none yet */
	int64_t lease_us;       /* how long it lasts; 0: there is none */
	int64_t given_us;       /* when it was given, with the first of them */
	bool changed;           /* leases were, since that was last written down */
	int64_t wait_us;        /* 0: each as long as it takes */
	int64_t started_us;
	sd_event_source *save; /* leases given in this turn are to be written down */
	sd_event_source *start; /* moves that have not begun; NULL: none was put off */
	size_t turn;            /* of them; from `count` on, the second time round */
	size_t pending;
	size_t count;
	struct vrrp_move moves[];
};

/* ---- vrrp_move.c --------------------------------------------------------- */

/* Makes the op of a request with room for `most` routers; answers the call and returns
 * NULL without memory. */
struct vrrp_op *vrrp_op_new(struct vrrp_ctl *ctl, struct ctl_call *call,
    enum vrouter_move_kind kind, size_t most);

/* Adds a router. `why_not`: it is not moved, for this reason (copied); NULL: it is. */
void vrrp_op_add(struct vrrp_op *op, struct vrouter *vr, const char *why_not);

/* Starts all moves. Whoever does not want to wait is answered before they begin, the
 * others with the last of them. Takes the op over. */
void vrrp_op_start(struct vrrp_op *op);

/* Takes note of what is known of the router at the end of its move. */
void vrrp_move_note_end(
    struct vrrp_move *move, struct vrouter *vr, enum vrouter_move_result result);

/* What kind of lease keeps a role where such a move brought it. */
const char *vrrp_move_lease_kind(enum vrouter_move_kind kind);

/* ---- vrrp_move_answer.c -------------------------------------------------- */

/* The lease of `kind` on the priority of the object at `path`, or NULL. */
const struct layer_entry *vrrp_move_lease(
    const struct vrrp_ctl *ctl, const char *path, const char *kind);

/* Why it did not move, as a sentence without its end. */
void vrrp_move_explain(const struct vrrp_move *move, char *buf, size_t room);

/* One of the "instances" of an answer about several. */
json_t *vrrp_move_json(const struct vrrp_move *move);

/* Tells the one who does not want to wait that it begins: the call stays. */
void vrrp_op_accept(struct vrrp_op *op);

/* Answers the call with what became of all routers. */
void vrrp_op_answer(struct vrrp_op *op);

/* Answers a call for what is so already: for one router, and for none of all. */
void vrrp_move_answer_already(
    struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrouter *vr);
void vrrp_move_answer_nothing(struct vrrp_ctl *ctl, struct ctl_call *call);

#endif

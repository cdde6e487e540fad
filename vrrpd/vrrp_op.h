/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_op.h - a request about the roles of several routers, and the one who waits for
 * its end.
 *
 * A failover, a takeover and a maintenance are such requests; what is special to each
 * says a table of functions. Moves begin in slices of a millisecond, between which the
 * loop serves its timers; each ends when the state machine or the clock says so, and
 * the request is answered with the last one.
 */
#ifndef VRRPD_VRRP_OP_H
#define VRRPD_VRRP_OP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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

enum vrrp_phase {
	VRRP_PHASE_IDLE = 0, /* there is nothing to move */
	VRRP_PHASE_DUE,      /* it has not begun yet */
	VRRP_PHASE_BEGUN,
	VRRP_PHASE_OVER,
};

/* What becomes of one router. */
struct vrrp_move {
	struct vrrp_op *op;
	struct vrouter *vr; /* NULL: a reload removed it */
	enum vrrp_phase phase;
	char name[VRRP_PATH_SIZE];
	enum vrrp_outcome outcome;
	enum vrrp_state before, state; /* when it was asked for, and at its end */
	int64_t started_us, took_us;
	struct addr from; /* takeover: who had the role */
	struct addr peer; /* at its end: who advertises; unset: nobody */
	uint8_t peer_priority;
	int64_t peer_heard_us;
	char *why; /* in words, when it did not move; NULL: see the outcome */
};

/* What one kind of request does of its own. */
struct vrrp_op_type {
	/* The move of a router has begun, or there is none to begin; and that is so of
	 * all of them. Both may be NULL: nothing. */
	void (*taken)(struct vrrp_op *op, const struct vrrp_move *move);
	void (*begun)(struct vrrp_op *op);
	/* The move of a router is over, op->pending others are not; NULL: nothing. */
	void (*ended)(struct vrrp_op *op, const struct vrouter *vr,
	    enum vrouter_move_result result);
	/* All are over: answers the call. */
	void (*answer)(struct vrrp_op *op);
	/* Frees what is its own; NULL: there is nothing. */
	void (*done)(struct vrrp_op *op);
};

/* A request under way: the first member of what each kind has of its own. */
struct vrrp_op {
	struct vrrp_op *next;
	const struct vrrp_op_type *type;
	struct vrrp_ctl *ctl;
	struct ctl_call *call;
	enum vrouter_move_kind kind;
	struct ctl_kept_cause because; /* of what follows */
	int64_t wait_us;               /* 0: each as long as it takes */
	int64_t started_us;
	sd_event_source *start; /* moves that have not begun; NULL: none was put off */
	size_t turn;            /* of them; from `count` on, the second time round */
	size_t pending;         /* moves under way, and 1 until all have begun */
	size_t count;
	struct vrrp_move *moves;
};

/* ---- vrrp_op.c ----------------------------------------------------------- */

/* Makes the op of a request, `size` bytes in all, with room for `most` routers. Answers
 * the call and returns NULL without memory. */
struct vrrp_op *vrrp_op_new(size_t size, const struct vrrp_op_type *type,
    struct vrrp_ctl *ctl, struct ctl_call *call, enum vrouter_move_kind kind,
    size_t most);

/* Frees it without an answer. Before it begins, that is all there is to do. */
void vrrp_op_free(struct vrrp_op *op);

/* Adds a router, whose role is to be moved (VRRP_PHASE_DUE) or not. */
struct vrrp_move *vrrp_op_add(
    struct vrrp_op *op, struct vrouter *vr, enum vrrp_phase phase);

/* How long the moves that are due or under way may take in all; 0: there is none. */
int64_t vrrp_op_wait_us(const struct vrrp_op *op);

/* Begins moves and answers the call with the end of the last one, which may be now. */
void vrrp_op_start(struct vrrp_op *op);

/* Ends what is still under way, and answers the call. */
void vrrp_op_call_off(struct vrrp_op *op);

/* Takes note of what is known of the router at the end of its move. */
void vrrp_move_note_end(
    struct vrrp_move *move, const struct vrouter *vr, enum vrouter_move_result result);

/* ---- vrrp_op_json.c ------------------------------------------------------ */

/* Why it did not move, as a sentence without its end. */
void vrrp_move_explain(const struct vrrp_move *move, char *buf, size_t room);

const char *vrrp_outcome_name(enum vrrp_outcome outcome); /* "not_moved" */

/* Names of the routers that moved, or of those that should have. */
json_t *vrrp_op_names(const struct vrrp_op *op, bool moved);

/* What has become of each that was to be moved. */
json_t *vrrp_op_instances(const struct vrrp_op *op);

/* How long it took until now, in milliseconds. */
json_t *vrrp_op_took(const struct vrrp_op *op);

/* Adds "op_id", if the request has one. */
void vrrp_op_put_id(json_t *object, const struct vrrp_op *op);

#endif

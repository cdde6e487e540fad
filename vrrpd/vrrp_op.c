/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_op.c - a request about the roles of several routers, from its start to the end
 * of the last move. */
#include "vrrpd/vrrp_op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/event.h"

#define QUICK_US (US_PER_S / 2)
#define SLICE_US US_PER_MS

/* ---- life ---------------------------------------------------------------- */

struct vrrp_op *
vrrp_op_new(size_t size, const struct vrrp_op_type *type, struct vrrp_ctl *ctl,
    struct ctl_call *call, enum vrouter_move_kind kind, size_t most)
{
	struct vrrp_op *op = calloc(1, size);
	struct vrrp_move *moves = calloc(most + 1, sizeof(*moves));

	if (op == NULL || moves == NULL) {
		free(op);
		free(moves);
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return NULL;
	}
	op->type = type;
	op->ctl = ctl;
	op->call = call;
	op->kind = kind;
	op->wait_us = ctl_params_integer(call->params, "wait_ms", 0) * US_PER_MS;
	op->started_us = clock_now_us();
	op->pending = 1; /* until all have begun */
	op->moves = moves;
	ctl_keep_cause(&op->because, ctl->engine->cause);
	op->next = ctl->ops;
	ctl->ops = op;
	return op;
}

void
vrrp_op_free(struct vrrp_op *op)
{
	struct vrrp_op **at = &op->ctl->ops;

	while (*at != op)
		at = &(*at)->next;
	*at = op->next;
	for (size_t i = 0; i < op->count; i++)
		free(op->moves[i].why);
	free(op->moves);
	sd_event_source_disable_unref(op->start);
	if (op->type->done != NULL)
		op->type->done(op);
	free(op);
}

struct vrrp_move *
vrrp_op_add(struct vrrp_op *op, struct vrouter *vr, enum vrrp_phase phase)
{
	struct vrrp_move *move = &op->moves[op->count++];

	*move = (struct vrrp_move){
	    .op = op,
	    .vr = vr,
	    .phase = phase,
	    .before = vr->fsm.state,
	    .state = vr->fsm.state,
	    .started_us = op->started_us,
	    .from = vr->fsm.master,
	};
	(void)snprintf(move->name, sizeof(move->name), "%s", vr->conf->name);
	return move;
}

int64_t
vrrp_op_wait_us(const struct vrrp_op *op)
{
	int64_t longest_us = 0;

	for (size_t i = 0; i < op->count; i++) {
		const struct vrrp_move *move = &op->moves[i];
		int64_t one_us = op->wait_us;

		if (move->phase != VRRP_PHASE_DUE && move->phase != VRRP_PHASE_BEGUN)
			continue;
		if (one_us == 0)
			one_us = vrouter_move_wait_us(move->vr, op->kind);
		if (one_us > longest_us)
			longest_us = one_us;
	}
	return longest_us;
}

static void
finish(struct vrrp_op *op)
{
	if (op->pending > 0)
		return;
	op->type->answer(op);
	vrrp_op_free(op);
}

/* ---- the end of a move --------------------------------------------------- */

static enum vrrp_outcome
outcome_of(enum vrouter_move_result result)
{
	switch (result) {
	case VROUTER_MOVE_DONE:
		return VRRP_OUTCOME_MOVED;
	case VROUTER_MOVE_NOBODY:
		return VRRP_OUTCOME_NOT_MOVED;
	case VROUTER_MOVE_CONTESTED:
		return VRRP_OUTCOME_CONTESTED;
	case VROUTER_MOVE_OVERTAKEN:
		break;
	}
	return VRRP_OUTCOME_OVERTAKEN;
}

static char *
overtaken_text(const struct vrouter *vr)
{
	char reason[256], text[VRRP_PATH_SIZE + 384];

	vrouter_reason(vr, reason, sizeof(reason));
	(void)snprintf(text, sizeof(text),
	    "something came in between: %s is %s now, %s", vr->conf->name,
	    vrrp_state_name(vr->fsm.state), reason);
	return strdup(text);
}

void
vrrp_move_note_end(
    struct vrrp_move *move, const struct vrouter *vr, enum vrouter_move_result result)
{
	move->phase = VRRP_PHASE_OVER;
	/* A reload may have renamed it. */
	(void)snprintf(move->name, sizeof(move->name), "%s", vr->conf->name);
	move->outcome = outcome_of(result);
	move->state = vr->fsm.state;
	move->took_us = clock_now_us() - move->started_us;
	move->peer = vr->fsm.master;
	move->peer_priority = vr->fsm.master_priority;
	move->peer_heard_us = vr->fsm.master_heard_us;
	free(move->why);
	move->why = result == VROUTER_MOVE_OVERTAKEN ? overtaken_text(vr) : NULL;
}

/* vrouter.h applies the overrides anew when this returns. */
static void
on_moved(void *userdata, struct vrouter *vr, enum vrouter_move_result result)
{
	struct vrrp_move *move = userdata;
	struct vrrp_op *op = move->op;
	struct engine *engine = op->ctl->engine;
	const struct ctl_cause *before = engine->cause;

	/* The op may be gone when this is over. */
	engine->cause = ctl_kept_cause(&op->because);
	vrrp_move_note_end(move, vr, result);
	op->pending--;
	if (op->type->ended != NULL)
		op->type->ended(op, vr, result);
	finish(op);
	engine->cause = before;
}

/* ---- the start ----------------------------------------------------------- */

/* Without a move: a reload took the router away, or nobody wants it any more. */
static void
note_overtaken(struct vrrp_move *move, const char *why)
{
	move->phase = VRRP_PHASE_OVER;
	move->outcome = VRRP_OUTCOME_OVERTAKEN;
	move->why = strdup(why);
}

static void
start_move(struct vrrp_move *move)
{
	struct vrrp_op *op = move->op;

	if (move->vr == NULL) {
		note_overtaken(move, "something came in between: a reload");
		return;
	}
	move->phase = VRRP_PHASE_BEGUN;
	op->pending++;
	if (op->ctl->engine->phase == DAEMON_STOPPING ||
	    vrouter_move_start(move->vr, op->kind, op->wait_us, on_moved, move) < 0) {
		op->pending--;
		vrrp_move_note_end(move, move->vr, VROUTER_MOVE_OVERTAKEN);
	}
}

static bool
is_quick(const struct vrrp_move *move)
{
	return move->vr != NULL &&
	       vrrp_fsm_peers_down_interval_us(&move->vr->fsm) < QUICK_US;
}

/* To begin two thousand moves takes longer than the peers of a quick router wait for
 * its next word, so these speak first. */
static bool
is_its_turn(const struct vrrp_move *move, bool first_round)
{
	if (first_round)
		return move->phase == VRRP_PHASE_DUE && is_quick(move);
	return move->phase == VRRP_PHASE_DUE || move->phase == VRRP_PHASE_IDLE;
}

/* Returns whether the router whose turn it is was taken. */
static bool
take_turn(struct vrrp_op *op)
{
	struct vrrp_move *move = &op->moves[op->turn % op->count];
	bool take = is_its_turn(move, op->turn < op->count);

	if (take) {
		if (move->phase == VRRP_PHASE_DUE)
			start_move(move);
		if (op->type->taken != NULL)
			op->type->taken(op, move);
	}
	if (++op->turn == op->count)
		adv_sockets_flush(op->ctl->engine->sockets);
	return take;
}

/* Begins moves until it is `until_us`, but one at least, however late it is already: it
 * goes on, and a lease that is given in turns is there from the first slice on. Returns
 * whether all have begun. */
static bool
start_until(struct vrrp_op *op, int64_t until_us)
{
	bool any = false;

	while (op->turn < 2 * op->count && (!any || clock_now_us() < until_us))
		any = take_turn(op) || any;
	adv_sockets_flush(op->ctl->engine->sockets);
	return op->turn == 2 * op->count;
}

static void
all_have_begun(struct vrrp_op *op)
{
	if (op->type->begun != NULL)
		op->type->begun(op);
	op->pending--;
	finish(op);
}

static int
on_start(sd_event_source *source, void *userdata)
{
	struct vrrp_op *op = userdata;
	struct engine *engine = op->ctl->engine;

	engine->cause = ctl_kept_cause(&op->because);
	if (start_until(op, clock_now_us() + SLICE_US))
		all_have_begun(op); /* which may free it */
	else
		(void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	engine->cause = NULL;
	return 0;
}

/* Returns whether the loop will go on with it. */
static bool
put_off(struct vrrp_op *op)
{
	sd_event *event = op->ctl->engine->event;

	if (sd_event_add_defer(event, &op->start, on_start, op) >= 0 &&
	    sd_event_source_set_priority(op->start, EVENT_PRIORITY_CONTROL) >= 0)
		return true;
	op->start = sd_event_source_disable_unref(op->start);
	return false;
}

void
vrrp_op_start(struct vrrp_op *op)
{
	if (!start_until(op, clock_now_us() + SLICE_US)) {
		if (put_off(op))
			return;
		(void)start_until(op, INT64_MAX);
	}
	all_have_begun(op);
}

/* ---- what comes in between ------------------------------------------------ */

void
vrrp_op_call_off(struct vrrp_op *op)
{
	op->pending++;
	for (size_t i = 0; i < op->count; i++) {
		struct vrrp_move *move = &op->moves[i];

		if (move->phase == VRRP_PHASE_BEGUN)
			vrouter_move_cancel(move->vr);
		else if (move->phase == VRRP_PHASE_DUE)
			note_overtaken(move, "it was called off before it began");
	}
	op->pending--;
	finish(op);
}

void
vrrp_ops_forget(struct vrrp_ctl *ctl, const struct vrouter *vr)
{
	for (struct vrrp_op *op = ctl->ops; op != NULL; op = op->next)
		for (size_t i = 0; i < op->count; i++)
			if (op->moves[i].vr == vr)
				op->moves[i].vr = NULL;
}

void
vrrp_ops_abandon(struct vrrp_ctl *ctl)
{
	while (ctl->ops != NULL) {
		struct vrrp_op *op = ctl->ops;

		for (size_t i = 0; i < op->count; i++) {
			const struct vrrp_move *move = &op->moves[i];

			if (move->phase == VRRP_PHASE_BEGUN)
				move->vr->move->done = NULL;
		}
		ctl_call_fail(op->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
		vrrp_op_free(op);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_move.c - a request to move roles, from its start to the proof for each router.
 */
#include "vrrpd/vrrp_move.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/event.h"

#define QUICK_US (US_PER_S / 2)
#define SLICE_US US_PER_MS

/* ---- life ---------------------------------------------------------------- */

struct vrrp_op *
vrrp_op_new(struct vrrp_ctl *ctl, struct ctl_call *call, enum vrouter_move_kind kind,
    size_t most)
{
	struct vrrp_op *op = calloc(1, sizeof(*op) + most * sizeof(op->moves[0]));

	if (op == NULL) {
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return NULL;
	}
	op->ctl = ctl;
	op->call = call;
	op->kind = kind;
	op->uid = call->peer.uid;
	op->may_break = call->role >= CTL_ROLE_ADMIN;
	op->wait_us = ctl_params_integer(call->params, "wait_ms", 0) * US_PER_MS;
	op->started_us = clock_now_us();
	(void)snprintf(op->reason, sizeof(op->reason), "%s",
	    ctl_params_text(call->params, "reason", ""));
	(void)snprintf(op->op_id, sizeof(op->op_id), "%s",
	    ctl_params_text(call->params, "op_id", ""));
	op->cause = (struct ctl_cause){
	    .by_client = true,
	    .uid = op->uid,
	    .op_id = op->op_id[0] != '\0' ? op->op_id : NULL,
	    .reason = op->reason[0] != '\0' ? op->reason : NULL,
	};
	op->next = ctl->ops;
	ctl->ops = op;
	return op;
}

static void
op_free(struct vrrp_op *op)
{
	struct vrrp_op **at = &op->ctl->ops;

	while (*at != op)
		at = &(*at)->next;
	*at = op->next;
	for (size_t i = 0; i < op->count; i++)
		free(op->moves[i].why);
	sd_event_source_disable_unref(op->save);
	sd_event_source_disable_unref(op->start);
	free(op);
}

void
vrrp_op_add(struct vrrp_op *op, struct vrouter *vr, const char *why_not)
{
	struct vrrp_move *move = &op->moves[op->count++];

	*move = (struct vrrp_move){
	    .op = op,
	    .vr = vr,
	    .state = vr->fsm.state,
	    .started_us = op->started_us,
	    .from = vr->fsm.master,
	};
	(void)snprintf(move->name, sizeof(move->name), "%s", vr->conf->name);
	if (why_not != NULL) {
		move->vr = NULL;
		move->outcome = VRRP_OUTCOME_REFUSED;
		move->why = strdup(why_not);
	}
}

/* ---- leases ---------------------------------------------------------------- */

static bool
is_takeover(const struct vrrp_op *op)
{
	return op->kind == VROUTER_MOVE_TAKEOVER;
}

const char *
vrrp_move_lease_kind(enum vrouter_move_kind kind)
{
	return kind == VROUTER_MOVE_TAKEOVER ? VRRP_KIND_TAKEOVER : VRRP_KIND_HOLD;
}

/* All that moves is in one lease, which begins with the first one. */
static void
begin_lease(struct vrrp_op *op)
{
	op->given_us = clock_now_us();
	layers_make_id(op->ctl->engine->layers, op->given_us, op->lease);
}

static void
give_lease(struct vrrp_op *op, const struct vrouter *vr, const char *path)
{
	if (op->lease_us == 0)
		return;
	if (op->lease[0] == '\0')
		begin_lease(op);
	(void)edits_give(op->ctl->edits,
	    &(struct layer_entry){
		.path = path,
		.field = VRRP_FIELD_PRIORITY,
		.value = is_takeover(op) ? vrouter_move_priority(vr, op->kind)
					 : VRRP_HOLD_PRIORITY,
		.layer = LAYER_LEASE,
		.kind = vrrp_move_lease_kind(op->kind),
		.id = op->lease,
		.uid = op->uid,
		.reason = op->reason,
		.created_us = op->given_us,
		.expires_us = op->given_us + op->lease_us,
	    });
	op->changed = true;
}

/* Whether the lease has nothing more to say after the move: it wants the opposite, or
 * the same and not for longer. What another user gave stands, unless an admin asks; the
 * newest lease counts. */
static bool
is_superseded(const void *userdata, const struct layer_entry *entry)
{
	const struct vrrp_op *op = userdata;
	const char *opposite = is_takeover(op) ? VRRP_KIND_HOLD : VRRP_KIND_TAKEOVER;

	if (strcmp(entry->id, op->lease) == 0)
		return false;
	if (strcmp(entry->kind, opposite) == 0)
		return op->may_break || entry->uid == op->uid;
	return strcmp(entry->kind, vrrp_move_lease_kind(op->kind)) == 0 &&
	       entry->uid == op->uid &&
	       entry->expires_us <= op->given_us + op->lease_us;
}

/* With the proof that the router has moved, and not before. */
static void
change_leases(struct vrrp_op *op, const struct vrouter *vr)
{
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, vr->conf->name);
	give_lease(op, vr, path);
	op->changed |= vrrp_lease_drop(op->ctl, path, is_superseded, op);
}

/* ---- outcomes ------------------------------------------------------------ */

static void
write_down(struct vrrp_op *op)
{
	op->changed = false;
	edits_changed(op->ctl->edits);
}

static int
on_save(sd_event_source *source, void *userdata)
{
	struct vrrp_op *op = userdata;

	(void)source;
	op->ctl->engine->cause = &op->cause;
	write_down(op);
	op->ctl->engine->cause = NULL;
	return 0;
}

/* Thousands may move in one turn of the loop: that is written down once. */
static void
save_soon(struct vrrp_op *op)
{
	sd_event *event = op->ctl->engine->event;

	if (op->save == NULL &&
	    (sd_event_add_defer(event, &op->save, on_save, op) < 0 ||
		sd_event_source_set_priority(op->save, EVENT_PRIORITY_CONTROL) < 0))
		write_down(op);
	else
		(void)sd_event_source_set_enabled(op->save, SD_EVENT_ONESHOT);
}

static void
finish_op(struct vrrp_op *op)
{
	if (op->changed && op->pending > 0)
		save_soon(op);
	else if (op->changed)
		write_down(op);
	if (op->pending > 0)
		return;
	vrrp_op_answer(op);
	op_free(op);
}

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

static void
note_overtaken(struct vrrp_move *move, const struct vrouter *vr)
{
	char reason[256], text[VRRP_PATH_SIZE + 384];

	vrouter_reason(vr, reason, sizeof(reason));
	(void)snprintf(text, sizeof(text),
	    "something came in between: %s is %s now, %s", move->name,
	    vrrp_state_name(vr->fsm.state), reason);
	move->why = strdup(text);
}

void
vrrp_move_note_end(
    struct vrrp_move *move, struct vrouter *vr, enum vrouter_move_result result)
{
	move->vr = NULL;
	/* A reload may have renamed it. */
	(void)snprintf(move->name, sizeof(move->name), "%s", vr->conf->name);
	move->outcome = outcome_of(result);
	move->state = vr->fsm.state;
	move->took_us = clock_now_us() - move->started_us;
	move->peer = vr->fsm.master;
	move->peer_priority = vr->fsm.master_priority;
	move->peer_heard_us = vr->fsm.master_heard_us;
	if (result == VROUTER_MOVE_OVERTAKEN)
		note_overtaken(move, vr);
}

static void
end_move(struct vrrp_move *move, struct vrouter *vr, enum vrouter_move_result result)
{
	vrrp_move_note_end(move, vr, result);
	if (result == VROUTER_MOVE_DONE)
		change_leases(move->op, vr);
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
	engine->cause = &op->cause;
	end_move(move, vr, result);
	op->pending--;
	finish_op(op);
	engine->cause = before;
}

/* ---- the start ----------------------------------------------------------- */

/* Whether the router is still the one that was to be moved: a reload may have come
 * between two slices. */
static bool
is_there(const struct vrrp_move *move)
{
	const struct engine *engine = move->op->ctl->engine;

	for (size_t i = 0; i < engine->router_count; i++)
		if (engine->routers[i] == move->vr)
			return strcmp(move->vr->conf->name, move->name) == 0;
	return false;
}

static void
note_gone(struct vrrp_move *move)
{
	move->vr = NULL;
	move->outcome = VRRP_OUTCOME_OVERTAKEN;
	move->why = strdup("something came in between: a reload");
}

static void
start_move(struct vrrp_move *move)
{
	struct vrrp_op *op = move->op;
	struct vrouter *vr = move->vr;

	move->begun = true;
	op->pending++;
	if (op->ctl->engine->phase == ENGINE_STOPPING ||
	    vrouter_move_start(vr, op->kind, op->wait_us, on_moved, move) < 0) {
		op->pending--;
		end_move(move, vr, VROUTER_MOVE_OVERTAKEN);
	}
}

/* To begin two thousand moves takes longer than the peers of a quick router wait for
 * its next word, so these speak first. */
static void
start_in_turn(struct vrrp_op *op, struct vrrp_move *move, bool quick)
{
	if (move->vr == NULL || move->begun)
		return;
	if (!is_there(move))
		note_gone(move);
	else if (!quick || vrrp_fsm_peers_down_interval_us(&move->vr->fsm) < QUICK_US)
		start_move(move);
	if (op->turn == op->count - 1)
		adv_sockets_flush(op->ctl->engine->sockets);
}

/* Begins moves for the time of a slice. Returns whether all have begun. */
static bool
start_slice(struct vrrp_op *op)
{
	int64_t until_us = clock_now_us() + SLICE_US;

	while (op->turn < 2 * op->count && clock_now_us() < until_us) {
		start_in_turn(
		    op, &op->moves[op->turn % op->count], op->turn < op->count);
		op->turn++;
	}
	adv_sockets_flush(op->ctl->engine->sockets);
	return op->turn == 2 * op->count;
}

static void
all_have_begun(struct vrrp_op *op)
{
	op->pending--;
	finish_op(op);
}

static int
on_start(sd_event_source *source, void *userdata)
{
	struct vrrp_op *op = userdata;
	struct engine *engine = op->ctl->engine;

	engine->cause = &op->cause;
	if (start_slice(op))
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

	return sd_event_add_defer(event, &op->start, on_start, op) >= 0 &&
	       sd_event_source_set_priority(op->start, EVENT_PRIORITY_CONTROL) >= 0;
}

/* Whether a router of it is moved, and not all are refused. */
static bool
has_any(const struct vrrp_op *op)
{
	for (size_t i = 0; i < op->count; i++)
		if (op->moves[i].outcome != VRRP_OUTCOME_REFUSED)
			return true;
	return false;
}

void
vrrp_op_start(struct vrrp_op *op)
{
	op->pending = 1; /* until all have begun */
	if (has_any(op) && !ctl_params_boolean(op->call->params, "wait", true))
		vrrp_op_accept(op);

	bool begun = start_slice(op);

	if (!begun && put_off(op))
		return;
	while (!begun)
		begun = start_slice(op);
	all_have_begun(op);
}

void
vrrp_moves_abandon(struct vrrp_ctl *ctl)
{
	while (ctl->ops != NULL) {
		struct vrrp_op *op = ctl->ops;

		for (size_t i = 0; i < op->count; i++) {
			struct vrouter *vr = op->moves[i].vr;

			if (op->moves[i].begun && vr != NULL && vr->move != NULL &&
			    vr->move->userdata == &op->moves[i])
				vr->move->done = NULL;
		}
		ctl_call_fail(op->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
		op_free(op);
	}
}

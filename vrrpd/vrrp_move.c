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
	    .from = vr->fsm.master,
	};
	(void)snprintf(move->name, sizeof(move->name), "%s", vr->conf->name);
	if (why_not != NULL) {
		move->vr = NULL;
		move->outcome = VRRP_OUTCOME_REFUSED;
		move->why = strdup(why_not);
	}
}

/* ---- leases -------------------------------------------------------------- */

static bool
is_takeover(const struct vrrp_op *op)
{
	return op->kind == VROUTER_MOVE_TAKEOVER;
}

static const char *
lease_kind(const struct vrrp_op *op)
{
	return is_takeover(op) ? VRRP_KIND_TAKEOVER : VRRP_KIND_HOLD;
}

static int64_t
lease_value(const struct vrrp_op *op, const struct vrouter *vr)
{
	if (!is_takeover(op))
		return VRRP_HOLD_PRIORITY;
	/* The address owner sends 255 or nothing that would make it Master again. */
	return vr->conf->priority > VRRP_TAKEOVER_PRIORITY ? vr->conf->priority
							   : VRRP_TAKEOVER_PRIORITY;
}

/* Puts the router into the lease of the request, which begins with the first one. The
 * other kind of lease would stand against what is being done. */
static void
give_lease(const struct vrrp_move *move, const struct vrouter *vr)
{
	struct vrrp_op *op = move->op;
	struct edits *edits = op->ctl->edits;
	int64_t now_us = clock_now_us();
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *stored;

	vrrp_json_path(path, move->name);
	(void)edits_drop(edits, path, VRRP_FIELD_PRIORITY,
	    is_takeover(op) ? VRRP_KIND_HOLD : VRRP_KIND_TAKEOVER, NULL);
	if (op->lease_us == 0)
		return;
	if (op->all)
		(void)edits_drop(
		    edits, path, VRRP_FIELD_PRIORITY, lease_kind(op), &op->uid);
	if (op->all && op->lease[0] == '\0')
		layers_make_id(op->ctl->engine->layers, now_us, op->lease);
	stored = edits_give(edits, &(struct layer_entry){
				       .path = path,
				       .field = VRRP_FIELD_PRIORITY,
				       .value = lease_value(op, vr),
				       .layer = LAYER_LEASE,
				       .kind = lease_kind(op),
				       .id = op->lease,
				       .uid = op->uid,
				       .reason = op->reason,
				       .created_us = now_us,
				       .expires_us = now_us + op->lease_us,
				   });
	if (stored != NULL && op->lease[0] == '\0')
		(void)snprintf(op->lease, sizeof(op->lease), "%s", stored->id);
}

static void
take_lease_back(const struct vrrp_move *move)
{
	char path[VRRP_PATH_SIZE];

	(void)edits_drop(move->op->ctl->edits, vrrp_json_path(path, move->name),
	    VRRP_FIELD_PRIORITY, lease_kind(move->op), &move->op->uid);
}

/* ---- outcomes ------------------------------------------------------------ */

static int
on_save(sd_event_source *source, void *userdata)
{
	struct vrrp_op *op = userdata;

	(void)source;
	op->ctl->engine->cause = &op->cause;
	edits_changed(op->ctl->edits);
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
		edits_changed(op->ctl->edits);
	else
		(void)sd_event_source_set_enabled(op->save, SD_EVENT_ONESHOT);
}

static void
finish_op(struct vrrp_op *op)
{
	if (op->pending > 0) {
		save_soon(op);
		return;
	}
	edits_changed(op->ctl->edits);
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

/* What is known of the router at the end of its move. */
static void
note_end(struct vrrp_move *move, struct vrouter *vr, enum vrouter_move_result result)
{
	move->vr = NULL;
	move->outcome = outcome_of(result);
	move->state = vr->fsm.state;
	move->took_us = clock_now_us() - move->op->started_us;
	move->peer = vr->fsm.master;
	move->peer_priority = vr->fsm.master_priority;
	move->peer_heard_us = vr->fsm.master_heard_us;
	if (result == VROUTER_MOVE_OVERTAKEN)
		note_overtaken(move, vr);
}

static void
end_move(struct vrrp_move *move, struct vrouter *vr, enum vrouter_move_result result)
{
	struct vrrp_op *op = move->op;
	bool early = is_takeover(op) || op->kind == VROUTER_MOVE_RELEASE;

	note_end(move, vr, result);
	/* Those that need their lease from the beginning have it; a hold of another way
	 * to fail over comes with the proof. */
	if (result == VROUTER_MOVE_DONE && !early)
		give_lease(move, vr);
	else if (result != VROUTER_MOVE_DONE && early)
		take_lease_back(move);
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

static void
start_move(struct vrrp_move *move)
{
	struct vrrp_op *op = move->op;
	struct vrouter *vr = move->vr;

	if (is_takeover(op)) {
		give_lease(move, vr);
		vrouter_update_params(vr);
		/* The address owner needed no more than that. */
		if (vr->fsm.state == VRRP_STATE_MASTER) {
			note_end(move, vr, VROUTER_MOVE_DONE);
			return;
		}
	}
	op->pending++;
	if (vrouter_move_start(vr, op->kind, op->wait_us, on_moved, move) < 0) {
		op->pending--;
		end_move(move, vr, VROUTER_MOVE_OVERTAKEN);
		vrouter_update_params(vr);
	}
}

/* The role is let go: the hold must stand before anything else is heard. */
static void
hold_released(struct vrrp_move *move)
{
	struct vrouter *vr = move->vr;

	if (vr == NULL)
		return;
	give_lease(move, vr);
	vrouter_update_params(vr);
}

/* To begin two thousand moves takes longer than the peers of a quick router wait for
 * its next word, so these speak first. */
static void
start_moves(struct vrrp_op *op, bool quick)
{
	for (size_t i = 0; i < op->count; i++) {
		struct vrouter *vr = op->moves[i].vr;

		if (vr != NULL &&
		    (vrrp_fsm_peers_down_interval_us(&vr->fsm) < QUICK_US) == quick)
			start_move(&op->moves[i]);
	}
	adv_sockets_flush(op->ctl->engine->sockets);
}

void
vrrp_op_start(struct vrrp_op *op)
{
	op->pending = 1; /* until all have begun */
	if (!ctl_params_boolean(op->call->params, "wait", true))
		vrrp_op_accept(op);
	start_moves(op, true);
	start_moves(op, false);
	for (size_t i = 0; op->kind == VROUTER_MOVE_RELEASE && i < op->count; i++)
		hold_released(&op->moves[i]);
	op->pending--;
	finish_op(op);
}

void
vrrp_moves_abandon(struct vrrp_ctl *ctl)
{
	while (ctl->ops != NULL) {
		struct vrrp_op *op = ctl->ops;

		for (size_t i = 0; i < op->count; i++) {
			struct vrouter *vr = op->moves[i].vr;

			if (vr != NULL && vr->move.userdata == &op->moves[i])
				vr->move.done = NULL;
		}
		ctl_call_fail(op->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
		op_free(op);
	}
}

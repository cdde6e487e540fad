/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_window_answer.c - what somebody who began a maintenance is told.
 *
 * Programs reboot hosts when they hear that all is well, so that is said of what is so
 * at the end and not of what was so in between: a maintenance that is there, and no
 * router of it that serves, or would have to as soon as it has listened for long
 * enough.
 */
#include "vrrpd/vrrp_window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ctl_msg.h"

/* ---- what has become of them ------------------------------------------------ */

/* Whether it was heard who has the role. */
static bool
is_elsewhere(const struct vrouter *vr)
{
	bool waits = vr->fsm.state == VRRP_STATE_BACKUP ||
		     (vr->fsm.state == VRRP_STATE_FAULT &&
			 vr->faults == (unsigned)VROUTER_FAULT_OUT);

	return waits && addr_is_set(&vr->fsm.master) && vr->fsm.master_priority != 0;
}

static void
set_why(struct vrrp_move *move, const char *why)
{
	free(move->why);
	move->why = strdup(why);
}

/* The role may have come or gone since its move was over, or begun. */
static void
look_again(struct vrrp_move *move)
{
	const struct vrouter *vr = move->vr;
	bool was_master = move->before == VRRP_STATE_MASTER;
	char why[VRRP_PATH_SIZE + 64];

	if (vr == NULL)
		return;
	(void)snprintf(move->name, sizeof(move->name), "%s", vr->conf->name);
	move->state = vr->fsm.state;
	if (move->state == VRRP_STATE_MASTER) {
		if (!was_master || move->outcome == VRRP_OUTCOME_MOVED)
			vrrp_move_note_end(move, vr, VROUTER_MOVE_OVERTAKEN);
	} else if (was_master && is_elsewhere(vr) &&
		   move->outcome != VRRP_OUTCOME_MOVED) {
		vrrp_move_note_end(move, vr, VROUTER_MOVE_DONE);
	} else if (move->before == VRRP_STATE_BACKUP &&
		   move->state == VRRP_STATE_BACKUP && !is_elsewhere(vr)) {
		(void)snprintf(why, sizeof(why),
		    "%s is BACKUP, and no MASTER of it has been heard", move->name);
		set_why(move, why);
		move->outcome = VRRP_OUTCOME_NOT_MOVED;
	}
}

/* Those that had nothing to move, and have not, are WAITING for ever. */
static bool
has_failed(const struct vrrp_move *move)
{
	return move->outcome != VRRP_OUTCOME_WAITING &&
	       move->outcome != VRRP_OUTCOME_MOVED;
}

static bool
has_moved(const struct vrrp_move *move)
{
	return move->outcome == VRRP_OUTCOME_MOVED;
}

/* ---- parts ------------------------------------------------------------------- */

static const char *
state_word(const struct vrrp_move *move)
{
	if (has_moved(move))
		return "moved";
	/* What it was taken out of, more than that it is out now. */
	switch (has_failed(move) ? move->state : move->before) {
	case VRRP_STATE_MASTER:
		return "master";
	case VRRP_STATE_BACKUP:
		return "backup";
	case VRRP_STATE_FAULT:
		return "fault";
	case VRRP_STATE_INITIALIZE:
	case VRRP_STATE_COUNT_:
		break;
	}
	return "initialize";
}

static json_t *
members_json(const struct vrrp_op *op)
{
	json_t *members = json_array();
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < op->count; i++) {
		const struct vrrp_move *move = &op->moves[i];
		json_t *json = json_pack("{s:o, s:s}", "name", ctl_msg_text(move->name),
		    "state", state_word(move));

		if (has_moved(move))
			(void)json_object_set_new(
			    json, "to", json_string(addr_format(text, &move->peer)));
		(void)json_array_append_new(members, json);
	}
	return members;
}

static json_t *
failure_json(const struct vrrp_op *op)
{
	json_t *data =
	    json_pack("{s:o, s:o, s:o, s:o, s:o}", "done", vrrp_op_names(op, true),
		"failed", vrrp_op_names(op, false), "waited_ms", vrrp_op_took(op),
		"members", members_json(op), "instances", vrrp_op_instances(op));

	vrrp_op_put_id(data, op);
	return data;
}

/* ---- answers ------------------------------------------------------------------- */

/* The first that has failed; one that is Master still before others. There is one. */
static const struct vrrp_move *
worst_of(const struct vrrp_op *op)
{
	const struct vrrp_move *move = op->moves;

	for (size_t i = 0; i < op->count; i++)
		if (has_failed(&op->moves[i]) &&
		    op->moves[i].state == VRRP_STATE_MASTER)
			return &op->moves[i];
	while (!has_failed(move))
		move++;
	return move;
}

static void
answer_failed(struct vrrp_window *window, size_t failed, bool partly)
{
	const struct vrrp_op *op = &window->op;
	const struct vrrp_move *worst = worst_of(op);
	json_t *data = failure_json(op);
	char why[512];

	vrrp_move_explain(worst, why, sizeof(why));
	edits_put_lease(op->ctl->edits, data, window->lease.id);
	ctl_call_fail(op->call, partly ? CTL_PARTIAL : CTL_NOT_MOVED, data,
	    "%s%s; the maintenance (lease %s) stands%s", why,
	    failed > 1 ? ", and others" : "", window->lease.id,
	    worst->state == VRRP_STATE_MASTER
		? ", and this node serves on as the last resort"
		: "");
}

/* Somebody ended it, or it was shorter than the roles took to move. */
static void
answer_ended(struct vrrp_window *window)
{
	json_t *data = failure_json(&window->op);

	(void)json_object_set_new(data, "lease", json_string(window->lease.id));
	ctl_call_fail(window->op.call, CTL_WRONG_STATE, data,
	    "the maintenance (lease %s) was ended before the roles had moved; none is "
	    "in force",
	    window->lease.id);
}

/* What was asked for, so that a late reader need not know the request. */
static void
put_flags(json_t *result, const struct vrrp_window *window)
{
	(void)json_object_set_new(
	    result, "out", json_boolean((window->flags & VRRP_MAINTENANCE_OUT) != 0));
	(void)json_object_set_new(
	    result, "stay", json_boolean((window->flags & VRRP_MAINTENANCE_STAY) != 0));
}

static void
answer_done(struct vrrp_window *window, bool moved)
{
	const struct vrrp_op *op = &window->op;
	struct vrrp_ctl *ctl = op->ctl;
	json_t *result = json_pack("{s:I, s:b, s:b, s:o, s:o}", "rev",
	    (json_int_t)ctl->engine->rev, "changed", 1, "moved", moved, "took_ms",
	    vrrp_op_took(op), "members", members_json(op));

	put_flags(result, window);
	vrrp_op_put_id(result, op);
	edits_put_lease(ctl->edits, result, window->lease.id);
	edits_reply(ctl->edits, op->call, result);
}

void
vrrp_window_accept(const struct vrrp_window *window)
{
	const struct vrrp_op *op = &window->op;
	struct vrrp_ctl *ctl = op->ctl;
	json_t *accepted = json_pack("{s:b, s:I, s:I, s:o}", "accepted", 1, "rev",
	    (json_int_t)ctl->engine->rev, "wait_ms",
	    (json_int_t)(vrrp_op_wait_us(op) / US_PER_MS), "members", members_json(op));

	put_flags(accepted, window);
	vrrp_op_put_id(accepted, op);
	edits_put_lease(ctl->edits, accepted, window->lease.id);
	edits_accept(ctl->edits, op->call, accepted);
}

void
vrrp_window_answer(struct vrrp_window *window)
{
	struct vrrp_op *op = &window->op;
	const struct engine *engine = op->ctl->engine;
	size_t moved = 0, failed = 0;

	for (size_t i = 0; i < op->count; i++) {
		look_again(&op->moves[i]);
		moved += has_moved(&op->moves[i]);
		failed += has_failed(&op->moves[i]);
	}
	if (engine->phase == DAEMON_STOPPING)
		ctl_call_fail(op->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
	else if (layers_find_lease(engine->layers, window->lease.id) == NULL)
		answer_ended(window);
	else if (failed > 0)
		answer_failed(window, failed, moved > 0);
	else
		answer_done(window, moved > 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_move_answer.c - what somebody who asked for a failover or takeover is told. */
#include "vrrpd/vrrp_move.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/ctl_msg.h"
#include "vrrpd/vrrp_json_values.h"

const struct layer_entry *
vrrp_move_lease(const struct vrrp_ctl *ctl, const char *path, const char *kind)
{
	return layers_find(ctl->engine->layers, path, VRRP_FIELD_PRIORITY, kind, NULL);
}

static bool
is_takeover(const struct vrrp_op *op)
{
	return op->kind == VROUTER_MOVE_TAKEOVER;
}

/* ---- it moved ------------------------------------------------------------ */

/* What proves that the role is elsewhere: an advertisement of the new Master. */
static json_t *
evidence_json(uint8_t priority, int64_t heard_us)
{
	int64_t now_us = clock_now_us();

	return json_pack("{s:i, s:o}", "advert_prio", (int)priority, "at",
	    ctl_msg_instant(heard_us, now_us, clock_realtime_of_us(now_us)));
}

static void
put_proof(json_t *result, const struct vrrp_op *op, const struct vrrp_move *move)
{
	if (is_takeover(op)) {
		(void)json_object_set_new(result, "to", json_string("self"));
		(void)json_object_set_new(
		    result, "from", vrrp_json_address(&move->from));
		return;
	}
	(void)json_object_set_new(result, "to", vrrp_json_address(&move->peer));
	(void)json_object_set_new(result, "evidence",
	    evidence_json(move->peer_priority, move->peer_heard_us));
}

static void
answer_moved(struct vrrp_transfer *transfer)
{
	struct vrrp_op *op = &transfer->op;
	struct vrrp_ctl *ctl = op->ctl;
	json_t *result = json_pack("{s:I, s:b, s:o, s:o}", "rev",
	    (json_int_t)ctl->engine->rev, "moved", 1, "members",
	    vrrp_op_names(op, true), "took_ms", vrrp_op_took(op));

	if (result != NULL && transfer->all)
		(void)json_object_set_new(result, "instances", vrrp_op_instances(op));
	else if (result != NULL)
		put_proof(result, op, &op->moves[0]);
	if (result != NULL)
		vrrp_op_put_id(result, op);
	edits_put_lease(ctl->edits, result, transfer->lease);
	edits_reply(ctl->edits, op->call, result);
}

/* ---- it did not ---------------------------------------------------------- */

static json_t *
seen_json(const struct vrrp_move *move)
{
	json_t *seen = json_array();

	if (addr_is_set(&move->peer))
		(void)json_array_append_new(seen,
		    json_pack("{s:o, s:i}", "address", vrrp_json_address(&move->peer),
			"advert_prio", (int)move->peer_priority));
	return seen;
}

static void
answer_failed_one(struct vrrp_op *op)
{
	const struct vrrp_move *move = &op->moves[0];
	bool overtaken = move->outcome == VRRP_OUTCOME_OVERTAKEN;
	char path[VRRP_PATH_SIZE], why[512];
	json_t *data = json_pack("{s:o, s:s, s:s}", "path",
	    ctl_msg_text(vrrp_json_path(path, move->name)), "state",
	    vrrp_state_name(move->state), "outcome", vrrp_outcome_name(move->outcome));

	vrrp_op_put_id(data, op);
	if (!overtaken) {
		(void)json_object_set_new(data, "seen", seen_json(move));
		(void)json_object_set_new(data, "waited_ms", vrrp_op_took(op));
	}
	vrrp_move_explain(move, why, sizeof(why));
	ctl_call_fail(
	    op->call, overtaken ? CTL_WRONG_STATE : CTL_NOT_MOVED, data, "%s", why);
}

/* What has become of all together when not all have moved. */
static enum ctl_code
code_of_all(const struct vrrp_op *op)
{
	size_t counts[VRRP_OUTCOME_COUNT_] = {0};

	for (size_t i = 0; i < op->count; i++)
		counts[op->moves[i].outcome]++;
	if (counts[VRRP_OUTCOME_MOVED] > 0)
		return CTL_PARTIAL;
	return counts[VRRP_OUTCOME_REFUSED] == op->count ? CTL_WRONG_STATE
							 : CTL_NOT_MOVED;
}

static void
answer_failed_all(struct vrrp_transfer *transfer)
{
	struct vrrp_op *op = &transfer->op;
	json_t *done = vrrp_op_names(op, true), *failed = vrrp_op_names(op, false);
	size_t count = json_array_size(failed);
	const struct vrrp_move *first = op->moves;
	char why[512];
	json_t *data;

	while (first->outcome == VRRP_OUTCOME_MOVED)
		first++;
	vrrp_move_explain(first, why, sizeof(why));
	data = json_pack("{s:o, s:o, s:o, s:o}", "done", done, "failed", failed,
	    "instances", vrrp_op_instances(op), "waited_ms", vrrp_op_took(op));
	vrrp_op_put_id(data, op);
	edits_put_lease(op->ctl->edits, data, transfer->lease);
	ctl_call_fail(op->call, code_of_all(op), data, "%zu of %zu did not move: %s%s",
	    count, op->count, why, count > 1 ? "; and others" : "");
}

void
vrrp_transfer_answer(struct vrrp_transfer *transfer)
{
	struct vrrp_op *op = &transfer->op;
	size_t moved = 0;

	for (size_t i = 0; i < op->count; i++)
		moved += op->moves[i].outcome == VRRP_OUTCOME_MOVED;
	if (moved == op->count)
		answer_moved(transfer);
	else if (op->ctl->engine->phase == DAEMON_STOPPING)
		ctl_call_fail(op->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
	else if (transfer->all)
		answer_failed_all(transfer);
	else
		answer_failed_one(op);
}

/* ---- before and instead -------------------------------------------------- */

void
vrrp_transfer_accept(const struct vrrp_transfer *transfer)
{
	const struct vrrp_op *op = &transfer->op;
	json_t *names = json_array();
	json_t *accepted;

	for (size_t i = 0; i < op->count; i++)
		(void)json_array_append_new(names, ctl_msg_text(op->moves[i].name));
	accepted = json_pack("{s:b, s:o, s:I, s:I}", "accepted", 1, "members", names,
	    "wait_ms", (json_int_t)(vrrp_op_wait_us(op) / US_PER_MS), "rev",
	    (json_int_t)op->ctl->engine->rev);
	vrrp_op_put_id(accepted, op);
	ctl_call_accept(op->call, accepted);
}

void
vrrp_move_answer_already(
    struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrouter *vr)
{
	const struct vrrp_fsm *fsm = &vr->fsm;
	bool here = fsm->state == VRRP_STATE_MASTER;
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *lease =
	    vrrp_move_lease(ctl, vrrp_json_path(path, vr->conf->name),
		here ? VRRP_KIND_TAKEOVER : VRRP_KIND_HOLD);
	json_t *result = json_pack("{s:I, s:b, s:b, s:[o], s:o}", "rev",
	    (json_int_t)ctl->engine->rev, "moved", 1, "already", 1, "members",
	    ctl_msg_text(vr->conf->name), "to",
	    here ? json_string("self") : vrrp_json_address(&fsm->master));

	if (result != NULL && !here)
		(void)json_object_set_new(result, "evidence",
		    evidence_json(fsm->master_priority, fsm->master_heard_us));
	if (lease != NULL)
		edits_put_lease(ctl->edits, result, lease->id);
	ctl_call_reply(call, result);
}

void
vrrp_move_answer_nothing(struct vrrp_ctl *ctl, struct ctl_call *call)
{
	ctl_call_reply(call, json_pack("{s:I, s:b, s:b, s:[], s:[]}", "rev",
				 (json_int_t)ctl->engine->rev, "moved", 0, "already", 1,
				 "members", "instances"));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_move_answer.c - what somebody who asked for a failover or takeover is told. */
#include "vrrpd/vrrp_move.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/ctl_msg.h"
#include "common/names.h"
#include "vrrpd/vrrp_json_values.h"

static const char *const outcome_names[VRRP_OUTCOME_COUNT_] = {
    [VRRP_OUTCOME_WAITING] = "waiting",
    [VRRP_OUTCOME_MOVED] = "moved",
    [VRRP_OUTCOME_NOT_MOVED] = "not_moved",
    [VRRP_OUTCOME_CONTESTED] = "contested",
    [VRRP_OUTCOME_OVERTAKEN] = "overtaken",
    [VRRP_OUTCOME_REFUSED] = "refused",
};

const struct layer_entry *
vrrp_move_lease(const struct vrrp_ctl *ctl, const char *path, const char *kind)
{
	return layers_find(ctl->engine->layers, path, VRRP_FIELD_PRIORITY, kind, NULL);
}

/* ---- parts --------------------------------------------------------------- */

static bool
is_takeover(const struct vrrp_op *op)
{
	return op->kind == VROUTER_MOVE_TAKEOVER;
}

static json_t *
waited_json(const struct vrrp_op *op)
{
	return json_integer(
	    (json_int_t)((clock_now_us() - op->started_us) / US_PER_MS));
}

static void
put_op_id(json_t *object, const char *op_id)
{
	if (op_id[0] != '\0')
		(void)json_object_set_new(object, "op_id", ctl_msg_text(op_id));
}

/* Names of the routers that moved, or of those that did not. */
static json_t *
names_json(const struct vrrp_op *op, bool moved)
{
	json_t *names = json_array();

	for (size_t i = 0; i < op->count; i++)
		if ((op->moves[i].outcome == VRRP_OUTCOME_MOVED) == moved)
			(void)json_array_append_new(
			    names, ctl_msg_text(op->moves[i].name));
	return names;
}

void
vrrp_move_explain(const struct vrrp_move *move, char *buf, size_t room)
{
	char from[ADDR_TEXT_SIZE], span[UNITS_TEXT_SIZE];
	const char *state = vrrp_state_name(move->state);

	if (move->why != NULL)
		(void)snprintf(buf, room, "%s", move->why);
	else if (move->outcome == VRRP_OUTCOME_CONTESTED)
		(void)snprintf(buf, room,
		    "%s keeps advertising %s with priority %d; this node is %s",
		    addr_format(from, &move->peer), move->name, move->peer_priority,
		    state);
	else
		(void)snprintf(buf, room,
		    "nobody took over %s within %s; this node is %s", move->name,
		    units_format_span(span, move->took_us), state);
}

json_t *
vrrp_move_json(const struct vrrp_move *move)
{
	const struct vrrp_op *op = move->op;
	char why[512];
	json_t *json = json_pack("{s:o, s:s, s:s, s:I}", "name",
	    ctl_msg_text(move->name), "outcome", outcome_names[move->outcome], "state",
	    vrrp_state_name(move->state), "took_ms",
	    (json_int_t)(move->took_us / US_PER_MS));

	if (json == NULL)
		return NULL;
	if (move->outcome == VRRP_OUTCOME_MOVED) {
		(void)json_object_set_new(json, "to",
		    op != NULL && is_takeover(op) ? json_string("self")
						  : vrrp_json_address(&move->peer));
		return json;
	}
	vrrp_move_explain(move, why, sizeof(why));
	(void)json_object_set_new(json, "message", ctl_msg_text(why));
	return json;
}

static json_t *
instances_json(const struct vrrp_op *op)
{
	json_t *instances = json_array();

	for (size_t i = 0; i < op->count; i++)
		(void)json_array_append_new(instances, vrrp_move_json(&op->moves[i]));
	return instances;
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
answer_moved(struct vrrp_op *op)
{
	struct vrrp_ctl *ctl = op->ctl;
	json_t *result = json_pack("{s:I, s:b, s:o, s:o}", "rev",
	    (json_int_t)ctl->engine->rev, "moved", 1, "members", names_json(op, true),
	    "took_ms", waited_json(op));

	if (result != NULL && op->all)
		(void)json_object_set_new(result, "instances", instances_json(op));
	else if (result != NULL)
		put_proof(result, op, &op->moves[0]);
	if (result != NULL)
		put_op_id(result, op->op_id);
	edits_put_lease(ctl->edits, result, op->lease);
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
	    vrrp_state_name(move->state), "outcome", outcome_names[move->outcome]);

	put_op_id(data, op->op_id);
	if (!overtaken) {
		(void)json_object_set_new(data, "seen", seen_json(move));
		(void)json_object_set_new(data, "waited_ms", waited_json(op));
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
answer_failed_all(struct vrrp_op *op)
{
	json_t *done = names_json(op, true), *failed = names_json(op, false);
	size_t count = json_array_size(failed);
	const struct vrrp_move *first = op->moves;
	char why[512];
	json_t *data;

	while (first->outcome == VRRP_OUTCOME_MOVED)
		first++;
	vrrp_move_explain(first, why, sizeof(why));
	data = json_pack("{s:o, s:o, s:o, s:o}", "done", done, "failed", failed,
	    "instances", instances_json(op), "waited_ms", waited_json(op));
	put_op_id(data, op->op_id);
	edits_put_lease(op->ctl->edits, data, op->lease);
	ctl_call_fail(op->call, code_of_all(op), data, "%zu of %zu did not move: %s%s",
	    count, op->count, why, count > 1 ? "; and others" : "");
}

void
vrrp_op_answer(struct vrrp_op *op)
{
	size_t moved = 0;

	for (size_t i = 0; i < op->count; i++)
		moved += op->moves[i].outcome == VRRP_OUTCOME_MOVED;
	if (moved == op->count)
		answer_moved(op);
	else if (op->ctl->engine->phase == ENGINE_STOPPING)
		ctl_call_fail(op->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
	else if (op->all)
		answer_failed_all(op);
	else
		answer_failed_one(op);
}

/* ---- before and instead -------------------------------------------------- */

/* How long it may last: the longest of all. */
static int64_t
wait_us(const struct vrrp_op *op)
{
	int64_t longest_us = op->wait_us;

	for (size_t i = 0; op->wait_us == 0 && i < op->count; i++) {
		const struct vrouter *vr = op->moves[i].vr;
		int64_t one_us = vr != NULL ? vrouter_move_wait_us(vr, op->kind) : 0;

		if (one_us > longest_us)
			longest_us = one_us;
	}
	return longest_us;
}

void
vrrp_op_accept(struct vrrp_op *op)
{
	json_t *names = json_array();
	json_t *accepted;

	for (size_t i = 0; i < op->count; i++)
		(void)json_array_append_new(names, ctl_msg_text(op->moves[i].name));
	accepted = json_pack("{s:b, s:o, s:I, s:I}", "accepted", 1, "members", names,
	    "wait_ms", (json_int_t)(wait_us(op) / US_PER_MS), "rev",
	    (json_int_t)op->ctl->engine->rev);
	put_op_id(accepted, op->op_id);
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

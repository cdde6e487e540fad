/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_move.c - the leases of a failover or takeover: given and ended with the proof
 * that a role has moved. */
#include "vrrpd/vrrp_move.h"

#include <string.h>

#include "common/clock.h"
#include "common/event.h"

/* The op is its first member. */
static struct vrrp_transfer *
transfer_of(struct vrrp_op *op)
{
	return (struct vrrp_transfer *)(void *)op;
}

static struct edits *
edits_of(const struct vrrp_transfer *transfer)
{
	return transfer->op.ctl->edits;
}

/* ---- leases ---------------------------------------------------------------- */

static bool
is_takeover(const struct vrrp_transfer *transfer)
{
	return transfer->op.kind == VROUTER_MOVE_TAKEOVER;
}

const char *
vrrp_move_lease_kind(enum vrouter_move_kind kind)
{
	return kind == VROUTER_MOVE_TAKEOVER ? VRRP_KIND_TAKEOVER : VRRP_KIND_HOLD;
}

/* All that moves is in one lease, which begins with the first one. */
static void
begin_lease(struct vrrp_transfer *transfer)
{
	transfer->given_us = clock_now_us();
	layers_make_id(
	    transfer->op.ctl->engine->layers, transfer->given_us, transfer->lease);
}

static void
give_lease(struct vrrp_transfer *transfer, const struct vrouter *vr, const char *path)
{
	const struct vrrp_op *op = &transfer->op;

	if (transfer->lease_us == 0)
		return;
	if (transfer->lease[0] == '\0')
		begin_lease(transfer);
	(void)edits_give(edits_of(transfer),
	    &(struct layer_entry){
		.path = path,
		.field = VRRP_FIELD_PRIORITY,
		.value = is_takeover(transfer) ? vrouter_move_priority(vr, op->kind)
					       : VRRP_HOLD_PRIORITY,
		.layer = LAYER_LEASE,
		.kind = vrrp_move_lease_kind(op->kind),
		.id = transfer->lease,
		.uid = op->because.cause.uid,
		.reason = op->because.reason,
		.created_us = transfer->given_us,
		.expires_us = transfer->given_us + transfer->lease_us,
	    });
	transfer->changed = true;
}

/* Whether the lease has nothing more to say after the move: it wants the opposite, or
 * the same and not for longer. What another user gave stands, unless an admin asks; the
 * newest lease counts. */
static bool
is_superseded(const void *userdata, const struct layer_entry *entry)
{
	const struct vrrp_transfer *transfer = userdata;
	const char *same = vrrp_move_lease_kind(transfer->op.kind);
	const char *opposite =
	    is_takeover(transfer) ? VRRP_KIND_HOLD : VRRP_KIND_TAKEOVER;
	bool own = entry->uid == transfer->op.because.cause.uid;

	if (strcmp(entry->id, transfer->lease) == 0)
		return false;
	if (strcmp(entry->kind, opposite) == 0)
		return own || transfer->may_break;
	return own && strcmp(entry->kind, same) == 0 &&
	       entry->expires_us <= transfer->given_us + transfer->lease_us;
}

/* With the proof that the router has moved, and not before. */
static void
change_leases(struct vrrp_transfer *transfer, const struct vrouter *vr)
{
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, vr->conf->name);
	give_lease(transfer, vr, path);
	transfer->changed |=
	    vrrp_lease_drop(transfer->op.ctl, path, is_superseded, transfer);
}

/* ---- writing them down ------------------------------------------------------- */

static void
write_down(struct vrrp_transfer *transfer)
{
	transfer->changed = false;
	edits_changed(edits_of(transfer));
}

static int
on_save(sd_event_source *source, void *userdata)
{
	struct vrrp_transfer *transfer = userdata;
	struct engine *engine = transfer->op.ctl->engine;

	(void)source;
	engine->cause = ctl_kept_cause(&transfer->op.because);
	write_down(transfer);
	engine->cause = NULL;
	return 0;
}

/* Thousands may move in one turn of the loop: that is written down once. */
static void
save_soon(struct vrrp_transfer *transfer)
{
	sd_event *event = transfer->op.ctl->engine->event;

	if (transfer->save == NULL &&
	    (sd_event_add_defer(event, &transfer->save, on_save, transfer) < 0 ||
		sd_event_source_set_priority(transfer->save, EVENT_PRIORITY_CONTROL) <
		    0))
		write_down(transfer);
	else
		(void)sd_event_source_set_enabled(transfer->save, SD_EVENT_ONESHOT);
}

/* ---- an op ------------------------------------------------------------------- */

static void
on_ended(struct vrrp_op *op, const struct vrouter *vr, enum vrouter_move_result result)
{
	struct vrrp_transfer *transfer = transfer_of(op);

	if (result == VROUTER_MOVE_DONE)
		change_leases(transfer, vr);
	if (transfer->changed && op->pending > 0)
		save_soon(transfer);
}

static void
answer(struct vrrp_op *op)
{
	struct vrrp_transfer *transfer = transfer_of(op);

	if (transfer->changed)
		write_down(transfer);
	vrrp_transfer_answer(transfer);
}

static void
done(struct vrrp_op *op)
{
	sd_event_source_disable_unref(transfer_of(op)->save);
}

struct vrrp_transfer *
vrrp_transfer_new(struct vrrp_ctl *ctl, struct ctl_call *call,
    enum vrouter_move_kind kind, size_t most)
{
	static const struct vrrp_op_type type = {
	    .ended = on_ended, .answer = answer, .done = done};
	struct vrrp_op *op =
	    vrrp_op_new(sizeof(struct vrrp_transfer), &type, ctl, call, kind, most);

	if (op == NULL)
		return NULL;
	transfer_of(op)->may_break = call->role >= CTL_ROLE_ADMIN;
	return transfer_of(op);
}

void
vrrp_transfer_add(
    struct vrrp_transfer *transfer, struct vrouter *vr, const char *why_not)
{
	struct vrrp_move *move = vrrp_op_add(
	    &transfer->op, vr, why_not == NULL ? VRRP_PHASE_DUE : VRRP_PHASE_IDLE);

	if (why_not == NULL)
		return;
	move->outcome = VRRP_OUTCOME_REFUSED;
	move->why = strdup(why_not);
}

/* Whether a router of it is moved, and not all are refused. */
static bool
has_any(const struct vrrp_op *op)
{
	for (size_t i = 0; i < op->count; i++)
		if (op->moves[i].phase == VRRP_PHASE_DUE)
			return true;
	return false;
}

void
vrrp_transfer_start(struct vrrp_transfer *transfer)
{
	struct vrrp_op *op = &transfer->op;

	if (has_any(op) && !ctl_params_boolean(op->call->params, "wait", true))
		vrrp_transfer_accept(transfer);
	vrrp_op_start(op);
}

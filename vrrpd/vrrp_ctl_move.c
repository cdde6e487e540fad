/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_move.c - failover and takeover as methods: start, wait for the proof,
 * answer.
 *
 * A failover leaves a hold behind (a lease of priority 1), or a Master that preempts
 * would take the role straight back; a takeover holds the role with a lease of its own.
 * The hold is put in place with the proof that somebody else has the role and not
 * before, so a move that fails, or a daemon that dies in the middle, leaves nothing
 * behind.
 */
#include "vrrpd/vrrp_move.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/event.h"
#include "common/log.h"

/* How often a released role is looked for. */
#define WATCH_US (10 * US_PER_MS)

/* ---- life ---------------------------------------------------------------- */

static struct vrrp_move *
move_new(struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrouter *vr,
    enum vrouter_move_kind kind)
{
	struct vrrp_move *move = calloc(1, sizeof(*move));

	if (move == NULL) {
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return NULL;
	}
	*move = (struct vrrp_move){
	    .next = ctl->moves,
	    .ctl = ctl,
	    .call = call,
	    .kind = kind,
	    .uid = call->peer.uid,
	    .started_us = clock_now_us(),
	    .old_master = vr->fsm.master,
	};
	vrrp_json_path(move->path, vr->conf->name);
	(void)snprintf(move->name, sizeof(move->name), "%s", vr->conf->name);
	(void)snprintf(move->reason, sizeof(move->reason), "%s",
	    ctl_params_text(call->params, "reason", ""));
	(void)snprintf(move->op_id, sizeof(move->op_id), "%s",
	    ctl_params_text(call->params, "op_id", ""));
	ctl->moves = move;
	return move;
}

static void
move_free(struct vrrp_move *move)
{
	struct vrrp_move **at = &move->ctl->moves;

	while (*at != move)
		at = &(*at)->next;
	*at = move->next;
	sd_event_source_disable_unref(move->watch);
	free(move);
}

/* ---- leases -------------------------------------------------------------- */

static const char *
lease_kind(const struct vrrp_move *move)
{
	return move->kind == VROUTER_MOVE_TAKEOVER ? VRRP_KIND_TAKEOVER
						   : VRRP_KIND_HOLD;
}

/* Gives, or renews from now on, the lease of this move. */
static void
put_lease(const struct vrrp_move *move, const struct vrouter *vr)
{
	int64_t now_us = clock_now_us();
	/* The address owner sends 255 or nothing that would make it Master again. */
	int64_t takeover = vr->conf->priority > VRRP_TAKEOVER_PRIORITY
			       ? vr->conf->priority
			       : VRRP_TAKEOVER_PRIORITY;
	const struct layer_entry entry = {
	    .path = move->path,
	    .field = "priority",
	    .value =
		move->kind == VROUTER_MOVE_TAKEOVER ? takeover : VRRP_HOLD_PRIORITY,
	    .layer = LAYER_LEASE,
	    .kind = lease_kind(move),
	    .id = "",
	    .uid = move->uid,
	    .reason = move->reason,
	    .created_us = now_us,
	    .expires_us = now_us + move->lease_us,
	};

	(void)edits_give(move->ctl->edits, &entry);
}

static void
drop_leases(const struct vrrp_move *move, const char *kind)
{
	const struct layer_entry *entry;

	while ((entry = vrrp_move_lease(move->ctl, move->path, kind)) != NULL)
		edits_end(move->ctl->edits, entry->id);
}

/* The other kind of lease would stand against what was just done. */
static void
settle_leases(const struct vrrp_move *move, const struct vrouter *vr)
{
	drop_leases(move,
	    move->kind == VROUTER_MOVE_TAKEOVER ? VRRP_KIND_HOLD : VRRP_KIND_TAKEOVER);
	if (move->lease_us > 0)
		put_lease(move, vr);
	edits_changed(move->ctl->edits);
}

/* ---- outcomes ------------------------------------------------------------ */

static void
finish_done(struct vrrp_move *move, struct vrouter *vr)
{
	settle_leases(move, vr);
	vrrp_move_answer_done(move, vr);
	move_free(move);
}

/* It did not come about: what was put in place for it goes again. */
static void
finish_failed(
    struct vrrp_move *move, struct vrouter *vr, enum vrouter_move_result result)
{
	if (move->kind == VROUTER_MOVE_TAKEOVER || move->watch != NULL) {
		drop_leases(move, lease_kind(move));
		edits_changed(move->ctl->edits);
	}
	if (result == VROUTER_MOVE_OVERTAKEN)
		vrrp_move_answer_overtaken(move, vr);
	else
		vrrp_move_answer_not_moved(move, vr);
	move_free(move);
}

/* Looks whether a released role was taken up. */
static int
on_watch(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct vrrp_move *move = userdata;
	struct vrouter *vr = engine_find(move->ctl->engine, move->name);

	(void)usec;
	if (vr == NULL) {
		if (move->call != NULL)
			ctl_call_fail(move->call, CTL_NOT_FOUND, NULL,
			    "%s is no longer configured", move->name);
		move_free(move);
		return 0;
	}
	const struct vrrp_fsm *fsm = &vr->fsm;
	if (fsm->state == VRRP_STATE_BACKUP && fsm->master_priority != 0 &&
	    fsm->master_heard_us >= move->started_us) {
		finish_done(move, vr);
	} else if (fsm->state != VRRP_STATE_BACKUP ||
		   clock_now_us() >= move->watch_until_us) {
		finish_failed(move, vr, VROUTER_MOVE_NOBODY);
		vrouter_update_params(vr);
	} else {
		(void)sd_event_source_set_time_relative(source, WATCH_US);
		(void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	}
	return 0;
}

/* The role is let go: the hold must stand before anything else happens. */
static void
watch_release(struct vrrp_move *move, struct vrouter *vr)
{
	int64_t wait_us = vrrp_fsm_master_down_interval_us(&vr->fsm) + US_PER_S;
	sd_event *event = move->ctl->engine->event;
	int r;

	settle_leases(move, vr);
	move->watch_until_us = clock_now_us() + wait_us;
	r = sd_event_add_time_relative(
	    event, &move->watch, EVENT_CLOCK, WATCH_US, US_PER_MS, on_watch, move);
	if (r >= 0)
		r = sd_event_source_set_priority(move->watch, EVENT_PRIORITY_CONTROL);
	if (r < 0)
		finish_failed(move, vr, VROUTER_MOVE_NOBODY);
}

/* vrouter.h applies the overrides anew when this returns. */
static void
on_moved(void *userdata, struct vrouter *vr, enum vrouter_move_result result)
{
	struct vrrp_move *move = userdata;
	struct engine *engine = move->ctl->engine;
	const struct ctl_cause *before = engine->cause;
	char op_id[65], reason[sizeof(move->reason)];
	const struct ctl_cause cause = {
	    .by_client = true,
	    .uid = move->uid,
	    .op_id = move->op_id[0] != '\0' ? strcpy(op_id, move->op_id) : NULL,
	    .reason = move->reason[0] != '\0' ? strcpy(reason, move->reason) : NULL,
	};

	engine->cause = &cause;
	if (result != VROUTER_MOVE_DONE)
		finish_failed(move, vr, result);
	else if (move->kind == VROUTER_MOVE_RELEASE)
		watch_release(move, vr);
	else
		finish_done(move, vr);
	engine->cause = before;
}

void
vrrp_moves_abandon(struct vrrp_ctl *ctl)
{
	while (ctl->moves != NULL) {
		struct vrrp_move *move = ctl->moves;
		struct vrouter *vr = engine_find(ctl->engine, move->name);

		if (vr != NULL && vr->move.userdata == move)
			vr->move.done = NULL;
		if (move->call != NULL)
			ctl_call_fail(
			    move->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
		move_free(move);
	}
}

/* ---- requests ------------------------------------------------------------ */

static void
fail_state(
    struct ctl_call *call, const struct vrouter *vr, const char *need, const char *why)
{
	char path[VRRP_PATH_SIZE];

	ctl_call_fail(call, CTL_WRONG_STATE,
	    json_pack("{s:o, s:s, s:[s]}", "path",
		ctl_msg_text(vrrp_json_path(path, vr->conf->name)), "state",
		vrrp_state_name(vr->fsm.state), "need", need),
	    "%s is %s%s", vr->conf->name, vrrp_state_name(vr->fsm.state), why);
}

static void
fail_fault(struct ctl_call *call, const struct vrouter *vr, const char *need)
{
	char fault[160], why[192];

	vrouter_fault_text(vr, fault, sizeof(fault));
	(void)snprintf(why, sizeof(why), "%s%s", fault[0] != '\0' ? ": " : "", fault);
	fail_state(call, vr, need, why);
}

/* Moves one after the other; the start and the end are no time for one either. */
bool
vrrp_move_is_busy(
    const struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrouter *vr)
{
	bool moving = vr->move.kind != VROUTER_MOVE_NONE;

	for (const struct vrrp_move *move = ctl->moves; move != NULL; move = move->next)
		moving = moving || strcmp(move->name, vr->conf->name) == 0;
	if (ctl->engine->phase == ENGINE_STOPPING)
		ctl_call_fail(call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
	else if (moving)
		ctl_call_fail(call, CTL_BUSY,
		    json_pack("{s:o}", "instance", ctl_msg_text(vr->conf->name)),
		    "%s is being moved already", vr->conf->name);
	return moving || ctl->engine->phase == ENGINE_STOPPING;
}

/* Starts the move; whoever does not want to wait is answered before it begins. */
static void
start(struct vrrp_move *move, struct vrouter *vr, int64_t wait_us)
{
	struct ctl_call *call = move->call;

	if (!ctl_params_boolean(call->params, "wait", true))
		ctl_call_accept(call, json_pack("{s:b, s:[o], s:I}", "accepted", 1,
					  "members", ctl_msg_text(vr->conf->name),
					  "rev", (json_int_t)move->ctl->engine->rev));
	int r = vrouter_move_start(vr, move->kind, wait_us, on_moved, move);
	if (r < 0) {
		finish_failed(move, vr, VROUTER_MOVE_OVERTAKEN);
		vrouter_update_params(vr);
	}
}

/* A failover asked for again after it was done is done. */
static bool
is_done_already(const struct vrrp_ctl *ctl, const struct vrouter *vr)
{
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, vr->conf->name);
	return vr->fsm.state == VRRP_STATE_BACKUP && vr->fsm.master_priority != 0 &&
	       addr_is_set(&vr->fsm.master) &&
	       vrrp_move_lease(ctl, path, VRRP_KIND_HOLD) != NULL;
}

static void
refuse_failover(struct ctl_call *call, const struct vrouter *vr)
{
	const struct vrrp_fsm *fsm = &vr->fsm;
	char from[ADDR_TEXT_SIZE], why[256];

	if (fsm->state != VRRP_STATE_BACKUP) {
		fail_fault(call, vr, "MASTER");
		return;
	}
	if (addr_is_set(&fsm->master) && fsm->master_priority != 0)
		(void)snprintf(why, sizeof(why),
		    " here; %s is MASTER with priority %d (to bring the role to this node, "
		    "use takeover)",
		    addr_format(from, &fsm->master), fsm->master_priority);
	else
		(void)snprintf(
		    why, sizeof(why), " here, and no MASTER has been heard yet");
	fail_state(call, vr, "MASTER", why);
}

/* "handover" or "release"; answers the call when it is neither. */
static bool
take_method(struct ctl_call *call, enum vrouter_move_kind *ret)
{
	const char *method = ctl_params_text(call->params, "method", "handover");

	*ret = strcmp(method, "release") == 0 ? VROUTER_MOVE_RELEASE
					      : VROUTER_MOVE_FAILOVER;
	if (*ret == VROUTER_MOVE_RELEASE || strcmp(method, "handover") == 0)
		return true;
	ctl_call_fail(call, CTL_INVALID_PARAMS,
	    json_pack("{s:s, s:s}", "path", "params.method", "expected",
		"handover or release"),
	    "there is no method \"%.32s\" to move a role", method);
	return false;
}

void
vrrp_do_failover(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	int64_t hold_us =
	    ctl_params_integer(call->params, "hold_ms", 600000) * US_PER_MS;
	int64_t wait_us = ctl_params_integer(call->params, "wait_ms", 0) * US_PER_MS;
	struct vrouter *vr = vrrp_ctl_target(ctl, call);
	enum vrouter_move_kind kind;

	if (vr == NULL || !take_method(call, &kind) || vrrp_move_is_busy(ctl, call, vr))
		return;
	if (is_done_already(ctl, vr)) {
		vrrp_move_answer_already(ctl, call, vr);
		return;
	}
	if (vr->fsm.state != VRRP_STATE_MASTER) {
		refuse_failover(call, vr);
		return;
	}
	if (!edits_may_give(ctl->edits, call, hold_us, false))
		return;
	struct vrrp_move *move = move_new(ctl, call, vr, kind);
	if (move == NULL)
		return;
	move->lease_us = hold_us;
	start(move, vr, wait_us);
}

/* An owner elsewhere would answer with 255, and win. */
static bool
refuse_against_owner(struct ctl_call *call, const struct vrouter *vr)
{
	const struct vrrp_fsm *fsm = &vr->fsm;
	char from[ADDR_TEXT_SIZE], why[192];

	if (fsm->master_priority != VRRP_PRIORITY_OWNER || !addr_is_set(&fsm->master))
		return false;
	(void)snprintf(why, sizeof(why),
	    "; %s owns the addresses (priority 255) and would take them back: fail over "
	    "there",
	    addr_format(from, &fsm->master));
	fail_state(call, vr, "BACKUP", why);
	return true;
}

void
vrrp_do_takeover(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	int64_t for_us = ctl_params_integer(call->params, "for_ms", 600000) * US_PER_MS;
	struct vrouter *vr = vrrp_ctl_target(ctl, call);

	if (vr == NULL || vrrp_move_is_busy(ctl, call, vr))
		return;
	if (vr->fsm.state == VRRP_STATE_MASTER) {
		vrrp_move_answer_already(ctl, call, vr);
		return;
	}
	if (vr->fsm.state != VRRP_STATE_BACKUP) {
		fail_fault(call, vr, "BACKUP");
		return;
	}
	if (refuse_against_owner(call, vr) ||
	    !edits_may_give(ctl->edits, call, for_us, false))
		return;
	struct vrrp_move *move = move_new(ctl, call, vr, VROUTER_MOVE_TAKEOVER);
	if (move == NULL)
		return;
	move->lease_us = for_us;
	put_lease(move, vr);
	vrouter_update_params(vr);
	/* The address owner needed no more than that. */
	if (vr->fsm.state == VRRP_STATE_MASTER)
		finish_done(move, vr);
	else
		start(move, vr, 0);
}

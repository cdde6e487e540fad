/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_move.c - failover and takeover as methods: who may be moved, and why not. */
#include "vrrpd/vrrp_move.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"

/* ---- refusals ------------------------------------------------------------ */

static enum vrrp_state
needed_for(enum vrouter_move_kind kind)
{
	return kind == VROUTER_MOVE_TAKEOVER ? VRRP_STATE_BACKUP : VRRP_STATE_MASTER;
}

/* Whether the role is where the move would bring it. */
static bool
is_moved(const struct vrouter *vr, enum vrouter_move_kind kind)
{
	const struct vrrp_fsm *fsm = &vr->fsm;

	if (kind == VROUTER_MOVE_TAKEOVER)
		return fsm->state == VRRP_STATE_MASTER;
	return fsm->state == VRRP_STATE_BACKUP && addr_is_set(&fsm->master) &&
	       fsm->master_priority != VRRP_PRIORITY_RESIGN;
}

/* Moves one after the other; the start and the end are no time for one either. */
bool
vrrp_move_is_busy(
    const struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrouter *vr)
{
	bool moving = vr->move != NULL;
	int64_t left_us = vrouter_move_until(vr) - clock_now_us();
	char span[UNITS_TEXT_SIZE];

	if (ctl->engine->phase == DAEMON_STOPPING)
		ctl_call_fail(call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
	else if (moving)
		ctl_call_fail(call, CTL_BUSY,
		    json_pack("{s:o, s:s*}", "instance", ctl_msg_text(vr->conf->name),
			"op_id", vr->move->cause.op_id),
		    "%s is being moved already; that ends within %s", vr->conf->name,
		    units_format_span(span, left_us > 0 ? left_us : 0));
	return moving || ctl->engine->phase == DAEMON_STOPPING;
}

/* The wrong state: what goes on there. */
static void
look_at_state(const struct vrouter *vr, char *why, size_t room)
{
	const struct vrrp_fsm *fsm = &vr->fsm;
	char from[ADDR_TEXT_SIZE], fault[160];

	vrouter_fault_text(vr, fault, sizeof(fault));
	if (fsm->state != VRRP_STATE_BACKUP)
		(void)snprintf(why, room, "%s%s", fault[0] != '\0' ? ": " : "", fault);
	else if (is_moved(vr, VROUTER_MOVE_FAILOVER))
		(void)snprintf(why, room,
		    " here; %s is MASTER with priority %d (to bring the role to this "
		    "node, use takeover)",
		    addr_format(from, &fsm->master), fsm->master_priority);
	else
		(void)snprintf(why, room, " here, and no MASTER has been heard yet");
}

/* What a takeover would act against: it was said to be out of the way. Or NULL. */
static const struct layer_entry *
maintenance_of(const struct vrouter *vr)
{
	char path[VRRP_PATH_SIZE];

	return layers_find(vr->engine->layers, vrrp_json_path(path, vr->conf->name),
	    VRRP_FIELD_MAINTENANCE, VRRP_KIND_MAINTENANCE, NULL);
}

/* The right state: what stands against the move all the same, an address owner or a
 * maintenance. */
static void
look_beyond_state(
    const struct vrouter *vr, enum vrouter_move_kind kind, char *why, size_t room)
{
	const struct vrrp_fsm *fsm = &vr->fsm;
	const struct layer_entry *maintenance =
	    kind == VROUTER_MOVE_TAKEOVER ? maintenance_of(vr) : NULL;
	char from[ADDR_TEXT_SIZE];

	if (maintenance != NULL)
		(void)snprintf(why, room,
		    " and in maintenance (lease %.32s): end that first",
		    maintenance->id);
	if (kind == VROUTER_MOVE_YIELD && fsm->params.priority == VRRP_PRIORITY_OWNER)
		(void)snprintf(why, room,
		    " and owns the addresses (priority 255): an owner cannot yield, it "
		    "can hand over or release");
	/* It would answer with 255, and win. */
	if (kind == VROUTER_MOVE_TAKEOVER && addr_is_set(&fsm->master) &&
	    fsm->master_priority == VRRP_PRIORITY_OWNER)
		(void)snprintf(why, room,
		    "; %s owns the addresses (priority 255) and would take them back: "
		    "fail over there",
		    addr_format(from, &fsm->master));
}

/* What stands against the move, as a sentence without its end. Returns whether there is
 * anything. */
static bool
look_for_obstacle(
    const struct vrouter *vr, enum vrouter_move_kind kind, char *text, size_t room)
{
	bool fits = vr->fsm.state == needed_for(kind);
	char why[256] = "";

	if (fits)
		look_beyond_state(vr, kind, why, sizeof(why));
	else
		look_at_state(vr, why, sizeof(why));
	(void)snprintf(text, room, "%s is %s%s", vr->conf->name,
	    vrrp_state_name(vr->fsm.state), why);
	return !fits || why[0] != '\0';
}

/* ---- all ----------------------------------------------------------------- */

/* Whether a request for all has nothing to do there: the role is where it is to be, or,
 * in FAULT, cannot be taken from this node. */
static bool
is_passed_over(const struct vrouter *vr, enum vrouter_move_kind kind)
{
	return is_moved(vr, kind) || (needed_for(kind) == VRRP_STATE_MASTER &&
					 vr->fsm.state == VRRP_STATE_FAULT);
}

static void
add_all(struct vrrp_transfer *transfer)
{
	const struct engine *engine = transfer->op.ctl->engine;
	enum vrouter_move_kind kind = transfer->op.kind;
	char why[512];

	for (size_t i = 0; i < engine->router_count; i++) {
		struct vrouter *vr = engine->routers[i];

		if (!is_passed_over(vr, kind))
			vrrp_transfer_add(transfer, vr,
			    look_for_obstacle(vr, kind, why, sizeof(why)) ? why : NULL);
	}
}

/* Moves every router that there is something to do for. */
static void
move_all(struct vrrp_ctl *ctl, struct ctl_call *call, enum vrouter_move_kind kind,
    int64_t lease_us)
{
	const struct engine *engine = ctl->engine;
	size_t count = 0;

	for (size_t i = 0; i < engine->router_count; i++) {
		if (vrrp_move_is_busy(ctl, call, engine->routers[i]))
			return;
		count += !is_passed_over(engine->routers[i], kind);
	}
	if (count == 0) {
		vrrp_move_answer_nothing(ctl, call);
		return;
	}
	if (!vrrp_lease_may_give(ctl, call, vrrp_move_lease_kind(kind), NULL, lease_us))
		return;

	struct vrrp_transfer *transfer = vrrp_transfer_new(ctl, call, kind, count);

	if (transfer == NULL)
		return;
	transfer->all = true;
	transfer->lease_us = lease_us;
	add_all(transfer);
	vrrp_transfer_start(transfer);
}

/* ---- one ----------------------------------------------------------------- */

static void
refuse(struct ctl_call *call, const struct vrouter *vr, enum vrouter_move_kind kind,
    const char *why)
{
	char path[VRRP_PATH_SIZE];

	ctl_call_fail(call, CTL_WRONG_STATE,
	    json_pack("{s:o, s:s, s:[s]}", "path",
		ctl_msg_text(vrrp_json_path(path, vr->conf->name)), "state",
		vrrp_state_name(vr->fsm.state), "need",
		vrrp_state_name(needed_for(kind))),
	    "%s", why);
}

/* Asked for again after it was done. A Backup that nobody put there is one by itself,
 * and its operator may have meant another. */
static bool
is_done_already(
    const struct vrrp_ctl *ctl, const struct vrouter *vr, enum vrouter_move_kind kind)
{
	char path[VRRP_PATH_SIZE];

	if (!is_moved(vr, kind))
		return false;
	return kind == VROUTER_MOVE_TAKEOVER ||
	       vrrp_move_lease(
		   ctl, vrrp_json_path(path, vr->conf->name), VRRP_KIND_HOLD) != NULL;
}

static void
move_one(struct vrrp_ctl *ctl, struct ctl_call *call, enum vrouter_move_kind kind,
    int64_t lease_us)
{
	struct vrouter *vr = vrrp_ctl_target(ctl, call);
	struct vrrp_transfer *transfer;
	char why[512];

	if (vr == NULL || vrrp_move_is_busy(ctl, call, vr))
		return;
	if (is_done_already(ctl, vr, kind)) {
		vrrp_move_answer_already(ctl, call, vr);
		return;
	}
	if (look_for_obstacle(vr, kind, why, sizeof(why))) {
		refuse(call, vr, kind, why);
		return;
	}
	if (!vrrp_lease_may_give(ctl, call, vrrp_move_lease_kind(kind), vr, lease_us))
		return;
	transfer = vrrp_transfer_new(ctl, call, kind, 1);
	if (transfer == NULL)
		return;
	transfer->lease_us = lease_us;
	vrrp_transfer_add(transfer, vr, NULL);
	vrrp_transfer_start(transfer);
}

/* ---- methods ------------------------------------------------------------- */

/* Answers the call when it is none. */
static bool
take_method(struct ctl_call *call, enum vrouter_move_kind *ret)
{
	static const struct {
		const char *name;
		enum vrouter_move_kind kind;
	} methods[] = {
	    {"handover", VROUTER_MOVE_FAILOVER},
	    {"yield", VROUTER_MOVE_YIELD},
	    {"release", VROUTER_MOVE_RELEASE},
	};
	const char *method = ctl_params_text(call->params, "method", methods[0].name);

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(method, methods[i].name) != 0)
			continue;
		*ret = methods[i].kind;
		return true;
	}
	ctl_call_fail(call, CTL_INVALID_PARAMS,
	    json_pack("{s:s, s:s}", "path", "params.method", "expected",
		"handover, yield or release"),
	    "there is no method \"%.32s\" to move a role", method);
	return false;
}

static void
move(struct vrrp_ctl *ctl, struct ctl_call *call, enum vrouter_move_kind kind,
    const char *span)
{
	int64_t lease_us = vrrp_lease_span_us(ctl, call, span);

	if (vrrp_ctl_is_for_all(call))
		move_all(ctl, call, kind, lease_us);
	else
		move_one(ctl, call, kind, lease_us);
}

void
vrrp_do_failover(void *userdata, struct ctl_call *call)
{
	enum vrouter_move_kind kind;

	if (take_method(call, &kind))
		move(userdata, call, kind, "hold_ms");
}

void
vrrp_do_takeover(void *userdata, struct ctl_call *call)
{
	move(userdata, call, VROUTER_MOVE_TAKEOVER, "for_ms");
}

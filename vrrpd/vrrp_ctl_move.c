/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_move.c - failover and takeover as methods: who may be moved, and why not. */
#include "vrrpd/vrrp_move.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"

/* ---- refusals ------------------------------------------------------------ */

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
	int64_t left_us = vrouter_move_until(vr) - clock_now_us();
	char span[UNITS_TEXT_SIZE];

	if (ctl->engine->phase == ENGINE_STOPPING)
		ctl_call_fail(call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
	else if (moving)
		ctl_call_fail(call, CTL_BUSY,
		    json_pack("{s:o, s:s*}", "instance", ctl_msg_text(vr->conf->name),
			"op_id", vr->move.cause.op_id),
		    "%s is being moved already; that ends within %s", vr->conf->name,
		    units_format_span(span, left_us > 0 ? left_us : 0));
	return moving || ctl->engine->phase == ENGINE_STOPPING;
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

/* What a takeover would act against though it was said to be out of the way; or NULL.
 */
static const struct layer_entry *
maintenance_of(const struct vrouter *vr)
{
	char path[VRRP_PATH_SIZE];

	return layers_find(vr->engine->layers, vrrp_json_path(path, vr->conf->name),
	    VRRP_FIELD_MAINTENANCE, VRRP_KIND_MAINTENANCE, NULL);
}

/* What stands against the move though the state is right: an address owner, a
 * maintenance. Empty when nothing does. */
static void
look_for_obstacle(
    const struct vrouter *vr, enum vrouter_move_kind kind, char *why, size_t room)
{
	const struct vrrp_fsm *fsm = &vr->fsm;
	const struct layer_entry *maintenance =
	    kind == VROUTER_MOVE_TAKEOVER ? maintenance_of(vr) : NULL;
	char from[ADDR_TEXT_SIZE];

	why[0] = '\0';
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

/* ---- all ----------------------------------------------------------------- */

static void
add_all(struct vrrp_op *op, enum vrrp_state needed)
{
	const struct engine *engine = op->ctl->engine;
	char why[256], text[512];

	for (size_t i = 0; i < engine->router_count; i++) {
		struct vrouter *vr = engine->routers[i];

		if (vr->fsm.state != needed)
			continue;
		look_for_obstacle(vr, op->kind, why, sizeof(why));
		(void)snprintf(text, sizeof(text), "%s is %s%s", vr->conf->name,
		    vrrp_state_name(vr->fsm.state), why);
		vrrp_op_add(op, vr, why[0] != '\0' ? text : NULL);
	}
}

/* Moves every router that is in the state `needed`. */
static void
move_all(struct vrrp_ctl *ctl, struct ctl_call *call, enum vrouter_move_kind kind,
    enum vrrp_state needed, int64_t lease_us)
{
	const struct engine *engine = ctl->engine;
	size_t count = 0;

	for (size_t i = 0; i < engine->router_count; i++) {
		if (vrrp_move_is_busy(ctl, call, engine->routers[i]))
			return;
		count += engine->routers[i]->fsm.state == needed;
	}
	if (count == 0) {
		vrrp_move_answer_nothing(ctl, call);
		return;
	}
	if (!edits_may_give(ctl->edits, call, lease_us, false))
		return;

	struct vrrp_op *op = vrrp_op_new(ctl, call, kind, count);

	if (op == NULL)
		return;
	op->all = true;
	op->lease_us = lease_us;
	add_all(op, needed);
	vrrp_op_start(op);
}

/* ---- one ----------------------------------------------------------------- */

static void
move_one(struct vrrp_ctl *ctl, struct ctl_call *call, enum vrouter_move_kind kind,
    struct vrouter *vr, int64_t lease_us)
{
	char why[256];

	look_for_obstacle(vr, kind, why, sizeof(why));
	if (why[0] != '\0') {
		fail_state(
		    call, vr, kind == VROUTER_MOVE_TAKEOVER ? "BACKUP" : "MASTER", why);
		return;
	}
	if (!edits_may_give(ctl->edits, call, lease_us, false))
		return;

	struct vrrp_op *op = vrrp_op_new(ctl, call, kind, 1);

	if (op == NULL)
		return;
	op->lease_us = lease_us;
	vrrp_op_add(op, vr, NULL);
	vrrp_op_start(op);
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

void
vrrp_do_failover(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	int64_t hold_us =
	    ctl_params_integer(call->params, "hold_ms", 600000) * US_PER_MS;
	enum vrouter_move_kind kind;
	struct vrouter *vr;

	if (!take_method(call, &kind))
		return;
	if (vrrp_ctl_is_for_all(call)) {
		move_all(ctl, call, kind, VRRP_STATE_MASTER, hold_us);
		return;
	}
	vr = vrrp_ctl_target(ctl, call);
	if (vr == NULL || vrrp_move_is_busy(ctl, call, vr))
		return;
	if (is_done_already(ctl, vr))
		vrrp_move_answer_already(ctl, call, vr);
	else if (vr->fsm.state != VRRP_STATE_MASTER)
		refuse_failover(call, vr);
	else
		move_one(ctl, call, kind, vr, hold_us);
}

void
vrrp_do_takeover(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	int64_t for_us = ctl_params_integer(call->params, "for_ms", 600000) * US_PER_MS;
	struct vrouter *vr;

	if (vrrp_ctl_is_for_all(call)) {
		move_all(ctl, call, VROUTER_MOVE_TAKEOVER, VRRP_STATE_BACKUP, for_us);
		return;
	}
	vr = vrrp_ctl_target(ctl, call);
	if (vr == NULL || vrrp_move_is_busy(ctl, call, vr))
		return;
	if (vr->fsm.state == VRRP_STATE_MASTER)
		vrrp_move_answer_already(ctl, call, vr);
	else if (vr->fsm.state != VRRP_STATE_BACKUP)
		fail_fault(call, vr, "BACKUP");
	else
		move_one(ctl, call, VROUTER_MOVE_TAKEOVER, vr, for_us);
}

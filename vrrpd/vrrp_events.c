/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_events.c - what vrrpd tells its subscribers. */
#include "vrrpd/vrrp_events.h"

#include <string.h>
#include "common/ctl_events.h"
#include "common/ctl_msg.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrrp_ctl_internal.h"
#include "vrrpd/vrrp_json.h"

/* clang-format off */
static const char *const move_kinds[] = {
	[VROUTER_MOVE_NONE]     = "none",
	[VROUTER_MOVE_FAILOVER] = "failover",
	[VROUTER_MOVE_YIELD]    = "yield",
	[VROUTER_MOVE_STOP]     = "stop",
	[VROUTER_MOVE_RELEASE]  = "release",
	[VROUTER_MOVE_TAKEOVER] = "takeover",
};

static const char *const move_results[] = {
	[VROUTER_MOVE_DONE]      = "done",
	[VROUTER_MOVE_NOBODY]    = "nobody",
	[VROUTER_MOVE_CONTESTED] = "contested",
	[VROUTER_MOVE_OVERTAKEN] = "overtaken",
};
/* clang-format on */

static void
publish(const struct vrouter *vr, const char *type, json_t *old, json_t *new)
{
	const struct engine *engine = vr->engine;
	const struct ctl_cause *cause = engine->cause;
	char path[VRRP_PATH_SIZE];

	if (engine->control == NULL) {
		json_decref(old);
		json_decref(new);
		return;
	}
	if (cause == NULL && vr->move.kind != VROUTER_MOVE_NONE)
		cause = &vr->move.cause;
	ctl_publish(engine->control, type, vrrp_json_path(path, vr->conf->name), cause,
	    old, new);
}

/* "self", the address, or null. */
static json_t *
master_json(const struct vrouter *vr)
{
	char text[ADDR_TEXT_SIZE];

	if (vr->fsm.state == VRRP_STATE_MASTER)
		return json_string("self");
	if (!addr_is_set(&vr->fsm.master))
		return json_null();
	return json_string(addr_format(text, &vr->fsm.master));
}

void
vrrp_event_state(const struct vrouter *vr, enum vrrp_state old)
{
	const struct vrrp_fsm *fsm = &vr->fsm;
	char reason[256];

	vrouter_reason(vr, reason, sizeof(reason));
	publish(vr, "instance.state", json_pack("{s:s}", "state", vrrp_state_name(old)),
	    json_pack("{s:s, s:s, s:o, s:o, s:i, s:i}", "state",
		vrrp_state_name(fsm->state), "cause", vrrp_cause_name(fsm->cause),
		"reason", ctl_msg_text(reason), "master", master_json(vr),
		"master_priority", fsm->master_priority, "effective",
		fsm->params.priority));
}

void
vrrp_event_master(const struct vrouter *vr)
{
	publish(vr, "instance.master", NULL,
	    json_pack("{s:s, s:o, s:i}", "state", vrrp_state_name(vr->fsm.state),
		"master", master_json(vr), "master_priority", vr->fsm.master_priority));
}

void
vrrp_event_priority(const struct vrouter *vr, uint8_t old)
{
	publish(vr, "instance.priority", json_pack("{s:i}", "effective", old),
	    json_pack("{s:i}", "effective", vr->fsm.params.priority));
}

void
vrrp_event_vips(
    const struct vrouter *vr, const char *what, const struct prefix *address, int error)
{
	char text[PREFIX_TEXT_SIZE];
	size_t want, set;

	vip_set_count(vr->vips, &want, &set);
	publish(vr, "instance.vips", NULL,
	    json_pack("{s:s, s:{s:I, s:I}, s:s*, s:s*}", "what", what, "vips", "want",
		(json_int_t)want, "set", (json_int_t)set, "address",
		address != NULL ? prefix_format(text, address) : NULL, "error",
		error != 0 ? strerror(-error) : NULL));
}

void
vrrp_event_refused(const struct vrouter *vr)
{
	const struct vrrp_offender *offender = vrrp_offender_refused(vr->offenders);
	char source[ADDR_TEXT_SIZE];

	if (offender == NULL)
		return;

	publish(vr, "instance.refused", NULL,
	    json_pack("{s:s, s:s, s:s, s:s, s:I}", "drop",
		vrrp_offender_name(offender->what), "text",
		vrrp_offender_text(offender->what), "source",
		addr_format(source, &offender->source), "detail", offender->detail,
		"count", (json_int_t)vr->stats.drops[offender->what]));
}

/* As `list` has it. */
static json_t *
instance_json(const struct vrouter *vr)
{
	struct vrrp_snapshot snapshot;

	vrrp_snapshot_take(&snapshot, vr, false);
	json_t *instance = vrrp_json_instance(&snapshot.view, true);
	vrrp_snapshot_done(&snapshot);
	return instance;
}

void
vrrp_event_added(const struct vrouter *vr)
{
	if (vr->engine->control != NULL)
		publish(vr, "instance.added", NULL, instance_json(vr));
}

void
vrrp_event_changed(const struct vrouter *vr)
{
	if (vr->engine->control != NULL)
		publish(vr, "instance.changed", NULL, instance_json(vr));
}

void
vrrp_event_renamed(const struct vrouter *vr, const char *old_name)
{
	const struct engine *engine = vr->engine;
	char path[VRRP_PATH_SIZE];

	if (engine->control == NULL)
		return;
	ctl_publish(engine->control, "instance.removed", vrrp_json_path(path, old_name),
	    engine->cause, NULL, NULL);
	vrrp_event_added(vr);
}

void
vrrp_event_removed(const struct vrouter *vr)
{
	publish(vr, "instance.removed", NULL, NULL);
}

void
vrrp_event_move_started(const struct vrouter *vr)
{
	publish(vr, "move.started", NULL,
	    json_pack("{s:s}", "kind", move_kinds[vr->move.kind]));
}

/* The move is no longer the router's own: its cause is told all the same. */
void
vrrp_event_move_finished(const struct vrouter *vr, const struct vrouter_move *move,
    enum vrouter_move_result result)
{
	struct engine *engine = vr->engine;
	char path[VRRP_PATH_SIZE];

	if (engine->control == NULL)
		return;
	ctl_publish(engine->control, "move.finished",
	    vrrp_json_path(path, vr->conf->name), &move->cause, NULL,
	    json_pack("{s:s, s:s, s:s, s:o}", "kind", move_kinds[move->kind], "result",
		move_results[result], "state", vrrp_state_name(vr->fsm.state), "master",
		master_json(vr)));
}

void
vrrp_event_reload(const struct engine *engine, json_t *told)
{
	json_t *new;

	if (engine->control == NULL)
		return;
	new = json_pack("{s:I, s:I}", "rev", (json_int_t)engine->rev, "instances",
	    (json_int_t)engine->router_count);
	(void)json_object_update(new, told);
	ctl_publish(engine->control,
	    engine->reload_failed ? "config.refused" : "config.reloaded",
	    "daemon/vrrpd", engine->cause, NULL, new);
}

void
vrrp_event_settled(const struct engine *engine)
{
	if (engine->control != NULL)
		ctl_publish(engine->control, "daemon.settled", "daemon/vrrpd", NULL,
		    NULL,
		    json_pack("{s:b, s:I}", "settled", 1, "instances",
			(json_int_t)engine->router_count));
}

void
vrrp_event_stopping(const struct engine *engine)
{
	if (engine->control != NULL)
		ctl_publish(engine->control, "daemon.stopping", "daemon/vrrpd",
		    engine->cause, NULL,
		    json_pack("{s:b}", "keeps_role", engine->stop_keeps_role));
}

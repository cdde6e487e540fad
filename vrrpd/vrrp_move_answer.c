/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_move_answer.c - what somebody who asked for a failover or takeover is told. */
#include "vrrpd/vrrp_move.h"

#include <string.h>

#include "common/clock.h"

const struct layer_entry *
vrrp_move_lease(const struct vrrp_ctl *ctl, const char *path, const char *kind)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(ctl->engine->layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && strcmp(entry->path, path) == 0 &&
		    strcmp(entry->kind, kind) == 0)
			return entry;
	return NULL;
}

static json_t *
address_json(const struct addr *a)
{
	char text[ADDR_TEXT_SIZE];

	return addr_is_set(a) ? json_string(addr_format(text, a)) : json_null();
}

static json_t *
instant_json(int64_t at_us)
{
	char text[UNITS_TEXT_SIZE];

	return json_string(units_format_rfc3339(text, clock_realtime_of_us(at_us)));
}

static void
put_lease_json(
    json_t *result, const struct vrrp_ctl *ctl, const char *path, const char *kind)
{
	const struct layer_entry *entry = vrrp_move_lease(ctl, path, kind);

	if (result == NULL || entry == NULL)
		return;
	(void)json_object_set_new(result, "lease", json_string(entry->id));
	(void)json_object_set_new(result, "expires", instant_json(entry->expires_us));
}

/* What proves that the role is elsewhere: an advertisement of the new Master. */
static json_t *
moved_json(const struct vrrp_ctl *ctl, const struct vrouter *vr, const char *path)
{
	const struct vrrp_fsm *fsm = &vr->fsm;
	json_t *result = json_pack("{s:I, s:b, s:[o], s:o, s:{s:i, s:o}}", "rev",
	    (json_int_t)ctl->engine->rev, "moved", 1, "members",
	    ctl_msg_text(vr->conf->name), "to", address_json(&fsm->master), "evidence",
	    "advert_prio", (int)fsm->master_priority, "at",
	    instant_json(fsm->master_heard_us));

	put_lease_json(result, ctl, path, VRRP_KIND_HOLD);
	return result;
}

static json_t *
taken_json(const struct vrrp_ctl *ctl, const struct vrouter *vr, const char *path)
{
	json_t *result =
	    json_pack("{s:I, s:b, s:[o], s:s}", "rev", (json_int_t)ctl->engine->rev,
		"moved", 1, "members", ctl_msg_text(vr->conf->name), "to", "self");

	put_lease_json(result, ctl, path, VRRP_KIND_TAKEOVER);
	return result;
}

static void
put_took(json_t *result, const struct vrrp_move *move)
{
	int64_t took_us = clock_now_us() - move->started_us;

	(void)json_object_set_new(
	    result, "took_ms", json_integer((json_int_t)(took_us / US_PER_MS)));
}

void
vrrp_move_answer_done(struct vrrp_move *move, const struct vrouter *vr)
{
	bool takeover = move->kind == VROUTER_MOVE_TAKEOVER;
	json_t *result;

	if (move->call == NULL)
		return;
	result = takeover ? taken_json(move->ctl, vr, move->path)
			  : moved_json(move->ctl, vr, move->path);
	if (result != NULL) {
		put_took(result, move);
		if (takeover)
			(void)json_object_set_new(
			    result, "from", address_json(&move->old_master));
	}
	edits_reply(move->ctl->edits, move->call, result);
}

/* "nobody took over" and "somebody else keeps it": the goal was not reached. */
void
vrrp_move_answer_not_moved(struct vrrp_move *move, const struct vrouter *vr)
{
	bool takeover = move->kind == VROUTER_MOVE_TAKEOVER;
	int64_t waited_us = clock_now_us() - move->started_us;
	char span[UNITS_TEXT_SIZE], from[ADDR_TEXT_SIZE];
	json_t *seen = json_array(), *data;

	if (move->call == NULL) {
		json_decref(seen);
		return;
	}
	if (addr_is_set(&vr->fsm.master))
		(void)json_array_append_new(seen,
		    json_pack("{s:o, s:i}", "address", address_json(&vr->fsm.master),
			"advert_prio", (int)vr->fsm.master_priority));
	data = json_pack("{s:o, s:s, s:o, s:I}", "path", ctl_msg_text(move->path),
	    "state", vrrp_state_name(vr->fsm.state), "seen", seen, "waited_ms",
	    (json_int_t)(waited_us / US_PER_MS));
	units_format_span(span, waited_us);
	if (takeover)
		ctl_call_fail(move->call, CTL_NOT_MOVED, data,
		    "%s keeps advertising %s with priority %d; this node is %s",
		    addr_format(from, &vr->fsm.master), move->name,
		    vr->fsm.master_priority, vrrp_state_name(vr->fsm.state));
	else
		ctl_call_fail(move->call, CTL_NOT_MOVED, data,
		    "nobody took over %s within %s; this node is %s", move->name, span,
		    vrrp_state_name(vr->fsm.state));
}

void
vrrp_move_answer_overtaken(struct vrrp_move *move, const struct vrouter *vr)
{
	char reason[256] = "";

	if (move->call == NULL)
		return;
	if (move->ctl->engine->phase == ENGINE_STOPPING) {
		ctl_call_fail(move->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
		return;
	}
	vrouter_reason(vr, reason, sizeof(reason));
	ctl_call_fail(move->call, CTL_WRONG_STATE,
	    json_pack("{s:o, s:s}", "path", ctl_msg_text(move->path), "state",
		vrrp_state_name(vr->fsm.state)),
	    "something came in between: %s is %s now, %s", move->name,
	    vrrp_state_name(vr->fsm.state), reason);
}

void
vrrp_move_answer_already(
    struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrouter *vr)
{
	char path[VRRP_PATH_SIZE];
	json_t *result =
	    vr->fsm.state == VRRP_STATE_MASTER
		? taken_json(ctl, vr, vrrp_json_path(path, vr->conf->name))
		: moved_json(ctl, vr, vrrp_json_path(path, vr->conf->name));

	if (result != NULL)
		(void)json_object_set_new(result, "already", json_true());
	ctl_call_reply(call, result);
}

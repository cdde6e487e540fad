/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_hold.c - the methods hold, which keeps a router behind all others for a
 * while, and garp, which announces its addresses once more. */
#include "vrrpd/vrrp_ctl_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"

/* ---- hold ---------------------------------------------------------------- */

/* What a request is about: all routers, or one. */
struct scope {
	const struct engine *engine;
	const struct vrouter *one; /* NULL: all */
};

static struct vrouter *
router_at(const struct scope *scope, size_t *at)
{
	const struct engine *engine = scope->engine;

	while (*at < engine->router_count) {
		struct vrouter *vr = engine->routers[(*at)++];

		if (scope->one == NULL || scope->one == vr)
			return vr;
	}
	return NULL;
}

/* Whether the caller may end every hold there is; answers the call if not. */
static bool
may_clear(struct vrrp_ctl *ctl, struct ctl_call *call, const struct scope *scope)
{
	const struct layer_entry *entry;
	char path[VRRP_PATH_SIZE] = "";

	if (scope->one != NULL)
		vrrp_json_path(path, scope->one->conf->name);
	for (size_t i = 0; (entry = layers_get(ctl->engine->layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE &&
		    strcmp(entry->kind, VRRP_KIND_HOLD) == 0 &&
		    (scope->one == NULL || strcmp(entry->path, path) == 0) &&
		    edits_own(ctl->edits, call, entry->id) == NULL)
			return false;
	return true;
}

static void
clear_hold(struct vrrp_ctl *ctl, struct ctl_call *call, const struct scope *scope)
{
	char path[VRRP_PATH_SIZE];
	const struct vrouter *vr;
	bool changed = false;
	size_t at = 0;

	if (!may_clear(ctl, call, scope))
		return;
	while ((vr = router_at(scope, &at)) != NULL)
		changed |= edits_drop(ctl->edits, vrrp_json_path(path, vr->conf->name),
		    VRRP_FIELD_PRIORITY, VRRP_KIND_HOLD, NULL);
	if (changed) {
		vrrp_edits_update_all(ctl);
		edits_changed(ctl->edits);
	}
	edits_reply(ctl->edits, call, edits_result(ctl->edits, changed));
}

/* Holds one router with the lease `id`, or a new one when that is empty; the id is in
 * it then. Returns whether there was memory. */
static bool
hold_router(struct vrrp_ctl *ctl, const struct ctl_call *call, const char *name,
    int64_t for_us, char id[64])
{
	int64_t now_us = clock_now_us();
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *stored = edits_give(
	    ctl->edits, &(struct layer_entry){
			    .path = vrrp_json_path(path, name),
			    .field = VRRP_FIELD_PRIORITY,
			    .value = VRRP_HOLD_PRIORITY,
			    .layer = LAYER_LEASE,
			    .kind = VRRP_KIND_HOLD,
			    .id = id,
			    .uid = call->peer.uid,
			    .reason = ctl_params_text(call->params, "reason", ""),
			    .created_us = now_us,
			    .expires_us = now_us + for_us,
			});

	if (stored != NULL && id[0] == '\0')
		(void)snprintf(id, 64, "%s", stored->id);
	return stored != NULL;
}

/* All in one lease: what this caller held before is part of it from now on. */
static bool
hold_routers(struct vrrp_ctl *ctl, struct ctl_call *call, const struct scope *scope,
    int64_t for_us, char id[64])
{
	char path[VRRP_PATH_SIZE];
	struct vrouter *vr;
	size_t at = 0;
	bool held = true;

	if (scope->one == NULL)
		layers_make_id(ctl->engine->layers, clock_now_us(), id);
	while (held && (vr = router_at(scope, &at)) != NULL) {
		if (scope->one == NULL)
			(void)edits_drop(ctl->edits,
			    vrrp_json_path(path, vr->conf->name), VRRP_FIELD_PRIORITY,
			    VRRP_KIND_HOLD, &call->peer.uid);
		held = hold_router(ctl, call, vr->conf->name, for_us, id);
		vrouter_update_params(vr);
	}
	return held;
}

static void
give_hold(struct vrrp_ctl *ctl, struct ctl_call *call, const struct scope *scope)
{
	int64_t for_us = ctl_params_integer(call->params, "for_ms", 600000) * US_PER_MS;
	char id[64] = "";

	if (!edits_may_give(ctl->edits, call, for_us, false))
		return;
	if (!hold_routers(ctl, call, scope, for_us, id)) {
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return;
	}
	edits_changed(ctl->edits);

	json_t *result = edits_result(ctl->edits, id[0] != '\0');

	edits_put_lease(ctl->edits, result, id);
	edits_reply(ctl->edits, call, result);
}

void
vrrp_do_hold(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	struct scope scope = {.engine = ctl->engine};

	if (!vrrp_ctl_is_for_all(call)) {
		scope.one = vrrp_ctl_target(ctl, call);
		if (scope.one == NULL)
			return;
	}
	if (ctl_params_boolean(call->params, "clear", false))
		clear_hold(ctl, call, &scope);
	else
		give_hold(ctl, call, &scope);
}

/* ---- garp ---------------------------------------------------------------- */

void
vrrp_do_garp(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	struct vrouter *vr = vrrp_ctl_target(ctl, call);

	if (vr == NULL)
		return;
	if (!vrouter_announce(vr)) {
		ctl_call_fail(call, CTL_WRONG_STATE,
		    json_pack("{s:o, s:s, s:[s]}", "path", ctl_msg_text(vr->conf->name),
			"state", vrrp_state_name(vr->fsm.state), "need", "MASTER"),
		    "%s is %s: only the MASTER announces its addresses", vr->conf->name,
		    vrrp_state_name(vr->fsm.state));
		return;
	}
	ctl_call_reply(
	    call, json_pack("{s:I, s:b, s:I}", "rev", (json_int_t)ctl->engine->rev,
		      "announced", 1, "addresses",
		      (json_int_t)(vr->conf->vip_count + vr->conf->excluded_count)));
}

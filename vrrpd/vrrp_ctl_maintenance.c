/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_maintenance.c - takes this node or one router out of the way for a while.
 *
 * A maintenance is one lease over all its routers: each has priority 1, so that it
 * serves as the last resort only, or not even that ("out"). The lease is given as the
 * roles begin to move, so a daemon that dies in the middle comes back inside its
 * window. Roles are handed over, and the answer tells what was seen: nobody is told
 * that it is safe to reboot before another router has spoken.
 */
#include "vrrpd/vrrp_window.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"

/* ---- on ------------------------------------------------------------------ */

/* A lease to build on: the one that is there, with a new end, or a new one. Answers the
 * call when the caller may not. */
static bool
take_lease(struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrrp_scope *scope,
    struct vrrp_lease_copy *ret)
{
	const struct layer_entry *old = vrrp_maintenance_find(ctl, scope->path);
	int64_t now_us = clock_now_us();
	int64_t for_us = ctl_params_integer(call->params, "for_ms", 0) * US_PER_MS;
	struct layer_entry fresh = {
	    .path = scope->path,
	    .layer = LAYER_LEASE,
	    .id = "",
	    .uid = call->peer.uid,
	    .reason = ctl_params_text(call->params, "reason", ""),
	    .created_us = now_us,
	};

	if (old != NULL && edits_own(ctl->edits, call, old->id) == NULL)
		return false;
	if (!edits_may_give(ctl->edits, call, for_us, old != NULL))
		return false;
	vrrp_lease_copy(ret, old != NULL ? old : &fresh);
	ret->entry.expires_us = now_us + for_us;
	if (old == NULL)
		layers_make_id(ctl->engine->layers, now_us, ret->id);
	else
		(void)layers_renew(ctl->engine->layers, ret->id, ret->entry.expires_us);
	return true;
}

/* One that would be over before the roles have moved is none. Answers the call then. */
static bool
is_too_short(const struct vrrp_window *window)
{
	struct ctl_call *call = window->op.call;
	int64_t for_us = ctl_params_integer(call->params, "for_ms", 0) * US_PER_MS;
	int64_t wait_us = vrrp_op_wait_us(&window->op);
	char for_text[UNITS_TEXT_SIZE], wait_text[UNITS_TEXT_SIZE], expected[96];

	if (for_us > wait_us)
		return false;
	units_format_span(for_text, for_us);
	units_format_span(wait_text, wait_us);
	(void)snprintf(expected, sizeof(expected),
	    "more than %s, which the roles may take to move", wait_text);
	ctl_call_fail(call, CTL_INVALID_PARAMS,
	    json_pack("{s:s, s:s, s:I}", "path", "params.for_ms", "expected", expected,
		"wait_ms", (json_int_t)(wait_us / US_PER_MS)),
	    "a maintenance of %s would be over before the roles have moved, which may "
	    "take %s",
	    for_text, wait_text);
	return true;
}

static bool
is_any_busy(
    const struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrrp_scope *scope)
{
	const struct vrouter *vr;
	size_t at = 0;

	while ((vr = vrrp_scope_next(scope, &at)) != NULL)
		if (vrrp_move_is_busy(ctl, call, vr))
			return true;
	return false;
}

static void
switch_on(struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrrp_scope *scope)
{
	struct vrrp_window *window;

	if (is_any_busy(ctl, call, scope))
		return;
	window = vrrp_window_new(ctl, call, scope);
	if (window == NULL)
		return;
	if (is_too_short(window) || !take_lease(ctl, call, scope, &window->lease)) {
		vrrp_op_free(&window->op);
		return;
	}
	if (scope->one == NULL)
		(void)vrrp_maintenance_add(ctl, &window->lease.entry, VRRP_PATH_NODE,
		    VRRP_FIELD_MAINTENANCE, window->flags);
	vrrp_op_start(&window->op);
}

/* ---- off and extend ------------------------------------------------------ */

static void
switch_off(struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrrp_scope *scope)
{
	const struct layer_entry *entry = vrrp_maintenance_find(ctl, scope->path);
	const struct layer_entry *node = vrrp_maintenance_find(ctl, VRRP_PATH_NODE);
	char id[64] = "";

	if (entry == NULL && node != NULL) {
		ctl_call_fail(call, CTL_WRONG_STATE,
		    json_pack("{s:s, s:s}", "path", scope->path, "lease", node->id),
		    "%s is in maintenance with the whole node (lease %s)", scope->path,
		    node->id);
		return;
	}
	if (entry != NULL && edits_own(ctl->edits, call, entry->id) == NULL)
		return;
	if (entry != NULL) {
		(void)snprintf(id, sizeof(id), "%s", entry->id);
		edits_end(ctl->edits, id);
		vrrp_scope_update(scope);
		edits_changed(ctl->edits);
		vrrp_windows_check(ctl);
	}
	edits_reply(ctl->edits, call,
	    json_pack("{s:I, s:b, s:s*}", "rev", (json_int_t)ctl->engine->rev,
		"changed", entry != NULL, "released", id[0] != '\0' ? id : NULL));
}

static void
extend(struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrrp_scope *scope)
{
	const struct layer_entry *entry = vrrp_maintenance_find(ctl, scope->path);
	int64_t for_us = ctl_params_integer(call->params, "for_ms", 0) * US_PER_MS;

	if (entry == NULL) {
		ctl_call_fail(call, CTL_NOT_FOUND,
		    json_pack("{s:s}", "path", scope->path), "%s is not in maintenance",
		    scope->path);
		return;
	}
	if (edits_own(ctl->edits, call, entry->id) == NULL ||
	    !edits_may_give(ctl->edits, call, for_us, true))
		return;
	edits_renew(ctl->edits, entry->id, clock_now_us() + for_us);
	json_t *result = edits_result(ctl->edits, true);
	edits_put_lease(ctl->edits, result, entry->id);
	edits_reply(ctl->edits, call, result);
}

void
vrrp_do_maintenance(void *userdata, struct ctl_call *call)
{
	static const struct {
		const char *name;
		bool needs_end;
		void (*perform)(struct vrrp_ctl *ctl, struct ctl_call *call,
		    const struct vrrp_scope *scope);
	} actions[] = {
	    {"on", true, switch_on},
	    {"off", false, switch_off},
	    {"extend", true, extend},
	};
	const char *action = ctl_params_text(call->params, "action", "");
	struct vrrp_ctl *ctl = userdata;
	struct vrrp_scope scope;
	size_t i = 0;

	while (i < 3 && strcmp(actions[i].name, action) != 0)
		i++;
	if (i == 3 ||
	    (actions[i].needs_end && !json_object_get(call->params, "for_ms"))) {
		ctl_call_fail(call, CTL_INVALID_PARAMS,
		    json_pack("{s:s, s:s}", "path",
			i == 3 ? "params.action" : "params.for_ms", "expected",
			i == 3 ? "on, off or extend" : "how long"),
		    i == 3 ? "\"action\" is on, off or extend"
			   : "a maintenance needs an end: \"for_ms\"");
		return;
	}
	if (vrrp_scope_take(ctl, call, VRRP_PATH_NODE, &scope))
		actions[i].perform(ctl, call, &scope);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_hold.c - the method hold, which keeps a router behind all others for a
 * while.
 */
#include "vrrpd/vrrp_ctl_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"

/* Whether the caller may end every hold there is; answers the call if not. */
static bool
may_clear(struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrrp_scope *scope)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(ctl->engine->layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE &&
		    strcmp(entry->kind, VRRP_KIND_HOLD) == 0 &&
		    (scope->one == NULL || strcmp(entry->path, scope->path) == 0) &&
		    edits_own(ctl->edits, call, entry->id) == NULL)
			return false;
	return true;
}

static void
clear_hold(struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrrp_scope *scope)
{
	char path[VRRP_PATH_SIZE];
	const struct vrouter *vr;
	bool changed = false;
	size_t at = 0;

	if (!may_clear(ctl, call, scope))
		return;
	while ((vr = vrrp_scope_next(scope, &at)) != NULL)
		changed |= edits_drop(ctl->edits, vrrp_json_path(path, vr->conf->name),
		    VRRP_FIELD_PRIORITY, VRRP_KIND_HOLD, NULL);
	if (changed) {
		vrrp_scope_update(scope);
		edits_changed(ctl->edits);
	}
	edits_reply(ctl->edits, call, edits_result(ctl->edits, changed));
}

/* What a request gives to every router it is about. */
struct hold {
	uid_t uid;
	const char *reason;
	int64_t given_us, until_us;
	char id[64]; /* empty: that of one router, until it is given */
};

/* Returns whether there was memory. */
static bool
hold_router(struct vrrp_ctl *ctl, struct hold *hold, const char *path)
{
	const struct layer_entry *stored =
	    edits_give(ctl->edits, &(struct layer_entry){
				       .path = path,
				       .field = VRRP_FIELD_PRIORITY,
				       .value = VRRP_HOLD_PRIORITY,
				       .layer = LAYER_LEASE,
				       .kind = VRRP_KIND_HOLD,
				       .id = hold->id,
				       .uid = hold->uid,
				       .reason = hold->reason,
				       .created_us = hold->given_us,
				       .expires_us = hold->until_us,
				   });

	if (stored != NULL && hold->id[0] == '\0')
		(void)snprintf(hold->id, sizeof(hold->id), "%s", stored->id);
	return stored != NULL;
}

/* What this caller held the router with before is replaced. */
static bool
is_replaced(const void *userdata, const struct layer_entry *entry)
{
	const struct hold *hold = userdata;

	return strcmp(entry->kind, VRRP_KIND_HOLD) == 0 && entry->uid == hold->uid &&
	       strcmp(entry->id, hold->id) != 0;
}

/* All in one lease. */
static bool
hold_routers(struct vrrp_ctl *ctl, const struct vrrp_scope *scope, struct hold *hold)
{
	char path[VRRP_PATH_SIZE];
	struct vrouter *vr;
	size_t at = 0;

	if (scope->one == NULL)
		layers_make_id(ctl->engine->layers, hold->given_us, hold->id);
	while ((vr = vrrp_scope_next(scope, &at)) != NULL) {
		if (!hold_router(ctl, hold, vrrp_json_path(path, vr->conf->name)))
			return false;
		(void)vrrp_lease_drop(ctl, path, is_replaced, hold);
	}
	return true;
}

static void
give_hold(struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrrp_scope *scope)
{
	int64_t span_us = vrrp_lease_span_us(ctl, call, "for_ms");
	struct hold hold = {
	    .uid = call->peer.uid,
	    .reason = ctl_params_text(call->params, "reason", ""),
	    .given_us = clock_now_us(),
	};

	hold.until_us = hold.given_us + span_us;
	if (!vrrp_lease_may_give(ctl, call, VRRP_KIND_HOLD, scope->one, span_us))
		return;
	if (!hold_routers(ctl, scope, &hold)) {
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return;
	}
	vrrp_scope_update(scope);
	edits_changed(ctl->edits);

	json_t *result = edits_result(ctl->edits, hold.id[0] != '\0');

	edits_put_lease(ctl->edits, result, hold.id);
	edits_reply(ctl->edits, call, result);
}

void
vrrp_do_hold(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	struct vrrp_scope scope;

	if (!vrrp_scope_take(ctl, call, "all", &scope))
		return;
	if (ctl_params_boolean(call->params, "clear", false))
		clear_hold(ctl, call, &scope);
	else
		give_hold(ctl, call, &scope);
}

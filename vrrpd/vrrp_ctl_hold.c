/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_hold.c - the methods hold, which keeps a router behind all others for a
 * while, and garp, which announces its addresses once more. */
#include "vrrpd/vrrp_ctl_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"

/* ---- hold ---------------------------------------------------------------- */

static void
clear_hold(struct vrrp_ctl *ctl, struct ctl_call *call, const char *path)
{
	struct layers *layers = ctl->engine->layers;
	const struct layer_entry *entry;
	bool changed = false;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL;) {
		if (entry->layer != LAYER_LEASE || strcmp(entry->path, path) != 0 ||
		    strcmp(entry->kind, VRRP_KIND_HOLD) != 0) {
			i++;
			continue;
		}
		if (edits_own(ctl->edits, call, entry->id) == NULL)
			return;
		edits_end(ctl->edits, entry->id);
		changed = true;
	}
	if (changed) {
		vrrp_edits_update_all(ctl);
		edits_changed(ctl->edits);
	}
	edits_reply(ctl->edits, call, edits_result(ctl->edits, changed));
}

static void
give_hold(
    struct vrrp_ctl *ctl, struct ctl_call *call, struct vrouter *vr, const char *path)
{
	int64_t for_us = ctl_params_integer(call->params, "for_ms", 600000) * US_PER_MS;
	int64_t now_us = clock_now_us();
	const struct layer_entry *stored;

	if (!edits_may_give(ctl->edits, call, for_us, false))
		return;
	stored = edits_give(
	    ctl->edits, &(struct layer_entry){
			    .path = path,
			    .field = VRRP_FIELD_PRIORITY,
			    .value = VRRP_HOLD_PRIORITY,
			    .layer = LAYER_LEASE,
			    .kind = VRRP_KIND_HOLD,
			    .id = "",
			    .uid = call->peer.uid,
			    .reason = ctl_params_text(call->params, "reason", ""),
			    .created_us = now_us,
			    .expires_us = now_us + for_us,
			});
	if (stored == NULL) {
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return;
	}
	char id[64];
	(void)snprintf(id, sizeof(id), "%s", stored->id);
	vrouter_update_params(vr);
	edits_changed(ctl->edits);
	json_t *result = edits_result(ctl->edits, true);
	edits_put_lease(ctl->edits, result, id);
	edits_reply(ctl->edits, call, result);
}

void
vrrp_do_hold(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	struct vrouter *vr = vrrp_ctl_target(ctl, call);
	char path[VRRP_PATH_SIZE];

	if (vr == NULL)
		return;
	vrrp_json_path(path, vr->conf->name);
	if (ctl_params_boolean(call->params, "clear", false))
		clear_hold(ctl, call, path);
	else
		give_hold(ctl, call, vr, path);
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

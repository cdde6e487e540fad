/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_lease.c - methods about leases: list, renew, release, confirm, hold; and two
 * that change no role: garp and log.level. */
#include "vrrpd/vrrp_ctl_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/names.h"

static json_t *
result_json(const struct vrrp_ctl *ctl, bool changed)
{
	return json_pack(
	    "{s:I, s:b}", "rev", (json_int_t)ctl->engine->rev, "changed", changed);
}

const struct layer_entry *
vrrp_lease_own(const struct vrrp_ctl *ctl, struct ctl_call *call, const char *id)
{
	const struct layer_entry *entry = layers_find_lease(ctl->engine->layers, id);

	if (entry == NULL) {
		ctl_call_fail(call, CTL_NOT_FOUND, json_pack("{s:s}", "id", id),
		    "there is no lease \"%.32s\"", id);
		return NULL;
	}
	if (call->role >= CTL_ROLE_ADMIN || entry->uid == call->peer.uid)
		return entry;
	ctl_call_fail(call, CTL_DENIED,
	    json_pack("{s:s, s:s}", "need", "admin", "have", ctl_role_name(call->role)),
	    "lease %s belongs to uid %u: changing it needs the role admin", id,
	    entry->uid);
	return NULL;
}

void
vrrp_do_lease_list(void *userdata, struct ctl_call *call)
{
	const struct vrrp_ctl *ctl = userdata;
	const struct layers *layers = ctl->engine->layers;
	json_t *items = json_array();

	for (size_t i = 0; layers_get(layers, i) != NULL; i++) {
		if (!layers_is_first_of_lease(layers, i))
			continue;
		json_t *lease = vrrp_store_lease_json(ctl, layers_get(layers, i));
		if (call->role == CTL_ROLE_READ) {
			(void)json_object_del(lease, "uid");
			(void)json_object_del(lease, "reason");
		}
		(void)json_array_append_new(items, lease);
	}
	ctl_call_reply(call, json_pack("{s:I, s:o}", "rev",
				 (json_int_t)ctl->engine->rev, "items", items));
}

void
vrrp_do_renew(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	int64_t ttl_us = ctl_params_integer(call->params, "ttl_ms", 0) * US_PER_MS;
	const char *id = ctl_params_text(call->params, "id", "");
	const struct layer_entry *entry = vrrp_lease_own(ctl, call, id);

	if (entry == NULL || !lease_store_may_give(ctl->store, call, ttl_us, true))
		return;
	if (strcmp(entry->kind, LAYER_KIND_CONFIRM) == 0) {
		ctl_call_fail(call, CTL_WRONG_STATE, json_pack("{s:s}", "id", id),
		    "lease %s waits to be confirmed; confirm it or let it go", id);
		return;
	}
	(void)layers_renew(ctl->engine->layers, id, clock_now_us() + ttl_us);
	vrrp_store_event(ctl, "lease.renewed", entry);
	vrrp_store_changed(ctl);
	json_t *result = result_json(ctl, true);
	vrrp_store_put_lease(ctl, result, id);
	lease_store_reply(ctl->store, call, result);
}

void
vrrp_do_release(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	const char *id = ctl_params_text(call->params, "id", "");

	if (vrrp_lease_own(ctl, call, id) == NULL)
		return;
	vrrp_store_end_lease(ctl, id);
	vrrp_lease_apply_log_level(ctl);
	vrrp_store_update_all(ctl);
	vrrp_store_changed(ctl);
	json_t *result = result_json(ctl, true);
	if (result != NULL)
		(void)json_object_set_new(result, "lease", json_string(id));
	lease_store_reply(ctl->store, call, result);
}

/* ---- confirm ------------------------------------------------------------- */

/* The one that waits for this caller's word; answers the call when there is none, or
 * more than one. */
static const struct layer_entry *
find_unconfirmed(const struct vrrp_ctl *ctl, struct ctl_call *call)
{
	const struct layers *layers = ctl->engine->layers;
	const struct layer_entry *entry, *found = NULL;
	unsigned count = 0;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++) {
		if (!layers_is_first_of_lease(layers, i) ||
		    strcmp(entry->kind, LAYER_KIND_CONFIRM) != 0 ||
		    entry->uid != call->peer.uid)
			continue;
		found = entry;
		count++;
	}
	if (count == 1)
		return found;
	ctl_call_fail(call, count == 0 ? CTL_NOT_FOUND : CTL_WRONG_STATE, NULL,
	    count == 0 ? "nothing of yours waits to be confirmed"
		       : "several edits of yours wait to be confirmed: say which");
	return NULL;
}

/* One field of the confirmed lease `id` becomes what it was asked to be. */
static bool
confirm_one(struct vrrp_ctl *ctl, const char *id)
{
	struct layers *layers = ctl->engine->layers;
	const struct layer_entry *old;
	int64_t now_us = clock_now_us();

	for (size_t i = 0; (old = layers_get(layers, i)) != NULL; i++) {
		if (old->layer != LAYER_LEASE || strcmp(old->id, id) != 0 ||
		    strcmp(old->kind, LAYER_KIND_CONFIRM) != 0)
			continue;
		struct layer_entry entry = *old;
		entry.kind = LAYER_KIND_OVERRIDE;
		entry.layer = old->confirmed_us != 0 ? LAYER_LEASE : LAYER_RUNTIME;
		entry.expires_us =
		    old->confirmed_us != 0 ? now_us + old->confirmed_us : 0;
		entry.confirmed_us = 0;
		if (layers_set(layers, &entry, NULL) < 0)
			return false;
		/* `old` may have moved; it is found by what it is. */
		return layers_unset_lease(
			   layers, id, LAYER_KIND_CONFIRM, entry.path, entry.field) > 0;
	}
	return false;
}

void
vrrp_do_confirm(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	const char *wanted = ctl_params_text(call->params, "id", NULL);
	const struct layer_entry *entry = wanted != NULL
					      ? vrrp_lease_own(ctl, call, wanted)
					      : find_unconfirmed(ctl, call);
	char id[64];

	if (entry == NULL)
		return;
	if (strcmp(entry->kind, LAYER_KIND_CONFIRM) != 0) {
		ctl_call_fail(call, CTL_WRONG_STATE, json_pack("{s:s}", "id", wanted),
		    "lease %.32s does not wait to be confirmed", wanted);
		return;
	}
	(void)snprintf(id, sizeof(id), "%s", entry->id);
	vrrp_store_event(ctl, "lease.confirmed", entry);
	while (confirm_one(ctl, id))
		;
	vrrp_store_update_all(ctl);
	vrrp_store_changed(ctl);
	json_t *result = result_json(ctl, true);
	if (result != NULL)
		(void)json_object_set_new(result, "confirmed", json_string(id));
	vrrp_store_put_lease(ctl, result, id);
	lease_store_reply(ctl->store, call, result);
}

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
		if (vrrp_lease_own(ctl, call, entry->id) == NULL)
			return;
		vrrp_store_end_lease(ctl, entry->id);
		changed = true;
	}
	if (changed) {
		vrrp_store_update_all(ctl);
		vrrp_store_changed(ctl);
	}
	lease_store_reply(ctl->store, call, result_json(ctl, changed));
}

static void
give_hold(
    struct vrrp_ctl *ctl, struct ctl_call *call, struct vrouter *vr, const char *path)
{
	int64_t for_us = ctl_params_integer(call->params, "for_ms", 600000) * US_PER_MS;
	int64_t now_us = clock_now_us();
	const struct layer_entry *stored;

	if (!lease_store_may_give(ctl->store, call, for_us, false))
		return;
	stored = vrrp_store_give(
	    ctl, &(struct layer_entry){
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
	vrrp_store_changed(ctl);
	json_t *result = result_json(ctl, true);
	vrrp_store_put_lease(ctl, result, id);
	lease_store_reply(ctl->store, call, result);
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

/* ---- log.level ----------------------------------------------------------- */

static const char *const level_names[] = {
    [LOG_EMERG] = "emerg",
    [LOG_ALERT] = "alert",
    [LOG_CRIT] = "crit",
    [LOG_ERR] = "err",
    [LOG_WARNING] = "warning",
    [LOG_NOTICE] = "notice",
    [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug",
};

void
vrrp_lease_apply_log_level(struct vrrp_ctl *ctl)
{
	const struct layer_entry *top =
	    layers_top(ctl->engine->layers, VRRP_PATH_DAEMON, VRRP_FIELD_LOG_LEVEL);

	log_set_level(top != NULL ? (int)top->value : ctl->log_level);
}

/* Whether the caller may, for so long. */
static bool
may_set_level(struct vrrp_ctl *ctl, struct ctl_call *call, int64_t ttl_us)
{
	if (ttl_us != 0)
		return lease_store_may_give(ctl->store, call, ttl_us, false);
	if (call->role >= CTL_ROLE_ADMIN)
		return true;
	ctl_call_fail(call, CTL_DENIED,
	    json_pack("{s:s, s:s}", "need", "admin", "have", ctl_role_name(call->role)),
	    "a level without an end needs the role admin; give it a lease");
	return false;
}

void
vrrp_do_log_level(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	const char *name = ctl_params_text(call->params, "level", "");
	const json_t *lease = json_object_get(call->params, "lease");
	int64_t ttl_us = ctl_params_integer(lease, "ttl_ms", 0) * US_PER_MS;
	int level = names_find(level_names, LOG_DEBUG + 1, name);
	int64_t now_us = clock_now_us();
	int old = log_level();

	if (level < 0 ||
	    (lease != NULL && (ttl_us < US_PER_S || json_object_size(lease) != 1))) {
		ctl_call_fail(call, CTL_INVALID_PARAMS,
		    json_pack("{s:s, s:s}", "path",
			level < 0 ? "params.level" : "params.lease", "expected",
			level < 0
			    ? "debug, info, notice, warning, err, crit, alert or emerg"
			    : "{\"ttl_ms\": 1000 or more}"),
		    level < 0 ? "there is no such level" : "\"lease\" must say ttl_ms");
		return;
	}
	if (!may_set_level(ctl, call, ttl_us))
		return;
	const struct layer_entry entry = {
	    .path = VRRP_PATH_DAEMON,
	    .field = VRRP_FIELD_LOG_LEVEL,
	    .value = level,
	    .layer = ttl_us != 0 ? LAYER_LEASE : LAYER_RUNTIME,
	    .kind = VRRP_KIND_LOG,
	    .id = "",
	    .uid = call->peer.uid,
	    .reason = ctl_params_text(call->params, "reason", ""),
	    .created_us = now_us,
	    .expires_us = ttl_us != 0 ? now_us + ttl_us : 0,
	};
	const struct layer_entry *stored = NULL;
	if (ttl_us != 0)
		stored = vrrp_store_give(ctl, &entry);
	else
		(void)layers_set(ctl->engine->layers, &entry, &stored);
	char id[64] = "";
	if (stored != NULL)
		(void)snprintf(id, sizeof(id), "%s", stored->id);
	vrrp_lease_apply_log_level(ctl);
	vrrp_store_changed(ctl);
	json_t *result = json_pack("{s:I, s:b, s:s, s:s}", "rev",
	    (json_int_t)ctl->engine->rev, "changed", old != log_level(), "old",
	    level_names[old], "level", level_names[log_level()]);
	vrrp_store_put_lease(ctl, result, id);
	lease_store_reply(ctl->store, call, result);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_maintenance.c - takes this node or one router out of the way for a while.
 *
 * A maintenance is one lease over all its routers: each has priority 1, so that it
 * serves as the last resort only, or not even that ("out"). The lease is given as the
 * roles begin to move, so a daemon that dies in the middle comes back inside its
 * window. Roles are handed over, and the answer tells what was seen: nobody is told
 * that it is safe to reboot before another router has spoken.
 */
#include "vrrpd/vrrp_ctl_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/ctl_events.h"
#include "common/log.h"

/* What became of one router. */
struct member {
	struct vrrp_window *window;
	char name[VRRP_PATH_SIZE];
	enum vrrp_state before, after;
	bool waits; /* its role is being handed over */
	bool moved;
	struct addr to;
};

/* A maintenance that waits until the roles have moved. */
struct vrrp_window {
	struct vrrp_window *next;
	struct vrrp_ctl *ctl;
	struct ctl_call *call;
	char id[64], op_id[65], reason[201];
	struct ctl_cause cause; /* of what follows when a role has moved */
	int64_t flags, started_us;
	size_t pending;
	size_t count;
	struct member members[];
};

/* ---- the lease ----------------------------------------------------------- */

/* The maintenance of an object itself, not of the node it belongs to. */
static const struct layer_entry *
find_maintenance(const struct vrrp_ctl *ctl, const char *path)
{
	const struct layers *layers = ctl->engine->layers;
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && strcmp(entry->path, path) == 0 &&
		    strcmp(entry->kind, VRRP_KIND_MAINTENANCE) == 0 &&
		    strcmp(layers_find_lease(layers, entry->id)->path, path) == 0)
			return entry;
	return NULL;
}

/* Adds one field of one object to the lease that `base` is of. */
static const struct layer_entry *
add_entry(struct vrrp_ctl *ctl, const struct layer_entry *base, const char *path,
    const char *field, int64_t value)
{
	struct layer_entry entry = *base;

	entry.path = path;
	entry.field = field;
	entry.value = value;
	return edits_give(ctl->edits, &entry);
}

/* The lease over one router: behind everybody, and what happens at its end. */
static void
add_router(struct vrrp_ctl *ctl, const struct layer_entry *base, const char *name,
    int64_t flags)
{
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, name);
	(void)add_entry(ctl, base, path, VRRP_FIELD_MAINTENANCE, flags);
	(void)add_entry(ctl, base, path, VRRP_FIELD_PRIORITY, VRRP_HOLD_PRIORITY);
}

/* The texts of the entry itself move when entries are added. */
struct lease_copy {
	struct layer_entry entry;
	char id[64], reason[201];
};

static void
copy_lease(struct lease_copy *ret, const struct layer_entry *entry)
{
	ret->entry = *entry;
	(void)snprintf(ret->id, sizeof(ret->id), "%s", entry->id);
	(void)snprintf(ret->reason, sizeof(ret->reason), "%s", entry->reason);
	ret->entry.id = ret->id;
	ret->entry.reason = ret->reason;
	ret->entry.kind = VRRP_KIND_MAINTENANCE;
}

static bool
has_entry(const struct layers *layers, const char *id, const char *path)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && strcmp(entry->id, id) == 0 &&
		    strcmp(entry->path, path) == 0)
			return true;
	return false;
}

bool
vrrp_maintenance_extend_to_new(struct vrrp_ctl *ctl)
{
	const struct engine *engine = ctl->engine;
	const struct layer_entry *node = find_maintenance(ctl, VRRP_PATH_NODE);
	struct lease_copy lease;
	bool any = false;

	if (node == NULL)
		return false;
	copy_lease(&lease, node);
	for (size_t i = 0; i < engine->conf->instance_count; i++) {
		const char *name = engine->conf->instances[i].name;
		struct vrouter *vr = engine_find(engine, name);
		char path[VRRP_PATH_SIZE];

		vrrp_json_path(path, name);
		if (has_entry(engine->layers, lease.id, path))
			continue;
		add_router(ctl, &lease.entry, name, lease.entry.value);
		any = true;
		if (vr != NULL)
			vrouter_update_params(vr);
	}
	return any;
}

void
vrrp_maintenance_entry_ends(struct vrrp_ctl *ctl, const struct layer_entry *entry)
{
	const char *name = strchr(entry->path, '/');
	struct vrouter *vr = name != NULL ? engine_find(ctl->engine, name + 1) : NULL;

	if (vr == NULL || strcmp(entry->field, VRRP_FIELD_MAINTENANCE) != 0 ||
	    !(entry->value & VRRP_MAINTENANCE_STAY) ||
	    vr->fsm.state == VRRP_STATE_MASTER)
		return;
	(void)layers_set(ctl->engine->layers,
	    &(struct layer_entry){
		.path = entry->path,
		.field = VRRP_FIELD_STAY,
		.value = 1,
		.layer = LAYER_RUNTIME,
		.kind = VRRP_KIND_STAY,
		.id = "",
		.uid = entry->uid,
		.reason = entry->reason,
		.created_us = clock_now_us(),
	    },
	    NULL);
}

/* ---- the answer ---------------------------------------------------------- */

static const char *
state_word(const struct member *member)
{
	if (member->moved)
		return "moved";
	switch (member->before) {
	case VRRP_STATE_MASTER:
		return "master";
	case VRRP_STATE_BACKUP:
		return "backup";
	case VRRP_STATE_FAULT:
		return "fault";
	case VRRP_STATE_INITIALIZE:
	case VRRP_STATE_COUNT_:
		break;
	}
	return "initialize";
}

static json_t *
members_json(const struct vrrp_window *window)
{
	json_t *members = json_array();
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < window->count; i++) {
		const struct member *member = &window->members[i];
		json_t *json = json_pack("{s:o, s:s}", "name",
		    ctl_msg_text(member->name), "state", state_word(member));

		if (member->moved)
			(void)json_object_set_new(
			    json, "to", json_string(addr_format(text, &member->to)));
		(void)json_array_append_new(members, json);
	}
	return members;
}

/* Names of the Masters that moved, or of those that did not. */
static json_t *
names_json(const struct vrrp_window *window, bool moved)
{
	json_t *names = json_array();

	for (size_t i = 0; i < window->count; i++)
		if (window->members[i].before == VRRP_STATE_MASTER &&
		    window->members[i].moved == moved)
			(void)json_array_append_new(
			    names, ctl_msg_text(window->members[i].name));
	return names;
}

static const struct member *
first_failed(const struct vrrp_window *window)
{
	const struct member *member = window->members;

	while (member->before != VRRP_STATE_MASTER || member->moved)
		member++;
	return member;
}

/* Why a role is not elsewhere, and what that means. A link that failed or a reload that
 * dropped the router may have been quicker than its heir. */
static void
explain_failure(const struct vrrp_window *window, size_t failed, int64_t waited_us,
    char *buf, size_t room)
{
	const struct member *member = first_failed(window);
	char span[UNITS_TEXT_SIZE];

	if (member->after != VRRP_STATE_MASTER)
		(void)snprintf(buf, room, "something came in between: %s is %s now",
		    member->name, vrrp_state_name(member->after));
	else
		(void)snprintf(buf, room,
		    "nobody took over %s%s within %s; the maintenance (lease %s) "
		    "stands, this node serves on as the last resort",
		    member->name, failed > 1 ? " and others" : "",
		    units_format_span(span, waited_us), window->id);
}

static void
answer_failed(struct vrrp_window *window, json_t *done, json_t *failed)
{
	bool partly = json_array_size(done) > 0;
	int64_t waited_us = clock_now_us() - window->started_us;
	char text[512];
	json_t *data;

	explain_failure(window, json_array_size(failed), waited_us, text, sizeof(text));
	data = json_pack("{s:o, s:o, s:I, s:o}", "done", done, "failed", failed,
	    "waited_ms", (json_int_t)(waited_us / US_PER_MS), "members",
	    members_json(window));
	edits_put_lease(window->ctl->edits, data, window->id);
	ctl_call_fail(
	    window->call, partly ? CTL_PARTIAL : CTL_NOT_MOVED, data, "%s", text);
}

static void
answer(struct vrrp_window *window)
{
	struct vrrp_ctl *ctl = window->ctl;
	json_t *done = names_json(window, true), *failed = names_json(window, false);
	json_t *result;

	if (ctl->engine->phase == ENGINE_STOPPING) {
		json_decref(done);
		json_decref(failed);
		ctl_call_fail(window->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
		return;
	}
	if (json_array_size(failed) > 0) {
		answer_failed(window, done, failed);
		return;
	}
	result =
	    json_pack("{s:I, s:b, s:b, s:I, s:o}", "rev", (json_int_t)ctl->engine->rev,
		"changed", 1, "moved", json_array_size(done) > 0, "took_ms",
		(json_int_t)((clock_now_us() - window->started_us) / US_PER_MS),
		"members", members_json(window));
	json_decref(done);
	json_decref(failed);
	edits_put_lease(ctl->edits, result, window->id);
	edits_reply(ctl->edits, window->call, result);
}

static void
window_free(struct vrrp_window *window)
{
	struct vrrp_window **at = &window->ctl->windows;

	while (*at != window)
		at = &(*at)->next;
	*at = window->next;
	free(window);
}

/* ---- moving -------------------------------------------------------------- */

/* The role is elsewhere, or never was here: now it can be taken out of service. */
static void
take_out(struct vrrp_window *window, const char *name)
{
	struct vrrp_ctl *ctl = window->ctl;
	const struct layer_entry *base =
	    layers_find_lease(ctl->engine->layers, window->id);
	struct lease_copy lease;
	char path[VRRP_PATH_SIZE];

	if (!(window->flags & VRRP_MAINTENANCE_OUT) || base == NULL)
		return;
	copy_lease(&lease, base);
	(void)add_entry(
	    ctl, &lease.entry, vrrp_json_path(path, name), VRRP_FIELD_OUT, 1);
}

static void
finish(struct vrrp_window *window)
{
	if (window->pending > 0)
		return;
	edits_changed(window->ctl->edits);
	answer(window);
	window_free(window);
}

static void
on_moved(void *userdata, struct vrouter *vr, enum vrouter_move_result result)
{
	struct member *member = userdata;
	struct vrrp_window *window = member->window;
	struct engine *engine = window->ctl->engine;
	const struct ctl_cause *before = engine->cause;

	member->waits = false;
	member->moved = result == VROUTER_MOVE_DONE;
	member->after = vr->fsm.state;
	member->to = vr->fsm.master;
	engine->cause = &window->cause;
	if (member->moved)
		take_out(window, member->name);
	window->pending--;
	finish(window);
	engine->cause = before;
}

void
vrrp_windows_abandon(struct vrrp_ctl *ctl)
{
	while (ctl->windows != NULL) {
		struct vrrp_window *window = ctl->windows;

		for (size_t i = 0; i < window->count; i++) {
			struct member *member = &window->members[i];
			struct vrouter *vr = engine_find(ctl->engine, member->name);

			if (vr != NULL && member->waits && vr->move.userdata == member)
				vr->move.done = NULL;
		}
		ctl_call_fail(window->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
		window_free(window);
	}
}

/* ---- on ------------------------------------------------------------------ */

/* What a request is about: the node, or one router. */
struct scope {
	struct vrouter *vr; /* NULL: the node */
	char path[VRRP_PATH_SIZE];
};

/* Answers the call when there is no such object. */
static bool
take_scope(const struct vrrp_ctl *ctl, struct ctl_call *call, struct scope *ret)
{
	const char *target = ctl_params_text(call->params, "target", VRRP_PATH_NODE);

	*ret = (struct scope){0};
	if (strcmp(target, VRRP_PATH_NODE) == 0) {
		(void)strcpy(ret->path, VRRP_PATH_NODE);
		return true;
	}
	ret->vr = vrrp_ctl_target(ctl, call);
	if (ret->vr != NULL)
		vrrp_json_path(ret->path, ret->vr->conf->name);
	return ret->vr != NULL;
}

static bool
covers(const struct scope *scope, const struct vrouter *vr)
{
	return scope->vr == NULL || scope->vr == vr;
}

/* A lease to build on: the one that is there, with a new end, or a new one. Answers the
 * call when the caller may not. */
static bool
take_lease(struct vrrp_ctl *ctl, struct ctl_call *call, const struct scope *scope,
    struct lease_copy *ret)
{
	const struct layer_entry *old = find_maintenance(ctl, scope->path);
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
	copy_lease(ret, old != NULL ? old : &fresh);
	ret->entry.expires_us = now_us + for_us;
	if (old == NULL)
		layers_make_id(ctl->engine->layers, now_us, ret->id);
	else
		(void)layers_renew(ctl->engine->layers, ret->id, ret->entry.expires_us);
	return true;
}

static struct vrrp_window *
window_new(struct vrrp_ctl *ctl, struct ctl_call *call, const struct scope *scope)
{
	size_t most = ctl->engine->router_count;
	struct vrrp_window *window =
	    calloc(1, sizeof(*window) + most * sizeof(window->members[0]));

	if (window == NULL)
		return NULL;
	window->ctl = ctl;
	window->call = call;
	window->started_us = clock_now_us();
	(void)snprintf(window->op_id, sizeof(window->op_id), "%s",
	    ctl_params_text(call->params, "op_id", ""));
	(void)snprintf(window->reason, sizeof(window->reason), "%s",
	    ctl_params_text(call->params, "reason", ""));
	window->cause = (struct ctl_cause){
	    .by_client = true,
	    .uid = call->peer.uid,
	    .op_id = window->op_id[0] != '\0' ? window->op_id : NULL,
	    .reason = window->reason[0] != '\0' ? window->reason : NULL,
	};
	if (ctl_params_boolean(call->params, "out", false))
		window->flags |= VRRP_MAINTENANCE_OUT;
	if (ctl_params_boolean(call->params, "stay", false))
		window->flags |= VRRP_MAINTENANCE_STAY;
	for (size_t i = 0; i < most; i++) {
		struct vrouter *vr = ctl->engine->routers[i];

		if (!covers(scope, vr))
			continue;
		struct member *member = &window->members[window->count++];
		member->window = window;
		member->before = member->after = vr->fsm.state;
		(void)snprintf(
		    member->name, sizeof(member->name), "%s", vr->conf->name);
	}
	window->next = ctl->windows;
	ctl->windows = window;
	return window;
}

static void
start_moves(struct vrrp_window *window)
{
	int64_t wait_us =
	    ctl_params_integer(window->call->params, "wait_ms", 0) * US_PER_MS;

	for (size_t i = 0; i < window->count; i++) {
		struct member *member = &window->members[i];
		struct vrouter *vr = engine_find(window->ctl->engine, member->name);

		if (member->before != VRRP_STATE_MASTER)
			continue;
		window->pending++;
		member->waits = true;
		if (vrouter_move_start(
			vr, VROUTER_MOVE_FAILOVER, wait_us, on_moved, member) < 0) {
			member->waits = false;
			window->pending--;
		}
	}
	adv_sockets_flush(window->ctl->engine->sockets);
}

static void
put_leases(
    struct vrrp_window *window, struct lease_copy *lease, const struct scope *scope)
{
	struct vrrp_ctl *ctl = window->ctl;

	(void)snprintf(window->id, sizeof(window->id), "%s", lease->id);
	if (scope->vr == NULL)
		(void)add_entry(ctl, &lease->entry, VRRP_PATH_NODE,
		    VRRP_FIELD_MAINTENANCE, window->flags);
	for (size_t i = 0; i < window->count; i++) {
		struct member *member = &window->members[i];

		add_router(ctl, &lease->entry, member->name, window->flags);
		if (member->before != VRRP_STATE_MASTER)
			take_out(window, member->name);
	}
}

static void
switch_on(struct vrrp_ctl *ctl, struct ctl_call *call, const struct scope *scope)
{
	struct lease_copy lease;
	struct vrrp_window *window;

	for (size_t i = 0; i < ctl->engine->router_count; i++)
		if (covers(scope, ctl->engine->routers[i]) &&
		    vrrp_move_is_busy(ctl, call, ctl->engine->routers[i]))
			return;
	if (!take_lease(ctl, call, scope, &lease))
		return;
	window = window_new(ctl, call, scope);
	if (window == NULL) {
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return;
	}
	window->pending = 1; /* until everything has begun */
	start_moves(window);
	put_leases(window, &lease, scope);
	vrrp_edits_update_all(ctl);
	edits_changed(ctl->edits);
	if (!ctl_params_boolean(call->params, "wait", true)) {
		json_t *accepted = json_pack("{s:b, s:I, s:o}", "accepted", 1, "rev",
		    (json_int_t)ctl->engine->rev, "members", members_json(window));
		edits_put_lease(ctl->edits, accepted, window->id);
		ctl_call_accept(call, accepted);
	}
	window->pending--;
	finish(window);
}

/* ---- off and extend ------------------------------------------------------ */

static void
switch_off(struct vrrp_ctl *ctl, struct ctl_call *call, const struct scope *scope)
{
	const struct layer_entry *entry = find_maintenance(ctl, scope->path);
	const struct layer_entry *node = find_maintenance(ctl, VRRP_PATH_NODE);
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
		vrrp_edits_update_all(ctl);
		edits_changed(ctl->edits);
	}
	edits_reply(ctl->edits, call,
	    json_pack("{s:I, s:b, s:s*}", "rev", (json_int_t)ctl->engine->rev,
		"changed", entry != NULL, "released", id[0] != '\0' ? id : NULL));
}

static void
extend(struct vrrp_ctl *ctl, struct ctl_call *call, const struct scope *scope)
{
	const struct layer_entry *entry = find_maintenance(ctl, scope->path);
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
		    const struct scope *scope);
	} actions[] = {
	    {"on", true, switch_on},
	    {"off", false, switch_off},
	    {"extend", true, extend},
	};
	const char *action = ctl_params_text(call->params, "action", "");
	struct vrrp_ctl *ctl = userdata;
	struct scope scope;
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
	if (take_scope(ctl, call, &scope))
		actions[i].perform(ctl, call, &scope);
}

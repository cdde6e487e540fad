/* SPDX-License-Identifier: Apache-2.0 */
/* edits_lease.c - methods about leases: list, renew, release, confirm. */
#include "common/edits_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/units.h"

void
edits_do_lease_list(void *userdata, struct ctl_call *call)
{
	const struct edits *edits = userdata;
	const struct layers *layers = edits->config.layers;
	json_t *items = json_array();

	for (size_t i = 0; layers_get(layers, i) != NULL; i++) {
		if (!layers_is_first_of_lease(layers, i))
			continue;
		json_t *lease =
		    edits_lease_json(edits, layers_get(layers, i), EDITS_LEASE_TOLD);
		if (call->role == CTL_ROLE_READ) {
			(void)json_object_del(lease, "uid");
			(void)json_object_del(lease, "reason");
		}
		(void)json_array_append_new(items, lease);
	}
	ctl_call_reply(call, json_pack("{s:I, s:o}", "rev",
				 (json_int_t)*edits->config.rev, "items", items));
}

void
edits_do_renew(void *userdata, struct ctl_call *call)
{
	struct edits *edits = userdata;
	int64_t ttl_us = ctl_params_integer(call->params, "ttl_ms", 0) * US_PER_MS;
	const char *id = ctl_params_text(call->params, "id", "");
	const struct layer_entry *entry = edits_own(edits, call, id);

	if (entry == NULL || !edits_may_give(edits, call, ttl_us, true))
		return;
	if (strcmp(entry->kind, LAYER_KIND_CONFIRM) == 0) {
		ctl_call_fail(call, CTL_WRONG_STATE, json_pack("{s:s}", "id", id),
		    "lease %s waits to be confirmed; confirm it or let it go", id);
		return;
	}
	edits_renew(edits, id, clock_now_us() + ttl_us);
	json_t *result = edits_result(edits, true);
	edits_put_lease(edits, result, id);
	edits_reply(edits, call, result);
}

void
edits_do_release(void *userdata, struct ctl_call *call)
{
	struct edits *edits = userdata;
	const char *id = ctl_params_text(call->params, "id", "");

	if (edits_own(edits, call, id) == NULL)
		return;
	edits_end(edits, id);
	edits_work_out(edits, NULL);
	edits_changed(edits);
	json_t *result = edits_result(edits, true);
	if (result != NULL)
		(void)json_object_set_new(result, "lease", json_string(id));
	edits_reply(edits, call, result);
}

/* ---- confirm ------------------------------------------------------------- */

/* The one that waits for this caller's word; answers the call when there is none, or
 * more than one. */
static const struct layer_entry *
find_unconfirmed(const struct edits *edits, struct ctl_call *call)
{
	const struct layers *layers = edits->config.layers;
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

/* What the entry becomes once it is confirmed. */
static struct layer_entry
confirmed(const struct layer_entry *old)
{
	struct layer_entry entry = *old;

	entry.kind = LAYER_KIND_OVERRIDE;
	entry.layer = old->confirmed_us != 0 ? LAYER_LEASE : LAYER_RUNTIME;
	entry.expires_us = old->confirmed_us != 0 ? old->expires_us : 0;
	entry.confirmed_us = 0;
	return entry;
}

/* What it was set to is in force until now; what is afterwards is added to `changes`.
 */
static void
add_change(const struct edits *edits, const struct layer_entry *before,
    const struct layer_entry *entry, json_t *changes)
{
	const struct layer_entry *top =
	    layers_top(edits->config.layers, entry->path, entry->field);
	const struct live_field *field = edits_field_of(edits, entry);
	struct edits_object of;
	bool decides =
	    top == NULL || strcmp(top->id, entry->id) == 0 || top->layer != LAYER_LEASE;

	if (field != NULL && edits_find(edits, entry->path, &of))
		(void)json_array_append_new(
		    changes, edits_change_json(&of, field, before->value, entry->value,
				 decides ? NULL : top));
}

/* One field of the confirmed lease `id` becomes what it was asked to be. */
static bool
confirm_one(struct edits *edits, const char *id, json_t *changes)
{
	struct layers *layers = edits->config.layers;
	const struct layer_entry *old = layers_find_lease(layers, id), *other;

	while (old != NULL && strcmp(old->kind, LAYER_KIND_CONFIRM) != 0)
		old = layers_next_of_lease(old);
	if (old == NULL)
		return false;

	const struct layer_entry before = *layers_top(layers, old->path, old->field);
	const struct layer_entry entry = confirmed(old);

	/* It replaces what the same user had set for a while. */
	other =
	    layers_find(layers, old->path, old->field, LAYER_KIND_OVERRIDE, &old->uid);
	if (entry.layer == LAYER_LEASE && other != NULL)
		edits_take_back(edits, other);
	if (layers_set(layers, &entry, &other) < 0)
		return false;
	(void)layers_unset_lease(
	    layers, id, LAYER_KIND_CONFIRM, other->path, other->field);
	add_change(edits, &before, other, changes);
	return true;
}

/* Whether it will be a lease still once it is confirmed. */
static bool
stays_a_lease(const struct layers *layers, const char *id)
{
	const struct layer_entry *entry = layers_find_lease(layers, id);

	return entry != NULL && entry->confirmed_us != 0;
}

/* Tells of the lease as it is then, or that it is no more. Returns what changed. */
static json_t *
confirm(struct edits *edits, const struct layer_entry *entry, const char *id)
{
	const struct layers *layers = edits->config.layers;
	bool stays = stays_a_lease(layers, id);
	json_t *changes = json_array();

	if (!stays) {
		edits_event(edits, "lease.confirmed", entry);
		edits_event(edits, "lease.released", entry);
	} else {
		(void)layers_renew(
		    edits->config.layers, id, clock_now_us() + entry->confirmed_us);
	}
	while (confirm_one(edits, id, changes))
		;
	if (stays && layers_find_lease(layers, id) != NULL)
		edits_event(edits, "lease.confirmed", layers_find_lease(layers, id));
	return changes;
}

void
edits_do_confirm(void *userdata, struct ctl_call *call)
{
	struct edits *edits = userdata;
	const char *wanted = ctl_params_text(call->params, "id", NULL);
	const struct layer_entry *entry = wanted != NULL
					      ? edits_own(edits, call, wanted)
					      : find_unconfirmed(edits, call);
	json_t *changes;
	char id[64];

	if (entry == NULL)
		return;
	if (strcmp(entry->kind, LAYER_KIND_CONFIRM) != 0) {
		ctl_call_fail(call, CTL_WRONG_STATE, json_pack("{s:s}", "id", wanted),
		    "lease %.32s does not wait to be confirmed", wanted);
		return;
	}
	(void)snprintf(id, sizeof(id), "%s", entry->id);
	changes = confirm(edits, entry, id);
	edits_work_out(edits, NULL);
	edits_changed(edits);
	json_t *result = edits_result(edits, true);
	if (result != NULL)
		(void)json_object_set_new(result, "confirmed", json_string(id));
	if (result != NULL)
		(void)json_object_set(result, "changes", changes);
	json_decref(changes);
	edits_put_lease(edits, result, id);
	edits_reply(edits, call, result);
}

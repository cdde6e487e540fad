/* SPDX-License-Identifier: Apache-2.0 */
/* edits_apply.c - live edits: all of a request is checked before any of it is done.
 *
 * What follows the checks writes memory only, so a request is carried out whole or not
 * at all. Its effects follow from the values.
 */
#include "common/edits_apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/units.h"

/* ---- doing --------------------------------------------------------------- */

/* Whether taking the field back takes what was saved, which a restart would bring back.
 */
static bool
drops_saved(const struct apply *apply, const struct edit *edit)
{
	const struct layer_entry *saved = layers_find_in(
	    apply->edits->config.layers, edit->of.path, edit->field->name, LAYER_SAVED);

	return edit->unset && saved != NULL &&
	       edits_apply_takes_back(apply, edit, saved);
}

static void
note_saved(struct apply *apply)
{
	for (size_t i = 0; i < apply->count; i++)
		apply->list[i].drops_saved = drops_saved(apply, &apply->list[i]);
}

/* Takes back what is set, also by leases, whoever gave them. */
static bool
unset_field(struct apply *apply, const struct edit *edit)
{
	const struct layers *layers = apply->edits->config.layers;
	const struct layer_entry *entry;
	bool changed = false;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL;) {
		char id[64];

		if (!edits_apply_takes_back(apply, edit, entry)) {
			i++;
			continue;
		}
		(void)snprintf(id, sizeof(id), "%s", entry->id);
		edits_take_back(apply->edits, entry);
		if (id[0] != '\0' && layers_find_lease(layers, id) == NULL)
			(void)json_array_append_new(apply->released, ctl_msg_text(id));
		changed = true;
	}
	return changed;
}

/* ---- leases of the request ------------------------------------------------ */

static const char *
kind_of(const struct apply *apply)
{
	return apply->confirm_us != 0 ? LAYER_KIND_CONFIRM : LAYER_KIND_OVERRIDE;
}

/* The entry of the caller's lease that the edit replaces, or NULL. */
static const struct layer_entry *
find_replaced(const struct apply *apply, const struct edit *edit)
{
	return edit->unset
		   ? NULL
		   : layers_find(apply->edits->config.layers, edit->of.path,
			 edit->field->name, kind_of(apply), &apply->call->peer.uid);
}

static bool
is_replaced(const struct apply *apply, const struct layer_entry *entry)
{
	for (size_t i = 0; i < apply->count; i++)
		if (find_replaced(apply, &apply->list[i]) == entry)
			return true;
	return false;
}

static bool
is_replaced_whole(const struct apply *apply, const char *id)
{
	const struct layers *layers = apply->edits->config.layers;
	const struct layer_entry *entry = layers_find_lease(layers, id);

	if (layers_lease_size(layers, id) > apply->count)
		return false;
	while (entry != NULL && is_replaced(apply, entry))
		entry = layers_next_of_lease(entry);
	return entry == NULL;
}

/* How long what is set lasts unless it is confirmed; 0: for good. */
static int64_t
span_us(const struct apply *apply)
{
	return apply->confirm_us != 0 ? apply->confirm_us : apply->ttl_us;
}

/* The lease of the request: one of the caller that it replaces as a whole and that so
 * runs anew, else another one. */
static void
choose_lease(const struct apply *apply, char lease[64])
{
	struct layers *layers = apply->edits->config.layers;
	const struct layer_entry *old = NULL;

	for (size_t i = 0; old == NULL && i < apply->count; i++)
		old = find_replaced(apply, &apply->list[i]);
	if (old == NULL || !is_replaced_whole(apply, old->id)) {
		layers_make_id(layers, clock_now_us(), lease);
		return;
	}
	(void)snprintf(lease, 64, "%s", old->id);
	(void)layers_renew(layers, lease, clock_now_us() + span_us(apply));
}

static struct layer_entry
make_entry(const struct apply *apply, const struct edit *edit, const char *lease)
{
	int64_t now_us = clock_now_us();
	int64_t span = span_us(apply);

	return (struct layer_entry){
	    .path = edit->of.path,
	    .field = edit->field->name,
	    .value = edit->new,
	    .layer = span != 0 ? LAYER_LEASE : LAYER_RUNTIME,
	    .kind = kind_of(apply),
	    .id = lease,
	    .uid = apply->call->peer.uid,
	    .reason = apply->reason,
	    .created_us = now_us,
	    .expires_us = span != 0 ? now_us + span : 0,
	    .confirmed_us = apply->confirm_us != 0 ? apply->ttl_us : 0,
	};
}

/* What the field is without its leases and its edit. */
static int64_t
value_below(const struct apply *apply, const struct edit *edit)
{
	const struct layer_entry *saved = layers_find_in(
	    apply->edits->config.layers, edit->of.path, edit->field->name, LAYER_SAVED);

	return saved != NULL ? saved->value : edit->field->in_file(edit->of.object);
}

/* Whether there would be another edit without an end than before. What the field is
 * anyway is no edit: it must follow the file. */
static bool
changes_for_good(const struct apply *apply, const struct edit *edit)
{
	const struct layer_entry *old = layers_find_in(apply->edits->config.layers,
	    edit->of.path, edit->field->name, LAYER_RUNTIME);

	return edit->new != (old != NULL ? old->value : value_below(apply, edit));
}

static bool
set_for_good(const struct apply *apply, const struct edit *edit)
{
	struct layers *layers = apply->edits->config.layers;
	const struct layer_entry entry = make_entry(apply, edit, "");

	if (edit->new == value_below(apply, edit))
		return layers_unset_in(
		    layers, edit->of.path, edit->field->name, LAYER_RUNTIME);
	return changes_for_good(apply, edit) && layers_set(layers, &entry, NULL) == 0;
}

/* The lease given again runs anew; another one that had the field loses it. */
static bool
set_for_a_while(const struct apply *apply, const struct edit *edit, const char *lease)
{
	const struct layer_entry *old = find_replaced(apply, edit);
	const struct layer_entry entry = make_entry(apply, edit, lease);

	if (old != NULL && strcmp(old->id, lease) != 0)
		edits_take_back(apply->edits, old);
	return edits_give(apply->edits, &entry) != NULL;
}

static bool
has_lease(const struct apply *apply)
{
	return apply->ttl_us != 0 || apply->confirm_us != 0;
}

/* Returns whether anything changed. */
static bool
perform(struct apply *apply, const struct edit *edit, const char *lease)
{
	if (edit->unset)
		return unset_field(apply, edit);
	return has_lease(apply) ? set_for_a_while(apply, edit, lease)
				: set_for_good(apply, edit);
}

/* ---- what came of it ------------------------------------------------------ */

struct unset_of {
	const struct apply *apply;
	const struct edit *edit;
};

static bool
is_left(void *userdata, const struct layer_entry *entry)
{
	const struct unset_of *unset = userdata;

	return !edits_apply_takes_back(unset->apply, unset->edit, entry);
}

/* What decides the field instead of the edit, before it is done and after; NULL: the
 * edit does. */
static const struct layer_entry *
find_above(const struct apply *apply, const struct edit *edit)
{
	const struct layers *layers = apply->edits->config.layers;
	struct unset_of unset = {apply, edit};
	const struct layer_entry *top =
	    edit->unset ? layers_top_where(
			      layers, edit->of.path, edit->field->name, is_left, &unset)
			: layers_top(layers, edit->of.path, edit->field->name);

	if (top == NULL || edit->unset)
		return top;
	/* Of what is set for a while, the newest counts. */
	return top->layer == LAYER_LEASE &&
		       !(has_lease(apply) && layers_is_override(top))
		   ? top
		   : NULL;
}

static json_t *
change_json(const struct apply *apply, const struct edit *edit)
{
	const struct layer_entry *above = find_above(apply, edit);
	bool leased = above != NULL && above->layer == LAYER_LEASE;
	json_t *json = edits_change_json(&edit->of, edit->field, edit->old,
	    above != NULL && !leased ? above->value : edit->new, leased ? above : NULL);

	if (json != NULL && edit->unset)
		(void)json_object_set_new(json, "unset", json_true());
	if (json != NULL && edit->drops_saved)
		(void)json_object_set_new(json, "drops_saved", json_true());
	return json;
}

static json_t *
changes_json(const struct apply *apply)
{
	json_t *changes = json_array();

	for (size_t i = 0; i < apply->count; i++)
		(void)json_array_append_new(
		    changes, change_json(apply, &apply->list[i]));
	return changes;
}

static bool
is_first_of_object(const struct apply *apply, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (apply->list[i].of.object == apply->list[at].of.object)
			return false;
	return true;
}

/* What the values lead to goes on in the kernel after the answer. */
static json_t *
pending_json(const struct apply *apply)
{
	const struct edits_config *config = &apply->edits->config;
	json_t *pending = json_array();

	for (size_t i = 0; config->add_pending != NULL && i < apply->count; i++)
		if (is_first_of_object(apply, i))
			config->add_pending(
			    config->userdata, apply->list[i].of.path, pending);
	return pending;
}

static void
commit(struct apply *apply)
{
	char lease[64] = "";
	bool changed = false;

	edits_undo_begin(apply);
	if (has_lease(apply))
		choose_lease(apply, lease);
	for (size_t i = 0; i < apply->count; i++)
		changed = perform(apply, &apply->list[i], lease) || changed;
	for (size_t i = 0; changed && i < apply->count; i++)
		edits_work_out(apply->edits, apply->list[i].of.path);
	if (changed) {
		edits_changed(apply->edits);
		edits_undo_end(apply->edits);
	}
	json_t *result = edits_result(apply->edits, changed);
	if (result != NULL)
		(void)json_object_set_new(result, "changes", changes_json(apply));
	if (result != NULL)
		(void)json_object_set_new(result, "pending", pending_json(apply));
	if (result != NULL && json_array_size(apply->released) > 0)
		(void)json_object_set(result, "released", apply->released);
	edits_put_lease(apply->edits, result, lease);
	if (result != NULL && apply->confirm_us != 0)
		(void)json_object_set_new(result, "confirm", json_true());
	edits_reply(apply->edits, apply->call, result);
}

static bool
would_change(const struct apply *apply)
{
	for (size_t i = 0; i < apply->count; i++) {
		const struct edit *edit = &apply->list[i];
		const struct layer_entry *above = find_above(apply, edit);

		if (edit->unset
			? edit->old != (above != NULL ? above->value : edit->new)
			: has_lease(apply) || changes_for_good(apply, edit))
			return true;
	}
	return false;
}

static int64_t
longest(const struct apply *apply)
{
	return apply->ttl_us > apply->confirm_us ? apply->ttl_us : apply->confirm_us;
}

static void
run(struct apply *apply)
{
	if (edits_apply_check(apply) != CTL_OK) {
		ctl_call_fail_with(apply->call, &apply->error);
		return;
	}
	note_saved(apply);
	if (apply->ttl_us + apply->confirm_us != 0 &&
		 !edits_may_give(apply->edits, apply->call, longest(apply), false))
		return;
	else if (ctl_params_boolean(apply->call->params, "dry_run", false))
		ctl_call_reply(
		    apply->call, json_pack("{s:I, s:b, s:b, s:o}", "rev",
				     (json_int_t)*apply->edits->config.rev, "dry_run",
				     true, "changed", would_change(apply), "changes",
				     changes_json(apply)));
	else
		commit(apply);
}

void
edits_do_apply(void *userdata, struct ctl_call *call)
{
	struct apply apply = {
	    .edits = userdata,
	    .call = call,
	    .reason = ctl_params_text(call->params, "reason", ""),
	    .list = calloc(EDITS_MAX + 1, sizeof(*apply.list)),
	    .released = json_array(),
	};

	if (apply.list != NULL)
		run(&apply);
	else
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
	ctl_error_done(&apply.error);
	json_decref(apply.released);
	free(apply.list);
}

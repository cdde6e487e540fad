/* SPDX-License-Identifier: Apache-2.0 */
/* edits_saved.c - edits that are kept for good beside the file, never in it.
 *
 * What is saved remembers the value of the file it was saved over. When somebody
 * changes that value in the file, the file wins and what was saved is dropped:
 * otherwise an edit in the file would do nothing, and nobody would know why.
 */
#include "common/edits_internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"

/* So many of those that a reload drops are named. */
#define DROPPED_MAX 50

/* ---- which edits ---------------------------------------------------------- */

/* Whether the object is one of those asked for; all are when none is named. */
static bool
is_wanted(const struct edits *edits, const json_t *objects, const char *path)
{
	struct edits_object of;

	for (size_t i = 0; i < json_array_size(objects); i++)
		if (edits_find(
			edits, json_string_value(json_array_get(objects, i)), &of) &&
		    strcmp(of.path, path) == 0)
			return true;
	return json_array_size(objects) == 0;
}

/* Answers the call when an object that is named does not exist. */
static bool
check_objects(const struct edits *edits, struct ctl_call *call, const json_t *objects)
{
	struct ctl_error error = {0};
	struct edits_object of;

	for (size_t i = 0; i < json_array_size(objects); i++) {
		const char *name = json_string_value(json_array_get(objects, i));

		if (name != NULL && edits_find(edits, name, &of))
			continue;
		edits_refuse_path(edits, name != NULL ? name : "", &error);
		ctl_call_fail_with(call, &error);
		return false;
	}
	return true;
}

static bool
is_edit(const struct edits *edits, const struct layer_entry *entry, enum layer layer,
    const json_t *objects)
{
	return entry->layer == layer && edits_field_of(edits, entry) != NULL &&
	       is_wanted(edits, objects, entry->path);
}

static const struct layer_entry *
find_edit(const struct edits *edits, enum layer layer, const json_t *objects)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(edits->config.layers, i)) != NULL; i++)
		if (is_edit(edits, entry, layer, objects))
			return entry;
	return NULL;
}

/* What of the layer is to be discarded next, or NULL: what a maintenance left is an
 * edit of its object. */
static const struct layer_entry *
find_discarded(const struct edits *edits, enum layer layer, const json_t *objects)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(edits->config.layers, i)) != NULL; i++)
		if (entry->layer == layer && is_wanted(edits, objects, entry->path))
			return entry;
	return NULL;
}

/* ---- what becomes of one of them -------------------------------------------- */

/* The value of the field without this edit, and without leases. */
static int64_t
value_below(const struct edits *edits, const struct layer_entry *entry,
    const struct edits_object *of, const struct live_field *field)
{
	const struct layer_entry *saved =
	    entry->layer == LAYER_RUNTIME ? layers_find_in(edits->config.layers,
						entry->path, entry->field, LAYER_SAVED)
					  : NULL;

	return saved != NULL ? saved->value : field->in_file(of->object);
}

/* The value that a restart would begin with, before the edit is saved and after. */
static json_t *
saved_json(const struct edits *edits, const struct layer_entry *entry)
{
	const struct live_field *field = edits_field_of(edits, entry);
	struct edits_object of;

	if (!edits_find(edits, entry->path, &of))
		return NULL;
	return json_pack("{s:o, s:s, s:o, s:o, s:o}", "path", ctl_msg_text(entry->path),
	    "field", entry->field, "value", live_field_json(field, entry->value), "old",
	    live_field_json(field, value_below(edits, entry, &of, field)), "new",
	    live_field_json(field, entry->value));
}

/* The value with the edit and without. */
static json_t *
discarded_json(const struct edits *edits, const struct layer_entry *entry)
{
	const struct live_field *field = edits_field_of(edits, entry);
	const struct layer_entry *top =
	    layers_top(edits->config.layers, entry->path, entry->field);
	struct edits_object of;
	json_t *json;

	/* What a maintenance left is no value that anybody has set. */
	if (field == NULL || !edits_find(edits, entry->path, &of))
		return json_pack("{s:o, s:o, s:o}", "path", ctl_msg_text(entry->path),
		    "field", ctl_msg_text(entry->field), "value",
		    edits_value_json(edits, entry));
	json = edits_change_json(&of, field, entry->value,
	    value_below(edits, entry, &of, field),
	    top != NULL && top->layer == LAYER_LEASE ? top : NULL);
	if (json != NULL)
		(void)json_object_set_new(
		    json, "value", live_field_json(field, entry->value));
	return json;
}

/* ---- save ------------------------------------------------------------------ */

/* What is being saved. The edits stay in the layer they are in until the disk has them:
 * they are in force either way, and a disk that refuses leaves all as it was. */
struct saving {
	struct edits *edits;
	struct ctl_call *call;
	json_t *saved;  /* as in the answer */
	json_t *before; /* all that was saved before */
};

static const struct layer_entry *
find_in(const struct layers *layers, const json_t *place, enum layer layer)
{
	const char *path = json_string_value(json_object_get(place, "path"));
	const char *field = json_string_value(json_object_get(place, "field"));
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (entry->layer == layer && strcmp(entry->path, path) == 0 &&
		    strcmp(entry->field, field) == 0)
			return entry;
	return NULL;
}

static void
unset_in(struct layers *layers, const json_t *place, enum layer layer)
{
	(void)layers_unset_in(layers, json_string_value(json_object_get(place, "path")),
	    json_string_value(json_object_get(place, "field")), layer);
}

static bool
save_one(const struct edits *edits, const struct layer_entry *entry)
{
	struct edits_object of;
	struct layer_entry saved = *entry;

	if (!edits_find(edits, entry->path, &of))
		return false;
	saved.layer = LAYER_SAVED;
	saved.base = edits_field_of(edits, entry)->in_file(of.object);
	return layers_set(edits->config.layers, &saved, NULL) == 0;
}

static void
save_all(struct saving *saving, const json_t *objects)
{
	const struct edits *edits = saving->edits;
	const struct layers *layers = edits->config.layers;
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++) {
		json_t *json;

		if (!is_edit(edits, entry, LAYER_RUNTIME, objects))
			continue;
		json = saved_json(edits, entry);
		if (save_one(edits, entry))
			(void)json_array_append_new(saving->saved, json);
		else
			json_decref(json);
	}
}

/* What was not edited again meanwhile is now an edit of the other layer. */
static void
leave_runtime(const struct saving *saving)
{
	struct layers *layers = saving->edits->config.layers;
	const json_t *place;
	size_t i;

	json_array_foreach (saving->saved, i, place) {
		const struct layer_entry *saved = find_in(layers, place, LAYER_SAVED);
		const struct layer_entry *runtime =
		    find_in(layers, place, LAYER_RUNTIME);

		if (saved != NULL && runtime != NULL && saved->value == runtime->value)
			unset_in(layers, place, LAYER_RUNTIME);
	}
}

static void
undo(const struct saving *saving)
{
	struct layers *layers = saving->edits->config.layers;
	struct layers *before = layers_new();
	const struct layer_entry *entry;
	const json_t *place;
	size_t i;

	if (before != NULL)
		(void)layers_from_json(before, saving->before);
	json_array_foreach (saving->saved, i, place) {
		unset_in(layers, place, LAYER_SAVED);
		entry = before != NULL ? find_in(before, place, LAYER_SAVED) : NULL;
		if (entry != NULL)
			(void)layers_set(layers, entry, NULL);
	}
	layers_free(before);
}

static void
answer_saved(const struct saving *saving, bool durable)
{
	json_t *result;

	edits_changed(saving->edits);
	result = edits_result(saving->edits, true);
	(void)json_object_set(result, "saved", saving->saved);
	(void)json_object_set_new(result, "durable", json_boolean(durable));
	ctl_call_reply(saving->call, result);
}

static void
on_settled(void *userdata, enum lease_store_outcome outcome)
{
	struct saving *saving = userdata;

	switch (outcome) {
	case LEASE_STORE_KEPT:
		leave_runtime(saving);
		answer_saved(saving, true);
		break;
	case LEASE_STORE_UNKNOWN:
		answer_saved(saving, false);
		break;
	case LEASE_STORE_REFUSED:
		undo(saving);
		edits_write(saving->edits);
		ctl_call_fail(saving->call, CTL_IO, NULL,
		    "the disk refuses it (the log says why); nothing was changed, and "
		    "a reboot will end the edits");
		break;
	}
	json_decref(saving->saved);
	json_decref(saving->before);
	free(saving);
}

static void
answer_list(struct edits *edits, struct ctl_call *call, const char *name, json_t *list)
{
	bool changed = json_array_size(list) > 0;
	json_t *result;

	if (changed)
		edits_changed(edits);
	result = edits_result(edits, changed);
	if (result != NULL)
		(void)json_object_set(result, name, list);
	json_decref(list);
	edits_reply(edits, call, result);
}

static struct saving *
saving_new(struct edits *edits, struct ctl_call *call)
{
	struct saving *saving = calloc(1, sizeof(*saving));

	if (saving == NULL)
		return NULL;
	*saving = (struct saving){
	    .edits = edits,
	    .call = call,
	    .saved = json_array(),
	    .before = layers_to_json_of(edits->config.layers, LAYER_SAVED),
	};
	return saving;
}

void
edits_do_save(void *userdata, struct ctl_call *call)
{
	struct edits *edits = userdata;
	const json_t *objects = json_object_get(call->params, "objects");
	struct saving *saving;

	if (!check_objects(edits, call, objects))
		return;
	if (!edits->keeps || edits->store == NULL) {
		ctl_call_fail(call, CTL_IO, NULL,
		    "there is no directory to save to; nothing was changed");
		return;
	}
	if (find_edit(edits, LAYER_RUNTIME, objects) == NULL) {
		answer_list(edits, call, "saved", json_array());
		return;
	}
	saving = saving_new(edits, call);
	if (saving == NULL) {
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return;
	}
	save_all(saving, objects);
	edits_write(edits);
	lease_store_settle(edits->store, on_settled, saving);
}

/* ---- discard ---------------------------------------------------------------- */

void
edits_do_discard(void *userdata, struct ctl_call *call)
{
	struct edits *edits = userdata;
	const json_t *objects = json_object_get(call->params, "objects");
	bool also_saved = ctl_params_boolean(call->params, "saved", false);
	const struct layer_entry *entry;
	json_t *gone;

	if (!check_objects(edits, call, objects))
		return;
	gone = json_array();
	for (;;) {
		entry = find_discarded(edits, LAYER_RUNTIME, objects);
		if (entry == NULL && also_saved)
			entry = find_discarded(edits, LAYER_SAVED, objects);
		if (entry == NULL)
			break;
		(void)json_array_append_new(gone, discarded_json(edits, entry));
		(void)layers_unset_in(
		    edits->config.layers, entry->path, entry->field, entry->layer);
	}
	if (json_array_size(gone) > 0)
		edits_work_out(edits, NULL);
	answer_list(edits, call, "discarded", gone);
}

/* ---- when the file changes ----------------------------------------------- */

void
edits_note_dropped(
    const struct edits *edits, const struct layer_entry *entry, const char *because)
{
	const struct live_field *field = edits_field_of(edits, entry);

	if (field != NULL && json_array_size(edits->dropped) < DROPPED_MAX)
		(void)json_array_append_new(edits->dropped,
		    json_pack("{s:o, s:s, s:o, s:s}", "path", ctl_msg_text(entry->path),
			"field", entry->field, "value",
			live_field_json(field, entry->value), "because", because));
}

static void
tell_superseded(
    const struct edits *edits, const struct layer_entry *entry, int64_t in_file)
{
	const struct live_field *field = edits_field_of(edits, entry);

	log_notice("%s: %s was saved over another value of the file; the file wins",
	    strchr(entry->path, '/') + 1, entry->field);
	ctl_publish(edits->server, "override.superseded", entry->path,
	    *edits->config.cause,
	    json_pack("{s:s, s:o, s:o}", "field", entry->field, "saved",
		live_field_json(field, entry->value), "file",
		live_field_json(field, entry->base)),
	    json_pack("{s:o}", "file", live_field_json(field, in_file)));
}

void
edits_check_saved(struct edits *edits)
{
	struct layers *layers = edits->config.layers;
	const struct layer_entry *entry;
	struct edits_object of;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL;) {
		int64_t in_file = entry->base;

		if (entry->layer == LAYER_SAVED && edits_find(edits, entry->path, &of))
			in_file = edits_field_of(edits, entry)->in_file(of.object);
		if (entry->layer != LAYER_SAVED || in_file == entry->base) {
			i++;
			continue;
		}
		tell_superseded(edits, entry, in_file);
		edits_note_dropped(edits, entry, "the file has another value now");
		(void)layers_unset_in(layers, of.path, entry->field, LAYER_SAVED);
		edits_work_out(edits, of.path);
	}
}

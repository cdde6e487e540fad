/* SPDX-License-Identifier: Apache-2.0 */
/* edits_undo.c - the method apply.undo: the last `apply` is taken back, exactly.
 *
 * Two daemons cannot do anything as one. A client that has changed the first and is
 * refused by the second puts the first back as it was, with all that its change had
 * replaced or taken back: edits for good, what was saved, leases of others with their
 * ends. That is possible while nothing else was changed, and every change is a
 * revision.
 */
#include "common/edits_apply.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"

struct edits_undo {
	uint64_t rev; /* that the change made; 0 while it is being made */
	uid_t uid;    /* who made it, and what he was allowed to */
	enum ctl_role role;
	struct layers *before; /* entries of its fields */
	size_t count;
	struct edits_undo_place {
		char *path;
		const struct live_field *field;
	} places[];
};

static struct edits_undo *
undo_free(struct edits_undo *undo)
{
	for (size_t i = 0; undo != NULL && i < undo->count; i++)
		free(undo->places[i].path);
	if (undo != NULL)
		layers_free(undo->before);
	free(undo);
	return NULL;
}

void
edits_undo_forget(struct edits *edits)
{
	edits->undo = undo_free(edits->undo);
}

/* ---- before the change ------------------------------------------------------ */

/* Whether an edit makes, replaces or takes back such entries. A hold is none. */
static bool
is_of(const struct layer_entry *entry, const struct edits_undo_place *place)
{
	return strcmp(entry->field, place->field->name) == 0 &&
	       (entry->layer != LAYER_LEASE || layers_is_override(entry));
}

static bool
note_place(
    struct edits_undo *undo, const struct layers *layers, const struct edit *edit)
{
	struct edits_undo_place *place = &undo->places[undo->count];
	const struct layer_entry *entry = NULL;

	*place = (struct edits_undo_place){strdup(edit->of.path), edit->field};
	if (place->path == NULL)
		return false;
	undo->count++;
	while ((entry = layers_next_of(layers, place->path, entry)) != NULL)
		if (is_of(entry, place) && layers_set(undo->before, entry, NULL) < 0)
			return false;
	return true;
}

void
edits_undo_begin(const struct apply *apply)
{
	struct edits *edits = apply->edits;
	struct edits_undo *undo =
	    calloc(1, sizeof(*undo) + apply->count * sizeof(undo->places[0]));
	bool good = undo != NULL;

	edits_undo_forget(edits);
	if (good) {
		undo->uid = apply->call->peer.uid;
		undo->role = apply->call->role;
		undo->before = layers_new();
		good = undo->before != NULL;
	}
	for (size_t i = 0; good && i < apply->count; i++)
		good = note_place(undo, edits->config.layers, &apply->list[i]);
	if (!good)
		log_err("control: out of memory, a change cannot be taken back whole");
	edits->undo = good ? undo : undo_free(undo);
}

void
edits_undo_end(struct edits *edits)
{
	if (edits->undo != NULL)
		edits->undo->rev = *edits->config.rev;
}

/* ---- taking it back ---------------------------------------------------------- */

static void
clear_place(struct edits *edits, const struct edits_undo_place *place)
{
	const struct layers *layers = edits->config.layers;
	const struct layer_entry *entry = NULL;

	while ((entry = layers_next_of(layers, place->path, entry)) != NULL) {
		if (!is_of(entry, place))
			continue;
		edits_take_back(edits, entry);
		entry = NULL; /* more than one may have gone */
	}
}

/* What each field of the change has in force. */
static json_t *
values_of(const struct edits *edits, const struct edits_undo *undo)
{
	json_t *values = json_array();
	struct edits_object of;

	for (size_t i = 0; i < undo->count; i++) {
		const struct edits_undo_place *place = &undo->places[i];
		bool found = edits_find(edits, place->path, &of);

		(void)json_array_append_new(values,
		    json_integer(found ? edits_in_force(edits, &of, place->field) : 0));
	}
	return values;
}

/* As in the answer to apply: what was in force before, and is now. */
static json_t *
changes_json(
    const struct edits *edits, const struct edits_undo *undo, const json_t *before)
{
	json_t *now = values_of(edits, undo), *changes = json_array();
	struct edits_object of;

	for (size_t i = 0; i < undo->count; i++)
		if (edits_find(edits, undo->places[i].path, &of))
			(void)json_array_append_new(changes,
			    edits_change_json(&of, undo->places[i].field,
				json_integer_value(json_array_get(before, i)),
				json_integer_value(json_array_get(now, i)), NULL));
	json_decref(now);
	return changes;
}

static void
put_back(struct edits *edits, const struct edits_undo *undo)
{
	const struct layer_entry *entry;

	for (size_t i = 0; i < undo->count; i++)
		clear_place(edits, &undo->places[i]);
	/* In the order in which they were given: the newest of them counts. */
	for (size_t i = 0; (entry = layers_get(undo->before, i)) != NULL; i++) {
		if (entry->layer == LAYER_LEASE)
			(void)edits_give(edits, entry);
		else if (layers_set(edits->config.layers, entry, NULL) < 0)
			log_err("%s: out of memory, %s is not put back", entry->path,
			    entry->field);
	}
	for (size_t i = 0; i < undo->count; i++)
		edits_work_out(edits, undo->places[i].path);
	edits_changed(edits);
}

/* Whether the change `rev` can be taken back by this caller; else answers the call. */
static bool
may_undo(const struct edits *edits, struct ctl_call *call, json_int_t rev)
{
	const struct edits_undo *undo = edits->undo;
	uint64_t now = *edits->config.rev;

	if (undo == NULL || undo->rev != now || (uint64_t)rev != now) {
		ctl_call_fail(call, CTL_STALE_REV,
		    json_pack("{s:I}", "rev", (json_int_t)now),
		    "revision %lld cannot be taken back: only the last change can, "
		    "if it was made by apply; the revision is %llu now",
		    (long long)rev, (unsigned long long)now);
		return false;
	}
	if (undo->uid == call->peer.uid && undo->role <= call->role)
		return true;
	ctl_call_fail(call, CTL_DENIED,
	    json_pack("{s:s, s:s}", "need", ctl_role_name(undo->role), "have",
		ctl_role_name(call->role)),
	    "revision %lld is a change by uid %u with the role %s: only he can take it "
	    "back",
	    (long long)rev, undo->uid, ctl_role_name(undo->role));
	return false;
}

void
edits_do_undo(void *userdata, struct ctl_call *call)
{
	struct edits *edits = userdata;
	json_int_t rev = ctl_params_integer(call->params, "rev", -1);
	json_t *result, *before;

	if (!may_undo(edits, call, rev))
		return;
	before = values_of(edits, edits->undo);
	put_back(edits, edits->undo);
	result = edits_result(edits, true);
	if (result != NULL) {
		(void)json_object_set_new(result, "undone", json_integer(rev));
		(void)json_object_set_new(
		    result, "changes", changes_json(edits, edits->undo, before));
	}
	json_decref(before);
	edits_undo_forget(edits);
	edits_reply(edits, call, result);
}

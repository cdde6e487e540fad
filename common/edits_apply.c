/* SPDX-License-Identifier: Apache-2.0 */
/* edits_apply.c - live edits: all of a request is checked before any of it is done.
 *
 * What follows the checks writes memory only, so a request is carried out whole or not
 * at all. Its effects follow from the values.
 */
#include "common/edits_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/units.h"

#define EDITS_MAX 512

/* clang-format off */
static const struct ctl_param change_params[] = {
	{"path",  CTL_STRING, true,  1, 1024, "the object to change"},
	{"set",   CTL_OBJECT, false, 0, 0,    "fields and their new values"},
	{"unset", CTL_ARRAY,  false, 1, 32,   "fields that go back to the file's value"},
	{0},
};

static const struct ctl_param lease_params[] = {
	{"ttl_ms", CTL_INTEGER, true, 1000, LEASE_ADMIN_US / US_PER_MS,
	 "when the changes undo themselves"},
	{0},
};
/* clang-format on */

/* One field of one object. */
struct edit {
	struct edits_object of;
	const struct live_field *field;
	bool unset;
	int64_t old, new;
};

/* A request while it is being checked and done. */
struct apply {
	struct edits *edits;
	struct ctl_call *call;
	struct edit *list;
	size_t count;
	int64_t ttl_us;     /* 0: no lease */
	int64_t confirm_us; /* 0: needs no confirmation */
	const char *reason;
	json_t *released; /* leases that lost their last field */
	struct ctl_error error;
};

/* ---- checking ------------------------------------------------------------ */

/* A keyword that needs a reload, a name that was meant otherwise, or no field at all.
 */
static enum ctl_code
refuse_field(struct apply *apply, const struct edits_object *of, const char *name)
{
	const char *words[32] = {NULL}, *near;
	const char *fixed = live_field_keyword(of->kind, name, &near);
	size_t count = 0;

	if (fixed != NULL && near == NULL)
		return ctl_error_set(&apply->error, CTL_NOT_LIVE,
		    json_pack("{s:s, s:s, s:s}", "path", of->path, "field", name,
			"keyword", fixed),
		    "%s of %s cannot change while it runs: edit the configuration "
		    "and reload",
		    name, of->path);
	for (const struct live_field *field = of->kind->fields;
	     field->name != NULL && count < 31; field++)
		words[count++] = field->name;
	if (near == NULL)
		near = ctl_suggest(name, words);
	return ctl_error_set(&apply->error, CTL_INVALID_PARAMS,
	    json_pack(
		"{s:s, s:s, s:s*}", "path", of->path, "field", name, "suggest", near),
	    "%s has no field \"%.64s\" that could be set%s%s", of->path, name,
	    near != NULL ? ", perhaps " : "", near != NULL ? near : "");
}

static enum ctl_code
refuse_value(struct apply *apply, const struct edit *edit)
{
	const struct live_field *field = edit->field;
	long long min = live_field_min(edit->of.kind, field);
	long long max = live_field_max(edit->of.kind, field);
	json_t *expected = field->type == CTL_BOOLEAN
			       ? json_string("a boolean")
			       : json_sprintf("%lld..%lld", min, max);
	json_t *data = json_pack("{s:s, s:s, s:o}", "path", edit->of.path, "field",
	    field->name, "expected", expected);

	if (field->type == CTL_BOOLEAN)
		return ctl_error_set(&apply->error, CTL_INVALID_PARAMS, data,
		    "%s must be true or false", field->name);
	return ctl_error_set(&apply->error, CTL_INVALID_PARAMS, data,
	    "%s must be %lld..%lld", field->name, min, max);
}

static bool
take_value(struct edit *edit, const json_t *value)
{
	if (edit->field->type == CTL_BOOLEAN) {
		edit->new = json_is_true(value);
		return json_is_boolean(value);
	}
	edit->new = json_integer_value(value);
	return json_is_integer(value) &&
	       live_field_takes(edit->of.kind, edit->field, edit->new);
}

/* `value` NULL: back to the file's. */
static enum ctl_code
add_edit(struct apply *apply, const struct edits_object *of, const char *name,
    const json_t *value)
{
	struct edit *edit = &apply->list[apply->count];

	if (apply->count == EDITS_MAX)
		return ctl_error_set(&apply->error, CTL_TOO_BIG, NULL,
		    "a request may change at most %d fields", EDITS_MAX);
	*edit = (struct edit){
	    .of = *of,
	    .field = live_field_find(of->kind, name),
	    .unset = value == NULL,
	};
	if (edit->field == NULL)
		return refuse_field(apply, of, name);
	edit->old = edits_value(apply->edits, of, edit->field);
	edit->new = edit->field->in_file(of->object);
	if (value != NULL && !take_value(edit, value))
		return refuse_value(apply, edit);
	apply->count++;
	return CTL_OK;
}

static enum ctl_code
add_fields(struct apply *apply, const struct edits_object *of, json_t *set,
    const json_t *unset)
{
	const char *name;
	json_t *value;

	json_object_foreach (set, name, value) {
		if (add_edit(apply, of, name, value) != CTL_OK)
			return apply->error.code;
	}
	for (size_t i = 0; i < json_array_size(unset); i++) {
		name = json_string_value(json_array_get(unset, i));
		if (name == NULL)
			return ctl_error_set(&apply->error, CTL_INVALID_PARAMS, NULL,
			    "\"unset\" must be an array of field names");
		if (add_edit(apply, of, name, NULL) != CTL_OK)
			return apply->error.code;
	}
	return CTL_OK;
}

static enum ctl_code
check_change(struct apply *apply, json_t *change)
{
	if (!json_is_object(change))
		return ctl_error_set(&apply->error, CTL_INVALID_PARAMS, NULL,
		    "\"changes\" must be an array of objects");
	if (ctl_params_check(change, change_params, "params.changes", &apply->error) !=
	    CTL_OK)
		return apply->error.code;

	const char *path = ctl_params_text(change, "path", "");
	json_t *set = json_object_get(change, "set");
	const json_t *unset = json_object_get(change, "unset");
	struct edits_object of;

	if (!edits_find(apply->edits, path, &of))
		return edits_refuse_path(apply->edits, path, &apply->error);
	if (json_object_size(set) == 0 && unset == NULL)
		return ctl_error_set(&apply->error, CTL_INVALID_PARAMS,
		    json_pack("{s:s}", "path", path),
		    "nothing to set or unset for %.128s", path);
	return add_fields(apply, &of, set, unset);
}

/* An operator may do what undoes itself; only an admin may do what stays. */
static enum ctl_code
check_role(struct apply *apply)
{
	bool unset = false;

	for (size_t i = 0; i < apply->count; i++)
		unset = unset || apply->list[i].unset;
	if (apply->call->role >= CTL_ROLE_ADMIN || (apply->ttl_us != 0 && !unset))
		return CTL_OK;
	return ctl_error_set(&apply->error, CTL_DENIED,
	    json_pack("{s:s, s:s}", "need", "admin", "have",
		ctl_role_name(apply->call->role)),
	    unset ? "taking an override back needs the role admin"
		  : "a change without an end needs the role admin; give it a lease");
}

static enum ctl_code
check_rev(struct apply *apply)
{
	uint64_t rev = *apply->edits->config.rev;
	int64_t wanted = ctl_params_integer(apply->call->params, "if_rev", -1);

	if (wanted < 0 || (uint64_t)wanted == rev)
		return CTL_OK;
	return ctl_error_set(&apply->error, CTL_STALE_REV,
	    json_pack("{s:I}", "rev", (json_int_t)rev),
	    "things changed meanwhile: revision %llu, not %lld",
	    (unsigned long long)rev, (long long)wanted);
}

/* What is taken back cannot come back by itself. */
static enum ctl_code
check_confirm(struct apply *apply)
{
	for (size_t i = 0; apply->confirm_us != 0 && i < apply->count; i++)
		if (apply->list[i].unset)
			return ctl_error_set(&apply->error, CTL_INVALID_PARAMS,
			    json_pack("{s:s}", "path", "params.confirm_ms"),
			    "only what is set can wait to be confirmed");
	return CTL_OK;
}

static enum ctl_code
check(struct apply *apply)
{
	json_t *changes = json_object_get(apply->call->params, "changes");
	json_t *lease = json_object_get(apply->call->params, "lease");

	for (size_t i = 0; i < json_array_size(changes); i++)
		if (check_change(apply, json_array_get(changes, i)) != CTL_OK)
			return apply->error.code;
	if (lease != NULL && ctl_params_check(lease, lease_params, "params.lease",
				 &apply->error) != CTL_OK)
		return apply->error.code;
	apply->ttl_us = ctl_params_integer(lease, "ttl_ms", 0) * US_PER_MS;
	apply->confirm_us =
	    ctl_params_integer(apply->call->params, "confirm_ms", 0) * US_PER_MS;
	if (check_confirm(apply) != CTL_OK)
		return apply->error.code;
	if (check_role(apply) != CTL_OK)
		return apply->error.code;
	return check_rev(apply);
}

/* ---- doing --------------------------------------------------------------- */

/* Whether the entry sets the field, for good or for a while; a hold does not. */
static bool
sets_field(const struct layer_entry *entry, const struct edit *edit)
{
	return strcmp(entry->path, edit->of.path) == 0 &&
	       strcmp(entry->field, edit->field->name) == 0 &&
	       (entry->layer != LAYER_LEASE ||
		   strcmp(entry->kind, LAYER_KIND_OVERRIDE) == 0 ||
		   strcmp(entry->kind, LAYER_KIND_CONFIRM) == 0);
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

		if (!sets_field(entry, edit)) {
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

static struct layer_entry
make_entry(const struct apply *apply, const struct edit *edit, const char *lease)
{
	int64_t now_us = clock_now_us();
	int64_t span_us = apply->confirm_us != 0 ? apply->confirm_us : apply->ttl_us;

	return (struct layer_entry){
	    .path = edit->of.path,
	    .field = edit->field->name,
	    .value = edit->new,
	    .layer = span_us != 0 ? LAYER_LEASE : LAYER_RUNTIME,
	    .kind = apply->confirm_us != 0 ? LAYER_KIND_CONFIRM : LAYER_KIND_OVERRIDE,
	    .id = lease,
	    .uid = apply->call->peer.uid,
	    .reason = apply->reason,
	    .created_us = now_us,
	    .expires_us = span_us != 0 ? now_us + span_us : 0,
	    .confirmed_us = apply->confirm_us != 0 ? apply->ttl_us : 0,
	};
}

/* Returns whether anything changed. A lease given again runs anew. */
static bool
perform(struct apply *apply, const struct edit *edit, char lease[16])
{
	const struct layer_entry *stored = NULL;
	struct layer_entry entry = make_entry(apply, edit, lease);

	if (edit->unset)
		return unset_field(apply, edit);
	if (entry.layer == LAYER_RUNTIME && edit->old == edit->new)
		return false;
	if (entry.layer == LAYER_RUNTIME)
		return layers_set(apply->edits->config.layers, &entry, NULL) == 0;
	stored = edits_give(apply->edits, &entry);
	if (stored == NULL)
		return false;
	(void)snprintf(lease, 16, "%s", stored->id);
	return true;
}

static json_t *
changes_json(const struct apply *apply)
{
	json_t *changes = json_array();

	for (size_t i = 0; i < apply->count; i++) {
		const struct edit *edit = &apply->list[i];
		(void)json_array_append_new(changes,
		    json_pack("{s:o, s:s, s:o, s:o}", "path",
			ctl_msg_text(edit->of.path), "field", edit->field->name, "old",
			live_field_json(edit->field, edit->old), "new",
			live_field_json(edit->field, edit->new)));
	}
	return changes;
}

static void
commit(struct apply *apply)
{
	const struct edits_config *config = &apply->edits->config;
	char lease[16] = "";
	bool changed = false;

	for (size_t i = 0; i < apply->count; i++)
		changed = perform(apply, &apply->list[i], lease) || changed;
	for (size_t i = 0; changed && i < apply->count; i++)
		config->changed(config->userdata, apply->list[i].of.path);
	if (changed)
		edits_changed(apply->edits);
	json_t *result = edits_result(apply->edits, changed);
	if (result != NULL)
		(void)json_object_set_new(result, "changes", changes_json(apply));
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
	for (size_t i = 0; i < apply->count; i++)
		if (apply->list[i].old != apply->list[i].new)
			return true;
	return apply->ttl_us != 0 || apply->confirm_us != 0;
}

static int64_t
longest(const struct apply *apply)
{
	return apply->ttl_us > apply->confirm_us ? apply->ttl_us : apply->confirm_us;
}

static void
run(struct apply *apply)
{
	if (check(apply) != CTL_OK)
		ctl_call_fail_with(apply->call, &apply->error);
	else if (apply->ttl_us + apply->confirm_us != 0 &&
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

/* SPDX-License-Identifier: Apache-2.0 */
/* edits_check.c - whether live edits may be done: what a request asks for, and who
 * asks.
 */
#include "common/edits_apply.h"

#include <string.h>

#include "common/units.h"

/* clang-format off */
static const struct ctl_param change_params[] = {
	{"path",  CTL_STRING, true,  1, 1024, "the object to change"},
	{"set",   CTL_OBJECT, false, 0, 0,    "fields and their new values"},
	{"unset", CTL_ARRAY,  false, 1, 32,   "fields that go back to the file's value"},
	{0},
};

static const struct ctl_param lease_params[] = {
	{"ttl_ms", CTL_LEASE_MS, true, 1000, LEASE_ADMIN_US / US_PER_MS,
	 "when the changes undo themselves"},
	{0},
};
/* clang-format on */

static bool
is_unserved(const struct live_kind *kind, const char *name)
{
	return kind->unserved != NULL &&
	       strncmp(name, kind->unserved, strlen(kind->unserved)) == 0;
}

/* A keyword that needs a reload, a name that was meant otherwise, or no field at all.
 */
static enum ctl_code
refuse_field(struct apply *apply, const struct edits_object *of, const char *name)
{
	const char *words[32] = {NULL}, *near;
	const char *fixed = live_field_keyword(of->kind, name, &near);
	size_t count = 0;

	if (is_unserved(of->kind, name))
		return ctl_error_set(&apply->error, CTL_UNAVAILABLE,
		    json_pack("{s:s, s:s}", "path", of->path, "field", name), "%s",
		    of->kind->unserved_because);
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
	json_t *expected = field->words != NULL ? live_field_words(field)
			   : field->type == CTL_BOOLEAN
			       ? json_string("a boolean")
			       : json_sprintf("%lld..%lld", min, max);
	json_t *data = json_pack("{s:s, s:s, s:o}", "path", edit->of.path, "field",
	    field->name, "expected", expected);

	if (field->words != NULL)
		return ctl_error_set(&apply->error, CTL_INVALID_PARAMS, data,
		    "%s must be %s", field->name,
		    ctl_params_text(data, "expected", "a word"));
	if (field->type == CTL_BOOLEAN)
		return ctl_error_set(&apply->error, CTL_INVALID_PARAMS, data,
		    "%s must be true or false", field->name);
	return ctl_error_set(&apply->error, CTL_INVALID_PARAMS, data,
	    "%s must be %lld..%lld", field->name, min, max);
}

static bool
take_value(struct edit *edit, const json_t *value)
{
	if (edit->field->words != NULL) {
		edit->new = json_is_string(value)
				? live_field_word(edit->field, json_string_value(value))
				: -1;
		return edit->new >= 0;
	}
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
	edit->old = edits_in_force(apply->edits, of, edit->field);
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

static bool
may_unset(const struct apply *apply, const struct layer_entry *entry)
{
	return apply->call->role >= CTL_ROLE_ADMIN ||
	       (entry->layer == LAYER_LEASE && entry->uid == apply->call->peer.uid);
}

bool
edits_apply_takes_back(
    const struct apply *apply, const struct edit *edit, const struct layer_entry *entry)
{
	return strcmp(entry->path, edit->of.path) == 0 &&
	       strcmp(entry->field, edit->field->name) == 0 &&
	       (entry->layer != LAYER_LEASE || layers_is_override(entry)) &&
	       may_unset(apply, entry);
}

/* Whether a lease of the caller sets the field. */
static bool
has_own(const struct apply *apply, const struct edit *edit)
{
	const struct layers *layers = apply->edits->config.layers;
	const uid_t *uid = &apply->call->peer.uid;

	return layers_find(layers, edit->of.path, edit->field->name,
		   LAYER_KIND_OVERRIDE, uid) != NULL ||
	       layers_find(layers, edit->of.path, edit->field->name, LAYER_KIND_CONFIRM,
		   uid) != NULL;
}

/* An operator may do what undoes itself; only an admin may do what stays. */
static enum ctl_code
check_role(struct apply *apply)
{
	bool sets = false, others = false;

	for (size_t i = 0; i < apply->count; i++) {
		const struct edit *edit = &apply->list[i];

		sets = sets || !edit->unset;
		others = others || (edit->unset && !has_own(apply, edit));
	}
	if (apply->call->role >= CTL_ROLE_ADMIN ||
	    (!others && (!sets || apply->ttl_us != 0)))
		return CTL_OK;
	return ctl_error_set(&apply->error, CTL_DENIED,
	    json_pack("{s:s, s:s}", "need", "admin", "have",
		ctl_role_name(apply->call->role)),
	    others ? "taking back what is not a lease of yours needs the role admin"
		   : "a change without an end needs the role admin; add \"for 30m\"");
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

enum ctl_code
edits_apply_check(struct apply *apply)
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

/* SPDX-License-Identifier: Apache-2.0 */
/* edits.c - the live edits of a daemon: what they are about, how they change, and what
 * is told of it.
 */
#include "common/edits_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/units.h"

/* ---- finding ------------------------------------------------------------- */

/* The part of the path that is a name of this kind, or NULL. */
static const char *
name_in(const struct live_kind *kind, const char *path)
{
	size_t len = strlen(kind->name);

	return strncmp(path, kind->name, len) == 0 && path[len] == '/' ? path + len + 1
								       : NULL;
}

const struct live_kind *
edits_kind_of(const struct edits *edits, const char *path, const char **ret_name)
{
	for (const struct live_kind *kind = edits->config.kinds; kind->name != NULL;
	     kind++) {
		*ret_name = name_in(kind, path);
		if (*ret_name != NULL)
			return kind;
	}
	*ret_name = name_in(&edits_daemon_kind, path);
	return *ret_name != NULL ? &edits_daemon_kind : NULL;
}

const void *
edits_object(const struct edits *edits, const struct live_kind *kind, const char *name)
{
	if (kind == &edits_daemon_kind)
		return strcmp(name, edits->config.daemon) == 0 ? edits : NULL;
	return kind->find(edits->config.userdata, name);
}

const struct live_field *
edits_field_of(const struct edits *edits, const struct layer_entry *entry)
{
	const char *name;
	const struct live_kind *kind = edits_kind_of(edits, entry->path, &name);

	return kind != NULL ? live_field_find(kind, entry->field) : NULL;
}

bool
edits_is_left(const struct edits *edits, const struct layer_entry *entry)
{
	return entry->layer == LAYER_RUNTIME && entry->value != 0 &&
	       edits_field_of(edits, entry) == NULL;
}

static bool
look_up(const struct edits *edits, const struct live_kind *kind, const char *name,
    struct edits_object *ret)
{
	const void *object = edits_object(edits, kind, name);

	if (object == NULL)
		return false;
	ret->kind = kind;
	ret->object = object;
	(void)snprintf(ret->path, sizeof(ret->path), "%s/%s", kind->name, name);
	return true;
}

bool
edits_find(const struct edits *edits, const char *path, struct edits_object *ret)
{
	const char *name;
	const struct live_kind *kind = edits_kind_of(edits, path, &name);

	*ret = (struct edits_object){0};
	if (kind != NULL && look_up(edits, kind, name, ret))
		return true;
	/* A name alone means the first kind that has it. */
	for (kind = edits->config.kinds; kind->name != NULL; kind++)
		if (look_up(edits, kind, path, ret))
			return true;
	return false;
}

enum ctl_code
edits_refuse_path(const struct edits *edits, const char *path, struct ctl_error *error)
{
	const struct live_kind *kinds = edits->config.kinds;
	const char *slash = strchr(path, '/');
	json_t *data;

	if (slash != NULL && edits->server != NULL &&
	    ctl_server_refuse_unserved(edits->server, path, error))
		return error->code;
	data = json_pack("{s:s}", "path", path);
	if (name_in(&edits_daemon_kind, path) != NULL)
		return ctl_error_set(error, CTL_NOT_FOUND, data,
		    "this is %s, not %.128s", edits->daemon_path, path);
	if (kinds->name == NULL)
		return ctl_error_set(error, CTL_NOT_FOUND, data,
		    "%s has nothing called \"%.128s\", and no object but itself whose "
		    "values could be changed while it runs",
		    edits->config.daemon, path);
	if (kinds[1].name == NULL)
		return ctl_error_set(error, CTL_NOT_FOUND, data,
		    "there is no %s \"%.128s\"", kinds->name,
		    slash != NULL ? slash + 1 : path);
	return ctl_error_set(error, CTL_NOT_FOUND, data,
	    "%s has nothing called \"%.128s\" whose values could be changed",
	    edits->config.daemon, path);
}

/* ---- telling ------------------------------------------------------------- */

json_t *
edits_value_json(const struct edits *edits, const struct layer_entry *entry)
{
	const struct live_field *field = edits_field_of(edits, entry);

	if (field != NULL)
		return live_field_json(field, entry->value);
	return edits->config.own_value != NULL ? edits->config.own_value(entry)
					       : json_integer((json_int_t)entry->value);
}

static json_t *
value_in_view(const void *userdata, const struct layer_entry *entry)
{
	return edits_value_json(userdata, entry);
}

struct lease_view
edits_lease_view(const struct edits *edits)
{
	int64_t now_us = clock_now_us();

	return (struct lease_view){
	    .now_us = now_us,
	    .wall_us = clock_realtime_of_us(now_us),
	    .value = value_in_view,
	    .userdata = edits,
	};
}

json_t *
edits_lease_json(
    const struct edits *edits, const struct layer_entry *entry, size_t most)
{
	const struct lease_view view = edits_lease_view(edits);

	return lease_json_whole(edits->config.layers, entry, most, &view);
}

void
edits_event(
    const struct edits *edits, const char *type, const struct layer_entry *entry)
{
	const struct ctl_cause *cause = *edits->config.cause;
	/* The clock has no client; whose lease it is, is told all the same. */
	const struct ctl_cause owner = {.by_client = true,
	    .uid = entry->uid,
	    .reason = entry->reason[0] != '\0' ? entry->reason : NULL};
	json_t *lease = edits_lease_json(edits, entry, EDITS_LEASE_TOLD);
	char path[64];

	(void)snprintf(path, sizeof(path), "lease/%.32s", entry->id);
	ctl_publish(
	    edits->server, type, path, cause != NULL ? cause : &owner, NULL, lease);
}

int64_t
edits_in_force(const struct edits *edits, const struct edits_object *of,
    const struct live_field *field)
{
	const struct layer_entry *top =
	    layers_top(edits->config.layers, of->path, field->name);

	return top != NULL ? top->value : field->in_file(of->object);
}

json_t *
edits_change_json(const struct edits_object *of, const struct live_field *field,
    int64_t old, int64_t set, const struct layer_entry *lease)
{
	char until[UNITS_TEXT_SIZE];
	json_t *json =
	    json_pack("{s:o, s:s, s:o, s:o, s:b}", "path", ctl_msg_text(of->path),
		"field", field->name, "old", live_field_json(field, old), "new",
		live_field_json(field, lease != NULL ? lease->value : set), "in_force",
		lease == NULL);

	if (lease == NULL || json == NULL)
		return json;
	(void)json_object_set_new(json, "set", live_field_json(field, set));
	(void)json_object_set_new(json, "lease", ctl_msg_text(lease->id));
	(void)json_object_set_new(json, "kind", ctl_msg_text(lease->kind));
	units_format_rfc3339(until, clock_realtime_of_us(lease->expires_us));
	(void)json_object_set_new(json, "until", json_string(until));
	return json;
}

json_t *
edits_result(const struct edits *edits, bool changed)
{
	return json_pack(
	    "{s:I, s:b}", "rev", (json_int_t)*edits->config.rev, "changed", changed);
}

void
edits_put_lease(const struct edits *edits, json_t *result, const char *id)
{
	const struct layer_entry *entry = layers_find_lease(edits->config.layers, id);
	char text[UNITS_TEXT_SIZE];

	if (entry == NULL || result == NULL)
		return;
	units_format_rfc3339(text, clock_realtime_of_us(entry->expires_us));
	(void)json_object_set_new(result, "lease", ctl_msg_text(entry->id));
	(void)json_object_set_new(result, "expires", json_string(text));
}

void
edits_accept(struct edits *edits, struct ctl_call *call, json_t *accepted)
{
	if (edits->store != NULL)
		lease_store_flush(edits->store);
	ctl_call_accept(call, accepted);
}

void
edits_reply(struct edits *edits, struct ctl_call *call, json_t *result)
{
	if (edits->store != NULL)
		lease_store_reply(edits->store, call, result);
	else
		ctl_call_reply(call, result);
}

/* ---- changing ------------------------------------------------------------ */

void
edits_work_out(const struct edits *edits, const char *path)
{
	bool own = path != NULL && strcmp(path, edits->daemon_path) == 0;

	if (path == NULL || own)
		edits_apply_log_level(edits);
	if (!own)
		edits->config.changed(edits->config.userdata, path);
}

void
edits_tell_given(struct edits *edits)
{
	for (size_t i = 0; i < edits->given_count; i++) {
		const struct edits_given *given = &edits->given[i];
		const struct layer_entry *entry =
		    layers_find_lease(edits->config.layers, given->id);

		if (entry != NULL)
			edits_event(edits, given->as, entry);
	}
	edits->given_count = 0;
}

void
edits_changed(struct edits *edits)
{
	++*edits->config.rev;
	edits_tell_given(edits);
	edits_tell_changes(edits);
	edits_write(edits);
}

void
edits_write(struct edits *edits)
{
	if (edits->store != NULL)
		lease_store_write_soon(edits->store);
}

/* A lease that changes again and again in one turn is told of once. */
static void
note_given(struct edits *edits, const char *id, const char *as)
{
	struct edits_given *given;

	for (size_t i = 0; i < edits->given_count; i++)
		if (strcmp(edits->given[i].id, id) == 0)
			return;
	if (edits->given_count == sizeof(edits->given) / sizeof(edits->given[0]))
		edits_tell_given(edits);
	given = &edits->given[edits->given_count++];
	(void)snprintf(given->id, sizeof(given->id), "%s", id);
	given->as = as;
}

/* What this user gave of the same kind on the field is replaced. A lease that is
 * nothing else goes on under its id; any other loses the field, and the new one is a
 * lease of its own: what is in one lease ends at the same time. */
static void
make_way(struct edits *edits, const struct layer_entry *entry, char id[64])
{
	struct layers *layers = edits->config.layers;
	const struct layer_entry *old =
	    layers_find(layers, entry->path, entry->field, entry->kind, &entry->uid);

	if (old != NULL && layers_lease_size(layers, old->id) == 1) {
		(void)snprintf(id, 64, "%s", old->id);
		return;
	}
	layers_make_id(layers, entry->created_us, id);
	if (old != NULL)
		edits_take_back(edits, old);
}

const struct layer_entry *
edits_give(struct edits *edits, const struct layer_entry *entry)
{
	struct layers *layers = edits->config.layers;
	struct layer_entry given = *entry;
	const struct layer_entry *stored, *lease;
	char id[64];
	bool known;

	(void)snprintf(id, sizeof(id), "%s", entry->id);
	if (id[0] == '\0')
		make_way(edits, entry, id);
	given.id = id;
	lease = layers_find_lease(layers, id);
	known = lease != NULL;
	if (entry->id[0] != '\0' && known)
		given.expires_us = lease->expires_us;
	if (layers_set(layers, &given, &stored) < 0) {
		log_err(
		    "%s: out of memory, the %s is not kept", entry->path, entry->kind);
		return NULL;
	}
	/* Telling of another one changes nothing: the entry stays where it is. */
	note_given(edits, id, known ? "lease.renewed" : "lease.created");
	return stored;
}

void
edits_renew(struct edits *edits, const char *id, int64_t expires_us)
{
	struct layers *layers = edits->config.layers;

	if (layers_renew(layers, id, expires_us) == 0)
		return;
	edits_event(edits, "lease.renewed", layers_find_lease(layers, id));
	edits_changed(edits);
}

void
edits_entry_ends(struct edits *edits, const struct layer_entry *entry)
{
	if (edits->config.entry_ends != NULL)
		edits->config.entry_ends(edits->config.userdata, entry);
}

static void
on_gone(void *userdata, const struct layer_entry *entry)
{
	edits_entry_ends(userdata, entry);
}

void
edits_end(struct edits *edits, const char *id)
{
	struct layers *layers = edits->config.layers;
	const struct layer_entry *entry = layers_find_lease(layers, id);
	char copy[64];

	if (entry == NULL)
		return;
	(void)snprintf(copy, sizeof(copy), "%s", id); /* may be the entry's own */
	edits_event(edits, "lease.released", entry);
	(void)layers_release(layers, copy, on_gone, edits);
	edits_apply_log_level(edits);
}

void
edits_take_back(struct edits *edits, const struct layer_entry *entry)
{
	struct layers *layers = edits->config.layers;
	char id[64];

	(void)snprintf(id, sizeof(id), "%s", entry->id);
	if (entry->layer != LAYER_LEASE) {
		(void)layers_unset_in(layers, entry->path, entry->field, entry->layer);
	} else if (layers_lease_size(layers, id) == 1) {
		edits_end(edits, id);
	} else {
		note_given(edits, id, "lease.changed");
		edits_entry_ends(edits, entry);
		(void)layers_unset_lease(
		    layers, id, entry->kind, entry->path, entry->field);
	}
}

struct renaming {
	struct edits *edits;
	layers_renamed_fn renamed;
	void *userdata;
};

static const char *
note_renamed(void *userdata, const struct layer_entry *entry)
{
	struct renaming *renaming = userdata;
	const char *path = renaming->renamed(renaming->userdata, entry);

	if (path != NULL && entry->layer == LAYER_LEASE)
		note_given(renaming->edits, entry->id, "lease.changed");
	return path;
}

void
edits_rename(struct edits *edits, layers_renamed_fn renamed, void *userdata)
{
	struct renaming renaming = {edits, renamed, userdata};

	if (layers_rename(edits->config.layers, note_renamed, &renaming) < 0)
		log_err("control: out of memory, some edits do not follow the new name "
			"of their object");
	/* At once: in the file they are about whoever has the old names now. */
	if (edits->store != NULL)
		lease_store_write(edits->store);
}

bool
edits_drop(struct edits *edits, const char *path, const char *field, const char *kind,
    const uid_t *uid)
{
	const struct layers *layers = edits->config.layers;
	const struct layer_entry *entry;
	bool any = false;

	while ((entry = layers_find(layers, path, field, kind, uid)) != NULL) {
		edits_take_back(edits, entry);
		any = true;
	}
	return any;
}

bool
edits_may_give(
    const struct edits *edits, struct ctl_call *call, int64_t ttl_us, bool renewed)
{
	if (edits->store != NULL)
		return lease_store_may_give(edits->store, call, ttl_us, renewed);
	ctl_call_fail(call, CTL_IO, NULL, "%s cannot keep leases; its log says why",
	    edits->config.daemon);
	return false;
}

int64_t
edits_max_us(const struct edits *edits, const struct ctl_call *call)
{
	return edits->store != NULL ? lease_store_max_us(edits->store, call->role)
				    : LEASE_OPERATOR_US;
}

const struct layer_entry *
edits_own(const struct edits *edits, struct ctl_call *call, const char *id)
{
	const struct layer_entry *entry = layers_find_lease(edits->config.layers, id);

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

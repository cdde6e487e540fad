/* SPDX-License-Identifier: Apache-2.0 */
/* edits.c - the live edits of a daemon, wherever they come from: a request, the clock,
 * or a file.
 */
#include "common/edits_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/audit.h"
#include "common/clock.h"
#include "common/conf_vrrp.h"
#include "common/lease_json.h"
#include "common/log.h"
#include "common/units.h"
#include "common/writer.h"

/* ---- finding ------------------------------------------------------------- */

const struct live_kind *
edits_kind_of(const struct edits *edits, const char *path, const char **ret_name)
{
	for (const struct live_kind *kind = edits->config.kinds; kind->name != NULL;
	     kind++) {
		size_t len = strlen(kind->name);

		if (strncmp(path, kind->name, len) != 0 || path[len] != '/')
			continue;
		*ret_name = path + len + 1;
		return kind;
	}
	return NULL;
}

const struct live_field *
edits_field_of(const struct edits *edits, const struct layer_entry *entry)
{
	const char *name;
	const struct live_kind *kind = edits_kind_of(edits, entry->path, &name);

	return kind != NULL ? live_field_find(kind, entry->field) : NULL;
}

static bool
look_up(const struct edits *edits, const struct live_kind *kind, const char *name,
    struct edits_object *ret)
{
	const void *object = kind->find(edits->config.userdata, name);

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
	json_t *data = json_pack("{s:s}", "path", path);

	if (kinds->name == NULL)
		return ctl_error_set(error, CTL_NOT_FOUND, data,
		    "%s has nothing called \"%.128s\", and no object whose values could "
		    "be changed while it runs",
		    edits->config.daemon, path);
	if (kinds[1].name == NULL)
		return ctl_error_set(error, CTL_NOT_FOUND, data,
		    "there is no %s \"%.128s\"", kinds->name, path);
	return ctl_error_set(error, CTL_NOT_FOUND, data,
	    "%s has nothing called \"%.128s\" whose values could be changed",
	    edits->config.daemon, path);
}

/* ---- telling ------------------------------------------------------------- */

json_t *
edits_lease_json(const struct edits *edits, const struct layer_entry *entry)
{
	int64_t now_us = clock_now_us();

	return lease_json_whole(
	    edits->config.layers, entry, now_us, clock_realtime_of_us(now_us));
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
	json_t *lease = edits_lease_json(edits, entry);
	char path[64];

	(void)json_object_del(lease, "uid");
	(void)json_object_del(lease, "reason");
	(void)snprintf(path, sizeof(path), "lease/%.32s", entry->id);
	ctl_publish(
	    edits->server, type, path, cause != NULL ? cause : &owner, NULL, lease);
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
edits_reply(struct edits *edits, struct ctl_call *call, json_t *result)
{
	if (edits->store != NULL)
		lease_store_reply(edits->store, call, result);
	else
		ctl_call_reply(call, result);
}

/* ---- changing ------------------------------------------------------------ */

/* Tells of a lease that was given, with all its fields. */
static void
tell_given(struct edits *edits)
{
	const struct layer_entry *entry =
	    edits->given[0] != '\0'
		? layers_find_lease(edits->config.layers, edits->given)
		: NULL;

	edits->given[0] = '\0';
	if (entry != NULL)
		edits_event(edits, edits->given_as, entry);
}

void
edits_changed(struct edits *edits)
{
	++*edits->config.rev;
	tell_given(edits);
	edits_tell_changes(edits);
	edits_write(edits);
}

void
edits_write(struct edits *edits)
{
	if (edits->store != NULL)
		lease_store_write(edits->store);
}

static size_t
entry_count(const struct layers *layers)
{
	size_t count = 0;

	while (layers_get(layers, count) != NULL)
		count++;
	return count;
}

/* A lease that changes again and again in one turn is told of once. */
static void
note_given(struct edits *edits, const char *id, const char *as)
{
	if (strcmp(edits->given, id) == 0)
		return;
	tell_given(edits);
	(void)snprintf(edits->given, sizeof(edits->given), "%s", id);
	edits->given_as = as;
}

const struct layer_entry *
edits_give(struct edits *edits, const struct layer_entry *entry)
{
	struct layers *layers = edits->config.layers;
	bool known =
	    entry->id[0] != '\0' && layers_find_lease(layers, entry->id) != NULL;
	size_t before = entry_count(layers);
	const struct layer_entry *stored;

	if (layers_set(layers, entry, &stored) < 0) {
		log_err(
		    "%s: out of memory, the %s is not kept", entry->path, entry->kind);
		return NULL;
	}
	/* Telling of another one changes nothing: the entry stays where it is. */
	note_given(edits, stored->id,
	    !known && entry_count(layers) > before ? "lease.created" : "lease.renewed");
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

static void
entry_ends(struct edits *edits, const struct layer_entry *entry)
{
	if (edits->config.entry_ends != NULL)
		edits->config.entry_ends(edits->config.userdata, entry);
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
	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && strcmp(entry->id, copy) == 0)
			entry_ends(edits, entry);
	(void)layers_release(layers, copy);
	edits_apply_log_level(edits);
}

static size_t
count_of_lease(const struct layers *layers, const char *id)
{
	const struct layer_entry *entry;
	size_t count = 0;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && strcmp(entry->id, id) == 0)
			count++;
	return count;
}

void
edits_take_back(struct edits *edits, const struct layer_entry *entry)
{
	struct layers *layers = edits->config.layers;
	char id[64];

	(void)snprintf(id, sizeof(id), "%s", entry->id);
	if (entry->layer != LAYER_LEASE) {
		(void)layers_unset_in(layers, entry->path, entry->field, entry->layer);
	} else if (count_of_lease(layers, id) == 1) {
		edits_end(edits, id);
	} else {
		entry_ends(edits, entry);
		(void)layers_unset_lease(
		    layers, id, entry->kind, entry->path, entry->field);
		edits_event(edits, "lease.changed", layers_find_lease(layers, id));
	}
}

static const struct layer_entry *
find_in_lease(const struct layers *layers, const char *path, const char *field,
    const char *kind, const uid_t *uid)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && strcmp(entry->path, path) == 0 &&
		    strcmp(entry->field, field) == 0 &&
		    strcmp(entry->kind, kind) == 0 &&
		    (uid == NULL || *uid == entry->uid))
			return entry;
	return NULL;
}

bool
edits_drop(struct edits *edits, const char *path, const char *field, const char *kind,
    const uid_t *uid)
{
	struct layers *layers = edits->config.layers;
	const struct layer_entry *entry;
	bool any = false;

	while ((entry = find_in_lease(layers, path, field, kind, uid)) != NULL) {
		char id[64];

		(void)snprintf(id, sizeof(id), "%s", entry->id);
		any = true;
		if (count_of_lease(layers, id) == 1) {
			edits_end(edits, id);
			continue;
		}
		note_given(edits, id, "lease.changed");
		entry_ends(edits, entry);
		(void)layers_unset_lease(layers, id, kind, path, field);
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

/* ---- the clock ----------------------------------------------------------- */

static void
on_expiring(void *userdata, const struct layer_entry *entry, int64_t left_us)
{
	char span[UNITS_TEXT_SIZE];

	log_info("lease %s (%s of %s) ends in %s", entry->id, entry->kind, entry->path,
	    units_format_span(span, left_us));
	edits_event(userdata, "lease.expiring", entry);
}

/* Whether the time of another entry of the lease is over too. */
static bool
is_due(const struct layers *layers, const char *id)
{
	int64_t now_us = clock_now_us();
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && entry->expires_us <= now_us &&
		    strcmp(entry->id, id) == 0)
			return true;
	return false;
}

/* A field that was given anew lasts longer than the others of its lease. */
static void
tell_expired(const struct edits *edits, const struct layer_entry *entry)
{
	const struct layer_entry *rest =
	    layers_find_lease(edits->config.layers, entry->id);

	if (rest != NULL)
		edits_event(edits, "lease.changed", rest);
	else
		edits_event(edits, "lease.expired", entry);
}

static void
on_expired(void *userdata, const struct layer_entry *entry)
{
	struct edits *edits = userdata;
	const char *name = strchr(entry->path, '/');

	log_notice("%s: lease %s (%s, %s %" PRId64 ") ended",
	    name != NULL ? name + 1 : entry->path, entry->id, entry->kind, entry->field,
	    entry->value);
	entry_ends(edits, entry);
	audit_expiry(edits->audit, entry);
	/* Told once, with the last entry whose time is over. */
	if (!is_due(edits->config.layers, entry->id))
		tell_expired(edits, entry);
}

static void
on_changed(void *userdata)
{
	struct edits *edits = userdata;

	++*edits->config.rev;
	edits_apply_log_level(edits);
	edits_tell_changes(edits);
	edits->config.changed(edits->config.userdata, NULL);
}

/* ---- files --------------------------------------------------------------- */

static bool
is_sound_level(const struct edits *edits, const struct layer_entry *entry)
{
	return strcmp(entry->path, edits->daemon_path) == 0 &&
	       strcmp(entry->field, EDITS_FIELD_LOG_LEVEL) == 0 &&
	       entry->value >= LOG_EMERG && entry->value <= LOG_DEBUG;
}

/* Whether the entry is one that this daemon makes: only these may go near an object. */
static bool
is_sound(void *userdata, const struct layer_entry *entry)
{
	const struct edits *edits = userdata;
	const struct edits_config *config = &edits->config;
	const char *name;
	const struct live_kind *kind = edits_kind_of(edits, entry->path, &name);
	const struct live_field *field = edits_field_of(edits, entry);

	if (field != NULL && live_field_takes(kind, field, entry->value))
		return true;
	if (entry->layer == LAYER_SAVED)
		return false;
	return is_sound_level(edits, entry) ||
	       (config->is_own != NULL && config->is_own(config->userdata, entry));
}

static bool
is_stranger(const struct edits *edits, const struct layer_entry *entry)
{
	const char *name;
	const struct live_kind *kind = edits_kind_of(edits, entry->path, &name);

	return kind != NULL && kind->find(edits->config.userdata, name) == NULL;
}

static void
forget_strangers(struct edits *edits)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(edits->config.layers, i)) != NULL;) {
		if (!is_stranger(edits, entry)) {
			i++;
			continue;
		}
		log_info("control: dropping the override of %s %s, which is not "
			 "configured",
		    entry->path, entry->field);
		edits_take_back(edits, entry);
		/* More than one may have gone. */
		i = 0;
	}
}

/* Takes the limits that the configuration sets. */
static void
take_limits(const struct edits *edits)
{
	struct conf_statements globals = {0};
	const struct conf_node *node;

	if (*edits->config.tree != NULL)
		conf_vrrp_globals(*edits->config.tree, &globals);
	node = globals.at[CONF_KEY_OPERATOR_MAX_LEASE];
	if (edits->store != NULL)
		lease_store_set_operator_max(edits->store, node != NULL && !node->bad
							       ? conf_node_us(node)
							       : LEASE_OPERATOR_US);
}

void
edits_settle(struct edits *edits)
{
	take_limits(edits);
	forget_strangers(edits);
	edits_check_saved(edits);
	edits_apply_log_level(edits);
	edits_tell_changes(edits);
	edits_write(edits);
}

/* ---- life ---------------------------------------------------------------- */

static void
on_audit_lost(void *userdata, uint64_t count)
{
	const struct edits *edits = userdata;

	ctl_publish(edits->server, "audit.lost", edits->daemon_path, NULL, NULL,
	    json_pack("{s:I}", "count", (json_int_t)count));
}

static void
open_audit(struct edits *edits, const char *log_dir)
{
	char path[4200];
	const struct audit_config config = {
	    .path = path,
	    .writer = edits->writer,
	    .lost = on_audit_lost,
	    .userdata = edits,
	};

	if (log_dir[0] == '\0')
		return;
	(void)snprintf(path, sizeof(path), "%s/audit.jsonl", log_dir);
	if (audit_new(&config, &edits->audit) < 0)
		log_err("control: out of memory, there will be no audit");
	ctl_server_set_audit(edits->server, edits->audit);
}

static const char *
boot_id_path(void)
{
	const char *path = getenv("HAVEN_BOOT_ID_FILE");

	return path != NULL ? path : LEASE_BOOT_ID_PATH;
}

static int
open_store(struct edits *edits, const char *run_dir, const char *state_dir)
{
	const struct lease_store_config config = {
	    .event = edits->config.event,
	    .layers = edits->config.layers,
	    .run_dir = run_dir,
	    .state_dir = state_dir[0] != '\0' ? state_dir : NULL,
	    .boot_id_path = boot_id_path(),
	    .writer = edits->writer,
	    .wall_us = clock_realtime_us,
	    .is_sound = is_sound,
	    .expiring = on_expiring,
	    .expired = on_expired,
	    .changed = on_changed,
	    .userdata = edits,
	};

	return lease_store_new(&config, &edits->store);
}

void
edits_open(struct edits *edits, struct ctl_server *server, const char *run_dir,
    const char *state_dir, const char *log_dir)
{
	int r = writer_new(edits->config.event, &edits->writer);

	edits->server = server;
	edits->keeps = state_dir[0] != '\0';
	if (r < 0)
		log_err("control: nothing can be kept on disk: %s", strerror(-r));
	open_audit(edits, log_dir);
	r = open_store(edits, run_dir, state_dir);
	if (r < 0) {
		log_err("control: no edits can be kept: %s", strerror(-r));
		return;
	}
	edits_settle(edits);
	edits->tells = true;
	if (layers_get(edits->config.layers, 0) != NULL)
		log_notice(
		    "control: overrides of the process before are in force again");
}

int
edits_new(const struct edits_config *config, struct edits **ret)
{
	struct edits *edits = calloc(1, sizeof(*edits));

	if (edits == NULL)
		return -ENOMEM;
	edits->config = *config;
	edits->log_level = log_level();
	(void)snprintf(edits->daemon_path, sizeof(edits->daemon_path), "%s%s",
	    EDITS_DAEMON_KIND, config->daemon);
	*ret = edits;
	return 0;
}

struct ctl_part
edits_part(struct edits *edits)
{
	return (struct ctl_part){edits_methods, edits_kinds, edits};
}

struct edits *
edits_free(struct edits *edits)
{
	if (edits == NULL)
		return NULL;
	edits->writer = writer_free(edits->writer);
	edits->store = lease_store_free(edits->store);
	if (edits->server != NULL)
		ctl_server_set_audit(edits->server, NULL);
	edits->audit = audit_free(edits->audit);
	edits_forget_told(edits);
	free(edits);
	return NULL;
}

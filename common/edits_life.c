/* SPDX-License-Identifier: Apache-2.0 */
/* edits_life.c - live edits over the lives of things: of a lease, of an object of the
 * configuration, of the daemon.
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
#include "common/log.h"
#include "common/units.h"
#include "common/writer.h"

#define DROPPED_LOGGED_MAX 20

/* ---- the clock ----------------------------------------------------------- */

static void
on_expiring(void *userdata, const struct layer_entry *entry, int64_t left_us)
{
	char span[UNITS_TEXT_SIZE];

	log_info("lease %s (%s of %s) ends in %s", entry->id, entry->kind, entry->path,
	    units_format_span(span, left_us));
	edits_event(userdata, "lease.expiring", entry);
}

/* One line for all: a thousand would hold the loop for milliseconds. */
static void
log_expired(struct edits *edits)
{
	struct edits_expired *expired = &edits->expired;

	if (expired->count == 1)
		log_notice("%s", expired->line);
	else if (expired->count > 1)
		log_notice("%s, with its %zu other value%s", expired->line,
		    expired->count - 1, expired->count > 2 ? "s" : "");
	*expired = (struct edits_expired){0};
}

/* The entries of a lease end one after the other, and it is told of once. */
static void
tell_expired(struct edits *edits, const struct layer_entry *entry)
{
	const char *name = strchr(entry->path, '/');
	struct edits_expired *expired = &edits->expired;

	(void)snprintf(expired->id, sizeof(expired->id), "%s", entry->id);
	(void)snprintf(expired->line, sizeof(expired->line),
	    "%s: lease %s (%s, %s %" PRId64 ") ended",
	    name != NULL ? name + 1 : entry->path, entry->id, entry->kind, entry->field,
	    entry->value);
	edits_event(edits, "lease.expired", entry);
	audit_expiry(edits->audit, entry, edits_value_json(edits, entry));
}

static void
on_expired(void *userdata, const struct layer_entry *entry)
{
	struct edits *edits = userdata;

	edits_entry_ends(edits, entry);
	if (strcmp(edits->expired.id, entry->id) != 0) {
		log_expired(edits);
		tell_expired(edits, entry);
	}
	edits->expired.count++;
}

static void
on_changed(void *userdata)
{
	struct edits *edits = userdata;

	log_expired(edits);
	++*edits->config.rev;
	edits_work_out(edits, NULL);
	edits_tell_changes(edits);
}

/* ---- files --------------------------------------------------------------- */

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
	return config->is_own != NULL && config->is_own(config->userdata, entry);
}

static bool
is_stranger(const struct edits *edits, const struct layer_entry *entry)
{
	const char *name;
	const struct live_kind *kind = edits_kind_of(edits, entry->path, &name);

	return kind != NULL && edits_object(edits, kind, name) == NULL;
}

/* Notes that the entry goes, and takes it back. The log names a few: a thousand lines
 * would hold the loop for milliseconds. */
static void
drop(struct edits *edits, const struct layer_entry *entry, const char *because)
{
	if (edits->dropped_count++ < DROPPED_LOGGED_MAX)
		log_info("control: dropping the override of %s %s: %s", entry->path,
		    entry->field, because);
	edits_note_dropped(edits, entry, because);
	edits_take_back(edits, entry);
}

static void
log_other_dropped(struct edits *edits)
{
	size_t count = edits->dropped_count;

	if (count > DROPPED_LOGGED_MAX)
		log_info("control: dropping %zu other overrides like these",
		    count - DROPPED_LOGGED_MAX);
	edits->dropped_count = 0;
}

/* An entry that goes takes no other one with it, so the search goes on where it is. */
static void
forget_strangers(struct edits *edits)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(edits->config.layers, i)) != NULL;) {
		if (is_stranger(edits, entry))
			drop(edits, entry, "not configured");
		else
			i++;
	}
}

/* The list of what was dropped, which is a member of `told`; NULL: nobody asks. */
static json_t *
dropped_in(json_t *told)
{
	if (told != NULL && json_object_get(told, "dropped") == NULL)
		(void)json_object_set_new(told, "dropped", json_array());
	return json_object_get(told, "dropped");
}

void
edits_drop_object(
    struct edits *edits, const char *path, const char *because, json_t *told)
{
	const struct layer_entry *entry;

	edits->dropped = dropped_in(told);
	/* The end of one may leave another. */
	while ((entry = layers_next_of(edits->config.layers, path, NULL)) != NULL)
		drop(edits, entry, because);
	edits->dropped = NULL;
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
edits_settle(struct edits *edits, json_t *told)
{
	edits->dropped = dropped_in(told);
	take_limits(edits);
	forget_strangers(edits);
	log_other_dropped(edits);
	edits_check_saved(edits);
	edits->dropped = NULL;
	edits_apply_log_level(edits);
	edits_tell_given(edits);
	edits_tell_all_changes(edits);
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
	    .daemon = edits->config.daemon,
	    .path = path,
	    .writer = edits->writer,
	    .lost = on_audit_lost,
	    .userdata = edits,
	};

	if (log_dir[0] == '\0')
		return;
	(void)snprintf(path, sizeof(path), "%s/" AUDIT_FILE, log_dir);
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
	edits_settle(edits, NULL);
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
	(void)snprintf(edits->daemon_path, sizeof(edits->daemon_path), "%s/%s",
	    EDITS_DAEMON_KIND, config->daemon);
	edits->watcher = (struct layers_watcher){edits_note_touched, edits, NULL};
	layers_watch(config->layers, &edits->watcher);
	*ret = edits;
	return 0;
}

struct ctl_part
edits_part(struct edits *edits)
{
	return (struct ctl_part){
	    .methods = edits_methods,
	    .kinds = edits_kinds,
	    .events = edits_events,
	    .limits = edits_limits,
	    .userdata = edits,
	};
}

struct edits *
edits_free(struct edits *edits)
{
	if (edits == NULL)
		return NULL;
	if (edits->store != NULL)
		lease_store_flush(edits->store);
	edits->writer = writer_free(edits->writer);
	edits->store = lease_store_free(edits->store);
	if (edits->server != NULL)
		ctl_server_set_audit(edits->server, NULL);
	edits->audit = audit_free(edits->audit);
	layers_unwatch(edits->config.layers, &edits->watcher);
	edits_forget_told(edits);
	edits_undo_forget(edits);
	free(edits);
	return NULL;
}

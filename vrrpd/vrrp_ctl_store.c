/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_store.c - what vrrpd's live edits mean to its routers, wherever they come
 * from: a request, the clock, or a file. */
#include "vrrpd/vrrp_ctl_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/audit.h"
#include "common/clock.h"
#include "common/ctl_events.h"
#include "common/ctl_server.h"
#include "common/log.h"
#include "common/writer.h"

#define INSTANCE "instance/"

/* ---- telling ------------------------------------------------------------- */

json_t *
vrrp_store_lease_json(const struct vrrp_ctl *ctl, const struct layer_entry *entry)
{
	int64_t now_us = clock_now_us();

	return vrrp_json_whole_lease(
	    ctl->engine->layers, entry, now_us, clock_realtime_of_us(now_us));
}

void
vrrp_store_event(
    struct vrrp_ctl *ctl, const char *type, const struct layer_entry *entry)
{
	struct engine *engine = ctl->engine;
	/* The clock has no client; whose lease it is, is told all the same. */
	const struct ctl_cause owner = {
	    .by_client = true, .uid = entry->uid, .reason = entry->reason};
	json_t *lease = vrrp_store_lease_json(ctl, entry);
	char path[64];

	(void)json_object_del(lease, "uid");
	(void)json_object_del(lease, "reason");
	(void)snprintf(path, sizeof(path), "lease/%.32s", entry->id);
	ctl_publish(engine->control, type, path,
	    engine->cause != NULL ? engine->cause : &owner, NULL, lease);
}

void
vrrp_store_put_lease(const struct vrrp_ctl *ctl, json_t *result, const char *id)
{
	const struct layer_entry *entry = layers_find_lease(ctl->engine->layers, id);
	char text[UNITS_TEXT_SIZE];

	if (entry == NULL || result == NULL)
		return;
	units_format_rfc3339(text, clock_realtime_of_us(entry->expires_us));
	(void)json_object_set_new(result, "lease", ctl_msg_text(entry->id));
	(void)json_object_set_new(result, "expires", json_string(text));
}

/* ---- changing ------------------------------------------------------------ */

void
vrrp_store_update_all(struct vrrp_ctl *ctl)
{
	struct engine *engine = ctl->engine;

	for (size_t i = 0; i < engine->router_count; i++)
		vrouter_update_params(engine->routers[i]);
}

/* Tells of a lease that was given, with all its fields. */
static void
tell_given(struct vrrp_ctl *ctl)
{
	const struct layer_entry *entry =
	    ctl->given[0] != '\0' ? layers_find_lease(ctl->engine->layers, ctl->given)
				  : NULL;

	ctl->given[0] = '\0';
	if (entry != NULL)
		vrrp_store_event(
		    ctl, ctl->given_new ? "lease.created" : "lease.renewed", entry);
}

void
vrrp_store_changed(struct vrrp_ctl *ctl)
{
	ctl->engine->rev++;
	tell_given(ctl);
	lease_store_write(ctl->store);
}

static size_t
entry_count(const struct layers *layers)
{
	size_t count = 0;

	while (layers_get(layers, count) != NULL)
		count++;
	return count;
}

const struct layer_entry *
vrrp_store_give(struct vrrp_ctl *ctl, const struct layer_entry *entry)
{
	struct layers *layers = ctl->engine->layers;
	bool known =
	    entry->id[0] != '\0' && layers_find_lease(layers, entry->id) != NULL;
	size_t before = entry_count(layers);
	const struct layer_entry *stored;

	if (layers_set(layers, entry, &stored) < 0) {
		log_err(
		    "%s: out of memory, the %s is not kept", entry->path, entry->kind);
		return NULL;
	}
	if (strcmp(ctl->given, stored->id) == 0)
		return stored;
	tell_given(ctl);
	(void)snprintf(ctl->given, sizeof(ctl->given), "%s", stored->id);
	ctl->given_new = !known && entry_count(layers) > before;
	/* tell_given() changed nothing: the entry is where it was. */
	return stored;
}

void
vrrp_store_end_lease(struct vrrp_ctl *ctl, const char *id)
{
	struct layers *layers = ctl->engine->layers;
	const struct layer_entry *entry = layers_find_lease(layers, id);
	char copy[64];

	if (entry == NULL)
		return;
	(void)snprintf(copy, sizeof(copy), "%s", id); /* may be the entry's own */
	vrrp_store_event(ctl, "lease.released", entry);
	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && strcmp(entry->id, copy) == 0)
			vrrp_maintenance_entry_ends(ctl, entry);
	(void)layers_release(layers, copy);
}

/* ---- the clock ----------------------------------------------------------- */

static void
on_expiring(void *userdata, const struct layer_entry *entry, int64_t left_us)
{
	char span[UNITS_TEXT_SIZE];

	log_info("lease %s (%s of %s) ends in %s", entry->id, entry->kind, entry->path,
	    units_format_span(span, left_us));
	vrrp_store_event(userdata, "lease.expiring", entry);
}

static void
on_expired(void *userdata, const struct layer_entry *entry)
{
	struct vrrp_ctl *ctl = userdata;
	const char *name = strncmp(entry->path, INSTANCE, strlen(INSTANCE)) == 0
			       ? entry->path + strlen(INSTANCE)
			       : entry->path;

	log_notice("%s: lease %s (%s, %s %" PRId64 ") ended", name, entry->id,
	    entry->kind, entry->field, entry->value);
	vrrp_maintenance_entry_ends(ctl, entry);
	audit_expiry(ctl->audit, entry);
	/* Told once, with the last entry. */
	if (layers_find_lease(ctl->engine->layers, entry->id) == NULL)
		vrrp_store_event(ctl, "lease.expired", entry);
}

static void
on_changed(void *userdata)
{
	struct vrrp_ctl *ctl = userdata;

	ctl->engine->rev++;
	vrrp_lease_apply_log_level(ctl);
	vrrp_store_update_all(ctl);
}

/* ---- files --------------------------------------------------------------- */

static bool
is_sound_of_instance(const struct layer_entry *entry)
{
	const struct vrrp_field *field = vrrp_field_find(entry->field);

	if (strcmp(entry->field, VRRP_FIELD_OUT) == 0 ||
	    strcmp(entry->field, VRRP_FIELD_STAY) == 0 ||
	    strcmp(entry->field, VRRP_FIELD_MAINTENANCE) == 0)
		return entry->value >= 0 &&
		       entry->value <= (VRRP_MAINTENANCE_OUT | VRRP_MAINTENANCE_STAY);
	/* The takeover of an address owner sets what no edit may. */
	if (strcmp(entry->field, VRRP_FIELD_PRIORITY) == 0)
		return entry->value >= 1 && entry->value <= VRRP_PRIORITY_OWNER;
	return field != NULL && entry->value >= vrrp_field_min(field) &&
	       entry->value <= vrrp_field_max(field);
}

/* Whether the entry is one that this daemon makes: only these may go near a router. */
static bool
is_sound(void *userdata, const struct layer_entry *entry)
{
	bool of_instance = strncmp(entry->path, INSTANCE, strlen(INSTANCE)) == 0;

	(void)userdata;
	if (entry->layer == LAYER_SAVED &&
	    (!of_instance || vrrp_field_find(entry->field) == NULL))
		return false;
	if (of_instance)
		return is_sound_of_instance(entry);
	if (strcmp(entry->path, VRRP_PATH_NODE) == 0)
		return strcmp(entry->field, VRRP_FIELD_MAINTENANCE) == 0;
	return strcmp(entry->path, VRRP_PATH_DAEMON) == 0 &&
	       strcmp(entry->field, VRRP_FIELD_LOG_LEVEL) == 0 &&
	       entry->value >= LOG_EMERG && entry->value <= LOG_DEBUG;
}

static bool
is_stranger(const struct vrrp_ctl *ctl, const struct layer_entry *entry)
{
	return strncmp(entry->path, INSTANCE, strlen(INSTANCE)) == 0 &&
	       vrrp_conf_find(ctl->engine->conf, entry->path + strlen(INSTANCE)) ==
		   NULL;
}

static void
forget_strangers(struct vrrp_ctl *ctl)
{
	struct layers *layers = ctl->engine->layers;
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL;) {
		char path[VRRP_PATH_SIZE];

		if (!is_stranger(ctl, entry)) {
			i++;
			continue;
		}
		(void)snprintf(path, sizeof(path), "%s", entry->path);
		log_info(
		    "control: dropping the override of %s, which is not configured",
		    path);
		if (layers_forget(layers, path) == 0)
			i++;
	}
}

void
vrrp_store_settle(struct vrrp_ctl *ctl)
{
	forget_strangers(ctl);
	vrrp_saved_check(ctl);
	vrrp_maintenance_extend_to_new(ctl);
	vrrp_lease_apply_log_level(ctl);
	lease_store_write(ctl->store);
}

/* ---- life ---------------------------------------------------------------- */

static void
on_audit_lost(void *userdata, uint64_t count)
{
	struct vrrp_ctl *ctl = userdata;

	if (ctl->engine->control != NULL)
		ctl_publish(ctl->engine->control, "audit.lost", VRRP_PATH_DAEMON, NULL,
		    NULL, json_pack("{s:I}", "count", (json_int_t)count));
}

static void
open_audit(struct vrrp_ctl *ctl)
{
	char path[4200];
	const struct audit_config config = {
	    .path = path,
	    .writer = ctl->writer,
	    .lost = on_audit_lost,
	    .userdata = ctl,
	};

	if (ctl->engine->log_dir[0] == '\0')
		return;
	(void)snprintf(path, sizeof(path), "%s/audit.jsonl", ctl->engine->log_dir);
	if (audit_new(&config, &ctl->audit) < 0)
		log_err("control: out of memory, there will be no audit");
	ctl_server_set_audit(ctl->engine->control, ctl->audit);
}

static const char *
boot_id_path(void)
{
	const char *path = getenv("HAVEN_BOOT_ID_FILE");

	return path != NULL ? path : LEASE_BOOT_ID_PATH;
}

void
vrrp_store_open(struct vrrp_ctl *ctl)
{
	struct engine *engine = ctl->engine;
	int r = writer_new(engine->event, &ctl->writer);

	if (r < 0)
		log_err("control: nothing can be kept on disk: %s", strerror(-r));
	open_audit(ctl);
	const struct lease_store_config config = {
	    .event = engine->event,
	    .layers = engine->layers,
	    .run_dir = engine->run_dir,
	    .state_dir = engine->state_dir[0] != '\0' ? engine->state_dir : NULL,
	    .boot_id_path = boot_id_path(),
	    .writer = ctl->writer,
	    .wall_us = clock_realtime_us,
	    .is_sound = is_sound,
	    .expiring = on_expiring,
	    .expired = on_expired,
	    .changed = on_changed,
	    .userdata = ctl,
	};
	r = lease_store_new(&config, &ctl->store);
	if (r < 0) {
		log_err("control: no edits can be kept: %s", strerror(-r));
		return;
	}
	vrrp_store_settle(ctl);
	if (layers_get(engine->layers, 0) != NULL)
		log_notice(
		    "control: overrides of the process before are in force again");
}

void
vrrp_store_close(struct vrrp_ctl *ctl)
{
	ctl->writer = writer_free(ctl->writer);
	ctl->store = lease_store_free(ctl->store);
	ctl_server_set_audit(ctl->engine->control, NULL);
	ctl->audit = audit_free(ctl->audit);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_store.c - keeps overrides over a restart, and ends those whose time is over.
 *
 * <run_dir>/overrides.json is written with a rename, so it is there whole or not at
 * all. It lies in a tmpfs and is not synced: it must outlive the process, not the boot.
 */
#include "vrrpd/vrrp_ctl_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/event.h"
#include "common/log.h"

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"

/* ---- the file ------------------------------------------------------------ */

/* Times in the file count from the boot, so they mean nothing in another one. */
static const char *
boot_id(struct vrrp_ctl *ctl)
{
	FILE *file = ctl->boot_id[0] == '\0' ? fopen(BOOT_ID_PATH, "re") : NULL;

	if (file == NULL)
		return ctl->boot_id;
	if (fgets(ctl->boot_id, sizeof(ctl->boot_id), file) == NULL)
		ctl->boot_id[0] = '\0';
	ctl->boot_id[strcspn(ctl->boot_id, "\n")] = '\0';
	(void)fclose(file);
	return ctl->boot_id;
}

static int
write_file(const char *path, const json_t *json)
{
	char temporary[4200];
	int len = snprintf(temporary, sizeof(temporary), "%s.new", path);

	if (len < 0 || (size_t)len >= sizeof(temporary))
		return -ENAMETOOLONG;
	int fd = open(
	    temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return -errno;
	errno = EIO;
	int r = json_dumpfd(json, fd, JSON_INDENT(1)) < 0 ? -errno : 0;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(temporary, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(temporary);
	return r;
}

static void
file_path(const struct vrrp_ctl *ctl, char buf[4160])
{
	(void)snprintf(buf, 4160, "%s/overrides.json", ctl->engine->run_dir);
}

static int
save(struct vrrp_ctl *ctl)
{
	json_t *json = json_pack("{s:s, s:o}", "boot_id", boot_id(ctl), "overrides",
	    layers_to_json(ctl->engine->layers));
	char path[4160];

	if (json == NULL)
		return -ENOMEM;
	file_path(ctl, path);
	int r = write_file(path, json);
	json_decref(json);
	return r;
}

/* ---- expiry -------------------------------------------------------------- */

static void
log_expired(void *userdata, const struct layer_entry *entry)
{
	bool *any = userdata;

	*any = true;
	log_notice("%s: lease %s (%s, %s %" PRId64 ") ended",
	    entry->path + strlen("instance/"), entry->id, entry->kind, entry->field,
	    entry->value);
}

/* Removes what is over; the rest of the work is that of any other change. */
static bool
expire(struct vrrp_ctl *ctl, int64_t *ret_next_us)
{
	bool any = false;

	*ret_next_us =
	    layers_expire(ctl->engine->layers, clock_now_us(), log_expired, &any);
	return any;
}

static void
set_timer(struct vrrp_ctl *ctl, int64_t at_us)
{
	if (ctl->expiry == NULL)
		return;
	(void)sd_event_source_set_time(ctl->expiry, (uint64_t)at_us);
	(void)sd_event_source_set_enabled(
	    ctl->expiry, at_us != 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static int
on_expiry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct vrrp_ctl *ctl = userdata;
	struct engine *engine = ctl->engine;
	int64_t next_us;

	(void)source;
	(void)usec;
	if (!expire(ctl, &next_us)) {
		set_timer(ctl, next_us);
		return 0;
	}
	for (size_t i = 0; i < engine->router_count; i++)
		vrouter_update_params(engine->routers[i]);
	(void)vrrp_store_changed(ctl);
	return 0;
}

static void
make_timer(struct vrrp_ctl *ctl)
{
	if (ctl->expiry != NULL)
		return;
	int r = sd_event_add_time(ctl->engine->event, &ctl->expiry, EVENT_CLOCK, 0,
	    10 * US_PER_MS, on_expiry, ctl);
	if (r >= 0)
		r = sd_event_source_set_priority(ctl->expiry, EVENT_PRIORITY_CONTROL);
	if (r < 0)
		log_err("control: no timer for leases: %s", strerror(-r));
}

bool
vrrp_store_write(struct vrrp_ctl *ctl)
{
	make_timer(ctl);
	/* At time 0 nothing is over: that is the timer's own business. */
	set_timer(ctl, layers_expire(ctl->engine->layers, 0, NULL, NULL));
	int r = save(ctl);
	if (r < 0)
		log_err("control: overrides work, but cannot be kept in %s: %s",
		    ctl->engine->run_dir, strerror(-r));
	return r == 0;
}

bool
vrrp_store_changed(struct vrrp_ctl *ctl)
{
	ctl->engine->rev++;
	return vrrp_store_write(ctl);
}

void
vrrp_store_forget_strangers(struct vrrp_ctl *ctl)
{
	struct layers *layers = ctl->engine->layers;
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL;) {
		char path[VRRP_PATH_SIZE];

		if (vrrp_conf_find(
			ctl->engine->conf, entry->path + strlen("instance/")) != NULL) {
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

/* ---- load ---------------------------------------------------------------- */

static json_t *
read_file(struct vrrp_ctl *ctl)
{
	char path[4160];
	json_error_t error;

	file_path(ctl, path);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		if (errno != ENOENT)
			log_warning(
			    "control: cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	json_t *json = json_loadfd(fd, 0, &error);
	(void)close(fd);
	if (json == NULL) {
		log_warning("control: %s is damaged (%s), starting without overrides",
		    path, error.text);
		return NULL;
	}
	const char *theirs = json_string_value(json_object_get(json, "boot_id"));
	if (theirs == NULL || strcmp(theirs, boot_id(ctl)) != 0) {
		log_info("control: overrides of an earlier boot are over");
		json_decref(json);
		return NULL;
	}
	return json;
}

/* Whether the entry is one that this daemon makes: only these may go near a router. */
static bool
is_sound(const struct layer_entry *entry)
{
	if (strncmp(entry->path, "instance/", strlen("instance/")) != 0)
		return false;
	if (strcmp(entry->field, "priority") == 0)
		return entry->value >= 1 && entry->value <= VRRP_PRIORITY_OWNER;
	return strcmp(entry->field, "nopreempt") == 0 &&
	       (entry->value == 0 || entry->value == 1);
}

static void
take_sound(struct layers *to, const struct layers *from)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(from, i)) != NULL; i++)
		if (!is_sound(entry))
			log_warning(
			    "control: an override of %s %s is damaged, left out",
			    entry->path, entry->field);
		else if (layers_set(to, entry, NULL) < 0)
			log_err("control: out of memory, an override is lost");
}

void
vrrp_store_load(struct vrrp_ctl *ctl)
{
	struct layers *read = layers_new();
	json_t *json = read_file(ctl);
	int64_t next_us;

	if (json != NULL && read != NULL) {
		if (layers_from_json(read, json_object_get(json, "overrides")) < 0)
			log_warning("control: some overrides were damaged, left out");
		take_sound(ctl->engine->layers, read);
	}
	json_decref(json);
	layers_free(read);
	vrrp_store_forget_strangers(ctl);
	make_timer(ctl);
	(void)expire(ctl, &next_us);
	set_timer(ctl, next_us);
	if (layers_get(ctl->engine->layers, 0) != NULL)
		log_notice(
		    "control: overrides of the process before are in force again");
}

/* ---- limits -------------------------------------------------------------- */

static size_t
lease_count(const struct layers *layers)
{
	const struct layer_entry *entry;
	size_t count = 0;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE)
			count++;
	return count;
}

bool
vrrp_store_may_lease(const struct vrrp_ctl *ctl, struct ctl_call *call, int64_t ttl_us)
{
	int64_t most_us =
	    call->role >= CTL_ROLE_ADMIN ? VRRP_LEASE_ADMIN_US : VRRP_LEASE_OPERATOR_US;
	char span[UNITS_TEXT_SIZE];

	if (ttl_us > most_us) {
		ctl_call_fail(call, CTL_LEASE_LIMIT,
		    json_pack("{s:I}", "max_ms", (json_int_t)(most_us / US_PER_MS)),
		    "the role %s may lease for at most %s", ctl_role_name(call->role),
		    units_format_span(span, most_us));
		return false;
	}
	if (lease_count(ctl->engine->layers) >= VRRP_LEASES_MAX) {
		ctl_call_fail(call, CTL_LEASE_LIMIT,
		    json_pack("{s:i}", "max", VRRP_LEASES_MAX),
		    "there are %d leases already", VRRP_LEASES_MAX);
		return false;
	}
	return true;
}

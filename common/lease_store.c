/* SPDX-License-Identifier: Apache-2.0 */
/* lease_store.c - keeps live edits over a restart, leases over a reboot, and ends
 * leases.
 */
#include "common/lease_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_call.h"
#include "common/event.h"
#include "common/log.h"
#include "common/units.h"
#include "common/writer.h"

#define PATH_SIZE 4200
#define ANSWER_WAIT_US (2 * US_PER_S)
/* So often the file learns how much is left: the wall clock may not be trusted. */
#define REFRESH_US (600 * US_PER_S)

/* A file on the disk. */
struct durable {
	const char *name;
	char *text; /* what was last given to the writer; NULL: must be written */
};

/* Somebody who is answered when job `job` is done. */
struct waiter {
	struct waiter *next;
	struct lease_store *store;
	struct ctl_call *call;
	json_t *result;
	uint64_t job;
	sd_event_source *timeout;
};

struct lease_store {
	struct lease_store_config config;
	char *run_dir, *state_dir;
	char boot_id[64];
	sd_event_source *timer;
	int64_t looked_us;    /* when ends of leases were last looked at */
	int64_t refreshed_us; /* when leases.json was last written */
	struct durable leases, saved;
	int64_t operator_max_us;
	uint64_t jobs_queued, jobs_done;
	bool run_failed, disk_failed; /* the last write */
	struct waiter *waiters;
};

static const int64_t warn_at_us[] = {300 * US_PER_S, 60 * US_PER_S};

/* ---- answers ------------------------------------------------------------- */

static void
answer(struct waiter *waiter, bool durable)
{
	struct waiter **at = &waiter->store->waiters;

	while (*at != waiter)
		at = &(*at)->next;
	*at = waiter->next;
	(void)json_object_set_new(waiter->result, "durable", json_boolean(durable));
	sd_event_source_disable_unref(waiter->timeout);
	ctl_call_reply(waiter->call, waiter->result);
	free(waiter);
}

static int
on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	answer(userdata, false);
	return 0;
}

static void
answer_done(struct lease_store *store)
{
	struct waiter *next;

	for (struct waiter *waiter = store->waiters; waiter != NULL; waiter = next) {
		next = waiter->next;
		if (waiter->job <= store->jobs_done)
			answer(waiter, !store->disk_failed && !store->run_failed);
	}
}

static bool
wait_for_disk(struct lease_store *store, struct ctl_call *call, json_t *result)
{
	struct waiter *waiter = calloc(1, sizeof(*waiter));

	if (waiter == NULL)
		return false;
	*waiter = (struct waiter){
	    .next = store->waiters,
	    .store = store,
	    .call = call,
	    .result = result,
	    .job = store->jobs_queued,
	};
	if (sd_event_add_time_relative(store->config.event, &waiter->timeout,
		EVENT_CLOCK, ANSWER_WAIT_US, US_PER_MS, on_timeout, waiter) < 0) {
		free(waiter);
		return false;
	}
	(void)sd_event_source_set_priority(waiter->timeout, EVENT_PRIORITY_CONTROL);
	store->waiters = waiter;
	return true;
}

void
lease_store_reply(struct lease_store *store, struct ctl_call *call, json_t *result)
{
	bool waits = result != NULL && store->jobs_done < store->jobs_queued;
	bool ends =
	    store->state_dir == NULL && json_object_get(result, "lease") != NULL;

	if (waits && wait_for_disk(store, call, result))
		return;
	if (result != NULL)
		(void)json_object_set_new(result, "durable",
		    json_boolean(
			!waits && !ends && !store->disk_failed && !store->run_failed));
	ctl_call_reply(call, result);
}

/* ---- writing ------------------------------------------------------------- */

static void
on_written(void *userdata, int error)
{
	struct lease_store *store = userdata;

	store->jobs_done++;
	if (error != 0 && !store->disk_failed)
		log_err("control: leases work, but cannot be kept in %s: %s",
		    store->state_dir, strerror(-error));
	store->disk_failed = error != 0;
	if (error != 0) {
		/* The next change tries again. */
		free(store->leases.text);
		free(store->saved.text);
		store->leases.text = store->saved.text = NULL;
	}
	answer_done(store);
}

static int
queue(struct lease_store *store, const char *name, json_t *json)
{
	char path[PATH_SIZE];
	char *text = json_dumps(json, JSON_INDENT(1));
	int r = -ENOMEM;

	(void)snprintf(path, sizeof(path), "%s/%s", store->state_dir, name);
	if (text != NULL)
		r = writer_replace(
		    store->config.writer, path, text, strlen(text), on_written, store);
	free(text);
	return r;
}

/* Gives the entries to the writer unless they are what it got last. */
static void
write_durable(struct lease_store *store, struct durable *file, enum layer layer)
{
	json_t *entries = layers_to_json_of(store->config.layers, layer);
	char *text = entries != NULL ? json_dumps(entries, JSON_COMPACT) : NULL;
	int64_t now_us = clock_now_us();

	if (text != NULL && file->text != NULL && strcmp(text, file->text) == 0) {
		free(text);
		json_decref(entries);
		return;
	}
	json_t *json = json_pack("{s:s, s:I, s:I, s:o}", "boot_id", store->boot_id,
	    "written_us", (json_int_t)now_us, "written_wall_us",
	    (json_int_t)store->config.wall_us(), "entries", entries);
	int r = json != NULL ? queue(store, file->name, json) : -ENOMEM;
	json_decref(json);
	free(file->text);
	file->text = r == 0 ? text : NULL;
	if (r == 0) {
		store->jobs_queued++;
	} else {
		free(text);
		store->disk_failed = true;
		log_err("control: %s/%s is not written: %s", store->state_dir,
		    file->name, strerror(-r));
	}
}

/* All layers are in it: an edit that goes from one to another, as "save" makes it, is
 * in one of them whenever the process is killed. */
static int
write_run_file(struct lease_store *store)
{
	json_t *entries = layers_to_json(store->config.layers);
	char path[PATH_SIZE], *text;
	json_t *json;
	int r = -ENOMEM;

	json = json_pack("{s:s, s:o}", "boot_id", store->boot_id, "overrides", entries);
	text = json != NULL ? json_dumps(json, JSON_INDENT(1)) : NULL;
	(void)snprintf(path, sizeof(path), "%s/overrides.json", store->run_dir);
	if (text != NULL)
		r = writer_replace_now(path, text, strlen(text), 0);
	free(text);
	json_decref(json);
	return r;
}

/* ---- ends ---------------------------------------------------------------- */

/* Tells of leases that came within five minutes or one of their end since last time;
 * one that was given for less is not told of. */
static void
tell_expiring(struct lease_store *store, int64_t now_us)
{
	const struct layers *layers = store->config.layers;
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		for (size_t w = 0; layers_is_first_of_lease(layers, i) &&
				   w < sizeof(warn_at_us) / sizeof(warn_at_us[0]);
		     w++) {
			int64_t at_us = entry->expires_us - warn_at_us[w];

			if (at_us > store->looked_us && at_us <= now_us &&
			    at_us > entry->created_us)
				store->config.expiring(store->config.userdata, entry,
				    entry->expires_us - now_us);
		}
}

/* The next moment at which something is to be done about a lease; 0: never. */
static int64_t
next_look(const struct lease_store *store, int64_t now_us)
{
	const struct layer_entry *entry;
	int64_t next_us = 0;

	for (size_t i = 0; (entry = layers_get(store->config.layers, i)) != NULL; i++) {
		int64_t at_us = entry->expires_us;

		if (at_us == 0)
			continue;
		for (size_t w = 0; w < sizeof(warn_at_us) / sizeof(warn_at_us[0]); w++)
			if (entry->expires_us - warn_at_us[w] > now_us) {
				at_us = entry->expires_us - warn_at_us[w];
				break;
			}
		if (at_us > store->refreshed_us + REFRESH_US &&
		    store->state_dir != NULL)
			at_us = store->refreshed_us + REFRESH_US;
		if (next_us == 0 || at_us < next_us)
			next_us = at_us;
	}
	return next_us;
}

struct ending {
	struct lease_store *store;
	bool any;
};

static void
on_end(void *userdata, const struct layer_entry *entry)
{
	struct ending *ending = userdata;

	ending->any = true;
	ending->store->config.expired(ending->store->config.userdata, entry);
}

/* Returns whether something ended. */
static bool
look(struct lease_store *store)
{
	int64_t now_us = clock_now_us();
	struct ending ending = {.store = store};

	tell_expiring(store, now_us);
	store->looked_us = now_us;
	(void)layers_expire(store->config.layers, now_us, on_end, &ending);
	return ending.any;
}

static void
set_timer(struct lease_store *store)
{
	int64_t at_us = next_look(store, clock_now_us());

	(void)sd_event_source_set_time(store->timer, (uint64_t)at_us);
	(void)sd_event_source_set_enabled(
	    store->timer, at_us != 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static int
on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct lease_store *store = userdata;

	(void)source;
	(void)usec;
	if (look(store))
		store->config.changed(store->config.userdata);
	if (clock_now_us() - store->refreshed_us >= REFRESH_US) {
		free(store->leases.text);
		store->leases.text = NULL;
	}
	lease_store_write(store);
	return 0;
}

void
lease_store_write(struct lease_store *store)
{
	int r = write_run_file(store);

	if (r < 0)
		log_err("control: overrides work, but cannot be kept in %s: %s",
		    store->run_dir, strerror(-r));
	store->run_failed = r < 0;
	if (store->state_dir != NULL) {
		if (store->leases.text == NULL)
			store->refreshed_us = clock_now_us();
		write_durable(store, &store->leases, LAYER_LEASE);
		write_durable(store, &store->saved, LAYER_SAVED);
	}
	set_timer(store);
}

/* ---- reading ------------------------------------------------------------- */

static json_t *
read_json(const char *dir, const char *name)
{
	char path[PATH_SIZE];
	json_error_t error;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0) {
		if (errno != ENOENT)
			log_warning(
			    "control: cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	json_t *json = json_loadfd(fd, 0, &error);
	(void)close(fd);
	if (json == NULL)
		log_warning("control: %s is damaged (%s), left out", path, error.text);
	return json;
}

/* Takes what is sound of a list and of the layers that belong into that file. */
static void
take_entries(struct lease_store *store, const json_t *list, unsigned wanted)
{
	struct layers *read = layers_new();
	const struct layer_entry *entry;

	if (read == NULL)
		return;
	if (layers_from_json(read, list) < 0)
		log_warning("control: some overrides were damaged, left out");
	for (size_t i = 0; (entry = layers_get(read, i)) != NULL; i++)
		if (!(wanted & 1U << entry->layer) ||
		    !store->config.is_sound(store->config.userdata, entry))
			log_warning(
			    "control: an override of %s %s is damaged, left out",
			    entry->path, entry->field);
		else if (layers_set(store->config.layers, entry, NULL) < 0)
			log_err("control: out of memory, an override is lost");
	layers_free(read);
}

static bool
is_of_this_boot(const struct lease_store *store, const json_t *json)
{
	const char *theirs = json_string_value(json_object_get(json, "boot_id"));

	return theirs != NULL && strcmp(theirs, store->boot_id) == 0;
}

int64_t
lease_store_left_us(int64_t left_us, int64_t written_wall_us, int64_t now_wall_us)
{
	/* A clock that went back says nothing of how much time has passed. */
	if (now_wall_us <= written_wall_us)
		return left_us;
	return left_us - (now_wall_us - written_wall_us);
}

/* The leases of another boot, with times of this one. One that is over gets a time that
 * has passed, and ends as any other. */
static void
carry_over(const struct lease_store *store, const json_t *json)
{
	int64_t now_us = clock_now_us(), now_wall_us = store->config.wall_us();
	int64_t written_us = json_integer_value(json_object_get(json, "written_us"));
	int64_t written_wall_us =
	    json_integer_value(json_object_get(json, "written_wall_us"));
	json_t *entry;
	size_t i;

	json_array_foreach (json_object_get(json, "entries"), i, entry) {
		int64_t created_us =
		    json_integer_value(json_object_get(entry, "created_us"));
		int64_t expires_us =
		    json_integer_value(json_object_get(entry, "expires_us"));
		int64_t left_us = lease_store_left_us(
		    expires_us - written_us, written_wall_us, now_wall_us);
		int64_t end_us = now_us + left_us > 0 ? now_us + left_us : 1;

		(void)json_object_set_new(entry, "created_us",
		    json_integer((json_int_t)(end_us - (expires_us - created_us))));
		(void)json_object_set_new(
		    entry, "expires_us", json_integer((json_int_t)end_us));
	}
}

static void
read_leases(struct lease_store *store)
{
	json_t *json = read_json(store->state_dir, "leases.json");

	if (json != NULL && !is_of_this_boot(store, json)) {
		log_info("control: leases of an earlier boot go on");
		carry_over(store, json);
	}
	if (json != NULL)
		take_entries(
		    store, json_object_get(json, "entries"), 1U << LAYER_LEASE);
	json_decref(json);
}

static void
read_saved(struct lease_store *store)
{
	json_t *json = read_json(store->state_dir, "saved.json");

	if (json != NULL)
		take_entries(
		    store, json_object_get(json, "entries"), 1U << LAYER_SAVED);
	json_decref(json);
}

/* No file need be made to say that there is nothing. */
static void
note_absent(struct lease_store *store, struct durable *file)
{
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/%s", store->state_dir, file->name);
	if (access(path, F_OK) < 0)
		file->text = strdup("[]");
}

static void
read_all(struct lease_store *store)
{
	json_t *run = read_json(store->run_dir, "overrides.json");
	bool current = run != NULL && is_of_this_boot(store, run);

	if (store->state_dir != NULL) {
		note_absent(store, &store->leases);
		note_absent(store, &store->saved);
	}
	if (current) {
		take_entries(store, json_object_get(run, "overrides"),
		    1U << LAYER_SAVED | 1U << LAYER_LEASE | 1U << LAYER_RUNTIME);
	} else if (store->state_dir != NULL) {
		read_saved(store);
		read_leases(store);
	}
	if (run != NULL && !current)
		log_info("control: overrides of an earlier boot are over");
	json_decref(run);
}

/* Times in the files count from the boot, so they mean nothing in another one. */
static void
read_boot_id(struct lease_store *store)
{
	FILE *file = fopen(store->config.boot_id_path, "re");

	if (file == NULL)
		return;
	if (fgets(store->boot_id, sizeof(store->boot_id), file) == NULL)
		store->boot_id[0] = '\0';
	store->boot_id[strcspn(store->boot_id, "\n")] = '\0';
	(void)fclose(file);
}

/* ---- limits -------------------------------------------------------------- */

static size_t
lease_count(const struct layers *layers)
{
	size_t count = 0;

	for (size_t i = 0; layers_get(layers, i) != NULL; i++)
		if (layers_is_first_of_lease(layers, i))
			count++;
	return count;
}

void
lease_store_set_operator_max(struct lease_store *store, int64_t most_us)
{
	store->operator_max_us = most_us;
}

static void
refuse_span(struct ctl_call *call, int64_t most_us)
{
	bool admin = call->role >= CTL_ROLE_ADMIN;
	char span[UNITS_TEXT_SIZE];

	ctl_call_fail(call, CTL_LEASE_LIMIT,
	    json_pack("{s:I}", "max_ms", (json_int_t)(most_us / US_PER_MS)),
	    "a lease of the role %s lasts at most %s%s", ctl_role_name(call->role),
	    units_format_span(span, most_us),
	    admin ? "" : " (operator_max_lease); an admin may give more");
}

bool
lease_store_may_give(const struct lease_store *store, struct ctl_call *call,
    int64_t ttl_us, bool renewed)
{
	int64_t most_us =
	    call->role >= CTL_ROLE_ADMIN ? LEASE_ADMIN_US : store->operator_max_us;

	if (ttl_us > most_us) {
		refuse_span(call, most_us);
		return false;
	}
	if (!renewed && lease_count(store->config.layers) >= LEASES_MAX) {
		ctl_call_fail(call, CTL_LEASE_LIMIT,
		    json_pack("{s:i}", "max", LEASES_MAX),
		    "there are %d leases already", LEASES_MAX);
		return false;
	}
	return true;
}

/* ---- life ---------------------------------------------------------------- */

static int
make_timer(struct lease_store *store)
{
	int r = sd_event_add_time(store->config.event, &store->timer, EVENT_CLOCK, 0,
	    10 * US_PER_MS, on_timer, store);

	if (r >= 0)
		r = sd_event_source_set_priority(store->timer, EVENT_PRIORITY_CONTROL);
	if (r >= 0)
		r = sd_event_source_set_enabled(store->timer, SD_EVENT_OFF);
	return r < 0 ? r : 0;
}

int
lease_store_new(const struct lease_store_config *config, struct lease_store **ret)
{
	struct lease_store *store = calloc(1, sizeof(*store));
	bool durable = config->state_dir != NULL && config->writer != NULL;
	int r = -ENOMEM;

	if (store == NULL)
		return r;
	store->config = *config;
	store->run_dir = strdup(config->run_dir);
	store->state_dir = durable ? strdup(config->state_dir) : NULL;
	store->operator_max_us = LEASE_OPERATOR_US;
	store->leases.name = "leases.json";
	store->saved.name = "saved.json";
	if (store->run_dir != NULL && (store->state_dir != NULL || !durable))
		r = make_timer(store);
	if (r < 0) {
		lease_store_free(store);
		return r;
	}
	read_boot_id(store);
	read_all(store);
	store->looked_us = clock_now_us();
	(void)look(store);
	set_timer(store);
	*ret = store;
	return 0;
}

struct lease_store *
lease_store_free(struct lease_store *store)
{
	if (store == NULL)
		return NULL;
	while (store->waiters != NULL)
		answer(store->waiters, false);
	sd_event_source_disable_unref(store->timer);
	free(store->leases.text);
	free(store->saved.text);
	free(store->run_dir);
	free(store->state_dir);
	free(store);
	return NULL;
}

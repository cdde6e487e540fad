/* SPDX-License-Identifier: Apache-2.0 */
/* lease_store.c - keeps live edits over a restart, leases over a reboot, and ends
 * leases.
 */
#include "common/lease_store_internal.h"

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

#define ANSWER_WAIT_US (2 * US_PER_S)
/* So often the file learns how much is left: the wall clock may not be trusted. */
#define REFRESH_US (600 * US_PER_S)

/* When a file could not be written, the disk may have room again. */
#define RETRY_US (5 * US_PER_S)

/* Writing takes a tenth of the loop's time at most, and waits no longer than this. */
#define WRITE_SHARE 10
#define WRITE_LATER_MAX_US (100 * US_PER_MS)

/* Of what is not written yet. */
#define JOB_DUE UINT64_MAX

/* Somebody who is told when job `job` is done. */
struct waiter {
	struct waiter *next;
	struct lease_store *store;
	lease_store_settled_fn settled;
	void *userdata;
	uint64_t job;
	sd_event_source *timeout;
};

static const int64_t warn_at_us[] = {300 * US_PER_S, 60 * US_PER_S};

static void set_timer(struct lease_store *store);

/* ---- answers ------------------------------------------------------------- */

static bool
is_failing(const struct lease_store *store)
{
	return store->run_failed || store->leases.failed || store->saved.failed;
}

static void
settle(struct waiter *waiter, enum lease_store_outcome outcome)
{
	struct waiter **at = &waiter->store->waiters;

	while (*at != waiter)
		at = &(*at)->next;
	*at = waiter->next;
	sd_event_source_disable_unref(waiter->timeout);
	waiter->settled(waiter->userdata, outcome);
	free(waiter);
}

static int
on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	settle(userdata, LEASE_STORE_UNKNOWN);
	return 0;
}

static enum lease_store_outcome
outcome_of(const struct lease_store *store)
{
	return is_failing(store) ? LEASE_STORE_REFUSED : LEASE_STORE_KEPT;
}

/* Who is told may write again, and wait again. */
static void
settle_done(struct lease_store *store)
{
	struct waiter *waiter = store->waiters;

	while (waiter != NULL) {
		if (waiter->job <= store->jobs_done) {
			settle(waiter, outcome_of(store));
			waiter = store->waiters;
		} else {
			waiter = waiter->next;
		}
	}
}

static bool
wait_for_disk(struct lease_store *store, lease_store_settled_fn settled, void *userdata)
{
	struct waiter *waiter = calloc(1, sizeof(*waiter));

	if (waiter == NULL)
		return false;
	*waiter = (struct waiter){
	    .next = store->waiters,
	    .store = store,
	    .settled = settled,
	    .userdata = userdata,
	    .job = store->is_due ? JOB_DUE : store->jobs_queued,
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
lease_store_settle(
    struct lease_store *store, lease_store_settled_fn settled, void *userdata)
{
	if (!store->is_due && store->jobs_done == store->jobs_queued)
		settled(userdata, outcome_of(store));
	else if (!wait_for_disk(store, settled, userdata))
		settled(userdata, LEASE_STORE_UNKNOWN);
}

struct reply {
	struct ctl_call *call;
	json_t *result;
	bool ends; /* with the boot: there is no disk to keep it on */
};

static void
on_settled(void *userdata, enum lease_store_outcome outcome)
{
	struct reply *reply = userdata;

	(void)json_object_set_new(reply->result, "durable",
	    json_boolean(outcome == LEASE_STORE_KEPT && !reply->ends));
	ctl_call_reply(reply->call, reply->result);
	free(reply);
}

void
lease_store_reply(struct lease_store *store, struct ctl_call *call, json_t *result)
{
	struct reply *reply = result != NULL ? calloc(1, sizeof(*reply)) : NULL;

	if (reply == NULL) {
		ctl_call_reply(call, result);
		return;
	}
	*reply = (struct reply){
	    .call = call,
	    .result = result,
	    .ends =
		store->state_dir == NULL && json_object_get(result, "lease") != NULL,
	};
	lease_store_settle(store, on_settled, reply);
}

/* ---- writing ------------------------------------------------------------- */

/* Says once that the disk fails, and once that it does not any more. */
static void
note_outcome(struct durable *file, int error)
{
	const struct lease_store *store = file->store;
	bool failed = store->leases.failed || store->saved.failed;

	file->failed = error != 0;
	if (error != 0 && !failed)
		log_err("control: edits work, but a reboot would end them: %s/%s "
			"cannot be written: %s",
		    store->state_dir, file->name, strerror(-error));
	else if (failed && !store->leases.failed && !store->saved.failed)
		log_notice("control: edits are kept in %s again", store->state_dir);
}

static void
on_written(void *userdata, int error)
{
	struct durable *file = userdata;
	struct lease_store *store = file->store;

	store->jobs_done++;
	note_outcome(file, error);
	if (error != 0) {
		free(file->text);
		file->text = NULL;
		set_timer(store);
	}
	settle_done(store);
}

/* The text of a file: the members of `head`, which is taken over, then the entries.
 * The caller frees it; NULL: out of memory. */
static char *
file_text(json_t *head, const char *member, const char *entries)
{
	char *begin = head != NULL ? json_dumps(head, JSON_COMPACT) : NULL,
	     *text = NULL;

	/* The brace at its end comes later. */
	if (begin != NULL && asprintf(&text, "%.*s,\"%s\":%s}\n",
				 (int)strlen(begin) - 1, begin, member, entries) < 0)
		text = NULL;
	free(begin);
	json_decref(head);
	return text;
}

static int
queue(struct durable *file, const char *entries)
{
	const struct lease_store *store = file->store;
	char path[LEASE_PATH_SIZE];
	char *text =
	    file_text(json_pack("{s:s, s:I, s:I}", "boot_id", store->boot_id,
			  "written_us", (json_int_t)clock_now_us(), "written_wall_us",
			  (json_int_t)store->config.wall_us()),
		"entries", entries);
	int r = -ENOMEM;

	(void)snprintf(path, sizeof(path), "%s/%s", store->state_dir, file->name);
	if (text != NULL)
		r = writer_replace(
		    store->config.writer, path, text, strlen(text), on_written, file);
	free(text);
	return r;
}

/* Gives the entries to the writer unless they are what it got last. */
static void
write_durable(struct lease_store *store, struct durable *file, enum layer layer)
{
	char *text = layers_to_text(store->config.layers, layer);
	int r;

	if (text != NULL && file->text != NULL && strcmp(text, file->text) == 0) {
		free(text);
		return;
	}
	r = text != NULL ? queue(file, text) : -ENOMEM;
	free(file->text);
	file->text = r == 0 ? text : NULL;
	if (r == 0) {
		store->jobs_queued++;
	} else {
		free(text);
		note_outcome(file, r);
	}
}

/* All layers are in it: an edit that goes from one to another, as "save" makes it, is
 * in one of them whenever the process is killed. */
static int
write_run_file(struct lease_store *store)
{
	char *entries = layers_to_text(store->config.layers, LAYER_FILE);
	char path[LEASE_PATH_SIZE], *text = NULL;
	int r = -ENOMEM;

	if (entries != NULL)
		text = file_text(json_pack("{s:s}", "boot_id", store->boot_id),
		    "overrides", entries);
	(void)snprintf(path, sizeof(path), "%s/overrides.json", store->run_dir);
	if (text != NULL)
		r = writer_replace_now(path, text, strlen(text), 0);
	free(text);
	free(entries);
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
	int64_t next_us = is_failing(store) ? now_us + RETRY_US : 0;

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

static void
write_files(struct lease_store *store)
{
	int r = write_run_file(store);

	if (r < 0 && !store->run_failed)
		log_err("control: overrides work, but cannot be kept in %s: %s",
		    store->run_dir, strerror(-r));
	store->run_failed = r < 0;
	if (store->state_dir != NULL) {
		if (store->leases.text == NULL)
			store->refreshed_us = clock_now_us();
		write_durable(store, &store->leases, LAYER_LEASE);
		write_durable(store, &store->saved, LAYER_SAVED);
	}
}

/* Whoever waits for what was due now waits for these jobs. */
static void
note_written(struct lease_store *store, int64_t began_us)
{
	int64_t now_us = clock_now_us(), cost_us = now_us - began_us;

	store->is_due = false;
	store->write_at_us = now_us + cost_us * (WRITE_SHARE - 1);
	if (store->write_at_us > now_us + WRITE_LATER_MAX_US)
		store->write_at_us = now_us + WRITE_LATER_MAX_US;
	(void)sd_event_source_set_enabled(store->soon, SD_EVENT_OFF);
	for (struct waiter *waiter = store->waiters; waiter != NULL;
	     waiter = waiter->next)
		if (waiter->job == JOB_DUE)
			waiter->job = store->jobs_queued;
}

void
lease_store_write(struct lease_store *store)
{
	int64_t began_us = clock_now_us();

	write_files(store);
	set_timer(store);
	note_written(store, began_us);
	settle_done(store);
}

static int
on_soon(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	lease_store_write(userdata);
	return 0;
}

void
lease_store_write_soon(struct lease_store *store)
{
	if (store->is_due)
		return;
	store->is_due = true;
	(void)sd_event_source_set_time(store->soon, (uint64_t)store->write_at_us);
	(void)sd_event_source_set_enabled(store->soon, SD_EVENT_ONESHOT);
}

void
lease_store_flush(struct lease_store *store)
{
	if (store->is_due)
		lease_store_write(store);
}

/* ---- limits -------------------------------------------------------------- */

void
lease_store_set_operator_max(struct lease_store *store, int64_t most_us)
{
	store->operator_max_us = most_us;
}

int64_t
lease_store_max_us(const struct lease_store *store, enum ctl_role role)
{
	return role >= CTL_ROLE_ADMIN ? LEASE_ADMIN_US : store->operator_max_us;
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
	int64_t most_us = lease_store_max_us(store, call->role);

	if (ttl_us > most_us) {
		refuse_span(call, most_us);
		return false;
	}
	if (!renewed && layers_lease_count(store->config.layers) >= LEASES_MAX) {
		ctl_call_fail(call, CTL_LEASE_LIMIT,
		    json_pack("{s:i}", "max", LEASES_MAX),
		    "there are %d leases already", LEASES_MAX);
		return false;
	}
	return true;
}

/* ---- life ---------------------------------------------------------------- */

static int
make_timer(struct lease_store *store, sd_event_source **timer, int64_t accuracy_us,
    sd_event_time_handler_t handler)
{
	int r = sd_event_add_time(store->config.event, timer, EVENT_CLOCK, 0,
	    (uint64_t)accuracy_us, handler, store);

	if (r >= 0)
		r = sd_event_source_set_priority(*timer, EVENT_PRIORITY_CONTROL);
	if (r >= 0)
		r = sd_event_source_set_enabled(*timer, SD_EVENT_OFF);
	return r < 0 ? r : 0;
}

static int
make_timers(struct lease_store *store)
{
	int r = make_timer(store, &store->timer, 10 * US_PER_MS, on_timer);

	return r < 0 ? r : make_timer(store, &store->soon, US_PER_MS, on_soon);
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
	store->leases = (struct durable){.store = store, .name = "leases.json"};
	store->saved = (struct durable){.store = store, .name = "saved.json"};
	if (store->run_dir != NULL && (store->state_dir != NULL || !durable))
		r = make_timers(store);
	if (r < 0) {
		lease_store_free(store);
		return r;
	}
	lease_load(store);
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
		settle(store->waiters, LEASE_STORE_UNKNOWN);
	sd_event_source_disable_unref(store->timer);
	sd_event_source_disable_unref(store->soon);
	free(store->leases.text);
	free(store->saved.text);
	free(store->run_dir);
	free(store->state_dir);
	free(store);
	return NULL;
}

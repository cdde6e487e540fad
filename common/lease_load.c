/* SPDX-License-Identifier: Apache-2.0 */
/* lease_load.c - takes up the live edits that earlier processes left. */
#include "common/lease_store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/units.h"

static json_t *
read_json(const char *dir, const char *name)
{
	char path[LEASE_PATH_SIZE];
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
	char path[LEASE_PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/%s", store->state_dir, file->name);
	if (access(path, F_OK) < 0)
		file->text = strdup("[]");
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

void
lease_load(struct lease_store *store)
{
	json_t *run = read_json(store->run_dir, "overrides.json");
	bool current;

	read_boot_id(store);
	current = run != NULL && is_of_this_boot(store, run);
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

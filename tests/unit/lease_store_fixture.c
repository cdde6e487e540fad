/* SPDX-License-Identifier: Apache-2.0 */
/* lease_store_fixture.c - a lease store with its layers and its writer, that can be
 * closed and opened again in another boot. */
#include "tests/unit/lease_store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/units.h"
#include "tests/unit/remove_tree.h"

int64_t wall_us = INT64_C(1700000000) * US_PER_S;

static int64_t
wall(void)
{
	return wall_us;
}

static bool
is_sound(void *userdata, const struct layer_entry *entry)
{
	(void)userdata;
	return entry->value >= 0;
}

static void
on_expiring(void *userdata, const struct layer_entry *entry, int64_t left_us)
{
	(void)userdata;
	(void)entry;
	(void)left_us;
}

static void
on_expired(void *userdata, const struct layer_entry *entry)
{
	(void)entry;
	((struct fixture *)userdata)->expired++;
}

static void
on_changed(void *userdata)
{
	((struct fixture *)userdata)->changed++;
}

void
open_store(struct fixture *f)
{
	assert_true(sd_event_new(&f->event) >= 0);
	f->layers = layers_new();
	assert_int_equal(writer_new(f->event, &f->writer), 0);
	const struct lease_store_config config = {
	    .event = f->event,
	    .layers = f->layers,
	    .run_dir = f->run,
	    .state_dir = f->state,
	    .boot_id_path = f->boot,
	    .writer = f->writer,
	    .wall_us = wall,
	    .is_sound = is_sound,
	    .expiring = on_expiring,
	    .expired = on_expired,
	    .changed = on_changed,
	    .userdata = f,
	};
	assert_int_equal(lease_store_new(&config, &f->store), 0);
	lease_store_write(f->store);
}

void
close_store(struct fixture *f)
{
	f->writer = writer_free(f->writer);
	f->store = lease_store_free(f->store);
	f->layers = layers_free(f->layers);
	f->event = sd_event_unref(f->event);
}

void
set_boot(const struct fixture *f, const char *id)
{
	FILE *file = fopen(f->boot, "we");

	assert_non_null(file);
	(void)fprintf(file, "%s\n", id);
	(void)fclose(file);
}

int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	log_open("test", LOG_TARGET_STDERR, LOG_EMERG);
	strcpy(f->dir, "/tmp/haven-leases-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->run, sizeof(f->run), "%s/run", f->dir);
	(void)snprintf(f->state, sizeof(f->state), "%s/state", f->dir);
	(void)snprintf(f->boot, sizeof(f->boot), "%s/boot", f->dir);
	assert_int_equal(mkdir(f->run, 0755), 0);
	assert_int_equal(mkdir(f->state, 0755), 0);
	set_boot(f, "one");
	*state = f;
	return 0;
}

int
teardown(void **state)
{
	struct fixture *f = *state;

	(void)remove_tree(f->dir);
	free(f);
	return 0;
}

void
put(struct fixture *f, enum layer layer, const char *kind, int64_t value,
    int64_t ttl_us)
{
	int64_t now_us = clock_now_us();
	const struct layer_entry entry = {
	    .path = PATH,
	    .field = "priority",
	    .value = value,
	    .layer = layer,
	    .kind = kind,
	    .id = "",
	    .uid = 1000,
	    .reason = "a reason",
	    .created_us = now_us,
	    .expires_us = ttl_us != 0 ? now_us + ttl_us : 0,
	};

	assert_int_equal(layers_set(f->layers, &entry, NULL), 0);
}

void
drop(const struct fixture *f, const char *kind)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(f->layers, i)) != NULL;) {
		bool is_lease = entry->layer == LAYER_LEASE;

		char id[64];

		(void)snprintf(id, sizeof(id), "%s", entry->id);
		if (is_lease && kind != NULL && strcmp(entry->kind, kind) == 0)
			(void)layers_release(f->layers, id, NULL, NULL);
		else if (!is_lease && kind == NULL)
			(void)layers_unset_in(
			    f->layers, PATH, "priority", entry->layer);
		else
			i++;
	}
}

int64_t
value_of(const struct fixture *f)
{
	const struct layer_entry *top = layers_top(f->layers, PATH, "priority");

	return top != NULL ? top->value : -1;
}

void
empty(struct fixture *f)
{
	(void)remove_tree(f->dir);
	assert_int_equal(mkdir(f->dir, 0755), 0);
	assert_int_equal(mkdir(f->run, 0755), 0);
	assert_int_equal(mkdir(f->state, 0755), 0);
	set_boot(f, "one");
}

void
reboot(struct fixture *f, const char *id)
{
	char path[128];

	close_store(f);
	(void)snprintf(path, sizeof(path), "%s/overrides.json", f->run);
	(void)unlink(path);
	set_boot(f, id);
	open_store(f);
}

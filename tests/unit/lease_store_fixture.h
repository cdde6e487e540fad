/* SPDX-License-Identifier: Apache-2.0 */
/* lease_store_fixture.h - a lease store with its layers and its writer, that can be
 * closed and opened again in another boot. */
#ifndef TESTS_UNIT_LEASE_STORE_FIXTURE_H
#define TESTS_UNIT_LEASE_STORE_FIXTURE_H

#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/layers.h"
#include "common/lease_store.h"
#include "common/writer.h"
#include "tests/unit/unit.h"

#define PATH "instance/VI_1"

struct fixture {
	char dir[64], run[80], state[80], boot[80];
	sd_event *event;
	struct layers *layers;
	struct writer *writer;
	struct lease_store *store;
	unsigned expired, changed;
};

/* What the store takes for the time of day. */
extern int64_t wall_us;

/* Around each case; *state is the fixture, its store not open yet. */
int setup(void **state);
int teardown(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

void open_store(struct fixture *f);
void close_store(struct fixture *f);

/* The id of the boot from now on. */
void set_boot(const struct fixture *f, const char *id);

/* A reboot: another boot id, and nothing in the run directory. The store is open. */
void reboot(struct fixture *f, const char *id);

/* Removes all files and starts over in the first boot. The store is closed. */
void empty(struct fixture *f);

/* Sets the priority of VI_1; `ttl_us` 0: without an end. */
void put(struct fixture *f, enum layer layer, const char *kind, int64_t value,
    int64_t ttl_us);

/* Ends the lease of that kind; NULL: removes what has no end. */
void drop(const struct fixture *f, const char *kind);

/* What decides the priority of VI_1, or -1: the file does. */
int64_t value_of(const struct fixture *f);

#endif

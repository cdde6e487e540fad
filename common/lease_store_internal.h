/* SPDX-License-Identifier: Apache-2.0 */
/* lease_store_internal.h - what the files of the store of live edits share. */
#ifndef COMMON_LEASE_STORE_INTERNAL_H
#define COMMON_LEASE_STORE_INTERNAL_H

#include "common/lease_store.h"

#define LEASE_PATH_SIZE 4200

struct waiter;

/* A file on the disk. */
struct durable {
	struct lease_store *store;
	const char *name;
	char *text;  /* what was last given to the writer; NULL: must be written */
	bool failed; /* the last write */
};

struct lease_store {
	struct lease_store_config config;
	char *run_dir, *state_dir;
	char boot_id[64];
	sd_event_source *timer; /* of what ends */
	sd_event_source *soon;  /* of what is due to be written */
	bool is_due;
	int64_t write_at_us;  /* not before */
	int64_t looked_us;    /* when ends of leases were last looked at */
	int64_t refreshed_us; /* when leases.json was last written */
	struct durable leases, saved;
	int64_t operator_max_us;
	uint64_t jobs_queued, jobs_done;
	bool run_failed; /* the last write of overrides.json */
	struct waiter *waiters;
};

/* Takes up what earlier processes left, of this boot or of another one; knows which
 * boot this is. What cannot be read is logged and left out. */
void lease_load(struct lease_store *store);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* lease_store.h - keeps live edits over a restart, leases over a reboot, and ends
 * leases.
 *
 *   <run_dir>/overrides.json   all of them; in a tmpfs, so it ends with the boot
 *   <state_dir>/leases.json    leases, on the disk, for another boot
 *   <state_dir>/saved.json     edits saved for good, on the disk, for another boot
 *
 * Each is replaced by a rename, so it is there whole or not at all. The disk is written
 * by a thread: an edit acts at once and its answer waits until it is on the disk, two
 * seconds at most. Within a boot, times are those of clock_now_us(). In another one a
 * lease has what was left of it by the wall clock, and never more than was left when it
 * was written down: a host that reboots inside its window comes back inside it, and
 * never for ever.
 */
#ifndef COMMON_LEASE_STORE_H
#define COMMON_LEASE_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/ctl_role.h"
#include "common/layers.h"

struct ctl_call;
struct lease_store;
struct writer;

#define LEASES_MAX 64
#define LEASE_OPERATOR_US (INT64_C(8) * 3600 * 1000000) /* unless configured */
#define LEASE_ADMIN_US (INT64_C(7) * 24 * 3600 * 1000000)
#define LEASE_BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"

struct lease_store_config {
	sd_event *event;
	struct layers *layers;
	const char *run_dir;
	const char *state_dir;    /* NULL: leases and saved edits end with the boot */
	const char *boot_id_path; /* LEASE_BOOT_ID_PATH, or what stands for it */
	struct writer *writer;    /* NULL: as without `state_dir` */
	int64_t (*wall_us)(void); /* clock_realtime_us() */

	/* Whether an entry of a file is one that this daemon makes. */
	bool (*is_sound)(void *userdata, const struct layer_entry *entry);
	/* A lease has `left_us` left, five minutes or one. */
	void (*expiring)(
	    void *userdata, const struct layer_entry *entry, int64_t left_us);
	/* The time of an entry is over; it is no longer in the layers. */
	void (*expired)(void *userdata, const struct layer_entry *entry);
	/* All of that was told: values are to be worked out anew and written down. */
	void (*changed)(void *userdata);
	void *userdata;
};

/* Makes the store and takes up what earlier processes left. What cannot be read is
 * logged and left out. The texts of `config` are copied. Returns 0 or a negative errno.
 */
int lease_store_new(const struct lease_store_config *config, struct lease_store **ret);

/* Answers whoever waits. The writer must be gone before. NULL is allowed. Returns NULL.
 */
struct lease_store *lease_store_free(struct lease_store *store);

/* Writes down what changed and sets the timer for what ends next: at once; soon, in a
 * turn of the loop of its own and once for all that changes meanwhile, however fast a
 * client edits; at once when it was to be soon. */
void lease_store_write(struct lease_store *store);
void lease_store_write_soon(struct lease_store *store);
void lease_store_flush(struct lease_store *store);

/* Answers `call` with `result`, which is taken over and gets a member "durable", as
 * soon as all that was written before is on the disk. */
void lease_store_reply(
    struct lease_store *store, struct ctl_call *call, json_t *result);

/* The longest lease that an operator may give from now on; LEASE_OPERATOR_US at first.
 */
void lease_store_set_operator_max(struct lease_store *store, int64_t most_us);

/* The longest lease that a caller with `role` may give. */
int64_t lease_store_max_us(const struct lease_store *store, enum ctl_role role);

enum lease_store_outcome {
	LEASE_STORE_KEPT = 0, /* on the disk */
	LEASE_STORE_REFUSED,  /* a file cannot be written; that is tried again */
	LEASE_STORE_UNKNOWN,  /* not within two seconds, or the daemon stops */
};

typedef void (*lease_store_settled_fn)(
    void *userdata, enum lease_store_outcome outcome);

/* Calls `settled` once, at once or later, with what became of all that was written
 * before. */
void lease_store_settle(
    struct lease_store *store, lease_store_settled_fn settled, void *userdata);

/* Whether another lease of `ttl_us` may be given to this caller; answers the call with
 * the reason when not. `renewed`: the lease is there already. */
bool lease_store_may_give(const struct lease_store *store, struct ctl_call *call,
    int64_t ttl_us, bool renewed);

/* What is left of a lease in a new boot; it was written down when `left_us` was left of
 * it and the wall clock showed `written_wall_us`, and shows `now_wall_us` now. */
int64_t lease_store_left_us(
    int64_t left_us, int64_t written_wall_us, int64_t now_wall_us);

#endif

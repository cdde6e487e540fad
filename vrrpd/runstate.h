/* SPDX-License-Identifier: Apache-2.0 */
/* runstate.h - the roles held, in a file that outlives the process.
 *
 * DIR/vrrpd/state is a shared mapping in a tmpfs: noting that an advertisement left is one
 * store into memory, costs no system call, and is there after SIGKILL. A daemon that comes
 * back within Master_Down_Interval finds which routers were Master and resumes them.
 */
#ifndef VRRPD_RUNSTATE_H
#define VRRPD_RUNSTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/addr.h"

struct runstate;

/* What is kept of one virtual router; times are of clock_now_us(). */
struct runstate_record {
	char ifname[16];
	uint8_t vrid;
	uint8_t family; /* AF_INET or AF_INET6 */
	uint16_t reserved;
	uint32_t used;
	int64_t master_since_us;  /* 0: not Master */
	int64_t last_advert_us;   /* when we last advertised as Master; 0: not Master */
	uint64_t transitions;
};

/* Opens or creates the file in `dir` with room for `room` records. Records of an earlier
 * process are kept when they are of this boot, else cleared; a damaged file is replaced.
 * Returns 0 or a negative errno. */
int runstate_open(const char *dir, size_t room, struct runstate **ret);
struct runstate *runstate_close(struct runstate *state);

/* Whether the process that had the file before was killed or crashed, in this boot. */
bool runstate_is_after_kill(const struct runstate *state);

/* Notes that this process comes to its end by itself; NULL is allowed. */
void runstate_end(struct runstate *state);

/* The record of a virtual router, made when there is none; NULL when the file is full.
 * Stays valid until runstate_close() or runstate_resize(). Write single fields: each store
 * is atomic, and a record is never read back half-written. */
struct runstate_record *runstate_get(struct runstate *state, const char *ifname,
    sa_family_t family, uint8_t vrid);

/* Forgets a record (its router was removed from the configuration). */
void runstate_forget(struct runstate_record *record);

/* Makes room for more records after a reload; pointers change. 0 or a negative errno. */
int runstate_resize(struct runstate *state, size_t room);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_view.h - all that is known of one virtual router at one moment. */
#ifndef VRRPD_VRRP_VIEW_H
#define VRRPD_VRRP_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/layers.h"
#include "vrrpd/vrrp_conf.h"
#include "vrrpd/vrrp_fsm.h"
#include "vrrpd/vrrp_offender.h"
#include "vrrpd/vrrp_packet.h"

/* So many odd packets of one router are no coincidence: one that loses an election may
 * send one or two more. */
#define VRRP_VIEW_SIGNS 3

struct vrrp_view_counter {
	const char *name;
	uint64_t value;
};

/* A move of the role that was asked for and is under way. */
struct vrrp_view_move {
	const char *kind;   /* "failover", "takeover", "stop" */
	const char *method; /* "handover", "yield", "release"; takeover: NULL */
	int64_t since_us;
	int64_t until_us; /* when it ends without a proof */
	int64_t quiet_us; /* takeover: how much more silence proves it; else 0 */
};

/* When something that should not be happened last; 0: never. */
struct vrrp_view_times {
	int64_t late_us;     /* an advertisement left much too late */
	int64_t unsent_us;   /* one could not be sent */
	int64_t repaired_us; /* an address was put back */
	int64_t stalled_us;  /* this process did not run in time */
};

struct vrrp_view {
	const struct vrrp_instance_conf *conf;
	const struct vrrp_fsm *fsm;
	const struct layers *layers;
	int64_t now_us, wall_us; /* the same moment on both clocks of common/clock.h */

	size_t vips_want, vips_set;
	/* Of conf->vips, then conf->excluded; NULL: none is there. */
	const bool *vips_present;

	const char *moving;         /* "failover", "takeover" or NULL */
	struct vrrp_view_move move; /* of that; all 0 when there is none */
	const char *const *faults;  /* names, the first is the cause; ends with NULL */
	const char *fault_text;     /* the first fault as a clause; may be empty */
	const char *reason;

	const struct vrrp_view_counter *counters;
	size_t counter_count;
	struct vrrp_view_times at;
	const uint32_t *causes; /* of its transitions, VRRP_CAUSE_COUNT_ of them */

	const struct vrrp_offender *offenders; /* the latest first; NULL: none */
};

/* The priority it should have: file and overrides, but no hold and no takeover, which
 * are on top of it for a while. */
uint8_t vrrp_view_priority(const struct vrrp_view *view);

/* nopreempt, with overrides. */
bool vrrp_view_nopreempt(const struct vrrp_view *view);

/* Whether a maintenance that is over leaves the role to whoever has it. */
bool vrrp_view_stays(const struct vrrp_view *view);

/* Whether it takes part: BACKUP or MASTER. */
bool vrrp_view_runs(const struct vrrp_view *view);

/* Whether two routers are Master, and why that is believed: a MASTER that lately heard
 * another again and again, or refused what another sends. Returns the packet that shows
 * it, or NULL. */
const struct vrrp_offender *vrrp_view_split_brain(const struct vrrp_view *view);

/* Whether the packet came so lately that it says something of now. */
bool vrrp_view_is_recent(
    const struct vrrp_view *view, const struct vrrp_offender *offender);

/* Whether the entry of a lease keeps a router behind all others: that of a hold or a
 * maintenance. */
bool vrrp_view_is_hold(const struct layer_entry *entry);

/* The hold or maintenance of a MASTER that is one only because nobody else has taken
 * over: it was to be out of the way. NULL: it has none, or its role is being moved. */
const struct layer_entry *vrrp_view_last_resort(const struct vrrp_view *view);

/* Until when a peer may yet take over from such a MASTER: since it is held back, a peer of
 * the same interval waits its Master_Down_Interval (RFC 9568 6.1). 0: it is none. */
int64_t vrrp_view_heir_due_us(const struct vrrp_view *view);

/* Whether it is BACKUP of a Master it has heard, who did not resign. */
bool vrrp_view_knows_master(const struct vrrp_view *view);

#endif

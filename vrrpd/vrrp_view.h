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
#include "vrrpd/vrrp_packet.h"

struct vrrp_view_counter {
	const char *name;
	uint64_t value;
};

struct vrrp_view {
	const struct vrrp_instance_conf *conf;
	const struct vrrp_fsm *fsm;
	const struct layers *layers;
	int64_t now_us, wall_us; /* the same moment on both clocks of common/clock.h */

	size_t vips_want, vips_set;
	/* Of conf->vips, then conf->excluded; NULL: none is there. */
	const bool *vips_present;

	const char *moving;        /* "failover", "takeover" or NULL */
	const char *const *faults; /* names, the first is the cause; ends with NULL */
	const char *fault_text;    /* the first fault as a clause; may be empty */
	const char *reason;

	const struct vrrp_view_counter *counters;
	size_t counter_count;
	const uint64_t *drops; /* VRRP_DROP_COUNT_ of them */

	enum vrrp_drop refused; /* the last refused packet; VRRP_DROP_NONE: none */
	struct addr refused_source;
	int64_t refused_at_us;
	const char *refused_detail;
};

/* The priority it should have: file and overrides, but no hold and no takeover, which
 * are on top of it for a while. */
uint8_t vrrp_view_priority(const struct vrrp_view *view);

/* nopreempt, with overrides. */
bool vrrp_view_nopreempt(const struct vrrp_view *view);

/* Whether it takes part: BACKUP or MASTER. */
bool vrrp_view_runs(const struct vrrp_view *view);

/* Whether it is BACKUP of a Master it has heard, who did not resign. */
bool vrrp_view_knows_master(const struct vrrp_view *view);

#endif

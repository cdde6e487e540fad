/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_internal.h - what the files of vrrpd's control methods share. */
#ifndef VRRPD_VRRP_CTL_INTERNAL_H
#define VRRPD_VRRP_CTL_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/ctl_call.h"
#include "common/units.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrrp_json.h"

#define VRRP_LEASES_MAX 64
#define VRRP_LEASE_OPERATOR_US (8 * 3600 * US_PER_S)
#define VRRP_LEASE_ADMIN_US (7 * 24 * 3600 * US_PER_S)
#define VRRP_HOLD_PRIORITY 1
#define VRRP_TAKEOVER_PRIORITY 254

#define VRRP_KIND_OVERRIDE "override"
#define VRRP_KIND_HOLD "hold"
#define VRRP_KIND_TAKEOVER "takeover"

struct vrrp_move;

/* The control plane of one engine: the userdata of every method. */
struct vrrp_ctl {
	struct engine *engine;
	sd_event_source *expiry; /* the next end of a lease */
	struct vrrp_move *moves; /* failovers and takeovers under way */
	char host[65];           /* this host's name up to the first dot */
	char boot_id[64];        /* empty until it was read */
};

/* ---- vrrp_ctl_view.c ----------------------------------------------------- */

enum { VRRP_SNAPSHOT_COUNTERS = 12, VRRP_SNAPSHOT_FAULTS = 6 };

/* A view of a router and the memory behind it. */
struct vrrp_snapshot {
	struct vrrp_view view;
	struct vrrp_view_counter counters[VRRP_SNAPSHOT_COUNTERS];
	const char *faults[VRRP_SNAPSHOT_FAULTS];
	char fault_text[160];
	char reason[256];
	bool *present; /* NULL unless asked for */
};

/* Looks at `vr` now. `addresses`: also which of its addresses are there, and the
 * link-layer addresses of those whose packets were odd. */
void vrrp_snapshot_take(
    struct vrrp_snapshot *ret, const struct vrouter *vr, bool addresses);
void vrrp_snapshot_done(struct vrrp_snapshot *snapshot);

/* ---- vrrp_ctl_store.c ---------------------------------------------------- */

/* Writes the overrides down and sets the timer for the next expiry. Returns whether
 * they were written. */
bool vrrp_store_write(struct vrrp_ctl *ctl);

/* The same after a change by a client or the clock, which counts as a revision. */
bool vrrp_store_changed(struct vrrp_ctl *ctl);

/* Removes overrides of instances that are not configured. */
void vrrp_store_forget_strangers(struct vrrp_ctl *ctl);

/* Reads what an earlier process wrote. */
void vrrp_store_load(struct vrrp_ctl *ctl);

/* Whether another lease of `ttl_us` may be given to this caller; answers the call with
 * the reason when not. */
bool vrrp_store_may_lease(
    const struct vrrp_ctl *ctl, struct ctl_call *call, int64_t ttl_us);

/* ---- vrrp_ctl_move.c ----------------------------------------------------- */

void vrrp_do_failover(void *userdata, struct ctl_call *call);
void vrrp_do_takeover(void *userdata, struct ctl_call *call);

/* Answers everyone who waits for a move: the daemon stops. */
void vrrp_moves_abandon(struct vrrp_ctl *ctl);

/* ---- vrrp_ctl_apply.c ---------------------------------------------------- */

void vrrp_do_apply(void *userdata, struct ctl_call *call);
void vrrp_do_release(void *userdata, struct ctl_call *call);

/* The fields that may be changed while running, for `describe`. */
json_t *vrrp_apply_fields(void *userdata);

/* ---- vrrp_ctl_config.c --------------------------------------------------- */

void vrrp_do_reload(void *userdata, struct ctl_call *call);
void vrrp_do_config_test(void *userdata, struct ctl_call *call);
void vrrp_do_config_show(void *userdata, struct ctl_call *call);

/* ---- vrrp_ctl.c ---------------------------------------------------------- */

/* The router that "instance/NAME" or a name alone means, or NULL. */
struct vrouter *vrrp_ctl_find(const struct vrrp_ctl *ctl, const char *path);

/* The router that the parameter "target" names; answers the call when there is none. */
struct vrouter *vrrp_ctl_target(const struct vrrp_ctl *ctl, struct ctl_call *call);

/* The parameter "reason" when it may go into logs; else answers the call: NULL. */
const char *vrrp_ctl_reason(struct ctl_call *call);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_internal.h - what the files of vrrpd's control methods share. */
#ifndef VRRPD_VRRP_CTL_INTERNAL_H
#define VRRPD_VRRP_CTL_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/ctl_call.h"
#include "common/lease_store.h"
#include "common/units.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_json.h"

#define VRRP_HOLD_PRIORITY 1
#define VRRP_TAKEOVER_PRIORITY 254

/* Kinds of lease beside those of layers.h. */
#define VRRP_KIND_HOLD "hold"
#define VRRP_KIND_MAINTENANCE "maintenance"
#define VRRP_KIND_LOG "log"
#define VRRP_KIND_STAY "stay" /* of the runtime layer: after a maintenance */
#define VRRP_KIND_TAKEOVER "takeover"

/* What edits are about beside "instance/NAME". */
#define VRRP_PATH_NODE "node"
#define VRRP_PATH_DAEMON "daemon/vrrpd"
#define VRRP_FIELD_MAINTENANCE "maintenance" /* its value: */
#define VRRP_MAINTENANCE_OUT 1               /* does not even serve as a last resort */
#define VRRP_MAINTENANCE_STAY 2 /* does not take the role back at its end */
#define VRRP_FIELD_LOG_LEVEL "log_level"

struct audit;
struct vrrp_move;
struct vrrp_window;
struct writer;

/* The control plane of one engine: the userdata of every method. */
struct vrrp_ctl {
	struct engine *engine;
	struct lease_store *store;
	struct writer *writer;
	struct audit *audit;
	struct vrrp_move *moves;     /* failovers and takeovers under way */
	struct vrrp_window *windows; /* maintenance that waits for moves */
	char given[64]; /* a lease of this turn that is still to be told of */
	bool given_new;
	int log_level; /* as the command line said */
	char host[65]; /* this host's name up to the first dot */
};

/* ---- vrrp_ctl_view.c ----------------------------------------------------- */

enum { VRRP_SNAPSHOT_COUNTERS = 12, VRRP_SNAPSHOT_FAULTS = 7 };

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

/* Opens the files of edits and of the audit, and takes up what is in them. */
void vrrp_store_open(struct vrrp_ctl *ctl);

/* Answers who waits, and writes what is due. */
void vrrp_store_close(struct vrrp_ctl *ctl);

/* What follows every change of the layers by a client or the clock: it counts as a
 * revision and is written down. */
void vrrp_store_changed(struct vrrp_ctl *ctl);

/* Lets every router work its values out anew. */
void vrrp_store_update_all(struct vrrp_ctl *ctl);

/* After a start or a reload: removes edits of instances that are not configured, takes
 * new ones into the maintenance of the node, and drops what was saved over another
 * value of the file than the present one. */
void vrrp_store_settle(struct vrrp_ctl *ctl);

/* A lease as clients see it: its first entry, and all its "entries". */
json_t *vrrp_store_lease_json(
    const struct vrrp_ctl *ctl, const struct layer_entry *entry);

/* lease.created, lease.renewed, lease.released, lease.expired, lease.expiring. */
void vrrp_store_event(
    struct vrrp_ctl *ctl, const char *type, const struct layer_entry *entry);

/* Ends the lease: what follows from its end, the event, its removal. */
void vrrp_store_end_lease(struct vrrp_ctl *ctl, const char *id);

/* Gives the lease `entry`; vrrp_store_changed() tells of it. NULL: out of memory. */
const struct layer_entry *vrrp_store_give(
    struct vrrp_ctl *ctl, const struct layer_entry *entry);

/* Puts "lease" and "expires" of a lease into a result. */
void vrrp_store_put_lease(const struct vrrp_ctl *ctl, json_t *result, const char *id);

/* ---- vrrp_ctl_move.c ----------------------------------------------------- */

void vrrp_do_failover(void *userdata, struct ctl_call *call);
void vrrp_do_takeover(void *userdata, struct ctl_call *call);

/* Answers everyone who waits for a move: the daemon stops. */
void vrrp_moves_abandon(struct vrrp_ctl *ctl);

/* ---- vrrp_ctl_apply.c ---------------------------------------------------- */

void vrrp_do_apply(void *userdata, struct ctl_call *call);

/* ---- vrrp_ctl_lease.c ---------------------------------------------------- */

void vrrp_do_lease_list(void *userdata, struct ctl_call *call);
void vrrp_do_renew(void *userdata, struct ctl_call *call);
void vrrp_do_release(void *userdata, struct ctl_call *call);
void vrrp_do_confirm(void *userdata, struct ctl_call *call);
void vrrp_do_hold(void *userdata, struct ctl_call *call);
void vrrp_do_garp(void *userdata, struct ctl_call *call);
void vrrp_do_log_level(void *userdata, struct ctl_call *call);

/* Sets the level that the layers say. */
void vrrp_lease_apply_log_level(struct vrrp_ctl *ctl);

/* The lease called `id`, when the caller may change it; else answers the call: NULL. */
const struct layer_entry *vrrp_lease_own(
    const struct vrrp_ctl *ctl, struct ctl_call *call, const char *id);

/* ---- vrrp_ctl_maintenance.c ---------------------------------------------- */

void vrrp_do_maintenance(void *userdata, struct ctl_call *call);

/* Takes instances that a reload added into the maintenance of the node. */
void vrrp_maintenance_extend_to_new(struct vrrp_ctl *ctl);

/* An entry of a lease ends: a maintenance that was to stay leaves the role where it is.
 */
void vrrp_maintenance_entry_ends(struct vrrp_ctl *ctl, const struct layer_entry *entry);

/* Answers everyone who waits: the daemon stops. */
void vrrp_windows_abandon(struct vrrp_ctl *ctl);

/* ---- vrrp_ctl_saved.c ---------------------------------------------------- */

void vrrp_do_config_diff(void *userdata, struct ctl_call *call);
void vrrp_do_config_save(void *userdata, struct ctl_call *call);
void vrrp_do_config_discard(void *userdata, struct ctl_call *call);

/* Drops what was saved over another value of the file than the present one. */
void vrrp_saved_check(struct vrrp_ctl *ctl);

/* ---- vrrp_ctl_config.c --------------------------------------------------- */

void vrrp_do_reload(void *userdata, struct ctl_call *call);
void vrrp_do_config_test(void *userdata, struct ctl_call *call);
void vrrp_do_config_show(void *userdata, struct ctl_call *call);

/* ---- vrrp_ctl.c ---------------------------------------------------------- */

/* The router that "instance/NAME" or a name alone means, or NULL. */
struct vrouter *vrrp_ctl_find(const struct vrrp_ctl *ctl, const char *path);

/* Whether the router is being moved, or the daemon stops; answers the call if so. */
bool vrrp_move_is_busy(
    const struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrouter *vr);

/* The router that the parameter "target" names; answers the call when there is none. */
struct vrouter *vrrp_ctl_target(const struct vrrp_ctl *ctl, struct ctl_call *call);

/* The parameter "reason" when it may go into logs; else answers the call: NULL. */
const char *vrrp_ctl_reason(struct ctl_call *call);

#endif

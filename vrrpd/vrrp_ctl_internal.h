/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_internal.h - what the files of vrrpd's control methods share. */
#ifndef VRRPD_VRRP_CTL_INTERNAL_H
#define VRRPD_VRRP_CTL_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/ctl_call.h"
#include "common/ctl_plane.h"
#include "common/lease_store.h"
#include "common/units.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_json.h"

#define VRRP_HOLD_PRIORITY 1

/* Kinds of lease beside those of layers.h. */
#define VRRP_KIND_HOLD "hold"
#define VRRP_KIND_MAINTENANCE "maintenance"
#define VRRP_KIND_STAY "stay" /* of the runtime layer: after a maintenance */
#define VRRP_KIND_TAKEOVER "takeover"

/* What edits are about beside "instance/NAME". */
#define VRRP_PATH_NODE "node"

/* Why there are no objects of the kind "track", and no weights of them. */
#define VRRP_TRACKS_NOTHING "vrrpd tracks nothing beside interfaces yet"

struct vrrp_op;
struct vrrp_update;

/* The control plane of one engine: the userdata of every method. */
struct vrrp_ctl {
	struct engine *engine;
	struct ctl_plane plane;
	struct edits *edits; /* of the plane: what nearly every method needs */
	struct vrrp_update *update;
	struct vrrp_op *ops; /* requests that wait for roles to move */
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

/* ---- vrrp_ctl_edits.c ---------------------------------------------------- */

extern const struct live_kind vrrp_kinds[]; /* ends without a name */

/* What ctl->edits is to be made from. */
struct edits_config vrrp_edits_config(struct vrrp_ctl *ctl);

/* After a start or a reload: takes new instances into the maintenance of the node. */
void vrrp_edits_settle(struct vrrp_ctl *ctl);

/* ---- vrrp_update.c -------------------------------------------------------- */

/* Returns 0 or a negative errno. */
int vrrp_update_new(struct engine *engine, struct vrrp_update **ret);
struct vrrp_update *vrrp_update_free(struct vrrp_update *update);

/* Lets every router work its values out anew, before the next client is served. */
void vrrp_update_all(struct vrrp_update *update);

/* The list of routers is another: what is under way begins anew. */
void vrrp_update_routers_moved(struct vrrp_update *update);

/* ---- vrrp_scope.c -------------------------------------------------------- */

/* What a request is about: one router, or all of them. */
struct vrrp_scope {
	const struct vrrp_ctl *ctl;
	struct vrouter *one; /* NULL: all */
	char path[VRRP_PATH_SIZE]; /* "instance/NAME", or "node" */
};

/* From "target", which is `all`, the word for all, or names a router; without it the
 * node is meant. Answers the call when there is no such router. */
bool vrrp_scope_take(const struct vrrp_ctl *ctl, struct ctl_call *call, const char *all,
    struct vrrp_scope *ret);

/* Its routers one after the other, from *at = 0 on; NULL: there is no other. */
struct vrouter *vrrp_scope_next(const struct vrrp_scope *scope, size_t *at);

/* Lets them work their values out anew, before the next client is served. */
void vrrp_scope_update(const struct vrrp_scope *scope);

/* ---- vrrp_ctl_move.c ----------------------------------------------------- */

void vrrp_do_failover(void *userdata, struct ctl_call *call);
void vrrp_do_takeover(void *userdata, struct ctl_call *call);

/* ---- vrrp_ctl_lease.c ---------------------------------------------------- */

/* How long the lease of a request lasts: what `param` says in milliseconds, else ten
 * minutes, or as long as the caller may have one when that is less. */
int64_t vrrp_lease_span_us(
    const struct vrrp_ctl *ctl, const struct ctl_call *call, const char *param);

/* Whether the caller may have a lease of `kind` on one router (NULL: on all) for
 * `span_us`; 0 is none, which anybody may. Answers the call with the reason if not. */
bool vrrp_lease_may_give(const struct vrrp_ctl *ctl, struct ctl_call *call,
    const char *kind, const struct vrouter *one, int64_t span_us);

typedef bool (*vrrp_lease_test_fn)(
    const void *userdata, const struct layer_entry *entry);

/* Takes the object at `path` out of every lease of which `is_over` says so. Returns
 * whether there was one; edits_changed() tells. */
bool vrrp_lease_drop(struct vrrp_ctl *ctl, const char *path, vrrp_lease_test_fn is_over,
    const void *userdata);

/* ---- vrrp_ctl_hold.c, vrrp_ctl_garp.c ------------------------------------- */

void vrrp_do_hold(void *userdata, struct ctl_call *call);
void vrrp_do_garp(void *userdata, struct ctl_call *call);

/* ---- vrrp_ctl_maintenance.c ---------------------------------------------- */

void vrrp_do_maintenance(void *userdata, struct ctl_call *call);

/* Takes instances that a reload added into the maintenance of the node. Returns whether
 * there were any. */
bool vrrp_maintenance_extend_to_new(struct vrrp_ctl *ctl);

/* An entry of a lease ends: a maintenance that was to stay leaves the role where it is.
 */
void vrrp_maintenance_entry_ends(struct vrrp_ctl *ctl, const struct layer_entry *entry);

/* ---- vrrp_op.c ----------------------------------------------------------- */

/* The router will be freed. */
void vrrp_ops_forget(struct vrrp_ctl *ctl, const struct vrouter *vr);

/* Answers everyone who waits for a role to move: the daemon stops. */
void vrrp_ops_abandon(struct vrrp_ctl *ctl);

/* ---- vrrp_window.c ------------------------------------------------------- */

/* Leases ended: calls off what still moves for the sake of one, and answers. */
void vrrp_windows_check(struct vrrp_ctl *ctl);

/* ---- vrrp_ctl.c ---------------------------------------------------------- */

/* The router that "instance/NAME" or a name alone means, or NULL. */
struct vrouter *vrrp_ctl_find(const struct vrrp_ctl *ctl, const char *path);

/* Whether the router is being moved, or the daemon stops; answers the call if so. */
bool vrrp_move_is_busy(
    const struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrouter *vr);

/* Whether "target" means all routers: "all". One that is called so is "instance/all".
 */
bool vrrp_ctl_is_for_all(const struct ctl_call *call);

/* The router that the parameter "target" names; answers the call when there is none. */
struct vrouter *vrrp_ctl_target(const struct vrrp_ctl *ctl, struct ctl_call *call);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl.h - the methods vrrpd offers over its control sockets. */
#ifndef VRRPD_VRRP_CTL_H
#define VRRPD_VRRP_CTL_H

#include <jansson.h>

struct engine;
struct vrouter;
struct vrrp_diff;

/* Opens the control sockets in engine->run_dir, into engine->control. Call while still
 * root and with engine->layers made. Returns 0 or a negative errno. */
int vrrp_ctl_open(struct engine *engine);

/* Takes up the edits and leases an earlier process left in engine->run_dir and
 * engine->state_dir (see common/lease_store.h), opens the audit and the link to checkd.
 * Call after privileges were dropped and before the virtual routers start. What cannot
 * be read is logged and left out. */
void vrrp_ctl_start(struct engine *engine);

/* Reads the configuration anew, as a client's reload does, for a signal. */
void vrrp_ctl_reload(struct engine *engine);

/* A reload changed engine->conf: overrides of instances that are gone go too. What went
 * is added to `told`, see edits_settle(). */
void vrrp_ctl_reloaded(struct engine *engine, json_t *told);

/* A reload is about to rename routers: their live edits and leases follow them, and those
 * of a removed router whose name another has now go, which is added to `told` as
 * vrrp_ctl_reloaded() does. Call when engine->conf is the new one, and removed routers
 * are gone. */
void vrrp_ctl_renamed(
    struct engine *engine, const struct vrrp_diff *diff, json_t *told);

/* A reload removed the router, which will be freed. */
void vrrp_ctl_removed(struct vrouter *vr);

/* It became Master: what kept it from taking the role after a maintenance is over. */
void vrrp_ctl_end_stay(struct vrouter *vr);

/* Closes the sockets, after the answers that are due, and forgets engine->control. */
void vrrp_ctl_close(struct engine *engine);

#endif

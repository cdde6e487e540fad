/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_pending.h - what the kernel still has to do for virtual routers, as it is told.
 */
#ifndef VRRPD_VRRP_PENDING_H
#define VRRPD_VRRP_PENDING_H

#include <jansson.h>

struct engine;
struct vrouter;

/* Adds to `pending` what is under way for the router: {"path", "what": "addresses",
 * "want": 2, "set": 0}; `want` is 0 while they are being removed. Nothing when it does
 * not wait for the kernel. An event instance.vips that is "settled" or "incomplete"
 * follows, or instance.removed. */
void vrrp_pending_add(json_t *pending, const struct vrouter *vr);

/* The same of all routers, as a new list of at most 50; NULL: out of memory. */
json_t *vrrp_pending_all(const struct engine *engine);

#endif

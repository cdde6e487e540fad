/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_metrics.h - what vrrpd counts, as families of common/metrics.h. Pure. */
#ifndef VRRPD_VRRP_METRICS_H
#define VRRPD_VRRP_METRICS_H

#include <jansson.h>
#include <stdint.h>
#include "vrrpd/vrrp_lateness.h"
#include "vrrpd/vrrp_view.h"

/* What virtual routers have in common. */
struct vrrp_metrics_daemon {
	uint64_t unknown_vrid;
	const struct vrrp_lateness *lateness, *reconcile;
};

/* Appends the families of the daemon to `families`. */
void vrrp_metrics_daemon(json_t *families, const struct vrrp_metrics_daemon *daemon);

/* Appends the families of virtual routers, without samples, to `families`; returns them
 * as they are to be given to vrrp_metrics_add(), borrowed from it. NULL: out of memory.
 */
struct vrrp_metrics;
struct vrrp_metrics *vrrp_metrics_new(json_t *families);
/* Appends the samples of one virtual router. */
void vrrp_metrics_add(struct vrrp_metrics *metrics, const struct vrrp_view *view);
/* Frees the list, not the families. Returns NULL. */
struct vrrp_metrics *vrrp_metrics_free(struct vrrp_metrics *metrics);

#endif

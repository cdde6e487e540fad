/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_doctor.h - what is wrong with a virtual router, and what to do about it. Pure.
 *
 * A finding: {"severity": "error", "check": "split_brain", "object": "instance/VI_1",
 * "text": "192.0.2.12 is MASTER too: ...", "advice": "..."}. An "error" costs the
 * service, or will at the next failover; a "warning" may; a "note" is worth knowing.
 */
#ifndef VRRPD_VRRP_DOCTOR_H
#define VRRPD_VRRP_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "vrrpd/vrrp_view.h"

/* What the host says of a router's interface. */
struct vrrp_doctor_link {
	bool known;     /* there is such an interface */
	bool multicast; /* it can send and receive multicast */
};

/* Appends what is wrong with one virtual router to `findings`. */
void vrrp_doctor_instance(json_t *findings, const struct vrrp_view *view,
    const struct vrrp_doctor_link *link);

/* Appends what is wrong with the daemon as a whole. */
struct vrrp_doctor_daemon {
	bool reload_failed;
	uint64_t unknown_vrid;
};
void vrrp_doctor_daemon(json_t *findings, const struct vrrp_doctor_daemon *daemon);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_doctor.h - what is wrong with a virtual router, and what to do about it. Pure.
 *
 * A finding: {"severity": "error", "check": "split_brain", "object": "instance/VI_1",
 * "text": "192.0.2.12 is MASTER too: ...", "advice": "..."}. An "error" costs the
 * service, or will at the next failover; a "warning" may; a "note" is worth knowing.
 * What was counted is an error or a warning while it goes on, a minute or five intervals
 * after it was last seen a note, and after an hour nothing.
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

/* What is known of the daemon as a whole. */
struct vrrp_doctor_daemon {
	int64_t now_us, started_us;
	size_t resumed; /* roles of a process before it that it took up */
	bool after_kill; /* that process was killed or crashed */
	bool reload_failed;
	bool helper_gone;
	const char *config_path;
	uint64_t unknown_vrid; /* advertisements of virtual routers that are not ours */
	uint8_t stranger_vrid; /* of the last of them */
	struct addr stranger;
	int64_t stranger_us;
};

/* Appends what is wrong with the daemon as a whole. */
void vrrp_doctor_daemon(json_t *findings, const struct vrrp_doctor_daemon *daemon);

#endif

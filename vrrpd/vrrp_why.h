/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_why.h - what keeps a virtual router from being Master, or makes it one against
 * its operator's wish. Pure.
 *
 * There is one cause at a time, what an operator should look at first. What else stands
 * in the way behind it is told too: the end of a hold brings no role back where
 * nopreempt leaves it to whoever has it.
 */
#ifndef VRRPD_VRRP_WHY_H
#define VRRPD_VRRP_WHY_H

#include <stdbool.h>
#include <stdint.h>
#include "vrrpd/vrrp_view.h"

enum vrrp_why_cause {
	VRRP_WHY_NONE = 0,
	VRRP_WHY_FAULT, /* something is missing: the view's fault_text */
	VRRP_WHY_OUT,   /* a maintenance took it out of service, and nothing else */
	VRRP_WHY_HELD,  /* a hold or maintenance, behind a Master it could do without */
	VRRP_WHY_MASTER,      /* another one, that it does not preempt or not yet */
	VRRP_WHY_NOPREEMPT,   /* leaves the role to a lower Master */
	VRRP_WHY_STAY,        /* so does what a maintenance left */
	VRRP_WHY_LAST_RESORT, /* it is Master because nobody else is */
	VRRP_WHY_COUNT_
};

/* Entries are those of the view's layers; NULL: there is none. */
struct vrrp_why {
	enum vrrp_why_cause cause;
	const struct layer_entry *entry; /* the edit that is the cause; NULL: no edit */

	/* The maintenance of VRRP_WHY_OUT; what follows is what its end leaves. */
	const struct layer_entry *out;
	/* The lease it has priority 1 for, and of all such leases the last to end. */
	const struct layer_entry *held, *held_last;
	const struct layer_entry *maintenance; /* that it is in */
	uint8_t left; /* the priority; if held, that of `held` */
	bool nopreempt;
	bool stays; /* a maintenance leaves the role elsewhere, now or when it ends */
};

void vrrp_why_find(const struct vrrp_view *view, struct vrrp_why *ret);

/* The entry that says which maintenance `entry` is a part of, or NULL. */
const struct layer_entry *vrrp_why_maintenance_of(
    const struct vrrp_view *view, const struct layer_entry *entry);

#endif

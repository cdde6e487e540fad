/* SPDX-License-Identifier: Apache-2.0 */
/* vip_plan.h - what is to be done next about one virtual address, and what an answer of
 * the kernel means. Pure. */
#ifndef VRRPD_VIP_PLAN_H
#define VRRPD_VIP_PLAN_H

#include <stdbool.h>

struct vrrp_vip;

/* What is known of an address. `present` and `ours` are by the last word of the kernel,
 * which may be overtaken: every step is harmless when it already holds. */
struct vip_facts {
	bool wanted;
	bool wanted_elsewhere; /* another set wants the same address on the same link */
	bool reachable;        /* its link exists */
	bool present;
	bool ours;     /* carries our mark, or we installed it */
	bool outdated; /* installed with attributes of an older configuration */
	/* The kernel has yet to tell of it: a change before that would look like a mere
	 * renewal, which link_filter.c keeps from us. */
	bool untold;
	unsigned lease_s;        /* as it should be; 0: for ever */
	unsigned kernel_lease_s; /* as last asked for; VIP_LEASE_UNKNOWN */
};

#define VIP_LEASE_UNKNOWN (~0U)

enum vip_step {
	VIP_STEP_NONE = 0,
	VIP_STEP_ADD, /* fails when it is there: so nobody else's is ever changed */
	VIP_STEP_REMOVE,
	VIP_STEP_EXTEND, /* new lifetime, installing it when it is gone */
};

/* The next step. An address that is not ours is never touched. */
enum vip_step vip_plan(const struct vip_facts *facts);

/* Whether the address is as it should be. */
bool vip_is_settled(const struct vip_facts *facts);

/* What the kernel's answer to a step says. */
enum vip_outcome {
	VIP_OUTCOME_INSTALLED = 0, /* it was not there and now is */
	VIP_OUTCOME_PRESENT,       /* it is there, by somebody's doing */
	VIP_OUTCOME_EXTENDED,      /* it is there, ours, with the new lifetime */
	VIP_OUTCOME_GONE,
	VIP_OUTCOME_UNKNOWN, /* the answer was lost */
	VIP_OUTCOME_FAILED,
};

/* `error` is 0 or a negative errno. */
enum vip_outcome vip_judge(enum vip_step step, int error);

/* Whether only a removal and a new installation can turn `a` into `b`, which are the
 * same address: label, broadcast address and scope are fixed once it is there. */
bool vip_must_rebuild(const struct vrrp_vip *a, const struct vrrp_vip *b);

#endif

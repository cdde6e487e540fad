/* SPDX-License-Identifier: Apache-2.0 */
/* vip_plan.c - what is to be done next about one virtual address. */
#include "vrrpd/vip_plan.h"

#include <errno.h>
#include <string.h>
#include "vrrpd/vrrp_conf.h"

enum vip_step
vip_plan(const struct vip_facts *facts)
{
	if (!facts->reachable)
		return VIP_STEP_NONE;
	if (!facts->present)
		return facts->wanted ? VIP_STEP_ADD : VIP_STEP_NONE;
	if (!facts->ours)
		return VIP_STEP_NONE;
	if (!facts->wanted)
		return facts->wanted_elsewhere ? VIP_STEP_NONE : VIP_STEP_REMOVE;
	if (facts->outdated)
		return VIP_STEP_REMOVE;
	if (facts->kernel_lease_s != facts->lease_s && !facts->untold)
		return VIP_STEP_EXTEND;
	return VIP_STEP_NONE;
}

bool
vip_is_settled(const struct vip_facts *facts)
{
	return vip_plan(facts) == VIP_STEP_NONE && (!facts->wanted || facts->present);
}

static bool
says_gone(int error)
{
	/* No such address, interface, or IPv6 on the interface. */
	return error == 0 || error == -EADDRNOTAVAIL || error == -ENODEV ||
	       error == -ENXIO || error == -ENOENT || error == -ESRCH;
}

enum vip_outcome
vip_judge(enum vip_step step, int error)
{
	if (error == -ENOBUFS)
		return VIP_OUTCOME_UNKNOWN;
	switch (step) {
	case VIP_STEP_ADD:
		if (error == -EEXIST)
			return VIP_OUTCOME_PRESENT;
		return error == 0 ? VIP_OUTCOME_INSTALLED : VIP_OUTCOME_FAILED;
	case VIP_STEP_REMOVE:
		return says_gone(error) ? VIP_OUTCOME_GONE : VIP_OUTCOME_FAILED;
	case VIP_STEP_EXTEND:
		return error == 0 ? VIP_OUTCOME_EXTENDED : VIP_OUTCOME_FAILED;
	case VIP_STEP_NONE:
		break;
	}
	return VIP_OUTCOME_UNKNOWN;
}

bool
vip_must_rebuild(const struct vrrp_vip *a, const struct vrrp_vip *b)
{
	if (a->prefix.addr.family != AF_INET)
		return false; /* IPv6 addresses have none of these */
	return strncmp(a->label, b->label, sizeof(a->label)) != 0 ||
	       !addr_equal(&a->broadcast, &b->broadcast) || a->scope != b->scope;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter_reason.c - why a virtual router is what it is, in words. */
#include "vrrpd/vrouter.h"

#include <stdio.h>
#include <stdlib.h>
#include "common/units.h"
#include "vrrpd/vrouter_internal.h"

void
vrouter_fault_text(const struct vrouter *vr, char *buf, size_t room)
{
	const char *ifname = vr->conf->ifname;

	buf[0] = '\0';
	if (vr->faults & VROUTER_FAULT_NO_INTERFACE)
		(void)snprintf(buf, room, "there is no interface %s", ifname);
	else if (vr->faults & VROUTER_FAULT_LINK_DOWN)
		(void)snprintf(buf, room, "interface %s is down", ifname);
	else if (vr->faults & VROUTER_FAULT_NO_ADDRESS)
		(void)snprintf(buf, room, "interface %s has no %s to advertise from",
		    ifname,
		    vr->conf->family == AF_INET ? "IPv4 address"
						: "usable link-local IPv6 address");
	else if (vr->faults & VROUTER_FAULT_SOCKET)
		(void)snprintf(
		    buf, room, "the socket for advertisements on %s failed", ifname);
	else if (vr->faults & VROUTER_FAULT_MTU)
		(void)snprintf(buf, room,
		    "an advertisement of %u bytes does not fit the MTU of %s",
		    vr->packet_len, ifname);
	else if (vr->faults & VROUTER_FAULT_OUT)
		(void)snprintf(buf, room, "maintenance took it out of service");
}

/* "10.0.0.2 (priority 100)" */
static void
master_text(const struct vrouter *vr, char *buf, size_t room)
{
	char from[ADDR_TEXT_SIZE];

	(void)snprintf(buf, room, "%s (priority %d)",
	    addr_format(from, &vr->fsm.master), vr->fsm.master_priority);
}

void
vrouter_reason(const struct vrouter *vr, char *buf, size_t room)
{
	const struct vrrp_fsm *fsm = &vr->fsm;
	const char *text = vrrp_cause_text(fsm->cause);
	char master[80], span[UNITS_TEXT_SIZE];

	master_text(vr, master, sizeof(master));
	switch (fsm->cause) {
	case VRRP_CAUSE_HIGHER_PRIORITY:
	case VRRP_CAUSE_HIGHER_ADDRESS:
		(void)snprintf(buf, room, "%s: %s, own priority %d", text, master,
		    vr->outbid);
		return;
	case VRRP_CAUSE_HANDED_OVER:
		(void)snprintf(buf, room, "%s to %s", text, master);
		return;
	case VRRP_CAUSE_FAULT:
		vrouter_fault_text(vr, buf, room);
		return;
	case VRRP_CAUSE_MASTER_DOWN_TIMER:
		(void)snprintf(buf, room, "%s (no advertisement for %s)", text,
		    units_format_span(span, vr->silence_us));
		return;
	case VRRP_CAUSE_NONE:
	case VRRP_CAUSE_STARTUP:
	case VRRP_CAUSE_OWNER:
	case VRRP_CAUSE_RESUMED:
	case VRRP_CAUSE_MASTER_RESIGNED:
	case VRRP_CAUSE_PREEMPTED:
	case VRRP_CAUSE_TAKEOVER:
	case VRRP_CAUSE_RELEASED:
	case VRRP_CAUSE_STALLED:
	case VRRP_CAUSE_FAULT_CLEARED:
	case VRRP_CAUSE_SHUTDOWN:
	case VRRP_CAUSE_COUNT_:
		break;
	}
	(void)snprintf(buf, room, "%s", text);
}

bool
vrouter_line_pass(
    struct vrouter *vr, enum vrouter_line line, int64_t now_us, uint64_t *ret_held)
{
	if (vr->lines == NULL)
		vr->lines = calloc(1, sizeof(*vr->lines));
	return vr->lines != NULL &&
	       log_limit_pass(&vr->lines->limits[line], now_us, ret_held);
}

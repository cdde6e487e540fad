/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter_host.c - what a virtual router needs of its host: interface, address, socket.
 */
#include "vrrpd/vrouter.h"

#include <string.h>
#include "vrrpd/engine.h"
#include "vrrpd/vrouter_internal.h"
#include "vrrpd/vrrp_news.h"

#define IPV4_HEADER_LEN 20U
#define IPV6_HEADER_LEN 40U

static const struct addr *
group_of(const struct vrouter *vr)
{
	const struct vrrp_conf *conf = vr->engine->conf;

	return vr->conf->family == AF_INET ? &conf->mcast_group4 : &conf->mcast_group6;
}

void
vrouter_close_socket(struct vrouter *vr)
{
	if (vr->socket == NULL)
		return;
	if (adv_socket_get_vrid(vr->socket, vr->conf->vrid) == vr)
		adv_socket_set_vrid(vr->socket, vr->conf->vrid, NULL);
	vr->socket = adv_socket_put(vr->socket);
}

static bool
open_socket(struct vrouter *vr)
{
	const struct addr *group = group_of(vr);

	if (vr->socket != NULL && addr_equal(&vr->group, group))
		return true;
	vrouter_close_socket(vr);
	vr->group = *group;

	int r = adv_socket_get(vr->engine->sockets, vr->ifindex, group, &vr->socket);

	if (r < 0) {
		log_err("%s: cannot open a socket for advertisements on %s: %s",
		    vr->conf->name, vr->conf->ifname, strerror(-r));
		return false;
	}
	adv_socket_set_vrid(vr->socket, vr->conf->vrid, vr);
	return true;
}

static bool
fits_mtu(const struct vrouter *vr, const struct link *link)
{
	size_t header = vr->conf->family == AF_INET ? IPV4_HEADER_LEN : IPV6_HEADER_LEN;

	return header + vr->packet_len <= link->mtu;
}

/* What is wrong with the host for this router; sets its interface and source address.
 */
unsigned
vrouter_look_at_host(struct vrouter *vr)
{
	const struct link *link = link_mon_by_name(vr->engine->links, vr->conf->ifname);
	int ifindex = link != NULL ? link->ifindex : 0;
	unsigned faults = 0;

	if (vr->ifindex != ifindex)
		vrouter_close_socket(vr);
	vr->ifindex = ifindex;
	if (vrouter_is_out(vr))
		faults |= VROUTER_FAULT_OUT;
	if (link == NULL)
		return faults | VROUTER_FAULT_NO_INTERFACE;
	if (!link->up && !vr->conf->dont_track_primary)
		faults |= VROUTER_FAULT_LINK_DOWN;
	if (!fits_mtu(vr, link))
		faults |= VROUTER_FAULT_MTU;
	if (!open_socket(vr))
		faults |= VROUTER_FAULT_SOCKET;

	struct addr primary = vr->conf->mcast_src;

	if (!addr_is_set(&primary))
		primary =
		    link_mon_primary(vr->engine->links, ifindex, vr->conf->family);
	if (!addr_is_set(&primary))
		return faults | VROUTER_FAULT_NO_ADDRESS;
	if (!addr_equal(&primary, &vr->fsm.params.primary)) {
		vr->fsm.params.primary = primary;
		vrouter_invalidate_packet(vr);
	}
	return faults;
}

void
vrouter_check_out(struct vrouter *vr)
{
	bool was_out = (vr->faults & VROUTER_FAULT_OUT) != 0;

	if (vrouter_is_out(vr) != was_out)
		vrouter_check_host(vr);
}

void
vrouter_check_host(struct vrouter *vr)
{
	unsigned old = vr->faults;

	vr->faults = vrouter_look_at_host(vr);
	if (vr->faults != old)
		vrrp_news_note(vr);
	if (vr->fsm.state == VRRP_STATE_INITIALIZE)
		return;
	if (vr->faults != 0)
		vrouter_step_now(vr, VRRP_EVENT_FAULT);
	else if (old != 0)
		vrouter_step_now(vr, VRRP_EVENT_FAULT_CLEARED);
}

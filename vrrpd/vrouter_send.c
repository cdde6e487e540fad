/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter_send.c - encodes a virtual router's advertisements and queues them. */
#include "vrrpd/vrouter.h"

#include <errno.h>
#include "vrrpd/engine.h"
#include "vrrpd/vrouter_internal.h"

#define FIXED_PART_LEN 8U

size_t
vrouter_packet_len(const struct vrrp_instance_conf *conf)
{
	return FIXED_PART_LEN + conf->vip_count * addr_family_len(conf->family) +
	       (conf->version == 2 ? VRRP_AUTH_LEN : 0U);
}

void
vrouter_invalidate_packet(struct vrouter *vr)
{
	vr->packet_priority = -1;
}

static int
encode(const struct vrouter *vr, uint8_t priority, uint8_t *to)
{
	const struct vrrp_instance_conf *conf = vr->conf;
	const struct vrrp_conf *globals = vr->engine->conf;
	struct vrrp_advert advert = {
	    .version = conf->version,
	    .vrid = conf->vrid,
	    .priority = priority,
	    .advert_int_us = conf->advert_int_us,
	    .auth_type = (uint8_t)conf->auth_type,
	    .checksum_form = vr->checksum_form,
	    .family = conf->family,
	    .address_count = (uint8_t)conf->vip_count,
	    .addresses = vr->addresses,
	};

	for (size_t i = 0; i < VRRP_AUTH_LEN; i++)
		advert.auth_data[i] = conf->auth_pass[i];
	return vrrp_packet_encode(&advert, &vr->fsm.params.primary,
	    conf->family == AF_INET ? &globals->mcast_group4 : &globals->mcast_group6,
	    to, vr->packet_len);
}

/* Brings both packets up to date. The ones queued before leave first: they share the
 * memory. */
static bool
prepare(struct vrouter *vr)
{
	uint8_t priority = vr->fsm.advert_priority;

	if (vr->packet_priority == priority)
		return true;
	adv_sockets_flush(vr->engine->sockets);
	if (encode(vr, priority, vr->packet) != vr->packet_len ||
	    encode(vr, VRRP_PRIORITY_RESIGN, vr->packet + vr->packet_len) !=
		vr->packet_len) {
		log_err("%s: cannot encode an advertisement", vr->conf->name);
		return false;
	}
	vr->packet_priority = priority;
	return true;
}

void
vrouter_send_advert(struct vrouter *vr)
{
	if (vr->socket == NULL || !prepare(vr))
		return;
	adv_socket_send(
	    vr->socket, &vr->fsm.params.primary, vr->packet, vr->packet_len, vr);
	vr->stats.adverts_sent++;
}

/* Twice back to back against loss; later ones would only make the peers wait anew. */
void
vrouter_send_resign(struct vrouter *vr)
{
	if (vr->socket == NULL || !prepare(vr))
		return;
	for (int i = 0; i < 2; i++) {
		adv_socket_send(vr->socket, &vr->fsm.params.primary,
		    vr->packet + vr->packet_len, vr->packet_len, vr);
		vr->stats.resigns_sent++;
	}
}

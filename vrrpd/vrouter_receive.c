/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter_receive.c - what arrives for a virtual router: refused with a reason that can
 * be looked up, or handed to the state machine. */
#include "vrrpd/vrouter.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/units.h"
#include "vrrpd/engine.h"
#include "vrrpd/neighbour.h"
#include "vrrpd/vrouter_internal.h"
#include "vrrpd/vrrp_events.h"

#define DETAIL_SIZE sizeof((struct vrrp_offender){0}.detail)

/* The first of `count` addresses that `among` lacks, or NULL. */
static const uint8_t *
find_missing(const uint8_t *addresses, size_t count, const uint8_t *among,
    size_t among_count, size_t len)
{
	for (size_t i = 0; i < count; i++) {
		size_t j = 0;

		while (j < among_count &&
		       memcmp(addresses + i * len, among + j * len, len) != 0)
			j++;
		if (j == among_count)
			return addresses + i * len;
	}
	return NULL;
}

/* One address that is theirs alone, and one that is ours alone. */
static void
describe_lists(
    const struct vrouter *vr, const struct vrrp_advert *advert, char *buf, size_t room)
{
	size_t len = addr_family_len(advert->family), count = vr->conf->vip_count;
	const uint8_t *theirs = find_missing(
	    advert->addresses, advert->address_count, vr->addresses, count, len);
	const uint8_t *ours = find_missing(
	    vr->addresses, count, advert->addresses, advert->address_count, len);
	char text[ADDR_TEXT_SIZE];
	struct addr addr;
	int used = 0;

	if (theirs != NULL) {
		addr = addr_from_bytes(advert->family, theirs);
		used = snprintf(buf, room, "got %s", addr_format(text, &addr));
	}
	if (ours != NULL) {
		addr = addr_from_bytes(advert->family, ours);
		(void)snprintf(buf + used, room - (size_t)used, "%s %s",
		    theirs != NULL ? ", not" : "did not get", addr_format(text, &addr));
	}
}

/* The two values that differed, where there are two that may be shown. */
static void
describe_drop(const struct vrouter *vr, enum vrrp_drop drop,
    const struct vrrp_packet_meta *meta, const struct vrrp_advert *advert, char *buf,
    size_t room)
{
	char theirs[UNITS_TEXT_SIZE], ours[UNITS_TEXT_SIZE];

	buf[0] = '\0';
	if (drop == VRRP_DROP_TTL)
		(void)snprintf(buf, room, "got %d, needs %d", meta->ttl, VRRP_TTL);
	if (advert == NULL)
		return;
	if (drop == VRRP_DROP_SOURCE)
		(void)snprintf(
		    buf, room, "outside the networks of %s", vr->conf->ifname);
	if (drop == VRRP_DROP_VERSION)
		(void)snprintf(buf, room, "got %d, configured %d", advert->version,
		    vr->conf->version);
	else if (drop == VRRP_DROP_AUTH_TYPE)
		(void)snprintf(buf, room, "got %d, configured %u", advert->auth_type,
		    vr->conf->auth_type);
	else if (drop == VRRP_DROP_INTERVAL)
		(void)snprintf(buf, room, "got %ss, configured %ss",
		    units_format_seconds(theirs, advert->advert_int_us),
		    units_format_seconds(ours, vr->conf->advert_int_us));
	else if (drop == VRRP_DROP_ADDRESS_LIST)
		describe_lists(vr, advert, buf, room);
}

/* Remembers who sent it. Packets of one router, an interval apart, count together. */
static void
note_odd(struct vrouter *vr, unsigned what, const struct addr *source,
    const char *detail, int64_t now_us)
{
	struct vrrp_offender *entry = vrrp_offender_note(&vr->offenders, what, source,
	    now_us, 3 * vr->conf->advert_int_us + US_PER_S);

	if (entry != NULL)
		(void)snprintf(entry->detail, sizeof(entry->detail), "%s", detail);
}

static void
refuse(struct vrouter *vr, enum vrrp_drop drop, const struct vrrp_packet_meta *meta,
    const struct vrrp_advert *advert, int64_t now_us)
{
	char from[ADDR_TEXT_SIZE], detail[DETAIL_SIZE];
	uint64_t held;

	describe_drop(vr, drop, meta, advert, detail, sizeof(detail));
	note_odd(vr, drop, &meta->source, detail, now_us);
	if (!vrouter_line_pass(vr, VROUTER_LINE_REFUSED, now_us, &held))
		return;
	vrrp_event_refused(vr);
	log_warning("%s: refused an advertisement from %s: %s%s%s%s", vr->conf->name,
	    addr_format(from, &meta->source), vrrp_drop_text(drop),
	    detail[0] != '\0' ? " (" : "", detail, detail[0] != '\0' ? ")" : "");
	if (held > 0)
		log_warning("%s: %llu more refused advertisements were not logged",
		    vr->conf->name, (unsigned long long)held);
}

/* The two values of what differs in VRRPv3. */
static void
remember_differences(struct vrouter *vr, const struct vrrp_packet_meta *meta,
    const struct vrrp_advert *advert, bool list_differs, bool interval_differs,
    int64_t now_us)
{
	char theirs[UNITS_TEXT_SIZE], ours[UNITS_TEXT_SIZE], detail[DETAIL_SIZE];

	if (list_differs) {
		detail[0] = '\0';
		describe_lists(vr, advert, detail, sizeof(detail));
		note_odd(vr, VRRP_ODD_LIST, &meta->source, detail, now_us);
	}
	if (interval_differs) {
		(void)snprintf(detail, sizeof(detail), "got %ss, configured %ss",
		    units_format_seconds(theirs, advert->advert_int_us),
		    units_format_seconds(ours, vr->conf->advert_int_us));
		note_odd(vr, VRRP_ODD_INTERVAL, &meta->source, detail, now_us);
	}
}

/* A Master that stays Master though it hears another: that one does not hear us. One
 * that gives way to us may do so, too, with an advertisement or two of its own. */
static void
note_rival(struct vrouter *vr, const struct addr *source, uint8_t priority,
    enum vrrp_state before, int64_t now_us)
{
	char detail[DETAIL_SIZE];

	if (priority == VRRP_PRIORITY_RESIGN)
		vrrp_offender_expect_anew(vr->offenders, VRRP_ODD_RIVAL, source);
	if (before != VRRP_STATE_MASTER || vr->fsm.state != VRRP_STATE_MASTER ||
	    priority == VRRP_PRIORITY_RESIGN || vr->fsm.handover_until_us != 0)
		return;
	(void)snprintf(detail, sizeof(detail), "it sends priority %d, own %d", priority,
	    vr->fsm.params.priority);
	note_odd(vr, VRRP_ODD_RIVAL, source, detail, now_us);
}

/* RFC 9568 6.4.2: a Master is followed in its own time, be it 10 ms or 41 s. With any
 * other there would be two Masters: one that lives and one that does not wait for it.
 * So there is no bound but that of the field, and a word to who has to know: once for
 * each value, for it may be meant. */
static void
tell_interval(struct vrouter *vr, const struct addr *source, int64_t theirs_us)
{
	const struct vrrp_fsm_params *p = &vr->fsm.params;
	int64_t down_us = p->down_timer_adverts * theirs_us +
			  vrrp_fsm_skew_us(p->version, p->priority, theirs_us);
	char from[ADDR_TEXT_SIZE], theirs[UNITS_TEXT_SIZE], ours[UNITS_TEXT_SIZE],
	    down[UNITS_TEXT_SIZE];

	if (vr->lines->interval_us == theirs_us &&
	    addr_equal(&vr->lines->source, source))
		return;
	vr->lines->interval_us = theirs_us;
	vr->lines->source = *source;
	log_warning(
	    "%s: %s advertises every %ss, configured here %ss; while it is Master "
	    "its interval counts here, and it is missed after %s",
	    vr->conf->name, addr_format(from, source),
	    units_format_seconds(theirs, theirs_us),
	    units_format_seconds(ours, vr->conf->advert_int_us),
	    units_format_span(down, down_us));
}

/* v3: differences that do not refuse a packet are worth one line now and then. */
static void
note_differences(struct vrouter *vr, const struct vrrp_packet_meta *meta,
    const struct vrrp_advert *advert, bool list_differs, int64_t now_us)
{
	bool interval_differs = advert->advert_int_us != vr->conf->advert_int_us;
	char from[ADDR_TEXT_SIZE];
	uint64_t held;

	if (!list_differs && !interval_differs)
		return;
	vr->stats.list_mismatch += list_differs;
	vr->stats.interval_mismatch += interval_differs;
	remember_differences(vr, meta, advert, list_differs, interval_differs, now_us);
	if (!vrouter_line_pass(vr, VROUTER_LINE_MISMATCH, now_us, &held))
		return;
	if (list_differs)
		log_warning("%s: %s advertises other addresses than configured here; "
			    "accepted",
		    vr->conf->name, addr_format(from, &meta->source));
	if (interval_differs)
		tell_interval(vr, &meta->source, advert->advert_int_us);
}

/* Peers that make the checksum in one of the two deployed ways verify it in that way:
 * speak as they do. Strict configurations keep to RFC 9568. */
static void
learn_checksum_form(struct vrouter *vr, const struct vrrp_advert *advert)
{
	if (advert->version != 3 || advert->family != AF_INET ||
	    vr->engine->conf->strict || advert->checksum_form == vr->checksum_form)
		return;
	vr->checksum_form = advert->checksum_form;
	vrouter_invalidate_packet(vr);
}

static enum vrrp_drop
check(const struct vrouter *vr, const struct vrrp_packet_meta *meta,
    const struct vrrp_advert *advert, bool *ret_list_differs)
{
	const struct vrrp_instance_conf *conf = vr->conf;
	const struct vrrp_conf *globals = vr->engine->conf;
	struct vrrp_expect expect = {
	    .version = conf->version,
	    .advert_int_us = conf->advert_int_us,
	    .auth_type = (uint8_t)conf->auth_type,
	    .own_source = vr->fsm.params.primary,
	    .destination =
		conf->family == AF_INET ? globals->mcast_group4 : globals->mcast_group6,
	    .address_count = (uint8_t)conf->vip_count,
	    .addresses = vr->addresses,
	};

	memcpy(expect.auth_data, conf->auth_pass, sizeof(expect.auth_data));
	return vrrp_packet_check(advert, meta, &expect, ret_list_differs);
}

/* A router of another network on this wire is as likely a slip as an attack: worth a
 * line, and refused where the configuration says so. */
static enum vrrp_drop
check_source_network(
    struct vrouter *vr, const struct vrrp_packet_meta *meta, int64_t now_us)
{
	char from[ADDR_TEXT_SIZE];
	uint64_t held;

	/* The Master that is followed was looked at when it was first heard. */
	if ((addr_equal(&meta->source, &vr->fsm.master) &&
		!vr->conf->refuse_foreign_source) ||
	    link_mon_is_near(vr->engine->links, vr->ifindex, &meta->source))
		return VRRP_DROP_NONE;
	if (vr->conf->refuse_foreign_source)
		return VRRP_DROP_SOURCE;
	if (vrouter_line_pass(vr, VROUTER_LINE_FOREIGN, now_us, &held))
		log_warning(
		    "%s: %s advertises from outside the networks of %s; accepted",
		    vr->conf->name, addr_format(from, &meta->source), vr->conf->ifname);
	return VRRP_DROP_NONE;
}

void
vrouter_receive(struct vrouter *vr, enum vrrp_drop drop,
    const struct vrrp_packet_meta *meta, const struct vrrp_advert *advert,
    int64_t rx_us)
{
	enum vrrp_state before = vr->fsm.state;
	bool list_differs = false;

	if (drop == VRRP_DROP_NONE)
		drop = check(vr, meta, advert, &list_differs);
	if (drop == VRRP_DROP_NONE)
		drop = check_source_network(vr, meta, rx_us);
	if (drop != VRRP_DROP_NONE) {
		refuse(vr, drop, meta, advert, rx_us);
		return;
	}
	vr->stats.adverts_received++;
	if (advert->priority == VRRP_PRIORITY_RESIGN)
		vr->stats.resigns_received++;
	else
		note_differences(vr, meta, advert, list_differs, rx_us);
	learn_checksum_form(vr, advert);
	vrouter_step(vr,
	    &(struct vrrp_event){
		.kind = VRRP_EVENT_ADVERT,
		.advert = {advert->priority, advert->advert_int_us, meta->source,
		    rx_us},
	    },
	    clock_now_us());
	note_rival(vr, &meta->source, advert->priority, before, rx_us);
	vrouter_move_heard(vr, advert->priority, rx_us);
}

void
vrouter_receive_stranger(struct vrouter *vr, const struct vrrp_packet_meta *meta,
    const struct vrrp_advert *advert, int64_t rx_us)
{
	size_t len = addr_family_len(advert->family);
	char detail[DETAIL_SIZE];

	if (advert->family != vr->conf->family || meta->ttl != VRRP_TTL)
		return;
	for (size_t i = 0; i < vr->conf->vip_count; i++)
		if (find_missing(vr->addresses + i * len, 1, advert->addresses,
			advert->address_count, len) == NULL) {
			(void)snprintf(detail, sizeof(detail),
			    "got VRID %d, configured %d", advert->vrid, vr->conf->vrid);
			note_odd(vr, VRRP_ODD_OTHER_VRID, &meta->source, detail, rx_us);
			return;
		}
}

void
vrouter_find_macs(const struct vrouter *vr)
{
	int fd;

	if (vr->offenders == NULL || vr->ifindex == 0)
		return;
	fd = neighbour_open();
	if (fd < 0)
		return;
	for (struct vrrp_offender *at = vr->offenders; at != NULL; at = at->next)
		at->has_mac =
		    addr_is_set(&at->source) &&
		    neighbour_find(fd, vr->ifindex, &at->source, at->mac) == 0;
	(void)close(fd);
}

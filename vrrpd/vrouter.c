/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter.c - one virtual router's life: made, started, changed, looked after, freed.
 *
 * What the state machine decides is carried out in carry_out(), in the order of the
 * effects' bits. Sending is in vrouter_send.c, receiving in vrouter_receive.c, moves
 * asked for by an operator or a stop in vrouter_move.c, words in vrouter_reason.c.
 */
#include "vrrpd/vrouter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/clock.h"
#include "common/units.h"
#include "vrrpd/announce.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrouter_internal.h"
#include "vrrpd/vrrp_ctl.h"
#include "vrrpd/vrrp_events.h"
#include "vrrpd/vrrp_fields.h"

#define LEASE_AUTO_MAX \
	64 /* addresses: beyond that renewing costs more than it gives \
	    */
/* How long an heir may take to install and announce what it took over. */
#define LINGER_US (20 * US_PER_MS)
#define LINGER_PER_ADDRESS_US INT64_C(200)
#define LINGER_MAX_US (800 * US_PER_MS)
#define IPV4_HEADER_LEN 20U
#define IPV6_HEADER_LEN 40U

/* ---- effects ------------------------------------------------------------------------
 */

/* How many announcements of each address a burst has. */
static unsigned
live_repeat(const struct vrouter *vr, const char *field, unsigned in_file)
{
	return (unsigned)vrouter_live(vr, field, in_file);
}

static void set_params(struct vrouter *vr);

struct burst {
	struct vrouter *vr;
	unsigned repeat;
};

static void
announce_one(void *userdata, const struct vrrp_vip *vip, int ifindex)
{
	const struct burst *burst = userdata;

	for (unsigned i = 0; i < burst->repeat; i++)
		(void)announcer_add(burst->vr->engine->announcer, burst->vr, ifindex,
		    &vip->prefix.addr); /* out of memory: the refresh comes again */
}

/* Announces what is there already; what is still being added follows as it arrives. */
static void
announce(struct vrouter *vr, unsigned repeat)
{
	struct burst burst = {vr, repeat};

	vip_set_each(vr->vips, announce_one, &burst);
}

bool
vrouter_announce(struct vrouter *vr)
{
	if (vr->fsm.state != VRRP_STATE_MASTER || vr->fsm.handover_until_us != 0)
		return false;
	announce(vr, 1);
	return true;
}

unsigned
vrouter_lease_s(const struct vrouter *vr)
{
	const struct vrrp_instance_conf *conf = vr->conf;
	int64_t peers_s = vrrp_fsm_peers_down_interval_us(&vr->fsm) / US_PER_S;

	switch (conf->lease_mode) {
	case VRRP_LEASE_OFF:
		return 0;
	case VRRP_LEASE_SECONDS:
		return conf->lease_s;
	case VRRP_LEASE_AUTO:
		if (conf->vip_count + conf->excluded_count > LEASE_AUTO_MAX)
			return 0;
		break;
	case VRRP_LEASE_ON:
		break;
	}
	return peers_s < 1 ? 1U : (unsigned)peers_s;
}

/* A hand-over stays silent for a while and must not lose the addresses meanwhile. */
static unsigned
lease_over_handover_s(const struct vrouter *vr)
{
	unsigned lease = vrouter_lease_s(vr);
	int64_t wait = vr->fsm.handover_until_us - vr->stepped_us;

	return lease == 0 ? 0 : lease + (unsigned)(wait / US_PER_S) + 1U;
}

static void
renew_lease(struct vrouter *vr, int64_t now_us)
{
	unsigned lease = vrouter_lease_s(vr);
	int64_t gap = lease * US_PER_S / 4;

	if (lease == 0)
		return;
	if (now_us - vr->lease_renewed_us < gap - US_PER_MS)
		return;
	vr->lease_renewed_us = now_us;
	vip_set_renew(vr->vips);
}

static void
log_transition(const struct vrouter *vr, enum vrrp_state old)
{
	const char *state = vrrp_state_name(vr->fsm.state);
	const struct log_field fields[] = {
	    {"HAVEN_INSTANCE", vr->conf->name},
	    {"HAVEN_STATE", state},
	    {"HAVEN_CAUSE", vrrp_cause_name(vr->fsm.cause)},
	};
	char reason[256];

	vrouter_reason(vr, reason, sizeof(reason));
	log_fields(LOG_NOTICE, fields, 3, "%s: %s -> %s, %s", vr->conf->name,
	    vrrp_state_name(old), state, reason);
}

static void
tell(const struct vrouter *vr, enum vrrp_state old)
{
	log_transition(vr, old);
	vrrp_event_state(vr, old);
}

void
vrouter_tell_all(struct engine *engine)
{
	struct vrouter *vr;

	while ((vr = STAILQ_FIRST(&engine->untold)) != NULL) {
		STAILQ_REMOVE_HEAD(&engine->untold, of_untold);
		vr->untold = false;
		tell(vr, vr->untold_from);
	}
}

/* When a peer dies that was master of thousands, its heir would write as many lines
 * before its last advertisement left, and take longer for them than for the packets. */
static void
tell_when_sent(struct vrouter *vr, enum vrrp_state old)
{
	struct engine *engine = vr->engine;

	if (!engine->serves_timers) {
		tell(vr, old);
		return;
	}
	vr->untold = true;
	vr->untold_from = old;
	STAILQ_INSERT_TAIL(&engine->untold, vr, of_untold);
}

static void
note_transition(struct vrouter *vr, enum vrrp_state old)
{
	bool master = vr->fsm.state == VRRP_STATE_MASTER;

	if (master && vrouter_live(vr, VRRP_FIELD_STAY, 0) != 0) {
		vrrp_ctl_end_stay(vr);
		set_params(vr);
	}
	if (master)
		vr->stats.became_master++;
	else if (old == VRRP_STATE_MASTER)
		vr->stats.released_master++;
	if (vr->record != NULL) {
		vr->record->transitions++;
		vr->record->master_since_us = master ? vr->fsm.since_us : 0;
		if (!master)
			vr->record->last_advert_us = 0;
	}
	tell_when_sent(vr, old);
	engine_publish(vr->engine, vr);
}

static void
note_stall(const struct vrouter *vr)
{
	char span[UNITS_TEXT_SIZE];

	log_warning("%s: this process was not running in time; listening for %s before "
		    "it judges who is master",
	    vr->conf->name,
	    units_format_span(span, vr->fsm.master_down_at_us - vr->stepped_us));
}

static void
note_owner_conflict(struct vrouter *vr, int64_t now_us)
{
	uint64_t held;
	char from[ADDR_TEXT_SIZE];

	if (log_limit_pass(&vr->conflict_limit, now_us, &held))
		log_warning("%s: %s says it owns the addresses too (priority 255); the "
			    "higher address keeps them",
		    vr->conf->name, addr_format(from, &vr->fsm.master));
}

static void
carry_out_addresses(struct vrouter *vr, unsigned effects, int64_t now_us)
{
	if (effects & VRRP_EFFECT_ADD_ADDRESSES) {
		vr->lease_renewed_us = now_us;
		vip_set_want(vr->vips, true, vrouter_lease_s(vr));
	}
	if (effects & VRRP_EFFECT_REMOVE_ADDRESSES) {
		announcer_cancel(vr->engine->announcer, vr);
		vip_set_want(vr->vips, false, 0);
	}
	if (effects & VRRP_EFFECT_ANNOUNCE)
		announce(vr, vrouter_master_repeat(vr));
	if (effects & VRRP_EFFECT_ANNOUNCE_REFRESH)
		announce(vr, live_repeat(vr, VRRP_FIELD_GARP_MASTER_REFRESH_REPEAT,
				 vr->conf->garp_master_refresh_repeat));
	if (effects & VRRP_EFFECT_ANNOUNCE_LOWER)
		announce(vr, live_repeat(vr, VRRP_FIELD_GARP_LOWER_PRIO_REPEAT,
				 vr->conf->garp_lower_prio_repeat));
}

static void
carry_out_resign(struct vrouter *vr)
{
	vrouter_send_resign(vr);
	if (vr->record != NULL)
		vr->record->last_advert_us = 0;
	if (vr->fsm.handover_until_us != 0) {
		announcer_cancel(vr->engine->announcer, vr);
		vip_set_want(vr->vips, true, lease_over_handover_s(vr));
		vip_set_renew(vr->vips);
	}
}

static void
carry_out(struct vrouter *vr, unsigned effects, enum vrrp_state old, int64_t now_us)
{
	if (effects & VRRP_EFFECT_SEND_RESIGN)
		carry_out_resign(vr);
	if (effects & VRRP_EFFECT_SEND_ADVERT) {
		vrouter_send_advert(vr);
		if (vr->record != NULL)
			vr->record->last_advert_us = now_us;
	}
	carry_out_addresses(vr, effects, now_us);
	if (effects & VRRP_EFFECT_SEND_ADVERT)
		renew_lease(vr, now_us);
	if (effects & VRRP_EFFECT_HANDOVER_FAILED && vr->fsm.state == VRRP_STATE_MASTER)
		vip_set_want(vr->vips, true, vrouter_lease_s(vr));
	if (effects & VRRP_EFFECT_TRANSITION)
		note_transition(vr, old);
	if (effects & VRRP_EFFECT_STALL_NOTICED)
		note_stall(vr);
	if (effects & VRRP_EFFECT_OWNER_CONFLICT)
		note_owner_conflict(vr, now_us);
	vrouter_move_effects(vr, effects);
}

void
vrouter_step(struct vrouter *vr, const struct vrrp_event *event, int64_t now_us)
{
	enum vrrp_state old = vr->fsm.state;
	int64_t quiet_since_us = vr->fsm.master_down_armed_us;
	struct addr master = vr->fsm.master;

	if (vr->untold)
		vrouter_tell_all(vr->engine); /* while it is still true */
	/* A packet's time of arrival may lie before the last timer. */
	if (now_us < vr->stepped_us)
		now_us = vr->stepped_us;
	vr->stepped_us = now_us;

	unsigned effects = vrrp_fsm_step(&vr->fsm, event, now_us);

	if (vr->fsm.state == VRRP_STATE_MASTER && quiet_since_us != 0)
		vr->silence_us = now_us - quiet_since_us;
	if (effects != 0)
		carry_out(vr, effects, old, now_us);
	if (vr->fsm.state == old && !addr_equal(&master, &vr->fsm.master))
		vrrp_event_master(vr);
	engine_arm(vr->engine, vr);
}

void
vrouter_step_now(struct vrouter *vr, enum vrrp_event_kind kind)
{
	vrouter_step(vr, &(struct vrrp_event){.kind = kind}, clock_now_us());
	adv_sockets_flush(vr->engine->sockets);
}

void
vrouter_timer(struct vrouter *vr, int64_t now_us)
{
	int64_t due_us = vr->fsm.adver_at_us;

	if (due_us != 0 && now_us >= due_us) {
		vrrp_lateness_add(&vr->engine->lateness, now_us - due_us);
		if (now_us - due_us > vr->stats.worst_lateness_us)
			vr->stats.worst_lateness_us = now_us - due_us;
	}
	vrouter_move_timer(vr, now_us);
	vrouter_step(vr, &(struct vrrp_event){.kind = VRRP_EVENT_TIMER}, now_us);
}

/* ---- parameters ---------------------------------------------------------------------
 */

int64_t
vrouter_live(const struct vrouter *vr, const char *field, int64_t in_file)
{
	char path[300];

	/* Nothing was edited: the usual case, and at 2,000 routers worth asking. */
	if (layers_get(vr->engine->layers, 0) == NULL)
		return in_file;
	(void)snprintf(path, sizeof(path), "instance/%s", vr->conf->name);

	const struct layer_entry *top = layers_top(vr->engine->layers, path, field);

	return top != NULL ? top->value : in_file;
}

/* The same for a time, which is edited in milliseconds. */
static int64_t
live_us(const struct vrouter *vr, const char *field, int64_t in_file_us)
{
	int64_t ms = vrouter_live(vr, field, -1);

	return ms >= 0 ? ms * US_PER_MS : in_file_us;
}

unsigned
vrouter_master_repeat(const struct vrouter *vr)
{
	return live_repeat(
	    vr, VRRP_FIELD_GARP_MASTER_REPEAT, vr->conf->garp_master_repeat);
}

static void
set_params(struct vrouter *vr)
{
	const struct vrrp_instance_conf *conf = vr->conf;
	struct vrrp_fsm_params *p = &vr->fsm.params;

	p->version = conf->version;
	/* What the RFC says; others are spoken to as they speak. */
	if (vr->engine->conf->strict)
		vr->checksum_form = VRRP_CHECKSUM_MESSAGE;
	p->advert_int_us = conf->advert_int_us;
	p->preempt_delay_us =
	    live_us(vr, VRRP_FIELD_PREEMPT_DELAY, conf->preempt_delay_us);
	p->down_timer_adverts = 3;
	p->startup_delay_until_us =
	    vr->engine->conf->startup_delay_us == 0
		? 0
		: vr->engine->started_us + vr->engine->conf->startup_delay_us;
	p->linger_us =
	    LINGER_US +
	    LINGER_PER_ADDRESS_US * (int64_t)(conf->vip_count + conf->excluded_count);
	if (p->linger_us > LINGER_MAX_US)
		p->linger_us = LINGER_MAX_US;
	p->announce_delay_us =
	    live_us(vr, VRRP_FIELD_GARP_MASTER_DELAY, conf->garp_master_delay_us);
	p->announce_refresh_us =
	    live_us(vr, VRRP_FIELD_GARP_MASTER_REFRESH, conf->garp_master_refresh_us);
	p->announce_lower_delay_us = live_us(
	    vr, VRRP_FIELD_GARP_LOWER_PRIO_DELAY, conf->garp_lower_prio_delay_us);

	/* A move is carried through with the priority it began with. */
	if (vr->move.kind != VROUTER_MOVE_NONE &&
	    vr->move.kind != VROUTER_MOVE_TAKEOVER)
		return;
	uint8_t old = p->priority;

	p->priority = (uint8_t)vrouter_live(vr, VRRP_FIELD_PRIORITY, conf->priority);
	if (old != 0 && old != p->priority)
		vrrp_event_priority(vr, old);
	p->preempt = !vrouter_live(vr, VRRP_FIELD_NOPREEMPT, conf->nopreempt) &&
		     !vrouter_live(vr, VRRP_FIELD_STAY, 0);
}

void
vrouter_update_params(struct vrouter *vr)
{
	bool out = vrouter_live(vr, VRRP_FIELD_OUT, 0) != 0;

	set_params(vr);
	if (out != ((vr->faults & VROUTER_FAULT_OUT) != 0))
		vrouter_check_host(vr);
	vrouter_step_now(vr, VRRP_EVENT_PARAMS);
}

/* ---- the host -----------------------------------------------------------------------
 */

static const struct addr *
group_of(const struct vrouter *vr)
{
	const struct vrrp_conf *conf = vr->engine->conf;

	return vr->conf->family == AF_INET ? &conf->mcast_group4 : &conf->mcast_group6;
}

static void
close_socket(struct vrouter *vr)
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
	close_socket(vr);
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
static unsigned
look_at_host(struct vrouter *vr)
{
	const struct link *link = link_mon_by_name(vr->engine->links, vr->conf->ifname);
	int ifindex = link != NULL ? link->ifindex : 0;
	unsigned faults = 0;

	if (vr->ifindex != ifindex)
		close_socket(vr);
	vr->ifindex = ifindex;
	if (vrouter_live(vr, VRRP_FIELD_OUT, 0) != 0)
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
vrouter_check_host(struct vrouter *vr)
{
	unsigned old = vr->faults;

	vr->faults = look_at_host(vr);
	if (vr->fsm.state == VRRP_STATE_INITIALIZE)
		return;
	if (vr->faults != 0)
		vrouter_step_now(vr, VRRP_EVENT_FAULT);
	else if (old != 0)
		vrouter_step_now(vr, VRRP_EVENT_FAULT_CLEARED);
}

/* ---- life ---------------------------------------------------------------------------
 */

static int
take_addresses(const struct vrrp_instance_conf *conf, uint8_t **ret)
{
	size_t len = addr_family_len(conf->family);
	uint8_t *bytes = calloc(conf->vip_count + 1, len);

	if (bytes == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < conf->vip_count; i++)
		memcpy(bytes + i * len, conf->vips[i].prefix.addr.bytes, len);
	*ret = bytes;
	return 0;
}

/* Memory for the addresses and both packets of a configuration. */
static int
take_buffers(const struct vrrp_instance_conf *conf, uint8_t **ret_addresses,
    uint8_t **ret_packet)
{
	uint8_t *addresses, *packet = calloc(2, vrouter_packet_len(conf));
	int r;

	if (packet == NULL)
		return -ENOMEM;
	r = take_addresses(conf, &addresses);
	if (r < 0) {
		free(packet);
		return r;
	}
	*ret_addresses = addresses;
	*ret_packet = packet;
	return 0;
}

static void
use_buffers(struct vrouter *vr, uint8_t *addresses, uint8_t *packet)
{
	free(vr->addresses);
	free(vr->packet);
	vr->addresses = addresses;
	vr->packet = packet;
	vr->packet_len = (uint16_t)vrouter_packet_len(vr->conf);
	vr->packet_priority = -1;
}

void
vrouter_bind_record(struct vrouter *vr)
{
	vr->record = runstate_get(
	    vr->engine->runstate, vr->conf->ifname, vr->conf->family, vr->conf->vrid);
}

int
vrouter_new(
    struct engine *engine, const struct vrrp_instance_conf *conf, struct vrouter **ret)
{
	struct vrouter *vr = calloc(1, sizeof(*vr));
	uint8_t *addresses, *packet;
	int r;

	if (vr == NULL)
		return -ENOMEM;
	vr->engine = engine;
	vr->conf = conf;
	r = take_buffers(conf, &addresses, &packet);
	if (r < 0) {
		free(vr);
		return r;
	}
	use_buffers(vr, addresses, packet);
	r = vip_set_new(engine->vips, vr, conf, &vr->vips);
	if (r < 0) {
		vrouter_free(vr);
		return r;
	}
	vrouter_bind_record(vr);
	set_params(vr);
	*ret = vr;
	return 0;
}

struct vrouter *
vrouter_free(struct vrouter *vr)
{
	if (vr == NULL)
		return NULL;
	if (vr->untold)
		vrouter_tell_all(vr->engine);
	close_socket(vr);
	timer_heap_disarm(&vr->engine->heap, &vr->timer);
	if (vr->engine->announcer != NULL)
		announcer_cancel(vr->engine->announcer, vr);
	vip_set_free(vr->vips);
	vrrp_offender_free(vr->offenders);
	free(vr->addresses);
	free(vr->packet);
	free(vr);
	return NULL;
}

/* Whether an earlier process of ours was Master so recently that no peer can have given
 * it up yet. */
static bool
may_resume_role(const struct vrouter *vr, int64_t now_us)
{
	const struct runstate_record *record = vr->record;

	if (record == NULL || record->last_advert_us == 0)
		return false;

	int64_t silent_us = now_us - record->last_advert_us;

	return silent_us >= 0 && silent_us < vrrp_fsm_peers_down_interval_us(&vr->fsm);
}

/* Everywhere else a missing interface is FAULT and no more; at the start it may well be
 * a slip in the file, unless that says interfaces come and go. */
static void
warn_of_missing_interface(const struct vrouter *vr)
{
	if (vr->faults & VROUTER_FAULT_NO_INTERFACE &&
	    !vr->engine->conf->dynamic_interfaces)
		log_warning("%s: there is no interface %s; waiting for it "
			    "(dynamic_interfaces says that this is expected)",
		    vr->conf->name, vr->conf->ifname);
}

void
vrouter_start(struct vrouter *vr, bool may_resume)
{
	int64_t now_us = clock_now_us();
	struct vrrp_event event = {.kind = VRRP_EVENT_STARTUP};

	vr->faults = look_at_host(vr);
	warn_of_missing_interface(vr);
	if (vr->faults != 0) {
		event.kind = VRRP_EVENT_FAULT;
	} else if (may_resume && may_resume_role(vr, now_us)) {
		event.kind = VRRP_EVENT_RESUME;
		event.resume.since_us = vr->record->master_since_us;
	}
	vrouter_step(vr, &event, now_us);
}

void
vrouter_shutdown(struct vrouter *vr)
{
	vrouter_step_now(vr, VRRP_EVENT_SHUTDOWN);
}

int
vrouter_change(struct vrouter *vr, const struct vrrp_instance_conf *conf)
{
	uint8_t *addresses, *packet;
	int r = take_buffers(conf, &addresses, &packet);

	if (r < 0)
		return r;
	r = vip_set_change(vr->vips, conf);
	if (r < 0) {
		free(addresses);
		free(packet);
		return r;
	}
	adv_sockets_flush(vr->engine->sockets); /* what is queued points to the old */
	vr->conf = conf;
	use_buffers(vr, addresses, packet);
	set_params(vr);
	vrouter_check_host(vr);
	if (vip_set_wanted(vr->vips))
		vip_set_want(vr->vips, true, vrouter_lease_s(vr));
	vrouter_step_now(vr, VRRP_EVENT_PARAMS);
	return 0;
}

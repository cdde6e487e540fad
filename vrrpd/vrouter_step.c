/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter_step.c - steps the state machine and carries its effects out, in the order of
 * their bits. */
#include "vrrpd/vrouter.h"

#include "common/clock.h"
#include "common/units.h"
#include "vrrpd/announce.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrouter_internal.h"
#include "vrrpd/vrrp_ctl.h"
#include "vrrpd/vrrp_events.h"
#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_news.h"

/* With more addresses, renewing a lease costs more than it gives. */
#define LEASE_AUTO_MAX 64

/* ---- addresses --------------------------------------------------------------------
 */

/* How many announcements of each address a burst has. */
static unsigned
live_repeat(const struct vrouter *vr, const char *field, unsigned in_file)
{
	return (unsigned)vrouter_live(vr, field, in_file);
}

struct burst {
	struct vrouter *vr;
	unsigned repeat;
};

static void
announce_one(void *userdata, const struct vrrp_vip *vip, int ifindex)
{
	const struct burst *burst = userdata;

	(void)announcer_add(burst->vr->engine->announcer, burst->vr, ifindex,
	    &vip->prefix.addr, burst->repeat); /* no memory: the refresh comes again */
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
	if (vr->fsm.state != VRRP_STATE_MASTER || vrrp_fsm_is_silent(&vr->fsm))
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

/* ---- words ------------------------------------------------------------------------
 */

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
tell(struct vrouter *vr, enum vrrp_state old)
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
		vrouter_set_params(vr);
	}
	vr->stats.causes[vr->fsm.cause]++;
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
note_stall(struct vrouter *vr)
{
	char span[UNITS_TEXT_SIZE];

	vr->stats.at.stalled_us = vr->stepped_us;
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

	if (vrouter_line_pass(vr, VROUTER_LINE_CONFLICT, now_us, &held))
		log_warning("%s: %s says it owns the addresses too (priority 255); the "
			    "higher address keeps them",
		    vr->conf->name, addr_format(from, &vr->fsm.master));
}

/* ---- steps ------------------------------------------------------------------------
 */

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
	if (vrrp_fsm_is_silent(&vr->fsm)) {
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
	/* Out of the way for good, in a maintenance that does not even want it as the
	 * last resort. */
	if (effects & (VRRP_EFFECT_TRANSITION | VRRP_EFFECT_REMOVE_ADDRESSES) &&
	    vr->fsm.state == VRRP_STATE_BACKUP)
		vrouter_check_out(vr);
}

/* Whether something is not as it was `before` that is no event by itself. */
static bool
differs(const struct vrrp_fsm *before, const struct vrrp_fsm *now)
{
	return before->state != now->state ||
	       before->master_priority != now->master_priority ||
	       before->master_adver_int_us != now->master_adver_int_us ||
	       before->handover_until_us != now->handover_until_us;
}

void
vrouter_step(struct vrouter *vr, const struct vrrp_event *event, int64_t now_us)
{
	const struct vrrp_fsm before = vr->fsm;
	enum vrrp_state old = before.state;

	if (vr->untold)
		vrouter_tell_all(vr->engine); /* while it is still true */
	/* A packet's time of arrival may lie before the last timer. */
	if (now_us < vr->stepped_us)
		now_us = vr->stepped_us;
	vr->stepped_us = now_us;

	unsigned effects = vrrp_fsm_step(&vr->fsm, event, now_us);

	if (vr->fsm.state == VRRP_STATE_MASTER && before.master_down_armed_us != 0)
		vr->silence_us = now_us - before.master_down_armed_us;
	if (old == VRRP_STATE_MASTER && vr->fsm.state != old)
		vr->outbid = before.params.priority;
	if (effects != 0)
		carry_out(vr, effects, old, now_us);
	if (vr->fsm.state == old && !addr_equal(&before.master, &vr->fsm.master)) {
		vrrp_event_master(vr);
		engine_publish(vr->engine, vr);
	}
	if (differs(&before, &vr->fsm))
		vrrp_news_note(vr);
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
		if (VRRP_LATENESS_IS_ODD(now_us - due_us, vr->conf->advert_int_us))
			vr->stats.at.late_us = now_us;
	}
	vrouter_move_timer(vr, now_us);
	vrouter_step(vr, &(struct vrrp_event){.kind = VRRP_EVENT_TIMER}, now_us);
}

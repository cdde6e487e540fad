/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fsm_master.c - what a Master makes of advertisements, timers and new params
 * (RFC 9568 6.4.3). */
#include "vrrpd/vrrp_fsm_internal.h"

#include "common/units.h"
#include "vrrpd/vrrp_packet.h"

/* ---- advertisements ---------------------------------------------------------------
 */

/* Whether an answer to a losing Master may leave now: a burst of
 * VRRP_FSM_REASSERT_BURST, then one in each interval, so that a storm of them is not
 * answered by a storm. */
static bool
take_reassert_token(struct vrrp_fsm *fsm, int64_t now_us)
{
	int64_t interval = fsm->params.advert_int_us;
	int64_t earned = (now_us - fsm->reassert_refill_us) / interval;

	if (earned > 0) {
		int64_t tokens = fsm->reassert_tokens + earned;

		fsm->reassert_tokens = tokens > VRRP_FSM_REASSERT_BURST
					   ? VRRP_FSM_REASSERT_BURST
					   : (unsigned)tokens;
		fsm->reassert_refill_us += earned * interval;
	}
	if (fsm->reassert_tokens == 0)
		return false;
	fsm->reassert_tokens--;
	return true;
}

/* Switches may have learned the loser's port: announce again, at most once while an
 * earlier announcement is still being repeated. */
static unsigned
announce_against_loser(struct vrrp_fsm *fsm, int64_t now_us)
{
	int64_t delay = fsm->params.announce_lower_delay_us;

	if (now_us < fsm->announce_lower_free_us)
		return 0;
	if (delay > 0)
		fsm->announce_lower_at_us = now_us + delay;
	fsm->announce_lower_free_us =
	    now_us + vrrp_fsm_max_us(
			 vrrp_fsm_max_us(delay, fsm->params.advert_int_us), US_PER_S);
	return VRRP_EFFECT_ANNOUNCE_LOWER;
}

/* RFC 9568 6.4.3: a losing Master is answered at once; RFC 3768 6.4.3: with silence. */
static unsigned
master_hears_loser(struct vrrp_fsm *fsm, int64_t now_us)
{
	unsigned effects = announce_against_loser(fsm, now_us);

	if (fsm->params.version == 3 && take_reassert_token(fsm, now_us))
		effects |= VRRP_EFFECT_SEND_ADVERT;
	return effects;
}

unsigned
vrrp_fsm_yield_to(struct vrrp_fsm *fsm, const struct vrrp_event *event,
    enum vrrp_cause cause, int64_t now_us)
{
	unsigned effects = vrrp_fsm_step_down(fsm, VRRP_STATE_BACKUP, cause, now_us);

	vrrp_fsm_follow_master(fsm, event, now_us);
	return effects;
}

enum vrrp_cause
vrrp_fsm_master_loses(const struct vrrp_fsm *fsm, const struct vrrp_event *event)
{
	uint8_t theirs = event->advert.priority, own = vrrp_fsm_spoken_priority(fsm);

	if (theirs > own)
		return VRRP_CAUSE_HIGHER_PRIORITY;
	if (theirs == own &&
	    addr_compare(&event->advert.source, &fsm->params.primary) > 0)
		return VRRP_CAUSE_HIGHER_ADDRESS;
	return VRRP_CAUSE_NONE;
}

static unsigned
master_hears_resignation(struct vrrp_fsm *fsm, int64_t now_us)
{
	/* Whoever waits for an heir must not keep one from coming. */
	if (vrrp_fsm_is_handing_over(fsm) || !take_reassert_token(fsm, now_us))
		return 0;
	fsm->adver_at_us = now_us + fsm->params.advert_int_us;
	return VRRP_EFFECT_SEND_ADVERT;
}

/* RFC 9568 6.4.3. */
unsigned
vrrp_fsm_master_hears(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	uint8_t priority = event->advert.priority;
	enum vrrp_cause loss = vrrp_fsm_master_loses(fsm, event);
	unsigned conflict = 0;

	if (priority == VRRP_PRIORITY_RESIGN)
		return master_hears_resignation(fsm, now_us);
	if (vrrp_fsm_is_handing_over(fsm) && vrrp_fsm_is_heir(fsm, event))
		return vrrp_fsm_leave_to_heir(fsm, event, now_us);
	/* Erratum 8298: two owners settle by address instead of ignoring each other. */
	if (vrrp_fsm_is_owner(fsm) && priority == VRRP_PRIORITY_OWNER)
		conflict = VRRP_EFFECT_OWNER_CONFLICT;
	if (loss != VRRP_CAUSE_NONE)
		return vrrp_fsm_yield_to(fsm, event, loss, now_us) | conflict;
	vrrp_fsm_note_master(fsm, event, now_us);
	return master_hears_loser(fsm, now_us) | conflict;
}

/* ---- timers -----------------------------------------------------------------------
 */

/* The next multiple of `interval` after the last deadline, so that nothing drifts; what
 * was missed entirely is not made up for. */
static int64_t
next_period(int64_t last_us, int64_t interval_us, int64_t now_us)
{
	int64_t next = last_us + interval_us;

	return next > now_us ? next : now_us + interval_us;
}

unsigned
vrrp_fsm_master_timer(struct vrrp_fsm *fsm, int64_t now_us)
{
	const struct vrrp_fsm_params *p = &fsm->params;
	unsigned effects = 0;

	if (vrrp_fsm_has_come(fsm->handover_until_us, now_us))
		return vrrp_fsm_end_handover(fsm, now_us);
	if (vrrp_fsm_has_come(fsm->adver_at_us, now_us)) {
		effects |= VRRP_EFFECT_SEND_ADVERT;
		fsm->adver_at_us =
		    next_period(fsm->adver_at_us, p->advert_int_us, now_us);
	}
	if (vrrp_fsm_has_come(fsm->announce_at_us, now_us)) {
		effects |= VRRP_EFFECT_ANNOUNCE;
		fsm->announce_at_us = 0;
	}
	if (vrrp_fsm_has_come(fsm->announce_lower_at_us, now_us)) {
		effects |= VRRP_EFFECT_ANNOUNCE_LOWER;
		fsm->announce_lower_at_us = 0;
	}
	if (vrrp_fsm_has_come(fsm->refresh_at_us, now_us)) {
		effects |= VRRP_EFFECT_ANNOUNCE_REFRESH;
		fsm->refresh_at_us =
		    next_period(fsm->refresh_at_us, p->announce_refresh_us, now_us);
	}
	/* Who waits for an heir in silence: the fewer gratuitous ARP the better. */
	if (vrrp_fsm_is_silent(fsm))
		effects = 0;
	return effects;
}

/* ---- changes from outside ---------------------------------------------------------
 */

static void
rearm_period(int64_t *deadline_us, int64_t interval_us, int64_t now_us)
{
	if (interval_us == 0)
		*deadline_us = 0;
	else if (*deadline_us == 0 || *deadline_us > now_us + interval_us)
		*deadline_us = now_us + interval_us;
}

/* Peers must learn a new priority or interval from an advertisement, at once. */
unsigned
vrrp_fsm_master_params(struct vrrp_fsm *fsm, int64_t now_us)
{
	const struct vrrp_fsm_params *p = &fsm->params;
	uint8_t priority = vrrp_fsm_spoken_priority(fsm);
	bool priority_changed = fsm->advert_priority != priority;
	bool interval_changed = fsm->master_adver_int_us != p->advert_int_us;

	rearm_period(&fsm->refresh_at_us, p->announce_refresh_us, now_us);
	fsm->advert_priority = priority;
	fsm->master_adver_int_us = p->advert_int_us;
	if (vrrp_fsm_is_silent(fsm) || (!priority_changed && !interval_changed))
		return 0;
	fsm->adver_at_us = now_us + p->advert_int_us;
	return VRRP_EFFECT_SEND_ADVERT;
}

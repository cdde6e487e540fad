/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fsm_move.c - moves of the role that somebody asked for: make before break. */
#include "vrrpd/vrrp_fsm_internal.h"

bool
vrrp_fsm_is_silent(const struct vrrp_fsm *fsm)
{
	return vrrp_fsm_is_handing_over(fsm) && !fsm->handover_yields;
}

/* Only a Master advertises: after a resignation whoever it is took the role over. A
 * router that yields still has it, and gives way as any Master does, so that of two
 * that yield one stays. */
bool
vrrp_fsm_is_heir(const struct vrrp_fsm *fsm, const struct vrrp_event *event)
{
	if (event->kind != VRRP_EVENT_ADVERT ||
	    event->advert.priority == VRRP_PRIORITY_RESIGN)
		return false;
	return !fsm->handover_yields ||
	       vrrp_fsm_master_loses(fsm, event) != VRRP_CAUSE_NONE;
}

/* The heir advertises before it installs and announces the addresses (RFC 9568 6.4.2),
 * so what is sent to the old place for that moment is still served here. */
unsigned
vrrp_fsm_leave_to_heir(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	unsigned effects =
	    vrrp_fsm_yield_to(fsm, event, VRRP_CAUSE_HANDED_OVER, now_us);

	if (fsm->params.linger_us > 0) {
		fsm->let_go_at_us = now_us + fsm->params.linger_us;
		effects &= ~(unsigned)VRRP_EFFECT_REMOVE_ADDRESSES;
	}
	return effects | VRRP_EFFECT_HANDOVER_MOVED;
}

/* Nobody came: a stop lets go all the same, a failover takes the role back. What was to
 * be announced when the silence began, or was put back during it, is announced now. */
unsigned
vrrp_fsm_end_handover(struct vrrp_fsm *fsm, int64_t now_us)
{
	const struct vrrp_fsm_params *p = &fsm->params;
	unsigned effects = VRRP_EFFECT_HANDOVER_FAILED | VRRP_EFFECT_SEND_ADVERT;

	if (fsm->handover_release)
		return VRRP_EFFECT_HANDOVER_FAILED |
		       vrrp_fsm_resign_to(
			   fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_RELEASED, now_us);

	if (vrrp_fsm_is_silent(fsm))
		effects |= VRRP_EFFECT_ANNOUNCE;
	fsm->handover_until_us = 0;
	fsm->handover_yields = false;
	fsm->advert_priority = p->priority;
	fsm->adver_at_us = now_us + p->advert_int_us;
	if (p->announce_refresh_us > 0)
		fsm->refresh_at_us = now_us + p->announce_refresh_us;
	return effects;
}

/* Resigns but keeps the addresses and the silence: peers wait only Skew_Time, and
 * clients never see a gap. */
static unsigned
fall_silent(struct vrrp_fsm *fsm, bool silent_already)
{
	fsm->handover_yields = false;
	fsm->adver_at_us = 0;
	fsm->announce_at_us = fsm->announce_lower_at_us = fsm->refresh_at_us = 0;
	return silent_already ? 0 : VRRP_EFFECT_SEND_RESIGN;
}

/* Speaks on as a last resort: peers that preempt wait their Master_Down_Interval, and
 * at no time does one of them miss a Master. */
static unsigned
speak_lower(struct vrrp_fsm *fsm, int64_t now_us)
{
	fsm->handover_yields = true;
	if (fsm->advert_priority == VRRP_PRIORITY_LAST)
		return 0;
	fsm->advert_priority = VRRP_PRIORITY_LAST;
	fsm->adver_at_us = now_us + fsm->params.advert_int_us;
	return VRRP_EFFECT_SEND_ADVERT;
}

/* Until the heir is heard or the wait is over. Who has resigned cannot yield any more.
 */
unsigned
vrrp_fsm_handover(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	bool silent = vrrp_fsm_is_silent(fsm);
	bool yields = event->handover.yields && !silent;
	int64_t wait = event->handover.wait_us;

	if (fsm->state != VRRP_STATE_MASTER)
		return 0;
	if (wait <= 0)
		wait = yields ? vrrp_fsm_yield_wait_us(fsm)
			      : vrrp_fsm_handover_wait_us(fsm);
	fsm->handover_until_us = now_us + wait;
	fsm->handover_release = event->handover.release_at_end;
	return yields ? speak_lower(fsm, now_us) : fall_silent(fsm, silent);
}

unsigned
vrrp_fsm_handover_cancel(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (!vrrp_fsm_is_handing_over(fsm))
		return 0;
	fsm->handover_release = false;
	return vrrp_fsm_end_handover(fsm, now_us);
}

unsigned
vrrp_fsm_release(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state != VRRP_STATE_MASTER)
		return 0;

	unsigned effects =
	    vrrp_fsm_resign_to(fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_RELEASED, now_us);

	vrrp_fsm_wait_for_silence(fsm, now_us);
	return effects;
}

unsigned
vrrp_fsm_takeover(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state != VRRP_STATE_BACKUP)
		return 0;
	return vrrp_fsm_become_master(fsm, VRRP_CAUSE_TAKEOVER, now_us);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fsm_move.c - moves of the role that somebody asked for: make before break. */
#include "vrrpd/vrrp_fsm_internal.h"

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

/* Nobody came: a stop lets go all the same, a failover takes the role back. */
unsigned
vrrp_fsm_end_handover(struct vrrp_fsm *fsm, int64_t now_us)
{
	const struct vrrp_fsm_params *p = &fsm->params;

	if (fsm->handover_release)
		return VRRP_EFFECT_HANDOVER_FAILED |
		       vrrp_fsm_step_down(
			   fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_RELEASED, now_us);

	fsm->handover_until_us = 0;
	fsm->adver_at_us = now_us + p->advert_int_us;
	if (p->announce_refresh_us > 0)
		fsm->refresh_at_us = now_us + p->announce_refresh_us;
	return VRRP_EFFECT_HANDOVER_FAILED | VRRP_EFFECT_SEND_ADVERT;
}

/* Resigns but keeps the addresses and the silence, until the heir is heard or the wait
 * is over: peers wait only Skew_Time, and clients never see a gap. */
unsigned
vrrp_fsm_handover(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	int64_t wait = event->handover.wait_us;
	bool already = vrrp_fsm_is_handing_over(fsm);

	if (fsm->state != VRRP_STATE_MASTER)
		return 0;
	fsm->handover_until_us =
	    now_us + (wait > 0 ? wait : vrrp_fsm_handover_wait_us(fsm));
	fsm->handover_release = event->handover.release_at_end;
	fsm->adver_at_us = 0;
	fsm->announce_at_us = fsm->announce_lower_at_us = fsm->refresh_at_us = 0;
	return already ? 0 : VRRP_EFFECT_SEND_RESIGN;
}

unsigned
vrrp_fsm_handover_cancel(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (!vrrp_fsm_is_handing_over(fsm))
		return 0;
	fsm->handover_release = false;
	return vrrp_fsm_end_handover(fsm, now_us) &
	       ~(unsigned)VRRP_EFFECT_HANDOVER_FAILED;
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

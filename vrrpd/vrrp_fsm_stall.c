/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fsm_stall.c - what a router may still believe after it did not run for a while.
 */
#include "vrrpd/vrrp_fsm_internal.h"

/* A Master whose peers must have given it up while it was not running (stopped,
 * starved, suspended) lets go and listens before it speaks. Listening for an interval
 * and a skew hears every living Master, which one skew alone would not when the host
 * itself slept and its queue is empty. A Master that resigned to stop has nothing more
 * to say anyway, and one that hears its heir is about to let go. */
static unsigned
check_master_stall(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	bool moving = vrrp_fsm_is_handing_over(fsm);
	bool silent = vrrp_fsm_is_silent(fsm);
	int64_t due_us = silent ? fsm->handover_until_us : fsm->adver_at_us;
	int64_t silent_us = now_us - due_us + fsm->params.advert_int_us;

	if (fsm->state != VRRP_STATE_MASTER || (silent && fsm->handover_release) ||
	    (moving && vrrp_fsm_is_heir(fsm, event)))
		return 0;
	if (silent_us <= vrrp_fsm_peers_down_interval_us(fsm))
		return 0;

	unsigned effects =
	    vrrp_fsm_step_down(fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_STALLED, now_us);

	vrrp_fsm_listen_first(fsm, VRRP_CAUSE_MASTER_DOWN_TIMER, now_us);
	return effects | VRRP_EFFECT_STALL_NOTICED |
	       (moving ? VRRP_EFFECT_HANDOVER_FAILED : 0U);
}

/* A Backup whose timer is much too late was not running either, and what a Master said
 * meanwhile may be lost. It listens for an interval before it judges; preempt_delay is
 * over, but to preempt somebody he must be heard. */
static unsigned
check_backup_stall(struct vrrp_fsm *fsm, int64_t now_us)
{
	int64_t late_us = now_us - fsm->master_down_at_us;
	enum vrrp_cause cause = fsm->down_cause == VRRP_CAUSE_PREEMPTED
				    ? VRRP_CAUSE_MASTER_DOWN_TIMER
				    : fsm->down_cause;

	if (fsm->state != VRRP_STATE_BACKUP || late_us <= fsm->master_adver_int_us ||
	    fsm->down_cause == VRRP_CAUSE_OWNER)
		return 0;
	vrrp_fsm_listen_first(fsm, cause, now_us);
	vrrp_fsm_hold_preemption_back(fsm);
	return VRRP_EFFECT_STALL_NOTICED;
}

/* Advertisements that waited are heard before a Backup is judged, and a takeover is
 * somebody's order. */
unsigned
vrrp_fsm_check_stall(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	unsigned stalled = check_master_stall(fsm, event, now_us);

	if (event->kind == VRRP_EVENT_TIMER || event->kind == VRRP_EVENT_PARAMS)
		stalled |= check_backup_stall(fsm, now_us);
	return stalled;
}

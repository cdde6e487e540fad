/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fsm_backup.c - what a Backup makes of advertisements, timers and new params
 * (RFC 9568 6.4.2). */
#include "vrrpd/vrrp_fsm_internal.h"

#include "vrrpd/vrrp_packet.h"

/* ---- advertisements ---------------------------------------------------------------
 */

static int64_t
heard_at(const struct vrrp_event *event, int64_t now_us)
{
	int64_t received_us = event->advert.received_us;

	return received_us != 0 && received_us < now_us ? received_us : now_us;
}

void
vrrp_fsm_note_master(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	fsm->master = event->advert.source;
	fsm->master_priority = event->advert.priority;
	fsm->master_says_int_us = event->advert.advert_int_us;
	fsm->master_heard_us = heard_at(event, now_us);
}

/* Accepts the router last heard as Master: RFC 9568 6.4.2 learns its interval, RFC 3768
 * has only one. */
static void
follow_heard(struct vrrp_fsm *fsm)
{
	if (fsm->params.version == 3)
		fsm->master_adver_int_us = fsm->master_says_int_us;
	vrrp_fsm_wait_for_silence(fsm, fsm->master_heard_us);
}

void
vrrp_fsm_follow_master(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	vrrp_fsm_note_master(fsm, event, now_us);
	follow_heard(fsm);
}

static bool
may_preempt(const struct vrrp_fsm *fsm, uint8_t priority)
{
	/* RFC 9568 6.1: an owner always preempts; 6.4.2: equal priority never does, the
	 * address decides only between two Masters. */
	return (fsm->params.preempt || vrrp_fsm_is_owner(fsm)) &&
	       priority < fsm->params.priority;
}

/* preempt_delay: runs from the first lower advertisement; until it is over the lower
 * Master is followed like a rightful one. Returns whether to follow. */
static bool
preempt_delay_holds(struct vrrp_fsm *fsm, int64_t heard_us)
{
	if (fsm->params.preempt_delay_us == 0 || vrrp_fsm_is_owner(fsm))
		return false;
	if (fsm->preempt_at_us == 0)
		fsm->preempt_at_us = heard_us + fsm->params.preempt_delay_us;
	return heard_us < fsm->preempt_at_us;
}

/* Nobody is preempted before Master_Down_Timer has said whether he is there. */
void
vrrp_fsm_hold_preemption_back(struct vrrp_fsm *fsm)
{
	if (fsm->preempt_at_us != 0)
		fsm->preempt_at_us =
		    vrrp_fsm_max_us(fsm->preempt_at_us, fsm->master_down_at_us);
}

/* RFC 9568 6.4.2. */
unsigned
vrrp_fsm_backup_hears(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	uint8_t priority = event->advert.priority;

	if (priority == VRRP_PRIORITY_RESIGN) {
		vrrp_fsm_note_master(fsm, event, now_us);
		vrrp_fsm_arm_master_down(
		    fsm, 0, VRRP_CAUSE_MASTER_RESIGNED, fsm->master_heard_us);
		vrrp_fsm_hold_preemption_back(fsm);
		return 0;
	}
	if (!may_preempt(fsm, priority)) {
		fsm->preempt_at_us = 0;
		vrrp_fsm_follow_master(fsm, event, now_us);
		return 0;
	}
	if (preempt_delay_holds(fsm, heard_at(event, now_us))) {
		vrrp_fsm_follow_master(fsm, event, now_us);
		return 0;
	}
	/* Discarded: the timer runs on and ends in preemption. */
	vrrp_fsm_note_master(fsm, event, now_us);
	if (fsm->down_cause == VRRP_CAUSE_MASTER_DOWN_TIMER)
		fsm->down_cause = VRRP_CAUSE_PREEMPTED;
	return 0;
}

/* ---- timers -----------------------------------------------------------------------
 */

unsigned
vrrp_fsm_backup_timer(struct vrrp_fsm *fsm, int64_t now_us)
{
	unsigned effects = 0;

	if (vrrp_fsm_has_come(fsm->let_go_at_us, now_us)) {
		fsm->let_go_at_us = 0;
		effects = VRRP_EFFECT_REMOVE_ADDRESSES;
	}
	/* A new Master keeps the addresses that it was about to remove. */
	if (vrrp_fsm_has_come(fsm->master_down_at_us, now_us))
		return vrrp_fsm_become_master(fsm, fsm->down_cause, now_us);
	if (vrrp_fsm_has_come(fsm->preempt_at_us, now_us))
		return vrrp_fsm_become_master(fsm, VRRP_CAUSE_PREEMPTED, now_us);
	return effects;
}

/* ---- changes from outside ---------------------------------------------------------
 */

/* Whoever becomes owner takes the role. Not so an owner that is Backup already (it lost
 * to another owner, it listens after a stall, it was told to let go): a reload must not
 * wake it. */
static bool
became_owner(const struct vrrp_fsm *fsm)
{
	return vrrp_fsm_is_owner(fsm) && fsm->advert_priority != VRRP_PRIORITY_OWNER;
}

static void
adjust_preempt_delay(struct vrrp_fsm *fsm, int64_t now_us)
{
	int64_t end_us = now_us + fsm->params.preempt_delay_us;

	if (fsm->params.preempt_delay_us == 0 ||
	    !may_preempt(fsm, fsm->master_priority))
		fsm->preempt_at_us = 0;
	else if (fsm->preempt_at_us > end_us)
		fsm->preempt_at_us = end_us;
}

/* Re-arms Master_Down_Timer as if it had been armed with the new values at the time it
 * was. */
static void
adjust_master_down(struct vrrp_fsm *fsm, int64_t now_us)
{
	int64_t armed_us = fsm->master_down_armed_us;
	bool discarded =
	    fsm->master_heard_us > armed_us || fsm->down_cause == VRRP_CAUSE_PREEMPTED;

	if (discarded && !may_preempt(fsm, fsm->master_priority))
		/* Its advertisements were discarded; now it is in its right. */
		follow_heard(fsm);
	else if (fsm->listening)
		vrrp_fsm_listen_first(fsm, fsm->down_cause, armed_us);
	else if (became_owner(fsm))
		vrrp_fsm_arm_master_down(fsm, 0, VRRP_CAUSE_OWNER, armed_us);
	else if (fsm->down_cause == VRRP_CAUSE_OWNER && !vrrp_fsm_is_owner(fsm))
		vrrp_fsm_wait_for_silence(fsm, armed_us);
	else
		vrrp_fsm_arm_master_down(
		    fsm, fsm->down_adverts, fsm->down_cause, armed_us);
	fsm->master_down_at_us = vrrp_fsm_max_us(fsm->master_down_at_us, now_us);
}

unsigned
vrrp_fsm_backup_params(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (became_owner(fsm) && !fsm->listening &&
	    now_us >= fsm->params.startup_delay_until_us)
		return vrrp_fsm_become_master(fsm, VRRP_CAUSE_OWNER, now_us);
	if (fsm->params.version == 2 || !addr_is_set(&fsm->master))
		fsm->master_adver_int_us = fsm->params.advert_int_us;
	adjust_preempt_delay(fsm, now_us);
	adjust_master_down(fsm, now_us);
	fsm->advert_priority = fsm->params.priority;
	return 0;
}

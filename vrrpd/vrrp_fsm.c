/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fsm.c - the state machine of one virtual router (RFC 9568 6.4, RFC 3768 6.4).
 *
 * Which event goes where is in vrrp_fsm_step(); what a Backup and a Master make of it
 * is in vrrp_fsm_backup.c and vrrp_fsm_master.c. enter_state() is the only place that
 * writes the state; vrrp_fsm_arm_master_down() the only one that starts
 * Master_Down_Timer. Beyond the RFC there are four things, each marked where it
 * happens: the hand-over that keeps the addresses until the heir is heard
 * (vrrp_fsm_move.c), the check after a stall (vrrp_fsm_stall.c), preempt_delay, and a
 * bound on answers to losing advertisements.
 */
#include "vrrpd/vrrp_fsm.h"

#include <assert.h>
#include "common/units.h"
#include "vrrpd/vrrp_fsm_internal.h"
#include "vrrpd/vrrp_packet.h"

static int64_t
skew_us(const struct vrrp_fsm *fsm)
{
	return vrrp_fsm_skew_us(
	    fsm->params.version, fsm->params.priority, fsm->master_adver_int_us);
}

/* ---- transitions ------------------------------------------------------------------
 */

/* Every timer belongs to the state that is left. */
static void
enter_state(
    struct vrrp_fsm *fsm, enum vrrp_state state, enum vrrp_cause cause, int64_t now_us)
{
	fsm->master_down_at_us = fsm->master_down_armed_us = 0;
	fsm->adver_at_us = fsm->preempt_at_us = 0;
	fsm->announce_at_us = fsm->announce_lower_at_us = fsm->refresh_at_us = 0;
	fsm->handover_until_us = fsm->let_go_at_us = 0;
	fsm->handover_yields = false;
	fsm->transitions++;
	fsm->state = state;
	fsm->cause = cause;
	fsm->since_us = now_us;
}

static void
forget_master(struct vrrp_fsm *fsm)
{
	fsm->master = (struct addr){0};
	fsm->master_priority = 0;
	fsm->master_heard_us = 0;
}

/* Starts Master_Down_Timer for `adverts` intervals and Skew_Time; an owner waits for
 * nothing but the startup delay. `cause` is what its firing will mean. */
void
vrrp_fsm_arm_master_down(
    struct vrrp_fsm *fsm, unsigned adverts, enum vrrp_cause cause, int64_t now_us)
{
	int64_t span = cause == VRRP_CAUSE_OWNER
			   ? 0
			   : adverts * fsm->master_adver_int_us + skew_us(fsm);

	fsm->master_down_armed_us = now_us;
	fsm->master_down_at_us =
	    vrrp_fsm_max_us(now_us + span, fsm->params.startup_delay_until_us);
	fsm->down_adverts = adverts;
	fsm->down_cause = cause;
	fsm->listening = false;
}

/* After a stall: one interval and Skew_Time, in which every living Master is heard. */
void
vrrp_fsm_listen_first(struct vrrp_fsm *fsm, enum vrrp_cause cause, int64_t now_us)
{
	vrrp_fsm_arm_master_down(fsm, 1, cause, now_us);
	fsm->listening = true;
}

/* The full Master_Down_Interval. */
void
vrrp_fsm_wait_for_silence(struct vrrp_fsm *fsm, int64_t now_us)
{
	vrrp_fsm_arm_master_down(
	    fsm, fsm->params.down_timer_adverts, VRRP_CAUSE_MASTER_DOWN_TIMER, now_us);
}

unsigned
vrrp_fsm_become_master(struct vrrp_fsm *fsm, enum vrrp_cause cause, int64_t now_us)
{
	const struct vrrp_fsm_params *p = &fsm->params;

	enter_state(fsm, VRRP_STATE_MASTER, cause, now_us);
	forget_master(fsm);
	/* RFC 9568 6.4.3: as Master our own interval counts again. */
	fsm->master_adver_int_us = p->advert_int_us;
	fsm->adver_at_us = now_us + p->advert_int_us;
	if (p->announce_delay_us > 0)
		fsm->announce_at_us = now_us + p->announce_delay_us;
	if (p->announce_refresh_us > 0)
		fsm->refresh_at_us = now_us + p->announce_refresh_us;
	fsm->advert_priority = p->priority;
	fsm->reassert_tokens = VRRP_FSM_REASSERT_BURST;
	fsm->reassert_refill_us = now_us;
	fsm->announce_lower_free_us = 0;
	return VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_ADD_ADDRESSES |
	       VRRP_EFFECT_ANNOUNCE | VRRP_EFFECT_TRANSITION;
}

/* Leaves for a state without addresses; the caller arms what the state needs. */
unsigned
vrrp_fsm_step_down(
    struct vrrp_fsm *fsm, enum vrrp_state state, enum vrrp_cause cause, int64_t now_us)
{
	bool has_addresses = fsm->state == VRRP_STATE_MASTER || fsm->let_go_at_us != 0;

	enter_state(fsm, state, cause, now_us);
	return VRRP_EFFECT_TRANSITION |
	       (has_addresses ? VRRP_EFFECT_REMOVE_ADDRESSES : 0U);
}

/* The same with a resignation first, unless one is already out: each would make the
 * peers begin their Skew_Time anew. */
unsigned
vrrp_fsm_resign_to(
    struct vrrp_fsm *fsm, enum vrrp_state state, enum vrrp_cause cause, int64_t now_us)
{
	bool resign = fsm->state == VRRP_STATE_MASTER && !vrrp_fsm_is_silent(fsm);
	unsigned effects = vrrp_fsm_step_down(fsm, state, cause, now_us);

	return effects | (resign ? VRRP_EFFECT_SEND_RESIGN : 0U);
}

/* ---- start and end ----------------------------------------------------------------
 */

/* RFC 9568 6.4.1. */
static unsigned
start_up(struct vrrp_fsm *fsm, enum vrrp_cause cause, int64_t now_us)
{
	fsm->master_adver_int_us = fsm->params.advert_int_us;
	fsm->advert_priority = fsm->params.priority;
	if (vrrp_fsm_is_owner(fsm) && now_us >= fsm->params.startup_delay_until_us)
		return vrrp_fsm_become_master(fsm, VRRP_CAUSE_OWNER, now_us);

	unsigned effects = vrrp_fsm_step_down(fsm, VRRP_STATE_BACKUP, cause, now_us);

	forget_master(fsm);
	if (vrrp_fsm_is_owner(fsm))
		vrrp_fsm_arm_master_down(fsm, 0, VRRP_CAUSE_OWNER, now_us);
	else
		vrrp_fsm_wait_for_silence(fsm, now_us);
	return effects;
}

static unsigned
on_startup(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state != VRRP_STATE_INITIALIZE)
		return 0;
	return start_up(fsm, VRRP_CAUSE_STARTUP, now_us);
}

/* The addresses are still there, or are put back and announced as they come: no burst.
 */
static unsigned
on_resume(struct vrrp_fsm *fsm, int64_t since_us, int64_t now_us)
{
	if (fsm->state != VRRP_STATE_INITIALIZE)
		return 0;

	unsigned effects = vrrp_fsm_become_master(fsm, VRRP_CAUSE_RESUMED, now_us);

	fsm->since_us = since_us;
	fsm->announce_at_us = 0;
	return effects & ~(unsigned)VRRP_EFFECT_ANNOUNCE;
}

static unsigned
on_fault(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state == VRRP_STATE_FAULT)
		return 0;
	return vrrp_fsm_resign_to(fsm, VRRP_STATE_FAULT, VRRP_CAUSE_FAULT, now_us);
}

static unsigned
on_fault_cleared(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state != VRRP_STATE_FAULT)
		return 0;
	return start_up(fsm, VRRP_CAUSE_FAULT_CLEARED, now_us);
}

static unsigned
on_shutdown(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state == VRRP_STATE_INITIALIZE)
		return 0;
	return vrrp_fsm_resign_to(
	    fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_SHUTDOWN, now_us);
}

/* ---- one step ---------------------------------------------------------------------
 */

static unsigned
on_advert(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	if (fsm->state == VRRP_STATE_BACKUP)
		return vrrp_fsm_backup_hears(fsm, event, now_us);
	if (fsm->state == VRRP_STATE_MASTER)
		return vrrp_fsm_master_hears(fsm, event, now_us);
	return 0;
}

static unsigned
on_timer(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state == VRRP_STATE_BACKUP)
		return vrrp_fsm_backup_timer(fsm, now_us);
	if (fsm->state == VRRP_STATE_MASTER)
		return vrrp_fsm_master_timer(fsm, now_us);
	return 0;
}

static unsigned
on_params(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state == VRRP_STATE_BACKUP)
		return vrrp_fsm_backup_params(fsm, now_us);
	if (fsm->state == VRRP_STATE_MASTER)
		return vrrp_fsm_master_params(fsm, now_us);
	return 0;
}

static unsigned
dispatch(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	switch (event->kind) {
	case VRRP_EVENT_STARTUP:
		return on_startup(fsm, now_us);
	case VRRP_EVENT_RESUME:
		return on_resume(fsm, event->resume.since_us, now_us);
	case VRRP_EVENT_SHUTDOWN:
		return on_shutdown(fsm, now_us);
	case VRRP_EVENT_ADVERT:
		return on_advert(fsm, event, now_us);
	case VRRP_EVENT_TIMER:
		return on_timer(fsm, now_us);
	case VRRP_EVENT_PARAMS:
		return on_params(fsm, now_us);
	case VRRP_EVENT_FAULT:
		return on_fault(fsm, now_us);
	case VRRP_EVENT_FAULT_CLEARED:
		return on_fault_cleared(fsm, now_us);
	case VRRP_EVENT_HANDOVER:
		return vrrp_fsm_handover(fsm, event, now_us);
	case VRRP_EVENT_HANDOVER_CANCEL:
		return vrrp_fsm_handover_cancel(fsm, now_us);
	case VRRP_EVENT_RELEASE:
		return vrrp_fsm_release(fsm, now_us);
	case VRRP_EVENT_TAKEOVER:
		return vrrp_fsm_takeover(fsm, now_us);
	case VRRP_EVENT_KIND_COUNT_:
		break;
	}
	assert(event->kind < VRRP_EVENT_KIND_COUNT_);
	return 0;
}

unsigned
vrrp_fsm_step(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	unsigned stalled = vrrp_fsm_check_stall(fsm, event, now_us);

	/* Who has just begun to listen takes no role in the same breath. */
	if (stalled != 0 && event->kind == VRRP_EVENT_TAKEOVER)
		return stalled;
	return stalled | dispatch(fsm, event, now_us);
}

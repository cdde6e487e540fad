/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fsm.c - the state machine of one virtual router (RFC 9568 6.4, RFC 3768 6.4).
 *
 * One function for each event, dispatched by vrrp_fsm_step(). enter_state() is the only
 * place that writes the state; arm_master_down() the only one that starts
 * Master_Down_Timer. Beyond the RFC there are four things, each marked where it
 * happens: the hand-over that keeps the addresses until the heir is heard, the check
 * after a stall, preempt_delay, and a bound on answers to losing advertisements.
 */
#include "vrrpd/vrrp_fsm.h"

#include <assert.h>
#include "common/units.h"
#include "vrrpd/vrrp_packet.h"

#define REASSERT_BURST 3U

static int64_t
max_us(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool
is_owner(const struct vrrp_fsm *fsm)
{
	return fsm->params.priority == VRRP_PRIORITY_OWNER;
}

static bool
is_handing_over(const struct vrrp_fsm *fsm)
{
	return fsm->handover_until_us != 0;
}

static bool
has_come(int64_t deadline_us, int64_t now_us)
{
	return deadline_us != 0 && now_us >= deadline_us;
}

static int64_t
skew_us(const struct vrrp_fsm *fsm)
{
	return vrrp_fsm_skew_us(
	    fsm->params.version, fsm->params.priority, fsm->master_adver_int_us);
}

/* ---- transitions --------------------------------------------------------------------
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
static void
arm_master_down(
    struct vrrp_fsm *fsm, unsigned adverts, enum vrrp_cause cause, int64_t now_us)
{
	int64_t span = cause == VRRP_CAUSE_OWNER
			   ? 0
			   : adverts * fsm->master_adver_int_us + skew_us(fsm);

	fsm->master_down_armed_us = now_us;
	fsm->master_down_at_us =
	    max_us(now_us + span, fsm->params.startup_delay_until_us);
	fsm->down_adverts = adverts;
	fsm->down_cause = cause;
	fsm->listening = false;
}

/* After a stall: one interval and Skew_Time, in which every living Master is heard. */
static void
listen_first(struct vrrp_fsm *fsm, enum vrrp_cause cause, int64_t now_us)
{
	arm_master_down(fsm, 1, cause, now_us);
	fsm->listening = true;
}

/* The full Master_Down_Interval. */
static void
wait_for_silence(struct vrrp_fsm *fsm, int64_t now_us)
{
	arm_master_down(
	    fsm, fsm->params.down_timer_adverts, VRRP_CAUSE_MASTER_DOWN_TIMER, now_us);
}

static unsigned
become_master(struct vrrp_fsm *fsm, enum vrrp_cause cause, int64_t now_us)
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
	fsm->reassert_tokens = REASSERT_BURST;
	fsm->reassert_refill_us = now_us;
	fsm->announce_lower_free_us = 0;
	return VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_ADD_ADDRESSES |
	       VRRP_EFFECT_ANNOUNCE | VRRP_EFFECT_TRANSITION;
}

/* Leaves for a state without addresses; the caller arms what the state needs. */
static unsigned
step_down(
    struct vrrp_fsm *fsm, enum vrrp_state state, enum vrrp_cause cause, int64_t now_us)
{
	bool has_addresses = fsm->state == VRRP_STATE_MASTER || fsm->let_go_at_us != 0;

	enter_state(fsm, state, cause, now_us);
	return VRRP_EFFECT_TRANSITION |
	       (has_addresses ? VRRP_EFFECT_REMOVE_ADDRESSES : 0U);
}

/* The same with a resignation first, unless one is already out: each would make the
 * peers begin their Skew_Time anew. */
static unsigned
resign_to(
    struct vrrp_fsm *fsm, enum vrrp_state state, enum vrrp_cause cause, int64_t now_us)
{
	bool resign = fsm->state == VRRP_STATE_MASTER && !is_handing_over(fsm);
	unsigned effects = step_down(fsm, state, cause, now_us);

	return effects | (resign ? VRRP_EFFECT_SEND_RESIGN : 0U);
}

/* RFC 9568 6.4.1. */
static unsigned
start_up(struct vrrp_fsm *fsm, enum vrrp_cause cause, int64_t now_us)
{
	fsm->master_adver_int_us = fsm->params.advert_int_us;
	fsm->advert_priority = fsm->params.priority;
	if (is_owner(fsm) && now_us >= fsm->params.startup_delay_until_us)
		return become_master(fsm, VRRP_CAUSE_OWNER, now_us);

	unsigned effects = step_down(fsm, VRRP_STATE_BACKUP, cause, now_us);

	forget_master(fsm);
	if (is_owner(fsm))
		arm_master_down(fsm, 0, VRRP_CAUSE_OWNER, now_us);
	else
		wait_for_silence(fsm, now_us);
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

	unsigned effects = become_master(fsm, VRRP_CAUSE_RESUMED, now_us);

	fsm->since_us = since_us;
	fsm->announce_at_us = 0;
	return effects & ~(unsigned)VRRP_EFFECT_ANNOUNCE;
}

static unsigned
on_fault(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state == VRRP_STATE_FAULT)
		return 0;
	return resign_to(fsm, VRRP_STATE_FAULT, VRRP_CAUSE_FAULT, now_us);
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
	return resign_to(fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_SHUTDOWN, now_us);
}

/* ---- advertisements -----------------------------------------------------------------
 */

static int64_t
heard_at(const struct vrrp_event *event, int64_t now_us)
{
	int64_t received_us = event->advert.received_us;

	return received_us != 0 && received_us < now_us ? received_us : now_us;
}

static void
note_master(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
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
	wait_for_silence(fsm, fsm->master_heard_us);
}

static void
follow_master(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	note_master(fsm, event, now_us);
	follow_heard(fsm);
}

static bool
may_preempt(const struct vrrp_fsm *fsm, uint8_t priority)
{
	/* RFC 9568 6.1: an owner always preempts; 6.4.2: equal priority never does, the
	 * address decides only between two Masters. */
	return (fsm->params.preempt || is_owner(fsm)) &&
	       priority < fsm->params.priority;
}

/* preempt_delay: runs from the first lower advertisement; until it is over the lower
 * Master is followed like a rightful one. Returns whether to follow. */
static bool
preempt_delay_holds(struct vrrp_fsm *fsm, int64_t heard_us)
{
	if (fsm->params.preempt_delay_us == 0 || is_owner(fsm))
		return false;
	if (fsm->preempt_at_us == 0)
		fsm->preempt_at_us = heard_us + fsm->params.preempt_delay_us;
	return heard_us < fsm->preempt_at_us;
}

/* Nobody is preempted before Master_Down_Timer has said whether he is there. */
static void
hold_preemption_back(struct vrrp_fsm *fsm)
{
	if (fsm->preempt_at_us != 0)
		fsm->preempt_at_us = max_us(fsm->preempt_at_us, fsm->master_down_at_us);
}

/* RFC 9568 6.4.2. */
static unsigned
backup_hears(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	uint8_t priority = event->advert.priority;

	if (priority == VRRP_PRIORITY_RESIGN) {
		note_master(fsm, event, now_us);
		arm_master_down(
		    fsm, 0, VRRP_CAUSE_MASTER_RESIGNED, fsm->master_heard_us);
		hold_preemption_back(fsm);
		return 0;
	}
	if (!may_preempt(fsm, priority)) {
		fsm->preempt_at_us = 0;
		follow_master(fsm, event, now_us);
		return 0;
	}
	if (preempt_delay_holds(fsm, heard_at(event, now_us))) {
		follow_master(fsm, event, now_us);
		return 0;
	}
	/* Discarded: the timer runs on and ends in preemption. */
	note_master(fsm, event, now_us);
	if (fsm->down_cause == VRRP_CAUSE_MASTER_DOWN_TIMER)
		fsm->down_cause = VRRP_CAUSE_PREEMPTED;
	return 0;
}

/* Whether an answer to a losing Master may leave now: a burst of REASSERT_BURST, then
 * one in each interval, so that a storm of them is not answered by a storm. */
static bool
take_reassert_token(struct vrrp_fsm *fsm, int64_t now_us)
{
	int64_t interval = fsm->params.advert_int_us;
	int64_t earned = (now_us - fsm->reassert_refill_us) / interval;

	if (earned > 0) {
		int64_t tokens = fsm->reassert_tokens + earned;

		fsm->reassert_tokens =
		    tokens > REASSERT_BURST ? REASSERT_BURST : (unsigned)tokens;
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
	    now_us + max_us(max_us(delay, fsm->params.advert_int_us), US_PER_S);
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

static unsigned
yield_to(struct vrrp_fsm *fsm, const struct vrrp_event *event, enum vrrp_cause cause,
    int64_t now_us)
{
	unsigned effects = step_down(fsm, VRRP_STATE_BACKUP, cause, now_us);

	follow_master(fsm, event, now_us);
	return effects;
}

/* The heir advertises before it installs and announces the addresses (RFC 9568 6.4.2),
 * so what is sent to the old place for that moment is still served here. */
static unsigned
leave_to_heir(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	unsigned effects = yield_to(fsm, event, VRRP_CAUSE_HANDED_OVER, now_us);

	if (fsm->params.linger_us > 0) {
		fsm->let_go_at_us = now_us + fsm->params.linger_us;
		effects &= ~(unsigned)VRRP_EFFECT_REMOVE_ADDRESSES;
	}
	return effects | VRRP_EFFECT_HANDOVER_MOVED;
}

/* RFC 9568 6.4.3. */
static unsigned
master_hears(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	uint8_t priority = event->advert.priority, own = fsm->params.priority;
	unsigned conflict = 0;

	if (is_handing_over(fsm)) {
		/* Only a Master advertises, so whoever it is took the role over. */
		if (priority == VRRP_PRIORITY_RESIGN)
			return 0;
		return leave_to_heir(fsm, event, now_us);
	}
	if (priority == VRRP_PRIORITY_RESIGN) {
		if (!take_reassert_token(fsm, now_us))
			return 0;
		fsm->adver_at_us = now_us + fsm->params.advert_int_us;
		return VRRP_EFFECT_SEND_ADVERT;
	}
	/* Erratum 8298: two owners settle by address instead of ignoring each other. */
	if (is_owner(fsm) && priority == VRRP_PRIORITY_OWNER)
		conflict = VRRP_EFFECT_OWNER_CONFLICT;
	if (priority > own)
		return yield_to(fsm, event, VRRP_CAUSE_HIGHER_PRIORITY, now_us);
	if (priority == own &&
	    addr_compare(&event->advert.source, &fsm->params.primary) > 0)
		return yield_to(fsm, event, VRRP_CAUSE_HIGHER_ADDRESS, now_us) |
		       conflict;
	note_master(fsm, event, now_us);
	return master_hears_loser(fsm, now_us) | conflict;
}

/* ---- stalls -------------------------------------------------------------------------
 */

/* A Master whose peers must have given it up while it was not running (stopped,
 * starved, suspended) lets go and listens before it speaks. Listening for an interval
 * and a skew hears every living Master, which one skew alone would not when the host
 * itself slept and its queue is empty. A Master that resigned to stop has nothing more
 * to say anyway, and one that hears its heir is about to let go. */
static unsigned
check_master_stall(struct vrrp_fsm *fsm, enum vrrp_event_kind kind, int64_t now_us)
{
	bool moving = is_handing_over(fsm);
	int64_t due_us = moving ? fsm->handover_until_us : fsm->adver_at_us;
	int64_t silent_us = now_us - due_us + fsm->params.advert_int_us;

	if (fsm->state != VRRP_STATE_MASTER ||
	    (moving && (fsm->handover_release || kind == VRRP_EVENT_ADVERT)))
		return 0;
	if (silent_us <= vrrp_fsm_peers_down_interval_us(fsm))
		return 0;

	unsigned effects =
	    step_down(fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_STALLED, now_us);

	listen_first(fsm, VRRP_CAUSE_MASTER_DOWN_TIMER, now_us);
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
	listen_first(fsm, cause, now_us);
	hold_preemption_back(fsm);
	return VRRP_EFFECT_STALL_NOTICED;
}

/* Advertisements that waited are heard before a Backup is judged, and a takeover is
 * somebody's order. */
static unsigned
check_stall(struct vrrp_fsm *fsm, enum vrrp_event_kind kind, int64_t now_us)
{
	unsigned stalled = check_master_stall(fsm, kind, now_us);

	if (kind == VRRP_EVENT_TIMER || kind == VRRP_EVENT_PARAMS)
		stalled |= check_backup_stall(fsm, now_us);
	return stalled;
}

static unsigned
on_advert(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	if (fsm->state == VRRP_STATE_BACKUP)
		return backup_hears(fsm, event, now_us);
	if (fsm->state == VRRP_STATE_MASTER)
		return master_hears(fsm, event, now_us);
	return 0;
}

/* ---- timers -------------------------------------------------------------------------
 */

static unsigned
backup_timer(struct vrrp_fsm *fsm, int64_t now_us)
{
	unsigned effects = 0;

	if (has_come(fsm->let_go_at_us, now_us)) {
		fsm->let_go_at_us = 0;
		effects = VRRP_EFFECT_REMOVE_ADDRESSES;
	}
	/* A new Master keeps the addresses that it was about to remove. */
	if (has_come(fsm->master_down_at_us, now_us))
		return become_master(fsm, fsm->down_cause, now_us);
	if (has_come(fsm->preempt_at_us, now_us))
		return become_master(fsm, VRRP_CAUSE_PREEMPTED, now_us);
	return effects;
}

/* Nobody came: a stop lets go all the same, a failover takes the role back. */
static unsigned
end_handover(struct vrrp_fsm *fsm, int64_t now_us)
{
	const struct vrrp_fsm_params *p = &fsm->params;

	if (fsm->handover_release)
		return VRRP_EFFECT_HANDOVER_FAILED |
		       step_down(
			   fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_RELEASED, now_us);

	fsm->handover_until_us = 0;
	fsm->adver_at_us = now_us + p->advert_int_us;
	if (p->announce_refresh_us > 0)
		fsm->refresh_at_us = now_us + p->announce_refresh_us;
	return VRRP_EFFECT_HANDOVER_FAILED | VRRP_EFFECT_SEND_ADVERT;
}

/* The next multiple of `interval` after the last deadline, so that nothing drifts; what
 * was missed entirely is not made up for. */
static int64_t
next_period(int64_t last_us, int64_t interval_us, int64_t now_us)
{
	int64_t next = last_us + interval_us;

	return next > now_us ? next : now_us + interval_us;
}

static unsigned
master_timer(struct vrrp_fsm *fsm, int64_t now_us)
{
	const struct vrrp_fsm_params *p = &fsm->params;
	unsigned effects = 0;

	if (has_come(fsm->handover_until_us, now_us))
		return end_handover(fsm, now_us);
	if (has_come(fsm->adver_at_us, now_us)) {
		effects |= VRRP_EFFECT_SEND_ADVERT;
		fsm->adver_at_us =
		    next_period(fsm->adver_at_us, p->advert_int_us, now_us);
	}
	if (has_come(fsm->announce_at_us, now_us)) {
		effects |= VRRP_EFFECT_ANNOUNCE;
		fsm->announce_at_us = 0;
	}
	if (has_come(fsm->announce_lower_at_us, now_us)) {
		effects |= VRRP_EFFECT_ANNOUNCE_LOWER;
		fsm->announce_lower_at_us = 0;
	}
	if (has_come(fsm->refresh_at_us, now_us)) {
		effects |= VRRP_EFFECT_ANNOUNCE_REFRESH;
		fsm->refresh_at_us =
		    next_period(fsm->refresh_at_us, p->announce_refresh_us, now_us);
	}
	/* While the role is being handed over, the fewer gratuitous ARP the better. */
	if (is_handing_over(fsm))
		effects = 0;
	return effects;
}

static unsigned
on_timer(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state == VRRP_STATE_BACKUP)
		return backup_timer(fsm, now_us);
	if (fsm->state == VRRP_STATE_MASTER)
		return master_timer(fsm, now_us);
	return 0;
}

/* ---- changes from outside -----------------------------------------------------------
 */

/* Whoever becomes owner takes the role. Not so an owner that is Backup already (it lost
 * to another owner, it listens after a stall, it was told to let go): a reload must not
 * wake it. */
static bool
became_owner(const struct vrrp_fsm *fsm)
{
	return is_owner(fsm) && fsm->advert_priority != VRRP_PRIORITY_OWNER;
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
		listen_first(fsm, fsm->down_cause, armed_us);
	else if (became_owner(fsm))
		arm_master_down(fsm, 0, VRRP_CAUSE_OWNER, armed_us);
	else if (fsm->down_cause == VRRP_CAUSE_OWNER && !is_owner(fsm))
		wait_for_silence(fsm, armed_us);
	else
		arm_master_down(fsm, fsm->down_adverts, fsm->down_cause, armed_us);
	fsm->master_down_at_us = max_us(fsm->master_down_at_us, now_us);
}

static unsigned
backup_params(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (became_owner(fsm) && !fsm->listening &&
	    now_us >= fsm->params.startup_delay_until_us)
		return become_master(fsm, VRRP_CAUSE_OWNER, now_us);
	if (fsm->params.version == 2 || !addr_is_set(&fsm->master))
		fsm->master_adver_int_us = fsm->params.advert_int_us;
	adjust_preempt_delay(fsm, now_us);
	adjust_master_down(fsm, now_us);
	fsm->advert_priority = fsm->params.priority;
	return 0;
}

static void
rearm_period(int64_t *deadline_us, int64_t interval_us, int64_t now_us)
{
	if (interval_us == 0)
		*deadline_us = 0;
	else if (*deadline_us == 0 || *deadline_us > now_us + interval_us)
		*deadline_us = now_us + interval_us;
}

/* Peers must learn a new priority or interval from an advertisement, at once. */
static unsigned
master_params(struct vrrp_fsm *fsm, int64_t now_us)
{
	const struct vrrp_fsm_params *p = &fsm->params;
	bool priority_changed = fsm->advert_priority != p->priority;
	bool interval_changed = fsm->master_adver_int_us != p->advert_int_us;

	rearm_period(&fsm->refresh_at_us, p->announce_refresh_us, now_us);
	fsm->advert_priority = p->priority;
	fsm->master_adver_int_us = p->advert_int_us;
	if (is_handing_over(fsm) || (!priority_changed && !interval_changed))
		return 0;
	fsm->adver_at_us = now_us + p->advert_int_us;
	return VRRP_EFFECT_SEND_ADVERT;
}

static unsigned
on_params(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state == VRRP_STATE_BACKUP)
		return backup_params(fsm, now_us);
	if (fsm->state == VRRP_STATE_MASTER)
		return master_params(fsm, now_us);
	return 0;
}

/* Resigns but keeps the addresses and the silence, until the heir is heard or the wait
 * is over: peers wait only Skew_Time, and clients never see a gap. */
static unsigned
on_handover(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	int64_t wait = event->handover.wait_us;
	bool already = is_handing_over(fsm);

	if (fsm->state != VRRP_STATE_MASTER)
		return 0;
	fsm->handover_until_us =
	    now_us + (wait > 0 ? wait : vrrp_fsm_handover_wait_us(fsm));
	fsm->handover_release = event->handover.release_at_end;
	fsm->adver_at_us = 0;
	fsm->announce_at_us = fsm->announce_lower_at_us = fsm->refresh_at_us = 0;
	return already ? 0 : VRRP_EFFECT_SEND_RESIGN;
}

static unsigned
on_handover_cancel(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (!is_handing_over(fsm))
		return 0;
	fsm->handover_release = false;
	return end_handover(fsm, now_us) & ~(unsigned)VRRP_EFFECT_HANDOVER_FAILED;
}

static unsigned
on_release(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state != VRRP_STATE_MASTER)
		return 0;

	unsigned effects =
	    resign_to(fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_RELEASED, now_us);

	wait_for_silence(fsm, now_us);
	return effects;
}

static unsigned
on_takeover(struct vrrp_fsm *fsm, int64_t now_us)
{
	if (fsm->state != VRRP_STATE_BACKUP)
		return 0;
	return become_master(fsm, VRRP_CAUSE_TAKEOVER, now_us);
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
		return on_handover(fsm, event, now_us);
	case VRRP_EVENT_HANDOVER_CANCEL:
		return on_handover_cancel(fsm, now_us);
	case VRRP_EVENT_RELEASE:
		return on_release(fsm, now_us);
	case VRRP_EVENT_TAKEOVER:
		return on_takeover(fsm, now_us);
	case VRRP_EVENT_KIND_COUNT_:
		break;
	}
	assert(event->kind < VRRP_EVENT_KIND_COUNT_);
	return 0;
}

unsigned
vrrp_fsm_step(struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us)
{
	unsigned stalled = check_stall(fsm, event->kind, now_us);

	/* Who has just begun to listen takes no role in the same breath. */
	if (stalled != 0 && event->kind == VRRP_EVENT_TAKEOVER)
		return stalled;
	return stalled | dispatch(fsm, event, now_us);
}

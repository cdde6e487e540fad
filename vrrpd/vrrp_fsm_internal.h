/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fsm_internal.h - what the files of the state machine share among themselves.
 *
 * All of these are parts of one vrrp_fsm_step(): they return its effects.
 */
#ifndef VRRPD_VRRP_FSM_INTERNAL_H
#define VRRPD_VRRP_FSM_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include "vrrpd/vrrp_fsm.h"
#include "vrrpd/vrrp_packet.h"

/* Answers to losing advertisements: so many at once, then one in each interval. */
#define VRRP_FSM_REASSERT_BURST 3U

static inline int64_t
vrrp_fsm_max_us(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static inline bool
vrrp_fsm_is_owner(const struct vrrp_fsm *fsm)
{
	return fsm->params.priority == VRRP_PRIORITY_OWNER;
}

static inline bool
vrrp_fsm_is_handing_over(const struct vrrp_fsm *fsm)
{
	return fsm->handover_until_us != 0;
}

/* What it says of its priority while it is Master. */
static inline uint8_t
vrrp_fsm_spoken_priority(const struct vrrp_fsm *fsm)
{
	return fsm->handover_yields ? VRRP_PRIORITY_LAST : fsm->params.priority;
}

static inline bool
vrrp_fsm_has_come(int64_t deadline_us, int64_t now_us)
{
	return deadline_us != 0 && now_us >= deadline_us;
}

/* ---- vrrp_fsm.c ---------------------------------------------------------- */

/* Starts Master_Down_Timer for `adverts` intervals and Skew_Time; an owner waits for
 * nothing but the startup delay. `cause` is what its firing will mean. */
void vrrp_fsm_arm_master_down(
    struct vrrp_fsm *fsm, unsigned adverts, enum vrrp_cause cause, int64_t now_us);

/* The full Master_Down_Interval. */
void vrrp_fsm_wait_for_silence(struct vrrp_fsm *fsm, int64_t now_us);

/* After a stall: one interval and Skew_Time, in which every living Master is heard. */
void vrrp_fsm_listen_first(struct vrrp_fsm *fsm, enum vrrp_cause cause, int64_t now_us);

unsigned vrrp_fsm_become_master(
    struct vrrp_fsm *fsm, enum vrrp_cause cause, int64_t now_us);

/* Leaves for a state without addresses; the caller arms what the state needs. */
unsigned vrrp_fsm_step_down(
    struct vrrp_fsm *fsm, enum vrrp_state state, enum vrrp_cause cause, int64_t now_us);

/* The same with a resignation first, unless one is already out: each would make the
 * peers begin their Skew_Time anew. */
unsigned vrrp_fsm_resign_to(
    struct vrrp_fsm *fsm, enum vrrp_state state, enum vrrp_cause cause, int64_t now_us);

/* ---- vrrp_fsm_backup.c --------------------------------------------------- */

unsigned vrrp_fsm_backup_hears(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us);
unsigned vrrp_fsm_backup_timer(struct vrrp_fsm *fsm, int64_t now_us);
unsigned vrrp_fsm_backup_params(struct vrrp_fsm *fsm, int64_t now_us);

/* Remembers who advertises; the second also accepts him as Master. */
void vrrp_fsm_note_master(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us);
void vrrp_fsm_follow_master(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us);

/* Nobody is preempted before Master_Down_Timer has said whether he is there. */
void vrrp_fsm_hold_preemption_back(struct vrrp_fsm *fsm);

/* ---- vrrp_fsm_master.c --------------------------------------------------- */

unsigned vrrp_fsm_master_hears(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us);
unsigned vrrp_fsm_master_timer(struct vrrp_fsm *fsm, int64_t now_us);
unsigned vrrp_fsm_master_params(struct vrrp_fsm *fsm, int64_t now_us);

/* Why a Master gives way to whoever sent the advertisement (RFC 9568 6.4.3), or
 * VRRP_CAUSE_NONE. */
enum vrrp_cause vrrp_fsm_master_loses(
    const struct vrrp_fsm *fsm, const struct vrrp_event *event);

/* Becomes Backup of whoever sent the advertisement. */
unsigned vrrp_fsm_yield_to(struct vrrp_fsm *fsm, const struct vrrp_event *event,
    enum vrrp_cause cause, int64_t now_us);

/* ---- vrrp_fsm_move.c ----------------------------------------------------- */

unsigned vrrp_fsm_handover(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us);
unsigned vrrp_fsm_handover_cancel(struct vrrp_fsm *fsm, int64_t now_us);
unsigned vrrp_fsm_release(struct vrrp_fsm *fsm, int64_t now_us);
unsigned vrrp_fsm_takeover(struct vrrp_fsm *fsm, int64_t now_us);

/* Whether the event is an advertisement of the new Master of a hand-over; */
bool vrrp_fsm_is_heir(const struct vrrp_fsm *fsm, const struct vrrp_event *event);
/* and what follows. */
unsigned vrrp_fsm_leave_to_heir(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us);

/* Nobody came: a stop lets go all the same, a failover takes the role back. */
unsigned vrrp_fsm_end_handover(struct vrrp_fsm *fsm, int64_t now_us);

/* ---- vrrp_fsm_stall.c ---------------------------------------------------- */

/* Whether the router did not run for longer than it may; 0: it did run. */
unsigned vrrp_fsm_check_stall(
    struct vrrp_fsm *fsm, const struct vrrp_event *event, int64_t now_us);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* fsm_fixture.h - routers to order and short words for what happens to them.
 *
 * Every router begins its life at START; times are absolute, in microseconds.
 */
#ifndef TESTS_UNIT_FSM_FIXTURE_H
#define TESTS_UNIT_FSM_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>
#include "common/units.h"
#include "tests/unit/unit.h"
#include "vrrpd/vrrp_fsm.h"

#define MS(n) ((n)*US_PER_MS)
#define SEC(n) ((n)*US_PER_S)
#define START SEC(1000)

/* Addresses lower and higher than OWN_ADDRESS, also where text or signed bytes would
 * sort them otherwise. */
#define OWN_ADDRESS "192.0.2.10"
#define LOWER_ADDRESS "192.0.2.9"
#define HIGHER_ADDRESS "192.0.2.200"

#define BECAME_MASTER \
	((unsigned)VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_ADD_ADDRESSES | \
	    VRRP_EFFECT_ANNOUNCE | VRRP_EFFECT_TRANSITION)
#define LET_GO ((unsigned)VRRP_EFFECT_REMOVE_ADDRESSES | VRRP_EFFECT_TRANSITION)
#define RESIGNED ((unsigned)VRRP_EFFECT_SEND_RESIGN | LET_GO)

/* What is ordered of a router; what is left out is 0, and means the default. */
struct router_order {
	char all;              /* makes an order without wishes valid C */
	uint8_t version;       /* 3 */
	uint8_t priority;      /* 100 */
	int64_t advert_int_us; /* 1 s */
	bool nopreempt;
	int64_t preempt_delay_us;
	int64_t startup_delay_us; /* from START */
	int64_t linger_us;
	int64_t announce_delay_us, announce_refresh_us, announce_lower_delay_us;
	const char *primary; /* OWN_ADDRESS */
};

struct vrrp_fsm order_router(struct router_order order); /* in Initialize */
struct vrrp_fsm order_backup(struct router_order order); /* started at START */
struct vrrp_fsm order_master(struct router_order order); /* Master since START */

#define a_router(...) order_router((struct router_order){.all = 0, __VA_ARGS__})
#define a_backup(...) order_backup((struct router_order){.all = 0, __VA_ARGS__})
#define a_master(...) order_master((struct router_order){.all = 0, __VA_ARGS__})

/* One event each; they return the effects. */
unsigned happens(struct vrrp_fsm *fsm, enum vrrp_event_kind kind, int64_t now_us);
unsigned timer(struct vrrp_fsm *fsm, int64_t now_us);
unsigned hand_over(struct vrrp_fsm *fsm, int64_t wait_us, bool release, int64_t now_us);

/* An advertisement with the router's own interval from HIGHER_ADDRESS. */
unsigned hears(struct vrrp_fsm *fsm, uint8_t priority, int64_t now_us);
unsigned hears_from(
    struct vrrp_fsm *fsm, const char *source, uint8_t priority, int64_t now_us);
/* The same with an interval of the sender's own. */
unsigned hears_rate(
    struct vrrp_fsm *fsm, uint8_t priority, int64_t interval_us, int64_t now_us);

/* The same for an advertisement that waited since `received_us` and is read now. */
unsigned hears_late(
    struct vrrp_fsm *fsm, uint8_t priority, int64_t received_us, int64_t now_us);

/* Runs the timers until nothing is due at `until_us`; returns the effects of the last
 * step that had any, and fails when the router would never come to rest. */
unsigned run_until(struct vrrp_fsm *fsm, int64_t until_us);

/* Fails unless the router is in `state` because of `cause`. */
void assert_state(
    const struct vrrp_fsm *fsm, enum vrrp_state state, enum vrrp_cause cause);

/* Fails unless the next timer fires at `at_us`, not a microsecond before, and makes a
 * Backup Master because of `cause`. */
void assert_becomes_master_at(
    struct vrrp_fsm *fsm, int64_t at_us, enum vrrp_cause cause);

#endif

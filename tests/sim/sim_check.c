/* SPDX-License-Identifier: Apache-2.0 */
/* sim_check.c - what must hold in the simulation.
 *
 *   I1  After the last fault exactly one Master is left, of the highest rank where
 *       everybody preempts.
 *   I2  Two Masters that hear each other do not last longer than an advertisement.
 *   I3  A Master has the addresses, nobody else has, but who just handed them over.
 *   I4  No lower Master lasts beside a higher router that hears it and preempts.
 *   I5  A living Master that is heard is never taken for dead; nobody preempts who may
 * not. I6  Only a Master sends; a resigned or awakened one is silent. I7 Advertisements
 * are bounded. I8  What is discarded touches no timer; no timer is left in the past.
 */
#include "tests/sim/sim.h"

#include <stdarg.h>
#include <stdio.h>
#include "common/units.h"
#include "vrrpd/vrrp_packet.h"

static void __attribute__((format(printf, 3, 4))) violate(
    struct sim_world *world, const struct sim_router *router, const char *format, ...)
{
	char seconds[UNITS_TEXT_SIZE];
	int len;
	va_list args;

	if (world->violation[0] != '\0')
		return; /* the first one counts */
	len = snprintf(world->violation, sizeof(world->violation),
	    "at %s s, R%u: ", units_format_seconds(seconds, world->now_us),
	    sim_index(world, router));
	va_start(args, format);
	(void)vsnprintf(world->violation + len, sizeof(world->violation) - (size_t)len,
	    format, args);
	va_end(args);
}

static bool
is_owner(const struct vrrp_fsm *fsm)
{
	return fsm->params.priority == VRRP_PRIORITY_OWNER;
}

static bool
outranks(const struct vrrp_fsm *fsm, uint8_t priority)
{
	return (fsm->params.preempt || is_owner(fsm)) &&
	       priority < fsm->params.priority;
}

/* ---- one step ---- */

static void
check_sending(struct sim_world *world, const struct sim_router *router,
    const struct vrrp_fsm *before, unsigned effects)
{
	const struct vrrp_fsm *fsm = &router->fsm;

	if ((effects & VRRP_EFFECT_SEND_ADVERT) != 0 &&
	    (fsm->state != VRRP_STATE_MASTER || vrrp_fsm_is_silent(fsm)))
		violate(world, router, "I6: advertises in %s%s",
		    vrrp_state_name(fsm->state),
		    vrrp_fsm_is_silent(fsm) ? " after its resignation" : "");
	if ((effects & VRRP_EFFECT_SEND_RESIGN) != 0 &&
	    (before->state != VRRP_STATE_MASTER || vrrp_fsm_is_silent(before)))
		violate(world, router, "I6: resigns without the role");
	if ((effects & (VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_SEND_RESIGN)) != 0 &&
	    router->woken_us == world->now_us)
		violate(world, router, "I6: speaks before it listened");
}

/* Two advertisements an interval, its own and one to answer losers, and a burst of
 * them. Those that a change of params or of the role brings do not count. */
static void
check_rate(struct sim_world *world, struct sim_router *router,
    const struct vrrp_event *event, unsigned effects)
{
	int64_t interval = router->fsm.params.advert_int_us, burst = 6 * interval;

	router->credit_us += 2 * (world->now_us - router->credited_us);
	router->credited_us = world->now_us;
	if (router->credit_us > burst || (effects & VRRP_EFFECT_TRANSITION) != 0)
		router->credit_us = burst;
	if ((effects & VRRP_EFFECT_SEND_ADVERT) == 0 ||
	    (event->kind != VRRP_EVENT_TIMER && event->kind != VRRP_EVENT_ADVERT))
		return;
	router->credit_us -= interval;
	if (router->credit_us < 0)
		violate(world, router, "I7: advertises too often");
}

static void
check_addresses(
    struct sim_world *world, const struct sim_router *router, unsigned effects)
{
	const unsigned both = VRRP_EFFECT_ADD_ADDRESSES | VRRP_EFFECT_REMOVE_ADDRESSES;

	if ((effects & both) == both)
		violate(world, router, "I3: adds and removes addresses in one step");
	if (router->has_addresses !=
	    (router->fsm.state == VRRP_STATE_MASTER || router->fsm.let_go_at_us != 0))
		violate(world, router, "I3: %s %s addresses",
		    vrrp_state_name(router->fsm.state),
		    router->has_addresses ? "with" : "without");
}

/* A Backup that outranks the sender discards the advertisement (RFC 9568 6.4.2). */
static void
check_discard(struct sim_world *world, const struct sim_router *router,
    const struct vrrp_fsm *before, const struct vrrp_event *event)
{
	if (event->kind == VRRP_EVENT_ADVERT && before->state == VRRP_STATE_BACKUP &&
	    event->advert.priority != VRRP_PRIORITY_RESIGN &&
	    before->params.preempt_delay_us == 0 &&
	    outranks(before, event->advert.priority) &&
	    router->fsm.master_down_at_us != before->master_down_at_us)
		violate(world, router, "I8: a discarded packet moved a timer");
}

static bool
is_at_rest(const struct vrrp_fsm *fsm, int64_t now_us)
{
	int64_t deadline = vrrp_fsm_deadline(fsm);

	return deadline == 0 || deadline > now_us;
}

/* Somebody who was heard for long enough was alive. */
static void
check_takeover(struct sim_world *world, const struct sim_router *router,
    const struct vrrp_fsm *before)
{
	unsigned self = sim_index(world, router);
	const struct vrrp_fsm *fsm = &router->fsm;

	if (before->state == VRRP_STATE_MASTER || fsm->state != VRRP_STATE_MASTER)
		return;
	if (fsm->cause == VRRP_CAUSE_PREEMPTED && !fsm->params.preempt &&
	    !is_owner(fsm))
		violate(world, router, "I5: preempts with preemption off");
	if (fsm->cause != VRRP_CAUSE_MASTER_DOWN_TIMER || !world->one_interval)
		return;
	for (unsigned i = 0; i < world->count; i++) {
		int64_t since = world->audible_us[i][self];

		if (since != 0 && world->now_us - since > 2 * world->longest_int_us)
			violate(world, router, "I5: takes R%u for dead", i);
	}
}

/* Make before break: whoever let go after a handover heard somebody who has them. */
static void
check_moved(struct sim_world *world, const struct sim_router *router, unsigned effects)
{
	if ((effects & VRRP_EFFECT_HANDOVER_MOVED) == 0 ||
	    world->now_us < world->chaos_end_us + world->longest_int_us)
		return;
	for (unsigned i = 0; i < world->count; i++)
		if (world->routers[i].has_addresses)
			return;
	violate(world, router, "I3: handed the addresses over to nobody");
}

void
sim_check_step(struct sim_world *world, struct sim_router *router,
    const struct vrrp_fsm *before, const struct vrrp_event *event, unsigned effects)
{
	bool counted = router->fsm.transitions != before->transitions;

	check_sending(world, router, before, effects);
	check_rate(world, router, event, effects);
	check_addresses(world, router, effects);
	check_discard(world, router, before, event);
	check_takeover(world, router, before);
	check_moved(world, router, effects);
	if (counted != ((effects & VRRP_EFFECT_TRANSITION) != 0))
		violate(world, router, "I9: a transition and its effect differ");
	if (event->kind == VRRP_EVENT_TIMER && !is_at_rest(&router->fsm, world->now_us))
		violate(world, router, "I8: a timer is left in the past");
}

/* ---- what must not last ---- */

/* Counts for how long `holds` has held; violates after `limit_us`. */
static bool
lasts_too_long(struct sim_world *world, int64_t *since_us, bool holds, int64_t limit_us)
{
	if (!holds)
		*since_us = 0;
	else if (*since_us == 0)
		*since_us = world->now_us;
	return *since_us != 0 && world->now_us - *since_us > limit_us;
}

static bool
is_master(const struct sim_router *router)
{
	return sim_is_awake(router) && router->fsm.state == VRRP_STATE_MASTER;
}

static bool
is_advertising(const struct sim_router *router)
{
	return is_master(router) && !vrrp_fsm_is_silent(&router->fsm);
}

/* Whether everything that `a` sends reaches `b`, who listens. */
static bool
is_heard(const struct sim_world *world, unsigned a, unsigned b)
{
	return world->loss_percent == 0 && sim_is_connected(world, a, b) &&
	       sim_is_awake(&world->routers[a]) && sim_is_awake(&world->routers[b]);
}

/* Whether somebody else keeps `b` from preempting. */
static bool
has_rightful_master(const struct sim_world *world, unsigned b)
{
	for (unsigned i = 0; i < world->count; i++)
		if (i != b && is_advertising(&world->routers[i]) &&
		    !outranks(
			&world->routers[b].fsm, world->routers[i].fsm.advert_priority))
			return true;
	return false;
}

static void
check_pair(struct sim_world *world, unsigned a, unsigned b)
{
	const struct sim_router *ra = &world->routers[a], *rb = &world->routers[b];
	const struct vrrp_fsm *fa = &ra->fsm, *fb = &rb->fsm;
	int64_t slack = world->delay_max_us + 2 * world->late_max_us + 1;
	int64_t patience =
	    7 * world->longest_int_us + US_PER_S + fb->params.preempt_delay_us + slack;
	bool both = is_heard(world, a, b) && is_heard(world, b, a);

	if (lasts_too_long(world, &world->two_masters_us[a][b],
		both && is_advertising(ra) && is_master(rb),
		world->longest_int_us + slack))
		violate(world, ra, "I2: is Master beside R%u, and both hear", b);
	if (lasts_too_long(world, &world->lower_master_us[a][b],
		both && is_advertising(ra) && fb->state == VRRP_STATE_BACKUP &&
		    outranks(fb, fa->advert_priority) && !has_rightful_master(world, b),
		patience))
		violate(world, ra, "I4: is Master below R%u, who hears it", b);
	(void)lasts_too_long(world, &world->audible_us[a][b],
	    is_heard(world, a, b) && is_advertising(ra), INT64_MAX);
}

void
sim_check_world(struct sim_world *world)
{
	for (unsigned a = 0; a < world->count; a++)
		for (unsigned b = 0; b < world->count; b++)
			if (a != b)
				check_pair(world, a, b);
}

void
sim_check_forget(struct sim_world *world, const struct sim_router *router)
{
	unsigned self = sim_index(world, router);

	for (unsigned i = 0; i < world->count; i++) {
		world->two_masters_us[self][i] = world->two_masters_us[i][self] = 0;
		world->lower_master_us[self][i] = world->lower_master_us[i][self] = 0;
		world->audible_us[self][i] = world->audible_us[i][self] = 0;
	}
}

/* ---- the end ---- */

/* The Master must be of the highest rank if nobody had to stand back. */
static void
check_rank(struct sim_world *world, const struct sim_router *master)
{
	for (unsigned i = 0; i < world->count; i++) {
		const struct sim_router *other = &world->routers[i];

		if (other->running &&
		    outranks(&other->fsm, master->fsm.params.priority))
			violate(world, master, "I1: is Master below R%u", i);
	}
}

void
sim_check_settled(struct sim_world *world)
{
	const struct sim_router *master = NULL;
	unsigned masters = 0, running = 0;

	for (unsigned i = 0; i < world->count; i++) {
		running += world->routers[i].running;
		if (is_master(&world->routers[i])) {
			master = &world->routers[i];
			masters++;
		}
	}
	if (masters != (running > 0))
		violate(world, &world->routers[0],
		    "I1: %u Masters of %u running routers", masters, running);
	else if (master != NULL)
		check_rank(world, master);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* sim_faults.c - what happens to the routers and the LAN of the simulation. */
#include "tests/sim/sim.h"

#include <string.h>
#include "common/units.h"
#include "vrrpd/vrrp_packet.h"

/* ---- the world before anything happens ---- */

static int64_t
draw_interval(struct sim_random *random, uint8_t version)
{
	static const int64_t v2[] = {US_PER_S, 2 * US_PER_S, 5 * US_PER_S};
	static const int64_t v3[] = {
	    US_PER_CS, 10 * US_PER_CS, 50 * US_PER_CS, US_PER_S, 3 * US_PER_S};

	if (version == 2)
		return v2[sim_random_next(random) % (sizeof(v2) / sizeof(v2[0]))];
	return v3[sim_random_next(random) % (sizeof(v3) / sizeof(v3[0]))];
}

static uint8_t
draw_priority(struct sim_random *random)
{
	/* Few values: equal priorities must come up. */
	static const uint8_t common[] = {1, 50, 100, 100, 150, 200, 254};

	if (sim_random_chance(random, 50))
		return common[sim_random_next(random) % sizeof(common)];
	return (uint8_t)sim_random_between(random, 1, 254);
}

static void
configure_router(
    struct sim_world *world, unsigned i, const struct vrrp_fsm_params *like)
{
	struct sim_router *router = &world->routers[i];
	struct vrrp_fsm_params *p = &router->fsm.params;
	const uint8_t address[4] = {192, 0, 2, (uint8_t)(10 + 37 * i)};

	*p = *like;
	p->priority = draw_priority(&world->random);
	p->primary = addr_from_bytes(AF_INET, address);
	if (!world->one_interval)
		p->advert_int_us = draw_interval(&world->random, p->version);
	if (world->longest_int_us < p->advert_int_us)
		world->longest_int_us = p->advert_int_us;
	if (world->shortest_int_us == 0 || world->shortest_int_us > p->advert_int_us)
		world->shortest_int_us = p->advert_int_us;
	if (sim_random_chance(&world->random, 20))
		p->preempt = !p->preempt;
	if (sim_random_chance(&world->random, 15))
		p->preempt_delay_us =
		    sim_random_between(&world->random, 1, 10 * p->advert_int_us);
	if (i == 0 && sim_random_chance(&world->random, 15))
		p->priority = VRRP_PRIORITY_OWNER;
	router->configured_priority = p->priority;
	router->restart_at_us =
	    world->now_us + sim_random_between(&world->random, 0, 2 * p->advert_int_us);
}

void
sim_faults_configure(struct sim_world *world)
{
	struct sim_random *random = &world->random;
	struct vrrp_fsm_params like = {
	    .version = sim_random_chance(random, 40) ? 2 : 3,
	    .preempt = sim_random_chance(random, 70),
	    .down_timer_adverts = 3,
	    .linger_us = sim_random_chance(random, 60) ? 21 * US_PER_MS : 0,
	    .announce_delay_us = sim_random_chance(random, 50) ? 5 * US_PER_S : 0,
	    .announce_refresh_us = sim_random_chance(random, 20) ? 7 * US_PER_S : 0,
	    .announce_lower_delay_us = sim_random_chance(random, 50) ? 5 * US_PER_S : 0,
	};

	world->count = (unsigned)sim_random_between(random, 2, SIM_ROUTERS_MAX);
	/* VRRPv2 refuses another interval, so there is only one. */
	world->one_interval = like.version == 2 || sim_random_chance(random, 80);
	like.advert_int_us = draw_interval(random, like.version);
	for (unsigned i = 0; i < world->count; i++)
		configure_router(world, i, &like);
	world->delay_max_us =
	    sim_random_between(random, 1, world->shortest_int_us / 20);
	world->late_max_us = sim_random_between(random, 0, world->shortest_int_us / 20);

	int64_t chaos = world->longest_int_us * sim_random_between(random, 5, 80);
	int64_t settle = 20 * world->longest_int_us + 5 * US_PER_S;

	for (unsigned i = 0; i < world->count; i++)
		settle += world->routers[i].fsm.params.preempt_delay_us;
	world->chaos_end_us = world->now_us + chaos;
	world->end_us = world->chaos_end_us + settle;
	world->next_fault_us = world->now_us + world->longest_int_us;
}

/* ---- what can happen ---- */

/* A span of up to `intervals` intervals, short ones more often. */
static int64_t
draw_span(struct sim_world *world, int64_t intervals)
{
	int64_t most =
	    sim_random_between(&world->random, 1, intervals * world->longest_int_us);

	return sim_random_between(&world->random, 1, most);
}

/* The process dies and comes back later. */
static void
crash(struct sim_world *world, struct sim_router *router)
{
	if (!router->running)
		return;
	sim_trace(world, router, "crashes");
	router->running = router->paused = router->asleep = router->stopping = false;
	router->waiting_count = 0;
	router->wake_at_us = 0;
	router->was_master =
	    router->fsm.state == VRRP_STATE_MASTER && !vrrp_fsm_is_silent(&router->fsm);
	router->has_addresses = false; /* its guardian or the kernel sees to it */
	router->restart_at_us = world->now_us + draw_span(world, 10);
}

static void
stop(struct sim_world *world, struct sim_router *router)
{
	const struct vrrp_event event = {
	    .kind = VRRP_EVENT_HANDOVER, .handover = {.release_at_end = true}};

	if (!sim_is_awake(router))
		return;
	sim_trace(world, router, "is stopped");
	router->stopping = true;
	router->restart_at_us = world->now_us + draw_span(world, 20);
	sim_router_step(world, router, &event);
}

static void
pause_process(struct sim_world *world, struct sim_router *router)
{
	if (!sim_is_awake(router))
		return;
	router->paused = true;
	router->wake_at_us = world->now_us + draw_span(world, 15);
	sim_trace(world, router, "is paused");
}

static void
suspend_host(struct sim_world *world, struct sim_router *router)
{
	if (!sim_is_awake(router))
		return;
	router->asleep = true;
	router->wake_at_us = world->now_us + draw_span(world, 40);
	sim_trace(world, router, "falls asleep");
}

static void
take_link_down(struct sim_world *world, struct sim_router *router)
{
	if (!sim_is_awake(router) || router->link_down || router->stopping)
		return;
	sim_trace(world, router, "loses its link");
	sim_router_happens(world, router, VRRP_EVENT_FAULT);
	router->link_down = true;
	router->link_up_at_us = world->now_us + draw_span(world, 10);
}

static void
set_priority(struct sim_world *world, struct sim_router *router, uint8_t priority)
{
	router->fsm.params.priority = priority;
	sim_check_forget(world, router);
	sim_router_happens(world, router, VRRP_EVENT_PARAMS);
}

static void
change_priority(struct sim_world *world, struct sim_router *router)
{
	uint8_t priority = draw_priority(&world->random);

	if (!sim_is_awake(router) || router->restore_at_us != 0 ||
	    router->configured_priority == VRRP_PRIORITY_OWNER)
		return;
	sim_trace(world, router, "gets priority %u", priority);
	router->configured_priority = priority;
	set_priority(world, router, priority);
}

static void
toggle_preempt(struct sim_world *world, struct sim_router *router)
{
	if (!sim_is_awake(router))
		return;
	router->fsm.params.preempt = !router->fsm.params.preempt;
	sim_trace(world, router, "preempt is %d", router->fsm.params.preempt);
	sim_check_forget(world, router);
	sim_router_happens(world, router, VRRP_EVENT_PARAMS);
}

static void
reload(struct sim_world *world, struct sim_router *router)
{
	if (sim_is_awake(router))
		sim_router_happens(world, router, VRRP_EVENT_PARAMS);
}

/* An operator's failover: hands over, then stays behind for a while. */
static void
fail_over(struct sim_world *world, struct sim_router *router)
{
	const struct vrrp_event event = {.kind = VRRP_EVENT_HANDOVER};

	if (!sim_is_awake(router) || router->fsm.state != VRRP_STATE_MASTER)
		return;
	sim_trace(world, router, "is told to fail over");
	router->restore_at_us = world->now_us + draw_span(world, 20);
	sim_router_step(world, router, &event);
}

/* The same without a resignation. */
static void
yield(struct sim_world *world, struct sim_router *router)
{
	const struct vrrp_event event = {
	    .kind = VRRP_EVENT_HANDOVER, .handover = {.yields = true}};

	if (!sim_is_awake(router) || router->fsm.state != VRRP_STATE_MASTER ||
	    router->configured_priority == VRRP_PRIORITY_OWNER)
		return;
	sim_trace(world, router, "is told to yield");
	router->restore_at_us = world->now_us + draw_span(world, 20);
	sim_check_forget(world, router);
	sim_router_step(world, router, &event);
}

static void
release(struct sim_world *world, struct sim_router *router)
{
	if (!sim_is_awake(router) || router->fsm.state != VRRP_STATE_MASTER)
		return;
	sim_trace(world, router, "is told to release");
	router->restore_at_us = world->now_us + draw_span(world, 20);
	sim_router_happens(world, router, VRRP_EVENT_RELEASE);
	set_priority(world, router, 1);
}

static void
cancel(struct sim_world *world, struct sim_router *router)
{
	if (!sim_is_awake(router) || router->stopping)
		return;
	sim_router_happens(world, router, VRRP_EVENT_HANDOVER_CANCEL);
}

static void
take_over(struct sim_world *world, struct sim_router *router)
{
	if (!sim_is_awake(router) || router->fsm.state != VRRP_STATE_BACKUP ||
	    router->configured_priority == VRRP_PRIORITY_OWNER)
		return;
	sim_trace(world, router, "is told to take over");
	router->restore_at_us = world->now_us + draw_span(world, 20);
	set_priority(world, router, 254);
	sim_router_happens(world, router, VRRP_EVENT_TAKEOVER);
}

/* Cuts the LAN in two, sometimes in one direction only. */
static void
partition(struct sim_world *world, struct sim_router *router)
{
	uint64_t sides = sim_random_next(&world->random);
	bool one_way = sim_random_chance(&world->random, 25);

	(void)router;
	for (unsigned a = 0; a < world->count; a++)
		for (unsigned b = 0; b < world->count; b++) {
			bool a_left = (sides >> a & 1) != 0,
			     b_left = (sides >> b & 1) != 0;

			world->cut[a][b] =
			    one_way ? a_left && !b_left : a_left != b_left;
		}
	world->heal_at_us = world->now_us + draw_span(world, 15);
	sim_trace(world, NULL, "the LAN is cut, %#llx %s",
	    (unsigned long long)(sides & ((1U << world->count) - 1)),
	    one_way ? "one way" : "both ways");
}

static void
disturb(struct sim_world *world, struct sim_router *router)
{
	(void)router;
	world->loss_percent = (unsigned)sim_random_between(&world->random, 0, 60);
	world->double_percent = (unsigned)sim_random_between(&world->random, 0, 30);
	world->heal_at_us = world->now_us + draw_span(world, 15);
	sim_trace(world, NULL, "the LAN loses %u %%", world->loss_percent);
}

static void (*const faults[])(struct sim_world *world, struct sim_router *router) = {
    crash, stop, pause_process, suspend_host, take_link_down, change_priority,
    toggle_preempt, reload, fail_over, fail_over, yield, yield, release, cancel,
    take_over, partition, disturb};

void
sim_faults_inject(struct sim_world *world)
{
	size_t which =
	    sim_random_next(&world->random) % (sizeof(faults) / sizeof(faults[0]));
	size_t whom = sim_random_next(&world->random) % world->count;

	faults[which](world, &world->routers[whom]);
	world->next_fault_us = world->now_us + draw_span(world, 8);
}

/* ---- how it ends ---- */

static bool
is_over(int64_t *end_us, int64_t now_us)
{
	if (*end_us == 0 || now_us < *end_us)
		return false;
	*end_us = 0;
	return true;
}

/* Whether it was away for so long that it must not act on what it knew. */
static bool
is_out_of_date(const struct sim_world *world, const struct sim_router *router)
{
	const struct vrrp_fsm *fsm = &router->fsm;
	int64_t silent_us = world->now_us - router->last_sent_us;

	if (router->waiting_count > 0)
		return false; /* with packets waiting it has listened all the time */
	if (fsm->state == VRRP_STATE_MASTER && !vrrp_fsm_is_silent(fsm))
		return silent_us > vrrp_fsm_peers_down_interval_us(fsm);
	return fsm->state == VRRP_STATE_BACKUP && fsm->down_cause != VRRP_CAUSE_OWNER &&
	       world->now_us - fsm->master_down_at_us > fsm->master_adver_int_us;
}

/* The receive buffer first, with the times of arrival; then the timers. */
static void
wake(struct sim_world *world, struct sim_router *router)
{
	size_t waiting = router->waiting_count;

	if (is_out_of_date(world, router))
		router->woken_us = world->now_us;
	router->paused = router->asleep = false;
	router->waiting_count = 0;
	sim_check_forget(world, router);
	sim_trace(world, router, "runs again, %zu packets wait", waiting);
	for (size_t i = 0; i < waiting && router->running; i++)
		sim_router_step(world, router, &router->waiting[i].event);
	if (router->running)
		sim_router_happens(world, router, VRRP_EVENT_TIMER);
}

static void
restart(struct sim_world *world, struct sim_router *router)
{
	const struct vrrp_fsm_params params = router->fsm.params;
	const struct vrrp_event resume = {
	    .kind = VRRP_EVENT_RESUME, .resume = {.since_us = router->fsm.since_us}};
	int64_t silent_us = world->now_us - router->last_sent_us;

	if (router->running)
		return;
	router->fsm = (struct vrrp_fsm){.params = params};
	router->running = true;
	router->deadline_us = router->woken_us = 0;
	sim_check_forget(world, router);
	sim_trace(world, router, "starts");
	if (router->link_down)
		sim_router_happens(world, router, VRRP_EVENT_FAULT);
	else if (router->was_master &&
		 silent_us < vrrp_fsm_peers_down_interval_us(&router->fsm))
		sim_router_step(world, router, &resume);
	else
		sim_router_happens(world, router, VRRP_EVENT_STARTUP);
}

static void
bring_link_up(struct sim_world *world, struct sim_router *router)
{
	router->link_down = false;
	if (!router->running)
		return;
	/* Paused, it learns that the link was gone and came back when it runs. */
	sim_check_forget(world, router);
	sim_router_happens(world, router, VRRP_EVENT_FAULT_CLEARED);
}

static void
heal(struct sim_world *world)
{
	memset(world->cut, 0, sizeof(world->cut));
	world->loss_percent = world->double_percent = 0;
	sim_trace(world, NULL, "the LAN is whole");
}

static void
restore(struct sim_world *world, struct sim_router *router)
{
	router->fsm.params.priority = router->configured_priority;
	if (router->running)
		set_priority(world, router, router->configured_priority);
}

void
sim_faults_expire(struct sim_world *world)
{
	for (unsigned i = 0; i < world->count; i++) {
		struct sim_router *router = &world->routers[i];

		if (is_over(&router->wake_at_us, world->now_us))
			wake(world, router);
		if (router->paused || router->asleep || router->stopping)
			continue; /* what ends now ends when it runs again */
		if (is_over(&router->restart_at_us, world->now_us))
			restart(world, router);
		if (is_over(&router->link_up_at_us, world->now_us))
			bring_link_up(world, router);
		if (is_over(&router->restore_at_us, world->now_us))
			restore(world, router);
	}
	if (is_over(&world->heal_at_us, world->now_us))
		heal(world);
}

int64_t
sim_faults_next_end(const struct sim_world *world)
{
	int64_t next = world->heal_at_us != 0 ? world->heal_at_us : INT64_MAX;

	for (unsigned i = 0; i < world->count; i++) {
		const struct sim_router *r = &world->routers[i];
		const int64_t ends[] = {r->wake_at_us, r->restart_at_us,
		    r->link_up_at_us, r->restore_at_us};
		bool held = r->paused || r->asleep || r->stopping;

		for (size_t k = 0; k < sizeof(ends) / sizeof(ends[0]); k++)
			if (ends[k] != 0 && ends[k] < next && (k == 0 || !held))
				next = ends[k];
	}
	return next;
}

void
sim_faults_end(struct sim_world *world)
{
	sim_trace(world, NULL, "the faults end");
	heal(world);
	world->heal_at_us = 0;
	for (unsigned i = 0; i < world->count; i++) {
		struct sim_router *router = &world->routers[i];
		int64_t *const ends[] = {&router->wake_at_us, &router->restart_at_us,
		    &router->link_up_at_us, &router->restore_at_us};

		for (size_t k = 0; k < sizeof(ends) / sizeof(ends[0]); k++)
			if (*ends[k] > world->now_us)
				*ends[k] = world->now_us;
		/* Some stay dead. */
		if (!router->running && sim_random_chance(&world->random, 30))
			router->restart_at_us = 0;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* sim_world.c - routers, LAN and time of the simulation. */
#include "tests/sim/sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "common/units.h"
#include "vrrpd/vrrp_packet.h"

/* ---- random numbers: splitmix64, the same on every machine ---- */

uint64_t
sim_random_next(struct sim_random *random)
{
	uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

int64_t
sim_random_between(struct sim_random *random, int64_t low, int64_t high)
{
	uint64_t span = (uint64_t)(high - low) + 1;

	return low + (int64_t)(sim_random_next(random) % span);
}

bool
sim_random_chance(struct sim_random *random, unsigned percent)
{
	return sim_random_next(random) % 100 < percent;
}

/* ---- small questions ---- */

unsigned
sim_index(const struct sim_world *world, const struct sim_router *router)
{
	return (unsigned)(router - world->routers);
}

bool
sim_is_awake(const struct sim_router *router)
{
	return router->running && !router->paused && !router->asleep;
}

bool
sim_is_connected(const struct sim_world *world, unsigned from, unsigned to)
{
	return !world->cut[from][to] && !world->routers[from].link_down &&
	       !world->routers[to].link_down;
}

void
sim_trace(const struct sim_world *world, const struct sim_router *router,
    const char *format, ...)
{
	char text[120], seconds[UNITS_TEXT_SIZE];
	va_list args;

	if (!world->verbose)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (router == NULL)
		(void)printf("%10s     %s\n",
		    units_format_seconds(seconds, world->now_us), text);
	else
		(void)printf("%10s  R%u %s\n",
		    units_format_seconds(seconds, world->now_us),
		    sim_index(world, router), text);
}

/* ---- the LAN: a heap of packets, the earliest first ---- */

static bool
is_earlier(const struct sim_packet *a, const struct sim_packet *b)
{
	return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void
swap(struct sim_packet *a, struct sim_packet *b)
{
	struct sim_packet c = *a;

	*a = *b;
	*b = c;
}

static void
push_packet(struct sim_world *world, const struct sim_packet *packet)
{
	struct sim_packet *heap = world->packets;
	size_t i = world->packet_count;

	if (i == SIM_PACKETS_MAX) {
		(void)snprintf(world->violation, sizeof(world->violation),
		    "I7: the LAN is full of packets");
		return;
	}
	world->packet_count++;
	heap[i] = *packet;
	for (; i > 0 && is_earlier(&heap[i], &heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&heap[i], &heap[(i - 1) / 2]);
}

static struct sim_packet
pop_packet(struct sim_world *world)
{
	struct sim_packet *heap = world->packets, first = heap[0];
	size_t i = 0, count = --world->packet_count;

	heap[0] = heap[count];
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= count)
			return first;
		if (child + 1 < count && is_earlier(&heap[child + 1], &heap[child]))
			child++;
		if (!is_earlier(&heap[child], &heap[i]))
			return first;
		swap(&heap[child], &heap[i]);
		i = child;
	}
}

/* One copy for each router that hears the sender, each with a fate of its own. */
static void
multicast(struct sim_world *world, const struct sim_router *from, uint8_t priority)
{
	struct sim_packet packet = {
	    .event = {
		.kind = VRRP_EVENT_ADVERT,
		.advert =
		    {
			.priority = priority,
			.advert_int_us = from->fsm.params.advert_int_us,
			.source = from->fsm.params.primary,
		    },
	    }};

	for (unsigned to = 0; to < world->count; to++) {
		int copies =
		    1 + sim_random_chance(&world->random, world->double_percent);

		if (to == sim_index(world, from) ||
		    !sim_is_connected(world, sim_index(world, from), to))
			continue;
		for (int i = 0; i < copies; i++) {
			if (sim_random_chance(&world->random, world->loss_percent))
				continue;
			packet.to = to;
			packet.order = world->packets_sent++;
			packet.at_us =
			    world->now_us +
			    sim_random_between(&world->random, 1, world->delay_max_us);
			packet.event.advert.received_us = packet.at_us;
			push_packet(world, &packet);
		}
	}
}

/* ---- routers ---- */

static void
carry_out(struct sim_world *world, struct sim_router *router, unsigned effects)
{
	if ((effects & VRRP_EFFECT_SEND_RESIGN) != 0) {
		multicast(world, router, VRRP_PRIORITY_RESIGN);
		multicast(world, router, VRRP_PRIORITY_RESIGN);
	}
	if ((effects & VRRP_EFFECT_SEND_ADVERT) != 0) {
		multicast(world, router, router->fsm.advert_priority);
		router->last_sent_us = world->now_us;
	}
	if ((effects & VRRP_EFFECT_ADD_ADDRESSES) != 0)
		router->has_addresses = true;
	if ((effects & VRRP_EFFECT_REMOVE_ADDRESSES) != 0)
		router->has_addresses = false;
}

/* FNV-1a over what happened: two runs of a seed must agree. */
static void
hash_step(struct sim_world *world, const struct sim_router *router,
    enum vrrp_event_kind kind, unsigned effects)
{
	const uint64_t words[] = {(uint64_t)world->now_us, sim_index(world, router),
	    kind, effects, router->fsm.state,
	    (uint64_t)vrrp_fsm_deadline(&router->fsm)};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		world->trace_hash ^= words[i];
		world->trace_hash *= UINT64_C(0x100000001b3);
	}
	world->steps++;
}

/* A stop is over when the role is; a failover's hold begins with it. */
static void
after_step(struct sim_world *world, struct sim_router *router, unsigned effects)
{
	if (router->stopping && router->fsm.state != VRRP_STATE_MASTER) {
		router->stopping = false;
		sim_router_happens(world, router, VRRP_EVENT_SHUTDOWN);
		router->running = false;
		router->was_master = false;
		return;
	}
	if ((effects & VRRP_EFFECT_HANDOVER_MOVED) != 0 && router->restore_at_us != 0) {
		router->fsm.params.priority = 1;
		sim_check_forget(world, router);
		sim_router_happens(world, router, VRRP_EVENT_PARAMS);
	}
}

void
sim_router_step(
    struct sim_world *world, struct sim_router *router, const struct vrrp_event *event)
{
	struct vrrp_fsm before = router->fsm;
	unsigned effects = vrrp_fsm_step(&router->fsm, event, world->now_us);

	if ((effects & VRRP_EFFECT_TRANSITION) != 0)
		sim_trace(world, router, "%s -> %s, %s", vrrp_state_name(before.state),
		    vrrp_state_name(router->fsm.state),
		    vrrp_cause_text(router->fsm.cause));
	carry_out(world, router, effects);
	hash_step(world, router, event->kind, effects);
	sim_check_step(world, router, &before, event, effects);
	after_step(world, router, effects);
}

void
sim_router_happens(
    struct sim_world *world, struct sim_router *router, enum vrrp_event_kind kind)
{
	const struct vrrp_event event = {.kind = kind};

	sim_router_step(world, router, &event);
}

static void
deliver(struct sim_world *world)
{
	struct sim_packet packet = pop_packet(world);
	struct sim_router *to = &world->routers[packet.to];

	if (!to->running || to->asleep || to->link_down)
		return;
	if (!to->paused)
		sim_router_step(world, to, &packet.event);
	else if (to->waiting_count < SIM_WAITING_MAX)
		to->waiting[to->waiting_count++] = packet;
}

/* When the router's timer fires: a bit after its deadline. */
static int64_t
timer_of(struct sim_world *world, struct sim_router *router)
{
	int64_t deadline = vrrp_fsm_deadline(&router->fsm);

	if (!sim_is_awake(router) || deadline == 0)
		return INT64_MAX;
	if (deadline != router->deadline_us) {
		router->deadline_us = deadline;
		router->timer_at_us = deadline + sim_random_between(&world->random, 0,
						     world->late_max_us);
	}
	return router->timer_at_us > world->now_us ? router->timer_at_us
						   : world->now_us;
}

static int64_t
min_us(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Goes to the next moment at which something happens; false at the end. */
static bool
advance(struct sim_world *world)
{
	bool chaos = world->now_us < world->chaos_end_us;
	int64_t next = min_us(world->end_us, sim_faults_next_end(world));

	if (chaos)
		next = min_us(next, min_us(world->next_fault_us, world->chaos_end_us));
	if (world->packet_count > 0)
		next = min_us(next, world->packets[0].at_us);
	for (unsigned i = 0; i < world->count; i++)
		next = min_us(next, timer_of(world, &world->routers[i]));
	world->now_us = next > world->now_us ? next : world->now_us;
	if (chaos && world->now_us >= world->chaos_end_us)
		sim_faults_end(world);
	return world->now_us < world->end_us;
}

/* What was received is judged before timers are. */
static void
act(struct sim_world *world)
{
	while (world->packet_count > 0 && world->packets[0].at_us <= world->now_us)
		deliver(world);
	sim_faults_expire(world);
	if (world->now_us >= world->next_fault_us &&
	    world->now_us < world->chaos_end_us)
		sim_faults_inject(world);
	for (unsigned i = 0; i < world->count; i++)
		if (timer_of(world, &world->routers[i]) <= world->now_us)
			sim_router_happens(world, &world->routers[i], VRRP_EVENT_TIMER);
}

void
sim_world_run(struct sim_world *world, uint64_t seed, bool verbose)
{
	memset(world, 0, sizeof(*world));
	world->seed = world->random.state = seed;
	world->verbose = verbose;
	world->now_us = US_PER_S;
	sim_faults_configure(world);
	while (world->violation[0] == '\0' && advance(world)) {
		sim_check_world(world);
		act(world);
	}
	if (world->violation[0] == '\0')
		sim_check_settled(world);
}

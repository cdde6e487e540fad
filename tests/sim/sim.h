/* SPDX-License-Identifier: Apache-2.0 */
/* sim.h - a virtual LAN of virtual routers in virtual time.
 *
 * Two to eight vrrp_fsm, the same object file as in the daemon, share a LAN that loses,
 * delays, doubles and cuts, on hosts that crash, stop, pause, sleep and come back,
 * under operators who change priorities and move the role. Everything follows from the
 * seed. Then the faults end, and the LAN has to settle. What must hold all the time or
 * at the end is in sim_check.c.
 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "vrrpd/vrrp_fsm.h"

#define SIM_ROUTERS_MAX 8
#define SIM_PACKETS_MAX 4096
#define SIM_WAITING_MAX 512 /* packets in the receive buffer of a paused process */

struct sim_random {
	uint64_t state;
};

uint64_t sim_random_next(struct sim_random *random);
/* A number between `low` and `high`, both included. */
int64_t sim_random_between(struct sim_random *random, int64_t low, int64_t high);
bool sim_random_chance(struct sim_random *random, unsigned percent);

/* An advertisement under way. */
struct sim_packet {
	int64_t at_us;
	uint64_t order; /* of sending, for packets that arrive together */
	unsigned to;
	struct vrrp_event event;
};

struct sim_router {
	struct vrrp_fsm fsm;
	uint8_t configured_priority;

	bool running;  /* the process exists */
	bool paused;   /* it does not run, packets wait */
	bool asleep;   /* the host sleeps: packets are lost too */
	bool stopping; /* ends when the role is handed over */
	bool link_down;
	bool has_addresses;

	/* When what was done to it ends; 0: nothing. */
	int64_t wake_at_us, restart_at_us, link_up_at_us, restore_at_us;

	/* Its timer, fired somewhat late. */
	int64_t deadline_us, timer_at_us;

	/* Of the process before, for a restart that resumes. */
	bool was_master;
	int64_t last_sent_us;

	struct sim_packet waiting[SIM_WAITING_MAX];
	size_t waiting_count;

	/* For the checks. */
	int64_t credit_us,
	    credited_us;  /* for advertisements, and since when it grows */
	int64_t woken_us; /* when a long pause, in which nothing was heard, ended */
};

struct sim_world {
	uint64_t seed;
	struct sim_random random;
	bool verbose;

	int64_t now_us, chaos_end_us, end_us;
	int64_t next_fault_us, heal_at_us;
	struct sim_router routers[SIM_ROUTERS_MAX];
	unsigned count;

	bool cut[SIM_ROUTERS_MAX][SIM_ROUTERS_MAX]; /* from, to */
	unsigned loss_percent, double_percent;
	int64_t delay_max_us, late_max_us;
	int64_t longest_int_us, shortest_int_us;
	bool one_interval;

	struct sim_packet packets[SIM_PACKETS_MAX]; /* a heap */
	size_t packet_count;
	uint64_t packets_sent;

	/* Since when something that must not last has lasted; 0: it does not. */
	int64_t two_masters_us[SIM_ROUTERS_MAX][SIM_ROUTERS_MAX];
	int64_t lower_master_us[SIM_ROUTERS_MAX][SIM_ROUTERS_MAX];
	int64_t audible_us[SIM_ROUTERS_MAX][SIM_ROUTERS_MAX]; /* Master, by whom */

	uint64_t trace_hash, steps;
	char violation[160]; /* empty: none */
};

/* ---- sim_world.c: routers, LAN and time ---- */

/* Makes a world from a seed and runs it to its end or to the first violation. */
void sim_world_run(struct sim_world *world, uint64_t seed, bool verbose);

/* Lets `event` happen to a router now and carries the effects out. */
void sim_router_step(
    struct sim_world *world, struct sim_router *router, const struct vrrp_event *event);
void sim_router_happens(
    struct sim_world *world, struct sim_router *router, enum vrrp_event_kind kind);

/* Whether packets of `from` reach `to` now (loss apart). */
bool sim_is_connected(const struct sim_world *world, unsigned from, unsigned to);

/* Whether the process runs and is not paused. */
bool sim_is_awake(const struct sim_router *router);

unsigned sim_index(const struct sim_world *world, const struct sim_router *router);

/* Prints a line of the trace, with --verbose. */
void sim_trace(const struct sim_world *world, const struct sim_router *router,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ---- sim_faults.c: what happens to them ---- */

/* Draws routers, intervals and the manners of the LAN. */
void sim_faults_configure(struct sim_world *world);

/* Does one random thing, and says when the next follows. */
void sim_faults_inject(struct sim_world *world);

/* Ends what is over by now; the earliest end to come, or INT64_MAX. */
void sim_faults_expire(struct sim_world *world);
int64_t sim_faults_next_end(const struct sim_world *world);

/* Ends everything but a few dead routers: from now on the LAN is calm. */
void sim_faults_end(struct sim_world *world);

/* ---- sim_check.c: what must hold ---- */

/* A step of a router: `before` is what it was, `fsm` what it is. */
void sim_check_step(struct sim_world *world, struct sim_router *router,
    const struct vrrp_fsm *before, const struct vrrp_event *event, unsigned effects);

/* The world between two events. */
void sim_check_world(struct sim_world *world);

/* Forgets what lasted for a router: somebody changed its rank. */
void sim_check_forget(struct sim_world *world, const struct sim_router *router);

/* The world at its end. */
void sim_check_settled(struct sim_world *world);

#endif

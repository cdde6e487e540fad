/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_sim.c - runs seeded schedules of faults and says which seed broke a rule.
 *
 *   vrrp_sim [--seed N] [--runs N] [--verbose]
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/units.h"
#include "tests/sim/sim.h"

/* In `make check`: a few seconds. */
#define DEFAULT_RUNS 2000

/* Every so many seeds are run twice, to see that nothing but the seed decides. */
#define TWICE_EVERY 64

struct totals {
	uint64_t steps;
	int64_t simulated_us;
	unsigned failures;
};

static struct sim_world world;

static void
run(uint64_t seed, bool verbose, struct totals *totals)
{
	uint64_t hash;

	sim_world_run(&world, seed, verbose);
	totals->steps += world.steps;
	totals->simulated_us += world.now_us;
	if (world.violation[0] != '\0') {
		(void)printf("seed %" PRIu64 ": %s\n", seed, world.violation);
		totals->failures++;
		return;
	}
	if (seed % TWICE_EVERY != 0)
		return;
	hash = world.trace_hash;
	sim_world_run(&world, seed, false);
	if (world.trace_hash != hash) {
		(void)printf("seed %" PRIu64 ": I12: two runs differ\n", seed);
		totals->failures++;
	}
}

static int
usage(void)
{
	(void)fputs("usage: vrrp_sim [--seed N] [--runs N] [--verbose]\n", stderr);
	return 2;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"seed", required_argument, NULL, 's'},
	    {"runs", required_argument, NULL, 'r'}, {"verbose", no_argument, NULL, 'v'},
	    {NULL, 0, NULL, 0}};
	uint64_t seed = 1, runs = DEFAULT_RUNS;
	bool verbose = false;
	struct totals totals = {0};
	char span[UNITS_TEXT_SIZE];
	int c;

	while ((c = getopt_long(argc, argv, "s:r:v", options, NULL)) != -1) {
		if (c == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (c == 'r')
			runs = strtoull(optarg, NULL, 10);
		else if (c == 'v')
			verbose = true;
		else
			return usage();
	}
	for (uint64_t i = 0; i < runs; i++)
		run(seed + i, verbose, &totals);
	(void)printf("%" PRIu64 " schedules, %s simulated, %" PRIu64
		     " steps, %u failed\n",
	    runs, units_format_span(span, totals.simulated_us), totals.steps,
	    totals.failures);
	return totals.failures == 0 ? 0 : 1;
}

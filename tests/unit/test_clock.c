/* SPDX-License-Identifier: Apache-2.0 */
/* test_clock.c - instants as people read them, on a host that has no time for us. */
#include "tests/unit/unit.h"

#include <time.h>

#include "common/clock.h"
#include "common/units.h"

#define OFFSET_US (1000 * US_PER_S)

static int64_t now_us = US_PER_S; /* of the boot clock */
static unsigned reads;
static unsigned held_up_at; /* the read before which other processes run; 0: none */

/* The one that libc would have. */
int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int64_t us;

	if (++reads == held_up_at)
		now_us += 5 * US_PER_MS;
	us = now_us++ + (id == CLOCK_REALTIME ? OFFSET_US : 0);
	ts->tv_sec = us / US_PER_S;
	ts->tv_nsec = us % US_PER_S * 1000;
	return 0;
}

/* Two who ask for a lease are told the same end of it, to the microsecond. */
CASE(an_instant_stays_though_the_process_is_held_up_between_two_clocks)
{
	int64_t told_us = clock_realtime_of_us(7), again_us;

	assert_true(told_us - 7 > OFFSET_US - US_PER_MS);
	assert_true(told_us - 7 < OFFSET_US + US_PER_MS);
	for (held_up_at = 1; held_up_at <= 3; held_up_at++) {
		reads = 0;
		again_us = clock_realtime_of_us(7);
		assert_int_equal(again_us, told_us);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		an_instant_stays_though_the_process_is_held_up_between_two_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

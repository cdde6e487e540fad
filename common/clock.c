/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - the two clocks of the daemons. */
#include "common/clock.h"

#include <stdlib.h>
#include <time.h>

#define OFFSET_STEP_US 1000
#define OFFSET_TRIES 10

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	/* Cannot fail: both clocks exist since Linux 2.6.39. */
	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_now_us(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

int64_t
clock_realtime_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

/* How far the clocks are apart, to the time that passes between two readings. When
 * others run in between, it is tried again: on a busy host that may be often. */
static int64_t
read_offset(void)
{
	int64_t before_us, realtime_us;
	unsigned tries = 0;

	do {
		before_us = clock_now_us();
		realtime_us = clock_realtime_us();
	} while (
	    clock_now_us() - before_us > OFFSET_STEP_US / 2 && ++tries < OFFSET_TRIES);
	return realtime_us - before_us;
}

/* The two clocks cannot be read at the same moment: without a kept offset, an instant
 * would wander by a microsecond from one answer to the next. */
int64_t
clock_realtime_of_us(int64_t at_us)
{
	static int64_t kept_us;
	int64_t offset_us = read_offset();

	if (llabs(offset_us - kept_us) > OFFSET_STEP_US)
		kept_us = offset_us;
	return at_us + kept_us;
}

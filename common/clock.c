/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - the two clocks of the daemons. */
#include "common/clock.h"

#include <stdlib.h>
#include <time.h>

#define OFFSET_STEP_US 1000

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

/* The two clocks cannot be read at the same moment: without a kept offset, an instant
 * would wander by a microsecond from one answer to the next. */
int64_t
clock_realtime_of_us(int64_t at_us)
{
	static int64_t kept_us;
	int64_t offset_us = clock_realtime_us() - clock_now_us();

	if (llabs(offset_us - kept_us) > OFFSET_STEP_US)
		kept_us = offset_us;
	return at_us + kept_us;
}

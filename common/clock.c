/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - the two clocks of the daemons. */
#include "common/clock.h"

#include <time.h>

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

/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - the two clocks of the daemons. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdint.h>

/* Time that every timer and deadline is measured in: CLOCK_BOOTTIME in microseconds.
 * Not CLOCK_MONOTONIC, which stands still while the host sleeps: a Master must notice
 * that it was away. */
int64_t clock_now_us(void);

/* Wall-clock time in microseconds since 1970. For what people read; never for timers. */
int64_t clock_realtime_us(void);

/* The wall-clock time at `at_us` of clock_now_us(). The same instant gives the same answer
 * each time, until the wall clock is set or has drifted by more than a millisecond. */
int64_t clock_realtime_of_us(int64_t at_us);

#endif

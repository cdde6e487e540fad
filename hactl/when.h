/* SPDX-License-Identifier: Apache-2.0 */
/* when.h - times as daemons write them and as people say them. */
#ifndef HACTL_WHEN_H
#define HACTL_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/units.h"

/* Parses RFC 3339 in UTC ("2025-11-21T03:41:02.551377Z") into microseconds since 1970.
 * Returns false when `text` (may be NULL) is none; *ret_us is then untouched. */
bool when_parse(const char *text, int64_t *ret_us);

/* How long `text` lies before `now_us`, "3m12s"; "-" when it is no time. Returns `buf`.
 */
const char *when_age(char buf[UNITS_TEXT_SIZE], const char *text, int64_t now_us);

/* How long `text` lies after `now_us`; "0s" when it is over, "-" when it is no time. */
const char *when_left(char buf[UNITS_TEXT_SIZE], const char *text, int64_t now_us);

/* Local time of day, "03:51:02", with the date before it when that is another day than
 * today; "-" when it is no time. Returns `buf`. */
const char *when_clock(char buf[UNITS_TEXT_SIZE], const char *text, int64_t now_us);

/* The same to the millisecond, "03:41:02.551". */
const char *when_stamp(char buf[UNITS_TEXT_SIZE], const char *text, int64_t now_us);

/* The span from `now_us` until the next time the local clock shows `text` ("05:30" or
 * "05:30:15"). Returns false when `text` is no time of day. */
bool when_until(const char *text, int64_t now_us, int64_t *ret_span_us);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* units.h - time as microseconds: conversions, parsing and printing for people. */
#ifndef COMMON_UNITS_H
#define COMMON_UNITS_H

#include <stddef.h>
#include <stdint.h>

#define US_PER_MS INT64_C(1000)
#define US_PER_CS INT64_C(10000) /* centisecond, the unit of VRRPv3 */
#define US_PER_S INT64_C(1000000)

/* Room for every text that units_format_* writes, terminator included. */
#define UNITS_TEXT_SIZE 48

/* Parses a decimal number of seconds ("1", "0.25") with an optional suffix us, ms, s, m,
 * h or d, and combinations of whole numbers with suffixes ("1h30m"), into *ret_us.
 * Returns 0, -EINVAL when `text` is no duration, -ERANGE when it does not fit. Digits
 * below a microsecond are -EINVAL: nothing is rounded in silence. */
int units_parse_duration(const char *text, int64_t *ret_us);

/* Writes a span as a person says it, at most two units, cut and not rounded: "250us",
 * "612ms", "3.61s", "3m12s", "2h11m", "6d3h". Returns `buf`. Negative spans print as
 * "0s". */
const char *units_format_span(char buf[UNITS_TEXT_SIZE], int64_t us);

/* Writes seconds exactly, without trailing zeros, as a configuration file wants them:
 * 1000000 -> "1", 10000 -> "0.01". Returns `buf`. */
const char *units_format_seconds(char buf[UNITS_TEXT_SIZE], int64_t us);

/* Writes wall-clock time (microseconds since 1970) as RFC 3339 UTC with microseconds,
 * "2025-11-21T03:41:02.551377Z". Returns `buf`. */
const char *units_format_rfc3339(char buf[UNITS_TEXT_SIZE], int64_t realtime_us);

#endif

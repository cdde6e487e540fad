/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - one line per fact, to the journal with fields or to stderr.
 *
 * Lines name the object first ("VI_1: BACKUP -> MASTER, ..."). Levels: err, a function
 * is lost; warning, tolerated, and what we do instead; notice, every state transition;
 * info, start, reload, summary; debug, per packet or probe.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <syslog.h>

/* A structured field of the journal, e.g. {"HAVEN_INSTANCE", "VI_1"}. */
struct log_field {
	const char *name;
	const char *value;
};

enum log_target {
	LOG_TARGET_AUTO = 0, /* the journal when stderr is connected to it, else stderr */
	LOG_TARGET_STDERR,
	LOG_TARGET_JOURNAL,
};

/* Sets where lines go, the program's name, and the least important level shown
 * (LOG_INFO by default, LOG_DEBUG with -d). Call before the first line. */
void log_open(const char *program, enum log_target target, int max_level);

void log_set_level(int max_level);
int log_level(void);

/* Writes one line with `count` fields. Control bytes in it are escaped. Never blocks for
 * long: a line that stderr does not take at once is dropped and counted. */
void log_fields(int level, const struct log_field fields[], unsigned count,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

void log_err(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Lets the first line of a cause through at once, and then one in LOG_LIMIT_US with the
 * number of those held back. Zero-initialise one per cause. */
#define LOG_LIMIT_US (60 * INT64_C(1000000))

struct log_limit {
	int64_t last_us; /* when a line last went out; 0: never */
	uint64_t held;   /* lines held back since */
};

/* Whether a line may go out at `now_us` (clock_now_us()); *ret_held says how many were
 * held back before it. */
bool log_limit_pass(struct log_limit *limit, int64_t now_us, uint64_t *ret_held);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* check_rules.h - what a monitoring system should be told about a node. Pure. */
#ifndef HACTL_CHECK_RULES_H
#define HACTL_CHECK_RULES_H

#include <jansson.h>
#include <stdint.h>

/* As monitoring plugins exit. */
enum check_level {
	CHECK_OK = 0,
	CHECK_WARNING = 1,
	CHECK_CRITICAL = 2,
	CHECK_UNKNOWN = 3,
};

const char *check_level_name(enum check_level level); /* "CRITICAL" */

/* Of two levels the one that counts: CRITICAL before UNKNOWN before WARNING. */
enum check_level check_worse(enum check_level a, enum check_level b);

/* The result of `check`: {"status", "exit", "problems": [{"status", "object", "text"}],
 * "counts": {"master", ...}}. The caller releases it. */
json_t *check_new(void);

/* Adds a problem; takes over nothing. */
void check_add(
    json_t *check, enum check_level level, const char *object, const char *text);

/* Looks at one item of the list of instances and counts it. */
void check_instance(json_t *check, const json_t *instance);

/* Looks at the daemon's status: a reload that failed, leases that were forgotten. */
void check_status(json_t *check, const json_t *status, int64_t now_us);

/* The level of all that was found. */
enum check_level check_level_of(const json_t *check);

#endif

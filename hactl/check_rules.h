/* SPDX-License-Identifier: Apache-2.0 */
/* check_rules.h - what a monitoring system should be told about a node. Pure. */
#ifndef HACTL_CHECK_RULES_H
#define HACTL_CHECK_RULES_H

#include <jansson.h>
#include <stdbool.h>
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
 * "remarks": [TEXT], "perfdata": [{"label", "value", "unit", "max"}]}. The caller
 * releases it. */
json_t *check_new(void);

/* Adds a problem; takes over nothing. */
void check_add(
    json_t *check, enum check_level level, const char *object, const char *text);

/* Looks at one item of the list of instances. */
void check_instance(json_t *check, const json_t *instance, int64_t now_us);

/* Adds what the daemon's `doctor` finds wrong, one finding of one instance: an error is
 * CRITICAL, a warning WARNING. What check_instance() tells itself is left out. */
void check_finding(json_t *check, const json_t *finding);

/* Remarks of those that a maintenance keeps from taking their role back. */
void check_stays(json_t *check, const json_t *instances);

/* Counts the instances by state, for perfdata; only those that `check` was about. */
void check_count_instances(json_t *check, const json_t *instances);

/* Looks at one item of the list of virtual services. */
void check_service(json_t *check, const json_t *service);

/* Looks at a daemon's status: a reload that failed, leases that were forgotten,
 * maintenance, services that nobody checks. */
void check_status(
    json_t *check, const char *daemon, const json_t *status, int64_t now_us);

/* Looks at what a daemon's status says of the other one. `peer_answers`: the other
 * answered us just now, and has for `peer_up_ms`; one that does not answer is judged by
 * check_is_expected(). */
void check_link(json_t *check, const char *daemon, const json_t *status,
    bool peer_answers, json_int_t peer_up_ms);

/* Adds for how long a daemon was not heard by the other, the longer of both, for
 * perfdata; nothing when none was heard yet. */
void check_link_age(json_t *check, const json_t *status, const json_t *status_of_other);

/* Looks whether there is any work at all, in the status of a daemon, which knows what
 * the file has for both: an empty file must not pass for a healthy node. */
void check_work(json_t *check, const json_t *status);

/* Whether this node should run a daemon: the other one, which reads the same file,
 * finds work for it there (`status` of the other, NULL: unknown), or it was running and
 * did not end properly (`has_socket`). */
bool check_is_expected(
    const char *daemon, const json_t *status_of_other, bool has_socket);

/* The level of all that was found. */
enum check_level check_level_of(const json_t *check);

#endif

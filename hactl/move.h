/* SPDX-License-Identifier: Apache-2.0 */
/* move.h - failover and takeover: a question before, patience after. */
#ifndef HACTL_MOVE_H
#define HACTL_MOVE_H

#include "common/ctl_error.h"

struct order;
struct session;

/* Carries the order out: says what it would do and asks (unless --yes), calls the
 * daemon, waits for the outcome. Returns the exit status: 0 only when the daemon saw
 * the role where it was wanted. */
enum ctl_exit move_run(struct session *session, const struct order *order);

#endif

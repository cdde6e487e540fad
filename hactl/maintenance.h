/* SPDX-License-Identifier: Apache-2.0 */
/* maintenance.h - takes this node out of service for a while. */
#ifndef HACTL_MAINTENANCE_H
#define HACTL_MAINTENANCE_H

#include "hactl/session.h"

/* "maintenance on": asks, then waits until the roles have moved. */
enum ctl_exit maintenance_on(struct session *session, const struct order *order);

/* How long its answer may take. */
int64_t maintenance_patience(const struct order *order);

/* Asks whether to go on, unless that was answered with --yes. Returns CTL_EXIT_DONE to
 * go on, or the status after saying why not. */
enum ctl_exit maintenance_confirm(
    struct session *session, const struct order *order, const json_t *params);

#endif

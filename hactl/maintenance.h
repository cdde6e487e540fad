/* SPDX-License-Identifier: Apache-2.0 */
/* maintenance.h - takes this node out of service for a while. */
#ifndef HACTL_MAINTENANCE_H
#define HACTL_MAINTENANCE_H

#include "hactl/session.h"

/* "maintenance on": asks, then waits until the roles have moved. */
enum ctl_exit maintenance_on(struct session *session, const struct order *order);

/* "maintenance run": maintenance while a program runs, by a lease that ends soon when
 * nobody renews it. Returns the status of the program, or 125 when it was not started.
 */
int maintenance_run(struct session *session, const struct order *order);

#endif

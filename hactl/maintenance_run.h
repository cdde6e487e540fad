/* SPDX-License-Identifier: Apache-2.0 */
/* maintenance_run.h - runs a program while this node is out of service. */
#ifndef HACTL_MAINTENANCE_RUN_H
#define HACTL_MAINTENANCE_RUN_H

#include "hactl/session.h"

/* "maintenance run": maintenance while a program runs, by a lease that ends soon when
 * nobody renews it. A maintenance that is on already is neither shortened nor ended.
 * Returns the status of the program (128 and its number for a signal), or 125 when it
 * was not started. */
int maintenance_run(struct session *session, const struct order *order);

#endif

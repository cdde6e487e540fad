/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - the node as a monitoring plugin reports it. */
#ifndef HACTL_CHECK_H
#define HACTL_CHECK_H

#include "hactl/session.h"

/* "check": one line, and an exit status of 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. */
int check_run(struct session *session, const struct order *order);

#endif

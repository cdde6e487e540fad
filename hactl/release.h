/* SPDX-License-Identifier: Apache-2.0 */
/* release.h - ends a lease before its time. */
#ifndef HACTL_RELEASE_H
#define HACTL_RELEASE_H

#include "hactl/session.h"

/* Ends the lease of the line, in whichever daemon has it; asks before where it is
 * another's. Returns the exit status. */
enum ctl_exit release_run(struct session *session, const struct order *order);

#endif

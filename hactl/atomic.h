/* SPDX-License-Identifier: Apache-2.0 */
/* atomic.h - many lines that change something, as one change. */
#ifndef HACTL_ATOMIC_H
#define HACTL_ATOMIC_H

#include <stdio.h>

#include "common/ctl_error.h"
#include "hactl/session.h"

/* Reads the lines of `from`, all of which must be "set", "unset" or "log level", and sends
 * them as one call that a daemon carries out as a whole or not at all; to both, when
 * lines are for each (atomic_both.h). When a line is wrong, nothing is sent. The reason,
 * the op-id and the revision of the start are those of the whole; so is the time ("for",
 * "confirm") of any line, and two lines must not differ in it. */
enum ctl_exit atomic_run(struct session *session, FILE *from);

#endif

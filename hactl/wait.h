/* SPDX-License-Identifier: Apache-2.0 */
/* wait.h - waits until something is so. */
#ifndef HACTL_WAIT_H
#define HACTL_WAIT_H

#include "hactl/session.h"

/* "wait": done when it is so; not reached (7) when the time is over. A daemon that does
 * not answer is tried again until then. */
enum ctl_exit wait_run(struct session *session, const struct order *order);

#endif

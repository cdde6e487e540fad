/* SPDX-License-Identifier: Apache-2.0 */
/* reload.h - reads the configuration anew, not without a word where a role goes. */
#ifndef HACTL_RELOAD_H
#define HACTL_RELOAD_H

#include "hactl/session.h"

/* Lets the daemons of the line reload; asks before where an instance that is MASTER here
 * would be removed. Returns the exit status. */
enum ctl_exit reload_run(struct session *session, const struct order *order);

#endif

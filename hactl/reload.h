/* SPDX-License-Identifier: Apache-2.0 */
/* reload.h - what a reload would take from this node, said before it is done. */
#ifndef HACTL_RELOAD_H
#define HACTL_RELOAD_H

#include "hactl/session.h"

/* Asks where a reload would take something from an instance that is MASTER here: itself,
 * its interface, priority or addresses, or what its peers must have alike. Returns
 * CTL_EXIT_DONE to go on, or the exit status. */
enum ctl_exit reload_ask(struct session *session, const struct order *order);

#endif

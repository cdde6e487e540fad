/* SPDX-License-Identifier: Apache-2.0 */
/* others.h - leases that somebody else made, which do not end without a word. */
#ifndef HACTL_OTHERS_H
#define HACTL_OTHERS_H

#include <jansson.h>
#include <stdbool.h>
#include "hactl/session.h"

/* Whether somebody else made it. Who may not know whose it is may not end it either:
 * the daemon says so. */
bool others_have(const json_t *lease);

/* Writes to stderr what becomes of the lease, whose it is and what for: "Ends the hold
 * of VI_4 (priority 1), which mia made for "line test"; it would last for another
 * 9m12s." */
void others_describe(const char *verb, const json_t *lease);

/* "hold clear", "unset", "maintenance off": asks where that takes something back that
 * another has set for a while. Returns CTL_EXIT_DONE to go on, or the exit status. */
enum ctl_exit others_ask(struct session *session, const struct order *order);

#endif

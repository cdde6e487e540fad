/* SPDX-License-Identifier: Apache-2.0 */
/* follow.h - a line for each event of the daemons, over their restarts. */
#ifndef HACTL_FOLLOW_H
#define HACTL_FOLLOW_H

#include <jansson.h>

#include "hactl/session.h"

/* Subscribes to the daemons that the order concerns, with `params` (types, snapshot)
 * and `positions` ({"epoch", "seq"} each), both taken over, and shows what comes until
 * Ctrl-C, or until `count` events were shown; 0: without end. A daemon that goes away
 * is waited for, once one was there: it goes on after the last event seen, or, where
 * that is not known any more, with all that is. Returns the exit status. */
enum ctl_exit follow_run(struct session *session, const struct order *order,
    json_t *params, json_t *positions, long long count);

/* Whether the event is about one of the names of the line, or about no object. */
bool follow_concerns(const struct order *order, const json_t *event);

/* Shows one event as a line, as follow_run() does. */
void follow_show(const struct order *order, const struct style *style, json_t *event);

#endif

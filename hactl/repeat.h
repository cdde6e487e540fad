/* SPDX-License-Identifier: Apache-2.0 */
/* repeat.h - shows an answer again and again ("--watch"). */
#ifndef HACTL_REPEAT_H
#define HACTL_REPEAT_H

#include "hactl/session.h"

/* Calls `once` every two seconds, or as often as the order's options say, until Ctrl-C
 * or an output that is closed. On a terminal each answer takes the place of the one
 * before. */
enum ctl_exit repeat_run(struct session *session, const struct order *order,
    enum ctl_exit (*once)(struct session *session, const struct order *order));

#endif

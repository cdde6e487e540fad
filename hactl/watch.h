/* SPDX-License-Identifier: Apache-2.0 */
/* watch.h - events as they happen. */
#ifndef HACTL_WATCH_H
#define HACTL_WATCH_H

#include "hactl/session.h"

/* "watch": a line for each event, until Ctrl-C or "count". */
enum ctl_exit watch_run(struct session *session, const struct order *order);

/* Reads the line's number called `token`, above 0, or `absent` when it has none. Returns
 * NULL, or what is wrong with it, which the caller frees. */
char *watch_read_count(
    const struct order *order, const char *token, long long absent, long long *ret);

#endif

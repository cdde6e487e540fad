/* SPDX-License-Identifier: Apache-2.0 */
/* watch.h - events as they happen, and those that were. */
#ifndef HACTL_WATCH_H
#define HACTL_WATCH_H

#include "hactl/session.h"

/* "watch": a line for each event, until Ctrl-C or "count". */
enum ctl_exit watch_run(struct session *session, const struct order *order);

/* "log": the last events; with "follow" also those to come. */
enum ctl_exit watch_log(struct session *session, const struct order *order);

#endif

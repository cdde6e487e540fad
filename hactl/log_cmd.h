/* SPDX-License-Identifier: Apache-2.0 */
/* log_cmd.h - the events that were. */
#ifndef HACTL_LOG_CMD_H
#define HACTL_LOG_CMD_H

#include "hactl/session.h"

/* "log": the last events; with "follow" also those to come. */
enum ctl_exit log_run(struct session *session, const struct order *order);

#endif

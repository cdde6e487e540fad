/* SPDX-License-Identifier: Apache-2.0 */
/* metrics_cmd.h - numbers of a daemon for a monitoring system. */
#ifndef HACTL_METRICS_CMD_H
#define HACTL_METRICS_CMD_H

#include "hactl/session.h"

/* Carries out "metrics": reads all pages and joins what belongs together. */
enum ctl_exit metrics_cmd_run(struct session *session, const struct order *order);

#endif

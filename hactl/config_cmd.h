/* SPDX-License-Identifier: Apache-2.0 */
/* config_cmd.h - checks and prints configuration files; needs no daemon. */
#ifndef HACTL_CONFIG_CMD_H
#define HACTL_CONFIG_CMD_H

#include "common/ctl_error.h"

struct order;
struct session;

#define CONFIG_CMD_DEFAULT "/etc/haven/haven.conf"

/* Without FILE both take the one that the running daemon uses, or CONFIG_CMD_DEFAULT when
 * none answers.
 *
 * "config test [FILE]": prints every finding and the verdict. Returns 0 when the file
 * runs, 1 when it does not, 2 when it cannot be read. The file in use that this user may
 * not read is tested by its daemon. */
enum ctl_exit config_cmd_test(struct session *session, const struct order *order);

/* "config show [FILE]": prints the canonical form. A file with errors is not printed:
 * its findings are, and the status is 1. */
enum ctl_exit config_cmd_show(struct session *session, const struct order *order);

#endif

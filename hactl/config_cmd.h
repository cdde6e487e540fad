/* SPDX-License-Identifier: Apache-2.0 */
/* config_cmd.h - checks and prints configuration files; needs no daemon. */
#ifndef HACTL_CONFIG_CMD_H
#define HACTL_CONFIG_CMD_H

#include "common/ctl_error.h"

struct order;
struct session;

#define CONFIG_CMD_DEFAULT "/etc/haven/haven.conf"

/* Without FILE both take the one that the running daemon uses, or CONFIG_CMD_DEFAULT when
 * none answers; and @ID lines are those for HOST, without it for the ID of the running
 * daemon, or for the name of this host.
 *
 * "config test [FILE] [as HOST]": prints every finding and the verdict. What is wrong on
 * other hosts only is a warning. Returns 0 when the file
 * runs, 1 when it does not, 2 when it cannot be read. The file in use that this user may
 * not read is tested by its daemon. */
enum ctl_exit config_cmd_test(struct session *session, const struct order *order);

/* "config show [FILE] [as HOST]": prints the canonical form. A file with errors is not printed:
 * its findings are, and the status is 1. */
enum ctl_exit config_cmd_show(struct session *session, const struct order *order);

#endif

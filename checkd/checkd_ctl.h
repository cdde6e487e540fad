/* SPDX-License-Identifier: Apache-2.0 */
/* checkd_ctl.h - the methods checkd offers over its control sockets. */
#ifndef CHECKD_CHECKD_CTL_H
#define CHECKD_CHECKD_CTL_H

struct checkd;

/* Opens the control sockets in checkd->run_dir, into checkd->control, while still root.
 * Returns 0 or a negative errno. */
int checkd_ctl_open(struct checkd *checkd);

/* Closes them. */
void checkd_ctl_close(struct checkd *checkd);

#endif

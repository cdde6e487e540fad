/* SPDX-License-Identifier: Apache-2.0 */
/* checkd_ctl.h - the methods checkd offers over its control sockets. */
#ifndef CHECKD_CHECKD_CTL_H
#define CHECKD_CHECKD_CTL_H

#include <jansson.h>

struct checkd;
struct daemon_reload;

/* Carries a reload out; `checkd` is a struct checkd. */
typedef int (*checkd_reload_fn)(void *checkd, struct daemon_reload *request);

/* Opens the control sockets in checkd->run_dir, into checkd->control, while still root
 * and with checkd->layers made. Returns 0 or a negative errno. */
int checkd_ctl_open(struct checkd *checkd, checkd_reload_fn reload);

/* Takes up the edits and leases an earlier process left, opens the audit and the link
 * to vrrpd. Call after privileges were dropped. What cannot be read is logged and left
 * out. */
void checkd_ctl_start(struct checkd *checkd);

/* Reads the configuration anew, as a client's reload does, for a signal. */
void checkd_ctl_reload(struct checkd *checkd);

/* A reload changed checkd->tree. Edits that went with it are added to `told`, see
 * edits_settle(). */
void checkd_ctl_reloaded(struct checkd *checkd, json_t *told);

/* config.reloaded, with what it changed, or config.refused; daemon.stopping. */
void checkd_ctl_tell_reload(
    const struct checkd *checkd, const struct daemon_reload *request);
void checkd_ctl_tell_stopping(const struct checkd *checkd);

/* Closes the sockets, after the answers that are due, and forgets checkd->control. */
void checkd_ctl_close(struct checkd *checkd);

#endif

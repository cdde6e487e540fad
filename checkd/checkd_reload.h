/* SPDX-License-Identifier: Apache-2.0 */
/* checkd_reload.h - the configuration read again while checkd runs, and told of. */
#ifndef CHECKD_CHECKD_RELOAD_H
#define CHECKD_CHECKD_RELOAD_H

struct checkd;
struct daemon_reload;

/* Exchanges the configuration, tells the service manager and subscribers, counts the
 * revision, logs. Returns as checkd_exchange() does, and -EBUSY unless checkd runs. */
int checkd_reload(struct checkd *checkd, struct daemon_reload *request);

#endif

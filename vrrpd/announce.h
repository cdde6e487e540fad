/* SPDX-License-Identifier: Apache-2.0 */
/* announce.h - sends gratuitous ARP and unsolicited Neighbor Advertisements, paced.
 *
 * Announcements wait in a queue of EVENT_PRIORITY_BULK work and leave in slices, with the
 * configured gap between two of one interface, so a burst for thousands of addresses
 * never delays an advertisement.
 */
#ifndef VRRPD_ANNOUNCE_H
#define VRRPD_ANNOUNCE_H

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/addr.h"
#include "vrrpd/link_mon.h"

struct announcer;

int announcer_new(sd_event *event, const struct link_mon *mon, struct announcer **ret);
struct announcer *announcer_free(struct announcer *announcer);

/* The gaps between two ARP or NA announcements of one interface; 0: none. */
void announcer_set_gaps(struct announcer *announcer, int64_t garp_us, int64_t gna_us);

/* Queues `count` announcements of `address` on the link, with the link's own MAC. `owner`
 * groups announcements for announcer_cancel(). Returns 0 or -ENOMEM. */
int announcer_add(struct announcer *announcer, const void *owner, int ifindex,
    const struct addr *address, unsigned count);

/* Drops what `owner` still has in the queue: it is no longer Master. */
void announcer_cancel(struct announcer *announcer, const void *owner);

/* How many announcements left so far for all owners. */
uint64_t announcer_sent(const struct announcer *announcer);

#endif

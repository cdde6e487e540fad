/* SPDX-License-Identifier: Apache-2.0 */
/* link_mon.h - what the kernel says of its links and addresses, kept up to date.
 *
 * Listens to RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR and RTNLGRP_IPV6_IFADDR. When the kernel
 * reports lost messages (ENOBUFS), everything is asked for again and differences are
 * reported as if they had been events. The same is done once a minute, so that nothing
 * that was missed for any other reason stays so. Our own renewals of address leases are
 * filtered out in the kernel.
 */
#ifndef VRRPD_LINK_MON_H
#define VRRPD_LINK_MON_H

#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/addr.h"
#include "vrrpd/link_table.h"

struct link_mon_ops {
	/* A link appeared or changed (also its name); `old` is NULL when it is new. */
	void (*link_changed)(
	    void *userdata, const struct link *old, const struct link *now);
	void (*link_removed)(void *userdata, const struct link *old);
	/* An address appeared, changed its flags, or went away. */
	void (*addr_changed)(void *userdata, const struct link_addr *addr);
	void (*addr_removed)(void *userdata, const struct link_addr *addr);
	/* Lost messages were made good by a full resync. */
	void (*resynced)(void *userdata);
	/* May be NULL: the minute's comparison with the kernel is done, nothing was
	 * known to be lost. The time to try again what failed. */
	void (*audited)(void *userdata);
};

struct link_mon;

/* Opens the monitor and reads the present state before it returns (no callbacks for
 * that). `ops` must stay. Returns 0 or a negative errno. */
int link_mon_new(sd_event *event, const struct link_mon_ops *ops, void *userdata,
    struct link_mon **ret);
struct link_mon *link_mon_free(struct link_mon *mon);

/* The link of that name or index, or NULL. Valid until the loop runs again. */
const struct link *link_mon_by_name(const struct link_mon *mon, const char *name);
const struct link *link_mon_by_index(const struct link_mon *mon, int ifindex);

/* Whether the address is on the link, with exactly that prefix length, and its data. */
const struct link_addr *link_mon_find_addr(
    const struct link_mon *mon, int ifindex, const struct prefix *prefix);

/* The address advertisements come from: IPv4, the first primary (not secondary) address
 * of the link; IPv6, a link-local address that is not tentative. Ours (by protocol)
 * never count (C15, C17). Returns an unset address when there is none. */
struct addr link_mon_primary(
    const struct link_mon *mon, int ifindex, sa_family_t family);

/* Whether `addr` lies in a network of the link: of one of its primary IPv4 addresses
 * that are not ours, or is IPv6 link-local. */
bool link_mon_is_near(const struct link_mon *mon, int ifindex, const struct addr *addr);

/* Calls `fn` for every address on every link that carries VIP_ADDRESS_PROTOCOL. `fn`
 * must not change the monitor. */
void link_mon_each_own(const struct link_mon *mon,
    void (*fn)(void *userdata, const struct link_addr *addr), void *userdata);

/* Compares everything with the kernel now, not at the minute's turn; when that is under
 * way, once more after it. Returns the number of the comparison: it is done when
 * link_mon_stats() has `compared` at least so high. */
uint64_t link_mon_compare(struct link_mon *mon);

struct link_mon_stats {
	uint64_t overruns, resyncs;
	uint64_t compared;      /* the number of the last comparison that is done */
	int64_t last_resync_us; /* how long it took */
};
struct link_mon_stats link_mon_stats(const struct link_mon *mon);

/* Makes the receive buffer as small as the kernel allows, so that tests can lose
 * messages.
 */
void link_mon_starve(struct link_mon *mon);

#endif

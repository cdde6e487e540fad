/* SPDX-License-Identifier: Apache-2.0 */
/* link_mon.h - what the kernel says of its links and addresses, kept up to date.
 *
 * Listens to RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR and RTNLGRP_IPV6_IFADDR. When the kernel
 * reports lost messages (ENOBUFS), everything is asked for again and differences are
 * reported as if they had been events.
 */
#ifndef VRRPD_LINK_MON_H
#define VRRPD_LINK_MON_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/addr.h"

/* The IFA_PROTO value on addresses that vrrpd installs: VRRP's protocol number. By it our
 * left-overs are told from an administrator's addresses (Linux 5.18 and later). */
#define VIP_ADDRESS_PROTOCOL 112

struct link {
	int ifindex;
	char name[IFNAMSIZ];
	unsigned flags; /* IFF_* */
	bool up;        /* IFF_UP and operational: carrier, not dormant, not lower-layer down */
	bool multicast, loopback;
	uint8_t mac[6];
	bool has_mac; /* a 6-byte Ethernet address */
	unsigned mtu;
};

/* An address on a link. */
struct link_addr {
	int ifindex;
	struct prefix prefix;
	uint8_t protocol; /* IFA_PROTO, 0 where the kernel does not say */
	uint32_t flags;   /* IFA_F_* */
};

struct link_mon_ops {
	/* A link appeared or changed (also its name); `old` is NULL when it is new. */
	void (*link_changed)(void *userdata, const struct link *old,
	    const struct link *now);
	void (*link_removed)(void *userdata, const struct link *old);
	/* An address appeared, changed its flags, or went away. */
	void (*addr_changed)(void *userdata, const struct link_addr *addr);
	void (*addr_removed)(void *userdata, const struct link_addr *addr);
	/* Lost messages were made good by a full resync. */
	void (*resynced)(void *userdata);
};

struct link_mon;

/* Opens the monitor and reads the present state before it returns (no callbacks for
 * that). Returns 0 or a negative errno. */
int link_mon_new(sd_event *event, const struct link_mon_ops *ops, void *userdata,
    struct link_mon **ret);
struct link_mon *link_mon_free(struct link_mon *mon);

/* The link of that name or index, or NULL. Valid until the loop runs again. */
const struct link *link_mon_by_name(const struct link_mon *mon, const char *name);
const struct link *link_mon_by_index(const struct link_mon *mon, int ifindex);

/* Whether the address is on the link, with exactly that prefix length, and its data. */
const struct link_addr *link_mon_find_addr(const struct link_mon *mon, int ifindex,
    const struct prefix *prefix);

/* The address advertisements come from: IPv4, the first primary (not secondary) address
 * of the link; IPv6, a link-local address that is not tentative. Ours (by protocol) never
 * count (C15, C17). Returns an unset address when there is none. */
struct addr link_mon_primary(const struct link_mon *mon, int ifindex, sa_family_t family);

/* Calls `fn` for every address on every link that carries VIP_ADDRESS_PROTOCOL. `fn` must
 * not change the monitor. */
void link_mon_each_own(const struct link_mon *mon,
    void (*fn)(void *userdata, const struct link_addr *addr), void *userdata);

struct link_mon_stats {
	uint64_t overruns, resyncs;
	int64_t last_resync_us; /* how long it took */
};
struct link_mon_stats link_mon_stats(const struct link_mon *mon);

#endif

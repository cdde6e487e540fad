/* SPDX-License-Identifier: Apache-2.0 */
/* link_table.h - links and their addresses as last heard of: what link_mon looks up in.
 *
 * Pure. Everything is found by hash, so 20,000 addresses cost no more than one each.
 * For a resync the table is told when a full listing begins; what the listing did not
 * confirm is then popped one by one.
 */
#ifndef VRRPD_LINK_TABLE_H
#define VRRPD_LINK_TABLE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include "common/addr.h"

/* The IFA_PROTO value on addresses that vrrpd installs: VRRP's protocol number. By it
 * our left-overs are told from an administrator's addresses (Linux 5.18 and later). */
#define VIP_ADDRESS_PROTOCOL 112

struct link {
	int ifindex;
	char name[IFNAMSIZ];
	unsigned flags; /* IFF_* */
	bool
	    up; /* IFF_UP and operational: carrier, not dormant, not lower-layer down */
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

struct link_table;

/* What link_table_put_*() found. */
enum link_change {
	LINK_CHANGE_NONE = 0, /* known, and the same */
	LINK_CHANGE_NEW,
	LINK_CHANGE_OTHER, /* known, but it was different */
};

/* NULL when there is no memory. */
struct link_table *link_table_new(void);
struct link_table *link_table_free(struct link_table *table);

/* Takes the link in, found by its ifindex; *ret_old is what it was (LINK_CHANGE_OTHER).
 * Returns an enum link_change or -ENOMEM. */
int link_table_put_link(
    struct link_table *table, const struct link *now, struct link *ret_old);

/* Takes the address in. Returns an enum link_change, -ENODEV when its link is not
 * known, or -ENOMEM. */
int link_table_put_addr(struct link_table *table, const struct link_addr *addr);

/* Take out; *ret_old is what it was. Return false when it was not known. A link may
 * only go once link_table_pop_addr_of() has emptied it. */
bool link_table_remove_link(
    struct link_table *table, int ifindex, struct link *ret_old);
bool link_table_remove_addr(struct link_table *table, int ifindex,
    const struct prefix *prefix, struct link_addr *ret_old);

/* Takes out some address of the link; false when it has none or is not known. */
bool link_table_pop_addr_of(
    struct link_table *table, int ifindex, struct link_addr *ret_old);

/* A full listing begins: what is not put again from now on is unconfirmed. */
void link_table_begin_listing(struct link_table *table);

/* Takes out an unconfirmed address; false when there is none. */
bool link_table_pop_unconfirmed_addr(
    struct link_table *table, struct link_addr *ret_old);

/* An unconfirmed link, which stays in the table, or NULL. */
const struct link *link_table_unconfirmed_link(const struct link_table *table);

/* Look-ups; the results are valid until the table changes. */
const struct link *link_table_by_name(const struct link_table *table, const char *name);
const struct link *link_table_by_index(const struct link_table *table, int ifindex);
const struct link_addr *link_table_find_addr(
    const struct link_table *table, int ifindex, const struct prefix *prefix);

/* The address advertisements come from, see link_mon_primary(). */
struct addr link_table_primary(
    const struct link_table *table, int ifindex, sa_family_t family);

/* Whether `addr` lies in a network of the link, see link_mon_is_near(). */
bool link_table_is_near(
    const struct link_table *table, int ifindex, const struct addr *addr);

/* Calls `fn` for every address that carries VIP_ADDRESS_PROTOCOL. */
void link_table_each_own(const struct link_table *table,
    void (*fn)(void *userdata, const struct link_addr *addr), void *userdata);

#endif

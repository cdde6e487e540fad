/* SPDX-License-Identifier: Apache-2.0 */
/* vip.h - keeps the virtual addresses of one virtual router as they should be.
 *
 * The owner says what should be there (all of the set, or nothing). This module
 * compares with what link_mon knows and queues the difference; it looks again at every
 * address event, so an address that somebody removed comes back. An address that was
 * there before without our protocol mark is an administrator's: it counts as present
 * and is never removed. With a lease, addresses carry a valid lifetime that
 * vip_set_renew() extends.
 */
#ifndef VRRPD_VIP_H
#define VRRPD_VIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "vrrpd/link_mon.h"
#include "vrrpd/vrrp_conf.h"

struct nl_queue;
struct vip_table; /* all sets of the daemon: finds the set of an address event */
struct vip_set;

/* Callbacks may say anew what they want, but not free or change a set. */
struct vip_ops {
	/* Every wanted address of `set` is there (or, when none is wanted, all are
	 * gone). Comes after each vip_set_want(), perhaps before that returns. */
	void (*settled)(void *owner, struct vip_set *set);
	/* After vip_set_promise(): nothing is under way any more, but not every address
	 * is as it should be. */
	void (*incomplete)(void *owner, struct vip_set *set);
	/* The kernel refused: `error` is a negative errno, told once for each wish. It
	 * is tried again when link or address change, with a renewal, and by
	 * vip_table_check_all(). -ENODEV: there is no such link. */
	void (*failed)(
	    void *owner, struct vip_set *set, const struct prefix *prefix, int error);
	/* Somebody else removed an address that is wanted, or its lease ran out; it has
	 * been put back. `installed` follows. */
	void (*repaired)(void *owner, struct vip_set *set, const struct prefix *prefix);
	/* An address of the set was newly installed while wanted: announce it. */
	void (*installed)(
	    void *owner, struct vip_set *set, const struct vrrp_vip *vip, int ifindex);
};

int vip_table_new(const struct link_mon *mon, struct nl_queue *queue,
    const struct vip_ops *ops, struct vip_table **ret);
struct vip_table *vip_table_free(struct vip_table *table);

/* Makes the set of a virtual router: `vips` then `excluded`, on `ifname` unless an
 * address says otherwise. The arrays must stay until the set is freed or changed.
 * Nothing is wanted yet. Returns 0 or -ENOMEM. */
int vip_set_new(struct vip_table *table, void *owner,
    const struct vrrp_instance_conf *conf, struct vip_set **ret);

/* Frees the set. Addresses in the kernel stay as they are, but a removal that has begun
 * goes on. */
struct vip_set *vip_set_free(struct vip_set *set);

/* Exchanges the configuration at a reload: addresses no longer listed are removed when
 * they were wanted, new ones added. Returns 0 or -ENOMEM (nothing changed then). */
int vip_set_change(struct vip_set *set, const struct vrrp_instance_conf *conf);

/* Says whether the addresses should be there. `lease_s` is their valid lifetime in
 * seconds, 0 for ever. Removal goes ahead of other queued work. */
void vip_set_want(struct vip_set *set, bool wanted, unsigned lease_s);

/* Extends the lease of all addresses that are there by `lease_s` from now. */
void vip_set_renew(struct vip_set *set);

bool vip_set_wanted(const struct vip_set *set);

/* Whether every wanted address is there, or, when none is wanted, all are gone. */
bool vip_set_is_settled(const struct vip_set *set);

/* Whether a request for an address of the set is due or under way, other than a
 * renewal. */
bool vip_set_is_busy(const struct vip_set *set);

/* The owner is to hear when the set is busy no longer: `settled`, or `incomplete`. */
void vip_set_promise(struct vip_set *set);

/* How many addresses the set has and how many the kernel has of them. */
void vip_set_count(const struct vip_set *set, size_t *ret_want, size_t *ret_set);

/* Calls `fn` for every address of the set that is present. */
void vip_set_each(const struct vip_set *set,
    void (*fn)(void *userdata, const struct vrrp_vip *vip, int ifindex),
    void *userdata);

/* link_mon's events; the owner of the monitor passes them on. */
void vip_table_addr_changed(struct vip_table *table, const struct link_addr *addr);
void vip_table_addr_removed(struct vip_table *table, const struct link_addr *addr);
void vip_table_link_changed(struct vip_table *table, const struct link *link);
void vip_table_link_removed(struct vip_table *table, const struct link *link);
/* Compares every set with the monitor's picture again, and tries again what failed:
 * after a resync, and with every audit. */
void vip_table_check_all(struct vip_table *table);

/* Whether addresses are being put in or removed; renewals do not count. */
bool vip_table_is_busy(const struct vip_table *table);

/* Queues the removal of every address on this host that carries our mark and that no
 * set wants: what a crash left behind. Returns how many. */
size_t vip_table_remove_leftovers(struct vip_table *table);

/* Removes, synchronously and without a loop, every address of this network namespace
 * that carries our mark: for the helper's guard and `vrrpd --cleanup`. Returns the
 * number removed or a negative errno. */
int vip_cleanup_all(void);

#endif

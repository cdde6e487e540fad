/* SPDX-License-Identifier: Apache-2.0 */
/* vip_internal.h - what the parts of vip share: tables, sets, and their addresses.
 *
 * Each address of a set is a vip_item. At most one request about an item is under way;
 * when the answer is there, vip_plan() says what comes next. So a change of mind needs
 * no cancelling, and removals can overtake additions. Requests are handed to the queue
 * a few at a time, set by set in turn: a router with one address does not wait behind
 * one with thousands.
 *
 * vip.c has the sets, vip_work.c the requests, vip_event.c what the kernel tells.
 */
#ifndef VRRPD_VIP_INTERNAL_H
#define VRRPD_VIP_INTERNAL_H

#include <net/if.h>
#include <sys/queue.h>
#include "common/hash_table.h"
#include "vrrpd/vip.h"
#include "vrrpd/vip_plan.h"

struct nlmsghdr;

/* A link that addresses are meant for, by the name in the configuration. */
struct vip_dev {
	char name[IFNAMSIZ];
	int ifindex; /* 0: there is no such link now */
	TAILQ_HEAD(, vip_item) items;
	TAILQ_ENTRY(vip_dev) of_table;
};

struct vip_item {
	struct hash_node node; /* by ifindex and address */
	struct vip_table *table;
	struct vip_set *set; /* NULL: only waiting for an answer, then freed */
	struct vip_dev *dev;
	const struct vrrp_vip *vip;      /* the configuration's; NULL in `retired` */
	const struct vrrp_vip *next_vip; /* only while the configuration changes */
	struct prefix prefix;

	bool present, ours, outdated; /* see vip_facts */
	unsigned kernel_lease_s;
	bool lost;    /* vanished while wanted: the next telling is of a repair */
	bool unseen;  /* newly installed, and the monitor has yet to hear of it */
	bool untold;  /* put in by us, perhaps, and the owner has yet to be told */
	bool settled; /* as counted in the set */
	bool queued;  /* in the set's list `due` */
	int error;    /* why it stands still until something changes */
	int reported; /* the last error the owner was told */
	unsigned retries;

	enum vip_step step; /* the request under way */
	bool windowed;      /* it counts in the table's `under_way` */
	bool step_outdated; /* the configuration changed meanwhile */
	int step_ifindex;
	unsigned step_lease_s;
	uint64_t answered; /* the table's count when the last answer came */

	/* What a survey found (vip_survey.c). */
	bool listed, missing, foreign;
	const char *changed; /* an attribute that is not as configured, or NULL */

	struct nlmsghdr *renewal; /* ready-made, for renewal_lease_s */
	unsigned renewal_lease_s;

	TAILQ_ENTRY(vip_item) of_dev;
	TAILQ_ENTRY(vip_item) of_due; /* or of the table's `waiting` */
};

TAILQ_HEAD(vip_item_list, vip_item);
TAILQ_HEAD(vip_set_list, vip_set);

struct vip_set {
	struct vip_table *table;
	void *owner;
	struct vip_item **items; /* in the order of the configuration */
	size_t count;
	bool wanted;
	unsigned lease_s;
	size_t unsettled; /* how many items are not as they should be */
	bool telling;     /* in the table's list of the same name */
	bool promised;    /* the same: the owner is to hear when it is at rest */
	struct vip_item_list due;
	struct vip_set_list *turn; /* the list of the table it is in, or NULL */
	TAILQ_ENTRY(vip_set) of_turn;
	TAILQ_ENTRY(vip_set) of_telling;
	TAILQ_ENTRY(vip_set) of_promised;
	TAILQ_ENTRY(vip_set) of_table;
};

struct vip_table {
	const struct link_mon *mon;
	struct nl_queue *queue;
	const struct vip_ops *ops;
	struct hash_table items;
	TAILQ_HEAD(, vip_dev) devs;
	struct vip_set_list sets;
	struct vip_set_list removing, adding; /* sets with items due, in turn */
	struct vip_set_list telling;  /* sets whose owner is to hear "settled" */
	struct vip_set_list promised; /* sets whose owner is to hear when they rest */
	struct vip_set *retired;      /* what left the configuration and is to go */
	struct vip_item_list waiting; /* items without a set */
	size_t under_way;
	uint64_t answers;  /* how many requests were answered */
	bool kernel_marks; /* the kernel tells protocol marks (Linux 5.18) */
	bool stopped;      /* the queue was freed */
};

/* vip.c: makes an item of no set yet, finds or makes the link of that name (NULL when
 * there is no memory), moves an item to `retired`. */
struct vip_item *vip_item_new(
    struct vip_table *table, const char *ifname, const struct prefix *prefix);
void vip_item_free(struct vip_item *item);
void vip_item_retire(struct vip_item *item);
/* Drops the ready-made request: something it says has changed. */
void vip_item_forget_renewal(struct vip_item *item);
uint32_t vip_hash(int ifindex, const struct addr *addr);

/* vip_work.c: tells the owner of an address that was put in, if it was not told yet. */
void vip_item_tell_installed(struct vip_item *item);
/* Counts and queues the item anew after anything about it changed. An item
 * of `retired` that is done is freed: then false is returned. */
bool vip_item_check(struct vip_item *item);
/* Forgets that it was counted and queued in its set. */
void vip_item_unqueue(struct vip_item *item);
/* Sends the lifetime again, if nothing else is going on. */
void vip_item_renew(struct vip_item *item);
/* Puts a set with items due where it belongs: `wanted` may have changed. */
void vip_set_take_turn(struct vip_set *set);
/* The owner is to hear that all is as it should be, if it is. */
void vip_set_owe(struct vip_set *set);
/* The end of all that came from outside: hands the next requests to the queue and tells
 * owners. No loop over items may run, for this can free some. */
void vip_table_finish(struct vip_table *table);
/* Notes an error, which the owner is told once. */
void vip_item_fail(struct vip_item *item, int error);

/* vip_event.c: notes that the monitor knows the address; compares the item with what
 * the monitor knows. */
void vip_item_note_seen(struct vip_item *item, const struct link_addr *known);
void vip_item_look(struct vip_item *item);
/* The items about that address on that link, whatever the prefix length; NULL: no more.
 */
struct vip_item *vip_first_item(
    const struct vip_table *table, const struct link_addr *addr);
struct vip_item *vip_next_item(
    const struct vip_item *item, const struct link_addr *addr);

#endif

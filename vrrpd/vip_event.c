/* SPDX-License-Identifier: Apache-2.0 */
/* vip_event.c - what the kernel tells of addresses and links, compared with what is
 * wanted.
 *
 * Events come later than answers, so one may speak of the past. Nothing is concluded
 * from it that the next request does not prove: an address that seems to be gone is
 * added in a way that fails when it is there. What was put in by us, or was gone and is
 * ours again, is told to its owner when the monitor knows it, whichever of answer and
 * event comes first.
 */
#include <string.h>
#include "vrrpd/vip_internal.h"

static void
note_mark(struct vip_item *item, uint8_t protocol)
{
	bool ours = protocol == VIP_ADDRESS_PROTOCOL;

	if (ours)
		item->table->kernel_marks = true;
	if (ours && !item->ours)
		item->kernel_lease_s = VIP_LEASE_UNKNOWN;
	if (ours || item->table->kernel_marks)
		item->ours = ours;
}

void
vip_item_note_seen(struct vip_item *item, const struct link_addr *known)
{
	item->present = true;
	item->unseen = false;
	note_mark(item, known->protocol);
	item->lost = item->lost && item->ours;
	item->untold = item->untold && item->ours;
	vip_item_tell_installed(item);
}

/* Should it be there all the same, and ours: a renewal has put it back, whose answer
 * does not say so. */
static void
note_gone(struct vip_item *item)
{
	if (item->present && item->set->wanted && item->step != VIP_STEP_REMOVE)
		item->lost = item->untold = true;
	item->present = false;
	item->unseen = false;
	item->ours = false;
	item->outdated = false;
	item->kernel_lease_s = VIP_LEASE_UNKNOWN;
}

/* The monitor does not know it. When it is new, that need not mean anything: the event
 * of an IPv6 address comes later than the answer. */
static void
note_missing(struct vip_item *item)
{
	if (!item->unseen) {
		note_gone(item);
		return;
	}
	item->present = false;
	item->kernel_lease_s = VIP_LEASE_UNKNOWN;
}

void
vip_item_look(struct vip_item *item)
{
	const struct link_addr *known = NULL;

	if (item->dev->ifindex != 0)
		known = link_mon_find_addr(
		    item->table->mon, item->dev->ifindex, &item->prefix);
	item->error = 0;
	if (known != NULL)
		vip_item_note_seen(item, known);
	else
		note_missing(item);
}

/* ---- addresses ----------------------------------------------------------------------
 */

/* The next item about that address on that link, whatever the prefix length, from
 * `node` on. */
static struct vip_item *
match(struct hash_node *node, const struct link_addr *addr)
{
	for (; node != NULL; node = hash_table_next(node)) {
		struct vip_item *item = hash_entry(node, struct vip_item, node);

		if (item->set != NULL && item->dev->ifindex == addr->ifindex &&
		    addr_equal(&item->prefix.addr, &addr->prefix.addr))
			return item;
	}
	return NULL;
}

struct vip_item *
vip_first_item(const struct vip_table *table, const struct link_addr *addr)
{
	return match(hash_table_first(
			 &table->items, vip_hash(addr->ifindex, &addr->prefix.addr)),
	    addr);
}

struct vip_item *
vip_next_item(const struct vip_item *item, const struct link_addr *addr)
{
	return match(hash_table_next(&item->node), addr);
}

/* IPv6 allows an address once on a link: another prefix length can be in our way, and
 * when it is gone we may try again. For IPv4 the two have nothing to do with each
 * other. */
static bool
concerns(const struct vip_item *item, const struct link_addr *addr)
{
	return item->prefix.len == addr->prefix.len ||
	       item->prefix.addr.family == AF_INET6;
}

static void
look_at(struct vip_table *table, const struct link_addr *addr, bool removed)
{
	struct vip_item *item, *next;

	for (item = vip_first_item(table, addr); item != NULL; item = next) {
		next = vip_next_item(item, addr);
		if (!concerns(item, addr))
			continue;
		if (removed && item->prefix.len == addr->prefix.len)
			note_gone(item);
		vip_item_look(item);
		(void)vip_item_check(item);
	}
	vip_table_finish(table);
}

/* link_mon's picture is up to date when it reports, so both are the same. */
void
vip_table_addr_changed(struct vip_table *table, const struct link_addr *addr)
{
	look_at(table, addr, false);
}

void
vip_table_addr_removed(struct vip_table *table, const struct link_addr *addr)
{
	look_at(table, addr, true);
}

/* ---- links --------------------------------------------------------------------------
 */

static void
move_dev(struct vip_dev *dev, struct vip_table *table, int ifindex)
{
	struct vip_item *item;

	dev->ifindex = ifindex;
	TAILQ_FOREACH(item, &dev->items, of_dev)
	{
		hash_table_remove(&table->items, &item->node);
		/* The table has buckets: adding cannot fail. */
		(void)hash_table_add(
		    &table->items, &item->node, vip_hash(ifindex, &item->prefix.addr));
		vip_item_forget_renewal(item);
		item->lost = false;
		item->unseen = false;
		/* Whatever of ours is there: nobody has announced it on that link. */
		item->untold = true;
	}
}

/* Looks at the addresses of a link: all when it is another one than before, else those
 * that could not be installed. */
static void
check_dev(struct vip_dev *dev, bool moved)
{
	struct vip_item *item = TAILQ_FIRST(&dev->items), *next;

	/* The last item that goes takes `dev` along. */
	for (; item != NULL; item = next) {
		next = TAILQ_NEXT(item, of_dev);
		if (item->set == NULL || (!moved && item->error == 0))
			continue;
		vip_item_look(item);
		if (moved)
			item->lost = false; /* nobody removed it */
		(void)vip_item_check(item);
	}
}

/* Gives the link of that name its number (0: gone). True when another name had it. */
static bool
set_ifindex(struct vip_table *table, const char *name, int ifindex)
{
	struct vip_dev *dev, *next;
	bool renamed = false;

	for (dev = TAILQ_FIRST(&table->devs); dev != NULL; dev = next) {
		next = TAILQ_NEXT(dev, of_table);
		if (strcmp(dev->name, name) == 0) {
			bool moved = dev->ifindex != ifindex;

			if (moved)
				move_dev(dev, table, ifindex);
			check_dev(dev, moved);
		} else if (dev->ifindex != 0 && dev->ifindex == ifindex) {
			renamed = true;
			move_dev(dev, table, 0);
			check_dev(dev, true);
		}
	}
	return renamed;
}

void
vip_table_link_removed(struct vip_table *table, const struct link *link)
{
	(void)set_ifindex(table, link->name, 0);
	vip_table_finish(table);
}

/* ---- comparing everything -----------------------------------------------------------
 */

void
vip_table_check_all(struct vip_table *table)
{
	struct vip_set *set;

	TAILQ_FOREACH(set, &table->sets, of_table)
	for (size_t i = 0; i < set->count; i++) {
		vip_item_look(set->items[i]);
		(void)vip_item_check(set->items[i]);
	}
	vip_table_finish(table);
}

struct search {
	struct vip_table *table;
	int ifindex; /* 0: everywhere */
	size_t found;
};

/* Lets the sets that list the address look at it. True when there are any. */
static bool
leave_to_sets(struct search *search, const struct link_addr *addr)
{
	struct vip_item *item, *next;
	bool listed = false, removing = false;

	for (item = vip_first_item(search->table, addr); item != NULL; item = next) {
		next = vip_next_item(item, addr);
		if (item->prefix.len != addr->prefix.len)
			continue;
		listed = true;
		vip_item_look(item);
		if (vip_item_check(item) && !item->set->wanted)
			removing =
			    removing || item->queued || item->step == VIP_STEP_REMOVE;
	}
	search->found += removing;
	return listed;
}

static void
note_own(void *userdata, const struct link_addr *addr)
{
	struct search *search = userdata;
	struct vip_table *table = search->table;
	const struct link *link = link_mon_by_index(table->mon, addr->ifindex);
	struct vip_item *item;

	if (link == NULL ||
	    (search->ifindex != 0 && search->ifindex != addr->ifindex) ||
	    leave_to_sets(search, addr))
		return;
	item = vip_item_new(table, link->name, &addr->prefix);
	if (item == NULL)
		return; /* no memory: it stays, and is found at the next start */
	item->set = table->retired;
	vip_item_look(item);
	if (vip_item_check(item))
		search->found++;
}

size_t
vip_table_remove_leftovers(struct vip_table *table)
{
	struct search search = {.table = table};

	link_mon_each_own(table->mon, note_own, &search);
	vip_table_finish(table);
	return search.found;
}

void
vip_table_link_changed(struct vip_table *table, const struct link *link)
{
	struct search search = {.table = table, .ifindex = link->ifindex};

	/* Under its new name a link may have addresses that are not meant for it. */
	if (set_ifindex(table, link->name, link->ifindex))
		link_mon_each_own(table->mon, note_own, &search);
	vip_table_finish(table);
}

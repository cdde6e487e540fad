/* SPDX-License-Identifier: Apache-2.0 */
/* link_table.c - links and their addresses as last heard of. */
#include "vrrpd/link_table.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include "common/hash_table.h"

/* The addresses of a link are kept apart by what they are good for, so that the source
 * of advertisements is at the head of a list however many virtual addresses there are.
 */
enum addr_class {
	ADDR_CLASS_SOURCE4 = 0,
	ADDR_CLASS_SOURCE6,
	ADDR_CLASS_OTHER,
	ADDR_CLASS_COUNT_
};

struct addr_entry {
	struct link_addr addr;
	enum addr_class class;
	uint32_t listing; /* the last one that confirmed it */
	struct hash_node node;
	TAILQ_ENTRY(addr_entry) of_link; /* in the order of arrival */
	TAILQ_ENTRY(addr_entry) of_table;
};

TAILQ_HEAD(addr_list, addr_entry);

struct link_entry {
	struct link link;
	struct hash_node by_index, by_name;
	struct addr_list addrs[ADDR_CLASS_COUNT_];
	uint32_t listing;
	TAILQ_ENTRY(link_entry) of_table;
};

TAILQ_HEAD(link_list, link_entry);

struct link_table {
	struct hash_table links_by_index, links_by_name, addr_hash;
	struct link_list links, unconfirmed_links;
	struct addr_list addrs, unconfirmed_addrs;
	uint32_t listing; /* counts them */
};

struct link_table *
link_table_new(void)
{
	struct link_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	TAILQ_INIT(&table->links);
	TAILQ_INIT(&table->unconfirmed_links);
	TAILQ_INIT(&table->addrs);
	TAILQ_INIT(&table->unconfirmed_addrs);
	return table;
}

static void
free_addrs(struct addr_list *list)
{
	struct addr_entry *entry;

	while ((entry = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, entry, of_table);
		free(entry);
	}
}

static void
free_links(struct link_list *list)
{
	struct link_entry *entry;

	while ((entry = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, entry, of_table);
		free(entry);
	}
}

struct link_table *
link_table_free(struct link_table *table)
{
	if (table == NULL)
		return NULL;
	free_addrs(&table->addrs);
	free_addrs(&table->unconfirmed_addrs);
	free_links(&table->links);
	free_links(&table->unconfirmed_links);
	hash_table_done(&table->links_by_index);
	hash_table_done(&table->links_by_name);
	hash_table_done(&table->addr_hash);
	free(table);
	return NULL;
}

/* ---- look-ups -----------------------------------------------------------------------
 */

static uint32_t
index_hash(int ifindex)
{
	return hash_bytes(0, &ifindex, sizeof(ifindex));
}

static uint32_t
name_hash(const char *name)
{
	return hash_bytes(0, name, strnlen(name, IFNAMSIZ));
}

static uint32_t
addr_hash(int ifindex, const struct prefix *prefix)
{
	return hash_bytes(index_hash(ifindex), prefix->addr.bytes,
	    addr_family_len(prefix->addr.family));
}

static struct link_entry *
find_link(const struct link_table *table, int ifindex)
{
	struct hash_node *node;

	node = hash_table_first(&table->links_by_index, index_hash(ifindex));
	for (; node != NULL; node = hash_table_next(node)) {
		struct link_entry *entry =
		    hash_entry(node, struct link_entry, by_index);

		if (entry->link.ifindex == ifindex)
			return entry;
	}
	return NULL;
}

static struct addr_entry *
find_addr(const struct link_table *table, int ifindex, const struct prefix *prefix)
{
	struct hash_node *node;

	node = hash_table_first(&table->addr_hash, addr_hash(ifindex, prefix));
	for (; node != NULL; node = hash_table_next(node)) {
		struct addr_entry *entry = hash_entry(node, struct addr_entry, node);

		if (entry->addr.ifindex == ifindex &&
		    prefix_equal(&entry->addr.prefix, prefix))
			return entry;
	}
	return NULL;
}

const struct link *
link_table_by_index(const struct link_table *table, int ifindex)
{
	const struct link_entry *entry = find_link(table, ifindex);

	return entry == NULL ? NULL : &entry->link;
}

const struct link *
link_table_by_name(const struct link_table *table, const char *name)
{
	struct hash_node *node;

	node = hash_table_first(&table->links_by_name, name_hash(name));
	for (; node != NULL; node = hash_table_next(node)) {
		struct link_entry *entry = hash_entry(node, struct link_entry, by_name);

		if (strncmp(entry->link.name, name, IFNAMSIZ) == 0)
			return &entry->link;
	}
	return NULL;
}

const struct link_addr *
link_table_find_addr(
    const struct link_table *table, int ifindex, const struct prefix *prefix)
{
	const struct addr_entry *entry = find_addr(table, ifindex, prefix);

	return entry == NULL ? NULL : &entry->addr;
}

/* Duplicate address detection is not over, or found somebody else. */
static bool
is_usable6(const struct link_addr *addr)
{
	return (addr->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;
}

struct addr
link_table_primary(const struct link_table *table, int ifindex, sa_family_t family)
{
	const struct link_entry *link = find_link(table, ifindex);
	enum addr_class class =
	    family == AF_INET ? ADDR_CLASS_SOURCE4 : ADDR_CLASS_SOURCE6;
	const struct addr_entry *entry;

	if (link != NULL)
		TAILQ_FOREACH(entry, &link->addrs[class], of_link)
	if (family == AF_INET || is_usable6(&entry->addr))
		return entry->addr.prefix.addr;
	return (struct addr){.family = AF_UNSPEC};
}

bool
link_table_is_near(const struct link_table *table, int ifindex, const struct addr *addr)
{
	const struct link_entry *link = find_link(table, ifindex);
	const struct addr_entry *entry;

	if (addr->family != AF_INET)
		return addr_is_link_local(addr);
	if (link == NULL)
		return false;
	TAILQ_FOREACH(entry, &link->addrs[ADDR_CLASS_SOURCE4], of_link)
	if (prefix_contains(&entry->addr.prefix, addr))
		return true;
	return false;
}

static void
each_own_in(const struct addr_list *list,
    void (*fn)(void *userdata, const struct link_addr *addr), void *userdata)
{
	const struct addr_entry *entry;

	TAILQ_FOREACH(entry, list, of_table)
	if (entry->addr.protocol == VIP_ADDRESS_PROTOCOL)
		fn(userdata, &entry->addr);
}

void
link_table_each_own(const struct link_table *table,
    void (*fn)(void *userdata, const struct link_addr *addr), void *userdata)
{
	each_own_in(&table->addrs, fn, userdata);
	each_own_in(&table->unconfirmed_addrs, fn, userdata);
}

/* ---- links --------------------------------------------------------------------------
 */

static void
confirm_link(struct link_table *table, struct link_entry *entry)
{
	if (entry->listing == table->listing)
		return;
	TAILQ_REMOVE(&table->unconfirmed_links, entry, of_table);
	TAILQ_INSERT_TAIL(&table->links, entry, of_table);
	entry->listing = table->listing;
}

static int
add_link(struct link_table *table, const struct link *link)
{
	struct link_entry *entry = calloc(1, sizeof(*entry));
	int r;

	if (entry == NULL)
		return -ENOMEM;
	entry->link = *link;
	for (unsigned i = 0; i < ADDR_CLASS_COUNT_; i++)
		TAILQ_INIT(&entry->addrs[i]);
	r = hash_table_add(
	    &table->links_by_index, &entry->by_index, index_hash(link->ifindex));
	if (r == 0) {
		r = hash_table_add(
		    &table->links_by_name, &entry->by_name, name_hash(link->name));
		if (r < 0)
			hash_table_remove(&table->links_by_index, &entry->by_index);
	}
	if (r < 0) {
		free(entry);
		return r;
	}
	TAILQ_INSERT_TAIL(&table->links, entry, of_table);
	entry->listing = table->listing;
	return LINK_CHANGE_NEW;
}

static bool
is_same_link(const struct link *a, const struct link *b)
{
	return strncmp(a->name, b->name, IFNAMSIZ) == 0 && a->flags == b->flags &&
	       a->up == b->up && a->multicast == b->multicast &&
	       a->loopback == b->loopback && a->has_mac == b->has_mac &&
	       memcmp(a->mac, b->mac, sizeof(a->mac)) == 0 && a->mtu == b->mtu;
}

int
link_table_put_link(
    struct link_table *table, const struct link *now, struct link *ret_old)
{
	struct link_entry *entry = find_link(table, now->ifindex);

	if (entry == NULL)
		return add_link(table, now);
	confirm_link(table, entry);
	if (is_same_link(&entry->link, now))
		return LINK_CHANGE_NONE;
	*ret_old = entry->link;
	entry->link = *now;
	/* The table has buckets by now: adding cannot fail. */
	hash_table_remove(&table->links_by_name, &entry->by_name);
	(void)hash_table_add(
	    &table->links_by_name, &entry->by_name, name_hash(now->name));
	return LINK_CHANGE_OTHER;
}

bool
link_table_remove_link(struct link_table *table, int ifindex, struct link *ret_old)
{
	struct link_entry *entry = find_link(table, ifindex);

	if (entry == NULL)
		return false;
	*ret_old = entry->link;
	hash_table_remove(&table->links_by_index, &entry->by_index);
	hash_table_remove(&table->links_by_name, &entry->by_name);
	if (entry->listing == table->listing)
		TAILQ_REMOVE(&table->links, entry, of_table);
	else
		TAILQ_REMOVE(&table->unconfirmed_links, entry, of_table);
	free(entry);
	return true;
}

const struct link *
link_table_unconfirmed_link(const struct link_table *table)
{
	const struct link_entry *entry = TAILQ_FIRST(&table->unconfirmed_links);

	return entry == NULL ? NULL : &entry->link;
}

/* ---- addresses ----------------------------------------------------------------------
 */

static enum addr_class
class_of(const struct link_addr *addr)
{
	if (addr->protocol == VIP_ADDRESS_PROTOCOL)
		return ADDR_CLASS_OTHER;
	if (addr->prefix.addr.family == AF_INET)
		return addr->flags & IFA_F_SECONDARY ? ADDR_CLASS_OTHER
						     : ADDR_CLASS_SOURCE4;
	return addr_is_link_local(&addr->prefix.addr) ? ADDR_CLASS_SOURCE6
						      : ADDR_CLASS_OTHER;
}

static void
confirm_addr(struct link_table *table, struct addr_entry *entry)
{
	if (entry->listing == table->listing)
		return;
	TAILQ_REMOVE(&table->unconfirmed_addrs, entry, of_table);
	TAILQ_INSERT_TAIL(&table->addrs, entry, of_table);
	entry->listing = table->listing;
}

static int
add_addr(
    struct link_table *table, struct link_entry *link, const struct link_addr *addr)
{
	struct addr_entry *entry = calloc(1, sizeof(*entry));
	int r;

	if (entry == NULL)
		return -ENOMEM;
	entry->addr = *addr;
	entry->class = class_of(addr);
	r = hash_table_add(
	    &table->addr_hash, &entry->node, addr_hash(addr->ifindex, &addr->prefix));
	if (r < 0) {
		free(entry);
		return r;
	}
	TAILQ_INSERT_TAIL(&link->addrs[entry->class], entry, of_link);
	TAILQ_INSERT_TAIL(&table->addrs, entry, of_table);
	entry->listing = table->listing;
	return LINK_CHANGE_NEW;
}

int
link_table_put_addr(struct link_table *table, const struct link_addr *addr)
{
	struct link_entry *link = find_link(table, addr->ifindex);
	struct addr_entry *entry;

	if (link == NULL)
		return -ENODEV;
	entry = find_addr(table, addr->ifindex, &addr->prefix);
	if (entry == NULL)
		return add_addr(table, link, addr);
	confirm_addr(table, entry);
	if (entry->addr.flags == addr->flags && entry->addr.protocol == addr->protocol)
		return LINK_CHANGE_NONE;
	entry->addr = *addr;
	if (class_of(addr) != entry->class) {
		/* A promoted secondary goes behind the primaries, as in the kernel. */
		TAILQ_REMOVE(&link->addrs[entry->class], entry, of_link);
		entry->class = class_of(addr);
		TAILQ_INSERT_TAIL(&link->addrs[entry->class], entry, of_link);
	}
	return LINK_CHANGE_OTHER;
}

static void
drop_addr(struct link_table *table, struct addr_entry *entry, struct link_addr *ret_old)
{
	/* Its link is there: links go last. */
	struct link_entry *link = find_link(table, entry->addr.ifindex);

	*ret_old = entry->addr;
	hash_table_remove(&table->addr_hash, &entry->node);
	TAILQ_REMOVE(&link->addrs[entry->class], entry, of_link);
	if (entry->listing == table->listing)
		TAILQ_REMOVE(&table->addrs, entry, of_table);
	else
		TAILQ_REMOVE(&table->unconfirmed_addrs, entry, of_table);
	free(entry);
}

bool
link_table_remove_addr(struct link_table *table, int ifindex,
    const struct prefix *prefix, struct link_addr *ret_old)
{
	struct addr_entry *entry = find_addr(table, ifindex, prefix);

	if (entry == NULL)
		return false;
	drop_addr(table, entry, ret_old);
	return true;
}

bool
link_table_pop_addr_of(struct link_table *table, int ifindex, struct link_addr *ret_old)
{
	const struct link_entry *link = find_link(table, ifindex);

	for (unsigned i = 0; link != NULL && i < ADDR_CLASS_COUNT_; i++)
		if (!TAILQ_EMPTY(&link->addrs[i])) {
			drop_addr(table, TAILQ_FIRST(&link->addrs[i]), ret_old);
			return true;
		}
	return false;
}

bool
link_table_pop_unconfirmed_addr(struct link_table *table, struct link_addr *ret_old)
{
	if (TAILQ_EMPTY(&table->unconfirmed_addrs))
		return false;
	drop_addr(table, TAILQ_FIRST(&table->unconfirmed_addrs), ret_old);
	return true;
}

void
link_table_begin_listing(struct link_table *table)
{
	TAILQ_CONCAT(&table->unconfirmed_links, &table->links, of_table);
	TAILQ_CONCAT(&table->unconfirmed_addrs, &table->addrs, of_table);
	table->listing++;
}

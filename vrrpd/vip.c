/* SPDX-License-Identifier: Apache-2.0 */
/* vip.c - the sets of virtual addresses and what is wanted of them. */
#include "vrrpd/vip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "vrrpd/vip_internal.h"

/* ---- links and addresses ------------------------------------------------------------
 */

static struct vip_dev *
find_dev(struct vip_table *table, const char *name)
{
	struct vip_dev *dev;

	TAILQ_FOREACH(dev, &table->devs, of_table)
	if (strcmp(dev->name, name) == 0)
		return dev;
	return NULL;
}

static struct vip_dev *
get_dev(struct vip_table *table, const char *name)
{
	struct vip_dev *dev = find_dev(table, name);
	const struct link *link;

	if (dev != NULL)
		return dev;
	dev = calloc(1, sizeof(*dev));
	if (dev == NULL)
		return NULL;
	(void)strncpy(dev->name, name, sizeof(dev->name) - 1);
	link = link_mon_by_name(table->mon, dev->name);
	dev->ifindex = link == NULL ? 0 : link->ifindex;
	TAILQ_INIT(&dev->items);
	/* In front: the next address is most likely for the same link. */
	TAILQ_INSERT_HEAD(&table->devs, dev, of_table);
	return dev;
}

static void
leave_dev(struct vip_item *item)
{
	struct vip_dev *dev = item->dev;

	TAILQ_REMOVE(&dev->items, item, of_dev);
	if (!TAILQ_EMPTY(&dev->items))
		return;
	TAILQ_REMOVE(&item->table->devs, dev, of_table);
	free(dev);
}

uint32_t
vip_hash(int ifindex, const struct addr *addr)
{
	return hash_bytes(hash_bytes(0, &ifindex, sizeof(ifindex)), addr->bytes,
	    addr_family_len(addr->family));
}

struct vip_item *
vip_item_new(struct vip_table *table, const char *ifname, const struct prefix *prefix)
{
	struct vip_dev *dev = get_dev(table, ifname);
	struct vip_item *item = calloc(1, sizeof(*item));

	if (dev == NULL || item == NULL)
		goto fail;
	item->table = table;
	item->dev = dev;
	item->prefix = *prefix;
	item->settled = true;
	item->kernel_lease_s = VIP_LEASE_UNKNOWN;
	if (hash_table_add(
		&table->items, &item->node, vip_hash(dev->ifindex, &prefix->addr)) < 0)
		goto fail;
	TAILQ_INSERT_TAIL(&dev->items, item, of_dev);
	return item;
fail:
	if (dev != NULL && TAILQ_EMPTY(&dev->items)) {
		TAILQ_REMOVE(&table->devs, dev, of_table);
		free(dev);
	}
	free(item);
	return NULL;
}

void
vip_item_forget_renewal(struct vip_item *item)
{
	free(item->renewal);
	item->renewal = NULL;
}

/* Out of sight: no set, not found by events. */
static void
detach(struct vip_item *item)
{
	if (item->set != NULL)
		vip_item_unqueue(item);
	item->set = NULL;
	hash_table_remove(&item->table->items, &item->node);
	leave_dev(item);
	item->dev = NULL;
	vip_item_forget_renewal(item);
}

void
vip_item_free(struct vip_item *item)
{
	if (item->dev != NULL)
		detach(item);
	else if (item->table != NULL)
		TAILQ_REMOVE(&item->table->waiting, item, of_due);
	free(item);
}

/* Frees it, or leaves that to the answer that is still to come. */
static void
drop_item(struct vip_item *item)
{
	if (item->step == VIP_STEP_NONE) {
		vip_item_free(item);
		return;
	}
	detach(item);
	TAILQ_INSERT_TAIL(&item->table->waiting, item, of_due);
}

void
vip_item_retire(struct vip_item *item)
{
	vip_item_unqueue(item);
	item->set = item->table->retired;
	item->vip = NULL;
	item->error = 0;
	(void)vip_item_check(item);
}

/* ---- tables -------------------------------------------------------------------------
 */

static struct vip_set *
make_set(struct vip_table *table, void *owner)
{
	struct vip_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	set->table = table;
	set->owner = owner;
	TAILQ_INIT(&set->due);
	return set;
}

int
vip_table_new(const struct link_mon *mon, struct nl_queue *queue,
    const struct vip_ops *ops, struct vip_table **ret)
{
	struct vip_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return -ENOMEM;
	table->mon = mon;
	table->queue = queue;
	table->ops = ops;
	TAILQ_INIT(&table->devs);
	TAILQ_INIT(&table->sets);
	TAILQ_INIT(&table->removing);
	TAILQ_INIT(&table->adding);
	TAILQ_INIT(&table->telling);
	TAILQ_INIT(&table->promised);
	TAILQ_INIT(&table->waiting);
	table->retired = make_set(table, NULL);
	if (table->retired == NULL) {
		free(table);
		return -ENOMEM;
	}
	*ret = table;
	return 0;
}

/* Lets go of every item that is left: all are of `retired`. */
static void
drop_all_items(struct vip_table *table)
{
	struct vip_dev *dev;
	struct vip_item *item;

	while ((dev = TAILQ_FIRST(&table->devs)) != NULL)
		drop_item(TAILQ_FIRST(&dev->items));
	while ((item = TAILQ_FIRST(&table->waiting)) != NULL) {
		TAILQ_REMOVE(&table->waiting, item, of_due);
		item->table = NULL;
	}
}

struct vip_table *
vip_table_free(struct vip_table *table)
{
	if (table == NULL)
		return NULL;
	table->stopped = true;
	while (!TAILQ_EMPTY(&table->sets))
		vip_set_free(TAILQ_FIRST(&table->sets));
	drop_all_items(table);
	free(table->retired);
	hash_table_done(&table->items);
	free(table);
	return NULL;
}

/* ---- sets ---------------------------------------------------------------------------
 */

static struct vip_item *
find_item(const struct vip_set *set, const char *ifname, const struct prefix *prefix)
{
	struct vip_dev *dev = find_dev(set->table, ifname);
	struct hash_node *node;

	if (dev == NULL)
		return NULL;
	node =
	    hash_table_first(&set->table->items, vip_hash(dev->ifindex, &prefix->addr));
	for (; node != NULL; node = hash_table_next(node)) {
		struct vip_item *item = hash_entry(node, struct vip_item, node);

		if (item->set == set && item->dev == dev &&
		    prefix_equal(&item->prefix, prefix))
			return item;
	}
	return NULL;
}

/* A list of items in the making, for a configuration. */
struct plan {
	struct vip_item **items;
	size_t count;
};

/* Takes in one address: the item that the set has for it, or a new one. */
static int
plan_vip(struct vip_set *set, const struct vrrp_instance_conf *conf,
    const struct vrrp_vip *vip, struct plan *plan)
{
	const char *ifname = vip->ifname[0] != '\0' ? vip->ifname : conf->ifname;
	struct vip_item *item = find_item(set, ifname, &vip->prefix);

	if (item != NULL && item->next_vip != NULL)
		return 0; /* listed twice */
	if (item == NULL)
		item = vip_item_new(set->table, ifname, &vip->prefix);
	if (item == NULL)
		return -ENOMEM;
	item->set = set;
	item->next_vip = vip;
	plan->items[plan->count++] = item;
	return 0;
}

/* New items are those without a `vip`. */
static void
discard_plan(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		plan->items[i]->next_vip = NULL;
		if (plan->items[i]->vip == NULL)
			vip_item_free(plan->items[i]);
	}
	free(plan->items);
}

static int
make_plan(struct vip_set *set, const struct vrrp_instance_conf *conf, struct plan *ret)
{
	size_t room = conf->vip_count + conf->excluded_count;
	struct plan plan = {.items = calloc(room + 1, sizeof(struct vip_item *))};
	int r = plan.items == NULL ? -ENOMEM : 0;

	for (size_t i = 0; r == 0 && i < conf->vip_count; i++)
		r = plan_vip(set, conf, &conf->vips[i], &plan);
	for (size_t i = 0; r == 0 && i < conf->excluded_count; i++)
		r = plan_vip(set, conf, &conf->excluded[i], &plan);
	if (r < 0)
		discard_plan(&plan);
	else
		*ret = plan;
	return r;
}

static void
adopt(struct vip_item *item)
{
	bool is_new = item->vip == NULL;

	if (!is_new && vip_must_rebuild(item->vip, item->next_vip)) {
		item->outdated = item->present && item->ours;
		item->step_outdated = true;
	}
	item->vip = item->next_vip;
	item->next_vip = NULL;
	vip_item_forget_renewal(item);
	if (is_new)
		vip_item_look(item);
}

static void
carry_out_plan(struct vip_set *set, const struct plan *plan)
{
	struct vip_item **old = set->items;
	size_t old_count = set->count;

	for (size_t i = 0; i < old_count; i++)
		if (old[i]->next_vip == NULL)
			vip_item_retire(old[i]);
	free(old);
	set->items = plan->items;
	set->count = plan->count;
	for (size_t i = 0; i < set->count; i++)
		adopt(set->items[i]);
}

int
vip_set_new(struct vip_table *table, void *owner, const struct vrrp_instance_conf *conf,
    struct vip_set **ret)
{
	struct vip_set *set = make_set(table, owner);
	struct plan plan;

	if (set == NULL)
		return -ENOMEM;
	if (make_plan(set, conf, &plan) < 0) {
		free(set);
		return -ENOMEM;
	}
	carry_out_plan(set, &plan);
	TAILQ_INSERT_TAIL(&table->sets, set, of_table);
	*ret = set;
	return 0;
}

int
vip_set_change(struct vip_set *set, const struct vrrp_instance_conf *conf)
{
	struct plan plan;

	if (make_plan(set, conf, &plan) < 0)
		return -ENOMEM;
	carry_out_plan(set, &plan);
	for (size_t i = 0; set->wanted && i < set->count; i++)
		(void)vip_item_check(set->items[i]);
	vip_table_finish(set->table);
	return 0;
}

struct vip_set *
vip_set_free(struct vip_set *set)
{
	struct vip_table *table;

	if (set == NULL)
		return NULL;
	table = set->table;
	for (size_t i = 0; i < set->count; i++) {
		struct vip_item *item = set->items[i];

		/* A removal that has begun goes on without the set. */
		if (!set->wanted && !item->settled && !table->stopped)
			vip_item_retire(item);
		else
			drop_item(item);
	}
	if (set->telling)
		TAILQ_REMOVE(&table->telling, set, of_telling);
	if (set->promised)
		TAILQ_REMOVE(&table->promised, set, of_promised);
	TAILQ_REMOVE(&table->sets, set, of_table);
	free(set->items);
	free(set);
	return NULL;
}

/* ---- wishes -------------------------------------------------------------------------
 */

void
vip_set_want(struct vip_set *set, bool wanted, unsigned lease_s)
{
	bool changed = wanted != set->wanted;

	set->wanted = wanted;
	set->lease_s = lease_s;
	vip_set_take_turn(set);
	for (size_t i = 0; i < set->count; i++) {
		struct vip_item *item = set->items[i];

		item->error = 0;
		item->reported = 0;
		item->lost = item->lost && !changed;
		if (wanted && item->dev->ifindex == 0)
			vip_item_fail(item, -ENODEV);
		(void)vip_item_check(item);
	}
	if (changed)
		vip_set_owe(set);
	vip_table_finish(set->table);
}

void
vip_set_renew(struct vip_set *set)
{
	if (!set->wanted)
		return;
	for (size_t i = 0; i < set->count; i++) {
		struct vip_item *item = set->items[i];

		if (item->error != 0) {
			item->error = 0;
			(void)vip_item_check(item);
		} else if (set->lease_s > 0) {
			vip_item_renew(item);
		}
	}
	vip_table_finish(set->table);
}

/* ---- questions ----------------------------------------------------------------------
 */

bool
vip_set_is_settled(const struct vip_set *set)
{
	return set->unsettled == 0;
}

bool
vip_set_wanted(const struct vip_set *set)
{
	return set->wanted;
}

bool
vip_set_is_busy(const struct vip_set *set)
{
	if (!TAILQ_EMPTY(&set->due))
		return true;
	for (size_t i = 0; i < set->count; i++)
		if (set->items[i]->step != VIP_STEP_NONE && set->items[i]->windowed)
			return true;
	return false;
}

void
vip_set_promise(struct vip_set *set)
{
	if (set->promised)
		return;
	set->promised = true;
	TAILQ_INSERT_TAIL(&set->table->promised, set, of_promised);
}

void
vip_set_count(const struct vip_set *set, size_t *ret_want, size_t *ret_set)
{
	size_t present = 0;

	for (size_t i = 0; i < set->count; i++)
		present += set->items[i]->present;
	*ret_want = set->count;
	*ret_set = present;
}

void
vip_set_each(const struct vip_set *set,
    void (*fn)(void *userdata, const struct vrrp_vip *vip, int ifindex), void *userdata)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct vip_item *item = set->items[i];

		if (item->present)
			fn(userdata, item->vip, item->dev->ifindex);
	}
}

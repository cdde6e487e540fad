/* SPDX-License-Identifier: Apache-2.0 */
/* vip_work.c - from what is to be done about virtual addresses to requests and answers.
 */
#include "vrrpd/vip_internal.h"

#include <errno.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include "common/nl_request.h"
#include "vrrpd/vip_msg.h"

enum {
	/* Requests of ours in the queue at a time: enough for a batch, few enough for a
	 * newcomer not to wait. */
	WINDOW = 64,
	RETRIES = 3, /* of a request whose answer was lost */
};

static bool
is_wanted_elsewhere(const struct vip_item *item)
{
	struct hash_node *node;

	node = hash_table_first(&item->table->items, item->node.hash);
	for (; node != NULL; node = hash_table_next(node)) {
		const struct vip_item *other = hash_entry(node, struct vip_item, node);

		if (other != item && other->set != NULL && other->set->wanted &&
		    other->dev == item->dev &&
		    prefix_equal(&other->prefix, &item->prefix))
			return true;
	}
	return false;
}

static struct vip_facts
facts_of(const struct vip_item *item)
{
	bool wanted = item->set->wanted;

	return (struct vip_facts){
	    .wanted = wanted,
	    .wanted_elsewhere = !wanted && item->present && is_wanted_elsewhere(item),
	    .reachable = item->dev->ifindex != 0,
	    .present = item->present,
	    .ours = item->ours,
	    .outdated = item->outdated,
	    .untold = item->untold,
	    .lease_s = item->set->lease_s,
	    .kernel_lease_s = item->kernel_lease_s,
	};
}

/* ---- turns --------------------------------------------------------------------------
 */

void
vip_set_take_turn(struct vip_set *set)
{
	struct vip_set_list *turn =
	    set->wanted ? &set->table->adding : &set->table->removing;

	if (TAILQ_EMPTY(&set->due))
		turn = NULL;
	if (set->turn == turn)
		return;
	if (set->turn != NULL)
		TAILQ_REMOVE(set->turn, set, of_turn);
	if (turn != NULL)
		TAILQ_INSERT_TAIL(turn, set, of_turn);
	set->turn = turn;
}

static void
queue_item(struct vip_item *item, bool due)
{
	if (item->queued == due)
		return;
	item->queued = due;
	if (due)
		TAILQ_INSERT_TAIL(&item->set->due, item, of_due);
	else
		TAILQ_REMOVE(&item->set->due, item, of_due);
	vip_set_take_turn(item->set);
}

void
vip_set_owe(struct vip_set *set)
{
	if (set->unsettled > 0 || set->telling)
		return;
	set->telling = true;
	TAILQ_INSERT_TAIL(&set->table->telling, set, of_telling);
}

static void
count_item(struct vip_item *item, bool settled)
{
	struct vip_set *set = item->set;

	if (item->settled == settled)
		return;
	item->settled = settled;
	if (!settled) {
		set->unsettled++;
		return;
	}
	set->unsettled--;
	vip_set_owe(set);
}

void
vip_item_unqueue(struct vip_item *item)
{
	queue_item(item, false);
	count_item(item, true);
}

bool
vip_item_check(struct vip_item *item)
{
	struct vip_facts facts = facts_of(item);
	enum vip_step next = item->error != 0 ? VIP_STEP_NONE : vip_plan(&facts);
	/* A renewal does not make anything less settled, other requests do. */
	bool at_rest = item->step == VIP_STEP_NONE ||
		       (item->step == VIP_STEP_EXTEND && facts.wanted);

	queue_item(item, next != VIP_STEP_NONE && item->step == VIP_STEP_NONE);
	count_item(item, at_rest && item->error == 0 && vip_is_settled(&facts));
	if (item->set == item->table->retired && !item->queued &&
	    item->step == VIP_STEP_NONE) {
		vip_item_free(item);
		return false;
	}
	return true;
}

void
vip_item_fail(struct vip_item *item, int error)
{
	struct vip_set *set = item->set;

	item->error = error;
	if (error == item->reported || set == item->table->retired)
		return;
	item->reported = error;
	item->table->ops->failed(set->owner, set, &item->prefix, error);
}

/* ---- answers ------------------------------------------------------------------------
 */

static const struct link_addr *
find_known(const struct vip_item *item)
{
	return link_mon_find_addr(item->table->mon, item->dev->ifindex, &item->prefix);
}

void
vip_item_tell_installed(struct vip_item *item)
{
	struct vip_set *set = item->set;
	const struct vip_ops *ops = item->table->ops;
	bool lost = item->lost;

	if (!item->untold)
		return;
	item->untold = false;
	item->lost = false;
	if (!set->wanted)
		return;
	if (lost)
		ops->repaired(set->owner, set, &item->prefix);
	ops->installed(set->owner, set, item->vip, item->dev->ifindex);
}

/* Linux answers for an IPv6 address before it has the route that makes it usable, which
 * it adds in the background right after the event: announced earlier, the address would
 * draw packets that nobody takes. */
static void
apply_new(struct vip_item *item)
{
	item->outdated = item->step_outdated;
	item->untold = true;
	item->unseen = find_known(item) == NULL;
	if (!item->unseen || item->prefix.addr.family == AF_INET)
		vip_item_tell_installed(item);
}

static void
apply_there(struct vip_item *item, bool is_new)
{
	item->present = true;
	item->ours = true;
	item->kernel_lease_s = item->step_lease_s;
	if (is_new)
		apply_new(item);
}

/* It was there already. Whose it is, the monitor knows, or will hear in a moment. */
static void
apply_present(struct vip_item *item)
{
	const struct link_addr *known = find_known(item);

	item->present = true;
	item->kernel_lease_s = VIP_LEASE_UNKNOWN;
	if (known != NULL)
		vip_item_note_seen(item, known);
}

static void
apply_gone(struct vip_item *item)
{
	item->present = false;
	item->unseen = false;
	item->untold = false;
	item->ours = false;
	item->outdated = false;
	item->kernel_lease_s = VIP_LEASE_UNKNOWN;
}

/* Perhaps we put it in: then it is found there, and is ours. */
static void
apply_unknown(struct vip_item *item, enum vip_step step, int error)
{
	if (step != VIP_STEP_REMOVE && !item->present)
		item->untold = true;
	if (++item->retries > RETRIES)
		vip_item_fail(item, error);
}

static void
apply(struct vip_item *item, enum vip_step step, int error)
{
	enum vip_outcome outcome = vip_judge(step, error);

	if (outcome != VIP_OUTCOME_UNKNOWN)
		item->retries = 0;
	if (outcome != VIP_OUTCOME_UNKNOWN && outcome != VIP_OUTCOME_FAILED)
		item->reported = 0;
	switch (outcome) {
	case VIP_OUTCOME_INSTALLED:
		apply_there(item, true);
		break;
	case VIP_OUTCOME_EXTENDED:
		/* When its time had run out, the request brought it back. */
		apply_there(item, !item->present);
		break;
	case VIP_OUTCOME_PRESENT:
		apply_present(item);
		break;
	case VIP_OUTCOME_GONE:
		apply_gone(item);
		break;
	case VIP_OUTCOME_UNKNOWN:
		apply_unknown(item, step, error);
		break;
	case VIP_OUTCOME_FAILED:
		vip_item_fail(item, error);
		break;
	}
}

static void
finish_step(struct vip_item *item)
{
	item->step = VIP_STEP_NONE;
	item->answered = ++item->table->answers;
	if (item->windowed)
		item->table->under_way--;
	item->windowed = false;
}

static void
on_answer(void *userdata, int error)
{
	struct vip_item *item = userdata;
	struct vip_table *table = item->table;
	struct vip_set *set = item->set;
	enum vip_step step = item->step;

	if (table != NULL)
		finish_step(item);
	if (set == NULL) {
		vip_item_free(item);
		if (table != NULL)
			vip_table_finish(table);
		return;
	}
	if (error == -ECANCELED) {
		table->stopped = true;
		return;
	}
	/* An answer about a link that is not there any more says nothing. */
	if (item->step_ifindex == item->dev->ifindex)
		apply(item, step, error);
	(void)vip_item_check(item);
	vip_table_finish(table);
}

/* ---- requests -----------------------------------------------------------------------
 */

static void
begin_step(struct vip_item *item, enum vip_step step, bool windowed)
{
	item->step = step;
	item->step_ifindex = item->dev->ifindex;
	item->step_lease_s = item->set->lease_s;
	item->step_outdated = false;
	item->windowed = windowed;
	if (windowed)
		item->table->under_way++;
}

static struct nl_msg *
make_message(const struct vip_item *item, enum vip_step step)
{
	int ifindex = item->dev->ifindex;

	if (step == VIP_STEP_REMOVE)
		return vip_msg_remove(&item->prefix, ifindex);
	if (step == VIP_STEP_ADD)
		return vip_msg_add(item->vip, ifindex, item->set->lease_s);
	return vip_msg_extend(item->vip, ifindex, item->set->lease_s);
}

/* The bytes alone: what they were made in takes three times their room, and one of them
 * is kept for each address. */
static struct nlmsghdr *
message_of(const struct vip_item *item, enum vip_step step)
{
	struct nl_msg *msg = make_message(item, step);
	const struct nlmsghdr *made = msg != NULL ? nlmsg_hdr(msg) : NULL;
	struct nlmsghdr *copy = made != NULL ? malloc(made->nlmsg_len) : NULL;

	if (copy != NULL)
		memcpy(copy, made, made->nlmsg_len);
	nlmsg_free(msg);
	return copy;
}

static int
send_message(struct vip_item *item, const struct nlmsghdr *msg, enum vip_step step,
    bool windowed)
{
	int r;

	if (msg == NULL)
		return -ENOMEM;
	if (step == VIP_STEP_ADD)
		r = nl_queue_add(item->table->queue, msg, on_answer, item);
	else
		r = nl_queue_add_urgent(item->table->queue, msg, on_answer, item);
	if (r == 0)
		begin_step(item, step, windowed);
	return r;
}

static void
take_next_step(struct vip_item *item)
{
	struct vip_facts facts = facts_of(item);
	enum vip_step step = vip_plan(&facts);
	int r = 0;

	if (step != VIP_STEP_NONE) {
		struct nlmsghdr *msg = message_of(item, step);

		r = send_message(item, msg, step, true);
		free(msg);
	}
	if (r < 0)
		vip_item_fail(item, r);
	(void)vip_item_check(item);
}

void
vip_item_renew(struct vip_item *item)
{
	unsigned lease_s = item->set->lease_s;

	if (!item->present || !item->ours || item->outdated || item->untold ||
	    item->error != 0 || item->step != VIP_STEP_NONE || item->dev->ifindex == 0)
		return;
	if (item->renewal == NULL || item->renewal_lease_s != lease_s) {
		vip_item_forget_renewal(item);
		item->renewal = message_of(item, VIP_STEP_EXTEND);
		item->renewal_lease_s = lease_s;
	}
	if (send_message(item, item->renewal, VIP_STEP_EXTEND, false) == 0)
		(void)vip_item_check(item);
}

static struct vip_set *
next_set(const struct vip_table *table)
{
	struct vip_set *set = TAILQ_FIRST(&table->removing);

	return set != NULL ? set : TAILQ_FIRST(&table->adding);
}

static void
feed(struct vip_table *table)
{
	struct vip_set *set;

	while (!table->stopped && table->under_way < WINDOW &&
	       (set = next_set(table)) != NULL) {
		struct vip_set_list *turn = set->turn;
		struct vip_item *item = TAILQ_FIRST(&set->due);

		TAILQ_REMOVE(turn, set, of_turn);
		TAILQ_INSERT_TAIL(turn, set, of_turn);
		take_next_step(item);
	}
}

bool
vip_table_is_busy(const struct vip_table *table)
{
	return table->under_way > 0 || next_set(table) != NULL;
}

/* A settled set is told by that, also when nothing of it has changed. */
static void
keep_promises(struct vip_table *table)
{
	struct vip_set *set, *next;

	for (set = TAILQ_FIRST(&table->promised); set != NULL; set = next) {
		next = TAILQ_NEXT(set, of_promised);
		if (vip_set_is_busy(set))
			continue;
		TAILQ_REMOVE(&table->promised, set, of_promised);
		set->promised = false;
		if (set->unsettled > 0)
			table->ops->incomplete(set->owner, set);
		else
			vip_set_owe(set);
	}
}

void
vip_table_finish(struct vip_table *table)
{
	struct vip_set *set;

	feed(table);
	keep_promises(table);
	while ((set = TAILQ_FIRST(&table->telling)) != NULL) {
		TAILQ_REMOVE(&table->telling, set, of_telling);
		set->telling = false;
		if (set->unsettled == 0 && set != table->retired)
			table->ops->settled(set->owner, set);
	}
}

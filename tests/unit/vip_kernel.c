/* SPDX-License-Identifier: Apache-2.0 */
/* vip_kernel.c - a kernel of addresses whose answers and events come in any order the
 * test likes. */
#include "tests/unit/vip_kernel.h"

#include <errno.h>
#include <limits.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include "common/nl_request.h"
#include "tests/unit/unit.h"
#include "vrrpd/link_mon.h"
#include "vrrpd/link_msg.h"

enum { ADDRS_MAX = 16 };

struct address {
	struct prefix prefix; /* family 0: free */
	uint8_t protocol;
	bool made_by_us; /* by a request, not by vip_kernel_add() */
	bool pending;    /* new, and the worker has not seen it */
	bool changed;    /* since it was made */
	bool leased;
	bool announced;
};

struct event {
	STAILQ_ENTRY(event) link;
	bool removed;
	struct link_addr addr;
};

struct request {
	STAILQ_ENTRY(request) link;
	nl_done_fn done;
	void *userdata;
	int error; /* of the answer */
	struct nl_msg *message;
};

STAILQ_HEAD(event_list, event);
STAILQ_HEAD(request_list, request);

struct vip_kernel kernel;
static struct address addresses[ADDRS_MAX];
static struct link_table *picture;
static struct event_list events;
static struct request_list urgent, normal;

/* ---- addresses -------------------------------------------------------------- */

static struct prefix
prefix_of(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix;
}

static bool
is_there(const struct address *address)
{
	return address->prefix.addr.family != AF_UNSPEC;
}

/* IPv6 has an address once on a link, IPv4 once for each length. */
static struct address *
find(const struct prefix *prefix)
{
	for (size_t i = 0; i < ADDRS_MAX; i++) {
		struct address *address = &addresses[i];

		if (is_there(address) &&
		    addr_equal(&address->prefix.addr, &prefix->addr) &&
		    (address->prefix.len == prefix->len ||
			prefix->addr.family == AF_INET6))
			return address;
	}
	return NULL;
}

static void
tell(const struct address *address, bool removed)
{
	struct event *event = calloc(1, sizeof(*event));

	assert_non_null(event);
	event->removed = removed;
	event->addr = (struct link_addr){
	    .ifindex = VIP_KERNEL_IFINDEX,
	    .prefix = address->prefix,
	    .protocol = address->protocol,
	};
	STAILQ_INSERT_TAIL(&events, event, link);
}

static void
make(const struct link_addr *addr, bool leased, bool by_us)
{
	struct address *address = addresses;

	while (is_there(address))
		address++;
	assert_true(address < addresses + ADDRS_MAX);
	*address = (struct address){
	    .prefix = addr->prefix,
	    .protocol = addr->protocol,
	    .made_by_us = by_us,
	    .leased = leased,
	    .pending = addr->prefix.addr.family == AF_INET6,
	};
	if (!address->pending)
		tell(address, false);
}

static void
destroy(struct address *address)
{
	tell(address, true);
	*address = (struct address){0};
}

static void
lose(struct address *address)
{
	kernel.losses += address->made_by_us;
	destroy(address);
}

bool
vip_kernel_add(const char *text)
{
	struct link_addr addr = {.prefix = prefix_of(text)};

	if (find(&addr.prefix) != NULL)
		return false;
	make(&addr, false, false);
	return true;
}

bool
vip_kernel_remove(const char *text)
{
	struct prefix prefix = prefix_of(text);
	struct address *address = find(&prefix);

	if (address == NULL)
		return false;
	lose(address);
	return true;
}

void
vip_kernel_expire(void)
{
	for (size_t i = 0; i < ADDRS_MAX; i++)
		if (is_there(&addresses[i]) && addresses[i].leased)
			lose(&addresses[i]);
}

void
vip_kernel_work(void)
{
	for (size_t i = 0; i < ADDRS_MAX; i++) {
		struct address *address = &addresses[i];

		if (!is_there(address) || !address->pending)
			continue;
		address->pending = false;
		if (!address->changed || address->protocol != VIP_ADDRESS_PROTOCOL)
			tell(address, false);
	}
}

bool
vip_kernel_has(const char *text)
{
	struct prefix prefix = prefix_of(text);

	return find(&prefix) != NULL;
}

size_t
vip_kernel_ours(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ADDRS_MAX; i++)
		count += is_there(&addresses[i]) && addresses[i].made_by_us;
	return count;
}

size_t
vip_kernel_unannounced(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ADDRS_MAX; i++)
		count += is_there(&addresses[i]) && addresses[i].made_by_us &&
			 !addresses[i].announced;
	return count;
}

/* ---- in the place of nl_request.c -------------------------------------------- */

static int
add_request(struct request_list *list, const struct nlmsghdr *message, nl_done_fn done,
    void *userdata)
{
	struct request *request = calloc(1, sizeof(*request));

	assert_non_null(request);
	request->done = done;
	request->userdata = userdata;
	request->message = nlmsg_convert((struct nlmsghdr *)(uintptr_t)message);
	assert_non_null(request->message);
	STAILQ_INSERT_TAIL(list, request, link);
	return 0;
}

int
nl_queue_add(struct nl_queue *queue, const struct nlmsghdr *message, nl_done_fn done,
    void *userdata)
{
	(void)queue;
	return add_request(&normal, message, done, userdata);
}

int
nl_queue_add_urgent(struct nl_queue *queue, const struct nlmsghdr *message,
    nl_done_fn done, void *userdata)
{
	(void)queue;
	return add_request(&urgent, message, done, userdata);
}

static bool
has_lifetime(struct nlmsghdr *message)
{
	const struct nlattr *attr =
	    nlmsg_find_attr(message, sizeof(struct ifaddrmsg), IFA_CACHEINFO);
	const struct ifa_cacheinfo *lifetime = attr == NULL ? NULL : nla_data(attr);

	return lifetime != NULL && lifetime->ifa_valid != UINT32_MAX;
}

static int
carry_out(struct nlmsghdr *message)
{
	struct address *address;
	struct link_addr addr;

	assert_true(link_msg_parse_addr(message, &addr));
	address = find(&addr.prefix);
	if (message->nlmsg_type == RTM_DELADDR) {
		if (address == NULL || !prefix_equal(&address->prefix, &addr.prefix))
			return -EADDRNOTAVAIL;
		destroy(address);
	} else if (address == NULL) {
		make(&addr, has_lifetime(message), true);
	} else if (message->nlmsg_flags & NLM_F_EXCL) {
		return -EEXIST;
	} else {
		address->changed = true; /* and the filter keeps that off the monitor */
		address->leased = has_lifetime(message);
	}
	return 0;
}

/* All of a batch is carried out before the first answer is read. */
static unsigned
send_batch(unsigned count, bool lost)
{
	struct request_list sent = STAILQ_HEAD_INITIALIZER(sent);
	struct request *request;
	unsigned done = 0;

	while (done < count) {
		struct request_list *list = STAILQ_EMPTY(&urgent) ? &normal : &urgent;

		request = STAILQ_FIRST(list);
		if (request == NULL)
			break;
		STAILQ_REMOVE_HEAD(list, link);
		request->error = carry_out(nlmsg_hdr(request->message));
		if (lost) {
			/* Whether we or others removed it, nobody can tell then. */
			kernel.losses += request->error == 0;
			request->error = -ENOBUFS;
		}
		STAILQ_INSERT_TAIL(&sent, request, link);
		done++;
	}
	while ((request = STAILQ_FIRST(&sent)) != NULL) {
		STAILQ_REMOVE_HEAD(&sent, link);
		request->done(request->userdata, request->error);
		nlmsg_free(request->message);
		free(request);
	}
	return done;
}

unsigned
vip_kernel_slice(unsigned count, bool lost)
{
	while (vip_kernel_deliver())
		;
	return send_batch(count, lost);
}

bool
vip_kernel_slice_after_removal(const char *text)
{
	while (vip_kernel_deliver())
		;
	return vip_kernel_remove(text) && send_batch(UINT_MAX, false) > 0;
}

/* ---- in the place of link_mon.c ---------------------------------------------- */

const struct link *
link_mon_by_name(const struct link_mon *mon, const char *name)
{
	(void)mon;
	return link_table_by_name(picture, name);
}

const struct link *
link_mon_by_index(const struct link_mon *mon, int ifindex)
{
	(void)mon;
	return link_table_by_index(picture, ifindex);
}

const struct link_addr *
link_mon_find_addr(const struct link_mon *mon, int ifindex, const struct prefix *prefix)
{
	(void)mon;
	return link_table_find_addr(picture, ifindex, prefix);
}

void
link_mon_each_own(const struct link_mon *mon,
    void (*fn)(void *userdata, const struct link_addr *addr), void *userdata)
{
	(void)mon;
	link_table_each_own(picture, fn, userdata);
}

static void
take_in(const struct event *event)
{
	struct link_addr old;

	if (!event->removed) {
		if (link_table_put_addr(picture, &event->addr) > 0)
			vip_table_addr_changed(kernel.table, &event->addr);
		return;
	}
	(void)link_table_remove_addr(
	    picture, VIP_KERNEL_IFINDEX, &event->addr.prefix, &old);
	vip_table_addr_removed(kernel.table, &event->addr);
}

bool
vip_kernel_deliver(void)
{
	struct event *event = STAILQ_FIRST(&events);

	if (event == NULL)
		return false;
	STAILQ_REMOVE_HEAD(&events, link);
	take_in(event);
	free(event);
	return true;
}

void
vip_kernel_overrun(void)
{
	struct event *event;
	struct link_addr addr;

	while ((event = STAILQ_FIRST(&events)) != NULL) {
		STAILQ_REMOVE_HEAD(&events, link);
		free(event);
	}
	link_table_begin_listing(picture);
	for (size_t i = 0; i < ADDRS_MAX; i++)
		if (is_there(&addresses[i]) && !addresses[i].pending)
			tell(&addresses[i], false);
	while (vip_kernel_deliver())
		;
	while (link_table_pop_unconfirmed_addr(picture, &addr))
		vip_table_addr_removed(kernel.table, &addr);
	vip_table_check_all(kernel.table);
}

void
vip_kernel_calm(void)
{
	do
		vip_kernel_work();
	while (vip_kernel_slice(ADDRS_MAX, false) > 0 || vip_kernel_deliver());
}

/* ---- what is told ------------------------------------------------------------ */

static void
on_settled(void *owner, struct vip_set *set)
{
	(void)owner;
	(void)set;
	kernel.settled++;
}

static void
on_incomplete(void *owner, struct vip_set *set)
{
	(void)owner;
	(void)set;
	kernel.incomplete++;
}

static void
on_failed(void *owner, struct vip_set *set, const struct prefix *prefix, int error)
{
	(void)owner;
	(void)set;
	(void)prefix;
	(void)error;
	kernel.failed++;
}

static void
on_repaired(void *owner, struct vip_set *set, const struct prefix *prefix)
{
	(void)owner;
	(void)set;
	(void)prefix;
	kernel.repaired++;
}

static void
announce(void *userdata, const struct vrrp_vip *vip, int ifindex)
{
	struct address *address = find(&vip->prefix);

	(void)userdata;
	assert_int_equal(ifindex, VIP_KERNEL_IFINDEX);
	if (address != NULL)
		address->announced = true;
}

static void
on_installed(void *owner, struct vip_set *set, const struct vrrp_vip *vip, int ifindex)
{
	const struct address *address = find(&vip->prefix);

	(void)owner;
	(void)set;
	kernel.installed++;
	kernel.early += address != NULL && address->pending;
	announce(NULL, vip, ifindex);
}

void
vip_kernel_announce_present(const struct vip_set *set)
{
	vip_set_each(set, announce, NULL);
}

static const struct vip_ops ops = {
    .settled = on_settled,
    .incomplete = on_incomplete,
    .failed = on_failed,
    .repaired = on_repaired,
    .installed = on_installed,
};

/* ---- the fixture -------------------------------------------------------------- */

int
vip_kernel_set_up(void **state)
{
	const struct link link = {.ifindex = VIP_KERNEL_IFINDEX, .name = "va"};
	struct link old;

	(void)state;
	kernel = (struct vip_kernel){0};
	memset(addresses, 0, sizeof(addresses));
	STAILQ_INIT(&events);
	STAILQ_INIT(&urgent);
	STAILQ_INIT(&normal);
	picture = link_table_new();
	assert_non_null(picture);
	assert_int_equal(link_table_put_link(picture, &link, &old), LINK_CHANGE_NEW);
	assert_int_equal(vip_table_new(NULL, NULL, &ops, &kernel.table), 0);
	return 0;
}

int
vip_kernel_tear_down(void **state)
{
	(void)state;
	vip_kernel_calm();
	kernel.table = vip_table_free(kernel.table);
	picture = link_table_free(picture);
	return 0;
}

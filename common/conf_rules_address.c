/* SPDX-License-Identifier: Apache-2.0 */
/* conf_rules_address.c - the rules for the addresses of a virtual router. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/conf_address.h"
#include "common/conf_rules_vrrp.h"

/* The count has 8 bits (RFC 9568 5.2.5). */
#define ADDRESSES_MAX 255
/* What fits into 1500 bytes behind an IPv6 header of 40 and a VRRP header of 8: an
 * advertisement must not need fragments. IPv4 reaches the limit of the count first. */
#define ADDRESSES6_MAX ((1500 - 40 - 8) / 16)

#define report(severity, node, arg, ...) \
	conf_tree_report(rules->tree, rules->diags, severity, node, arg, __VA_ARGS__)

/* What makes an address the same one: its bytes and where it is put. */
struct address_key {
	const struct conf_node *router; /* NULL: over all virtual routers */
	struct addr addr;
	char ifname[IFNAMSIZ];
};

/* The addresses of one router, as they are gone through. */
struct list_check {
	struct conf_rules_vrrp *rules;
	const struct conf_vrrp *vrrp;
	size_t count; /* of virtual_ipaddress */
	bool any_bad;
};

/* In what an address must be the only one. */
enum address_realm {
	REALM_ROUTER_LINK, /* this router on one interface */
	REALM_ROUTER,      /* this router */
	REALM_ALL,         /* all routers; a link-local address: on one interface */
};

static const struct conf_node *
add_key(struct list_check *check, const struct conf_address *address,
    const struct conf_node *entry, enum address_realm realm)
{
	struct address_key key;
	memset(&key, 0, sizeof(key)); /* padding is part of the key */
	key.addr = address->prefix.addr;
	if (realm != REALM_ALL)
		key.router = check->vrrp->block;
	const char *ifname = address->dev[0] ? address->dev : check->vrrp->ifname;
	bool on_link = realm == REALM_ROUTER_LINK ||
		       (realm == REALM_ALL && addr_is_link_local(&key.addr));
	if (ifname && on_link)
		(void)snprintf(key.ifname, sizeof(key.ifname), "%s", ifname);
	return conf_seen_add(&check->rules->addresses, &key, sizeof(key), entry);
}

/* Whether the address stood before in this router: then it is to be left out. */
static bool
is_repeated(struct list_check *check, const struct conf_address *address,
    const struct conf_node *entry)
{
	struct conf_rules_vrrp *rules = check->rules;
	const struct conf_node *earlier =
	    add_key(check, address, entry, REALM_ROUTER_LINK);
	if (earlier) {
		report(CONF_WARNING, entry, 0,
		    "%s stands at %s:%u already: this one is ignored",
		    conf_node_word(entry, 0),
		    conf_tree_file(rules->tree, earlier->file), earlier->line);
		return true;
	}
	if (add_key(check, address, entry, REALM_ROUTER))
		return false;
	earlier = add_key(check, address, entry, REALM_ALL);
	if (earlier)
		report(CONF_WARNING, entry, 0,
		    "%s is an address of another virtual router too (%s:%u)",
		    conf_node_word(entry, 0),
		    conf_tree_file(rules->tree, earlier->file), earlier->line);
	return false;
}

/* What no host can have cannot be a virtual address either. */
static void
check_usable(struct list_check *check, const struct conf_address *address,
    const struct conf_node *entry)
{
	struct conf_rules_vrrp *rules = check->rules;
	const struct addr *addr = &address->prefix.addr;
	if (addr_is_any(addr) || addr_is_multicast(addr) || addr_is_broadcast(addr))
		report(CONF_ERROR, entry, 0, "%s cannot be the address of a host",
		    conf_node_word(entry, 0));
}

/* RFC 9568 5.2.9: one family, and for IPv6 the link-local address first. */
static void
check_advertised(struct list_check *check, const struct conf_address *address,
    const struct conf_node *entry)
{
	struct conf_rules_vrrp *rules = check->rules;
	sa_family_t family = address->prefix.addr.family;
	if (family != check->vrrp->family) {
		report(CONF_ERROR, entry, 0,
		    "%s is not of the family of the first address: put it into "
		    "virtual_ipaddress_excluded, or into an instance of its own",
		    conf_node_word(entry, 0));
		return;
	}
	if (check->count++ == 0 && family == AF_INET6 &&
	    !addr_is_link_local(&address->prefix.addr))
		report(CONF_ERROR, entry, 0,
		    "the first address of an IPv6 virtual router must be link-local "
		    "(fe80::/10); put one before %s",
		    conf_node_word(entry, 0));
}

static void
check_entries(struct list_check *check, struct conf_node *list, bool advertised)
{
	struct conf_node *last = NULL;
	for (struct conf_node *entry = list->child; entry; entry = entry->next) {
		struct conf_address address;
		if (entry->bad) {
			check->any_bad = true;
			last = entry;
			continue;
		}
		conf_address_read(entry, &address);
		if (is_repeated(check, &address, entry)) {
			if (last)
				last->next = entry->next;
			continue;
		}
		if (!last)
			list->child = entry;
		last = entry;
		check_usable(check, &address, entry);
		if (advertised)
			check_advertised(check, &address, entry);
	}
	if (!last)
		list->child = NULL;
}

/* How many addresses an advertisement carries. */
static void
check_count(struct list_check *check)
{
	struct conf_rules_vrrp *rules = check->rules;
	const struct conf_vrrp *vrrp = check->vrrp;
	const struct conf_node *list = vrrp->given.at[CONF_KEY_VIRTUAL_IPADDRESS];
	bool ipv6 = vrrp->family == AF_INET6;
	size_t limit = ipv6 ? ADDRESSES6_MAX : ADDRESSES_MAX;
	if (check->count == 0 && !check->any_bad)
		report(CONF_ERROR, list ? list : vrrp->block, -1,
		    "vrrp_instance '%s' has no address in virtual_ipaddress: an "
		    "advertisement carries at least one",
		    vrrp->name);
	if (check->count > limit)
		report(CONF_ERROR, list, -1,
		    "%zu addresses are too many: an advertisement carries at most %zu%s; "
		    "put the others into virtual_ipaddress_excluded",
		    check->count, limit, ipv6 ? " of IPv6 within 1500 bytes" : "");
}

int
conf_rules_check_addresses(struct conf_rules_vrrp *rules, const struct conf_vrrp *vrrp)
{
	struct list_check check = {.rules = rules, .vrrp = vrrp};
	for (struct conf_node *list = vrrp->block->child; list; list = list->next) {
		enum conf_key key = list->row->key;
		if (key == CONF_KEY_VIRTUAL_IPADDRESS ||
		    key == CONF_KEY_VIRTUAL_IPADDRESS_EXCLUDED)
			check_entries(&check, list, key == CONF_KEY_VIRTUAL_IPADDRESS);
	}
	check_count(&check);
	return rules->addresses.failed ? -ENOMEM : 0;
}

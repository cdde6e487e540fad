/* SPDX-License-Identifier: Apache-2.0 */
/* link_msg.c - rtnetlink messages about links and addresses: asked for, taken apart. */
#include "vrrpd/link_msg.h"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

int
link_msg_ifindex(const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = nlmsg_data(message);

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*info)) ||
	    info->ifi_family != AF_UNSPEC)
		return 0;
	return info->ifi_index;
}

static bool
is_operational(unsigned flags)
{
	return (flags & IFF_UP) && (flags & IFF_LOWER_UP) && (flags & IFF_RUNNING) &&
	       !(flags & IFF_DORMANT);
}

static void
set_mac(struct link *link, unsigned short type, const struct nlattr *attr)
{
	link->has_mac = type == ARPHRD_ETHER && nla_len(attr) == (int)sizeof(link->mac);
	if (link->has_mac)
		memcpy(link->mac, nla_data(attr), sizeof(link->mac));
	else
		memset(link->mac, 0, sizeof(link->mac));
}

bool
link_msg_parse_link(
    struct nlmsghdr *message, const struct link *before, struct link *ret)
{
	struct nlattr *attrs[IFLA_MAX + 1];
	const struct ifinfomsg *info = nlmsg_data(message);
	struct link link = {0};

	if (nlmsg_parse(message, sizeof(*info), attrs, IFLA_MAX, NULL) < 0)
		return false;
	if (before != NULL)
		link = *before;
	link.ifindex = info->ifi_index;
	link.flags = info->ifi_flags;
	link.up = is_operational(info->ifi_flags);
	link.multicast = (info->ifi_flags & IFF_MULTICAST) != 0;
	link.loopback = (info->ifi_flags & IFF_LOOPBACK) != 0;
	if (attrs[IFLA_IFNAME] != NULL) {
		memset(link.name, 0, sizeof(link.name));
		(void)nla_strlcpy(link.name, attrs[IFLA_IFNAME], sizeof(link.name));
	}
	if (attrs[IFLA_ADDRESS] != NULL)
		set_mac(&link, info->ifi_type, attrs[IFLA_ADDRESS]);
	if (attrs[IFLA_MTU] != NULL &&
	    nla_len(attrs[IFLA_MTU]) >= (int)sizeof(link.mtu))
		link.mtu = nla_get_u32(attrs[IFLA_MTU]);
	if (link.name[0] == '\0')
		return false;
	*ret = link;
	return true;
}

bool
link_msg_parse_addr(struct nlmsghdr *message, struct link_addr *ret)
{
	struct nlattr *attrs[IFA_MAX + 1];
	const struct ifaddrmsg *info = nlmsg_data(message);
	struct link_addr addr = {0};

	if (nlmsg_parse(message, sizeof(*info), attrs, IFA_MAX, NULL) < 0)
		return false;

	/* On a point-to-point link IFA_ADDRESS is the peer's. */
	const struct nlattr *bytes =
	    attrs[IFA_LOCAL] != NULL ? attrs[IFA_LOCAL] : attrs[IFA_ADDRESS];
	size_t len = addr_family_len(info->ifa_family);

	if (bytes == NULL || len == 0 || nla_len(bytes) != (int)len)
		return false;
	addr.ifindex = (int)info->ifa_index;
	addr.prefix.addr = addr_from_bytes(info->ifa_family, nla_data(bytes));
	addr.prefix.len = info->ifa_prefixlen;
	addr.flags = attrs[IFA_FLAGS] != NULL && nla_len(attrs[IFA_FLAGS]) >= 4
			 ? nla_get_u32(attrs[IFA_FLAGS])
			 : info->ifa_flags;
	if (attrs[IFA_PROTO] != NULL && nla_len(attrs[IFA_PROTO]) >= 1)
		addr.protocol = nla_get_u8(attrs[IFA_PROTO]);
	*ret = addr;
	return true;
}

/* ---- requests ----------------------------------------------------------------------
 */

static struct nl_msg *
list_all(int type, const void *head, size_t len)
{
	struct nl_msg *message = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_DUMP);

	if (message != NULL &&
	    nlmsg_append(message, (void *)(uintptr_t)head, len, NLMSG_ALIGNTO) == 0)
		return message;
	nlmsg_free(message);
	return NULL;
}

struct nl_msg *
link_msg_list_links(void)
{
	const struct ifinfomsg all = {.ifi_family = AF_UNSPEC};
	struct nl_msg *message = list_all(RTM_GETLINK, &all, sizeof(all));

	if (message != NULL &&
	    nla_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS) == 0)
		return message;
	nlmsg_free(message);
	return NULL;
}

struct nl_msg *
link_msg_list_addrs(void)
{
	const struct ifaddrmsg all = {.ifa_family = AF_UNSPEC};

	return list_all(RTM_GETADDR, &all, sizeof(all));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vip_msg.c - the rtnetlink requests that install, extend and remove an address. */
#include "vrrpd/vip_msg.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>
#include "vrrpd/link_table.h"
#include "vrrpd/vrrp_conf.h"

enum {
	MESSAGE_SIZE = 160, /* more than all attributes together */
	FOR_EVER = -1,      /* as a lifetime: 0xffffffff */
};

/* The message with its address, or NULL. */
static struct nl_msg *
begin(int type, int flags, const struct prefix *prefix, int ifindex, uint8_t scope)
{
	struct ifaddrmsg head = {
	    .ifa_family = (uint8_t)prefix->addr.family,
	    .ifa_prefixlen = prefix->len,
	    .ifa_scope = scope,
	    .ifa_index = (uint32_t)ifindex,
	};
	int len = (int)addr_family_len(prefix->addr.family);
	struct nl_msg *msg = nlmsg_alloc_size(MESSAGE_SIZE);

	if (msg != NULL && nlmsg_put(msg, 0, 0, type, 0, flags) != NULL &&
	    nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO) == 0 &&
	    nla_put(msg, IFA_LOCAL, len, prefix->addr.bytes) == 0 &&
	    nla_put(msg, IFA_ADDRESS, len, prefix->addr.bytes) == 0)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/* An IPv6 host address (/128) is never to be chosen as a source: it is deprecated from
 * the start. IPv4 has no such notion, and would say so in its events. */
static int
put_lifetime(struct nl_msg *msg, const struct prefix *prefix, unsigned lease_s)
{
	uint32_t valid = lease_s == 0 ? (uint32_t)FOR_EVER : lease_s;
	bool host6 = prefix->addr.family == AF_INET6 && prefix->len == 128;
	const struct ifa_cacheinfo lifetime = {
	    .ifa_prefered = host6 ? 0 : valid,
	    .ifa_valid = valid,
	};

	return nla_put(msg, IFA_CACHEINFO, sizeof(lifetime), &lifetime);
}

static int
put_attributes4(struct nl_msg *msg, const struct vrrp_vip *vip)
{
	int r = 0;

	if (addr_is_set(&vip->broadcast))
		r = nla_put(msg, IFA_BROADCAST, 4, vip->broadcast.bytes);
	if (r == 0 && vip->label[0] != '\0')
		r = nla_put_string(msg, IFA_LABEL, vip->label);
	return r;
}

static struct nl_msg *
install(const struct vrrp_vip *vip, int ifindex, unsigned lease_s, int flags)
{
	const struct prefix *prefix = &vip->prefix;
	struct nl_msg *msg = begin(RTM_NEWADDR, flags, prefix, ifindex, vip->scope);

	if (msg == NULL)
		return NULL;
	/* No duplicate address detection: its wait would delay every takeover, and the
	 * role says already who has the address. */
	if (put_lifetime(msg, prefix, lease_s) == 0 &&
	    nla_put_u8(msg, IFA_PROTO, VIP_ADDRESS_PROTOCOL) == 0 &&
	    (prefix->addr.family == AF_INET
		    ? put_attributes4(msg, vip)
		    : nla_put_u32(msg, IFA_FLAGS, IFA_F_NODAD)) == 0)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

struct nl_msg *
vip_msg_add(const struct vrrp_vip *vip, int ifindex, unsigned lease_s)
{
	return install(vip, ifindex, lease_s, NLM_F_CREATE | NLM_F_EXCL);
}

struct nl_msg *
vip_msg_extend(const struct vrrp_vip *vip, int ifindex, unsigned lease_s)
{
	return install(vip, ifindex, lease_s, NLM_F_CREATE | NLM_F_REPLACE);
}

struct nl_msg *
vip_msg_remove(const struct prefix *prefix, int ifindex)
{
	return begin(RTM_DELADDR, 0, prefix, ifindex, 0);
}

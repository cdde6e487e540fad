/* SPDX-License-Identifier: Apache-2.0 */
/* vip_msg.h - the rtnetlink requests that install, extend and remove an address. */
#ifndef VRRPD_VIP_MSG_H
#define VRRPD_VIP_MSG_H

#include "common/addr.h"

struct nl_msg;
struct vrrp_vip;

/* Installs `vip` with our mark and a valid lifetime of `lease_s` seconds (0: for ever).
 * The kernel refuses with EEXIST when the address is there. NULL when there is no
 * memory; to be freed with nlmsg_free(), as the others. */
struct nl_msg *vip_msg_add(const struct vrrp_vip *vip, int ifindex, unsigned lease_s);

/* The same, but an address that is there gets the lifetime and our mark. */
struct nl_msg *vip_msg_extend(
    const struct vrrp_vip *vip, int ifindex, unsigned lease_s);

/* Removes the address with exactly this prefix length, whatever its other attributes.
 */
struct nl_msg *vip_msg_remove(const struct prefix *prefix, int ifindex);

#endif

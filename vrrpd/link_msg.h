/* SPDX-License-Identifier: Apache-2.0 */
/* link_msg.h - rtnetlink messages about links and addresses: asked for, taken apart. */
#ifndef VRRPD_LINK_MSG_H
#define VRRPD_LINK_MSG_H

#include <stdbool.h>
#include "vrrpd/link_table.h"

struct nl_msg;
struct nlmsghdr;

/* The ifindex an RTM_NEWLINK or RTM_DELLINK is about, or 0 when it is none of a link
 * itself (a bridge says RTM_DELLINK of a port that only leaves it) or too short. */
int link_msg_ifindex(const struct nlmsghdr *message);

/* Reads an RTM_NEWLINK. What it does not say (some say little) stays as in `before`,
 * which may be NULL. False when it is malformed. */
bool link_msg_parse_link(
    struct nlmsghdr *message, const struct link *before, struct link *ret);

/* Reads an RTM_NEWADDR or RTM_DELADDR. False when it is malformed or of another family
 * than IPv4 and IPv6. */
bool link_msg_parse_addr(struct nlmsghdr *message, struct link_addr *ret);

/* Requests for a listing of all links (without their statistics), and of all addresses;
 * the sequence number is the caller's to set. NULL: out of memory. */
struct nl_msg *link_msg_list_links(void);
struct nl_msg *link_msg_list_addrs(void);

#endif

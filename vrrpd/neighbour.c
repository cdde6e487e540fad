/* SPDX-License-Identifier: Apache-2.0 */
/* neighbour.c - asks the kernel's neighbour table for a link-layer address. */
#include "vrrpd/neighbour.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include "common/nl_request.h"

enum { RECEIVE_ROOM = 32768, MAC_LEN = 6 };

struct question {
	struct nlmsghdr header;
	struct ndmsg about;
	struct rtattr attr;
	uint8_t address[16];
};

int
neighbour_open(void)
{
	return nl_open(NETLINK_ROUTE, RECEIVE_ROOM);
}

static int
ask(int fd, uint16_t type, uint16_t flags, int ifindex, const struct addr *addr)
{
	size_t len = addr_family_len(addr->family);
	struct question q = {
	    .header = {.nlmsg_len = (uint32_t)(NLMSG_LENGTH(sizeof(struct ndmsg)) +
					       RTA_LENGTH(len)),
		.nlmsg_type = type,
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags)},
	    .about = {.ndm_family = (uint8_t)addr->family,
		.ndm_ifindex = ifindex,
		.ndm_flags = type == RTM_NEWNEIGH ? NTF_USE : 0},
	    .attr = {.rta_len = (unsigned short)RTA_LENGTH(len), .rta_type = NDA_DST},
	};

	memcpy(q.address, addr->bytes, len);
	return send(fd, &q, q.header.nlmsg_len, MSG_DONTWAIT) < 0 ? -errno : 0;
}

/* The link-layer address in an answer, of `len` bytes after its fixed part. */
static int
read_mac(const uint8_t *at, size_t len, uint8_t ret_mac[MAC_LEN])
{
	const struct rtattr *attr;

	for (; len >= sizeof(*attr);
	     at += RTA_ALIGN(attr->rta_len), len -= RTA_ALIGN(attr->rta_len)) {
		attr = (const void *)at;
		if (attr->rta_len < sizeof(*attr) || RTA_ALIGN(attr->rta_len) > len)
			break;
		if (attr->rta_type != NDA_LLADDR ||
		    attr->rta_len != RTA_LENGTH(MAC_LEN))
			continue;
		memcpy(ret_mac, at + RTA_LENGTH(0), MAC_LEN);
		return 0;
	}
	return -ENOENT;
}

static int
receive(int fd, uint8_t ret_mac[MAC_LEN])
{
	union {
		struct nlmsghdr header;
		uint8_t bytes[4096];
	} in;
	ssize_t len = recv(fd, &in, sizeof(in), MSG_DONTWAIT);

	if (len < 0)
		return -errno;
	if (!NLMSG_OK(&in.header, (size_t)len))
		return -EBADMSG;
	if (in.header.nlmsg_type == NLMSG_ERROR)
		return ((const struct nlmsgerr *)NLMSG_DATA(&in.header))->error;
	if (in.header.nlmsg_type != RTM_NEWNEIGH ||
	    in.header.nlmsg_len < NLMSG_LENGTH(NLMSG_ALIGN(sizeof(struct ndmsg))))
		return -EBADMSG;

	const uint8_t *attrs =
	    (const uint8_t *)NLMSG_DATA(&in.header) + NLMSG_ALIGN(sizeof(struct ndmsg));

	return read_mac(attrs,
	    in.header.nlmsg_len - NLMSG_LENGTH(NLMSG_ALIGN(sizeof(struct ndmsg))),
	    ret_mac);
}

int
neighbour_find(int fd, int ifindex, const struct addr *addr, uint8_t ret_mac[MAC_LEN])
{
	int r = ask(fd, RTM_GETNEIGH, 0, ifindex, addr);

	if (r == 0)
		r = receive(fd, ret_mac);
	/* Nobody needs the answer to this one: it is not asked for. */
	if (r == -ENOENT)
		(void)ask(fd, RTM_NEWNEIGH, NLM_F_CREATE, ifindex, addr);
	return r;
}

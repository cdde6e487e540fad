/* SPDX-License-Identifier: Apache-2.0 */
/* link_filter.c - keeps the kernel's echo of our own lease renewals off the monitor.
 *
 * An address says in IFA_CACHEINFO when it was created and when it was last changed:
 * the two are the same exactly in the event of its creation. Who caused an event cannot
 * serve: for IPv6 the kernel does not say.
 */
#include "vrrpd/link_filter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include "vrrpd/link_table.h"

enum {
	ATTRS = NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
	ATTR_DATA = sizeof(struct nlattr),
	CSTAMP = ATTR_DATA + offsetof(struct ifa_cacheinfo, cstamp),
	TSTAMP = ATTR_DATA + offsetof(struct ifa_cacheinfo, tstamp),
};

/* Loads are big-endian, netlink is of the host's order. The jumps' distances are
 * to the last instruction, which passes the message. */
#define LOAD16(offset) BPF_STMT(BPF_LD | BPF_H | BPF_ABS, (offset))
#define LOAD8_AT_X(offset) BPF_STMT(BPF_LD | BPF_B | BPF_IND, (offset))
#define LOAD32_AT_X(offset) BPF_STMT(BPF_LD | BPF_W | BPF_IND, (offset))
#define UNLESS_EQUAL(value, else_pass) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (else_pass))
#define IF_EQUAL(value, then_pass) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (then_pass), 0)
#define IF_ANY_BIT(mask, then_pass) \
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (mask), (then_pass), 0)
/* Moves the offset of the attribute `type` to A and X; 0: not there. */
#define FIND_ATTR(type) \
	BPF_STMT(BPF_LD | BPF_IMM, ATTRS), BPF_STMT(BPF_LDX | BPF_IMM, (type)), \
	    BPF_STMT( \
		BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR)), \
	    BPF_STMT(BPF_MISC | BPF_TAX, 0)

int
link_filter_attach(int fd)
{
	// clang-format off
	struct sock_filter code[] = {
		/*  0 */ LOAD16(offsetof(struct nlmsghdr, nlmsg_type)),
		/*  1 */ UNLESS_EQUAL(htons(RTM_NEWADDR), 20),
		/*  2 */ LOAD16(offsetof(struct nlmsghdr, nlmsg_flags)),
		/*  3 */ IF_ANY_BIT(htons(NLM_F_MULTI), 18),
		/*  4 */ FIND_ATTR(IFA_PROTO),
		/*  8 */ IF_EQUAL(0, 13),
		/*  9 */ LOAD8_AT_X(ATTR_DATA),
		/* 10 */ UNLESS_EQUAL(VIP_ADDRESS_PROTOCOL, 11),
		/* 11 */ FIND_ATTR(IFA_CACHEINFO),
		/* 15 */ IF_EQUAL(0, 6),
		/* 16 */ LOAD32_AT_X(CSTAMP),
		/* 17 */ BPF_STMT(BPF_ST, 0),
		/* 18 */ LOAD32_AT_X(TSTAMP),
		/* 19 */ BPF_STMT(BPF_LDX | BPF_MEM, 0),
		/* 20 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 0),
		/* 21 */ BPF_STMT(BPF_RET | BPF_K, 0),
		/* 22 */ BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	// clang-format on
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
		return -errno;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* adv_facts.c - what the kernel tells about a received packet beside its bytes. */
#include "vrrpd/adv_facts.h"

#include <string.h>
#include <time.h>
#include "common/units.h"

static bool
holds(const struct cmsghdr *cmsg, int level, int type, size_t len)
{
	return cmsg->cmsg_level == level && cmsg->cmsg_type == type &&
	       cmsg->cmsg_len >= CMSG_LEN(len);
}

struct adv_facts
adv_facts_read(struct msghdr *msg)
{
	struct adv_facts facts = {.hop_limit = -1, .real_us = -1};

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	     c = CMSG_NXTHDR(msg, c)) {
		struct timespec ts;
		struct in6_pktinfo info;

		if (holds(c, SOL_SOCKET, SCM_TIMESTAMPNS, sizeof(ts))) {
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			facts.real_us =
			    (int64_t)ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
		} else if (holds(c, IPPROTO_IPV6, IPV6_HOPLIMIT, sizeof(int))) {
			memcpy(&facts.hop_limit, CMSG_DATA(c), sizeof(int));
		} else if (holds(c, IPPROTO_IPV6, IPV6_PKTINFO, sizeof(info))) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			facts.destination = addr_from_in6(&info.ipi6_addr);
		}
	}
	return facts;
}

int64_t
adv_facts_time(const struct adv_facts *facts, const struct adv_moment *moment)
{
	if (facts->real_us < 0)
		return moment->now_us;
	return moment->now_us - (moment->real_us - facts->real_us);
}

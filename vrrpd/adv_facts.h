/* SPDX-License-Identifier: Apache-2.0 */
/* adv_facts.h - what the kernel tells about a received packet beside its bytes. */
#ifndef VRRPD_ADV_FACTS_H
#define VRRPD_ADV_FACTS_H

#include <stdint.h>
#include <sys/socket.h>
#include "common/addr.h"

struct adv_facts {
	int hop_limit;           /* IPv6 only; -1: not told, which counts as wrong (RFC 9568
				    5.1.2.3) */
	struct addr destination; /* IPv6 only; unset: not told */
	int64_t real_us;         /* when it came, by the wall clock; -1: not told */
};

/* Reads the ancillary data of recvmsg(2). Messages of other kinds are passed over, and
 * such as are cut short are not believed. */
struct adv_facts adv_facts_read(struct msghdr *msg);

/* Two clocks read at one moment, to turn the time of one into that of the other. */
struct adv_moment {
	int64_t now_us, real_us;
};

/* When the packet came, on the clock of `moment->now_us`. The wall clock may have been set
 * since, so the result can lie outside what is possible. */
int64_t adv_facts_time(const struct adv_facts *facts, const struct adv_moment *moment);

#endif

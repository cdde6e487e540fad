/* SPDX-License-Identifier: Apache-2.0 */
/* vip_kernel.h - a kernel of addresses whose answers and events come in any order the
 * test likes.
 *
 * It takes the place of nl_request.c and link_mon.c below vip*.c. As in Linux an
 * IPv4 address is told of while the request runs, a new IPv6 address only when a worker
 * had its turn; one that is gone by then is only told to be gone. The filter of
 * link_filter.c is in it: a creation that is told after a change is not told at all.
 */
#ifndef TESTS_UNIT_VIP_KERNEL_H
#define TESTS_UNIT_VIP_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include "common/addr.h"
#include "vrrpd/vip.h"

#define VIP_KERNEL_IFINDEX 7

struct vip_kernel {
	struct vip_table *table;
	/* What vip*.c told, and what of it was wrong. */
	unsigned installed, repaired, failed, settled, incomplete;
	unsigned early;  /* announced before the address could be used */
	unsigned losses; /* of our addresses, by somebody else's hand */
};

extern struct vip_kernel kernel;

int vip_kernel_set_up(void **state);
int vip_kernel_tear_down(void **state);

/* Somebody else's `ip addr add` and `ip addr del`. False: it was there, or was not. */
bool vip_kernel_add(const char *prefix);
bool vip_kernel_remove(const char *prefix);

/* The lifetime of every address that has one ends. */
void vip_kernel_expire(void);

/* The worker that finishes new IPv6 addresses. */
void vip_kernel_work(void);

/* Delivers the next event; false when there is none. */
bool vip_kernel_deliver(void);

/* Delivers every event, as the loop does before it lets requests go, then carries out
 * at most `count` requests. `lose`: their answers are lost. Returns how many there
 * were. */
unsigned vip_kernel_slice(unsigned count, bool lose);

/* The same with all requests, and somebody removed `prefix` just before: no event was
 * read in between. False: it was not there, or there were no requests. */
bool vip_kernel_slice_after_removal(const char *prefix);

/* Events get lost; everything is listed instead. */
void vip_kernel_overrun(void);

/* Until nothing is left to happen. */
void vip_kernel_calm(void);

bool vip_kernel_has(const char *prefix);

/* A role was taken: what is there is announced by the router itself. */
void vip_kernel_announce_present(const struct vip_set *set);

/* How many addresses that we put in are there and were never announced. */
size_t vip_kernel_unannounced(void);

/* How many addresses are there that we put in. */
size_t vip_kernel_ours(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* neighbour.h - asks the kernel's neighbour table for a link-layer address.
 *
 * For clients that want to know who a packet came from; never while a packet is
 * received. The kernel answers at once, so nothing waits.
 */
#ifndef VRRPD_NEIGHBOUR_H
#define VRRPD_NEIGHBOUR_H

#include <stdint.h>
#include "common/addr.h"

/* Opens a socket for questions. Returns a descriptor or a negative errno. */
int neighbour_open(void);

/* The Ethernet address of `addr` on the link. Returns 0, -ENOENT when the table does
 * not have it (the kernel is then asked to find out, so that it may know the next
 * time), or another negative errno. */
int neighbour_find(int fd, int ifindex, const struct addr *addr, uint8_t ret_mac[6]);

#endif

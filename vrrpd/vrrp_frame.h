/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_frame.h - gratuitous ARP and unsolicited Neighbor Advertisement frames as bytes. */
#ifndef VRRPD_VRRP_FRAME_H
#define VRRPD_VRRP_FRAME_H

#include <stddef.h>
#include <stdint.h>
#include "common/addr.h"

#define VRRP_FRAME_MAC_LEN 6
#define VRRP_FRAME_MAX 128

/* Builds a whole Ethernet frame that announces `address` at `mac`, into `frame`:
 * IPv4: a broadcast ARP request with sender = target = address (RFC 9568 6.4.2, RFC 5227
 * 3); IPv6: a Neighbor Advertisement to ff02::1 with R = `router`, S = 0, O = 1 and the
 * target link-layer address option, hop limit 255, source = the address itself.
 * Returns the length. */
size_t vrrp_frame_announce(uint8_t frame[VRRP_FRAME_MAX], const struct addr *address,
    const uint8_t mac[VRRP_FRAME_MAC_LEN], int router);

#endif

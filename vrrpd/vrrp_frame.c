/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_frame.c - gratuitous ARP and unsolicited Neighbor Advertisement frames as bytes.
 */
#include "vrrpd/vrrp_frame.h"

#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <net/if_arp.h>
#include "common/checksum.h"
#include "common/wire.h"

#define ICMP6_CHECKSUM_AT (sizeof(struct ether_header) + 40 + 2)
#define NA_LEN 32 /* RFC 4861 4.4, with one option of eight bytes */
#define NA_HOP_LIMIT 255

static const uint8_t broadcast_mac[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t all_nodes_mac[] = {0x33, 0x33, 0x00, 0x00, 0x00, 0x01};
static const struct addr all_nodes = {
    .family = AF_INET6, .bytes = {0xff, 0x02, [15] = 0x01}};

static void
write_ethernet(
    struct wire_writer *w, const uint8_t *to, const uint8_t *from, uint16_t type)
{
	wire_write_bytes(w, to, VRRP_FRAME_MAC_LEN);
	wire_write_bytes(w, from, VRRP_FRAME_MAC_LEN);
	wire_write_u16(w, type);
}

/* RFC 826; the target hardware address is left zero, as in RFC 5227 3. */
static void
write_arp(struct wire_writer *w, const struct addr *address, const uint8_t *mac)
{
	write_ethernet(w, broadcast_mac, mac, ETHERTYPE_ARP);
	wire_write_u16(w, ARPHRD_ETHER);
	wire_write_u16(w, ETHERTYPE_IP);
	wire_write_u8(w, VRRP_FRAME_MAC_LEN);
	wire_write_u8(w, 4);
	wire_write_u16(w, ARPOP_REQUEST);
	wire_write_bytes(w, mac, VRRP_FRAME_MAC_LEN);
	wire_write_bytes(w, address->bytes, 4);
	wire_write_zeros(w, VRRP_FRAME_MAC_LEN);
	wire_write_bytes(w, address->bytes, 4);
}

static void
write_ipv6_header(struct wire_writer *w, const struct addr *source)
{
	wire_write_u32(w, UINT32_C(6) << 28);
	wire_write_u16(w, NA_LEN);
	wire_write_u8(w, IPPROTO_ICMPV6);
	wire_write_u8(w, NA_HOP_LIMIT);
	wire_write_bytes(w, source->bytes, 16);
	wire_write_bytes(w, all_nodes.bytes, 16);
}

static void
write_neighbor_advert(
    struct wire_writer *w, const struct addr *address, const uint8_t *mac, int router)
{
	size_t start;
	uint32_t sum;

	write_ethernet(w, all_nodes_mac, mac, ETHERTYPE_IPV6);
	write_ipv6_header(w, address);
	start = w->pos;
	wire_write_u8(w, ND_NEIGHBOR_ADVERT);
	wire_write_u8(w, 0);
	wire_write_zeros(w, 2); /* checksum */
	/* Bits R, S and O; RFC 9568 6.4.2: S is not set, O is. */
	wire_write_u8(w, router ? 0xa0 : 0x20);
	wire_write_zeros(w, 3);
	wire_write_bytes(w, address->bytes, 16);
	wire_write_u8(w, ND_OPT_TARGET_LINKADDR);
	wire_write_u8(w, 1); /* in units of eight bytes */
	wire_write_bytes(w, mac, VRRP_FRAME_MAC_LEN);

	struct wire_writer field = wire_writer_init(w->data + ICMP6_CHECKSUM_AT, 2);

	sum = checksum_add(0, w->data + start, w->pos - start);
	sum = checksum_add_pseudo(sum, address, &all_nodes, IPPROTO_ICMPV6, NA_LEN);
	wire_write_u16(&field, checksum_finish(sum));
}

size_t
vrrp_frame_announce(uint8_t frame[VRRP_FRAME_MAX], const struct addr *address,
    const uint8_t mac[VRRP_FRAME_MAC_LEN], int router)
{
	struct wire_writer w = wire_writer_init(frame, VRRP_FRAME_MAX);

	if (address->family == AF_INET)
		write_arp(&w, address, mac);
	else
		write_neighbor_advert(&w, address, mac, router);
	return w.pos;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_packet.c - any bytes as a received packet: what is refused leaves no trace, what
 * is accepted can be sent again and reads back the same.
 *
 * The first byte of the input says what comes: bit 0 an IPv6 payload instead of a
 * packet with its IPv4 header, bit 1 that the checksum is put right first, so that the
 * search gets past it.
 */
#include <stdlib.h>
#include <string.h>
#include "common/checksum.h"
#include "tests/fuzz/fuzz.h"
#include "vrrpd/vrrp_packet.h"

#define IS_IPV6 1
#define FIX_CHECKSUM 2
#define MESSAGE_MIN 8

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static struct vrrp_packet_meta
meta_ipv6(void)
{
	static const uint8_t source[16] = {0xfe, 0x80, [15] = 0x11};
	static const uint8_t group[16] = {0xff, 0x02, [15] = 0x12};

	return (struct vrrp_packet_meta){
	    .source = addr_from_bytes(AF_INET6, source),
	    .destination = addr_from_bytes(AF_INET6, group),
	    .ttl = VRRP_TTL,
	};
}

static void
fix_checksum(uint8_t *message, size_t len, const struct vrrp_packet_meta *meta)
{
	uint32_t sum;
	uint16_t field;

	if (len < MESSAGE_MIN)
		return;
	message[6] = message[7] = 0;
	sum = checksum_add(0, message, len);
	if (meta->source.family == AF_INET6)
		sum = checksum_add_pseudo(
		    sum, &meta->source, &meta->destination, VRRP_IP_PROTOCOL, len);
	field = checksum_finish(sum);
	message[6] = (uint8_t)(field >> 8);
	message[7] = (uint8_t)field;
}

/* What was accepted says only what can be said: it encodes, to the same length, and
 * reads back the same. */
static void
check_accepted(
    const struct vrrp_advert *advert, size_t len, const struct vrrp_packet_meta *meta)
{
	static uint8_t bytes[VRRP_PACKET_MAX + 2 * VRRP_AUTH_LEN];
	size_t list_len = advert->address_count * addr_family_len(advert->family);
	struct vrrp_advert again;
	int encoded;

	must(advert->version == 2 || advert->version == 3);
	must(advert->vrid != 0 && advert->address_count != 0);
	must(advert->advert_int_us > 0);
	encoded = vrrp_packet_encode(
	    advert, &meta->source, &meta->destination, bytes, sizeof(bytes));
	must(encoded == (int)len);
	must(vrrp_packet_decode(bytes, len, meta, &again, NULL) == VRRP_DROP_NONE);
	must(again.vrid == advert->vrid && again.priority == advert->priority);
	must(again.advert_int_us == advert->advert_int_us);
	must(again.address_count == advert->address_count);
	must(memcmp(again.addresses, advert->addresses, list_len) == 0);
}

/* A router that expects just this takes it; one that expects another list says so. */
static void
check_expected(const struct vrrp_advert *advert, const struct vrrp_packet_meta *meta)
{
	static const uint8_t other_list[16];
	struct vrrp_expect expect = {
	    .version = advert->version,
	    .advert_int_us = advert->advert_int_us,
	    .auth_type = advert->auth_type,
	    .destination = meta->destination,
	    .address_count = advert->address_count,
	    .addresses = advert->addresses,
	};
	bool differs = true;
	enum vrrp_drop drop;

	memcpy(expect.auth_data, advert->auth_data, VRRP_AUTH_LEN);
	drop = vrrp_packet_check(advert, meta, &expect, &differs);
	if (advert->auth_type <= VRRP_AUTH_PASS)
		must(drop == VRRP_DROP_NONE && !differs);
	else
		must(drop == VRRP_DROP_AUTH_TYPE);
	expect.address_count = 1;
	expect.addresses = other_list;
	(void)vrrp_packet_check(advert, meta, &expect, &differs);
}

static void
decode(const uint8_t *payload, size_t len, const struct vrrp_packet_meta *meta)
{
	struct vrrp_advert advert = {.version = 99};
	uint8_t vrid = 0;
	enum vrrp_drop drop = vrrp_packet_decode(payload, len, meta, &advert, &vrid);

	must(len < 2 || vrid == payload[1]);
	must((drop == VRRP_DROP_NONE) == (advert.version != 99));
	if (drop != VRRP_DROP_NONE)
		return;
	check_accepted(&advert, len, meta);
	check_expected(&advert, meta);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vrrp_packet_meta meta = meta_ipv6();
	const uint8_t *payload;
	size_t len = size - 1;
	uint8_t *copy;

	if (size == 0)
		return 0;
	/* A block of its own, so that the sanitizer sees any byte read beyond. */
	copy = malloc(len + 1);
	must(copy != NULL);
	memcpy(copy, data + 1, len);
	payload = copy;
	if ((data[0] & IS_IPV6) == 0 && vrrp_packet_strip_ipv4(copy, size - 1, &meta,
					    &payload, &len) != VRRP_DROP_NONE) {
		free(copy);
		return 0;
	}
	if ((data[0] & FIX_CHECKSUM) != 0)
		fix_checksum(copy + (payload - copy), len, &meta);
	decode(payload, len, &meta);
	free(copy);
	return 0;
}

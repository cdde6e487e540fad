/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_packet.c - VRRPv2 (RFC 3768) and VRRPv3 (RFC 9568) advertisements as bytes.
 *
 * Both versions begin with version and type, VRID, priority and address count, and have
 * their checksum in bytes 6 and 7. Between lie, in VRRPv2, authentication type and
 * interval in seconds; in VRRPv3, four reserved bits and the interval in centiseconds.
 * VRRPv2 ends with eight bytes of authentication data, VRRPv3 with the last address.
 */
#include "vrrpd/vrrp_packet.h"

#include <errno.h>
#include <string.h>
#include "common/checksum.h"
#include "common/names.h"
#include "common/units.h"
#include "common/wire.h"

#define VERSION_2 2
#define VERSION_3 3
#define TYPE_ADVERTISEMENT 1
#define HEADER_LEN 8
#define CHECKSUM_AT 6
#define V2_INTERVAL_MAX_S 255
#define V3_INTERVAL_MAX_CS 4095
#define V3_INTERVAL_MASK 0x0fff /* the upper four bits are reserved */
#define IPV4_HEADER_LEN 20

/* clang-format off */
static const struct {
	const char *name, *text;
} drops[VRRP_DROP_COUNT_] = {
	[VRRP_DROP_NONE]          = { "none",           "not refused" },
	[VRRP_DROP_IP_HEADER]     = { "ip_header",      "IP header is cut short or wrong about its length" },
	[VRRP_DROP_TTL]           = { "ttl",            "TTL or hop limit is not 255" },
	[VRRP_DROP_LENGTH]        = { "length",         "message is cut short or has surplus bytes" },
	[VRRP_DROP_VERSION]       = { "version",        "VRRP version is not ours" },
	[VRRP_DROP_TYPE]          = { "type",           "message type is not advertisement" },
	[VRRP_DROP_CHECKSUM]      = { "checksum",       "checksum is wrong" },
	[VRRP_DROP_VRID]          = { "vrid",           "VRID is not configured on this interface" },
	[VRRP_DROP_COUNT]         = { "address_count",  "address count is 0" },
	[VRRP_DROP_INTERVAL_ZERO] = { "interval_zero",  "advertisement interval is 0" },
	[VRRP_DROP_INTERVAL]      = { "interval",       "advertisement interval is not ours" },
	[VRRP_DROP_AUTH_TYPE]     = { "auth_type",      "authentication type is not ours" },
	[VRRP_DROP_AUTH_DATA]     = { "auth_data",      "password is not ours" },
	[VRRP_DROP_ADDRESS_LIST]  = { "address_list",   "address list is not ours" },
	[VRRP_DROP_FIRST_ADDRESS] = { "first_address",  "first IPv6 address is not link-local" },
	[VRRP_DROP_SOURCE]        = { "source",         "source cannot be the address of a router" },
	[VRRP_DROP_OWN_SOURCE]    = { "own_source",     "source is our own address" },
	[VRRP_DROP_DESTINATION]   = { "destination",    "destination is not our group" },
};
/* clang-format on */

const char *
vrrp_drop_name(enum vrrp_drop drop)
{
	return drop < VRRP_DROP_COUNT_ ? drops[drop].name : "?";
}

const char *
vrrp_drop_text(enum vrrp_drop drop)
{
	return drop < VRRP_DROP_COUNT_ ? drops[drop].text : "?";
}

enum vrrp_drop
vrrp_packet_strip_ipv4(const void *packet, size_t len,
    struct vrrp_packet_meta *ret_meta, const uint8_t **ret_payload, size_t *ret_len)
{
	const uint8_t *header = packet;
	size_t header_len, total_len;

	*ret_meta = (struct vrrp_packet_meta){.ttl = -1};
	if (len < IPV4_HEADER_LEN || header[0] >> 4 != 4)
		return VRRP_DROP_IP_HEADER;
	ret_meta->ttl = header[8];
	ret_meta->source = addr_from_bytes(AF_INET, header + 12);
	ret_meta->destination = addr_from_bytes(AF_INET, header + 16);

	header_len = (size_t)(header[0] & 0x0f) * 4;
	total_len = (size_t)(header[2] << 8 | header[3]);
	if (header_len < IPV4_HEADER_LEN || header_len > total_len || total_len > len)
		return VRRP_DROP_IP_HEADER;
	*ret_payload = header + header_len;
	*ret_len = total_len - header_len;
	return VRRP_DROP_NONE;
}

static size_t
message_len(uint8_t version, sa_family_t family, uint8_t count)
{
	return HEADER_LEN + count * addr_family_len(family) +
	       (version == VERSION_2 ? VRRP_AUTH_LEN : 0);
}

/* Reads what needs no addresses; the checksum field is skipped. */
static void
read_header(struct wire_reader *r, struct vrrp_advert *advert)
{
	advert->vrid = wire_read_u8(r);
	advert->priority = wire_read_u8(r);
	advert->address_count = wire_read_u8(r);
	if (advert->version == VERSION_2) {
		advert->auth_type = wire_read_u8(r);
		advert->advert_int_us = wire_read_u8(r) * US_PER_S;
	} else {
		/* RFC 9568 5.2.6: reserved bits are ignored. */
		uint16_t word = wire_read_u16(r);

		advert->advert_int_us = (word & V3_INTERVAL_MASK) * US_PER_CS;
	}
	wire_skip(r, 2);
}

/* Whether the checksum is right; finds out which form a VRRPv3 message over IPv4 has.
 */
static bool
checksum_is_right(const uint8_t *payload, size_t len,
    const struct vrrp_packet_meta *meta, struct vrrp_advert *advert)
{
	uint32_t sum = checksum_add(0, payload, len);

	if (advert->version == VERSION_2)
		return checksum_finish(sum) == 0; /* RFC 3768 5.3.8 */
	if (checksum_finish(checksum_add_pseudo(
		sum, &meta->source, &meta->destination, VRRP_IP_PROTOCOL, len)) == 0)
		return true;
	advert->checksum_form = VRRP_CHECKSUM_MESSAGE;
	return advert->family == AF_INET && checksum_finish(sum) == 0;
}

/* What the content says, once the bytes are known to be those that were sent. */
static enum vrrp_drop
check_content(const struct vrrp_advert *advert, const struct vrrp_packet_meta *meta)
{
	if (advert->vrid == 0)
		return VRRP_DROP_VRID;
	if (advert->address_count == 0)
		return VRRP_DROP_COUNT; /* RFC 9568 5.2.5 */
	if (advert->advert_int_us == 0)
		return VRRP_DROP_INTERVAL_ZERO; /* RFC 9568 erratum 8301 */
	if (addr_is_any(&meta->source) || addr_is_multicast(&meta->source) ||
	    addr_is_broadcast(&meta->source))
		return VRRP_DROP_SOURCE;
	if (advert->family == AF_INET6) {
		/* RFC 9568 5.2.9 and erratum 8300. */
		struct addr first = addr_from_bytes(AF_INET6, advert->addresses);

		if (!addr_is_link_local(&first))
			return VRRP_DROP_FIRST_ADDRESS;
	}
	return VRRP_DROP_NONE;
}

enum vrrp_drop
vrrp_packet_decode(const void *payload, size_t len, const struct vrrp_packet_meta *meta,
    struct vrrp_advert *ret, uint8_t *ret_vrid)
{
	struct wire_reader r = wire_reader_init(payload, len);
	struct vrrp_advert advert = {.family = meta->source.family};
	uint8_t version_type = wire_read_u8(&r);
	enum vrrp_drop drop;

	if (ret_vrid != NULL && len > 1)
		*ret_vrid = r.data[1];
	if (meta->ttl != VRRP_TTL)
		return VRRP_DROP_TTL; /* RFC 9568 5.1.1.3, 5.1.2.3 */
	if (len < HEADER_LEN)
		return VRRP_DROP_LENGTH;

	advert.version = version_type >> 4;
	/* RFC 3768 knows no IPv6. */
	if (!(advert.version == VERSION_2 && advert.family == AF_INET) &&
	    advert.version != VERSION_3)
		return VRRP_DROP_VERSION;
	if ((version_type & 0x0f) != TYPE_ADVERTISEMENT)
		return VRRP_DROP_TYPE;
	read_header(&r, &advert);
	if (addr_family_len(advert.family) == 0)
		return VRRP_DROP_SOURCE;
	if (len != message_len(advert.version, advert.family, advert.address_count))
		return VRRP_DROP_LENGTH;
	if (!checksum_is_right(payload, len, meta, &advert))
		return VRRP_DROP_CHECKSUM;

	advert.addresses = r.data + r.pos;
	if (advert.version == VERSION_2)
		memcpy(advert.auth_data, r.data + len - VRRP_AUTH_LEN, VRRP_AUTH_LEN);
	drop = check_content(&advert, meta);
	if (drop == VRRP_DROP_NONE)
		*ret = advert;
	return drop;
}

/* Whether the lists hold the same addresses, in whatever order. */
static bool
same_addresses(const struct vrrp_advert *advert, const struct vrrp_expect *expect)
{
	size_t count = advert->address_count, size = addr_family_len(advert->family);
	bool taken[VRRP_MAX_ADDRESSES] = {false};

	if (count != expect->address_count)
		return false;
	if (memcmp(advert->addresses, expect->addresses, count * size) == 0)
		return true;
	for (size_t i = 0; i < count; i++) {
		const uint8_t *ours = expect->addresses + i * size;
		size_t j = 0;

		while (
		    j < count &&
		    (taken[j] || memcmp(ours, advert->addresses + j * size, size) != 0))
			j++;
		if (j == count)
			return false;
		taken[j] = true;
	}
	return true;
}

/* RFC 3768 5.3.6, 5.3.10: a type that we do not expect or cannot verify is refused;
 * with type 0 the data means nothing. */
static enum vrrp_drop
check_auth(const struct vrrp_advert *advert, const struct vrrp_expect *expect)
{
	if (advert->auth_type != expect->auth_type)
		return VRRP_DROP_AUTH_TYPE;
	if (advert->auth_type == VRRP_AUTH_NONE)
		return VRRP_DROP_NONE;
	if (advert->auth_type != VRRP_AUTH_PASS)
		return VRRP_DROP_AUTH_TYPE;
	if (memcmp(advert->auth_data, expect->auth_data, VRRP_AUTH_LEN) != 0)
		return VRRP_DROP_AUTH_DATA;
	return VRRP_DROP_NONE;
}

/* The rules that VRRPv3 dropped (RFC 3768 7.1). */
static enum vrrp_drop
check_v2(const struct vrrp_advert *advert, const struct vrrp_expect *expect,
    bool list_differs)
{
	enum vrrp_drop drop = check_auth(advert, expect);

	if (drop != VRRP_DROP_NONE)
		return drop;
	if (advert->advert_int_us != expect->advert_int_us)
		return VRRP_DROP_INTERVAL;
	if (list_differs && advert->priority != VRRP_PRIORITY_OWNER)
		return VRRP_DROP_ADDRESS_LIST;
	return VRRP_DROP_NONE;
}

enum vrrp_drop
vrrp_packet_check(const struct vrrp_advert *advert, const struct vrrp_packet_meta *meta,
    const struct vrrp_expect *expect, bool *ret_list_differs)
{
	bool list_differs;
	enum vrrp_drop drop = VRRP_DROP_NONE;

	if (advert->version != expect->version)
		return VRRP_DROP_VERSION;
	if (addr_is_set(&expect->own_source) &&
	    addr_equal(&meta->source, &expect->own_source))
		return VRRP_DROP_OWN_SOURCE;
	if (!addr_equal(&meta->destination, &expect->destination))
		return VRRP_DROP_DESTINATION;
	list_differs = !same_addresses(advert, expect);
	if (advert->version == VERSION_2)
		drop = check_v2(advert, expect, list_differs);
	if (drop == VRRP_DROP_NONE || drop == VRRP_DROP_ADDRESS_LIST)
		*ret_list_differs = list_differs;
	return drop;
}

/* The interval field: seconds in VRRPv2, centiseconds in VRRPv3. Returns -EINVAL when
 * the interval is no whole number of them or does not fit. */
static int
interval_field(const struct vrrp_advert *advert)
{
	bool v2 = advert->version == VERSION_2;
	int64_t unit_us = v2 ? US_PER_S : US_PER_CS;
	int64_t max = v2 ? V2_INTERVAL_MAX_S : V3_INTERVAL_MAX_CS;

	if (advert->advert_int_us < unit_us || advert->advert_int_us > max * unit_us ||
	    advert->advert_int_us % unit_us != 0)
		return -EINVAL;
	return (int)(advert->advert_int_us / unit_us);
}

static bool
can_encode(const struct vrrp_advert *advert)
{
	return (advert->version == VERSION_2 || advert->version == VERSION_3) &&
	       (advert->family == AF_INET ||
		   (advert->family == AF_INET6 && advert->version == VERSION_3)) &&
	       advert->vrid != 0 && advert->address_count != 0;
}

static uint16_t
encode_checksum(const struct vrrp_advert *advert, const struct addr *src,
    const struct addr *dst, const void *message, size_t len)
{
	uint32_t sum = checksum_add(0, message, len);

	if (advert->version == VERSION_3 &&
	    (advert->family == AF_INET6 ||
		advert->checksum_form == VRRP_CHECKSUM_PSEUDO))
		sum = checksum_add_pseudo(sum, src, dst, VRRP_IP_PROTOCOL, len);
	return checksum_finish(sum);
}

int
vrrp_packet_encode(const struct vrrp_advert *advert, const struct addr *src,
    const struct addr *dst, void *buf, size_t room)
{
	struct wire_writer w = wire_writer_init(buf, room);
	int interval = interval_field(advert);

	if (interval < 0 || !can_encode(advert))
		return -EINVAL;
	wire_write_u8(&w, (uint8_t)(advert->version << 4 | TYPE_ADVERTISEMENT));
	wire_write_u8(&w, advert->vrid);
	wire_write_u8(&w, advert->priority);
	wire_write_u8(&w, advert->address_count);
	if (advert->version == VERSION_2) {
		wire_write_u8(&w, advert->auth_type);
		wire_write_u8(&w, (uint8_t)interval);
	} else {
		wire_write_u16(&w, (uint16_t)interval);
	}
	wire_write_zeros(&w, 2); /* checksum */
	wire_write_bytes(&w, advert->addresses,
	    advert->address_count * addr_family_len(advert->family));
	if (advert->version == VERSION_2 && advert->auth_type == VRRP_AUTH_PASS)
		wire_write_bytes(&w, advert->auth_data, VRRP_AUTH_LEN);
	else if (advert->version == VERSION_2)
		wire_write_zeros(&w, VRRP_AUTH_LEN); /* RFC 3768 5.3.10 */
	if (w.failed)
		return -ENOSPC;

	struct wire_writer field = wire_writer_init(w.data + CHECKSUM_AT, 2);

	wire_write_u16(&field, encode_checksum(advert, src, dst, buf, w.pos));
	return (int)w.pos;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_packet.h - VRRPv2 (RFC 3768) and VRRPv3 (RFC 9568) advertisements as bytes. */
#ifndef VRRPD_VRRP_PACKET_H
#define VRRPD_VRRP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/addr.h"

#define VRRP_IP_PROTOCOL 112
#define VRRP_TTL 255
#define VRRP_AUTH_LEN 8 /* authentication data of a VRRPv2 message */
#define VRRP_PRIORITY_OWNER 255
#define VRRP_PRIORITY_RESIGN 0
#define VRRP_PRIORITY_LAST 1 /* a last resort: everybody else goes first */
#define VRRP_MAX_ADDRESSES 255
/* The longest message: VRRPv3 with 255 IPv6 addresses. */
#define VRRP_PACKET_MAX (8 + VRRP_MAX_ADDRESSES * 16)

enum vrrp_auth_type { /* RFC 2338 5.3.6 */
	VRRP_AUTH_NONE = 0,
	VRRP_AUTH_PASS = 1,
	VRRP_AUTH_AH = 2,
};

/* How the checksum of a VRRPv3 message over IPv4 is made: RFC 9568 5.2.8 covers the
 * message only, RFC 5798 was read as including a pseudo-header. Both are deployed, so both
 * are accepted. */
enum vrrp_checksum_form {
	VRRP_CHECKSUM_PSEUDO = 0,
	VRRP_CHECKSUM_MESSAGE,
	VRRP_CHECKSUM_FORM_COUNT_
};

/* Why a packet was refused; each is a counter of its own. 0 means "not refused". */
enum vrrp_drop {
	VRRP_DROP_NONE = 0,
	VRRP_DROP_IP_HEADER,        /* IP header cut short or lying about its length */
	VRRP_DROP_TTL,              /* TTL or hop limit not 255, or not known */
	VRRP_DROP_LENGTH,           /* message cut short, or surplus bytes */
	VRRP_DROP_VERSION,
	VRRP_DROP_TYPE,
	VRRP_DROP_CHECKSUM,
	VRRP_DROP_VRID,             /* not configured on this interface */
	VRRP_DROP_COUNT,            /* address count 0 */
	VRRP_DROP_INTERVAL_ZERO,
	VRRP_DROP_INTERVAL,         /* VRRPv2: differs from ours */
	VRRP_DROP_AUTH_TYPE,
	VRRP_DROP_AUTH_DATA,        /* password differs */
	VRRP_DROP_ADDRESS_LIST,     /* VRRPv2: differs and the sender is no owner */
	VRRP_DROP_FIRST_ADDRESS,    /* IPv6: the first address is not link-local */
	VRRP_DROP_SOURCE,           /* 0.0.0.0, multicast or broadcast source */
	VRRP_DROP_OWN_SOURCE,       /* our own address: looped or spoofed */
	VRRP_DROP_DESTINATION,      /* not sent to our group */
	VRRP_DROP_COUNT_
};

/* The stable short name ("checksum") and the sentence of a reason. */
const char *vrrp_drop_name(enum vrrp_drop drop);
const char *vrrp_drop_text(enum vrrp_drop drop);

/* An advertisement, independent of its version. */
struct vrrp_advert {
	uint8_t version; /* 2 or 3 */
	uint8_t vrid;
	uint8_t priority;
	int64_t advert_int_us; /* Max Advertise Interval; v2: whole seconds */
	uint8_t auth_type;     /* v2 only, else 0 */
	uint8_t auth_data[VRRP_AUTH_LEN];
	enum vrrp_checksum_form checksum_form; /* v3 over IPv4: the form found */
	sa_family_t family;
	uint8_t address_count;
	/* `address_count` addresses of the family's length, in the order of the packet.
	 * decode: points into the packet; encode: the caller's bytes. */
	const uint8_t *addresses;
};

/* What the IP layer said of a received packet. */
struct vrrp_packet_meta {
	struct addr source, destination;
	int ttl; /* TTL or hop limit; -1 when the kernel did not tell */
};

/* Takes the IPv4 header off a packet read from a raw socket. The header's own length is
 * believed only after it was checked against `len`; bytes after the IP total length
 * are link padding and do not count. Fills the payload and *ret_meta; in *ret_meta also
 * after a refusal, with what could be told (else no addresses and TTL -1).
 * Returns VRRP_DROP_NONE or VRRP_DROP_IP_HEADER. */
enum vrrp_drop vrrp_packet_strip_ipv4(const void *packet, size_t len,
    struct vrrp_packet_meta *ret_meta, const uint8_t **ret_payload, size_t *ret_len);

/* Decodes and checks what needs no configuration, in the order TTL, length, version 2 or
 * 3 (2 only over IPv4), type, length by version and count, checksum (both forms), VRID 0,
 * count, interval 0, source, IPv6 first address. Reserved bits are ignored (RFC 9568
 * 5.2.6). The family is that of `meta->source`. The result points into `payload`.
 * Returns VRRP_DROP_NONE, or the reason; *ret is then untouched, except that `ret_vrid`
 * (may be NULL) is set as soon as that byte was there, so that the refusal can be counted
 * where it belongs. RFC 9568 7.1, RFC 3768 7.1. */
enum vrrp_drop vrrp_packet_decode(const void *payload, size_t len,
    const struct vrrp_packet_meta *meta, struct vrrp_advert *ret, uint8_t *ret_vrid);

/* What a virtual router expects of an advertisement. */
struct vrrp_expect {
	uint8_t version;
	int64_t advert_int_us; /* ours, compared in v2 */
	uint8_t auth_type;
	uint8_t auth_data[VRRP_AUTH_LEN];
	struct addr own_source;  /* primary address, may be unset */
	struct addr destination; /* our group */
	uint8_t address_count;
	const uint8_t *addresses; /* ours, as advertised */
};

/* Checks a decoded advertisement against a virtual router: version, own source,
 * destination, authentication, v2 interval, v2 address list (a mismatch is refused unless
 * the sender is the owner, RFC 3768 7.1; order does not matter). Authentication types
 * other than 0 and 1 are always refused, for nothing here could verify them.
 * *ret_list_differs says whether the address lists differ, also where that is only logged
 * (v3, RFC 9568 7.1); it is untouched when another check refused first. */
enum vrrp_drop vrrp_packet_check(const struct vrrp_advert *advert,
    const struct vrrp_packet_meta *meta, const struct vrrp_expect *expect,
    bool *ret_list_differs);

/* Encodes `advert`, checksum included (`src`, `dst` are for the pseudo-header), into
 * `buf`. v2 intervals are whole seconds, v3 intervals whole centiseconds.
 * Returns the length, or -ENOSPC, -EINVAL (interval, count or VRID out of range, or
 * VRRPv2 with IPv6). */
int vrrp_packet_encode(const struct vrrp_advert *advert, const struct addr *src,
    const struct addr *dst, void *buf, size_t room);

#endif

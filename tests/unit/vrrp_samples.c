/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_samples.c - good advertisements in hex. */
#include "tests/unit/vrrp_samples.h"

#include <string.h>
#include "common/checksum.h"
#include "tests/unit/unit.h"

/* VRRPv2, authentication type 0. */
static const uint8_t v2_packet[V2_LEN] = {
    /* clang-format off */
	0x21,                   /* version 2, type 1 */
	51,                     /* VRID */
	100,                    /* priority */
	1,                      /* address count */
	0,                      /* authentication type */
	1,                      /* interval, seconds */
	0xb8, 0x65,             /* checksum */
	192, 0, 2, 100,         /* address */
	0, 0, 0, 0, 0, 0, 0, 0, /* authentication data */
    /* clang-format on */
};

/* VRRPv2 with a password and two addresses. */
static const uint8_t v2_pass_packet[] = {
    /* clang-format off */
	0x21, 51,
	200,                    /* priority */
	2,                      /* address count */
	1,                      /* authentication type: simple text password */
	1,
	0x2e, 0x9c,             /* checksum */
	192, 0, 2, 100,
	192, 0, 2, 101,
	'1', '1', '1', '1', 0, 0, 0, 0, /* password */
    /* clang-format on */
};

/* VRRPv3 over IPv4, checksum with pseudo-header. */
static const uint8_t v3_packet[V3_LEN] = {
    /* clang-format off */
	0x31,                   /* version 3, type 1 */
	7,                      /* VRID */
	150,                    /* priority */
	1,                      /* address count */
	0x00, 0x64,             /* reserved bits, interval in centiseconds */
	0xd3, 0x93,             /* checksum */
	192, 0, 2, 100,
    /* clang-format on */
};

/* The same with a checksum over the message only. */
static const uint8_t v3_message_packet[V3_LEN] = {
    /* clang-format off */
	0x31, 7, 150, 1, 0x00, 0x64,
	0x76, 0x2e,             /* checksum */
	192, 0, 2, 100,
    /* clang-format on */
};

/* VRRPv3 over IPv6: link-local address first. */
static const uint8_t v3_ipv6_packet[V3_IPV6_LEN] = {
    /* clang-format off */
	0x31,
	9,                      /* VRID */
	255,                    /* priority: the owner */
	2,                      /* address count */
	0x0f, 0xff,             /* the longest interval, 40.95 s */
	0x93, 0x7b,             /* checksum */
	0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
    /* clang-format on */
};

struct addr
an_address(const char *text)
{
	struct addr a = {0};

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

struct vrrp_packet_meta
meta_ipv4(void)
{
	return (struct vrrp_packet_meta){
	    .source = an_address("192.0.2.11"),
	    .destination = an_address("224.0.0.18"),
	    .ttl = 255,
	};
}

struct vrrp_packet_meta
meta_ipv6(void)
{
	return (struct vrrp_packet_meta){
	    .source = an_address("fe80::11"),
	    .destination = an_address("ff02::12"),
	    .ttl = 255,
	};
}

const struct sample samples[SAMPLE_COUNT_] = {
    {"v2", v2_packet, sizeof(v2_packet), false},
    {"v2 pass", v2_pass_packet, sizeof(v2_pass_packet), false},
    {"v3", v3_packet, sizeof(v3_packet), false},
    {"v3 message checksum", v3_message_packet, sizeof(v3_message_packet), false},
    {"v3 IPv6", v3_ipv6_packet, sizeof(v3_ipv6_packet), true},
};

struct vrrp_packet_meta
meta_of(const struct sample *s)
{
	return s->ipv6 ? meta_ipv6() : meta_ipv4();
}

enum vrrp_drop
decode(const uint8_t *bytes, size_t len, const struct vrrp_packet_meta *meta)
{
	uint8_t *copy = test_malloc(len + 1);
	struct vrrp_advert advert = {.version = 99};
	enum vrrp_drop drop;

	memcpy(copy + 1, bytes, len);
	drop = vrrp_packet_decode(copy + 1, len, meta, &advert, NULL);
	if (drop != VRRP_DROP_NONE)
		assert_int_equal(advert.version, 99); /* untouched */
	test_free(copy);
	return drop;
}

void
fix_checksum(uint8_t *bytes, size_t len, const struct vrrp_packet_meta *meta)
{
	uint32_t sum;
	uint16_t field;

	bytes[6] = bytes[7] = 0;
	sum = checksum_add(0, bytes, len);
	if (meta->source.family == AF_INET6)
		sum = checksum_add_pseudo(
		    sum, &meta->source, &meta->destination, VRRP_IP_PROTOCOL, len);
	field = checksum_finish(sum);
	bytes[6] = (uint8_t)(field >> 8);
	bytes[7] = (uint8_t)field;
}

struct vrrp_advert
decoded(const struct sample *s)
{
	struct vrrp_packet_meta meta = meta_of(s);
	struct vrrp_advert a;

	assert_int_equal(
	    vrrp_packet_decode(s->bytes, s->len, &meta, &a, NULL), VRRP_DROP_NONE);
	return a;
}

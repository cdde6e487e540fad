/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_samples.h - good advertisements in hex, made by scapy, an implementation that is
 * not ours, and what tests do with them. */
#ifndef TESTS_UNIT_VRRP_SAMPLES_H
#define TESTS_UNIT_VRRP_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "vrrpd/vrrp_packet.h"

/* The samples, by what they are. */
enum {
	SAMPLE_V2 = 0,
	SAMPLE_V2_PASS,    /* with a password and two addresses */
	SAMPLE_V3,         /* over IPv4, checksum with pseudo-header */
	SAMPLE_V3_MESSAGE, /* over IPv4, checksum of the message only */
	SAMPLE_V3_IPV6,    /* of the owner, with the longest interval */
	SAMPLE_COUNT_
};

/* Their lengths. */
#define V2_LEN 20
#define V3_LEN 12
#define V3_IPV6_LEN 40

/* Room for any of them. */
#define SAMPLE_MAX 64

struct sample {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	bool ipv6;
};

extern const struct sample samples[SAMPLE_COUNT_];

/* The address written as `text`, or the test fails. */
struct addr an_address(const char *text);

/* What came around a sample, or around one of its family. */
struct vrrp_packet_meta meta_of(const struct sample *sample);
struct vrrp_packet_meta meta_ipv4(void);
struct vrrp_packet_meta meta_ipv6(void);

/* Decodes a copy of exactly `len` bytes, so that a sanitizer sees any byte read beyond;
 * fails the test when a refusal touched the result. */
enum vrrp_drop decode(
    const uint8_t *bytes, size_t len, const struct vrrp_packet_meta *meta);

/* The sample, decoded; points into it. */
struct vrrp_advert decoded(const struct sample *sample);

/* Puts a right checksum (over the message, and for IPv6 the pseudo-header) into
 * `bytes`. */
void fix_checksum(uint8_t *bytes, size_t len, const struct vrrp_packet_meta *meta);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_packet_ipv4.c - the IPv4 header is believed only as far as it is true. */
#include "vrrpd/vrrp_packet.h"

#include <string.h>
#include "tests/unit/unit.h"
#include "tests/unit/vrrp_samples.h"

struct ip_packet {
	uint8_t bytes[128];
	size_t len;
};

/* `samples[SAMPLE_V3].bytes` in an IPv4 header of `words` 32-bit words. */
static struct ip_packet
an_ip_packet(unsigned words)
{
	struct ip_packet p = {.len = words * 4 + V3_LEN};

	p.bytes[0] = (uint8_t)(0x40 | words);
	p.bytes[3] = (uint8_t)p.len;
	p.bytes[8] = 255;
	p.bytes[9] = VRRP_IP_PROTOCOL;
	memcpy(p.bytes + 12, (uint8_t[]){192, 0, 2, 11}, 4);
	memcpy(p.bytes + 16, (uint8_t[]){224, 0, 0, 18}, 4);
	memset(p.bytes + 20, 1 /* no operation */, words * 4 - 20);
	memcpy(p.bytes + words * 4, samples[SAMPLE_V3].bytes, V3_LEN);
	return p;
}

static enum vrrp_drop
strip(const struct ip_packet *p, struct vrrp_packet_meta *meta, size_t *payload_len)
{
	uint8_t *copy = test_malloc(p->len + 1);
	const uint8_t *payload = NULL;
	enum vrrp_drop drop;

	memcpy(copy, p->bytes, p->len);
	drop = vrrp_packet_strip_ipv4(copy, p->len, meta, &payload, payload_len);
	if (drop == VRRP_DROP_NONE && *payload_len == V3_LEN)
		assert_memory_equal(payload, samples[SAMPLE_V3].bytes, V3_LEN);
	test_free(copy);
	return drop;
}

CASE(the_ipv4_header_is_taken_off_with_options_of_any_length)
{
	for (unsigned words = 5; words <= 15; words++) {
		struct ip_packet p = an_ip_packet(words);
		struct vrrp_packet_meta meta, expected = meta_ipv4();
		size_t len = 0;

		assert_int_equal(strip(&p, &meta, &len), VRRP_DROP_NONE);
		assert_int_equal(len, V3_LEN);
		assert_int_equal(meta.ttl, 255);
		assert_true(addr_equal(&meta.source, &expected.source));
		assert_true(addr_equal(&meta.destination, &expected.destination));
	}
}

CASE(padding_after_the_total_length_does_not_count)
{
	struct ip_packet p = an_ip_packet(5);
	struct vrrp_packet_meta meta;
	size_t len = 0;

	p.len = 46; /* the least an Ethernet frame carries */
	assert_int_equal(strip(&p, &meta, &len), VRRP_DROP_NONE);
	assert_int_equal(len, V3_LEN);
}

CASE(a_header_with_nothing_behind_it_has_an_empty_payload)
{
	struct ip_packet p = an_ip_packet(5);
	struct vrrp_packet_meta meta;
	size_t len = 4711;

	p.len = p.bytes[3] = 20;
	assert_int_equal(strip(&p, &meta, &len), VRRP_DROP_NONE);
	assert_int_equal(len, 0);
	assert_int_equal(decode(p.bytes + 20, len, &meta), VRRP_DROP_LENGTH);
}

CASE(surplus_within_the_total_length_counts)
{
	struct ip_packet p = an_ip_packet(5);
	struct vrrp_packet_meta meta;
	size_t len = 0;

	p.len = 46;
	p.bytes[3] = 46;
	assert_int_equal(strip(&p, &meta, &len), VRRP_DROP_NONE);
	assert_int_equal(len, 26);
	assert_int_equal(decode(p.bytes + 20, len, &meta), VRRP_DROP_LENGTH);
}

CASE(an_ipv4_header_shorter_than_its_least_is_refused)
{
	for (unsigned words = 0; words < 5; words++) {
		struct ip_packet p = an_ip_packet(5);
		struct vrrp_packet_meta meta;
		size_t len = 4711;

		p.bytes[0] = (uint8_t)(0x40 | words);
		assert_int_equal(strip(&p, &meta, &len), VRRP_DROP_IP_HEADER);
		assert_int_equal(len, 4711);
		assert_int_equal(meta.ttl, 255); /* what could be told */
	}
}

CASE(a_header_length_beyond_the_packet_is_refused)
{
	for (unsigned words = 9; words <= 15; words++) {
		struct ip_packet p = an_ip_packet(5); /* 32 bytes in all */
		struct vrrp_packet_meta meta;
		size_t len;

		p.bytes[0] = (uint8_t)(0x40 | words);
		assert_int_equal(strip(&p, &meta, &len), VRRP_DROP_IP_HEADER);
	}
}

CASE(a_total_length_beyond_the_packet_or_within_the_header_is_refused)
{
	for (unsigned total = 0; total < 256; total++) {
		struct ip_packet p = an_ip_packet(6);
		struct vrrp_packet_meta meta;
		size_t len;

		p.bytes[3] = (uint8_t)total;
		assert_int_equal(strip(&p, &meta, &len), total >= 24 && total <= p.len
							     ? VRRP_DROP_NONE
							     : VRRP_DROP_IP_HEADER);
		p.bytes[2] = 1;
		assert_int_equal(strip(&p, &meta, &len), VRRP_DROP_IP_HEADER);
	}
}

CASE(every_truncation_of_the_ip_packet_is_refused)
{
	for (unsigned words = 5; words <= 15; words++) {
		struct ip_packet p = an_ip_packet(words);
		struct vrrp_packet_meta meta;
		size_t len;

		while (p.len-- > 0) {
			assert_int_equal(strip(&p, &meta, &len), VRRP_DROP_IP_HEADER);
			if (p.len < 20) {
				assert_int_equal(meta.ttl, -1);
				assert_false(addr_is_set(&meta.source));
			}
		}
	}
}

CASE(another_ip_version_is_refused)
{
	for (unsigned version = 0; version < 16; version++) {
		struct ip_packet p = an_ip_packet(5);
		struct vrrp_packet_meta meta;
		size_t len;

		p.bytes[0] = (uint8_t)(version << 4 | 5);
		assert_int_equal(strip(&p, &meta, &len),
		    version == 4 ? VRRP_DROP_NONE : VRRP_DROP_IP_HEADER);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_ipv4_header_is_taken_off_with_options_of_any_length),
	    cmocka_unit_test(padding_after_the_total_length_does_not_count),
	    cmocka_unit_test(a_header_with_nothing_behind_it_has_an_empty_payload),
	    cmocka_unit_test(surplus_within_the_total_length_counts),
	    cmocka_unit_test(an_ipv4_header_shorter_than_its_least_is_refused),
	    cmocka_unit_test(a_header_length_beyond_the_packet_is_refused),
	    cmocka_unit_test(
		a_total_length_beyond_the_packet_or_within_the_header_is_refused),
	    cmocka_unit_test(every_truncation_of_the_ip_packet_is_refused),
	    cmocka_unit_test(another_ip_version_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

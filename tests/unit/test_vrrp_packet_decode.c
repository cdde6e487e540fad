/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_packet_decode.c - received advertisements: what is taken and what is
 * refused. */
#include "vrrpd/vrrp_packet.h"

#include <string.h>
#include "common/checksum.h"
#include "common/units.h"
#include "tests/unit/unit.h"
#include "tests/unit/vrrp_samples.h"

/* Decodes `sample` with byte `at` changed to `value` and a right checksum. */
static enum vrrp_drop
decode_changed(const struct sample *sample, size_t at, uint8_t value)
{
	struct vrrp_packet_meta meta = meta_of(sample);
	uint8_t bytes[SAMPLE_MAX];

	memcpy(bytes, sample->bytes, sample->len);
	bytes[at] = value;
	fix_checksum(bytes, sample->len, &meta);
	return decode(bytes, sample->len, &meta);
}

CASE(v2_is_decoded)
{
	struct vrrp_packet_meta meta = meta_ipv4();
	struct vrrp_advert a;
	uint8_t vrid = 0;

	assert_int_equal(vrrp_packet_decode(samples[SAMPLE_V2_PASS].bytes,
			     samples[SAMPLE_V2_PASS].len, &meta, &a, &vrid),
	    VRRP_DROP_NONE);
	assert_int_equal(vrid, 51);
	assert_int_equal(a.version, 2);
	assert_int_equal(a.vrid, 51);
	assert_int_equal(a.priority, 200);
	assert_int_equal(a.advert_int_us, US_PER_S);
	assert_int_equal(a.auth_type, VRRP_AUTH_PASS);
	assert_memory_equal(a.auth_data, "1111\0\0\0\0", VRRP_AUTH_LEN);
	assert_int_equal(a.family, AF_INET);
	assert_int_equal(a.address_count, 2);
	assert_ptr_equal(a.addresses, samples[SAMPLE_V2_PASS].bytes + 8);
}

CASE(v3_is_decoded)
{
	struct vrrp_packet_meta meta = meta_ipv4();
	struct vrrp_advert a;

	assert_int_equal(
	    vrrp_packet_decode(samples[SAMPLE_V3].bytes, V3_LEN, &meta, &a, NULL),
	    VRRP_DROP_NONE);
	assert_int_equal(a.version, 3);
	assert_int_equal(a.vrid, 7);
	assert_int_equal(a.priority, 150);
	assert_int_equal(a.advert_int_us, 100 * US_PER_CS);
	assert_int_equal(a.auth_type, 0);
	assert_int_equal(a.checksum_form, VRRP_CHECKSUM_PSEUDO);
	assert_int_equal(a.address_count, 1);
	assert_ptr_equal(a.addresses, samples[SAMPLE_V3].bytes + 8);
}

CASE(v3_over_ipv6_is_decoded)
{
	struct vrrp_packet_meta meta = meta_ipv6();
	struct vrrp_advert a;

	assert_int_equal(vrrp_packet_decode(samples[SAMPLE_V3_IPV6].bytes, V3_IPV6_LEN,
			     &meta, &a, NULL),
	    VRRP_DROP_NONE);
	assert_int_equal(a.family, AF_INET6);
	assert_int_equal(a.priority, VRRP_PRIORITY_OWNER);
	assert_int_equal(a.advert_int_us, 4095 * US_PER_CS);
	assert_int_equal(a.address_count, 2);
	assert_memory_equal(a.addresses, samples[SAMPLE_V3_IPV6].bytes + 8, 32);
}

CASE(both_checksum_forms_of_v3_over_ipv4_are_taken_and_told_apart)
{
	struct vrrp_packet_meta meta = meta_ipv4();
	struct vrrp_advert a;

	assert_int_equal(vrrp_packet_decode(
			     samples[SAMPLE_V3_MESSAGE].bytes, V3_LEN, &meta, &a, NULL),
	    VRRP_DROP_NONE);
	assert_int_equal(a.checksum_form, VRRP_CHECKSUM_MESSAGE);
}

/* RFC 9568 5.2.8: over IPv6 there is only the form with pseudo-header. */
CASE(a_message_checksum_over_ipv6_is_refused)
{
	struct vrrp_packet_meta ipv4 = meta_ipv4(), ipv6 = meta_ipv6();
	uint8_t bytes[V3_IPV6_LEN];

	memcpy(bytes, samples[SAMPLE_V3_IPV6].bytes, sizeof(bytes));
	fix_checksum(bytes, sizeof(bytes), &ipv4);
	assert_int_equal(decode(bytes, sizeof(bytes), &ipv6), VRRP_DROP_CHECKSUM);
}

/* RFC 3768 5.3.8: no pseudo-header in VRRPv2. */
CASE(a_pseudo_header_checksum_in_v2_is_refused)
{
	struct vrrp_packet_meta meta = meta_ipv4();
	uint8_t bytes[V2_LEN];
	uint16_t field;

	memcpy(bytes, samples[SAMPLE_V2].bytes, sizeof(bytes));
	bytes[6] = bytes[7] = 0;
	field =
	    checksum_finish(checksum_add_pseudo(checksum_add(0, bytes, sizeof(bytes)),
		&meta.source, &meta.destination, VRRP_IP_PROTOCOL, sizeof(bytes)));
	bytes[6] = (uint8_t)(field >> 8);
	bytes[7] = (uint8_t)field;
	assert_int_equal(decode(bytes, sizeof(bytes), &meta), VRRP_DROP_CHECKSUM);
}

/* The pseudo-header holds the addresses: a message on behalf of another is refused. */
CASE(a_checksum_made_for_other_addresses_is_refused)
{
	struct vrrp_packet_meta meta = meta_ipv4(), meta6 = meta_ipv6();

	meta.source = an_address("192.0.2.12");
	assert_int_equal(
	    decode(samples[SAMPLE_V3].bytes, V3_LEN, &meta), VRRP_DROP_CHECKSUM);
	meta6.destination = an_address("ff02::13");
	assert_int_equal(decode(samples[SAMPLE_V3_IPV6].bytes, V3_IPV6_LEN, &meta6),
	    VRRP_DROP_CHECKSUM);
}

CASE(every_bit_flip_of_a_good_packet_is_refused)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		const struct sample *s = &samples[i];
		struct vrrp_packet_meta meta = meta_of(s);
		uint8_t bytes[SAMPLE_MAX];

		assert_int_equal(decode(s->bytes, s->len, &meta), VRRP_DROP_NONE);
		for (size_t bit = 0; bit < s->len * 8; bit++) {
			memcpy(bytes, s->bytes, s->len);
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (decode(bytes, s->len, &meta) == VRRP_DROP_NONE)
				fail_msg("%s with bit %zu flipped", s->name, bit);
		}
	}
}

CASE(every_truncation_is_refused_by_its_length)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		const struct sample *s = &samples[i];
		struct vrrp_packet_meta meta = meta_of(s);

		for (size_t len = 0; len < s->len; len++)
			if (decode(s->bytes, len, &meta) != VRRP_DROP_LENGTH)
				fail_msg("%s cut to %zu", s->name, len);
	}
}

CASE(surplus_bytes_are_refused_even_with_a_right_checksum)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		const struct sample *s = &samples[i];
		struct vrrp_packet_meta meta = meta_of(s);
		uint8_t bytes[128] = {0};

		memcpy(bytes, s->bytes, s->len);
		for (size_t more = 1; more <= 40; more++) {
			fix_checksum(bytes, s->len + more, &meta);
			if (decode(bytes, s->len + more, &meta) != VRRP_DROP_LENGTH)
				fail_msg("%s and %zu more", s->name, more);
		}
	}
}

/* RFC 9568 7.1: a count that the length does not bear out. */
CASE(every_other_address_count_is_refused_by_the_length)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++)
		for (unsigned count = 0; count < 256; count++)
			if (count != samples[i].bytes[3])
				assert_int_equal(
				    decode_changed(&samples[i], 3, (uint8_t)count),
				    VRRP_DROP_LENGTH);
}

CASE(an_address_count_of_zero_is_refused)
{
	uint8_t v2[] = {0x21, 51, 200, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	uint8_t v3[] = {0x31, 7, 200, 0, 0, 100, 0, 0};
	struct vrrp_packet_meta meta = meta_ipv4(), meta6 = meta_ipv6();

	fix_checksum(v2, sizeof(v2), &meta);
	assert_int_equal(decode(v2, sizeof(v2), &meta), VRRP_DROP_COUNT);
	fix_checksum(v3, sizeof(v3), &meta);
	assert_int_equal(decode(v3, sizeof(v3), &meta), VRRP_DROP_COUNT);
	fix_checksum(v3, sizeof(v3), &meta6);
	assert_int_equal(decode(v3, sizeof(v3), &meta6), VRRP_DROP_COUNT);
}

CASE(every_other_version_and_type_is_refused)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		const struct sample *s = &samples[i];
		uint8_t version = s->bytes[0] >> 4;

		for (unsigned v = 0; v < 16; v++) {
			enum vrrp_drop drop =
			    decode_changed(s, 0, (uint8_t)(v << 4 | 1));

			if (v == version)
				assert_int_equal(drop, VRRP_DROP_NONE);
			else if (v == 2 || v == 3)
				assert_in_set(drop,
				    ((LargestIntegralType[]){
					VRRP_DROP_LENGTH, VRRP_DROP_VERSION}),
				    2);
			else
				assert_int_equal(drop, VRRP_DROP_VERSION);
		}
		for (unsigned t = 0; t < 16; t++)
			assert_int_equal(
			    decode_changed(s, 0, (uint8_t)(version << 4 | (int)t)),
			    t == 1 ? VRRP_DROP_NONE : VRRP_DROP_TYPE);
	}
}

CASE(v2_over_ipv6_does_not_exist)
{
	struct vrrp_packet_meta meta = meta_ipv6(), ipv4 = meta_ipv4();
	uint8_t bytes[32] = {0x21, 9, 100, 1, 0, 1, 0, 0, 0xfe, 0x80, [23] = 1};

	fix_checksum(bytes, sizeof(bytes), &ipv4);
	assert_int_equal(decode(bytes, sizeof(bytes), &meta), VRRP_DROP_VERSION);
}

CASE(every_hop_count_but_255_is_refused_before_all_else)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++)
		for (int ttl = -1; ttl < 255; ttl++) {
			struct vrrp_packet_meta meta = meta_of(&samples[i]);

			meta.ttl = ttl;
			assert_int_equal(
			    decode(samples[i].bytes, samples[i].len, &meta),
			    VRRP_DROP_TTL);
			assert_int_equal(
			    decode(samples[i].bytes, 3, &meta), VRRP_DROP_TTL);
		}
}

/* RFC 9568 5.2.6: reserved bits are ignored. */
CASE(reserved_bits_are_ignored)
{
	for (unsigned bits = 0; bits < 16; bits++) {
		struct vrrp_packet_meta meta = meta_ipv4();
		uint8_t bytes[V3_LEN];
		struct vrrp_advert a;

		memcpy(bytes, samples[SAMPLE_V3].bytes, sizeof(bytes));
		bytes[4] = (uint8_t)(bits << 4);
		fix_checksum(bytes, sizeof(bytes), &meta);
		assert_int_equal(
		    vrrp_packet_decode(bytes, sizeof(bytes), &meta, &a, NULL),
		    VRRP_DROP_NONE);
		assert_int_equal(a.advert_int_us, US_PER_S);
	}
}

/* RFC 9568 erratum 8301, also with reserved bits in the way. */
CASE(an_interval_of_zero_is_refused)
{
	struct vrrp_packet_meta meta = meta_ipv4();
	uint8_t bytes[V3_LEN];

	assert_int_equal(
	    decode_changed(&samples[SAMPLE_V2], 5, 0), VRRP_DROP_INTERVAL_ZERO);
	memcpy(bytes, samples[SAMPLE_V3].bytes, sizeof(bytes));
	for (unsigned bits = 0; bits < 16; bits++) {
		bytes[4] = (uint8_t)(bits << 4);
		bytes[5] = 0;
		fix_checksum(bytes, sizeof(bytes), &meta);
		assert_int_equal(
		    decode(bytes, sizeof(bytes), &meta), VRRP_DROP_INTERVAL_ZERO);
	}
	bytes[5] = 1;
	fix_checksum(bytes, sizeof(bytes), &meta);
	assert_int_equal(decode(bytes, sizeof(bytes), &meta), VRRP_DROP_NONE);
}

CASE(vrid_zero_is_no_virtual_router)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		assert_int_equal(decode_changed(&samples[i], 1, 0), VRRP_DROP_VRID);
		assert_int_equal(decode_changed(&samples[i], 1, 255), VRRP_DROP_NONE);
	}
}

CASE(every_priority_is_read_as_it_is)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++)
		for (unsigned priority = 0; priority < 256; priority++)
			assert_int_equal(
			    decode_changed(&samples[i], 2, (uint8_t)priority),
			    VRRP_DROP_NONE);
}

CASE(a_source_that_is_no_routers_is_refused)
{
	static const char *const ipv4[] = {
	    "0.0.0.0", "224.0.0.18", "239.1.1.1", "255.255.255.255"};
	static const char *const ipv6[] = {"::", "ff02::12"};

	for (size_t i = 0; i < COUNT_OF(ipv4); i++) {
		struct vrrp_packet_meta meta = meta_ipv4();

		meta.source = an_address(ipv4[i]);
		assert_int_equal(
		    decode(samples[SAMPLE_V3_MESSAGE].bytes, V3_LEN, &meta),
		    VRRP_DROP_SOURCE);
		assert_int_equal(
		    decode(samples[SAMPLE_V2].bytes, V2_LEN, &meta), VRRP_DROP_SOURCE);
	}
	for (size_t i = 0; i < COUNT_OF(ipv6); i++) {
		struct vrrp_packet_meta meta = meta_ipv6();
		uint8_t bytes[V3_IPV6_LEN];

		meta.source = an_address(ipv6[i]);
		memcpy(bytes, samples[SAMPLE_V3_IPV6].bytes, sizeof(bytes));
		fix_checksum(bytes, sizeof(bytes), &meta);
		assert_int_equal(decode(bytes, sizeof(bytes), &meta), VRRP_DROP_SOURCE);
	}
}

CASE(a_source_of_no_family_is_refused)
{
	struct vrrp_packet_meta meta = meta_ipv4();

	meta.source = (struct addr){0};
	assert_int_equal(
	    decode(samples[SAMPLE_V3].bytes, V3_LEN, &meta), VRRP_DROP_SOURCE);
}

/* RFC 9568 erratum 8300. */
CASE(an_ipv6_list_must_begin_with_a_link_local_address)
{
	const struct sample *s = &samples[SAMPLE_V3_IPV6];

	assert_int_equal(decode_changed(s, 8, 0x20), VRRP_DROP_FIRST_ADDRESS);
	assert_int_equal(decode_changed(s, 9, 0xc0), VRRP_DROP_FIRST_ADDRESS);
	assert_int_equal(decode_changed(s, 9, 0xbf), VRRP_DROP_NONE);
}

CASE(the_vrid_is_told_as_soon_as_it_is_there)
{
	struct vrrp_packet_meta meta = meta_ipv4();
	struct vrrp_advert a;
	uint8_t vrid = 77;

	(void)vrrp_packet_decode(samples[SAMPLE_V3].bytes, 1, &meta, &a, &vrid);
	assert_int_equal(vrid, 77);
	(void)vrrp_packet_decode(samples[SAMPLE_V3].bytes, 2, &meta, &a, &vrid);
	assert_int_equal(vrid, 7);
	vrid = 77;
	meta.ttl = 64;
	(void)vrrp_packet_decode(samples[SAMPLE_V3].bytes, V3_LEN, &meta, &a, &vrid);
	assert_int_equal(vrid, 7);
}

CASE(the_longest_list_is_taken)
{
	static uint8_t bytes[VRRP_PACKET_MAX];
	struct vrrp_packet_meta meta = meta_ipv6();

	memcpy(bytes, samples[SAMPLE_V3_IPV6].bytes, 24);
	bytes[3] = VRRP_MAX_ADDRESSES;
	fix_checksum(bytes, sizeof(bytes), &meta);
	assert_int_equal(decode(bytes, sizeof(bytes), &meta), VRRP_DROP_NONE);
	assert_int_equal(decode(bytes, sizeof(bytes) - 1, &meta), VRRP_DROP_LENGTH);
}

CASE(every_reason_has_a_name_of_its_own_and_a_sentence)
{
	for (unsigned i = 0; i < VRRP_DROP_COUNT_; i++) {
		assert_true(strlen(vrrp_drop_name(i)) > 1);
		assert_true(strlen(vrrp_drop_text(i)) > 1);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(vrrp_drop_name(i), vrrp_drop_name(j));
	}
	assert_string_equal(vrrp_drop_name(VRRP_DROP_COUNT_), "?");
	assert_string_equal(vrrp_drop_text(VRRP_DROP_COUNT_), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(v2_is_decoded),
	    cmocka_unit_test(v3_is_decoded),
	    cmocka_unit_test(v3_over_ipv6_is_decoded),
	    cmocka_unit_test(
		both_checksum_forms_of_v3_over_ipv4_are_taken_and_told_apart),
	    cmocka_unit_test(a_message_checksum_over_ipv6_is_refused),
	    cmocka_unit_test(a_pseudo_header_checksum_in_v2_is_refused),
	    cmocka_unit_test(a_checksum_made_for_other_addresses_is_refused),
	    cmocka_unit_test(every_bit_flip_of_a_good_packet_is_refused),
	    cmocka_unit_test(every_truncation_is_refused_by_its_length),
	    cmocka_unit_test(surplus_bytes_are_refused_even_with_a_right_checksum),
	    cmocka_unit_test(every_other_address_count_is_refused_by_the_length),
	    cmocka_unit_test(an_address_count_of_zero_is_refused),
	    cmocka_unit_test(every_other_version_and_type_is_refused),
	    cmocka_unit_test(v2_over_ipv6_does_not_exist),
	    cmocka_unit_test(every_hop_count_but_255_is_refused_before_all_else),
	    cmocka_unit_test(reserved_bits_are_ignored),
	    cmocka_unit_test(an_interval_of_zero_is_refused),
	    cmocka_unit_test(vrid_zero_is_no_virtual_router),
	    cmocka_unit_test(every_priority_is_read_as_it_is),
	    cmocka_unit_test(a_source_that_is_no_routers_is_refused),
	    cmocka_unit_test(a_source_of_no_family_is_refused),
	    cmocka_unit_test(an_ipv6_list_must_begin_with_a_link_local_address),
	    cmocka_unit_test(the_vrid_is_told_as_soon_as_it_is_there),
	    cmocka_unit_test(the_longest_list_is_taken),
	    cmocka_unit_test(every_reason_has_a_name_of_its_own_and_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

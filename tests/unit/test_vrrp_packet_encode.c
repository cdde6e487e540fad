/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_packet_encode.c - advertisements as they are sent. */
#include "vrrpd/vrrp_packet.h"

#include <errno.h>
#include <string.h>
#include "common/units.h"
#include "tests/unit/unit.h"
#include "tests/unit/vrrp_samples.h"

CASE(what_was_decoded_encodes_to_the_same_bytes)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		const struct sample *s = &samples[i];
		struct vrrp_packet_meta meta = meta_of(s);
		struct vrrp_advert a = decoded(s);
		uint8_t bytes[SAMPLE_MAX];

		assert_int_equal(vrrp_packet_encode(&a, &meta.source, &meta.destination,
				     bytes, sizeof(bytes)),
		    s->len);
		assert_memory_equal(bytes, s->bytes, s->len);
	}
}

/* RFC 3768 5.3.10: zeros are sent, whatever the caller's field holds. */
CASE(v2_without_authentication_sends_zeros)
{
	struct vrrp_packet_meta meta = meta_ipv4();
	struct vrrp_advert a = decoded(&samples[SAMPLE_V2]);
	uint8_t bytes[SAMPLE_MAX];

	memset(a.auth_data, 0xa5, VRRP_AUTH_LEN);
	assert_int_equal(vrrp_packet_encode(
			     &a, &meta.source, &meta.destination, bytes, sizeof(bytes)),
	    V2_LEN);
	assert_memory_equal(bytes, samples[SAMPLE_V2].bytes, V2_LEN);
}

CASE(too_little_room_is_told)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		struct vrrp_packet_meta meta = meta_of(&samples[i]);
		struct vrrp_advert a = decoded(&samples[i]);
		uint8_t bytes[SAMPLE_MAX];

		for (size_t room = 0; room < samples[i].len; room++)
			assert_int_equal(vrrp_packet_encode(&a, &meta.source,
					     &meta.destination, bytes, room),
			    -ENOSPC);
	}
}

CASE(intervals_must_be_whole_and_fit_their_field)
{
	static const struct {
		uint8_t version;
		int64_t interval_us;
		bool good;
	} rows[] = {
	    /* clang-format off */
	    { 2, 0,                   false },
	    { 2, US_PER_S / 2,        false },
	    { 2, US_PER_S,            true },
	    { 2, US_PER_S + 1,        false },
	    { 2, 255 * US_PER_S,      true },
	    { 2, 256 * US_PER_S,      false },
	    { 3, -US_PER_CS,          false },
	    { 3, 0,                   false },
	    { 3, US_PER_CS - 1,       false },
	    { 3, US_PER_CS,           true },
	    { 3, US_PER_CS + 1,       false },
	    { 3, 4095 * US_PER_CS,    true },
	    { 3, 4096 * US_PER_CS,    false },
	    /* clang-format on */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct vrrp_packet_meta meta = meta_ipv4();
		struct vrrp_advert a =
		    decoded(&samples[rows[i].version == 2 ? SAMPLE_V2 : SAMPLE_V3]);
		uint8_t bytes[SAMPLE_MAX];
		int r;

		a.advert_int_us = rows[i].interval_us;
		r = vrrp_packet_encode(
		    &a, &meta.source, &meta.destination, bytes, sizeof(bytes));
		assert_int_equal(r > 0, rows[i].good);
		if (!rows[i].good)
			assert_int_equal(r, -EINVAL);
	}
}

CASE(what_cannot_be_said_is_not_encoded)
{
	struct vrrp_packet_meta meta = meta_ipv4();
	const struct vrrp_advert good = decoded(&samples[SAMPLE_V3]);
	struct vrrp_advert bad[6];
	uint8_t bytes[SAMPLE_MAX];

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		bad[i] = good;
	bad[0].version = 1;
	bad[1].version = 4;
	bad[2].vrid = 0;
	bad[3].address_count = 0;
	bad[4].family = AF_UNSPEC;
	bad[5].version = 2; /* RFC 3768 knows no IPv6 */
	bad[5].family = AF_INET6;
	bad[5].advert_int_us = US_PER_S;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(vrrp_packet_encode(&bad[i], &meta.source,
				     &meta.destination, bytes, sizeof(bytes)),
		    -EINVAL);
}

CASE(every_count_encodes_and_decodes)
{
	static uint8_t addresses[VRRP_MAX_ADDRESSES * 16], bytes[VRRP_PACKET_MAX];

	for (size_t i = 0; i < VRRP_MAX_ADDRESSES; i++) {
		addresses[i * 16] = 0xfe;
		addresses[i * 16 + 1] = 0x80;
		addresses[i * 16 + 15] = (uint8_t)i;
	}
	for (unsigned count = 1; count <= VRRP_MAX_ADDRESSES; count++) {
		struct vrrp_packet_meta meta = meta_ipv6();
		struct vrrp_advert in = decoded(&samples[SAMPLE_V3_IPV6]), out;
		int len;

		in.addresses = addresses;
		in.address_count = (uint8_t)count;
		len = vrrp_packet_encode(
		    &in, &meta.source, &meta.destination, bytes, sizeof(bytes));
		assert_int_equal(len, 8 + count * 16);
		assert_int_equal(
		    vrrp_packet_decode(bytes, (size_t)len, &meta, &out, NULL),
		    VRRP_DROP_NONE);
		assert_memory_equal(out.addresses, addresses, count * 16);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_decoded_encodes_to_the_same_bytes),
	    cmocka_unit_test(v2_without_authentication_sends_zeros),
	    cmocka_unit_test(too_little_room_is_told),
	    cmocka_unit_test(intervals_must_be_whole_and_fit_their_field),
	    cmocka_unit_test(what_cannot_be_said_is_not_encoded),
	    cmocka_unit_test(every_count_encodes_and_decodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

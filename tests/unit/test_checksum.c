/* SPDX-License-Identifier: Apache-2.0 */
/* test_checksum.c - the Internet checksum. */
#include "common/checksum.h"

#include <string.h>
#include "tests/unit/unit.h"

static struct addr
an_address(const char *text)
{
	struct addr a = {0};

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

CASE(the_example_of_rfc_1071_comes_out)
{
	/* RFC 1071 3: the sum is ddf2, the checksum its complement. */
	static const uint8_t data[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};

	assert_int_equal(checksum_finish(checksum_add(0, data, sizeof(data))), 0x220d);
}

CASE(data_with_its_checksum_sums_to_zero)
{
	uint8_t data[] = {0x45, 0x00, 0x12, 0x34, 0x00, 0x00, 0xff};
	uint16_t sum = checksum_finish(checksum_add(0, data, sizeof(data)));

	data[4] = (uint8_t)(sum >> 8);
	data[5] = (uint8_t)sum;
	assert_int_equal(checksum_finish(checksum_add(0, data, sizeof(data))), 0);
}

CASE(an_odd_byte_is_the_upper_half_of_a_word)
{
	static const uint8_t odd[] = {0x12, 0x34, 0x56}, even[] = {0x12, 0x34, 0x56, 0};

	assert_int_equal(checksum_add(0, odd, 3), checksum_add(0, even, 4));
}

CASE(pieces_sum_like_the_whole)
{
	static uint8_t data[300000];
	uint32_t whole, pieces = 0;

	memset(data, 0xff, sizeof(data)); /* every carry there can be */
	data[7] = 0x11;
	whole = checksum_add(0, data, sizeof(data));
	for (size_t i = 0; i < sizeof(data); i += 1000)
		pieces = checksum_add(pieces, data + i, 1000);
	assert_int_equal(checksum_finish(whole), checksum_finish(pieces));
	assert_int_equal(checksum_finish(whole), 0x00ee);
}

CASE(pseudo_headers_are_those_of_the_rfcs)
{
	/* RFC 768: addresses, zero, protocol, length. */
	static const uint8_t v4[] = {10, 0, 0, 1, 224, 0, 0, 18, 0, 112, 0x12, 0x34};
	/* RFC 8200 8.1: addresses, 32 bits of length, zeros, next header. */
	static const uint8_t v6[] = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	    1, 0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0, 1, 0x23,
	    0x45, 0, 0, 0, 112};
	struct addr src4 = an_address("10.0.0.1"), dst4 = an_address("224.0.0.18");
	struct addr src6 = an_address("fe80::1"), dst6 = an_address("ff02::12");

	assert_int_equal(checksum_add_pseudo(0, &src4, &dst4, 112, 0x1234),
	    checksum_add(0, v4, sizeof(v4)));
	assert_int_equal(checksum_add_pseudo(0, &src6, &dst6, 112, 0x12345),
	    checksum_add(0, v6, sizeof(v6)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_example_of_rfc_1071_comes_out),
	    cmocka_unit_test(data_with_its_checksum_sums_to_zero),
	    cmocka_unit_test(an_odd_byte_is_the_upper_half_of_a_word),
	    cmocka_unit_test(pieces_sum_like_the_whole),
	    cmocka_unit_test(pseudo_headers_are_those_of_the_rfcs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_wire.c - bounded readers and writers. */
#include "common/wire.h"

#include <string.h>
#include "tests/unit/unit.h"

CASE(numbers_are_read_in_network_order)
{
	static const uint8_t data[] = {1, 2, 3, 0x84, 5, 6, 7, 8, 9, 10};
	struct wire_reader r = wire_reader_init(data, sizeof(data));
	uint8_t rest[2];

	assert_int_equal(wire_read_u8(&r), 1);
	assert_int_equal(wire_read_u16(&r), 0x0203);
	assert_int_equal(wire_read_u32(&r), 0x84050607);
	wire_skip(&r, 1);
	assert_int_equal(wire_left(&r), 2);
	wire_read_bytes(&r, rest, 2);
	assert_int_equal(rest[1], 10);
	assert_int_equal(wire_left(&r), 0);
	assert_false(r.failed);
}

CASE(reading_past_the_end_gives_zeros_for_good)
{
	static const uint8_t data[] = {0xff, 0xff, 0xff};
	struct wire_reader r = wire_reader_init(data, sizeof(data));
	uint8_t bytes[2] = {7, 7};

	assert_int_equal(wire_read_u32(&r), 0);
	assert_true(r.failed);
	assert_int_equal(wire_read_u8(&r), 0); /* although three bytes are there */
	assert_int_equal(wire_read_u16(&r), 0);
	wire_read_bytes(&r, bytes, sizeof(bytes));
	assert_int_equal(bytes[0] | bytes[1], 0);
	assert_int_equal(wire_left(&r), 0);
}

CASE(skipping_past_the_end_fails)
{
	struct wire_reader r = wire_reader_init("abc", 3);

	wire_skip(&r, 3);
	assert_false(r.failed);
	wire_skip(&r, SIZE_MAX);
	assert_true(r.failed);
}

CASE(nothing_can_be_read_from_nothing)
{
	struct wire_reader r = wire_reader_init(NULL, 0);

	wire_skip(&r, 0);
	wire_read_bytes(&r, NULL, 0);
	assert_false(r.failed);
	assert_int_equal(wire_read_u8(&r), 0);
	assert_true(r.failed);
}

CASE(numbers_are_written_in_network_order)
{
	static const uint8_t expected[] = {1, 2, 3, 0x84, 5, 6, 7, 'a', 'b', 0, 0};
	uint8_t data[sizeof(expected)];
	struct wire_writer w = wire_writer_init(data, sizeof(data));

	wire_write_u8(&w, 1);
	wire_write_u16(&w, 0x0203);
	wire_write_u32(&w, 0x84050607);
	wire_write_bytes(&w, "ab", 2);
	wire_write_zeros(&w, 2);
	wire_write_bytes(&w, NULL, 0);
	wire_write_zeros(&w, 0);
	assert_false(w.failed);
	assert_int_equal(w.pos, sizeof(expected));
	assert_memory_equal(data, expected, sizeof(expected));
}

CASE(writing_past_the_end_writes_nothing_and_fails_for_good)
{
	uint8_t data[] = {9, 9, 9, 9};
	struct wire_writer w = wire_writer_init(data, 3);

	wire_write_u32(&w, 0);
	assert_true(w.failed);
	wire_write_u8(&w, 0);
	wire_write_zeros(&w, 1);
	assert_int_equal(w.pos, 0);
	assert_int_equal(data[0], 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_are_read_in_network_order),
	    cmocka_unit_test(reading_past_the_end_gives_zeros_for_good),
	    cmocka_unit_test(skipping_past_the_end_fails),
	    cmocka_unit_test(nothing_can_be_read_from_nothing),
	    cmocka_unit_test(numbers_are_written_in_network_order),
	    cmocka_unit_test(writing_past_the_end_writes_nothing_and_fails_for_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

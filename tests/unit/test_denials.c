/* SPDX-License-Identifier: Apache-2.0 */
/* test_denials.c - which refused attempts are written down. */
#include "tests/unit/unit.h"

#include "common/denials.h"
#include "common/units.h"

#define NOW (1000 * US_PER_S)

static unsigned
try_often(struct denials *denials, uid_t uid, unsigned times, int64_t now_us)
{
	unsigned told = 0;
	uint64_t held;

	for (unsigned i = 0; i < times; i++)
		told += denials_pass(denials, uid, now_us, &held);
	return told;
}

CASE(a_flood_is_told_in_part_and_the_rest_by_number)
{
	struct denials denials = {0};
	uint64_t held = 99;

	assert_int_equal(try_often(&denials, 7, 1000, NOW), DENIALS_A_MINUTE);
	assert_false(denials_pass(&denials, 7, NOW + 59 * US_PER_S, &held));
	assert_int_equal(held, 99);
	assert_true(denials_pass(&denials, 7, NOW + 60 * US_PER_S, &held));
	assert_int_equal(held, 1001 - DENIALS_A_MINUTE);
	assert_true(denials_pass(&denials, 7, NOW + 60 * US_PER_S, &held));
	assert_int_equal(held, 0);
}

CASE(one_user_hides_no_other)
{
	struct denials denials = {0};
	uint64_t held;

	(void)try_often(&denials, 7, 1000, NOW);
	assert_true(denials_pass(&denials, 0, NOW, &held));
	assert_int_equal(held, 0);
}

CASE(more_users_than_there_is_room_for_are_all_told)
{
	struct denials denials = {0};

	for (uid_t uid = 1; uid <= 3 * DENIALS_USERS; uid++)
		assert_int_equal(
		    try_often(&denials, uid, 1000, NOW + uid), DENIALS_A_MINUTE);
	/* The last ones are remembered. */
	assert_int_equal(try_often(&denials, 3 * DENIALS_USERS, 1, NOW + 99), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_flood_is_told_in_part_and_the_rest_by_number),
	    cmocka_unit_test(one_user_hides_no_other),
	    cmocka_unit_test(more_users_than_there_is_room_for_are_all_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

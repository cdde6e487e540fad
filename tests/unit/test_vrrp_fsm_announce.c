/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_fsm_announce.c - when addresses are announced again. */
#include "vrrpd/vrrp_fsm.h"

#include "tests/unit/fsm_fixture.h"

/* How often `effect` comes up to `until_us`; *ret_first_us, *ret_last_us say when. */
static int
count_effect(struct vrrp_fsm *fsm, unsigned effect, int64_t until_us,
    int64_t *ret_first_us, int64_t *ret_last_us)
{
	int count = 0;
	int64_t at;

	while ((at = vrrp_fsm_deadline(fsm)) != 0 && at <= until_us)
		if ((timer(fsm, at) & effect) != 0) {
			if (count++ == 0)
				*ret_first_us = at;
			*ret_last_us = at;
		}
	return count;
}

CASE(a_second_burst_follows_after_the_delay_and_only_once)
{
	struct vrrp_fsm fsm = a_master(.announce_delay_us = SEC(5));
	int64_t first = 0, last;

	assert_int_equal(
	    count_effect(&fsm, VRRP_EFFECT_ANNOUNCE, START + SEC(100), &first, &last),
	    1);
	assert_true(first == START + SEC(5));
}

CASE(without_a_delay_there_is_no_second_burst)
{
	struct vrrp_fsm fsm = a_master();
	int64_t first, last;

	assert_int_equal(
	    count_effect(&fsm, VRRP_EFFECT_ANNOUNCE, START + SEC(100), &first, &last),
	    0);
}

CASE(refresh_comes_at_every_period_and_does_not_drift)
{
	struct vrrp_fsm fsm = a_master(.announce_refresh_us = MS(1500));
	int64_t first = 0, last = 0;

	assert_int_equal(count_effect(&fsm, VRRP_EFFECT_ANNOUNCE_REFRESH,
			     START + SEC(150), &first, &last),
	    100);
	assert_true(first == START + MS(1500));
	assert_true(last == START + SEC(150));
}

CASE(what_is_due_together_is_done_together)
{
	struct vrrp_fsm fsm =
	    a_master(.announce_delay_us = SEC(1), .announce_refresh_us = SEC(1));

	assert_int_equal(timer(&fsm, START + SEC(1)), VRRP_EFFECT_SEND_ADVERT |
							  VRRP_EFFECT_ANNOUNCE |
							  VRRP_EFFECT_ANNOUNCE_REFRESH);
}

CASE(a_loser_is_followed_by_a_second_burst_after_its_delay)
{
	struct vrrp_fsm fsm = a_master(.announce_lower_delay_us = SEC(5));
	int64_t first = 0, last;

	assert_true(
	    (hears(&fsm, 50, START + MS(100)) & VRRP_EFFECT_ANNOUNCE_LOWER) != 0);
	assert_int_equal(count_effect(&fsm, VRRP_EFFECT_ANNOUNCE_LOWER,
			     START + SEC(100), &first, &last),
	    1);
	assert_true(first == START + MS(5100));
}

CASE(without_a_delay_a_loser_is_followed_by_one_burst)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(hears(&fsm, 50, START + MS(100)),
	    VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_ANNOUNCE_LOWER);
	assert_int_equal(timer(&fsm, START + MS(500)), 0);
	assert_true(vrrp_fsm_deadline(&fsm) == START + SEC(1));
}

CASE(a_loser_heard_while_announcements_rest_is_answered_without)
{
	struct vrrp_fsm fsm = a_master();

	(void)hears(&fsm, 50, START + MS(100));
	assert_int_equal(hears(&fsm, 50, START + MS(200)), VRRP_EFFECT_SEND_ADVERT);
}

CASE(a_new_term_announces_against_losers_at_once)
{
	struct vrrp_fsm fsm = a_master(.announce_lower_delay_us = SEC(60));

	(void)hears(&fsm, 50, START + MS(100));
	(void)hears(&fsm, 150, START + MS(200));
	(void)hears(&fsm, 0, START + MS(300));
	assert_int_equal(run_until(&fsm, START + SEC(1)), BECAME_MASTER);
	assert_int_equal(hears(&fsm, 50, START + SEC(1)),
	    VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_ANNOUNCE_LOWER);
}

/* Announcements are never tied one to one to received packets. */
CASE(a_storm_of_losers_does_not_make_a_storm_of_announcements)
{
	struct vrrp_fsm fsm = a_master(),
			delayed = a_master(.announce_lower_delay_us = SEC(5));
	int bursts = 0, delayed_bursts = 0;

	for (int i = 0; i < 10000; i++) { /* a thousand a second */
		int64_t now = START + MS(i);

		(void)run_until(&fsm, now);
		(void)run_until(&delayed, now);
		if ((hears(&fsm, 50, now) & VRRP_EFFECT_ANNOUNCE_LOWER) != 0)
			bursts++;
		if ((hears(&delayed, 50, now) & VRRP_EFFECT_ANNOUNCE_LOWER) != 0)
			delayed_bursts++;
	}
	assert_int_equal(bursts, 10); /* one a second */
	assert_int_equal(delayed_bursts, 2);
}

CASE(with_a_long_interval_announcements_against_losers_are_as_rare)
{
	struct vrrp_fsm fsm = a_master(.advert_int_us = SEC(10));

	assert_true((hears(&fsm, 50, START + 1) & VRRP_EFFECT_ANNOUNCE_LOWER) != 0);
	assert_int_equal(
	    hears(&fsm, 50, START + SEC(10)) & VRRP_EFFECT_ANNOUNCE_LOWER, 0);
	assert_true(
	    (hears(&fsm, 50, START + SEC(10) + 1) & VRRP_EFFECT_ANNOUNCE_LOWER) != 0);
}

CASE(the_end_of_the_role_ends_all_announcements)
{
	struct vrrp_fsm fsm = a_master(.announce_delay_us = SEC(5),
	    .announce_refresh_us = SEC(7), .announce_lower_delay_us = SEC(6));

	(void)hears(&fsm, 50, START + MS(100));
	(void)hears(&fsm, 101, START + MS(200));
	assert_int_equal(timer(&fsm, START + SEC(3)), 0);
	assert_int_equal(
	    fsm.announce_at_us | fsm.refresh_at_us | fsm.announce_lower_at_us, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_second_burst_follows_after_the_delay_and_only_once),
	    cmocka_unit_test(without_a_delay_there_is_no_second_burst),
	    cmocka_unit_test(refresh_comes_at_every_period_and_does_not_drift),
	    cmocka_unit_test(what_is_due_together_is_done_together),
	    cmocka_unit_test(a_loser_is_followed_by_a_second_burst_after_its_delay),
	    cmocka_unit_test(without_a_delay_a_loser_is_followed_by_one_burst),
	    cmocka_unit_test(
		a_loser_heard_while_announcements_rest_is_answered_without),
	    cmocka_unit_test(a_new_term_announces_against_losers_at_once),
	    cmocka_unit_test(a_storm_of_losers_does_not_make_a_storm_of_announcements),
	    cmocka_unit_test(
		with_a_long_interval_announcements_against_losers_are_as_rare),
	    cmocka_unit_test(the_end_of_the_role_ends_all_announcements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

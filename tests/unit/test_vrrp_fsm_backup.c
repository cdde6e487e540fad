/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_fsm_backup.c - what a Backup does with what it hears (RFC 9568 6.4.2). */
#include "vrrpd/vrrp_fsm.h"

#include "tests/unit/fsm_fixture.h"

CASE(backup_becomes_master_when_master_down_timer_fires)
{
	struct vrrp_fsm v2 = a_backup(.version = 2), v3 = a_backup();

	(void)hears(&v2, 200, START + SEC(1));
	assert_becomes_master_at(
	    &v2, START + SEC(4) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
	(void)hears(&v3, 200, START + SEC(1));
	assert_becomes_master_at(
	    &v3, START + SEC(4) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
	assert_int_equal(v3.advert_priority, 100);
	assert_true(vrrp_fsm_deadline(&v3) == START + SEC(5) + 609375);
}

CASE(the_new_master_forgets_the_old_one)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears(&fsm, 200, START + SEC(1));
	assert_true(addr_is_set(&fsm.master));
	assert_int_equal(fsm.master_priority, 200);
	assert_true(fsm.master_heard_us == START + SEC(1));
	(void)run_until(&fsm, START + SEC(5));
	assert_false(addr_is_set(&fsm.master));
	assert_int_equal(fsm.master_priority, 0);
	assert_int_equal(fsm.master_heard_us, 0);
}

CASE(the_timer_does_nothing_before_its_time)
{
	struct vrrp_fsm fsm = a_backup();

	for (int64_t t = START; t < START + SEC(3) + 609375; t += MS(7))
		assert_int_equal(timer(&fsm, t), 0);
	assert_int_equal(fsm.state, VRRP_STATE_BACKUP);
	assert_true(fsm.master_down_at_us == START + SEC(3) + 609375);
}

CASE(a_higher_priority_keeps_it_backup)
{
	struct vrrp_fsm fsm = a_backup();

	for (int i = 1; i <= 100; i++) {
		(void)timer(&fsm, START + SEC(i) - 1);
		assert_int_equal(hears(&fsm, 101, START + SEC(i)), 0);
	}
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_STARTUP);
	assert_becomes_master_at(
	    &fsm, START + SEC(103) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* RFC 9568 6.4.2: the address decides only between two Masters. */
CASE(equal_priority_does_not_preempt_whatever_the_address)
{
	static const char *const sources[] = {LOWER_ADDRESS, HIGHER_ADDRESS};

	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		struct vrrp_fsm fsm = a_backup();

		assert_int_equal(hears_from(&fsm, sources[i], 100, START + SEC(3)), 0);
		assert_becomes_master_at(
		    &fsm, START + SEC(6) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
	}
}

CASE(a_lower_priority_is_discarded_and_the_timer_runs_on)
{
	struct vrrp_fsm fsm = a_backup();

	for (int i = 1; i <= 36; i++)
		assert_int_equal(hears(&fsm, 99, START + MS(100) * i), 0);
	assert_becomes_master_at(&fsm, START + SEC(3) + 609375, VRRP_CAUSE_PREEMPTED);
}

CASE(a_router_that_returns_preempts_within_its_down_interval)
{
	struct vrrp_fsm fsm = a_backup(.priority = 200);

	(void)hears(&fsm, 100, START + MS(500));
	(void)hears(&fsm, 100, START + MS(1500));
	(void)hears(&fsm, 100, START + MS(2500));
	assert_becomes_master_at(&fsm, START + SEC(3) + 218750, VRRP_CAUSE_PREEMPTED);
}

CASE(with_preemption_off_a_lower_master_is_never_displaced)
{
	struct vrrp_fsm fsm = a_backup(.priority = 254, .nopreempt = true);

	for (int i = 1; i <= 100; i++)
		assert_int_equal(hears(&fsm, 1, START + SEC(i)), 0);
	assert_becomes_master_at(
	    &fsm, START + SEC(103) + 7812, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* RFC 9568 6.1: an owner preempts whatever Preempt_Mode says. */
CASE(an_owner_preempts_with_preemption_off)
{
	struct vrrp_fsm fsm = a_master(.priority = 255, .nopreempt = true);

	assert_int_equal(hears(&fsm, 254, START + SEC(1)) & LET_GO, 0);
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);

	/* As a Backup it is only while its startup delay runs. */
	fsm = a_backup(.priority = 255, .nopreempt = true, .startup_delay_us = SEC(10));
	(void)hears(&fsm, 254, START + SEC(9));
	assert_becomes_master_at(&fsm, START + SEC(10), VRRP_CAUSE_OWNER);
}

/* RFC 9568 6.4.2: priority 0 sets the timer to Skew_Time. */
CASE(a_resignation_is_followed_by_skew_time_and_not_by_haste)
{
	struct vrrp_fsm v2 = a_backup(.version = 2, .advert_int_us = SEC(10));
	struct vrrp_fsm v3 = a_backup(.advert_int_us = SEC(10));

	assert_int_equal(hears(&v2, 0, START + SEC(1)), 0);
	assert_becomes_master_at(
	    &v2, START + SEC(1) + 609375, VRRP_CAUSE_MASTER_RESIGNED);
	assert_int_equal(hears(&v3, 0, START + SEC(1)), 0);
	assert_becomes_master_at(
	    &v3, START + SEC(1) + 6093750, VRRP_CAUSE_MASTER_RESIGNED);
}

CASE(a_resignation_is_the_last_that_was_heard_of_the_master)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears(&fsm, 150, START + SEC(1));
	(void)hears_from(&fsm, LOWER_ADDRESS, 0, START + MS(1500));
	assert_int_equal(fsm.master_priority, 0);
	assert_true(fsm.master_heard_us == START + MS(1500));
}

CASE(a_resignation_counts_with_preemption_off_as_well)
{
	struct vrrp_fsm fsm = a_backup(.nopreempt = true);

	(void)hears(&fsm, 50, START + SEC(1));
	(void)hears(&fsm, 0, START + MS(1500));
	assert_becomes_master_at(
	    &fsm, START + MS(1500) + 609375, VRRP_CAUSE_MASTER_RESIGNED);
}

CASE(another_who_takes_the_resigned_role_is_followed)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears(&fsm, 0, START + SEC(1));
	assert_int_equal(hears_from(&fsm, LOWER_ADDRESS, 150, START + MS(1400)), 0);
	assert_becomes_master_at(
	    &fsm, START + MS(4400) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* ---- learning, RFC 9568 6.4.2 ---- */

CASE(v3_learns_the_masters_interval)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears_rate(&fsm, 200, SEC(3), START + SEC(1));
	assert_true(fsm.master_adver_int_us == SEC(3));
	assert_becomes_master_at(
	    &fsm, START + SEC(10) + 3 * 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
	/* As Master its own interval counts again. */
	assert_true(fsm.master_adver_int_us == SEC(1));
	assert_true(vrrp_fsm_deadline(&fsm) == START + SEC(11) + 3 * 609375);
}

CASE(v3_learns_the_interval_of_the_last_master)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears_rate(&fsm, 200, SEC(3), START + SEC(1));
	(void)hears_rate(&fsm, 200, MS(100), START + SEC(2));
	assert_becomes_master_at(
	    &fsm, START + SEC(2) + MS(300) + 60937, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(v3_does_not_learn_from_what_it_discards)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears_rate(&fsm, 50, SEC(30), START + SEC(1));
	assert_true(fsm.master_adver_int_us == SEC(1));
	assert_becomes_master_at(&fsm, START + SEC(3) + 609375, VRRP_CAUSE_PREEMPTED);
}

CASE(v3_does_not_learn_from_a_resignation)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears_rate(&fsm, 0, SEC(30), START + SEC(1));
	assert_true(fsm.master_adver_int_us == SEC(1));
}

CASE(v3_learns_from_a_lower_master_with_preemption_off)
{
	struct vrrp_fsm fsm = a_backup(.nopreempt = true);

	(void)hears_rate(&fsm, 50, SEC(3), START + SEC(1));
	assert_true(fsm.master_adver_int_us == SEC(3));
}

/* No bound of ours: whoever lives is not taken for dead, and whoever is quick is missed
 * quickly. What was learned from one packet is gone with the next. */
CASE(v3_follows_the_shortest_and_the_longest_interval_of_the_field)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears_rate(&fsm, 200, 40950 * US_PER_MS, START + MS(100));
	assert_true(fsm.master_down_at_us ==
		    START + MS(100) + 3 * MS(40950) + 156 * MS(40950) / 256);
	(void)hears_rate(&fsm, 200, MS(10), START + MS(200));
	assert_true(
	    fsm.master_down_at_us == START + MS(200) + 3 * MS(10) + 156 * MS(10) / 256);
	(void)hears_rate(&fsm, 200, SEC(1), START + MS(220));
	assert_becomes_master_at(
	    &fsm, START + MS(3220) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(v2_has_only_its_own_interval)
{
	struct vrrp_fsm fsm = a_backup(.version = 2);

	(void)hears_rate(&fsm, 200, SEC(3), START + SEC(1));
	assert_becomes_master_at(
	    &fsm, START + SEC(4) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* ---- preempt_delay ---- */

CASE(preempt_delay_runs_from_the_first_lower_advertisement)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(10));

	for (int i = 1; i <= 10; i++) {
		(void)run_until(&fsm, START + SEC(i));
		assert_int_equal(hears(&fsm, 50, START + SEC(i)), 0);
		assert_int_equal(fsm.state, VRRP_STATE_BACKUP);
	}
	assert_becomes_master_at(&fsm, START + SEC(11), VRRP_CAUSE_PREEMPTED);
}

CASE(a_lower_master_that_falls_silent_during_preempt_delay_is_replaced_by_timer)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(10));

	(void)hears(&fsm, 50, START + SEC(1));
	assert_becomes_master_at(
	    &fsm, START + SEC(4) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_lower_master_that_resigns_during_preempt_delay_is_replaced_after_skew_time)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(10));

	(void)hears(&fsm, 50, START + SEC(1));
	(void)hears(&fsm, 0, START + SEC(2));
	assert_becomes_master_at(
	    &fsm, START + SEC(2) + 609375, VRRP_CAUSE_MASTER_RESIGNED);
}

/* Found by the simulation: anybody's resignation made the delay begin anew. */
CASE(a_resignation_does_not_prolong_preempt_delay)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(3));

	(void)hears(&fsm, 50, START + SEC(1));
	(void)hears(&fsm, 50, START + SEC(2));
	(void)hears_from(&fsm, LOWER_ADDRESS, 0, START + MS(2500));
	(void)hears(&fsm, 50, START + SEC(3));
	assert_becomes_master_at(&fsm, START + SEC(4), VRRP_CAUSE_PREEMPTED);
}

CASE(preempt_delay_begins_with_the_lower_master_that_follows_a_resignation)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(3));

	(void)hears(&fsm, 0, START + SEC(1));
	(void)hears(&fsm, 50, START + MS(1500));
	(void)hears(&fsm, 50, START + MS(2500));
	(void)hears(&fsm, 50, START + MS(3500));
	assert_becomes_master_at(&fsm, START + MS(4500), VRRP_CAUSE_PREEMPTED);
}

CASE(skew_time_counts_where_preempt_delay_ends_within_it)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(3));

	(void)hears(&fsm, 50, START + SEC(1));
	(void)hears(&fsm, 0, START + MS(3900));
	assert_becomes_master_at(
	    &fsm, START + MS(3900) + 609375, VRRP_CAUSE_MASTER_RESIGNED);
}

CASE(a_rightful_master_ends_preempt_delay)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(3));

	(void)hears(&fsm, 50, START + SEC(1));
	(void)hears(&fsm, 150, START + SEC(2));
	(void)hears(&fsm, 150, START + SEC(3));
	assert_int_equal(timer(&fsm, START + SEC(4)), 0);
	/* And it begins anew. */
	(void)hears(&fsm, 50, START + MS(4500));
	(void)hears(&fsm, 50, START + MS(5500));
	(void)hears(&fsm, 50, START + MS(6500));
	assert_becomes_master_at(&fsm, START + MS(7500), VRRP_CAUSE_PREEMPTED);
}

CASE(preempt_delay_is_over_even_if_its_timer_is_late)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(2));

	(void)hears(&fsm, 50, START + SEC(1));
	(void)hears(&fsm, 50, START + SEC(2));
	/* The advertisement is read first, its timer would have been due before. */
	assert_int_equal(hears(&fsm, 50, START + MS(3100)), 0);
	assert_int_equal(timer(&fsm, START + MS(3100)), BECAME_MASTER);
	assert_state(&fsm, VRRP_STATE_MASTER, VRRP_CAUSE_PREEMPTED);
}

CASE(an_owner_knows_no_preempt_delay)
{
	struct vrrp_fsm fsm = a_backup(.priority = 255, .startup_delay_us = SEC(2),
	    .preempt_delay_us = SEC(100));

	(void)hears(&fsm, 50, START + SEC(1));
	assert_becomes_master_at(&fsm, START + SEC(2), VRRP_CAUSE_OWNER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(backup_becomes_master_when_master_down_timer_fires),
	    cmocka_unit_test(the_new_master_forgets_the_old_one),
	    cmocka_unit_test(the_timer_does_nothing_before_its_time),
	    cmocka_unit_test(a_higher_priority_keeps_it_backup),
	    cmocka_unit_test(equal_priority_does_not_preempt_whatever_the_address),
	    cmocka_unit_test(a_lower_priority_is_discarded_and_the_timer_runs_on),
	    cmocka_unit_test(a_router_that_returns_preempts_within_its_down_interval),
	    cmocka_unit_test(with_preemption_off_a_lower_master_is_never_displaced),
	    cmocka_unit_test(an_owner_preempts_with_preemption_off),
	    cmocka_unit_test(a_resignation_is_followed_by_skew_time_and_not_by_haste),
	    cmocka_unit_test(a_resignation_is_the_last_that_was_heard_of_the_master),
	    cmocka_unit_test(a_resignation_counts_with_preemption_off_as_well),
	    cmocka_unit_test(another_who_takes_the_resigned_role_is_followed),
	    cmocka_unit_test(v3_learns_the_masters_interval),
	    cmocka_unit_test(v3_learns_the_interval_of_the_last_master),
	    cmocka_unit_test(v3_does_not_learn_from_what_it_discards),
	    cmocka_unit_test(v3_does_not_learn_from_a_resignation),
	    cmocka_unit_test(v3_learns_from_a_lower_master_with_preemption_off),
	    cmocka_unit_test(
		v3_follows_the_shortest_and_the_longest_interval_of_the_field),
	    cmocka_unit_test(v2_has_only_its_own_interval),
	    cmocka_unit_test(preempt_delay_runs_from_the_first_lower_advertisement),
	    cmocka_unit_test(
		a_lower_master_that_falls_silent_during_preempt_delay_is_replaced_by_timer),
	    cmocka_unit_test(
		a_lower_master_that_resigns_during_preempt_delay_is_replaced_after_skew_time),
	    cmocka_unit_test(a_resignation_does_not_prolong_preempt_delay),
	    cmocka_unit_test(
		preempt_delay_begins_with_the_lower_master_that_follows_a_resignation),
	    cmocka_unit_test(skew_time_counts_where_preempt_delay_ends_within_it),
	    cmocka_unit_test(a_rightful_master_ends_preempt_delay),
	    cmocka_unit_test(preempt_delay_is_over_even_if_its_timer_is_late),
	    cmocka_unit_test(an_owner_knows_no_preempt_delay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

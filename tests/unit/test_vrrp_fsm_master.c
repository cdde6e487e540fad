/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_fsm_master.c - what a Master does with what it hears (RFC 9568 6.4.3). */
#include "vrrpd/vrrp_fsm.h"

#include "tests/unit/fsm_fixture.h"

CASE(adverts_leave_at_every_interval_and_do_not_drift)
{
	struct vrrp_fsm fsm = a_master();

	for (int i = 1; i <= 10000; i++) {
		/* The wake-up is late by up to 9 ms. */
		int64_t now = START + SEC(i) + MS(i % 10);

		assert_true(vrrp_fsm_deadline(&fsm) == START + SEC(i));
		assert_int_equal(timer(&fsm, START + SEC(i) - 1), 0);
		assert_int_equal(timer(&fsm, now), VRRP_EFFECT_SEND_ADVERT);
	}
	assert_state(&fsm, VRRP_STATE_MASTER, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(adverts_that_were_missed_are_not_made_up_for)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(timer(&fsm, START + MS(2500)), VRRP_EFFECT_SEND_ADVERT);
	assert_true(vrrp_fsm_deadline(&fsm) == START + MS(3500));
}

CASE(a_timer_late_by_a_whole_interval_sends_one_advertisement)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(timer(&fsm, START + SEC(2)), VRRP_EFFECT_SEND_ADVERT);
	assert_true(vrrp_fsm_deadline(&fsm) == START + SEC(3));
}

CASE(a_higher_priority_ends_the_role)
{
	struct vrrp_fsm fsm = a_master(.announce_delay_us = SEC(5));

	assert_int_equal(hears_from(&fsm, LOWER_ADDRESS, 101, START + MS(300)), LET_GO);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_HIGHER_PRIORITY);
	assert_int_equal(fsm.master_priority, 101);
	assert_true(fsm.since_us == START + MS(300));
	/* With a fresh timer, and no advertisement in between. */
	assert_becomes_master_at(
	    &fsm, START + MS(3300) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_higher_priority_ends_the_role_with_its_own_interval)
{
	struct vrrp_fsm v3 = a_master(), v2 = a_master(.version = 2);

	(void)hears_rate(&v3, 200, SEC(2), START + MS(300));
	assert_becomes_master_at(
	    &v3, START + MS(6300) + 2 * 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
	(void)hears_rate(&v2, 200, SEC(2), START + MS(300));
	assert_becomes_master_at(
	    &v2, START + MS(3300) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(preemption_off_does_not_keep_a_master_from_giving_way)
{
	struct vrrp_fsm fsm = a_master(.nopreempt = true);

	assert_int_equal(hears(&fsm, 101, START + 1), LET_GO);
}

/* RFC 9568 6.4.3: unsigned, in network byte order. */
CASE(equal_priority_is_settled_by_the_higher_address)
{
	static const struct {
		const char *own, *other;
		bool gives_way;
	} rows[] = {
	    /* clang-format off */
	    { "10.0.0.2",  "10.0.0.10",  true },
	    { "10.0.0.10", "10.0.0.2",   false },
	    { "9.0.0.1",   "200.0.0.1",  true },
	    { "200.0.0.1", "9.0.0.1",    false },
	    { "10.0.0.1",  "10.0.0.1",   false },
	    { "fe80::9",   "fe80::10",   true },
	    { "fe80::ff",  "fe80::100",  true },
	    { "fe80::100", "fe80::ff",   false },
	    /* clang-format on */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct vrrp_fsm fsm = a_master(.primary = rows[i].own);
		unsigned effects =
		    hears_from(&fsm, rows[i].other, 100, START + MS(100));

		assert_int_equal((effects & LET_GO) == LET_GO, rows[i].gives_way);
		if (rows[i].gives_way)
			assert_state(
			    &fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_HIGHER_ADDRESS);
		else
			assert_int_equal(fsm.state, VRRP_STATE_MASTER);
	}
}

/* ---- losing Masters ---- */

/* RFC 9568 6.4.3: discard and send an advertisement at once. */
CASE(v3_answers_a_loser_at_once)
{
	struct vrrp_fsm fsm = a_master();
	int64_t deadline = fsm.adver_at_us;

	assert_int_equal(hears(&fsm, 99, START + MS(100)),
	    VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_ANNOUNCE_LOWER);
	assert_true(fsm.adver_at_us == deadline);
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);
	assert_int_equal(fsm.master_priority, 99);
}

/* RFC 3768 6.4.3: discard. */
CASE(v2_does_not_answer_a_loser)
{
	struct vrrp_fsm fsm = a_master(.version = 2);
	int64_t deadline = fsm.adver_at_us;

	assert_int_equal(hears(&fsm, 99, START + MS(100)), VRRP_EFFECT_ANNOUNCE_LOWER);
	assert_true(fsm.adver_at_us == deadline);
}

CASE(a_loser_of_equal_priority_is_answered_too)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(hears_from(&fsm, LOWER_ADDRESS, 100, START + MS(100)),
	    VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_ANNOUNCE_LOWER);
}

/* How many of `per_second` losing adverts are answered in `seconds`. */
static int
answers(struct vrrp_fsm *fsm, uint8_t priority, int per_second, int seconds)
{
	int sent = 0;

	for (int i = 1; i <= per_second * seconds; i++) {
		int64_t now = START + SEC(i) / per_second;

		(void)run_until(fsm, now);
		if ((hears(fsm, priority, now) & VRRP_EFFECT_SEND_ADVERT) != 0)
			sent++;
	}
	return sent;
}

CASE(a_storm_of_losers_is_answered_three_times_and_then_once_an_interval)
{
	struct vrrp_fsm fast = a_master(), faster = a_master();

	assert_int_equal(answers(&fast, 50, 100, 20), 3 + 20);
	assert_int_equal(answers(&faster, 50, 10000, 20), 3 + 20);
}

CASE(a_storm_of_resignations_is_bounded_too)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(answers(&fsm, 0, 100, 20), 3 + 20);
}

CASE(the_burst_is_earned_back_in_quiet_times_and_not_beyond_three)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(answers(&fsm, 50, 100, 2), 3 + 2);
	(void)run_until(&fsm, START + SEC(100)); /* quiet, but for our own adverts */
	for (int i = 0; i < 10; i++)
		assert_int_equal(
		    hears(&fsm, 50, START + SEC(100) + i) & VRRP_EFFECT_SEND_ADVERT,
		    i < 3 ? VRRP_EFFECT_SEND_ADVERT : 0);
}

/* RFC 9568 6.4.3: priority 0 at a Master. */
CASE(a_resignation_is_answered_at_once_and_the_timer_begins_anew)
{
	struct vrrp_fsm v2 = a_master(.version = 2), v3 = a_master();

	assert_int_equal(hears(&v2, 0, START + MS(300)), VRRP_EFFECT_SEND_ADVERT);
	assert_true(v2.adver_at_us == START + MS(1300));
	assert_int_equal(hears(&v3, 0, START + MS(300)), VRRP_EFFECT_SEND_ADVERT);
	assert_true(v3.adver_at_us == START + MS(1300));
}

CASE(a_resignation_that_is_not_answered_touches_no_timer)
{
	struct vrrp_fsm fsm = a_master();

	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    hears(&fsm, 0, START + MS(100)), VRRP_EFFECT_SEND_ADVERT);
	assert_int_equal(hears(&fsm, 0, START + MS(200)), 0);
	assert_true(fsm.adver_at_us == START + MS(1100));
}

/* ---- owners ---- */

/* RFC 9568 erratum 8298: two owners settle by address. */
CASE(two_owners_settle_by_address_and_say_so)
{
	struct vrrp_fsm winner = a_master(.priority = 255);
	struct vrrp_fsm loser = a_master(.priority = 255);

	assert_int_equal(hears_from(&winner, LOWER_ADDRESS, 255, START + MS(100)),
	    VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_ANNOUNCE_LOWER |
		VRRP_EFFECT_OWNER_CONFLICT);
	assert_int_equal(hears_from(&loser, HIGHER_ADDRESS, 255, START + MS(100)),
	    LET_GO | VRRP_EFFECT_OWNER_CONFLICT);
	assert_state(&loser, VRRP_STATE_BACKUP, VRRP_CAUSE_HIGHER_ADDRESS);
}

CASE(an_owner_that_hears_a_lower_priority_sees_no_conflict)
{
	struct vrrp_fsm fsm = a_master(.priority = 255);

	assert_int_equal(
	    hears(&fsm, 254, START + MS(100)) & VRRP_EFFECT_OWNER_CONFLICT, 0);
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);
}

CASE(an_owner_elsewhere_is_a_higher_priority_like_any_other)
{
	struct vrrp_fsm fsm = a_master(.priority = 254);

	assert_int_equal(hears(&fsm, 255, START + MS(100)), LET_GO);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_HIGHER_PRIORITY);
}

CASE(an_owner_that_lost_stays_backup_while_the_other_lives)
{
	struct vrrp_fsm fsm = a_master(.priority = 255);

	for (int i = 1; i < 20; i++) {
		(void)hears(&fsm, 255, START + SEC(i) - MS(500));
		assert_int_equal(run_until(&fsm, START + SEC(i)), 0);
		assert_int_equal(fsm.state, VRRP_STATE_BACKUP);
	}
	assert_becomes_master_at(
	    &fsm, START + MS(18500) + SEC(3) + 3906, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(adverts_leave_at_every_interval_and_do_not_drift),
	    cmocka_unit_test(adverts_that_were_missed_are_not_made_up_for),
	    cmocka_unit_test(a_timer_late_by_a_whole_interval_sends_one_advertisement),
	    cmocka_unit_test(a_higher_priority_ends_the_role),
	    cmocka_unit_test(a_higher_priority_ends_the_role_with_its_own_interval),
	    cmocka_unit_test(preemption_off_does_not_keep_a_master_from_giving_way),
	    cmocka_unit_test(equal_priority_is_settled_by_the_higher_address),
	    cmocka_unit_test(v3_answers_a_loser_at_once),
	    cmocka_unit_test(v2_does_not_answer_a_loser),
	    cmocka_unit_test(a_loser_of_equal_priority_is_answered_too),
	    cmocka_unit_test(
		a_storm_of_losers_is_answered_three_times_and_then_once_an_interval),
	    cmocka_unit_test(a_storm_of_resignations_is_bounded_too),
	    cmocka_unit_test(
		the_burst_is_earned_back_in_quiet_times_and_not_beyond_three),
	    cmocka_unit_test(
		a_resignation_is_answered_at_once_and_the_timer_begins_anew),
	    cmocka_unit_test(a_resignation_that_is_not_answered_touches_no_timer),
	    cmocka_unit_test(two_owners_settle_by_address_and_say_so),
	    cmocka_unit_test(an_owner_that_hears_a_lower_priority_sees_no_conflict),
	    cmocka_unit_test(an_owner_elsewhere_is_a_higher_priority_like_any_other),
	    cmocka_unit_test(an_owner_that_lost_stays_backup_while_the_other_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

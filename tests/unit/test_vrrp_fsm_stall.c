/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_fsm_stall.c - a router that was not running listens before it speaks.
 *
 * The process may have been stopped or starved, or the whole host asleep.
 * Advertisements that waited meanwhile are delivered first, with the time the kernel
 * received them.
 */
#include "vrrpd/vrrp_fsm.h"

#include "tests/unit/fsm_fixture.h"

#define STALLED (LET_GO | VRRP_EFFECT_STALL_NOTICED)
/* The patience of the quickest peer: priority 254, an interval of 1 s. */
#define PATIENCE (SEC(3) + 7812)

CASE(a_master_silent_for_as_long_as_peers_wait_goes_on)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(timer(&fsm, START + PATIENCE), VRRP_EFFECT_SEND_ADVERT);
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);
}

CASE(a_master_silent_for_longer_lets_go_without_a_word)
{
	struct vrrp_fsm v2 = a_master(.version = 2), v3 = a_master();

	assert_int_equal(timer(&v2, START + PATIENCE + 1), STALLED);
	assert_state(&v2, VRRP_STATE_BACKUP, VRRP_CAUSE_STALLED);
	assert_int_equal(timer(&v3, START + SEC(600)), STALLED);
	assert_state(&v3, VRRP_STATE_BACKUP, VRRP_CAUSE_STALLED);
}

CASE(silence_counts_from_the_last_advertisement)
{
	struct vrrp_fsm fsm = a_master();

	(void)run_until(&fsm, START + SEC(50));
	assert_int_equal(
	    timer(&fsm, START + SEC(50) + PATIENCE), VRRP_EFFECT_SEND_ADVERT);
	assert_int_equal(
	    timer(&fsm, START + SEC(50) + 2 * PATIENCE), VRRP_EFFECT_SEND_ADVERT);
	assert_int_equal(timer(&fsm, START + SEC(50) + 3 * PATIENCE + 1), STALLED);
}

CASE(a_stalled_master_listens_for_an_interval_and_a_skew_and_then_returns)
{
	struct vrrp_fsm fsm = a_master();
	int64_t back = START + SEC(10);

	(void)timer(&fsm, back);
	assert_becomes_master_at(
	    &fsm, back + SEC(1) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_stalled_master_that_hears_its_rightful_heir_stays_backup)
{
	struct vrrp_fsm fsm = a_master();
	int64_t back = START + SEC(10);

	(void)timer(&fsm, back);
	assert_int_equal(hears(&fsm, 150, back + MS(900)), 0);
	assert_becomes_master_at(
	    &fsm, back + MS(900) + SEC(3) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* ---- packets that waited: `back` is when the process runs again ---- */

CASE(a_stalled_master_of_higher_priority_preempts_only_after_it_listened)
{
	struct vrrp_fsm fsm = a_master(.priority = 200);
	int64_t back = START + SEC(10);

	assert_int_equal(hears_late(&fsm, 150, START + MS(3500), back), STALLED);
	for (int i = 4; i < 10; i++)
		assert_int_equal(
		    hears_late(&fsm, 150, START + SEC(i) + MS(500), back), 0);
	assert_int_equal(timer(&fsm, back), 0);
	(void)hears(&fsm, 150, back + MS(500));
	assert_becomes_master_at(&fsm, back + SEC(1) + 218750, VRRP_CAUSE_PREEMPTED);
}

CASE(a_stalled_master_whose_heir_ranks_higher_just_follows)
{
	struct vrrp_fsm fsm = a_master();
	int64_t back = START + SEC(10);

	assert_int_equal(hears_late(&fsm, 150, START + MS(3500), back), STALLED);
	for (int i = 4; i < 10; i++)
		assert_int_equal(
		    hears_late(&fsm, 150, START + SEC(i) + MS(500), back), 0);
	assert_int_equal(timer(&fsm, back), 0);
	assert_becomes_master_at(
	    &fsm, START + MS(12500) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* Found by the simulation: each was answered, as if at its time, and hid the stall. */
CASE(waiting_resignations_are_not_answered_after_a_stall)
{
	struct vrrp_fsm fsm = a_master();
	int64_t back = START + SEC(10);

	assert_int_equal(hears_late(&fsm, 0, START + MS(500), back), STALLED);
	for (int i = 1; i < 10; i++)
		assert_int_equal(
		    hears_late(&fsm, 0, START + SEC(i) + MS(500), back), 0);
	assert_int_equal(fsm.state, VRRP_STATE_BACKUP);
}

CASE(a_master_that_was_away_for_a_moment_answers_at_the_time_it_answers)
{
	struct vrrp_fsm fsm = a_master();
	int64_t back = START + SEC(2);

	assert_int_equal(
	    hears_late(&fsm, 0, START + MS(100), back), VRRP_EFFECT_SEND_ADVERT);
	assert_true(vrrp_fsm_deadline(&fsm) == back + SEC(1));
}

CASE(a_backup_counts_from_when_a_packet_was_received)
{
	struct vrrp_fsm fsm = a_backup(), resigned = a_backup();

	assert_int_equal(hears_late(&fsm, 150, START + SEC(1), START + SEC(2)), 0);
	assert_true(fsm.master_heard_us == START + SEC(1));
	assert_becomes_master_at(
	    &fsm, START + SEC(4) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);

	(void)hears_late(&resigned, 0, START + SEC(1), START + MS(1500));
	assert_becomes_master_at(
	    &resigned, START + SEC(1) + 609375, VRRP_CAUSE_MASTER_RESIGNED);
}

CASE(preempt_delay_counts_from_when_a_packet_was_received)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(3));

	(void)hears_late(&fsm, 50, START + SEC(1), START + SEC(2));
	assert_becomes_master_at(&fsm, START + SEC(4), VRRP_CAUSE_PREEMPTED);
}

CASE(nothing_was_received_in_the_future)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears_late(&fsm, 150, START + SEC(9), START + SEC(1));
	assert_becomes_master_at(
	    &fsm, START + SEC(4) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(an_heir_that_waited_is_an_heir)
{
	struct vrrp_fsm fsm = a_master();

	(void)hand_over(&fsm, SEC(3), false, START);
	assert_int_equal(hears_late(&fsm, 50, START + MS(700), START + SEC(10)),
	    LET_GO | VRRP_EFFECT_HANDOVER_MOVED);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_HANDED_OVER);
}

/* ---- other occasions ---- */

CASE(a_stalled_master_does_not_speak_on_any_other_occasion_either)
{
	static const struct {
		enum vrrp_event_kind kind;
		enum vrrp_state state;
	} rows[] = {
	    {VRRP_EVENT_PARAMS, VRRP_STATE_BACKUP},
	    {VRRP_EVENT_HANDOVER, VRRP_STATE_BACKUP},
	    {VRRP_EVENT_RELEASE, VRRP_STATE_BACKUP},
	    {VRRP_EVENT_SHUTDOWN, VRRP_STATE_INITIALIZE},
	    {VRRP_EVENT_FAULT, VRRP_STATE_FAULT},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct vrrp_fsm fsm = a_master();

		fsm.params.priority = 150;
		assert_int_equal(happens(&fsm, rows[i].kind, START + SEC(10)), STALLED);
		assert_int_equal(fsm.state, rows[i].state);
	}
}

CASE(the_advertisement_that_ends_a_stall_is_heard)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(hears(&fsm, 150, START + SEC(10)), STALLED);
	assert_int_equal(fsm.master_priority, 150);
	assert_becomes_master_at(
	    &fsm, START + SEC(13) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_stalled_master_does_not_take_over_from_itself)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(happens(&fsm, VRRP_EVENT_TAKEOVER, START + SEC(10)), STALLED);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_STALLED);
}

CASE(a_resigning_master_that_stalls_does_not_take_the_role_back)
{
	struct vrrp_fsm fsm = a_master(), stopping = a_master();

	(void)hand_over(&fsm, SEC(3), false, START);
	assert_int_equal(
	    timer(&fsm, START + SEC(10)), STALLED | VRRP_EFFECT_HANDOVER_FAILED);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_STALLED);

	(void)hand_over(&stopping, SEC(3), true, START);
	assert_int_equal(
	    timer(&stopping, START + SEC(10)) & ~STALLED, VRRP_EFFECT_HANDOVER_FAILED);
	assert_int_equal(stopping.state, VRRP_STATE_INITIALIZE);
}

/* ---- Backups ---- */

CASE(a_backup_that_is_a_little_late_takes_over)
{
	struct vrrp_fsm fsm = a_backup();

	assert_int_equal(timer(&fsm, START + SEC(4) + 609375), BECAME_MASTER);
}

CASE(a_backup_that_is_much_too_late_listens_first)
{
	struct vrrp_fsm fsm = a_backup();
	int64_t back = START + SEC(4) + 609376;

	assert_int_equal(timer(&fsm, back), VRRP_EFFECT_STALL_NOTICED);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_STARTUP);
	assert_becomes_master_at(
	    &fsm, back + SEC(1) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* Stopped for 10 s with advertisements waiting. */
CASE(a_backup_that_finds_advertisements_waiting_stays_backup)
{
	struct vrrp_fsm fsm = a_backup();

	for (int i = 1; i <= 10; i++)
		assert_int_equal(hears(&fsm, 150, START + SEC(i)), 0);
	assert_int_equal(timer(&fsm, START + SEC(10) + 1), 0);
	assert_becomes_master_at(
	    &fsm, START + SEC(13) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_backup_late_for_a_resignation_listens_first_too)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears(&fsm, 0, START + SEC(1));
	assert_int_equal(timer(&fsm, START + SEC(10)), VRRP_EFFECT_STALL_NOTICED);
	assert_becomes_master_at(
	    &fsm, START + SEC(11) + 609375, VRRP_CAUSE_MASTER_RESIGNED);
}

CASE(a_stall_does_not_preempt_a_master_that_was_not_heard_since)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(5));
	int64_t back = START + SEC(60);

	(void)hears(&fsm, 50, START + SEC(1));
	assert_int_equal(timer(&fsm, back), VRRP_EFFECT_STALL_NOTICED);
	assert_int_equal(fsm.state, VRRP_STATE_BACKUP);
	assert_true(vrrp_fsm_deadline(&fsm) > back);
	/* The delay is over all the same: the next lower advertisement is enough. */
	(void)hears(&fsm, 50, back + MS(500));
	assert_becomes_master_at(&fsm, back + SEC(1) + 609375, VRRP_CAUSE_PREEMPTED);
}

CASE(an_owner_that_waited_for_its_startup_delay_does_not_listen)
{
	struct vrrp_fsm fsm = a_backup(.priority = 255, .startup_delay_us = SEC(2));

	assert_int_equal(timer(&fsm, START + SEC(60)), BECAME_MASTER);
}

CASE(a_router_made_owner_while_it_listens_listens_to_the_end)
{
	struct vrrp_fsm fsm = a_master();

	(void)timer(&fsm, START + SEC(10));
	fsm.params.priority = 255;
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + SEC(10)), 0);
	assert_becomes_master_at(
	    &fsm, START + SEC(11) + 3906, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* Found by the simulation. */
CASE(a_stalled_preemption_that_was_turned_off_is_none)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears(&fsm, 50, START + SEC(1));
	assert_int_equal(timer(&fsm, START + SEC(10)), VRRP_EFFECT_STALL_NOTICED);
	fsm.params.preempt = false;
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + MS(10100)), 0);
	assert_becomes_master_at(
	    &fsm, START + SEC(11) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* Found by the simulation: a preemption turned off just after a stall was carried out,
 * although the lower Master had been heard a moment ago. */
CASE(a_lower_master_among_the_waiting_is_followed_when_preemption_ends)
{
	struct vrrp_fsm fsm = a_master();
	int64_t back = START + SEC(10);

	assert_int_equal(hears_late(&fsm, 50, back - MS(500), back), STALLED);
	fsm.params.preempt = false;
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, back + MS(100)), 0);
	assert_becomes_master_at(
	    &fsm, back + MS(2500) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* Found by the simulation. */
CASE(a_backup_that_slept_and_is_made_owner_listens_first)
{
	struct vrrp_fsm fsm = a_backup();

	fsm.params.priority = 255;
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + SEC(10)),
	    VRRP_EFFECT_STALL_NOTICED);
	assert_becomes_master_at(
	    &fsm, START + SEC(11) + 3906, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_takeover_is_an_order_also_for_a_backup_that_slept)
{
	struct vrrp_fsm fsm = a_backup();

	assert_int_equal(
	    happens(&fsm, VRRP_EVENT_TAKEOVER, START + SEC(10)), BECAME_MASTER);
}

CASE(a_lingering_backup_that_slept_lets_go_and_listens)
{
	struct vrrp_fsm fsm = a_master(.linger_us = MS(20));

	(void)hand_over(&fsm, 0, false, START);
	(void)hears(&fsm, 50, START + MS(100));
	assert_int_equal(timer(&fsm, START + SEC(10)),
	    VRRP_EFFECT_REMOVE_ADDRESSES | VRRP_EFFECT_STALL_NOTICED);
	assert_true(vrrp_fsm_deadline(&fsm) == START + SEC(11) + 609375);
}

CASE(a_lingering_router_that_becomes_master_again_just_keeps_its_addresses)
{
	struct vrrp_fsm fsm = a_master(.linger_us = MS(700));

	(void)hand_over(&fsm, 0, false, START);
	(void)hears(&fsm, 50, START + MS(100));
	(void)hears(&fsm, 0, START + MS(200));
	/* Both are due: linger at 800 ms, Skew_Time at 809 ms. */
	assert_int_equal(timer(&fsm, START + MS(810)), BECAME_MASTER);
	assert_true(fsm.let_go_at_us == 0);
}

CASE(a_master_heard_while_listening_ends_it)
{
	struct vrrp_fsm fsm = a_backup();

	assert_int_equal(timer(&fsm, START + SEC(10)), VRRP_EFFECT_STALL_NOTICED);
	assert_true(fsm.listening);
	(void)hears(&fsm, 150, START + MS(10200));
	assert_false(fsm.listening);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_master_silent_for_as_long_as_peers_wait_goes_on),
	    cmocka_unit_test(a_master_silent_for_longer_lets_go_without_a_word),
	    cmocka_unit_test(silence_counts_from_the_last_advertisement),
	    cmocka_unit_test(
		a_stalled_master_listens_for_an_interval_and_a_skew_and_then_returns),
	    cmocka_unit_test(
		a_stalled_master_that_hears_its_rightful_heir_stays_backup),
	    cmocka_unit_test(
		a_stalled_master_of_higher_priority_preempts_only_after_it_listened),
	    cmocka_unit_test(a_stalled_master_whose_heir_ranks_higher_just_follows),
	    cmocka_unit_test(waiting_resignations_are_not_answered_after_a_stall),
	    cmocka_unit_test(
		a_master_that_was_away_for_a_moment_answers_at_the_time_it_answers),
	    cmocka_unit_test(a_backup_counts_from_when_a_packet_was_received),
	    cmocka_unit_test(preempt_delay_counts_from_when_a_packet_was_received),
	    cmocka_unit_test(nothing_was_received_in_the_future),
	    cmocka_unit_test(an_heir_that_waited_is_an_heir),
	    cmocka_unit_test(
		a_stalled_master_does_not_speak_on_any_other_occasion_either),
	    cmocka_unit_test(the_advertisement_that_ends_a_stall_is_heard),
	    cmocka_unit_test(a_stalled_master_does_not_take_over_from_itself),
	    cmocka_unit_test(
		a_resigning_master_that_stalls_does_not_take_the_role_back),
	    cmocka_unit_test(a_backup_that_is_a_little_late_takes_over),
	    cmocka_unit_test(a_backup_that_is_much_too_late_listens_first),
	    cmocka_unit_test(a_backup_that_finds_advertisements_waiting_stays_backup),
	    cmocka_unit_test(a_backup_late_for_a_resignation_listens_first_too),
	    cmocka_unit_test(
		a_stall_does_not_preempt_a_master_that_was_not_heard_since),
	    cmocka_unit_test(
		an_owner_that_waited_for_its_startup_delay_does_not_listen),
	    cmocka_unit_test(a_router_made_owner_while_it_listens_listens_to_the_end),
	    cmocka_unit_test(a_stalled_preemption_that_was_turned_off_is_none),
	    cmocka_unit_test(
		a_lower_master_among_the_waiting_is_followed_when_preemption_ends),
	    cmocka_unit_test(a_backup_that_slept_and_is_made_owner_listens_first),
	    cmocka_unit_test(a_takeover_is_an_order_also_for_a_backup_that_slept),
	    cmocka_unit_test(a_lingering_backup_that_slept_lets_go_and_listens),
	    cmocka_unit_test(
		a_lingering_router_that_becomes_master_again_just_keeps_its_addresses),
	    cmocka_unit_test(a_master_heard_while_listening_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_fsm_move.c - handing the role over, and taking it.
 *
 * A handover keeps the addresses until the heir is heard: make before break.
 */
#include "vrrpd/vrrp_fsm.h"

#include "tests/unit/fsm_fixture.h"

#define MOVED (LET_GO | VRRP_EFFECT_HANDOVER_MOVED)
/* What was cut short or held back during the silence is announced after it. */
#define TAKE_BACK \
	((unsigned)VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_ANNOUNCE | \
	    VRRP_EFFECT_HANDOVER_FAILED)

CASE(a_handover_resigns_and_keeps_addresses_and_silence)
{
	struct vrrp_fsm fsm = a_master(.announce_delay_us = SEC(1),
	    .announce_refresh_us = MS(200), .announce_lower_delay_us = MS(500));

	(void)hears(&fsm, 50, START + MS(50));
	assert_int_equal(
	    hand_over(&fsm, SEC(2), false, START + MS(100)), VRRP_EFFECT_SEND_RESIGN);
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);
	assert_true(vrrp_fsm_deadline(&fsm) == START + MS(2100));
	for (int i = 101; i < 2100; i++)
		assert_int_equal(timer(&fsm, START + MS(i)), 0);
}

CASE(the_heir_is_known_by_its_first_advertisement_whatever_its_priority)
{
	static const struct {
		uint8_t priority;
		const char *source;
	} heirs[] = {{1, LOWER_ADDRESS}, {99, HIGHER_ADDRESS}, {100, LOWER_ADDRESS},
	    {100, HIGHER_ADDRESS}, {254, LOWER_ADDRESS}, {255, LOWER_ADDRESS}};

	for (size_t i = 0; i < COUNT_OF(heirs); i++) {
		struct vrrp_fsm fsm = a_master();
		char text[ADDR_TEXT_SIZE];

		(void)hand_over(&fsm, 0, false, START + MS(100));
		assert_int_equal(hears_from(&fsm, heirs[i].source, heirs[i].priority,
				     START + MS(700)),
		    MOVED);
		assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_HANDED_OVER);
		assert_string_equal(addr_format(text, &fsm.master), heirs[i].source);
		assert_int_equal(fsm.master_priority, heirs[i].priority);
		assert_becomes_master_at(
		    &fsm, START + MS(3700) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
	}
}

CASE(addresses_linger_until_the_heir_had_time_to_announce_them)
{
	struct vrrp_fsm fsm = a_master(.linger_us = MS(20));

	(void)hand_over(&fsm, 0, false, START + MS(100));
	assert_int_equal(hears(&fsm, 99, START + MS(700)),
	    VRRP_EFFECT_TRANSITION | VRRP_EFFECT_HANDOVER_MOVED);
	assert_int_equal(fsm.state, VRRP_STATE_BACKUP);
	assert_true(vrrp_fsm_deadline(&fsm) == START + MS(720));
	assert_int_equal(timer(&fsm, START + MS(719)), 0);
	assert_int_equal(timer(&fsm, START + MS(720)), VRRP_EFFECT_REMOVE_ADDRESSES);
	assert_int_equal(timer(&fsm, START + MS(721)), 0);
}

CASE(a_lingering_router_lets_go_at_once_when_it_stops)
{
	struct vrrp_fsm fsm = a_master(.linger_us = MS(20));

	(void)hand_over(&fsm, 0, true, START + MS(100));
	(void)hears(&fsm, 99, START + MS(700));
	assert_int_equal(happens(&fsm, VRRP_EVENT_SHUTDOWN, START + MS(701)), LET_GO);
	assert_true(vrrp_fsm_deadline(&fsm) == 0);
}

CASE(a_lingering_router_that_takes_the_role_back_keeps_its_addresses)
{
	struct vrrp_fsm fsm = a_master(.linger_us = MS(20));

	(void)hand_over(&fsm, 0, false, START + MS(100));
	(void)hears(&fsm, 99, START + MS(700));
	assert_true(happens(&fsm, VRRP_EVENT_TAKEOVER, START + MS(701)) &
		    VRRP_EFFECT_ADD_ADDRESSES);
	assert_int_equal(timer(&fsm, START + MS(720)), 0);
}

CASE(another_who_resigns_is_no_heir)
{
	struct vrrp_fsm fsm = a_master();

	(void)hand_over(&fsm, SEC(2), false, START);
	assert_int_equal(hears(&fsm, 0, START + MS(100)), 0);
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);
	assert_true(vrrp_fsm_deadline(&fsm) == START + SEC(2));
}

CASE(when_nobody_comes_a_failover_takes_the_role_back)
{
	struct vrrp_fsm fsm = a_master();

	(void)hand_over(&fsm, SEC(2), false, START + MS(100));
	assert_int_equal(timer(&fsm, START + MS(2100)), TAKE_BACK);
	assert_state(&fsm, VRRP_STATE_MASTER, VRRP_CAUSE_MASTER_DOWN_TIMER);
	assert_int_equal(
	    fsm.transitions, 2); /* Backup, Master: none for the handover */
	assert_int_equal(fsm.advert_priority, 100);
	assert_true(vrrp_fsm_deadline(&fsm) == START + MS(3100));
	assert_int_equal(timer(&fsm, START + MS(3100)), VRRP_EFFECT_SEND_ADVERT);
}

CASE(when_nobody_comes_a_stop_lets_go)
{
	struct vrrp_fsm fsm = a_master();

	(void)hand_over(&fsm, SEC(2), true, START + MS(100));
	assert_int_equal(
	    timer(&fsm, START + MS(2100)), LET_GO | VRRP_EFFECT_HANDOVER_FAILED);
	assert_state(&fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_RELEASED);
	assert_int_equal(vrrp_fsm_deadline(&fsm), 0);
}

CASE(a_stop_that_finds_its_heir_lets_go_at_once)
{
	struct vrrp_fsm fsm = a_master();

	(void)hand_over(&fsm, SEC(2), true, START + MS(100));
	assert_int_equal(hears(&fsm, 50, START + MS(900)), MOVED);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_HANDED_OVER);
}

CASE(the_default_wait_is_that_of_the_slowest_peer)
{
	struct vrrp_fsm fsm = a_master();

	(void)hand_over(&fsm, 0, false, START);
	assert_true(vrrp_fsm_deadline(&fsm) == START + SEC(2) + 996093);
}

CASE(after_a_failed_handover_announcements_are_refreshed_again)
{
	struct vrrp_fsm fsm = a_master(.announce_refresh_us = SEC(60));

	(void)hand_over(&fsm, SEC(2), false, START + MS(100));
	(void)timer(&fsm, START + MS(2100));
	assert_true(fsm.refresh_at_us == START + MS(62100));
}

/* Every resignation would make the peers begin their Skew_Time anew. */
CASE(a_second_handover_only_changes_the_terms)
{
	struct vrrp_fsm fsm = a_master();

	(void)hand_over(&fsm, SEC(2), false, START);
	assert_int_equal(hand_over(&fsm, SEC(4), true, START + SEC(1)), 0);
	assert_int_equal(timer(&fsm, START + SEC(2)), 0);
	assert_int_equal(
	    timer(&fsm, START + SEC(5)), LET_GO | VRRP_EFFECT_HANDOVER_FAILED);
	assert_state(&fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_RELEASED);
}

CASE(a_cancelled_handover_takes_the_role_back_at_once)
{
	struct vrrp_fsm fsm = a_master(), stopping = a_master();

	(void)hand_over(&fsm, SEC(2), false, START);
	assert_int_equal(
	    happens(&fsm, VRRP_EVENT_HANDOVER_CANCEL, START + MS(200)), TAKE_BACK);
	assert_true(vrrp_fsm_deadline(&fsm) == START + MS(1200));

	(void)hand_over(&stopping, SEC(2), true, START);
	assert_int_equal(
	    happens(&stopping, VRRP_EVENT_HANDOVER_CANCEL, START + MS(200)), TAKE_BACK);
	assert_int_equal(stopping.state, VRRP_STATE_MASTER);
}

CASE(without_a_handover_there_is_nothing_to_cancel)
{
	struct vrrp_fsm fsm = a_master(), backup = a_backup();

	assert_int_equal(happens(&fsm, VRRP_EVENT_HANDOVER_CANCEL, START + MS(200)), 0);
	assert_true(vrrp_fsm_deadline(&fsm) == START + SEC(1));
	assert_int_equal(happens(&backup, VRRP_EVENT_HANDOVER_CANCEL, START + 1), 0);
}

CASE(a_shutdown_or_fault_during_a_handover_does_not_resign_again)
{
	struct vrrp_fsm stopped = a_master(), faulty = a_master();

	(void)hand_over(&stopped, SEC(2), true, START);
	assert_int_equal(
	    happens(&stopped, VRRP_EVENT_SHUTDOWN, START + MS(100)), LET_GO);
	assert_state(&stopped, VRRP_STATE_INITIALIZE, VRRP_CAUSE_SHUTDOWN);

	(void)hand_over(&faulty, SEC(2), false, START);
	assert_int_equal(happens(&faulty, VRRP_EVENT_FAULT, START + MS(100)), LET_GO);
	assert_state(&faulty, VRRP_STATE_FAULT, VRRP_CAUSE_FAULT);
}

CASE(new_params_during_a_handover_do_not_break_the_silence)
{
	struct vrrp_fsm fsm = a_master();

	(void)hand_over(&fsm, SEC(2), false, START);
	fsm.params.priority = 1;
	fsm.params.announce_refresh_us = MS(300);
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + MS(100)), 0);
	assert_int_equal(run_until(&fsm, START + MS(1999)), 0);
	assert_int_equal(timer(&fsm, START + SEC(2)), TAKE_BACK);
	assert_int_equal(fsm.advert_priority, 1);
}

/* With the effective priority held down, the heir is not preempted at once. */
CASE(with_a_hold_the_role_stays_with_the_heir)
{
	struct vrrp_fsm fsm = a_master(.priority = 200);

	(void)hand_over(&fsm, 0, false, START);
	(void)hears(&fsm, 100, START + MS(610));
	fsm.params.priority = 1;
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + MS(611)), 0);
	for (int i = 1; i < 30; i++) {
		assert_int_equal(run_until(&fsm, START + MS(610) + SEC(i)), 0);
		assert_int_equal(hears(&fsm, 100, START + MS(610) + SEC(i)), 0);
	}
	assert_int_equal(fsm.state, VRRP_STATE_BACKUP);
}

CASE(only_a_master_can_hand_over_or_release)
{
	struct vrrp_fsm fsm = a_backup();

	assert_int_equal(hand_over(&fsm, SEC(2), false, START + 1), 0);
	assert_int_equal(happens(&fsm, VRRP_EVENT_RELEASE, START + 1), 0);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_STARTUP);
	assert_int_equal(fsm.handover_until_us, 0);
}

/* ---- release ---- */

CASE(a_release_resigns_and_lets_go_at_once)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(happens(&fsm, VRRP_EVENT_RELEASE, START + MS(100)), RESIGNED);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_RELEASED);
	assert_becomes_master_at(
	    &fsm, START + MS(3100) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_release_during_a_handover_lets_go_without_another_resignation)
{
	struct vrrp_fsm fsm = a_master();

	(void)hand_over(&fsm, SEC(2), false, START);
	assert_int_equal(happens(&fsm, VRRP_EVENT_RELEASE, START + MS(100)), LET_GO);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_RELEASED);
}

CASE(an_owner_can_release_and_stays_away_for_its_down_interval)
{
	struct vrrp_fsm fsm = a_master(.priority = 255);

	assert_int_equal(happens(&fsm, VRRP_EVENT_RELEASE, START + MS(100)), RESIGNED);
	assert_becomes_master_at(
	    &fsm, START + MS(3100) + 3906, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* ---- takeover ---- */

CASE(a_takeover_makes_a_backup_master_at_once_whatever_preempt_mode)
{
	struct vrrp_fsm fsm = a_backup(.nopreempt = true);

	(void)hears(&fsm, 50, START + MS(100));
	fsm.params.priority = 254;
	assert_int_equal(
	    happens(&fsm, VRRP_EVENT_TAKEOVER, START + MS(200)), BECAME_MASTER);
	assert_state(&fsm, VRRP_STATE_MASTER, VRRP_CAUSE_TAKEOVER);
	assert_int_equal(fsm.advert_priority, 254);
}

CASE(a_takeover_is_for_backups)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(happens(&fsm, VRRP_EVENT_TAKEOVER, START + MS(200)), 0);
	assert_state(&fsm, VRRP_STATE_MASTER, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_handover_resigns_and_keeps_addresses_and_silence),
	    cmocka_unit_test(
		the_heir_is_known_by_its_first_advertisement_whatever_its_priority),
	    cmocka_unit_test(addresses_linger_until_the_heir_had_time_to_announce_them),
	    cmocka_unit_test(a_lingering_router_lets_go_at_once_when_it_stops),
	    cmocka_unit_test(
		a_lingering_router_that_takes_the_role_back_keeps_its_addresses),
	    cmocka_unit_test(another_who_resigns_is_no_heir),
	    cmocka_unit_test(when_nobody_comes_a_failover_takes_the_role_back),
	    cmocka_unit_test(when_nobody_comes_a_stop_lets_go),
	    cmocka_unit_test(a_stop_that_finds_its_heir_lets_go_at_once),
	    cmocka_unit_test(the_default_wait_is_that_of_the_slowest_peer),
	    cmocka_unit_test(after_a_failed_handover_announcements_are_refreshed_again),
	    cmocka_unit_test(a_second_handover_only_changes_the_terms),
	    cmocka_unit_test(a_cancelled_handover_takes_the_role_back_at_once),
	    cmocka_unit_test(without_a_handover_there_is_nothing_to_cancel),
	    cmocka_unit_test(
		a_shutdown_or_fault_during_a_handover_does_not_resign_again),
	    cmocka_unit_test(new_params_during_a_handover_do_not_break_the_silence),
	    cmocka_unit_test(with_a_hold_the_role_stays_with_the_heir),
	    cmocka_unit_test(only_a_master_can_hand_over_or_release),
	    cmocka_unit_test(a_release_resigns_and_lets_go_at_once),
	    cmocka_unit_test(
		a_release_during_a_handover_lets_go_without_another_resignation),
	    cmocka_unit_test(an_owner_can_release_and_stays_away_for_its_down_interval),
	    cmocka_unit_test(
		a_takeover_makes_a_backup_master_at_once_whatever_preempt_mode),
	    cmocka_unit_test(a_takeover_is_for_backups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

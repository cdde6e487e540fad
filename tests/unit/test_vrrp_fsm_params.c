/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_fsm_params.c - priority, interval and the rest, changed while running. */
#include "vrrpd/vrrp_fsm.h"

#include "tests/unit/fsm_fixture.h"

static unsigned
set_priority(struct vrrp_fsm *fsm, uint8_t priority, int64_t now_us)
{
	fsm->params.priority = priority;
	return happens(fsm, VRRP_EVENT_PARAMS, now_us);
}

static unsigned
set_preempt(struct vrrp_fsm *fsm, bool preempt, int64_t now_us)
{
	fsm->params.preempt = preempt;
	return happens(fsm, VRRP_EVENT_PARAMS, now_us);
}

CASE(params_that_did_not_change_touch_no_timer)
{
	struct vrrp_fsm backup = a_backup(), master = a_master();

	(void)hears_rate(&backup, 200, SEC(2), START + MS(100));
	assert_int_equal(happens(&backup, VRRP_EVENT_PARAMS, START + SEC(1)), 0);
	assert_becomes_master_at(
	    &backup, START + MS(6100) + 2 * 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
	assert_int_equal(happens(&master, VRRP_EVENT_PARAMS, START + MS(300)), 0);
	assert_true(vrrp_fsm_deadline(&master) == START + SEC(1));
}

/* ---- Master ---- */

CASE(a_master_advertises_a_new_priority_at_once)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(
	    set_priority(&fsm, 150, START + MS(300)), VRRP_EFFECT_SEND_ADVERT);
	assert_int_equal(fsm.advert_priority, 150);
	assert_true(vrrp_fsm_deadline(&fsm) == START + MS(1300));
	assert_int_equal(
	    set_priority(&fsm, 50, START + MS(400)), VRRP_EFFECT_SEND_ADVERT);
	assert_int_equal(fsm.advert_priority, 50);
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);
}

CASE(a_master_lowered_below_a_peer_gives_way_when_it_hears_it)
{
	struct vrrp_fsm fsm = a_master(.priority = 200);

	assert_int_equal(hears(&fsm, 150, START + MS(100)) & LET_GO, 0);
	(void)set_priority(&fsm, 100, START + MS(200));
	assert_int_equal(hears(&fsm, 150, START + MS(300)), LET_GO);
}

CASE(a_master_advertises_a_new_interval_at_once)
{
	struct vrrp_fsm fsm = a_master();

	fsm.params.advert_int_us = MS(100);
	assert_int_equal(
	    happens(&fsm, VRRP_EVENT_PARAMS, START + MS(300)), VRRP_EFFECT_SEND_ADVERT);
	assert_true(vrrp_fsm_deadline(&fsm) == START + MS(400));
	assert_true(fsm.master_adver_int_us == MS(100));
}

CASE(a_master_follows_changes_of_the_refresh_period)
{
	struct vrrp_fsm fsm = a_master();

	fsm.params.announce_refresh_us = SEC(60);
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + MS(300)), 0);
	assert_true(fsm.refresh_at_us == START + MS(60300));
	fsm.params.announce_refresh_us = SEC(600);
	(void)happens(&fsm, VRRP_EVENT_PARAMS, START + MS(400));
	assert_true(fsm.refresh_at_us == START + MS(60300)); /* the next, then longer */
	fsm.params.announce_refresh_us = SEC(2);
	(void)happens(&fsm, VRRP_EVENT_PARAMS, START + MS(500));
	assert_true(fsm.refresh_at_us == START + MS(2500));
	fsm.params.announce_refresh_us = 0;
	(void)happens(&fsm, VRRP_EVENT_PARAMS, START + MS(600));
	assert_true(fsm.refresh_at_us == 0);
}

CASE(a_master_compares_with_its_new_address)
{
	struct vrrp_fsm fsm = a_master();

	assert_int_equal(addr_parse("192.0.2.250", &fsm.params.primary), 0);
	(void)happens(&fsm, VRRP_EVENT_PARAMS, START + MS(100));
	assert_int_equal(
	    hears_from(&fsm, HIGHER_ADDRESS, 100, START + MS(200)) & LET_GO, 0);
}

/* ---- Backup ---- */

CASE(a_backups_new_priority_shortens_or_lengthens_its_skew_from_the_last_advert)
{
	struct vrrp_fsm raised = a_backup(), lowered = a_backup();

	(void)hears(&raised, 200, START + SEC(1));
	(void)set_priority(&raised, 192, START + MS(1500));
	assert_becomes_master_at(
	    &raised, START + SEC(4) + 250000, VRRP_CAUSE_MASTER_DOWN_TIMER);

	(void)hears(&lowered, 200, START + SEC(1));
	(void)set_priority(&lowered, 64, START + MS(1500));
	assert_becomes_master_at(
	    &lowered, START + SEC(4) + 750000, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_new_priority_after_a_resignation_changes_the_skew_alone)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears(&fsm, 0, START + SEC(1));
	(void)set_priority(&fsm, 192, START + MS(1100));
	assert_becomes_master_at(&fsm, START + MS(1250), VRRP_CAUSE_MASTER_RESIGNED);
}

CASE(a_deadline_that_a_change_moves_into_the_past_is_now)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears(&fsm, 0, START + SEC(1));
	(void)set_priority(&fsm, 254, START + MS(1500));
	assert_becomes_master_at(&fsm, START + MS(1500), VRRP_CAUSE_MASTER_RESIGNED);
}

CASE(a_backup_raised_above_the_master_preempts_within_the_down_interval)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears(&fsm, 150, START + SEC(1));
	assert_int_equal(set_priority(&fsm, 192, START + MS(1500)), 0);
	(void)hears(&fsm, 150, START + SEC(2));
	(void)hears(&fsm, 150, START + SEC(3));
	(void)hears(&fsm, 150, START + SEC(4));
	assert_becomes_master_at(&fsm, START + SEC(4) + 250000, VRRP_CAUSE_PREEMPTED);
}

/* Otherwise a router that was about to preempt would displace a Master that is alive
 * and by now in its right. */
CASE(a_backup_lowered_below_a_living_master_follows_it_from_its_last_advert)
{
	struct vrrp_fsm fsm = a_backup(.priority = 200);

	(void)hears(&fsm, 150, START + SEC(1));
	(void)hears(&fsm, 150, START + SEC(2));
	(void)hears(&fsm, 150, START + SEC(3));
	assert_int_equal(set_priority(&fsm, 100, START + MS(3100)), 0);
	assert_becomes_master_at(
	    &fsm, START + SEC(6) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_change_that_leaves_the_rank_does_not_stop_preemption)
{
	struct vrrp_fsm fsm = a_backup(.priority = 192);

	(void)hears(&fsm, 150, START + SEC(1));
	assert_int_equal(set_priority(&fsm, 160, START + MS(1100)), 0);
	assert_becomes_master_at(&fsm, START + SEC(3) + 375000, VRRP_CAUSE_PREEMPTED);
}

CASE(preemption_turned_off_spares_a_living_master)
{
	struct vrrp_fsm fsm = a_backup(.priority = 192);

	(void)hears(&fsm, 150, START + SEC(1));
	(void)hears(&fsm, 150, START + SEC(2));
	(void)hears(&fsm, 150, START + SEC(3));
	assert_int_equal(set_preempt(&fsm, false, START + MS(3100)), 0);
	assert_becomes_master_at(
	    &fsm, START + SEC(6) + 250000, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(preemption_turned_off_follows_the_master_at_its_own_interval)
{
	struct vrrp_fsm fsm = a_backup(.priority = 192);

	(void)hears_rate(&fsm, 150, SEC(4), START + SEC(1));
	(void)set_preempt(&fsm, false, START + SEC(2));
	assert_becomes_master_at(&fsm, START + SEC(14), VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(preemption_turned_on_displaces_a_lower_master_within_the_down_interval)
{
	struct vrrp_fsm fsm = a_backup(.priority = 192, .nopreempt = true);

	(void)hears(&fsm, 150, START + SEC(1));
	(void)hears(&fsm, 150, START + SEC(2));
	assert_int_equal(set_preempt(&fsm, true, START + MS(2100)), 0);
	(void)hears(&fsm, 150, START + SEC(3));
	(void)hears(&fsm, 150, START + SEC(4));
	(void)hears(&fsm, 150, START + SEC(5));
	assert_becomes_master_at(&fsm, START + SEC(5) + 250000, VRRP_CAUSE_PREEMPTED);
}

CASE(a_backup_that_becomes_owner_is_master_at_once)
{
	struct vrrp_fsm fsm = a_backup(.nopreempt = true);

	(void)hears(&fsm, 200, START + SEC(1));
	assert_int_equal(set_priority(&fsm, 255, START + MS(1100)), BECAME_MASTER);
	assert_state(&fsm, VRRP_STATE_MASTER, VRRP_CAUSE_OWNER);
}

CASE(a_backup_that_becomes_owner_waits_for_the_startup_delay)
{
	struct vrrp_fsm fsm = a_backup(.startup_delay_us = SEC(10));

	assert_int_equal(set_priority(&fsm, 255, START + SEC(1)), 0);
	assert_becomes_master_at(&fsm, START + SEC(10), VRRP_CAUSE_OWNER);
}

CASE(an_owner_that_waits_does_not_wait_longer_for_a_reload)
{
	struct vrrp_fsm fsm = a_backup(.priority = 255, .startup_delay_us = SEC(2));

	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + SEC(1)), 0);
	assert_becomes_master_at(&fsm, START + SEC(2), VRRP_CAUSE_OWNER);
}

CASE(an_owner_that_waits_and_ceases_to_be_one_is_a_backup_like_others)
{
	struct vrrp_fsm fsm = a_backup(.priority = 255, .startup_delay_us = SEC(2));

	assert_int_equal(set_priority(&fsm, 100, START + SEC(1)), 0);
	assert_becomes_master_at(
	    &fsm, START + SEC(3) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* Two owners settled by address: a reload must not open the quarrel again. */
CASE(an_owner_that_lost_to_another_is_not_woken_by_a_reload)
{
	struct vrrp_fsm fsm = a_master(.priority = 255);

	(void)hears(&fsm, 255, START + MS(100));
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + MS(200)), 0);
	assert_becomes_master_at(
	    &fsm, START + MS(3100) + 3906, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(an_owner_that_listens_after_a_stall_is_not_woken_by_a_reload)
{
	struct vrrp_fsm fsm = a_master(.priority = 255);

	(void)timer(&fsm, START + SEC(10));
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + SEC(10)), 0);
	assert_becomes_master_at(
	    &fsm, START + SEC(11) + 3906, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(an_owner_held_back_rises_when_the_hold_ends)
{
	struct vrrp_fsm fsm = a_master(.priority = 255);

	(void)happens(&fsm, VRRP_EVENT_RELEASE, START + SEC(1));
	assert_int_equal(set_priority(&fsm, 1, START + SEC(1)), 0);
	(void)hears(&fsm, 100, START + SEC(2));
	assert_int_equal(set_priority(&fsm, 255, START + SEC(3)), BECAME_MASTER);
	assert_state(&fsm, VRRP_STATE_MASTER, VRRP_CAUSE_OWNER);
}

CASE(a_new_interval_counts_for_a_backup_that_has_heard_nobody)
{
	struct vrrp_fsm fsm = a_backup();

	fsm.params.advert_int_us = SEC(2);
	(void)happens(&fsm, VRRP_EVENT_PARAMS, START + SEC(1));
	assert_becomes_master_at(
	    &fsm, START + SEC(6) + 2 * 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_new_interval_does_not_replace_the_one_learned_in_v3)
{
	struct vrrp_fsm v3 = a_backup(), v2 = a_backup(.version = 2);

	(void)hears(&v3, 200, START + SEC(1));
	v3.params.advert_int_us = SEC(2);
	(void)happens(&v3, VRRP_EVENT_PARAMS, START + MS(1100));
	assert_becomes_master_at(
	    &v3, START + SEC(4) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);

	(void)hears(&v2, 200, START + SEC(1));
	v2.params.advert_int_us = SEC(2);
	(void)happens(&v2, VRRP_EVENT_PARAMS, START + MS(1100));
	assert_becomes_master_at(
	    &v2, START + SEC(7) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* ---- preempt_delay ---- */

CASE(a_shorter_preempt_delay_takes_effect_while_it_runs)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(300));

	(void)hears(&fsm, 50, START + SEC(1));
	fsm.params.preempt_delay_us = SEC(2);
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + SEC(2)), 0);
	(void)hears(&fsm, 50, START + SEC(3));
	assert_becomes_master_at(&fsm, START + SEC(4), VRRP_CAUSE_PREEMPTED);
}

CASE(a_longer_preempt_delay_counts_from_the_next_time)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(2));

	(void)hears(&fsm, 50, START + SEC(1));
	fsm.params.preempt_delay_us = SEC(300);
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + SEC(2)), 0);
	assert_becomes_master_at(&fsm, START + SEC(3), VRRP_CAUSE_PREEMPTED);
}

CASE(without_preempt_delay_the_rfc_takes_its_course_again)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(300));

	(void)hears(&fsm, 50, START + SEC(1));
	fsm.params.preempt_delay_us = 0;
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + SEC(2)), 0);
	(void)hears(&fsm, 50, START + SEC(2));
	(void)hears(&fsm, 50, START + SEC(3));
	(void)hears(&fsm, 50, START + SEC(4));
	assert_becomes_master_at(&fsm, START + SEC(4) + 609375, VRRP_CAUSE_PREEMPTED);
}

CASE(a_priority_lowered_below_the_master_ends_preempt_delay)
{
	struct vrrp_fsm fsm = a_backup(.preempt_delay_us = SEC(2));

	(void)hears(&fsm, 50, START + SEC(1));
	(void)set_priority(&fsm, 50, START + SEC(2));
	assert_int_equal(run_until(&fsm, START + MS(3500)), 0);
	assert_becomes_master_at(
	    &fsm, START + SEC(4) + 206 * US_PER_S / 256, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_reload_after_a_resignation_leaves_skew_time_with_preemption_off)
{
	struct vrrp_fsm fsm = a_backup(.nopreempt = true);

	(void)hears(&fsm, 0, START + SEC(1));
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + MS(1100)), 0);
	assert_becomes_master_at(
	    &fsm, START + SEC(1) + 609375, VRRP_CAUSE_MASTER_RESIGNED);
}

CASE(a_backup_that_becomes_owner_as_the_startup_delay_ends_is_master)
{
	struct vrrp_fsm fsm = a_backup(.startup_delay_us = SEC(2));

	assert_int_equal(set_priority(&fsm, 255, START + SEC(2)), BECAME_MASTER);
}

CASE(an_owner_that_waits_and_hears_another_follows_it_after_a_reload_too)
{
	struct vrrp_fsm fsm = a_backup(.priority = 255, .startup_delay_us = SEC(2));

	(void)hears(&fsm, 255, START + SEC(1));
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + SEC(3)), 0);
	assert_becomes_master_at(
	    &fsm, START + SEC(4) + 3906, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(params_that_did_not_change_touch_no_timer),
	    cmocka_unit_test(a_master_advertises_a_new_priority_at_once),
	    cmocka_unit_test(a_master_lowered_below_a_peer_gives_way_when_it_hears_it),
	    cmocka_unit_test(a_master_advertises_a_new_interval_at_once),
	    cmocka_unit_test(a_master_follows_changes_of_the_refresh_period),
	    cmocka_unit_test(a_master_compares_with_its_new_address),
	    cmocka_unit_test(
		a_backups_new_priority_shortens_or_lengthens_its_skew_from_the_last_advert),
	    cmocka_unit_test(a_new_priority_after_a_resignation_changes_the_skew_alone),
	    cmocka_unit_test(a_deadline_that_a_change_moves_into_the_past_is_now),
	    cmocka_unit_test(
		a_backup_raised_above_the_master_preempts_within_the_down_interval),
	    cmocka_unit_test(
		a_backup_lowered_below_a_living_master_follows_it_from_its_last_advert),
	    cmocka_unit_test(a_change_that_leaves_the_rank_does_not_stop_preemption),
	    cmocka_unit_test(preemption_turned_off_spares_a_living_master),
	    cmocka_unit_test(
		preemption_turned_off_follows_the_master_at_its_own_interval),
	    cmocka_unit_test(
		preemption_turned_on_displaces_a_lower_master_within_the_down_interval),
	    cmocka_unit_test(a_backup_that_becomes_owner_is_master_at_once),
	    cmocka_unit_test(a_backup_that_becomes_owner_waits_for_the_startup_delay),
	    cmocka_unit_test(an_owner_that_waits_does_not_wait_longer_for_a_reload),
	    cmocka_unit_test(
		an_owner_that_waits_and_ceases_to_be_one_is_a_backup_like_others),
	    cmocka_unit_test(an_owner_that_lost_to_another_is_not_woken_by_a_reload),
	    cmocka_unit_test(
		an_owner_that_listens_after_a_stall_is_not_woken_by_a_reload),
	    cmocka_unit_test(an_owner_held_back_rises_when_the_hold_ends),
	    cmocka_unit_test(a_new_interval_counts_for_a_backup_that_has_heard_nobody),
	    cmocka_unit_test(a_new_interval_does_not_replace_the_one_learned_in_v3),
	    cmocka_unit_test(a_shorter_preempt_delay_takes_effect_while_it_runs),
	    cmocka_unit_test(a_longer_preempt_delay_counts_from_the_next_time),
	    cmocka_unit_test(without_preempt_delay_the_rfc_takes_its_course_again),
	    cmocka_unit_test(a_priority_lowered_below_the_master_ends_preempt_delay),
	    cmocka_unit_test(
		a_reload_after_a_resignation_leaves_skew_time_with_preemption_off),
	    cmocka_unit_test(
		a_backup_that_becomes_owner_as_the_startup_delay_ends_is_master),
	    cmocka_unit_test(
		an_owner_that_waits_and_hears_another_follows_it_after_a_reload_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_fsm_start.c - into and out of Initialize and Fault. */
#include "vrrpd/vrrp_fsm.h"

#include "tests/unit/fsm_fixture.h"

/* RFC 9568 6.4.1: priority 255. */
CASE(an_owner_is_master_from_the_first_moment)
{
	struct vrrp_fsm fsm = a_router(.priority = 255);

	assert_int_equal(happens(&fsm, VRRP_EVENT_STARTUP, START), BECAME_MASTER);
	assert_state(&fsm, VRRP_STATE_MASTER, VRRP_CAUSE_OWNER);
	assert_int_equal(fsm.advert_priority, 255);
	assert_true(vrrp_fsm_deadline(&fsm) == START + SEC(1));
	assert_true(fsm.since_us == START);
	assert_int_equal(fsm.transitions, 1);
}

/* RFC 9568 6.4.1: priority below 255. */
CASE(any_other_router_starts_as_backup_and_waits_the_full_interval)
{
	struct vrrp_fsm fsm = a_router(.priority = 254);

	assert_int_equal(
	    happens(&fsm, VRRP_EVENT_STARTUP, START), VRRP_EFFECT_TRANSITION);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_STARTUP);
	assert_becomes_master_at(
	    &fsm, START + SEC(3) + 7812, VRRP_CAUSE_MASTER_DOWN_TIMER);
	assert_int_equal(fsm.transitions, 2);
}

/* RFC 9568 6.4.2: the advertisement leaves first; effects are done in the order of
 * bits. */
CASE(the_advertisement_leaves_before_addresses_are_added_and_announced)
{
	assert_true(VRRP_EFFECT_SEND_ADVERT < VRRP_EFFECT_ADD_ADDRESSES);
	assert_true(VRRP_EFFECT_ADD_ADDRESSES < VRRP_EFFECT_ANNOUNCE);
	assert_true(VRRP_EFFECT_SEND_RESIGN < VRRP_EFFECT_REMOVE_ADDRESSES);
}

CASE(startup_is_nothing_to_a_router_that_runs)
{
	struct vrrp_fsm backup = a_backup(), master = a_master();

	assert_int_equal(happens(&backup, VRRP_EVENT_STARTUP, START + 5), 0);
	assert_state(&backup, VRRP_STATE_BACKUP, VRRP_CAUSE_STARTUP);
	assert_int_equal(happens(&master, VRRP_EVENT_STARTUP, START + 5), 0);
	assert_true(master.since_us == START);
}

CASE(nothing_but_startup_and_fault_moves_a_router_at_rest)
{
	static const enum vrrp_event_kind kinds[] = {
	    VRRP_EVENT_SHUTDOWN,
	    VRRP_EVENT_TIMER,
	    VRRP_EVENT_PARAMS,
	    VRRP_EVENT_FAULT_CLEARED,
	    VRRP_EVENT_HANDOVER,
	    VRRP_EVENT_HANDOVER_CANCEL,
	    VRRP_EVENT_RELEASE,
	    VRRP_EVENT_TAKEOVER,
	};
	struct vrrp_fsm fsm = a_router();

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		assert_int_equal(happens(&fsm, kinds[i], START), 0);
	assert_int_equal(hears(&fsm, 0, START), 0);
	assert_int_equal(hears(&fsm, 255, START), 0);
	assert_state(&fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_NONE);
	assert_int_equal(vrrp_fsm_deadline(&fsm), 0);
}

/* RFC 9568 6.4.2. */
CASE(a_backup_shuts_down_without_a_word)
{
	struct vrrp_fsm fsm = a_backup();

	assert_int_equal(
	    happens(&fsm, VRRP_EVENT_SHUTDOWN, START + 5), VRRP_EFFECT_TRANSITION);
	assert_state(&fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_SHUTDOWN);
	assert_int_equal(vrrp_fsm_deadline(&fsm), 0);
	assert_int_equal(happens(&fsm, VRRP_EVENT_SHUTDOWN, START + 6), 0);
}

/* RFC 9568 6.4.3. */
CASE(a_master_shuts_down_with_a_resignation_and_lets_go)
{
	struct vrrp_fsm fsm = a_master(.announce_delay_us = SEC(5),
	    .announce_refresh_us = SEC(60), .announce_lower_delay_us = SEC(5));

	(void)hears(&fsm, 50, START + 1);
	assert_int_equal(happens(&fsm, VRRP_EVENT_SHUTDOWN, START + 5), RESIGNED);
	assert_state(&fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_SHUTDOWN);
	assert_int_equal(vrrp_fsm_deadline(&fsm), 0);
	assert_int_equal(timer(&fsm, START + SEC(100)), 0);
}

CASE(a_router_can_start_again_after_a_shutdown)
{
	struct vrrp_fsm fsm = a_master();

	(void)happens(&fsm, VRRP_EVENT_SHUTDOWN, START + SEC(1));
	assert_int_equal(
	    happens(&fsm, VRRP_EVENT_STARTUP, START + SEC(2)), VRRP_EFFECT_TRANSITION);
	assert_becomes_master_at(
	    &fsm, START + SEC(5) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

/* ---- resume ---- */

static unsigned
resume(struct vrrp_fsm *fsm, int64_t since_us, int64_t now_us)
{
	const struct vrrp_event event = {
	    .kind = VRRP_EVENT_RESUME, .resume = {.since_us = since_us}};

	return vrrp_fsm_step(fsm, &event, now_us);
}

CASE(a_resumed_master_advertises_at_once_and_was_master_all_the_time)
{
	struct vrrp_fsm fsm = a_router(.announce_delay_us = SEC(5));

	assert_int_equal(resume(&fsm, START - SEC(60), START),
	    VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_ADD_ADDRESSES |
		VRRP_EFFECT_TRANSITION);
	assert_state(&fsm, VRRP_STATE_MASTER, VRRP_CAUSE_RESUMED);
	assert_true(fsm.since_us == START - SEC(60));
	assert_int_equal(fsm.advert_priority, 100);
	assert_true(vrrp_fsm_deadline(&fsm) == START + SEC(1));
	assert_int_equal(fsm.announce_at_us, 0); /* nor a second burst */
}

CASE(only_a_router_at_rest_can_resume)
{
	struct vrrp_fsm fsm = a_backup();

	assert_int_equal(resume(&fsm, START - SEC(60), START), 0);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_STARTUP);
}

CASE(a_resumed_master_gives_way_like_any_other)
{
	struct vrrp_fsm fsm = a_router();

	(void)resume(&fsm, START - SEC(60), START);
	assert_int_equal(hears(&fsm, 101, START + MS(500)), LET_GO);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_HIGHER_PRIORITY);
}

/* ---- fault ---- */

CASE(a_fault_stops_every_state_and_a_master_resigns)
{
	struct vrrp_fsm idle = a_router(), backup = a_backup(), master = a_master();

	assert_int_equal(
	    happens(&idle, VRRP_EVENT_FAULT, START), VRRP_EFFECT_TRANSITION);
	assert_int_equal(
	    happens(&backup, VRRP_EVENT_FAULT, START), VRRP_EFFECT_TRANSITION);
	assert_int_equal(happens(&master, VRRP_EVENT_FAULT, START), RESIGNED);
	assert_state(&idle, VRRP_STATE_FAULT, VRRP_CAUSE_FAULT);
	assert_state(&backup, VRRP_STATE_FAULT, VRRP_CAUSE_FAULT);
	assert_state(&master, VRRP_STATE_FAULT, VRRP_CAUSE_FAULT);
	assert_int_equal(vrrp_fsm_deadline(&master), 0);
	assert_int_equal(happens(&master, VRRP_EVENT_FAULT, START + 1), 0);
}

CASE(nothing_but_its_end_or_a_shutdown_moves_a_router_in_fault)
{
	static const enum vrrp_event_kind kinds[] = {
	    VRRP_EVENT_STARTUP,
	    VRRP_EVENT_RESUME,
	    VRRP_EVENT_TIMER,
	    VRRP_EVENT_PARAMS,
	    VRRP_EVENT_HANDOVER,
	    VRRP_EVENT_HANDOVER_CANCEL,
	    VRRP_EVENT_RELEASE,
	    VRRP_EVENT_TAKEOVER,
	};
	struct vrrp_fsm fsm = a_backup();

	(void)happens(&fsm, VRRP_EVENT_FAULT, START);
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		assert_int_equal(happens(&fsm, kinds[i], START + 1), 0);
	assert_int_equal(hears(&fsm, 0, START + 2), 0);
	assert_state(&fsm, VRRP_STATE_FAULT, VRRP_CAUSE_FAULT);
	assert_int_equal(
	    happens(&fsm, VRRP_EVENT_SHUTDOWN, START + 3), VRRP_EFFECT_TRANSITION);
	assert_state(&fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_SHUTDOWN);
}

CASE(a_cleared_fault_is_a_fresh_start)
{
	struct vrrp_fsm fsm = a_master(), owner = a_master(.priority = 255);

	(void)happens(&fsm, VRRP_EVENT_FAULT, START);
	assert_int_equal(happens(&fsm, VRRP_EVENT_FAULT_CLEARED, START + SEC(10)),
	    VRRP_EFFECT_TRANSITION);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_FAULT_CLEARED);
	assert_becomes_master_at(
	    &fsm, START + SEC(13) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);

	(void)happens(&owner, VRRP_EVENT_FAULT, START);
	assert_int_equal(
	    happens(&owner, VRRP_EVENT_FAULT_CLEARED, START + SEC(10)), BECAME_MASTER);
	assert_state(&owner, VRRP_STATE_MASTER, VRRP_CAUSE_OWNER);
}

CASE(what_was_heard_before_a_fault_is_forgotten_after_it)
{
	struct vrrp_fsm fsm = a_backup();

	(void)hears_rate(&fsm, 200, SEC(10), START + 1);
	(void)happens(&fsm, VRRP_EVENT_FAULT, START + 2);
	(void)happens(&fsm, VRRP_EVENT_FAULT_CLEARED, START + 3);
	assert_false(addr_is_set(&fsm.master));
	assert_true(fsm.master_adver_int_us == SEC(1));
}

/* ---- startup delay ---- */

CASE(a_startup_delay_holds_the_down_timer_back)
{
	struct vrrp_fsm fsm = a_backup(.startup_delay_us = SEC(10));

	assert_becomes_master_at(&fsm, START + SEC(10), VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_startup_delay_that_is_over_first_changes_nothing)
{
	struct vrrp_fsm fsm = a_backup(.startup_delay_us = SEC(2));

	assert_becomes_master_at(
	    &fsm, START + SEC(3) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(a_startup_delay_holds_an_owner_back_too)
{
	struct vrrp_fsm fsm = a_backup(.priority = 255, .startup_delay_us = SEC(10));

	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_STARTUP);
	assert_becomes_master_at(&fsm, START + SEC(10), VRRP_CAUSE_OWNER);
}

CASE(a_master_that_resigns_during_the_startup_delay_is_not_replaced_before_its_end)
{
	struct vrrp_fsm fsm = a_backup(.startup_delay_us = SEC(10));

	(void)hears(&fsm, 0, START + SEC(1));
	assert_becomes_master_at(&fsm, START + SEC(10), VRRP_CAUSE_MASTER_RESIGNED);
}

CASE(an_owner_whose_startup_delay_is_over_is_master_at_once)
{
	struct vrrp_fsm fsm = a_router(.priority = 255, .startup_delay_us = SEC(10));

	assert_int_equal(
	    happens(&fsm, VRRP_EVENT_STARTUP, START + SEC(10)), BECAME_MASTER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_owner_is_master_from_the_first_moment),
	    cmocka_unit_test(
		any_other_router_starts_as_backup_and_waits_the_full_interval),
	    cmocka_unit_test(
		the_advertisement_leaves_before_addresses_are_added_and_announced),
	    cmocka_unit_test(startup_is_nothing_to_a_router_that_runs),
	    cmocka_unit_test(nothing_but_startup_and_fault_moves_a_router_at_rest),
	    cmocka_unit_test(a_backup_shuts_down_without_a_word),
	    cmocka_unit_test(a_master_shuts_down_with_a_resignation_and_lets_go),
	    cmocka_unit_test(a_router_can_start_again_after_a_shutdown),
	    cmocka_unit_test(
		a_resumed_master_advertises_at_once_and_was_master_all_the_time),
	    cmocka_unit_test(only_a_router_at_rest_can_resume),
	    cmocka_unit_test(a_resumed_master_gives_way_like_any_other),
	    cmocka_unit_test(a_fault_stops_every_state_and_a_master_resigns),
	    cmocka_unit_test(nothing_but_its_end_or_a_shutdown_moves_a_router_in_fault),
	    cmocka_unit_test(a_cleared_fault_is_a_fresh_start),
	    cmocka_unit_test(what_was_heard_before_a_fault_is_forgotten_after_it),
	    cmocka_unit_test(a_startup_delay_holds_the_down_timer_back),
	    cmocka_unit_test(a_startup_delay_that_is_over_first_changes_nothing),
	    cmocka_unit_test(a_startup_delay_holds_an_owner_back_too),
	    cmocka_unit_test(
		a_master_that_resigns_during_the_startup_delay_is_not_replaced_before_its_end),
	    cmocka_unit_test(an_owner_whose_startup_delay_is_over_is_master_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_fsm_yield.c - handing the role over without a resignation.
 *
 * The Master speaks on with priority 1, so at no time does a peer miss a Master.
 */
#include "vrrpd/vrrp_fsm.h"

#include "tests/unit/fsm_fixture.h"

#define MOVED (LET_GO | VRRP_EFFECT_HANDOVER_MOVED)

static unsigned
yield_role(struct vrrp_fsm *fsm, int64_t wait_us, int64_t now_us)
{
	const struct vrrp_event event = {
	    .kind = VRRP_EVENT_HANDOVER,
	    .handover = {.wait_us = wait_us, .yields = true},
	};

	return vrrp_fsm_step(fsm, &event, now_us);
}

CASE(a_yielding_master_advertises_on_with_priority_1)
{
	struct vrrp_fsm fsm = a_master(.priority = 200);

	assert_int_equal(
	    yield_role(&fsm, SEC(10), START + MS(100)), VRRP_EFFECT_SEND_ADVERT);
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);
	assert_int_equal(fsm.advert_priority, 1);
	assert_false(vrrp_fsm_is_silent(&fsm));
	for (int i = 1; i < 10; i++) {
		assert_true(vrrp_fsm_deadline(&fsm) == START + MS(100) + SEC(i));
		assert_int_equal(
		    timer(&fsm, START + MS(100) + SEC(i)), VRRP_EFFECT_SEND_ADVERT);
	}
}

CASE(whoever_outranks_priority_1_is_its_heir)
{
	static const struct {
		uint8_t priority;
		const char *source;
	} heirs[] = {{2, LOWER_ADDRESS}, {99, LOWER_ADDRESS}, {1, HIGHER_ADDRESS},
	    {255, LOWER_ADDRESS}};

	for (size_t i = 0; i < COUNT_OF(heirs); i++) {
		struct vrrp_fsm fsm = a_master(.priority = 200);

		(void)yield_role(&fsm, 0, START + MS(100));
		assert_int_equal(hears_from(&fsm, heirs[i].source, heirs[i].priority,
				     START + SEC(4)),
		    MOVED);
		assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_HANDED_OVER);
		assert_int_equal(fsm.handover_until_us, 0);
		assert_false(fsm.handover_yields);
	}
}

/* Two halves of a LAN that was cut may yield at the same time: one has to stay. */
CASE(of_two_that_yield_the_higher_address_stays)
{
	struct vrrp_fsm fsm = a_master(.priority = 200);

	(void)yield_role(&fsm, 0, START + MS(100));
	assert_true(hears_from(&fsm, LOWER_ADDRESS, 1, START + MS(200)) &
		    VRRP_EFFECT_SEND_ADVERT);
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);
	assert_int_equal(fsm.advert_priority, 1);
}

CASE(a_yielding_master_does_not_answer_a_resignation)
{
	struct vrrp_fsm fsm = a_master(.priority = 200);

	(void)yield_role(&fsm, 0, START + MS(100));
	assert_int_equal(hears(&fsm, 0, START + MS(200)), 0);
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);
}

CASE(when_nobody_comes_it_has_its_priority_back)
{
	struct vrrp_fsm fsm = a_master(.priority = 200);

	(void)yield_role(&fsm, MS(2500), START);
	assert_int_equal(run_until(&fsm, START + MS(2499)), VRRP_EFFECT_SEND_ADVERT);
	assert_int_equal(timer(&fsm, START + MS(2500)),
	    VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_HANDOVER_FAILED);
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);
	assert_int_equal(fsm.advert_priority, 200);
	assert_true(vrrp_fsm_deadline(&fsm) == START + MS(3500));
}

/* Peers run down their whole Master_Down_Interval: 3 s and 255/256 s, two intervals
 * more for the packets, and the delay that a peer configured alike has. */
CASE(the_default_wait_is_the_down_interval_of_the_slowest_peer)
{
	struct vrrp_fsm fsm = a_master(),
			delayed = a_master(.preempt_delay_us = SEC(7));

	assert_true(vrrp_fsm_yield_wait_us(&fsm) == SEC(5) + 996093);
	assert_true(vrrp_fsm_yield_wait_us(&delayed) == SEC(12) + 996093);
	(void)yield_role(&fsm, 0, START);
	assert_true(fsm.handover_until_us == START + SEC(5) + 996093);
}

CASE(new_params_while_yielding_do_not_raise_the_priority)
{
	struct vrrp_fsm fsm = a_master(.priority = 200);

	(void)yield_role(&fsm, SEC(3), START);
	fsm.params.priority = 150;
	assert_int_equal(happens(&fsm, VRRP_EVENT_PARAMS, START + MS(100)), 0);
	assert_int_equal(fsm.advert_priority, 1);
	(void)run_until(&fsm, START + SEC(3));
	assert_int_equal(fsm.advert_priority, 150);
}

CASE(announcements_are_refreshed_while_yielding)
{
	struct vrrp_fsm fsm = a_master(.announce_refresh_us = MS(1500));

	(void)yield_role(&fsm, SEC(10), START + MS(100));
	assert_int_equal(
	    run_until(&fsm, START + MS(1500)), VRRP_EFFECT_ANNOUNCE_REFRESH);
}

CASE(a_second_yield_only_changes_the_wait)
{
	struct vrrp_fsm fsm = a_master(.priority = 200);

	(void)yield_role(&fsm, SEC(2), START);
	assert_int_equal(yield_role(&fsm, SEC(9), START + MS(500)), 0);
	assert_true(fsm.handover_until_us == START + MS(9500));
	assert_true(vrrp_fsm_deadline(&fsm) == START + SEC(1));
}

CASE(a_handover_after_a_yield_resigns)
{
	struct vrrp_fsm fsm = a_master();

	(void)yield_role(&fsm, SEC(9), START);
	assert_int_equal(
	    hand_over(&fsm, SEC(2), true, START + MS(100)), VRRP_EFFECT_SEND_RESIGN);
	assert_true(vrrp_fsm_is_silent(&fsm));
	assert_true(vrrp_fsm_deadline(&fsm) == START + MS(2100));
}

CASE(who_has_resigned_cannot_yield)
{
	struct vrrp_fsm fsm = a_master();

	(void)hand_over(&fsm, SEC(2), false, START);
	assert_int_equal(yield_role(&fsm, SEC(2), START + MS(100)), 0);
	assert_true(vrrp_fsm_is_silent(&fsm));
	assert_true(vrrp_fsm_deadline(&fsm) == START + MS(2100));
}

/* Its peers believe that it is Master. */
CASE(a_fault_or_a_release_while_yielding_resigns)
{
	struct vrrp_fsm faulty = a_master(), released = a_master();

	(void)yield_role(&faulty, 0, START);
	assert_int_equal(happens(&faulty, VRRP_EVENT_FAULT, START + MS(100)), RESIGNED);
	(void)yield_role(&released, 0, START);
	assert_int_equal(
	    happens(&released, VRRP_EVENT_RELEASE, START + MS(100)), RESIGNED);
}

CASE(a_cancelled_yield_has_its_priority_back_at_once)
{
	struct vrrp_fsm fsm = a_master(.priority = 200);

	(void)yield_role(&fsm, 0, START);
	assert_int_equal(happens(&fsm, VRRP_EVENT_HANDOVER_CANCEL, START + MS(200)),
	    VRRP_EFFECT_SEND_ADVERT | VRRP_EFFECT_HANDOVER_FAILED);
	assert_int_equal(fsm.advert_priority, 200);
}

CASE(a_stall_while_yielding_ends_it)
{
	struct vrrp_fsm fsm = a_master(), heard = a_master();

	(void)yield_role(&fsm, SEC(60), START);
	assert_int_equal(timer(&fsm, START + SEC(30)),
	    LET_GO | VRRP_EFFECT_STALL_NOTICED | VRRP_EFFECT_HANDOVER_FAILED);
	assert_state(&fsm, VRRP_STATE_BACKUP, VRRP_CAUSE_STALLED);

	/* Unless its heir waited in the socket. */
	(void)yield_role(&heard, SEC(60), START);
	assert_int_equal(hears(&heard, 50, START + SEC(30)), MOVED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_yielding_master_advertises_on_with_priority_1),
	    cmocka_unit_test(whoever_outranks_priority_1_is_its_heir),
	    cmocka_unit_test(of_two_that_yield_the_higher_address_stays),
	    cmocka_unit_test(a_yielding_master_does_not_answer_a_resignation),
	    cmocka_unit_test(when_nobody_comes_it_has_its_priority_back),
	    cmocka_unit_test(the_default_wait_is_the_down_interval_of_the_slowest_peer),
	    cmocka_unit_test(new_params_while_yielding_do_not_raise_the_priority),
	    cmocka_unit_test(announcements_are_refreshed_while_yielding),
	    cmocka_unit_test(a_second_yield_only_changes_the_wait),
	    cmocka_unit_test(a_handover_after_a_yield_resigns),
	    cmocka_unit_test(who_has_resigned_cannot_yield),
	    cmocka_unit_test(a_fault_or_a_release_while_yielding_resigns),
	    cmocka_unit_test(a_cancelled_yield_has_its_priority_back_at_once),
	    cmocka_unit_test(a_stall_while_yielding_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

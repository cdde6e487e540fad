/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_fsm_intervals.c - the times of RFC 9568 6.1 and RFC 3768 6.1, and the
 * words. */
#include "vrrpd/vrrp_fsm.h"

#include <string.h>
#include "tests/unit/fsm_fixture.h"

/* RFC 3768 6.1: (256 - priority) / 256 seconds, whatever the interval. */
CASE(skew_of_v2_does_not_depend_on_the_interval)
{
	static const struct {
		uint8_t priority;
		int64_t skew_us;
	} rows[] = {
	    /* clang-format off */
	    {   1, 996093 },
	    { 100, 609375 },
	    { 128, 500000 },
	    { 254,   7812 },
	    { 255,   3906 },
	    /* clang-format on */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(
		    vrrp_fsm_skew_us(2, rows[i].priority, SEC(1)), rows[i].skew_us);
		assert_int_equal(
		    vrrp_fsm_skew_us(2, rows[i].priority, SEC(255)), rows[i].skew_us);
	}
}

/* RFC 9568 6.1: ((256 - priority) * Active_Adver_Interval) / 256. */
CASE(skew_of_v3_is_a_share_of_the_masters_interval)
{
	static const struct {
		uint8_t priority;
		int64_t interval_us, skew_us;
	} rows[] = {
	    /* clang-format off */
	    {   1, SEC(1),        996093 },
	    { 100, SEC(1),        609375 },
	    { 254, SEC(1),          7812 },
	    { 100, MS(100),        60937 },
	    { 254, MS(10),            78 }, /* not 0: resolution is below 1 ms */
	    { 255, MS(10),            39 },
	    {   1, MS(40950),   40790039 },
	    { 254, MS(40950),     319921 },
	    /* clang-format on */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(
		    vrrp_fsm_skew_us(3, rows[i].priority, rows[i].interval_us),
		    rows[i].skew_us);
}

CASE(master_down_interval_is_three_intervals_and_a_skew)
{
	struct vrrp_fsm v2 = a_backup(.version = 2, .advert_int_us = SEC(5));
	struct vrrp_fsm v3 = a_backup(.advert_int_us = SEC(5));

	assert_int_equal(vrrp_fsm_master_down_interval_us(&v2), SEC(15) + 609375);
	assert_int_equal(vrrp_fsm_master_down_interval_us(&v3), SEC(15) + 5 * 609375);
}

CASE(the_number_of_adverts_in_the_down_interval_can_be_set)
{
	struct vrrp_fsm fsm = a_router(.version = 2);

	fsm.params.down_timer_adverts = 7;
	(void)happens(&fsm, VRRP_EVENT_STARTUP, START);
	assert_becomes_master_at(
	    &fsm, START + SEC(7) + 609375, VRRP_CAUSE_MASTER_DOWN_TIMER);
}

CASE(the_quickest_peer_has_priority_254)
{
	struct vrrp_fsm v2 = a_master(.version = 2, .advert_int_us = SEC(5));
	struct vrrp_fsm v3 = a_master(.advert_int_us = MS(10));

	assert_int_equal(vrrp_fsm_peers_down_interval_us(&v2), SEC(15) + 7812);
	assert_int_equal(vrrp_fsm_peers_down_interval_us(&v3), MS(30) + 78);
}

CASE(a_handover_waits_for_the_slowest_peer_and_at_least_a_second)
{
	struct vrrp_fsm v2 = a_master(.version = 2);
	struct vrrp_fsm v3 = a_master(.advert_int_us = SEC(10));
	struct vrrp_fsm fast = a_master(.advert_int_us = MS(10));

	assert_int_equal(vrrp_fsm_handover_wait_us(&v2), SEC(2) + 996093);
	assert_int_equal(vrrp_fsm_handover_wait_us(&v3), SEC(20) + 9960937);
	assert_int_equal(vrrp_fsm_handover_wait_us(&fast), SEC(1));
}

/* The old Master's interval counts, which need not be ours. */
CASE(a_takeover_waits_for_the_silence_of_the_old_master)
{
	struct vrrp_fsm same = a_backup(), slow = a_backup(.advert_int_us = MS(100));
	struct vrrp_fsm fast = a_backup(.advert_int_us = MS(10));

	(void)hears_rate(&slow, 200, SEC(4), START + MS(10));
	assert_true(vrrp_fsm_silence_us(&same) == MS(1500));
	assert_true(vrrp_fsm_takeover_wait_us(&same) == SEC(3));
	assert_true(vrrp_fsm_silence_us(&slow) == SEC(6));
	assert_true(vrrp_fsm_takeover_wait_us(&slow) == SEC(12));
	assert_true(vrrp_fsm_takeover_wait_us(&fast) == SEC(1));
}

CASE(a_router_at_rest_has_no_deadline)
{
	struct vrrp_fsm fsm = a_router();

	assert_int_equal(vrrp_fsm_deadline(&fsm), 0);
	assert_int_equal(timer(&fsm, START), 0);
	assert_state(&fsm, VRRP_STATE_INITIALIZE, VRRP_CAUSE_NONE);
}

CASE(the_deadline_is_the_first_of_all_timers)
{
	struct vrrp_fsm fsm = {0};
	int64_t *const timers[] = {
	    &fsm.master_down_at_us,
	    &fsm.adver_at_us,
	    &fsm.preempt_at_us,
	    &fsm.announce_at_us,
	    &fsm.announce_lower_at_us,
	    &fsm.refresh_at_us,
	    &fsm.let_go_at_us,
	    &fsm.handover_until_us,
	};

	for (size_t i = 0; i < COUNT_OF(timers); i++) {
		*timers[i] = SEC(100) - (int64_t)i;
		assert_true(vrrp_fsm_deadline(&fsm) == *timers[i]);
	}
	for (size_t i = COUNT_OF(timers); i-- > 1;) {
		*timers[i] = 0;
		assert_true(vrrp_fsm_deadline(&fsm) == *timers[i - 1]);
	}
}

CASE(states_and_causes_have_words_of_their_own)
{
	assert_string_equal(vrrp_state_name(VRRP_STATE_INITIALIZE), "INITIALIZE");
	assert_string_equal(vrrp_state_name(VRRP_STATE_BACKUP), "BACKUP");
	assert_string_equal(vrrp_state_name(VRRP_STATE_MASTER), "MASTER");
	assert_string_equal(vrrp_state_name(VRRP_STATE_FAULT), "FAULT");
	assert_string_equal(vrrp_state_name(VRRP_STATE_COUNT_), "?");
	for (unsigned i = 0; i < VRRP_CAUSE_COUNT_; i++) {
		assert_true(strlen(vrrp_cause_name(i)) > 1);
		assert_true(strlen(vrrp_cause_text(i)) > 1);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(vrrp_cause_name(i), vrrp_cause_name(j));
	}
	assert_string_equal(vrrp_cause_name(VRRP_CAUSE_COUNT_), "?");
	assert_string_equal(vrrp_cause_text(VRRP_CAUSE_COUNT_), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(skew_of_v2_does_not_depend_on_the_interval),
	    cmocka_unit_test(skew_of_v3_is_a_share_of_the_masters_interval),
	    cmocka_unit_test(master_down_interval_is_three_intervals_and_a_skew),
	    cmocka_unit_test(the_number_of_adverts_in_the_down_interval_can_be_set),
	    cmocka_unit_test(the_quickest_peer_has_priority_254),
	    cmocka_unit_test(
		a_handover_waits_for_the_slowest_peer_and_at_least_a_second),
	    cmocka_unit_test(a_takeover_waits_for_the_silence_of_the_old_master),
	    cmocka_unit_test(a_router_at_rest_has_no_deadline),
	    cmocka_unit_test(the_deadline_is_the_first_of_all_timers),
	    cmocka_unit_test(states_and_causes_have_words_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_offender.c - what is kept of packets that were refused or odd, and of
 * times. */
#include "tests/unit/unit.h"

#include "vrrpd/vrrp_lateness.h"
#include "vrrpd/vrrp_offender.h"

#define SECOND INT64_C(1000000)

static const struct addr first = {.family = AF_INET, .bytes = {192, 0, 2, 1}};
static const struct addr second = {.family = AF_INET, .bytes = {192, 0, 2, 2}};

CASE(each_kind_keeps_its_last_offender_and_the_latest_is_first)
{
	struct vrrp_offender *list = NULL;

	vrrp_offender_note(&list, VRRP_DROP_AUTH_DATA, &first, SECOND, SECOND);
	vrrp_offender_note(&list, VRRP_DROP_TTL, &second, 2 * SECOND, SECOND);
	vrrp_offender_note(&list, VRRP_DROP_AUTH_DATA, &second, 3 * SECOND, SECOND);
	assert_int_equal(list->what, VRRP_DROP_AUTH_DATA);
	assert_true(addr_equal(&list->source, &second));
	assert_int_equal(list->at_us, 3 * SECOND);
	assert_int_equal(list->next->what, VRRP_DROP_TTL);
	assert_null(list->next->next);
	vrrp_offender_free(list);
}

CASE(packets_of_one_source_count_until_a_gap_or_another_source)
{
	struct vrrp_offender *list = NULL;

	vrrp_offender_note(&list, VRRP_ODD_RIVAL, &first, SECOND, SECOND);
	vrrp_offender_note(&list, VRRP_ODD_RIVAL, &first, 2 * SECOND, SECOND);
	assert_int_equal(list->count, 2);
	vrrp_offender_note(&list, VRRP_ODD_RIVAL, &first, 3 * SECOND + 1, SECOND);
	assert_int_equal(list->count, 1);
	vrrp_offender_note(&list, VRRP_ODD_RIVAL, &first, 4 * SECOND, SECOND);
	vrrp_offender_note(&list, VRRP_ODD_RIVAL, &second, 4 * SECOND, SECOND);
	assert_int_equal(list->count, 1);
	vrrp_offender_free(list);
}

/* Who resigned or fell silent was a rival before that. */
CASE(packets_count_anew_after_what_ends_their_meaning)
{
	struct vrrp_offender *list = NULL;

	vrrp_offender_note(&list, VRRP_DROP_TTL, &first, SECOND, SECOND);
	vrrp_offender_note(&list, VRRP_ODD_RIVAL, &first, SECOND, SECOND);
	vrrp_offender_note(&list, VRRP_ODD_RIVAL, &first, SECOND, SECOND);
	vrrp_offender_expect_anew(list, VRRP_ODD_RIVAL, &second);
	assert_int_equal(list->count, 2);
	vrrp_offender_expect_anew(list, VRRP_ODD_RIVAL, &first);
	assert_int_equal(list->count, 0);
	assert_int_equal(list->next->count, 1);
	vrrp_offender_note(&list, VRRP_ODD_RIVAL, &first, SECOND, SECOND);
	assert_int_equal(list->count, 1);
	assert_int_equal(vrrp_offender_total(list, VRRP_ODD_RIVAL), 3);
	vrrp_offender_expect_anew(list, VRRP_ODD_RIVAL, NULL);
	assert_int_equal(list->count, 0);
	vrrp_offender_free(list);
}

CASE(all_packets_of_a_kind_count_in_its_total)
{
	struct vrrp_offender *list = NULL;

	assert_int_equal(vrrp_offender_total(list, VRRP_DROP_TTL), 0);
	vrrp_offender_note(&list, VRRP_DROP_TTL, &first, SECOND, SECOND);
	vrrp_offender_note(&list, VRRP_DROP_TTL, &second, 9 * SECOND, SECOND);
	vrrp_offender_note(&list, VRRP_DROP_VERSION, &second, 9 * SECOND, SECOND);
	assert_int_equal(vrrp_offender_total(list, VRRP_DROP_TTL), 2);
	assert_int_equal(vrrp_offender_total(list, VRRP_DROP_VERSION), 1);
	assert_int_equal(vrrp_offender_total(list, VRRP_DROP_CHECKSUM), 0);
	vrrp_offender_free(list);
}

CASE(what_was_known_of_another_source_is_forgotten)
{
	struct vrrp_offender *list = NULL;

	vrrp_offender_note(&list, VRRP_DROP_TTL, &first, SECOND, SECOND);
	list->has_mac = true;
	list->detail[0] = 'x';
	vrrp_offender_note(&list, VRRP_DROP_TTL, &second, SECOND, SECOND);
	assert_false(list->has_mac);
	assert_int_equal(list->detail[0], '\0');
	vrrp_offender_free(list);
}

CASE(the_last_refused_is_no_packet_that_was_believed)
{
	struct vrrp_offender *list = NULL;

	assert_null(vrrp_offender_refused(list));
	vrrp_offender_note(&list, VRRP_ODD_LIST, &first, SECOND, SECOND);
	assert_null(vrrp_offender_refused(list));
	vrrp_offender_note(&list, VRRP_DROP_TTL, &first, SECOND, SECOND);
	vrrp_offender_note(&list, VRRP_ODD_LIST, &first, SECOND, SECOND);
	assert_int_equal(vrrp_offender_refused(list)->what, VRRP_DROP_TTL);
	vrrp_offender_free(list);
}

CASE(what_another_configuration_judged_is_over_until_it_comes_again)
{
	struct vrrp_offender *list = NULL;

	vrrp_offender_note(&list, VRRP_DROP_TTL, &first, SECOND, SECOND);
	vrrp_offender_note(&list, VRRP_DROP_INTERVAL, &first, 2 * SECOND, SECOND);
	vrrp_offender_end(list, VRRP_DROP_INTERVAL);
	vrrp_offender_end(list, VRRP_ODD_INTERVAL);
	assert_int_equal(vrrp_offender_refused(list)->what, VRRP_DROP_TTL);
	assert_int_equal(vrrp_offender_total(list, VRRP_DROP_INTERVAL), 1);
	vrrp_offender_note(&list, VRRP_DROP_INTERVAL, &first, 2 * SECOND, SECOND);
	assert_int_equal(vrrp_offender_refused(list)->what, VRRP_DROP_INTERVAL);
	assert_int_equal(list->count, 1);
	assert_int_equal(vrrp_offender_total(list, VRRP_DROP_INTERVAL), 2);
	vrrp_offender_free(list);
}

CASE(every_kind_has_a_name_and_a_sentence)
{
	for (unsigned i = 1; i < VRRP_ODD_COUNT_; i++) {
		assert_non_null(vrrp_offender_name(i));
		assert_non_null(vrrp_offender_text(i));
	}
}

CASE(a_time_counts_in_the_first_bucket_that_holds_it)
{
	struct vrrp_lateness histogram = {0};

	vrrp_lateness_add(&histogram, -5);
	vrrp_lateness_add(&histogram, vrrp_lateness_bound_us(0));
	vrrp_lateness_add(&histogram, vrrp_lateness_bound_us(0) + 1);
	vrrp_lateness_add(
	    &histogram, vrrp_lateness_bound_us(VRRP_LATENESS_BOUNDS - 1) + 1);
	assert_int_equal(histogram.counts[0], 2);
	assert_int_equal(histogram.counts[1], 1);
	assert_int_equal(histogram.counts[VRRP_LATENESS_BOUNDS], 1);
	assert_int_equal(
	    histogram.sum_us, 2 * vrrp_lateness_bound_us(0) + 2 +
				  vrrp_lateness_bound_us(VRRP_LATENESS_BOUNDS - 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_kind_keeps_its_last_offender_and_the_latest_is_first),
	    cmocka_unit_test(packets_of_one_source_count_until_a_gap_or_another_source),
	    cmocka_unit_test(packets_count_anew_after_what_ends_their_meaning),
	    cmocka_unit_test(all_packets_of_a_kind_count_in_its_total),
	    cmocka_unit_test(what_was_known_of_another_source_is_forgotten),
	    cmocka_unit_test(the_last_refused_is_no_packet_that_was_believed),
	    cmocka_unit_test(
		what_another_configuration_judged_is_over_until_it_comes_again),
	    cmocka_unit_test(every_kind_has_a_name_and_a_sentence),
	    cmocka_unit_test(a_time_counts_in_the_first_bucket_that_holds_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_ctl_ring.c - the shared ring of events. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "common/ctl_ring.h"

static void
add(struct ctl_ring *ring, unsigned n)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "event-%u", n);
	assert_int_equal(ctl_ring_add(ring, "instance.state", text, NULL), 0);
}

static void
an_empty_ring_has_its_tail_at_its_head(void **state)
{
	struct ctl_ring *ring = ctl_ring_new(4, 1000);

	(void)state;
	assert_int_equal(ctl_ring_head(ring), 1);
	assert_int_equal(ctl_ring_tail(ring), 1);
	assert_null(ctl_ring_get(ring, 1));
	assert_null(ctl_ring_get(ring, 0));
	ctl_ring_free(ring);
}

static void
events_are_numbered_from_one_without_gaps(void **state)
{
	struct ctl_ring *ring = ctl_ring_new(4, 1000);

	(void)state;
	add(ring, 1);
	add(ring, 2);
	assert_string_equal(ctl_ring_get(ring, 1)->full, "event-1");
	assert_string_equal(ctl_ring_get(ring, 2)->full, "event-2");
	assert_int_equal(ctl_ring_get(ring, 2)->seq, 2);
	assert_null(ctl_ring_get(ring, 3));
	ctl_ring_free(ring);
}

static void
the_oldest_goes_when_the_slots_are_full(void **state)
{
	struct ctl_ring *ring = ctl_ring_new(4, 1000);

	(void)state;
	for (unsigned n = 1; n <= 9; n++)
		add(ring, n);
	assert_int_equal(ctl_ring_tail(ring), 6);
	assert_int_equal(ctl_ring_head(ring), 10);
	assert_null(ctl_ring_get(ring, 5));
	assert_string_equal(ctl_ring_get(ring, 6)->full, "event-6");
	assert_string_equal(ctl_ring_get(ring, 9)->full, "event-9");
	ctl_ring_free(ring);
}

static void
bytes_are_bounded_as_well(void **state)
{
	/* Each event is sizeof("instance.state") + sizeof("event-N") = 23 bytes. */
	struct ctl_ring *ring = ctl_ring_new(100, 69);

	(void)state;
	for (unsigned n = 1; n <= 5; n++)
		add(ring, n);
	assert_int_equal(ctl_ring_tail(ring), 3);
	assert_string_equal(ctl_ring_get(ring, 3)->full, "event-3");
	ctl_ring_free(ring);
}

static void
an_event_larger_than_the_ring_leaves_a_gap_that_is_seen(void **state)
{
	struct ctl_ring *ring = ctl_ring_new(4, 40);
	char huge[64];

	(void)state;
	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	add(ring, 1);
	assert_int_equal(ctl_ring_add(ring, "t", huge, NULL), -E2BIG);
	assert_int_equal(ctl_ring_head(ring), 3);
	assert_int_equal(ctl_ring_tail(ring), 3);
	assert_null(ctl_ring_get(ring, 1));
	assert_null(ctl_ring_get(ring, 2));
	add(ring, 3);
	assert_string_equal(ctl_ring_get(ring, 3)->full, "event-3");
	ctl_ring_free(ring);
}

static void
readers_get_the_redacted_form_where_there_is_one(void **state)
{
	struct ctl_ring *ring = ctl_ring_new(4, 1000);

	(void)state;
	assert_int_equal(ctl_ring_add(ring, "lease.created", "by dave", "-"), 0);
	assert_string_equal(ctl_ring_get(ring, 1)->full, "by dave");
	assert_string_equal(ctl_ring_get(ring, 1)->redacted, "-");
	ctl_ring_free(ring);
}

static void
patterns_mean_all_one_or_a_family(void **state)
{
	(void)state;
	assert_true(ctl_ring_matches("*", "instance.state"));
	assert_true(ctl_ring_matches("instance.state", "instance.state"));
	assert_true(ctl_ring_matches("instance.*", "instance.state"));
	assert_false(ctl_ring_matches("instance.*", "instances.state"));
	assert_false(ctl_ring_matches("instance.*", "lease.created"));
	assert_false(ctl_ring_matches("instance", "instance.state"));
	assert_false(ctl_ring_matches("", "instance.state"));
}

static void
a_ring_matches_a_plain_list_under_a_long_random_load(void **state)
{
	struct ctl_ring *ring = ctl_ring_new(16, 300);
	uint32_t seed = 12345;

	(void)state;
	for (unsigned n = 1; n <= 20000; n++) {
		char text[64];

		seed = seed * 1664525U + 1013904223U;
		(void)snprintf(text, sizeof(text), "%u-%.*s", n, (int)(seed >> 28),
		    "................");
		assert_int_equal(ctl_ring_add(ring, "a.b", text, NULL), 0);
		assert_int_equal(ctl_ring_head(ring), n + 1);
		assert_true(ctl_ring_head(ring) - ctl_ring_tail(ring) <= 16);
		for (uint64_t s = ctl_ring_tail(ring); s < ctl_ring_head(ring); s++)
			assert_int_equal(
			    strtoull(ctl_ring_get(ring, s)->full, NULL, 10), s);
	}
	ctl_ring_free(ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_ring_has_its_tail_at_its_head),
	    cmocka_unit_test(events_are_numbered_from_one_without_gaps),
	    cmocka_unit_test(the_oldest_goes_when_the_slots_are_full),
	    cmocka_unit_test(bytes_are_bounded_as_well),
	    cmocka_unit_test(an_event_larger_than_the_ring_leaves_a_gap_that_is_seen),
	    cmocka_unit_test(readers_get_the_redacted_form_where_there_is_one),
	    cmocka_unit_test(patterns_mean_all_one_or_a_family),
	    cmocka_unit_test(a_ring_matches_a_plain_list_under_a_long_random_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

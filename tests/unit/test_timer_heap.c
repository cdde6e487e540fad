/* SPDX-License-Identifier: Apache-2.0 */
/* test_timer_heap.c - deadlines come out in order, whatever happens to them before. */
#include "common/timer_heap.h"

#include "tests/unit/unit.h"

#define NODES 500

struct fixture {
	struct timer_heap heap;
	struct timer_node nodes[NODES];
};

static int
set_up(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	*state = f;
	return timer_heap_reserve(&f->heap, NODES);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	timer_heap_done(&f->heap);
	test_free(f);
	return 0;
}

/* The same numbers in every run: a linear congruential generator. */
static unsigned
next_random(unsigned *seed)
{
	*seed = *seed * 1103515245U + 12345U;
	return *seed >> 16;
}

static void
an_empty_heap_has_nothing(void **state)
{
	struct fixture *f = *state;

	assert_null(timer_heap_first(&f->heap));
	assert_null(timer_heap_pop_due(&f->heap, INT64_MAX));
	timer_heap_disarm(&f->heap, &f->nodes[0]);
	assert_false(timer_node_is_armed(&f->nodes[0]));
}

static void
a_node_is_due_at_its_time_and_not_before(void **state)
{
	struct fixture *f = *state;

	timer_heap_arm(&f->heap, &f->nodes[0], 100);
	assert_true(timer_node_is_armed(&f->nodes[0]));
	assert_null(timer_heap_pop_due(&f->heap, 99));
	assert_ptr_equal(timer_heap_first(&f->heap), &f->nodes[0]);
	assert_ptr_equal(timer_heap_pop_due(&f->heap, 100), &f->nodes[0]);
	assert_false(timer_node_is_armed(&f->nodes[0]));
	assert_null(timer_heap_first(&f->heap));
}

static void
rearming_moves_a_node_both_ways(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++)
		timer_heap_arm(&f->heap, &f->nodes[i], 10 * (i + 1));
	timer_heap_arm(&f->heap, &f->nodes[0], 25);
	assert_ptr_equal(timer_heap_first(&f->heap), &f->nodes[1]);
	timer_heap_arm(&f->heap, &f->nodes[2], 5);
	assert_ptr_equal(timer_heap_first(&f->heap), &f->nodes[2]);
	assert_int_equal(f->heap.count, 3);
}

static void
nodes_come_out_in_order_after_random_changes(void **state)
{
	struct fixture *f = *state;
	unsigned seed = 1;
	size_t armed = 0;
	int64_t last = INT64_MIN;

	for (int i = 0; i < 20000; i++) {
		struct timer_node *node = &f->nodes[next_random(&seed) % NODES];

		if (next_random(&seed) % 3 == 0)
			timer_heap_disarm(&f->heap, node);
		else
			timer_heap_arm(&f->heap, node, next_random(&seed) % 1000);
	}
	for (size_t i = 0; i < NODES; i++)
		armed += timer_node_is_armed(&f->nodes[i]);
	assert_int_equal(f->heap.count, armed);
	for (; armed > 0; armed--) {
		struct timer_node *node = timer_heap_pop_due(&f->heap, INT64_MAX);

		assert_non_null(node);
		assert_true(node->at_us >= last);
		last = node->at_us;
	}
	assert_null(timer_heap_first(&f->heap));
}

static void
making_room_keeps_what_is_armed(void **state)
{
	struct fixture *f = *state;

	timer_heap_arm(&f->heap, &f->nodes[0], 7);
	assert_int_equal(timer_heap_reserve(&f->heap, 4 * NODES), 0);
	assert_int_equal(timer_heap_reserve(&f->heap, 1), 0);
	assert_int_equal(f->heap.room, 4 * NODES);
	assert_ptr_equal(timer_heap_first(&f->heap), &f->nodes[0]);
}

#define WITH_HEAP(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_HEAP(an_empty_heap_has_nothing),
	    WITH_HEAP(a_node_is_due_at_its_time_and_not_before),
	    WITH_HEAP(rearming_moves_a_node_both_ways),
	    WITH_HEAP(nodes_come_out_in_order_after_random_changes),
	    WITH_HEAP(making_room_keeps_what_is_armed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

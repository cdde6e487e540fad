/* SPDX-License-Identifier: Apache-2.0 */
/* test_lease_store.c - edits over a restart, leases over a reboot, and that the
 * effective value is always that of the top layer. */
#include "tests/unit/lease_store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/units.h"

/* ---- restart and reboot -------------------------------------------------- */

static void
edits_outlive_the_process_and_leases_the_boot(void **state)
{
	struct fixture *f = *state;

	open_store(f);
	put(f, LAYER_SAVED, "override", 50, 0);
	put(f, LAYER_RUNTIME, "override", 60, 0);
	put(f, LAYER_LEASE, "hold", 1, 3600 * US_PER_S);
	lease_store_write(f->store);
	close_store(f);
	open_store(f);
	assert_int_equal(value_of(f), 1);
	assert_non_null(layers_get(f->layers, 2));
	reboot(f, "two");
	assert_int_equal(value_of(f), 1);
	drop(f, "hold");
	assert_int_equal(value_of(f), 50);
	close_store(f);
}

static int64_t
left_us(const struct fixture *f)
{
	const struct layer_entry *top = layers_top(f->layers, PATH, "priority");

	return top != NULL ? top->expires_us - clock_now_us() : 0;
}

static void
reboot_inside_the_window_comes_back_inside(void **state)
{
	struct fixture *f = *state;

	open_store(f);
	put(f, LAYER_LEASE, "hold", 1, 3600 * US_PER_S);
	lease_store_write(f->store);
	wall_us += 600 * US_PER_S;
	reboot(f, "two");
	assert_in_range(left_us(f), 2990 * US_PER_S, 3000 * US_PER_S);
	wall_us += 3000 * US_PER_S;
	reboot(f, "three");
	assert_int_equal(value_of(f), -1);
	assert_int_equal(f->expired, 1);
	close_store(f);
}

static void
clock_set_back_leaves_what_was_left_and_not_more(void **state)
{
	struct fixture *f = *state;

	open_store(f);
	put(f, LAYER_LEASE, "hold", 1, 3600 * US_PER_S);
	lease_store_write(f->store);
	wall_us -= 1000000 * US_PER_S;
	reboot(f, "two");
	assert_in_range(left_us(f), 3590 * US_PER_S, 3600 * US_PER_S);
	/* Back again: by then it is long over. */
	wall_us += 1000000 * US_PER_S;
	reboot(f, "three");
	assert_int_equal(value_of(f), -1);
	close_store(f);
}

static void
damaged_files_are_left_out(void **state)
{
	struct fixture *f = *state;
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/leases.json", f->state);
	file = fopen(path, "we");
	(void)fputs("{\"boot_id\":\"one\",\"entries\":[{\"path\":7},", file);
	(void)fclose(file);
	open_store(f);
	assert_null(layers_get(f->layers, 0));
	close_store(f);
}

/* ---- the top layer decides ----------------------------------------------- */

/* What the value must be: of each layer the last that was set. */
struct model {
	int64_t saved, runtime;
	int64_t leases[3]; /* by kind, -1: none */
	unsigned order[3]; /* when given */
};

static int64_t
expected(const struct model *m)
{
	int64_t value = m->runtime >= 0 ? m->runtime : m->saved;
	unsigned newest = 0;

	/* The first is an override: it counts when neither of the others is there. */
	if (m->leases[0] >= 0)
		value = m->leases[0];
	for (size_t i = 1; i < 3; i++)
		if (m->leases[i] >= 0 && m->order[i] >= newest) {
			newest = m->order[i];
			value = m->leases[i];
		}
	return value;
}

static void
random_step(struct fixture *f, struct model *m, unsigned step)
{
	static const char *const kinds[] = {"override", "hold", "maintenance"};
	unsigned kind = (unsigned)random() % 3;
	int64_t value = random() % 254 + 1;

	switch (random() % 9) {
	case 0:
		put(f, LAYER_RUNTIME, "override", value, 0);
		m->runtime = value;
		break;
	case 1:
		put(f, LAYER_SAVED, "override", value, 0);
		m->saved = value;
		break;
	case 2:
	case 3:
		put(f, LAYER_LEASE, kinds[kind], value, 3600 * US_PER_S);
		m->leases[kind] = value;
		m->order[kind] = step;
		break;
	case 4:
		drop(f, kinds[kind]);
		m->leases[kind] = -1;
		break;
	case 5:
		drop(f, NULL);
		m->saved = m->runtime = -1;
		break;
	case 6: /* its time is over */
		for (size_t i = 0; layers_get(f->layers, i) != NULL; i++)
			if (strcmp(layers_get(f->layers, i)->kind, kinds[kind]) == 0 &&
			    layers_get(f->layers, i)->layer == LAYER_LEASE)
				(void)layers_renew(
				    f->layers, layers_get(f->layers, i)->id, 1);
		(void)layers_expire(f->layers, clock_now_us(), NULL, NULL);
		m->leases[kind] = -1;
		break;
	case 7: /* restart */
		lease_store_write(f->store);
		close_store(f);
		open_store(f);
		break;
	case 8: /* reboot: what was not saved and has no end is over */
		lease_store_write(f->store);
		reboot(f, step % 2 == 0 ? "even" : "odd");
		m->runtime = -1;
		break;
	}
}

static void
effective_is_always_the_top_layer(void **state)
{
	struct fixture *f = *state;
	unsigned seed = (unsigned)time(NULL);

	srandom(seed);
	for (unsigned round = 0; round < 10; round++) {
		struct model m = {-1, -1, {-1, -1, -1}, {0, 0, 0}};

		empty(f);
		open_store(f);
		for (unsigned step = 1; step <= 60; step++) {
			random_step(f, &m, step);
			if (value_of(f) != expected(&m))
				fail_msg("seed %u round %u step %u: %lld, not %lld",
				    seed, round, step, (long long)value_of(f),
				    (long long)expected(&m));
		}
		close_store(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(edits_outlive_the_process_and_leases_the_boot),
	    TEST(reboot_inside_the_window_comes_back_inside),
	    TEST(clock_set_back_leaves_what_was_left_and_not_more),
	    TEST(damaged_files_are_left_out),
	    TEST(effective_is_always_the_top_layer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

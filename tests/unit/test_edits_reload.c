/* SPDX-License-Identifier: Apache-2.0 */
/* test_edits_reload.c - what a reload does to live edits of things that are gone. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/units.h"
#include "tests/unit/things_daemon.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* A lease with as many entries as a maintenance of a large node has. */
enum { MANY = 1000 };

static void
give_as(uid_t uid, const char *path, const char *id)
{
	const struct layer_entry entry = {
	    .path = path,
	    .field = "priority",
	    .value = 1,
	    .layer = LAYER_LEASE,
	    .kind = "hold",
	    .id = id,
	    .uid = uid,
	    .reason = "",
	    .created_us = clock_now_us(),
	    .expires_us = clock_now_us() + 600 * US_PER_S,
	};

	assert_non_null(edits_give(fake.edits, &entry));
}

static void
give(const char *path, const char *id)
{
	give_as(getuid(), path, id);
}

static json_t *
settle(void)
{
	json_t *told = json_object();

	edits_settle(fake.edits, told);
	return told;
}

/* A search for each entry that is left after each one that goes held the loop of a
 * large node for seconds. */
CASE(each_entry_is_looked_at_once)
{
	char path[32];

	for (unsigned i = 0; i < MANY; i++)
		give_as(i, "thing/A", "L-0001");
	for (unsigned i = 0; i < MANY; i++) {
		(void)snprintf(path, sizeof(path), "thing/gone_%u", i);
		give(path, "L-0001");
	}
	edits_changed(fake.edits);
	fake.searches = 0;

	json_t *told = settle();

	assert_true(json_array_size(json_object_get(told, "dropped")) > 0);
	json_decref(told);
	assert_in_range(fake.searches, 2 * MANY, 4 * MANY);
	assert_int_equal(layers_lease_size(fake.layers, "L-0001"), MANY);
}

CASE(strangers_go_wherever_they_are)
{
	static const char *const paths[] = {
	    "thing/gone_1", "thing/gone_2", "thing/A", "thing/gone_3", "thing/B"};

	for (size_t i = 0; i < COUNT_OF(paths); i++)
		give(paths[i], i % 2 == 0 ? "" : "L-0001");
	json_decref(settle());
	assert_string_equal(layers_get(fake.layers, 0)->path, "thing/A");
	assert_string_equal(layers_get(fake.layers, 1)->path, "thing/B");
	assert_null(layers_get(fake.layers, 2));
	assert_null(layers_find_lease(fake.layers, "L-0001"));
}

/* Another thing has the name now: it is configured, and its edits are not its own. */
CASE(what_was_about_another_of_the_same_name_goes_and_is_told)
{
	json_t *told = json_object(), *dropped;

	json_decref(ask("apply",
	    "{\"changes\":[{\"path\":\"thing/A\",\"set\":{\"priority\":3}}]}"));
	give("thing/A", "");
	give("thing/B", "");
	edits_drop_object(fake.edits, "thing/A", "it is another one", told);
	edits_settle(fake.edits, told);
	assert_string_equal(layers_get(fake.layers, 0)->path, "thing/B");
	assert_null(layers_get(fake.layers, 1));
	dropped = json_object_get(told, "dropped");
	assert_int_equal(json_array_size(dropped), 2);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(json_string_value(json_object_get(
					json_array_get(dropped, i), "because")),
		    "it is another one");
	json_decref(told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(each_entry_is_looked_at_once),
	    TEST(strangers_go_wherever_they_are),
	    TEST(what_was_about_another_of_the_same_name_goes_and_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

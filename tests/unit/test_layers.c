/* SPDX-License-Identifier: Apache-2.0 */
/* test_layers.c - live edits as layers: which value decides, and what is left of it. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/layers.h"

#define PATH "instance/VI_1"

static int
setup(void **state)
{
	*state = layers_new();
	return *state == NULL;
}

static int
teardown(void **state)
{
	layers_free(*state);
	return 0;
}

/* Sets the priority; leases end `expires_us` after the boot. */
static const struct layer_entry *
put(struct layers *layers, enum layer layer, const char *kind, int64_t value,
    int64_t expires_us)
{
	const struct layer_entry *stored;
	const struct layer_entry entry = {
	    .path = PATH,
	    .field = "priority",
	    .value = value,
	    .layer = layer,
	    .kind = kind,
	    .id = "",
	    .uid = 1000,
	    .reason = "a reason",
	    .created_us = 1,
	    .expires_us = expires_us,
	};

	assert_int_equal(layers_set(layers, &entry, &stored), 0);
	return stored;
}

static int64_t
top(const struct layers *layers)
{
	const struct layer_entry *entry = layers_top(layers, PATH, "priority");

	return entry != NULL ? entry->value : -1;
}

static void
file_decides_when_nothing_is_set(void **state)
{
	assert_int_equal(top(*state), -1);
}

static void
runtime_wins_over_saved_in_any_order(void **state)
{
	put(*state, LAYER_RUNTIME, "override", 120, 0);
	put(*state, LAYER_SAVED, "override", 110, 0);
	assert_int_equal(top(*state), 120);
}

static void
lease_wins_over_runtime_set_later(void **state)
{
	put(*state, LAYER_LEASE, "hold", 1, 100);
	put(*state, LAYER_RUNTIME, "override", 120, 0);
	assert_int_equal(top(*state), 1);
}

static void
newest_of_two_leases_wins(void **state)
{
	put(*state, LAYER_LEASE, "hold", 1, 100);
	put(*state, LAYER_LEASE, "takeover", 254, 100);
	assert_int_equal(top(*state), 254);
	/* Set again, the first becomes the newest. */
	put(*state, LAYER_LEASE, "hold", 1, 200);
	assert_int_equal(top(*state), 1);
}

static void
lease_set_again_keeps_its_id(void **state)
{
	char id[16];

	strcpy(id, put(*state, LAYER_LEASE, "hold", 1, 100)->id);
	assert_string_equal(put(*state, LAYER_LEASE, "hold", 1, 200)->id, id);
	assert_null(layers_get(*state, 1));
}

static void
leases_have_different_ids(void **state)
{
	char id[16];

	strcpy(id, put(*state, LAYER_LEASE, "hold", 1, 100)->id);
	assert_string_not_equal(put(*state, LAYER_LEASE, "takeover", 254, 100)->id, id);
	assert_int_equal(strncmp(id, "L-", 2), 0);
}

static void
other_fields_and_objects_are_untouched(void **state)
{
	put(*state, LAYER_RUNTIME, "override", 120, 0);
	assert_null(layers_top(*state, PATH, "nopreempt"));
	assert_null(layers_top(*state, "instance/VI_2", "priority"));
}

static void
holds_can_be_left_aside(void **state)
{
	put(*state, LAYER_RUNTIME, "override", 120, 0);
	put(*state, LAYER_LEASE, "hold", 1, 100);
	assert_int_equal(
	    layers_top_of_kind(*state, PATH, "priority", "override")->value, 120);
	put(*state, LAYER_LEASE, "override", 130, 100);
	assert_int_equal(
	    layers_top_of_kind(*state, PATH, "priority", "override")->value, 130);
}

static void
unset_takes_the_entry_of_one_layer(void **state)
{
	put(*state, LAYER_SAVED, "override", 110, 0);
	put(*state, LAYER_RUNTIME, "override", 120, 0);
	assert_true(layers_unset_in(*state, PATH, "priority", LAYER_RUNTIME));
	assert_false(layers_unset_in(*state, PATH, "priority", LAYER_RUNTIME));
	assert_int_equal(top(*state), 110);
}

static void
unset_of_a_lease_takes_one_entry_of_it(void **state)
{
	char id[16];

	put(*state, LAYER_RUNTIME, "override", 120, 0);
	strcpy(id, put(*state, LAYER_LEASE, "override", 130, 100)->id);
	put(*state, LAYER_LEASE, "hold", 1, 100);
	assert_false(layers_unset_lease(*state, id, "hold", PATH, "priority"));
	assert_true(layers_unset_lease(*state, id, "override", PATH, "priority"));
	assert_null(layers_find_lease(*state, id));
	assert_int_equal(top(*state), 1);
}

static void
release_ends_a_lease_by_its_id(void **state)
{
	char id[16];

	put(*state, LAYER_RUNTIME, "override", 120, 0);
	strcpy(id, put(*state, LAYER_LEASE, "hold", 1, 100)->id);
	assert_int_equal(layers_find_lease(*state, id)->value, 1);
	assert_int_equal(layers_release(*state, id, NULL, NULL), 1);
	assert_null(layers_find_lease(*state, id));
	assert_int_equal(top(*state), 120);
	assert_int_equal(layers_release(*state, id, NULL, NULL), 0);
}

static void
who_serves_counts_before_a_number_set_later(void **state)
{
	static const char *const kinds[] = {"hold", "takeover", "maintenance"};

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		char id[16];

		strcpy(id, put(*state, LAYER_LEASE, kinds[i], 1, 100)->id);
		put(*state, LAYER_LEASE, "override", 130, 100);
		put(*state, LAYER_LEASE, "confirm", 140, 100);
		assert_int_equal(top(*state), 1);
		assert_int_equal(layers_release(*state, id, NULL, NULL), 1);
		assert_int_equal(top(*state), 140);
	}
}

/* As the end of a maintenance leaves a mark, which replaces one that was there. */
static void
leave_a_mark(void *userdata, const struct layer_entry *entry)
{
	const struct layer_entry mark = {
	    .path = entry->path,
	    .field = "stay",
	    .value = 1,
	    .layer = LAYER_RUNTIME,
	    .kind = "stay",
	    .id = "",
	    .reason = "",
	};

	assert_int_equal(layers_set(userdata, &mark, NULL), 0);
}

static void
end_of_a_lease_may_change_the_layers(void **state)
{
	struct layers *layers = *state;
	char path[32];

	for (int i = 0; i < 20; i++) {
		const struct layer_entry entry = {
		    .path = path,
		    .field = "maintenance",
		    .value = 2,
		    .layer = LAYER_LEASE,
		    .kind = "maintenance",
		    .id = "L-1",
		    .reason = "",
		    .expires_us = 10,
		};

		(void)snprintf(path, sizeof(path), "instance/VI_%d", i);
		leave_a_mark(layers, &entry);
		assert_int_equal(layers_set(layers, &entry, NULL), 0);
	}
	assert_int_equal(layers_lease_size(layers, "L-1"), 20);
	assert_int_equal(layers_release(layers, "L-1", leave_a_mark, layers), 20);
	assert_int_equal(layers_lease_count(layers), 0);
	assert_null(layers_get(layers, 20));
	for (int i = 0; i < 20; i++) {
		(void)snprintf(path, sizeof(path), "instance/VI_%d", i);
		assert_non_null(layers_top(layers, path, "stay"));
	}
}

static void
lease_is_gone_through_in_its_order(void **state)
{
	const struct layer_entry *entry;
	int64_t expected = 1;
	char id[16];

	strcpy(id, put(*state, LAYER_LEASE, "hold", 1, 100)->id);
	put(*state, LAYER_RUNTIME, "override", 7, 0);
	for (int i = 2; i < 5; i++)
		assert_int_equal(layers_set(*state,
				     &(struct layer_entry){.path = PATH,
					 .field = i == 2   ? "nopreempt"
						  : i == 3 ? "out"
							   : "stay",
					 .value = i,
					 .layer = LAYER_LEASE,
					 .kind = "hold",
					 .id = id,
					 .reason = "",
					 .expires_us = 100},
				     NULL),
		    0);
	assert_true(layers_unset_lease(*state, id, "hold", PATH, "out"));
	for (entry = layers_find_lease(*state, id); entry != NULL;
	     entry = layers_next_of_lease(entry)) {
		assert_int_equal(entry->value, expected);
		expected += expected == 2 ? 2 : 1;
	}
	assert_int_equal(expected, 5);
	assert_int_equal(layers_lease_size(*state, id), 3);
}

static void
note_value(void *userdata, const struct layer_entry *entry)
{
	int64_t *sum = userdata;

	*sum = *sum * 1000 + entry->value;
}

static void
expiry_removes_the_layer_and_what_is_below_shows_through(void **state)
{
	int64_t gone = 0;

	put(*state, LAYER_LEASE, "override", 130, 300);
	put(*state, LAYER_LEASE, "hold", 1, 100);
	/* Changed underneath while the hold was on top. */
	put(*state, LAYER_RUNTIME, "override", 140, 0);
	assert_int_equal(layers_expire(*state, 99, note_value, &gone), 100);
	assert_int_equal(gone, 0);
	assert_int_equal(layers_expire(*state, 100, note_value, &gone), 300);
	assert_int_equal(gone, 1);
	assert_int_equal(top(*state), 130);
	assert_int_equal(layers_expire(*state, 300, note_value, &gone), 0);
	assert_int_equal(gone, 1130);
	assert_int_equal(top(*state), 140);
}

static void
json_brings_everything_back(void **state)
{
	struct layers *copy = layers_new();
	json_t *json;

	put(*state, LAYER_SAVED, "override", 110, 0);
	put(*state, LAYER_RUNTIME, "override", 120, 0);
	put(*state, LAYER_LEASE, "hold", 1, 100);
	json = layers_to_json(*state);
	assert_int_equal(layers_from_json(copy, json), 0);
	json_t *again = layers_to_json(copy);
	assert_true(json_equal(json, again));
	assert_int_equal(top(copy), 1);
	assert_string_equal(layers_get(copy, 2)->reason, "a reason");
	json_decref(again);
	json_decref(json);
	layers_free(copy);
}

/* Each row is one good entry with one thing wrong. */
static void
json_that_is_not_ours_is_left_out(void **state)
{
	static const char *const bad[] = {
	    "{\"layer\": \"file\"}",
	    "{\"layer\": \"nonsense\"}",
	    "{\"layer\": \"lease\", \"expires_us\": 0}",
	    "{\"layer\": \"lease\", \"id\": \"\"}",
	    "{\"layer\": \"runtime\"}",
	    "{\"uid\": -1}",
	    "{\"uid\": 4294967296}",
	    "{\"value\": \"7\"}",
	    "{\"path\": null}",
	};

	put(*state, LAYER_LEASE, "hold", 1, 100);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct layers *copy = layers_new();
		json_t *json = layers_to_json(*state);
		json_t *change = json_loads(bad[i], 0, NULL);

		json_object_update(json_array_get(json, 0), change);
		assert_int_equal(layers_from_json(copy, json), -EBADMSG);
		assert_null(layers_get(copy, 0));
		json_decref(change);
		json_decref(json);
		layers_free(copy);
	}
}

static void
one_bad_entry_does_not_take_the_others_along(void **state)
{
	struct layers *copy = layers_new();

	put(*state, LAYER_RUNTIME, "override", 120, 0);
	json_t *json = layers_to_json(*state);
	json_array_insert_new(json, 0, json_integer(7));
	assert_int_equal(layers_from_json(copy, json), -EBADMSG);
	assert_int_equal(top(copy), 120);
	json_decref(json);
	layers_free(copy);
}

static void
names_are_those_of_the_protocol(void **state)
{
	(void)state;
	assert_string_equal(layer_name(LAYER_FILE), "file");
	assert_string_equal(layer_name(LAYER_SAVED), "saved");
	assert_string_equal(layer_name(LAYER_RUNTIME), "runtime");
	assert_string_equal(layer_name(LAYER_LEASE), "lease");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* One request about all objects makes thousands of entries: each is found by its path,
 * also after others have gone. */
static void
thousands_of_one_lease_are_found_by_their_paths(void **state)
{
	struct layers *layers = *state;
	const uid_t owner = 1000, stranger = 1001;
	char path[32];

	for (int i = 0; i < 3000; i++) {
		(void)snprintf(path, sizeof(path), "instance/VI_%d", i);
		assert_int_equal(layers_set(layers,
				     &(struct layer_entry){
					 .path = path,
					 .field = "priority",
					 .value = i,
					 .layer = LAYER_LEASE,
					 .kind = "hold",
					 .id = "L-1",
					 .uid = owner,
					 .reason = "",
					 .expires_us = 10,
				     },
				     NULL),
		    0);
	}
	for (int i = 0; i < 3000; i += 2) {
		(void)snprintf(path, sizeof(path), "instance/VI_%d", i);
		assert_true(
		    layers_unset_lease(layers, "L-1", "hold", path, "priority"));
	}
	for (int i = 0; i < 3000; i++) {
		(void)snprintf(path, sizeof(path), "instance/VI_%d", i);
		const struct layer_entry *top = layers_top(layers, path, "priority");
		assert_int_equal(top != NULL ? top->value : -1, i % 2 == 1 ? i : -1);
		assert_ptr_equal(
		    layers_find(layers, path, "priority", "hold", &owner), top);
	}
	(void)snprintf(path, sizeof(path), "instance/VI_%d", 1);
	assert_non_null(layers_find(layers, path, "priority", "hold", NULL));
	assert_null(layers_find(layers, path, "priority", "hold", &stranger));
	assert_null(layers_find(layers, path, "priority", "takeover", NULL));
	assert_null(layers_find(layers, path, "nopreempt", "hold", NULL));
	assert_int_equal(layers_release(layers, "L-1", NULL, NULL), 1500);
	assert_null(layers_get(layers, 0));
}

static void
an_object_is_asked_for_its_entries_in_their_order(void **state)
{
	struct layers *layers = *state;
	const struct layer_entry *entry = NULL;
	const int64_t values[] = {7, 3, 9, 4};
	char field[16];

	for (int64_t i = 0; i < 4; i++) {
		(void)snprintf(field, sizeof(field), "field_%d", (int)i);
		assert_int_equal(layers_set(layers,
				     &(struct layer_entry){.path = "instance/VI_9",
					 .field = field,
					 .value = values[i],
					 .layer = LAYER_RUNTIME,
					 .kind = LAYER_KIND_OVERRIDE,
					 .id = "",
					 .reason = ""},
				     NULL),
		    0);
	}
	for (int i = 0; i < 4; i++) {
		entry = layers_next_of(layers, "instance/VI_9", entry);
		assert_non_null(entry);
		assert_int_equal(entry->value, values[i]);
	}
	assert_null(layers_next_of(layers, "instance/VI_9", entry));
	assert_null(layers_next_of(layers, "instance/nobody", NULL));
}

static void
count_change(void *userdata, const struct layer_entry *entry)
{
	unsigned *count = userdata;

	assert_string_equal(entry->path, "instance/VI_9");
	++*count;
}

static void
who_watches_hears_of_every_change(void **state)
{
	struct layers *layers = *state;
	unsigned heard = 0;
	struct layer_entry entry = {.path = "instance/VI_9",
	    .field = "priority",
	    .layer = LAYER_LEASE,
	    .kind = "hold",
	    .id = "L-9",
	    .reason = "",
	    .expires_us = 10};
	unsigned heard_too = 0;
	struct layers_watcher watcher = {count_change, &heard, NULL};
	struct layers_watcher another = {count_change, &heard_too, NULL};

	layers_watch(layers, &watcher);
	layers_watch(layers, &another);
	assert_int_equal(layers_set(layers, &entry, NULL), 0);
	assert_int_equal(heard, 1);
	assert_int_equal(layers_renew(layers, "L-9", 20), 1);
	assert_int_equal(heard, 2);
	assert_int_equal(layers_release(layers, "L-9", NULL, NULL), 1);
	assert_int_equal(heard, 3);
	assert_int_equal(layers_set(layers, &entry, NULL), 0);
	(void)layers_expire(layers, 10, NULL, NULL);
	assert_int_equal(heard, 5);
	assert_int_equal(heard_too, 5);
	layers_unwatch(layers, &watcher);
	assert_int_equal(layers_set(layers, &entry, NULL), 0);
	assert_int_equal(heard, 5);
	assert_int_equal(heard_too, 6);
	layers_unwatch(layers, &another);
}

/* The words of an entry are kept: they must follow what a renewal changes. */
static void
text_says_what_json_says(void **state)
{
	char id[16];

	for (int turn = 0; turn < 2; turn++) {
		for (int all = 0; all < 2; all++) {
			enum layer layer = all ? LAYER_FILE : LAYER_LEASE;
			char *text = layers_to_text(*state, layer);
			json_t *parsed = json_loads(text, 0, NULL);
			json_t *json = all ? layers_to_json(*state)
					   : layers_to_json_of(*state, layer);

			assert_true(json_equal(parsed, json));
			json_decref(parsed);
			json_decref(json);
			free(text);
		}
		put(*state, LAYER_RUNTIME, "override", 120, 0);
		assert_int_equal(layers_set(*state,
				     &(struct layer_entry){
					 .path = PATH,
					 .field = "nopreempt",
					 .layer = LAYER_SAVED,
					 .kind = "override",
					 .id = "",
					 .uid = UINT32_MAX,
					 .reason = "\"quoted\" \\ and caf\xc3\xa9",
				     },
				     NULL),
		    0);
		strcpy(id, put(*state, LAYER_LEASE, "hold", 1, 100)->id);
		free(layers_to_text(*state, LAYER_FILE));
		assert_int_equal(layers_renew(*state, id, 200), 1);
	}
}

static const char *
exchange(void *userdata, const struct layer_entry *entry)
{
	(void)userdata;
	if (strcmp(entry->path, "instance/VI_1") == 0)
		return "instance/VI_2";
	return strcmp(entry->path, "instance/VI_2") == 0 ? "instance/VI_1" : NULL;
}

CASE(two_objects_exchange_their_names)
{
	char id[16];

	strcpy(id, put(*state, LAYER_LEASE, "hold", 1, 100)->id);
	free(layers_to_text(*state, LAYER_FILE));
	for (int i = 1; i < 4; i++) {
		bool first = i % 2 == 0;

		assert_int_equal(layers_rename(*state, exchange, NULL), 0);
		assert_int_equal(
		    layers_top(*state, "instance/VI_1", "priority") != NULL, first);
		assert_int_equal(
		    layers_top(*state, "instance/VI_2", "priority") != NULL, !first);
		assert_string_equal(layers_find_lease(*state, id)->path,
		    first ? "instance/VI_1" : "instance/VI_2");
	}

	char *text = layers_to_text(*state, LAYER_FILE);

	assert_non_null(strstr(text, "instance/VI_2"));
	free(text);
	assert_int_equal(layers_release(*state, id, NULL, NULL), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(file_decides_when_nothing_is_set),
	    TEST(thousands_of_one_lease_are_found_by_their_paths),
	    TEST(an_object_is_asked_for_its_entries_in_their_order),
	    TEST(who_watches_hears_of_every_change),
	    TEST(runtime_wins_over_saved_in_any_order),
	    TEST(lease_wins_over_runtime_set_later),
	    TEST(newest_of_two_leases_wins),
	    TEST(lease_set_again_keeps_its_id),
	    TEST(leases_have_different_ids),
	    TEST(other_fields_and_objects_are_untouched),
	    TEST(holds_can_be_left_aside),
	    TEST(unset_takes_the_entry_of_one_layer),
	    TEST(unset_of_a_lease_takes_one_entry_of_it),
	    TEST(release_ends_a_lease_by_its_id),
	    TEST(expiry_removes_the_layer_and_what_is_below_shows_through),
	    TEST(json_brings_everything_back),
	    TEST(json_that_is_not_ours_is_left_out),
	    TEST(one_bad_entry_does_not_take_the_others_along),
	    TEST(names_are_those_of_the_protocol),
	    TEST(text_says_what_json_says),
	    TEST(who_serves_counts_before_a_number_set_later),
	    TEST(end_of_a_lease_may_change_the_layers),
	    TEST(lease_is_gone_through_in_its_order),
	    TEST(two_objects_exchange_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

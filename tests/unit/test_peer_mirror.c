/* SPDX-License-Identifier: Apache-2.0 */
/* test_peer_mirror.c - which state of the other daemon's objects is in force when. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/peer_mirror.h"

static const char *
state_of(const json_t *members)
{
	return json_string_value(json_object_get(members, "state"));
}

static const struct peer_kind kinds[] = {{"vs", state_of}, {0}};

static char changes[512]; /* "vs/A:-up " for each */

static void
on_changed(void *userdata, const char *path, const char *old, const char *state)
{
	size_t len = strlen(changes);

	assert_string_equal(userdata, "me");
	(void)snprintf(changes + len, sizeof(changes) - len, "%s:%s-%s ", path,
	    old != NULL ? old : "", state != NULL ? state : "");
}

static struct peer_mirror *
mirror_new(void)
{
	static char me[] = "me";
	struct peer_mirror *mirror = peer_mirror_new(kinds, on_changed, me);

	changes[0] = '\0';
	assert_non_null(mirror);
	return mirror;
}

static int
set(struct peer_mirror *mirror, const char *path, const char *state)
{
	json_t *members = json_pack("{s:s*}", "state", state);
	int r = peer_mirror_set(mirror, path, members);

	json_decref(members);
	return r;
}

static void
assert_changes(const char *expected)
{
	assert_string_equal(changes, expected);
	changes[0] = '\0';
}

/* A mirror of a whole picture: A is up, B is down. */
static struct peer_mirror *
mirror_of_two(void)
{
	struct peer_mirror *mirror = mirror_new();

	peer_mirror_begin(mirror);
	set(mirror, "vs/A", "up");
	set(mirror, "vs/B", "down");
	assert_changes("");
	peer_mirror_whole(mirror, true);
	assert_changes("vs/A:-up vs/B:-down ");
	return mirror;
}

CASE(picture_is_in_force_when_it_is_whole)
{
	struct peer_mirror *mirror = mirror_new();

	assert_null(peer_mirror_state(mirror, "vs/A"));
	peer_mirror_begin(mirror);
	set(mirror, "vs/A", "up");
	assert_null(peer_mirror_state(mirror, "vs/A"));
	peer_mirror_whole(mirror, true);
	assert_string_equal(peer_mirror_state(mirror, "vs/A"), "up");
	peer_mirror_free(mirror);
}

CASE(event_is_in_force_at_once)
{
	struct peer_mirror *mirror = mirror_of_two();

	set(mirror, "vs/A", "down");
	assert_changes("vs/A:up-down ");
	set(mirror, "vs/A", "down");
	set(mirror, "vs/B", NULL);
	assert_changes("");
	peer_mirror_remove(mirror, "vs/A");
	assert_changes("vs/A:down- ");
	peer_mirror_remove(mirror, "vs/A");
	assert_changes("");
	assert_null(peer_mirror_state(mirror, "vs/A"));
	peer_mirror_free(mirror);
}

CASE(restart_of_the_other_changes_nothing_until_it_has_settled)
{
	struct peer_mirror *mirror = mirror_of_two();

	peer_mirror_begin(mirror);
	set(mirror, "vs/A", "unknown");
	set(mirror, "vs/C", "unknown");
	peer_mirror_whole(mirror, false);
	set(mirror, "vs/A", "up");
	assert_changes("");
	assert_string_equal(peer_mirror_state(mirror, "vs/B"), "down");
	peer_mirror_settled(mirror);
	/* A is what it was, B is gone, C is new. */
	assert_changes("vs/B:down- vs/C:-unknown ");
	set(mirror, "vs/C", "up");
	assert_changes("vs/C:unknown-up ");
	peer_mirror_free(mirror);
}

CASE(picture_that_breaks_off_changes_nothing)
{
	struct peer_mirror *mirror = mirror_of_two();

	peer_mirror_begin(mirror);
	set(mirror, "vs/C", "up");
	peer_mirror_remove(mirror, "vs/B");
	peer_mirror_begin(mirror);
	set(mirror, "vs/B", "up");
	assert_changes("");
	peer_mirror_whole(mirror, true);
	assert_changes("vs/A:up- vs/B:down-up ");
	assert_null(peer_mirror_state(mirror, "vs/C"));
	peer_mirror_free(mirror);
}

CASE(objects_of_other_kinds_are_forgotten)
{
	struct peer_mirror *mirror = mirror_of_two();
	char path[PEER_PATH_SIZE + 8];

	memset(path, 'x', sizeof(path));
	memcpy(path, "vs/", 3);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(set(mirror, "vsx/A", "up"), 0);
	assert_int_equal(set(mirror, "v", "up"), 0);
	assert_int_equal(set(mirror, "", "up"), 0);
	assert_int_equal(set(mirror, path, "up"), 0);
	assert_null(peer_mirror_state(mirror, path));
	assert_changes("");
	assert_true(peer_mirror_keeps(mirror, "vs/A"));
	assert_true(peer_mirror_keeps(mirror, "vs.state"));
	assert_false(peer_mirror_keeps(mirror, "instance/A"));
	peer_mirror_free(mirror);
}

CASE(long_state_is_cut)
{
	struct peer_mirror *mirror = mirror_of_two();

	set(mirror, "vs/A", "abcdefghijklmnopqrstuvwxyz");
	assert_string_equal(peer_mirror_state(mirror, "vs/A"), "abcdefghijklmno");
	peer_mirror_free(mirror);
}

CASE(there_is_an_end_to_what_is_kept)
{
	struct peer_mirror *mirror = mirror_new();
	char path[32];

	for (unsigned i = 0; i < PEER_OBJECTS_MAX; i++) {
		(void)snprintf(path, sizeof(path), "vs/%u", i);
		assert_int_equal(set(mirror, path, "up"), 0);
	}
	assert_int_equal(set(mirror, "vs/one-more", "up"), -E2BIG);
	assert_int_equal(set(mirror, "vs/7", "down"), 0);
	peer_mirror_free(mirror);
}

static void
count(void *userdata, const char *path, const char *state)
{
	assert_non_null(state);
	assert_memory_equal(path, "vs/", 3);
	++*(unsigned *)userdata;
}

CASE(visitor_sees_what_is_in_force)
{
	struct peer_mirror *mirror = mirror_of_two();
	unsigned seen = 0;

	peer_mirror_begin(mirror);
	set(mirror, "vs/C", "up");
	peer_mirror_visit(mirror, "vs", count, &seen);
	assert_int_equal(seen, 2);
	peer_mirror_free(mirror);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(picture_is_in_force_when_it_is_whole),
	    cmocka_unit_test(event_is_in_force_at_once),
	    cmocka_unit_test(restart_of_the_other_changes_nothing_until_it_has_settled),
	    cmocka_unit_test(picture_that_breaks_off_changes_nothing),
	    cmocka_unit_test(objects_of_other_kinds_are_forgotten),
	    cmocka_unit_test(long_state_is_cut),
	    cmocka_unit_test(there_is_an_end_to_what_is_kept),
	    cmocka_unit_test(visitor_sees_what_is_in_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

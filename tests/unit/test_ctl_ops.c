/* SPDX-License-Identifier: Apache-2.0 */
/* test_ctl_ops.c - an operation with a name is done once and its outcome can be asked
 * for.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "common/ctl_ops.h"

static int
setup(void **state)
{
	*state = ctl_ops_new();
	return *state == NULL;
}

static int
teardown(void **state)
{
	ctl_ops_free(*state);
	return 0;
}

static enum ctl_op
begin(struct ctl_ops *ops, uid_t uid, const char *id, int value, int64_t now_us)
{
	json_t *params = json_pack("{s:i}", "value", value);
	const json_t *answer = NULL;
	enum ctl_op op = ctl_ops_begin(ops, uid, id, "apply", params, now_us, &answer);

	assert_true((op == CTL_OP_DONE) == (answer != NULL));
	json_decref(params);
	return op;
}

static void
finish(struct ctl_ops *ops, uid_t uid, const char *id, const char *text, int64_t now_us)
{
	json_t *answer = json_loads(text, 0, NULL);

	ctl_ops_finish(ops, uid, id, answer, now_us);
	json_decref(answer);
}

static void
same_request_is_done_once(void **state)
{
	assert_int_equal(begin(*state, 1, "a", 7, 0), CTL_OP_NEW);
	assert_int_equal(begin(*state, 1, "a", 7, 1), CTL_OP_RUNNING);
	finish(*state, 1, "a", "{\"id\":3,\"result\":{\"rev\":2}}", 2);
	assert_int_equal(begin(*state, 1, "a", 7, 3), CTL_OP_DONE);
}

static void
name_used_for_something_else_is_told(void **state)
{
	assert_int_equal(begin(*state, 1, "a", 7, 0), CTL_OP_NEW);
	assert_int_equal(begin(*state, 1, "a", 8, 0), CTL_OP_OTHER);
}

static void
names_belong_to_their_user(void **state)
{
	assert_int_equal(begin(*state, 1, "a", 7, 0), CTL_OP_NEW);
	assert_int_equal(begin(*state, 2, "a", 8, 0), CTL_OP_NEW);
	assert_null(ctl_ops_get(*state, 3, "a", 0));
}

static void
answer_is_kept_for_ten_minutes(void **state)
{
	assert_int_equal(begin(*state, 1, "a", 7, 0), CTL_OP_NEW);
	finish(*state, 1, "a", "{\"result\":{}}", 5);
	assert_int_equal(begin(*state, 1, "a", 7, 4 + CTL_OPS_KEPT_US), CTL_OP_DONE);
	assert_int_equal(begin(*state, 1, "a", 7, 5 + CTL_OPS_KEPT_US), CTL_OP_NEW);
}

static void
what_failed_for_the_moment_may_be_tried_again(void **state)
{
	assert_int_equal(begin(*state, 1, "a", 7, 0), CTL_OP_NEW);
	finish(*state, 1, "a",
	    "{\"error\":{\"code\":1008,\"data\":{\"name\":\"not_moved\"}}}", 1);
	assert_int_equal(begin(*state, 1, "a", 7, 2), CTL_OP_NEW);
	finish(*state, 1, "a",
	    "{\"error\":{\"code\":1003,\"data\":{\"name\":\"stale_rev\"}}}", 3);
	json_t *op = ctl_ops_get(*state, 1, "a", 4);
	assert_string_equal(json_string_value(json_object_get(op, "state")), "done");
	assert_non_null(json_object_get(op, "error"));
	json_decref(op);
}

static void
oldest_answer_makes_room_and_running_ones_stay(void **state)
{
	char id[16];

	for (int i = 0; i < CTL_OPS_MAX; i++) {
		(void)snprintf(id, sizeof(id), "op-%d", i);
		assert_int_equal(begin(*state, 1, id, 7, i), CTL_OP_NEW);
	}
	assert_int_equal(begin(*state, 1, "more", 7, 999), CTL_OP_FULL);
	finish(*state, 1, "op-9", "{\"result\":{}}", 1000);
	finish(*state, 1, "op-3", "{\"result\":{}}", 1001);
	assert_int_equal(begin(*state, 1, "more", 7, 1002), CTL_OP_NEW);
	assert_null(ctl_ops_get(*state, 1, "op-9", 1003));
	assert_int_equal(begin(*state, 1, "op-3", 7, 1004), CTL_OP_DONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(same_request_is_done_once),
	    TEST(name_used_for_something_else_is_told),
	    TEST(names_belong_to_their_user),
	    TEST(answer_is_kept_for_ten_minutes),
	    TEST(what_failed_for_the_moment_may_be_tried_again),
	    TEST(oldest_answer_makes_room_and_running_ones_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

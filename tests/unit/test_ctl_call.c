/* SPDX-License-Identifier: Apache-2.0 */
/* test_ctl_call.c - who may call what with which parameters, and how calls are
 * answered. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/ctl_call.h"

/* ---- parameters ---------------------------------------------------------- */

static const struct ctl_param params[] = {
    {"target", CTL_STRING, true, 1, 8, "what"},
    {"hold_ms", CTL_INTEGER, false, 0, 1000, "how long"},
    {"any", CTL_INTEGER, false, 0, 0, "any number"},
    {"wait", CTL_BOOLEAN, false, 0, 0, "whether"},
    {"lease", CTL_OBJECT, false, 0, 0, "an object"},
    {"changes", CTL_ARRAY, false, 1, 2, "a list"},
    {"ttl_ms", CTL_LEASE_MS, false, 1000, 60000, "how long a lease lasts"},
    {0},
};

static enum ctl_code
check(const char *text, struct ctl_error *error)
{
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	enum ctl_code code = ctl_params_check(json, params, "params", error);
	json_decref(json);
	return code;
}

static void
right_parameters_pass(void **state)
{
	struct ctl_error error = {0};

	(void)state;
	assert_int_equal(check("{\"target\":\"x\"}", &error), CTL_OK);
	assert_int_equal(
	    check("{\"target\":\"12345678\",\"hold_ms\":1000,\"wait\":false,"
		  "\"any\":-5,\"lease\":{},\"changes\":[1,2]}",
		&error),
	    CTL_OK);
}

static void
wrong_parameters_are_refused_before_any_effect(void **state)
{
	static const char *const rows[] = {
	    "{}",
	    "{\"target\":7}",
	    "{\"target\":null}",
	    "{\"target\":\"\"}",
	    "{\"target\":\"123456789\"}",
	    "{\"target\":\"x\",\"hold_ms\":-1}",
	    "{\"target\":\"x\",\"hold_ms\":1001}",
	    "{\"target\":\"x\",\"hold_ms\":1.0}",
	    "{\"target\":\"x\",\"any\":9007199254740993}",
	    "{\"target\":\"x\",\"wait\":1}",
	    "{\"target\":\"x\",\"lease\":[]}",
	    "{\"target\":\"x\",\"changes\":[]}",
	    "{\"target\":\"x\",\"changes\":[1,2,3]}",
	    "{\"target\":\"x\",\"unknown\":1}",
	    "{\"target\":\"x\",\"ttl_ms\":999}",
	    "{\"target\":\"x\",\"ttl_ms\":\"1000\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ctl_error error = {0};

		if (check(rows[i], &error) != CTL_INVALID_PARAMS)
			fail_msg("%s", rows[i]);
		assert_non_null(json_object_get(error.data, "path"));
		ctl_error_done(&error);
	}
}

static void
lease_that_would_last_too_long_is_a_limit(void **state)
{
	struct ctl_error error = {0};

	(void)state;
	assert_int_equal(check("{\"target\":\"x\",\"ttl_ms\":60000}", &error), CTL_OK);
	assert_int_equal(
	    check("{\"target\":\"x\",\"ttl_ms\":60001}", &error), CTL_LEASE_LIMIT);
	assert_string_equal(error.message, "\"ttl_ms\" must be a time from 1s to 1m");
	assert_int_equal(
	    json_integer_value(json_object_get(error.data, "max_ms")), 60000);
	assert_string_equal(
	    json_string_value(json_object_get(error.data, "path")), "params.ttl_ms");
	ctl_error_done(&error);
}

static void
misspelt_parameter_is_recognised(void **state)
{
	struct ctl_error error = {0};

	(void)state;
	(void)check("{\"target\":\"x\",\"hold_sm\":5}", &error);
	assert_string_equal(
	    json_string_value(json_object_get(error.data, "suggest")), "hold_ms");
	assert_string_equal(
	    json_string_value(json_object_get(error.data, "path")), "params.hold_sm");
	ctl_error_done(&error);
	(void)check("{\"target\":\"x\",\"nothing_like_it\":5}", &error);
	assert_null(json_object_get(error.data, "suggest"));
	ctl_error_done(&error);
}

static void
control_characters_are_no_text(void **state)
{
	(void)state;
	assert_true(ctl_params_text_ok("kernel upgrade, \xc3\xa9t\xc3\xa9"));
	assert_false(ctl_params_text_ok("a\nb"));
	assert_false(ctl_params_text_ok("a\x1b[2J"));
	assert_false(ctl_params_text_ok("a\x7f"));
}

/* ---- methods ------------------------------------------------------------- */

static void
handler(void *userdata, struct ctl_call *call)
{
	(void)userdata;
	(void)call;
}

static const struct ctl_method methods[] = {
    {"get", CTL_ROLE_READ, false, NULL, handler, "reads"},
    {"failover", CTL_ROLE_OPERATOR, true, params, handler, "moves"},
    {"reload", CTL_ROLE_ADMIN, true, NULL, handler, "reloads"},
    {0},
};
static const struct ctl_table tables[] = {{methods, NULL}, {0}};

static enum ctl_code
ask(const char *line, enum ctl_role role, struct ctl_error *error)
{
	struct ctl_request request;
	struct ctl_target target;

	assert_int_equal(
	    ctl_request_parse(line, strlen(line), &request, error), CTL_OK);
	enum ctl_code code = ctl_call_check(tables, &request, role, &target, error);
	ctl_request_done(&request);
	return code;
}

static void
every_role_may_call_what_it_earned_and_no_more(void **state)
{
	static const char *const lines[] = {
	    "{\"id\":1,\"method\":\"get\"}",
	    "{\"id\":1,\"method\":\"failover\",\"params\":{\"target\":\"x\"}}",
	    "{\"id\":1,\"method\":\"reload\"}",
	};

	(void)state;
	for (unsigned need = 0; need < CTL_ROLE_COUNT_; need++)
		for (unsigned have = 0; have < CTL_ROLE_COUNT_; have++) {
			struct ctl_error error = {0};
			assert_int_equal(ask(lines[need], (enum ctl_role)have, &error),
			    have >= need ? CTL_OK : CTL_DENIED);
			ctl_error_done(&error);
		}
}

static void
denied_says_what_is_needed_and_what_is_there(void **state)
{
	struct ctl_error error = {0};

	(void)state;
	(void)ask("{\"id\":1,\"method\":\"reload\"}", CTL_ROLE_READ, &error);
	assert_string_equal(
	    json_string_value(json_object_get(error.data, "need")), "admin");
	assert_string_equal(
	    json_string_value(json_object_get(error.data, "have")), "read");
	ctl_error_done(&error);
}

static void
role_is_checked_before_parameters(void **state)
{
	struct ctl_error error = {0};

	(void)state;
	assert_int_equal(ask("{\"id\":1,\"method\":\"failover\",\"params\":{\"x\":1}}",
			     CTL_ROLE_READ, &error),
	    CTL_DENIED);
	ctl_error_done(&error);
}

static void
change_without_an_id_is_not_done(void **state)
{
	struct ctl_error error = {0};

	(void)state;
	assert_int_equal(ask("{\"method\":\"reload\"}", CTL_ROLE_ADMIN, &error),
	    CTL_INVALID_REQUEST);
	ctl_error_done(&error);
	assert_int_equal(ask("{\"method\":\"get\"}", CTL_ROLE_READ, &error), CTL_OK);
}

static void
unknown_method_is_refused_with_a_suggestion(void **state)
{
	struct ctl_error error = {0};

	(void)state;
	assert_int_equal(ask("{\"id\":1,\"method\":\"relaod\"}", CTL_ROLE_READ, &error),
	    CTL_UNKNOWN_METHOD);
	assert_string_equal(
	    json_string_value(json_object_get(error.data, "suggest")), "reload");
	ctl_error_done(&error);
}

/* ---- answers ------------------------------------------------------------- */

static json_t *last_answer;

static void
take_answer(struct ctl_call *call, json_t *answer)
{
	(void)call;
	last_answer = answer;
}

static struct ctl_call *
a_call(const char *line)
{
	struct ctl_error error = {0};
	struct ctl_request request;

	assert_int_equal(
	    ctl_request_parse(line, strlen(line), &request, &error), CTL_OK);
	struct ctl_call *call = ctl_call_new(&methods[0], &request);
	call->answered = take_answer;
	return call;
}

static void
answer_carries_the_id_of_the_request(void **state)
{
	(void)state;
	ctl_call_reply(a_call("{\"id\":\"a\",\"method\":\"get\"}"), json_object());
	assert_string_equal(json_string_value(json_object_get(last_answer, "id")), "a");
	assert_non_null(json_object_get(last_answer, "result"));
	json_decref(last_answer);
	ctl_call_fail(a_call("{\"id\":8,\"method\":\"get\"}"), CTL_BUSY, NULL, "busy");
	assert_int_equal(json_integer_value(json_object_get(last_answer, "id")), 8);
	assert_non_null(json_object_get(last_answer, "error"));
	json_decref(last_answer);
}

static void
request_without_an_id_is_not_answered(void **state)
{
	(void)state;
	ctl_call_reply(a_call("{\"method\":\"get\"}"), json_object());
	assert_null(last_answer);
	ctl_call_fail(a_call("{\"method\":\"get\"}"), CTL_BUSY, NULL, "busy");
	assert_null(last_answer);
}

static void
answer_that_memory_did_not_suffice_for_is_an_error(void **state)
{
	(void)state;
	ctl_call_reply(a_call("{\"id\":1,\"method\":\"get\"}"), NULL);
	json_t *error = json_object_get(last_answer, "error");
	assert_int_equal(json_integer_value(json_object_get(error, "code")), -32603);
	json_decref(last_answer);
}

/* ---- roles --------------------------------------------------------------- */

static void
role_is_the_lesser_of_socket_and_peer(void **state)
{
	const struct ctl_identities ids = {.owner = 500, .operators = 60, .admins = 61};
	const gid_t none[] = {7}, operators[] = {7, 60}, both[] = {60, 61, 7};
	const struct ctl_peer root = {.uid = 0}, owner = {.uid = 500},
			      user = {.uid = 1000}, primary = {.uid = 1000, .gid = 61};

	(void)state;
	assert_int_equal(
	    ctl_role_of(CTL_ROLE_ADMIN, &root, none, 1, &ids), CTL_ROLE_ADMIN);
	assert_int_equal(
	    ctl_role_of(CTL_ROLE_ADMIN, &owner, none, 1, &ids), CTL_ROLE_ADMIN);
	assert_int_equal(
	    ctl_role_of(CTL_ROLE_ADMIN, &user, none, 1, &ids), CTL_ROLE_READ);
	assert_int_equal(
	    ctl_role_of(CTL_ROLE_ADMIN, &user, operators, 2, &ids), CTL_ROLE_OPERATOR);
	assert_int_equal(
	    ctl_role_of(CTL_ROLE_ADMIN, &user, both, 3, &ids), CTL_ROLE_ADMIN);
	assert_int_equal(
	    ctl_role_of(CTL_ROLE_ADMIN, &primary, none, 1, &ids), CTL_ROLE_ADMIN);
	assert_int_equal(
	    ctl_role_of(CTL_ROLE_READ, &root, none, 1, &ids), CTL_ROLE_READ);
	assert_int_equal(
	    ctl_role_of(CTL_ROLE_READ, &user, both, 3, &ids), CTL_ROLE_READ);
}

static void
groups_that_do_not_exist_make_nobody_an_operator(void **state)
{
	const struct ctl_identities ids = {
	    .owner = 0, .operators = CTL_NO_GROUP, .admins = CTL_NO_GROUP};
	const gid_t odd[] = {CTL_NO_GROUP};
	const struct ctl_peer user = {.uid = 1000, .gid = CTL_NO_GROUP};

	(void)state;
	assert_int_equal(
	    ctl_role_of(CTL_ROLE_ADMIN, &user, odd, 1, &ids), CTL_ROLE_READ);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(right_parameters_pass),
	    cmocka_unit_test(wrong_parameters_are_refused_before_any_effect),
	    cmocka_unit_test(lease_that_would_last_too_long_is_a_limit),
	    cmocka_unit_test(misspelt_parameter_is_recognised),
	    cmocka_unit_test(control_characters_are_no_text),
	    cmocka_unit_test(every_role_may_call_what_it_earned_and_no_more),
	    cmocka_unit_test(denied_says_what_is_needed_and_what_is_there),
	    cmocka_unit_test(role_is_checked_before_parameters),
	    cmocka_unit_test(change_without_an_id_is_not_done),
	    cmocka_unit_test(unknown_method_is_refused_with_a_suggestion),
	    cmocka_unit_test(answer_carries_the_id_of_the_request),
	    cmocka_unit_test(request_without_an_id_is_not_answered),
	    cmocka_unit_test(answer_that_memory_did_not_suffice_for_is_an_error),
	    cmocka_unit_test(role_is_the_lesser_of_socket_and_peer),
	    cmocka_unit_test(groups_that_do_not_exist_make_nobody_an_operator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

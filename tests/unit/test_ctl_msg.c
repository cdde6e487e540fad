/* SPDX-License-Identifier: Apache-2.0 */
/* test_ctl_msg.c - lines of the control protocol: cut, weighed, parsed, answered. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ctl_line.h"
#include "common/ctl_msg.h"

/* ---- weighing ------------------------------------------------------------ */

static enum ctl_code
weigh(const char *line, size_t len)
{
	struct ctl_error error = {0};
	enum ctl_code code = ctl_msg_weigh(line, len, &error);

	assert_int_equal(error.code, code);
	ctl_error_done(&error);
	return code;
}

static char *
repeated(char c, size_t count)
{
	char *text = malloc(count + 1);

	memset(text, c, count);
	text[count] = '\0';
	return text;
}

static void
line_of_64_kib_passes_and_one_byte_more_does_not(void **state)
{
	char *text = repeated(' ', CTL_REQUEST_MAX + 1);

	(void)state;
	assert_int_equal(weigh(text, CTL_REQUEST_MAX), CTL_OK);
	assert_int_equal(weigh(text, CTL_REQUEST_MAX + 1), CTL_TOO_BIG);
	free(text);
}

static void
sixteen_levels_pass_and_seventeen_do_not(void **state)
{
	char *text = repeated('[', 17);

	(void)state;
	assert_int_equal(weigh(text, 16), CTL_OK);
	assert_int_equal(weigh(text, 17), CTL_TOO_BIG);
	free(text);
}

static void
closing_brackets_give_depth_back(void **state)
{
	char text[404] = "";

	(void)state;
	for (size_t i = 0; i < 100; i++)
		strcat(text, "{[]}");
	assert_int_equal(weigh(text, strlen(text)), CTL_OK);
	/* More than there are open ones must not make room below zero. */
	assert_int_equal(weigh("]]]][[[[[[[[[[[[[[[[[", 21), CTL_TOO_BIG);
}

static void
tokens_are_counted_outside_strings_only(void **state)
{
	char *text = repeated(',', CTL_TOKENS_MAX + 3);

	(void)state;
	assert_int_equal(weigh(text, CTL_TOKENS_MAX), CTL_OK);
	assert_int_equal(weigh(text, CTL_TOKENS_MAX + 1), CTL_TOO_BIG);
	text[0] = text[CTL_TOKENS_MAX + 2] = '"';
	assert_int_equal(weigh(text, CTL_TOKENS_MAX + 3), CTL_OK);
	/* An escaped quote does not end the string, an escaped backslash does not
	 * escape what follows. */
	text[CTL_TOKENS_MAX + 1] = '"';
	text[CTL_TOKENS_MAX] = '\\';
	assert_int_equal(weigh(text, CTL_TOKENS_MAX + 2), CTL_OK);
	free(text);
	assert_int_equal(weigh("\"\\\\\"[[[[[[[[[[[[[[[[[", 21), CTL_TOO_BIG);
}

/* ---- parsing ------------------------------------------------------------- */

static enum ctl_code
parse(const char *line, struct ctl_request *ret)
{
	struct ctl_error error = {0};
	enum ctl_code code = ctl_request_parse(line, strlen(line), ret, &error);

	if (code != CTL_OK)
		assert_true(error.message[0] != '\0');
	ctl_error_done(&error);
	return code;
}

static void
request_with_all_members_is_taken_apart(void **state)
{
	struct ctl_request request;

	(void)state;
	assert_int_equal(parse("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"get\","
			       "\"params\":{\"path\":\"instance/VI_1\"}}",
			     &request),
	    CTL_OK);
	assert_int_equal(json_integer_value(request.id), 7);
	assert_string_equal(request.method, "get");
	assert_string_equal(json_string_value(json_object_get(request.params, "path")),
	    "instance/VI_1");
	ctl_request_done(&request);
}

static void
params_and_version_and_id_may_be_missing(void **state)
{
	struct ctl_request request;

	(void)state;
	assert_int_equal(parse("{\"method\":\"ping\"}", &request), CTL_OK);
	assert_null(request.id);
	assert_int_equal(json_object_size(request.params), 0);
	ctl_request_done(&request);
}

static void
malformed_requests_are_refused(void **state)
{
	static const struct {
		const char *line;
		enum ctl_code code;
	} rows[] = {
	    {"", CTL_PARSE_ERROR},
	    {"{", CTL_PARSE_ERROR},
	    {"{\"method\":\"ping\"} x", CTL_PARSE_ERROR},
	    {"{\"method\":\"a\",\"method\":\"b\"}", CTL_PARSE_ERROR},
	    {"{\"method\":\"\xff\"}", CTL_PARSE_ERROR},
	    {"{\"method\":\"a\\u0000b\"}", CTL_PARSE_ERROR},
	    {"{\"method\":\"a\",\"id\":99999999999999999999}", CTL_PARSE_ERROR},
	    {"7", CTL_INVALID_REQUEST},
	    {"null", CTL_INVALID_REQUEST},
	    {"[{\"method\":\"ping\"}]", CTL_INVALID_REQUEST},
	    {"{}", CTL_INVALID_REQUEST},
	    {"{\"method\":7}", CTL_INVALID_REQUEST},
	    {"{\"method\":\"a\",\"params\":[1]}", CTL_INVALID_REQUEST},
	    {"{\"method\":\"a\",\"params\":null}", CTL_INVALID_REQUEST},
	    {"{\"method\":\"a\",\"id\":1.5}", CTL_INVALID_REQUEST},
	    {"{\"method\":\"a\",\"id\":null}", CTL_INVALID_REQUEST},
	    {"{\"method\":\"a\",\"id\":{}}", CTL_INVALID_REQUEST},
	    {"{\"method\":\"a\",\"id\":9007199254740993}", CTL_INVALID_REQUEST},
	    {"{\"method\":\"a\",\"id\":-9223372036854775808}", CTL_INVALID_REQUEST},
	    {"{\"method\":\"a\",\"jsonrpc\":\"1.0\"}", CTL_INVALID_REQUEST},
	    {"{\"method\":\"a\",\"jsonrpc\":2}", CTL_INVALID_REQUEST},
	    {"{\"method\":\"a\",\"parms\":{}}", CTL_INVALID_REQUEST},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ctl_request request;

		if (parse(rows[i].line, &request) != rows[i].code)
			fail_msg("%s", rows[i].line);
		ctl_request_done(&request);
	}
}

static void
id_of_64_bytes_is_allowed_and_of_65_not(void **state)
{
	char *id = repeated('x', 65);
	char line[128];
	struct ctl_request request;

	(void)state;
	(void)snprintf(line, sizeof(line), "{\"method\":\"a\",\"id\":\"%s\"}", id);
	assert_int_equal(parse(line, &request), CTL_INVALID_REQUEST);
	ctl_request_done(&request);
	(void)snprintf(line, sizeof(line), "{\"method\":\"a\",\"id\":\"%s\"}", id + 1);
	assert_int_equal(parse(line, &request), CTL_OK);
	ctl_request_done(&request);
	free(id);
}

static void
error_of_a_request_can_be_answered_to_its_id(void **state)
{
	struct ctl_request request;

	(void)state;
	assert_int_equal(
	    parse("{\"id\":3,\"method\":7}", &request), CTL_INVALID_REQUEST);
	assert_int_equal(json_integer_value(request.id), 3);
	ctl_request_done(&request);
}

/* ---- answering ----------------------------------------------------------- */

static void
assert_line(json_t *message, const char *expected)
{
	size_t len;
	char *line = ctl_msg_line(message, &len);

	assert_string_equal(line, expected);
	assert_int_equal(len, strlen(expected));
	free(line);
	json_decref(message);
}

static void
messages_are_one_line_each(void **state)
{
	struct ctl_error error = {0};

	(void)state;
	assert_line(ctl_msg_request(1, "ping", NULL),
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{}}\n");
	assert_line(ctl_msg_result(json_string("a\nb"), json_object()),
	    "{\"jsonrpc\":\"2.0\",\"id\":\"a\\nb\",\"result\":{}}\n");
	assert_line(ctl_msg_notification("event", json_object()),
	    "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{}}\n");
	ctl_error_set(
	    &error, CTL_NOT_FOUND, json_pack("{s:s}", "path", "x"), "no %s", "x");
	assert_line(ctl_msg_error(NULL, &error),
	    "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1001,\"message\":\"no x\","
	    "\"data\":{\"name\":\"not_found\",\"path\":\"x\"}}}\n");
	ctl_error_done(&error);
}

static void
error_survives_the_way_over_the_wire(void **state)
{
	struct ctl_error error = {0}, back = {0};

	(void)state;
	for (unsigned code = CTL_OK + 1; code < CTL_CODE_COUNT_; code++) {
		ctl_error_set(&error, (enum ctl_code)code, json_pack("{s:i}", "rev", 5),
		    "message %u", code);
		json_t *json = ctl_msg_error(NULL, &error);
		assert_int_equal(
		    ctl_msg_read_error(&back, json_object_get(json, "error")), code);
		assert_string_equal(back.message, error.message);
		assert_true(json_equal(back.data, error.data));
		json_decref(json);
	}
	ctl_error_done(&error);
	ctl_error_done(&back);
}

static void
unknown_error_of_a_newer_daemon_is_an_error_still(void **state)
{
	struct ctl_error error = {0};
	json_t *json = json_pack("{s:i, s:s, s:{s:s}}", "code", 1999, "message", "new",
	    "data", "name", "too_new");

	(void)state;
	assert_int_equal(ctl_msg_read_error(&error, json), CTL_INTERNAL);
	assert_string_equal(error.message, "new");
	json_decref(json);
	assert_int_equal(ctl_msg_read_error(&error, NULL), CTL_INTERNAL);
	ctl_error_done(&error);
}

static void
exit_statuses_are_those_scripts_rely_on(void **state)
{
	static const struct {
		enum ctl_code code;
		int number, exit;
	} rows[] = {
	    {CTL_PARSE_ERROR, -32700, 1},
	    {CTL_INVALID_REQUEST, -32600, 1},
	    {CTL_UNKNOWN_METHOD, -32601, 2},
	    {CTL_INVALID_PARAMS, -32602, 2},
	    {CTL_INTERNAL, -32603, 1},
	    {CTL_NOT_FOUND, 1001, 5},
	    {CTL_DENIED, 1002, 4},
	    {CTL_STALE_REV, 1003, 6},
	    {CTL_BUSY, 1004, 6},
	    {CTL_WRONG_STATE, 1005, 6},
	    {CTL_NOT_LIVE, 1006, 6},
	    {CTL_WOULD_BREAK, 1007, 6},
	    {CTL_NOT_MOVED, 1008, 7},
	    {CTL_PARTIAL, 1009, 8},
	    {CTL_TOO_BIG, 1010, 1},
	    {CTL_TOO_MANY, 1011, 1},
	    {CTL_UNAVAILABLE, 1012, 3},
	    {CTL_LEASE_LIMIT, 1013, 6},
	    {CTL_OP_MISMATCH, 1014, 6},
	    {CTL_IO, 1015, 1},
	    {CTL_CONFIG_INVALID, 1016, 1},
	    {CTL_UNSUPPORTED_VERSION, 1017, 3},
	};

	(void)state;
	assert_int_equal(sizeof(rows) / sizeof(rows[0]), CTL_CODE_COUNT_ - 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ctl_code_number(rows[i].code), rows[i].number);
		assert_int_equal(ctl_code_exit(rows[i].code), rows[i].exit);
		assert_int_equal(
		    ctl_code_find(ctl_code_name(rows[i].code), 0), rows[i].code);
		assert_int_equal(ctl_code_find(NULL, rows[i].number), rows[i].code);
	}
}

static void
text_that_is_not_utf8_is_still_sent(void **state)
{
	json_t *json = ctl_msg_text("caf\xe9");

	(void)state;
	assert_string_equal(json_string_value(json), "caf?");
	json_decref(json);
}

static void
answers_that_are_no_objects_are_refused(void **state)
{
	(void)state;
	assert_null(ctl_msg_parse("[]", 2));
	assert_null(ctl_msg_parse("nonsense", 8));
	json_t *message = ctl_msg_parse("{}", 2);
	assert_non_null(message);
	json_decref(message);
}

/* ---- lines --------------------------------------------------------------- */

/* Feeds `text` in pieces of `piece` bytes and joins the lines that come out with "|".
 */
static void
cut(const char *text, size_t piece, size_t max, char *out)
{
	struct ctl_lines lines = {.max = max};
	const char *line;
	size_t len, room, left = strlen(text);

	out[0] = '\0';
	while (left > 0) {
		char *space = ctl_lines_space(&lines, &room);
		assert_non_null(space);
		size_t n = piece < left ? piece : left;
		n = n < room ? n : room;
		memcpy(space, text, n);
		ctl_lines_filled(&lines, n);
		text += n;
		left -= n;
		while (ctl_lines_take(&lines, &line, &len)) {
			strncat(out, line, len);
			strcat(out, "|");
		}
	}
	if (ctl_lines_half(&lines))
		strcat(out, "...");
	ctl_lines_done(&lines);
}

static void
lines_are_the_same_however_the_bytes_arrive(void **state)
{
	char out[64];

	(void)state;
	for (size_t piece = 1; piece < 20; piece++) {
		cut("one\n\nthree\nfo", piece, 100, out);
		assert_string_equal(out, "one||three|...");
		cut("one\ntwo\n", piece, 3, out);
		assert_string_equal(out, "one|two|");
	}
}

static void
line_above_the_maximum_has_no_more_space(void **state)
{
	struct ctl_lines lines = {.max = 10000};
	size_t room, total = 0;
	char *space;

	(void)state;
	while ((space = ctl_lines_space(&lines, &room)) != NULL) {
		memset(space, 'x', room);
		ctl_lines_filled(&lines, room);
		total += room;
		assert_false(ctl_lines_ready(&lines));
	}
	assert_int_equal(total, 10001);
	assert_true(ctl_lines_too_long(&lines));
	ctl_lines_done(&lines);
}

static void
line_of_exactly_the_maximum_is_taken(void **state)
{
	struct ctl_lines lines = {.max = 10000};
	size_t room, len, total = 0;
	const char *line;
	char *space;

	(void)state;
	while (total < 10000) {
		space = ctl_lines_space(&lines, &room);
		assert_non_null(space);
		if (room > 10000 - total)
			room = 10000 - total;
		memset(space, 'x', room);
		ctl_lines_filled(&lines, room);
		total += room;
	}
	assert_false(ctl_lines_too_long(&lines));
	space = ctl_lines_space(&lines, &room);
	assert_non_null(space);
	*space = '\n';
	ctl_lines_filled(&lines, 1);
	assert_true(ctl_lines_take(&lines, &line, &len));
	assert_int_equal(len, 10000);
	ctl_lines_done(&lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(line_of_64_kib_passes_and_one_byte_more_does_not),
	    cmocka_unit_test(sixteen_levels_pass_and_seventeen_do_not),
	    cmocka_unit_test(closing_brackets_give_depth_back),
	    cmocka_unit_test(tokens_are_counted_outside_strings_only),
	    cmocka_unit_test(request_with_all_members_is_taken_apart),
	    cmocka_unit_test(params_and_version_and_id_may_be_missing),
	    cmocka_unit_test(malformed_requests_are_refused),
	    cmocka_unit_test(id_of_64_bytes_is_allowed_and_of_65_not),
	    cmocka_unit_test(error_of_a_request_can_be_answered_to_its_id),
	    cmocka_unit_test(messages_are_one_line_each),
	    cmocka_unit_test(error_survives_the_way_over_the_wire),
	    cmocka_unit_test(unknown_error_of_a_newer_daemon_is_an_error_still),
	    cmocka_unit_test(exit_statuses_are_those_scripts_rely_on),
	    cmocka_unit_test(text_that_is_not_utf8_is_still_sent),
	    cmocka_unit_test(answers_that_are_no_objects_are_refused),
	    cmocka_unit_test(lines_are_the_same_however_the_bytes_arrive),
	    cmocka_unit_test(line_above_the_maximum_has_no_more_space),
	    cmocka_unit_test(line_of_exactly_the_maximum_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

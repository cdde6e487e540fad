/* SPDX-License-Identifier: Apache-2.0 */
/* test_ctl_client.c - hactl's half of the protocol, against a daemon that plays a
 * script.
 *
 * The daemon is a child process: it sends what the script says, and where the script
 * says
 * "?" it waits for a line first.
 */
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_client.h"

#define SECOND INT64_C(1000000)
#define HELLO \
	"{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":{\"proto\":\"hcp\",\"major\":1," \
	"\"node\":\"lb1\",\"role\":\"admin\"}}\n"

static char base[64];
static pid_t daemon_pid;

static int
listen_at(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int len = snprintf(
	    address.sun_path, sizeof(address.sun_path), "%s/vrrpd/%s", base, name);

	if (len < 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 4) < 0)
		abort();
	return fd;
}

static void
skip_line(int fd)
{
	char c = 0;

	while (c != '\n')
		if (read(fd, &c, 1) <= 0)
			_exit(0);
}

/* Plays the pieces of a script that ends with NULL, then hangs up, or with `stay` waits
 * to be killed. */
static void
play(int listener, const char *const script[], bool stay)
{
	int fd = accept(listener, NULL, NULL);

	for (; *script != NULL; script++)
		if (strcmp(*script, "?") == 0)
			skip_line(fd);
		else if (write(fd, *script, strlen(*script)) < 0)
			_exit(0);
	while (stay)
		(void)pause();
	_exit(0);
}

static void
start_daemon(const char *const script[], bool stay)
{
	int listener = listen_at("control.sock");

	daemon_pid = fork();
	if (daemon_pid == 0)
		play(listener, script, stay);
	(void)close(listener);
}

static int
setup(void **state)
{
	char path[80];

	(void)state;
	strcpy(base, "/tmp/haven-ctl-client-XXXXXX");
	if (mkdtemp(base) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/vrrpd", base);
	daemon_pid = 0;
	return mkdir(path, 0755);
}

static int
teardown(void **state)
{
	char path[128];

	(void)state;
	if (daemon_pid > 0) {
		(void)kill(daemon_pid, SIGKILL);
		(void)waitpid(daemon_pid, NULL, 0);
	}
	(void)snprintf(path, sizeof(path), "%s/vrrpd/control.sock", base);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/vrrpd", base);
	(void)rmdir(path);
	return rmdir(base);
}

static struct ctl_client *
open_client(void)
{
	struct ctl_client *client = NULL;
	struct ctl_error error = {0};

	if (ctl_client_open(base, "vrrpd", 5 * SECOND, &client, &error) != CTL_OK)
		fail_msg("%s", error.message);
	return client;
}

static void
assert_open_fails(enum ctl_code code)
{
	struct ctl_client *client = NULL;
	struct ctl_error error = {0};

	assert_int_equal(
	    ctl_client_open(base, "vrrpd", 5 * SECOND, &client, &error), code);
	assert_null(client);
	assert_true(error.message[0] != '\0');
	ctl_error_done(&error);
}

/* ---- opening ------------------------------------------------------------- */

CASE(greeting_is_read_first)
{
	start_daemon((const char *const[]){HELLO, NULL}, true);
	struct ctl_client *client = open_client();
	assert_string_equal(ctl_client_hello_text(client, "node"), "lb1");
	assert_string_equal(ctl_client_hello_text(client, "nothing"), "");
	assert_int_equal(
	    json_integer_value(json_object_get(ctl_client_hello(client), "major")), 1);
	ctl_client_close(client);
}

CASE(daemon_that_does_not_run_is_unavailable)
{
	assert_open_fails(CTL_UNAVAILABLE);
}

CASE(socket_left_by_a_dead_daemon_is_unavailable)
{
	(void)close(listen_at("control.sock"));
	assert_open_fails(CTL_UNAVAILABLE);
}

CASE(daemon_that_says_nothing_is_unavailable_in_time)
{
	struct ctl_client *client = NULL;
	struct ctl_error error = {0};
	int64_t begin_us = clock_now_us();

	start_daemon((const char *const[]){NULL}, true);
	assert_int_equal(ctl_client_open(base, "vrrpd", SECOND / 20, &client, &error),
	    CTL_UNAVAILABLE);
	assert_true(clock_now_us() - begin_us < 2 * SECOND);
	ctl_error_done(&error);
}

CASE(daemon_that_is_full_says_so)
{
	start_daemon(
	    (const char *const[]){
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1011,"
		"\"message\":\"full\",\"data\":{\"name\":\"too_many\"}}}\n",
		NULL},
	    false);
	assert_open_fails(CTL_TOO_MANY);
}

CASE(other_protocols_and_versions_are_refused)
{
	static const struct {
		const char *greeting;
		enum ctl_code code;
	} rows[] = {
	    {"220 mail.example ESMTP\n", CTL_PARSE_ERROR},
	    {"{}\n", CTL_PARSE_ERROR},
	    {"{\"method\":\"hello\",\"params\":{\"proto\":\"other\",\"major\":1}}\n",
		CTL_PARSE_ERROR},
	    {"{\"method\":\"hello\",\"params\":{\"proto\":\"hcp\",\"major\":2}}\n",
		CTL_UNSUPPORTED_VERSION},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (i > 0) {
			teardown(NULL);
			assert_int_equal(setup(NULL), 0);
		}
		start_daemon((const char *const[]){rows[i].greeting, NULL}, true);
		assert_open_fails(rows[i].code);
	}
}

/* ---- calling ------------------------------------------------------------- */

CASE(result_of_a_call_is_returned)
{
	struct ctl_error error = {0};
	json_t *result = NULL;

	start_daemon(
	    (const char *const[]){HELLO, "?", "{\"id\":1,\"result\":{\"rev\":5}}\n",
		"?",
		"{\"id\":2,\"error\":{\"code\":1001,\"message\":\"no\",\"data\":{"
		"\"name\":\"not_found\",\"path\":\"x\"}}}\n",
		NULL},
	    true);
	struct ctl_client *client = open_client();
	assert_int_equal(
	    ctl_client_call(client, "ping", NULL, SECOND, NULL, &result, &error),
	    CTL_OK);
	assert_int_equal(json_integer_value(json_object_get(result, "rev")), 5);
	json_decref(result);
	assert_int_equal(
	    ctl_client_call(client, "get", NULL, SECOND, NULL, &result, &error),
	    CTL_NOT_FOUND);
	assert_string_equal(error.message, "no");
	assert_string_equal(
	    json_string_value(json_object_get(error.data, "path")), "x");
	ctl_error_done(&error);
	ctl_client_close(client);
}

CASE(events_before_the_answer_are_kept)
{
	struct ctl_error error = {0};
	json_t *result = NULL, *event = NULL;

	start_daemon(
	    (const char *const[]){HELLO, "?",
		"{\"method\":\"event\",\"params\":{\"seq\":1}}\n{\"id\":77,"
		"\"result\":{}}\n{\"id\":1,\"res",
		"ult\":{}}\n{\"method\":\"event\",\"params\":{\"seq\":2}}\n", NULL},
	    true);
	struct ctl_client *client = open_client();
	assert_int_equal(
	    ctl_client_call(client, "ping", NULL, SECOND, NULL, &result, &error),
	    CTL_OK);
	json_decref(result);
	for (json_int_t seq = 1; seq <= 2; seq++) {
		assert_int_equal(
		    ctl_client_next(client, 5 * SECOND, &event, &error), CTL_OK);
		json_t *params = json_object_get(event, "params");
		assert_int_equal(
		    json_integer_value(json_object_get(params, "seq")), seq);
		json_decref(event);
	}
	assert_int_equal(ctl_client_next(client, 1000, &event, &error), CTL_OK);
	assert_null(event);
	ctl_client_close(client);
}

CASE(call_without_an_answer_ends_in_time)
{
	struct ctl_error error = {0};
	json_t *result = NULL;

	start_daemon((const char *const[]){HELLO, NULL}, true);
	struct ctl_client *client = open_client();
	assert_int_equal(
	    ctl_client_call(client, "ping", NULL, SECOND / 20, NULL, &result, &error),
	    CTL_UNAVAILABLE);
	assert_non_null(strstr(error.message, "no answer in time"));
	/* The connection is not used again: the answer may still come. */
	assert_int_equal(
	    ctl_client_call(client, "ping", NULL, SECOND, NULL, &result, &error),
	    CTL_UNAVAILABLE);
	ctl_error_done(&error);
	ctl_client_close(client);
}

CASE(connection_lost_in_a_call_is_unavailable)
{
	struct ctl_error error = {0};
	json_t *result = NULL;

	start_daemon((const char *const[]){HELLO, "?", NULL}, false);
	struct ctl_client *client = open_client();
	assert_int_equal(
	    ctl_client_call(client, "ping", NULL, 5 * SECOND, NULL, &result, &error),
	    CTL_UNAVAILABLE);
	ctl_error_done(&error);
	ctl_client_close(client);
}

CASE(interrupted_call_ends_at_once)
{
	const volatile sig_atomic_t interrupted = 1;
	struct ctl_error error = {0};
	json_t *result = NULL;

	start_daemon((const char *const[]){HELLO, NULL}, true);
	struct ctl_client *client = open_client();
	assert_int_equal(ctl_client_call(client, "ping", NULL, 60 * SECOND,
			     &interrupted, &result, &error),
	    CTL_UNAVAILABLE);
	assert_non_null(strstr(error.message, "interrupted"));
	ctl_error_done(&error);
	ctl_client_close(client);
}

CASE(nonsense_instead_of_an_answer_is_refused)
{
	struct ctl_error error = {0};
	json_t *result = NULL;

	start_daemon((const char *const[]){HELLO, "?", "nonsense\n", NULL}, true);
	struct ctl_client *client = open_client();
	assert_int_equal(
	    ctl_client_call(client, "ping", NULL, SECOND, NULL, &result, &error),
	    CTL_PARSE_ERROR);
	ctl_error_done(&error);
	ctl_client_close(client);
}

CASE(pages_are_put_together)
{
	struct ctl_error error = {0};
	json_t *items = NULL;
	json_int_t rev;

	start_daemon(
	    (const char *const[]){HELLO, "?",
		"{\"id\":1,\"result\":{\"rev\":3,\"items\":[1,2],\"next\":2}}\n", "?",
		"{\"id\":2,\"result\":{\"rev\":3,\"items\":[3]}}\n", NULL},
	    true);
	struct ctl_client *client = open_client();
	assert_int_equal(
	    ctl_client_list(client, "instance", SECOND, &items, &rev, &error), CTL_OK);
	assert_int_equal(json_array_size(items), 3);
	assert_int_equal(rev, 3);
	json_decref(items);
	ctl_client_close(client);
}

CASE(pages_of_two_revisions_are_not_mixed)
{
	struct ctl_error error = {0};
	json_t *items = NULL;
	json_int_t rev;

	start_daemon(
	    (const char *const[]){HELLO, "?",
		"{\"id\":1,\"result\":{\"rev\":3,\"items\":[1,2],\"next\":2}}\n", "?",
		"{\"id\":2,\"result\":{\"rev\":4,\"items\":[9]}}\n", "?",
		"{\"id\":3,\"result\":{\"rev\":4,\"items\":[7,8],\"next\":2}}\n", "?",
		"{\"id\":4,\"result\":{\"rev\":4,\"items\":[9]}}\n", NULL},
	    true);
	struct ctl_client *client = open_client();
	assert_int_equal(
	    ctl_client_list(client, "instance", SECOND, &items, &rev, &error), CTL_OK);
	assert_int_equal(json_array_size(items), 3);
	assert_int_equal(json_integer_value(json_array_get(items, 0)), 7);
	assert_int_equal(rev, 4);
	json_decref(items);
	ctl_client_close(client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(greeting_is_read_first),
	    TEST(daemon_that_does_not_run_is_unavailable),
	    TEST(socket_left_by_a_dead_daemon_is_unavailable),
	    TEST(daemon_that_says_nothing_is_unavailable_in_time),
	    TEST(daemon_that_is_full_says_so),
	    TEST(other_protocols_and_versions_are_refused),
	    TEST(result_of_a_call_is_returned),
	    TEST(events_before_the_answer_are_kept),
	    TEST(call_without_an_answer_ends_in_time),
	    TEST(connection_lost_in_a_call_is_unavailable),
	    TEST(interrupted_call_ends_at_once),
	    TEST(nonsense_instead_of_an_answer_is_refused),
	    TEST(pages_are_put_together),
	    TEST(pages_of_two_revisions_are_not_mixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

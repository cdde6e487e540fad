/* SPDX-License-Identifier: Apache-2.0 */
/* test_log.c - what reaches stderr and the journal, and that a reader who sleeps holds
 * nobody up. */
#include "common/log.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "tests/unit/unit.h"

#define TEXT_SIZE 262144

static int reader = -1, saved_stderr = -1;
static char text[TEXT_SIZE];

/* Turns stderr into a pipe whose other end is `reader`. */
static int
set_up(void **state __attribute__((unused)))
{
	int ends[2];

	if (pipe2(ends, O_NONBLOCK) < 0)
		return -1;
	/* Only the reading end may not block: the daemons' stderr does. */
	(void)fcntl(ends[1], F_SETFL, 0);
	reader = ends[0];
	saved_stderr = dup(STDERR_FILENO);
	(void)dup2(ends[1], STDERR_FILENO);
	(void)close(ends[1]);
	(void)unsetenv("JOURNAL_STREAM");
	log_open("prog", LOG_TARGET_STDERR, LOG_INFO);
	return 0;
}

static int
tear_down(void **state __attribute__((unused)))
{
	(void)dup2(saved_stderr, STDERR_FILENO);
	(void)close(saved_stderr);
	(void)close(reader);
	return 0;
}

/* What was written since the last call. */
static const char *
written(void)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(reader, text + len, TEXT_SIZE - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	return text;
}

CASE(a_line_has_time_program_level_and_text)
{
	const char *line;

	log_warning("VI_%d: %s", 1, "late");
	line = written();
	assert_int_equal(line[strlen("2025-11-21T03:41:02.551377")], 'Z');
	assert_string_equal(line + strlen("2025-11-21T03:41:02.551377Z"),
	    " prog warning: VI_1: late\n");
}

CASE(less_important_lines_are_left_out)
{
	log_debug("a");
	assert_string_equal(written(), "");
	log_set_level(LOG_DEBUG);
	assert_int_equal(log_level(), LOG_DEBUG);
	log_debug("b");
	assert_non_null(strstr(written(), " debug: b\n"));
	log_set_level(LOG_ERR);
	log_warning("c");
	log_notice("d");
	log_info("e");
	assert_string_equal(written(), "");
	log_err("f");
	assert_non_null(strstr(written(), " err: f\n"));
}

CASE(control_characters_are_escaped)
{
	log_info("a\nb\x1b[2J\x7f\xc2\x9bz \xc3\xa9");
	assert_non_null(
	    strstr(written(), " a\\x0ab\\x1b[2J\\x7f\\xc2\x9bz \xc3\xa9\n"));
}

CASE(a_long_line_is_cut_and_stays_one_line)
{
	static char line[10000];
	const char *got;

	memset(line, 'x', sizeof(line) - 1);
	log_info("%s", line);
	memset(line, '\x01', sizeof(line) - 1);
	log_info("%s", line);
	got = written();
	assert_ptr_equal(strchr(strchr(got, '\n') + 1, '\n'), got + strlen(got) - 1);
}

CASE(the_journals_stream_gets_the_level_as_a_prefix)
{
	const struct log_field field = {"HAVEN_INSTANCE", "VI_1"};
	char stream[64];
	struct stat st;

	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	(void)snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	(void)setenv("JOURNAL_STREAM", stream, 1);
	log_open("prog", LOG_TARGET_STDERR, LOG_INFO);
	log_fields(LOG_NOTICE, &field, 1, "hello");
	assert_string_equal(written(), "<5>hello\n");

	(void)setenv("JOURNAL_STREAM", "1:1", 1);
	log_open("prog", LOG_TARGET_AUTO, LOG_INFO);
	log_notice("hello");
	assert_null(strstr(written(), "<5>"));
}

CASE(a_full_pipe_loses_lines_and_counts_them)
{
	char first[64];

	/* Far more than a pipe holds; a write that waited would never return. */
	for (int i = 0; i < 4000; i++)
		log_info("%0100d", i);
	assert_null(strstr(written(), "lost"));
	log_info("awake");
	(void)written();
	assert_int_equal(
	    sscanf(strstr(text, "log:"), "log: %60s lines lost", first), 1);
	assert_in_range(strtol(first, NULL, 10), 2000, 3999);
	assert_non_null(strstr(text, "awake"));

	log_info("again");
	assert_null(strstr(written(), "lost")); /* told once */
}

/* ---- the journal: a socket of our own where journald has its own ---- */

static int journal = -1;

/* In a mount namespace with an empty /run; needs root. */
static int
journal_set_up(void **state)
{
	const struct sockaddr_un address = {
	    .sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket"};

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "/run", "tmpfs", 0, NULL) < 0)
		return 0; /* the case skips itself */
	if (mkdir("/run/systemd", 0755) < 0 || mkdir("/run/systemd/journal", 0755) < 0)
		return -1;
	journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(journal, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	return set_up(state);
}

static int
journal_tear_down(void **state)
{
	if (journal < 0)
		return 0;
	(void)close(journal);
	journal = -1;
	return tear_down(state);
}

/* The next entry that the journal got, or "". */
static const char *
entry(void)
{
	ssize_t n = recv(journal, text, TEXT_SIZE - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

CASE(the_journal_gets_fields_and_nothing_goes_to_stderr)
{
	const struct log_field fields[] = {
	    {"HAVEN_INSTANCE", "VI_1"}, {"HAVEN_STATE", "MASTER"}};

	if (journal < 0)
		skip();
	log_open("prog", LOG_TARGET_JOURNAL, LOG_INFO);
	log_fields(LOG_NOTICE, fields, 2, "VI_1: BACKUP -> MASTER");
	assert_string_equal(entry(), "MESSAGE=VI_1: BACKUP -> MASTER\n"
				     "PRIORITY=5\n"
				     "SYSLOG_IDENTIFIER=prog\n"
				     "SYSLOG_FACILITY=3\n"
				     "HAVEN_INSTANCE=VI_1\n"
				     "HAVEN_STATE=MASTER\n");
	assert_string_equal(written(), "");
}

CASE(a_journal_that_does_not_read_holds_nobody_up)
{
	unsigned entries = 0;

	if (journal < 0)
		skip();
	log_open("prog", LOG_TARGET_JOURNAL, LOG_INFO);
	/* More than its queue takes; a send that waited would never return. */
	for (int i = 0; i < 4000; i++)
		log_info("%d", i);
	while (entry()[0] != '\0')
		entries++;
	assert_in_range(entries, 1, 3999);
	/* What it did not take went to stderr instead. */
	assert_non_null(strstr(written(), " prog info: "));
}

CASE(without_a_journal_lines_go_to_stderr)
{
	if (journal < 0)
		skip();
	assert_int_equal(unlink("/run/systemd/journal/socket"), 0);
	log_open("prog", LOG_TARGET_JOURNAL, LOG_INFO);
	log_info("hello");
	assert_non_null(strstr(written(), " prog info: hello\n"));
}

CASE(a_cause_is_let_through_once_a_minute)
{
	struct log_limit limit = {0};
	int64_t start = 5000000;
	uint64_t held = 99;

	assert_true(log_limit_pass(&limit, start, &held));
	assert_int_equal(held, 0);
	for (int i = 0; i < 7; i++)
		assert_false(log_limit_pass(&limit, start + LOG_LIMIT_US - 1, &held));
	assert_true(log_limit_pass(&limit, start + LOG_LIMIT_US, &held));
	assert_int_equal(held, 7);
	assert_true(log_limit_pass(&limit, start + 2 * LOG_LIMIT_US, &held));
	assert_int_equal(held, 0);
}

#define WITH_PIPE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define WITH_JOURNAL(test) \
	cmocka_unit_test_setup_teardown(test, journal_set_up, journal_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_PIPE(a_line_has_time_program_level_and_text),
	    WITH_PIPE(less_important_lines_are_left_out),
	    WITH_PIPE(control_characters_are_escaped),
	    WITH_PIPE(a_long_line_is_cut_and_stays_one_line),
	    WITH_PIPE(the_journals_stream_gets_the_level_as_a_prefix),
	    WITH_PIPE(a_full_pipe_loses_lines_and_counts_them),
	    WITH_JOURNAL(the_journal_gets_fields_and_nothing_goes_to_stderr),
	    WITH_JOURNAL(a_journal_that_does_not_read_holds_nobody_up),
	    WITH_JOURNAL(without_a_journal_lines_go_to_stderr),
	    cmocka_unit_test(a_cause_is_let_through_once_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

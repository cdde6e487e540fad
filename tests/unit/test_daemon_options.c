/* SPDX-License-Identifier: Apache-2.0 */
/* test_daemon_options.c - the command line of the daemons, and when to clean up. */
#include "common/daemon.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tests/unit/unit.h"

#define WORDS_MAX 12

static struct daemon_options options;
static int status;
static char output[8192];

/* Parses a line of words separated by single blanks, and keeps what was printed.
 * Returns whether the program would go on. */
static int
parse(const char *program, const char *line)
{
	static char text[256];
	char *words[WORDS_MAX] = {text};
	int count = 1, ends[2], saved_out = dup(1), saved_err = dup(2), r;
	ssize_t len;

	(void)snprintf(text, sizeof(text), "%s%s%s", program, *line ? " " : "", line);
	for (char *blank = strchr(text, ' '); blank; blank = strchr(blank, ' ')) {
		*blank++ = '\0';
		words[count++] = blank;
	}
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	(void)dup2(ends[1], 1);
	(void)dup2(ends[1], 2);
	memset(&options, 0, sizeof(options));
	status = -1;
	r = daemon_options_parse(count, words, program, &options, &status);
	(void)fflush(stdout);
	(void)dup2(saved_out, 1);
	(void)dup2(saved_err, 2);
	len = read(ends[0], output, sizeof(output) - 1);
	output[len > 0 ? len : 0] = '\0';
	(void)close(saved_out);
	(void)close(saved_err);
	(void)close(ends[0]);
	(void)close(ends[1]);
	return r == 0;
}

static void
refuses(const char *program, const char *line, const char *says)
{
	assert_false(parse(program, line));
	assert_int_equal(status, 2);
	if (strstr(output, says) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", says, output);
}

CASE(without_options_the_defaults_hold)
{
	assert_true(parse("vrrpd", ""));
	assert_string_equal(options.config_path, "/etc/haven/haven.conf");
	assert_string_equal(options.run_base, "/run");
	assert_string_equal(options.user, "haven");
	assert_null(options.config_id);
	assert_false(
	    options.test_only || options.json || options.debug || options.cleanup_only);
	assert_string_equal(output, "");
}

CASE(short_options_are_understood)
{
	assert_true(parse("vrrpd", "-f a.conf -R /tmp/x -i lb1 -t -j -d -n"));
	assert_string_equal(options.config_path, "a.conf");
	assert_string_equal(options.run_base, "/tmp/x");
	assert_string_equal(options.config_id, "lb1");
	assert_true(options.test_only && options.json && options.debug);
}

CASE(short_options_may_stand_together)
{
	assert_true(parse("checkd", "-ndtjfa.conf"));
	assert_true(options.test_only && options.json && options.debug);
	assert_string_equal(options.config_path, "a.conf");
}

CASE(long_options_are_understood)
{
	assert_true(parse("vrrpd", "--config=a.conf --run-dir /tmp/x --config-id lb1 "
				   "--user me --test --json --debug --dont-fork"));
	assert_string_equal(options.config_path, "a.conf");
	assert_string_equal(options.run_base, "/tmp/x");
	assert_string_equal(options.config_id, "lb1");
	assert_string_equal(options.user, "me");
	assert_true(options.test_only && options.json && options.debug);
}

CASE(both_keep_state_and_a_log_somewhere)
{
	static const char *const programs[] = {"vrrpd", "checkd"};

	for (size_t i = 0; i < COUNT_OF(programs); i++) {
		assert_true(parse(programs[i], "--state-dir /tmp/s --log-dir=/tmp/l"));
		assert_string_equal(options.state_base, "/tmp/s");
		assert_string_equal(options.log_base, "/tmp/l");
		refuses(programs[i], "--log-dir=", "no directory is named");
	}
}

CASE(only_vrrpd_has_something_to_clean_up)
{
	assert_true(parse("vrrpd", "--cleanup"));
	assert_true(options.cleanup_only);
	refuses("checkd", "--cleanup", "unknown option \"--cleanup\"");
}

CASE(what_is_not_understood_is_named)
{
	refuses("vrrpd", "-x", "unknown option \"-x\"");
	refuses("vrrpd", "-tx", "unknown option \"-x\"");
	refuses("vrrpd", "--debug -xt", "unknown option \"-x\"");
	refuses("vrrpd", "-df", "an argument is missing after \"-f\"");
	refuses("vrrpd", "--frobnicate", "unknown option \"--frobnicate\"");
	refuses("vrrpd", "-f", "an argument is missing after \"-f\"");
	refuses("vrrpd", "--user", "an argument is missing after \"--user\"");
	refuses("vrrpd", "start", "unexpected word \"start\"");
	refuses("vrrpd", "-d start", "unexpected word \"start\"");
	refuses("vrrpd", "--test=yes", "--test=yes");
	refuses("vrrpd", "--config=", "no file is named");
	refuses("vrrpd", "-j", "only together with --test");
}

CASE(a_refusal_changes_nothing)
{
	assert_false(parse("vrrpd", "-f a.conf -x"));
	assert_null(options.config_path);
}

CASE(help_names_every_option_of_that_daemon)
{
	assert_false(parse("vrrpd", "--help"));
	assert_int_equal(status, 0);
	assert_non_null(strstr(output, "-f, --config FILE"));
	assert_non_null(strstr(output, "--user NAME"));
	assert_non_null(strstr(output, "--cleanup"));
	assert_false(parse("checkd", "-h"));
	assert_null(strstr(output, "--cleanup"));
}

CASE(version_is_printed)
{
	assert_false(parse("checkd", "-v"));
	assert_int_equal(status, 0);
	assert_int_equal(strncmp(output, "checkd ", strlen("checkd ")), 0);
}

CASE(a_hung_daemon_leaves_something_to_clean_up)
{
	assert_true(daemon_cleanup_due(NULL)); /* a person asks */
	assert_true(daemon_cleanup_due("timeout"));
	assert_true(daemon_cleanup_due("watchdog"));
}

/* It comes back at once and resumes its role with the addresses in place. */
CASE(before_a_restart_nothing_is_cleaned_up)
{
	assert_false(daemon_cleanup_due("success"));
	assert_false(daemon_cleanup_due("signal"));
	assert_false(daemon_cleanup_due("core-dump"));
	assert_false(daemon_cleanup_due("exit-code"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_options_the_defaults_hold),
	    cmocka_unit_test(short_options_are_understood),
	    cmocka_unit_test(short_options_may_stand_together),
	    cmocka_unit_test(long_options_are_understood),
	    cmocka_unit_test(both_keep_state_and_a_log_somewhere),
	    cmocka_unit_test(only_vrrpd_has_something_to_clean_up),
	    cmocka_unit_test(what_is_not_understood_is_named),
	    cmocka_unit_test(a_refusal_changes_nothing),
	    cmocka_unit_test(help_names_every_option_of_that_daemon),
	    cmocka_unit_test(version_is_printed),
	    cmocka_unit_test(a_hung_daemon_leaves_something_to_clean_up),
	    cmocka_unit_test(before_a_restart_nothing_is_cleaned_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_helper.c - the helper beside a daemon that asks, leaves, dies and comes back. */
#include "common/helper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/conf.h"
#include "common/daemon.h"
#include "common/log.h"
#include "common/units.h"
#include "tests/unit/unit.h"

#define GRACE_US (300 * US_PER_MS)

static char dir[64], conf_path[96], lock_path[96], mark_path[96];

static int
set_up(void **state __attribute__((unused)))
{
	(void)snprintf(dir, sizeof(dir), "/tmp/test_helper.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(conf_path, sizeof(conf_path), "%s/haven.conf", dir);
	(void)snprintf(lock_path, sizeof(lock_path), "%s/lock", dir);
	(void)snprintf(mark_path, sizeof(mark_path), "%s/cleaned", dir);
	return 0;
}

static int
tear_down(void **state __attribute__((unused)))
{
	(void)unlink(conf_path);
	(void)unlink(lock_path);
	(void)unlink(mark_path);
	return rmdir(dir);
}

static void
write_conf(const char *content)
{
	FILE *file = fopen(conf_path, "we");

	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
sleep_us(int64_t us)
{
	const struct timespec ts = {
	    .tv_sec = us / US_PER_S, .tv_nsec = us % US_PER_S * 1000};

	(void)nanosleep(&ts, NULL);
}

/* The last duty in these tests: a file that can be seen. */
static void
leave_mark(void)
{
	int fd = open(mark_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		(void)close(fd);
}

static bool
is_cleaned(void)
{
	return access(mark_path, F_OK) == 0;
}

static struct helper *
start(int lock)
{
	const struct helper_duties duties = {
	    .daemon = "tested",
	    .config_path = conf_path,
	    .lock_path = lock_path,
	    .grace_us = GRACE_US,
	    .cleanup = leave_mark,
	};
	struct helper *helper = NULL;

	if (helper_start(&duties, &lock, lock >= 0, &helper) < 0)
		abort();
	return helper;
}

/* A helper of a dead daemon is our child, as this process adopts orphans. */
static bool
ends_within(pid_t pid, int64_t us)
{
	int64_t until_us = clock_now_us() + us;

	while (clock_now_us() < until_us) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		sleep_us(2000);
	}
	return false;
}

/* ---- a daemon in a process of its own --------------------------------------- */

enum last_words { DIES, IS_RELEASED, IS_KEPT };

/* A daemon that holds the lock, starts its helper and then ends in one of three ways.
 * Returns the pid of the helper. */
static pid_t
daemon_that(enum last_words how)
{
	int ends[2];
	pid_t helper = 0, pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		int lock = daemon_lock(dir);
		struct helper *mine = start(lock);

		helper = helper_pid(mine);
		if (lock < 0 || write(ends[1], &helper, sizeof(helper)) < 0)
			_exit(1);
		if (how == DIES)
			(void)kill(getpid(), SIGKILL);
		helper_dismiss(mine, how == IS_RELEASED);
		_exit(0);
	}
	assert_int_equal(read(ends[0], &helper, sizeof(helper)), sizeof(helper));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	(void)close(ends[0]);
	(void)close(ends[1]);
	return helper;
}

CASE(a_dead_daemon_without_successor_is_cleaned_up_after)
{
	int64_t start_us = clock_now_us();
	pid_t helper = daemon_that(DIES);

	assert_true(ends_within(helper, 3 * US_PER_S));
	assert_true(is_cleaned());
	assert_true(clock_now_us() - start_us >= GRACE_US);
}

CASE(a_successor_within_the_grace_time_keeps_everything)
{
	pid_t helper = daemon_that(DIES);

	sleep_us(GRACE_US / 2);

	int lock = daemon_lock(dir);

	assert_true(lock >= 0);
	assert_true(ends_within(helper, 3 * US_PER_S));
	assert_false(is_cleaned());
	(void)close(lock);
}

CASE(a_successor_that_dies_again_counts_as_none)
{
	pid_t helper = daemon_that(DIES);
	int lock = daemon_lock(dir);

	assert_true(lock >= 0);
	sleep_us(GRACE_US / 3);
	(void)close(lock);
	assert_true(ends_within(helper, 3 * US_PER_S));
	assert_true(is_cleaned());
}

CASE(a_run_directory_that_vanished_holds_no_successor)
{
	pid_t helper = daemon_that(DIES);

	(void)unlink(lock_path);
	assert_true(ends_within(helper, 3 * US_PER_S));
	assert_true(is_cleaned());
}

CASE(a_released_helper_goes_at_once)
{
	pid_t helper = daemon_that(IS_RELEASED);

	assert_true(ends_within(helper, GRACE_US / 2));
	assert_false(is_cleaned());
}

CASE(a_daemon_that_expects_a_successor_and_gets_none_is_cleaned_up_after)
{
	pid_t helper = daemon_that(IS_KEPT);

	assert_true(ends_within(helper, 3 * US_PER_S));
	assert_true(is_cleaned());
}

CASE(without_a_duty_the_guard_goes_home)
{
	const struct helper_duties duties = {.daemon = "tested",
	    .config_path = conf_path,
	    .lock_path = lock_path,
	    .grace_us = 10 * US_PER_S};
	struct helper *helper = NULL;
	pid_t pid;

	assert_int_equal(helper_start(&duties, NULL, 0, &helper), 0);
	pid = helper_pid(helper);
	helper_free(helper);
	assert_true(ends_within(pid, US_PER_S));
}

/* Has the configuration read, and takes it. */
static int
read_config(struct helper *helper, struct conf_diags *diags, struct conf_text **ret)
{
	struct pollfd p = {.events = POLLIN};
	int r = helper_load_config(helper, &p.fd);

	if (r < 0)
		return r;
	assert_int_equal(poll(&p, 1, 10000), 1);
	r = helper_take_config(p.fd, diags, ret);
	(void)close(p.fd);
	return r;
}

/* ---- the process ------------------------------------------------------------ */

static void
note_pid(void *userdata)
{
	*(pid_t *)userdata = getpid();
}

CASE(the_child_forgets_what_it_was_told_to)
{
	struct helper_duties duties = {.daemon = "tested",
	    .config_path = conf_path,
	    .lock_path = lock_path,
	    .forget = note_pid};
	struct helper *helper = NULL;
	struct conf_diags *diags = conf_diags_new();
	struct conf_text *text = NULL;
	pid_t *forgot = mmap(NULL, sizeof(*forgot), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(forgot, MAP_FAILED);
	duties.userdata = forgot;
	write_conf("global_defs {\n}\n");
	assert_int_equal(helper_start(&duties, NULL, 0, &helper), 0);
	/* Once it answers, it has forgotten. */
	assert_int_equal(read_config(helper, diags, &text), 0);
	assert_int_equal(*forgot, helper_pid(helper));
	conf_text_free(text);
	conf_diags_free(diags);
	helper_dismiss(helper, true);
	assert_true(ends_within(helper_pid(helper), US_PER_S));
	helper_free(helper);
	assert_int_equal(munmap(forgot, sizeof(*forgot)), 0);
}

CASE(signals_that_stop_a_daemon_do_not_stop_it)
{
	static const int signals[] = {
	    SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE};
	struct helper *helper = start(-1);
	struct conf_diags *diags = conf_diags_new();
	struct conf_text *text = NULL;

	/* It has answered, so it has set itself up. */
	write_conf("global_defs {\n}\n");
	assert_int_equal(read_config(helper, diags, &text), 0);
	text = conf_text_free(text);
	for (size_t i = 0; i < COUNT_OF(signals); i++)
		assert_int_equal(kill(helper_pid(helper), signals[i]), 0);
	assert_int_equal(read_config(helper, diags, &text), 0);
	conf_text_free(text);
	conf_diags_free(diags);
	helper_dismiss(helper, true);
	assert_true(ends_within(helper_pid(helper), US_PER_S));
	helper_free(helper);
}

static unsigned
count_entries(const char *path)
{
	DIR *entries = opendir(path);
	unsigned count = 0;

	assert_non_null(entries);
	while (readdir(entries) != NULL)
		count++;
	(void)closedir(entries);
	return count - 2; /* . and .. */
}

static void
read_line(char *to, size_t room, pid_t pid, const char *name)
{
	char path[64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(to, (int)room, file));
	(void)fclose(file);
}

/* No descriptor of the daemon may live on in it: a lock would never end, a socket would
 * go on listening. */
CASE(it_holds_nothing_of_the_daemon)
{
	int lock = daemon_lock(dir), others[20];
	char path[64], text[256];
	struct helper *helper;

	write_conf("");
	for (size_t i = 0; i < COUNT_OF(others); i++)
		others[i] = open("/dev/null", O_RDONLY);
	helper = start(lock);

	struct conf_diags *diags = conf_diags_new();
	struct conf_text *conf = NULL;

	assert_int_equal(read_config(helper, diags, &conf), 0);
	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)helper_pid(helper));
	/* Standard streams, the socket, the daemon's pidfd; those of the answer close
	 * in a moment. */
	for (int i = 0; i < 200 && count_entries(path) > 5; i++)
		sleep_us(5 * US_PER_MS);
	assert_true(count_entries(path) <= 5);
	read_line(text, sizeof(text), helper_pid(helper), "cmdline");
	assert_string_equal(text, "tested-helper");
	read_line(text, sizeof(text), helper_pid(helper), "comm");
	assert_string_equal(text, "tested-helper\n");
	for (size_t i = 0; i < COUNT_OF(others); i++)
		(void)close(others[i]);
	(void)close(lock);
	assert_false(daemon_lock_held(lock_path));
	helper_dismiss(helper, true);
	assert_true(ends_within(helper_pid(helper), US_PER_S));
	helper_free(helper);
	conf_text_free(conf);
	conf_diags_free(diags);
}

/* ---- the configuration ------------------------------------------------------ */

static int
load(struct helper *helper, size_t *ret_findings, bool *ret_text)
{
	struct conf_diags *diags = conf_diags_new();
	struct conf_text *text = NULL;
	int r = read_config(helper, diags, &text);

	*ret_findings = conf_diags_count(diags);
	*ret_text = text != NULL;
	conf_text_free(text);
	conf_diags_free(diags);
	return r;
}

CASE(the_configuration_is_read_anew_each_time)
{
	struct helper *helper = start(-1);
	size_t findings;
	bool has_text;

	assert_int_equal(load(helper, &findings, &has_text), -ENOENT);
	assert_int_equal(findings, 1);
	assert_false(has_text);
	write_conf("global_defs {\n}\n");
	assert_int_equal(load(helper, &findings, &has_text), 0);
	assert_int_equal(findings, 0);
	assert_true(has_text);
	write_conf("include /nonexistent/other.conf\n");
	assert_int_equal(load(helper, &findings, &has_text), 0);
	assert_int_equal(findings, 1);
	assert_true(has_text);
	helper_dismiss(helper, true);
	assert_true(ends_within(helper_pid(helper), US_PER_S));
	helper_free(helper);
}

CASE(a_large_file_comes_over_whole)
{
	struct helper *helper = start(-1);
	struct conf_diags *diags = conf_diags_new();
	struct conf_text *text = NULL;
	struct conf_tree *tree = NULL;
	const struct conf_env env = {.config_id = "lb1"};
	FILE *file = fopen(conf_path, "we");
	char *printed;

	assert_non_null(file);
	for (int i = 0; i < 5000; i++)
		assert_true(fprintf(file,
				"vrrp_instance VI_%d {\n interface eth%d\n"
				" virtual_router_id %d\n virtual_ipaddress {\n"
				"  198.18.%d.%d/32\n }\n}\n",
				i, i / 250, i % 250 + 1, i / 250, i % 250) > 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(read_config(helper, diags, &text), 0);
	assert_int_equal(conf_tree_parse(text, &env, diags, &tree), 0);
	assert_int_equal(conf_diags_errors(diags), 0);
	printed = conf_tree_print(tree, false);
	assert_non_null(strstr(printed, "VI_4999"));
	free(printed);
	conf_tree_free(tree);
	conf_text_free(text);
	conf_diags_free(diags);
	helper_dismiss(helper, true);
	assert_true(ends_within(helper_pid(helper), US_PER_S));
	helper_free(helper);
}

CASE(a_helper_that_is_gone_is_an_error_and_no_hang)
{
	struct helper *helper = start(-1);
	size_t findings;
	bool has_text;

	assert_int_equal(kill(helper_pid(helper), SIGKILL), 0);
	assert_true(ends_within(helper_pid(helper), US_PER_S));
	assert_true(load(helper, &findings, &has_text) < 0);
	assert_false(has_text);
	helper_dismiss(helper, true);
	helper_free(helper);
}

/* It has answered, so it has set itself up. */
static void
await_start(struct helper *helper)
{
	size_t findings;
	bool has_text;

	write_conf("");
	assert_int_equal(load(helper, &findings, &has_text), 0);
}

CASE(a_pipe_as_the_configuration_is_refused)
{
	struct helper *helper = start(-1);
	size_t findings;
	bool has_text;

	await_start(helper);
	assert_int_equal(unlink(conf_path), 0);
	assert_int_equal(mkfifo(conf_path, 0600), 0);
	assert_int_equal(load(helper, &findings, &has_text), -EINVAL);
	assert_int_equal(findings, 1);
	helper_dismiss(helper, true);
	assert_true(ends_within(helper_pid(helper), US_PER_S));
	helper_free(helper);
}

/* Many requests must not fill the socket until the daemon stops, too. */
CASE(a_helper_that_is_stopped_holds_nobody_up)
{
	struct helper *helper = start(-1);
	struct conf_diags *diags = conf_diags_new();
	struct conf_text *text = NULL;
	int fd, r = 0;

	await_start(helper);
	assert_int_equal(kill(helper_pid(helper), SIGSTOP), 0);
	assert_int_equal(helper_load_config(helper, &fd), 0);
	assert_int_equal(helper_take_config(fd, diags, &text), -EAGAIN);
	(void)close(fd);
	for (int i = 0; r == 0 && i < 10000; i++) {
		r = helper_load_config(helper, &fd);
		if (r == 0)
			(void)close(fd);
	}
	assert_int_equal(r, -EAGAIN);
	assert_int_equal(kill(helper_pid(helper), SIGCONT), 0);
	helper_free(helper);
	conf_diags_free(diags);
}

/* ---- the lock --------------------------------------------------------------- */

CASE(one_lock_one_daemon)
{
	int lock = daemon_lock(dir);

	assert_true(lock >= 0);
	assert_true(daemon_lock_held(lock_path));
	assert_int_equal(daemon_lock(dir), -EBUSY);
	(void)close(lock);
	assert_false(daemon_lock_held(lock_path));
}

CASE(a_predecessor_that_is_just_leaving_is_waited_for)
{
	int ready[2];
	char byte;

	assert_int_equal(pipe(ready), 0);

	pid_t pid = fork();

	if (pid == 0) {
		if (daemon_lock(dir) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		sleep_us(200 * US_PER_MS);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);

	int lock = daemon_lock(dir);

	assert_true(lock >= 0);
	(void)close(lock);
	(void)close(ready[0]);
	(void)close(ready[1]);
	assert_true(ends_within(pid, US_PER_S));
}

CASE(the_run_directory_is_made)
{
	struct daemon_options options = {.run_base = dir};
	char path[128], small[5];
	struct stat st;

	assert_int_equal(daemon_run_dir(&options, "tested", path, sizeof(path)), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(daemon_run_dir(&options, "tested", path, sizeof(path)), 0);
	assert_int_equal(
	    daemon_run_dir(&options, "tested", small, sizeof(small)), -ENAMETOOLONG);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink("/tmp", path), 0);
	assert_true(daemon_run_dir(&options, "tested", path, sizeof(path)) < 0);
	assert_int_equal(unlink(path), 0);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    ROW(a_dead_daemon_without_successor_is_cleaned_up_after),
	    ROW(a_successor_within_the_grace_time_keeps_everything),
	    ROW(a_successor_that_dies_again_counts_as_none),
	    ROW(a_run_directory_that_vanished_holds_no_successor),
	    ROW(a_released_helper_goes_at_once),
	    ROW(a_daemon_that_expects_a_successor_and_gets_none_is_cleaned_up_after),
	    ROW(without_a_duty_the_guard_goes_home),
	    ROW(the_child_forgets_what_it_was_told_to),
	    ROW(signals_that_stop_a_daemon_do_not_stop_it),
	    ROW(it_holds_nothing_of_the_daemon),
	    ROW(the_configuration_is_read_anew_each_time),
	    ROW(a_large_file_comes_over_whole),
	    ROW(a_helper_that_is_gone_is_an_error_and_no_hang),
	    ROW(a_pipe_as_the_configuration_is_refused),
	    ROW(a_helper_that_is_stopped_holds_nobody_up),
	    ROW(one_lock_one_daemon),
	    ROW(a_predecessor_that_is_just_leaving_is_waited_for),
	    ROW(the_run_directory_is_made),
	};

	(void)prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
	log_open("test_helper", LOG_TARGET_STDERR, LOG_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

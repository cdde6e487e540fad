/* SPDX-License-Identifier: Apache-2.0 */
/* test_writer.c - files written by a thread, outcomes reported in the loop. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "common/writer.h"

struct fixture {
	sd_event *event;
	struct writer *writer;
	char dir[64];
	int outcomes[64];
	unsigned count;
};

static void
note_outcome(void *userdata, int error)
{
	struct fixture *f = userdata;

	f->outcomes[f->count++ % 64] = error;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/test_writer.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_true(sd_event_new(&f->event) >= 0);
	assert_int_equal(writer_new(f->event, &f->writer), 0);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	writer_free(f->writer);
	sd_event_unref(f->event);
	(void)snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

static const char *
path_in(const struct fixture *f, const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	return path;
}

static const char *
content_of(const char *path)
{
	static char text[65536];
	FILE *file = fopen(path, "re");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	(void)fclose(file);
	return text;
}

static void
run_until(struct fixture *f, unsigned outcomes)
{
	for (int i = 0; i < 500 && f->count < outcomes; i++)
		assert_true(sd_event_run(f->event, 10000) >= 0);
	assert_int_equal(f->count, outcomes);
}

static void
replaces_a_file_and_reports_it(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(
	    writer_replace(f->writer, path_in(f, "a"), "one", 3, note_outcome, f), 0);
	assert_int_equal(
	    writer_replace(f->writer, path_in(f, "a"), "two", 3, note_outcome, f), 0);
	run_until(f, 2);
	assert_int_equal(f->outcomes[0], 0);
	assert_int_equal(f->outcomes[1], 0);
	assert_string_equal(content_of(path_in(f, "a")), "two");
	assert_int_equal(stat(path_in(f, "a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(access(path_in(f, "a.new"), F_OK), -1);
}

static void
write_again(void *userdata, int error)
{
	struct fixture *f = userdata;

	assert_int_equal(error, 0);
	assert_int_equal(
	    writer_append(f->writer, path_in(f, "late"), "late\n", 5, note_outcome, f),
	    0);
}

static void
what_an_outcome_writes_at_the_end_is_written_too(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    writer_append(f->writer, path_in(f, "late"), "one\n", 4, write_again, f),
	    0);
	writer_free(f->writer);
	f->writer = NULL;
	assert_int_equal(f->count, 1);
	assert_string_equal(content_of(path_in(f, "late")), "one\nlate\n");
}

static void
appends_lines_in_order(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 10; i++) {
		char line[16];
		int len = snprintf(line, sizeof(line), "%d\n", i);

		assert_int_equal(writer_append(f->writer, path_in(f, "log"), line,
				     (size_t)len, note_outcome, f),
		    0);
	}
	run_until(f, 10);
	assert_string_equal(
	    content_of(path_in(f, "log")), "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
}

static void
reports_a_directory_that_is_not_there(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    writer_replace(f->writer, path_in(f, "none/a"), "x", 1, note_outcome, f),
	    0);
	assert_int_equal(
	    writer_append(f->writer, path_in(f, "none/a"), "x", 1, note_outcome, f), 0);
	run_until(f, 2);
	assert_int_equal(f->outcomes[0], -ENOENT);
	assert_int_equal(f->outcomes[1], -ENOENT);
}

static void
refuses_to_follow_a_link_planted_in_its_way(void **state)
{
	struct fixture *f = *state;
	char target[256];

	(void)snprintf(target, sizeof(target), "%s", path_in(f, "victim"));
	assert_int_equal(symlink(target, path_in(f, "b.new")), 0);
	assert_int_equal(
	    writer_replace(f->writer, path_in(f, "b"), "x", 1, note_outcome, f), 0);
	run_until(f, 1);
	assert_int_equal(f->outcomes[0], -ELOOP);
	assert_int_equal(access(target, F_OK), -1);
}

static void
finishes_what_is_queued_before_it_is_freed(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 20; i++)
		assert_int_equal(writer_append(f->writer, path_in(f, "log"), "x", 1,
				     note_outcome, f),
		    0);
	f->writer = writer_free(f->writer);
	assert_int_equal(f->count, 20);
	assert_int_equal(strlen(content_of(path_in(f, "log"))), 20);
}

static unsigned
threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	unsigned count = 0;

	assert_non_null(tasks);
	while (readdir(tasks) != NULL)
		count++;
	(void)closedir(tasks);
	return count - 2; /* . and .. */
}

/* A pipe that nobody reads blocks who opens it, as a disk that hangs. */
static void
a_disk_that_hangs_does_not_hold_the_end_up(void **state)
{
	struct fixture *f = *state;
	unsigned others;
	int fd;

	assert_int_equal(mkfifo(path_in(f, "stuck"), 0600), 0);
	others = threads() - 1;
	assert_int_equal(
	    writer_append(f->writer, path_in(f, "stuck"), "x", 1, note_outcome, f), 0);
	assert_int_equal(
	    writer_append(f->writer, path_in(f, "log"), "x", 1, note_outcome, f), 0);
	f->writer = writer_free(f->writer);
	assert_int_equal(f->count, 2);
	assert_int_equal(f->outcomes[0], -ETIMEDOUT);
	assert_int_equal(f->outcomes[1], -ETIMEDOUT);
	/* The disk is back: the thread that was left behind ends and takes all with it. */
	fd = open(path_in(f, "stuck"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	for (int i = 0; i < 500 && threads() > others; i++)
		(void)usleep(10000);
	assert_int_equal(threads(), others);
	assert_int_equal(access(path_in(f, "log"), F_OK), -1);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		replaces_a_file_and_reports_it, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		what_an_outcome_writes_at_the_end_is_written_too, setup, teardown),
	    cmocka_unit_test_setup_teardown(appends_lines_in_order, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		reports_a_directory_that_is_not_there, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		refuses_to_follow_a_link_planted_in_its_way, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		finishes_what_is_queued_before_it_is_freed, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_disk_that_hangs_does_not_hold_the_end_up, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

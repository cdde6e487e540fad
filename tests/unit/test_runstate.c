/* SPDX-License-Identifier: Apache-2.0 */
/* test_runstate.c - roles that outlive a process, and files that are not to be trusted.
 */
#include "vrrpd/runstate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/clock.h"
#include "tests/unit/unit.h"

static char dir[64], path[96];

static int
set_up(void **state __attribute__((unused)))
{
	(void)snprintf(dir, sizeof(dir), "/tmp/test_runstate.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/state", dir);
	return 0;
}

static int
tear_down(void **state __attribute__((unused)))
{
	(void)unlink(path);
	(void)rmdir(path);
	return rmdir(dir);
}

static struct runstate *
open_room(size_t room)
{
	struct runstate *roles = NULL;

	assert_int_equal(runstate_open(dir, room, &roles), 0);
	return roles;
}

/* A file in which VRID 51 is Master. Returns when it advertised last. */
static int64_t
leave_a_master(void)
{
	struct runstate *roles = open_room(10);
	struct runstate_record *record = runstate_get(roles, "eth0", AF_INET, 51);
	int64_t now_us = clock_now_us();

	assert_non_null(record);
	record->master_since_us = now_us - 5000000;
	record->last_advert_us = now_us;
	record->transitions = 3;
	runstate_close(roles);
	return now_us;
}

static int64_t
last_advert(struct runstate *roles)
{
	return runstate_get(roles, "eth0", AF_INET, 51)->last_advert_us;
}

/* Overwrites bytes of the file. */
static void
damage(off_t at, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), len);
	(void)close(fd);
}

CASE(a_new_record_is_nobody_s_master)
{
	struct runstate *roles = open_room(1);
	const struct runstate_record *record = runstate_get(roles, "eth0", AF_INET, 51);

	assert_string_equal(record->ifname, "eth0");
	assert_int_equal(record->vrid, 51);
	assert_int_equal(record->family, AF_INET);
	assert_int_equal(record->master_since_us, 0);
	assert_int_equal(record->last_advert_us, 0);
	runstate_close(roles);
}

CASE(a_role_is_found_again)
{
	int64_t at_us = leave_a_master();
	struct runstate *roles = open_room(10);

	assert_int_equal(last_advert(roles), at_us);
	assert_int_equal(runstate_get(roles, "eth0", AF_INET, 51)->transitions, 3);
	runstate_close(roles);
}

CASE(a_killed_process_leaves_what_it_stored_last)
{
	int64_t at_us = 0;
	int ends[2], status;

	assert_int_equal(pipe(ends), 0);

	pid_t pid = fork();

	if (pid == 0) {
		struct runstate *roles = open_room(10);
		struct runstate_record *record =
		    runstate_get(roles, "eth0", AF_INET, 51);

		record->last_advert_us = clock_now_us();
		if (write(ends[1], &record->last_advert_us, sizeof(int64_t)) < 0)
			_exit(1);
		(void)kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(read(ends[0], &at_us, sizeof(at_us)), sizeof(at_us));
	(void)close(ends[0]);
	(void)close(ends[1]);

	struct runstate *roles = open_room(10);

	assert_int_equal(last_advert(roles), at_us);
	runstate_close(roles);
}

CASE(interface_family_and_vrid_tell_records_apart)
{
	struct runstate *roles = open_room(10);
	const struct runstate_record *records[] = {
	    runstate_get(roles, "eth0", AF_INET, 51),
	    runstate_get(roles, "eth1", AF_INET, 51),
	    runstate_get(roles, "eth0", AF_INET6, 51),
	    runstate_get(roles, "eth0", AF_INET, 52),
	};

	for (size_t i = 0; i < COUNT_OF(records); i++)
		for (size_t j = i + 1; j < COUNT_OF(records); j++)
			assert_ptr_not_equal(records[i], records[j]);
	assert_ptr_equal(runstate_get(roles, "eth0", AF_INET6, 51), records[2]);
	runstate_close(roles);
}

CASE(there_is_room_for_as_many_as_were_asked_for)
{
	struct runstate *roles = open_room(1000);
	char name[16];

	for (int i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof(name), "eth%d", i / 200);
		assert_non_null(
		    runstate_get(roles, name, AF_INET, (uint8_t)(1 + i % 200)));
	}
	runstate_close(roles);
}

CASE(growing_keeps_the_records)
{
	int64_t at_us = leave_a_master();
	struct runstate *roles = open_room(10);

	assert_int_equal(runstate_resize(roles, 5000), 0);
	assert_int_equal(last_advert(roles), at_us);
	runstate_get(roles, "eth0", AF_INET, 51)->last_advert_us = at_us - 7;
	runstate_close(roles);
	roles = open_room(1);
	assert_int_equal(last_advert(roles), at_us - 7);
	runstate_close(roles);
}

CASE(a_forgotten_record_is_gone_and_its_place_is_used_again)
{
	struct runstate *roles = NULL;

	(void)leave_a_master();
	roles = open_room(10);
	runstate_forget(runstate_get(roles, "eth0", AF_INET, 51));
	assert_int_equal(last_advert(roles), 0);
	for (int i = 0; i < 100000; i++)
		runstate_forget(
		    runstate_get(roles, "eth0", AF_INET, (uint8_t)(1 + i % 255)));
	assert_non_null(runstate_get(roles, "eth0", AF_INET, 1));
	runstate_close(roles);
}

CASE(a_file_that_is_no_state_is_replaced)
{
	static const char *const texts[] = {"", "x", "HAVEN", "HAVEN\0RS and no more"};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		assert_int_equal(
		    write(fd, texts[i], strlen(texts[i])), strlen(texts[i]));
		(void)close(fd);

		struct runstate *roles = open_room(10);

		assert_int_equal(last_advert(roles), 0);
		runstate_close(roles);
	}
}

CASE(a_file_cut_short_is_replaced)
{
	struct stat st;

	(void)leave_a_master();
	assert_int_equal(stat(path, &st), 0);
	for (off_t len = 0; len < st.st_size; len += 97) {
		struct runstate *roles;

		(void)leave_a_master();
		assert_int_equal(truncate(path, len), 0);
		roles = open_room(10);
		assert_int_equal(last_advert(roles), 0);
		runstate_close(roles);
	}
}

/* Whatever single byte is wrong, opening works, and no record has times to come. */
CASE(a_damaged_byte_anywhere_is_survived)
{
	struct stat st;
	const uint8_t bad = 0xff;

	(void)leave_a_master();
	assert_int_equal(stat(path, &st), 0);
	for (off_t at = 0; at < st.st_size; at++) {
		struct runstate *roles;
		const struct runstate_record *record;

		damage(at, &bad, 1);
		roles = open_room(10);
		record = runstate_get(roles, "eth0", AF_INET, 51);
		assert_non_null(record);
		assert_true(record->last_advert_us <= clock_now_us());
		assert_true(record->last_advert_us >= 0);
		assert_true(record->master_since_us <= clock_now_us());
		runstate_close(roles);
	}
}

CASE(a_time_to_come_is_not_believed)
{
	struct runstate *roles = open_room(10);

	runstate_get(roles, "eth0", AF_INET, 51)->last_advert_us =
	    clock_now_us() + 3600000000;
	runstate_close(roles);
	roles = open_room(10);
	assert_int_equal(last_advert(roles), 0);
	runstate_close(roles);
}

CASE(records_of_an_earlier_boot_are_cleared)
{
	static const char earlier[] = "00000000-0000-0000-0000-000000000000";
	struct runstate *roles;

	(void)leave_a_master();
	damage(24, earlier, strlen(earlier));
	roles = open_room(10);
	assert_int_equal(last_advert(roles), 0);
	runstate_close(roles);
}

/* A link could lead to a file that is not ours to write. */
CASE(a_link_is_not_followed)
{
	char target[96], byte = 0;
	struct runstate *roles;
	int fd;

	(void)snprintf(target, sizeof(target), "%s/target", dir);
	fd = open(target, O_RDWR | O_CREAT, 0600);
	assert_int_equal(write(fd, "k", 1), 1);
	assert_int_equal(symlink(target, path), 0);
	roles = open_room(10);
	runstate_get(roles, "eth0", AF_INET, 51)->last_advert_us = 1;
	runstate_close(roles);
	assert_int_equal(pread(fd, &byte, 1, 0), 1);
	assert_int_equal(byte, 'k');
	(void)close(fd);
	(void)unlink(target);
}

CASE(a_directory_that_is_not_there_is_an_error)
{
	struct runstate *roles = NULL;

	assert_int_equal(runstate_open("/nonexistent", 1, &roles), -ENOENT);
	assert_null(roles);
}

/* An end by itself is told from a kill; a file that is not there says nothing. */
static void
a_kill_is_told_from_an_end(void **state __attribute__((unused)))
{
	struct runstate *roles = open_room(1);

	assert_false(runstate_is_after_kill(roles));
	runstate_close(roles);
	roles = open_room(1);
	assert_true(runstate_is_after_kill(roles));
	assert_int_equal(runstate_resize(roles, 500), 0);
	runstate_end(roles);
	runstate_close(roles);
	roles = open_room(1);
	assert_false(runstate_is_after_kill(roles));
	runstate_close(roles);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    ROW(a_new_record_is_nobody_s_master),
	    ROW(a_role_is_found_again),
	    ROW(a_killed_process_leaves_what_it_stored_last),
	    ROW(a_kill_is_told_from_an_end),
	    ROW(interface_family_and_vrid_tell_records_apart),
	    ROW(there_is_room_for_as_many_as_were_asked_for),
	    ROW(growing_keeps_the_records),
	    ROW(a_forgotten_record_is_gone_and_its_place_is_used_again),
	    ROW(a_file_that_is_no_state_is_replaced),
	    ROW(a_file_cut_short_is_replaced),
	    ROW(a_damaged_byte_anywhere_is_survived),
	    ROW(a_time_to_come_is_not_believed),
	    ROW(records_of_an_earlier_boot_are_cleared),
	    ROW(a_link_is_not_followed),
	    ROW(a_directory_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

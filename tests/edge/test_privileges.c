/* SPDX-License-Identifier: Apache-2.0 */
/* test_privileges.c - what is left of root after the daemon let go of it. */
#include "common/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/log.h"
#include "tests/edge/two_hosts.h"
#include "tests/unit/unit.h"

#define CAPABILITIES "cap_net_admin,cap_net_raw=ep"

static char dir[64];
static uid_t nobody;

static int
set_up(void **state __attribute__((unused)))
{
	const struct passwd *entry = getpwnam("nobody");

	if (entry == NULL)
		return -1;
	nobody = entry->pw_uid;
	(void)snprintf(dir, sizeof(dir), "/tmp/test_privileges.XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
tear_down(void **state __attribute__((unused)))
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

/* Drops privileges in a child and lets it judge itself. */
static void
in_child(const char *user, bool (*judge)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		const struct daemon_options options = {.user = user};
		const gid_t groups[] = {4, 24};

		if (setgroups(COUNT_OF(groups), groups) < 0)
			_exit(2);
		if (daemon_drop_privileges(&options, dir, CAPABILITIES) < 0)
			_exit(3);
		_exit(judge() ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static bool
is_nobody(void)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	return getresuid(&r, &e, &s) == 0 && r == nobody && e == nobody &&
	       s == nobody && getresgid(&gr, &ge, &gs) == 0 && gr == ge && ge == gs &&
	       gr != 0 && getgroups(0, NULL) == 0;
}

CASE(it_is_that_user_and_of_no_other_group)
{
	in_child("nobody", is_nobody);
}

CASE(a_user_that_does_not_exist_is_replaced_by_nobody)
{
	in_child("no-such-user-here", is_nobody);
}

static bool
has_only(cap_flag_t flag)
{
	cap_t have = cap_get_proc();
	bool right = have != NULL;

	for (cap_value_t cap = 0; right && cap < cap_max_bits(); cap++) {
		cap_flag_value_t set = CAP_CLEAR;
		bool wanted = cap == CAP_NET_ADMIN || cap == CAP_NET_RAW;

		right = cap_get_flag(have, cap, flag, &set) == 0 &&
			(set == CAP_SET) == wanted;
	}
	(void)cap_free(have);
	return right;
}

static bool
has_two_capabilities(void)
{
	return has_only(CAP_EFFECTIVE) && has_only(CAP_PERMITTED);
}

CASE(two_capabilities_are_left)
{
	in_child("nobody", has_two_capabilities);
}

static bool
is_bounded(void)
{
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if ((cap_get_bound(cap) == 1) !=
		    (cap == CAP_NET_ADMIN || cap == CAP_NET_RAW))
			return false;
	return true;
}

CASE(no_other_can_come_back)
{
	in_child("nobody", is_bounded);
}

static bool
is_hardened(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) == 1 &&
	       prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) == 0 && setuid(0) < 0;
}

CASE(it_gains_nothing_by_executing_and_dumps_no_core)
{
	in_child("nobody", is_hardened);
}

static bool
can_open_raw_sockets(void)
{
	return socket(AF_INET, SOCK_RAW, 112) >= 0 &&
	       socket(AF_PACKET, SOCK_RAW, 0) >= 0;
}

CASE(raw_sockets_can_still_be_opened)
{
	in_child("nobody", can_open_raw_sockets);
}

/* ---- the run directory ------------------------------------------------------ */

static void
make_file(const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);

	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	(void)close(fd);
}

static uid_t
owner_of(const char *name)
{
	char path[128];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(lstat(path, &st), 0);
	return st.st_uid;
}

static bool
can_write_run_dir(void)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/made", dir);
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) >= 0;
}

CASE(the_run_directory_and_its_files_are_given_away)
{
	make_file("state");
	in_child("nobody", can_write_run_dir);
	assert_int_equal(owner_of("."), nobody);
	assert_int_equal(owner_of("state"), nobody);
}

/* Whoever owns the directory could have put a second name of a foreign file there. */
CASE(a_file_with_two_names_and_a_link_are_not_given_away)
{
	char path[128], other[160];

	make_file("secret");
	(void)snprintf(path, sizeof(path), "%s/secret", dir);
	(void)snprintf(other, sizeof(other), "%s/name", dir);
	assert_int_equal(link(path, other), 0);
	(void)snprintf(other, sizeof(other), "%s/link", dir);
	assert_int_equal(symlink("/etc/hostname", other), 0);
	in_child("nobody", can_write_run_dir);
	assert_int_equal(owner_of("secret"), 0);
	assert_int_equal(owner_of("name"), 0);
	assert_int_equal(owner_of("link"), 0);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    ROW(it_is_that_user_and_of_no_other_group),
	    ROW(a_user_that_does_not_exist_is_replaced_by_nobody),
	    ROW(two_capabilities_are_left),
	    ROW(no_other_can_come_back),
	    ROW(it_gains_nothing_by_executing_and_dumps_no_core),
	    ROW(raw_sockets_can_still_be_opened),
	    ROW(the_run_directory_and_its_files_are_given_away),
	    ROW(a_file_with_two_names_and_a_link_are_not_given_away),
	};

	two_hosts_need_root();
	log_open("test_privileges", LOG_TARGET_STDERR, LOG_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

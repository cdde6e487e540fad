/* SPDX-License-Identifier: Apache-2.0 */
/* test_ctl_listen.c - sockets that are made, and those that a service manager passes. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "common/ctl_listen.h"

#define PASSED 3 /* the first one, sd_listen_fds(3) */

static char dir[64];

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/test_ctl_listen.XXXXXX");
	return mkdtemp(dir) == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	return rmdir(dir);
}

static const char *
path_of(const char *name)
{
	static char path[108];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
a_socket_is_made_and_removed(void **state)
{
	struct ctl_listener listener = {.fd = -1};
	struct stat st;

	(void)state;
	assert_int_equal(
	    ctl_listener_open(dir, "control.sock", 0660, CTL_NO_GROUP, &listener), 0);
	assert_int_equal(stat(path_of("control.sock"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	ctl_listener_close(&listener);
	assert_int_equal(access(path_of("control.sock"), F_OK), -1);
}

/* In a child, as the number of the descriptor is fixed. Returns which check failed. */
static int
take_what_was_passed(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct ctl_listener passed = {.fd = -1}, other = {.fd = -1};
	char pid[16];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/control.sock", dir);
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 1) < 0 || dup2(fd, PASSED) != PASSED)
		return 1;
	if (setenv("LISTEN_FDS", "1", 1) < 0 || setenv("LISTEN_PID", pid, 1) < 0)
		return 2;
	if (ctl_listener_open(dir, "public.sock", 0666, CTL_NO_GROUP, &other) < 0 ||
	    other.fd == PASSED)
		return 3;
	if (ctl_listener_open(dir, "control.sock", 0660, CTL_NO_GROUP, &passed) < 0 ||
	    passed.fd != PASSED)
		return 4;
	if ((fcntl(PASSED, F_GETFL) & O_NONBLOCK) == 0 ||
	    (fcntl(PASSED, F_GETFD) & FD_CLOEXEC) == 0)
		return 5;
	ctl_listener_close(&other);
	ctl_listener_close(&passed);
	/* Who made it removes it. */
	return unlink(address.sun_path) == 0 ? 0 : 6;
}

static void
a_socket_that_was_passed_is_taken(void **state)
{
	int status = -1;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(take_what_was_passed());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_socket_is_made_and_removed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_socket_that_was_passed_is_taken, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

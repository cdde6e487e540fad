/* SPDX-License-Identifier: Apache-2.0 */
/* helper_child.c - the helper process itself: starts what is asked for in processes of
 * their own, and stands guard when the daemon is gone.
 *
 * Nothing that it does for the daemon may keep it from that: not a file on a server
 * that does not answer, nor a directory service. It holds nothing of the daemon but its
 * end of the socket pair and the standard streams. Signals that stop a daemon do not
 * stop it: the daemon dismisses it, or dies.
 */
#include "common/helper_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/daemon.h"
#include "common/log.h"
#include "common/units.h"

#define TITLE_SIZE 32
#define REAP_MS 100  /* between looks at a child that runs */
#define END_TRIES 50 /* looks, 2 ms each, at one that was killed */

/* What a process of its own does, each one at a time. */
enum task { TASK_LOAD = 0, TASK_GROUPS, TASK_TEST, TASK_COUNT_ };

struct child {
	struct helper_duties duties; /* own copies */
	char title[TITLE_SIZE];
	int fd;                   /* to the daemon */
	int daemon_fd;            /* pidfd of the daemon, or -1 where there are none */
	pid_t tasks[TASK_COUNT_]; /* not reaped yet; 0: there is none */
};

/* ---- becoming a process of its own ------------------------------------------ */

static void
set_signals(void)
{
	static const int ignored[] = {
	    SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE};
	sigset_t none;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* How much room the command line has that `ps` shows, from the start of argv[0]. */
static size_t
command_line_room(void)
{
	char text[4096];
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, text, sizeof(text));

	if (fd >= 0)
		(void)close(fd);
	return len > 0 ? (size_t)len : 0;
}

/* Writes the title over the command line and the short name. The daemon's own options
 * point into that memory, so all that is needed of them was copied before. */
static void
set_title(const char *title)
{
	size_t room = command_line_room();

	(void)prctl(PR_SET_NAME, title, 0L, 0L, 0L);
	if (room == 0)
		return;
	memset(program_invocation_name, 0, room);
	(void)snprintf(program_invocation_name, room, "%s", title);
}

/* Only the standard streams and `keep` stay open. */
static void
close_others(int keep)
{
	(void)close_range(STDERR_FILENO + 1, (unsigned)keep - 1, 0);
	(void)close_range((unsigned)keep + 1, ~0U, 0);
}

static char *
copy_text(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		_exit(EXIT_FAILURE);
	return copy;
}

static void
child_init(
    struct child *child, const struct helper_duties *duties, int fd, pid_t daemon)
{
	child->duties = *duties;
	child->duties.daemon = copy_text(duties->daemon);
	child->duties.config_path = copy_text(duties->config_path);
	child->duties.lock_path = copy_text(duties->lock_path);
	if (duties->control_path != NULL)
		child->duties.control_path = copy_text(duties->control_path);
	if (duties->log_dir != NULL)
		child->duties.log_dir = copy_text(duties->log_dir);
	if (duties->config_id != NULL)
		child->duties.config_id = copy_text(duties->config_id);
	memset(child->tasks, 0, sizeof(child->tasks));
	child->fd = fd;
	(void)snprintf(child->title, sizeof(child->title), "%s-helper", duties->daemon);
	set_signals();
	(void)setsid();
	close_others(fd);
	/* Only after the descriptors are closed: the log opens one of its own. */
	log_open(child->title, LOG_TARGET_AUTO, log_level());
	child->daemon_fd = pidfd_open(daemon, 0);
	set_title(child->title);
}

/* ---- tasks ------------------------------------------------------------------ */

/* One that hangs in the kernel, as on a file server that is gone, may stay after a
 * kill: it is not waited for. Returns whether there is none any more. */
static bool
end_task(struct child *child, enum task task)
{
	pid_t pid = child->tasks[task];

	if (pid == 0)
		return true;
	(void)kill(pid, SIGKILL);
	for (int i = 0; i < END_TRIES; i++) {
		if (waitpid(pid, NULL, WNOHANG) != 0) {
			child->tasks[task] = 0;
			return true;
		}
		(void)poll(NULL, 0, 2);
	}
	return false;
}

static void
reap_tasks(struct child *child)
{
	for (size_t i = 0; i < TASK_COUNT_; i++)
		if (child->tasks[i] != 0 &&
		    waitpid(child->tasks[i], NULL, WNOHANG) != 0)
			child->tasks[i] = 0;
}

static bool
has_task(const struct child *child)
{
	for (size_t i = 0; i < TASK_COUNT_; i++)
		if (child->tasks[i] != 0)
			return true;
	return false;
}

/* SIGALRM ends the process, whatever it waits for. */
static void
limit_time(int64_t span_us)
{
	const struct itimerval timer = {.it_value = {
					    .tv_sec = span_us / US_PER_S,
					    .tv_usec = span_us % US_PER_S,
					}};

	(void)signal(SIGALRM, SIG_DFL);
	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

static void __attribute__((noreturn))
run_task(struct child *child, const struct helper_request *request, int fd)
{
	const struct helper_duties *duties = &child->duties;

	/* It must not outlive the helper, nor go before the daemon, whose rank it has.
	 */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0L, 0L, 0L);
	(void)setpriority(PRIO_PROCESS, 0, 0);
	(void)close(child->fd);
	limit_time(duties->task_wait_us != 0             ? duties->task_wait_us
		   : request->kind == HELPER_LOAD_CONFIG ? HELPER_LOAD_WAIT_US
							 : HELPER_TASK_WAIT_US);
	if (request->kind == HELPER_LOAD_CONFIG)
		helper_load_run(duties, fd);
	if (request->kind == HELPER_FIND_GROUPS ||
	    request->kind == HELPER_FIND_GROUPS_ONLY)
		helper_groups_run(duties, request->kind == HELPER_FIND_GROUPS, fd);
	helper_test_run(duties, request->kind == HELPER_TEST_CONFIG_REDACTED, fd);
}

/* Where there can be no process for it, the daemon reads the end of `fd`. */
static void
start_task(
    struct child *child, enum task task, const struct helper_request *request, int fd)
{
	pid_t pid;

	if (fd < 0 || !end_task(child, task))
		return;
	pid = fork();
	if (pid == 0)
		run_task(child, request, fd);
	if (pid > 0)
		child->tasks[task] = pid;
}

/* ---- guard ------------------------------------------------------------------ */

static int
ms_until(int64_t at_us)
{
	int64_t left_us = at_us - clock_now_us();

	return left_us <= 0 ? 0 : (int)((left_us + US_PER_MS - 1) / US_PER_MS);
}

/* Waits until the daemon's process has ended: before that it may still hold the lock.
 */
static void
await_death(const struct child *child, int64_t until_us)
{
	struct pollfd p = {.fd = child->daemon_fd, .events = POLLIN};

	while (poll(&p, 1, ms_until(until_us)) < 0 && errno == EINTR)
		continue;
}

static void
sleep_until(int64_t at_us)
{
	while (ms_until(at_us) > 0)
		(void)poll(NULL, 0, ms_until(at_us));
}

/* The daemon is gone and may have left addresses behind. A successor may come within
 * the grace time. One that came and died again counts as none, so only the end of that
 * time decides. */
static void __attribute__((noreturn)) stand_guard(const struct child *child)
{
	const struct helper_duties *duties = &child->duties;
	int64_t until_us = clock_now_us() + duties->grace_us;

	if (duties->cleanup == NULL)
		_exit(EXIT_SUCCESS);
	await_death(child, until_us);
	sleep_until(until_us);
	if (!daemon_lock_held(duties->lock_path)) {
		log_warning("%s is gone and nobody took over its state within %lld ms: "
			    "cleaning up",
		    duties->daemon, (long long)(duties->grace_us / US_PER_MS));
		duties->cleanup();
	}
	_exit(EXIT_SUCCESS);
}

/* `fd` came with the request, or is -1. */
static void
serve(struct child *child, const struct helper_request *request, int fd)
{
	switch ((enum helper_request_kind)request->kind) {
	case HELPER_LOAD_CONFIG:
		start_task(child, TASK_LOAD, request, fd);
		break;
	case HELPER_FIND_GROUPS:
	case HELPER_FIND_GROUPS_ONLY:
		start_task(child, TASK_GROUPS, request, fd);
		break;
	case HELPER_TEST_CONFIG:
	case HELPER_TEST_CONFIG_REDACTED:
		start_task(child, TASK_TEST, request, fd);
		break;
	case HELPER_DISMISS_RELEASED:
		_exit(EXIT_SUCCESS);
	case HELPER_DISMISS_KEPT:
		stand_guard(child);
	}
}

/* Until then it looks now and then whether a task has ended. */
static void
await_request(struct child *child)
{
	struct pollfd p = {.fd = child->fd, .events = POLLIN};

	while (poll(&p, 1, has_task(child) ? REAP_MS : -1) <= 0)
		reap_tasks(child);
}

/* The one descriptor of a message, or -1. All of another number are closed: padding
 * makes room for more than were asked for. */
static int
take_descriptor(struct msghdr *msg)
{
	const struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	int fds[CMSG_SPACE(sizeof(int)) / sizeof(int)];
	size_t count;

	if (cmsg == NULL || cmsg->cmsg_level != SOL_SOCKET ||
	    cmsg->cmsg_type != SCM_RIGHTS)
		return -1;
	count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(cmsg), count * sizeof(int));
	if (count == 1)
		return fds[0];
	for (size_t i = 0; i < count; i++)
		(void)close(fds[i]);
	return -1;
}

/* A request, and the descriptor that came with it, if any. Returns as recv(2). */
static ssize_t
receive(const struct child *child, struct helper_request *ret, int *ret_fd)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {ret, sizeof(*ret)};
	struct msghdr msg = {
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(child->fd, &msg, MSG_CMSG_CLOEXEC);

	if (len >= 0)
		*ret_fd = take_descriptor(&msg);
	return len;
}

void
helper_child_run(const struct helper_duties *duties, int fd, pid_t daemon)
{
	struct helper_request request;
	struct child child;

	child_init(&child, duties, fd, daemon);
	for (;;) {
		int passed = -1;

		await_request(&child);
		ssize_t len = receive(&child, &request, &passed);

		if (len == sizeof(request))
			serve(&child, &request, passed);
		else if (len >= 0 || errno != EINTR)
			stand_guard(&child);
		if (passed >= 0)
			(void)close(passed);
	}
}

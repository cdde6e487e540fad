/* SPDX-License-Identifier: Apache-2.0 */
/* helper.c - the daemon's side of its helper: start it, ask it, miss it, dismiss it. */
#include "common/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/event.h"
#include "common/helper_wire.h"
#include "common/log.h"

struct helper {
	int fd;
	pid_t pid;
	const char *daemon;
	bool guards; /* it has something to do when the daemon is dead */
	bool is_gone;
	sd_event_source *death; /* NULL: nobody looks, or it is gone */
};

/* ---- start and end ---------------------------------------------------------- */

int
helper_start(const struct helper_duties *duties, const int close_in_child[],
    unsigned close_count, struct helper **ret)
{
	struct helper *helper = calloc(1, sizeof(*helper));
	pid_t daemon = getpid();
	int pair[2];

	if (helper == NULL)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		int error = errno;

		free(helper);
		return -error;
	}
	helper->fd = pair[0];
	helper->daemon = duties->daemon;
	helper->guards = duties->cleanup != NULL;
	helper->pid = fork();
	if (helper->pid == 0) {
		for (unsigned i = 0; i < close_count; i++)
			(void)close(close_in_child[i]);
		free(helper); /* the parent's handle */
		if (duties->forget != NULL)
			duties->forget(duties->userdata);
		(void)malloc_trim(0);
		helper_child_run(duties, pair[1], daemon);
	}

	int error = errno;

	(void)close(pair[1]);
	if (helper->pid < 0) {
		helper_free(helper);
		return -error;
	}
	*ret = helper;
	return 0;
}

pid_t
helper_pid(const struct helper *helper)
{
	return helper->pid;
}

struct helper *
helper_free(struct helper *helper)
{
	if (helper == NULL)
		return NULL;
	sd_event_source_disable_unref(helper->death);
	(void)close(helper->fd);
	free(helper);
	return NULL;
}

/* ---- its death -------------------------------------------------------------- */

/* Another one cannot be had: the daemon is no longer root, and who could make it so
 * would give root to whoever broke into the daemon. */
static void
tell_death(const struct helper *helper, int status)
{
	char how[64];

	if (WIFSIGNALED(status))
		(void)snprintf(how, sizeof(how), "was killed by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		(void)snprintf(
		    how, sizeof(how), "ended with status %d", WEXITSTATUS(status));
	log_err("%s-helper: process %d %s: no reload is possible%s; restart %s%s",
	    helper->daemon, (int)helper->pid, how,
	    helper->guards
		? ", and if vrrpd is killed, too, nobody takes its addresses "
		  "away"
		: "",
	    helper->daemon, helper->guards ? " when its roles can move" : "");
}

static int
on_death(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct helper *helper = userdata;
	int status = 0;

	(void)source;
	(void)fd;
	(void)revents;
	if (waitpid(helper->pid, &status, WNOHANG) == 0)
		return 0;
	helper->death = sd_event_source_disable_unref(helper->death);
	helper->is_gone = true;
	tell_death(helper, status);
	return 0;
}

int
helper_watch(struct helper *helper, sd_event *event)
{
	int fd = pidfd_open(helper->pid, 0);
	int r;

	if (fd < 0)
		return -errno;
	r = sd_event_add_io(event, &helper->death, fd, EPOLLIN, on_death, helper);
	if (r < 0) {
		(void)close(fd);
		return r;
	}
	(void)sd_event_source_set_io_fd_own(helper->death, true);
	return sd_event_source_set_priority(helper->death, EVENT_PRIORITY_CONTROL);
}

bool
helper_is_gone(const struct helper *helper)
{
	return helper->is_gone;
}

const char *
helper_strerror(int error)
{
	if (error == -EPIPE)
		return "the helper process, which reads the files as root, is gone; a "
		       "restart of the daemon brings it back";
	if (error == -EAGAIN)
		return "the helper process, which reads the files as root, does not "
		       "answer";
	return strerror(-error);
}

/* ---- requests --------------------------------------------------------------- */

/* `fd` goes with the request, unless it is -1. */
static int
send_request_with(struct helper *helper, enum helper_request_kind kind, int fd)
{
	struct helper_request request = {.kind = kind};
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {.room = {0}};
	struct iovec iov = {&request, sizeof(request)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t len;

	if (fd >= 0) {
		control.align = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)),
		    .cmsg_level = SOL_SOCKET,
		    .cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
	}
	/* One that is stopped must not stop us, however many requests wait for it. */
	do
		len = sendmsg(helper->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (len < 0 && errno == EINTR);
	if (len < 0 && errno == ECONNRESET)
		return -EPIPE;
	return len < 0 ? -errno : 0;
}

static int
send_request(struct helper *helper, enum helper_request_kind kind)
{
	return send_request_with(helper, kind, -1);
}

void
helper_dismiss(struct helper *helper, bool released)
{
	/* A helper that is gone needs no dismissal. */
	(void)send_request(
	    helper, released ? HELPER_DISMISS_RELEASED : HELPER_DISMISS_KEPT);
}

/* ---- what is done aside ----------------------------------------------------- */

/* Hands the helper one of `ends` and keeps the other. */
static int
start_task(struct helper *helper, enum helper_request_kind kind, const int ends[2],
    int *ret_fd)
{
	int r = send_request_with(helper, kind, ends[1]);

	(void)close(ends[1]);
	if (r < 0)
		(void)close(ends[0]);
	else
		*ret_fd = ends[0];
	return r;
}

/* Only reading must not block: an answer may be longer than a pipe takes. */
static int
start_piped(struct helper *helper, enum helper_request_kind kind, int *ret_fd)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return start_task(helper, kind, ends, ret_fd);
}

int
helper_load_config(struct helper *helper, int *ret_fd)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	return start_task(helper, HELPER_LOAD_CONFIG, ends, ret_fd);
}

int
helper_find_groups(struct helper *helper, bool gives_socket, int *ret_fd)
{
	return start_piped(helper,
	    gives_socket ? HELPER_FIND_GROUPS : HELPER_FIND_GROUPS_ONLY, ret_fd);
}

int
helper_test_config(struct helper *helper, bool redacted, int *ret_fd)
{
	return start_piped(helper,
	    redacted ? HELPER_TEST_CONFIG_REDACTED : HELPER_TEST_CONFIG, ret_fd);
}

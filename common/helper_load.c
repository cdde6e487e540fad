/* SPDX-License-Identifier: Apache-2.0 */
/* helper_load.c - reads the configuration as root, in a process of its own.
 *
 * A file may be on a server that does not answer: that must hold up neither the loop of
 * the daemon nor the helper, which stands guard. The text comes over in memory files
 * that cannot change any more.
 */
#include "common/helper_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <jansson.h>
#include "common/conf.h"

/* ---- the process that reads ------------------------------------------------- */

/* A memory file that cannot change any more once the daemon has it. */
static int
seal(int fd)
{
	if (lseek(fd, 0, SEEK_SET) < 0 ||
	    fcntl(fd, F_ADD_SEALS,
		F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return -errno;
	return 0;
}

/* Returns a descriptor with the findings, or a negative errno. */
static int
write_findings(const struct conf_diags *diags)
{
	json_t *findings = conf_diags_json(diags);
	int fd = memfd_create("findings", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int r = findings == NULL ? -ENOMEM : 0;

	if (fd < 0)
		r = -errno;
	if (r == 0 && json_dumpfd(findings, fd, JSON_COMPACT) < 0)
		r = -ENOMEM;
	if (r == 0)
		r = seal(fd);
	json_decref(findings);
	if (r == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return r;
}

int
helper_check_file(const char *path, struct conf_diags *diags)
{
	struct stat st;

	if (stat(path, &st) < 0 || S_ISREG(st.st_mode))
		return 0;
	conf_diags_add(diags, CONF_ERROR, path, 0, 0, 1, NULL, NULL,
	    "cannot be read again: it is no ordinary file");
	return -EINVAL;
}

/* Returns a descriptor with the text, or a negative errno. */
static int
write_text(const char *path, struct conf_diags *diags)
{
	struct conf_text *text = NULL;
	int r = helper_check_file(path, diags);
	int fd;

	if (r == 0)
		r = conf_text_load(path, diags, &text);
	if (r < 0)
		return r;
	fd = memfd_create("configuration", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	r = fd < 0 ? -errno : conf_text_write(text, fd);
	conf_text_free(text);
	if (r == 0)
		r = seal(fd);
	if (r == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return r;
}

static void
send_answer(int fd, const struct helper_answer *answer, const int fds[], unsigned count)
{
	union {
		char room[CMSG_SPACE(HELPER_ANSWER_FDS * sizeof(int))];
		struct cmsghdr align;
	} control = {.room = {0}};
	struct helper_answer copy = *answer;
	struct iovec iov = {&copy, sizeof(copy)};
	struct msghdr msg = {
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = CMSG_SPACE(count * sizeof(int)),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(cmsg), fds, count * sizeof(int));
	/* A daemon that died meanwhile is noticed by the next read. */
	(void)sendmsg(fd, &msg, MSG_NOSIGNAL);
}

void
helper_load_run(const struct helper_duties *duties, int fd)
{
	struct helper_answer answer = {0};
	struct conf_diags *diags = conf_diags_new();
	int fds[HELPER_ANSWER_FDS];
	unsigned count = 0;
	int r;

	if (diags == NULL)
		_exit(EXIT_FAILURE);
	r = write_text(duties->config_path, diags);
	if (r >= 0)
		fds[count++] = r;
	else
		answer.error = r;
	r = write_findings(diags);
	if (r >= 0) {
		fds[count++] = r;
		send_answer(fd, &answer, fds, count);
	}
	conf_diags_free(diags);
	_exit(EXIT_SUCCESS);
}

/* ---- the daemon that takes it ------------------------------------------------ */

struct reply {
	struct helper_answer answer;
	int fds[HELPER_ANSWER_FDS];
	unsigned fd_count;
};

static void
reply_done(struct reply *reply)
{
	for (unsigned i = 0; i < reply->fd_count; i++)
		(void)close(reply->fds[i]);
	reply->fd_count = 0;
}

static void
take_fds(struct msghdr *msg, struct reply *reply)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);

	if (cmsg == NULL || cmsg->cmsg_level != SOL_SOCKET ||
	    cmsg->cmsg_type != SCM_RIGHTS)
		return;
	reply->fd_count = (unsigned)((cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	memcpy(reply->fds, CMSG_DATA(cmsg), reply->fd_count * sizeof(int));
}

/* Reads the answer. Returns 0 or a negative errno. */
static int
receive_reply(int fd, struct reply *ret)
{
	union {
		char room[CMSG_SPACE(HELPER_ANSWER_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {&ret->answer, sizeof(ret->answer)};
	struct msghdr msg = {
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	ret->fd_count = 0;
	if (len < 0 && errno != ECONNRESET)
		return errno == EINTR ? -EAGAIN : -errno;
	if (len <= 0)
		return -ETIMEDOUT;
	take_fds(&msg, ret);
	if (len == sizeof(ret->answer) && ret->fd_count >= 1)
		return 0;
	reply_done(ret);
	return -EBADMSG;
}

static int
add_findings(int fd, struct conf_diags *diags)
{
	json_t *findings = json_loadfd(fd, 0, NULL);
	int r = findings == NULL ? -EBADMSG : conf_diags_from_json(diags, findings);

	json_decref(findings);
	return r;
}

int
helper_take_config(int fd, struct conf_diags *diags, struct conf_text **ret)
{
	struct conf_text *text = NULL;
	struct reply reply;
	int r = receive_reply(fd, &reply);

	if (r < 0)
		return r;
	r = add_findings(reply.fds[reply.fd_count - 1], diags);
	if (r == 0)
		r = reply.answer.error;
	if (r == 0 && reply.fd_count < HELPER_ANSWER_FDS)
		r = -EBADMSG;
	if (r == 0)
		r = conf_text_read(reply.fds[0], &text);
	reply_done(&reply);
	if (r == 0)
		*ret = text;
	return r;
}

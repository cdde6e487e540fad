/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_process.c - why a daemon does not answer: what the kernel knows of its process. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "hactl/doctor.h"
#include "hactl/must.h"

enum { PROCESS_UNKNOWN = 0, PROCESS_NONE = -1 };

/* The process that listens at a socket, without a word to it: it may be frozen.
 * PROCESS_NONE: nobody listens there. */
static pid_t
find_listener(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(at.sun_path))
		return PROCESS_UNKNOWN;
	strcpy(at.sun_path, path);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		peer.pid = errno == ECONNREFUSED || errno == ENOENT ? PROCESS_NONE
								    : PROCESS_UNKNOWN;
	else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		peer.pid = PROCESS_UNKNOWN;
	(void)close(fd);
	return peer.pid;
}

/* 'R', 'S', 'T' and so on, as proc(5) has it; '?' when that cannot be read. */
static char
read_state(pid_t pid)
{
	char *path = must_format("/proc/%d/stat", (int)pid);
	FILE *from = fopen(path, "re");
	char line[512] = "", state = '?';
	const char *end;

	free(path);
	if (from == NULL)
		return state;
	if (fgets(line, sizeof(line), from) == NULL)
		line[0] = '\0';
	(void)fclose(from);
	end = strrchr(line, ')'); /* the name before it may hold anything */
	if (end != NULL && end[1] == ' ')
		state = end[2];
	return state;
}

pid_t
doctor_find_listener(const struct daemons *daemons, const char *daemon)
{
	char *path = daemons_socket_path(daemons, daemon);
	pid_t pid = find_listener(path);

	free(path);
	return pid;
}

static char *
describe_process(const char *daemon, pid_t pid)
{
	char state = read_state(pid);

	if (state == 'T' || state == 't')
		return must_format("process %d holds its socket, but is stopped (state "
				   "%c): kill -CONT %d, or systemctl restart %s",
		    (int)pid, state, (int)pid, daemon);
	if (state == 'D')
		return must_format("process %d holds its socket, but waits in the "
				   "kernel (state D), as for a disk: see dmesg",
		    (int)pid);
	return must_format("process %d holds its socket, and does not answer (state "
			   "%c): see its log, then systemctl restart %s",
	    (int)pid, state, daemon);
}

char *
doctor_find_process(const struct daemons *daemons, const char *daemon)
{
	char *path = daemons_socket_path(daemons, daemon);
	pid_t pid = find_listener(path);
	char *text;

	if (pid > 0)
		text = describe_process(daemon, pid);
	else if (pid == PROCESS_NONE && access(path, F_OK) == 0)
		text = must_format("it was killed: its socket is there, and nobody "
				   "listens; see its log (journalctl -u %s), then "
				   "systemctl start %s",
		    daemon, daemon);
	else
		text = must_format("see systemctl status %s", daemon);
	free(path);
	return text;
}

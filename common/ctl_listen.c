/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_listen.c - makes the sockets of the control plane, asks who connects. */
#include "common/ctl_listen.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "common/ctl_limits.h"

#define GROUPS_FIRST 64
#define MEMBERS_FIRST ((size_t)4096) /* bytes for the names of a group's members */
#define MEMBERS_MOST ((size_t)1024 * 1024)

int
ctl_group_find(const char *name, gid_t *ret)
{
	struct group entry, *found = NULL;
	char *room = NULL;
	int error = ERANGE;

	for (size_t size = MEMBERS_FIRST; error == ERANGE && size <= MEMBERS_MOST;
	     size *= 4) {
		free(room);
		room = malloc(size);
		if (room == NULL)
			return -ENOMEM;
		error = getgrnam_r(name, &entry, room, size, &found);
	}
	if (error == 0)
		*ret = found != NULL ? found->gr_gid : CTL_NO_GROUP;
	free(room);
	return -error;
}

struct ctl_identities
ctl_identities_find(void)
{
	struct ctl_identities ids = {
	    .owner = geteuid(), .operators = CTL_NO_GROUP, .admins = CTL_NO_GROUP};

	(void)ctl_group_find(CTL_GROUP_OPERATOR, &ids.operators);
	(void)ctl_group_find(CTL_GROUP_ADMIN, &ids.admins);
	return ids;
}

static int
bind_quietly(int fd, const struct sockaddr_un *address)
{
	/* From the first moment on nobody else may connect. */
	mode_t old = umask(0177);
	int r = bind(fd, (const struct sockaddr *)address, sizeof(*address));
	int error = errno;

	(void)umask(old);
	return r < 0 ? -error : 0;
}

/* Gives the bound socket its owner and mode, listens, and moves it into place. */
static int
publish(struct ctl_listener *listener, const char *temporary, mode_t mode, gid_t group)
{
	struct stat st;

	if (group != CTL_NO_GROUP && chown(temporary, (uid_t)-1, group) < 0)
		return -errno;
	if (chmod(temporary, mode) < 0 || listen(listener->fd, CTL_BACKLOG) < 0 ||
	    stat(temporary, &st) < 0 || rename(temporary, listener->path) < 0)
		return -errno;
	listener->device = st.st_dev;
	listener->inode = st.st_ino;
	return 0;
}

/* A socket that listens at this path already and was passed by the service manager
 * (LISTEN_FDS), or -1. */
static int
find_passed(const char *path)
{
	int count = sd_listen_fds(0);

	for (int fd = SD_LISTEN_FDS_START; fd < SD_LISTEN_FDS_START + count; fd++) {
		if (sd_is_socket_unix(fd, SOCK_STREAM, 1, path, 0) > 0 &&
		    fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) == 0)
			return fd;
	}
	return -1;
}

int
ctl_listener_open(const char *run_dir, const char *name, mode_t mode, gid_t group,
    struct ctl_listener *ret)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct ctl_listener listener = {.fd = -1};
	int len =
	    snprintf(listener.path, sizeof(listener.path), "%s/%s", run_dir, name);
	int temp_len = snprintf(
	    address.sun_path, sizeof(address.sun_path), "%s/.%s.new", run_dir, name);

	if (len < 0 || temp_len < 0 || (size_t)temp_len >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	listener.fd = find_passed(listener.path);
	if (listener.fd >= 0) {
		*ret = listener;
		return 0;
	}
	listener.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener.fd < 0)
		return -errno;
	/* A left-over of a daemon that died here; the lock says that it is nobody's. */
	(void)unlink(address.sun_path);
	int r = bind_quietly(listener.fd, &address);
	if (r == 0)
		r = publish(&listener, address.sun_path, mode, group);
	if (r < 0) {
		(void)unlink(address.sun_path);
		(void)close(listener.fd);
		return r;
	}
	*ret = listener;
	return 0;
}

bool
ctl_listener_is_own(const struct ctl_listener *listener)
{
	return listener->inode != 0;
}

void
ctl_listener_close(struct ctl_listener *listener)
{
	struct stat st;

	if (listener->fd < 0)
		return;
	if (stat(listener->path, &st) == 0 && st.st_dev == listener->device &&
	    st.st_ino == listener->inode)
		(void)unlink(listener->path);
	(void)close(listener->fd);
	listener->fd = -1;
}

/* The supplementary groups, in memory the caller frees; none where the kernel does not
 * tell. */
static gid_t *
read_groups(int fd, size_t *ret_count)
{
	socklen_t len = GROUPS_FIRST * sizeof(gid_t);
	gid_t *groups = malloc(len);

	*ret_count = 0;
	if (groups == NULL)
		return NULL;
	int r = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len);
	if (r < 0 && errno == ERANGE) {
		free(groups);
		groups = malloc(len);
		if (groups == NULL)
			return NULL;
		r = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len);
	}
	if (r == 0)
		*ret_count = len / sizeof(gid_t);
	return groups;
}

/* ---- the process behind a connection ------------------------------------- */

static bool
read_proc(pid_t pid, const char *name, char *buf, size_t room)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, buf, room - 1);
	(void)close(fd);
	if (n <= 0)
		return false;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return true;
}

/* A descriptor of the process: of the very one that connected where the kernel knows.
 */
static int
open_process(int fd, pid_t pid)
{
	int process = -1;
#ifdef SO_PEERPIDFD
	socklen_t len = sizeof(process);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &process, &len) == 0)
		return process;
#endif
	(void)fd;
	process = (int)syscall(SYS_pidfd_open, pid, 0);
	return process;
}

/* What /proc says counts only if the process was there before and after: its number may
 * have gone to another one. */
static void
describe_process(int fd, struct ctl_peer *peer)
{
	char login[24] = "", comm[sizeof(peer->comm)] = "";
	int process = open_process(fd, peer->pid);
	struct pollfd ended = {.fd = process, .events = POLLIN};

	peer->login_uid = CTL_NO_USER;
	if (process < 0)
		return;
	bool known = read_proc(peer->pid, "loginuid", login, sizeof(login));
	(void)read_proc(peer->pid, "comm", comm, sizeof(comm));
	if (poll(&ended, 1, 0) == 0) {
		memcpy(peer->comm, comm, sizeof(comm));
		if (known)
			peer->login_uid = (uid_t)strtoul(login, NULL, 10);
	}
	(void)close(process);
}

/* The label that a security module gave the process; longer ones are cut. */
static void
read_label(int fd, struct ctl_peer *peer)
{
	char label[1024];
	socklen_t len = sizeof(label) - 1;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERSEC, label, &len) < 0)
		return;
	label[len] = '\0';
	(void)snprintf(peer->label, sizeof(peer->label), "%.127s", label);
}

enum ctl_role
ctl_peer_role(int fd, enum ctl_role cap, const struct ctl_peer *peer,
    const struct ctl_identities *ids)
{
	size_t count;
	gid_t *groups = read_groups(fd, &count);
	enum ctl_role role = ctl_role_of(cap, peer, groups, count, ids);

	free(groups);
	return role;
}

int
ctl_peer_identify(int fd, enum ctl_role cap, const struct ctl_identities *ids,
    struct ctl_peer *ret_peer, enum ctl_role *ret_role)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	*ret_peer =
	    (struct ctl_peer){.uid = cred.uid, .gid = cred.gid, .pid = cred.pid};
	describe_process(fd, ret_peer);
	read_label(fd, ret_peer);
	*ret_role = ctl_peer_role(fd, cap, ret_peer, ids);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* helper_groups.c - looks up the groups of the control plane, in a process of its own.
 *
 * A directory service may take seconds to answer, or for ever. So neither the loop of
 * the daemon nor the helper waits for it, but a child of the helper, which is killed
 * when it takes too long. It also gives the control socket and the audit to the groups
 * that were found, for which one has to be root.
 */
#include "common/helper_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/audit.h"
#include "common/ctl_listen.h"

/* Gives the socket at `path` to the group, or to root alone when there is none. Its
 * directory belongs to the daemon's user: nothing but the socket that root made there
 * must be touched, whatever that user puts in its place. */
static int
give_socket(const char *path, gid_t group)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	bool open_to_group = group != CTL_NO_GROUP;
	char self[32];
	struct stat st;
	int r = 0;

	if (fd < 0)
		return -errno;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISSOCK(st.st_mode) || st.st_uid != 0 || st.st_nlink != 1)
		r = -EPERM;
	else if (fchownat(fd, "", (uid_t)-1, open_to_group ? group : 0, AT_EMPTY_PATH) <
		     0 ||
		 chmod(self, open_to_group ? 0660 : 0600) < 0)
		r = -errno;
	(void)close(fd);
	return r;
}

/* Gives the audit in `log_dir` to the group, or to that of the directory when there is
 * none. The directory belongs to the daemon's user, too: only a file of his own, which
 * he could show to anybody himself, is given. */
static int
give_audit(const char *log_dir, gid_t group)
{
	int dir = open(log_dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int fd =
	    dir >= 0 ? openat(dir, AUDIT_FILE, O_PATH | O_NOFOLLOW | O_CLOEXEC) : -1;
	struct stat of_dir, st;
	int r = 0;

	if (fd < 0 || fstat(dir, &of_dir) < 0 || fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_uid != of_dir.st_uid || st.st_nlink != 1)
		r = -EPERM;
	else if (fchownat(fd, "", (uid_t)-1,
		     group != CTL_NO_GROUP ? group : of_dir.st_gid, AT_EMPTY_PATH) < 0)
		r = -errno;
	if (fd >= 0)
		(void)close(fd);
	if (dir >= 0)
		(void)close(dir);
	return r != -ENOENT ? r : 0; /* there is none yet */
}

void
helper_groups_run(const struct helper_duties *duties, bool gives_socket, int fd)
{
	int (*find)(const char *, gid_t *) =
	    duties->find_group != NULL ? duties->find_group : ctl_group_find;
	struct helper_groups groups = {
	    .operators = CTL_NO_GROUP, .admins = CTL_NO_GROUP};

	groups.error = find(CTL_GROUP_OPERATOR, &groups.operators);
	if (groups.error == 0)
		groups.error = find(CTL_GROUP_ADMIN, &groups.admins);
	if (groups.error == 0 && gives_socket && duties->control_path != NULL)
		groups.socket_error =
		    give_socket(duties->control_path, groups.operators);
	if (groups.error == 0 && duties->log_dir != NULL)
		groups.audit_error = give_audit(duties->log_dir, groups.admins);
	/* Nobody there to read it: the daemon asked anew, or has gone. */
	(void)!write(fd, &groups, sizeof(groups));
	_exit(EXIT_SUCCESS);
}

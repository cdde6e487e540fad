/* SPDX-License-Identifier: Apache-2.0 */
/* helper_groups.c - looks up the groups of the control plane, in a process of its own.
 *
 * A directory service may take seconds to answer, or for ever. So neither the loop of
 * the daemon nor the helper waits for it, but a child of the helper, which is killed
 * when it takes too long. It also gives the control socket to the group that was found,
 * for which one has to be root.
 */
#include "common/helper_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
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
	/* Nobody there to read it: the daemon asked anew, or has gone. */
	(void)!write(fd, &groups, sizeof(groups));
	_exit(EXIT_SUCCESS);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* privileges.c - becomes an unprivileged user who keeps a few capabilities. */
#include "common/daemon.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/log.h"

#define FALLBACK_USER "nobody"

struct identity {
	uid_t uid;
	gid_t gid;
};

/* Returns 0, -ENOENT when there is no such user, or a negative errno. */
static int
look_up(const char *user, struct identity *ret)
{
	char room[4096];
	struct passwd entry, *found = NULL;
	int r = getpwnam_r(user, &entry, room, sizeof(room), &found);

	if (r != 0)
		return -r;
	if (found == NULL)
		return -ENOENT;
	*ret = (struct identity){.uid = found->pw_uid, .gid = found->pw_gid};
	return 0;
}

static int
find_identity(const char *user, struct identity *ret)
{
	int r = look_up(user, ret);

	if (r == 0)
		return 0;
	log_warning("user \"%s\" does not exist; running as \"%s\" instead", user,
	    FALLBACK_USER);
	return look_up(FALLBACK_USER, ret);
}

/* ---- run directory ---------------------------------------------------------- */

/* Gives away a file of an earlier run (the service manager hands a kept run directory
 * back to root at each start). Only a plain file with one name: a second name could be
 * a hard link to a file that is none of ours. */
static void
give_file(int dir, const char *name, const struct identity *to)
{
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    st.st_uid != to->uid && fchown(fd, to->uid, to->gid) < 0)
		log_warning("\"%s\" of an earlier run cannot be read: %s", name,
		    strerror(errno));
	(void)close(fd);
}

static int
give_run_dir(const char *path, const struct identity *to)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct dirent *entry;
	DIR *dir;
	int r = 0;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (dir == NULL) {
		(void)close(fd);
		return -ENOMEM;
	}
	while ((entry = readdir(dir)) != NULL)
		give_file(fd, entry->d_name, to);
	if (fchown(fd, to->uid, to->gid) < 0)
		r = -errno;
	(void)closedir(dir);
	return r;
}

static bool
will_be(const struct daemon_options *options, struct identity *ret)
{
	return geteuid() == 0 &&
	       (look_up(options->user, ret) == 0 || look_up(FALLBACK_USER, ret) == 0);
}

int
daemon_give(const struct daemon_options *options, const char *path)
{
	struct identity who;

	return will_be(options, &who) ? give_run_dir(path, &who) : 0;
}

void
daemon_give_file(const struct daemon_options *options, int fd, const char *group)
{
	const struct group *entry = getgrnam(group);
	struct identity who;

	if (will_be(options, &who) &&
	    fchown(fd, who.uid, entry != NULL ? entry->gr_gid : who.gid) < 0)
		log_warning("a file cannot be given to \"%s\": %s", options->user,
		    strerror(errno));
}

/* ---- identity --------------------------------------------------------------- */

/* Nothing that is executed later can get back more than `keep` has. Not being allowed
 * to (no CAP_SETPCAP) only loses this second line of defence. */
static void
narrow_bounding_set(cap_t keep)
{
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		cap_flag_value_t set = CAP_CLEAR;

		if (cap_get_flag(keep, cap, CAP_PERMITTED, &set) == 0 && set == CAP_SET)
			continue;
		(void)cap_drop_bound(cap);
	}
}

static int
become(const struct identity *who)
{
	if (prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) < 0)
		return -errno;
	if (setgroups(0, NULL) < 0)
		return -errno;
	if (setresgid(who->gid, who->gid, who->gid) < 0)
		return -errno;
	if (setresuid(who->uid, who->uid, who->uid) < 0)
		return -errno;
	return 0;
}

static int
give_up_rest(cap_t keep)
{
	if (cap_set_proc(keep) < 0)
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0)
		return -errno;
	/* The memory holds passwords: no core file, no debugger of that user. */
	if (prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) < 0)
		return -errno;
	return 0;
}

int
daemon_drop_privileges(
    const struct daemon_options *options, const char *run_dir, const char *capabilities)
{
	struct identity who;
	cap_t keep;
	int r;

	if (geteuid() != 0) {
		log_warning(
		    "not started as root: going on as user %u", (unsigned)geteuid());
		return 0;
	}
	r = find_identity(options->user, &who);
	if (r < 0)
		return r;
	r = give_run_dir(run_dir, &who);
	if (r < 0)
		return r;
	keep = cap_from_text(capabilities);
	if (keep == NULL)
		return -EINVAL;
	narrow_bounding_set(keep);
	r = become(&who);
	if (r == 0)
		r = give_up_rest(keep);
	(void)cap_free(keep);
	return r;
}

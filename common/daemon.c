/* SPDX-License-Identifier: Apache-2.0 */
/* daemon.c - the run directory of a daemon, its lock, and sd_notify(3). */
#include "common/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <systemd/sd-daemon.h>
#include "common/clock.h"
#include "common/ctl_role.h"
#include "common/log.h"
#include "common/units.h"

#define LOCK_NAME "lock"
#define LOCK_WAIT_US US_PER_S
#define LOCK_RETRY_US (5 * US_PER_MS)

/* ---- run directory ---------------------------------------------------------- */

/* A directory that is there is taken as it is, but a link is not followed: below /run
 * the name is ours, and what it leads to may be written as root. */
static int
make_dir(const char *path, int open_flags)
{
	int fd;

	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC | open_flags);
	if (fd < 0)
		return -errno;
	(void)close(fd);
	return 0;
}

int
daemon_run_dir(
    const struct daemon_options *options, const char *program, char *buf, size_t room)
{
	int len = snprintf(buf, room, "%s/%s", options->run_base, program);
	int r;

	if (len < 0 || (size_t)len >= room)
		return -ENAMETOOLONG;
	r = make_dir(options->run_base, 0);
	return r < 0 ? r : make_dir(buf, O_NOFOLLOW);
}

/* A directory below another; with `base` NULL below `fallback` of the run directory,
 * unless that is the usual one. */
static int
kept_dir(const struct daemon_options *options, const char *base, const char *usual,
    const char *fallback, const char *program, char *buf, size_t room)
{
	char below[4096];
	bool is_usual = strcmp(options->run_base, DAEMON_RUN_BASE_DEFAULT) == 0;
	int r, len;

	if (base == NULL && !is_usual)
		(void)snprintf(
		    below, sizeof(below), "%s/%s", options->run_base, fallback);
	else
		(void)snprintf(below, sizeof(below), "%s", base != NULL ? base : usual);
	len = snprintf(buf, room, "%s/%s", below, program);
	if (len < 0 || (size_t)len >= room)
		return -ENAMETOOLONG;
	r = make_dir(below, 0);
	if (r == 0)
		r = make_dir(buf, O_NOFOLLOW);
	if (r == 0)
		r = daemon_give(options, buf);
	/* What is there can be read, such as a maintenance that this boot is part of.
	 * Who wants to write will say that it cannot. */
	return r == -EROFS ? 0 : r;
}

static void
make_log_file(const struct daemon_options *options, const char *dir, const char *name)
{
	char path[4400];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return;
	daemon_give_file(options, fd, CTL_GROUP_ADMIN);
	(void)close(fd);
}

void
daemon_kept_dirs(const struct daemon_options *options, const char *program,
    const char *log_name, char *state_dir, char *log_dir, size_t room)
{
	int r = kept_dir(options, options->state_base, DAEMON_STATE_BASE_DEFAULT, "lib",
	    program, state_dir, room);

	if (r < 0) {
		log_warning(
		    "no state is kept over a reboot: %s: %s", state_dir, strerror(-r));
		state_dir[0] = '\0';
	}
	r = kept_dir(options, options->log_base, DAEMON_LOG_BASE_DEFAULT, "log",
	    program, log_dir, room);
	if (r < 0) {
		log_warning("no audit is kept: %s: %s", log_dir, strerror(-r));
		log_dir[0] = '\0';
		return;
	}
	make_log_file(options, log_dir, log_name);
}

/* ---- lock ------------------------------------------------------------------- */

/* A lock of the open file description: it ends with the last descriptor, and can be
 * asked for without being taken, which the helper's guard does. */
static int
take_lock(int fd)
{
	const struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	return errno == EACCES || errno == EAGAIN ? -EBUSY : -errno;
}

static void
sleep_us(int64_t us)
{
	const struct timespec ts = {
	    .tv_sec = us / US_PER_S, .tv_nsec = us % US_PER_S * 1000};

	/* Cut short by a signal the caller only looks earlier. */
	(void)nanosleep(&ts, NULL);
}

int
daemon_lock(const char *run_dir)
{
	char path[4096];
	int len = snprintf(path, sizeof(path), "%s/" LOCK_NAME, run_dir);
	int64_t until_us = clock_now_us() + LOCK_WAIT_US;
	int fd, r;

	if (len < 0 || (size_t)len >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	while ((r = take_lock(fd)) == -EBUSY && clock_now_us() < until_us)
		sleep_us(LOCK_RETRY_US);
	if (r == 0)
		return fd;
	(void)close(fd);
	return r;
}

bool
daemon_lock_held(const char *path)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	bool held;

	if (fd < 0)
		return false;
	held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	(void)close(fd);
	return held;
}

/* ---- service manager -------------------------------------------------------- */

void
daemon_notify_ready(const char *status)
{
	if (status != NULL)
		(void)sd_notifyf(0, "READY=1\nSTATUS=%s", status);
	else
		(void)sd_notify(0, "READY=1");
}

void
daemon_notify_reloading(void)
{
	struct timespec ts;

	/* The manager wants its own clock here, not ours. Waiting for the helper may
	 * hold the loop up, so the watchdog is content before it. */
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld\nWATCHDOG=1",
	    (long long)ts.tv_sec * US_PER_S + ts.tv_nsec / 1000);
}

void
daemon_notify_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1");
}

void
daemon_notify_status(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)sd_notifyf(0, "STATUS=%s", text);
}

/* What a stop leaves to clean up, by the service manager's word for how it went. After
 * a crash a restart follows within moments and resumes the role, so nothing is touched;
 * the helper's guard remains. A daemon that hung has been silent for so long that
 * another router has the role. */
bool
daemon_cleanup_due(const char *service_result)
{
	static const char *const hung[] = {"timeout", "watchdog", "start-limit-hit"};

	if (service_result == NULL)
		return true;
	for (size_t i = 0; i < sizeof(hung) / sizeof(hung[0]); i++)
		if (strcmp(service_result, hung[i]) == 0)
			return true;
	return false;
}

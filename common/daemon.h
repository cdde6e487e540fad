/* SPDX-License-Identifier: Apache-2.0 */
/* daemon.h - what both daemons do to be a service: run directory, lock, privileges,
 * sd_notify(3), the common command line. */
#ifndef COMMON_DAEMON_H
#define COMMON_DAEMON_H

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#define DAEMON_CONFIG_DEFAULT "/etc/haven/haven.conf"
#define DAEMON_RUN_BASE_DEFAULT "/run"
#define DAEMON_STATE_BASE_DEFAULT "/var/lib"
#define DAEMON_LOG_BASE_DEFAULT "/var/log"

struct daemon_options {
	const char *daemon; /* its name: "vrrpd" */
	const char *config_path;
	const char *run_base;   /* stands for /run; the daemon's directory is below it */
	const char *state_base; /* stands for /var/lib; NULL: <run_base>/lib */
	const char *log_base;   /* stands for /var/log; NULL: <run_base>/log */
	const char *user;       /* "haven" */
	const char *config_id;  /* for @id lines; NULL: the host's name */
	bool test_only;         /* -t */
	bool json;              /* -j, with -t */
	bool debug;             /* -d */
	bool cleanup_only;      /* --cleanup (vrrpd) */
};

/* Parses the command line; prints help, version or an error itself. Returns 0 to go on,
 * 1 when the program should exit with *ret_status. */
int daemon_options_parse(int argc, char *argv[], const char *program,
    struct daemon_options *ret, int *ret_status);

/* Makes <run_base>/<program> (0755, ours) and writes its path into `buf`. Returns 0 or a
 * negative errno. */
int daemon_run_dir(const struct daemon_options *options, const char *program, char *buf,
    size_t room);

/* Makes <state_base>/<program>, and <log_base>/<program> with the file `log_name` in it that
 * the group ha-admin may read, for the user the daemon will be, and writes their paths into
 * buffers of `room` bytes. Call as root. Where that cannot be done, says so; the path is then
 * empty. */
void daemon_kept_dirs(const struct daemon_options *options, const char *program,
    const char *log_name, char *state_dir, char *log_dir, size_t room);

/* Takes the lock file of the run directory, waiting up to a second for a predecessor that
 * is just leaving. The descriptor is close-on-exec and must not reach the helper.
 * Returns the descriptor, or -EBUSY when another daemon lives, or a negative errno. */
int daemon_lock(const char *run_dir);

/* Whether a living daemon holds the lock file `path`; asking does not disturb it. */
bool daemon_lock_held(const char *path);

/* Gives a directory and the plain files in it, or an open file with the group `group` (when
 * it exists), to the user the daemon will be. Without root this does nothing. Returns 0 or a
 * negative errno. */
int daemon_give(const struct daemon_options *options, const char *path);
void daemon_give_file(const struct daemon_options *options, int fd, const char *group);

/* Becomes `user` for good, keeping only `capabilities` (as for cap_from_text(3), e.g.
 * "cap_net_admin,cap_net_raw=ep"). Gives `run_dir` and the plain files in it to that user
 * first. Without root this does nothing but say so. When the user does not exist, says so
 * and uses "nobody". Returns 0 or a negative errno. */
int daemon_drop_privileges(const struct daemon_options *options, const char *run_dir,
    const char *capabilities);

/* sd_notify(3) messages; without a service manager they do nothing. */
void daemon_notify_ready(const char *status);
void daemon_notify_reloading(void);
void daemon_notify_stopping(void);
void daemon_notify_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether `--cleanup` has work to do when a service manager runs it after a stop:
 * `service_result` is its $SERVICE_RESULT (systemd.exec(5)), NULL when a person calls. False
 * after a clean end, which left nothing, and after a crash, when a restart follows. */
bool daemon_cleanup_due(const char *service_result);

#endif

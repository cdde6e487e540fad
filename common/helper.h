/* SPDX-License-Identifier: Apache-2.0 */
/* helper.h - the small root child of a daemon.
 *
 * Forked before privileges are dropped. It does for the daemon what needs root, checking
 * each request against what it was started with, and stands guard: when the daemon is
 * gone and no successor holds the lock of the run directory within the grace time, it
 * calls `cleanup`. It exits by itself when the daemon is gone.
 */
#ifndef COMMON_HELPER_H
#define COMMON_HELPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

struct conf_text;
struct conf_diags;
struct helper;

/* What the helper of this daemon may do. Everything here is fixed at the fork. */
struct helper_duties {
	const char *daemon;      /* "vrrpd": process title and log lines */
	const char *config_path; /* the one file (and its includes) it will read */
	const char *lock_path;   /* held by the living daemon, see daemon_lock() */
	int64_t grace_us;        /* how long a successor may take */
	void (*cleanup)(void);   /* run when no successor came; NULL: nothing to guard */
	/* Called in the child, with `userdata`: frees what only the daemon needs of the
	 * memory they share at the fork. NULL: nothing. */
	void (*forget)(void *userdata);
	void *userdata;
	const char *config_id; /* for @id lines; NULL: the host's name */
	/* The socket that is for the group ha; NULL: there is none. */
	const char *control_path;
	/* The directory whose AUDIT_FILE is for the group ha-admin; NULL: there is
	 * none. */
	const char *log_dir;
	/* For tests: in the place of ctl_group_find() and both HELPER_..._WAIT_US. */
	int (*find_group)(const char *name, gid_t *ret);
	int64_t task_wait_us;
};

/* How long what is done aside may take: looking groups up and testing; and reading, which
 * somebody waits for. */
#define HELPER_TASK_WAIT_US (INT64_C(10) * 1000000)
#define HELPER_LOAD_WAIT_US (INT64_C(2) * 1000000)

/* The groups of the control plane; -1 as a gid: there is no such group. */
struct helper_groups {
	int32_t
	    error; /* 0, or why they could not be looked up; gids are then unknown */
	int32_t socket_error; /* 0, or why the socket is not for its group */
	int32_t audit_error;  /* the same of the audit */
	gid_t operators, admins;
};

/* Forks the helper. In the child this never returns. In the parent, *ret talks to it and
 * `close_in_child` descriptors were closed there. Returns 0 or a negative errno. */
int helper_start(const struct helper_duties *duties, const int close_in_child[],
    unsigned close_count, struct helper **ret);

/* Has the configuration's text read aside, for HELPER_LOAD_WAIT_US at most. Once *ret_fd,
 * which the caller closes, is readable, helper_take_config() has the text. Another request
 * ends the one before. Returns 0 or a negative errno. */
int helper_load_config(struct helper *helper, int *ret_fd);

/* Takes the text over from such a descriptor. Findings about unreadable files are added to
 * `diags`. Returns 0, -EAGAIN when nothing is there yet, -ETIMEDOUT when it took longer or
 * the process that read was killed, or a negative errno. */
int helper_take_config(int fd, struct conf_diags *diags, struct conf_text **ret);

/* Has the groups looked up aside, however long that takes, and with `gives_socket` the
 * control socket given to the one of operators; the audit is given to the one of
 * admins. From *ret_fd, which the caller closes,
 * a struct helper_groups can be read once that is done; its end without one means that
 * it took longer than HELPER_TASK_WAIT_US. Another request ends the one before.
 * Returns 0 or a negative errno. */
int helper_find_groups(struct helper *helper, bool gives_socket, int *ret_fd);

/* Has the configuration read and checked aside. From *ret_fd, which the caller closes, can
 * then be read: 0 or a negative errno of reading the files, a newline, findings as JSON
 * (ctl_findings.h; `redacted`: without their texts) with "file", and a newline, without
 * which it was cut off. The same else. */
int helper_test_config(struct helper *helper, bool redacted, int *ret_fd);

/* The last words of a daemon: with `released`, addresses are already gone and the guard
 * has nothing to do; otherwise a successor is expected. */
void helper_dismiss(struct helper *helper, bool released);

/* From then on its death is noticed: the log says so, it is reaped, and
 * helper_is_gone() is true. Returns 0 or a negative errno. */
int helper_watch(struct helper *helper, sd_event *event);
bool helper_is_gone(const struct helper *helper);

/* strerror(3) for what the requests return, and for the wait for an answer. */
const char *helper_strerror(int error);

pid_t helper_pid(const struct helper *helper);
struct helper *helper_free(struct helper *helper);

#endif

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
};

/* Forks the helper. In the child this never returns. In the parent, *ret talks to it and
 * `close_in_child` descriptors were closed there. Returns 0 or a negative errno. */
int helper_start(const struct helper_duties *duties, const int close_in_child[],
    unsigned close_count, struct helper **ret);

/* Reads the configuration text as root and hands it over (synchronously: for a reload,
 * bounded by two seconds). Findings about unreadable files are added to `diags`. Returns 0
 * or a negative errno. */
int helper_load_config(struct helper *helper, struct conf_diags *diags,
    struct conf_text **ret);

/* The last words of a daemon: with `released`, addresses are already gone and the guard
 * has nothing to do; otherwise a successor is expected. */
void helper_dismiss(struct helper *helper, bool released);

pid_t helper_pid(const struct helper *helper);
struct helper *helper_free(struct helper *helper);

#endif

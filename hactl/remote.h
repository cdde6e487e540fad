/* SPDX-License-Identifier: Apache-2.0 */
/* remote.h - hactl on other hosts, over ssh. */
#ifndef HACTL_REMOTE_H
#define HACTL_REMOTE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "common/ctl_error.h"

/* One run of hactl on another host. */
struct remote {
	char *host;
	pid_t pid; /* 0: not running */
	int status;
	FILE *out, *err; /* what it wrote; NULL: it writes where we do */
};

/* Starts "hactl WORDS" on `remote->host`: with `captured`, its output is kept in out
 * and err; else it has our terminal. $HACTL_SSH stands for ssh and its options, and is
 * called with the host and one word for the shell there. Returns 0 or a negative errno;
 * remote_done() in either case. */
int remote_start(
    struct remote *remote, const char *const words[], size_t count, bool captured);

/* Waits for its end. Its exit status goes to remote->status: that of hactl there, 3
 * when the host was not reached. A Ctrl-C ends it. */
void remote_wait(struct remote *remote);

void remote_done(struct remote *remote);

/* Runs hactl on one host as if it ran here. Returns its exit status. */
int remote_run(const char *host, const char *const words[], size_t count);

/* The words as one line for a shell. The caller frees it. */
char *remote_quote(const char *const words[], size_t count);

#endif

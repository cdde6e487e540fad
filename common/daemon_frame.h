/* SPDX-License-Identifier: Apache-2.0 */
/* daemon_frame.h - what a daemon does around its work: reads its configuration, shows what
 * is wrong with it, listens to signals. */
#ifndef COMMON_DAEMON_FRAME_H
#define COMMON_DAEMON_FRAME_H

#include <jansson.h>
#include <stdbool.h>
#include <systemd/sd-event.h>
#include "common/daemon.h"

struct conf_diags;
struct conf_text;
struct conf_tree;

enum daemon_status {
	DAEMON_STATUS_OK = 0,
	DAEMON_STATUS_FAILED = 1, /* cannot run, or the configuration has errors */
	DAEMON_STATUS_USAGE = 2,  /* usage, or the configuration cannot be read */
};

/* Parses `given`, or when it is NULL what it reads from options->config_path. Findings are
 * added to `diags`. Returns 0 and the tree, -EINVAL when it has errors, or a negative
 * errno; *ret is then untouched. */
int daemon_read_config(const struct daemon_options *options, struct conf_text *given,
    struct conf_diags *diags, struct conf_tree **ret);

/* Shows the findings: with -t on stdout with the verdict (-j: as JSON), else on stderr when
 * there are any. */
void daemon_show_findings(
    const struct daemon_options *options, const struct conf_diags *diags);

/* The exit status for the outcome of reading a configuration. */
enum daemon_status daemon_status_of(int error);

/* A reload: how it is asked for, and what came of it. */
struct daemon_reload {
	bool force;               /* also when it leaves nothing to do */
	bool dry_run;             /* tell what it would change; change nothing */
	/* What the helper read, or why it did not; neither: it is read by the daemon. */
	struct conf_text *text;
	int read_error;
	struct conf_diags *diags; /* findings are added */
	/* With -ECANCELED, why it needs `force`; with `read_error`, what failed. */
	char refused[256];
	json_t *told; /* an object: what it changed, or would, for the answer and the
		       * event; the caller releases it. NULL: nothing */
};

/* daemon_read_config() for a reload. */
int daemon_read_anew(const struct daemon_options *options, struct daemon_reload *reload,
    struct conf_tree **ret);

/* Says in the log why a reload failed with `error`. */
void daemon_log_refused(const struct daemon_reload *reload, int error);

/* Means that a successor follows at once. It is one that nobody sends by habit: the first
 * ones, SIGUSR1 and SIGUSR2 make keepalived write down its state. */
#define DAEMON_SIGNAL_SUCCESSOR SIGRTMAX

struct daemon_signals {
	/* SIGTERM, SIGINT, or DAEMON_SIGNAL_SUCCESSOR. */
	void (*stop)(void *userdata, bool successor);
	/* SIGHUP. */
	void (*reload)(void *userdata);
	void *userdata;
};

/* Blocks these signals and serves them in the loop; ignores SIGPIPE, and those that ask
 * keepalived for its state, with a line in the log. `signals` must stay as long as the
 * loop. Returns 0 or a negative errno. */
int daemon_watch_signals(sd_event *event, struct daemon_signals *signals);

#endif

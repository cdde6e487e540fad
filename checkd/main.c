/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - checkd: health checks and IPVS. Options, configuration, privileges, loop. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "checkd/checkd.h"
#include "checkd/checkd_ctl.h"
#include "checkd/checkd_reload.h"
#include "common/audit.h"
#include "common/conf.h"
#include "common/ctl_listen.h"
#include "common/daemon_frame.h"
#include "common/helper.h"
#include "common/layers.h"
#include "common/log.h"
#include "common/units.h"

/* It touches nothing in the kernel, so it needs nothing of root. */
#define CAPABILITIES "="

static int
read_config(struct checkd *checkd)
{
	struct conf_diags *diags = conf_diags_new();
	int r;

	if (diags == NULL)
		return -ENOMEM;
	r = checkd_load(checkd, diags);
	daemon_show_findings(&checkd->options, diags);
	conf_diags_free(diags);
	return r;
}

/* It holds no role, so a successor makes no difference. */
static void
stop(void *userdata, bool successor)
{
	struct checkd *checkd = userdata;

	(void)successor;
	checkd->phase = DAEMON_STOPPING;
	checkd_ctl_tell_stopping(checkd);
	daemon_notify_stopping();
	(void)sd_event_exit(checkd->event, 0);
}

static int
reload(void *userdata, struct daemon_reload *request)
{
	return checkd_reload(userdata, request);
}

static void
reload_by_signal(void *userdata)
{
	checkd_ctl_reload(userdata);
}

/* A configuration of thousands of services is nothing for the helper to keep. */
static void
forget_config(void *userdata)
{
	struct checkd *checkd = userdata;

	checkd->tree = conf_tree_free(checkd->tree);
}

static int
start_helper(struct checkd *checkd, int lock)
{
	char lock_path[sizeof(checkd->run_dir) + 8];
	char control_path[sizeof(checkd->run_dir) + 16];
	const struct helper_duties duties = {
	    .daemon = "checkd",
	    .config_path = checkd->options.config_path,
	    .config_id = checkd->options.config_id,
	    .lock_path = lock_path,
	    .grace_us = US_PER_S,
	    .forget = forget_config,
	    .userdata = checkd,
	    .control_path = control_path,
	    .log_dir = checkd->log_dir[0] != '\0' ? checkd->log_dir : NULL,
	};

	(void)snprintf(lock_path, sizeof(lock_path), "%s/lock", checkd->run_dir);
	(void)snprintf(control_path, sizeof(control_path), "%s/" CTL_SOCKET_CONTROL,
	    checkd->run_dir);
	return helper_start(&duties, &lock, 1, &checkd->helper);
}

/* Everything that needs root, and then no more root. */
static int
prepare(struct checkd *checkd)
{
	int r = daemon_run_dir(
	    &checkd->options, "checkd", checkd->run_dir, sizeof(checkd->run_dir));

	if (r < 0)
		return r;
	/* Held until the process ends. */
	int lock = daemon_lock(checkd->run_dir);
	if (lock < 0)
		return lock;
	daemon_kept_dirs(&checkd->options, "checkd", AUDIT_FILE, checkd->state_dir,
	    checkd->log_dir, sizeof(checkd->state_dir));
	r = start_helper(checkd, lock);
	if (r < 0)
		return r;
	r = sd_event_default(&checkd->event);
	if (r < 0)
		return r;
	checkd->layers = layers_new();
	if (checkd->layers == NULL)
		return -ENOMEM;
	r = checkd_ctl_open(checkd, reload);
	if (r < 0)
		return r;
	return daemon_drop_privileges(&checkd->options, checkd->run_dir, CAPABILITIES);
}

static int
run(struct checkd *checkd, struct daemon_signals *signals)
{
	char summary[128];
	int r = prepare(checkd);

	if (r == 0)
		r = daemon_watch_signals(checkd->event, signals);
	if (r >= 0)
		r = sd_event_set_watchdog(checkd->event, true);
	if (r < 0) {
		log_err("not started: %s",
		    r == -EBUSY ? "another checkd runs with this directory"
				: strerror(-r));
		return r;
	}
	checkd_ctl_start(checkd);
	checkd->phase = DAEMON_RUNNING;
	checkd_summary(checkd, summary, sizeof(summary));
	log_info("checkd %s started: %s", PACKAGE_VERSION, summary);
	daemon_notify_ready(summary);
	return sd_event_loop(checkd->event);
}

static void
finish(struct checkd *checkd)
{
	checkd_ctl_close(checkd);
	if (checkd->helper != NULL)
		helper_dismiss(checkd->helper, true);
	helper_free(checkd->helper);
	layers_free(checkd->layers);
	conf_tree_free(checkd->tree);
	sd_event_unref(checkd->event);
}

static int
read_and_run(struct checkd *checkd)
{
	struct daemon_signals signals = {stop, reload_by_signal, checkd};
	int r = read_config(checkd);
	int status = (int)daemon_status_of(r);

	if (checkd->options.test_only)
		return status;
	if (r < 0)
		log_err("not started: %s",
		    r == -EINVAL ? "the configuration has errors" : strerror(-r));
	else if (run(checkd, &signals) < 0)
		status = DAEMON_STATUS_FAILED;
	return status;
}

int
main(int argc, char *argv[])
{
	static struct checkd checkd; /* large, and lives as long as the process */
	int status;

	if (daemon_options_parse(argc, argv, "checkd", &checkd.options, &status) != 0)
		return status;
	log_open(
	    "checkd", LOG_TARGET_AUTO, checkd.options.debug ? LOG_DEBUG : LOG_INFO);
	status = read_and_run(&checkd);
	finish(&checkd);
	return status;
}

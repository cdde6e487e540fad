/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - checkd: health checks and IPVS. Options, configuration, privileges, loop. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "checkd/checkd.h"
#include "checkd/checkd_ctl.h"
#include "common/conf.h"
#include "common/event.h"
#include "common/helper.h"
#include "common/log.h"
#include "common/units.h"

/* It touches nothing in the kernel, so it needs nothing of root. */
#define CAPABILITIES "="

enum exit_status {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* cannot run, or the configuration has errors */
	EXIT_USAGE = 2,  /* usage, or the configuration cannot be read */
};

static int
status_of(int r)
{
	if (r == 0)
		return EXIT_OK;
	return r == -EINVAL || r == -ENOMEM ? EXIT_FAILED : EXIT_USAGE;
}

/* Loads and shows every finding: on stdout for -t, else on stderr. */
static int
load_and_show(struct checkd *checkd)
{
	struct conf_diags *diags = conf_diags_new();
	bool test = checkd->options.test_only;
	int r = diags != NULL ? checkd_load(checkd, diags) : -ENOMEM;

	if (diags != NULL && test && checkd->options.json) {
		json_t *json = conf_diags_json(diags);
		(void)json_dumpf(json, stdout, JSON_INDENT(2));
		(void)putchar('\n');
		json_decref(json);
	} else if (diags != NULL && (test || conf_diags_count(diags) > 0)) {
		conf_diags_print(diags, test ? stdout : stderr);
	}
	if (diags != NULL)
		conf_diags_free(diags);
	if (r < 0 && !test)
		log_err("not started: %s",
		    r == -EINVAL ? "the configuration has errors" : strerror(-r));
	return r;
}

static int
on_stop_signal(
    sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	struct checkd *checkd = userdata;

	(void)source;
	log_info("stopping on signal %s", strsignal((int)info->ssi_signo));
	checkd->phase = CHECKD_STOPPING;
	daemon_notify_stopping();
	return sd_event_exit(checkd->event, 0);
}

static int
on_reload_signal(
    sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	struct conf_diags *diags = conf_diags_new();

	(void)source;
	(void)info;
	if (diags == NULL)
		return 0;
	(void)checkd_reload(userdata, diags);
	if (conf_diags_count(diags) > 0)
		conf_diags_print(diags, stderr);
	conf_diags_free(diags);
	return 0;
}

static int
watch_signals(struct checkd *checkd)
{
	static const int stops[] = {SIGTERM, SIGINT, SIGUSR2};
	sigset_t set;
	int r;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGHUP);
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		(void)sigaddset(&set, stops[i]);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	r = sd_event_add_signal(checkd->event, NULL, SIGHUP, on_reload_signal, checkd);
	for (size_t i = 0; r >= 0 && i < sizeof(stops) / sizeof(stops[0]); i++)
		r = sd_event_add_signal(
		    checkd->event, NULL, stops[i], on_stop_signal, checkd);
	return r;
}

static int
start_helper(struct checkd *checkd, int lock)
{
	char lock_path[sizeof(checkd->run_dir) + 8];
	const struct helper_duties duties = {
	    .daemon = "checkd",
	    .config_path = checkd->options.config_path,
	    .lock_path = lock_path,
	    .grace_us = US_PER_S,
	};

	(void)snprintf(lock_path, sizeof(lock_path), "%s/lock", checkd->run_dir);
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
	r = start_helper(checkd, lock);
	if (r < 0)
		return r;
	r = sd_event_default(&checkd->event);
	if (r < 0)
		return r;
	r = checkd_ctl_open(checkd);
	if (r < 0)
		return r;
	return daemon_drop_privileges(&checkd->options, checkd->run_dir, CAPABILITIES);
}

static int
run(struct checkd *checkd)
{
	char summary[128];
	int r = prepare(checkd);

	if (r == 0)
		r = watch_signals(checkd);
	if (r >= 0)
		r = sd_event_set_watchdog(checkd->event, true);
	if (r < 0) {
		log_err("not started: %s",
		    r == -EBUSY ? "another checkd runs with this directory"
				: strerror(-r));
		return r;
	}
	checkd->phase = CHECKD_RUNNING;
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
	conf_tree_free(checkd->tree);
	sd_event_unref(checkd->event);
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
	(void)gethostname(checkd.host, sizeof(checkd.host) - 1);
	checkd.host[strcspn(checkd.host, ".")] = '\0';
	status = status_of(load_and_show(&checkd));
	if (status == EXIT_OK && !checkd.options.test_only && run(&checkd) < 0)
		status = EXIT_FAILED;
	finish(&checkd);
	return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - vrrpd: virtual routers by VRRP. Options, configuration, privileges, loop. */
#include "config.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/conf.h"
#include "common/event.h"
#include "common/helper.h"
#include "common/units.h"
#include "vrrpd/engine.h"
#include "vrrpd/vip.h"
#include "vrrpd/vrrp_ctl.h"

#define CAPABILITIES "cap_net_admin,cap_net_raw=ep"
#define GUARD_GRACE_US US_PER_S

enum exit_status {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* cannot run, or the configuration has errors */
	EXIT_USAGE = 2,  /* usage, or the configuration cannot be read */
};

static int
load_config(struct engine *engine, struct conf_diags *diags)
{
	const struct conf_env env = {.config_id = engine->options.config_id};
	struct conf_text *text = NULL;
	int r = conf_text_load(engine->options.config_path, diags, &text);

	if (r < 0)
		return r;
	r = conf_tree_parse(text, &env, diags, &engine->tree);
	conf_text_free(text);
	if (r < 0)
		return r;
	if (conf_diags_verdict(diags) == CONF_DOES_NOT_RUN)
		return -EINVAL;
	return vrrp_conf_build(engine->tree, diags, &engine->conf);
}

static int
status_of(int r)
{
	if (r == 0)
		return EXIT_OK;
	return r == -EINVAL || r == -ENOMEM ? EXIT_FAILED : EXIT_USAGE;
}

/* -t: every finding and the verdict, as `hactl config test` prints them. */
static int
test_config(struct engine *engine)
{
	struct conf_diags *diags = conf_diags_new();
	int r = diags == NULL ? -ENOMEM : load_config(engine, diags);

	if (diags != NULL && engine->options.json) {
		json_t *json = conf_diags_json(diags);

		(void)json_dumpf(json, stdout, JSON_INDENT(2));
		(void)putchar('\n');
		json_decref(json);
	} else if (diags != NULL) {
		conf_diags_print(diags, stdout);
	}
	conf_diags_free(diags);
	return status_of(r);
}

/* The start with a broken file is refused with every finding on stderr. */
static int
read_config(struct engine *engine)
{
	struct conf_diags *diags = conf_diags_new();
	int r = diags == NULL ? -ENOMEM : load_config(engine, diags);

	if (diags != NULL && conf_diags_count(diags) > 0)
		conf_diags_print(diags, stderr);
	conf_diags_free(diags);
	if (r < 0)
		log_err("not started: %s",
		    r == -EINVAL ? "the configuration has errors" : strerror(-r));
	/* What reading a large file took goes back to the system. */
	(void)malloc_trim(0);
	return r;
}

static int
on_stop_signal(
    sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)source;
	log_info("stopping on signal %s", strsignal((int)info->ssi_signo));
	engine_stop(userdata, info->ssi_signo == SIGUSR2);
	return 0;
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
	(void)engine_reload(userdata, diags);
	if (conf_diags_count(diags) > 0)
		conf_diags_print(diags, stderr);
	conf_diags_free(diags);
	return 0;
}

static int
watch_signals(struct engine *engine)
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
	r = sd_event_add_signal(engine->event, NULL, SIGHUP, on_reload_signal, engine);
	for (size_t i = 0; r >= 0 && i < sizeof(stops) / sizeof(stops[0]); i++)
		r = sd_event_add_signal(
		    engine->event, NULL, stops[i], on_stop_signal, engine);
	return r;
}

/* The helper's last duty: what our death left behind. */
static void
guard(void)
{
	(void)vip_cleanup_all();
}

static int
start_helper(struct engine *engine, int lock)
{
	char lock_path[sizeof(engine->run_dir) + 8];
	const struct helper_duties duties = {
	    .daemon = "vrrpd",
	    .config_path = engine->options.config_path,
	    .lock_path = lock_path,
	    .grace_us = GUARD_GRACE_US,
	    .cleanup = guard,
	};

	(void)snprintf(lock_path, sizeof(lock_path), "%s/lock", engine->run_dir);
	return helper_start(&duties, &lock, 1, &engine->helper);
}

/* Everything that needs root, in the order that leaves the least behind when it fails.
 */
static int
prepare(struct engine *engine, int *ret_lock)
{
	int r = daemon_run_dir(
	    &engine->options, "vrrpd", engine->run_dir, sizeof(engine->run_dir));

	if (r < 0)
		return r;
	*ret_lock = daemon_lock(engine->run_dir);
	if (*ret_lock < 0) {
		if (*ret_lock == -EBUSY)
			log_err(
			    "not started: another vrrpd runs with %s", engine->run_dir);
		return *ret_lock;
	}
	r = start_helper(engine, *ret_lock);
	if (r < 0)
		return r;
	r = sd_event_default(&engine->event);
	if (r < 0)
		return r;
	engine->layers = layers_new();
	if (engine->layers == NULL)
		return -ENOMEM;
	r = vrrp_ctl_open(engine);
	if (r < 0)
		return r;
	return daemon_drop_privileges(&engine->options, engine->run_dir, CAPABILITIES);
}

static int
run(struct engine *engine)
{
	int lock = -1;
	int r = prepare(engine, &lock);

	if (r < 0) {
		log_err("not started: %s", strerror(-r));
		return r;
	}
	r = watch_signals(engine);
	if (r >= 0)
		r = sd_event_set_watchdog(engine->event, true);
	vrrp_ctl_load_overrides(engine);
	if (r >= 0)
		r = engine_start(engine);
	if (r < 0)
		return r;
	log_info("vrrpd %s started with %zu virtual routers", PACKAGE_VERSION,
	    engine->router_count);
	daemon_notify_ready(NULL);
	engine_publish(engine, NULL);
	return sd_event_loop(engine->event);
}

/* --cleanup, by hand or as the unit's ExecStopPost. */
static int
clean_up(void)
{
	if (!daemon_cleanup_due(getenv("SERVICE_RESULT")))
		return EXIT_OK;
	return vip_cleanup_all() < 0 ? EXIT_FAILED : EXIT_OK;
}

int
main(int argc, char *argv[])
{
	static struct engine engine; /* large, and lives as long as the process */
	int status;

	if (daemon_options_parse(argc, argv, "vrrpd", &engine.options, &status) != 0)
		return status;
	log_open("vrrpd", LOG_TARGET_AUTO, engine.options.debug ? LOG_DEBUG : LOG_INFO);
	if (engine.options.test_only) {
		status = test_config(&engine);
		vrrp_conf_free(engine.conf);
		conf_tree_free(engine.tree);
		return status;
	}
	if (engine.options.cleanup_only)
		return clean_up();
	engine.started_us = clock_now_us();
	status = status_of(read_config(&engine));
	if (status == EXIT_OK && run(&engine) < 0)
		status = EXIT_FAILED;
	vrrp_ctl_close(&engine);
	engine_done(&engine);
	sd_event_unref(engine.event);
	return status;
}

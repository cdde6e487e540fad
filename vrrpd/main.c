/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - vrrpd: virtual routers by VRRP. Options, configuration, privileges, loop. */
#include "config.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/audit.h"
#include "common/clock.h"
#include "common/conf.h"
#include "common/ctl_listen.h"
#include "common/daemon_frame.h"
#include "common/helper.h"
#include "common/units.h"
#include "vrrpd/engine.h"
#include "vrrpd/vip.h"
#include "vrrpd/vrrp_ctl.h"

#define CAPABILITIES "cap_net_admin,cap_net_raw=ep"
#define GUARD_GRACE_US US_PER_S

/* Reads the file and builds what vrrpd runs with, showing every finding. */
static int
read_config(struct engine *engine)
{
	struct conf_diags *diags = conf_diags_new();
	int r;

	if (diags == NULL)
		return -ENOMEM;
	r = daemon_read_config(&engine->options, NULL, diags, &engine->tree);
	if (r == 0)
		r = vrrp_conf_build(engine->tree, diags, &engine->conf);
	daemon_show_findings(&engine->options, diags);
	conf_diags_free(diags);
	/* What reading a large file took goes back to the system. */
	(void)malloc_trim(0);
	return r;
}

static void
stop(void *userdata, bool successor)
{
	engine_stop(userdata, successor);
}

static void
reload(void *userdata)
{
	vrrp_ctl_reload(userdata);
}

/* The helper's last duty: what our death left behind. */
static void
guard(void)
{
	(void)vip_cleanup_all();
}

/* The configuration of thousands of routers is nothing for the helper to keep. */
static void
forget_config(void *userdata)
{
	struct engine *engine = userdata;

	engine->tree = conf_tree_free(engine->tree);
	engine->conf = vrrp_conf_free(engine->conf);
}

static int
start_helper(struct engine *engine, int lock)
{
	char lock_path[sizeof(engine->run_dir) + 8];
	char control_path[sizeof(engine->run_dir) + 16];
	const struct helper_duties duties = {
	    .daemon = "vrrpd",
	    .config_path = engine->options.config_path,
	    .config_id = engine->options.config_id,
	    .lock_path = lock_path,
	    .grace_us = GUARD_GRACE_US,
	    .cleanup = guard,
	    .forget = forget_config,
	    .userdata = engine,
	    .control_path = control_path,
	    .log_dir = engine->log_dir[0] != '\0' ? engine->log_dir : NULL,
	};

	(void)snprintf(lock_path, sizeof(lock_path), "%s/lock", engine->run_dir);
	(void)snprintf(control_path, sizeof(control_path), "%s/" CTL_SOCKET_CONTROL,
	    engine->run_dir);
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
	daemon_kept_dirs(&engine->options, "vrrpd", AUDIT_FILE, engine->state_dir,
	    engine->log_dir, sizeof(engine->state_dir));
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
run(struct engine *engine, struct daemon_signals *signals)
{
	int lock = -1;
	int r = prepare(engine, &lock);

	if (r < 0) {
		log_err("not started: %s", strerror(-r));
		return r;
	}
	r = daemon_watch_signals(engine->event, signals);
	if (r >= 0)
		r = sd_event_set_watchdog(engine->event, true);
	vrrp_ctl_start(engine);
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
		return DAEMON_STATUS_OK;
	return vip_cleanup_all() < 0 ? DAEMON_STATUS_FAILED : DAEMON_STATUS_OK;
}

static int
read_and_run(struct engine *engine)
{
	struct daemon_signals signals = {stop, reload, engine};
	int r = read_config(engine);
	int status = (int)daemon_status_of(r);

	if (engine->options.test_only)
		return status;
	if (r < 0)
		log_err("not started: %s",
		    r == -EINVAL ? "the configuration has errors" : strerror(-r));
	else if (run(engine, &signals) < 0)
		status = DAEMON_STATUS_FAILED;
	return status;
}

int
main(int argc, char *argv[])
{
	static struct engine engine; /* large, and lives as long as the process */
	int status;

	if (daemon_options_parse(argc, argv, "vrrpd", &engine.options, &status) != 0)
		return status;
	log_open("vrrpd", LOG_TARGET_AUTO, engine.options.debug ? LOG_DEBUG : LOG_INFO);
	if (engine.options.cleanup_only)
		return clean_up();
	engine.started_us = clock_now_us();
	status = read_and_run(&engine);
	vrrp_ctl_close(&engine);
	engine_done(&engine);
	sd_event_unref(engine.event);
	return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* checkd_ctl.c - the methods checkd offers over its control sockets. */
#include "checkd/checkd_ctl.h"

#include <errno.h>
#include <stdlib.h>

#include "checkd/checkd.h"
#include "checkd/checkd_peer.h"
#include "common/ctl_events.h"
#include "common/ctl_plane.h"
#include "common/ctl_reload.h"

#define NO_SERVICES "checkd has no checks yet, so it serves no virtual services"

#define PATH_DAEMON "daemon/checkd"

/* The control plane of checkd: the userdata of every method. */
struct checkd_ctl {
	struct checkd *checkd;
	struct ctl_plane plane;
};

/* ---- the daemon ---------------------------------------------------------- */

static void
get_state(void *userdata, struct ctl_state *ret)
{
	const struct checkd_ctl *ctl = userdata;
	const struct checkd *checkd = ctl->checkd;

	*ret = (struct ctl_state){
	    .node = ctl_plane_node(&ctl->plane, checkd->router_id),
	    .phase = checkd->phase,
	    .rev = checkd->rev,
	};
}

static void
add_status(void *userdata, json_t *status)
{
	const struct checkd_ctl *ctl = userdata;
	const struct checkd *checkd = ctl->checkd;
	char summary[128];

	(void)json_object_set_new(status, "services",
	    json_pack("{s:I, s:I}", "configured", (json_int_t)checkd->counts.services,
		"checked", (json_int_t)0));
	(void)json_object_set_new(status, "reals",
	    json_pack("{s:I, s:I}", "configured", (json_int_t)checkd->counts.reals,
		"checked", (json_int_t)0));
	(void)json_object_set_new(status, "config",
	    ctl_config_json(
		&ctl->plane.config, checkd->reloaded_us, checkd->reload_failed));
	(void)json_object_set_new(status, "helper", ctl_plane_helper_json(&ctl->plane));
	edits_status(ctl->plane.edits, status);
	(void)json_object_set_new(status, "peer", peer_json(ctl->plane.peer));
	(void)json_object_set_new(status, "note",
	    json_string(checkd_summary(checkd, summary, sizeof(summary))));
}

/* ---- objects: none are served before there are checks -------------------- */

/* Asked to act on what it does not look after yet. */
static void
do_unserved(void *userdata, struct ctl_call *call)
{
	const struct checkd_ctl *ctl = userdata;
	const char *target = ctl_params_text(call->params, "target", "");
	struct ctl_error error = {0};

	if (ctl_server_refuse_unserved(ctl->plane.server, target, &error))
		ctl_call_fail_with(call, &error);
	else
		ctl_call_fail(call, CTL_NOT_FOUND, json_pack("{s:s}", "path", target),
		    "there is no virtual service or real server \"%.128s\"", target);
}

/* ---- methods ------------------------------------------------------------- */

static void
do_metrics(void *userdata, struct ctl_call *call)
{
	const struct checkd_ctl *ctl = userdata;
	const struct checkd *checkd = ctl->checkd;
	json_t *families = json_array();

	ctl_server_metrics(checkd->control, checkd->reload_failed, families);
	peer_metrics(ctl->plane.peer, "checkd", families);
	ctl_call_reply(call, json_pack("{s:I, s:o}", "rev", (json_int_t)checkd->rev,
				 "families", families));
}

/* clang-format off */
static const struct ctl_kind kinds[] = {
	{"vs", NO_SERVICES, NULL, NULL, NULL, NULL, NULL, false},
	{"real", NO_SERVICES, NULL, NULL, NULL, NULL, NULL, false},
	{0},
};

static const struct ctl_param target_params[] = {
	{"target", CTL_STRING, true, 1, 1024, "vs/NAME or real/VS/ADDR:PORT"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param drain_params[] = {
	{"target", CTL_STRING, true, 1, 1024, "real/VS/ADDR:PORT, or real/any/ADDR[:PORT]"},
	{"for_ms", CTL_INTEGER, false, 1000, CTL_INTEGER_MAX, "how long"},
	{"wait", CTL_BOOLEAN, false, 0, 0, "answer when the last connection is gone"},
	{"wait_ms", CTL_INTEGER, false, 100, CTL_INTEGER_MAX, "how long to wait for that"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param maintenance_params[] = {
	{"action", CTL_STRING, true, 1, 16, "on, off or extend"},
	{"target", CTL_STRING, true, 1, 1024, "vs/NAME or real/VS/ADDR:PORT"},
	{"for_ms", CTL_INTEGER, false, 1000, CTL_INTEGER_MAX,
	 "how long from now on; on and extend need it"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};

static const struct ctl_method methods[] = {
	{"metrics", CTL_ROLE_READ, false, NULL, do_metrics,
	 "numbers for a monitoring system"},
	{"drain", CTL_ROLE_OPERATOR, true, drain_params, do_unserved,
	 "let a real server come to rest: no new connections"},
	{"undrain", CTL_ROLE_OPERATOR, true, target_params, do_unserved,
	 "give a real server connections again"},
	{"maintenance", CTL_ROLE_OPERATOR, true, maintenance_params, do_unserved,
	 "take a service or a real server out of the way for a while"},
	{"check.now", CTL_ROLE_OPERATOR, true, target_params, do_unserved,
	 "check a service or a real server at once"},
	{0},
};

static const struct ctl_event_type event_types[] = {
	{"daemon.stopping", "the daemon ends"},
	{0},
};

static const char *const features[] = {"apply", "lease", "confirm", "diff", "save", "audit",
	"op", NULL};
/* clang-format on */

/* ---- live edits: no object has fields before there are checks ------------- */

static const struct live_kind live_kinds[] = {{0}};

static void
on_changed(void *userdata, const char *path)
{
	(void)userdata;
	(void)path;
}

static void
set_cause(void *userdata, const struct ctl_cause *cause)
{
	((const struct checkd_ctl *)userdata)->checkd->cause = cause;
}

/* ---- events -------------------------------------------------------------- */

void
checkd_ctl_tell_reload(const struct checkd *checkd, const struct daemon_reload *request)
{
	json_t *new;

	if (checkd->control == NULL)
		return;
	new = json_pack("{s:I, s:I, s:I}", "rev", (json_int_t)checkd->rev, "services",
	    (json_int_t)checkd->counts.services, "reals",
	    (json_int_t)checkd->counts.reals);
	ctl_config_put_told(request, checkd->reload_failed, new);
	ctl_publish(checkd->control,
	    checkd->reload_failed ? "config.refused" : "config.reloaded", PATH_DAEMON,
	    checkd->cause, NULL, new);
}

void
checkd_ctl_tell_stopping(const struct checkd *checkd)
{
	if (checkd->control != NULL)
		ctl_publish(checkd->control, "daemon.stopping", PATH_DAEMON,
		    checkd->cause, NULL, json_object());
}

/* ---- life ---------------------------------------------------------------- */

static int
open_plane(struct checkd_ctl *ctl, checkd_reload_fn reload)
{
	struct checkd *checkd = ctl->checkd;
	const struct ctl_config config = {
	    .daemon = "checkd",
	    .options = &checkd->options,
	    .helper = &checkd->helper,
	    .tree = &checkd->tree,
	    .rev = &checkd->rev,
	    .reload = reload,
	    .userdata = checkd,
	};
	const struct edits_config edits = {
	    .layers = checkd->layers,
	    .kinds = live_kinds,
	    .rev = &checkd->rev,
	    .cause = &checkd->cause,
	    .changed = on_changed,
	    .userdata = ctl,
	};
	const struct ctl_server_config server = {
	    .run_dir = checkd->run_dir,
	    .features = features,
	    .methods = methods,
	    .kinds = kinds,
	    .events = event_types,
	    .state = get_state,
	    .status = add_status,
	    .set_cause = set_cause,
	    .userdata = ctl,
	};

	return ctl_plane_open(
	    &ctl->plane, checkd->event, &config, &edits, &checkd_peer, &server);
}

int
checkd_ctl_open(struct checkd *checkd, checkd_reload_fn reload)
{
	struct checkd_ctl *ctl = calloc(1, sizeof(*ctl));

	if (ctl == NULL)
		return -ENOMEM;
	ctl->checkd = checkd;
	int r = open_plane(ctl, reload);
	if (r < 0)
		free(ctl);
	else
		checkd->control = ctl->plane.server;
	return r;
}

void
checkd_ctl_start(struct checkd *checkd)
{
	struct checkd_ctl *ctl = ctl_server_userdata(checkd->control);

	ctl_plane_start(&ctl->plane, checkd->event, checkd->run_dir, checkd->state_dir,
	    checkd->log_dir);
}

void
checkd_ctl_reload(struct checkd *checkd)
{
	if (checkd->control == NULL)
		return;

	struct checkd_ctl *ctl = ctl_server_userdata(checkd->control);

	ctl_reload_by_signal(&ctl->plane.config);
}

void
checkd_ctl_reloaded(struct checkd *checkd, json_t *told)
{
	struct checkd_ctl *ctl = ctl_server_userdata(checkd->control);

	ctl_plane_reloaded(&ctl->plane, told);
}

void
checkd_ctl_close(struct checkd *checkd)
{
	if (checkd->control == NULL)
		return;

	struct checkd_ctl *ctl = ctl_server_userdata(checkd->control);

	ctl_plane_close(&ctl->plane);
	checkd->control = NULL;
	free(ctl);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl.c - the methods vrrpd offers over its control sockets, and its objects. */
#include "vrrpd/vrrp_ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/ctl_reload.h"
#include "common/ctl_server.h"
#include "common/log.h"
#include "vrrpd/engine_repair.h"
#include "vrrpd/runstate.h"
#include "vrrpd/vrrp_ctl_diagnose.h"
#include "vrrpd/vrrp_ctl_internal.h"
#include "vrrpd/vrrp_events.h"
#include "vrrpd/vrrp_news.h"
#include "vrrpd/vrrp_peer.h"

/* Instances in one answer: as many as take about half a millisecond of the loop. */
#define PAGE_INSTANCES 32

#define NO_GROUPS "vrrpd has no sync groups yet"

/* ---- finding ------------------------------------------------------------- */

/* "VI_1" of "instance/VI_1"; a name alone is one already. */
static const char *
name_of(const char *path)
{
	const char *name = vrrp_json_name_in(path);

	return name != NULL ? name : path;
}

struct vrouter *
vrrp_ctl_find(const struct vrrp_ctl *ctl, const char *path)
{
	struct vrouter *vr = engine_find(ctl->engine, name_of(path));

	return vr != NULL ? vr : engine_find(ctl->engine, path);
}

struct vrouter *
vrrp_ctl_target(const struct vrrp_ctl *ctl, struct ctl_call *call)
{
	const char *target = ctl_params_text(call->params, "target", "");
	struct vrouter *vr = vrrp_ctl_find(ctl, target);
	struct ctl_error unserved = {0};

	if (vr == NULL && strchr(target, '/') != NULL &&
	    ctl_server_refuse_unserved(ctl->engine->control, target, &unserved))
		ctl_call_fail_with(call, &unserved);
	else if (vr == NULL)
		ctl_call_fail(call, CTL_NOT_FOUND, json_pack("{s:s}", "path", target),
		    "there is no instance \"%.128s\"", name_of(target));
	return vr;
}

bool
vrrp_ctl_is_for_all(const struct ctl_call *call)
{
	return strcmp(ctl_params_text(call->params, "target", ""), "all") == 0;
}

/* ---- instances ----------------------------------------------------------- */

static size_t
count_instances(void *userdata)
{
	const struct vrrp_ctl *ctl = userdata;

	return ctl->engine->router_count;
}

static json_t *
brief_json(const struct vrrp_view *view)
{
	return vrrp_json_instance(view, true);
}

/* A page of what `one` makes of each router. */
static json_t *
page_routers(const struct engine *engine, size_t first, size_t count,
    json_t *(*one)(const struct vrrp_view *view))
{
	json_t *items = json_array();

	if (count > PAGE_INSTANCES)
		count = PAGE_INSTANCES;
	for (size_t i = first; i < engine->router_count && i - first < count; i++) {
		struct vrrp_snapshot snapshot;
		vrrp_snapshot_take(&snapshot, engine->routers[i], false);
		(void)json_array_append_new(items, one(&snapshot.view));
		vrrp_snapshot_done(&snapshot);
	}
	return items;
}

static json_t *
page_instances(void *userdata, size_t first, size_t count)
{
	const struct vrrp_ctl *ctl = userdata;
	const struct engine *engine = ctl->engine;

	/* From here on somebody has a picture of them. */
	for (size_t i = first; i < engine->router_count && i - first < PAGE_INSTANCES;
	     i++)
		vrrp_events_know(engine->routers[i]);
	return page_routers(engine, first, count, brief_json);
}

static json_t *
page_stats(void *userdata, size_t first, size_t count)
{
	const struct vrrp_ctl *ctl = userdata;

	return page_routers(ctl->engine, first, count, vrrp_json_stats);
}

static json_t *
get_instance(void *userdata, const char *name)
{
	const struct vrrp_ctl *ctl = userdata;
	const struct vrouter *vr = engine_find(ctl->engine, name);
	struct vrrp_snapshot snapshot;

	if (vr == NULL)
		return NULL;
	vrrp_snapshot_take(&snapshot, vr, true);
	json_t *object = vrrp_json_instance(&snapshot.view, false);
	vrrp_snapshot_done(&snapshot);
	return object;
}

static json_t *
explain_instance(void *userdata, const char *name)
{
	const struct vrrp_ctl *ctl = userdata;
	const struct vrouter *vr = engine_find(ctl->engine, name);
	struct vrrp_snapshot snapshot;

	if (vr == NULL)
		return NULL;
	vrrp_snapshot_take(&snapshot, vr, false);
	json_t *explanation = vrrp_json_explain(&snapshot.view);
	vrrp_snapshot_done(&snapshot);
	return explanation;
}

/* ---- addresses ----------------------------------------------------------- */

static size_t
address_count(const struct vrouter *vr)
{
	return vr->conf->vip_count + vr->conf->excluded_count;
}

static size_t
count_vips(void *userdata)
{
	const struct engine *engine = ((const struct vrrp_ctl *)userdata)->engine;
	size_t count = 0;

	for (size_t i = 0; i < engine->router_count; i++)
		count += address_count(engine->routers[i]);
	return count;
}

/* Adds addresses of one router, from its `first` on, until `items` has `most`. */
static void
append_vips(json_t *items, const struct vrouter *vr, size_t first, size_t most)
{
	struct vrrp_snapshot snapshot;

	vrrp_snapshot_take(&snapshot, vr, true);
	for (size_t i = first; i < address_count(vr) && json_array_size(items) < most;
	     i++)
		(void)json_array_append_new(items, vrrp_json_vip(&snapshot.view, i));
	vrrp_snapshot_done(&snapshot);
}

static json_t *
page_vips(void *userdata, size_t first, size_t count)
{
	const struct engine *engine = ((const struct vrrp_ctl *)userdata)->engine;
	json_t *items = json_array();

	for (size_t i = 0; i < engine->router_count && json_array_size(items) < count;
	     i++) {
		size_t own = address_count(engine->routers[i]);
		if (first < own)
			append_vips(items, engine->routers[i], first, count);
		first -= first < own ? first : own;
	}
	return items;
}

/* ---- the daemon ---------------------------------------------------------- */

static void
get_state(void *userdata, struct ctl_state *ret)
{
	const struct vrrp_ctl *ctl = userdata;
	const struct engine *engine = ctl->engine;

	*ret = (struct ctl_state){
	    .node = ctl_plane_node(
		&ctl->plane, engine->conf != NULL ? engine->conf->router_id : NULL),
	    .phase = engine->phase,
	    .rev = engine->rev,
	};
}

static json_t *
instances_json(const struct engine *engine)
{
	size_t counts[VRRP_STATE_COUNT_] = {0};

	for (size_t i = 0; i < engine->router_count; i++)
		counts[engine->routers[i]->fsm.state]++;
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "total",
	    (json_int_t)engine->router_count, "master",
	    (json_int_t)counts[VRRP_STATE_MASTER], "backup",
	    (json_int_t)counts[VRRP_STATE_BACKUP], "fault",
	    (json_int_t)counts[VRRP_STATE_FAULT], "initialize",
	    (json_int_t)counts[VRRP_STATE_INITIALIZE]);
}

/* Of those that are MASTER, how many were to be out of the way; and of all, how many a
 * maintenance that is over keeps from taking their role back. */
static void
count_odd_roles(const struct engine *engine, size_t *ret_resorts, size_t *ret_stays)
{
	*ret_resorts = 0;
	*ret_stays = 0;

	for (size_t i = 0; i < engine->router_count; i++) {
		const struct vrouter *vr = engine->routers[i];
		const struct vrrp_view view = {
		    .conf = vr->conf,
		    .fsm = &vr->fsm,
		    .layers = engine->layers,
		};

		*ret_resorts +=
		    vr->move == NULL && vrrp_view_last_resort(&view) != NULL;
		*ret_stays += vrrp_view_stays(&view);
	}
}

static json_t *
describe_fields(void *userdata)
{
	(void)userdata;
	return live_fields_describe(&vrrp_kinds[0]);
}

static void
add_status(void *userdata, json_t *status)
{
	const struct vrrp_ctl *ctl = userdata;
	const struct engine *engine = ctl->engine;
	size_t resorts, stays;

	count_odd_roles(engine, &resorts, &stays);
	(void)json_object_set_new(status, "instances", instances_json(engine));
	(void)json_object_set_new(
	    status, "last_resorts", json_integer((json_int_t)resorts));
	(void)json_object_set_new(status, "stays", json_integer((json_int_t)stays));
	(void)json_object_set_new(status, "settled", json_boolean(engine->settled));
	(void)json_object_set_new(status, "after_kill",
	    json_boolean(
		engine->runstate != NULL && runstate_is_after_kill(engine->runstate)));
	(void)json_object_set_new(status, "config",
	    ctl_config_json(
		&ctl->plane.config, engine->reloaded_us, engine->reload_failed));
	(void)json_object_set_new(status, "helper", ctl_plane_helper_json(&ctl->plane));
	const struct layer_entry *maintenance =
	    layers_top(engine->layers, VRRP_PATH_NODE, VRRP_FIELD_MAINTENANCE);
	(void)json_object_set_new(status, "maintenance",
	    maintenance != NULL ? ctl_msg_text(maintenance->id) : json_null());
	edits_status(ctl->edits, status);
	(void)json_object_set_new(status, "peer", peer_json(ctl->plane.peer));
	(void)json_object_set_new(
	    status, "unknown_vrid", json_integer((json_int_t)engine->unknown_vrid));
}

static bool
is_settled(void *userdata)
{
	return ((const struct vrrp_ctl *)userdata)->engine->settled;
}

static void
subscribed(void *userdata)
{
	const struct vrrp_ctl *ctl = userdata;

	vrrp_news_begin(ctl->engine);
}

static void
set_cause(void *userdata, const struct ctl_cause *cause)
{
	const struct vrrp_ctl *ctl = userdata;

	ctl->engine->cause = cause;
}

/* ---- tables -------------------------------------------------------------- */

/* clang-format off */
static const struct ctl_kind kinds[] = {
	{"instance", "a virtual router", count_instances, page_instances, get_instance,
	 explain_instance, describe_fields, false},
	{"vip", "an address of a virtual router", count_vips, page_vips, NULL, NULL, NULL,
	 false},
	{"stats", "what an instance counted", count_instances, page_stats, NULL, NULL, NULL,
	 false},
	{"group", NO_GROUPS, NULL, NULL, NULL, NULL, NULL, false},
	{"track", VRRP_TRACKS_NOTHING, NULL, NULL, NULL, NULL, NULL,
	 false},
	{0},
};

static const struct ctl_param failover_params[] = {
	{"target",  CTL_STRING,  true,  1, 1024, "the MASTER that hands over, or all"},
	{"method",  CTL_STRING,  false, 1, 32,
	 "handover (resigns, serves until the new MASTER is heard), yield (the same with "
	 "priority 1) or release (lets go at once)"},
	{"hold_ms", CTL_LEASE_MS, false, 0, LEASE_ADMIN_US / US_PER_MS,
	 "how long to stay behind afterwards; 0: not at all"},
	{"wait_ms", CTL_INTEGER, false, 100, 600000, "how long to wait for the new MASTER"},
	{"wait",    CTL_BOOLEAN, false, 0, 0, "false: answer before it is done"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param takeover_params[] = {
	{"target",  CTL_STRING,  true,  1, 1024, "the BACKUP that becomes MASTER, or all"},
	{"for_ms", CTL_LEASE_MS, false, 1000, LEASE_ADMIN_US / US_PER_MS,
	 "how long to hold the role"},
	{"wait_ms", CTL_INTEGER, false, 100, 600000,
	 "how long to wait for the other to fall silent"},
	{"wait",    CTL_BOOLEAN, false, 0, 0, "false: answer before it is done"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param hold_params[] = {
	{"target", CTL_STRING, true, 1, 1024, "the router to keep behind, or all"},
	{"for_ms", CTL_LEASE_MS, false, 1000, LEASE_ADMIN_US / US_PER_MS,
	 "how long; ten minutes unless given"},
	{"clear", CTL_BOOLEAN, false, 0, 0, "end the hold instead"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param maintenance_params[] = {
	{"action", CTL_STRING, true, 1, 16, "on, off or extend"},
	{"target", CTL_STRING, false, 1, 1024, "an instance; the whole node unless given"},
	{"for_ms", CTL_LEASE_MS, false, 1000, LEASE_ADMIN_US / US_PER_MS,
	 "how long from now on; on and extend need it"},
	{"out", CTL_BOOLEAN, false, 0, 0, "do not even serve as the last resort"},
	{"stay", CTL_BOOLEAN, false, 0, 0, "do not take the role back at its end"},
	{"wait_ms", CTL_INTEGER, false, 100, 600000, "how long to wait for the new MASTER"},
	{"wait", CTL_BOOLEAN, false, 0, 0, "false: answer before the roles have moved"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param target_params[] = {
	{"target", CTL_STRING, true, 1, 1024, "an instance"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param show_params[] = {
	{"next", CTL_INTEGER, false, 0, INT32_MAX, "where the answer before said to go on"},
	{0},
};

static const struct ctl_method methods[] = {
	{"failover", CTL_ROLE_OPERATOR, true, failover_params, vrrp_do_failover,
	 "hand the role over to another router"},
	{"takeover", CTL_ROLE_OPERATOR, true, takeover_params, vrrp_do_takeover,
	 "take the role from another router"},
	{"hold", CTL_ROLE_OPERATOR, true, hold_params, vrrp_do_hold,
	 "keep a router behind all others for a while"},
	{"maintenance", CTL_ROLE_OPERATOR, true, maintenance_params, vrrp_do_maintenance,
	 "take the node or a router out of the way for a while"},
	{"garp", CTL_ROLE_OPERATOR, true, target_params, vrrp_do_garp,
	 "announce the addresses of a MASTER once more"},
	{"metrics", CTL_ROLE_READ, false, show_params, vrrp_do_metrics,
	 "numbers for a monitoring system"},
	{"doctor", CTL_ROLE_READ, false, show_params, vrrp_do_doctor,
	 "what is wrong, and what to do about it"},
	{0},
};

static const char *const features[] = {"apply", "lease", "failover", "takeover", "confirm",
	"hold", "maintenance", "garp", "diff", "save", "audit", "op", NULL};
/* clang-format on */

/* ---- life ---------------------------------------------------------------- */

static int
reload(void *userdata, struct daemon_reload *request)
{
	return engine_reload(userdata, request);
}

static int
repair(void *userdata, bool dry_run, ctl_repaired_fn done, void *waiting)
{
	return engine_repair(userdata, dry_run, done, waiting);
}

static bool
is_repairing(void *userdata)
{
	const struct engine *engine = userdata;

	return engine->repair != NULL;
}

static int
open_plane(struct vrrp_ctl *ctl)
{
	struct engine *engine = ctl->engine;
	const struct ctl_config config = {
	    .daemon = "vrrpd",
	    .options = &engine->options,
	    .helper = &engine->helper,
	    .tree = &engine->tree,
	    .rev = &engine->rev,
	    .reload = reload,
	    .repair = repair,
	    .is_repairing = is_repairing,
	    .userdata = engine,
	};
	const struct edits_config edits = vrrp_edits_config(ctl);
	const struct ctl_server_config server = {
	    .run_dir = engine->run_dir,
	    .features = features,
	    .methods = methods,
	    .kinds = kinds,
	    .events = vrrp_events,
	    .state = get_state,
	    .status = add_status,
	    .settled = is_settled,
	    .subscribed = subscribed,
	    .set_cause = set_cause,
	    .userdata = ctl,
	};
	int r = ctl_plane_open(
	    &ctl->plane, engine->event, &config, &edits, &vrrp_peer, &server);

	ctl->edits = ctl->plane.edits;
	return r;
}

int
vrrp_ctl_open(struct engine *engine)
{
	struct vrrp_ctl *ctl = calloc(1, sizeof(*ctl));

	if (ctl == NULL)
		return -ENOMEM;
	ctl->engine = engine;
	int r = vrrp_update_new(engine, &ctl->update);
	if (r >= 0)
		r = open_plane(ctl);
	if (r >= 0) {
		engine->control = ctl->plane.server;
		return 0;
	}
	(void)vrrp_update_free(ctl->update);
	free(ctl);
	return r;
}

void
vrrp_ctl_start(struct engine *engine)
{
	struct vrrp_ctl *ctl;

	if (engine->control == NULL)
		return;
	ctl = ctl_server_userdata(engine->control);
	ctl_plane_start(&ctl->plane, engine->event, engine->run_dir, engine->state_dir,
	    engine->log_dir);
	vrrp_edits_settle(ctl);
}

void
vrrp_ctl_reload(struct engine *engine)
{
	if (engine->control == NULL)
		return;

	struct vrrp_ctl *ctl = ctl_server_userdata(engine->control);

	ctl_reload_by_signal(&ctl->plane.config);
}

void
vrrp_ctl_reloaded(struct engine *engine, json_t *told)
{
	struct vrrp_ctl *ctl;

	if (engine->control == NULL)
		return;
	ctl = ctl_server_userdata(engine->control);
	ctl_plane_reloaded(&ctl->plane, told);
	vrrp_edits_settle(ctl);
}

void
vrrp_ctl_removed(struct vrouter *vr)
{
	struct vrrp_ctl *ctl;

	if (vr->engine->control == NULL)
		return;
	ctl = ctl_server_userdata(vr->engine->control);
	vrrp_ops_forget(ctl, vr);
	vrrp_update_routers_moved(ctl->update);
}

void
vrrp_ctl_end_stay(struct vrouter *vr)
{
	struct engine *engine = vr->engine;
	char path[VRRP_PATH_SIZE];

	if (engine->control == NULL)
		return;
	if (layers_unset_in(engine->layers, vrrp_json_path(path, vr->conf->name),
		VRRP_FIELD_STAY, LAYER_RUNTIME)) {
		const struct vrrp_ctl *ctl = ctl_server_userdata(engine->control);
		edits_write(ctl->edits);
	}
}

void
vrrp_ctl_close(struct engine *engine)
{
	if (engine->control == NULL)
		return;
	struct vrrp_ctl *ctl = ctl_server_userdata(engine->control);
	engine_repair_cancel(engine);
	vrrp_ops_abandon(ctl);
	ctl_plane_close(&ctl->plane);
	(void)vrrp_update_free(ctl->update);
	engine->control = NULL;
	free(ctl);
}

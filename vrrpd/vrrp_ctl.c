/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl.c - the methods vrrpd offers over its control sockets, and its objects. */
#include "vrrpd/vrrp_ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_server.h"
#include "common/log.h"
#include "config.h"
#include "vrrpd/vrrp_ctl_diagnose.h"
#include "vrrpd/vrrp_ctl_internal.h"

/* Instances in one answer: as many as take about half a millisecond of the loop. */
#define PAGE_INSTANCES 64

/* ---- finding ------------------------------------------------------------- */

struct vrouter *
vrrp_ctl_find(const struct vrrp_ctl *ctl, const char *path)
{
	const char *kind = "instance/";
	struct vrouter *vr = NULL;

	if (strncmp(path, kind, strlen(kind)) == 0)
		vr = engine_find(ctl->engine, path + strlen(kind));
	return vr != NULL ? vr : engine_find(ctl->engine, path);
}

struct vrouter *
vrrp_ctl_target(const struct vrrp_ctl *ctl, struct ctl_call *call)
{
	const char *target = ctl_params_text(call->params, "target", "");
	struct vrouter *vr = vrrp_ctl_find(ctl, target);

	if (vr == NULL)
		ctl_call_fail(call, CTL_NOT_FOUND, json_pack("{s:s}", "path", target),
		    "there is no instance \"%.128s\"", target);
	return vr;
}

const char *
vrrp_ctl_reason(struct ctl_call *call)
{
	const char *reason = ctl_params_text(call->params, "reason", "");

	if (ctl_params_text_ok(reason))
		return reason;
	ctl_call_fail(call, CTL_INVALID_PARAMS,
	    json_pack("{s:s, s:s}", "path", "params.reason", "expected",
		"text without control characters"),
	    "\"reason\" must not contain control characters");
	return NULL;
}

/* ---- instances ----------------------------------------------------------- */

static size_t
count_instances(void *userdata)
{
	const struct vrrp_ctl *ctl = userdata;

	return ctl->engine->router_count;
}

static json_t *
page_instances(void *userdata, size_t first, size_t count)
{
	const struct engine *engine = ((const struct vrrp_ctl *)userdata)->engine;
	json_t *items = json_array();

	if (count > PAGE_INSTANCES)
		count = PAGE_INSTANCES;
	for (size_t i = first; i < engine->router_count && i - first < count; i++) {
		struct vrrp_snapshot snapshot;
		vrrp_snapshot_take(&snapshot, engine->routers[i], false);
		(void)json_array_append_new(
		    items, vrrp_json_instance(&snapshot.view, true));
		vrrp_snapshot_done(&snapshot);
	}
	return items;
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

/* ---- leases and overrides ------------------------------------------------ */

/* A lease is one object, however many fields it is about. */
static bool
is_listed(const struct layers *layers, size_t i, bool leases_only)
{
	return !leases_only || layers_is_first_of_lease(layers, i);
}

static size_t
count_entries(const struct vrrp_ctl *ctl, bool leases_only)
{
	const struct layers *layers = ctl->engine->layers;
	size_t count = 0;

	for (size_t i = 0; layers_get(layers, i) != NULL; i++)
		if (is_listed(layers, i, leases_only))
			count++;
	return count;
}

static json_t *
page_entries(const struct vrrp_ctl *ctl, bool leases_only, size_t first, size_t count)
{
	const struct layers *layers = ctl->engine->layers;
	int64_t now_us = clock_now_us(), wall_us = clock_realtime_of_us(now_us);
	json_t *items = json_array();
	size_t seen = 0;

	for (size_t i = 0; layers_get(layers, i) != NULL; i++) {
		if (!is_listed(layers, i, leases_only) || seen++ < first)
			continue;
		if (json_array_size(items) == count)
			break;
		(void)json_array_append_new(items,
		    leases_only
			? vrrp_store_lease_json(ctl, layers_get(layers, i))
			: vrrp_json_lease(layers_get(layers, i), now_us, wall_us));
	}
	return items;
}

static size_t
count_leases(void *userdata)
{
	return count_entries(userdata, true);
}

static json_t *
page_leases(void *userdata, size_t first, size_t count)
{
	return page_entries(userdata, true, first, count);
}

static json_t *
get_lease(void *userdata, const char *name)
{
	const struct vrrp_ctl *ctl = userdata;
	const struct layer_entry *entry = layers_find_lease(ctl->engine->layers, name);

	return entry == NULL ? NULL : vrrp_store_lease_json(ctl, entry);
}

static size_t
count_overrides(void *userdata)
{
	return count_entries(userdata, false);
}

static json_t *
page_overrides(void *userdata, size_t first, size_t count)
{
	return page_entries(userdata, false, first, count);
}

/* ---- the daemon ---------------------------------------------------------- */

static const char *
node_name(const struct vrrp_ctl *ctl)
{
	const struct engine *engine = ctl->engine;

	if (engine->options.config_id != NULL)
		return engine->options.config_id;
	if (engine->conf != NULL && engine->conf->router_id != NULL &&
	    engine->conf->router_id[0] != '\0')
		return engine->conf->router_id;
	return ctl->host;
}

static void
get_state(void *userdata, struct ctl_state *ret)
{
	static const char *const phases[ENGINE_PHASE_COUNT_] = {
	    [ENGINE_STARTING] = "starting",
	    [ENGINE_RUNNING] = "running",
	    [ENGINE_RELOADING] = "reloading",
	    [ENGINE_STOPPING] = "stopping",
	};
	const struct vrrp_ctl *ctl = userdata;

	*ret = (struct ctl_state){
	    .node = node_name(ctl),
	    .phase = phases[ctl->engine->phase],
	    .rev = ctl->engine->rev,
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

static json_t *
describe_fields(void *userdata)
{
	(void)userdata;
	return vrrp_fields_describe();
}

static json_t *
config_json(const struct engine *engine)
{
	char text[UNITS_TEXT_SIZE];

	return json_pack("{s:o, s:o, s:b}", "file",
	    ctl_msg_text(engine->options.config_path), "reloaded",
	    engine->reloaded_us != 0 ? json_string(units_format_rfc3339(text,
					   clock_realtime_of_us(engine->reloaded_us)))
				     : json_null(),
	    "reload_failed", engine->reload_failed);
}

/* Edits without an end. */
static size_t
count_lasting(const struct vrrp_ctl *ctl)
{
	const struct layer_entry *entry;
	size_t count = 0;

	for (size_t i = 0; (entry = layers_get(ctl->engine->layers, i)) != NULL; i++)
		if (entry->layer != LAYER_LEASE)
			count++;
	return count;
}

static void
add_status(void *userdata, json_t *status)
{
	struct vrrp_ctl *ctl = userdata;
	const struct engine *engine = ctl->engine;

	(void)json_object_set_new(status, "instances", instances_json(engine));
	(void)json_object_set_new(status, "config", config_json(engine));
	const struct layer_entry *maintenance =
	    layers_top(engine->layers, VRRP_PATH_NODE, VRRP_FIELD_MAINTENANCE);
	(void)json_object_set_new(status, "maintenance",
	    maintenance != NULL ? ctl_msg_text(maintenance->id) : json_null());
	(void)json_object_set_new(
	    status, "leases", page_entries(ctl, true, 0, LEASES_MAX));
	(void)json_object_set_new(
	    status, "overrides", json_integer((json_int_t)count_lasting(ctl)));
	(void)json_object_set_new(
	    status, "unknown_vrid", json_integer((json_int_t)engine->unknown_vrid));
}

/* Every router has its role, or knows who has it. */
static bool
is_settled(void *userdata)
{
	const struct engine *engine = ((const struct vrrp_ctl *)userdata)->engine;

	for (size_t i = 0; i < engine->router_count; i++) {
		const struct vrrp_fsm *fsm = &engine->routers[i]->fsm;

		if (fsm->state == VRRP_STATE_INITIALIZE ||
		    (fsm->state == VRRP_STATE_BACKUP && !addr_is_set(&fsm->master)))
			return false;
	}
	return true;
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
	 explain_instance, describe_fields},
	{"vip", "an address of a virtual router", count_vips, page_vips, NULL, NULL, NULL},
	{"lease", "an override that ends by itself", count_leases, page_leases, get_lease,
	 NULL, NULL},
	{"override", "every live edit, with an end or without", count_overrides,
	 page_overrides, NULL, NULL, NULL},
	{0},
};

static const struct ctl_param apply_params[] = {
	{"changes", CTL_ARRAY,   true,  1, 256, "[{path, set: {FIELD: VALUE}, unset: [FIELD]}]"},
	{"lease",   CTL_OBJECT,  false, 0, 0,   "{ttl_ms}: the changes undo themselves"},
	CTL_PARAMS_OF_CHANGES,
	{"if_rev",  CTL_INTEGER, false, 0, CTL_INTEGER_MAX, "only when the revision is this"},
	{"dry_run", CTL_BOOLEAN, false, 0, 0,   "check, and say what would change"},
	{"confirm_ms", CTL_INTEGER, false, 1000, LEASE_OPERATOR_US / US_PER_MS,
	 "undo it unless it is confirmed by then"},
	{0},
};
static const struct ctl_param failover_params[] = {
	{"target",  CTL_STRING,  true,  1, 1024, "the MASTER that hands over"},
	{"method",  CTL_STRING,  false, 1, 32,
	 "handover (keeps the addresses until the new MASTER is heard) or release"},
	{"hold_ms", CTL_INTEGER, false, 0, LEASE_ADMIN_US / US_PER_MS,
	 "how long to stay behind afterwards; 0: not at all"},
	{"wait_ms", CTL_INTEGER, false, 100, 600000, "how long to wait for the new MASTER"},
	{"wait",    CTL_BOOLEAN, false, 0, 0, "false: answer before it is done"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param takeover_params[] = {
	{"target",  CTL_STRING,  true,  1, 1024, "the BACKUP that becomes MASTER"},
	{"for_ms",  CTL_INTEGER, false, 1000, LEASE_ADMIN_US / US_PER_MS,
	 "how long to hold the role"},
	{"wait",    CTL_BOOLEAN, false, 0, 0, "false: answer before it is done"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param release_params[] = {
	{"id", CTL_STRING, true, 1, 32, "the lease"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param renew_params[] = {
	{"id", CTL_STRING, true, 1, 32, "the lease"},
	{"ttl_ms", CTL_INTEGER, true, 1000, LEASE_ADMIN_US / US_PER_MS,
	 "how long it lasts from now on"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param confirm_params[] = {
	{"id", CTL_STRING, false, 1, 32, "the lease; needed when several of yours wait"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param hold_params[] = {
	{"target", CTL_STRING, true, 1, 1024, "the router to keep behind"},
	{"for_ms", CTL_INTEGER, false, 1000, LEASE_ADMIN_US / US_PER_MS,
	 "how long; ten minutes unless given"},
	{"clear", CTL_BOOLEAN, false, 0, 0, "end the hold instead"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param maintenance_params[] = {
	{"action", CTL_STRING, true, 1, 16, "on, off or extend"},
	{"target", CTL_STRING, false, 1, 1024, "an instance; the whole node unless given"},
	{"for_ms", CTL_INTEGER, false, 1000, LEASE_ADMIN_US / US_PER_MS,
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
static const struct ctl_param level_params[] = {
	{"level", CTL_STRING, true, 1, 16, "debug, info, notice, warning or err"},
	{"lease", CTL_OBJECT, false, 0, 0, "{ttl_ms}: it undoes itself"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param diff_params[] = {
	{"from", CTL_STRING, false, 1, 16, "file (unless given), saved or running"},
	{"to", CTL_STRING, false, 1, 16, "file, saved or running (unless given)"},
	{0},
};
static const struct ctl_param save_params[] = {
	{"objects", CTL_ARRAY, false, 0, 256, "paths; everything unless given"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param discard_params[] = {
	{"objects", CTL_ARRAY, false, 0, 256, "paths; everything unless given"},
	{"saved", CTL_BOOLEAN, false, 0, 0, "what was saved too"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param show_params[] = {
	{"next", CTL_INTEGER, false, 0, INT32_MAX, "where the answer before said to go on"},
	{0},
};

static const struct ctl_method methods[] = {
	{"apply", CTL_ROLE_OPERATOR, true, apply_params, vrrp_do_apply,
	 "change fields of instances while they run"},
	{"confirm", CTL_ROLE_OPERATOR, true, confirm_params, vrrp_do_confirm,
	 "keep what was applied to be confirmed"},
	{"lease.list", CTL_ROLE_READ, false, NULL, vrrp_do_lease_list,
	 "what ends by itself"},
	{"lease.renew", CTL_ROLE_OPERATOR, true, renew_params, vrrp_do_renew,
	 "give a lease a new end"},
	{"lease.release", CTL_ROLE_OPERATOR, true, release_params, vrrp_do_release,
	 "end a lease before its time"},
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
	{"log.level", CTL_ROLE_OPERATOR, true, level_params, vrrp_do_log_level,
	 "log more or less"},
	{"config.diff", CTL_ROLE_READ, false, diff_params, vrrp_do_config_diff,
	 "how file, saved and running values differ"},
	{"config.save", CTL_ROLE_ADMIN, true, save_params, vrrp_do_config_save,
	 "keep live edits for good, beside the file"},
	{"config.discard", CTL_ROLE_ADMIN, true, discard_params, vrrp_do_config_discard,
	 "drop live edits that were not saved"},
	{"config.reload", CTL_ROLE_ADMIN, true, NULL, vrrp_do_reload,
	 "read the configuration anew and apply the differences"},
	{"reload", CTL_ROLE_ADMIN, true, NULL, vrrp_do_reload, "the same as config.reload"},
	{"config.test", CTL_ROLE_OPERATOR, false, NULL, vrrp_do_config_test,
	 "what a reload would say of the configuration"},
	{"config.show", CTL_ROLE_OPERATOR, false, show_params, vrrp_do_config_show,
	 "the configuration in use, in its canonical form, without secrets"},
	{"metrics", CTL_ROLE_READ, false, show_params, vrrp_do_metrics,
	 "numbers for a monitoring system"},
	{"doctor", CTL_ROLE_READ, false, show_params, vrrp_do_doctor,
	 "what is wrong, and what to do about it"},
	{0},
};

static const char *const private_kinds[] = {"lease", "override", NULL};

static const char *const features[] = {"apply", "lease", "failover", "takeover", "confirm",
	"hold", "maintenance", "garp", "diff", "save", "audit", "op", NULL};
/* clang-format on */

/* ---- life ---------------------------------------------------------------- */

int
vrrp_ctl_open(struct engine *engine)
{
	struct vrrp_ctl *ctl = calloc(1, sizeof(*ctl));

	if (ctl == NULL)
		return -ENOMEM;
	ctl->engine = engine;
	ctl->log_level = log_level();
	(void)gethostname(ctl->host, sizeof(ctl->host) - 1);
	ctl->host[strcspn(ctl->host, ".")] = '\0';

	const struct ctl_server_config config = {
	    .daemon = "vrrpd",
	    .version = PACKAGE_VERSION,
	    .run_dir = engine->run_dir,
	    .features = features,
	    .methods = methods,
	    .kinds = kinds,
	    .state = get_state,
	    .status = add_status,
	    .settled = is_settled,
	    .set_cause = set_cause,
	    .private_kinds = private_kinds,
	    .userdata = ctl,
	};
	int r = ctl_server_new(engine->event, &config, &engine->control);
	if (r < 0)
		free(ctl);
	return r;
}

void
vrrp_ctl_load_overrides(struct engine *engine)
{
	if (engine->control != NULL)
		vrrp_store_open(ctl_server_userdata(engine->control));
}

void
vrrp_ctl_reloaded(struct engine *engine)
{
	if (engine->control == NULL)
		return;
	vrrp_store_settle(ctl_server_userdata(engine->control));
}

void
vrrp_ctl_end_stay(struct vrouter *vr)
{
	struct engine *engine = vr->engine;
	struct vrrp_ctl *ctl;
	char path[VRRP_PATH_SIZE];

	if (engine->control == NULL)
		return;
	ctl = ctl_server_userdata(engine->control);
	if (layers_unset_in(engine->layers, vrrp_json_path(path, vr->conf->name),
		VRRP_FIELD_STAY, LAYER_RUNTIME) &&
	    ctl->store != NULL)
		lease_store_write(ctl->store);
}

void
vrrp_ctl_close(struct engine *engine)
{
	if (engine->control == NULL)
		return;
	struct vrrp_ctl *ctl = ctl_server_userdata(engine->control);
	vrrp_moves_abandon(ctl);
	vrrp_windows_abandon(ctl);
	vrrp_store_close(ctl);
	engine->control = ctl_server_free(engine->control);
	free(ctl);
}

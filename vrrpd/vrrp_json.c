/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_json.c - a virtual router as clients of the control socket see it. */
#include "vrrpd/vrrp_json.h"

#include <stdio.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"
#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_view.h"

const char *
vrrp_json_path(char buf[VRRP_PATH_SIZE], const char *name)
{
	(void)snprintf(buf, VRRP_PATH_SIZE, "instance/%s", name);
	return buf;
}

/* ---- values -------------------------------------------------------------- */

/* A span in milliseconds, whole where it is. */
static json_t *
ms(int64_t us)
{
	if (us % US_PER_MS == 0)
		return json_integer((json_int_t)(us / US_PER_MS));
	return json_real((double)us / (double)US_PER_MS);
}

static json_t *
whole_ms(int64_t us)
{
	return json_integer((json_int_t)(us / US_PER_MS));
}

/* A time of the boot clock as people read it. */
static json_t *
instant(int64_t at_us, int64_t now_us, int64_t wall_us)
{
	char text[UNITS_TEXT_SIZE];

	if (at_us == 0)
		return json_null();
	return json_string(units_format_rfc3339(text, wall_us - (now_us - at_us)));
}

static json_t *
address(const struct addr *a)
{
	char text[ADDR_TEXT_SIZE];

	return addr_is_set(a) ? json_string(addr_format(text, a)) : json_null();
}

static json_t *
text_or_null(const char *text)
{
	return text != NULL && text[0] != '\0' ? ctl_msg_text(text) : json_null();
}

/* Adds a member; what memory did not suffice for is seen at the end. */
static void
put(json_t *object, const char *name, json_t *value)
{
	(void)json_object_set_new(object, name, value);
}

/* ---- one address --------------------------------------------------------- */

static const struct vrrp_vip *
vip_at(const struct vrrp_instance_conf *conf, size_t index)
{
	return index < conf->vip_count ? &conf->vips[index]
				       : &conf->excluded[index - conf->vip_count];
}

static json_t *
vip_json(const struct vrrp_view *view, size_t index)
{
	const struct vrrp_instance_conf *conf = view->conf;
	const struct vrrp_vip *vip = vip_at(conf, index);
	char text[PREFIX_TEXT_SIZE];

	return json_pack("{s:s, s:o, s:b, s:b}", "address",
	    prefix_format(text, &vip->prefix), "interface",
	    ctl_msg_text(vip->ifname[0] != '\0' ? vip->ifname : conf->ifname), "set",
	    view->vips_present != NULL && view->vips_present[index], "excluded",
	    index >= conf->vip_count);
}

json_t *
vrrp_json_vip(const struct vrrp_view *view, size_t index)
{
	json_t *vip = vip_json(view, index);
	char path[VRRP_PATH_SIZE];

	if (vip == NULL)
		return NULL;
	put(vip, "path", ctl_msg_text(vrrp_json_path(path, view->conf->name)));
	put(vip, "instance", ctl_msg_text(view->conf->name));
	put(vip, "state", json_string(vrrp_state_name(view->fsm->state)));
	put(vip, "label", text_or_null(vip_at(view->conf, index)->label));
	return vip;
}

static json_t *
vips_json(const struct vrrp_view *view, bool brief)
{
	json_t *vips = json_pack("{s:I, s:I}", "want", (json_int_t)view->vips_want,
	    "set", (json_int_t)view->vips_set);
	size_t count = view->conf->vip_count + view->conf->excluded_count;

	if (brief || vips == NULL)
		return vips;

	json_t *list = json_array();

	for (size_t i = 0; i < count && i < VRRP_JSON_VIPS; i++)
		(void)json_array_append_new(list, vip_json(view, i));
	put(vips, "list", list);
	return vips;
}

/* ---- where values come from ---------------------------------------------- */

static json_t *
source_json(const struct vrrp_view *view, const char *field, json_t *base,
    const struct vrrp_conf_pos *pos)
{
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *top =
	    layers_top(view->layers, vrrp_json_path(path, view->conf->name), field);
	json_t *source = json_object();

	if (top != NULL)
		put(source, "layer", json_string(layer_name(top->layer)));
	else
		put(source, "layer", json_string(pos->line > 0 ? "file" : "default"));
	if (top != NULL && top->layer == LAYER_LEASE) {
		put(source, "kind", ctl_msg_text(top->kind));
		put(source, "lease", ctl_msg_text(top->id));
		put(source, "expires",
		    instant(top->expires_us, view->now_us, view->wall_us));
	}
	put(source, "base", base);
	if (pos->line > 0) {
		put(source, "file", ctl_msg_text(pos->file));
		put(source, "line", json_integer(pos->line));
	}
	return source;
}

/* Of the fields that were edited and are not in `sources` yet. */
static void
put_edited(json_t *sources, const struct vrrp_view *view)
{
	static const struct vrrp_conf_pos unknown;
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, view->conf->name);
	for (const struct live_field *field = vrrp_fields; field->name != NULL;
	     field++) {
		if (json_object_get(sources, field->name) != NULL ||
		    layers_top(view->layers, path, field->name) == NULL)
			continue;
		put(sources, field->name,
		    source_json(view, field->name,
			live_field_json(field, field->in_file(view->conf)), &unknown));
	}
}

static json_t *
sources_json(const struct vrrp_view *view)
{
	const struct vrrp_instance_conf *conf = view->conf;
	json_t *sources = json_pack("{s:o, s:o}", "priority",
	    source_json(
		view, "priority", json_integer(conf->priority), &conf->priority_pos),
	    "nopreempt",
	    source_json(view, "nopreempt", json_boolean(conf->nopreempt),
		&conf->nopreempt_pos));

	put_edited(sources, view);
	return sources;
}

/* A lease may be about several fields. */
static void
add_once(json_t *ids, const char *id)
{
	for (size_t i = 0; i < json_array_size(ids); i++)
		if (strcmp(json_string_value(json_array_get(ids, i)), id) == 0)
			return;
	(void)json_array_append_new(ids, ctl_msg_text(id));
}

static json_t *
lease_ids(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];
	json_t *ids = json_array();
	const struct layer_entry *entry;

	vrrp_json_path(path, view->conf->name);
	for (size_t i = 0; (entry = layers_get(view->layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && strcmp(entry->path, path) == 0)
			add_once(ids, entry->id);
	return ids;
}

/* The lease that was given last: what an operator wants to know of first. */
static json_t *
last_lease(const struct vrrp_view *view)
{
	const struct layer_entry *entry, *last = NULL;
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, view->conf->name);
	for (size_t i = 0; (entry = layers_get(view->layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && strcmp(entry->path, path) == 0)
			last = entry;
	if (last == NULL)
		return json_null();
	return json_pack("{s:s, s:s, s:o}", "id", last->id, "kind", last->kind,
	    "left_ms", ms(last->expires_us - view->now_us));
}

/* ---- one virtual router -------------------------------------------------- */

static json_t *
counters_json(const struct vrrp_view *view)
{
	json_t *counters = json_object(), *drops = json_object();

	for (size_t i = 0; i < view->counter_count; i++)
		put(counters, view->counters[i].name,
		    json_integer((json_int_t)view->counters[i].value));
	for (unsigned i = VRRP_DROP_NONE + 1; i < VRRP_DROP_COUNT_; i++)
		put(drops, vrrp_drop_name((enum vrrp_drop)i),
		    json_integer((json_int_t)view->drops[i]));
	put(counters, "drops", drops);
	return counters;
}

static json_t *
refused_json(const struct vrrp_view *view)
{
	const struct vrrp_offender *last = vrrp_offender_refused(view->offenders);

	if (last == NULL)
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:o, s:o}", "drop",
	    vrrp_offender_name(last->what), "text", vrrp_offender_text(last->what),
	    "source", address(&last->source), "at",
	    instant(last->at_us, view->now_us, view->wall_us), "detail",
	    text_or_null(last->detail));
}

static json_t *
mac_json(const struct vrrp_offender *o)
{
	char text[18];

	if (!o->has_mac)
		return json_null();
	(void)snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", o->mac[0],
	    o->mac[1], o->mac[2], o->mac[3], o->mac[4], o->mac[5]);
	return json_string(text);
}

json_t *
vrrp_json_offender(const struct vrrp_view *view, const struct vrrp_offender *o)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:I, s:o}", "what",
	    vrrp_offender_name(o->what), "text", vrrp_offender_text(o->what), "source",
	    address(&o->source), "mac", mac_json(o), "at",
	    instant(o->at_us, view->now_us, view->wall_us), "count",
	    (json_int_t)o->count, "detail", text_or_null(o->detail));
}

static json_t *
offenders_json(const struct vrrp_view *view)
{
	json_t *list = json_array();

	for (const struct vrrp_offender *at = view->offenders; at; at = at->next)
		(void)json_array_append_new(list, vrrp_json_offender(view, at));
	return list;
}

static json_t *
split_brain_json(const struct vrrp_view *view)
{
	const struct vrrp_offender *sign = vrrp_view_split_brain(view);

	return sign != NULL ? address(&sign->source) : json_null();
}

static json_t *
faults_json(const struct vrrp_view *view)
{
	json_t *list = json_array();

	for (const char *const *at = view->faults; at != NULL && *at != NULL; at++)
		(void)json_array_append_new(list, json_string(*at));
	return list;
}

static json_t *
master_json(const struct vrrp_view *view)
{
	if (view->fsm->state == VRRP_STATE_MASTER)
		return json_string("self");
	return vrrp_view_knows_master(view) ? address(&view->fsm->master) : json_null();
}

static json_t *
master_priority_json(const struct vrrp_view *view)
{
	if (view->fsm->state == VRRP_STATE_MASTER)
		return json_integer(view->fsm->params.priority);
	return vrrp_view_knows_master(view) ? json_integer(view->fsm->master_priority)
					    : json_null();
}

/* What is under way, and for how long yet. */
static json_t *
move_json(const struct vrrp_view *view)
{
	const struct vrrp_view_move *move = &view->move;
	json_t *json;

	if (move->kind == NULL)
		return json_null();
	json = json_pack("{s:s, s:s*}", "kind", move->kind, "method", move->method);
	put(json, "since", instant(move->since_us, view->now_us, view->wall_us));
	put(json, "until", instant(move->until_us, view->now_us, view->wall_us));
	put(json, "left_ms",
	    whole_ms(
		move->until_us > view->now_us ? move->until_us - view->now_us : 0));
	return json;
}

/* The role: what it is, why, and who is Master. */
static void
put_state(json_t *object, const struct vrrp_view *view)
{
	const struct vrrp_fsm *fsm = view->fsm;

	put(object, "state", json_string(vrrp_state_name(fsm->state)));
	put(object, "cause", json_string(vrrp_cause_name(fsm->cause)));
	put(object, "reason", ctl_msg_text(view->reason));
	put(object, "priority", json_integer(vrrp_view_priority(view)));
	put(object, "effective",
	    vrrp_view_runs(view) ? json_integer(fsm->params.priority) : json_null());
	put(object, "master", master_json(view));
	put(object, "master_priority", master_priority_json(view));
	put(object, "since", instant(fsm->since_us, view->now_us, view->wall_us));
	put(object, "for_ms",
	    fsm->since_us != 0 ? whole_ms(view->now_us - fsm->since_us) : json_null());
	put(object, "moving",
	    view->moving != NULL ? json_string(view->moving) : json_null());
	put(object, "move", move_json(view));
	put(object, "faults", faults_json(view));
	put(object, "leases", lease_ids(view));
	put(object, "lease", last_lease(view));
}

/* How long moves of its role would wait for their proof. */
static json_t *
waits_json(const struct vrrp_fsm *fsm)
{
	return json_pack("{s:I, s:I, s:I}", "handover_ms",
	    (json_int_t)(vrrp_fsm_handover_wait_us(fsm) / US_PER_MS), "yield_ms",
	    (json_int_t)(vrrp_fsm_yield_wait_us(fsm) / US_PER_MS), "takeover_ms",
	    (json_int_t)(vrrp_fsm_takeover_wait_us(fsm) / US_PER_MS));
}

/* What it was configured to be. */
static void
put_configuration(json_t *object, const struct vrrp_view *view)
{
	const struct vrrp_instance_conf *conf = view->conf;

	put(object, "interface", ctl_msg_text(conf->ifname));
	put(object, "vrid", json_integer(conf->vrid));
	put(object, "version", json_integer(conf->version));
	put(object, "family", json_string(conf->family == AF_INET6 ? "ipv6" : "ipv4"));
	put(object, "advert_int_ms", ms(conf->advert_int_us));
	put(object, "nopreempt", json_boolean(vrrp_view_nopreempt(view)));
	put(object, "preempt_delay_ms", ms(view->fsm->params.preempt_delay_us));
	put(object, "waits", waits_json(view->fsm));
}

/* The live fields that are not there under their own name already. */
static void
put_live_fields(json_t *object, const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, view->conf->name);
	for (const struct live_field *field = vrrp_fields; field->name != NULL;
	     field++) {
		const struct layer_entry *top;

		if (json_object_get(object, field->name) != NULL)
			continue;
		top = layers_top(view->layers, path, field->name);
		put(object, field->name,
		    live_field_json(
			field, top != NULL ? top->value : field->in_file(view->conf)));
	}
}

static void
put_details(json_t *object, const struct vrrp_view *view)
{
	const struct vrrp_fsm *fsm = view->fsm;

	put_live_fields(object, view);
	put(object, "sources", sources_json(view));
	put(object, "source_address", address(&fsm->params.primary));
	put(object, "master_adver_int_ms", ms(fsm->master_adver_int_us));
	put(object, "skew_ms",
	    ms(vrrp_fsm_skew_us(
		fsm->params.version, fsm->params.priority, fsm->master_adver_int_us)));
	put(object, "master_down_interval_ms",
	    ms(vrrp_fsm_master_down_interval_us(fsm)));
	put(object, "transitions", json_integer((json_int_t)fsm->transitions));
	put(object, "counters", counters_json(view));
	put(object, "offenders", offenders_json(view));
}

json_t *
vrrp_json_instance(const struct vrrp_view *view, bool brief)
{
	char path[VRRP_PATH_SIZE];
	json_t *object = json_pack("{s:o, s:o, s:n}", "path",
	    ctl_msg_text(vrrp_json_path(path, view->conf->name)), "name",
	    ctl_msg_text(view->conf->name), "group");

	if (object == NULL)
		return NULL;
	put_state(object, view);
	put(object, "vips", vips_json(view, brief));
	put(object, "last_refused", refused_json(view));
	put(object, "split_brain", split_brain_json(view));
	put_configuration(object, view);
	if (!brief)
		put_details(object, view);
	return object;
}

json_t *
vrrp_json_stats(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];
	json_t *object = json_pack("{s:o, s:o, s:s, s:I}", "path",
	    ctl_msg_text(vrrp_json_path(path, view->conf->name)), "name",
	    ctl_msg_text(view->conf->name), "state", vrrp_state_name(view->fsm->state),
	    "transitions", (json_int_t)view->fsm->transitions);

	if (object == NULL)
		return NULL;
	put(object, "counters", counters_json(view));
	put(object, "offenders", offenders_json(view));
	return object;
}

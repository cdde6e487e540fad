/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_json.c - a virtual router as clients of the control socket see it. */
#include "vrrpd/vrrp_json.h"

#include <stdio.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"
#include "vrrpd/vrrp_brief.h"
#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_json_values.h"
#include "vrrpd/vrrp_view.h"

#define INSTANCE "instance/"

const char *
vrrp_json_path(char buf[VRRP_PATH_SIZE], const char *name)
{
	(void)snprintf(buf, VRRP_PATH_SIZE, INSTANCE "%s", name);
	return buf;
}

const char *
vrrp_json_name_in(const char *path)
{
	return strncmp(path, INSTANCE, strlen(INSTANCE)) == 0 ? path + strlen(INSTANCE)
							      : NULL;
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
	put(vip, "label", vrrp_json_text(vip_at(view->conf, index)->label));
	return vip;
}

static json_t *
vip_list_json(const struct vrrp_view *view)
{
	size_t count = view->conf->vip_count + view->conf->excluded_count;
	json_t *list = json_array();

	for (size_t i = 0; i < count && i < VRRP_JSON_VIPS; i++)
		(void)json_array_append_new(list, vip_json(view, i));
	return list;
}

/* ---- where values come from ---------------------------------------------- */

/* {"layer"}, and of a lease "kind", "lease" and "expires". `entry` NULL: the file's. */
static json_t *
layer_json(const struct vrrp_view *view, const struct layer_entry *entry,
    const struct vrrp_conf_pos *pos)
{
	json_t *json = json_object();

	if (entry != NULL)
		put(json, "layer", json_string(layer_name(entry->layer)));
	else
		put(json, "layer", json_string(pos->line > 0 ? "file" : "default"));
	if (entry != NULL && entry->layer == LAYER_LEASE) {
		put(json, "kind", ctl_msg_text(entry->kind));
		put(json, "lease", ctl_msg_text(entry->id));
		put(json, "expires", vrrp_json_instant(view, entry->expires_us));
	}
	return json;
}

static json_t *
source_json(const struct vrrp_view *view, const char *field, json_t *base,
    const struct vrrp_conf_pos *pos)
{
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *top =
	    layers_top(view->layers, vrrp_json_path(path, view->conf->name), field);
	json_t *source = layer_json(view, top, pos);

	/* A hold says who serves; what the field was set to is told beside it. */
	if (top != NULL && top->layer == LAYER_LEASE && !layers_is_override(top))
		put(source, "set",
		    layer_json(view,
			layers_top_of_kind(
			    view->layers, path, field, LAYER_KIND_OVERRIDE),
			pos));
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
		    json_integer((json_int_t)vrrp_offender_total(view->offenders, i)));
	put(counters, "drops", drops);
	return counters;
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
	    vrrp_json_address(&o->source), "mac", mac_json(o), "at",
	    vrrp_json_instant(view, o->at_us), "count", (json_int_t)o->count, "detail",
	    vrrp_json_text(o->detail));
}

static json_t *
offenders_json(const struct vrrp_view *view)
{
	json_t *list = json_array();

	for (const struct vrrp_offender *at = view->offenders; at; at = at->next)
		(void)json_array_append_new(list, vrrp_json_offender(view, at));
	return list;
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

	put(json_object_get(object, "vips"), "list", vip_list_json(view));
	put_live_fields(object, view);
	put(object, "sources", sources_json(view));
	put(object, "source_address", vrrp_json_address(&fsm->params.primary));
	put(object, "master_adver_int_ms", vrrp_json_ms(fsm->master_adver_int_us));
	put(object, "skew_ms",
	    vrrp_json_ms(vrrp_fsm_skew_us(
		fsm->params.version, fsm->params.priority, fsm->master_adver_int_us)));
	put(object, "master_down_interval_ms",
	    vrrp_json_ms(vrrp_fsm_master_down_interval_us(fsm)));
	put(object, "transitions", json_integer((json_int_t)fsm->transitions));
	put(object, "counters", counters_json(view));
	put(object, "offenders", offenders_json(view));
}

json_t *
vrrp_json_instance(const struct vrrp_view *view, bool brief)
{
	json_t *object = vrrp_brief_json(view, VRRP_MEMBERS_ALL);

	if (object != NULL && !brief)
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

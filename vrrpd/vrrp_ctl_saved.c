/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_saved.c - how the running values differ from the file, and edits that are
 * kept for good beside it, never in it.
 *
 * What is saved remembers the value of the file it was saved over. When somebody
 * changes that value in the file, the file wins and what was saved is dropped:
 * otherwise an edit in the file would do nothing, and nobody would know why.
 */
#include "vrrpd/vrrp_ctl_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/conf.h"
#include "common/conf_tree.h"
#include "common/ctl_events.h"
#include "common/log.h"

#define INSTANCE "instance/"

/* ---- the file ------------------------------------------------------------ */

/* Where the keyword stands in the block of the instance; NULL: nowhere. */
static const struct conf_node *
find_node(const struct conf_tree *tree, const char *instance, const char *keyword)
{
	const struct conf_node *at = tree != NULL ? conf_tree_first(tree) : NULL;

	while (at != NULL && (at->row->key != CONF_KEY_VRRP_INSTANCE ||
				 strcmp(conf_node_word(at, 0), instance) != 0))
		at = at->next;
	if (at == NULL)
		return NULL;
	for (at = at->child; at != NULL; at = at->next)
		if (strcmp(at->row->name, keyword) == 0)
			return at;
	return NULL;
}

static json_t *
file_json(const struct vrrp_ctl *ctl, const struct vrouter *vr,
    const struct vrrp_field *field)
{
	const struct conf_node *node =
	    find_node(ctl->engine->tree, vr->conf->name, field->keyword);
	json_t *json = json_pack(
	    "{s:o}", "value", vrrp_field_json(field, field->in_file(vr->conf)));

	if (node != NULL) {
		(void)json_object_set_new(json, "file",
		    ctl_msg_text(conf_tree_file(ctl->engine->tree, node->file)));
		(void)json_object_set_new(
		    json, "line", json_integer((json_int_t)node->line));
	}
	return json;
}

/* ---- diff ---------------------------------------------------------------- */

enum side { SIDE_FILE = 0, SIDE_SAVED, SIDE_RUNNING, SIDE_COUNT_ };

static const char *const side_names[SIDE_COUNT_] = {"file", "saved", "running"};

/* The values of one field on all sides. */
struct sides {
	int64_t value[SIDE_COUNT_];
	const struct layer_entry *saved, *top;
};

static const struct layer_entry *
find_saved(const struct layers *layers, const char *path, const char *field)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (entry->layer == LAYER_SAVED && strcmp(entry->path, path) == 0 &&
		    strcmp(entry->field, field) == 0)
			return entry;
	return NULL;
}

static struct sides
take_sides(const struct vrrp_ctl *ctl, const struct vrouter *vr,
    const struct vrrp_field *field)
{
	const struct layers *layers = ctl->engine->layers;
	int64_t in_file = field->in_file(vr->conf);
	char path[VRRP_PATH_SIZE];
	struct sides sides = {
	    .saved =
		find_saved(layers, vrrp_json_path(path, vr->conf->name), field->name),
	    .top = layers_top(layers, path, field->name),
	};

	sides.value[SIDE_FILE] = in_file;
	sides.value[SIDE_SAVED] = sides.saved != NULL ? sides.saved->value : in_file;
	sides.value[SIDE_RUNNING] = sides.top != NULL ? sides.top->value : in_file;
	return sides;
}

static json_t *
difference_json(const struct vrrp_ctl *ctl, const struct vrouter *vr,
    const struct vrrp_field *field, const struct sides *sides)
{
	char path[VRRP_PATH_SIZE], text[UNITS_TEXT_SIZE];
	json_t *json = json_pack("{s:o, s:s, s:o, s:o, s:o, s:s}", "path",
	    ctl_msg_text(vrrp_json_path(path, vr->conf->name)), "field", field->name,
	    "file", file_json(ctl, vr, field), "saved",
	    sides->saved != NULL ? vrrp_field_json(field, sides->saved->value)
				 : json_null(),
	    "running", vrrp_field_json(field, sides->value[SIDE_RUNNING]), "layer",
	    sides->top != NULL ? layer_name(sides->top->layer) : "file");

	if (sides->top == NULL || sides->top->layer != LAYER_LEASE)
		return json;
	(void)json_object_set_new(json, "lease", ctl_msg_text(sides->top->id));
	(void)json_object_set_new(json, "kind", ctl_msg_text(sides->top->kind));
	units_format_rfc3339(text, clock_realtime_of_us(sides->top->expires_us));
	(void)json_object_set_new(json, "expires", json_string(text));
	return json;
}

static bool
take_side(struct ctl_call *call, const char *name, enum side absent, enum side *ret)
{
	const char *word = ctl_params_text(call->params, name, side_names[absent]);

	for (unsigned i = 0; i < SIDE_COUNT_; i++)
		if (strcmp(side_names[i], word) == 0) {
			*ret = (enum side)i;
			return true;
		}
	ctl_call_fail(call, CTL_INVALID_PARAMS,
	    json_pack("{s:s, s:s}", "path", name, "expected", "file, saved or running"),
	    "\"%s\" is file, saved or running", name);
	return false;
}

void
vrrp_do_config_diff(void *userdata, struct ctl_call *call)
{
	const struct vrrp_ctl *ctl = userdata;
	const struct engine *engine = ctl->engine;
	json_t *items;
	enum side from, to;

	if (!take_side(call, "from", SIDE_FILE, &from) ||
	    !take_side(call, "to", SIDE_RUNNING, &to))
		return;
	items = json_array();
	/* Only what was ever edited can differ. */
	for (size_t i = 0;
	     layers_get(engine->layers, 0) != NULL && i < engine->router_count; i++)
		for (const struct vrrp_field *field = vrrp_fields; field->name != NULL;
		     field++) {
			const struct vrouter *vr = engine->routers[i];
			struct sides sides = take_sides(ctl, vr, field);

			if (sides.value[from] != sides.value[to])
				(void)json_array_append_new(
				    items, difference_json(ctl, vr, field, &sides));
		}
	ctl_call_reply(
	    call, json_pack("{s:I, s:s, s:s, s:o}", "rev", (json_int_t)engine->rev,
		      "from", side_names[from], "to", side_names[to], "items", items));
}

/* ---- save and discard ---------------------------------------------------- */

/* Whether the object is one of those asked for; all are when none is named. */
static bool
is_wanted(const json_t *objects, const char *path)
{
	for (size_t i = 0; i < json_array_size(objects); i++) {
		const char *name = json_string_value(json_array_get(objects, i));

		if (name != NULL && (strcmp(name, path) == 0 ||
					strcmp(name, path + strlen(INSTANCE)) == 0))
			return true;
	}
	return json_array_size(objects) == 0;
}

/* Answers the call when an object that is named does not exist. */
static bool
check_objects(const struct vrrp_ctl *ctl, struct ctl_call *call, const json_t *objects)
{
	for (size_t i = 0; i < json_array_size(objects); i++) {
		const char *name = json_string_value(json_array_get(objects, i));

		if (name != NULL && vrrp_ctl_find(ctl, name) != NULL)
			continue;
		ctl_call_fail(call, CTL_NOT_FOUND,
		    json_pack("{s:s}", "path", name != NULL ? name : ""),
		    "there is no instance \"%.128s\"", name != NULL ? name : "");
		return false;
	}
	return true;
}

static bool
is_edit(const struct layer_entry *entry, enum layer layer, const json_t *objects)
{
	return entry->layer == layer &&
	       strncmp(entry->path, INSTANCE, strlen(INSTANCE)) == 0 &&
	       vrrp_field_find(entry->field) != NULL && is_wanted(objects, entry->path);
}

static const struct layer_entry *
find_edit(const struct layers *layers, enum layer layer, const json_t *objects)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (is_edit(entry, layer, objects))
			return entry;
	return NULL;
}

static json_t *
edit_json(const struct layer_entry *entry)
{
	return json_pack("{s:o, s:o, s:o}", "path", ctl_msg_text(entry->path), "field",
	    ctl_msg_text(entry->field), "value",
	    vrrp_field_json(vrrp_field_find(entry->field), entry->value));
}

/* A runtime edit becomes a saved one; false: out of memory. */
static bool
save_one(struct vrrp_ctl *ctl, const struct layer_entry *entry)
{
	struct layers *layers = ctl->engine->layers;
	const struct vrouter *vr = vrrp_ctl_find(ctl, entry->path);
	char path[VRRP_PATH_SIZE];
	struct layer_entry saved = *entry;

	saved.layer = LAYER_SAVED;
	saved.base = vr != NULL ? vrrp_field_find(entry->field)->in_file(vr->conf) : 0;
	saved.field = vrrp_field_find(entry->field)->name;
	(void)snprintf(path, sizeof(path), "%s", entry->path);
	return layers_set(layers, &saved, NULL) == 0 &&
	       layers_unset_in(layers, path, saved.field, LAYER_RUNTIME);
}

void
vrrp_do_config_save(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	const json_t *objects = json_object_get(call->params, "objects");
	const struct layer_entry *entry;
	json_t *saved;
	bool changed;

	if (!check_objects(ctl, call, objects))
		return;
	if (ctl->engine->state_dir[0] == '\0') {
		ctl_call_fail(call, CTL_IO, NULL,
		    "there is no directory to save to; nothing was changed");
		return;
	}
	saved = json_array();
	while (
	    (entry = find_edit(ctl->engine->layers, LAYER_RUNTIME, objects)) != NULL) {
		(void)json_array_append_new(saved, edit_json(entry));
		if (!save_one(ctl, entry))
			break;
	}
	changed = json_array_size(saved) > 0;
	if (changed)
		vrrp_store_changed(ctl);
	lease_store_reply(ctl->store, call,
	    json_pack("{s:I, s:b, s:o}", "rev", (json_int_t)ctl->engine->rev, "changed",
		changed, "saved", saved));
}

void
vrrp_do_config_discard(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	struct layers *layers = ctl->engine->layers;
	const json_t *objects = json_object_get(call->params, "objects");
	bool also_saved = ctl_params_boolean(call->params, "saved", false);
	const struct layer_entry *entry;
	json_t *gone;
	bool changed;

	if (!check_objects(ctl, call, objects))
		return;
	gone = json_array();
	for (;;) {
		entry = find_edit(layers, LAYER_RUNTIME, objects);
		if (entry == NULL && also_saved)
			entry = find_edit(layers, LAYER_SAVED, objects);
		if (entry == NULL)
			break;
		(void)json_array_append_new(gone, edit_json(entry));
		(void)layers_unset_in(layers, entry->path, entry->field, entry->layer);
	}
	changed = json_array_size(gone) > 0;
	if (changed) {
		vrrp_store_update_all(ctl);
		vrrp_store_changed(ctl);
	}
	lease_store_reply(ctl->store, call,
	    json_pack("{s:I, s:b, s:o}", "rev", (json_int_t)ctl->engine->rev, "changed",
		changed, "discarded", gone));
}

/* ---- when the file changes ----------------------------------------------- */

static void
tell_superseded(struct vrrp_ctl *ctl, const struct layer_entry *entry, int64_t in_file)
{
	const struct vrrp_field *field = vrrp_field_find(entry->field);

	log_notice("%s: %s was saved over another value of the file; the file wins",
	    entry->path + strlen(INSTANCE), entry->field);
	ctl_publish(ctl->engine->control, "override.superseded", entry->path,
	    ctl->engine->cause,
	    json_pack("{s:s, s:o, s:o}", "field", entry->field, "saved",
		vrrp_field_json(field, entry->value), "file",
		vrrp_field_json(field, entry->base)),
	    json_pack("{s:o}", "file", vrrp_field_json(field, in_file)));
}

void
vrrp_saved_check(struct vrrp_ctl *ctl)
{
	const struct vrrp_conf *conf = ctl->engine->conf;
	struct layers *layers = ctl->engine->layers;
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL;) {
		const struct vrrp_instance_conf *instance =
		    entry->layer == LAYER_SAVED
			? vrrp_conf_find(conf, entry->path + strlen(INSTANCE))
			: NULL;
		int64_t in_file = instance != NULL
				      ? vrrp_field_find(entry->field)->in_file(instance)
				      : entry->base;

		if (entry->layer != LAYER_SAVED || in_file == entry->base) {
			i++;
			continue;
		}
		tell_superseded(ctl, entry, in_file);
		struct vrouter *vr = vrrp_ctl_find(ctl, entry->path);
		(void)layers_unset_in(layers, entry->path, entry->field, LAYER_SAVED);
		if (vr != NULL)
			vrouter_update_params(vr);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* edits_diff.c - how the values of the file, of what was saved and of what runs differ.
 */
#include "common/edits_internal.h"

#include <string.h>

#include "common/clock.h"
#include "common/conf_tree.h"
#include "common/units.h"

/* One field of one object. */
struct place {
	struct edits_object of;
	const struct live_field *field;
};

/* ---- the file ------------------------------------------------------------ */

/* Where the keyword stands in the block of the object; NULL: nowhere. */
static const struct conf_node *
find_node(const struct conf_tree *tree, const struct place *place)
{
	const struct live_kind *kind = place->of.kind;
	const char *name = place->of.path + strlen(kind->name) + 1;
	const struct conf_node *at =
	    tree != NULL && kind->node != NULL ? kind->node(tree, name) : NULL;

	for (at = at != NULL ? at->child : NULL; at != NULL; at = at->next)
		if (strcmp(at->row->name, place->field->keyword) == 0)
			return at;
	return NULL;
}

static json_t *
file_json(const struct edits *edits, const struct place *place)
{
	const struct conf_tree *tree = *edits->config.tree;
	const struct conf_node *node = find_node(tree, place);
	json_t *json = json_pack("{s:o}", "value",
	    live_field_json(place->field, place->field->in_file(place->of.object)));

	if (node != NULL) {
		(void)json_object_set_new(
		    json, "file", ctl_msg_text(conf_tree_file(tree, node->file)));
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
find_saved(const struct layers *layers, const struct place *place)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (entry->layer == LAYER_SAVED &&
		    strcmp(entry->path, place->of.path) == 0 &&
		    strcmp(entry->field, place->field->name) == 0)
			return entry;
	return NULL;
}

static struct sides
take_sides(const struct edits *edits, const struct place *place)
{
	const struct layers *layers = edits->config.layers;
	int64_t in_file = place->field->in_file(place->of.object);
	struct sides sides = {
	    .saved = find_saved(layers, place),
	    .top = layers_top(layers, place->of.path, place->field->name),
	};

	sides.value[SIDE_FILE] = in_file;
	sides.value[SIDE_SAVED] = sides.saved != NULL ? sides.saved->value : in_file;
	sides.value[SIDE_RUNNING] = sides.top != NULL ? sides.top->value : in_file;
	return sides;
}

/* The lease that decides, when one does. */
static void
put_lease(json_t *json, const struct layer_entry *top)
{
	char text[UNITS_TEXT_SIZE];

	if (top == NULL || top->layer != LAYER_LEASE)
		return;
	(void)json_object_set_new(json, "lease", ctl_msg_text(top->id));
	(void)json_object_set_new(json, "kind", ctl_msg_text(top->kind));
	units_format_rfc3339(text, clock_realtime_of_us(top->expires_us));
	(void)json_object_set_new(json, "expires", json_string(text));
}

static json_t *
difference_json(
    const struct edits *edits, const struct place *place, const struct sides *sides)
{
	json_t *json = json_pack("{s:o, s:s, s:o, s:o, s:o, s:s}", "path",
	    ctl_msg_text(place->of.path), "field", place->field->name, "file",
	    file_json(edits, place), "saved",
	    sides->saved != NULL ? live_field_json(place->field, sides->saved->value)
				 : json_null(),
	    "running", live_field_json(place->field, sides->value[SIDE_RUNNING]),
	    "layer", sides->top != NULL ? layer_name(sides->top->layer) : "file");

	put_lease(json, sides->top);
	if (sides->top != NULL && sides->top->layer == LAYER_LEASE &&
	    !layers_is_override(sides->top))
		(void)json_object_set_new(json, "set",
		    live_field_json(
			place->field, edits_value(edits, &place->of, place->field)));
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

/* What the end of a lease left on: no field of the file, and nothing to be saved. */
static json_t *
left_json(const struct layer_entry *entry)
{
	return json_pack("{s:o, s:o, s:{s:b}, s:n, s:b, s:s}", "path",
	    ctl_msg_text(entry->path), "field", ctl_msg_text(entry->field), "file",
	    "value", 0, "saved", "running", 1, "layer", layer_name(entry->layer));
}

static void
add_left(const struct edits *edits, const char *path, json_t *items)
{
	const struct layer_entry *entry = NULL;

	while ((entry = layers_next_of(edits->config.layers, path, entry)) != NULL)
		if (edits_is_left(edits, entry))
			(void)json_array_append_new(items, left_json(entry));
}

/* Adds what differs of one object. */
static void
add_differences(const struct edits *edits, const struct edits_object *of,
    enum side from, enum side to, json_t *items)
{
	for (const struct live_field *field = of->kind->fields; field->name != NULL;
	     field++) {
		const struct place place = {*of, field};
		struct sides sides = take_sides(edits, &place);

		if (sides.value[from] != sides.value[to])
			(void)json_array_append_new(
			    items, difference_json(edits, &place, &sides));
	}
	if ((from == SIDE_RUNNING) != (to == SIDE_RUNNING))
		add_left(edits, of->path, items);
}

/* Whether entry `i` is the first one about its object. */
static bool
is_first_of_object(const struct layers *layers, size_t i)
{
	const char *path = layers_get(layers, i)->path;

	for (size_t j = 0; j < i; j++)
		if (strcmp(layers_get(layers, j)->path, path) == 0)
			return false;
	return true;
}

void
edits_do_diff(void *userdata, struct ctl_call *call)
{
	const struct edits *edits = userdata;
	const struct layers *layers = edits->config.layers;
	const struct layer_entry *entry;
	struct edits_object of;
	json_t *items;
	enum side from, to;

	if (!take_side(call, "from", SIDE_FILE, &from) ||
	    !take_side(call, "to", SIDE_RUNNING, &to))
		return;
	items = json_array();
	/* Only what was ever edited can differ. */
	for (size_t i = 0; (entry = layers_get(layers, i)) != NULL; i++)
		if (is_first_of_object(layers, i) &&
		    edits_find(edits, entry->path, &of))
			add_differences(edits, &of, from, to, items);
	ctl_call_reply(call,
	    json_pack("{s:I, s:s, s:s, s:o}", "rev", (json_int_t)*edits->config.rev,
		"from", side_names[from], "to", side_names[to], "items", items));
}

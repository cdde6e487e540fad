/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_why.c - what keeps a virtual router from being Master. */
#include "vrrpd/vrrp_why.h"

#include <string.h>

#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_json.h"

static const struct layer_entry *
top_of(const struct vrrp_view *view, const char *field)
{
	char path[VRRP_PATH_SIZE];

	return layers_top(view->layers, vrrp_json_path(path, view->conf->name), field);
}

const struct layer_entry *
vrrp_why_maintenance_of(const struct vrrp_view *view, const struct layer_entry *entry)
{
	const struct layer_entry *at = entry->layer == LAYER_LEASE
					   ? layers_find_lease(view->layers, entry->id)
					   : NULL;

	while (at != NULL && (strcmp(at->path, entry->path) != 0 ||
				 strcmp(at->field, VRRP_FIELD_MAINTENANCE) != 0))
		at = layers_next_of_lease(at);
	return at;
}

/* ---- what stands in the way ------------------------------------------------ */

/* Layers without the lease of a maintenance: what will be left of them. */
static bool
is_of_another(void *userdata, const struct layer_entry *entry)
{
	const struct layer_entry *out = userdata;

	return out == NULL || strcmp(entry->id, out->id) != 0;
}

/* What decides its priority when `out` is over; NULL: the file. */
static const struct layer_entry *
left_without(const struct vrrp_view *view, const struct layer_entry *out)
{
	char path[VRRP_PATH_SIZE];

	return layers_top_where(view->layers, vrrp_json_path(path, view->conf->name),
	    VRRP_FIELD_PRIORITY, is_of_another, (void *)(uintptr_t)out);
}

static bool
is_out(const struct vrrp_view *view)
{
	return view->faults != NULL && view->faults[0] != NULL &&
	       strcmp(view->faults[0], "maintenance") == 0;
}

/* Whether the maintenance does not fail back at its end. */
static bool
will_stay(const struct layer_entry *maintenance)
{
	return maintenance != NULL && (maintenance->value & VRRP_MAINTENANCE_STAY) != 0;
}

/* The lease behind which it is held for longest, and its maintenance. */
static void
find_holds(const struct vrrp_view *view, struct vrrp_why *why)
{
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *entry = NULL;

	vrrp_json_path(path, view->conf->name);
	while ((entry = layers_next_of(view->layers, path, entry)) != NULL) {
		if (entry->layer != LAYER_LEASE || !vrrp_view_is_hold(entry) ||
		    !is_of_another((void *)(uintptr_t)why->out, entry))
			continue;
		if (strcmp(entry->field, VRRP_FIELD_MAINTENANCE) == 0)
			why->maintenance = entry;
		if (strcmp(entry->field, VRRP_FIELD_PRIORITY) == 0 &&
		    (why->held_last == NULL ||
			entry->expires_us > why->held_last->expires_us))
			why->held_last = entry;
	}
}

static void
find_obstacles(const struct vrrp_view *view, struct vrrp_why *why)
{
	const struct layer_entry *left;

	why->out = is_out(view) ? top_of(view, VRRP_FIELD_MAINTENANCE) : NULL;
	left = left_without(view, why->out);
	why->held = left != NULL && vrrp_view_is_hold(left) ? left : NULL;
	if (why->held != NULL)
		find_holds(view, why);
	why->left = left != NULL ? (uint8_t)left->value : view->conf->priority;
	why->nopreempt = vrrp_view_nopreempt(view);
	why->stays =
	    vrrp_view_stays(view) || will_stay(why->out) || will_stay(why->maintenance);
}

/* ---- the cause ------------------------------------------------------------- */

/* Of a BACKUP that hears a Master. */
static enum vrrp_why_cause
cause_of_backup(const struct vrrp_view *view, const struct vrrp_why *why)
{
	int theirs = view->fsm->master_priority;

	if (why->held != NULL && vrrp_view_priority(view) > theirs)
		return VRRP_WHY_HELD;
	if (theirs >= view->fsm->params.priority)
		return VRRP_WHY_MASTER;
	if (why->nopreempt)
		return VRRP_WHY_NOPREEMPT;
	return why->stays ? VRRP_WHY_STAY : VRRP_WHY_MASTER;
}

static enum vrrp_why_cause
find_cause(const struct vrrp_view *view, const struct vrrp_why *why)
{
	switch (view->fsm->state) {
	case VRRP_STATE_FAULT:
		return why->out != NULL ? VRRP_WHY_OUT : VRRP_WHY_FAULT;
	case VRRP_STATE_BACKUP:
		if (vrrp_view_knows_master(view))
			return cause_of_backup(view, why);
		break;
	case VRRP_STATE_MASTER:
		if (vrrp_view_last_resort(view) != NULL)
			return VRRP_WHY_LAST_RESORT;
		break;
	case VRRP_STATE_INITIALIZE:
	case VRRP_STATE_COUNT_:
		break;
	}
	return VRRP_WHY_NONE;
}

static const struct layer_entry *
entry_of(const struct vrrp_view *view, const struct vrrp_why *why)
{
	switch (why->cause) {
	case VRRP_WHY_OUT:
		return why->out;
	case VRRP_WHY_HELD:
		return why->held;
	case VRRP_WHY_NOPREEMPT:
		return top_of(view, VRRP_FIELD_NOPREEMPT);
	case VRRP_WHY_STAY:
		return top_of(view, VRRP_FIELD_STAY);
	case VRRP_WHY_LAST_RESORT:
		return vrrp_view_last_resort(view);
	case VRRP_WHY_NONE:
	case VRRP_WHY_FAULT:
	case VRRP_WHY_MASTER:
	case VRRP_WHY_COUNT_:
		break;
	}
	return NULL;
}

void
vrrp_why_find(const struct vrrp_view *view, struct vrrp_why *ret)
{
	*ret = (struct vrrp_why){0};
	find_obstacles(view, ret);
	ret->cause = find_cause(view, ret);
	ret->entry = entry_of(view, ret);
}

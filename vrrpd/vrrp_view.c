/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_view.c - what follows from what is known of one virtual router. */
#include "vrrpd/vrrp_view.h"

#include <string.h>

#include "common/units.h"
#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_json.h"

static int64_t
set_value(const struct vrrp_view *view, const char *field, int64_t in_file)
{
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *top = layers_top_of_kind(
	    view->layers, vrrp_json_path(path, view->conf->name), field, "override");

	return top != NULL ? top->value : in_file;
}

uint8_t
vrrp_view_priority(const struct vrrp_view *view)
{
	return (uint8_t)set_value(view, "priority", view->conf->priority);
}

bool
vrrp_view_nopreempt(const struct vrrp_view *view)
{
	return set_value(view, "nopreempt", view->conf->nopreempt) != 0;
}

bool
vrrp_view_stays(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *stay = layers_top(
	    view->layers, vrrp_json_path(path, view->conf->name), VRRP_FIELD_STAY);

	return stay != NULL && stay->value != 0;
}

bool
vrrp_view_runs(const struct vrrp_view *view)
{
	return view->fsm->state == VRRP_STATE_BACKUP ||
	       view->fsm->state == VRRP_STATE_MASTER;
}

bool
vrrp_view_knows_master(const struct vrrp_view *view)
{
	return view->fsm->state == VRRP_STATE_BACKUP &&
	       addr_is_set(&view->fsm->master) &&
	       view->fsm->master_priority != VRRP_PRIORITY_RESIGN;
}

bool
vrrp_view_is_hold(const struct layer_entry *entry)
{
	return strcmp(entry->kind, "hold") == 0 ||
	       strcmp(entry->kind, "maintenance") == 0;
}

const struct layer_entry *
vrrp_view_last_resort(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *top;

	if (view->fsm->state != VRRP_STATE_MASTER || view->moving != NULL)
		return NULL;
	top = layers_top(
	    view->layers, vrrp_json_path(path, view->conf->name), VRRP_FIELD_PRIORITY);
	return top != NULL && vrrp_view_is_hold(top) ? top : NULL;
}

/* Since when it is held back, by whichever lease came first. */
static int64_t
held_since_us(const struct vrrp_view *view, const struct layer_entry *last)
{
	const struct layer_entry *entry = NULL;
	int64_t since_us = last->created_us;

	while ((entry = layers_next_of(view->layers, last->path, entry)) != NULL)
		if (entry->layer == LAYER_LEASE && vrrp_view_is_hold(entry) &&
		    strcmp(entry->field, VRRP_FIELD_PRIORITY) == 0 &&
		    entry->created_us < since_us)
			since_us = entry->created_us;
	return since_us;
}

int64_t
vrrp_view_heir_due_us(const struct vrrp_view *view)
{
	const struct layer_entry *last = vrrp_view_last_resort(view);

	return last != NULL
		   ? held_since_us(view, last) + vrrp_fsm_slowest_peer_us(view->fsm)
		   : 0;
}

bool
vrrp_view_is_recent(const struct vrrp_view *view, const struct vrrp_offender *offender)
{
	int64_t interval_us = view->conf->advert_int_us;

	if (view->fsm->master_adver_int_us > interval_us)
		interval_us = view->fsm->master_adver_int_us;
	return view->now_us - offender->at_us < 3 * interval_us + US_PER_S;
}

/* Kinds that a router sends which takes itself for Master of the same virtual router.
 * Packets cut short and the like come from anybody. */
static bool
is_sign(unsigned what)
{
	return what == VRRP_ODD_RIVAL || what == VRRP_DROP_TTL ||
	       what == VRRP_DROP_VERSION || what == VRRP_DROP_CHECKSUM ||
	       what == VRRP_DROP_INTERVAL || what == VRRP_DROP_AUTH_TYPE ||
	       what == VRRP_DROP_AUTH_DATA || what == VRRP_DROP_ADDRESS_LIST;
}

const struct vrrp_offender *
vrrp_view_split_brain(const struct vrrp_view *view)
{
	if (view->fsm->state != VRRP_STATE_MASTER)
		return NULL;
	for (const struct vrrp_offender *at = view->offenders; at; at = at->next)
		if (at->count >= VRRP_VIEW_SIGNS && is_sign(at->what) &&
		    vrrp_view_is_recent(view, at))
			return at;
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_view.c - what follows from what is known of one virtual router. */
#include "vrrpd/vrrp_view.h"

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

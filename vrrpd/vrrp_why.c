/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_why.c - what keeps a virtual router from being Master. */
#include "vrrpd/vrrp_why.h"

#include <string.h>

#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_json.h"

const struct layer_entry *
vrrp_why_out(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];

	if (view->faults == NULL || view->faults[0] == NULL ||
	    strcmp(view->faults[0], "maintenance") != 0)
		return NULL;
	return layers_top(view->layers, vrrp_json_path(path, view->conf->name),
	    VRRP_FIELD_MAINTENANCE);
}

const struct layer_entry *
vrrp_why_held(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *top = layers_top(
	    view->layers, vrrp_json_path(path, view->conf->name), "priority");
	bool holds = top != NULL && (strcmp(top->kind, "hold") == 0 ||
					strcmp(top->kind, "maintenance") == 0);

	return holds && vrrp_view_knows_master(view) && view->fsm->params.preempt &&
		       vrrp_view_priority(view) > view->fsm->master_priority
		   ? top
		   : NULL;
}

bool
vrrp_why_is_left_alone(const struct vrrp_view *view)
{
	const struct vrrp_fsm *fsm = view->fsm;

	return vrrp_view_knows_master(view) && !fsm->params.preempt &&
	       fsm->master_priority < fsm->params.priority;
}

const struct layer_entry *
vrrp_why_stay(const struct vrrp_view *view)
{
	const struct layer_entry *edit, *stay;
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, view->conf->name);
	edit = layers_top(view->layers, path, "nopreempt");
	stay = layers_top(view->layers, path, "stay");
	if (!vrrp_why_is_left_alone(view) || stay == NULL || stay->value == 0)
		return NULL;
	return (edit != NULL ? edit->value != 0 : view->conf->nopreempt) ? NULL : stay;
}

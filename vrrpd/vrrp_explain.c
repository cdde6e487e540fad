/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_explain.c - why a virtual router is what it is, in one sentence. */
#include "vrrpd/vrrp_explain.h"

#include <stdio.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"
#include "vrrpd/vrrp_json.h"
#include "vrrpd/vrrp_why.h"

#define TEXT_SIZE VRRP_EXPLAIN_TEXT_SIZE

/* Why the Master it hears is none of its concern, or none yet. */
static void
keeper_text(
    const struct vrrp_view *view, const struct vrrp_why *why, char *buf, size_t room)
{
	int own = view->fsm->params.priority, theirs = view->fsm->master_priority;
	const char *leaves =
	    why->stays && !why->nopreempt ? "\"stay\" of a maintenance" : "nopreempt";
	bool left = why->stays || why->nopreempt;

	if (why->cause == VRRP_WHY_HELD)
		(void)snprintf(buf, room,
		    "%.48s %.64s keeps this one behind at %d%s%s%s", why->held->kind,
		    why->held->id, own, left ? ", and " : "", left ? leaves : "",
		    left ? " would leave it the role after that" : "");
	else if (why->held != NULL)
		(void)snprintf(buf, room, "this one has %d, and %d in %.48s %.64s",
		    vrrp_view_priority(view), own, why->held->kind, why->held->id);
	else if (theirs > own)
		(void)snprintf(buf, room, "this one has %d", own);
	else if (theirs == own)
		(void)snprintf(buf, room, "an equal one does not preempt it");
	else if (left)
		(void)snprintf(buf, room, "this one has %d, but %s leaves it the role",
		    own, leaves);
	else
		(void)snprintf(
		    buf, room, "this one has %d and is about to take over", own);
}

/* Why a BACKUP is no more than that: not how it became one, but what keeps it. */
static void
backup_text(const struct vrrp_view *view, char buf[TEXT_SIZE])
{
	char from[ADDR_TEXT_SIZE], keeper[TEXT_SIZE / 2];
	struct vrrp_why why;

	if (!vrrp_view_knows_master(view)) {
		(void)snprintf(buf, TEXT_SIZE, "it hears no Master");
		return;
	}
	vrrp_why_find(view, &why);
	keeper_text(view, &why, keeper, sizeof(keeper));
	(void)snprintf(buf, TEXT_SIZE, "%s is MASTER with priority %d, %s",
	    addr_format(from, &view->fsm->master), view->fsm->master_priority, keeper);
}

/* How long ago the role came is of less use than that it should not be here. */
static void
master_text(const struct vrrp_view *view, char buf[TEXT_SIZE])
{
	const struct layer_entry *lease = vrrp_view_last_resort(view);
	char span[UNITS_TEXT_SIZE], wait[UNITS_TEXT_SIZE];
	int64_t due_us = vrrp_view_heir_due_us(view) - view->now_us;

	units_format_span(wait, due_us);
	if (lease != NULL)
		(void)snprintf(buf, TEXT_SIZE,
		    "only as the last resort, for nobody else has taken over%s%s%s; %s "
		    "(lease %.32s) for another %s",
		    due_us > 0 ? " yet (a peer may need " : "", due_us > 0 ? wait : "",
		    due_us > 0 ? " more)" : "",
		    strcmp(lease->kind, "hold") == 0 ? "held back" : "in maintenance",
		    lease->id,
		    units_format_span(span, lease->expires_us - view->now_us));
	else
		(void)snprintf(buf, TEXT_SIZE, "%s", view->reason);
}

static void
summary_text(const struct vrrp_view *view, char buf[TEXT_SIZE])
{
	const char *move = view->move.kind;
	char why[TEXT_SIZE] = "";

	switch (view->fsm->state) {
	case VRRP_STATE_BACKUP:
		backup_text(view, why);
		break;
	case VRRP_STATE_FAULT:
		(void)snprintf(why, sizeof(why), "%s", view->fault_text);
		break;
	case VRRP_STATE_MASTER:
		master_text(view, why);
		break;
	case VRRP_STATE_INITIALIZE:
	case VRRP_STATE_COUNT_:
		(void)snprintf(why, sizeof(why), "%s", view->reason);
		break;
	}
	(void)snprintf(buf, TEXT_SIZE, "%.128s is %s%s%.320s%s%s%s.", view->conf->name,
	    vrrp_state_name(view->fsm->state), why[0] != '\0' ? ": " : "", why,
	    move != NULL ? "; a " : "", move != NULL ? move : "",
	    move != NULL ? " is under way" : "");
}

json_t *
vrrp_json_explain(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE], summary[TEXT_SIZE];

	summary_text(view, summary);
	return json_pack("{s:o, s:s, s:o, s:o, s:o}", "path",
	    ctl_msg_text(vrrp_json_path(path, view->conf->name)), "state",
	    vrrp_state_name(view->fsm->state), "summary", ctl_msg_text(summary),
	    "lines", vrrp_explain_lines(view), "to_be_master", vrrp_explain_need(view));
}

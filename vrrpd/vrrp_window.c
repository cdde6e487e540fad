/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_window.c - a maintenance as a request that waits until the roles have moved. */
#include "vrrpd/vrrp_window.h"

/* The op is its first member. */
static struct vrrp_window *
window_of(struct vrrp_op *op)
{
	return (struct vrrp_window *)(void *)op;
}

/* The hand-over first: it is carried through with the priority it began with. */
static void
on_taken(struct vrrp_op *op, const struct vrrp_move *move)
{
	const struct vrrp_window *window = window_of(op);

	if (move->vr == NULL || window->ended)
		return;
	vrrp_maintenance_add_router(
	    op->ctl, &window->lease.entry, move->vr->conf->name, window->flags);
	vrouter_update_params(move->vr);
}

static void
on_begun(struct vrrp_op *op)
{
	const struct vrrp_window *window = window_of(op);

	if (window->ended)
		return;
	edits_changed(op->ctl->edits);
	if (!ctl_params_boolean(op->call->params, "wait", true))
		vrrp_window_accept(window);
}

static void
answer(struct vrrp_op *op)
{
	vrrp_window_answer(window_of(op));
}

static const struct vrrp_op_type window_type = {
    .taken = on_taken, .begun = on_begun, .answer = answer};

struct vrrp_window *
vrrp_window_new(
    struct vrrp_ctl *ctl, struct ctl_call *call, const struct vrrp_scope *scope)
{
	size_t most = scope->one != NULL ? 1 : ctl->engine->router_count, at = 0;
	struct vrrp_op *op = vrrp_op_new(sizeof(struct vrrp_window), &window_type, ctl,
	    call, VROUTER_MOVE_FAILOVER, most);
	struct vrouter *vr;

	if (op == NULL)
		return NULL;
	if (ctl_params_boolean(call->params, "out", false))
		window_of(op)->flags |= VRRP_MAINTENANCE_OUT;
	if (ctl_params_boolean(call->params, "stay", false))
		window_of(op)->flags |= VRRP_MAINTENANCE_STAY;
	while ((vr = vrrp_scope_next(scope, &at)) != NULL)
		(void)vrrp_op_add(op, vr,
		    vr->fsm.state == VRRP_STATE_MASTER ? VRRP_PHASE_DUE
						       : VRRP_PHASE_IDLE);
	return window_of(op);
}

/* One whose lease is gone: nothing is left to move for. */
static struct vrrp_window *
find_over(const struct vrrp_ctl *ctl)
{
	for (struct vrrp_op *op = ctl->ops; op != NULL; op = op->next) {
		struct vrrp_window *window = window_of(op);

		if (op->type == &window_type && !window->ended &&
		    layers_find_lease(ctl->engine->layers, window->lease.id) == NULL)
			return window;
	}
	return NULL;
}

void
vrrp_windows_check(struct vrrp_ctl *ctl)
{
	struct vrrp_window *window;

	while ((window = find_over(ctl)) != NULL) {
		window->ended = true;
		vrrp_op_call_off(&window->op); /* which may free it */
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_window.c - hands the roles of a maintenance over and waits for them. */
#include "vrrpd/vrrp_window.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"

/* ---- life ---------------------------------------------------------------- */

static void
add_member(struct vrrp_window *window, struct vrouter *vr)
{
	struct vrrp_window_member *member = &window->members[window->count++];

	*member = (struct vrrp_window_member){
	    .window = window,
	    .vr = vr,
	    .before = vr->fsm.state,
	    .move = {.state = vr->fsm.state, .started_us = window->started_us},
	};
	(void)snprintf(
	    member->move.name, sizeof(member->move.name), "%s", vr->conf->name);
}

static void
take_params(struct vrrp_window *window, const struct ctl_call *call)
{
	(void)snprintf(window->op_id, sizeof(window->op_id), "%s",
	    ctl_params_text(call->params, "op_id", ""));
	(void)snprintf(window->reason, sizeof(window->reason), "%s",
	    ctl_params_text(call->params, "reason", ""));
	window->cause = (struct ctl_cause){
	    .by_client = true,
	    .uid = call->peer.uid,
	    .op_id = window->op_id[0] != '\0' ? window->op_id : NULL,
	    .reason = window->reason[0] != '\0' ? window->reason : NULL,
	};
	if (ctl_params_boolean(call->params, "out", false))
		window->flags |= VRRP_MAINTENANCE_OUT;
	if (ctl_params_boolean(call->params, "stay", false))
		window->flags |= VRRP_MAINTENANCE_STAY;
}

struct vrrp_window *
vrrp_window_new(struct vrrp_ctl *ctl, struct ctl_call *call, struct vrouter *one)
{
	size_t most = one != NULL ? 1 : ctl->engine->router_count;
	struct vrrp_window *window =
	    calloc(1, sizeof(*window) + most * sizeof(window->members[0]));

	if (window == NULL)
		return NULL;
	window->ctl = ctl;
	window->call = call;
	window->started_us = clock_now_us();
	window->pending = 1; /* until all have begun */
	take_params(window, call);
	for (size_t i = 0; i < most; i++)
		add_member(window, one != NULL ? one : ctl->engine->routers[i]);
	window->next = ctl->windows;
	ctl->windows = window;
	return window;
}

void
vrrp_window_free(struct vrrp_window *window)
{
	struct vrrp_window **at = &window->ctl->windows;

	while (*at != window)
		at = &(*at)->next;
	*at = window->next;
	for (size_t i = 0; i < window->count; i++)
		free(window->members[i].move.why);
	free(window);
}

/* ---- moving -------------------------------------------------------------- */

static void
finish(struct vrrp_window *window)
{
	if (window->pending > 0)
		return;
	vrrp_window_answer(window);
	vrrp_window_free(window);
}

static void
on_moved(void *userdata, struct vrouter *vr, enum vrouter_move_result result)
{
	struct vrrp_window_member *member = userdata;
	struct vrrp_window *window = member->window;
	struct engine *engine = window->ctl->engine;
	const struct ctl_cause *before = engine->cause;

	member->waits = false;
	engine->cause = &window->cause;
	vrrp_move_note_end(&member->move, vr, result);
	window->pending--;
	finish(window);
	engine->cause = before;
}

int64_t
vrrp_window_wait_us(const struct vrrp_window *window)
{
	int64_t asked_us =
	    ctl_params_integer(window->call->params, "wait_ms", 0) * US_PER_MS;
	int64_t longest_us = 0;

	for (size_t i = 0; i < window->count; i++) {
		const struct vrrp_window_member *member = &window->members[i];
		int64_t wait_us = asked_us;

		if (member->before != VRRP_STATE_MASTER)
			continue;
		if (wait_us == 0)
			wait_us =
			    vrouter_move_wait_us(member->vr, VROUTER_MOVE_FAILOVER);
		if (wait_us > longest_us)
			longest_us = wait_us;
	}
	return longest_us;
}

void
vrrp_window_start(struct vrrp_window *window)
{
	int64_t wait_us =
	    ctl_params_integer(window->call->params, "wait_ms", 0) * US_PER_MS;

	for (size_t i = 0; i < window->count; i++) {
		struct vrrp_window_member *member = &window->members[i];

		if (member->before != VRRP_STATE_MASTER)
			continue;
		window->pending++;
		member->waits = true;
		if (vrouter_move_start(member->vr, VROUTER_MOVE_FAILOVER, wait_us,
			on_moved, member) < 0)
			on_moved(member, member->vr, VROUTER_MOVE_OVERTAKEN);
	}
	adv_sockets_flush(window->ctl->engine->sockets);
}

void
vrrp_window_begun(struct vrrp_window *window)
{
	window->pending--;
	finish(window);
}

/* ---- what comes in between ------------------------------------------------ */

/* The lease is gone, so nothing is left to move for. Answers and frees the window. */
static void
call_off(struct vrrp_window *window)
{
	window->ended = true;
	window->pending++;
	for (size_t i = 0; i < window->count; i++)
		if (window->members[i].waits)
			vrouter_move_cancel(window->members[i].vr);
	vrrp_window_begun(window);
}

static struct vrrp_window *
find_over(const struct vrrp_ctl *ctl)
{
	struct vrrp_window *window = ctl->windows;

	while (window != NULL &&
	       (window->ended || window->id[0] == '\0' ||
		   layers_find_lease(ctl->engine->layers, window->id) != NULL))
		window = window->next;
	return window;
}

void
vrrp_windows_check(struct vrrp_ctl *ctl)
{
	struct vrrp_window *window;

	while ((window = find_over(ctl)) != NULL)
		call_off(window);
}

void
vrrp_windows_forget(struct vrrp_ctl *ctl, const struct vrouter *vr)
{
	for (struct vrrp_window *window = ctl->windows; window != NULL;
	     window = window->next)
		for (size_t i = 0; i < window->count; i++)
			if (window->members[i].vr == vr)
				window->members[i].vr = NULL;
}

void
vrrp_windows_abandon(struct vrrp_ctl *ctl)
{
	while (ctl->windows != NULL) {
		struct vrrp_window *window = ctl->windows;

		for (size_t i = 0; i < window->count; i++)
			if (window->members[i].waits)
				window->members[i].vr->move->done = NULL;
		ctl_call_fail(window->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
		vrrp_window_free(window);
	}
}

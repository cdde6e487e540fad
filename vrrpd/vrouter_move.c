/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter_move.c - changes of role that somebody asked for, from the request to the
 * proof.
 *
 * A failover is done only when the new Master was heard, a takeover only when the old
 * one fell silent: nothing is reported that was not seen.
 */
#include "vrrpd/vrouter.h"

#include <errno.h>
#include <string.h>
#include "common/clock.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrouter_internal.h"
#include "vrrpd/vrrp_events.h"

/* One advertisement of the old Master may already have been on its way. */
#define TAKEOVER_HEARD_MAX 1U

static void
finish(struct vrouter *vr, enum vrouter_move_result result)
{
	struct vrouter_move move = vr->move;

	if (move.cause.op_id != NULL)
		move.cause.op_id = move.op_id;
	if (move.cause.reason != NULL)
		move.cause.reason = move.reason;
	vr->move = (struct vrouter_move){0};
	vrrp_event_move_finished(vr, &move, result);
	if (move.done != NULL)
		move.done(move.userdata, vr, result);
	/* A hold or lease set meanwhile takes effect only now. */
	if (vr->fsm.state != VRRP_STATE_INITIALIZE)
		vrouter_update_params(vr);
}

void
vrouter_move_effects(struct vrouter *vr, unsigned effects)
{
	enum vrouter_move_kind kind = vr->move.kind;

	if (kind == VROUTER_MOVE_NONE)
		return;
	if (effects & VRRP_EFFECT_HANDOVER_MOVED)
		finish(vr, VROUTER_MOVE_DONE);
	else if (effects & VRRP_EFFECT_HANDOVER_FAILED)
		finish(vr, kind == VROUTER_MOVE_STOP ? VROUTER_MOVE_DONE
						     : VROUTER_MOVE_NOBODY);
	else if (!(effects & VRRP_EFFECT_TRANSITION))
		return;
	else if (kind == VROUTER_MOVE_RELEASE && vr->fsm.cause == VRRP_CAUSE_RELEASED)
		finish(vr, VROUTER_MOVE_DONE);
	else if (kind == VROUTER_MOVE_TAKEOVER && vr->fsm.state == VRRP_STATE_MASTER)
		return; /* the beginning; the end is decided by the clock */
	else if (kind == VROUTER_MOVE_TAKEOVER && vr->fsm.state == VRRP_STATE_BACKUP)
		finish(vr, VROUTER_MOVE_CONTESTED);
	else
		finish(vr, VROUTER_MOVE_OVERTAKEN);
}

void
vrouter_move_heard(struct vrouter *vr, const struct addr *from)
{
	if (vr->move.kind != VROUTER_MOVE_TAKEOVER)
		return;
	vr->move.heard++;
	vr->move.heard_from = *from;
}

int64_t
vrouter_move_deadline(const struct vrouter *vr)
{
	return vr->move.kind == VROUTER_MOVE_TAKEOVER ? vr->move.until_us : 0;
}

void
vrouter_move_timer(struct vrouter *vr, int64_t now_us)
{
	int64_t deadline = vrouter_move_deadline(vr);

	if (deadline == 0 || now_us < deadline)
		return;
	finish(vr, vr->move.heard <= TAKEOVER_HEARD_MAX ? VROUTER_MOVE_DONE
							: VROUTER_MOVE_CONTESTED);
}

static struct vrrp_event
event_of(enum vrouter_move_kind kind, int64_t wait_us)
{
	switch (kind) {
	case VROUTER_MOVE_FAILOVER:
	case VROUTER_MOVE_STOP:
		return (struct vrrp_event){
		    .kind = VRRP_EVENT_HANDOVER,
		    .handover = {wait_us, kind == VROUTER_MOVE_STOP},
		};
	case VROUTER_MOVE_RELEASE:
		return (struct vrrp_event){.kind = VRRP_EVENT_RELEASE};
	case VROUTER_MOVE_TAKEOVER:
		return (struct vrrp_event){.kind = VRRP_EVENT_TAKEOVER};
	case VROUTER_MOVE_NONE:
		break;
	}
	return (struct vrrp_event){.kind = VRRP_EVENT_TIMER};
}

/* What happens because of the move is told with its cause, after the request is gone.
 */
static void
keep_cause(struct vrouter_move *move, const struct ctl_cause *cause)
{
	if (cause == NULL)
		return;
	move->cause = *cause;
	if (cause->op_id != NULL)
		move->cause.op_id =
		    strncpy(move->op_id, cause->op_id, sizeof(move->op_id) - 1);
	if (cause->reason != NULL)
		move->cause.reason =
		    strncpy(move->reason, cause->reason, sizeof(move->reason) - 1);
}

int
vrouter_move_start(struct vrouter *vr, enum vrouter_move_kind kind, int64_t wait_us,
    void (*done)(void *userdata, struct vrouter *vr, enum vrouter_move_result result),
    void *userdata)
{
	enum vrrp_state needed =
	    kind == VROUTER_MOVE_TAKEOVER ? VRRP_STATE_BACKUP : VRRP_STATE_MASTER;
	struct vrrp_event event = event_of(kind, wait_us);
	int64_t now_us = clock_now_us();
	int64_t old_interval = vr->fsm.master_adver_int_us;

	if (vr->fsm.state != needed || kind == VROUTER_MOVE_NONE)
		return -EINVAL;
	if (vr->move.kind != VROUTER_MOVE_NONE) {
		if (kind != VROUTER_MOVE_STOP)
			return -EBUSY;
		finish(vr, VROUTER_MOVE_OVERTAKEN);
	}
	vr->move = (struct vrouter_move){
	    .kind = kind,
	    .started_us = now_us,
	    .done = done,
	    .userdata = userdata,
	};
	keep_cause(&vr->move, vr->engine->cause);
	vrrp_event_move_started(vr);
	/* The old Master would speak again within its interval. */
	if (kind == VROUTER_MOVE_TAKEOVER)
		vr->move.until_us = now_us + old_interval + old_interval / 2;
	vrouter_step(vr, &event, now_us);
	adv_sockets_flush(vr->engine->sockets);
	return 0;
}

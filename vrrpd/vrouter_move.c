/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter_move.c - changes of role that somebody asked for, from the request to the
 * proof.
 *
 * A failover is done only when the new Master was heard, a takeover only when the old
 * one fell silent: nothing is reported that was not seen.
 */
#include "vrrpd/vrouter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/clock.h"
#include "common/units.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrouter_internal.h"
#include "vrrpd/vrrp_events.h"
#include "vrrpd/vrrp_news.h"

#define TAKEOVER_PRIORITY 254

/* ---- how high and how long ------------------------------------------------ */

enum vrouter_move_kind
vrouter_move_kind(const struct vrouter *vr)
{
	return vr->move != NULL ? vr->move->kind : VROUTER_MOVE_NONE;
}

uint8_t
vrouter_move_priority(const struct vrouter *vr, enum vrouter_move_kind kind)
{
	switch (kind) {
	case VROUTER_MOVE_TAKEOVER:
		/* The address owner speaks with 255 or not as the owner. */
		return vr->conf->priority == VRRP_PRIORITY_OWNER ? VRRP_PRIORITY_OWNER
								 : TAKEOVER_PRIORITY;
	case VROUTER_MOVE_RELEASE:
		/* Let go: before anything else is heard it is behind all others. */
		return VRRP_PRIORITY_LAST;
	case VROUTER_MOVE_FAILOVER:
	case VROUTER_MOVE_YIELD:
	case VROUTER_MOVE_STOP:
	case VROUTER_MOVE_NONE:
		break;
	}
	return 0;
}

int64_t
vrouter_move_wait_us(const struct vrouter *vr, enum vrouter_move_kind kind)
{
	switch (kind) {
	case VROUTER_MOVE_FAILOVER:
	case VROUTER_MOVE_STOP:
		return vrrp_fsm_handover_wait_us(&vr->fsm);
	case VROUTER_MOVE_YIELD:
		return vrrp_fsm_yield_wait_us(&vr->fsm);
	case VROUTER_MOVE_RELEASE:
		return vrrp_fsm_master_down_interval_us(&vr->fsm) + US_PER_S;
	case VROUTER_MOVE_TAKEOVER:
		return vrrp_fsm_takeover_wait_us(&vr->fsm);
	case VROUTER_MOVE_NONE:
		break;
	}
	return 0;
}

int64_t
vrouter_move_until(const struct vrouter *vr)
{
	if (vr->fsm.handover_until_us != 0)
		return vr->fsm.handover_until_us;
	return vr->move != NULL ? vr->move->until_us : 0;
}

/* A takeover is proven by silence, so its end is that of the silence, if that lasts. */
int64_t
vrouter_move_deadline(const struct vrouter *vr)
{
	const struct vrouter_move *move = vr->move;

	if (move == NULL)
		return 0;

	int64_t quiet_at_us = move->quiet_since_us + move->quiet_us;

	if (move->kind == VROUTER_MOVE_TAKEOVER && quiet_at_us < move->until_us)
		return quiet_at_us;
	return move->until_us;
}

/* ---- the end ------------------------------------------------------------- */

static void
finish(struct vrouter *vr, enum vrouter_move_result result)
{
	struct vrouter_move *move = vr->move;
	struct engine *engine = vr->engine;
	const struct ctl_cause *before = engine->cause;

	vr->move = NULL;
	/* The silence that proves a takeover proves that there is one Master. */
	if (move->kind == VROUTER_MOVE_TAKEOVER && result == VROUTER_MOVE_DONE)
		vrrp_offender_expect_anew(vr->offenders, VRRP_ODD_RIVAL, NULL);
	vrrp_event_move_finished(vr, move, result);
	/* What follows has the cause of the move, too. */
	if (before == NULL)
		engine->cause = &move->cause;
	if (move->done != NULL)
		move->done(move->userdata, vr, result);
	/* A hold or lease set meanwhile takes effect only now. */
	if (vr->fsm.state != VRRP_STATE_INITIALIZE)
		vrouter_update_params(vr);
	engine->cause = before;
	free(move);
}

/* A release only begins with the transition to Backup: the proof is still to come. */
static void
release_effects(struct vrouter *vr)
{
	if (vr->fsm.state == VRRP_STATE_MASTER)
		finish(vr, VROUTER_MOVE_NOBODY);
	else if (vr->fsm.cause != VRRP_CAUSE_RELEASED)
		finish(vr, VROUTER_MOVE_OVERTAKEN);
}

/* Likewise a takeover with that to Master. */
static void
takeover_effects(struct vrouter *vr)
{
	if (vr->fsm.state == VRRP_STATE_BACKUP)
		finish(vr, VROUTER_MOVE_CONTESTED);
	else if (vr->fsm.state != VRRP_STATE_MASTER)
		finish(vr, VROUTER_MOVE_OVERTAKEN);
}

void
vrouter_move_effects(struct vrouter *vr, unsigned effects)
{
	enum vrouter_move_kind kind = vrouter_move_kind(vr);

	if (kind == VROUTER_MOVE_NONE)
		return;
	if (effects & VRRP_EFFECT_HANDOVER_MOVED)
		finish(vr, VROUTER_MOVE_DONE);
	else if (effects & VRRP_EFFECT_STALL_NOTICED)
		finish(vr, VROUTER_MOVE_OVERTAKEN);
	else if (effects & VRRP_EFFECT_HANDOVER_FAILED)
		finish(vr, kind == VROUTER_MOVE_STOP ? VROUTER_MOVE_DONE
						     : VROUTER_MOVE_NOBODY);
	else if (!(effects & VRRP_EFFECT_TRANSITION))
		return;
	else if (kind == VROUTER_MOVE_RELEASE)
		release_effects(vr);
	else if (kind == VROUTER_MOVE_TAKEOVER)
		takeover_effects(vr);
	else
		finish(vr, VROUTER_MOVE_OVERTAKEN);
}

void
vrouter_move_heard(struct vrouter *vr, uint8_t priority, int64_t rx_us)
{
	struct vrouter_move *move = vr->move;

	if (move == NULL || rx_us < move->started_us ||
	    priority == VRRP_PRIORITY_RESIGN)
		return;
	if (move->kind == VROUTER_MOVE_TAKEOVER)
		move->quiet_since_us = rx_us;
	else if (move->kind == VROUTER_MOVE_RELEASE &&
		 vr->fsm.state == VRRP_STATE_BACKUP)
		finish(vr, VROUTER_MOVE_DONE);
}

void
vrouter_move_timer(struct vrouter *vr, int64_t now_us)
{
	int64_t deadline = vrouter_move_deadline(vr);

	if (deadline == 0 || now_us < deadline)
		return;
	if (vr->move->kind == VROUTER_MOVE_RELEASE)
		finish(vr, VROUTER_MOVE_NOBODY);
	else
		finish(vr, deadline < vr->move->until_us ? VROUTER_MOVE_DONE
							 : VROUTER_MOVE_CONTESTED);
}

/* ---- the beginning ------------------------------------------------------- */

static struct vrrp_event
event_of(enum vrouter_move_kind kind, int64_t wait_us)
{
	switch (kind) {
	case VROUTER_MOVE_FAILOVER:
	case VROUTER_MOVE_YIELD:
	case VROUTER_MOVE_STOP:
		return (struct vrrp_event){
		    .kind = VRRP_EVENT_HANDOVER,
		    .handover = {.wait_us = wait_us,
			.release_at_end = kind == VROUTER_MOVE_STOP,
			.yields = kind == VROUTER_MOVE_YIELD},
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

/* What the state machine does not time itself. */
static void
set_deadlines(struct vrouter_move *move, const struct vrrp_fsm *fsm, int64_t wait_us)
{
	if (move->kind != VROUTER_MOVE_RELEASE && move->kind != VROUTER_MOVE_TAKEOVER)
		return;
	move->quiet_us = vrrp_fsm_silence_us(fsm);
	move->quiet_since_us = move->started_us;
	/* Less than the silence that proves it is no time to wait for it. */
	if (move->kind == VROUTER_MOVE_TAKEOVER && wait_us <= move->quiet_us)
		wait_us = move->quiet_us + US_PER_MS;
	move->until_us = move->started_us + wait_us;
}

int
vrouter_move_start(struct vrouter *vr, enum vrouter_move_kind kind, int64_t wait_us,
    void (*done)(void *userdata, struct vrouter *vr, enum vrouter_move_result result),
    void *userdata)
{
	enum vrrp_state needed =
	    kind == VROUTER_MOVE_TAKEOVER ? VRRP_STATE_BACKUP : VRRP_STATE_MASTER;
	struct vrouter_move *move;
	int64_t now_us = clock_now_us();

	if (vr->fsm.state != needed || kind == VROUTER_MOVE_NONE)
		return -EINVAL;
	if (vr->move != NULL && kind != VROUTER_MOVE_STOP)
		return -EBUSY;
	move = calloc(1, sizeof(*move));
	if (move == NULL)
		return -ENOMEM;
	if (vr->move != NULL)
		finish(vr, VROUTER_MOVE_OVERTAKEN);
	if (wait_us <= 0)
		wait_us = vrouter_move_wait_us(vr, kind);
	*move = (struct vrouter_move){
	    .kind = kind,
	    .started_us = now_us,
	    .done = done,
	    .userdata = userdata,
	};
	set_deadlines(move, &vr->fsm, wait_us);
	keep_cause(move, vr->engine->cause);
	vr->move = move;
	if (vrouter_move_priority(vr, kind) != 0)
		vrouter_set_params(vr);
	vrrp_event_move_started(vr);

	struct vrrp_event event = event_of(kind, wait_us);

	vrouter_step(vr, &event, now_us);
	vrrp_news_note(vr);
	return 0;
}

void
vrouter_move_cancel(struct vrouter *vr)
{
	vrouter_step_now(vr, VRRP_EVENT_HANDOVER_CANCEL);
}

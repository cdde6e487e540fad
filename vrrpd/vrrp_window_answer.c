/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_window_answer.c - what somebody who began a maintenance is told.
 *
 * Programs reboot hosts when they hear that all is well, so that is said of what is so
 * at the end and not of what was so in between: a maintenance that is there, and no
 * router of it that serves, or would have to as soon as it has listened for long
 * enough.
 */
#include "vrrpd/vrrp_window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

/* ---- what has become of them ------------------------------------------------ */

/* Whether it was heard who has the role. */
static bool
is_elsewhere(const struct vrouter *vr)
{
	bool waits = vr->fsm.state == VRRP_STATE_BACKUP ||
		     (vr->fsm.state == VRRP_STATE_FAULT &&
			 vr->faults == (unsigned)VROUTER_FAULT_OUT);

	return waits && addr_is_set(&vr->fsm.master) && vr->fsm.master_priority != 0;
}

static void
set_why(struct vrrp_move *move, const char *why)
{
	free(move->why);
	move->why = strdup(why);
}

/* The role may have come or gone since its move was over, or begun. */
static void
look_again(struct vrrp_window_member *member)
{
	struct vrrp_move *move = &member->move;
	struct vrouter *vr = member->vr;
	bool was_master = member->before == VRRP_STATE_MASTER;
	char why[VRRP_PATH_SIZE + 64];

	if (vr == NULL)
		return;
	(void)snprintf(move->name, sizeof(move->name), "%s", vr->conf->name);
	move->state = vr->fsm.state;
	if (move->state == VRRP_STATE_MASTER) {
		if (was_master && move->outcome != VRRP_OUTCOME_MOVED)
			return;
		free(move->why);
		vrrp_move_note_end(move, vr, VROUTER_MOVE_OVERTAKEN);
	} else if (was_master && is_elsewhere(vr) &&
		   move->outcome != VRRP_OUTCOME_MOVED) {
		free(move->why);
		move->why = NULL;
		vrrp_move_note_end(move, vr, VROUTER_MOVE_DONE);
	} else if (member->before == VRRP_STATE_BACKUP &&
		   move->state == VRRP_STATE_BACKUP && !is_elsewhere(vr)) {
		(void)snprintf(why, sizeof(why),
		    "%s is BACKUP, and no MASTER of it has been heard", move->name);
		set_why(move, why);
		move->outcome = VRRP_OUTCOME_NOT_MOVED;
	}
}

/* Those that had nothing to move, and have not, are WAITING for ever. */
static bool
has_failed(const struct vrrp_window_member *member)
{
	return member->move.outcome != VRRP_OUTCOME_WAITING &&
	       member->move.outcome != VRRP_OUTCOME_MOVED;
}

static bool
has_moved(const struct vrrp_window_member *member)
{
	return member->move.outcome == VRRP_OUTCOME_MOVED;
}

/* ---- parts ------------------------------------------------------------------- */

static const char *
state_word(const struct vrrp_window_member *member)
{
	if (has_moved(member))
		return "moved";
	/* What it was taken out of, more than that it is out now. */
	switch (has_failed(member) ? member->move.state : member->before) {
	case VRRP_STATE_MASTER:
		return "master";
	case VRRP_STATE_BACKUP:
		return "backup";
	case VRRP_STATE_FAULT:
		return "fault";
	case VRRP_STATE_INITIALIZE:
	case VRRP_STATE_COUNT_:
		break;
	}
	return "initialize";
}

static json_t *
members_json(const struct vrrp_window *window)
{
	json_t *members = json_array();
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < window->count; i++) {
		const struct vrrp_window_member *member = &window->members[i];
		json_t *json = json_pack("{s:o, s:s}", "name",
		    ctl_msg_text(member->move.name), "state", state_word(member));

		if (has_moved(member))
			(void)json_object_set_new(json, "to",
			    json_string(addr_format(text, &member->move.peer)));
		(void)json_array_append_new(members, json);
	}
	return members;
}

static json_t *
names_json(const struct vrrp_window *window,
    bool (*belongs)(const struct vrrp_window_member *member))
{
	json_t *names = json_array();

	for (size_t i = 0; i < window->count; i++)
		if (belongs(&window->members[i]))
			(void)json_array_append_new(
			    names, ctl_msg_text(window->members[i].move.name));
	return names;
}

/* Of all that had a role to move, or have one now. */
static json_t *
instances_json(const struct vrrp_window *window)
{
	json_t *instances = json_array();

	for (size_t i = 0; i < window->count; i++)
		if (window->members[i].move.outcome != VRRP_OUTCOME_WAITING)
			(void)json_array_append_new(
			    instances, vrrp_move_json(&window->members[i].move));
	return instances;
}

static json_int_t
took_ms(const struct vrrp_window *window)
{
	return (json_int_t)((clock_now_us() - window->started_us) / US_PER_MS);
}

static void
put_op_id(json_t *object, const struct vrrp_window *window)
{
	if (window->op_id[0] != '\0')
		(void)json_object_set_new(object, "op_id", ctl_msg_text(window->op_id));
}

static json_t *
failure_json(const struct vrrp_window *window)
{
	json_t *data = json_pack("{s:o, s:o, s:I, s:o, s:o}", "done",
	    names_json(window, has_moved), "failed", names_json(window, has_failed),
	    "waited_ms", took_ms(window), "members", members_json(window), "instances",
	    instances_json(window));

	put_op_id(data, window);
	return data;
}

/* ---- answers ------------------------------------------------------------------- */

/* The first that has failed; one that is Master still before others. There is one. */
static const struct vrrp_window_member *
worst_of(const struct vrrp_window *window)
{
	const struct vrrp_window_member *member = window->members;

	for (size_t i = 0; i < window->count; i++)
		if (has_failed(&window->members[i]) &&
		    window->members[i].move.state == VRRP_STATE_MASTER)
			return &window->members[i];
	while (!has_failed(member))
		member++;
	return member;
}

static void
answer_failed(struct vrrp_window *window, size_t failed, bool partly)
{
	const struct vrrp_window_member *worst = worst_of(window);
	json_t *data = failure_json(window);
	char why[512];

	vrrp_move_explain(&worst->move, why, sizeof(why));
	edits_put_lease(window->ctl->edits, data, window->id);
	ctl_call_fail(window->call, partly ? CTL_PARTIAL : CTL_NOT_MOVED, data,
	    "%s%s; the maintenance (lease %s) stands%s", why,
	    failed > 1 ? ", and others" : "", window->id,
	    worst->move.state == VRRP_STATE_MASTER
		? ", and this node serves on as the last resort"
		: "");
}

/* Somebody ended it, or it was shorter than the roles took to move. */
static void
answer_ended(struct vrrp_window *window)
{
	char id[64];

	(void)snprintf(id, sizeof(id), "%s", window->id);
	json_t *data = failure_json(window);

	(void)json_object_set_new(data, "lease", json_string(id));
	ctl_call_fail(window->call, CTL_WRONG_STATE, data,
	    "the maintenance (lease %s) was ended before the roles had moved; none is "
	    "in force",
	    id);
}

static void
answer_done(struct vrrp_window *window, bool moved)
{
	struct vrrp_ctl *ctl = window->ctl;
	json_t *result = json_pack("{s:I, s:b, s:b, s:I, s:o}", "rev",
	    (json_int_t)ctl->engine->rev, "changed", 1, "moved", moved, "took_ms",
	    took_ms(window), "members", members_json(window));

	put_op_id(result, window);
	edits_put_lease(ctl->edits, result, window->id);
	edits_reply(ctl->edits, window->call, result);
}

void
vrrp_window_accept(struct vrrp_window *window)
{
	struct vrrp_ctl *ctl = window->ctl;
	json_t *accepted = json_pack("{s:b, s:I, s:I, s:o}", "accepted", 1, "rev",
	    (json_int_t)ctl->engine->rev, "wait_ms",
	    (json_int_t)(vrrp_window_wait_us(window) / US_PER_MS), "members",
	    members_json(window));

	put_op_id(accepted, window);
	edits_put_lease(ctl->edits, accepted, window->id);
	edits_accept(ctl->edits, window->call, accepted);
}

void
vrrp_window_answer(struct vrrp_window *window)
{
	struct vrrp_ctl *ctl = window->ctl;
	size_t moved = 0, failed = 0;

	for (size_t i = 0; i < window->count; i++) {
		struct vrrp_window_member *member = &window->members[i];

		look_again(member);
		moved += has_moved(member);
		failed += has_failed(member);
	}
	if (ctl->engine->phase == ENGINE_STOPPING)
		ctl_call_fail(window->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
	else if (layers_find_lease(ctl->engine->layers, window->id) == NULL)
		answer_ended(window);
	else if (failed > 0)
		answer_failed(window, failed, moved > 0);
	else
		answer_done(window, moved > 0);
}

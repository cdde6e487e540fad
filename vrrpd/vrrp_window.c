/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_window.c - waits until the roles of a maintenance have moved, and tells what was
 * seen.
 */
#include "vrrpd/vrrp_window.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"

/* ---- the answer ---------------------------------------------------------- */

static const char *
state_word(const struct vrrp_window_member *member)
{
	if (member->moved)
		return "moved";
	switch (member->before) {
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

json_t *
vrrp_window_members_json(const struct vrrp_window *window)
{
	json_t *members = json_array();
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < window->count; i++) {
		const struct vrrp_window_member *member = &window->members[i];
		json_t *json = json_pack("{s:o, s:s}", "name",
		    ctl_msg_text(member->name), "state", state_word(member));

		if (member->moved)
			(void)json_object_set_new(
			    json, "to", json_string(addr_format(text, &member->to)));
		(void)json_array_append_new(members, json);
	}
	return members;
}

/* Names of the Masters that moved, or of those that did not. */
static json_t *
names_json(const struct vrrp_window *window, bool moved)
{
	json_t *names = json_array();

	for (size_t i = 0; i < window->count; i++)
		if (window->members[i].before == VRRP_STATE_MASTER &&
		    window->members[i].moved == moved)
			(void)json_array_append_new(
			    names, ctl_msg_text(window->members[i].name));
	return names;
}

static const struct vrrp_window_member *
first_failed(const struct vrrp_window *window)
{
	const struct vrrp_window_member *member = window->members;

	while (member->before != VRRP_STATE_MASTER || member->moved)
		member++;
	return member;
}

/* Why a role is not elsewhere, and what that means. A link that failed or a reload that
 * dropped the router may have been quicker than its heir. */
static void
explain_failure(const struct vrrp_window *window, size_t failed, int64_t waited_us,
    char *buf, size_t room)
{
	const struct vrrp_window_member *member = first_failed(window);
	char span[UNITS_TEXT_SIZE];

	if (member->after != VRRP_STATE_MASTER)
		(void)snprintf(buf, room, "something came in between: %s is %s now",
		    member->name, vrrp_state_name(member->after));
	else
		(void)snprintf(buf, room,
		    "nobody took over %s%s within %s; the maintenance (lease %s) "
		    "stands, this node serves on as the last resort",
		    member->name, failed > 1 ? " and others" : "",
		    units_format_span(span, waited_us), window->id);
}

static void
answer_failed(struct vrrp_window *window, json_t *done, json_t *failed)
{
	bool partly = json_array_size(done) > 0;
	int64_t waited_us = clock_now_us() - window->started_us;
	char text[512];
	json_t *data;

	explain_failure(window, json_array_size(failed), waited_us, text, sizeof(text));
	data = json_pack("{s:o, s:o, s:I, s:o}", "done", done, "failed", failed,
	    "waited_ms", (json_int_t)(waited_us / US_PER_MS), "members",
	    vrrp_window_members_json(window));
	edits_put_lease(window->ctl->edits, data, window->id);
	ctl_call_fail(
	    window->call, partly ? CTL_PARTIAL : CTL_NOT_MOVED, data, "%s", text);
}

static void
answer(struct vrrp_window *window)
{
	struct vrrp_ctl *ctl = window->ctl;
	json_t *done = names_json(window, true), *failed = names_json(window, false);
	json_t *result;

	if (ctl->engine->phase == ENGINE_STOPPING) {
		json_decref(done);
		json_decref(failed);
		ctl_call_fail(window->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
		return;
	}
	if (json_array_size(failed) > 0) {
		answer_failed(window, done, failed);
		return;
	}
	result =
	    json_pack("{s:I, s:b, s:b, s:I, s:o}", "rev", (json_int_t)ctl->engine->rev,
		"changed", 1, "moved", json_array_size(done) > 0, "took_ms",
		(json_int_t)((clock_now_us() - window->started_us) / US_PER_MS),
		"members", vrrp_window_members_json(window));
	json_decref(done);
	json_decref(failed);
	edits_put_lease(ctl->edits, result, window->id);
	edits_reply(ctl->edits, window->call, result);
}

static void
window_free(struct vrrp_window *window)
{
	struct vrrp_window **at = &window->ctl->windows;

	while (*at != window)
		at = &(*at)->next;
	*at = window->next;
	free(window);
}

/* ---- moving -------------------------------------------------------------- */

void
vrrp_window_finish(struct vrrp_window *window)
{
	if (window->pending > 0)
		return;
	edits_changed(window->ctl->edits);
	answer(window);
	window_free(window);
}

void
vrrp_window_moved(void *userdata, struct vrouter *vr, enum vrouter_move_result result)
{
	struct vrrp_window_member *member = userdata;
	struct vrrp_window *window = member->window;
	struct engine *engine = window->ctl->engine;
	const struct ctl_cause *before = engine->cause;

	member->waits = false;
	member->moved = result == VROUTER_MOVE_DONE;
	member->after = vr->fsm.state;
	member->to = vr->fsm.master;
	engine->cause = &window->cause;
	window->pending--;
	vrrp_window_finish(window);
	engine->cause = before;
}

void
vrrp_windows_abandon(struct vrrp_ctl *ctl)
{
	while (ctl->windows != NULL) {
		struct vrrp_window *window = ctl->windows;

		for (size_t i = 0; i < window->count; i++) {
			struct vrrp_window_member *member = &window->members[i];
			struct vrouter *vr = engine_find(ctl->engine, member->name);

			if (vr != NULL && member->waits && vr->move.userdata == member)
				vr->move.done = NULL;
		}
		ctl_call_fail(window->call, CTL_UNAVAILABLE, NULL, "vrrpd is stopping");
		window_free(window);
	}
}

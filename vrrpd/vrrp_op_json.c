/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_op_json.c - what has become of the routers of a request, as answers have it. */
#include "vrrpd/vrrp_op.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/ctl_msg.h"
#include "common/names.h"
#include "vrrpd/vrrp_json_values.h"

static const char *const outcome_names[VRRP_OUTCOME_COUNT_] = {
    [VRRP_OUTCOME_WAITING] = "waiting",
    [VRRP_OUTCOME_MOVED] = "moved",
    [VRRP_OUTCOME_NOT_MOVED] = "not_moved",
    [VRRP_OUTCOME_CONTESTED] = "contested",
    [VRRP_OUTCOME_OVERTAKEN] = "overtaken",
    [VRRP_OUTCOME_REFUSED] = "refused",
};

const char *
vrrp_outcome_name(enum vrrp_outcome outcome)
{
	return names_text(outcome_names, VRRP_OUTCOME_COUNT_, (size_t)outcome);
}

void
vrrp_move_explain(const struct vrrp_move *move, char *buf, size_t room)
{
	char from[ADDR_TEXT_SIZE], span[UNITS_TEXT_SIZE];
	const char *state = vrrp_state_name(move->state);

	if (move->why != NULL)
		(void)snprintf(buf, room, "%s", move->why);
	else if (move->outcome == VRRP_OUTCOME_CONTESTED)
		(void)snprintf(buf, room,
		    "%s keeps advertising %s with priority %d; this node is %s",
		    addr_format(from, &move->peer), move->name, move->peer_priority,
		    state);
	else
		(void)snprintf(buf, room,
		    "nobody took over %s within %s; this node is %s", move->name,
		    units_format_span(span, move->took_us), state);
}

static json_t *
move_json(const struct vrrp_move *move)
{
	char why[512];
	json_t *json = json_pack("{s:o, s:s, s:s, s:I}", "name",
	    ctl_msg_text(move->name), "outcome", vrrp_outcome_name(move->outcome),
	    "state", vrrp_state_name(move->state), "took_ms",
	    (json_int_t)(move->took_us / US_PER_MS));

	if (json == NULL)
		return NULL;
	if (move->outcome == VRRP_OUTCOME_MOVED) {
		(void)json_object_set_new(json, "to",
		    move->op->kind == VROUTER_MOVE_TAKEOVER
			? json_string("self")
			: vrrp_json_address(&move->peer));
		return json;
	}
	vrrp_move_explain(move, why, sizeof(why));
	(void)json_object_set_new(json, "message", ctl_msg_text(why));
	return json;
}

json_t *
vrrp_op_instances(const struct vrrp_op *op)
{
	json_t *instances = json_array();

	for (size_t i = 0; i < op->count; i++)
		if (op->moves[i].outcome != VRRP_OUTCOME_WAITING)
			(void)json_array_append_new(
			    instances, move_json(&op->moves[i]));
	return instances;
}

json_t *
vrrp_op_names(const struct vrrp_op *op, bool moved)
{
	json_t *names = json_array();

	for (size_t i = 0; i < op->count; i++) {
		const struct vrrp_move *move = &op->moves[i];

		if (move->outcome != VRRP_OUTCOME_WAITING &&
		    (move->outcome == VRRP_OUTCOME_MOVED) == moved)
			(void)json_array_append_new(names, ctl_msg_text(move->name));
	}
	return names;
}

json_t *
vrrp_op_took(const struct vrrp_op *op)
{
	return json_integer(
	    (json_int_t)((clock_now_us() - op->started_us) / US_PER_MS));
}

void
vrrp_op_put_id(json_t *object, const struct vrrp_op *op)
{
	if (op->because.op_id[0] != '\0')
		(void)json_object_set_new(
		    object, "op_id", ctl_msg_text(op->because.op_id));
}

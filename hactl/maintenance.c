/* SPDX-License-Identifier: Apache-2.0 */
/* maintenance.c - takes this node out of service for a while. */
#include "hactl/maintenance.h"

#include "hactl/cmd_table.h"
#include "hactl/move.h"
#include "hactl/must.h"
#include "hactl/question.h"

/* How long roles may take to move, beyond what --wait says. */
#define PATIENCE_US (60 * US_PER_S)

int64_t
maintenance_patience(const struct order *order)
{
	if (options_given(&order->options, OPTION_NO_WAIT))
		return session_timeout(order);
	return session_timeout(order) +
	       (order->options.wait_us > 0 ? order->options.wait_us : PATIENCE_US);
}

/* The instance, group or service of the line; NULL: the node. */
static const char *
object_of(const struct order *order)
{
	static const char *const tokens[] = {"NAME", "GROUP", "REAL", "VS"};
	const char *name = NULL;

	for (size_t i = 0; name == NULL && i < sizeof(tokens) / sizeof(tokens[0]); i++)
		name = cmd_match_arg(&order->match, tokens[i]);
	return name;
}

static void
describe(const void *userdata)
{
	const struct order *order = userdata;
	const char *name = object_of(order);

	fprintf(stderr, "Takes %s out of service%s.\n",
	    name != NULL ? name : "this node",
	    order->command->asks == ASKS_VRRPD
		? ": where this node is MASTER, the role moves"
		: "");
}

enum ctl_exit
maintenance_confirm(const struct order *order)
{
	return question_ask(order, false, describe, order);
}

/* A node that nobody relieved is still in its maintenance. */
static void
say_end(const struct order *order)
{
	const char *name = object_of(order);

	if (order->options.json != JSON_OFF ||
	    options_given(&order->options, OPTION_QUIET))
		return;
	fprintf(stderr, "To end the maintenance: \"hactl maintenance off%s%s%s\".\n",
	    name != NULL ? " " : "",
	    cmd_match_arg(&order->match, "GROUP") != NULL ? "group " : "",
	    name != NULL ? name : "");
}

/* Which roles have not moved, or how to ask for that later. */
static void
say_more(const struct order *order, const struct answer *answer, const json_t *params,
    enum ctl_exit status)
{
	if (status == CTL_EXIT_INTERRUPTED || answer_may_go_on(answer)) {
		move_say_name(order, params);
	} else if (status == CTL_EXIT_PARTLY || status == CTL_EXIT_NOT_REACHED) {
		move_list_outcomes(order, answer->parts[0].error.data);
		say_end(order);
	}
}

enum ctl_exit
maintenance_on(struct session *session, const struct order *order)
{
	struct answer answer = {.order = order, .count = 1};
	char *wrong = NULL;
	json_t *params = order->command->params(order, &wrong);
	enum ctl_exit status;

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	move_name_it(params);
	answer.parts[0].daemon = "vrrpd";
	status = maintenance_confirm(order);
	if (status == CTL_EXIT_DONE) {
		answer.op_id = json_string_value(json_object_get(params, "op_id"));
		session_call(session, &answer.parts[0], "maintenance",
		    json_incref(params), maintenance_patience(order));
		status = session_answer(&answer);
		say_more(order, &answer, params, status);
	}
	json_decref(params);
	answer_done(&answer);
	return status;
}

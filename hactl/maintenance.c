/* SPDX-License-Identifier: Apache-2.0 */
/* maintenance.c - takes this node out of service for a while. */
#include "hactl/maintenance.h"

#include "hactl/cmd_table.h"
#include "hactl/move.h"
#include "hactl/must.h"
#include "hactl/terminal.h"

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

static enum ctl_exit
refuse(const struct order *order, const char *name, enum ctl_exit status,
    const char *message)
{
	struct failure failure = {.name = name, .status = status, .message = message};

	return session_failure(&order->options, &failure);
}

enum ctl_exit
maintenance_confirm(const struct order *order)
{
	const char *name = cmd_match_arg(&order->match, "NAME");

	if (options_given(&order->options, OPTION_YES))
		return CTL_EXIT_DONE;
	if (!terminal_can_ask())
		return refuse(order, "confirmation_needed", CTL_EXIT_USAGE,
		    "nobody is there to confirm this; give --yes (nothing was done)");
	fprintf(stderr,
	    "Takes %s out of service: where this node is MASTER, the role moves.\n",
	    name != NULL ? name : "this node");
	switch (terminal_ask("Continue?", false)) {
	case TERMINAL_YES:
		return CTL_EXIT_DONE;
	case TERMINAL_INTERRUPTED:
		terminal_interrupted = 0;
		return refuse(order, "interrupted", CTL_EXIT_INTERRUPTED,
		    "interrupted; nothing was done");
	case TERMINAL_NO:
		break;
	}
	return refuse(
	    order, "declined", CTL_EXIT_ANSWERED_NO, "answered no; nothing was done");
}

/* Which roles have not moved, or how to ask for that later. */
static void
say_more(const struct order *order, const struct answer *answer, const json_t *params,
    enum ctl_exit status)
{
	/* The daemon had it when the connection broke, or the patience ended. */
	bool lost = status == CTL_EXIT_UNREACHABLE && answer->parts[0].hello != NULL;

	if (status == CTL_EXIT_INTERRUPTED || lost)
		move_say_name(order, params);
	else if (status == CTL_EXIT_PARTLY || status == CTL_EXIT_NOT_REACHED)
		move_list_outcomes(order, answer->parts[0].error.data);
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
		session_call(session, &answer.parts[0], "maintenance",
		    json_incref(params), maintenance_patience(order));
		status = session_answer(&answer);
		say_more(order, &answer, params, status);
	}
	json_decref(params);
	answer_done(&answer);
	return status;
}

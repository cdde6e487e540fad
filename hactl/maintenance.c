/* SPDX-License-Identifier: Apache-2.0 */
/* maintenance.c - takes this node out of service for a while. */
#include "hactl/maintenance.h"

#include <string.h>

#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/move.h"
#include "hactl/must.h"
#include "hactl/question.h"
#include "hactl/roles_named.h"
#include "hactl/view.h"

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

/* What the question is about. */
struct subject {
	const struct order *order;
	const char *node;
	json_int_t for_ms;       /* 0: while a program runs */
	const json_t *instances; /* all of them, or the one that is meant */
};

static void
describe(const void *userdata)
{
	const struct subject *subject = userdata;
	const struct cmd_match *match = &subject->order->match;
	json_t *safe = escape_json(subject->instances);
	json_t *masters = roles_in_state(safe, "MASTER");
	size_t others = json_array_size(safe) - json_array_size(masters);
	const char *name = object_of(subject->order);
	char span[UNITS_TEXT_SIZE];

	fprintf(stderr, "Takes %s%s out of service", name != NULL ? "" : "node ",
	    name != NULL ? name : subject->node);
	if (subject->for_ms > 0)
		fprintf(stderr, " for %s",
		    units_format_span(span, (int64_t)subject->for_ms * US_PER_MS));
	if (json_array_size(masters) > 0) {
		fputs(": hands over ", stderr);
		roles_put_names(stderr, masters);
	}
	fputs(".\n", stderr);
	if (name == NULL && others > 0)
		fprintf(stderr, "%zu that %s not MASTER here sta%s behind.\n", others,
		    others == 1 ? "is" : "are", others == 1 ? "ys" : "y");
	if (cmd_match_has(match, "out"))
		fputs("With \"out\" it is in FAULT as soon as another router is MASTER, and "
		      "then does not serve even as the last resort.\n",
		    stderr);
	if (json_array_size(masters) > 0)
		fprintf(stderr,
		    "Where nobody takes over, which is known only afterwards, %s "
		    "serves on as the last resort.\n",
		    subject->node);
	json_decref(masters);
	json_decref(safe);
}

/* The instances that it is about. A daemon that cannot tell them says why when it is
 * asked for the maintenance. */
static json_t *
look(struct session *session, const struct order *order, struct answer *answer)
{
	const char *name = cmd_match_arg(&order->match, "NAME");
	const char *group = cmd_match_arg(&order->match, "GROUP");
	json_t *meant = must(json_array()), *item;
	size_t i;

	if (order->command->asks != ASKS_VRRPD)
		return meant; /* no roles are about services */
	session_list(session, &answer->parts[0], "instance", session_timeout(order));
	json_array_foreach (answer->parts[0].items, i, item) {
		if ((name == NULL || strcmp(view_string(item, "name", ""), name) == 0) &&
		    (group == NULL ||
			strcmp(view_string(item, "group", ""), group) == 0))
			(void)json_array_append(meant, item);
	}
	return meant;
}

enum ctl_exit
maintenance_confirm(
    struct session *session, const struct order *order, const json_t *params)
{
	struct answer answer = {.order = order, .count = 1, .parts[0].daemon = "vrrpd"};
	struct subject subject = {
	    .order = order, .for_ms = view_integer(params, "for_ms", 0)};
	enum ctl_exit status;
	json_t *instances;

	if (options_given(&order->options, OPTION_YES))
		return CTL_EXIT_DONE;
	instances = look(session, order, &answer);
	subject.instances = instances;
	subject.node = answer_node(&answer);
	status = question_ask(order, false, describe, &subject);
	json_decref(instances);
	answer_done(&answer);
	return status;
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
	status = maintenance_confirm(session, order, params);
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

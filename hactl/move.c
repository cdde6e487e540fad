/* SPDX-License-Identifier: Apache-2.0 */
/* move.c - failover and takeover: a question before, patience after. */
#include "hactl/move.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/units.h"
#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/must.h"
#include "hactl/question.h"
#include "hactl/roles_named.h"
#include "hactl/session.h"
#include "hactl/terminal.h"
#include "hactl/view.h"

/* The daemon says how long a move may take, and its answer comes then. This is for its
 * loop, and for thousands of routers at a time. */
#define PATIENCE_US (10 * US_PER_S)

static bool
is_takeover(const struct order *order)
{
	return cmd_match_has(&order->match, "takeover");
}

static bool
is_for_people(const struct order *order)
{
	return order->options.json == JSON_OFF &&
	       !options_given(&order->options, OPTION_QUIET);
}

/* ---- before -------------------------------------------------------------- */

/* Those of the list that would be moved. */
static json_t *
select_movable(const struct order *order, const json_t *items)
{
	return roles_in_state(items, is_takeover(order) ? "BACKUP" : "MASTER");
}

/* Looks at the instances: what a question is about, and how patient to be. */
static void
look(struct session *session, const struct order *order, struct part *part)
{
	json_t *all;
	char *path;

	if (!order_is_for_all(order)) {
		path = order_path(order);
		session_call(session, part, "get",
		    must(json_pack("{s:s}", "path", path)), session_timeout(order));
		free(path);
		return;
	}
	session_list(session, part, "instance", session_timeout(order));
	all = part->items;
	if (all != NULL)
		part->items = select_movable(order, all);
	json_decref(all);
}

/* How long the daemon may wait for one of them. */
static int64_t
told_wait_us(const struct order *order, const json_t *instance)
{
	const json_t *waits = json_object_get(instance, "waits");
	const char *method = order->options.method;
	bool quick = !options_given(&order->options, OPTION_FORCE) &&
		     (method == NULL || strcmp(method, "yield") != 0);
	const char *key = is_takeover(order) ? "takeover_ms"
			  : quick            ? "handover_ms"
					     : "yield_ms";

	return (int64_t)view_integer(waits, key, 0) * US_PER_MS;
}

static int64_t
patience(const struct order *order, const json_t *instances)
{
	int64_t longest_us = order->options.wait_us;
	const json_t *instance;
	size_t i;

	if (options_given(&order->options, OPTION_NO_WAIT))
		return session_timeout(order);
	json_array_foreach (instances, i, instance) {
		int64_t us = told_wait_us(order, instance);

		if (order->options.wait_us == 0 && us > longest_us)
			longest_us = us;
	}
	return session_timeout(order) + PATIENCE_US + longest_us;
}

/* ---- the question -------------------------------------------------------- */

/* What a question is about. */
struct subject {
	const struct order *order;
	const char *node;
	const json_t *instances;
};

/* ", then held for 10m": how long this node stays behind, which the daemon tells. */
static void
put_hold(const struct order *order, const json_t *instance)
{
	const json_t *waits = json_object_get(instance, "waits");
	int64_t us = 0;
	bool said = cmd_match_has(&order->match, "hold");
	char span[UNITS_TEXT_SIZE];

	if (said)
		free(order_span(order, "hold", &us));
	else
		us = (int64_t)view_integer(waits, "hold_ms", 0) * US_PER_MS;
	if (us > 0)
		fprintf(stderr, ", then held back for %s%s", said ? "" : "up to ",
		    units_format_span(span, us));
}

static void
describe_failover(const struct subject *subject, const json_t *safe)
{
	const struct order *order = subject->order;
	bool force = options_given(&order->options, OPTION_FORCE);

	fputs("Moves ", stderr);
	roles_put_names(stderr, safe);
	put_hold(order, json_array_get(safe, 0));
	fprintf(stderr,
	    ".\nBackups are silent in VRRP: whether one will take over is known only "
	    "afterwards;\nif none does, %s %s.\n",
	    subject->node, force ? "becomes MASTER again" : "stays MASTER");
	if (force)
		fputs(
		    "--force lets go at once, without waiting for another: an outage.\n",
		    stderr);
}

static void
describe_takeover(const json_t *safe)
{
	char master[VIEW_TEXT_SIZE];

	fputs("Takes ", stderr);
	roles_put_names(stderr, safe);
	if (json_array_size(safe) == 1)
		fprintf(stderr, " from %s.\n",
		    view_text(master, json_array_get(safe, 0), "master"));
	else
		fputs(" from their masters.\n", stderr);
}

/* Tells people what is about to happen. */
static void
describe(const void *userdata)
{
	const struct subject *subject = userdata;
	json_t *safe = escape_json(subject->instances);

	if (is_takeover(subject->order))
		describe_takeover(safe);
	else
		describe_failover(subject, safe);
	json_decref(safe);
}

static bool
is_in_maintenance(const json_t *instance)
{
	const char *kind = view_string(json_object_get(instance, "lease"), "kind", "");

	return strcmp(kind, "maintenance") == 0;
}

/* Whether nothing would move: what there is instead, the daemon says at once. It
 * refuses to take a role in a maintenance. */
static bool
is_idle(const struct order *order, const json_t *instances)
{
	json_t *movable = select_movable(order, instances);
	const json_t *instance;
	bool idle = true;
	size_t i;

	json_array_foreach (movable, i, instance)
		idle &= is_takeover(order) && is_in_maintenance(instance);
	json_decref(movable);
	return idle;
}

/* Returns CTL_EXIT_DONE to go on, else the status to end with. */
static enum ctl_exit
confirm(const struct order *order, const char *node, const json_t *instances)
{
	const struct subject subject = {order, node, instances};

	if (is_idle(order, instances))
		return CTL_EXIT_DONE;
	return question_ask(
	    order, options_given(&order->options, OPTION_FORCE), describe, &subject);
}

/* ---- its name ------------------------------------------------------------ */

void
move_name_it(json_t *params)
{
	uint32_t number;

	if (json_object_get(params, "op_id") != NULL)
		return;
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
		number = (uint32_t)clock_now_us();
	(void)json_object_set_new(
	    params, "op_id", must(json_sprintf("h-%08" PRIx32, number)));
}

void
move_say_name(const struct order *order, const json_t *params)
{
	if (is_for_people(order))
		fprintf(stderr,
		    "\"hactl call vrrpd op.get op_id=%s\" tells how it ends.\n",
		    view_string(params, "op_id", "?"));
}

/* ---- the move ------------------------------------------------------------ */

/* A wait that somebody looks at begins with a word. */
static void
say_begin(const struct order *order, const json_t *instances)
{
	if (!is_for_people(order) || is_idle(order, instances) ||
	    options_given(&order->options, OPTION_NO_WAIT) ||
	    isatty(STDERR_FILENO) != 1)
		return;
	fputs(is_takeover(order) ? "taking over ...\n" : "handing over ...\n", stderr);
}

void
move_list_outcomes(const struct order *order, const json_t *data)
{
	json_t *safe = data != NULL ? escape_json(data) : NULL;
	const json_t *instances = json_object_get(safe, "instances");
	struct style style = terminal_style(&order->options, stderr);

	if (is_for_people(order) && json_array_size(instances) > 0)
		view_outcomes(stderr, instances, &style);
	json_decref(safe);
}

/* What a person may try when nobody came. */
static void
advise(const struct order *order, const json_t *data)
{
	const char *method = order->options.method;

	if (is_takeover(order) || options_given(&order->options, OPTION_FORCE) ||
	    json_array_size(json_object_get(data, "seen")) > 0)
		return;
	if (method != NULL && strcmp(method, "yield") == 0)
		fputs("A peer may be down, or set nopreempt: then it takes over only "
		      "without \"--method=yield\".\n",
		    stderr);
	else
		fputs(
		    "A peer may be down, or cannot hear this node. \"--force\" lets go "
		    "at once: an outage,\nand the role may come back here.\n",
		    stderr);
}

static void
say_more(const struct order *order, const struct answer *answer, const json_t *params,
    enum ctl_exit status)
{
	const json_t *data = answer->parts[0].error.data;

	if (status == CTL_EXIT_INTERRUPTED || answer_may_go_on(answer))
		move_say_name(order, params);
	if (!is_for_people(order))
		return;
	move_list_outcomes(order, data);
	if (status == CTL_EXIT_NOT_REACHED)
		advise(order, data);
}

static enum ctl_exit
act(struct session *session, const struct order *order, struct answer *answer,
    json_t *params)
{
	struct part *part = &answer->parts[0];
	enum ctl_exit status;

	say_begin(order, answer->context);
	answer->op_id = json_string_value(json_object_get(params, "op_id"));
	session_call(session, part, order->command->method, json_incref(params),
	    patience(order, answer->context));
	status = session_answer(answer);
	say_more(order, answer, params, status);
	return status;
}

enum ctl_exit
move_run(struct session *session, const struct order *order)
{
	struct answer answer = {.order = order, .count = 1};
	struct part *part = &answer.parts[0];
	enum ctl_exit status;
	char *wrong = NULL;
	json_t *params = order->command->params(order, &wrong);

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	move_name_it(params);
	part->daemon = "vrrpd";
	look(session, order, part);
	if (answer_good(&answer) == NULL || terminal_interrupted != 0) {
		status = session_answer(&answer);
	} else {
		answer.context = part->items;
		part->items = NULL;
		status = confirm(order, answer_node(&answer), answer.context);
		if (status == CTL_EXIT_DONE)
			status = act(session, order, &answer, params);
	}
	json_decref(params);
	answer_done(&answer);
	return status;
}

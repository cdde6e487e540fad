/* SPDX-License-Identifier: Apache-2.0 */
/* move.c - failover and takeover: a question before, patience after. */
#include "hactl/move.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/units.h"
#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/must.h"
#include "hactl/session.h"
#include "hactl/terminal.h"
#include "hactl/view.h"

/* The daemon knows how long an heir may take, and its answer comes then. This bounds
 * only the wait for a daemon that has died: some intervals, and some seconds for its
 * loop. */
#define PATIENCE_INTERVALS 4
#define PATIENCE_US (30 * US_PER_S)

static bool
is_takeover(const struct order *order)
{
	return cmd_match_has(&order->match, "takeover");
}

static int64_t
patience(const struct order *order, const json_t *instance)
{
	int64_t us = session_timeout(order);
	int64_t interval_us =
	    (int64_t)view_integer(instance, "advert_int_ms", 1000) * US_PER_MS;

	if (options_given(&order->options, OPTION_NO_WAIT))
		return us;
	if (order->options.wait_us > 0)
		return us + order->options.wait_us;
	return us + PATIENCE_US + PATIENCE_INTERVALS * interval_us;
}

/* Tells people what is about to happen. */
static void
describe(const struct order *order, const json_t *instance, bool force)
{
	json_t *safe = escape_json(instance);
	const char *name = view_string(safe, "name", "?");
	json_int_t vips = view_integer(json_object_get(safe, "vips"), "want", 0);
	char master[VIEW_TEXT_SIZE];

	fprintf(stderr, "%s %s (%s here, %" JSON_INTEGER_FORMAT " address%s)",
	    is_takeover(order) ? "Takes" : "Moves", name,
	    view_string(safe, "state", "?"), vips, vips == 1 ? "" : "es");
	if (is_takeover(order))
		fprintf(stderr, " from %s.\n", view_text(master, safe, "master"));
	else
		fputs(
		    ".\nBackups are silent in VRRP: whether one will take over is known "
		    "only afterwards.\n",
		    stderr);
	if (force)
		fputs(
		    "--force lets go at once, without waiting for another: an outage.\n",
		    stderr);
	json_decref(safe);
}

static enum ctl_exit
refuse(const struct order *order, const char *name, enum ctl_exit status,
    const char *message)
{
	struct failure failure = {.name = name, .status = status, .message = message};

	return session_failure(&order->options, &failure);
}

/* Returns CTL_EXIT_DONE to go on, else the status to end with. */
static enum ctl_exit
confirm(const struct order *order, const json_t *instance)
{
	bool force = options_given(&order->options, OPTION_FORCE);

	if (options_given(&order->options, OPTION_YES))
		return CTL_EXIT_DONE;
	if (!terminal_can_ask())
		return refuse(order, "confirmation_needed", CTL_EXIT_USAGE,
		    "nobody is there to confirm this; give --yes (nothing was done)");
	describe(order, instance, force);
	switch (terminal_ask("Continue?", force)) {
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

/* A wait that somebody looks at begins with a word. */
static void
say_begin(const struct order *order)
{
	const struct options *options = &order->options;

	if (options->json != JSON_OFF || options_given(options, OPTION_QUIET) ||
	    options_given(options, OPTION_NO_WAIT) || isatty(STDERR_FILENO) != 1)
		return;
	fputs(is_takeover(order) ? "taking over ...\n" : "handing over ...\n", stderr);
}

/* Looks at the instance: what a question is about, and how patient to be. */
static void
look(struct session *session, const struct order *order, struct part *part)
{
	char *path = order_path(order);

	session_call(session, part, "get", must(json_pack("{s:s}", "path", path)),
	    session_timeout(order));
	free(path);
}

/* What a person may try when nobody came. */
static void
advise(const struct order *order, const struct answer *answer)
{
	const json_t *data = answer->parts[0].error.data;

	if (order->options.json != JSON_OFF || is_takeover(order) ||
	    options_given(&order->options, OPTION_FORCE) ||
	    json_array_size(json_object_get(data, "seen")) > 0)
		return;
	fputs(
	    "A peer may be down, or cannot hear this node. \"--force\" lets go at once: "
	    "an outage,\nand the role may come back here.\n",
	    stderr);
}

static enum ctl_exit
act(struct session *session, const struct order *order, struct answer *answer,
    json_t *params)
{
	struct part *part = &answer->parts[0];
	enum ctl_exit status;
	int64_t patience_us;

	answer->context = json_incref(json_array_get(part->items, 0));
	json_decref(part->items);
	part->items = NULL;
	patience_us = patience(order, answer->context);
	say_begin(order);
	session_call(
	    session, part, order->command->method, json_incref(params), patience_us);
	status = session_answer(answer);
	if (status == CTL_EXIT_NOT_REACHED)
		advise(order, answer);
	return status;
}

enum ctl_exit
move_run(struct session *session, const struct order *order)
{
	struct answer answer = {.order = order, .count = 1};
	enum ctl_exit status;
	char *wrong = NULL;
	json_t *params = order->command->params(order, &wrong);

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	answer.parts[0].daemon = "vrrpd";
	look(session, order, &answer.parts[0]);
	if (answer_good(&answer) == NULL || terminal_interrupted != 0) {
		status = session_answer(&answer);
	} else {
		status = confirm(order, answer_item(&answer, 0));
		if (status == CTL_EXIT_DONE)
			status = act(session, order, &answer, params);
	}
	json_decref(params);
	answer_done(&answer);
	return status;
}

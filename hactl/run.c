/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - one command, from its words to the status it ends with. */
#include "hactl/run.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "hactl/ask.h"
#include "hactl/check.h"
#include "hactl/cmd_table.h"
#include "hactl/config_cmd.h"
#include "hactl/doctor.h"
#include "hactl/help.h"
#include "hactl/log_cmd.h"
#include "hactl/maintenance.h"
#include "hactl/maintenance_run.h"
#include "hactl/metrics_cmd.h"
#include "hactl/move.h"
#include "hactl/must.h"
#include "hactl/others.h"
#include "hactl/release.h"
#include "hactl/reload.h"
#include "hactl/repeat.h"
#include "hactl/session.h"
#include "hactl/wait.h"
#include "hactl/watch.h"
#include "hactl/words.h"

static enum ctl_exit
run_ask(struct session *session, const struct order *order)
{
	struct answer answer;
	char *wrong = ask_all(session, order, &answer);
	enum ctl_exit status;

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	status = session_answer(&answer);
	answer_done(&answer);
	return status;
}

/* The same unless the question before it ends it. */
static enum ctl_exit
run_ask_after(struct session *session, const struct order *order,
    enum ctl_exit (*question)(struct session *session, const struct order *order))
{
	enum ctl_exit status = question(session, order);

	return status == CTL_EXIT_DONE ? run_ask(session, order) : status;
}

/* The list that the part's answer holds becomes its items. */
static void
unwrap_items(struct part *part)
{
	json_t *items = json_object_get(json_array_get(part->items, 0), "items");

	if (json_is_array(items)) {
		json_incref(items);
		json_decref(part->items);
		part->items = items;
	}
}

/* An answer that holds a list. */
static enum ctl_exit
run_items(struct session *session, const struct order *order)
{
	struct answer answer;
	char *wrong = ask_all(session, order, &answer);
	enum ctl_exit status;
	size_t count = 0;

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	for (size_t i = 0; i < answer.count; i++) {
		unwrap_items(&answer.parts[i]);
		count += json_array_size(answer.parts[i].items);
	}
	if (order->command->kind == COMMAND_ITEMS)
		ask_merge(&answer, "at", order_count(order, SESSION_ENTRIES));
	status = session_answer(&answer);
	if (status == CTL_EXIT_DONE && order->command->kind == COMMAND_DIFF &&
	    count > 0)
		status = CTL_EXIT_FAILED;
	answer_done(&answer);
	return status;
}

/* {"name", "state", "is_master"} of what was asked for; `yes` is the state wanted. */
static json_t *
verdict_of(const struct order *order, const char *state, const char *yes)
{
	const char *name = cmd_match_arg(&order->match, "NAME");

	if (name == NULL)
		name = cmd_match_arg(&order->match, "VS");
	return must(json_pack("[{s:s, s:s, s:b}]", "name", name, "state", state,
	    order->command->kind == COMMAND_IS_UP ? "is_up" : "is_master",
	    strcmp(state, yes) == 0));
}

/* The exit status says what the answer was; anything but a clear answer is neither. */
static enum ctl_exit
run_is(struct session *session, const struct order *order, const char *yes)
{
	struct answer answer;
	char *wrong = ask_all(session, order, &answer);
	const char *state =
	    json_string_value(json_object_get(answer_item(&answer, 0), "state"));
	enum ctl_exit status;
	bool is = state != NULL && strcmp(state, yes) == 0;
	json_t *verdict = NULL;

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	if (state != NULL) {
		verdict = verdict_of(order, state, yes);
		json_decref(answer.parts[0].items);
		answer.parts[0].items = verdict;
	}
	status = session_answer(&answer);
	if (status == CTL_EXIT_DONE && verdict != NULL && !is)
		status = CTL_EXIT_FAILED;
	answer_done(&answer);
	return status;
}

static enum ctl_exit
run_history(const struct session *session, const struct order *order)
{
	if (session->history == NULL)
		return session_usage(&order->options,
		    must_format("there is a history in the shell only"));
	session->history(session->history_userdata);
	return CTL_EXIT_DONE;
}

static enum ctl_exit
run(struct session *session, const struct order *order)
{
	switch (order->command->kind) {
	case COMMAND_ASK:
	case COMMAND_LIST:
	case COMMAND_HELLO:
		return run_ask(session, order);
	case COMMAND_WATCH:
		return watch_run(session, order);
	case COMMAND_LOG:
		return log_run(session, order);
	case COMMAND_WAIT:
		return wait_run(session, order);
	case COMMAND_MAINTENANCE:
		return maintenance_on(session, order);
	case COMMAND_MAINTENANCE_RUN:
		return (enum ctl_exit)maintenance_run(session, order);
	case COMMAND_RELEASE:
		return release_run(session, order);
	case COMMAND_TAKE_BACK:
		return run_ask_after(session, order, others_ask);
	case COMMAND_RELOAD:
		return run_ask_after(session, order, reload_ask);
	case COMMAND_ITEMS:
	case COMMAND_DIFF:
		return run_items(session, order);
	case COMMAND_CHECK:
		return (enum ctl_exit)check_run(session, order);
	case COMMAND_IS_MASTER:
		return run_is(session, order, "MASTER");
	case COMMAND_IS_UP:
		return run_is(session, order, "up");
	case COMMAND_METRICS:
		return metrics_cmd_run(session, order);
	case COMMAND_DOCTOR:
		return doctor_run(session, order);
	case COMMAND_MOVE:
		return move_run(session, order);
	case COMMAND_CONFIG_TEST:
		return config_cmd_test(session, order);
	case COMMAND_CONFIG_SHOW:
		return config_cmd_show(session, order);
	case COMMAND_HELP:
		return help_command(order);
	case COMMAND_HISTORY:
		return run_history(session, order);
	case COMMAND_EXIT:
		session->leave = true;
		break;
	}
	return CTL_EXIT_DONE;
}

enum ctl_exit
run_words(struct session *session, const char *const words[], size_t count)
{
	struct order order;
	char *wrong;

	wrong = order_read(
	    session->tree, words, count, &session->options, session->in_shell, &order);
	if (wrong != NULL)
		return session_usage(&order.options, wrong);
	if (options_given(&order.options, OPTION_HELP))
		return help_words(&order.options);
	if (order.command == NULL)
		return CTL_EXIT_DONE;
	order.now_us = clock_realtime_us();
	if (options_given(&order.options, OPTION_WATCH))
		return repeat_run(session, &order, run);
	return run(session, &order);
}

enum ctl_exit
run_line(struct session *session, const char *line)
{
	struct words words;
	enum ctl_exit status;

	words_split(line, &words);
	if (words.end == WORDS_QUOTED)
		status = session_usage(
		    &session->options, must_format("a quote is not closed"));
	else
		status = run_words(
		    session, (const char *const *)words.items, words.count);
	words_done(&words);
	return status;
}

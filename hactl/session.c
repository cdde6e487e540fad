/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - one command against one or both daemons, and the status it ends with. */
#include "hactl/session.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/units.h"
#include "hactl/ask.h"
#include "hactl/check.h"
#include "hactl/cmd_table.h"
#include "hactl/config_cmd.h"
#include "hactl/doctor.h"
#include "hactl/escape.h"
#include "hactl/help.h"
#include "hactl/log_cmd.h"
#include "hactl/metrics_cmd.h"
#include "hactl/maintenance.h"
#include "hactl/maintenance_run.h"
#include "hactl/move.h"
#include "hactl/must.h"
#include "hactl/pager.h"
#include "hactl/people.h"
#include "hactl/release.h"
#include "hactl/others.h"
#include "hactl/reload.h"
#include "hactl/repeat.h"
#include "hactl/request_words.h"
#include "hactl/terminal.h"
#include "hactl/wait.h"
#include "hactl/watch.h"
#include "hactl/words.h"

static const struct renderer *
renderer_of(const struct options *options)
{
	return options->json != JSON_OFF ? &render_json : &render_text;
}

enum ctl_exit
session_failure(const struct options *options, const struct failure *failure)
{
	struct style style = terminal_style(options, stderr);
	struct failure placed = *failure;

	if (options->line > 0) {
		placed.file = options->file;
		placed.line = options->line;
	}
	(void)fflush(stdout);
	renderer_of(options)->failure(stderr, &placed, &style);
	return failure->status;
}

enum ctl_exit
session_usage(const struct options *options, char *message)
{
	struct failure failure = failure_of_usage(message);
	enum ctl_exit status = session_failure(options, &failure);

	free(message);
	return status;
}

int64_t
session_timeout(const struct order *order)
{
	return order->options.timeout_us > 0 ? order->options.timeout_us
					     : SESSION_TIMEOUT_US;
}

/* The facts of an error, with the name under which the daemon tells how it ended. */
static json_t *
with_op_id(const json_t *data, const char *op_id)
{
	json_t *all = must(json_pack("{s:s}", "op_id", op_id));

	if (data != NULL)
		(void)json_object_update(all, json_loose(data));
	return all;
}

/* JSON has room for one error; people are told about each. */
static void
report_failures(const struct answer *answer)
{
	const struct options *options = &answer->order->options;

	for (size_t i = 0; i < answer->count; i++) {
		const struct part *part = &answer->parts[i];
		struct failure failure = failure_of_error(part->daemon, &part->error);
		char *said = request_words_say(answer->order, &part->error);
		json_t *data = answer_may_go_on(answer)
				   ? with_op_id(failure.data, answer->op_id)
				   : NULL;

		if (data != NULL)
			failure.data = data;
		if (said != NULL)
			failure.message = said;
		(void)session_failure(options, &failure);
		free(said);
		json_decref(data);
		if (options->json != JSON_OFF)
			return;
	}
}

static enum ctl_exit
report_interrupt(const struct answer *answer)
{
	bool changes = answer->order->command->role > CTL_ROLE_READ;
	json_t *data = answer->op_id != NULL ? with_op_id(NULL, answer->op_id) : NULL;
	struct failure failure = {.name = "interrupted",
	    .status = CTL_EXIT_INTERRUPTED,
	    .message =
		changes ? "interrupted; what was asked for may go on" : "interrupted",
	    .data = data};
	enum ctl_exit status;

	terminal_interrupted = 0;
	status = session_failure(&answer->order->options, &failure);
	json_decref(data);
	return status;
}

/* Whether the answer is something to read; the outcome of a change is not. */
static bool
is_paged(const struct command *command)
{
	if (command->kind == COMMAND_IS_MASTER || command->kind == COMMAND_WAIT ||
	    command->kind == COMMAND_CHECK)
		return false;
	return command->role == CTL_ROLE_READ || command->kind == COMMAND_ITEMS;
}

static void
print_answer(const struct answer *answer)
{
	const struct options *options = &answer->order->options;
	struct style style = terminal_style(options, stdout);
	struct pager pager = {.to = stdout};

	if (is_paged(answer->order->command))
		pager_begin(&pager, options);
	renderer_of(options)->answer(pager.to, answer, &style);
	pager_end(&pager);
}

enum ctl_exit
session_answer(const struct answer *answer)
{
	const struct options *options = &answer->order->options;

	for (size_t i = 0; i < answer->count; i++)
		people_name(answer->parts[i].items);
	if (terminal_interrupted != 0)
		return report_interrupt(answer);
	if (answer_good(answer) == NULL)
		report_failures(answer);
	else if (!options_given(options, OPTION_QUIET))
		print_answer(answer);
	return answer_exit(answer);
}

/* The object of an answer that wraps one, else the answer itself. */
static json_t *
unwrap(const json_t *result)
{
	static const char *const wraps[] = {"object", "explanation"};

	for (size_t i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++) {
		json_t *inner = json_object_get(result, wraps[i]);

		if (json_is_object(inner))
			return json_incref(inner);
	}
	return json_incref(json_loose(result));
}

void
session_announce(const char *daemon, const struct ctl_client *client)
{
	char *epoch = escape_text(ctl_client_hello_text(client, "epoch"));

	fprintf(stderr, "(connected to %s again, epoch %s)\n", daemon, epoch);
	free(epoch);
}

struct ctl_client *
session_connect(struct session *session, struct part *part, int64_t timeout_us)
{
	struct ctl_client *client;
	bool again = false;

	if (daemons_open(session->daemons, part->daemon, timeout_us, &client, &again,
		&part->error) != CTL_OK)
		return NULL;
	json_decref(part->hello);
	part->hello = json_deep_copy(ctl_client_hello(client));
	part->rev = json_integer_value(json_object_get(part->hello, "rev"));
	if (again && session->in_shell)
		session_announce(part->daemon, client);
	return client;
}

/* A conversation that broke is of no further use. */
static void
end_part(struct session *session, struct part *part)
{
	if (part->error.code == CTL_UNAVAILABLE || part->error.code == CTL_PARSE_ERROR)
		daemons_drop(session->daemons, part->daemon);
}

void
session_call(struct session *session, struct part *part, const char *method,
    json_t *params, int64_t timeout_us)
{
	struct ctl_client *client = session_connect(session, part, timeout_us);
	json_t *result = NULL;
	const json_t *rev;

	if (client == NULL) {
		json_decref(params);
		return;
	}
	if (ctl_client_call(client, method, params, timeout_us, &terminal_interrupted,
		&result, &part->error) != CTL_OK) {
		end_part(session, part);
		return;
	}
	rev = json_object_get(result, "rev");
	if (json_is_integer(rev))
		part->rev = json_integer_value(rev);
	part->items = must(json_pack("[o]", unwrap(result)));
	json_decref(result);
}

void
session_list(
    struct session *session, struct part *part, const char *type, int64_t timeout_us)
{
	struct ctl_client *client = session_connect(session, part, timeout_us);

	if (client != NULL && ctl_client_list(client, type, timeout_us, &part->items,
				  &part->rev, &part->error) != CTL_OK)
		end_part(session, part);
}

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
		return others_run(session, order);
	case COMMAND_RELOAD:
		return reload_run(session, order);
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
session_words(struct session *session, const char *const words[], size_t count)
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
session_line(struct session *session, const char *line)
{
	struct words words;
	enum ctl_exit status;

	words_split(line, &words);
	if (words.end == WORDS_QUOTED)
		status = session_usage(
		    &session->options, must_format("a quote is not closed"));
	else
		status = session_words(
		    session, (const char *const *)words.items, words.count);
	words_done(&words);
	return status;
}

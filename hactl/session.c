/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - what commands share: the daemons they ask, and how what came is printed.
 */
#include "hactl/session.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/must.h"
#include "hactl/pager.h"
#include "hactl/people.h"
#include "hactl/request_words.h"
#include "hactl/terminal.h"

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

/* Whether both daemons denied it for the same reason, which is said once then. */
static bool
is_denied_alike(const struct answer *answer)
{
	const struct ctl_error *first = &answer->parts[0].error;
	const struct ctl_error *second = &answer->parts[1].error;

	return answer->count == DAEMONS_COUNT && first->code == CTL_DENIED &&
	       second->code == CTL_DENIED && first->data != NULL &&
	       json_equal(first->data, second->data) == 1;
}

/* JSON has room for one error; people are told about each. */
static void
report_failures(const struct answer *answer)
{
	const struct options *options = &answer->order->options;
	bool alike = is_denied_alike(answer);

	for (size_t i = 0; i < (alike ? 1 : answer->count); i++) {
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
		if (alike && options->json == JSON_OFF)
			failure.daemon = NULL;
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

/* SPDX-License-Identifier: Apache-2.0 */
/* render.c - what an answer holds, whoever shows it. */
#include "hactl/render.h"

#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/order.h"

struct failure
failure_of_error(const char *daemon, const struct ctl_error *error)
{
	return (struct failure){.name = ctl_code_name(error->code),
	    .code = ctl_code_number(error->code),
	    .status = ctl_code_exit(error->code),
	    .daemon = daemon,
	    .message = error->message,
	    .data = error->data};
}

struct failure
failure_of_usage(const char *message)
{
	return (struct failure){
	    .name = "usage", .status = CTL_EXIT_USAGE, .message = message};
}

json_t *
failure_json(const struct failure *failure)
{
	json_t *json = must(json_pack("{s:i, s:s, s:s, s:s*, s:i}", "code",
	    failure->code, "name", failure->name, "message", failure->message, "daemon",
	    failure->daemon, "exit", (int)failure->status));

	if (failure->file != NULL)
		(void)json_object_update_new(
		    json, must(json_pack("{s:s, s:I}", "file", failure->file, "line",
			      (json_int_t)failure->line)));
	if (failure->data != NULL)
		(void)json_object_update_missing(json, json_loose(failure->data));
	return json;
}

const struct part *
answer_good(const struct answer *answer)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (answer->parts[i].error.code == CTL_OK)
			return &answer->parts[i];
	}
	return NULL;
}

const json_t *
answer_item(const struct answer *answer, size_t i)
{
	const struct part *part = answer_good(answer);

	return part != NULL ? json_array_get(part->items, i) : NULL;
}

bool
answer_may_go_on(const struct answer *answer)
{
	const struct part *part = &answer->parts[0];

	/* What the daemon itself refuses, it gives its reasons for. */
	return answer->op_id != NULL && part->error.code == CTL_UNAVAILABLE &&
	       part->error.data == NULL && part->hello != NULL;
}

const char *
answer_node(const struct answer *answer)
{
	for (size_t i = 0; i < answer->count; i++) {
		const json_t *node = json_object_get(answer->parts[i].hello, "node");

		if (json_is_string(node))
			return json_string_value(node);
	}
	return "";
}

bool
answer_is_of_both(const struct answer *answer)
{
	size_t count = 0;

	for (size_t i = 0; i < answer->count; i++)
		count += json_array_size(answer->parts[i].items) > 0;
	return count > 1;
}

/* Whether the daemon did something, and did not find that there was nothing to do. */
static bool
has_done_something(const struct part *part)
{
	static const char *const lists[] = {"saved", "discarded"};
	const json_t *result = json_array_get(part->items, 0);

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const json_t *list = json_object_get(result, lists[i]);

		if (list != NULL && json_array_size(list) == 0)
			return false;
	}
	return part->error.code == CTL_OK &&
	       !json_is_false(json_object_get(result, "changed"));
}

/* Whether one daemon carried a change out and another did not. */
static bool
is_partly_done(const struct answer *answer)
{
	const struct order *order = answer->order;
	size_t done = 0, failed = 0;

	if (!(order->command->takes & OPTION_BIT(OPTION_REASON)) ||
	    options_given(&order->options, OPTION_DRY_RUN))
		return false;
	for (size_t i = 0; i < answer->count; i++) {
		done += has_done_something(&answer->parts[i]);
		failed +=
		    answer->parts[i].error.code != CTL_OK && !answer->parts[i].absent;
	}
	return done > 0 && failed > 0;
}

enum ctl_exit
answer_exit(const struct answer *answer)
{
	enum ctl_exit status = CTL_EXIT_DONE;

	if (is_partly_done(answer))
		return CTL_EXIT_PARTLY;
	for (size_t i = 0; i < answer->count; i++) {
		enum ctl_exit part = ctl_code_exit(answer->parts[i].error.code);

		if (answer->parts[i].absent)
			continue;
		if (part == CTL_EXIT_UNREACHABLE)
			return part;
		if (status == CTL_EXIT_DONE)
			status = part;
	}
	return status;
}

void
answer_done(struct answer *answer)
{
	for (size_t i = 0; i < answer->count; i++) {
		json_decref(answer->parts[i].hello);
		json_decref(answer->parts[i].items);
		ctl_error_done(&answer->parts[i].error);
	}
	json_decref(answer->context);
	*answer = (struct answer){0};
}

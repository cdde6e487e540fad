/* SPDX-License-Identifier: Apache-2.0 */
/* wait.c - waits until something is so.
 *
 * After a boot the daemon may not be there yet, and while it starts it may go again: so
 * an end of the conversation is not the end of the wait.
 */
#include "hactl/wait.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "common/clock.h"
#include "hactl/must.h"
#include "hactl/stream.h"
#include "hactl/terminal.h"

#define WAIT_US (60 * US_PER_S)
#define AGAIN_US (250 * US_PER_MS)

struct wait {
	const struct order *order;
	const char *name;  /* of the instance; NULL: "synced" */
	const char *state; /* that it should have */
	int64_t until_us;
	bool there; /* the picture had the instance */
};

/* What one conversation came to. */
enum outcome {
	OUTCOME_SO = 0,
	OUTCOME_AGAIN,   /* not so, and nobody there to tell when it is */
	OUTCOME_UNKNOWN, /* there is no such instance */
	OUTCOME_LATE,
	OUTCOME_INTERRUPTED,
};

static bool
has_state(const struct wait *wait, const json_t *facts)
{
	const char *state = json_string_value(json_object_get(facts, "state"));

	return state != NULL && strcasecmp(state, wait->state) == 0;
}

/* Whether the message tells that the instance is as it should be. */
static bool
tells(struct wait *wait, const struct stream_message *message)
{
	const json_t *object = json_object_get(message->params, "object");
	const char *path = json_string_value(
	    json_object_get(object != NULL ? object : message->params, "path"));

	if (path == NULL || strncmp(path, "instance/", 9) != 0 ||
	    strcmp(path + 9, wait->name) != 0)
		return false;
	wait->there = true;
	return has_state(
	    wait, object != NULL ? object : json_object_get(message->params, "new"));
}

/* Looks at one message. Returns whether *ret is what the conversation came to. */
static bool
judge(struct wait *wait, const struct stream_message *message, enum outcome *ret)
{
	bool synced = strcmp(message->method, "synced") == 0;

	if (wait->name != NULL) {
		*ret = synced ? OUTCOME_UNKNOWN : OUTCOME_SO;
		return synced ? !wait->there : tells(wait, message);
	}
	*ret = json_is_true(json_object_get(message->params, "settled"))
		   ? OUTCOME_SO
		   : OUTCOME_AGAIN;
	return synced;
}

static enum outcome
listen_to(struct wait *wait, struct stream *stream)
{
	struct stream_message message;
	enum outcome outcome = OUTCOME_AGAIN;
	bool decided = false;

	while (!decided) {
		switch (stream_next(stream, wait->until_us, &message)) {
		case STREAM_MESSAGE:
			decided = judge(wait, &message, &outcome);
			json_decref(message.whole);
			break;
		case STREAM_QUIET:
			return OUTCOME_LATE;
		case STREAM_INTERRUPTED:
			return OUTCOME_INTERRUPTED;
		case STREAM_ENDED:
			return OUTCOME_AGAIN;
		}
	}
	return outcome;
}

/* An answer that will not be another one when asked again. */
static bool
is_final(const struct ctl_error *error)
{
	return error->code != CTL_OK && error->code != CTL_UNAVAILABLE &&
	       error->code != CTL_TOO_MANY;
}

static enum outcome
converse(struct session *session, struct wait *wait, struct part *part)
{
	int64_t left_us = wait->until_us - clock_now_us();
	struct stream stream;
	enum outcome outcome = OUTCOME_AGAIN;

	json_decref(part->items);
	part->items = NULL;
	ctl_error_done(&part->error);
	wait->there = false;
	if (left_us < US_PER_MS)
		left_us = US_PER_MS;
	if (stream_open(&stream, session, part,
		must(json_pack(
		    "{s:[s], s:s}", "types", "instance.*", "snapshot", "always")),
		left_us < SESSION_TIMEOUT_US ? left_us : SESSION_TIMEOUT_US)) {
		outcome = listen_to(wait, &stream);
		stream_close(&stream);
	}
	return terminal_interrupted != 0 ? OUTCOME_INTERRUPTED : outcome;
}

static enum outcome
wait_long(struct session *session, struct wait *wait, struct part *part)
{
	static const struct timespec pause = {.tv_nsec = AGAIN_US * 1000};
	enum outcome outcome;

	while ((outcome = converse(session, wait, part)) == OUTCOME_AGAIN &&
	       !is_final(&part->error) && clock_now_us() < wait->until_us)
		(void)nanosleep(&pause, NULL);
	return outcome;
}

static enum ctl_exit
fail(const struct wait *wait, const char *name, enum ctl_exit status, char *message)
{
	struct failure failure = {.name = name, .status = status, .message = message};

	status = session_failure(&wait->order->options, &failure);
	free(message);
	return status;
}

static enum ctl_exit
report_so(const struct wait *wait, struct answer *answer)
{
	json_decref(answer->parts[0].items);
	answer->parts[0].items = must(json_pack("[{s:s*, s:s*, s:b}]", "name",
	    wait->name, "state", wait->state, "reached", 1));
	return session_answer(answer);
}

static enum ctl_exit
report(const struct wait *wait, enum outcome outcome, struct answer *answer)
{
	switch (outcome) {
	case OUTCOME_SO:
		return report_so(wait, answer);
	case OUTCOME_UNKNOWN:
		return fail(wait, "not_found", CTL_EXIT_NOT_FOUND,
		    must_format("there is no instance \"%s\"", wait->name));
	case OUTCOME_INTERRUPTED:
		return session_answer(answer);
	case OUTCOME_AGAIN:
		if (answer->parts[0].error.code != CTL_OK)
			return session_answer(answer);
		break;
	case OUTCOME_LATE:
		break;
	}
	return fail(wait, "not_reached", CTL_EXIT_NOT_REACHED,
	    wait->name != NULL
		? must_format("%s did not become %s in time", wait->name, wait->state)
		: must_format("vrrpd did not find out in time who is "
			      "Master"));
}

/* The state in capitals as all else writes it, or NULL. */
static const char *
read_state(const char *text)
{
	static const char *const states[] = {"MASTER", "BACKUP", "FAULT", "INITIALIZE"};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcasecmp(text, states[i]) == 0)
			return states[i];
	}
	return NULL;
}

enum ctl_exit
wait_run(struct session *session, const struct order *order)
{
	int64_t timeout_us = order->options.timeout_us;
	struct wait wait = {.order = order,
	    .name = cmd_match_arg(&order->match, "NAME"),
	    .until_us = clock_now_us() + (timeout_us > 0 ? timeout_us : WAIT_US)};
	struct answer answer = {.order = order, .count = 1};
	enum ctl_exit status;

	if (wait.name != NULL) {
		const char *text = cmd_match_arg(&order->match, "STATE");

		wait.state = read_state(text);
		if (wait.state == NULL)
			return session_usage(&order->options,
			    must_format("\"%s\" is no state: MASTER, BACKUP, FAULT, "
					"INITIALIZE",
				text));
	}
	answer.parts[0].daemon = "vrrpd";
	status = report(&wait, wait_long(session, &wait, &answer.parts[0]), &answer);
	answer_done(&answer);
	return status;
}

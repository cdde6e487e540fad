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
#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/stream.h"
#include "hactl/terminal.h"

#define WAIT_US (60 * US_PER_S)
#define AGAIN_US (250 * US_PER_MS)

struct wait {
	const struct order *order;
	char *path;        /* of the object; NULL: "synced" */
	const char *state; /* that it should have; NULL: "drained" */
	int64_t until_us;
	bool there; /* the picture had the object */
};

/* What one conversation came to. */
enum outcome {
	OUTCOME_SO = 0,
	OUTCOME_AGAIN,   /* not so, and nobody there to tell when it is */
	OUTCOME_UNKNOWN, /* there is no such object */
	OUTCOME_LATE,
	OUTCOME_INTERRUPTED,
};

static bool
is_so(const struct wait *wait, const json_t *facts)
{
	const char *state = json_string_value(json_object_get(facts, "state"));

	if (wait->state == NULL)
		return json_is_true(json_object_get(facts, "drained"));
	return state != NULL && strcasecmp(state, wait->state) == 0;
}

/* Whether the message tells that the object is as it should be. */
static bool
tells(struct wait *wait, const struct stream_message *message)
{
	const json_t *object = json_object_get(message->params, "object");
	const char *path = json_string_value(
	    json_object_get(object != NULL ? object : message->params, "path"));

	if (path == NULL || strcmp(path, wait->path) != 0)
		return false;
	wait->there = true;
	return is_so(
	    wait, object != NULL ? object : json_object_get(message->params, "new"));
}

/* Whether the event tells that all roles have found their place. */
static bool
is_settled(const json_t *event)
{
	const char *type = json_string_value(json_object_get(event, "type"));

	return type != NULL && strcmp(type, "daemon.settled") == 0;
}

/* Looks at one message. Returns whether *ret is what the conversation came to. */
static bool
judge(struct wait *wait, const struct stream_message *message, enum outcome *ret)
{
	bool synced = strcmp(message->method, "synced") == 0;

	if (wait->path != NULL) {
		*ret = synced ? OUTCOME_UNKNOWN : OUTCOME_SO;
		return synced ? !wait->there : tells(wait, message);
	}
	*ret = OUTCOME_SO;
	return synced ? json_is_true(json_object_get(message->params, "settled"))
		      : is_settled(message->params);
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

/* The events about the object, "vs.*" of "vs/WEB", or about the daemon. */
static json_t *
subscription(const struct wait *wait)
{
	const char *path = wait->path != NULL ? wait->path : "daemon";
	char *types = must_format("%.*s.*", (int)strcspn(path, "/"), path);
	json_t *params =
	    must(json_pack("{s:[s], s:s}", "types", types, "snapshot", "always"));

	free(types);
	return params;
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
	if (stream_open(&stream, session, part, subscription(wait),
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

/* Of "real/VS/ADDR:PORT" what follows the kind. */
static const char *
name_of(const struct wait *wait)
{
	return wait->path != NULL ? strchr(wait->path, '/') + 1 : NULL;
}

static enum ctl_exit
report_so(const struct wait *wait, struct answer *answer)
{
	json_decref(answer->parts[0].items);
	answer->parts[0].items = must(json_pack("[{s:s*, s:s*, s:s*, s:b}]", "name",
	    name_of(wait), "path", wait->path, "state", wait->state, "reached", 1));
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
		    must_format("there is no %.*s \"%s\"",
			(int)strcspn(wait->path, "/"), wait->path, name_of(wait)));
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
	    wait->path != NULL
		? must_format("%s did not become %s in time", name_of(wait),
		      wait->state != NULL ? wait->state : "drained")
		: must_format("vrrpd did not find out in time who is "
			      "Master"));
}

/* The state as all else writes it, or NULL. */
static const char *
read_state(const char *text, bool of_instance)
{
	static const char *const states[] = {"MASTER", "BACKUP", "FAULT", "INITIALIZE",
	    NULL, "up", "down", "suspended", "admin_down", NULL};
	const char *const *at = of_instance ? states : states + 5;

	while (*at != NULL && strcasecmp(text, *at) != 0)
		at++;
	return *at;
}

/* What the line waits for. Returns NULL, or what is wrong with it. */
static char *
read_goal(const struct order *order, struct wait *ret)
{
	const char *text = cmd_match_arg(&order->match, "STATE");
	bool of_instance = order->command->asks == ASKS_VRRPD;

	if (cmd_match_has(&order->match, "synced"))
		return NULL;
	if (text != NULL && (ret->state = read_state(text, of_instance)) == NULL)
		return must_format("\"%s\" is no state: %s", text,
		    of_instance ? "MASTER, BACKUP, FAULT, INITIALIZE"
				: "up, down, suspended, admin_down");
	ret->path = order_path(order);
	return NULL;
}

/* Whether the daemon has such objects at all: one that does not serve them will not
 * tell of them later. */
static bool
is_served(struct session *session, const struct wait *wait, struct part *part)
{
	if (wait->order->command->asks != ASKS_CHECKD)
		return true;
	session_call(session, part, "get", must(json_pack("{s:s}", "path", wait->path)),
	    session_timeout(wait->order));
	return part->error.code == CTL_OK || part->hello == NULL;
}

enum ctl_exit
wait_run(struct session *session, const struct order *order)
{
	int64_t timeout_us = order->options.timeout_us;
	struct wait wait = {.order = order,
	    .until_us = clock_now_us() + (timeout_us > 0 ? timeout_us : WAIT_US)};
	struct answer answer = {.order = order, .count = 1};
	struct part *part = &answer.parts[0];
	char *wrong = read_goal(order, &wait);
	enum ctl_exit status;

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	part->daemon = order->command->asks == ASKS_CHECKD ? "checkd" : "vrrpd";
	if (is_served(session, &wait, part))
		status = report(&wait, wait_long(session, &wait, part), &answer);
	else
		status = session_answer(&answer);
	answer_done(&answer);
	free(wait.path);
	return status;
}

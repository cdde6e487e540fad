/* SPDX-License-Identifier: Apache-2.0 */
/* follow.c - a line for each event of a daemon, over its restarts.
 *
 * Every line in JSON has a "position": where one can go on after it without missing
 * anything. In a picture of all objects that is still the place before it, until the
 * picture is complete.
 */
#include "hactl/follow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/must.h"
#include "hactl/people.h"
#include "hactl/stream.h"
#include "hactl/terminal.h"

#define AGAIN_US (250 * US_PER_MS)

/* The position of who has seen nothing: no daemon has this epoch. */
#define NOWHERE "-:0"

struct follow {
	struct session *session;
	const struct order *order;
	struct answer answer; /* its only part is the daemon's */
	struct stream stream;
	struct style style;
	json_t *params;  /* of the subscription */
	char *position;  /* "EPOCH:SEQ" */
	json_int_t seq;  /* of the last message */
	bool in_picture; /* between "reset" and "synced" */
	bool connected;  /* has been so at least once */
	long long count; /* events left to show; 0: no end */
};

static const char *
name_of(const json_t *object, const char *key)
{
	const char *path = json_string_value(json_object_get(object, key));
	const char *slash = path != NULL ? strchr(path, '/') : NULL;

	return slash != NULL ? slash + 1 : NULL;
}

/* What is about no object concerns everybody; an event of a lease concerns the object
 * that the lease is for. */
static bool
concerns(const struct order *order, const json_t *item)
{
	const json_t *new = json_object_get(item, "new");

	return json_object_get(item, "path") == NULL ||
	       order_names(order, name_of(item, "path")) ||
	       (new != NULL &&order_names(order, name_of(new, "object")));
}

void
follow_show(const struct order *order, const struct style *style, json_t *event)
{
	struct answer answer = {.order = order, .count = 1};
	char *text;

	people_name(event);
	if (order->options.json == JSON_OFF) {
		answer.parts[0].daemon = "vrrpd";
		answer.parts[0].items = must(json_pack("[O]", event));
		render_text.answer(stdout, &answer, style);
		answer_done(&answer);
	} else {
		text = must(json_dumps(event, JSON_COMPACT | JSON_REAL_PRECISION(15)));
		puts(text);
		free(text);
	}
	(void)fflush(stdout);
}

/* ---- where one can go on --------------------------------------------------- */

static void
set_position(struct follow *follow, const char *epoch, json_int_t seq)
{
	free(follow->position);
	follow->position = must_format("%s:%" JSON_INTEGER_FORMAT, epoch, seq);
	(void)json_object_set_new(follow->params, "since",
	    must(json_pack("{s:s, s:I}", "epoch", epoch, "seq", seq)));
	/* Whoever had all that was must not miss what happened meanwhile. */
	(void)json_object_set_new(
	    follow->params, "snapshot", must(json_string("if-needed")));
}

/* Notes where the message stands in the stream. */
static void
advance(struct follow *follow, const struct stream_message *message)
{
	const json_t *seq = json_object_get(message->params, "seq");

	if (json_is_integer(seq))
		follow->seq = json_integer_value(seq);
	if (strcmp(message->method, "reset") == 0 ||
	    strcmp(message->method, "gap") == 0)
		follow->in_picture = true;
	else if (strcmp(message->method, "synced") == 0)
		follow->in_picture = false;
	if (!follow->in_picture)
		set_position(follow, follow->stream.epoch, follow->seq);
}

/* ---- lines ----------------------------------------------------------------- */

/* A line that is not from the daemon's stream but about it. */
static json_t *
new_line(const struct follow *follow, const char *type)
{
	return must(json_pack("{s:s, s:s, s:s, s:I, s:s}", "schema", "hactl.event/1",
	    "type", type, "epoch", follow->stream.epoch, "seq", follow->seq, "position",
	    follow->position));
}

static json_t *
line_of(const struct follow *follow, const struct stream_message *message)
{
	json_t *line = new_line(follow, message->method);
	json_t *object = json_object_get(message->params, "object");

	(void)json_object_update(line, json_loose(message->params));
	(void)json_object_del(line, "sub");
	if (object != NULL)
		(void)json_object_set(line, "path", json_object_get(object, "path"));
	return line;
}

/* Returns whether that was the last one wanted. */
static bool
take(struct follow *follow, const struct stream_message *message)
{
	bool is_event = strcmp(message->method, "event") == 0;
	bool wanted;
	json_t *line;

	advance(follow, message);
	line = line_of(follow, message);
	wanted = concerns(follow->order, line);
	if (wanted)
		follow_show(follow->order, &follow->style, line);
	json_decref(line);
	return wanted && is_event && follow->count > 0 && --follow->count == 0;
}

/* ---- coming and going ------------------------------------------------------ */

/* Says that the daemon is gone: what was shown is no longer known to be so. */
static void
tell_lost(const struct follow *follow)
{
	const struct part *part = &follow->answer.parts[0];
	json_t *line = new_line(follow, "unreachable");
	char *message;

	(void)json_object_set_new(
	    line, "message", must(json_string(part->error.message)));
	if (follow->order->options.json != JSON_OFF) {
		follow_show(follow->order, &follow->style, line);
	} else {
		message = escape_text(part->error.message);
		fprintf(stderr, "(%s; waiting for it)\n", message);
		free(message);
	}
	json_decref(line);
}

static void
tell_connected(const struct follow *follow, bool resumed)
{
	json_t *line = new_line(follow, "connected");

	(void)json_object_set_new(line, "resumed", json_boolean(resumed));
	if (follow->order->options.json != JSON_OFF)
		follow_show(follow->order, &follow->style, line);
	else if (!follow->session->in_shell) /* which says so itself */
		session_announce(follow->answer.parts[0].daemon, follow->stream.client);
	json_decref(line);
}

/* Takes up what the daemon answered to the subscription. */
static void
begin(struct follow *follow)
{
	const json_t *result = json_array_get(follow->answer.parts[0].items, 0);
	bool resumed = json_is_true(json_object_get(result, "resumed"));
	const char *snapshot =
	    json_string_value(json_object_get(follow->params, "snapshot"));

	follow->in_picture =
	    !resumed && snapshot != NULL && strcmp(snapshot, "never") != 0;
	follow->seq = json_integer_value(json_object_get(result, "seq"));
	if (follow->connected)
		tell_connected(follow, resumed);
	follow->connected = true;
	if (!follow->in_picture)
		set_position(follow, follow->stream.epoch, follow->seq);
}

static bool
open_stream(struct follow *follow)
{
	struct part *part = &follow->answer.parts[0];

	json_decref(part->items);
	part->items = NULL;
	ctl_error_done(&part->error);
	if (!stream_open(&follow->stream, follow->session, part,
		json_deep_copy(follow->params), session_timeout(follow->order)))
		return false;
	begin(follow);
	return true;
}

/* Whether it makes sense to ask again: nobody is there, or there is no place. */
static bool
may_come_back(const struct ctl_error *error)
{
	return error->code == CTL_UNAVAILABLE || error->code == CTL_TOO_MANY;
}

/* Waits until the daemon is there again. Returns false when there is no use in it. */
static bool
reopen(struct follow *follow)
{
	static const struct timespec pause = {.tv_nsec = AGAIN_US * 1000};

	do {
		if (terminal_interrupted != 0)
			return false;
		(void)nanosleep(&pause, NULL);
		if (terminal_interrupted == 0 && open_stream(follow))
			return true;
	} while (may_come_back(&follow->answer.parts[0].error));
	return false;
}

/* Shows what comes until the stream ends. Returns whether all that was wanted came. */
static bool
listen_to(struct follow *follow)
{
	struct stream_message message;
	bool last = false;

	while (!last && stream_next(&follow->stream, 0, &message) == STREAM_MESSAGE) {
		last = take(follow, &message);
		json_decref(message.whole);
	}
	return last;
}

/* Returns whether all that was wanted came, over as many conversations as it takes. */
static bool
listen_on(struct follow *follow)
{
	bool done = false, open = open_stream(follow);

	while (open && !done) {
		done = listen_to(follow);
		if (!done && terminal_interrupted == 0)
			tell_lost(follow);
		stream_close(&follow->stream);
		open = !done && may_come_back(&follow->answer.parts[0].error) &&
		       reopen(follow);
	}
	return done;
}

static void
start_position(struct follow *follow)
{
	const json_t *since = json_object_get(follow->params, "since");
	const char *epoch = json_string_value(json_object_get(since, "epoch"));

	follow->position = epoch != NULL
			       ? must_format("%s:%" JSON_INTEGER_FORMAT, epoch,
				     json_integer_value(json_object_get(since, "seq")))
			       : must(strdup(NOWHERE));
}

enum ctl_exit
follow_run(
    struct session *session, const struct order *order, json_t *params, long long count)
{
	struct follow follow = {.session = session,
	    .order = order,
	    .answer = {.order = order, .count = 1, .parts = {{.daemon = "vrrpd"}}},
	    .style = terminal_style(&order->options, stdout),
	    .params = params,
	    .count = count};
	enum ctl_exit status = CTL_EXIT_DONE;

	start_position(&follow);
	if (!listen_on(&follow))
		status = terminal_interrupted != 0 ? CTL_EXIT_INTERRUPTED
						   : session_answer(&follow.answer);
	answer_done(&follow.answer);
	json_decref(follow.params);
	free(follow.position);
	return status;
}

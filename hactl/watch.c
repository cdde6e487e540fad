/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c - events as they happen, and those that were. */
#include "hactl/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/stream.h"
#include "hactl/terminal.h"

#define LOG_COUNT 20

struct watch {
	const struct order *order;
	struct stream stream;
	struct style style;
	long long left; /* events to show; negative: all */
};

static const char *
name_of(const json_t *object, const char *key)
{
	const char *path = json_string_value(json_object_get(object, key));
	const char *slash = path != NULL ? strchr(path, '/') : NULL;

	return slash != NULL ? slash + 1 : NULL;
}

/* An event of a lease concerns the object that the lease is for. */
static bool
concerns(const struct order *order, const json_t *item)
{
	const json_t *new = json_object_get(item, "new");

	return order_names(order, name_of(item, "path")) ||
	       (new != NULL &&order_names(order, name_of(new, "object")));
}

static void
show(const struct watch *watch, json_t *item)
{
	struct answer answer = {.order = watch->order, .count = 1};
	char *text;

	if (watch->order->options.json == JSON_OFF) {
		answer.parts[0].daemon = "vrrpd";
		answer.parts[0].items = must(json_pack("[O]", item));
		render_text.answer(stdout, &answer, &watch->style);
		answer_done(&answer);
	} else {
		text = must(json_dumps(item, JSON_COMPACT | JSON_REAL_PRECISION(15)));
		puts(text);
		free(text);
	}
	(void)fflush(stdout);
}

/* The line of a message: every one says where one can go on after it. */
static json_t *
item_of(const struct watch *watch, const struct stream_message *message)
{
	json_t *item =
	    must(json_pack("{s:s, s:s, s:s}", "schema", watch->order->command->schema,
		"type", message->method, "epoch", watch->stream.epoch));
	json_t *object = json_object_get(message->params, "object");

	(void)json_object_update(item, json_loose(message->params));
	(void)json_object_del(item, "sub");
	if (object != NULL)
		(void)json_object_set(item, "path", json_object_get(object, "path"));
	return item;
}

/* Returns whether that was the last one wanted. */
static bool
take_message(struct watch *watch, const struct stream_message *message)
{
	json_t *item = item_of(watch, message);
	bool is_event = strcmp(message->method, "event") == 0;
	bool wanted =
	    json_object_get(item, "path") == NULL || concerns(watch->order, item);

	if (wanted)
		show(watch, item);
	json_decref(item);
	if (wanted && is_event && watch->left > 0)
		watch->left--;
	return watch->left == 0;
}

static enum ctl_exit
follow(struct session *session, struct watch *watch, json_t *params)
{
	const struct order *order = watch->order;
	struct answer answer = {.order = order, .count = 1};
	enum stream_result result = STREAM_ENDED;
	enum ctl_exit status = CTL_EXIT_DONE;
	struct stream_message message;
	bool last = false;

	answer.parts[0].daemon = "vrrpd";
	watch->style = terminal_style(&order->options, stdout);
	if (stream_open(&watch->stream, session, &answer.parts[0], params,
		session_timeout(order))) {
		while (!last && (result = stream_next(&watch->stream, 0, &message)) ==
				    STREAM_MESSAGE) {
			last = take_message(watch, &message);
			json_decref(message.whole);
		}
		stream_close(&watch->stream);
	}
	if (terminal_interrupted != 0 || result == STREAM_INTERRUPTED)
		status = CTL_EXIT_INTERRUPTED;
	else if (result == STREAM_ENDED)
		status = session_answer(&answer);
	answer_done(&answer);
	return status;
}

/* "EPOCH:SEQ" as {"epoch", "seq"}; NULL when it is none. */
static json_t *
read_position(const char *text)
{
	const char *colon = strrchr(text, ':');
	char *end = NULL;
	long long seq;

	if (colon == NULL || colon == text)
		return NULL;
	errno = 0;
	seq = strtoll(colon + 1, &end, 10);
	if (end == colon + 1 || *end != '\0' || errno != 0 || seq < 0)
		return NULL;
	return json_pack("{s:s%, s:I}", "epoch", text, (size_t)(colon - text), "seq",
	    (json_int_t)seq);
}

static json_t *
types_of(const struct order *order)
{
	if (cmd_match_has(&order->match, "instance"))
		return must(json_pack("[s, s]", "instance.*", "move.*"));
	if (cmd_match_has(&order->match, "lease"))
		return must(json_pack("[s]", "lease.*"));
	return must(json_array());
}

/* Where to begin: an empty position is that of a script that runs for the first time;
 * it gets the picture of what is, as one whose position is too old. */
static char *
put_since(json_t *params, const char *text)
{
	json_t *since;

	(void)json_object_set_new(params, "snapshot",
	    must(json_string(text != NULL ? "if-needed" : "never")));
	if (text == NULL || text[0] == '\0')
		return NULL;
	since = read_position(text);
	if (since == NULL)
		return must_format("\"%s\" is not EPOCH:SEQ", text);
	(void)json_object_set_new(params, "since", since);
	return NULL;
}

/* Reads the number of `token`, or `absent`. */
static char *
read_count(
    const struct order *order, const char *token, long long absent, long long *ret)
{
	const char *text = cmd_match_arg(&order->match, token);
	char *end;

	*ret = absent;
	if (text == NULL)
		return NULL;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	if (*text == '\0' || *end != '\0' || errno != 0 || *ret <= 0)
		return must_format("\"%s\" is no number above 0", text);
	return NULL;
}

enum ctl_exit
watch_run(struct session *session, const struct order *order)
{
	struct watch watch = {.order = order};
	json_t *params = must(json_object());
	char *wrong = read_count(order, "N", -1, &watch.left);

	(void)json_object_set_new(params, "types", types_of(order));
	if (wrong == NULL)
		wrong = put_since(params, cmd_match_after(&order->match, "since"));
	if (wrong != NULL) {
		json_decref(params);
		return session_usage(&order->options, wrong);
	}
	return follow(session, &watch, params);
}

/* ---- log ------------------------------------------------------------------ */

/* Turns the answer of log.tail into the events, and says where they end. */
static json_t *
unpack_tail(struct part *part)
{
	json_t *tail = json_incref(json_array_get(part->items, 0));
	json_t *since = must(json_pack("{s:O?, s:O?}", "epoch",
	    json_object_get(tail, "epoch"), "seq", json_object_get(tail, "seq")));
	json_t *items = json_object_get(tail, "items");

	json_decref(part->items);
	part->items = json_is_array(items) ? json_incref(items) : must(json_array());
	json_decref(tail);
	return since;
}

/* As lines of a stream, which goes on. */
static void
show_each(const struct watch *watch, const struct part *part)
{
	const json_t *event;
	size_t i;

	json_array_foreach (part->items, i, event) {
		json_t *item = must(json_pack("{s:s}", "schema", "hactl.event/1"));

		(void)json_object_update(item, json_loose(event));
		show(watch, item);
		json_decref(item);
	}
}

static enum ctl_exit
show_tail(struct session *session, struct watch *watch, long long count, bool follows,
    json_t **ret_since)
{
	struct answer answer = {.order = watch->order, .count = 1};
	enum ctl_exit status = CTL_EXIT_DONE;

	answer.parts[0].daemon = "vrrpd";
	session_call(session, &answer.parts[0], "log.tail",
	    must(json_pack("{s:I}", "count", (json_int_t)count)),
	    session_timeout(watch->order));
	if (answer_good(&answer) != NULL)
		*ret_since = unpack_tail(&answer.parts[0]);
	if (*ret_since != NULL && follows)
		show_each(watch, &answer.parts[0]);
	else
		status = session_answer(&answer);
	answer_done(&answer);
	return status;
}

enum ctl_exit
watch_log(struct session *session, const struct order *order)
{
	struct watch watch = {.order = order, .left = -1};
	bool follows = cmd_match_has(&order->match, "follow");
	json_t *since = NULL;
	enum ctl_exit status;
	long long count;
	char *wrong = read_count(order, "N", LOG_COUNT, &count);

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	watch.style = terminal_style(&order->options, stdout);
	status = show_tail(session, &watch, count, follows, &since);
	if (!follows || since == NULL) {
		json_decref(since);
		return status;
	}
	return follow(session, &watch,
	    must(json_pack("{s:o, s:s}", "since", since, "snapshot", "if-needed")));
}

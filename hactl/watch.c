/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c - events as they happen, and those that were. */
#include "hactl/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/ask.h"
#include "hactl/follow.h"
#include "hactl/must.h"
#include "hactl/terminal.h"

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

/* "EPOCH:SEQ", or with a comma that of another daemon too, as an array. */
static char *
read_positions(const char *text, json_t *ret)
{
	char *list = must(strdup(text)), *rest = list, *one, *wrong = NULL;

	while (wrong == NULL && (one = strsep(&rest, ",")) != NULL) {
		json_t *position = read_position(one);

		if (position == NULL)
			wrong = must_format("\"%s\" is not EPOCH:SEQ", one);
		else
			(void)json_array_append_new(ret, position);
	}
	free(list);
	return wrong;
}

/* Where to begin: an empty position is that of a script that runs for the first time;
 * it gets the picture of what is, as one whose position is too old. */
static char *
put_since(json_t *params, json_t *positions, const char *text)
{
	(void)json_object_set_new(params, "snapshot",
	    must(json_string(text != NULL ? "if-needed" : "never")));
	if (text == NULL || text[0] == '\0')
		return NULL;
	return read_positions(text, positions);
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
	json_t *params = must(json_object());
	json_t *positions = must(json_array());
	long long count;
	char *wrong = read_count(order, "N", 0, &count);

	(void)json_object_set_new(params, "types", types_of(order));
	if (wrong == NULL)
		wrong = put_since(
		    params, positions, cmd_match_after(&order->match, "since"));
	if (wrong != NULL) {
		json_decref(params);
		json_decref(positions);
		return session_usage(&order->options, wrong);
	}
	return follow_run(session, order, params, positions, count);
}

/* ---- log ------------------------------------------------------------------ */

/* Turns the answer of log.tail into the events, and notes where they end. */
static void
unpack_tail(struct part *part, json_t *positions)
{
	json_t *tail = json_incref(json_array_get(part->items, 0));
	json_t *items = json_object_get(tail, "items");

	(void)json_array_append_new(positions,
	    must(json_pack("{s:O?, s:O?}", "epoch", json_object_get(tail, "epoch"),
		"seq", json_object_get(tail, "seq"))));
	json_decref(part->items);
	part->items = json_is_array(items) ? json_incref(items) : must(json_array());
	json_decref(tail);
}

/* As lines of a stream, which goes on. */
static void
show_each(const struct answer *answer)
{
	const struct order *order = answer->order;
	struct style style = terminal_style(&order->options, stdout);
	const json_t *event;
	size_t at;

	for (size_t i = 0; i < answer->count; i++) {
		json_array_foreach (answer->parts[i].items, at, event) {
			json_t *item =
			    must(json_pack("{s:s}", "schema", "hactl.event/1"));

			(void)json_object_update(item, json_loose(event));
			if (order->options.json != JSON_OFF)
				(void)json_object_update_missing_new(
				    item, must(json_pack("{s:s}", "daemon",
					      answer->parts[i].daemon)));
			follow_show(order, &style, item);
			json_decref(item);
		}
	}
}

/* The last events of each daemon; where they end goes into `positions`. */
static void
ask_tails(
    struct session *session, struct answer *answer, long long count, json_t *positions)
{
	for (size_t i = 0; i < answer->count; i++) {
		struct part *part = &answer->parts[i];

		session_call(session, part, "log.tail",
		    must(json_pack("{s:I}", "count", (json_int_t)count)),
		    session_timeout(answer->order));
		if (part->error.code == CTL_OK)
			unpack_tail(part, positions);
	}
	ask_settle(session, answer);
	ask_merge(answer, "ts", (size_t)count);
}

enum ctl_exit
watch_log(struct session *session, const struct order *order)
{
	bool follow = cmd_match_has(&order->match, "follow");
	json_t *positions;
	struct answer answer;
	enum ctl_exit status;
	long long count;
	char *wrong = read_count(order, "N", SESSION_ENTRIES, &count);

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	positions = must(json_array());
	ask_parts(order, &answer);
	ask_tails(session, &answer, count, positions);
	follow = follow && answer_good(&answer) != NULL;
	if (follow)
		show_each(&answer);
	status = follow ? CTL_EXIT_DONE : session_answer(&answer);
	answer_done(&answer);
	if (follow)
		return follow_run(session, order,
		    must(json_pack("{s:s}", "snapshot", "if-needed")), positions, 0);
	json_decref(positions);
	return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* log_cmd.c - the events that were. */
#include "hactl/log_cmd.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "hactl/ask.h"
#include "hactl/follow.h"
#include "hactl/known.h"
#include "hactl/must.h"
#include "hactl/terminal.h"
#include "hactl/view.h"
#include "hactl/watch.h"

/* How far back events of a name, of a time or with a line are looked for: what a daemon tells at
 * once. */
#define LOOK_BACK 256

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

/* What "log" is asked for. */
struct tail {
	struct order order; /* numbers among its names are N */
	char since[sizeof("2025-11-21T03:41:02.551377Z")]; /* or "" */
	long long count;
	bool filters;
};

/* A number stands where a name could: it is N. */
static void
tell_numbers(struct order *order)
{
	for (size_t i = 0; i < order->match.count; i++) {
		struct cmd_word *word = &order->match.words[i];

		if (!word->keyword && strcmp(word->token, "NAME") == 0 &&
		    word->text[0] != '\0' &&
		    word->text[strspn(word->text, "0123456789")] == '\0')
			word->token = "N";
	}
}

/* The time `ago_us` before the order was given, as events have it. */
static void
put_moment(char *ret, size_t room, const struct order *order, int64_t ago_us)
{
	int64_t at_us = order->now_us - ago_us;
	time_t seconds = (time_t)(at_us / US_PER_S);
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL ||
	    strftime(ret, room, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		ret[0] = '\0';
	else
		(void)snprintf(ret + strlen(ret), room - strlen(ret), ".%06dZ",
		    (int)(at_us % US_PER_S));
}

/* Returns NULL, or what is wrong with the words. */
static char *
read_tail(const struct order *order, struct tail *ret)
{
	int64_t ago_us;
	char *wrong;

	*ret = (struct tail){.order = *order};
	tell_numbers(&ret->order);
	wrong = order_once(&ret->order, "N");
	if (wrong == NULL)
		wrong =
		    watch_read_count(&ret->order, "N", SESSION_ENTRIES, &ret->count);
	if (wrong == NULL)
		wrong = order_time(&ret->order, &ago_us);
	if (wrong != NULL)
		return wrong;
	if (ago_us > 0)
		put_moment(ret->since, sizeof(ret->since), order, ago_us);
	ret->filters = order->options.json == JSON_OFF || ret->since[0] != '\0' ||
		       cmd_match_arg(&ret->order.match, "NAME") != NULL;
	return NULL;
}

static bool
is_wanted(const struct tail *tail, const json_t *event)
{
	const char *at = json_string_value(json_object_get(event, "ts"));

	return (at == NULL || strcmp(at, tail->since) >= 0) &&
	       (tail->order.options.json != JSON_OFF || view_event_is_shown(event)) &&
	       follow_concerns(&tail->order, event);
}

/* Leaves the last of those that are wanted. */
static void
filter_tail(const struct tail *tail, json_t *events)
{
	long long left = tail->count;

	for (size_t i = json_array_size(events); i-- > 0;) {
		if (left > 0 && is_wanted(tail, json_array_get(events, i)))
			left--;
		else
			(void)json_array_remove(events, i);
	}
}

/* The last events of each daemon; where they end goes into `positions`. */
static void
ask_tails(struct session *session, struct answer *answer, const struct tail *tail,
    json_t *positions)
{
	json_int_t count = tail->count;

	if (tail->filters && count < LOOK_BACK)
		count = LOOK_BACK;
	for (size_t i = 0; i < answer->count; i++) {
		struct part *part = &answer->parts[i];

		session_call(session, part, "log.tail",
		    must(json_pack("{s:I}", "count", count)),
		    session_timeout(answer->order));
		if (part->error.code != CTL_OK)
			continue;
		unpack_tail(part, positions);
		filter_tail(tail, part->items);
	}
	ask_settle(session, answer);
	ask_merge(answer, "ts", (size_t)tail->count);
}

/* Whether nothing was found because of a name that nobody has. One that is gone may
 * still have its events. */
static bool
found_nobody(
    struct session *session, const struct answer *answer, enum ctl_exit *ret_status)
{
	const struct part *good = answer_good(answer);

	return good != NULL && json_array_size(good->items) == 0 &&
	       known_refuse(session, answer->order, ret_status);
}

enum ctl_exit
log_run(struct session *session, const struct order *order)
{
	bool follow = cmd_match_has(&order->match, "follow");
	json_t *positions;
	struct answer answer;
	enum ctl_exit status;
	struct tail tail;
	char *wrong = read_tail(order, &tail);

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	positions = must(json_array());
	ask_parts(&tail.order, &answer);
	ask_tails(session, &answer, &tail, positions);
	if (found_nobody(session, &answer, &status)) {
		follow = false;
	} else {
		follow = follow && answer_good(&answer) != NULL;
		if (follow)
			show_each(&answer);
		status = follow ? CTL_EXIT_DONE : session_answer(&answer);
	}
	answer_done(&answer);
	if (follow)
		return follow_run(session, &tail.order,
		    must(json_pack("{s:s}", "snapshot", "if-needed")), positions, 0);
	json_decref(positions);
	return status;
}

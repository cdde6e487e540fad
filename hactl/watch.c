/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c - events as they happen, and those that were. */
#include "hactl/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/follow.h"
#include "hactl/must.h"
#include "hactl/terminal.h"

#define LOG_COUNT 20

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
	json_t *params = must(json_object());
	long long count;
	char *wrong = read_count(order, "N", 0, &count);

	(void)json_object_set_new(params, "types", types_of(order));
	if (wrong == NULL)
		wrong = put_since(params, cmd_match_after(&order->match, "since"));
	if (wrong != NULL) {
		json_decref(params);
		return session_usage(&order->options, wrong);
	}
	return follow_run(session, order, params, count);
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
show_each(const struct order *order, const struct part *part)
{
	struct style style = terminal_style(&order->options, stdout);
	const json_t *event;
	size_t i;

	json_array_foreach (part->items, i, event) {
		json_t *item = must(json_pack("{s:s}", "schema", "hactl.event/1"));

		(void)json_object_update(item, json_loose(event));
		follow_show(order, &style, item);
		json_decref(item);
	}
}

static enum ctl_exit
show_tail(struct session *session, const struct order *order, long long count,
    json_t **ret_since)
{
	struct answer answer = {.order = order, .count = 1};
	enum ctl_exit status = CTL_EXIT_DONE;

	answer.parts[0].daemon = "vrrpd";
	session_call(session, &answer.parts[0], "log.tail",
	    must(json_pack("{s:I}", "count", (json_int_t)count)),
	    session_timeout(order));
	if (answer_good(&answer) != NULL)
		*ret_since = unpack_tail(&answer.parts[0]);
	if (*ret_since != NULL && cmd_match_has(&order->match, "follow"))
		show_each(order, &answer.parts[0]);
	else
		status = session_answer(&answer);
	answer_done(&answer);
	return status;
}

enum ctl_exit
watch_log(struct session *session, const struct order *order)
{
	json_t *since = NULL;
	enum ctl_exit status;
	long long count;
	char *wrong = read_count(order, "N", LOG_COUNT, &count);

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	status = show_tail(session, order, count, &since);
	if (since == NULL || !cmd_match_has(&order->match, "follow")) {
		json_decref(since);
		return status;
	}
	return follow_run(session, order,
	    must(json_pack("{s:o, s:s}", "since", since, "snapshot", "if-needed")), 0);
}

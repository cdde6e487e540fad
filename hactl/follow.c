/* SPDX-License-Identifier: Apache-2.0 */
/* follow.c - a line for each event of the daemons, over their restarts.
 *
 * Every line in JSON has a "position": where one can go on after it without missing
 * anything, of each daemon that is listened to.
 */
#include "hactl/follow.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "hactl/ask.h"
#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/feed.h"
#include "hactl/must.h"
#include "hactl/people.h"
#include "hactl/terminal.h"

#define LOOK_MS 100 /* how soon a Ctrl-C is noticed */

/* A daemon that does not answer must not keep the lines of the other for long. */
#define AGAIN_TIMEOUT_US US_PER_S

struct follow {
	struct session *session;
	const struct order *order;
	struct answer answer; /* a part for each feed */
	struct feed feeds[DAEMONS_COUNT];
	size_t feed_count;
	struct style style;
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
bool
follow_concerns(const struct order *order, const json_t *item)
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

/* ---- lines ----------------------------------------------------------------- */

/* "EPOCH:SEQ", with a comma between those of two daemons. */
static json_t *
position_of(const struct follow *follow)
{
	const char *second = follow->feed_count > 1 ? follow->feeds[1].position : NULL;

	return must(second == NULL
			? json_string(follow->feeds[0].position)
			: json_sprintf("%s,%s", follow->feeds[0].position, second));
}

/* A line that is not from the daemon's stream but about it. People are told of which
 * daemon it is where two are listened to. */
static json_t *
new_line(const struct follow *follow, const struct feed *feed, const char *type)
{
	json_t *line = must(
	    json_pack("{s:s, s:s, s:s, s:I, s:o}", "schema", "hactl.event/1", "type",
		type, "epoch", feed->stream.epoch != NULL ? feed->stream.epoch : "",
		"seq", feed->seq, "position", position_of(follow)));

	if (follow->feed_count > 1 || follow->order->options.json != JSON_OFF)
		(void)json_object_set_new(
		    line, "daemon", must(json_string(feed->part->daemon)));
	return line;
}

static json_t *
line_of(const struct follow *follow, const struct feed *feed)
{
	json_t *line = new_line(follow, feed, feed->next.method);
	json_t *object = json_object_get(feed->next.params, "object");

	(void)json_object_update(line, json_loose(feed->next.params));
	(void)json_object_del(line, "sub");
	if (object != NULL)
		(void)json_object_set(line, "path", json_object_get(object, "path"));
	return line;
}

/* Shows the message that waits. Returns whether that was the last one wanted. */
static bool
take(struct follow *follow, struct feed *feed)
{
	bool is_event = strcmp(feed->next.method, "event") == 0;
	bool wanted;
	json_t *line;

	feed_advance(feed);
	line = line_of(follow, feed);
	wanted = follow_concerns(follow->order, line);
	if (wanted)
		follow_show(follow->order, &follow->style, line);
	json_decref(line);
	json_decref(feed->next.whole);
	feed->next = (struct stream_message){0};
	return wanted && is_event && follow->count > 0 && --follow->count == 0;
}

/* ---- coming and going ------------------------------------------------------ */

/* Says that the daemon is gone: what was shown is no longer known to be so. */
static void
tell_lost(const struct follow *follow, const struct feed *feed)
{
	json_t *line = new_line(follow, feed, "unreachable");
	const char *why = feed->part->error.message;
	char *message;

	(void)json_object_set_new(line, "message", must(json_string(why)));
	if (follow->order->options.json != JSON_OFF) {
		follow_show(follow->order, &follow->style, line);
	} else {
		message = escape_text(why);
		fprintf(stderr, "(%s%s)\n", message,
		    feed_may_come_back(feed) ? "; waiting for it" : "");
		free(message);
	}
	json_decref(line);
}

static void
tell_connected(const struct follow *follow, const struct feed *feed)
{
	json_t *line = new_line(follow, feed, "connected");

	(void)json_object_set_new(line, "resumed", json_boolean(feed->resumed));
	if (follow->order->options.json != JSON_OFF)
		follow_show(follow->order, &follow->style, line);
	else if (!follow->session->in_shell) /* which says so itself */
		session_announce(feed->part->daemon, feed->stream.client);
	json_decref(line);
}

/* Opens what is closed once its time has come. */
static void
reopen(struct follow *follow, struct feed *feed)
{
	int64_t timeout_us = session_timeout(follow->order);

	if (feed->open || !feed_may_come_back(feed) || clock_now_us() < feed->again_us)
		return;
	if (timeout_us > AGAIN_TIMEOUT_US && follow->feed_count > 1)
		timeout_us = AGAIN_TIMEOUT_US;
	if (feed_open(feed, timeout_us))
		tell_connected(follow, feed);
}

/* Opens each where its daemon is there. Returns whether one is. */
static bool
open_all(struct follow *follow, const json_t *params, const json_t *positions)
{
	int64_t timeout_us = session_timeout(follow->order);
	bool one = false;

	for (size_t i = 0; i < follow->answer.count; i++)
		(void)session_connect(
		    follow->session, &follow->answer.parts[i], timeout_us);
	ask_settle(follow->session, &follow->answer);
	follow->feed_count = follow->answer.count;
	for (size_t i = 0; i < follow->feed_count; i++) {
		struct part *part = &follow->answer.parts[i];

		feed_init(&follow->feeds[i], follow->session, part, params, positions);
		if (part->error.code == CTL_OK)
			one |= feed_open(&follow->feeds[i], timeout_us);
	}
	for (size_t i = 0; i < follow->feed_count && one; i++) {
		if (!follow->feeds[i].open)
			tell_lost(follow, &follow->feeds[i]);
	}
	return one;
}

/* ---- listening ------------------------------------------------------------- */

/* What both had to tell when one began to listen comes in the order of its time. */
static bool
is_earlier(const struct feed *feed, const struct feed *other)
{
	const char *mine = json_string_value(json_object_get(feed->next.params, "ts"));
	const char *theirs =
	    json_string_value(json_object_get(other->next.params, "ts"));

	return mine == NULL || (theirs != NULL && strcmp(mine, theirs) < 0);
}

/* Reads from all; returns the one whose message comes next, or NULL. */
static struct feed *
read_all(struct follow *follow)
{
	struct feed *first = NULL;

	for (size_t i = 0; i < follow->feed_count; i++) {
		struct feed *feed = &follow->feeds[i];

		reopen(follow, feed);
		if (feed->open && !feed_read(feed)) {
			tell_lost(follow, feed);
			feed_close(feed);
		}
		if (feed->next.whole != NULL &&
		    (first == NULL || is_earlier(feed, first)))
			first = feed;
	}
	return first;
}

static void
wait_for_more(const struct follow *follow)
{
	struct pollfd fds[DAEMONS_COUNT];

	for (size_t i = 0; i < follow->feed_count; i++)
		fds[i] = (struct pollfd){
		    .fd = follow->feeds[i].open
			      ? ctl_client_fd(follow->feeds[i].stream.client)
			      : -1,
		    .events = POLLIN};
	(void)poll(fds, follow->feed_count, LOOK_MS);
}

/* Whether there is, or may be, anything to be heard. */
static bool
goes_on(const struct follow *follow)
{
	bool one = false;

	for (size_t i = 0; i < follow->feed_count; i++)
		one |= follow->feeds[i].open || feed_may_come_back(&follow->feeds[i]);
	return one && terminal_interrupted == 0;
}

/* Returns whether all that was wanted came, over as many conversations as it takes. */
static bool
listen_on(struct follow *follow)
{
	bool done = false;

	while (!done && goes_on(follow)) {
		struct feed *next = read_all(follow);

		if (next != NULL)
			done = take(follow, next);
		else
			wait_for_more(follow);
	}
	return done;
}

enum ctl_exit
follow_run(struct session *session, const struct order *order, json_t *params,
    json_t *positions, long long count)
{
	struct follow follow = {.session = session,
	    .order = order,
	    .style = terminal_style(&order->options, stdout),
	    .count = count};
	enum ctl_exit status = CTL_EXIT_DONE;

	ask_parts(order, &follow.answer);
	if (!open_all(&follow, params, positions) || !listen_on(&follow))
		status = terminal_interrupted != 0 ? CTL_EXIT_INTERRUPTED
						   : session_answer(&follow.answer);
	for (size_t i = 0; i < follow.feed_count; i++)
		feed_done(&follow.feeds[i]);
	answer_done(&follow.answer);
	json_decref(params);
	json_decref(positions);
	return status;
}

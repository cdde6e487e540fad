/* SPDX-License-Identifier: Apache-2.0 */
/* feed.c - the events of one daemon over its restarts, and where one can go on. */
#include "hactl/feed.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "hactl/must.h"

#define AGAIN_US (250 * US_PER_MS)

/* The position of who has seen nothing: no daemon has this epoch. */
#define NOWHERE "-:0"

static void
set_position(struct feed *feed, const char *epoch, json_int_t seq)
{
	free(feed->position);
	feed->position = must_format("%s:%" JSON_INTEGER_FORMAT, epoch, seq);
	(void)json_object_set_new(feed->params, "since",
	    must(json_pack("{s:s, s:I}", "epoch", epoch, "seq", seq)));
	/* Whoever had all that was must not miss what happened meanwhile. */
	(void)json_object_set_new(
	    feed->params, "snapshot", must(json_string("if-needed")));
}

/* The position that is this daemon's. */
static const json_t *
choose(const struct part *part, const json_t *positions)
{
	const json_t *epoch = json_object_get(part->hello, "epoch");
	const json_t *position;
	size_t i;

	json_array_foreach (positions, i, position) {
		if (epoch != NULL &&
		    json_equal(json_object_get(position, "epoch"), epoch) == 1)
			return position;
	}
	return json_array_get(positions, 0);
}

void
feed_init(struct feed *ret, struct session *session, struct part *part,
    const json_t *params, const json_t *positions)
{
	const json_t *since = choose(part, positions);

	*ret = (struct feed){.session = session,
	    .part = part,
	    .params = must(json_deep_copy(params)),
	    .position = must(strdup(NOWHERE))};
	if (since != NULL)
		set_position(ret, json_string_value(json_object_get(since, "epoch")),
		    json_integer_value(json_object_get(since, "seq")));
}

void
feed_done(struct feed *feed)
{
	if (feed->open)
		stream_close(&feed->stream);
	json_decref(feed->next.whole);
	json_decref(feed->params);
	free(feed->position);
	*feed = (struct feed){0};
}

/* Takes up what the daemon answered to the subscription. */
static void
begin(struct feed *feed)
{
	const json_t *result = json_array_get(feed->part->items, 0);
	const char *snapshot =
	    json_string_value(json_object_get(feed->params, "snapshot"));

	feed->resumed = json_is_true(json_object_get(result, "resumed"));
	feed->in_picture =
	    !feed->resumed && snapshot != NULL && strcmp(snapshot, "never") != 0;
	feed->seq = json_integer_value(json_object_get(result, "seq"));
	if (!feed->in_picture)
		set_position(feed, feed->stream.epoch, feed->seq);
	feed->open = true;
}

bool
feed_open(struct feed *feed, int64_t timeout_us)
{
	json_decref(feed->part->items);
	feed->part->items = NULL;
	ctl_error_done(&feed->part->error);
	feed->again_us = clock_now_us() + AGAIN_US;
	if (!stream_open(&feed->stream, feed->session, feed->part,
		json_deep_copy(feed->params), timeout_us))
		return false;
	begin(feed);
	return true;
}

bool
feed_may_come_back(const struct feed *feed)
{
	enum ctl_code code = feed->part->error.code;

	return code == CTL_UNAVAILABLE || code == CTL_TOO_MANY;
}

bool
feed_read(struct feed *feed)
{
	return feed->next.whole != NULL ||
	       stream_read(&feed->stream, &feed->next) != STREAM_ENDED;
}

void
feed_close(struct feed *feed)
{
	stream_close(&feed->stream);
	feed->open = false;
	feed->again_us = clock_now_us() + AGAIN_US;
}

void
feed_advance(struct feed *feed)
{
	const json_t *seq = json_object_get(feed->next.params, "seq");
	const char *method = feed->next.method;

	if (json_is_integer(seq))
		feed->seq = json_integer_value(seq);
	if (strcmp(method, "reset") == 0 || strcmp(method, "gap") == 0)
		feed->in_picture = true;
	else if (strcmp(method, "synced") == 0)
		feed->in_picture = false;
	if (!feed->in_picture)
		set_position(feed, feed->stream.epoch, feed->seq);
}

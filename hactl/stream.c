/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c - what a daemon tells as it happens: one subscription at a time. */
#include "hactl/stream.h"

#include <string.h>

#include "common/clock.h"
#include "hactl/must.h"
#include "hactl/terminal.h"

#define HEARTBEAT_MS 2000
#define SILENCE_US (3 * HEARTBEAT_MS * US_PER_MS)
#define LOOK_US (100 * US_PER_MS) /* how soon a Ctrl-C is noticed */

bool
stream_open(struct stream *ret, struct session *session, struct part *part,
    json_t *params, int64_t timeout_us)
{
	*ret = (struct stream){.session = session, .part = part};
	(void)json_object_set_new(params, "sub", must(json_string("hactl")));
	(void)json_object_set_new(
	    params, "heartbeat_ms", must(json_integer(HEARTBEAT_MS)));
	session_call(session, part, "subscribe", params, timeout_us);
	if (part->error.code != CTL_OK)
		return false;
	ret->client = daemons_current(session->daemons, part->daemon);
	ret->epoch = ctl_client_hello_text(ret->client, "epoch");
	ret->heard_us = clock_now_us();
	return true;
}

/* Takes one message, or NULL when none came in time. */
static bool
take(struct stream *stream, int64_t timeout_us, json_t **ret)
{
	struct part *part = stream->part;

	*ret = NULL;
	if (ctl_client_next(stream->client, timeout_us, ret, &part->error) != CTL_OK)
		return false;
	if (*ret != NULL)
		stream->heard_us = clock_now_us();
	if (clock_now_us() - stream->heard_us < SILENCE_US)
		return true;
	(void)ctl_error_set(&part->error, CTL_UNAVAILABLE, NULL,
	    "%s fell silent: it may be stopped, or overloaded", part->daemon);
	return false;
}

/* Whether the message is one that concerns our caller; it fills *ret then. */
static bool
is_wanted(json_t *whole, struct stream_message *ret)
{
	const char *method = json_string_value(json_object_get(whole, "method"));

	if (method == NULL || strcmp(method, "heartbeat") == 0)
		return false;
	*ret = (struct stream_message){.method = method,
	    .params = json_object_get(whole, "params"),
	    .whole = whole};
	return true;
}

enum stream_result
stream_next(struct stream *stream, int64_t until_us, struct stream_message *ret)
{
	json_t *whole;

	while (terminal_interrupted == 0) {
		if (!take(stream, LOOK_US, &whole))
			return STREAM_ENDED;
		if (is_wanted(whole, ret))
			return STREAM_MESSAGE;
		json_decref(whole);
		if (until_us != 0 && clock_now_us() >= until_us)
			return STREAM_QUIET;
	}
	return STREAM_INTERRUPTED;
}

enum stream_result
stream_read(struct stream *stream, struct stream_message *ret)
{
	json_t *whole;

	do {
		if (!take(stream, 0, &whole))
			return STREAM_ENDED;
		if (is_wanted(whole, ret))
			return STREAM_MESSAGE;
		json_decref(whole);
	} while (whole != NULL);
	return STREAM_QUIET;
}

void
stream_close(struct stream *stream)
{
	daemons_drop(stream->session->daemons, stream->part->daemon);
}

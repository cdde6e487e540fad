/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - what a daemon tells as it happens: one subscription at a time. */
#ifndef HACTL_STREAM_H
#define HACTL_STREAM_H

#include <jansson.h>
#include <stdint.h>

#include "hactl/render.h"
#include "hactl/session.h"

struct stream {
	struct session *session;
	struct part *part; /* whom it is from; what ends it is its error */
	struct ctl_client *client;
	const char *epoch; /* of the daemon */
	int64_t heard_us;  /* when it last said anything */
};

enum stream_result {
	STREAM_MESSAGE = 0, /* *ret_method and *ret_params are what came */
	STREAM_QUIET,       /* nothing, until the time was over */
	STREAM_INTERRUPTED, /* Ctrl-C */
	STREAM_ENDED,       /* the error is in the part */
};

/* One message: "event", "object", "reset", "synced" or "gap". */
struct stream_message {
	const char *method;
	const json_t *params;
	json_t *whole; /* holds both; the caller releases it */
};

/* Subscribes with `params` (without "sub"), which are taken over. Returns false with
 * the error in the part. */
bool stream_open(struct stream *ret, struct session *session, struct part *part,
    json_t *params, int64_t timeout_us);

/* Waits for the next message, until `until_us` of clock_now_us(); 0: without end. A
 * daemon that stays silent though it promised heartbeats has ended. */
enum stream_result stream_next(
    struct stream *stream, int64_t until_us, struct stream_message *ret);

/* The same without waiting; it is never STREAM_INTERRUPTED. */
enum stream_result stream_read(struct stream *stream, struct stream_message *ret);

/* Ends the subscription, and with it the conversation. */
void stream_close(struct stream *stream);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* feed.h - the events of one daemon over its restarts, and where one can go on.
 *
 * In a picture of all objects, the place to go on from is still the one before it,
 * until the picture is complete.
 */
#ifndef HACTL_FEED_H
#define HACTL_FEED_H

#include <stdbool.h>

#include "hactl/stream.h"

struct feed {
	struct session *session;
	struct part *part; /* the daemon's, with why it ended */
	struct stream stream;
	json_t *params;  /* of the subscription */
	char *position;  /* "EPOCH:SEQ" */
	json_int_t seq;  /* of the last message */
	bool in_picture; /* between "reset" and "synced" */
	bool resumed;    /* the daemon goes on where `position` was */
	bool open;
	int64_t again_us;           /* when to try again */
	struct stream_message next; /* read, not yet taken; without `whole`: none */
};

/* A feed of the part's daemon, which has been greeted where it is there. `params` is
 * copied; of `positions`, {"epoch", "seq"} each, that of the daemon's epoch counts,
 * else any: the daemon then tells all that is. An empty array: none was given. */
void feed_init(struct feed *ret, struct session *session, struct part *part,
    const json_t *params, const json_t *positions);
void feed_done(struct feed *feed);

/* Subscribes. Returns false with the error in the part. */
bool feed_open(struct feed *feed, int64_t timeout_us);

/* Whether it makes sense to ask again: nobody is there, or there is no place. */
bool feed_may_come_back(const struct feed *feed);

/* Reads a message into feed->next, where there is one and none waits yet. Returns false
 * when the stream has ended: the error is in the part. */
bool feed_read(struct feed *feed);

/* Ends the conversation, to be opened again after a moment. */
void feed_close(struct feed *feed);

/* Notes that the message that waits was taken, after which the caller releases it. */
void feed_advance(struct feed *feed);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* peer_talk.h - what the other daemon says on a connection, line by line, and what it
 * means.
 *
 * The greeting, then a subscription like anybody's: a picture and events, or the events
 * since the last connection when the other still has them. Pure: lines in, what to do
 * next out; the states of its objects go to a mirror.
 */
#ifndef COMMON_PEER_TALK_H
#define COMMON_PEER_TALK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/peer_mirror.h"

#define PEER_HEARTBEAT_MS 1000

enum peer_talk_stage {
	PEER_TALK_GREETING = 0, /* waits for its greeting */
	PEER_TALK_ANSWER,       /* has asked, waits for the answer */
	PEER_TALK_PICTURE,      /* hears a picture, or waits for one */
	PEER_TALK_EVENTS,       /* knows all: the link is up */
	PEER_TALK_STAGE_COUNT_
};

/* What a line asks for. */
enum peer_talk_next {
	PEER_TALK_GO_ON = 0,
	PEER_TALK_ASK,     /* send peer_talk_request() */
	PEER_TALK_REFUSED, /* hang up: it does not want us now, talk->error says why */
	PEER_TALK_VERSION, /* hang up: it speaks another major version */
	PEER_TALK_BROKEN, /* hang up: that is not the protocol, talk->error says what */
	PEER_TALK_NEXT_COUNT_
};

/* Zero-initialise it but for the first three. */
struct peer_talk {
	const char *daemon;       /* who should answer: "checkd" */
	const char *const *types; /* of events; ends with NULL */
	struct peer_mirror *mirror;

	enum peer_talk_stage stage;
	char epoch[33]; /* of the process that answered last; empty: none did */
	char version[33];
	char phase[16];  /* in the greeting; "stopping" when it says that it ends */
	bool settled;    /* what it says of its objects counts */
	int64_t seq;     /* the last event that was heard */
	bool can_resume; /* all before `seq` was heard too */
	char error[160]; /* what was wrong, for the log */
};

/* A new connection: nothing was said on it. */
void peer_talk_begin(struct peer_talk *talk);

/* Takes a line without its newline. */
enum peer_talk_next peer_talk_take(
    struct peer_talk *talk, const char *line, size_t len);

/* The subscription to ask for. NULL: out of memory. */
json_t *peer_talk_request(const struct peer_talk *talk);

#endif

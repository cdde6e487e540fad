/* SPDX-License-Identifier: Apache-2.0 */
/* peer_fixture.h - a link to the other daemon, and the other daemon played by the test.
 */
#ifndef TESTS_UNIT_PEER_FIXTURE_H
#define TESTS_UNIT_PEER_FIXTURE_H

#include <stddef.h>
#include <sys/un.h>
#include <systemd/sd-event.h>

#include "common/peer_link.h"
#include "tests/unit/unit.h"

#define SILENT_US (75 * US_PER_MS)
#define RETRY_US (5 * US_PER_MS)

struct fixture {
	sd_event *event;
	struct peer_link *link;
	char dir[64];
	struct sockaddr_un address;
	int listener;
	int fd;           /* the connection of the link */
	char heard[4096]; /* from it, not used yet */
	char states[512]; /* the link's, one after the other: "connecting up " */
	unsigned changes; /* of objects */
};

extern const struct peer_kind peer_kinds[]; /* "vs" */
extern const char *const peer_types[];

int setup(void **state);
int teardown(void **state);

/* Runs the loop once, for 5 ms at most; and until nothing is left to be done now. */
void turn(struct fixture *f);
void pump(struct fixture *f);

/* ---- the other daemon ------------------------------------------------------ */

void listen_there(struct fixture *f);

/* Takes the next connection of the link. */
void accept_link(struct fixture *f);

/* Sends all of it, letting the link read; to a link that hangs up, what it takes. */
void say_bytes(struct fixture *f, const char *bytes, size_t len);
void say(struct fixture *f, const char *line);

/* The request the link sends. The caller releases it. */
json_t *hear(struct fixture *f);

/* Greets, and takes the subscription, which it returns. */
json_t *greet(struct fixture *f, const char *hello);

/* ---- the link -------------------------------------------------------------- */

/* Fails the test unless the link becomes so. */
void wait_for(struct fixture *f, enum peer_state state, enum peer_why why);

/* Fails the test unless the link went through these. */
void assert_states(const struct fixture *f, const char *expected);

/* The link is up, and knows that A is up. */
void bring_up(struct fixture *f);

const char *state_in_force(const struct fixture *f, const char *path);

/* ---- what a good one says -------------------------------------------------- */

#define HELLO(major, daemon, epoch) \
	"{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":{\"proto\":\"hcp\",\"major\":" major \
	",\"minor\":0,\"daemon\":\"" daemon \
	"\",\"version\":\"0.4.0\",\"epoch\":\"" epoch "\",\"phase\":\"running\"}}"
#define NEW "{\"id\":1,\"result\":{\"resumed\":false,\"epoch\":\"e\",\"seq\":7}}"
#define RESUMED "{\"id\":1,\"result\":{\"resumed\":true,\"epoch\":\"e\",\"seq\":7}}"
#define RESET "{\"method\":\"reset\",\"params\":{\"sub\":\"peer\",\"seq\":7}}"
#define OBJECT(path, state) \
	"{\"method\":\"object\",\"params\":{\"sub\":\"peer\",\"seq\":7,\"object\":" \
	"{\"path\":\"" path "\",\"state\":\"" state "\"}}}"
#define SYNCED(settled) \
	"{\"method\":\"synced\",\"params\":{\"sub\":\"peer\",\"seq\":7,\"settled\":" settled \
	"}}"
#define EVENT(seq, type, path, new) \
	"{\"method\":\"event\",\"params\":{\"sub\":\"peer\",\"seq\":" seq \
	",\"type\":\"" type "\",\"path\":\"" path "\",\"new\":" new "}}"
#define HEARTBEAT "{\"method\":\"heartbeat\",\"params\":{\"sub\":\"peer\",\"seq\":9}}"
#define GAP "{\"method\":\"gap\",\"params\":{\"sub\":\"peer\",\"from\":8,\"to\":99}}"

#endif

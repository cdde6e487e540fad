/* SPDX-License-Identifier: Apache-2.0 */
/* peer_link.h - a daemon's connection to the other one: made, kept, judged.
 *
 * Each daemon is an ordinary subscriber on the other's public socket, with the rights
 * of anybody who reads. Neither needs the other: a link tries for ever, never blocks
 * and comes last in the loop, so that nothing else of the daemon waits for it. Reading
 * takes a fifth of the time in the long run, however much the other has to say.
 *
 * What the other said stays in force when the link is lost (peer_mirror.h). Whoever
 * acts on it asks peer_link_view() for how long nothing was heard, and decides what
 * that means.
 */
#ifndef COMMON_PEER_LINK_H
#define COMMON_PEER_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/peer_mirror.h"
#include "common/units.h"

#define PEER_RETRY_MIN_US (50 * US_PER_MS)
#define PEER_RETRY_MAX_US US_PER_S
/* Three heartbeats, and half of one because they are counted in whole turns of a clock.
 */
#define PEER_SILENT_US (3500 * US_PER_MS)

enum peer_state {
	PEER_NEVER = 0,  /* nobody was there since this daemon started */
	PEER_CONNECTING, /* for the first time: connected, and not all is known yet */
	PEER_UP,         /* all is known and stays so */
	PEER_LOST,       /* the connection ended, or no use could be made of it */
	PEER_FROZEN,     /* the connection is open, and nothing is said on it */
	PEER_STATE_COUNT_
};
const char *peer_state_name(enum peer_state state); /* "up" */

/* Why it is lost or frozen. */
enum peer_why {
	PEER_WHY_NONE = 0,
	PEER_WHY_STOPPED,  /* it said that it ends, and did */
	PEER_WHY_CLOSED,   /* it ended without a word: killed, or crashed */
	PEER_WHY_SILENT,   /* no heartbeat: it was stopped, or is stuck */
	PEER_WHY_REFUSED,  /* it does not want us now: too many are connected */
	PEER_WHY_VERSION,  /* it speaks another major version of the protocol */
	PEER_WHY_PROTOCOL, /* it sent what is not the protocol */
	PEER_WHY_COUNT_
};
const char *peer_why_name(enum peer_why why); /* "closed"; NULL for PEER_WHY_NONE */

struct peer_link_config {
	sd_event *event;
	const char *run_base;          /* the socket is RUN_BASE/DAEMON/public.sock */
	const char *daemon;            /* the other one: "checkd" */
	const char *const *types;      /* of events to hear; ends with NULL */
	const struct peer_kind *kinds; /* of objects to keep; ends without a name */
	int64_t silent_us; /* without a word for so long it is frozen: PEER_SILENT_US */
	/* The wait after the first attempt, then doubled: PEER_RETRY_MIN_US. */
	int64_t retry_min_us;
	peer_changed_fn object_changed; /* see peer_mirror.h; may be NULL */
	/* Something of what peer_link_view() tells may have changed; called once for
	 * all that came in a turn of the loop. */
	void (*changed)(void *userdata);
	void *userdata;
};

struct peer_link;

/* Makes it, and begins to connect when the loop next runs. The texts and tables must
 * stay. Returns 0, -ENAMETOOLONG when the path is too long for a socket, or a negative
 * errno. */
int peer_link_new(const struct peer_link_config *config, struct peer_link **ret);
struct peer_link *peer_link_free(struct peer_link *link);

/* What is known. Texts are empty when nobody answered yet, and otherwise those of the
 * process that answered last; valid until the loop runs on. */
struct peer_view {
	enum peer_state state;
	enum peer_why why;
	int64_t since_us; /* of state and why */
	int64_t heard_us; /* when the last byte came; 0: none did */
	const char *epoch, *version, *phase;
	bool settled;
	const char *error; /* the words for PEER_WHY_REFUSED, _VERSION and _PROTOCOL */
};
struct peer_view peer_link_view(const struct peer_link *link);

const struct peer_mirror *peer_link_mirror(const struct peer_link *link);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* peer.h - the other daemon of this node: the link to it, and what is told of it.
 *
 * What a daemon keeps of the other's objects, and how it would act on it, is in
 * peer_mirror.h and peer_link.h; here is what it tells of it: an object, events,
 * numbers.
 *
 * The object, in `list` and `get`:
 *   {"path": "peer/checkd", "name": "checkd", "state": "up",
 *    "why": null,                     or "closed", "silent", ... when lost or frozen
 *    "error": null,                   or words, where `why` needs some
 *    "since": "...", "for_ms": 7860120,       of the state
 *    "age_ms": 412,                   since it was last heard, or null
 *    "epoch": "9f2c...", "version": "0.4.0", "phase": "running",
 *    "settled": true}                 all null unless it is up
 * and what the daemon adds to it. All but for_ms and age_ms is told by events as well,
 * twice a second in the long run: of what changes more often the last counts.
 */
#ifndef COMMON_PEER_H
#define COMMON_PEER_H

#include <jansson.h>
#include <systemd/sd-event.h>
#include "common/ctl_server.h"
#include "common/peer_link.h"

struct peer;

/* What a daemon wants to know of the other. */
struct peer_config {
	const char *daemon;            /* the other one: "checkd" */
	const char *const *types;      /* of events to hear; ends with NULL */
	const struct peer_kind *kinds; /* of objects to keep; ends without a name */
	/* What the loss of the link means here, as the end of a line of the log. */
	const char *without;
	/* Adds to the object what is known of the other's objects; NULL in place of the
	 * mirror while the link is not up. May be NULL: nothing. */
	void (*add)(const struct peer_mirror *mirror, json_t *object);
};

/* Makes it; `config` must stay. Returns 0 or -ENOMEM. */
int peer_new(const struct peer_config *config, struct peer **ret);
struct peer *peer_free(struct peer *peer);

/* What the daemon's server is to serve of it. */
struct ctl_part peer_part(struct peer *peer);

/* Begins to connect below `run_base`, and to tell `server` of it. What cannot be done
 * is logged; the daemon works on without. */
void peer_open(struct peer *peer, sd_event *event, struct ctl_server *server,
    const char *run_base);

/* The object above, for `status`. NULL: out of memory. */
json_t *peer_json(const struct peer *peer);

/* Appends families (metrics.h) to those of the daemon called `daemon`. */
void peer_metrics(const struct peer *peer, const char *daemon, json_t *families);

#endif

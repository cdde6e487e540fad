/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_events.h - what a daemon tells its subscribers.
 *
 * Events are numbered without gaps within one life of the daemon (its epoch) and kept
 * in one ring (ctl_ring.h). A subscriber gets a picture of all objects and then every
 * event, in one ordered stream; one that falls behind the ring gets a new picture.
 */
#ifndef COMMON_CTL_EVENTS_H
#define COMMON_CTL_EVENTS_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

struct ctl_server;

/* A member of "new" that says where the configuration is wrong; readers are not told
 * its "text". */
#define CTL_EVENT_FINDING "finding"

/* A type of event, as `describe` tells it. Tables end with a row without a name and
 * have every type that is published. */
struct ctl_event_type {
	const char *name; /* "instance.state" */
	const char *help;
};

/* Who or what brought something about; left out of what readers get. */
struct ctl_cause {
	bool by_client;
	uid_t uid;
	const char *op_id;  /* NULL: none */
	const char *reason; /* NULL: none */
};

/* The same for what goes on after the request; not to be copied. */
struct ctl_kept_cause {
	struct ctl_cause cause;
	char op_id[65], reason[201];
};

/* `cause` may be NULL; then nothing caused it, which ctl_kept_cause() says as NULL. */
void ctl_keep_cause(struct ctl_kept_cause *ret, const struct ctl_cause *cause);
const struct ctl_cause *ctl_kept_cause(const struct ctl_kept_cause *kept);

/* Publishes an event about the object at `path`. `old` and `new` hold the members that
 * changed and are taken over; NULL is allowed for both and for `cause`. An event that
 * would make too long a line loses `old` and `new`: the subscriber asks for the object.
 */
void ctl_publish(struct ctl_server *server, const char *type, const char *path,
    const struct ctl_cause *cause, json_t *old, json_t *new);

/* Whether anybody subscribes to anything. */
bool ctl_has_subscribers(const struct ctl_server *server);

/* Objects were added or removed in bulk (a reload): pictures that are being sent begin
 * anew. */
void ctl_objects_moved(struct ctl_server *server);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* peer_mirror.h - what one daemon knows of the objects of the other: a state for each.
 *
 * What is heard is not always in force at once. While the other sends a picture of its
 * objects, what it says waits until the picture is whole; and one that has just started
 * says of everything what it is before the first packet or check came in, so its
 * picture waits until it has settled as well. Until then the states of before stay in
 * force. So neither a gap in the stream nor a restart of the other takes anything away
 * or makes it flap, and an object that is missing in the new picture goes when that
 * comes into force.
 *
 * Losing the link changes nothing here: how long a state is worth something after the
 * other fell silent is for whoever acts on it (see peer_link.h). Pure.
 */
#ifndef COMMON_PEER_MIRROR_H
#define COMMON_PEER_MIRROR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define PEER_STATE_SIZE 16 /* "INITIALIZE" and its end; what is longer is cut */
#define PEER_PATH_SIZE 300 /* "instance/NAME"; one that is longer is not kept */
#define PEER_OBJECTS_MAX 32768

/* A kind of objects of which states are kept: all others are forgotten at once. */
struct peer_kind {
	const char *name; /* "instance", of paths "instance/NAME" */
	/* The state in the members of an object, or of an event of it; NULL: these do
	 * not tell, and it stays as it was. */
	const char *(*state)(const json_t *members);
};

struct peer_mirror;

/* The state in force of the object at `path` was `old` and is `state` now; NULL: there
 * was, or is, none. Nothing may be told to the mirror meanwhile. */
typedef void (*peer_changed_fn)(
    void *userdata, const char *path, const char *old, const char *state);

/* A mirror of nothing. `kinds` ends without a name and stays; `changed` may be NULL.
 * NULL: out of memory. */
struct peer_mirror *peer_mirror_new(
    const struct peer_kind *kinds, peer_changed_fn changed, void *userdata);
struct peer_mirror *peer_mirror_free(struct peer_mirror *mirror);

/* ---- what is heard ------------------------------------------------------- */

/* A picture begins. */
void peer_mirror_begin(struct peer_mirror *mirror);

/* The object at `path` has these members, all or those that changed. Returns 0, also
 * for an object that is not kept, -E2BIG when there would be more than
 * PEER_OBJECTS_MAX, or -ENOMEM. */
int peer_mirror_set(
    struct peer_mirror *mirror, const char *path, const json_t *members);

/* The object is there no more. */
void peer_mirror_remove(struct peer_mirror *mirror, const char *path);

/* The picture is whole; it comes into force now or, unless `settled`, with
 * peer_mirror_settled(). */
void peer_mirror_whole(struct peer_mirror *mirror, bool settled);
void peer_mirror_settled(struct peer_mirror *mirror);

/* ---- what is in force ----------------------------------------------------- */

/* Whether objects of this kind are kept: "instance/VI_1" or "instance.state". */
bool peer_mirror_keeps(const struct peer_mirror *mirror, const char *text);

/* The state of the object at `path`, or NULL when none is known. Valid until something
 * is heard. */
const char *peer_mirror_state(const struct peer_mirror *mirror, const char *path);

/* Calls `visit` with each object of a kind that has a state. */
void peer_mirror_visit(const struct peer_mirror *mirror, const char *kind,
    void (*visit)(void *userdata, const char *path, const char *state), void *userdata);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ring.h - the last events of a daemon, kept once for all who listen.
 *
 * Each event is serialised once when it happens and stays until newer ones need its room.
 * A subscriber is only a number: the sequence number it wants next. One that reads too
 * slowly finds that number gone and must take a fresh snapshot; it costs the daemon no
 * memory and delays nobody.
 */
#ifndef COMMON_CTL_RING_H
#define COMMON_CTL_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CTL_RING_EVENTS 4096
#define CTL_RING_BYTES ((size_t)1024 * 1024)

/* An event as it is stored. Texts are JSON without the enclosing message: the members
 * from "ts" to the closing brace, ready to be put behind those that need no room here.
 */
struct ctl_event {
	uint64_t seq;         /* from 1, without gaps */
	const char *type;     /* "instance.state" */
	const char *full;     /* for operators and admins */
	const char *redacted; /* for readers: without who and why; NULL: as `full` */
};

struct ctl_ring;

/* A ring for at most `events` events and `bytes` bytes of text. NULL: out of memory. */
struct ctl_ring *ctl_ring_new(size_t events, size_t bytes);
struct ctl_ring *ctl_ring_free(struct ctl_ring *ring);

/* The sequence number that the next event will get: what a subscriber that has seen
 * everything waits for. */
uint64_t ctl_ring_head(const struct ctl_ring *ring);

/* The oldest sequence number that is still there; equal to the head when none is. */
uint64_t ctl_ring_tail(const struct ctl_ring *ring);

/* Appends an event; the texts are copied, `redacted` may be NULL. Older events go when
 * there is no room. An event larger than the whole ring is -E2BIG and changes nothing but
 * the head, so that subscribers notice the gap; so does one whose text could not be made
 * (NULL). Returns 0, -E2BIG or -ENOMEM. */
int ctl_ring_add(struct ctl_ring *ring, const char *type, const char *full,
    const char *redacted);

/* The event numbered `seq`, or NULL when it is not there (any more, or yet). */
const struct ctl_event *ctl_ring_get(const struct ctl_ring *ring, uint64_t seq);

/* Whether `type` is meant by a pattern: the same, "*", or "instance.*" for everything that
 * begins with "instance.". */
bool ctl_ring_matches(const char *pattern, const char *type);

#endif

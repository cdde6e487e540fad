/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ring.c - the last events of a daemon, kept once for all who listen. */
#include "common/ctl_ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ctl_ring {
	struct ctl_event *events; /* slot of `seq`: seq modulo room */
	size_t room;
	size_t bytes, max_bytes;
	uint64_t head, tail;
};

static struct ctl_event *
slot(const struct ctl_ring *ring, uint64_t seq)
{
	return &ring->events[seq % ring->room];
}

static size_t
text_size(const char *text)
{
	return text != NULL ? strlen(text) + 1 : 0;
}

static size_t
event_bytes(const char *type, const char *full, const char *redacted)
{
	return text_size(type) + text_size(full) + text_size(redacted);
}

/* Copies a text to *at, which moves behind it. */
static const char *
put_text(char **at, const char *text)
{
	char *copy = *at;
	size_t size = text_size(text);

	if (text == NULL)
		return NULL;
	memcpy(copy, text, size);
	*at += size;
	return copy;
}

static void
drop_oldest(struct ctl_ring *ring)
{
	struct ctl_event *event = slot(ring, ring->tail);

	ring->bytes -= event_bytes(event->type, event->full, event->redacted);
	free((char *)(uintptr_t)event->type); /* the texts lie behind each other */
	*event = (struct ctl_event){0};
	ring->tail++;
}

struct ctl_ring *
ctl_ring_new(size_t events, size_t bytes)
{
	struct ctl_ring *ring = calloc(1, sizeof(*ring));

	if (ring == NULL)
		return NULL;
	ring->events = calloc(events, sizeof(ring->events[0]));
	if (ring->events == NULL) {
		free(ring);
		return NULL;
	}
	ring->room = events;
	ring->max_bytes = bytes;
	ring->head = ring->tail = 1;
	return ring;
}

struct ctl_ring *
ctl_ring_free(struct ctl_ring *ring)
{
	if (ring == NULL)
		return NULL;
	while (ring->tail < ring->head)
		drop_oldest(ring);
	free(ring->events);
	free(ring);
	return NULL;
}

uint64_t
ctl_ring_head(const struct ctl_ring *ring)
{
	return ring->head;
}

uint64_t
ctl_ring_tail(const struct ctl_ring *ring)
{
	return ring->tail;
}

/* An event that cannot be kept: everything before it goes too, so that what is there
 * stays without gaps. */
static int
skip(struct ctl_ring *ring, int error)
{
	while (ring->tail < ring->head)
		drop_oldest(ring);
	ring->tail = ++ring->head;
	return error;
}

int
ctl_ring_add(
    struct ctl_ring *ring, const char *type, const char *full, const char *redacted)
{
	size_t bytes;
	char *text;

	if (full == NULL)
		return skip(ring, -ENOMEM);
	bytes = event_bytes(type, full, redacted);
	if (bytes > ring->max_bytes)
		return skip(ring, -E2BIG);
	text = malloc(bytes);
	if (text == NULL)
		return skip(ring, -ENOMEM);
	while (ring->head - ring->tail >= ring->room ||
	       ring->bytes + bytes > ring->max_bytes)
		drop_oldest(ring);
	*slot(ring, ring->head) = (struct ctl_event){
	    .seq = ring->head,
	    .type = put_text(&text, type),
	    .full = put_text(&text, full),
	    .redacted = put_text(&text, redacted),
	};
	ring->bytes += bytes;
	ring->head++;
	return 0;
}

const struct ctl_event *
ctl_ring_get(const struct ctl_ring *ring, uint64_t seq)
{
	return seq >= ring->tail && seq < ring->head ? slot(ring, seq) : NULL;
}

bool
ctl_ring_matches(const char *pattern, const char *type)
{
	size_t len = strlen(pattern);

	if (strcmp(pattern, "*") == 0)
		return true;
	if (len >= 2 && strcmp(pattern + len - 2, ".*") == 0)
		return strncmp(pattern, type, len - 1) == 0;
	return strcmp(pattern, type) == 0;
}

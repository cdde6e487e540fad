/* SPDX-License-Identifier: Apache-2.0 */
/* timer_heap.h - thousands of deadlines behind one timer: an intrusive binary heap. */
#ifndef COMMON_TIMER_HEAP_H
#define COMMON_TIMER_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embed this in what has a deadline. Zero-initialise it; it must not move or be freed
 * while armed. */
struct timer_node {
	int64_t at_us;
	size_t index; /* place in the heap plus 1; 0: not armed */
};

struct timer_heap {
	struct timer_node **nodes;
	size_t count, room;
};

/* Makes room for `room` nodes in all, so that arming never allocates while running.
 * Returns 0 or -ENOMEM; the heap is then unchanged. */
int timer_heap_reserve(struct timer_heap *heap, size_t room);

/* Frees the heap's own memory; the nodes belong to the caller. */
void timer_heap_done(struct timer_heap *heap);

/* Arms or re-arms `node` for `at_us`. The heap must have room (timer_heap_reserve). */
void timer_heap_arm(struct timer_heap *heap, struct timer_node *node, int64_t at_us);

/* Takes `node` out; nothing happens when it is not armed. */
void timer_heap_disarm(struct timer_heap *heap, struct timer_node *node);

bool timer_node_is_armed(const struct timer_node *node);

/* The earliest node, or NULL. */
struct timer_node *timer_heap_first(const struct timer_heap *heap);

/* Takes out and returns the earliest node that is due at `now_us`, or NULL. */
struct timer_node *timer_heap_pop_due(struct timer_heap *heap, int64_t now_us);

#endif

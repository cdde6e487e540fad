/* SPDX-License-Identifier: Apache-2.0 */
/* timer_heap.c - thousands of deadlines behind one timer: an intrusive binary heap.
 *
 * The earliest node is at place 0; the children of place i are at 2i+1 and 2i+2, and no
 * child is earlier than its parent. Each node knows its place, so that re-arming finds
 * it without a search.
 */
#include "common/timer_heap.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int
timer_heap_reserve(struct timer_heap *heap, size_t room)
{
	struct timer_node **nodes;

	if (room <= heap->room)
		return 0;
	nodes = reallocarray(heap->nodes, room, sizeof(*nodes));
	if (nodes == NULL)
		return -ENOMEM;
	heap->nodes = nodes;
	heap->room = room;
	return 0;
}

void
timer_heap_done(struct timer_heap *heap)
{
	free(heap->nodes);
	*heap = (struct timer_heap){0};
}

static void
put(struct timer_heap *heap, size_t place, struct timer_node *node)
{
	heap->nodes[place] = node;
	node->index = place + 1;
}

/* Moves `node`, for which `place` is free, towards the root as far as it must. */
static size_t
sift_up(struct timer_heap *heap, size_t place, const struct timer_node *node)
{
	while (place > 0) {
		size_t parent = (place - 1) / 2;

		if (heap->nodes[parent]->at_us <= node->at_us)
			break;
		put(heap, place, heap->nodes[parent]);
		place = parent;
	}
	return place;
}

/* The same towards the leaves. */
static size_t
sift_down(struct timer_heap *heap, size_t place, const struct timer_node *node)
{
	for (;;) {
		size_t child = 2 * place + 1;

		if (child >= heap->count)
			break;
		if (child + 1 < heap->count &&
		    heap->nodes[child + 1]->at_us < heap->nodes[child]->at_us)
			child++;
		if (node->at_us <= heap->nodes[child]->at_us)
			break;
		put(heap, place, heap->nodes[child]);
		place = child;
	}
	return place;
}

static void
settle(struct timer_heap *heap, size_t place, struct timer_node *node)
{
	place = sift_up(heap, place, node);
	put(heap, sift_down(heap, place, node), node);
}

void
timer_heap_arm(struct timer_heap *heap, struct timer_node *node, int64_t at_us)
{
	size_t place;

	node->at_us = at_us;
	if (timer_node_is_armed(node)) {
		place = node->index - 1;
	} else {
		assert(heap->count < heap->room);
		place = heap->count++;
	}
	settle(heap, place, node);
}

void
timer_heap_disarm(struct timer_heap *heap, struct timer_node *node)
{
	size_t place = node->index - 1;
	struct timer_node *last;

	if (!timer_node_is_armed(node))
		return;
	node->index = 0;
	last = heap->nodes[--heap->count];
	if (last != node)
		settle(heap, place, last);
}

bool
timer_node_is_armed(const struct timer_node *node)
{
	return node->index != 0;
}

struct timer_node *
timer_heap_first(const struct timer_heap *heap)
{
	return heap->count == 0 ? NULL : heap->nodes[0];
}

struct timer_node *
timer_heap_pop_due(struct timer_heap *heap, int64_t now_us)
{
	struct timer_node *node = timer_heap_first(heap);

	if (node == NULL || node->at_us > now_us)
		return NULL;
	timer_heap_disarm(heap, node);
	return node;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* conf_seen.h - a set of keys that remembers the statement each came with first. */
#ifndef COMMON_CONF_SEEN_H
#define COMMON_CONF_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf_node;

/* Begins as all zero bytes. */
struct conf_seen {
	struct conf_seen_slot *slots;
	size_t count, room; /* room is 0 or a power of two */
	char *keys;
	size_t keys_len, keys_room;
	bool failed; /* out of memory */
};

/* Adds a key (copied). Returns the statement that brought the same key before, NULL
 * when it is new. */
const struct conf_node *conf_seen_add(
    struct conf_seen *seen, const void *key, size_t len, const struct conf_node *node);

void conf_seen_done(struct conf_seen *seen);

#endif

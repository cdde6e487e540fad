/* SPDX-License-Identifier: Apache-2.0 */
/* layers_rename.c - edits of objects that have another name now. */
#include "common/layers_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Its place in the index is the only thing that changes with its path. */
static void
move_to(struct layers *layers, struct slot *slot, char *path)
{
	layers_touch(layers, &slot->entry);
	hash_table_remove(&layers->by_path, &slot->node);
	free(slot->new_path);
	free(slot->json);
	slot->json = NULL;
	slot->entry.path = slot->new_path = path;
	/* There is room: one was taken out just now. */
	(void)hash_table_add(&layers->by_path, &slot->node, layers_hash(path));
	layers_touch(layers, &slot->entry);
}

int
layers_rename(struct layers *layers, layers_renamed_fn renamed, void *userdata)
{
	int result = 0;

	for (size_t i = 0; i < layers->count; i++) {
		struct slot *slot = layers->slots[i];
		const char *path = renamed(userdata, &slot->entry);
		char *copy = path != NULL ? strdup(path) : NULL;

		if (copy != NULL)
			move_to(layers, slot, copy);
		else if (path != NULL)
			result = -ENOMEM;
	}
	return result;
}

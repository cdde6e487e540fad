/* SPDX-License-Identifier: Apache-2.0 */
/* peer_mirror.c - what one daemon knows of the objects of the other: a state for each.
 *
 * Every object has the state that is in force and the one that was heard last. As long
 * as a picture is not in force the two may differ; bringing it into force makes the one
 * the other, and forgets what the picture did not have.
 */
#include "common/peer_mirror.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/hash_table.h"

struct object {
	struct hash_node node;
	TAILQ_ENTRY(object) link;
	uint32_t picture;               /* the last one that had it */
	char in_force[PEER_STATE_SIZE]; /* empty: none */
	char heard[PEER_STATE_SIZE];
	char path[]; /* "instance/VI_1" */
};

struct peer_mirror {
	const struct peer_kind *kinds;
	peer_changed_fn changed;
	void *userdata;
	struct hash_table table; /* by path */
	TAILQ_HEAD(, object) objects;
	uint32_t picture; /* counts them */
	bool waits;       /* what is heard is not in force yet */
};

/* ---- finding ------------------------------------------------------------- */

/* The kind that "instance/VI_1" or "instance.state" is about, or NULL. */
static const struct peer_kind *
kind_of(const struct peer_mirror *mirror, const char *text)
{
	size_t len = strcspn(text, "/.");

	for (const struct peer_kind *kind = mirror->kinds; kind->name != NULL; kind++)
		if (strlen(kind->name) == len && memcmp(kind->name, text, len) == 0)
			return kind;
	return NULL;
}

static uint32_t
hash_of(const char *path)
{
	return hash_bytes(0, path, strlen(path));
}

static struct object *
find(const struct peer_mirror *mirror, const char *path)
{
	struct hash_node *node = hash_table_first(&mirror->table, hash_of(path));

	for (; node != NULL; node = hash_table_next(node)) {
		struct object *object = hash_entry(node, struct object, node);

		if (strcmp(object->path, path) == 0)
			return object;
	}
	return NULL;
}

/* ---- objects --------------------------------------------------------------- */

static int
add(struct peer_mirror *mirror, const char *path, struct object **ret)
{
	size_t size = strlen(path) + 1;
	struct object *object;
	int r;

	if (mirror->table.count >= PEER_OBJECTS_MAX)
		return -E2BIG;
	object = calloc(1, sizeof(*object) + size);
	if (object == NULL)
		return -ENOMEM;
	memcpy(object->path, path, size);
	r = hash_table_add(&mirror->table, &object->node, hash_of(path));
	if (r < 0) {
		free(object);
		return r;
	}
	TAILQ_INSERT_TAIL(&mirror->objects, object, link);
	*ret = object;
	return 0;
}

static void
drop(struct peer_mirror *mirror, struct object *object)
{
	hash_table_remove(&mirror->table, &object->node);
	TAILQ_REMOVE(&mirror->objects, object, link);
	free(object);
}

static const char *
or_null(const char *state)
{
	return state[0] != '\0' ? state : NULL;
}

/* Brings what was heard of it into force. */
static void
settle(struct peer_mirror *mirror, struct object *object)
{
	char old[PEER_STATE_SIZE];

	if (strcmp(object->in_force, object->heard) == 0)
		return;
	memcpy(old, object->in_force, sizeof(old));
	memcpy(object->in_force, object->heard, sizeof(old));
	if (mirror->changed != NULL)
		mirror->changed(mirror->userdata, object->path, or_null(old),
		    or_null(object->in_force));
}

/* It is not there any more, as far as is known. */
static void
forget(struct peer_mirror *mirror, struct object *object)
{
	object->heard[0] = '\0';
	if (mirror->waits)
		return;
	settle(mirror, object);
	drop(mirror, object);
}

/* ---- what is heard ------------------------------------------------------- */

struct peer_mirror *
peer_mirror_new(const struct peer_kind *kinds, peer_changed_fn changed, void *userdata)
{
	struct peer_mirror *mirror = calloc(1, sizeof(*mirror));

	if (mirror == NULL)
		return NULL;
	*mirror = (struct peer_mirror){
	    .kinds = kinds, .changed = changed, .userdata = userdata};
	TAILQ_INIT(&mirror->objects);
	return mirror;
}

struct peer_mirror *
peer_mirror_free(struct peer_mirror *mirror)
{
	struct object *object;

	if (mirror == NULL)
		return NULL;
	while ((object = TAILQ_FIRST(&mirror->objects)) != NULL)
		drop(mirror, object);
	hash_table_done(&mirror->table);
	free(mirror);
	return NULL;
}

void
peer_mirror_begin(struct peer_mirror *mirror)
{
	mirror->picture++;
	mirror->waits = true;
}

int
peer_mirror_set(struct peer_mirror *mirror, const char *path, const json_t *members)
{
	const struct peer_kind *kind = kind_of(mirror, path);
	const char *state = kind != NULL ? kind->state(members) : NULL;
	struct object *object;
	int r = 0;

	if (kind == NULL || strlen(path) >= PEER_PATH_SIZE)
		return 0;
	object = find(mirror, path);
	if (object == NULL && state == NULL)
		return 0;
	if (object == NULL)
		r = add(mirror, path, &object);
	if (r < 0)
		return r;
	object->picture = mirror->picture;
	if (state != NULL)
		(void)snprintf(object->heard, sizeof(object->heard), "%s", state);
	if (!mirror->waits)
		settle(mirror, object);
	return 0;
}

void
peer_mirror_remove(struct peer_mirror *mirror, const char *path)
{
	struct object *object = find(mirror, path);

	if (object != NULL)
		forget(mirror, object);
}

void
peer_mirror_settled(struct peer_mirror *mirror)
{
	struct object *next;

	mirror->waits = false;
	for (struct object *at = TAILQ_FIRST(&mirror->objects); at != NULL; at = next) {
		next = TAILQ_NEXT(at, link);
		if (at->picture != mirror->picture || at->heard[0] == '\0')
			forget(mirror, at);
		else
			settle(mirror, at);
	}
}

void
peer_mirror_whole(struct peer_mirror *mirror, bool settled)
{
	if (settled)
		peer_mirror_settled(mirror);
}

/* ---- what is in force ----------------------------------------------------- */

bool
peer_mirror_keeps(const struct peer_mirror *mirror, const char *text)
{
	return kind_of(mirror, text) != NULL;
}

const char *
peer_mirror_state(const struct peer_mirror *mirror, const char *path)
{
	const struct object *object = find(mirror, path);

	return object != NULL ? or_null(object->in_force) : NULL;
}

void
peer_mirror_visit(const struct peer_mirror *mirror, const char *kind,
    void (*visit)(void *userdata, const char *path, const char *state), void *userdata)
{
	const struct object *at;

	TAILQ_FOREACH(at, &mirror->objects, link)
	{
		const struct peer_kind *of = kind_of(mirror, at->path);

		if (of != NULL && strcmp(of->name, kind) == 0 &&
		    at->in_force[0] != '\0')
			visit(userdata, at->path, at->in_force);
	}
}

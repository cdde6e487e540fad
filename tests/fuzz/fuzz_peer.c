/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_peer.c - any lines from the other daemon: nothing crashes, what is in force has
 * a sound path and state, and no line asks for more than is possible. */
#include <stdlib.h>
#include <string.h>
#include "common/peer_talk.h"
#include "tests/fuzz/fuzz.h"

static const char *
state_of(const json_t *members)
{
	return json_string_value(json_object_get(members, "state"));
}

static const struct peer_kind kinds[] = {{"vs", state_of}, {"instance", state_of}, {0}};
static const char *const types[] = {"vs.*", "instance.*", NULL};

static void
on_changed(void *userdata, const char *path, const char *old, const char *state)
{
	const struct peer_mirror *mirror = *(struct peer_mirror **)userdata;

	if (!peer_mirror_keeps(mirror, path) || (old == NULL && state == NULL))
		abort();
	if (old != NULL && state != NULL && strcmp(old, state) == 0)
		abort();
}

static void
visit(void *userdata, const char *path, const char *state)
{
	const struct peer_mirror *mirror = *(struct peer_mirror **)userdata;
	const char *found = peer_mirror_state(mirror, path);

	if (strlen(state) >= PEER_STATE_SIZE || found == NULL ||
	    strcmp(found, state) != 0)
		abort();
}

/* Who hangs up, and who asks again, begins anew; the request is one that can be sent.
 */
static void
carry_out(struct peer_talk *talk, enum peer_talk_next next)
{
	json_t *request;

	if (next == PEER_TALK_GO_ON)
		return;
	if (next != PEER_TALK_ASK) {
		peer_talk_begin(talk);
		return;
	}
	request = peer_talk_request(talk);
	if (request == NULL)
		abort();
	json_decref(request);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct peer_mirror *mirror = NULL;
	struct peer_talk talk = {.daemon = "checkd", .types = types};
	const char *at = (const char *)data, *end = at + size;

	mirror = peer_mirror_new(kinds, on_changed, &mirror);
	if (mirror == NULL)
		return 0;
	talk.mirror = mirror;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline != NULL ? newline : end) - at);

		carry_out(&talk, peer_talk_take(&talk, at, len));
		at += len + 1;
	}
	for (const struct peer_kind *kind = kinds; kind->name != NULL; kind++)
		peer_mirror_visit(mirror, kind->name, visit, &mirror);
	peer_mirror_free(mirror);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* peer_text.c - what the daemons say of each other, in words. */
#include "hactl/peer_text.h"

#include <stdio.h>
#include <string.h>

#include "hactl/must.h"
#include "hactl/view.h"

/* Below this, tenths of a second: heartbeats come once in one. */
#define TENTHS_MS 10000

static const char *
state_of(const json_t *peer)
{
	return view_string(peer, "state", "?");
}

const char *
peer_text_age(char buf[UNITS_TEXT_SIZE], const json_t *peer)
{
	json_int_t age_ms = view_integer(peer, "age_ms", -1);

	if (age_ms < 0)
		return "-";
	if (age_ms >= TENTHS_MS)
		return units_format_span(buf, age_ms * US_PER_MS);
	(void)snprintf(buf, UNITS_TEXT_SIZE, "%.1fs", (double)age_ms / 1000);
	return buf;
}

bool
peer_is_lost(const json_t *peer)
{
	return strcmp(state_of(peer), "lost") == 0 ||
	       strcmp(state_of(peer), "frozen") == 0;
}

char *
peer_text_why(const json_t *peer)
{
	static const char *const words[][2] = {
	    {"silent", "is silent: it was stopped, or is stuck"},
	    {"stopped", "has stopped"},
	    {"closed", "ended without a word"},
	};
	const char *name = view_string(peer, "name", "the other daemon");
	const char *why = view_string(peer, "why", "");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], why) == 0)
			return must_format("%s %s", name, words[i][1]);
	return must_format("no use can be made of what %s says: %s", name,
	    view_string(peer, "error", why));
}

/* What is worse has the larger number. */
static int
weight_of(const json_t *peer)
{
	static const char *const states[] = {
	    "never", "up", "connecting", "lost", "frozen"};

	for (int i = 0; i < (int)(sizeof(states) / sizeof(states[0])); i++)
		if (strcmp(states[i], state_of(peer)) == 0)
			return i;
	return -1;
}

const json_t *
peer_worst(const struct answer *answer)
{
	const json_t *worst = NULL;

	for (size_t i = 0; i < answer->count; i++) {
		const json_t *peer =
		    json_object_get(json_array_get(answer->parts[i].items, 0), "peer");

		if (peer == NULL)
			continue;
		if (worst == NULL || weight_of(peer) > weight_of(worst) ||
		    (weight_of(peer) == weight_of(worst) &&
			view_integer(peer, "age_ms", 0) >
			    view_integer(worst, "age_ms", 0)))
			worst = peer;
	}
	return worst;
}

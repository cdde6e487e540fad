/* SPDX-License-Identifier: Apache-2.0 */
/* peer.c - the other daemon of this node: the link to it, and what is told of it. */
#include "common/peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/ctl_events.h"
#include "common/event.h"
#include "common/log.h"
#include "common/metrics.h"

#define PATH_SIZE 64

/* The ring of events and the log belong to all, and a daemon that is broken may change
 * thousands of times a second: it is told of so often in the long run, and so many
 * times in haste. What is left out is no more than what was over at once. */
#define TELL_US (500 * US_PER_MS)
#define TELL_IN_HASTE 8

struct peer {
	const struct peer_config *config;
	char path[PATH_SIZE]; /* "peer/checkd" */
	struct ctl_server *server;
	struct peer_link *link; /* NULL: not opened, or it cannot be */
	bool moved;             /* states of its objects are others since it was told */
	json_t *told;           /* what subscribers know; NULL: not opened yet */
	int64_t paid_us;        /* each time told puts it TELL_US further on */
	sd_event_source *later; /* on: something is to be told then */
};

static struct peer_view
view_of(const struct peer *peer)
{
	return peer->link != NULL ? peer_link_view(peer->link)
				  : (struct peer_view){.epoch = "", .version = ""};
}

/* ---- the object ---------------------------------------------------------- */

static json_t *
text_or_null(const char *text)
{
	return text != NULL && text[0] != '\0' ? ctl_msg_text(text) : json_null();
}

static json_t *
instant_or_null(int64_t at_us)
{
	char text[UNITS_TEXT_SIZE];

	return at_us != 0 ? json_string(
				units_format_rfc3339(text, clock_realtime_of_us(at_us)))
			  : json_null();
}

/* Words are needed where the other answered, and not as it should. */
static const char *
error_of(const struct peer_view *view)
{
	bool has_words = view->why == PEER_WHY_REFUSED ||
			 view->why == PEER_WHY_VERSION ||
			 view->why == PEER_WHY_PROTOCOL;

	return has_words ? view->error : NULL;
}

/* All that does not count on by itself. */
static json_t *
facts_json(const struct peer *peer)
{
	const struct peer_view view = view_of(peer);
	bool up = view.state == PEER_UP;
	json_t *object = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "path", peer->path, "name", peer->config->daemon, "state",
	    peer_state_name(view.state), "why", text_or_null(peer_why_name(view.why)),
	    "error", text_or_null(error_of(&view)), "since",
	    instant_or_null(view.since_us), "epoch",
	    text_or_null(up ? view.epoch : NULL), "version",
	    text_or_null(up ? view.version : NULL), "phase",
	    text_or_null(up ? view.phase : NULL), "settled",
	    up ? json_boolean(view.settled) : json_null());

	if (object != NULL && peer->config->add != NULL)
		peer->config->add(up ? peer_link_mirror(peer->link) : NULL, object);
	return object;
}

static json_t *
span_or_null(int64_t from_us, int64_t now_us)
{
	return from_us != 0 ? json_integer((json_int_t)((now_us - from_us) / US_PER_MS))
			    : json_null();
}

json_t *
peer_json(const struct peer *peer)
{
	const struct peer_view view = view_of(peer);
	int64_t now_us = clock_now_us();
	json_t *object = facts_json(peer);

	if (object == NULL)
		return NULL;
	(void)json_object_set_new(
	    object, "for_ms", span_or_null(view.since_us, now_us));
	(void)json_object_set_new(
	    object, "age_ms", span_or_null(view.heard_us, now_us));
	return object;
}

static size_t
count_peers(void *userdata)
{
	(void)userdata;
	return 1;
}

static json_t *
page_peers(void *userdata, size_t first, size_t count)
{
	json_t *items = json_array();

	if (first == 0 && count > 0)
		(void)json_array_append_new(items, peer_json(userdata));
	return items;
}

static json_t *
get_peer(void *userdata, const char *name)
{
	const struct peer *peer = userdata;

	return strcmp(name, peer->config->daemon) == 0 ? peer_json(peer) : NULL;
}

/* ---- telling ------------------------------------------------------------- */

static void
log_state(const struct peer *peer, const struct peer_view *view)
{
	const char *daemon = peer->config->daemon, *without = peer->config->without;
	char span[UNITS_TEXT_SIZE];

	if (view->state == PEER_UP)
		log_notice("link to %s: up, version %s", daemon, view->version);
	else if (view->state == PEER_FROZEN)
		log_warning("link to %s: silent for %s, it is stopped or stuck; %s",
		    daemon,
		    units_format_span(span,
			clock_now_us() -
			    (view->heard_us != 0 ? view->heard_us : view->since_us)),
		    without);
	else if (view->why == PEER_WHY_STOPPED)
		log_notice("link to %s: it has stopped; %s", daemon, without);
	else if (view->why == PEER_WHY_CLOSED)
		log_warning("link to %s: it ended without a word; %s", daemon, without);
	else if (view->state == PEER_LOST)
		log_warning("link to %s: %s; %s", daemon, view->error, without);
}

static const char *
state_in(const json_t *facts)
{
	return json_string_value(json_object_get(facts, "state"));
}

static const char *
event_of(const struct peer *peer, const struct peer_view *view)
{
	if (strcmp(state_in(peer->told), peer_state_name(view->state)) == 0)
		return "peer.changed";
	if (view->state == PEER_UP)
		return "peer.up";
	return view->state == PEER_LOST || view->state == PEER_FROZEN ? "peer.lost"
								      : "peer.changed";
}

static int64_t
longer(int64_t a_us, int64_t b_us)
{
	return a_us > b_us ? a_us : b_us;
}

static void
tell(struct peer *peer, json_t *facts)
{
	const struct peer_view view = view_of(peer);
	json_t *old = json_pack("{s:s}", "state", state_in(peer->told));

	if (!json_equal(json_object_get(facts, "state"),
		json_object_get(peer->told, "state")) ||
	    !json_equal(
		json_object_get(facts, "why"), json_object_get(peer->told, "why")))
		log_state(peer, &view);
	ctl_publish(peer->server, event_of(peer, &view), peer->path, NULL, old,
	    json_incref(facts));
	peer->paid_us = longer(peer->paid_us, clock_now_us()) + TELL_US;
	json_decref(peer->told);
	peer->told = facts;
}

static void
on_object_changed(void *userdata, const char *path, const char *old, const char *state)
{
	struct peer *peer = userdata;

	(void)path;
	(void)old;
	(void)state;
	peer->moved = true;
}

/* Heartbeats change nothing that anybody must be told. */
static bool
may_differ(const struct peer *peer)
{
	const struct peer_view view = view_of(peer);
	const char *phase = json_string_value(json_object_get(peer->told, "phase"));

	return peer->moved || view.state != PEER_UP ||
	       strcmp(state_in(peer->told), peer_state_name(PEER_UP)) != 0 ||
	       phase == NULL || strcmp(phase, view.phase) != 0 ||
	       json_is_true(json_object_get(peer->told, "settled")) != view.settled;
}

static void
tell_news(struct peer *peer)
{
	json_t *facts = facts_json(peer);

	peer->moved = false;
	if (facts != NULL && !json_equal(facts, peer->told))
		tell(peer, facts);
	else
		json_decref(facts);
}

static int
on_later(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	tell_news(userdata);
	return 0;
}

static void
on_changed(void *userdata)
{
	struct peer *peer = userdata;
	int64_t from_us = peer->paid_us - TELL_IN_HASTE * TELL_US;

	if (!may_differ(peer))
		return;
	if (clock_now_us() >= from_us) {
		tell_news(peer);
		return;
	}
	(void)sd_event_source_set_time(peer->later, (uint64_t)from_us);
	(void)sd_event_source_set_enabled(peer->later, SD_EVENT_ONESHOT);
}

/* ---- for monitoring -------------------------------------------------------- */

static json_t *
add_gauge(const char *daemon, json_t *families, const char *name, const char *help)
{
	char full[96];
	const struct metrics_family family = {full, "gauge", help, {NULL}};

	(void)snprintf(full, sizeof(full), "haven_%s_%s", daemon, name);
	return metrics_add_family(families, &family);
}

void
peer_metrics(const struct peer *peer, const char *daemon, json_t *families)
{
	const struct peer_view view = view_of(peer);
	json_t *up = add_gauge(daemon, families, "peer_up",
	    "Whether the other daemon of this node is heard.");
	json_t *age = add_gauge(daemon, families, "peer_age_seconds",
	    "For how long nothing was heard of it; missing when it never was.");

	if (up != NULL)
		metrics_add_integer(up, NULL, view.state == PEER_UP);
	if (age != NULL && view.heard_us != 0)
		metrics_add_real(age, NULL,
		    (double)(clock_now_us() - view.heard_us) / (double)US_PER_S);
}

/* ---- life ------------------------------------------------------------------ */

/* clang-format off */
static const struct ctl_method no_methods[] = {{0}};

static const struct ctl_kind kinds[] = {
	{"peer", "the other daemon of this node", count_peers, page_peers, get_peer, NULL, NULL,
	 false},
	{0},
};

static const struct ctl_event_type event_types[] = {
	{"peer.up", "the other daemon is heard, and all it has to say is known"},
	{"peer.lost", "the other daemon ended or fell silent"},
	{"peer.changed", "anything else of the other daemon is another"},
	{0},
};
/* clang-format on */

int
peer_new(const struct peer_config *config, struct peer **ret)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	if (peer == NULL)
		return -ENOMEM;
	peer->config = config;
	(void)snprintf(peer->path, sizeof(peer->path), "peer/%.32s", config->daemon);
	*ret = peer;
	return 0;
}

struct peer *
peer_free(struct peer *peer)
{
	if (peer == NULL)
		return NULL;
	peer_link_free(peer->link);
	sd_event_source_disable_unref(peer->later);
	json_decref(peer->told);
	free(peer);
	return NULL;
}

struct ctl_part
peer_part(struct peer *peer)
{
	return (struct ctl_part){.methods = no_methods,
	    .kinds = kinds,
	    .events = event_types,
	    .userdata = peer};
}

static int
add_later(struct peer *peer, sd_event *event)
{
	int r = sd_event_add_time(
	    event, &peer->later, EVENT_CLOCK, 0, 10 * US_PER_MS, on_later, peer);

	if (r >= 0)
		r = sd_event_source_set_priority(peer->later, EVENT_PRIORITY_BULK);
	if (r >= 0)
		r = sd_event_source_set_enabled(peer->later, SD_EVENT_OFF);
	return r;
}

void
peer_open(
    struct peer *peer, sd_event *event, struct ctl_server *server, const char *run_base)
{
	const struct peer_link_config config = {
	    .event = event,
	    .run_base = run_base,
	    .daemon = peer->config->daemon,
	    .types = peer->config->types,
	    .kinds = peer->config->kinds,
	    .silent_us = PEER_SILENT_US,
	    .retry_min_us = PEER_RETRY_MIN_US,
	    .object_changed = on_object_changed,
	    .changed = on_changed,
	    .userdata = peer,
	};
	int r = add_later(peer, event);

	if (r >= 0)
		r = peer_link_new(&config, &peer->link);
	if (r < 0)
		log_warning("link to %s: %s; %s", peer->config->daemon, strerror(-r),
		    peer->config->without);
	peer->server = server;
	peer->told = facts_json(peer);
}

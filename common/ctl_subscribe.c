/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_subscribe.c - subscribers of a daemon's events, each a cursor into the shared
 * ring.
 *
 * What a subscriber gets is one ordered stream that it applies in the order of arrival.
 * A slice of the picture is built only while the subscriber's cursor stands at the head
 * of the ring: then nothing older can follow the slice, and whatever changes afterwards
 * comes behind it. Lines are made only while little is unsent, so a slow reader holds
 * 64 KiB at most; when its cursor is overtaken it is told of the gap and begins with a
 * new picture.
 */
#include "common/ctl_events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/ctl_limits.h"
#include "common/ctl_server_internal.h"
#include "common/units.h"

#define EVENT_TEXT_MAX (16384 - CTL_EVENT_HEAD_SIZE)
#define LINES_A_TURN 64
#define PATTERNS_MAX 16
#define PATTERN_SIZE 65
#define NAME_SIZE 33

enum picture {
	PICTURE_DONE = 0, /* events only */
	PICTURE_BEGIN,
	PICTURE_OBJECTS,
};

struct ctl_sub {
	struct ctl_sub *next; /* of the same connection */
	char name[NAME_SIZE];
	char patterns[PATTERNS_MAX][PATTERN_SIZE]; /* none: every type */
	size_t pattern_count;
	uint64_t cursor; /* the sequence number it wants next */

	enum picture picture;
	size_t kind, item;   /* the next object of the picture */
	uint64_t generation; /* of the objects, when the picture was begun */

	int64_t heartbeat_us; /* 0: none wanted */
	int64_t heard_us;     /* when it last got anything */
};

/* ---- causes -------------------------------------------------------------- */

static const char *
keep_text(char *kept, size_t room, const char *text)
{
	(void)snprintf(kept, room, "%s", text != NULL ? text : "");
	return text != NULL ? kept : NULL;
}

void
ctl_keep_cause(struct ctl_kept_cause *ret, const struct ctl_cause *cause)
{
	static const struct ctl_cause nothing;

	if (cause == NULL)
		cause = &nothing;
	ret->cause = (struct ctl_cause){
	    .by_client = cause->by_client,
	    .uid = cause->uid,
	    .op_id = keep_text(ret->op_id, sizeof(ret->op_id), cause->op_id),
	    .reason = keep_text(ret->reason, sizeof(ret->reason), cause->reason),
	};
}

const struct ctl_cause *
ctl_kept_cause(const struct ctl_kept_cause *kept)
{
	return kept->cause.by_client ? &kept->cause : NULL;
}

/* ---- publishing ---------------------------------------------------------- */

static json_t *
cause_json(const struct ctl_cause *cause)
{
	if (cause == NULL || !cause->by_client)
		return NULL;
	return json_pack("{s:I, s:s*, s:s*}", "uid", (json_int_t)cause->uid, "op_id",
	    cause->op_id, "reason", cause->reason);
}

/* The members of an event as text, without the opening brace: they follow its head.
 * NULL: they are longer than `most`. */
static char *
event_text(const json_t *event, size_t most)
{
	char *text = json_dumps(event, CTL_TEXT_FLAGS | JSON_PRESERVE_ORDER);

	if (text != NULL && strlen(text) > most) {
		free(text);
		return NULL;
	}
	if (text != NULL)
		memmove(text, text + 1, strlen(text));
	return text;
}

static json_t *
event_json(const char *path)
{
	char ts[UNITS_TEXT_SIZE];

	return json_pack("{s:s, s:o}", "ts",
	    units_format_rfc3339(ts, clock_realtime_us()), "path", ctl_msg_text(path));
}

/* As text, without its values where these are too long for a line. */
static char *
short_text(json_t *event, size_t most)
{
	char *text = event_text(event, most);

	if (text != NULL)
		return text;
	(void)json_object_del(event, "old");
	(void)json_object_del(event, "new");
	return event_text(event, most);
}

/* `text`, which ends with a brace, and one member more. */
static char *
with_cause(const char *text, const char *cause)
{
	char *whole;

	if (text == NULL || asprintf(&whole, "%.*s,\"cause\":%s}",
				(int)strlen(text) - 1, text, cause) < 0)
		return NULL;
	return whole;
}

/* Takes out what readers are not told. Returns whether there is any. */
static bool
redact(const struct ctl_server *server, const char *path, json_t *new)
{
	json_t *finding = json_object_get(new, CTL_EVENT_FINDING);

	if (ctl_is_private(server, path))
		ctl_redact(new);
	else if (finding != NULL) /* it quotes the file */
		(void)json_object_del(finding, "text");
	else
		return false;
	return true;
}

/* What readers are not told: causes, and values of what is private. Thousands may have
 * one cause, so an event is not put into words a second time for it. */
static void
add_event(struct ctl_server *server, const char *type, const char *path, json_t *event,
    json_t *cause)
{
	char *cause_text = cause != NULL ? json_dumps(cause, JSON_COMPACT) : NULL;
	size_t cause_len = cause_text != NULL ? strlen(cause_text) : 0;
	char *text = short_text(event, EVENT_TEXT_MAX - cause_len);
	char *full = cause_text != NULL ? with_cause(text, cause_text) : NULL;
	char *redacted = NULL;

	if (redact(server, path, json_object_get(event, "new")))
		redacted = short_text(event, EVENT_TEXT_MAX);
	/* Without text the number is used up, so that everyone sees the gap. */
	if (cause != NULL)
		(void)ctl_ring_add(
		    server->ring, type, full, redacted != NULL ? redacted : text);
	else
		(void)ctl_ring_add(server->ring, type, text, redacted);
	free(cause_text);
	free(text);
	free(full);
	free(redacted);
}

/* Puts a member in that may be NULL, and takes it over. */
static void
put(json_t *event, const char *name, json_t *value)
{
	if (value != NULL)
		(void)json_object_set_new(event, name, value);
}

void
ctl_publish(struct ctl_server *server, const char *type, const char *path,
    const struct ctl_cause *cause, json_t *old, json_t *new)
{
	json_t *event = event_json(path), *cause_of = cause_json(cause);

	put(event, "old", old);
	put(event, "new", new);
	add_event(server, type, path, event, cause_of);
	json_decref(cause_of);
	json_decref(event);
	for (struct ctl_conn *conn = server->conns; conn != NULL; conn = conn->next)
		if (conn->subs != NULL)
			ctl_conn_wake(conn);
}

bool
ctl_has_subscribers(const struct ctl_server *server)
{
	const struct ctl_conn *conn = server->conns;

	while (conn != NULL && conn->subs == NULL)
		conn = conn->next;
	return conn != NULL;
}

void
ctl_objects_moved(struct ctl_server *server)
{
	server->generation++;
}

/* ---- one subscriber's stream --------------------------------------------- */

static bool
wants(const struct ctl_sub *sub, const char *type)
{
	if (sub->pattern_count == 0)
		return true;
	for (size_t i = 0; i < sub->pattern_count; i++)
		if (ctl_ring_matches(sub->patterns[i], type))
			return true;
	return false;
}

static void
begin_picture(struct ctl_sub *sub, const struct ctl_server *server)
{
	sub->picture = PICTURE_BEGIN;
	sub->kind = sub->item = 0;
	sub->generation = server->generation;
}

static void
tell(struct ctl_conn *conn, struct ctl_sub *sub, const char *method, json_t *params)
{
	sub->heard_us = clock_now_us();
	ctl_conn_send(conn, ctl_msg_notification(method, params));
}

/* The cursor was overtaken: what was lost is in the picture that follows. */
static void
tell_gap(struct ctl_conn *conn, struct ctl_sub *sub)
{
	const struct ctl_ring *ring = conn->server->ring;

	tell(conn, sub, "gap",
	    json_pack("{s:s, s:I, s:I}", "sub", sub->name, "from",
		(json_int_t)sub->cursor, "to", (json_int_t)ctl_ring_tail(ring) - 1));
	sub->cursor = ctl_ring_head(ring);
	begin_picture(sub, conn->server);
}

/* Asked each time: a client may give up its rights while it is subscribed. */
static bool
is_redacted(const struct ctl_conn *conn)
{
	return conn->role == CTL_ROLE_READ;
}

const char *
ctl_event_head(const struct ctl_server *server, const struct ctl_event *event,
    char buf[CTL_EVENT_HEAD_SIZE])
{
	(void)snprintf(buf, CTL_EVENT_HEAD_SIZE,
	    "\"epoch\":\"%s\",\"seq\":%" PRIu64 ",\"type\":\"%s\",", server->epoch,
	    event->seq, event->type);
	return buf;
}

static void
tell_event(struct ctl_conn *conn, struct ctl_sub *sub, const struct ctl_event *event)
{
	static const char head[] =
	    "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"sub\":\"";
	char members[CTL_EVENT_HEAD_SIZE];
	const char *text = is_redacted(conn) && event->redacted != NULL
			       ? event->redacted
			       : event->full;

	sub->cursor = event->seq + 1;
	if (!wants(sub, event->type))
		return;
	sub->heard_us = clock_now_us();
	ctl_conn_send_text(
	    conn, (const char *const[]){head, sub->name, "\",",
		      ctl_event_head(conn->server, event, members), text, "}\n", NULL});
}

/* The next page of objects, or the end of the picture. */
static void
tell_objects(struct ctl_conn *conn, struct ctl_sub *sub)
{
	const struct ctl_server_config *config = &conn->server->config;
	const struct ctl_kind_of *of = &conn->server->kinds[sub->kind];
	json_t *page, *object;
	size_t i;

	if (of->kind == NULL) {
		sub->picture = PICTURE_DONE;
		tell(conn, sub, "synced",
		    json_pack("{s:s, s:I, s:b}", "sub", sub->name, "seq",
			(json_int_t)sub->cursor - 1, "settled",
			config->settled == NULL || config->settled(config->userdata)));
		return;
	}
	/* A kind that is only listed is another view of the same objects. */
	page = of->kind->object != NULL
		   ? of->kind->page(of->userdata, sub->item, CTL_PICTURE_SLICE)
		   : NULL;
	sub->item += json_array_size(page);
	json_array_foreach (page, i, object) {
		if (is_redacted(conn))
			ctl_redact_object(of->kind, object);
		tell(conn, sub, "object",
		    json_pack("{s:s, s:I, s:O}", "sub", sub->name, "seq",
			(json_int_t)sub->cursor - 1, "object", object));
	}
	if (json_array_size(page) == 0) {
		sub->kind++;
		sub->item = 0;
	}
	json_decref(page);
}

static void
tell_picture(struct ctl_conn *conn, struct ctl_sub *sub)
{
	if (sub->picture == PICTURE_BEGIN) {
		sub->picture = PICTURE_OBJECTS;
		tell(conn, sub, "reset",
		    json_pack("{s:s, s:I}", "sub", sub->name, "seq",
			(json_int_t)sub->cursor - 1));
	} else if (sub->generation != conn->server->generation) {
		begin_picture(sub, conn->server);
	} else {
		tell_objects(conn, sub);
	}
}

/* Whether something is due that may be sent now. */
static bool
has_work(const struct ctl_conn *conn, const struct ctl_sub *sub)
{
	return sub->cursor < ctl_ring_head(conn->server->ring) ||
	       sub->picture != PICTURE_DONE;
}

/* One line, or one slice of the picture. */
static void
advance(struct ctl_conn *conn, struct ctl_sub *sub)
{
	const struct ctl_ring *ring = conn->server->ring;
	const struct ctl_event *event = ctl_ring_get(ring, sub->cursor);

	if (event != NULL)
		tell_event(conn, sub, event);
	else if (sub->cursor < ctl_ring_head(ring))
		tell_gap(conn, sub);
	else
		tell_picture(conn, sub);
}

bool
ctl_subs_have_work(const struct ctl_conn *conn)
{
	if (conn->out_len >= CTL_UNSENT_PAUSE)
		return false;
	for (const struct ctl_sub *sub = conn->subs; sub != NULL; sub = sub->next)
		if (has_work(conn, sub))
			return true;
	return false;
}

void
ctl_subs_work(struct ctl_conn *conn)
{
	for (unsigned lines = 0; lines < LINES_A_TURN; lines++) {
		struct ctl_sub *sub = conn->subs;

		while (sub != NULL && !has_work(conn, sub))
			sub = sub->next;
		if (sub == NULL || conn->dead || conn->closing ||
		    conn->out_len >= CTL_UNSENT_PAUSE)
			return;
		/* A slice of objects is a turn's work by itself. */
		if (sub->picture == PICTURE_OBJECTS)
			lines += LINES_A_TURN;
		advance(conn, sub);
	}
}

void
ctl_subs_finish(struct ctl_conn *conn)
{
	const struct ctl_ring *ring = conn->server->ring;
	const struct ctl_event *event;

	for (struct ctl_sub *sub = conn->subs; sub != NULL; sub = sub->next)
		while (!conn->dead && conn->out_len < CTL_UNSENT_PAUSE &&
		       (event = ctl_ring_get(ring, sub->cursor)) != NULL)
			tell_event(conn, sub, event);
}

void
ctl_subs_check_time(struct ctl_conn *conn, int64_t now_us)
{
	for (struct ctl_sub *sub = conn->subs; sub != NULL; sub = sub->next) {
		if (sub->heartbeat_us == 0 || conn->out_len >= CTL_UNSENT_PAUSE ||
		    now_us - sub->heard_us < sub->heartbeat_us - US_PER_S / 2)
			continue;
		tell(conn, sub, "heartbeat",
		    json_pack("{s:s, s:I}", "sub", sub->name, "seq",
			(json_int_t)sub->cursor - 1));
	}
}

/* ---- subscribing --------------------------------------------------------- */

static struct ctl_sub **
find_sub(struct ctl_conn *conn, const char *name, size_t *ret_count)
{
	struct ctl_sub **at = &conn->subs, **found = NULL;

	*ret_count = 0;
	for (; *at != NULL; at = &(*at)->next, ++*ret_count)
		if (strcmp((*at)->name, name) == 0)
			found = at;
	return found;
}

void
ctl_subs_free(struct ctl_conn *conn)
{
	struct ctl_sub *next;

	for (struct ctl_sub *sub = conn->subs; sub != NULL; sub = next) {
		next = sub->next;
		free(sub);
	}
	conn->subs = NULL;
}

static bool
take_patterns(struct ctl_sub *sub, const json_t *types)
{
	size_t i;
	json_t *type;

	if (json_array_size(types) > PATTERNS_MAX)
		return false;
	json_array_foreach (types, i, type) {
		const char *text = json_string_value(type);

		if (text == NULL || strlen(text) >= PATTERN_SIZE)
			return false;
		strcpy(sub->patterns[sub->pattern_count++], text);
	}
	return true;
}

/* Where the stream begins: behind `since` when all that followed is still there, else
 * at the head with a picture. Returns whether it resumes. */
static bool
take_start(struct ctl_sub *sub, const struct ctl_server *server, const json_t *params)
{
	const json_t *since = json_object_get(params, "since");
	const char *epoch = ctl_params_text(since, "epoch", "");
	const char *snapshot = ctl_params_text(params, "snapshot", "if-needed");
	uint64_t seq = (uint64_t)ctl_params_integer(since, "seq", 0);
	bool resumes = since != NULL && strcmp(epoch, server->epoch) == 0 &&
		       seq + 1 >= ctl_ring_tail(server->ring) &&
		       seq + 1 <= ctl_ring_head(server->ring);

	sub->cursor = resumes ? seq + 1 : ctl_ring_head(server->ring);
	if (strcmp(snapshot, "always") == 0 ||
	    (strcmp(snapshot, "if-needed") == 0 && !resumes))
		begin_picture(sub, server);
	return resumes;
}

/* What is wrong with the parameters beyond their types, or NULL. */
static const char *
check_subscribe(struct ctl_sub *sub, const json_t *params)
{
	const char *name = ctl_params_text(params, "sub", "");
	const char *snapshot = ctl_params_text(params, "snapshot", "if-needed");
	const json_t *since = json_object_get(params, "since");

	if (strspn(name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"._-") != strlen(name))
		return "\"sub\" takes letters, digits and . _ -";
	if (!take_patterns(sub, json_object_get(params, "types")))
		return "\"types\" takes up to 16 patterns such as \"instance.*\"";
	if (strcmp(snapshot, "if-needed") != 0 && strcmp(snapshot, "always") != 0 &&
	    strcmp(snapshot, "never") != 0)
		return "\"snapshot\" is if-needed, always or never";
	if (since != NULL && (!json_is_string(json_object_get(since, "epoch")) ||
				 !json_is_integer(json_object_get(since, "seq"))))
		return "\"since\" is {\"epoch\": TEXT, \"seq\": NUMBER}";
	strcpy(sub->name, name);
	return NULL;
}

static void
refuse_sub(struct ctl_call *call, const char *name, bool is_taken)
{
	if (is_taken)
		ctl_call_fail(call, CTL_INVALID_PARAMS,
		    json_pack("{s:s, s:s}", "path", "params.sub", "expected",
			"a name that has no subscription yet"),
		    "\"%s\" is subscribed already", name);
	else
		ctl_call_fail(call, CTL_TOO_MANY,
		    json_pack("{s:i}", "max", CTL_SUBS_MAX),
		    "this connection has %d subscriptions already", CTL_SUBS_MAX);
}

void
ctl_do_subscribe(void *userdata, struct ctl_call *call)
{
	struct ctl_server *server = userdata;
	struct ctl_conn *conn = call->owner;
	struct ctl_sub *sub = calloc(1, sizeof(*sub));
	const char *wrong = sub != NULL ? check_subscribe(sub, call->params) : NULL;
	size_t count;

	if (sub == NULL || wrong != NULL) {
		ctl_call_fail(call, sub == NULL ? CTL_INTERNAL : CTL_INVALID_PARAMS,
		    NULL, "%s", sub == NULL ? "out of memory" : wrong);
		free(sub);
		return;
	}
	struct ctl_sub **same = find_sub(conn, sub->name, &count);
	if (same != NULL || count >= CTL_SUBS_MAX) {
		refuse_sub(call, sub->name, same != NULL);
		free(sub);
		return;
	}
	sub->heartbeat_us =
	    ctl_params_integer(call->params, "heartbeat_ms", 0) * US_PER_MS;
	sub->heard_us = clock_now_us();

	bool resumed = take_start(sub, server, call->params);

	ctl_call_reply(call, json_pack("{s:b, s:s, s:I}", "resumed", resumed, "epoch",
				 server->epoch, "seq", (json_int_t)sub->cursor - 1));
	sub->next = conn->subs;
	conn->subs = sub;
	if (server->config.subscribed != NULL)
		server->config.subscribed(server->config.userdata);
	ctl_conn_wake(conn);
}

void
ctl_do_unsubscribe(void *userdata, struct ctl_call *call)
{
	const char *name = ctl_params_text(call->params, "sub", "");
	size_t count;
	struct ctl_sub **at = find_sub(call->owner, name, &count);

	(void)userdata;
	if (at == NULL) {
		ctl_call_fail(
		    call, CTL_NOT_FOUND, NULL, "there is no subscription \"%s\"", name);
		return;
	}

	struct ctl_sub *sub = *at;

	*at = sub->next;
	free(sub);
	ctl_call_reply(call, json_object());
}

/* SPDX-License-Identifier: Apache-2.0 */
/* peer_talk.c - what the other daemon says on a connection, line by line, and what it
 * means. */
#include "common/peer_talk.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/ctl_msg.h"

#define REQUEST_ID 1
#define SUB "peer"

/* The end of a connection: it cannot be gone on from here. */
static enum peer_talk_next __attribute__((format(printf, 2, 3)))
broken(struct peer_talk *talk, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(talk->error, sizeof(talk->error), format, args);
	va_end(args);
	talk->can_resume = false;
	return PEER_TALK_BROKEN;
}

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static void
note_seq(struct peer_talk *talk, const json_t *params)
{
	const json_t *seq = json_object_get(params, "seq");

	if (json_is_integer(seq))
		talk->seq = json_integer_value(seq);
}

/* ---- greeting and answer --------------------------------------------------- */

static enum peer_talk_next
take_greeting(struct peer_talk *talk, const json_t *hello)
{
	const char *epoch = text_of(hello, "epoch");
	json_int_t major = json_integer_value(json_object_get(hello, "major"));

	if (strcmp(text_of(hello, "proto"), CTL_PROTOCOL) != 0 || epoch[0] == '\0' ||
	    strlen(epoch) >= sizeof(talk->epoch))
		return broken(talk, "no greeting of this protocol");
	if (major != CTL_MAJOR) {
		(void)snprintf(talk->error, sizeof(talk->error),
		    "speaks version %" JSON_INTEGER_FORMAT " of the protocol, not %d",
		    major, CTL_MAJOR);
		return PEER_TALK_VERSION;
	}
	if (strcmp(text_of(hello, "daemon"), talk->daemon) != 0)
		return broken(talk, "\"%.32s\" answers", text_of(hello, "daemon"));
	if (strcmp(talk->epoch, epoch) != 0)
		talk->can_resume = false;
	(void)snprintf(talk->epoch, sizeof(talk->epoch), "%s", epoch);
	(void)snprintf(
	    talk->version, sizeof(talk->version), "%s", text_of(hello, "version"));
	(void)snprintf(talk->phase, sizeof(talk->phase), "%s", text_of(hello, "phase"));
	talk->stage = PEER_TALK_ANSWER;
	return PEER_TALK_ASK;
}

json_t *
peer_talk_request(const struct peer_talk *talk)
{
	json_t *types = json_array();
	json_t *params;

	for (const char *const *type = talk->types; *type != NULL; type++)
		(void)json_array_append_new(types, json_string(*type));
	params = json_pack("{s:s, s:o, s:i}", "sub", SUB, "types", types,
	    "heartbeat_ms", PEER_HEARTBEAT_MS);
	if (talk->can_resume && params != NULL)
		(void)json_object_set_new(params, "since",
		    json_pack("{s:s, s:I}", "epoch", talk->epoch, "seq",
			(json_int_t)talk->seq));
	return ctl_msg_request(REQUEST_ID, "subscribe", params);
}

static enum peer_talk_next
take_answer(struct peer_talk *talk, const json_t *message)
{
	const json_t *result = json_object_get(message, "result");

	if (!json_is_object(result))
		return broken(talk, "no answer to the subscription");
	if (json_is_true(json_object_get(result, "resumed"))) {
		talk->stage = PEER_TALK_EVENTS;
		return PEER_TALK_GO_ON;
	}
	talk->can_resume = false;
	talk->stage = PEER_TALK_PICTURE;
	note_seq(talk, result);
	return PEER_TALK_GO_ON;
}

/* "too many connections" comes in place of the greeting. */
static enum peer_talk_next
take_error(struct peer_talk *talk, const json_t *error)
{
	(void)snprintf(
	    talk->error, sizeof(talk->error), "%.120s", text_of(error, "message"));
	return PEER_TALK_REFUSED;
}

/* ---- the stream ------------------------------------------------------------ */

static enum peer_talk_next
take_object(struct peer_talk *talk, const json_t *object)
{
	int r = peer_mirror_set(talk->mirror, text_of(object, "path"), object);

	return r < 0 ? broken(talk, "too much to remember: %s", strerror(-r))
		     : PEER_TALK_GO_ON;
}

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static bool
is_removal(const char *type)
{
	return ends_with(type, ".removed") || ends_with(type, ".released") ||
	       ends_with(type, ".expired");
}

static void
take_settled(struct peer_talk *talk)
{
	talk->settled = true;
	/* A picture that is not whole will say so at its end. */
	if (talk->stage == PEER_TALK_EVENTS)
		peer_mirror_settled(talk->mirror);
}

static enum peer_talk_next
take_event(struct peer_talk *talk, const json_t *params)
{
	const char *type = text_of(params, "type"), *path = text_of(params, "path");
	const json_t *new = json_object_get(params, "new");

	if (strcmp(type, "daemon.settled") == 0)
		take_settled(talk);
	else if (strcmp(type, "daemon.stopping") == 0)
		(void)snprintf(talk->phase, sizeof(talk->phase), "stopping");
	else if (!peer_mirror_keeps(talk->mirror, path))
		return PEER_TALK_GO_ON;
	else if (is_removal(type))
		peer_mirror_remove(talk->mirror, path);
	else if (!json_is_object(new))
		/* Its values made too long a line; a new picture has them. */
		return broken(talk, "%.64s without its values", type);
	else if (peer_mirror_set(talk->mirror, path, new) < 0)
		return broken(talk, "too much to remember");
	return PEER_TALK_GO_ON;
}

static void
begin_picture(struct peer_talk *talk)
{
	talk->stage = PEER_TALK_PICTURE;
	talk->can_resume = false;
	peer_mirror_begin(talk->mirror);
}

static void
end_picture(struct peer_talk *talk, const json_t *params)
{
	talk->stage = PEER_TALK_EVENTS;
	talk->settled = !json_is_false(json_object_get(params, "settled"));
	talk->can_resume = true;
	peer_mirror_whole(talk->mirror, talk->settled);
}

/* What else there is: a heartbeat, and what a newer one may have. */
static enum peer_talk_next
take_notification(struct peer_talk *talk, const char *method, const json_t *params)
{
	enum peer_talk_next next = PEER_TALK_GO_ON;

	if (talk->stage < PEER_TALK_PICTURE)
		return broken(talk, "\"%.32s\" without a subscription", method);
	note_seq(talk, params);
	if (strcmp(method, "object") == 0)
		next = take_object(talk, json_object_get(params, "object"));
	else if (strcmp(method, "event") == 0)
		next = take_event(talk, params);
	else if (strcmp(method, "reset") == 0 || strcmp(method, "gap") == 0)
		begin_picture(talk);
	else if (strcmp(method, "synced") == 0)
		end_picture(talk, params);
	return next;
}

/* ---- lines ----------------------------------------------------------------- */

void
peer_talk_begin(struct peer_talk *talk)
{
	talk->stage = PEER_TALK_GREETING;
	talk->error[0] = '\0';
}

static enum peer_talk_next
take_message(struct peer_talk *talk, const json_t *message)
{
	const char *method = text_of(message, "method");
	const json_t *params = json_object_get(message, "params");
	const json_t *error = json_object_get(message, "error");

	if (error != NULL)
		return take_error(talk, error);
	if (talk->stage == PEER_TALK_GREETING)
		return strcmp(method, "hello") == 0
			   ? take_greeting(talk, params)
			   : broken(talk, "no greeting came first");
	if (talk->stage == PEER_TALK_ANSWER && method[0] == '\0')
		return take_answer(talk, message);
	return take_notification(talk, method, params);
}

enum peer_talk_next
peer_talk_take(struct peer_talk *talk, const char *line, size_t len)
{
	struct ctl_error error = {0};
	enum peer_talk_next next;
	json_t *message;

	/* Small lines can become large trees: the limits of a request hold here too. */
	if (ctl_msg_weigh(line, len, &error) != CTL_OK) {
		ctl_error_done(&error);
		return broken(talk, "a line that is too long or too deep");
	}
	message = ctl_msg_parse(line, len);
	if (message == NULL)
		return broken(talk, "a line that is no JSON object");
	next = take_message(talk, message);
	json_decref(message);
	return next;
}

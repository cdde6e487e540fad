/* SPDX-License-Identifier: Apache-2.0 */
/* picture.c - what a subscriber knows of a daemon, from its snapshot and its events. */
#include "tests/unit/picture.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/ctl_talk.h"

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

/* What differs from one moment to the next, and what an event tells in its cause. */
static void
put_object(struct picture *picture, const char *path, json_t *object)
{
	static const char *const passing[] = {"left_ms", "uid", "reason"};
	json_t *copy = json_deep_copy(object);

	for (size_t i = 0; i < COUNT_OF(passing); i++)
		(void)json_object_del(copy, passing[i]);
	(void)json_object_set_new(picture->objects, path, copy);
}

static void
take_event(struct picture *picture, const json_t *event)
{
	const char *type = text_of(event, "type"), *path = text_of(event, "path");
	json_t *new = json_object_get(event, "new");
	json_t *known = json_object_get(picture->objects, path);

	picture->seq = json_integer_value(json_object_get(event, "seq"));
	if (strcmp(type, "lease.released") == 0 || strcmp(type, "lease.expired") == 0 ||
	    strcmp(type, "thing.removed") == 0)
		(void)json_object_del(picture->objects, path);
	else if (strncmp(type, "lease.", strlen("lease.")) == 0 ||
		 strcmp(type, "thing.added") == 0)
		put_object(picture, path, new);
	else if (known != NULL && strcmp(type, "thing.changed") == 0)
		(void)json_object_update(known, new);
}

/* Takes one message in; false when the picture is whole. */
static bool
take_message(struct picture *picture, const json_t *message)
{
	const char *method = text_of(message, "method");
	const json_t *params = json_object_get(message, "params");
	json_t *object = json_object_get(params, "object");

	if (strcmp(method, "reset") == 0)
		(void)json_object_clear(picture->objects);
	else if (strcmp(method, "object") == 0)
		put_object(picture, text_of(object, "path"), object);
	else if (strcmp(method, "event") == 0)
		take_event(picture, params);
	else if (strcmp(method, "synced") == 0)
		picture->seq = json_integer_value(json_object_get(params, "seq"));
	return strcmp(method, "synced") != 0;
}

/* The number of the last event there is. */
static int64_t
last_seq(void)
{
	json_t *tail = ask("log.tail", "{\"count\":1}");
	int64_t seq = json_integer_value(json_object_get(tail, "seq"));

	json_decref(tail);
	return seq;
}

void
bring_up_to_date(struct picture *picture)
{
	int64_t last = last_seq();
	int fd = connect_client("admin");
	char params[160] = "{\"sub\":\"s\"}";

	if (picture->epoch[0] != '\0')
		(void)snprintf(params, sizeof(params),
		    "{\"sub\":\"s\",\"since\":{\"epoch\":\"%s\",\"seq\":%lld}}",
		    picture->epoch, (long long)picture->seq);
	say(fd, "subscribe", params);
	json_t *result = result_in(next(fd));
	bool resumed = json_is_true(json_object_get(result, "resumed"));
	(void)snprintf(
	    picture->epoch, sizeof(picture->epoch), "%s", text_of(result, "epoch"));
	json_decref(result);
	for (bool more = true; resumed ? picture->seq < last : more;) {
		json_t *message = next(fd);

		assert_non_null(message);
		more = take_message(picture, message);
		json_decref(message);
	}
	hang_up(fd);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_talk.c - a client of a control socket in the same process as its daemon. */
#include "tests/unit/ctl_talk.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/ctl_line.h"
#include "common/ctl_msg.h"
#include "common/units.h"

#define PATIENCE 100 /* turns of the loop of 10 ms */

sd_event *talk_event;
const char *talk_run_dir;

static struct ctl_lines incoming = {.max = CTL_RESPONSE_MAX};

void
pump(void)
{
	while (talk_event != NULL && sd_event_run(talk_event, 0) > 0)
		;
}

json_t *
next(int fd)
{
	const char *line;
	size_t len, room;

	for (unsigned tries = 0; !ctl_lines_take(&incoming, &line, &len);) {
		pump();
		char *space = ctl_lines_space(&incoming, &room);
		ssize_t n = recv(fd, space, room, 0);
		/* An answer may wait for the disk. */
		if (n < 0 && tries++ < PATIENCE && talk_event != NULL) {
			(void)sd_event_run(talk_event, US_PER_S / 100);
			n = recv(fd, space, room, 0);
			if (n < 0)
				continue;
		}
		if (n <= 0)
			return NULL;
		ctl_lines_filled(&incoming, (size_t)n);
	}
	return ctl_msg_parse(line, len);
}

int
connect_client(const char *role)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int len = snprintf(address.sun_path, sizeof(address.sun_path),
	    "%.80s/control.sock", talk_run_dir);
	char text[128];

	assert_true(len > 0);
	assert_int_equal(
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	json_decref(next(fd)); /* hello */
	(void)snprintf(text, sizeof(text),
	    "{\"id\":0,\"method\":\"session.drop\",\"params\":{\"role\":\"%s\"}}\n",
	    role);
	(void)send(fd, text, strlen(text), 0);
	json_decref(next(fd));
	return fd;
}

void
hang_up(int fd)
{
	(void)close(fd);
	ctl_lines_done(&incoming);
	pump();
}

void
say(int fd, const char *method, const char *params)
{
	char text[2048];
	int len = snprintf(text, sizeof(text),
	    "{\"id\":1,\"method\":\"%s\",\"params\":%s}\n", method, params);

	assert_true(len > 0 && (size_t)len < sizeof(text));
	assert_int_equal(send(fd, text, (size_t)len, 0), len);
	pump();
}

json_t *
ask_as(const char *role, const char *method, const char *params)
{
	int fd = connect_client(role);

	say(fd, method, params);
	json_t *message = next(fd);
	hang_up(fd);
	return message;
}

json_t *
result_in(json_t *message)
{
	json_t *result = json_incref(json_object_get(message, "result"));

	if (result == NULL)
		fail_msg("%s", json_dumps(message, 0));
	json_decref(message);
	return result;
}

json_t *
ask(const char *method, const char *params)
{
	return result_in(ask_as("admin", method, params));
}

void
assert_error(json_t *message, const char *name)
{
	json_t *data = json_object_get(json_object_get(message, "error"), "data");

	if (data == NULL)
		fail_msg("%s", json_dumps(message, 0));
	assert_string_equal(json_string_value(json_object_get(data, "name")), name);
	json_decref(message);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_test.c - config.test: what a reload would say of the configuration. */
#include "common/ctl_test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_call.h"
#include "common/helper.h"
#include "common/log.h"
#include "common/units.h"

#define RETRY_MS 1000 /* for who comes while another one waits */
#define ROOM_FIRST ((size_t)16 * 1024)
#define ROOM_MOST ((size_t)CTL_RESPONSE_MAX - 1024) /* less an answer's envelope */

/* ---- the answer ------------------------------------------------------------ */

/* Makes the next test possible. Returns the call that waited. */
static struct ctl_call *
end(struct ctl_test *test)
{
	struct ctl_call *call = test->call;

	helper_wait_end(&test->wait);
	test->call = NULL;
	return call;
}

static void
forget_text(struct ctl_test *test)
{
	free(test->text);
	test->text = NULL;
	test->len = test->room = 0;
}

/* The text is the number of an error, a newline, the findings, and a newline; without
 * the last one it was cut off. */
static void
answer(struct ctl_test *test)
{
	struct ctl_call *call = end(test);
	bool whole = test->len > 0 && test->text[test->len - 1] == '\n';
	char *findings = whole ? strchr(test->text, '\n') : NULL;
	int error = whole ? (int)strtol(test->text, NULL, 10) : 0;

	if (findings == NULL || findings + 1 == test->text + test->len) {
		ctl_call_fail(call, CTL_INTERNAL, NULL,
		    "the configuration could not be checked, or it took too long");
	} else if (error < 0) {
		ctl_call_fail(call, CTL_IO, json_loads(findings, 0, NULL),
		    "cannot read the configuration: %s", strerror(-error));
	} else {
		test->text[test->len - 1] = '\0';
		ctl_call_reply_text(call, findings + 1);
	}
	forget_text(test);
}

/* Room for more, and for the end of a text. */
static bool
make_room(struct ctl_test *test)
{
	size_t room = test->room == 0 ? ROOM_FIRST : 2 * test->room;
	char *text;

	if (test->room > test->len + 1)
		return true;
	text = room <= 2 * ROOM_MOST ? realloc(test->text, room) : NULL;
	if (text == NULL)
		return false;
	test->text = text;
	test->room = room;
	return true;
}

static int
on_text(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct ctl_test *test = userdata;
	ssize_t len;

	(void)source;
	(void)revents;
	if (!make_room(test) || test->len > ROOM_MOST) {
		forget_text(test);
		ctl_call_fail(end(test), CTL_TOO_BIG, NULL,
		    "the findings are too long for an answer");
		return 0;
	}
	len = read(fd, test->text + test->len, test->room - test->len - 1);
	if (len > 0)
		test->len += (size_t)len;
	else if (len == 0 || errno != EAGAIN) {
		test->text[test->len] = '\0';
		answer(test);
	}
	return 0;
}

static int
on_late(sd_event_source *source, uint64_t at_us, void *userdata)
{
	struct ctl_test *test = userdata;

	(void)source;
	(void)at_us;
	log_warning("control: config.test had no answer: %s", helper_strerror(-EAGAIN));
	ctl_call_fail(end(test), CTL_IO, NULL, "the configuration was not checked: %s",
	    helper_strerror(-EAGAIN));
	forget_text(test);
	return 0;
}

/* ---- the request ------------------------------------------------------------ */

/* Answers the call when it comes too soon. */
static bool
is_too_soon(struct ctl_test *test, struct ctl_call *call)
{
	int64_t now_us = clock_now_us();
	int64_t next_us =
	    test->reader_us != 0 ? test->reader_us + CTL_TEST_READERS_US : now_us;

	if (test->call != NULL) {
		ctl_call_fail(call, CTL_BUSY, json_pack("{s:i}", "retry_ms", RETRY_MS),
		    "the configuration is being checked for somebody else");
		return true;
	}
	if (call->role > CTL_ROLE_READ)
		return false;
	if (next_us > now_us) {
		ctl_call_fail(call, CTL_BUSY,
		    json_pack("{s:I}", "retry_ms",
			(json_int_t)((next_us - now_us) / US_PER_MS + 1)),
		    "the configuration was checked for a reader a moment ago; for "
		    "operators there is no such limit");
		return true;
	}
	test->reader_us = now_us;
	return false;
}

static int
start(struct ctl_test *test, bool redacted)
{
	int fd;
	int r = *test->helper != NULL ? helper_test_config(*test->helper, redacted, &fd)
				      : -EPIPE;

	if (r == 0)
		r = helper_wait(&test->wait, test->event, fd, HELPER_TASK_WAIT_US,
		    on_text, on_late, test);
	return r;
}

static void
do_test(void *userdata, struct ctl_call *call)
{
	struct ctl_test *test = userdata;
	int r;

	if (is_too_soon(test, call))
		return;
	r = start(test, call->role == CTL_ROLE_READ);
	if (r < 0)
		ctl_call_fail(call, CTL_IO, NULL,
		    "nobody can read the configuration: %s", helper_strerror(r));
	else
		test->call = call;
}

/* clang-format off */
static const struct ctl_method methods[] = {
	{"config.test", CTL_ROLE_READ, false, NULL, do_test,
	 "what a reload would say of the configuration; to readers, where only"},
	{0},
};
/* clang-format on */

struct ctl_part
ctl_test_part(struct ctl_test *test)
{
	return (struct ctl_part){.methods = methods, .userdata = test};
}

void
ctl_test_close(struct ctl_test *test)
{
	struct ctl_call *call = end(test);

	if (call != NULL)
		ctl_call_fail(call, CTL_UNAVAILABLE, NULL, "the daemon is stopping");
	forget_text(test);
}

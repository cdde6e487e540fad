/* SPDX-License-Identifier: Apache-2.0 */
/* peer_fixture.c - a link to the other daemon, and the other daemon played by the test.
 */
#include "tests/unit/peer_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_msg.h"

#define PATIENCE_US (5 * US_PER_S)

static const char *
state_of(const json_t *members)
{
	return json_string_value(json_object_get(members, "state"));
}

const struct peer_kind peer_kinds[] = {{"vs", state_of}, {0}};
const char *const peer_types[] = {"vs.*", "daemon.*", NULL};

static void
on_changed(void *userdata)
{
	struct fixture *f = userdata;
	const struct peer_view view = peer_link_view(f->link);
	const char *why = peer_why_name(view.why);
	char text[64];
	size_t len = strlen(f->states), text_len;

	(void)snprintf(text, sizeof(text), "%s%s%s ", peer_state_name(view.state),
	    why != NULL ? "/" : "", why != NULL ? why : "");
	text_len = strlen(text);
	if (len >= text_len && strcmp(f->states + len - text_len, text) == 0)
		return;
	(void)snprintf(f->states + len, sizeof(f->states) - len, "%s", text);
}

static void
on_object(void *userdata, const char *path, const char *old, const char *state)
{
	struct fixture *f = userdata;

	assert_non_null(path);
	assert_true(old != NULL || state != NULL);
	f->changes++;
}

void
listen_there(struct fixture *f)
{
	f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	(void)unlink(f->address.sun_path);
	assert_int_equal(
	    bind(f->listener, (const struct sockaddr *)&f->address, sizeof(f->address)),
	    0);
	assert_int_equal(listen(f->listener, 4), 0);
}

int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char path[96];

	strcpy(f->dir, "/tmp/haven-peer-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(path, sizeof(path), "%s/checkd", f->dir);
	assert_int_equal(mkdir(path, 0755), 0);
	f->address.sun_family = AF_UNIX;
	(void)snprintf(f->address.sun_path, sizeof(f->address.sun_path),
	    "%.80s/checkd/public.sock", f->dir);
	f->fd = f->listener = -1;
	strcpy(f->states, "never ");
	assert_true(sd_event_new(&f->event) >= 0);
	const struct peer_link_config config = {
	    .event = f->event,
	    .run_base = f->dir,
	    .daemon = "checkd",
	    .types = peer_types,
	    .kinds = peer_kinds,
	    .silent_us = SILENT_US,
	    .retry_min_us = RETRY_US,
	    .object_changed = on_object,
	    .changed = on_changed,
	    .userdata = f,
	};
	assert_int_equal(peer_link_new(&config, &f->link), 0);
	*state = f;
	return 0;
}

int
teardown(void **state)
{
	struct fixture *f = *state;
	char path[96];

	peer_link_free(f->link);
	sd_event_unref(f->event);
	if (f->fd >= 0)
		(void)close(f->fd);
	if (f->listener >= 0)
		(void)close(f->listener);
	(void)unlink(f->address.sun_path);
	(void)snprintf(path, sizeof(path), "%s/checkd", f->dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

void
turn(struct fixture *f)
{
	assert_true(sd_event_run(f->event, 5 * US_PER_MS) >= 0);
}

/* Until nothing is left to be done now. */
void
pump(struct fixture *f)
{
	while (sd_event_run(f->event, 0) > 0)
		;
}

/* The other daemon takes the next connection of the link. */
void
accept_link(struct fixture *f)
{
	int64_t until_us = clock_now_us() + PATIENCE_US;

	if (f->fd >= 0)
		(void)close(f->fd);
	do {
		turn(f);
		f->fd = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	} while (f->fd < 0 && clock_now_us() < until_us);
	assert_true(f->fd >= 0);
	f->heard[0] = '\0';
}

/* Sends all of it, letting the link read; to a link that hangs up, what it takes. */
void
say_bytes(struct fixture *f, const char *bytes, size_t len)
{
	int64_t until_us = clock_now_us() + PATIENCE_US;

	while (len > 0 && clock_now_us() < until_us) {
		ssize_t n = send(f->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno != EAGAIN)
			return;
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
		turn(f);
	}
}

void
say(struct fixture *f, const char *line)
{
	char text[1024];
	int len = snprintf(text, sizeof(text), "%s\n", line);

	assert_true(len > 0 && (size_t)len < sizeof(text));
	say_bytes(f, text, (size_t)len);
	pump(f);
}

/* The request the link sends. The caller releases it. */
json_t *
hear(struct fixture *f)
{
	int64_t until_us = clock_now_us() + PATIENCE_US;
	size_t len = strlen(f->heard);

	while (strchr(f->heard, '\n') == NULL && clock_now_us() < until_us) {
		turn(f);
		ssize_t n = recv(f->fd, f->heard + len, sizeof(f->heard) - 1 - len, 0);
		len += n > 0 ? (size_t)n : 0;
		f->heard[len] = '\0';
	}
	assert_non_null(strchr(f->heard, '\n'));
	json_t *request = ctl_msg_parse(f->heard, strcspn(f->heard, "\n"));
	assert_non_null(request);
	f->heard[0] = '\0';
	return request;
}

/* The link becomes so, once all that was said is read. */
void
wait_for(struct fixture *f, enum peer_state state, enum peer_why why)
{
	int64_t until_us = clock_now_us() + PATIENCE_US;

	while (clock_now_us() < until_us) {
		const struct peer_view view = peer_link_view(f->link);

		if (view.state == state && view.why == why)
			return;
		turn(f);
	}
	fail_msg("is not %s, but: %s", peer_state_name(state), f->states);
}

void
assert_states(const struct fixture *f, const char *expected)
{
	assert_string_equal(f->states, expected);
}

/* Greets, and takes the subscription, which it returns. */
json_t *
greet(struct fixture *f, const char *hello)
{
	accept_link(f);
	say(f, hello);
	return hear(f);
}

/* The link is up, and knows that A is up. */
void
bring_up(struct fixture *f)
{
	if (f->listener < 0)
		listen_there(f);
	json_decref(greet(f, HELLO("1", "checkd", "e1")));
	say(f, NEW);
	say(f, RESET);
	say(f, OBJECT("vs/A", "up"));
	say(f, SYNCED("true"));
	wait_for(f, PEER_UP, PEER_WHY_NONE);
}

const char *
state_in_force(const struct fixture *f, const char *path)
{
	return peer_mirror_state(peer_link_mirror(f->link), path);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_server_fixture.h - a control server of a daemon made up for the tests, and
 * clients in the same process and loop.
 *
 * Nothing sleeps: pump() runs the loop until it has nothing left to do, and time that
 * must pass is handed to the function that looks at it.
 */
#ifndef TESTS_UNIT_CTL_SERVER_FIXTURE_H
#define TESTS_UNIT_CTL_SERVER_FIXTURE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>
#include "common/ctl_call.h"
#include "common/ctl_line.h"
#include "common/ctl_server.h"
#include "tests/unit/unit.h"

/* ---- a daemon ------------------------------------------------------------ */

struct fixture {
	sd_event *event;
	struct ctl_server *server;
	char dir[64];
	struct ctl_call *kept[64]; /* calls of "wait" not answered yet */
	size_t kept_count;
	char order[512]; /* the "who" of every "note", in the order they were done */
	unsigned pages;  /* of things that were asked for */
};

/* Its methods: "echo" and "note", "wait" (answered by the test), "long" (an answer of
 * that length), "change" (for admins). It has 600 things and knows "a/b" by name. */
extern const struct ctl_method methods[];

/* Around each case; *state is the fixture. */
int setup(void **state);
int teardown(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Another server of the same daemon in the same place, as after a restart. */
struct ctl_server *open_server(struct fixture *f);

/* Runs the loop until there is nothing left to do. */
void pump(struct fixture *f);

/* ---- a client ------------------------------------------------------------ */

struct client {
	struct fixture *f;
	int fd;
	struct ctl_lines in;
	bool eof;
};

/* The path of a socket. */
void join_path(const struct fixture *f, const char *name, char *buf, size_t room);

/* Connects; connect_to() also takes the hello that comes first. */
struct client connect_raw(struct fixture *f, const char *name);
struct client connect_to(struct fixture *f, const char *name);
void hang_up(struct client *c);

/* Sends as much as the socket takes, in between letting the server read. */
void say(struct client *c, const char *text);

/* The next message; NULL at the end of the connection or when none comes. */
json_t *next(struct client *c);

/* Nothing came, and the connection is there; or it is not. */
void assert_no_more(struct client *c);
void assert_closed(struct client *c);

/* The answer to request `id` came, and carries a result; or an error called `name`. */
json_t *result_of(struct client *c, json_int_t id);
void assert_result(struct client *c, json_int_t id);
void assert_error(struct client *c, const char *name);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_talk.h - a client of a control socket in the same process as its daemon: while it
 * waits for an answer, the daemon's loop runs.
 */
#ifndef TESTS_UNIT_CTL_TALK_H
#define TESTS_UNIT_CTL_TALK_H

#include <jansson.h>
#include <systemd/sd-event.h>
#include "tests/unit/unit.h"

/* Whom to talk to: the loop of the daemon, and where its socket is. */
extern sd_event *talk_event;
extern const char *talk_run_dir;

/* Connects and gives rights up but those of `role`; and the end of it. */
int connect_client(const char *role);
void hang_up(int fd);

/* Lets the loop do what is due now. */
void pump(void);

/* Sends a request without waiting; and takes the next message, NULL: none comes. */
void say(int fd, const char *method, const char *params);
json_t *next(int fd);

/* Asks as `role` and returns the message that comes, or NULL. */
json_t *ask_as(const char *role, const char *method, const char *params);

/* The result in a message, which is taken over; fails the test when it has none. */
json_t *result_in(json_t *message);

/* The result of what an admin asks. */
json_t *ask(const char *method, const char *params);

/* Fails the test unless the message, which is taken over, is an error called `name`. */
void assert_error(json_t *message, const char *name);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - what commands share: the daemons they ask, and how what came is printed.
 */
#ifndef HACTL_SESSION_H
#define HACTL_SESSION_H

#include <stdbool.h>

#include "common/cmdtree.h"
#include "common/ctl_error.h"
#include "common/units.h"
#include "hactl/daemons.h"
#include "hactl/options.h"
#include "hactl/order.h"
#include "hactl/render.h"

struct session {
	struct cmdtree *tree;
	struct options options; /* given at the start; they hold for every line */
	struct daemons *daemons;
	bool in_shell;
	bool leave; /* "exit" was said */
	/* Prints the lines typed before; NULL outside the shell. */
	void (*history)(void *userdata);
	void *history_userdata;
};

/* How long to wait for an answer when -t does not say. */
#define SESSION_TIMEOUT_US (5 * US_PER_S)

/* How many entries of a log are shown when the line does not say. */
#define SESSION_ENTRIES 20

/* Prints why a command failed, in the form that its options ask for. Returns its
 * status. */
enum ctl_exit session_failure(
    const struct options *options, const struct failure *failure);
/* The same for wrong words; frees `message`. */
enum ctl_exit session_usage(const struct options *options, char *message);
/* Prints an answer, or the failures when no part of it is good. Returns the status. */
enum ctl_exit session_answer(const struct answer *answer);
/* How long this order waits for an answer. */
int64_t session_timeout(const struct order *order);
/* Opens the part's daemon, and notes its greeting. Returns NULL with the error in the
 * part. */
struct ctl_client *session_connect(
    struct session *session, struct part *part, int64_t timeout_us);
/* Calls `method` of the part's daemon; the answer, as items, or the error goes into the
 * part. Takes over `params`. */
void session_call(struct session *session, struct part *part, const char *method,
    json_t *params, int64_t timeout_us);
/* Reads the whole list of `type` from the part's daemon. */
void session_list(
    struct session *session, struct part *part, const char *type, int64_t timeout_us);
/* Says once that a daemon was restarted: another process answers now. */
void session_announce(const char *daemon, const struct ctl_client *client);

#endif

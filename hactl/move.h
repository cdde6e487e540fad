/* SPDX-License-Identifier: Apache-2.0 */
/* move.h - failover and takeover: a question before, patience after. */
#ifndef HACTL_MOVE_H
#define HACTL_MOVE_H

#include <jansson.h>
#include "common/ctl_error.h"

struct order;
struct session;

/* Carries the order out: says what it would do and asks (unless --yes), calls the
 * daemon, waits for the outcome. Returns the exit status: 0 only when the daemon saw
 * the role where it was wanted. */
enum ctl_exit move_run(struct session *session, const struct order *order);

/* Gives a request its "op_id", unless it has one: "h-7c21f03a". Who loses the connection,
 * or does not wait, asks for the outcome by it. */
void move_name_it(json_t *params);

/* Tells people how to ask: the daemon carries on. */
void move_say_name(const struct order *order, const json_t *params);

/* Shows people the "instances" of an error, what became of each; `data` may be NULL. */
void move_list_outcomes(const struct order *order, const json_t *data);

#endif

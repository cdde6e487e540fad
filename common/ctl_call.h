/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_call.h - one request on its way to a method and its answer on its way back.
 *
 * A handler answers with exactly one of ctl_call_reply() and ctl_call_fail(), at once
 * or, keeping the call, later. When the client has gone meanwhile the answer is
 * dropped: what was begun goes on. Pure: who asked and where the answer goes is the
 * server's business.
 */
#ifndef COMMON_CTL_CALL_H
#define COMMON_CTL_CALL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "common/ctl_error.h"
#include "common/ctl_msg.h"
#include "common/ctl_params.h"
#include "common/ctl_role.h"

struct ctl_call;

/* One method of a daemon. Tables end with a row without a name. */
struct ctl_method {
	const char *name;
	enum ctl_role role; /* the least that may call it */
	bool changes;       /* has effects: never done without an id, always logged */
	/* NULL: takes none, or only those of changes */
	const struct ctl_param *params;
	void (*handler)(void *userdata, struct ctl_call *call);
	const char *help; /* one line */
};

struct ctl_call {
	const struct ctl_method *method;
	json_t *params; /* checked against the method's table */
	struct ctl_peer peer;
	enum ctl_role role;

	json_t *id;      /* NULL: no answer is wanted */
	json_t *message; /* holds id and params */

	/* Takes over the message of the answer (NULL: none is wanted, or out of
	 * memory). The call is freed after it returns. */
	void (*answered)(struct ctl_call *call, json_t *answer);
	void *owner; /* for `answered`: the client; NULL when it has gone */
	void *server;
	uint64_t rev; /* of the daemon when the request came */
	bool interim; /* `answered` gets an answer that is not the last one */
	/* With `answered`: the result as text, in place of an answer. */
	const char *text;

	/* The server's list of calls that wait. */
	struct ctl_call *previous, *next;
};

/* Answers with `result`, which is taken over, and frees the call. */
void ctl_call_reply(struct ctl_call *call, json_t *result);

/* The same with a result that is JSON text already, of a method that changes nothing: what
 * is kept as text need not be parsed to be sent. The text stays the caller's; it must
 * leave room for the envelope within CTL_RESPONSE_MAX. */
void ctl_call_reply_text(struct ctl_call *call, const char *result);

/* Tells the client that the request was accepted: it has its answer, `result`, which is
 * taken over. The call stays; what it is answered with in the end is kept for whoever
 * asks for its op_id. */
void ctl_call_accept(struct ctl_call *call, json_t *result);

/* Answers with an error and frees the call. `data` is taken over and may be NULL. */
void ctl_call_fail(struct ctl_call *call, enum ctl_code code, json_t *data,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same with an error that is there already; leaves it as ctl_error_done() does. */
void ctl_call_fail_with(struct ctl_call *call, struct ctl_error *error);

/* Methods and what their handlers are called with. Arrays of these end with one without
 * methods. */
struct ctl_table {
	const struct ctl_method *methods;
	void *userdata;
};

/* The parameters that a method takes; never NULL. */
const struct ctl_param *ctl_method_params(const struct ctl_method *method);

/* What a request is for. */
struct ctl_target {
	const struct ctl_method *method;
	void *userdata;
};

/* Checks what needs no daemon: the method exists in one of the tables, the role
 * suffices, the parameters are right, a change has an id. Returns CTL_OK and *ret, or
 * the error to answer with; *ret is set as soon as the method was found. */
enum ctl_code ctl_call_check(const struct ctl_table tables[],
    const struct ctl_request *request, enum ctl_role role, struct ctl_target *ret,
    struct ctl_error *ret_error);

/* Makes the call of a request, which is emptied. NULL: out of memory. */
struct ctl_call *ctl_call_new(
    const struct ctl_method *method, struct ctl_request *request);

#endif

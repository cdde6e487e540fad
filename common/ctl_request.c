/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_request.c - one request of a client from its line to its answer.
 *
 * A request that changes something is done under the name its client gave it, at most
 * once (ctl_ops.h), with its cause known to all that follows from it, and is written
 * down with its outcome (audit.h), also when it was denied.
 */
#include "common/ctl_server_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/audit.h"
#include "common/clock.h"
#include "common/ctl_events.h"
#include "common/ctl_limits.h"

static const char *
op_id_of(const json_t *params)
{
	return ctl_params_text(params, "op_id", NULL);
}

static uint64_t
rev_of(const struct ctl_server *server)
{
	struct ctl_state state;

	server->config.state(server->config.userdata, &state);
	return state.rev;
}

/* ---- answers ------------------------------------------------------------- */

/* A dry run that was allowed changed nothing, and whoever asks a question before a
 * reload makes one that nobody typed. */
static bool
is_noted(const struct ctl_call *call, const json_t *answer)
{
	const json_t *code = json_object_get(json_object_get(answer, "error"), "code");

	return !ctl_params_boolean(call->params, "dry_run", false) ||
	       json_integer_value(code) == ctl_code_number(CTL_DENIED);
}

static void
note_outcome(
    struct ctl_server *server, const struct ctl_call *call, const json_t *answer)
{
	const char *op_id = op_id_of(call->params);

	if (!call->method->changes)
		return;
	if (op_id != NULL)
		ctl_ops_finish(
		    server->ops, call->peer.uid, op_id, answer, clock_now_us());
	if (!is_noted(call, answer))
		return;

	const struct audit_request noted = {.peer = &call->peer,
	    .role = call->role,
	    .method = call->method->name,
	    .params = call->params,
	    .rev = call->rev};

	audit_request(server->audit, &noted, answer);
}

/* A fault of ours, also for whoever was told of it and asks what it was. */
static void
log_internal(const struct ctl_call *call, const json_t *answer)
{
	json_t *error = json_object_get(answer, "error");
	char *id;

	if (json_integer_value(json_object_get(error, "code")) !=
	    ctl_code_number(CTL_INTERNAL))
		return;
	id = json_dumps(call->id, JSON_ENCODE_ANY);
	log_err("control: %s of uid %u, pid %d, request %s: internal error: %s",
	    call->method->name, call->peer.uid, call->peer.pid, id != NULL ? id : "?",
	    json_string_value(json_object_get(error, "message")));
	free(id);
}

/* The line of an answer whose result is text. */
static void
send_text(struct ctl_conn *conn, const struct ctl_call *call)
{
	char *id = call->id != NULL ? json_dumps(call->id, JSON_ENCODE_ANY) : NULL;

	if (id != NULL)
		ctl_conn_send_text(
		    conn, (const char *const[]){"{\"jsonrpc\":\"2.0\",\"id\":", id,
			      ",\"result\":", call->text, "}\n", NULL});
	free(id);
}

static void
on_answered(struct ctl_call *call, json_t *answer)
{
	struct ctl_conn *conn = call->owner;

	log_internal(call, answer);
	if (!call->interim)
		note_outcome(call->server, call, answer);
	if (conn == NULL) {
		json_decref(answer);
		return;
	}
	if (call->previous != NULL)
		call->previous->next = call->next;
	else
		conn->waiting = call->next;
	if (call->next != NULL)
		call->next->previous = call->previous;
	conn->waiting_count--;
	conn->active_us = clock_now_us();
	if (call->text != NULL)
		send_text(conn, call);
	else
		ctl_conn_send(conn, answer);
}

/* ---- operations that were asked for before ------------------------------- */

static void
send_error(struct ctl_conn *conn, const struct ctl_request *request, enum ctl_code code,
    json_t *data, const char *text)
{
	struct ctl_error error = {0};

	ctl_error_set(&error, code, data, "%s", text);
	ctl_conn_send(conn, ctl_msg_error(json_incref(request->id), &error));
	ctl_error_done(&error);
}

/* The answer of then, marked as such. */
static void
send_again(
    struct ctl_conn *conn, const struct ctl_request *request, const json_t *answer)
{
	json_t *copy = json_deep_copy(answer);
	json_t *result = json_object_get(copy, "result");

	if (result == NULL)
		result = json_object_get(json_object_get(copy, "error"), "data");
	(void)json_object_set_new(result, "replayed", json_true());
	(void)json_object_set(copy, "id", request->id);
	ctl_conn_send(conn, copy);
}

/* Whether the request is to be done; else it has been answered. */
static bool
is_new(struct ctl_conn *conn, const struct ctl_target *target,
    const struct ctl_request *request)
{
	const char *op_id = op_id_of(request->params);
	const json_t *answer = NULL;

	if (!target->method->changes || op_id == NULL)
		return true;
	switch (ctl_ops_begin(conn->server->ops, conn->peer.uid, op_id,
	    target->method->name, request->params, clock_now_us(), &answer)) {
	case CTL_OP_NEW:
		return true;
	case CTL_OP_DONE:
		send_again(conn, request, answer);
		return false;
	case CTL_OP_RUNNING:
		send_error(conn, request, CTL_BUSY, json_pack("{s:s}", "op_id", op_id),
		    "this operation is under way");
		return false;
	case CTL_OP_OTHER:
		send_error(conn, request, CTL_OP_MISMATCH,
		    json_pack("{s:s}", "op_id", op_id),
		    "this op_id was used for another request");
		return false;
	case CTL_OP_FULL:
		send_error(conn, request, CTL_TOO_MANY,
		    json_pack("{s:s}", "op_id", op_id),
		    "too many operations are under way");
		return false;
	}
	return false;
}

/* ---- requests ------------------------------------------------------------ */

void
ctl_server_as_cause(
    const struct ctl_call *call, void (*work)(void *userdata), void *userdata)
{
	const struct ctl_server *server = call->server;
	const struct ctl_server_config *config = &server->config;
	char op_id[65] = "", reason[201] = "";
	const struct ctl_cause cause = {
	    .by_client = true,
	    .uid = call->peer.uid,
	    .op_id = op_id_of(call->params) != NULL ? op_id : NULL,
	    .reason = json_object_get(call->params, "reason") != NULL ? reason : NULL,
	};

	/* The call may be gone before the work is done. */
	(void)snprintf(
	    op_id, sizeof(op_id), "%s", ctl_params_text(call->params, "op_id", ""));
	(void)snprintf(
	    reason, sizeof(reason), "%s", ctl_params_text(call->params, "reason", ""));
	if (config->set_cause != NULL)
		config->set_cause(config->userdata, &cause);
	work(userdata);
	if (config->set_cause != NULL)
		config->set_cause(config->userdata, NULL);
}

struct work {
	const struct ctl_target *target;
	struct ctl_call *call;
};

static void
handle(void *userdata)
{
	const struct work *work = userdata;

	work->target->method->handler(work->target->userdata, work->call);
}

static void
call_method(const struct ctl_target *target, struct ctl_call *call)
{
	struct work work = {target, call};

	if (target->method->changes)
		ctl_server_as_cause(call, handle, &work);
	else
		handle(&work);
}

/* Hands the request to its method, which owns it from now on. */
static void
perform(
    struct ctl_conn *conn, const struct ctl_target *target, struct ctl_request *request)
{
	if (!is_new(conn, target, request))
		return;

	struct ctl_call *call = ctl_call_new(target->method, request);

	if (call == NULL) {
		log_err("control: out of memory, a request of uid %u is lost",
		    conn->peer.uid);
		return;
	}
	call->peer = conn->peer;
	call->role = conn->role;
	call->answered = on_answered;
	call->owner = conn;
	call->server = conn->server;
	call->rev = rev_of(conn->server);
	call->next = conn->waiting;
	if (conn->waiting != NULL)
		conn->waiting->previous = call;
	conn->waiting = call;
	conn->waiting_count++;
	call_method(target, call);
}

static void
log_denied(struct ctl_conn *conn, const struct ctl_target *target)
{
	char more[64] = "";
	uint64_t held;

	if (!log_limit_pass(&conn->server->denied_limit, clock_now_us(), &held))
		return;
	if (held > 0)
		(void)snprintf(more, sizeof(more),
		    ", and %" PRIu64 " more since the last such line", held);
	log_warning("control: %s by uid %u, pid %d denied: needs the role %s, has %s%s",
	    target->method->name, conn->peer.uid, conn->peer.pid,
	    ctl_role_name(target->method->role), ctl_role_name(conn->role), more);
}

static void
refuse(
    struct ctl_conn *conn, const struct ctl_request *request, struct ctl_error *error)
{
	bool malformed =
	    error->code == CTL_PARSE_ERROR || error->code == CTL_INVALID_REQUEST;

	conn->server->stats.too_big += error->code == CTL_TOO_BIG;
	if ((malformed && ++conn->parse_errors >= CTL_PARSE_ERRORS_MAX) ||
	    error->code == CTL_TOO_BIG)
		conn->closing = true;
	/* What is malformed is answered even without an id; a sound request without one
	 * wants no answer. */
	if (request->id != NULL || request->method == NULL)
		ctl_conn_send(conn, ctl_msg_error(json_incref(request->id), error));
}

/* A refusal as the audit tells it: with how many before it were not told. */
static json_t *
refusal(const struct ctl_error *error, uint64_t held)
{
	json_t *answer = ctl_msg_error(NULL, error);

	if (held > 0)
		(void)json_object_set_new(json_object_get(answer, "error"), "message",
		    json_sprintf("%s (and %" PRIu64
				 " more refused to this user since the last entry)",
			error->message, held));
	return answer;
}

/* A change that was refused before its method saw it. */
static void
note_refused(struct ctl_conn *conn, const struct ctl_target *target,
    const struct ctl_request *request, const struct ctl_error *error)
{
	if (error->code == CTL_DENIED)
		log_denied(conn, target);
	if (target->method == NULL || !target->method->changes)
		return;

	uint64_t held = 0;

	if (conn->role < target->method->role &&
	    !denials_pass(
		&conn->server->denials, conn->peer.uid, clock_now_us(), &held))
		return;

	json_t *answer = refusal(error, held);

	const struct audit_request noted = {.peer = &conn->peer,
	    .role = conn->role,
	    .method = target->method->name,
	    .params = request->params,
	    .rev = rev_of(conn->server)};

	audit_request(conn->server->audit, &noted, answer);
	json_decref(answer);
}

static bool
is_blank(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr(" \t\r", line[i]) == NULL || line[i] == '\0')
			return false;
	return true;
}

void
ctl_server_request(struct ctl_conn *conn, const char *line, size_t len)
{
	struct ctl_request request;
	struct ctl_error error = {0};
	struct ctl_target target = {0};

	if (is_blank(line, len))
		return;
	conn->requests++;
	conn->server->stats.requests++;
	if (ctl_request_parse(line, len, &request, &error) != CTL_OK ||
	    ctl_call_check(conn->server->tables, &request, conn->role, &target,
		&error) != CTL_OK) {
		note_refused(conn, &target, &request, &error);
		refuse(conn, &request, &error);
	} else {
		perform(conn, &target, &request);
	}
	ctl_request_done(&request);
	ctl_error_done(&error);
}

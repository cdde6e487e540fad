/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_common.c - the methods every daemon has: session, status, objects by path. */
#include "common/ctl_server_internal.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/audit.h"
#include "common/clock.h"
#include "common/ctl_events.h"
#include "common/ctl_limits.h"
#include "common/names.h"
#include "common/units.h"

#define NEAR_SLIPS 2 /* a name with more of them is not the one that was meant */

static struct ctl_state
state_of(const struct ctl_server *server)
{
	struct ctl_state state = {.node = ""};

	server->config.state(server->config.userdata, &state);
	return state;
}

/* ---- what readers do not see --------------------------------------------- */

void
ctl_redact(json_t *object)
{
	static const char *const names[] = {"uid", "reason", "who"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)json_object_del(object, names[i]);
}

void
ctl_redact_object(const struct ctl_kind *kind, json_t *object)
{
	if (kind->is_private)
		ctl_redact(object);
}

static void
redact_items(json_t *items)
{
	json_t *item;
	size_t i;

	json_array_foreach (items, i, item)
		ctl_redact(item);
}

static json_t *
rev_of(const struct ctl_server *server)
{
	return json_integer((json_int_t)state_of(server).rev);
}

static json_t *
feature_list(const struct ctl_server *server)
{
	/* The server's own, of whatever daemon. */
	json_t *list = json_pack("[s]", "subscribe");

	for (const char *const *at = server->config.features; *at != NULL; at++)
		(void)json_array_append_new(list, json_string(*at));
	return list;
}

json_t *
ctl_common_hello(const struct ctl_server *server, enum ctl_role role)
{
	struct ctl_state state = state_of(server);

	return json_pack(
	    "{s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:{s:i, s:i}}",
	    "proto", CTL_PROTOCOL, "major", CTL_MAJOR, "minor", CTL_MINOR, "daemon",
	    server->config.daemon, "version", server->config.version, "node",
	    state.node, "epoch", server->epoch, "role", ctl_role_name(role), "phase",
	    daemon_phase_name(state.phase), "rev", (json_int_t)state.rev, "features",
	    feature_list(server), "limits", "request", CTL_REQUEST_MAX, "page",
	    CTL_PAGE);
}

/* ---- session ------------------------------------------------------------- */

static void
do_hello(void *userdata, struct ctl_call *call)
{
	int64_t major = ctl_params_integer(call->params, "major", CTL_MAJOR);

	if (major != CTL_MAJOR)
		ctl_call_fail(call, CTL_UNSUPPORTED_VERSION,
		    json_pack("{s:[i]}", "majors", CTL_MAJOR),
		    "this daemon speaks version %d of the protocol only", CTL_MAJOR);
	else
		ctl_call_reply(call, ctl_common_hello(userdata, call->role));
}

static void
do_drop(void *userdata, struct ctl_call *call)
{
	const char *wanted = ctl_params_text(call->params, "role", "read");
	struct ctl_conn *conn = call->owner;
	int role = ctl_role_find(wanted);

	(void)userdata;
	if (role < 0) {
		ctl_call_fail(call, CTL_INVALID_PARAMS,
		    json_pack("{s:s, s:s}", "path", "params.role", "expected",
			"read, operator or admin"),
		    "there is no role \"%.32s\"", wanted);
		return;
	}
	if ((enum ctl_role)role < conn->role)
		conn->role = (enum ctl_role)role;
	ctl_call_reply(call, json_pack("{s:s}", "role", ctl_role_name(conn->role)));
}

static void
do_ping(void *userdata, struct ctl_call *call)
{
	const struct ctl_server *server = userdata;
	char now[UNITS_TEXT_SIZE];

	ctl_call_reply(call,
	    json_pack("{s:s, s:o, s:s}", "epoch", server->epoch, "rev", rev_of(server),
		"now", units_format_rfc3339(now, clock_realtime_us())));
}

/* Who it is is nothing for readers. */
static json_t *
client_json(const struct ctl_conn *conn, enum ctl_role reader, int64_t now_us)
{
	json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "socket",
	    conn->peer.socket, "role", ctl_role_name(conn->role), "for_ms",
	    (json_int_t)((now_us - conn->since_us) / US_PER_MS), "requests",
	    (json_int_t)conn->requests, "waiting", (json_int_t)conn->waiting_count,
	    "unsent", (json_int_t)conn->out_len);

	if (reader > CTL_ROLE_READ)
		(void)json_object_update_new(
		    json, json_pack("{s:I, s:I}", "uid", (json_int_t)conn->peer.uid,
			      "pid", (json_int_t)conn->peer.pid));
	return json;
}

static json_t *
totals_json(const struct ctl_server *server)
{
	struct ctl_server_stats stats = ctl_server_stats(server);

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "now",
	    (json_int_t)stats.clients, "connections", (json_int_t)stats.connections,
	    "requests", (json_int_t)stats.requests, "refused",
	    (json_int_t)stats.refused, "slow", (json_int_t)stats.slow, "silent",
	    (json_int_t)stats.silent, "too_big", (json_int_t)stats.too_big);
}

static void
do_clients(void *userdata, struct ctl_call *call)
{
	const struct ctl_server *server = userdata;
	int64_t now_us = clock_now_us();
	json_t *items = json_array();

	for (const struct ctl_conn *conn = server->conns; conn != NULL;
	     conn = conn->next)
		(void)json_array_append_new(
		    items, client_json(conn, call->role, now_us));
	ctl_call_reply(call,
	    json_pack("{s:o, s:o}", "totals", totals_json(server), "items", items));
}

static void
do_status(void *userdata, struct ctl_call *call)
{
	const struct ctl_server *server = userdata;
	struct ctl_state state = state_of(server);
	char since[UNITS_TEXT_SIZE];
	int64_t up_us = clock_now_us() - server->started_boot_us;
	json_t *status =
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:I, s:o}",
		"daemon", server->config.daemon, "version", server->config.version,
		"node", state.node, "epoch", server->epoch, "role",
		ctl_role_name(call->role), "phase", daemon_phase_name(state.phase),
		"rev", (json_int_t)state.rev, "pid", (json_int_t)getpid(), "since",
		units_format_rfc3339(since, server->started_us), "up_ms",
		(json_int_t)(up_us / US_PER_MS), "clients", totals_json(server));

	if (status != NULL && server->config.status != NULL)
		server->config.status(server->config.userdata, status);
	if (call->role == CTL_ROLE_READ)
		redact_items(json_object_get(status, "leases"));
	ctl_call_reply(call, status);
}

/* ---- objects ------------------------------------------------------------- */

const struct ctl_kind_of *
ctl_kind_find(const struct ctl_server *server, const char *name, size_t len)
{
	for (const struct ctl_kind_of *of = server->kinds; of->kind != NULL; of++)
		if (strlen(of->kind->name) == len &&
		    memcmp(of->kind->name, name, len) == 0)
			return of;
	return NULL;
}

void
ctl_fail_unknown_kind(
    struct ctl_call *call, const struct ctl_server *server, const char *name,
    const char *what)
{
	const char *words[CTL_KINDS_MAX + 1] = {NULL};

	for (size_t i = 0; server->kinds[i].kind != NULL; i++)
		words[i] = server->kinds[i].kind->name;
	const char *near = ctl_suggest(name, words);
	ctl_call_fail(call, CTL_INVALID_PARAMS,
	    json_pack("{s:s, s:s*}", "path", "params.type", "suggest", near),
	    "%s has %s \"%.64s\"", server->config.daemon, what, name);
}

static bool
refuse_unserved(const struct ctl_kind_of *of, struct ctl_error *ret_error)
{
	if (of == NULL || of->kind->page != NULL)
		return false;
	ctl_error_set(ret_error, CTL_UNAVAILABLE,
	    json_pack("{s:s}", "type", of->kind->name), "%s", of->kind->help);
	return true;
}

bool
ctl_server_refuse_unserved(
    const struct ctl_server *server, const char *path, struct ctl_error *ret_error)
{
	const struct ctl_kind_of *of = ctl_kind_find(server, path, strcspn(path, "/"));

	/* What has fields is there, though it may not be listed: the daemon itself. */
	if (of == NULL || of->kind->fields != NULL || !refuse_unserved(of, ret_error))
		return false;
	(void)json_object_set_new(ret_error->data, "path", ctl_msg_text(path));
	return true;
}

/* Answers the call when the kind is known but not served. */
static bool
is_unserved(const struct ctl_kind_of *of, struct ctl_call *call)
{
	struct ctl_error error = {0};

	if (!refuse_unserved(of, &error))
		return false;
	ctl_call_fail_with(call, &error);
	return true;
}

static void
do_list(void *userdata, struct ctl_call *call)
{
	const struct ctl_server *server = userdata;
	const char *type = ctl_params_text(call->params, "type", "");
	const struct ctl_kind_of *of = ctl_kind_find(server, type, strlen(type));

	if (of == NULL) {
		ctl_fail_unknown_kind(call, server, type, "no objects of type");
		return;
	}
	if (is_unserved(of, call))
		return;

	const struct ctl_kind *kind = of->kind;
	size_t total = kind->count(of->userdata);
	size_t first = (size_t)ctl_params_integer(call->params, "next", 0);
	json_t *items = kind->page(of->userdata, first, CTL_PAGE);
	for (size_t i = 0; call->role == CTL_ROLE_READ && i < json_array_size(items);
	     i++)
		ctl_redact_object(kind, json_array_get(items, i));
	size_t end = first + json_array_size(items);
	json_t *result = json_pack("{s:o, s:s, s:I, s:o}", "rev", rev_of(server),
	    "type", kind->name, "total", (json_int_t)total, "items", items);
	if (result != NULL && end > first && end < total)
		(void)json_object_set_new(
		    result, "next", json_integer((json_int_t)end));
	ctl_call_reply(call, result);
}

/* What to ask of the object: one of the two functions of a kind. */
enum question { QUESTION_OBJECT = 0, QUESTION_EXPLAIN };

static json_t *
ask(const struct ctl_kind_of *of, enum question question, enum ctl_role role,
    const char *name)
{
	json_t *(*function)(void *, const char *) =
	    question == QUESTION_OBJECT ? of->kind->object : of->kind->explain;
	json_t *answer = function != NULL ? function(of->userdata, name) : NULL;

	if (role == CTL_ROLE_READ && question == QUESTION_OBJECT)
		ctl_redact_object(of->kind, answer);
	else if (role == CTL_ROLE_READ)
		redact_items(json_object_get(answer, "lines"));
	return answer;
}

/* A name alone means the first kind that has it; *ret_of (may be NULL) is that one. */
static json_t *
ask_any(const struct ctl_server *server, enum question question, enum ctl_role role,
    const char *name, const struct ctl_kind_of **ret_of)
{
	json_t *answer = NULL;

	for (const struct ctl_kind_of *of = server->kinds;
	     answer == NULL && of->kind != NULL; of++) {
		answer = ask(of, question, role, name);
		if (answer != NULL && ret_of != NULL)
			*ret_of = of;
	}
	return answer;
}

/* The kind that "KIND/NAME" begins with, or NULL. */
static const struct ctl_kind_of *
kind_of_path(const struct ctl_server *server, const char *path)
{
	const char *slash = strchr(path, '/');

	return slash != NULL ? ctl_kind_find(server, path, (size_t)(slash - path))
			     : NULL;
}

json_t *
ctl_object_find(const struct ctl_server *server, const char *path, enum ctl_role role,
    const struct ctl_kind_of **ret_of)
{
	const struct ctl_kind_of *of = kind_of_path(server, path);

	if (of == NULL)
		return ask_any(server, QUESTION_OBJECT, role, path, ret_of);
	*ret_of = of;
	return ask(of, QUESTION_OBJECT, role, path + strlen(of->kind->name) + 1);
}

/* The name nearest to one that nobody has, among the first of its kind: to look at all
 * of thousands would keep others waiting. The caller lets go of the result. */
static json_t *
find_near(const struct ctl_kind_of *of, const char *name)
{
	json_t *items =
	    of->kind->page != NULL ? of->kind->page(of->userdata, 0, CTL_PAGE) : NULL;
	size_t best_slips = NEAR_SLIPS + 1, i;
	json_t *item, *best = NULL;

	json_array_foreach (items, i, item) {
		json_t *other = json_object_get(item, "name");
		const char *text = json_string_value(other);
		size_t slips;

		if (text == NULL)
			continue;
		slips = strcasecmp(text, name) == 0
			    ? 0
			    : names_distance(text, name, NEAR_SLIPS);
		if (slips < best_slips && slips < strlen(text)) {
			best_slips = slips;
			best = other;
		}
	}
	json_incref(best);
	json_decref(items);
	return best;
}

/* "there is no instance "VI_9", perhaps "VI_1"" */
static void
fail_unknown_name(const struct ctl_server *server, struct ctl_call *call,
    const struct ctl_kind_of *of, const char *path)
{
	const char *name = of != NULL ? path + strlen(of->kind->name) + 1 : path;
	json_t *near = find_near(of != NULL ? of : server->kinds, name);
	const char *text = json_string_value(near);
	json_t *data = json_pack("{s:s, s:O*}", "path", path, "suggest", near);

	if (of == NULL)
		ctl_call_fail(call, CTL_NOT_FOUND, data,
		    "%s knows nothing called \"%.128s\"%s%.128s%s",
		    server->config.daemon, name, text != NULL ? ", perhaps \"" : "",
		    text != NULL ? text : "", text != NULL ? "\"" : "");
	else
		ctl_call_fail(call, CTL_NOT_FOUND, data,
		    "there is no %s \"%.128s\"%s%.128s%s", of->kind->name, name,
		    text != NULL ? ", perhaps \"" : "", text != NULL ? text : "",
		    text != NULL ? "\"" : "");
	json_decref(near);
}

bool
ctl_is_private(const struct ctl_server *server, const char *path)
{
	const struct ctl_kind_of *of = kind_of_path(server, path);

	return of != NULL && of->kind->is_private;
}

static void
answer_path(const struct ctl_server *server, struct ctl_call *call,
    enum question question, const char *member)
{
	const char *path = ctl_params_text(call->params, "path", "");
	const struct ctl_kind_of *of = kind_of_path(server, path);
	json_t *answer;

	if (is_unserved(of, call))
		return;
	answer = of != NULL
		     ? ask(of, question, call->role, path + strlen(of->kind->name) + 1)
		     : ask_any(server, question, call->role, path, NULL);
	if (answer == NULL && question == QUESTION_EXPLAIN &&
	    (of == NULL || of->kind->explain == NULL))
		ctl_call_fail(call, CTL_NOT_FOUND, json_pack("{s:s}", "path", path),
		    "%s knows nothing called \"%.128s\" that it could explain",
		    server->config.daemon, path);
	else if (answer == NULL)
		fail_unknown_name(server, call, of, path);
	else
		ctl_call_reply(call,
		    json_pack("{s:o, s:o}", "rev", rev_of(server), member, answer));
}

static void
do_get(void *userdata, struct ctl_call *call)
{
	answer_path(userdata, call, QUESTION_OBJECT, "object");
}

static void
do_explain(void *userdata, struct ctl_call *call)
{
	answer_path(userdata, call, QUESTION_EXPLAIN, "explanation");
}

/* ---- operations and the audit -------------------------------------------- */

static void
do_op_get(void *userdata, struct ctl_call *call)
{
	const struct ctl_server *server = userdata;
	const char *id = ctl_params_text(call->params, "op_id", "");
	json_t *op = ctl_ops_get(server->ops, call->peer.uid, id, clock_now_us());

	if (op == NULL)
		ctl_call_fail(call, CTL_NOT_FOUND, json_pack("{s:s}", "op_id", id),
		    "no operation of yours is called \"%.64s\", or it is too long ago",
		    id);
	else
		ctl_call_reply(call, op);
}

static void
do_audit_list(void *userdata, struct ctl_call *call)
{
	const struct ctl_server *server = userdata;
	int64_t since_us = ctl_params_integer(call->params, "since_ms", 0) * US_PER_MS;

	if (server->audit == NULL) {
		ctl_call_fail(call, CTL_UNAVAILABLE, NULL,
		    "%s keeps no audit; its log says why", server->config.daemon);
		return;
	}
	ctl_call_reply(call,
	    json_pack("{s:o}", "items",
		audit_list(server->audit,
		    (size_t)ctl_params_integer(call->params, "count", 20), since_us)));
}

/* ---- the end -------------------------------------------------------------- */

/* A stop over the socket is the signal of one, so that there is one way to end. */
static void
do_stop(void *userdata, struct ctl_call *call)
{
	const struct ctl_server *server = userdata;
	const char *daemon = server->config.daemon;

	if (getenv("NOTIFY_SOCKET") != NULL) {
		ctl_call_fail(call, CTL_WRONG_STATE, json_pack("{s:s}", "daemon", daemon),
		    "%s runs under a service manager, which would start it again: "
		    "\"systemctl stop %s\"",
		    daemon, daemon);
		return;
	}
	ctl_call_reply(call, json_pack("{s:b}", "stopping", true));
	(void)kill(getpid(), SIGTERM);
}

/* ---- the table ----------------------------------------------------------- */

/* clang-format off */
static const struct ctl_param hello_params[] = {
	{"major", CTL_INTEGER, true, 0, 1000, "version of the protocol to speak"},
	{0},
};
static const struct ctl_param drop_params[] = {
	{"role", CTL_STRING, true, 1, 32, "the role to keep: read, operator or admin"},
	{0},
};
static const struct ctl_param list_params[] = {
	{"type", CTL_STRING,  true,  1, 64, "kind of objects, see describe"},
	{"next", CTL_INTEGER, false, 0, INT32_MAX, "where the page before said to go on"},
	{0},
};
static const struct ctl_param path_params[] = {
	{"path", CTL_STRING, true, 1, 1024, "KIND/NAME, or a name alone"},
	{0},
};
static const struct ctl_param subscribe_params[] = {
	{"sub", CTL_STRING, true, 1, 32, "a name for the subscription, sent with all of it"},
	{"types", CTL_ARRAY, false, 0, 16, "patterns of event types, such as instance.*"},
	{"since", CTL_OBJECT, false, 0, 0, "{epoch, seq} of the last event already seen"},
	{"snapshot", CTL_STRING, false, 1, 16, "if-needed (default), always or never"},
	{"heartbeat_ms", CTL_INTEGER, false, 1000, 60000, "say something at least so often"},
	{0},
};
static const struct ctl_param unsubscribe_params[] = {
	{"sub", CTL_STRING, true, 1, 32, "the subscription's name"},
	{0},
};
static const struct ctl_param tail_params[] = {
	{"count", CTL_INTEGER, false, 1, 256, "how many events; 20 unless given"},
	{0},
};
static const struct ctl_param describe_params[] = {
	{"type", CTL_STRING, false, 1, 1024,
	 "the fields of this kind of objects, or those of an object with their values"},
	{0},
};

static const struct ctl_param op_get_params[] = {
	{"op_id", CTL_STRING, true, 1, 64, "as the request gave it"},
	{0},
};
static const struct ctl_param audit_params[] = {
	{"count", CTL_INTEGER, false, 1, AUDIT_KEPT, "how many entries; 20 unless given"},
	{"since_ms", CTL_INTEGER, false, 0, CTL_INTEGER_MAX / 1000,
	 "not older than this time, in milliseconds since 1970"},
	{0},
};

const struct ctl_method ctl_common_methods[] = {
	{"session.hello", CTL_ROLE_READ, false, hello_params, do_hello,
	 "ask for a version of the protocol; answers the greeting"},
	{"session.drop", CTL_ROLE_READ, false, drop_params, do_drop,
	 "give up rights for the rest of this connection"},
	{"ping", CTL_ROLE_READ, false, NULL, do_ping, "is the daemon there"},
	{"status", CTL_ROLE_READ, false, NULL, do_status, "the daemon as a whole"},
	{"list", CTL_ROLE_READ, false, list_params, do_list, "objects of one kind, in pages"},
	{"get", CTL_ROLE_READ, false, path_params, do_get, "one object with all it knows"},
	{"explain", CTL_ROLE_READ, false, path_params, do_explain,
	 "why an object is as it is"},
	{"describe", CTL_ROLE_READ, false, describe_params, ctl_do_describe,
	 "methods, kinds and events, or the fields of a kind or an object"},
	{"subscribe", CTL_ROLE_READ, false, subscribe_params, ctl_do_subscribe,
	 "a picture of all objects, then every event"},
	{"unsubscribe", CTL_ROLE_READ, false, unsubscribe_params, ctl_do_unsubscribe,
	 "end a subscription"},
	{"log.tail", CTL_ROLE_READ, false, tail_params, ctl_do_log_tail,
	 "the last events"},
	{"op.get", CTL_ROLE_READ, false, op_get_params, do_op_get,
	 "what became of an operation of yours"},
	{"audit.list", CTL_ROLE_OPERATOR, false, audit_params, do_audit_list,
	 "who changed what, when and why"},
	{"clients", CTL_ROLE_READ, false, NULL, do_clients, "who is connected"},
	{"stop", CTL_ROLE_ADMIN, true, NULL, do_stop, "end the daemon, as SIGTERM does"},
	{0},
};
/* clang-format on */

/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_call.c - one request on its way to a method and its answer on its way back. */
#include "common/ctl_call.h"

#include <stdlib.h>
#include <string.h>

static void
finish(struct ctl_call *call, json_t *answer)
{
	call->answered(call, answer);
	json_decref(call->message);
	free(call);
}

void
ctl_call_reply(struct ctl_call *call, json_t *result)
{
	if (result == NULL) {
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return;
	}
	if (call->id == NULL) {
		json_decref(result);
		finish(call, NULL);
		return;
	}
	finish(call, ctl_msg_result(json_incref(call->id), result));
}

void
ctl_call_reply_text(struct ctl_call *call, const char *result)
{
	call->text = result;
	finish(call, NULL);
}

void
ctl_call_accept(struct ctl_call *call, json_t *result)
{
	json_t *answer =
	    call->id != NULL ? ctl_msg_result(json_incref(call->id), result) : NULL;

	if (call->id == NULL)
		json_decref(result);
	call->interim = true;
	call->answered(call, answer);
	call->interim = false;
	call->owner = NULL;
	call->previous = call->next = NULL;
}

void
ctl_call_fail_with(struct ctl_call *call, struct ctl_error *error)
{
	json_t *answer = NULL;

	/* A fault of the daemon is in its log, under the id of the request. */
	if (error->code == CTL_INTERNAL && call->id != NULL) {
		if (error->data == NULL)
			error->data = json_object();
		(void)json_object_set(error->data, "id", call->id);
	}
	if (call->id != NULL)
		answer = ctl_msg_error(json_incref(call->id), error);
	ctl_error_done(error);
	finish(call, answer);
}

void
ctl_call_fail(
    struct ctl_call *call, enum ctl_code code, json_t *data, const char *format, ...)
{
	struct ctl_error error = {0};
	va_list args;

	va_start(args, format);
	ctl_error_vset(&error, code, data, format, args);
	va_end(args);
	ctl_call_fail_with(call, &error);
}

static bool
find_method(const struct ctl_table tables[], const char *name, struct ctl_target *ret)
{
	for (; tables->methods != NULL; tables++)
		for (const struct ctl_method *row = tables->methods; row->name != NULL;
		     row++)
			if (strcmp(row->name, name) == 0) {
				*ret = (struct ctl_target){row, tables->userdata};
				return true;
			}
	return false;
}

static enum ctl_code
refuse_method(
    const struct ctl_table tables[], const char *name, struct ctl_error *ret_error)
{
	const char *words[64] = {NULL};
	size_t count = 0;

	for (; tables->methods != NULL; tables++)
		for (const struct ctl_method *row = tables->methods; row->name != NULL;
		     row++)
			if (count < 63)
				words[count++] = row->name;
	const char *near = ctl_suggest(name, words);
	json_t *data = json_pack(
	    "{s:o, s:s*}", "method", json_sprintf("%.64s", name), "suggest", near);
	if (near != NULL)
		return ctl_error_set(ret_error, CTL_UNKNOWN_METHOD, data,
		    "there is no method \"%.64s\", perhaps \"%s\"", name, near);
	return ctl_error_set(
	    ret_error, CTL_UNKNOWN_METHOD, data, "there is no method \"%.64s\"", name);
}

const struct ctl_param *
ctl_method_params(const struct ctl_method *method)
{
	static const struct ctl_param none[] = {{0}};
	static const struct ctl_param of_changes[] = {CTL_PARAMS_OF_CHANGES, {0}};

	if (method->params != NULL)
		return method->params;
	return method->changes ? of_changes : none;
}

/* Texts of a change reach logs and screens. */
static enum ctl_code
check_texts(const json_t *params, struct ctl_error *ret_error)
{
	static const char *const names[] = {"op_id", "reason"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!ctl_params_text_ok(ctl_params_text(params, names[i], "")))
			return ctl_error_set(ret_error, CTL_INVALID_PARAMS,
			    json_pack("{s:o, s:s}", "path",
				json_sprintf("params.%s", names[i]), "expected",
				"text without control characters"),
			    "\"%s\" must not contain control characters", names[i]);
	return CTL_OK;
}

enum ctl_code
ctl_call_check(const struct ctl_table tables[], const struct ctl_request *request,
    enum ctl_role role, struct ctl_target *ret, struct ctl_error *ret_error)
{
	if (!find_method(tables, request->method, ret))
		return refuse_method(tables, request->method, ret_error);

	const struct ctl_method *method = ret->method;

	if (role < method->role)
		return ctl_error_set(ret_error, CTL_DENIED,
		    json_pack("{s:s, s:s}", "need", ctl_role_name(method->role), "have",
			ctl_role_name(role)),
		    "%s needs the role %s, this connection has %s (%s)", method->name,
		    ctl_role_name(method->role), ctl_role_name(role),
		    ctl_role_who(method->role));
	if (method->changes && request->id == NULL)
		return ctl_error_set(ret_error, CTL_INVALID_REQUEST, NULL,
		    "%s changes something: it must have an id", method->name);
	if (ctl_params_check(request->params, ctl_method_params(method), "params",
		ret_error) != CTL_OK)
		return ret_error->code;
	return method->changes ? check_texts(request->params, ret_error) : CTL_OK;
}

struct ctl_call *
ctl_call_new(const struct ctl_method *method, struct ctl_request *request)
{
	struct ctl_call *call = calloc(1, sizeof(*call));

	if (call == NULL)
		return NULL;
	*call = (struct ctl_call){
	    .method = method,
	    .params = request->params,
	    .id = request->id,
	    .message = request->message,
	};
	*request = (struct ctl_request){0};
	return call;
}

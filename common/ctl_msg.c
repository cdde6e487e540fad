/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_msg.c - messages of the control protocol: JSON-RPC 2.0 objects, one a line. */
#include "common/ctl_msg.h"

#include <stdlib.h>
#include <string.h>

#include "common/units.h"

/* Where the weighing stands in a line. */
struct scale {
	unsigned depth, deepest, tokens;
	bool in_string, escaped;
};

static void
weigh_in_string(struct scale *scale, char c)
{
	if (scale->escaped)
		scale->escaped = false;
	else if (c == '\\')
		scale->escaped = true;
	else if (c == '"')
		scale->in_string = false;
}

static void
weigh_outside(struct scale *scale, char c)
{
	switch (c) {
	case '"':
		scale->in_string = true;
		break;
	case '{':
	case '[':
		scale->tokens++;
		if (++scale->depth > scale->deepest)
			scale->deepest = scale->depth;
		break;
	case '}':
	case ']':
		if (scale->depth > 0)
			scale->depth--;
		break;
	case ',':
		scale->tokens++;
		break;
	}
}

enum ctl_code
ctl_msg_weigh(const char *line, size_t len, struct ctl_error *ret_error)
{
	struct scale scale = {0};

	if (len > CTL_REQUEST_MAX)
		return ctl_error_set(ret_error, CTL_TOO_BIG, NULL,
		    "a request may have at most %d bytes", CTL_REQUEST_MAX);
	for (size_t i = 0; i < len; i++) {
		if (scale.in_string)
			weigh_in_string(&scale, line[i]);
		else
			weigh_outside(&scale, line[i]);
	}
	if (scale.deepest > CTL_DEPTH_MAX)
		return ctl_error_set(ret_error, CTL_TOO_BIG, NULL,
		    "a request may be nested at most %d deep", CTL_DEPTH_MAX);
	if (scale.tokens > CTL_TOKENS_MAX)
		return ctl_error_set(ret_error, CTL_TOO_BIG, NULL,
		    "a request may have at most %d members and elements",
		    CTL_TOKENS_MAX);
	return CTL_OK;
}

static bool
id_is_valid(const json_t *id)
{
	json_int_t number = json_integer_value(id);

	if (json_is_integer(id))
		return number >= -CTL_INTEGER_MAX && number <= CTL_INTEGER_MAX;
	return json_is_string(id) && json_string_length(id) <= CTL_ID_MAX;
}

static enum ctl_code
refuse(struct ctl_error *ret_error, const char *why)
{
	return ctl_error_set(ret_error, CTL_INVALID_REQUEST, NULL, "%s", why);
}

/* The envelope of a message that is an object. */
static enum ctl_code
take_members(struct ctl_request *request, struct ctl_error *ret_error)
{
	json_t *message = request->message;
	const json_t *version = json_object_get(message, "jsonrpc");
	json_t *id = json_object_get(message, "id");
	json_t *params = json_object_get(message, "params");
	const char *name;
	json_t *value;

	if (id != NULL && !id_is_valid(id))
		return refuse(ret_error,
		    "\"id\" must be an integer or a string of at most 64 bytes");
	request->id = id;
	json_object_foreach (message, name, value) {
		if (strcmp(name, "jsonrpc") != 0 && strcmp(name, "id") != 0 &&
		    strcmp(name, "method") != 0 && strcmp(name, "params") != 0)
			return ctl_error_set(ret_error, CTL_INVALID_REQUEST, NULL,
			    "a request has no member \"%.64s\"", name);
	}
	if (version != NULL && (!json_is_string(version) ||
				   strcmp(json_string_value(version), "2.0") != 0))
		return refuse(ret_error, "\"jsonrpc\" must be \"2.0\"");
	request->method = json_string_value(json_object_get(message, "method"));
	if (request->method == NULL)
		return refuse(ret_error, "\"method\" must be a string");
	if (params == NULL) {
		params = json_object();
		if (params == NULL ||
		    json_object_set_new(message, "params", params) < 0)
			return ctl_error_set(
			    ret_error, CTL_INTERNAL, NULL, "out of memory");
	}
	if (!json_is_object(params))
		return refuse(ret_error, "\"params\" must be an object");
	request->params = params;
	return CTL_OK;
}

enum ctl_code
ctl_request_parse(
    const char *line, size_t len, struct ctl_request *ret, struct ctl_error *ret_error)
{
	json_error_t error;

	*ret = (struct ctl_request){0};
	if (ctl_msg_weigh(line, len, ret_error) != CTL_OK)
		return ret_error->code;
	ret->message =
	    json_loadb(line, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (ret->message == NULL)
		return ctl_error_set(ret_error, CTL_PARSE_ERROR,
		    json_pack("{s:i}", "column", error.column), "not JSON: %s",
		    error.text);
	if (!json_is_object(ret->message))
		return refuse(ret_error,
		    json_is_array(ret->message)
			? "batches are not supported: send one request a line"
			: "a request is an object");
	return take_members(ret, ret_error);
}

void
ctl_request_done(struct ctl_request *request)
{
	json_decref(request->message);
	*request = (struct ctl_request){0};
}

json_t *
ctl_msg_request(json_int_t id, const char *method, json_t *params)
{
	if (params == NULL)
		params = json_object();
	return json_pack("{s:s, s:I, s:s, s:o}", "jsonrpc", "2.0", "id", id, "method",
	    method, "params", params);
}

static json_t *
id_or_null(json_t *id)
{
	return id != NULL ? id : json_null();
}

json_t *
ctl_msg_result(json_t *id, json_t *result)
{
	return json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id_or_null(id),
	    "result", result);
}

/* The member "error" of an answer. */
static json_t *
error_json(const struct ctl_error *error)
{
	json_t *data = json_pack("{s:s}", "name", ctl_code_name(error->code));

	if (data != NULL && error->data != NULL &&
	    json_object_update_missing(data, error->data) < 0) {
		json_decref(data);
		return NULL;
	}
	return json_pack("{s:i, s:o, s:o}", "code", ctl_code_number(error->code),
	    "message", ctl_msg_text(error->message), "data", data);
}

json_t *
ctl_msg_error(json_t *id, const struct ctl_error *error)
{
	return json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id_or_null(id),
	    "error", error_json(error));
}

enum ctl_code
ctl_msg_read_error(struct ctl_error *ret, json_t *json)
{
	json_t *data = json_object_get(json, "data");
	const char *name = json_string_value(json_object_get(data, "name"));
	const char *message = json_string_value(json_object_get(json, "message"));
	json_int_t number = json_integer_value(json_object_get(json, "code"));
	enum ctl_code code = ctl_code_find(name, (int)number);
	json_t *facts = json_is_object(data) ? json_copy(data) : NULL;

	if (facts != NULL)
		(void)json_object_del(facts, "name"); /* it need not be there */
	return ctl_error_set(
	    ret, code, facts, "%s", message != NULL ? message : ctl_code_name(code));
}

json_t *
ctl_msg_notification(const char *method, json_t *params)
{
	return json_pack(
	    "{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method, "params", params);
}

json_t *
ctl_msg_text(const char *text)
{
	json_t *json = json_string(text);

	if (json != NULL)
		return json;
	char *ascii = strdup(text);
	if (ascii == NULL)
		return NULL;
	for (char *at = ascii; *at != '\0'; at++)
		if ((unsigned char)*at >= 0x80)
			*at = '?';
	json = json_string(ascii);
	free(ascii);
	return json;
}

json_t *
ctl_msg_instant(int64_t at_us, int64_t now_us, int64_t wall_us)
{
	char text[UNITS_TEXT_SIZE];

	if (at_us == 0)
		return json_null();
	return json_string(units_format_rfc3339(text, wall_us - (now_us - at_us)));
}

char *
ctl_msg_line(const json_t *message, size_t *ret_len)
{
	char *text = json_dumps(message, CTL_TEXT_FLAGS);
	size_t len = text != NULL ? strlen(text) : 0;
	char *line = text != NULL ? realloc(text, len + 2) : NULL;

	if (line == NULL) {
		free(text);
		return NULL;
	}
	line[len] = '\n';
	line[len + 1] = '\0';
	*ret_len = len + 1;
	return line;
}

json_t *
ctl_msg_parse(const char *line, size_t len)
{
	json_t *message;

	if (len > CTL_RESPONSE_MAX)
		return NULL;
	message = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(message))
		return message;
	json_decref(message);
	return NULL;
}

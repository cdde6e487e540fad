/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ctl.c - any bytes from a client: nothing crashes, every answer is one line that
 * parses, and what comes out does not depend on how the bytes were cut. The first byte
 * says how. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/ctl_call.h"
#include "common/ctl_line.h"
#include "common/layers.h"
#include "tests/fuzz/fuzz.h"

/* What is remembered of all answers of one run. */
static uint64_t digest;

static void
add_to_digest(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		digest = (digest ^ (uint8_t)bytes[i]) * UINT64_C(0x100000001b3);
}

/* Takes over `answer`: NULL where none is wanted. */
static void
check_answer(json_t *answer)
{
	size_t len;
	if (!answer)
		return;
	char *line = ctl_msg_line(answer, &len);
	if (!line || line[len - 1] != '\n' || memchr(line, '\n', len - 1))
		abort();
	json_t *back = ctl_msg_parse(line, len - 1);
	if (len <= CTL_RESPONSE_MAX && !json_equal(back, answer))
		abort();
	add_to_digest(line, len);
	json_decref(back);
	json_decref(answer);
	free(line);
}

static void
answered(struct ctl_call *call, json_t *answer)
{
	if (!call->id != !answer)
		abort();
	check_answer(answer);
}

static void
echo(void *userdata, struct ctl_call *call)
{
	(void)userdata;
	ctl_call_reply(call, json_incref(call->params));
}

/* What a peer, or a file of ours, may contain as well. */
static void
try_other_readers(json_t *json)
{
	struct ctl_error error = {0};
	struct layers *layers = layers_new();
	if (ctl_msg_read_error(&error, json) == CTL_OK)
		abort();
	ctl_error_done(&error);
	if (layers && layers_from_json(layers, json_object_get(json, "changes")) == 0)
		json_decref(layers_to_json(layers));
	layers_free(layers);
}

static const struct ctl_param echo_params[] = {
    {"path", CTL_STRING, true, 1, 16, "a text"},
    {"next", CTL_INTEGER, false, 0, 100, "a number"},
    {"wait", CTL_BOOLEAN, false, 0, 0, "a choice"},
    {"lease", CTL_OBJECT, false, 0, 0, "anything"},
    {"changes", CTL_ARRAY, false, 1, 4, "a list"},
    {0},
};

static const struct ctl_method methods[] = {
    {"ping", CTL_ROLE_READ, false, NULL, echo, ""},
    {"echo", CTL_ROLE_OPERATOR, false, echo_params, echo, ""},
    {"apply", CTL_ROLE_OPERATOR, true, echo_params, echo, ""},
    {"reload", CTL_ROLE_ADMIN, true, NULL, echo, ""},
    {0},
};

static void
request(const char *line, size_t len)
{
	static const struct ctl_table tables[] = {{methods, NULL}, {0}};
	struct ctl_request request;
	struct ctl_error error = {0};
	struct ctl_target target;
	if (ctl_request_parse(line, len, &request, &error) != CTL_OK ||
	    ctl_call_check(tables, &request, CTL_ROLE_OPERATOR, &target, &error) !=
		CTL_OK) {
		if (error.code == CTL_OK)
			abort();
		check_answer(ctl_msg_error(json_incref(request.id), &error));
		ctl_error_done(&error);
		ctl_request_done(&request);
		return;
	}
	try_other_readers(request.params);
	struct ctl_call *call = ctl_call_new(target.method, &request);
	if (!call)
		abort();
	call->answered = answered;
	target.method->handler(target.userdata, call);
}

/* Returns the digest of all answers. */
static uint64_t
talk(const uint8_t *data, size_t size, size_t piece)
{
	struct ctl_lines lines = {.max = CTL_REQUEST_MAX};
	const char *line;
	char *space;
	size_t len, room;
	digest = UINT64_C(0xcbf29ce484222325);
	while (size > 0 && (space = ctl_lines_space(&lines, &room)) != NULL) {
		size_t n = piece < room ? piece : room;
		n = n < size ? n : size;
		memcpy(space, data, n);
		ctl_lines_filled(&lines, n);
		data += n;
		size -= n;
		while (ctl_lines_take(&lines, &line, &len))
			request(line, len);
	}
	if (size > 0)
		add_to_digest("too long", 8);
	ctl_lines_done(&lines);
	return digest;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_object_seed(1);
	if (size == 0)
		return 0;
	if (talk(data + 1, size - 1, (size_t)data[0] + 1) !=
	    talk(data + 1, size - 1, SIZE_MAX))
		abort();
	return 0;
}

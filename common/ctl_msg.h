/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_msg.h - messages of the control protocol: JSON-RPC 2.0 objects, one on each line.
 *
 * Pure: bytes in, values out. A line is weighed before it is parsed, because a small
 * text can become a large tree and parsing it would hold the daemon's loop.
 */
#ifndef COMMON_CTL_MSG_H
#define COMMON_CTL_MSG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/ctl_error.h"

#define CTL_PROTOCOL "hcp"
#define CTL_MAJOR 1
#define CTL_MINOR 0

#define CTL_REQUEST_MAX 65536    /* bytes of a request line, newline not counted */
#define CTL_RESPONSE_MAX 1048576 /* bytes of an answer, newline included */
#define CTL_DEPTH_MAX 16         /* arrays and objects inside each other */
#define CTL_TOKENS_MAX 2048      /* of { [ , outside strings */
#define CTL_ID_MAX 64            /* bytes of an id that is a string */
#define CTL_INTEGER_MAX (INT64_C(1) << 53) /* what every JSON reader keeps exactly */
#define CTL_PAGE 256             /* items in one answer of `list` */

/* How the protocol is written (json_dumps()): of a time in milliseconds three decimals
 * are true, and more digits would show how computers keep numbers. */
#define CTL_TEXT_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

/* Weighs one line without its newline. Returns CTL_OK, or CTL_TOO_BIG with the limit
 * that was passed. Says nothing about whether it is JSON. */
enum ctl_code ctl_msg_weigh(const char *line, size_t len, struct ctl_error *ret_error);

/* A request. The values are the caller's until ctl_request_done(). */
struct ctl_request {
	json_t *id;         /* integer or string; NULL: no answer is wanted */
	const char *method; /* points into `message` */
	json_t *params;     /* always an object */
	json_t *message;
};

/* Weighs and parses a request line. Returns CTL_OK, or what is wrong with it; in that
 * case ret->id alone may be set (so that the error can be answered to) and
 * ctl_request_done() is due all the same. */
enum ctl_code ctl_request_parse(
    const char *line, size_t len, struct ctl_request *ret, struct ctl_error *ret_error);
void ctl_request_done(struct ctl_request *request);

/* Builders; each takes over the values given to it and returns NULL when out of memory.
 * `id` may be NULL, which is sent as null. */
json_t *ctl_msg_request(json_int_t id, const char *method, json_t *params);
json_t *ctl_msg_result(json_t *id, json_t *result);
json_t *ctl_msg_error(json_t *id, const struct ctl_error *error);
json_t *ctl_msg_notification(const char *method, json_t *params);

/* Reads the member "error" of an answer, {"code", "message", "data": {"name", ...}},
 * and any other value that a peer may have sent as one. Returns the code, never CTL_OK.
 */
enum ctl_code ctl_msg_read_error(struct ctl_error *ret, json_t *json);

/* A string of text that may come from a configuration file: bytes that are not ASCII
 * become "?" when the whole is not UTF-8. NULL: out of memory. */
json_t *ctl_msg_text(const char *text);

/* The instant `at_us` of clock_now_us() as people read it, null for 0; at `now_us` the
 * wall clock is `wall_us`. */
json_t *ctl_msg_instant(int64_t at_us, int64_t now_us, int64_t wall_us);

/* The line of a message, newline included; the caller frees it. *ret_len is without the
 * terminating zero. NULL: out of memory. */
char *ctl_msg_line(const json_t *message, size_t *ret_len);

/* Parses what a daemon sent: any object, up to CTL_RESPONSE_MAX. NULL: it is none. */
json_t *ctl_msg_parse(const char *line, size_t len);

#endif

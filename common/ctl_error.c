/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_error.c - the errors of the control protocol: codes, names and exit statuses. */
#include "common/ctl_error.h"

#include <stdio.h>
#include <string.h>

struct row {
	int number;
	const char *name;
	enum ctl_exit exit;
	bool retry;
};

/* clang-format off */
static const struct row rows[CTL_CODE_COUNT_] = {
	[CTL_OK]                  = {      0, "ok",                  CTL_EXIT_DONE,        false},
	[CTL_PARSE_ERROR]         = { -32700, "parse_error",         CTL_EXIT_FAILED,      false},
	[CTL_INVALID_REQUEST]     = { -32600, "invalid_request",     CTL_EXIT_FAILED,      false},
	[CTL_UNKNOWN_METHOD]      = { -32601, "unknown_method",      CTL_EXIT_USAGE,       false},
	[CTL_INVALID_PARAMS]      = { -32602, "invalid_params",      CTL_EXIT_USAGE,       false},
	[CTL_INTERNAL]            = { -32603, "internal",            CTL_EXIT_FAILED,      true},
	[CTL_NOT_FOUND]           = {   1001, "not_found",           CTL_EXIT_NOT_FOUND,   false},
	[CTL_DENIED]              = {   1002, "denied",              CTL_EXIT_DENIED,      false},
	[CTL_STALE_REV]           = {   1003, "stale_rev",           CTL_EXIT_REFUSED,     true},
	[CTL_BUSY]                = {   1004, "busy",                CTL_EXIT_REFUSED,     true},
	[CTL_WRONG_STATE]         = {   1005, "wrong_state",         CTL_EXIT_REFUSED,     false},
	[CTL_NOT_LIVE]            = {   1006, "not_live",            CTL_EXIT_REFUSED,     false},
	[CTL_WOULD_BREAK]         = {   1007, "would_break",         CTL_EXIT_REFUSED,     false},
	[CTL_NOT_MOVED]           = {   1008, "not_moved",           CTL_EXIT_NOT_REACHED, true},
	[CTL_PARTIAL]             = {   1009, "partial",             CTL_EXIT_PARTLY,      false},
	[CTL_TOO_BIG]             = {   1010, "too_big",             CTL_EXIT_FAILED,      false},
	[CTL_TOO_MANY]            = {   1011, "too_many",            CTL_EXIT_FAILED,      true},
	[CTL_UNAVAILABLE]         = {   1012, "unavailable",         CTL_EXIT_UNREACHABLE, true},
	[CTL_LEASE_LIMIT]         = {   1013, "lease_limit",         CTL_EXIT_REFUSED,     false},
	[CTL_OP_MISMATCH]         = {   1014, "op_mismatch",         CTL_EXIT_REFUSED,     false},
	[CTL_IO]                  = {   1015, "io",                  CTL_EXIT_FAILED,      true},
	[CTL_CONFIG_INVALID]      = {   1016, "config_invalid",      CTL_EXIT_FAILED,      false},
	[CTL_UNSUPPORTED_VERSION] = {   1017, "unsupported_version", CTL_EXIT_UNREACHABLE, false},
};
/* clang-format on */

static const struct row *
row_of(enum ctl_code code)
{
	return (unsigned)code < CTL_CODE_COUNT_ ? &rows[code] : &rows[CTL_INTERNAL];
}

int
ctl_code_number(enum ctl_code code)
{
	return row_of(code)->number;
}

const char *
ctl_code_name(enum ctl_code code)
{
	return row_of(code)->name;
}

enum ctl_exit
ctl_code_exit(enum ctl_code code)
{
	return row_of(code)->exit;
}

bool
ctl_code_retry(enum ctl_code code)
{
	return row_of(code)->retry;
}

enum ctl_code
ctl_code_find(const char *name, int number)
{
	for (unsigned i = CTL_OK + 1; name != NULL && i < CTL_CODE_COUNT_; i++)
		if (strcmp(rows[i].name, name) == 0)
			return (enum ctl_code)i;
	for (unsigned i = CTL_OK + 1; i < CTL_CODE_COUNT_; i++)
		if (rows[i].number == number)
			return (enum ctl_code)i;
	return CTL_INTERNAL;
}

enum ctl_code
ctl_error_vset(struct ctl_error *ret, enum ctl_code code, json_t *data,
    const char *format, va_list args)
{
	json_decref(ret->data);
	ret->code = code;
	ret->data = data;
	(void)vsnprintf(ret->message, sizeof(ret->message), format, args);
	return code;
}

enum ctl_code
ctl_error_set(
    struct ctl_error *ret, enum ctl_code code, json_t *data, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	ctl_error_vset(ret, code, data, format, args);
	va_end(args);
	return code;
}

void
ctl_error_done(struct ctl_error *error)
{
	json_decref(error->data);
	*error = (struct ctl_error){0};
}

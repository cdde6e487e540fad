/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_error.h - the errors of the control protocol: codes, names and exit statuses.
 *
 * The name is the stable key of an error; the message is for people and may change. The
 * one table behind this serves the daemons (code and name on the wire) and hactl (exit
 * status).
 */
#ifndef COMMON_CTL_ERROR_H
#define COMMON_CTL_ERROR_H

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>

enum ctl_code {
	CTL_OK = 0,
	CTL_PARSE_ERROR,
	CTL_INVALID_REQUEST,
	CTL_UNKNOWN_METHOD,
	CTL_INVALID_PARAMS, /* data: path, expected, suggest */
	CTL_INTERNAL,
	CTL_NOT_FOUND,
	CTL_DENIED,    /* data: need, have */
	CTL_STALE_REV, /* data: rev */
	CTL_BUSY,
	CTL_WRONG_STATE, /* data: path, state, need */
	CTL_NOT_LIVE,    /* the field changes by a reload only */
	CTL_WOULD_BREAK,
	CTL_NOT_MOVED, /* data: path, seen, waited_ms */
	CTL_PARTIAL,
	CTL_TOO_BIG,
	CTL_TOO_MANY,
	CTL_UNAVAILABLE, /* the daemon stops, or cannot be reached */
	CTL_LEASE_LIMIT,
	CTL_OP_MISMATCH,
	CTL_IO,
	CTL_CONFIG_INVALID, /* data: verdict, errors, warnings, findings */
	CTL_UNSUPPORTED_VERSION,
	CTL_CODE_COUNT_
};

/* Exit statuses of hactl; scripts rely on them. */
enum ctl_exit {
	CTL_EXIT_DONE = 0,
	CTL_EXIT_FAILED = 1,      /* failed, "no", differs */
	CTL_EXIT_USAGE = 2,       /* or a confirmation was needed and not given */
	CTL_EXIT_UNREACHABLE = 3, /* no trustworthy answer */
	CTL_EXIT_DENIED = 4,
	CTL_EXIT_NOT_FOUND = 5,
	CTL_EXIT_REFUSED = 6,
	CTL_EXIT_NOT_REACHED = 7, /* accepted, but the goal was not reached in time */
	CTL_EXIT_PARTLY = 8,
	CTL_EXIT_ANSWERED_NO = 9,
	CTL_EXIT_INTERRUPTED = 130,
};

int ctl_code_number(enum ctl_code code); /* -32700, 1008: error.code on the wire */
const char *ctl_code_name(enum ctl_code code); /* "not_moved": error.data.name */
enum ctl_exit ctl_code_exit(enum ctl_code code);
bool ctl_code_retry(enum ctl_code code); /* trying again later may help */

/* The code of an error.data.name, or of an error.code when the name is NULL or unknown.
 * CTL_INTERNAL when neither is known: a newer daemon's error is an error still. */
enum ctl_code ctl_code_find(const char *name, int number);

/* An error as a value. Zero-initialise; ctl_error_done() afterwards. */
struct ctl_error {
	enum ctl_code code; /* CTL_OK: no error */
	char message[512];  /* one sentence */
	json_t *data;       /* facts, an object without "name"; may be NULL */
};

/* Fills *ret, replacing what was there. Takes over `data`, which may be NULL. Returns
 * `code`. */
enum ctl_code ctl_error_set(struct ctl_error *ret, enum ctl_code code, json_t *data,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
enum ctl_code ctl_error_vset(struct ctl_error *ret, enum ctl_code code, json_t *data,
    const char *format, va_list args) __attribute__((format(printf, 4, 0)));

/* Frees the data and makes it CTL_OK again. */
void ctl_error_done(struct ctl_error *error);

#endif

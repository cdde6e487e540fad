/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_params.h - checks the parameters of a request against a table, strictly. */
#ifndef COMMON_CTL_PARAMS_H
#define COMMON_CTL_PARAMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/ctl_error.h"

enum ctl_type {
	CTL_STRING = 0,
	CTL_INTEGER,
	CTL_BOOLEAN,
	CTL_OBJECT,
	CTL_ARRAY,
	CTL_LEASE_MS, /* an integer: how long a lease lasts */
	CTL_TYPE_COUNT_
};

/* One member that may be there. Tables end with a row without a name. */
struct ctl_param {
	const char *name;
	enum ctl_type type;
	bool required;
	int64_t min, max; /* integers, inclusive; strings and arrays: their length; when
			   * both are 0: no limit but that of the line */
	const char *help;
};

/* What every method that changes something takes, for its table. */
#define CTL_PARAMS_OF_CHANGES \
	{"op_id", CTL_STRING, false, 1, 64, \
	    "a name: asked again, the same request is not done again"}, \
	{ \
		"reason", CTL_STRING, false, 0, 200, \
		    "for the log and for those who come later" \
	}

const char *ctl_type_name(enum ctl_type type); /* "integer" */

/* Checks the members of `object` against `table` before anything is done: unknown names
 * (with the nearest known one as suggestion), missing ones, types and ranges. `path` is
 * what the error calls the object ("params", "params.lease"). Returns CTL_OK,
 * CTL_INVALID_PARAMS, or CTL_LEASE_LIMIT where a lease would last longer than any may.
 */
enum ctl_code ctl_params_check(json_t *object, const struct ctl_param *table,
    const char *path, struct ctl_error *ret_error);

/* Checks a text that will reach logs and screens: no control characters. */
bool ctl_params_text_ok(const char *text);

/* Members that ctl_params_check() let pass, or what to take when they are not there. */
const char *ctl_params_text(const json_t *object, const char *name, const char *absent);
int64_t ctl_params_integer(const json_t *object, const char *name, int64_t absent);
bool ctl_params_boolean(const json_t *object, const char *name, bool absent);

/* The row of `table` (ends with a NULL name) nearest to `word`, or NULL when none is
 * near: at most two slips, fewer in short words. */
const char *ctl_suggest(const char *word, const char *const *words);

/* {"NAME": {"type", "required", "min", "max", "help"}} for `describe`. */
json_t *ctl_params_describe(const struct ctl_param *table);

#endif

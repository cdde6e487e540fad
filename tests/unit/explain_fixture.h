/* SPDX-License-Identifier: Apache-2.0 */
/* explain_fixture.h - looks at what a router says of itself, and what holds it back. */
#ifndef TESTS_UNIT_EXPLAIN_FIXTURE_H
#define TESTS_UNIT_EXPLAIN_FIXTURE_H

#include "tests/unit/vrrp_view_fixture.h"

/* The value of the line called `label`, and whether it is the cause; and its source. */
const char *line_of(const json_t *explanation, const char *label, bool *ret_cause);
const char *source_of(const json_t *explanation, const char *label);

/* What would have to happen for it to be Master; and the first sentence of all. */
void assert_needs(struct router *r, const char *expected);
void assert_summary(struct router *r, const char *expected);

/* Of all lines this one alone is the cause. */
void assert_cause(struct router *r, const char *label);

/* Adds an entry of the lease `id` to VI_1, which lasts for a minute. */
void lease(struct router *r, const char *kind, const char *id, const char *field,
    int64_t value);

/* Both entries of the maintenance L-3fa1. */
void maintain(struct router *r, int64_t flags);

/* What a maintenance left. */
void put_stay(struct router *r);

#endif

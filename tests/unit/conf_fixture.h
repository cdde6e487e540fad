/* SPDX-License-Identifier: Apache-2.0 */
/* conf_fixture.h - configurations written in a test, and what is said about them. */
#ifndef TESTS_UNIT_CONF_FIXTURE_H
#define TESTS_UNIT_CONF_FIXTURE_H

#include "common/conf.h"
#include "tests/unit/unit.h"

struct conf_fixture {
	struct conf_diags *diags;
	struct conf_tree *tree;
};

/* Parses a text called "t.conf" on a host called "lb1". */
struct conf_fixture conf_of(const char *text);

/* A vrrp_instance with everything it needs, and `more` statements in it. */
struct conf_fixture conf_of_instance(const char *more);

void conf_done(struct conf_fixture *conf);

/* The findings, one a line: "3:9: error: text\n". Valid until the next call. */
const char *conf_findings(const struct conf_fixture *conf);

/* Fails unless the findings are exactly these. */
void assert_findings(const struct conf_fixture *conf, const char *expected);

/* Fails unless the canonical form, secrets included, is exactly this. */
void assert_canonical(const struct conf_fixture *conf, const char *expected);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_view_fixture.h - a view of a virtual router, with values that a test changes. */
#ifndef TESTS_UNIT_VRRP_VIEW_FIXTURE_H
#define TESTS_UNIT_VRRP_VIEW_FIXTURE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "tests/unit/unit.h"
#include "vrrpd/vrrp_json.h"

#define SECOND INT64_C(1000000)
#define NOW (100 * SECOND)
#define WALL (INT64_C(1763689270) * SECOND) /* 2025-11-21T01:41:10Z */

/* Everything a view points to. */
struct router {
	struct vrrp_vip vips[2];
	struct vrrp_instance_conf conf;
	struct vrrp_fsm fsm;
	struct layers *layers;
	bool present[2];
	const char *faults[2];
	struct vrrp_view_counter counters[1];
	struct vrrp_view view;
};

/* Around each case; *state is the router: VI_1, MASTER for 7.860120 s, with two
 * addresses and priority 100. */
int setup(void **state);
int teardown(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Makes it BACKUP of that master, which was heard half a second ago. */
void make_backup(struct router *r, const char *master, uint8_t priority);

/* Sets its priority; a lease lasts for a minute. */
const struct layer_entry *put(
    struct router *r, enum layer layer, const char *kind, int64_t value);

struct addr an_address(const char *text);

/* Fails the test unless the member, as compact JSON, is `expected`. */
void assert_member(const json_t *json, const char *name, const char *expected);

#endif

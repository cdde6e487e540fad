/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_explain_leases.c - why a virtual router is what it is in a hold or a
 * maintenance. */
#include "tests/unit/explain_fixture.h"

#include <stdio.h>
#include <string.h>

#include "vrrpd/vrrp_fields.h"

static void
maintenance_is_the_cause_when_nothing_else_is_wrong(void **state)
{
	struct router *r = *state;
	char expected[200], label[64];
	const struct layer_entry out = {
	    .path = "instance/VI_1",
	    .field = VRRP_FIELD_MAINTENANCE,
	    .value = VRRP_MAINTENANCE_OUT,
	    .layer = LAYER_LEASE,
	    .kind = "maintenance",
	    .id = "",
	    .reason = "",
	    .created_us = NOW,
	    .expires_us = NOW + 60 * SECOND,
	};
	const struct layer_entry *stored;

	r->fsm.state = VRRP_STATE_FAULT;
	r->faults[0] = "maintenance";
	assert_int_equal(layers_set(r->layers, &out, &stored), 0);
	(void)snprintf(expected, sizeof(expected),
	    "the end of maintenance %s in 1m, then no advertisement of priority 100 or more.",
	    stored->id);
	assert_needs(r, expected);
	(void)snprintf(label, sizeof(label), "maintenance %s", stored->id);
	assert_cause(r, label);
}

/* It was to be out of the way, but nobody else is there. */
static void
master_in_maintenance_is_the_last_resort(void **state)
{
	struct router *r = *state;

	maintain(r, 0);
	assert_cause(r, "maintenance L-3fa1");
	assert_summary(r,
	    "VI_1 is MASTER: only as the last resort, for nobody else has taken over "
	    "yet (a peer may need 3.99s more); "
	    "in maintenance (lease L-3fa1) for another 1m.");
	r->view.now_us += 4 * SECOND;
	assert_summary(r,
	    "VI_1 is MASTER: only as the last resort, for nobody else has taken over; "
	    "in maintenance (lease L-3fa1) for another 56s.");
	/* While the role is being handed over, nobody knows that yet. */
	r->view.moving = "failover";
	assert_summary(r, "VI_1 is MASTER: took over.");
	r->view.moving = NULL;
	make_backup(r, "192.0.2.12", 50);
	assert_null(vrrp_view_last_resort(&r->view));
}

static void
master_that_is_held_is_the_last_resort(void **state)
{
	struct router *r = *state;

	lease(r, "hold", "L-3fa0", "priority", 1);
	assert_cause(r, "hold L-3fa0");
	assert_summary(r,
	    "VI_1 is MASTER: only as the last resort, for nobody else has taken over "
	    "yet (a peer may need 3.99s more); "
	    "held back (lease L-3fa0) for another 1m.");
	r->view.now_us += 4 * SECOND;
	assert_summary(r,
	    "VI_1 is MASTER: only as the last resort, for nobody else has taken over; "
	    "held back (lease L-3fa0) for another 56s.");
	/* A newer takeover is what its operator wants. */
	lease(r, "takeover", "L-3fa9", "priority", 254);
	assert_summary(r, "VI_1 is MASTER: took over.");
}

/* The end of one thing is not the end of all. */
static void
maintenance_leaves_what_else_stands_in_the_way(void **state)
{
	static const char *const end = "the end of maintenance L-3fa1 in 1m, then no";
	struct router *r = *state;
	char expected[200];

	r->fsm.state = VRRP_STATE_FAULT;
	r->faults[0] = "maintenance";
	(void)put(r, LAYER_RUNTIME, "override", 140);
	maintain(r, VRRP_MAINTENANCE_OUT);
	(void)snprintf(expected, sizeof(expected),
	    "%s advertisement of priority 140 or more.", end);
	assert_needs(r, expected);
	lease(r, "hold", "L-3fa0", "priority", 1);
	(void)snprintf(expected, sizeof(expected),
	    "%s advertisement of priority 1 or more, or none of 140 or more after the end of hold L-3fa0 "
	    "in 1m.",
	    end);
	assert_needs(r, expected);
	(void)snprintf(expected, sizeof(expected),
	    "%s advertisement of another router, or \"hactl takeover VI_1\".", end);
	put_stay(r);
	assert_needs(r, expected);
	assert_cause(r, "maintenance L-3fa1");
}

/* All that holds it back must end, in whatever order it came. */
static void
maintenance_over_a_hold_needs_the_end_that_is_last(void **state)
{
	struct router *r = *state;

	make_backup(r, "192.0.2.12", 50);
	r->fsm.params.priority = 1;
	r->fsm.params.version = 3;
	lease(r, "hold", "L-3fa0", "priority", 1);
	assert_int_equal(layers_renew(r->layers, "L-3fa0", NOW + 90 * SECOND), 1);
	maintain(r, 0);
	assert_cause(r, "maintenance L-3fa1");
	assert_needs(
	    r, "192.0.2.12 silent for 3.99s, or the end of hold L-3fa0 in 1m30s.");
}

/* Nor does it give the role back when it is not meant to. */
static void
maintenance_with_stay_says_so_before_its_end(void **state)
{
	struct router *r = *state;

	r->fsm.state = VRRP_STATE_FAULT;
	r->faults[0] = "maintenance";
	maintain(r, VRRP_MAINTENANCE_OUT | VRRP_MAINTENANCE_STAY);
	assert_needs(r,
	    "the end of maintenance L-3fa1 in 1m, then no advertisement of another "
	    "router, or \"hactl takeover VI_1\".");
	maintain(r, VRRP_MAINTENANCE_STAY);
	make_backup(r, "192.0.2.12", 50);
	r->faults[0] = NULL;
	r->fsm.params.priority = 1;
	r->fsm.params.version = 3;
	assert_needs(r,
	    "192.0.2.12 silent for 3.99s, or the end of maintenance L-3fa1 in 1m and "
	    "then \"hactl takeover VI_1\".");
	assert_summary(r,
	    "VI_1 is BACKUP: 192.0.2.12 is MASTER with priority 50, maintenance L-3fa1 "
	    "keeps this one behind at 1, and \"stay\" of a maintenance would leave it "
	    "the role after that.");
}

/* One lease is one line, which says what it does and not by which priority. */
static void
maintenance_is_told_in_one_line(void **state)
{
	static const char *const says[] = {"last resort", "out of service"};
	struct router *r = *state;
	struct layer_entry entry = {
	    .path = "instance/VI_1",
	    .layer = LAYER_LEASE,
	    .kind = "maintenance",
	    .reason = "",
	    .created_us = NOW,
	    .expires_us = NOW + 60 * SECOND,
	};
	const struct layer_entry *stored;
	char label[64];
	bool cause;

	make_backup(r, "192.0.2.12", 50);
	r->fsm.params.priority = 1;
	for (int out = 0; out < 2; out++) {
		entry.id = "";
		entry.field = VRRP_FIELD_MAINTENANCE;
		entry.value = out ? VRRP_MAINTENANCE_OUT : 0;
		assert_int_equal(layers_set(r->layers, &entry, &stored), 0);
		entry.id = stored->id;
		entry.field = "priority";
		entry.value = 1;
		assert_int_equal(layers_set(r->layers, &entry, &stored), 0);
		(void)snprintf(label, sizeof(label), "maintenance %s", stored->id);

		json_t *json = vrrp_json_explain(&r->view);
		assert_string_equal(line_of(json, label, &cause), says[out]);
		assert_true(cause);
		/* state, priority, nopreempt, it, effective, interface, master,
		 * addresses */
		assert_int_equal(json_array_size(json_object_get(json, "lines")), 8);
		json_decref(json);
		assert_int_equal(layers_release(r->layers, stored->id, NULL, NULL), 2);
	}
}

static void
hold_is_the_cause_and_told_with_its_end(void **state)
{
	struct router *r = *state;
	char expected[200], label[64];
	const char *id;

	make_backup(r, "192.0.2.12", 90);
	r->fsm.params.priority = 1;
	r->fsm.params.version = 3;
	id = put(r, LAYER_LEASE, "hold", 1)->id;
	/* 3 + 255/256 intervals; a span is never rounded up. */
	(void)snprintf(expected, sizeof(expected),
	    "192.0.2.12 silent for 3.99s, or the end of hold %s in 1m.", id);
	assert_needs(r, expected);
	(void)snprintf(expected, sizeof(expected),
	    "VI_1 is BACKUP: 192.0.2.12 is MASTER with priority 90, hold %s keeps this one "
	    "behind at 1.",
	    id);
	assert_summary(r, expected);
	(void)snprintf(label, sizeof(label), "hold %s", id);
	assert_cause(r, label);
}

/* The usual Backup after a failover: the end of the hold alone does not bring the role
 * back, but the hold is what keeps it away now. */
static void
hold_is_the_cause_with_nopreempt_and_stay_too(void **state)
{
	struct router *r = *state;

	make_backup(r, "192.0.2.12", 90);
	r->conf.nopreempt = true;
	r->fsm.params.priority = 1;
	r->fsm.params.preempt = false;
	r->fsm.params.version = 3;
	lease(r, "hold", "L-3fa0", "priority", 1);
	assert_cause(r, "hold L-3fa0");
	assert_needs(r,
	    "192.0.2.12 silent for 3.99s, or the end of hold L-3fa0 in 1m and "
	    "nopreempt off, or \"hactl takeover VI_1\".");
	assert_summary(r,
	    "VI_1 is BACKUP: 192.0.2.12 is MASTER with priority 90, hold L-3fa0 keeps "
	    "this one behind at 1, and nopreempt would leave it the role after that.");
	r->conf.nopreempt = false;
	put_stay(r);
	assert_cause(r, "hold L-3fa0");
	assert_needs(r, "192.0.2.12 silent for 3.99s, or \"hactl takeover VI_1\".");
}

/* Without the hold it would be behind as well. */
static void
held_backup_of_a_higher_master_needs_both(void **state)
{
	struct router *r = *state;

	make_backup(r, "192.0.2.12", 150);
	r->fsm.params.priority = 1;
	r->fsm.params.version = 3;
	lease(r, "hold", "L-3fa0", "priority", 1);
	assert_cause(r, "master");
	assert_needs(r,
	    "192.0.2.12 silent for 3.99s, or the end of hold L-3fa0 in 1m and a "
	    "priority above 150 here.");
	assert_summary(r,
	    "VI_1 is BACKUP: 192.0.2.12 is MASTER with priority 150, this one has 100, "
	    "and 1 in hold L-3fa0.");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(maintenance_is_the_cause_when_nothing_else_is_wrong),
	    TEST(master_in_maintenance_is_the_last_resort),
	    TEST(master_that_is_held_is_the_last_resort),
	    TEST(maintenance_leaves_what_else_stands_in_the_way),
	    TEST(maintenance_over_a_hold_needs_the_end_that_is_last),
	    TEST(maintenance_with_stay_says_so_before_its_end),
	    TEST(maintenance_is_told_in_one_line),
	    TEST(hold_is_the_cause_and_told_with_its_end),
	    TEST(hold_is_the_cause_with_nopreempt_and_stay_too),
	    TEST(held_backup_of_a_higher_master_needs_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

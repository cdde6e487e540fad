/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_explain.c - why a virtual router is what it is. */
#include "tests/unit/vrrp_view_fixture.h"

#include <stdio.h>
#include <string.h>

#include "vrrpd/vrrp_fields.h"

/* The value of the line called `label`, and whether it is the cause. */
static const char *
line_of(const json_t *explanation, const char *label, bool *ret_cause)
{
	const json_t *lines = json_object_get(explanation, "lines");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		if (strcmp(json_string_value(json_object_get(line, "label")), label) !=
		    0)
			continue;
		*ret_cause = json_is_true(json_object_get(line, "cause"));
		return json_string_value(json_object_get(line, "value"));
	}
	fail_msg("no line %s", label);
	return NULL;
}

static void
assert_needs(struct router *r, const char *expected)
{
	json_t *json = vrrp_json_explain(&r->view);
	const char *text = json_string_value(json_object_get(json, "to_be_master"));

	assert_non_null(text);
	assert_string_equal(text, expected);
	json_decref(json);
}

static void
assert_summary(struct router *r, const char *expected)
{
	json_t *json = vrrp_json_explain(&r->view);

	assert_string_equal(
	    json_string_value(json_object_get(json, "summary")), expected);
	json_decref(json);
}

/* Of all lines this one alone is the cause. */
static void
assert_cause(struct router *r, const char *label)
{
	json_t *json = vrrp_json_explain(&r->view), *line;
	size_t i;

	json_array_foreach (json_object_get(json, "lines"), i, line) {
		const char *name = json_string_value(json_object_get(line, "label"));

		assert_int_equal(json_is_true(json_object_get(line, "cause")),
		    strcmp(name, label) == 0);
	}
	json_decref(json);
}

static void
master_needs_nothing(void **state)
{
	struct router *r = *state;
	json_t *json = vrrp_json_explain(&r->view);
	bool cause;

	assert_member(json, "summary", "\"VI_1 is MASTER: took over.\"");
	assert_member(json, "to_be_master", "null");
	assert_string_equal(line_of(json, "priority", &cause), "100");
	assert_string_equal(line_of(json, "master", &cause), "self");
	assert_string_equal(line_of(json, "overrides", &cause), "none");
	json_decref(json);
}

static const char *
source_of(const json_t *explanation, const char *label)
{
	const json_t *lines = json_object_get(explanation, "lines");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);

		if (strcmp(json_string_value(json_object_get(line, "label")), label) ==
		    0)
			return json_string_value(json_object_get(line, "source"));
	}
	fail_msg("no line %s", label);
	return NULL;
}

static void
move_says_what_it_waits_for_and_how_long_yet(void **state)
{
	static const struct {
		const char *method, *source;
	} ways[] = {
	    {"handover",
		"since 1s, method handover: has resigned and serves on, waits 2s "
		"more for another Master"},
	    {"yield",
		"since 1s, method yield: says priority 1 and serves on, waits 2s more "
		"for another Master"},
	    {"release",
		"since 1s, method release: has let go, waits 2s more for another "
		"Master"},
	};
	struct router *r = *state;
	json_t *json;

	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		r->view.moving = "failover";
		r->view.move = (struct vrrp_view_move){
		    .kind = "failover",
		    .method = ways[i].method,
		    .since_us = NOW - SECOND,
		    .until_us = NOW + 2 * SECOND,
		};
		json = vrrp_json_explain(&r->view);
		assert_string_equal(source_of(json, "under way"), ways[i].source);
		assert_member(json, "summary",
		    "\"VI_1 is MASTER: took over; a failover is under way.\"");
		json_decref(json);
	}
	json = vrrp_json_instance(&r->view, true);
	json_t *move = json_object_get(json, "move");
	assert_int_equal(json_integer_value(json_object_get(move, "left_ms")), 2000);
	assert_string_equal(
	    json_string_value(json_object_get(move, "method")), "release");
	json_decref(json);
}

static void
takeover_says_how_much_silence_proves_it(void **state)
{
	struct router *r = *state;

	r->view.moving = "takeover";
	r->view.move = (struct vrrp_view_move){
	    .kind = "takeover",
	    .since_us = NOW - SECOND,
	    .until_us = NOW + 5 * SECOND,
	    .quiet_us = 2 * SECOND,
	};
	json_t *json = vrrp_json_explain(&r->view);
	assert_string_equal(source_of(json, "under way"),
	    "since 1s, done when nobody else is heard for 2s more");
	assert_member(json, "to_be_master", "null");
	json_decref(json);
}

static void
master_that_hands_over_stays_when_nobody_comes(void **state)
{
	struct router *r = *state;

	r->fsm.handover_until_us = NOW + 2 * SECOND;
	assert_needs(r, "it stays so when nobody takes the role over in the next 2s.");
	r->fsm.handover_release = true;
	assert_needs(r, "it must be started again.");
}

static void
fault_names_the_interface_as_cause(void **state)
{
	struct router *r = *state;
	bool cause;

	r->fsm.state = VRRP_STATE_FAULT;
	r->faults[0] = "link_down";
	r->view.fault_text = "interface eth0 is down";
	json_t *json = vrrp_json_explain(&r->view);
	assert_member(json, "summary", "\"VI_1 is FAULT: interface eth0 is down.\"");
	assert_string_equal(line_of(json, "interface eth0", &cause), "FAULT");
	assert_true(cause);
	assert_string_equal(line_of(json, "effective", &cause), "would be 100");
	json_decref(json);
	assert_needs(r, "eth0 up, then no advertisement above 100.");
	r->faults[0] = "no_interface";
	assert_needs(r, "interface eth0 there, then no advertisement above 100.");
	r->faults[0] = "no_address";
	assert_needs(r,
	    "an address on eth0 to advertise from, then no advertisement above 100.");
}

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
	    "the end of maintenance %s in 1m, then no advertisement above 100.",
	    stored->id);
	assert_needs(r, expected);
	(void)snprintf(label, sizeof(label), "maintenance %s", stored->id);
	assert_cause(r, label);
}

/* Adds an entry of the lease `id` to VI_1, which lasts for a minute. */
static void
lease(struct router *r, const char *kind, const char *id, const char *field,
    int64_t value)
{
	const struct layer_entry entry = {
	    .path = "instance/VI_1",
	    .field = field,
	    .value = value,
	    .layer = LAYER_LEASE,
	    .kind = kind,
	    .id = id,
	    .reason = "",
	    .created_us = NOW,
	    .expires_us = NOW + 60 * SECOND,
	};

	assert_int_equal(layers_set(r->layers, &entry, NULL), 0);
}

static void
maintain(struct router *r, int64_t flags)
{
	lease(r, "maintenance", "L-3fa1", VRRP_FIELD_MAINTENANCE, flags);
	lease(r, "maintenance", "L-3fa1", "priority", 1);
}

/* What a maintenance left. */
static void
put_stay(struct router *r)
{
	const struct layer_entry stay = {
	    .path = "instance/VI_1",
	    .field = "stay",
	    .value = 1,
	    .layer = LAYER_RUNTIME,
	    .kind = "stay",
	    .id = "",
	    .reason = "",
	    .created_us = NOW,
	};

	assert_int_equal(layers_set(r->layers, &stay, NULL), 0);
}

/* It was to be out of the way, but nobody else is there. */
static void
master_in_maintenance_is_the_last_resort(void **state)
{
	struct router *r = *state;

	maintain(r, 0);
	assert_cause(r, "maintenance L-3fa1");
	assert_summary(r,
	    "VI_1 is MASTER: only as the last resort, for nobody else has taken over; "
	    "in maintenance (lease L-3fa1) for another 1m.");
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
	    "VI_1 is MASTER: only as the last resort, for nobody else has taken over; "
	    "held back (lease L-3fa0) for another 1m.");
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
	(void)snprintf(expected, sizeof(expected), "%s advertisement above 140.", end);
	assert_needs(r, expected);
	lease(r, "hold", "L-3fa0", "priority", 1);
	(void)snprintf(expected, sizeof(expected),
	    "%s advertisement above 1, or none above 140 after the end of hold L-3fa0 "
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
backup_of_a_higher_master_needs_its_silence(void **state)
{
	struct router *r = *state;

	make_backup(r, "192.0.2.12", 150);
	assert_needs(r, "192.0.2.12 silent for 3.6s, or a priority above 150 here.");
	assert_summary(r,
	    "VI_1 is BACKUP: 192.0.2.12 is MASTER with priority 150, this one has "
	    "100.");
}

static void
backup_of_an_equal_master_does_not_preempt(void **state)
{
	struct router *r = *state;

	make_backup(r, "192.0.2.12", 100);
	assert_needs(r, "192.0.2.12 silent for 3.6s, or a priority above 100 here.");
	assert_summary(r,
	    "VI_1 is BACKUP: 192.0.2.12 is MASTER with priority 100, an equal "
	    "one does not preempt it.");
}

static void
nopreempt_leaves_the_role_to_a_lower_master(void **state)
{
	struct router *r = *state;

	make_backup(r, "192.0.2.12", 50);
	r->conf.nopreempt = true;
	assert_needs(r,
	    "192.0.2.12 silent for 3.6s, or nopreempt off here, or \"hactl takeover "
	    "VI_1\".");
	assert_summary(r,
	    "VI_1 is BACKUP: 192.0.2.12 is MASTER with priority 50, this one has "
	    "100, but nopreempt leaves it the role.");
	assert_cause(r, "nopreempt");
}

/* In the file it is off. */
static void
nopreempt_is_the_cause_where_it_was_set(void **state)
{
	struct router *r = *state;
	const struct layer_entry edit = {
	    .path = "instance/VI_1",
	    .field = "nopreempt",
	    .value = 1,
	    .layer = LAYER_RUNTIME,
	    .kind = "override",
	    .id = "",
	    .reason = "",
	    .created_us = NOW,
	};

	make_backup(r, "192.0.2.12", 50);
	assert_int_equal(layers_set(r->layers, &edit, NULL), 0);
	assert_cause(r, "runtime override");
}

static void
stay_leaves_the_role_and_is_ended_by_a_takeover(void **state)
{
	struct router *r = *state;

	make_backup(r, "192.0.2.12", 50);
	put_stay(r);
	assert_needs(r, "192.0.2.12 silent for 3.6s, or \"hactl takeover VI_1\".");
	assert_summary(r,
	    "VI_1 is BACKUP: 192.0.2.12 is MASTER with priority 50, this one has "
	    "100, but \"stay\" of a maintenance leaves it the role.");
	assert_cause(r, "stay");
}

static void
backup_about_to_take_over_needs_time_only(void **state)
{
	struct router *r = *state;

	make_backup(r, "192.0.2.12", 50);
	assert_needs(r, "no higher advertisement in the next 2s.");
	assert_summary(r,
	    "VI_1 is BACKUP: 192.0.2.12 is MASTER with priority 50, this one has "
	    "100 and is about to take over.");
	r->fsm.master = (struct addr){0};
	assert_needs(r, "no higher advertisement in the next 2s.");
	assert_summary(r, "VI_1 is BACKUP: it hears no Master.");
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

/* No priority is above that of an address owner. */
static void
backup_of_an_address_owner_needs_its_silence(void **state)
{
	struct router *r = *state;

	make_backup(r, "192.0.2.12", 255);
	assert_needs(r, "192.0.2.12 silent for 3.6s.");
}

static void
long_reason_is_cut_and_not_overrun(void **state)
{
	struct router *r = *state;
	char reason[2000];

	memset(reason, 'x', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	r->view.reason = reason;
	r->view.fault_text = reason;
	r->fsm.state = VRRP_STATE_FAULT;
	r->faults[0] = "mtu";
	json_t *json = vrrp_json_explain(&r->view);
	assert_non_null(json);
	assert_true(json_string_length(json_object_get(json, "summary")) < 600);
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(master_needs_nothing),
	    TEST(move_says_what_it_waits_for_and_how_long_yet),
	    TEST(takeover_says_how_much_silence_proves_it),
	    TEST(master_that_hands_over_stays_when_nobody_comes),
	    TEST(fault_names_the_interface_as_cause),
	    TEST(maintenance_is_the_cause_when_nothing_else_is_wrong),
	    TEST(master_in_maintenance_is_the_last_resort),
	    TEST(master_that_is_held_is_the_last_resort),
	    TEST(maintenance_leaves_what_else_stands_in_the_way),
	    TEST(maintenance_over_a_hold_needs_the_end_that_is_last),
	    TEST(maintenance_with_stay_says_so_before_its_end),
	    TEST(maintenance_is_told_in_one_line),
	    TEST(backup_of_a_higher_master_needs_its_silence),
	    TEST(backup_of_an_equal_master_does_not_preempt),
	    TEST(nopreempt_leaves_the_role_to_a_lower_master),
	    TEST(nopreempt_is_the_cause_where_it_was_set),
	    TEST(stay_leaves_the_role_and_is_ended_by_a_takeover),
	    TEST(backup_about_to_take_over_needs_time_only),
	    TEST(hold_is_the_cause_and_told_with_its_end),
	    TEST(hold_is_the_cause_with_nopreempt_and_stay_too),
	    TEST(held_backup_of_a_higher_master_needs_both),
	    TEST(backup_of_an_address_owner_needs_its_silence),
	    TEST(long_reason_is_cut_and_not_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

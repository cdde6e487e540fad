/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_explain.c - why a virtual router is what it is. */
#include "tests/unit/explain_fixture.h"

#include <string.h>

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
	assert_needs(r, "eth0 up, then no advertisement of priority 100 or more.");
	r->faults[0] = "no_interface";
	assert_needs(
	    r, "interface eth0 there, then no advertisement of priority 100 or more.");
	r->faults[0] = "no_address";
	assert_needs(r,
	    "an address on eth0 to advertise from, then no advertisement of priority 100 or more.");
	/* An owner does not listen first. */
	r->conf.priority = 255;
	assert_needs(r, "an address on eth0 to advertise from.");
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
	assert_needs(r, "no advertisement of priority 100 or more in the next 2s.");
	assert_summary(r,
	    "VI_1 is BACKUP: 192.0.2.12 is MASTER with priority 50, this one has "
	    "100 and is about to take over.");
	r->fsm.master = (struct addr){0};
	assert_needs(r, "no advertisement of priority 100 or more in the next 2s.");
	assert_summary(r, "VI_1 is BACKUP: it hears no Master.");
	r->conf.nopreempt = true;
	assert_needs(r, "no advertisement of another router in the next 2s.");
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
	    TEST(backup_of_a_higher_master_needs_its_silence),
	    TEST(backup_of_an_equal_master_does_not_preempt),
	    TEST(nopreempt_leaves_the_role_to_a_lower_master),
	    TEST(nopreempt_is_the_cause_where_it_was_set),
	    TEST(stay_leaves_the_role_and_is_ended_by_a_takeover),
	    TEST(backup_about_to_take_over_needs_time_only),
	    TEST(backup_of_an_address_owner_needs_its_silence),
	    TEST(long_reason_is_cut_and_not_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

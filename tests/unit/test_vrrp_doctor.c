/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_doctor.c - what is told of a virtual router, and of which nothing is. */
#include "tests/unit/unit.h"

#include <jansson.h>
#include <string.h>

#include "vrrpd/vrrp_doctor.h"
#include "vrrpd/vrrp_metrics.h"

#define SECOND INT64_C(1000000)
#define NOW (10000 * SECOND)

static const struct addr other = {.family = AF_INET, .bytes = {192, 0, 2, 9}};

/* A MASTER for 50 s with both its addresses, of which nothing is to be said. */
struct router {
	struct vrrp_instance_conf conf;
	struct vrrp_fsm fsm;
	struct vrrp_view_counter counters[3];
	struct vrrp_view view;
	struct vrrp_doctor_link link;
};

static char name[] = "VI_1";
static struct layers *layers;

static int
make_layers(void **state)
{
	(void)state;
	layers = layers_new();
	return layers != NULL ? 0 : -1;
}

static int
free_layers(void **state)
{
	(void)state;
	layers = layers_free(layers);
	return 0;
}

static void
fill(struct router *r)
{
	*r = (struct router){
	    .conf = {.name = name,
		.ifname = "eth0",
		.family = AF_INET,
		.version = 3,
		.vrid = 51,
		.priority = 100,
		.advert_int_us = SECOND},
	    .fsm = {.state = VRRP_STATE_MASTER,
		.since_us = NOW - 50 * SECOND,
		.master_adver_int_us = SECOND,
		.down_adverts = 3,
		.params = {.version = 3,
		    .priority = 100,
		    .advert_int_us = SECOND,
		    .down_timer_adverts = 3}},
	    .counters = {{"worst_lateness_us", 2000}, {"send_errors", 0},
		{"vips_repaired", 0}},
	    .link = {true, true},
	};
	r->view = (struct vrrp_view){.conf = &r->conf,
	    .fsm = &r->fsm,
	    .layers = layers,
	    .now_us = NOW,
	    .wall_us = NOW,
	    .vips_want = 2,
	    .vips_set = 2,
	    .fault_text = "interface eth0 is down",
	    .reason = "",
	    .counters = r->counters,
	    .counter_count = 3};
}

/* Nothing is told of it but `check` with `severity`; NULL: nothing at all. */
static void
assert_told(struct router *r, const char *severity, const char *check)
{
	json_t *findings = json_array();

	vrrp_doctor_instance(findings, &r->view, &r->link);
	const json_t *finding = json_array_get(findings, 0);
	assert_int_equal(json_array_size(findings), check != NULL);
	if (check != NULL) {
		assert_string_equal(
		    json_string_value(json_object_get(finding, "check")), check);
		assert_string_equal(
		    json_string_value(json_object_get(finding, "severity")), severity);
		assert_string_equal(
		    json_string_value(json_object_get(finding, "object")),
		    "instance/VI_1");
	}
	json_decref(findings);
}

CASE(nothing_is_told_of_a_sound_router)
{
	struct router r;

	fill(&r);
	assert_told(&r, NULL, NULL);
	r.fsm.state = VRRP_STATE_BACKUP;
	r.view.vips_set = 0;
	r.fsm.master = other;
	r.fsm.master_heard_us = NOW - SECOND;
	assert_told(&r, NULL, NULL);
}

CASE(a_fault_is_told)
{
	struct router r;

	fill(&r);
	r.fsm.state = VRRP_STATE_FAULT;
	r.view.vips_set = 0;
	assert_told(&r, "error", "fault");
}

CASE(a_link_without_multicast_is_told)
{
	struct router r;

	fill(&r);
	r.link.multicast = false;
	assert_told(&r, "error", "multicast");
	r.link.known = false;
	assert_told(&r, NULL, NULL);
}

CASE(odd_packets_are_told_by_what_they_mean)
{
	static const struct {
		unsigned what;
		uint64_t count;
		int64_t age_us;
		const char *severity, *check;
	} cases[] = {
	    {VRRP_ODD_RIVAL, 3, SECOND, "error", "split_brain"},
	    {VRRP_ODD_RIVAL, 2, SECOND, NULL, NULL},
	    {VRRP_DROP_AUTH_DATA, 3, SECOND, "error", "split_brain"},
	    {VRRP_DROP_AUTH_DATA, 1, SECOND, "warning", "refused"},
	    {VRRP_DROP_AUTH_DATA, 9, 59 * SECOND, "warning", "refused"},
	    {VRRP_DROP_AUTH_DATA, 9, 60 * SECOND, "note", "refused"},
	    {VRRP_ODD_LIST, 9, SECOND, "warning", "duplicate_vrid"},
	    {VRRP_ODD_INTERVAL, 9, SECOND, "warning", "interval"},
	    {VRRP_ODD_OTHER_VRID, 1, SECOND, "error", "other_vrid"},
	    {VRRP_ODD_OTHER_VRID, 1, 61 * SECOND, "note", "other_vrid"},
	    {VRRP_DROP_TTL, 9, 700 * SECOND, "note", "refused"},
	    {VRRP_DROP_TTL, 9, 3601 * SECOND, NULL, NULL},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct router r;
		struct vrrp_offender odd = {.what = cases[i].what,
		    .source = other,
		    .count = cases[i].count,
		    .at_us = NOW - cases[i].age_us};

		fill(&r);
		r.view.offenders = &odd;
		assert_told(&r, cases[i].severity, cases[i].check);
	}
}

CASE(a_backup_that_hears_nobody_is_told)
{
	struct router r;

	fill(&r);
	r.fsm.state = VRRP_STATE_BACKUP;
	r.view.vips_set = 0;
	assert_told(&r, "warning", "silence");
	r.fsm.since_us = NOW - 4 * SECOND;
	assert_told(&r, NULL, NULL);
}

/* A warning while it goes on, then a note, and nothing an hour later. */
static void
assert_ages(struct router *r, int64_t *at_us, const char *check)
{
	*at_us = NOW - 59 * SECOND;
	assert_told(r, "warning", check);
	*at_us = NOW - 60 * SECOND;
	assert_told(r, "note", check);
	r->conf.advert_int_us = 20 * SECOND; /* five intervals are longer */
	assert_told(r, "warning", check);
	*at_us = NOW - 3600 * SECOND;
	assert_told(r, NULL, NULL);
	*at_us = 0;
	assert_told(r, NULL, NULL);
}

CASE(what_was_counted_is_forgotten)
{
	static const char *const checks[] = {
	    "late", "send_errors", "addresses_removed", "stalled"};
	struct router r;
	int64_t *const at[] = {&r.view.at.late_us, &r.view.at.unsent_us,
	    &r.view.at.repaired_us, &r.view.at.stalled_us};

	for (size_t i = 0; i < COUNT_OF(checks); i++) {
		fill(&r);
		for (size_t k = 0; k < 3; k++)
			r.counters[k].value = 7000000;
		assert_told(&r, NULL, NULL);
		assert_ages(&r, at[i], checks[i]);
	}
}

CASE(lateness_beyond_half_an_interval_is_odd)
{
	assert_false(VRRP_LATENESS_IS_ODD(SECOND / 2, SECOND));
	assert_true(VRRP_LATENESS_IS_ODD(SECOND / 2 + 1, SECOND));
}

CASE(a_maintenance_is_no_fault)
{
	static const char *const meant[] = {"maintenance", NULL};
	static const char *const both[] = {"link_down", "maintenance", NULL};
	struct router r;

	fill(&r);
	r.fsm.state = VRRP_STATE_FAULT;
	r.view.vips_set = 0;
	r.view.faults = meant;
	assert_told(&r, "note", "maintenance");
	r.view.faults = both;
	assert_told(&r, "error", "fault");
}

CASE(a_role_that_is_left_to_a_lower_master_is_noted)
{
	const struct layer_entry stay = {
	    .path = "instance/VI_1",
	    .field = "stay",
	    .value = 1,
	    .layer = LAYER_RUNTIME,
	    .kind = "stay",
	    .id = "",
	    .reason = "",
	};
	struct router r;

	fill(&r);
	r.fsm.state = VRRP_STATE_BACKUP;
	r.fsm.master = other;
	r.fsm.master_heard_us = NOW;
	r.fsm.master_priority = 50;
	r.view.vips_set = 0;
	assert_told(&r, NULL, NULL);
	assert_int_equal(layers_set(layers, &stay, NULL), 0);
	assert_told(&r, "note", "stay");
	r.fsm.master_priority = 150;
	assert_told(&r, NULL, NULL);
	assert_true(layers_unset_in(layers, "instance/VI_1", "stay", LAYER_RUNTIME));
}

/* Of the daemon: the finding called `check`, or NULL. */
static const json_t *
find_told(const json_t *findings, const char *check)
{
	const json_t *finding;
	size_t i;

	json_array_foreach (findings, i, finding)
		if (strcmp(json_string_value(json_object_get(finding, "check")),
			check) == 0)
			return finding;
	return NULL;
}

CASE(the_daemon_tells_of_strangers_and_of_its_restart)
{
	struct vrrp_doctor_daemon daemon = {.now_us = NOW,
	    .started_us = NOW - 42 * SECOND,
	    .resumed = 1,
	    .unknown_vrid = 3,
	    .stranger_vrid = 77,
	    .stranger = other,
	    .stranger_us = NOW - 5 * SECOND,
	    .config_path = "/tmp/x.conf",
	    .reload_failed = true};
	json_t *findings = json_array();

	vrrp_doctor_daemon(findings, &daemon);
	assert_non_null(strstr(json_string_value(json_object_get(
				   find_told(findings, "unknown_vrid"), "text")),
	    "the last of VRID 77, from 192.0.2.9, 5s ago"));
	assert_non_null(strstr(json_string_value(json_object_get(
				   find_told(findings, "restarted"), "text")),
	    "started 42s ago and took up 1 role of"));
	assert_non_null(strstr(
	    json_string_value(json_object_get(find_told(findings, "config"), "advice")),
	    "config test /tmp/x.conf"));
	json_array_clear(findings);
	daemon.helper_gone = true;
	vrrp_doctor_daemon(findings, &daemon);
	assert_non_null(strstr(
	    json_string_value(json_object_get(find_told(findings, "helper"), "advice")),
	    "Restart vrrpd"));
	assert_null(strstr(
	    json_string_value(json_object_get(find_told(findings, "config"), "advice")),
	    "Mend"));
	json_array_clear(findings);
	daemon = (struct vrrp_doctor_daemon){.now_us = NOW,
	    .started_us = NOW - 3600 * SECOND,
	    .resumed = 1,
	    .config_path = "/tmp/x.conf"};
	vrrp_doctor_daemon(findings, &daemon);
	assert_int_equal(json_array_size(findings), 0);
	json_decref(findings);
}

CASE(addresses_that_are_not_as_they_should_be_are_told)
{
	struct router r;

	fill(&r);
	r.view.vips_set = 1;
	assert_told(&r, "error", "addresses_missing");
	r.fsm.since_us = NOW - SECOND; /* just now */
	assert_told(&r, NULL, NULL);
	fill(&r);
	r.fsm.state = VRRP_STATE_BACKUP;
	r.fsm.master = other;
	r.fsm.master_heard_us = NOW;
	assert_told(&r, "warning", "addresses_foreign");
}

CASE(two_owners_of_the_same_addresses_are_told)
{
	struct router r;

	fill(&r);
	r.fsm.params.priority = VRRP_PRIORITY_OWNER;
	r.fsm.state = VRRP_STATE_BACKUP;
	r.fsm.master = other;
	r.fsm.master_heard_us = NOW;
	r.fsm.master_priority = 254;
	r.view.vips_set = 0;
	assert_told(&r, NULL, NULL);
	r.fsm.master_priority = VRRP_PRIORITY_OWNER;
	assert_told(&r, "error", "two_owners");
}

CASE(a_histogram_counts_upwards_and_ends_with_all)
{
	struct vrrp_lateness histogram = {0};
	json_t *families = json_array(), *family;
	size_t i;

	vrrp_lateness_add(&histogram, 200);
	vrrp_lateness_add(&histogram, 3000);
	vrrp_lateness_add(&histogram, 3600 * SECOND);
	vrrp_metrics_daemon(
	    families, &(struct vrrp_metrics_daemon){
			  .lateness = &histogram, .reconcile = &histogram});
	json_array_foreach (families, i, family) {
		const json_t *buckets = json_object_get(family, "buckets");

		if (buckets == NULL)
			continue;
		assert_int_equal(
		    json_integer_value(json_array_get(json_array_get(buckets, 0), 1)),
		    0);
		assert_int_equal(
		    json_integer_value(json_array_get(
			json_array_get(buckets, VRRP_LATENESS_BOUNDS - 1), 1)),
		    2);
		assert_int_equal(
		    json_integer_value(json_object_get(family, "count")), 3);
	}
	json_decref(families);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_told_of_a_sound_router),
	    cmocka_unit_test(a_fault_is_told),
	    cmocka_unit_test(a_link_without_multicast_is_told),
	    cmocka_unit_test(odd_packets_are_told_by_what_they_mean),
	    cmocka_unit_test(a_backup_that_hears_nobody_is_told),
	    cmocka_unit_test(what_was_counted_is_forgotten),
	    cmocka_unit_test(lateness_beyond_half_an_interval_is_odd),
	    cmocka_unit_test(a_maintenance_is_no_fault),
	    cmocka_unit_test(a_role_that_is_left_to_a_lower_master_is_noted),
	    cmocka_unit_test(the_daemon_tells_of_strangers_and_of_its_restart),
	    cmocka_unit_test(addresses_that_are_not_as_they_should_be_are_told),
	    cmocka_unit_test(two_owners_of_the_same_addresses_are_told),
	    cmocka_unit_test(a_histogram_counts_upwards_and_ends_with_all),
	};

	return cmocka_run_group_tests(tests, make_layers, free_layers);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_json.c - a virtual router as clients see it. */
#include "tests/unit/vrrp_view_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "common/lease_json.h"

/* The object as compact text, sorted by key; the caller frees it. */
static char *
text_of(json_t *json)
{
	char *text = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);

	assert_non_null(text);
	json_decref(json);
	return text;
}

static void
master_is_shown_with_everything(void **state)
{
	struct router *r = *state;
	json_t *json = vrrp_json_instance(&r->view, false);

	assert_member(json, "path", "\"instance/VI_1\"");
	assert_member(json, "name", "\"VI_1\"");
	assert_member(json, "group", "null");
	assert_member(json, "state", "\"MASTER\"");
	assert_member(json, "cause", "\"preempted\"");
	assert_member(json, "reason", "\"took over\"");
	assert_member(json, "priority", "100");
	assert_member(json, "effective", "100");
	assert_member(json, "master", "\"self\"");
	assert_member(json, "master_priority", "100");
	assert_member(json, "since", "\"2025-11-21T01:41:02.139880Z\"");
	assert_member(json, "for_ms", "7860");
	assert_member(json, "vips",
	    "{\"list\":[{\"address\":\"192.0.2.10/24\",\"excluded\":false,\"interface\":"
	    "\"eth0\",\"set\":true},{\"address\":\"192.0.2.11/32\",\"excluded\":true,"
	    "\"interface\":\"eth1\",\"set\":false}],\"set\":1,\"want\":2}");
	assert_member(json, "interface", "\"eth0\"");
	assert_member(json, "vrid", "51");
	assert_member(json, "version", "2");
	assert_member(json, "family", "\"ipv4\"");
	assert_member(json, "advert_int_ms", "1000");
	assert_member(json, "nopreempt", "false");
	assert_member(json, "leases", "[]");
	assert_member(json, "lease", "null");
	assert_member(json, "faults", "[]");
	assert_member(json, "moving", "null");
	assert_member(json, "move", "null");
	assert_member(json, "waits",
	    "{\"handover_ms\":2996,\"hold_ms\":600000,\"takeover_ms\":3000,"
	    "\"yield_ms\":5996}");
	assert_member(json, "sources",
	    "{\"nopreempt\":{\"base\":false,\"layer\":\"default\"},\"priority\":{\"base\":100,"
	    "\"file\":\"/etc/haven/haven.conf\",\"layer\":\"file\",\"line\":41}}");
	assert_member(json, "source_address", "\"192.0.2.1\"");
	assert_member(json, "skew_ms", "609.375");
	assert_member(json, "master_down_interval_ms", "3609.375");
	assert_member(json, "last_refused", "null");
	json_decref(json);
}

static void
no_secret_is_ever_shown(void **state)
{
	struct router *r = *state;
	char *object = text_of(vrrp_json_instance(&r->view, false));
	char *explanation = text_of(vrrp_json_explain(&r->view));

	assert_null(strstr(object, "s3cr3t"));
	assert_null(strstr(explanation, "s3cr3t"));
	free(object);
	free(explanation);
}

static void
brief_object_has_no_lists_and_no_counters(void **state)
{
	struct router *r = *state;
	json_t *json = vrrp_json_instance(&r->view, true);

	assert_member(json, "vips", "{\"set\":1,\"want\":2}");
	assert_null(json_object_get(json, "counters"));
	assert_null(json_object_get(json, "sources"));
	assert_member(json, "state", "\"MASTER\"");
	json_decref(json);
}

static void
backup_shows_the_master_it_hears(void **state)
{
	struct router *r = *state;

	make_backup(r, "192.0.2.12", 150);
	json_t *json = vrrp_json_instance(&r->view, true);
	assert_member(json, "master", "\"192.0.2.12\"");
	assert_member(json, "master_priority", "150");
	json_decref(json);
}

static void
master_that_resigned_is_none(void **state)
{
	struct router *r = *state;

	make_backup(r, "192.0.2.12", VRRP_PRIORITY_RESIGN);
	json_t *json = vrrp_json_instance(&r->view, true);
	assert_member(json, "master", "null");
	assert_member(json, "master_priority", "null");
	json_decref(json);
}

static void
fault_has_no_effective_priority_and_names_what_is_missing(void **state)
{
	struct router *r = *state;

	r->fsm.state = VRRP_STATE_FAULT;
	r->fsm.master = an_address("192.0.2.12");
	r->fsm.master_priority = 150;
	r->faults[0] = "link_down";
	json_t *json = vrrp_json_instance(&r->view, true);
	assert_member(json, "effective", "null");
	assert_member(json, "master", "null");
	assert_member(json, "faults", "[\"link_down\"]");
	json_decref(json);
}

/* The newest says nothing of why it is behind. */
static void
lease_that_decides_is_told_before_the_newest(void **state)
{
	struct router *r = *state;
	const struct layer_entry *hold = put(r, LAYER_LEASE, "hold", 1);

	(void)put(r, LAYER_LEASE, "override", 120);
	json_t *json = vrrp_json_instance(&r->view, false);
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(json, "lease"), "id")),
	    hold->id);
	assert_int_equal(json_array_size(json_object_get(json, "leases")), 2);
	json_decref(json);
}

static void
hold_changes_the_effective_priority_only(void **state)
{
	struct router *r = *state;
	char expected[128];

	make_backup(r, "192.0.2.12", 100);
	put(r, LAYER_RUNTIME, "override", 150);
	const struct layer_entry *hold = put(r, LAYER_LEASE, "hold", 1);
	r->fsm.params.priority = 1;
	json_t *json = vrrp_json_instance(&r->view, false);
	assert_member(json, "priority", "150");
	assert_member(json, "effective", "1");
	(void)snprintf(expected, sizeof(expected), "[\"%s\"]", hold->id);
	assert_member(json, "leases", expected);
	(void)snprintf(expected, sizeof(expected),
	    "{\"expires\":\"2025-11-21T01:42:10.000000Z\",\"id\":\"%s\","
	    "\"kind\":\"hold\",\"left_ms\":60000}",
	    hold->id);
	assert_member(json, "lease", expected);
	json_t *source = json_object_get(json_object_get(json, "sources"), "priority");
	assert_member(source, "layer", "\"lease\"");
	assert_member(source, "kind", "\"hold\"");
	assert_member(source, "base", "100");
	json_decref(json);
}

static void
refused_packets_are_counted_by_name_and_the_last_is_kept(void **state)
{
	struct router *r = *state;

	struct vrrp_offender version = {.what = VRRP_DROP_VERSION,
	    .source = an_address("192.0.2.67"),
	    .count = 2,
	    .detail = "got 3, configured 2"};
	struct vrrp_offender auth = {.what = VRRP_DROP_AUTH_DATA,
	    .total = 3,
	    .source = an_address("192.0.2.66"),
	    .at_us = NOW - SECOND,
	    .mac = {2, 0, 0, 0, 0, 0x66},
	    .has_mac = true,
	    .next = &version};
	struct vrrp_offender rival = {.what = VRRP_ODD_RIVAL, .next = &auth};
	r->view.offenders = &rival;
	json_t *json = vrrp_json_instance(&r->view, false);
	json_t *counters = json_object_get(json, "counters");
	assert_member(counters, "adverts_sent", "12");
	assert_member(json_object_get(counters, "drops"), "auth_data", "3");
	assert_member(json_object_get(counters, "drops"), "checksum", "0");
	json_t *refused = json_object_get(json, "last_refused");
	assert_member(refused, "drop", "\"auth_data\"");
	assert_member(refused, "source", "\"192.0.2.66\"");
	assert_member(refused, "at", "\"2025-11-21T01:41:09.000000Z\"");
	json_t *offenders = json_object_get(json, "offenders");
	assert_int_equal(json_array_size(offenders), 3);
	assert_member(json_array_get(offenders, 0), "what", "\"rival\"");
	assert_member(json_array_get(offenders, 1), "mac", "\"02:00:00:00:00:66\"");
	assert_member(
	    json_array_get(offenders, 2), "detail", "\"got 3, configured 2\"");
	assert_member(json_array_get(offenders, 2), "mac", "null");
	json_decref(json);
}

/* A MASTER that hears somebody else, again and again, and now. */
static void
split_brain_is_told_of_a_master_with_a_rival(void **state)
{
	static const struct {
		enum vrrp_state state;
		unsigned what;
		uint64_t count;
		int64_t age_us;
		const char *told;
	} cases[] = {
	    {VRRP_STATE_MASTER, VRRP_ODD_RIVAL, 3, SECOND, "\"192.0.2.66\""},
	    {VRRP_STATE_MASTER, VRRP_DROP_AUTH_DATA, 9, SECOND, "\"192.0.2.66\""},
	    {VRRP_STATE_MASTER, VRRP_ODD_RIVAL, 2, SECOND, "null"},
	    {VRRP_STATE_MASTER, VRRP_ODD_RIVAL, 3, 4 * SECOND, "null"},
	    {VRRP_STATE_MASTER, VRRP_DROP_LENGTH, 9, SECOND, "null"},
	    {VRRP_STATE_MASTER, VRRP_ODD_LIST, 9, SECOND, "null"},
	    {VRRP_STATE_BACKUP, VRRP_ODD_RIVAL, 9, SECOND, "null"},
	};
	struct router *r = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vrrp_offender sign = {.what = cases[i].what,
		    .source = an_address("192.0.2.66"),
		    .count = cases[i].count,
		    .at_us = NOW - cases[i].age_us};
		r->fsm.state = cases[i].state;
		r->view.offenders = &sign;
		json_t *json = vrrp_json_instance(&r->view, false);
		assert_member(json, "split_brain", cases[i].told);
		json_decref(json);
	}
}

static void
name_that_is_not_utf8_does_not_spoil_the_answer(void **state)
{
	struct router *r = *state;
	char name[] = "caf\xe9";

	r->conf.name = name;
	json_t *json = vrrp_json_instance(&r->view, false);
	assert_member(json, "name", "\"caf?\"");
	json_decref(json);
}

static void
address_is_listed_with_its_instance(void **state)
{
	struct router *r = *state;
	char *text = text_of(vrrp_json_vip(&r->view, 1));

	assert_string_equal(text,
	    "{\"address\":\"192.0.2.11/32\",\"excluded\":true,\"instance\":\"VI_1\","
	    "\"interface\":\"eth1\",\"label\":null,\"path\":\"instance/VI_1\",\"set\":false,"
	    "\"state\":\"MASTER\"}");
	free(text);
}

static void
lease_says_who_why_and_how_long(void **state)
{
	struct router *r = *state;
	json_t *json =
	    lease_json(put(r, LAYER_LEASE, "hold", 1),
		&(struct lease_view){.now_us = NOW + 10 * SECOND, .wall_us = WALL});

	assert_member(json, "kind", "\"hold\"");
	assert_member(json, "object", "\"instance/VI_1\"");
	assert_member(json, "uid", "1000");
	assert_member(json, "reason", "\"kernel upgrade\"");
	assert_member(json, "left_ms", "50000");
	json_decref(json);
}

static void
override_without_an_end_has_none(void **state)
{
	struct router *r = *state;
	json_t *json = lease_json(put(r, LAYER_RUNTIME, "override", 150),
	    &(struct lease_view){.now_us = NOW, .wall_us = WALL});

	assert_member(json, "expires", "null");
	assert_member(json, "left_ms", "null");
	assert_member(json, "id", "null");
	assert_member(json, "layer", "\"runtime\"");
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(master_is_shown_with_everything),
	    TEST(no_secret_is_ever_shown),
	    TEST(brief_object_has_no_lists_and_no_counters),
	    TEST(backup_shows_the_master_it_hears),
	    TEST(master_that_resigned_is_none),
	    TEST(fault_has_no_effective_priority_and_names_what_is_missing),
	    TEST(lease_that_decides_is_told_before_the_newest),
	    TEST(hold_changes_the_effective_priority_only),
	    TEST(refused_packets_are_counted_by_name_and_the_last_is_kept),
	    TEST(split_brain_is_told_of_a_master_with_a_rival),
	    TEST(name_that_is_not_utf8_does_not_spoil_the_answer),
	    TEST(address_is_listed_with_its_instance),
	    TEST(lease_says_who_why_and_how_long),
	    TEST(override_without_an_end_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

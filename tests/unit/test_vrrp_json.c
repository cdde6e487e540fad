/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_json.c - a virtual router as clients see it, and why it is what it is. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/lease_json.h"
#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_json.h"

#define SECOND INT64_C(1000000)
#define NOW (100 * SECOND)
#define WALL (INT64_C(1763689270) * SECOND) /* 2025-11-21T01:41:10Z */

/* Everything a view points to, with values that a test changes. */
struct router {
	struct vrrp_vip vips[2];
	struct vrrp_instance_conf conf;
	struct vrrp_fsm fsm;
	struct layers *layers;
	bool present[2];
	const char *faults[2];
	struct vrrp_view_counter counters[1];
	uint64_t drops[VRRP_DROP_COUNT_];
	struct vrrp_view view;
};

static struct prefix
a_prefix(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix;
}

static struct addr
an_address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

/* VI_1, MASTER for 7.860120 s, with two addresses and priority 100. */
static void
fill(struct router *r)
{
	*r = (struct router){
	    .vips = {{.prefix = a_prefix("192.0.2.10/24")},
		{.prefix = a_prefix("192.0.2.11/32"), .ifname = "eth1"}},
	    .fsm = {.state = VRRP_STATE_MASTER,
		.cause = VRRP_CAUSE_PREEMPTED,
		.since_us = NOW - 7860120,
		.master_adver_int_us = SECOND,
		.params = {.version = 2,
		    .priority = 100,
		    .preempt = true,
		    .advert_int_us = SECOND,
		    .down_timer_adverts = 3,
		    .primary = an_address("192.0.2.1")}},
	    .present = {true, false},
	    .counters = {{"adverts_sent", 12}},
	};
	r->conf = (struct vrrp_instance_conf){
	    .priority_pos = {"/etc/haven/haven.conf", 41},
	    .ifname = "eth0",
	    .family = AF_INET,
	    .vrid = 51,
	    .version = 2,
	    .priority = 100,
	    .advert_int_us = SECOND,
	    .auth_type = VRRP_AUTH_PASS,
	    .auth_pass = "s3cr3t",
	    .vips = r->vips,
	    .vip_count = 1,
	    .excluded = &r->vips[1],
	    .excluded_count = 1,
	};
}

static int
setup(void **state)
{
	static char name[] = "VI_1";
	struct router *r = calloc(1, sizeof(*r));

	fill(r);
	r->conf.name = name;
	r->layers = layers_new();
	r->view = (struct vrrp_view){
	    .conf = &r->conf,
	    .fsm = &r->fsm,
	    .layers = r->layers,
	    .now_us = NOW,
	    .wall_us = WALL,
	    .vips_want = 2,
	    .vips_set = 1,
	    .vips_present = r->present,
	    .faults = r->faults,
	    .fault_text = "",
	    .reason = "took over",
	    .counters = r->counters,
	    .counter_count = 1,
	    .drops = r->drops,
	};
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct router *r = *state;

	layers_free(r->layers);
	free(r);
	return 0;
}

static const struct layer_entry *
put(struct router *r, enum layer layer, const char *kind, int64_t value)
{
	const struct layer_entry *stored;
	const struct layer_entry entry = {
	    .path = "instance/VI_1",
	    .field = "priority",
	    .value = value,
	    .layer = layer,
	    .kind = kind,
	    .id = "",
	    .uid = 1000,
	    .reason = "kernel upgrade",
	    .created_us = NOW,
	    .expires_us = layer == LAYER_LEASE ? NOW + 60 * SECOND : 0,
	};

	assert_int_equal(layers_set(r->layers, &entry, &stored), 0);
	return stored;
}

static void
make_backup(struct router *r, const char *master, uint8_t priority)
{
	r->fsm.state = VRRP_STATE_BACKUP;
	r->fsm.master = an_address(master);
	r->fsm.master_priority = priority;
	r->fsm.master_heard_us = NOW - SECOND / 2;
	r->fsm.master_down_at_us = NOW + 2 * SECOND;
}

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
assert_member(const json_t *json, const char *name, const char *expected)
{
	char *text = json_dumps(json_object_get(json, name),
	    JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

/* ---- the object ---------------------------------------------------------- */

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
	    "{\"handover_ms\":2996,\"takeover_ms\":3000,\"yield_ms\":5996}");
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

	r->drops[VRRP_DROP_CHECKSUM] = 3;
	struct vrrp_offender version = {.what = VRRP_DROP_VERSION,
	    .source = an_address("192.0.2.67"),
	    .count = 2,
	    .detail = "got 3, configured 2"};
	struct vrrp_offender auth = {.what = VRRP_DROP_AUTH_DATA,
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
	assert_member(json_object_get(counters, "drops"), "checksum", "3");
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
	    lease_json(put(r, LAYER_LEASE, "hold", 1), NOW + 10 * SECOND, WALL);

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
	json_t *json = lease_json(put(r, LAYER_RUNTIME, "override", 150), NOW, WALL);

	assert_member(json, "expires", "null");
	assert_member(json, "left_ms", "null");
	assert_member(json, "id", "null");
	assert_member(json, "layer", "\"runtime\"");
	json_decref(json);
}

/* ---- why ----------------------------------------------------------------- */

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
	r->fsm.params.preempt = false;
	assert_needs(r, "192.0.2.12 silent for 3.6s, or nopreempt off here.");
	assert_summary(r,
	    "VI_1 is BACKUP: 192.0.2.12 is MASTER with priority 50, this one has "
	    "100, but nopreempt leaves it the role.");
	assert_cause(r, "nopreempt");
}

static void
stay_leaves_the_role_and_is_ended_by_a_takeover(void **state)
{
	struct router *r = *state;
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
	const struct layer_entry *stored;

	make_backup(r, "192.0.2.12", 50);
	r->fsm.params.preempt = false;
	assert_int_equal(layers_set(r->layers, &stay, &stored), 0);
	assert_needs(r, "\"hactl takeover VI_1\", or 192.0.2.12 silent for 3.6s.");
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
	/* The end of the hold alone would not bring the role back. */
	r->fsm.params.preempt = false;
	assert_needs(r,
	    "192.0.2.12 silent for 3.99s, or a priority above 90 here and nopreempt off.");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
	    TEST(hold_changes_the_effective_priority_only),
	    TEST(refused_packets_are_counted_by_name_and_the_last_is_kept),
	    TEST(split_brain_is_told_of_a_master_with_a_rival),
	    TEST(name_that_is_not_utf8_does_not_spoil_the_answer),
	    TEST(address_is_listed_with_its_instance),
	    TEST(lease_says_who_why_and_how_long),
	    TEST(override_without_an_end_has_none),
	    TEST(master_needs_nothing),
	    TEST(move_says_what_it_waits_for_and_how_long_yet),
	    TEST(takeover_says_how_much_silence_proves_it),
	    TEST(master_that_hands_over_stays_when_nobody_comes),
	    TEST(fault_names_the_interface_as_cause),
	    TEST(maintenance_is_the_cause_when_nothing_else_is_wrong),
	    TEST(maintenance_is_told_in_one_line),
	    TEST(backup_of_a_higher_master_needs_its_silence),
	    TEST(backup_of_an_equal_master_does_not_preempt),
	    TEST(nopreempt_leaves_the_role_to_a_lower_master),
	    TEST(stay_leaves_the_role_and_is_ended_by_a_takeover),
	    TEST(backup_about_to_take_over_needs_time_only),
	    TEST(hold_is_the_cause_and_told_with_its_end),
	    TEST(long_reason_is_cut_and_not_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_diff.c - what a reload must do to each virtual router. */
#include "vrrpd/vrrp_diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/unit/conf_fixture.h"
#include "vrrpd/vrrp_reload_told.h"

static struct vrrp_conf *
built(const char *text)
{
	struct conf_fixture conf = conf_of(text);
	struct vrrp_conf *ret = NULL;

	if (vrrp_conf_build(conf.tree, conf.diags, &ret) != 0)
		fail_msg("%s", conf_findings(&conf));
	conf_done(&conf);
	return ret;
}

/* The difference in short: "-A +B *C=D" for removed, added, changed from C to D, kept.
 */
static const char *
difference(const char *from_text, const char *to_text)
{
	static char out[512];
	struct vrrp_conf *from = built(from_text), *to = built(to_text);
	struct vrrp_diff diff;
	size_t len = 0;

	out[0] = '\0';
	assert_int_equal(vrrp_diff_make(from, to, &diff), 0);
	assert_int_equal(
	    diff.count, diff.kept + diff.changed + diff.added + diff.removed);
	for (size_t i = 0; i < diff.count; i++) {
		static const char signs[] = "=*+-";
		const struct vrrp_diff_entry *entry = &diff.entries[i];
		assert_int_equal(entry->from == NULL, entry->kind == VRRP_DIFF_ADD);
		assert_int_equal(entry->to == NULL, entry->kind == VRRP_DIFF_REMOVE);
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%c%s%s%s",
		    i ? " " : "", signs[entry->kind],
		    entry->from ? entry->from->name : "",
		    entry->from && entry->to ? "/" : "",
		    entry->to ? entry->to->name : "");
	}
	vrrp_diff_done(&diff);
	vrrp_conf_free(from);
	vrrp_conf_free(to);
	return out;
}

/* The changes that are told, as text. */
static void
assert_changes(const char *from_text, const char *to_text, const char *expected)
{
	struct vrrp_conf *from = built(from_text), *to = built(to_text);
	struct vrrp_diff diff;
	json_t *told;
	char *text;

	assert_int_equal(vrrp_diff_make(from, to, &diff), 0);
	told = vrrp_reload_told(&diff);
	text = json_dumps(json_object_get(told, "changes"), JSON_COMPACT);
	assert_string_equal(text, expected);
	free(text);
	json_decref(told);
	vrrp_diff_done(&diff);
	vrrp_conf_free(from);
	vrrp_conf_free(to);
}

#define A \
	"vrrp_instance A { interface e0 virtual_router_id 1 virtual_ipaddress { 192.0.2.1 } }\n"
#define B \
	"vrrp_instance B { interface e0 virtual_router_id 2 virtual_ipaddress { 192.0.2.2 } }\n"
#define C \
	"vrrp_instance C { interface e0 virtual_router_id 3 virtual_ipaddress { 192.0.2.3 } }\n"

#define ROUTER(name, id, more) \
	"vrrp_instance " name " { interface e0 virtual_router_id " id " " more " }\n"

CASE(fields_that_changed_are_told_with_both_values)
{
	assert_changes(A B C, A B C, "[]");
	assert_changes(
	    ROUTER("A", "1", "priority 150 virtual_ipaddress { 192.0.2.1 192.0.2.2 }"),
	    ROUTER("X", "1", "priority 50 virtual_ipaddress { 192.0.2.2 192.0.2.3 }"),
	    "[{\"path\":\"instance/A\",\"field\":\"name\",\"old\":\"A\","
	    "\"new\":\"X\"},"
	    "{\"path\":\"instance/A\",\"field\":\"priority\",\"old\":150,"
	    "\"new\":50},"
	    "{\"path\":\"instance/A\",\"field\":\"virtual_ipaddress\","
	    "\"old\":[\"192.0.2.1/32\"],\"new\":[\"192.0.2.3/32\"]}]");
}

CASE(secrets_that_changed_are_not_told)
{
	assert_changes(ROUTER("A", "1",
			   "version 2 authentication { auth_type PASS auth_pass one } "
			   "virtual_ipaddress { 192.0.2.1 }"),
	    ROUTER("A", "1",
		"version 2 authentication { auth_type PASS auth_pass two } "
		"virtual_ipaddress { 192.0.2.1 }"),
	    "[{\"path\":\"instance/A\",\"field\":\"auth_pass\",\"old\":\"***\","
	    "\"new\":\"***\"}]");
}

CASE(what_may_end_a_role_is_told_before_the_rest)
{
	assert_changes(
	    ROUTER("A", "1", "priority 10 virtual_ipaddress { 192.0.2.1 }")
		ROUTER("B", "2", "priority 20 virtual_ipaddress { 192.0.2.2 }"),
	    ROUTER("A", "1", "priority 11 virtual_ipaddress { 192.0.2.1 }")
		ROUTER("B", "2", "priority 19 virtual_ipaddress { 192.0.2.2 }"),
	    "[{\"path\":\"instance/B\",\"field\":\"priority\",\"old\":20,"
	    "\"new\":19},"
	    "{\"path\":\"instance/A\",\"field\":\"priority\",\"old\":10,"
	    "\"new\":11}]");
}

CASE(a_file_that_did_not_change_changes_nothing)
{
	assert_string_equal(difference(A B, A B), "=A/A =B/B");
	assert_string_equal(difference(A B, B "# moved\n" A), "=B/B =A/A");
	assert_string_equal(difference("", ""), "");
}

CASE(instances_come_and_go)
{
	assert_string_equal(difference(A, A B C), "=A/A +B +C");
	assert_string_equal(difference(A B C, B), "-A -C =B/B");
	assert_string_equal(difference(A B, B C), "-A =B/B +C");
}

CASE(a_new_name_is_no_new_router)
{
	assert_string_equal(
	    difference(A, "vrrp_instance NEW { interface e0 virtual_router_id 1 "
			  "virtual_ipaddress { 192.0.2.1 } }"),
	    "*A/NEW");
}

CASE(another_vrid_interface_or_family_is_another_router)
{
	assert_string_equal(
	    difference(A, "vrrp_instance A { interface e0 virtual_router_id 9 "
			  "virtual_ipaddress { 192.0.2.1 } }"),
	    "-A +A");
	assert_string_equal(
	    difference(A, "vrrp_instance A { interface e1 virtual_router_id 1 "
			  "virtual_ipaddress { 192.0.2.1 } }"),
	    "-A +A");
	assert_string_equal(
	    difference(A, "vrrp_instance A { interface e0 virtual_router_id 1 "
			  "virtual_ipaddress { fe80::1 } }"),
	    "-A +A");
}

CASE(every_value_that_differs_is_a_change)
{
	static const char *const rows[] = {
	    "priority 101",
	    "advert_int 2",
	    "version 3",
	    "state MASTER",
	    "nopreempt",
	    "preempt_delay 5",
	    "dont_track_primary",
	    "mcast_src_ip 192.0.2.9",
	    "authentication { auth_type PASS auth_pass a }",
	    "garp_master_delay 1",
	    "garp_master_repeat 1",
	    "garp_master_refresh 1",
	    "garp_master_refresh_repeat 2",
	    "garp_lower_prio_delay 1",
	    "garp_lower_prio_repeat 1",
	    "address_lease on",
	    "address_lease 5",
	    "virtual_ipaddress { 192.0.2.9 }",
	    "virtual_ipaddress_excluded { 192.0.2.9 }",
	};
	char with[256];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)snprintf(with, sizeof(with),
		    "vrrp_instance A { interface e0 virtual_router_id 1 "
		    "virtual_ipaddress { 192.0.2.1 }\n%s\n}",
		    rows[i]);
		if (strcmp(difference(A, with), "*A/A") != 0)
			fail_msg("%s: %s", rows[i], difference(A, with));
		assert_string_equal(difference(with, with), "=A/A");
	}
}

CASE(every_option_of_an_address_counts)
{
	static const char *const rows[] = {
	    "192.0.2.1/24",
	    "192.0.2.1 dev e1",
	    "192.0.2.1 label x",
	    "192.0.2.1 brd 192.0.2.255",
	    "192.0.2.1 scope link",
	    "192.0.2.7",
	};
	char with[256];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)snprintf(with, sizeof(with),
		    "vrrp_instance A { interface e0 virtual_router_id 1\n"
		    "virtual_ipaddress { %s } }",
		    rows[i]);
		if (strcmp(difference(A, with), "*A/A") != 0)
			fail_msg("%s: %s", rows[i], difference(A, with));
	}
}

CASE(a_default_written_out_is_no_change)
{
	assert_string_equal(
	    difference(A,
		"vrrp_instance A { interface e0 virtual_router_id 1 priority 100\n"
		"state BACKUP advert_int 1 version 2 preempt\n"
		"virtual_ipaddress { 192.0.2.1/32 } }"),
	    "=A/A");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_that_changed_are_told_with_both_values),
	    cmocka_unit_test(secrets_that_changed_are_not_told),
	    cmocka_unit_test(what_may_end_a_role_is_told_before_the_rest),
	    cmocka_unit_test(a_file_that_did_not_change_changes_nothing),
	    cmocka_unit_test(instances_come_and_go),
	    cmocka_unit_test(a_new_name_is_no_new_router),
	    cmocka_unit_test(another_vrid_interface_or_family_is_another_router),
	    cmocka_unit_test(every_value_that_differs_is_a_change),
	    cmocka_unit_test(every_option_of_an_address_counts),
	    cmocka_unit_test(a_default_written_out_is_no_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_conf_rules.c - the rules between statements, each with what keeps to it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/unit/conf_fixture.h"

struct row {
	const char *text, *findings;
};

/* Statements of an instance that has an interface, a VRID and an address from line 5.
 */
static void
check_instance_rows(const struct row rows[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct conf_fixture conf = conf_of_instance(rows[i].text);
		if (strcmp(conf_findings(&conf), rows[i].findings) != 0)
			fail_msg("%s\n-- findings --\n%s", rows[i].text,
			    conf_findings(&conf));
		conf_done(&conf);
	}
}

static void
check_rows(const struct row rows[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct conf_fixture conf = conf_of(rows[i].text);
		if (strcmp(conf_findings(&conf), rows[i].findings) != 0)
			fail_msg("%s\n-- findings --\n%s", rows[i].text,
			    conf_findings(&conf));
		conf_done(&conf);
	}
}

CASE(an_instance_needs_interface_vrid_and_address)
{
	static const struct row rows[] = {
	    {"vrrp_instance A {\n}\n",
		"1:1: error: vrrp_instance 'A' has no interface\n"
		"1:1: error: vrrp_instance 'A' has no virtual_router_id\n"
		"1:1: error: vrrp_instance 'A' has no address in virtual_ipaddress: an "
		"advertisement carries at least one\n"},
	    /* What is there but wrong is not called missing. */
	    {"vrrp_instance A {\ninterface /\nvirtual_router_id 0\n"
	     "virtual_ipaddress { x }\n}\n",
		"2:11: error: '/' cannot be the name of an interface (at most 15 "
		"characters)\n"
		"3:19: error: '0' is out of range: virtual_router_id takes 1..255\n"
		"4:21: error: 'x' is no address, with or without /LENGTH\n"},
	    {"global_defs { default_interface eth0 }\n"
	     "vrrp_instance A { virtual_router_id 1 virtual_ipaddress { 192.0.2.1 } }",
		""},
	    /* RFC 9568 5.2.5: the count is at least 1. */
	    {"vrrp_instance A {\ninterface eth0 virtual_router_id 1\n"
	     "virtual_ipaddress_excluded { 192.0.2.1 }\n}\n",
		"1:1: error: vrrp_instance 'A' has no address in virtual_ipaddress: an "
		"advertisement carries at least one\n"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(a_vrid_belongs_to_one_instance_per_interface_and_family)
{
	static const struct row rows[] = {
	    {"vrrp_instance A { interface e0 virtual_router_id 1 "
	     "virtual_ipaddress { 192.0.2.1 } }\n"
	     "vrrp_instance B { interface e0\nvirtual_router_id 1 "
	     "virtual_ipaddress { 192.0.2.2 } }\n",
		"3:19: error: virtual_router_id 1 on e0 is already used by 'A' at "
		"t.conf:1\n"},
	    {"vrrp_instance A { interface e0 virtual_router_id 1 "
	     "virtual_ipaddress { 192.0.2.1 } }\n"
	     "vrrp_instance B { interface e1 virtual_router_id 1 "
	     "virtual_ipaddress { 192.0.2.2 } }\n"
	     "vrrp_instance C { interface e0 virtual_router_id 1 "
	     "virtual_ipaddress { fe80::1 } }\n",
		""},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(names_are_unique_by_kind)
{
	static const struct row rows[] = {
	    {"vrrp_sync_group A { group { X } }\n"
	     "vrrp_sync_group A { group { X } }\nvrrp_script A { script a }\n",
		"1:1: warning: not supported yet: vrrp_sync_group\n"
		"2:17: error: vrrp_sync_group 'A' stands at t.conf:1 already\n"
		"3:1: warning: not supported yet: vrrp_script\n"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(names_fit_into_the_paths_of_the_control_protocol)
{
	static const struct row rows[] = {
	    {"vrrp_script \"\" { script a }\nvrrp_script a/b { script a }\n",
		"1:1: warning: not supported yet: vrrp_script\n"
		"1:13: error: a name must not be empty, longer than 127 bytes, or "
		"contain '/'\n"
		"2:13: error: a name must not be empty, longer than 127 bytes, or "
		"contain '/'\n"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(what_is_no_host_address_is_no_virtual_address)
{
	static const struct row rows[] = {
	    {"virtual_ipaddress_excluded {\n0.0.0.0\n224.0.0.1\n255.255.255.255\n"
	     "ff02::1\n::\n}",
		"6:1: error: 0.0.0.0 cannot be the address of a host\n"
		"7:1: error: 224.0.0.1 cannot be the address of a host\n"
		"8:1: error: 255.255.255.255 cannot be the address of a host\n"
		"9:1: error: ff02::1 cannot be the address of a host\n"
		"10:1: error: :: cannot be the address of a host\n"},
	    {"mcast_src_ip 0.0.0.0",
		"5:14: error: 0.0.0.0 cannot be the address of a host\n"},
	};

	check_instance_rows(rows, COUNT_OF(rows));
}

CASE(families_are_not_mixed_in_an_advertisement)
{
	static const struct row rows[] = {
	    {"virtual_ipaddress_excluded { 2001:db8::1 192.0.2.9 }", ""},
	    {"mcast_src_ip fe80::1",
		"5:14: error: mcast_src_ip fe80::1 is not of the family of "
		"virtual_ipaddress\n"},
	    {"mcast_src_ip 192.0.2.77", ""},
	};
	struct conf_fixture conf =
	    conf_of("vrrp_instance A { interface e0 virtual_router_id 1\n"
		    "virtual_ipaddress {\n192.0.2.1\n2001:db8::1\n192.0.2.2\n}\n}\n");

	/* RFC 9568 5.2.9 */
	assert_findings(&conf,
	    "4:1: error: 2001:db8::1 is not of the family of the first address: put it "
	    "into virtual_ipaddress_excluded, or into an instance of its own\n");
	conf_done(&conf);
	check_instance_rows(rows, COUNT_OF(rows));
}

CASE(the_first_ipv6_address_is_link_local)
{
	static const struct row rows[] = {
	    {"vrrp_instance A { interface e0 virtual_router_id 1\n"
	     "virtual_ipaddress { 2001:db8::1 fe80::1 }\n}\n",
		"2:21: error: the first address of an IPv6 virtual router must be "
		"link-local (fe80::/10); put one before 2001:db8::1\n"},
	    {"vrrp_instance A { interface e0 virtual_router_id 1\n"
	     "virtual_ipaddress { fe80::1 2001:db8::1 }\n}\n",
		""},
	};

	check_rows(rows, COUNT_OF(rows));
}

/* An instance with `count` addresses that begin with `prefix`. */
static struct conf_fixture
conf_of_addresses(const char *prefix, unsigned count)
{
	static char text[512];

	(void)snprintf(text, sizeof(text),
	    "vrrp_instance A { interface e0 virtual_router_id 1\n"
	    "virtual_ipaddress {\n~SEQx(i, 1, %u) %s${i}\n}\n}\n",
	    count, prefix);
	return conf_of(text);
}

CASE(an_advertisement_fits_into_one_packet)
{
	/* IPv4 is written in decimal, and still must count to 255. */
	struct conf_fixture conf =
	    conf_of("vrrp_instance A { interface e0 virtual_router_id 1\n"
		    "virtual_ipaddress {\n~SEQ(i, 0, 254) 192.0.2.${i}\n}\n}\n");
	assert_findings(&conf, "");
	conf_done(&conf);

	conf = conf_of("vrrp_instance A { interface e0 virtual_router_id 1\n"
		       "virtual_ipaddress {\n~SEQ(i, 0, 255) 192.0.2.${i}\n}\n}\n");
	assert_findings(&conf,
	    "2:1: error: 256 addresses are too many: an advertisement carries at most "
	    "255; put the others into virtual_ipaddress_excluded\n");
	conf_done(&conf);

	/* 40 bytes of IPv6 header, 8 of VRRP, 16 each: 90 end at 1488. */
	conf = conf_of_addresses("fe80::", 90);
	assert_findings(&conf, "");
	conf_done(&conf);

	conf = conf_of_addresses("fe80::", 91);
	assert_findings(&conf,
	    "2:1: error: 91 addresses are too many: an advertisement carries at most 90 "
	    "of IPv6 within 1500 bytes; put the others into "
	    "virtual_ipaddress_excluded\n");
	conf_done(&conf);
}

CASE(an_address_that_stands_twice_counts_once)
{
	struct conf_fixture conf = conf_of(
	    "vrrp_instance A {\ninterface e0 virtual_router_id 1\n"
	    "virtual_ipaddress {\n192.0.2.1\n192.0.2.1/24\n192.0.2.1 dev e1\n}\n"
	    "virtual_ipaddress_excluded {\n192.0.2.1\n}\n}\n");

	assert_findings(&conf,
	    "5:1: warning: 192.0.2.1/24 stands at t.conf:4 already: this one is ignored\n"
	    "9:1: warning: 192.0.2.1 stands at t.conf:4 already: this one is ignored\n");
	assert_canonical(&conf,
	    "vrrp_instance A {\n\tinterface e0\n\tvirtual_router_id 1\n"
	    "\tvirtual_ipaddress {\n\t\t192.0.2.1\n\t\t192.0.2.1 dev e1\n\t}\n"
	    "\tvirtual_ipaddress_excluded {\n\t}\n}\n");
	conf_done(&conf);
}

CASE(an_address_of_two_routers_is_a_warning_except_link_local_on_two_links)
{
	static const struct row rows[] = {
	    {"vrrp_instance A { interface e0 virtual_router_id 1 "
	     "virtual_ipaddress { 192.0.2.1 } }\n"
	     "vrrp_instance B { interface e1 virtual_router_id 1\n"
	     "virtual_ipaddress { 192.0.2.1 } }\n",
		"3:21: warning: 192.0.2.1 is an address of another virtual router too "
		"(t.conf:1)\n"},
	    {"vrrp_instance A { interface e0 virtual_router_id 1 "
	     "virtual_ipaddress { fe80::1 } }\n"
	     "vrrp_instance B { interface e1 virtual_router_id 1\n"
	     "virtual_ipaddress { fe80::1 } }\n",
		""},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(intervals_are_what_the_version_can_say)
{
	static const struct row rows[] = {
	    {"advert_int 1", ""},
	    {"advert_int 0.2",
		"5:12: warning: advert_int 0.2 is taken as 1: VRRPv2 counts in "
		"seconds\n"},
	    {"advert_int 254.6",
		"5:12: warning: advert_int 254.6 is taken as 255: VRRPv2 counts in "
		"seconds\n"},
	    {"version 3 advert_int 0.01", ""},
	    {"version 3 advert_int 40.95", ""},
	    {"version 3 advert_int 40.96",
		"5:22: error: advert_int 40.96 is too long: VRRPv3 says at most 40.95 "
		"seconds\n"},
	    {"version 3 advert_int 0.014",
		"5:22: warning: advert_int 0.014 is taken as 0.01: VRRPv3 counts in "
		"hundredths of a second\n"},
	};

	check_instance_rows(rows, COUNT_OF(rows));
}

CASE(ipv6_is_always_version_3)
{
	static const struct row rows[] = {
	    {"vrrp_instance A { interface e0 virtual_router_id 1 version 2 "
	     "virtual_ipaddress { fe80::1 } }\n",
		"1:60: warning: version 2 is taken as 3: only VRRPv3 is for IPv6\n"},
	    {"global_defs { vrrp_version 2 }\nvrrp_instance A { interface e0 "
	     "virtual_router_id 1 advert_int 0.5 virtual_ipaddress { fe80::1 } }\n",
		""},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(what_state_and_priority_rule_out_is_said)
{
	static const struct row rows[] = {
	    {"state MASTER priority 150", ""},
	    {"state MASTER",
		"5:7: warning: state MASTER without priority means priority 100; "
		"keepalived would take 255, the owner of the addresses\n"},
	    {"nopreempt", ""},
	    {"state MASTER priority 150\nnopreempt",
		"6:1: warning: nopreempt is ignored with state MASTER\n"},
	    {"priority 255\nnopreempt",
		"6:1: warning: nopreempt is ignored with priority 255\n"},
	    {"priority 255 state MASTER", ""},
	    {"priority 255 state BACKUP",
		"5:20: warning: state BACKUP contradicts priority 255: the owner of the "
		"addresses is master from the start\n"},
	    {"preempt_delay 5", ""},
	    {"preempt_delay 0 nopreempt", ""},
	    {"nopreempt\npreempt_delay 5",
		"6:1: warning: preempt_delay is ignored with nopreempt\n"},
	    {"nopreempt preempt\npreempt_delay 5", ""},
	};

	check_instance_rows(rows, COUNT_OF(rows));
}

CASE(authentication_is_whole_or_refused)
{
	static const struct row rows[] = {
	    {"authentication { auth_type PASS auth_pass 12345678 }", ""},
	    {"authentication { auth_type PASS auth_pass 123456789 }",
		"5:43: warning: the password is cut: only its first 8 characters "
		"count\n"},
	    {"authentication { auth_type PASS }",
		"5:18: error: auth_type PASS needs an auth_pass\n"},
	    {"authentication { auth_pass a }",
		"5:1: error: authentication without auth_type\n"},
	    {"authentication { auth_type AH auth_pass a }",
		"5:28: error: not supported yet: auth_type AH; without it this router "
		"and its peers would not understand each other\n"},
	    {"version 3\nauthentication { auth_type PASS auth_pass a }",
		"6:1: warning: authentication is ignored in VRRPv3, which has none\n"},
	};

	check_instance_rows(rows, COUNT_OF(rows));
}

CASE(strict_refuses_what_the_rfc_does_not_know)
{
	struct conf_fixture conf = conf_of(
	    "global_defs { vrrp_strict }\n"
	    "vrrp_instance A { interface e0 virtual_router_id 1\n"
	    "accept\npreempt_delay 5\ngarp_lower_prio_delay 1\n"
	    "authentication { auth_type PASS auth_pass a }\n"
	    "virtual_ipaddress { 192.0.2.1 } }\n"
	    "vrrp_instance B { interface e0 virtual_router_id 2 priority 255 accept\n"
	    "state BACKUP\nvirtual_ipaddress { 192.0.2.2 } }\n");

	assert_findings(&conf,
	    "3:1: warning: accept is ignored under vrrp_strict\n"
	    "4:1: warning: preempt_delay is ignored under vrrp_strict\n"
	    "5:1: warning: garp_lower_prio_delay is ignored under vrrp_strict\n"
	    "6:1: warning: authentication is ignored under vrrp_strict\n"
	    "9:7: error: state BACKUP contradicts priority 255: the owner of the "
	    "addresses is master from the start\n");
	conf_done(&conf);
}

CASE(a_repeat_of_none_is_taken_as_one)
{
	static const struct row rows[] = {
	    {"garp_master_repeat 0",
		"5:20: warning: garp_master_repeat 0 is taken as 1\n"},
	    {"garp_master_refresh_repeat 0",
		"5:28: warning: garp_master_refresh_repeat 0 is taken as 1\n"},
	    {"garp_lower_prio_repeat 0", ""},
	};

	check_instance_rows(rows, COUNT_OF(rows));
}

CASE(secrets_are_in_no_finding)
{
	static const char *const rows[] = {
	    "authentication {\nauth_type PASS\nauth_pass SeCrEt_and_too_long\n}",
	    "authentication {\nauth_type PASS\nauth_pass \"SeCrEt\n}",
	    "authentication {\nauth_type PASS\nauth_pass a SeCrEt\n}",
	    "authentication {\nauth_type PASS\nauth_pas SeCrEt\n}",
	    "authentication {\nauth_type PASS\nauth_pass SeCrEt#x\n}",
	    "authentication { auth_type PASSS auth_pass SeCrEt }",
	    "authentication { auth_pass SeCrEt }",
	    ("authentication { auth_type PASS auth_pass \xff"
	     "SeCrEt }"),
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_fixture conf = conf_of_instance(rows[i]);
		char *text = NULL;
		size_t len = 0;
		FILE *to = open_memstream(&text, &len);
		conf_diags_print(conf.diags, to);
		assert_int_equal(fclose(to), 0);
		assert_true(conf_diags_count(conf.diags) > 0);
		if (strstr(text, "SeCrEt"))
			fail_msg("%s", text);
		free(text);
		text = conf_tree_print(conf.tree, false);
		assert_null(strstr(text, "SeCrEt"));
		free(text);
		conf_done(&conf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_instance_needs_interface_vrid_and_address),
	    cmocka_unit_test(a_vrid_belongs_to_one_instance_per_interface_and_family),
	    cmocka_unit_test(names_are_unique_by_kind),
	    cmocka_unit_test(names_fit_into_the_paths_of_the_control_protocol),
	    cmocka_unit_test(what_is_no_host_address_is_no_virtual_address),
	    cmocka_unit_test(families_are_not_mixed_in_an_advertisement),
	    cmocka_unit_test(the_first_ipv6_address_is_link_local),
	    cmocka_unit_test(an_advertisement_fits_into_one_packet),
	    cmocka_unit_test(an_address_that_stands_twice_counts_once),
	    cmocka_unit_test(
		an_address_of_two_routers_is_a_warning_except_link_local_on_two_links),
	    cmocka_unit_test(intervals_are_what_the_version_can_say),
	    cmocka_unit_test(ipv6_is_always_version_3),
	    cmocka_unit_test(what_state_and_priority_rule_out_is_said),
	    cmocka_unit_test(authentication_is_whole_or_refused),
	    cmocka_unit_test(strict_refuses_what_the_rfc_does_not_know),
	    cmocka_unit_test(a_repeat_of_none_is_taken_as_one),
	    cmocka_unit_test(secrets_are_in_no_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

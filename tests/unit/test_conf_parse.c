/* SPDX-License-Identifier: Apache-2.0 */
/* test_conf_parse.c - statements, blocks and lists; what is said when they are broken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/conf_tree.h"
#include "tests/unit/conf_fixture.h"

struct row {
	const char *text, *findings;
};

static void
check_rows(const struct row rows[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct conf_fixture conf = conf_of(rows[i].text);
		if (strcmp(conf_findings(&conf), rows[i].findings) != 0)
			fail_msg("%s\n-- findings --\n%s-- expected --\n%s",
			    rows[i].text, conf_findings(&conf), rows[i].findings);
		conf_done(&conf);
	}
}

CASE(two_keywords_on_one_line_are_both_understood)
{
	struct conf_fixture conf = conf_of(
	    "vrrp_instance VI_1 { interface eth0 virtual_router_id 51 nopreempt\n"
	    "virtual_ipaddress{192.0.2.1/24 dev eth1 192.0.2.2}}");

	assert_findings(&conf, "");
	assert_canonical(&conf, "vrrp_instance VI_1 {\n"
				"\tinterface eth0\n"
				"\tvirtual_router_id 51\n"
				"\tnopreempt\n"
				"\tvirtual_ipaddress {\n"
				"\t\t192.0.2.1/24 dev eth1\n"
				"\t\t192.0.2.2\n"
				"\t}\n"
				"}\n");
	conf_done(&conf);
}

CASE(a_tree_is_whole_without_its_text)
{
	struct conf_fixture conf = conf_of("global_defs { router_id lb1 }");

	conf_tree_forget_text(conf.tree);
	assert_canonical(&conf, "global_defs {\n\trouter_id lb1\n}\n");
	assert_string_equal(conf_tree_file(conf.tree, 0), "t.conf");
	conf_tree_report(conf.tree, conf.diags, CONF_ERROR, conf_tree_first(conf.tree),
	    -1, "no line to show");
	assert_findings(&conf, "1:1: error: no line to show\n");
	conf_done(&conf);
}

CASE(an_optional_argument_is_told_from_the_next_keyword)
{
	struct conf_fixture conf =
	    conf_of("global_defs { vrrp_strict vrrp_version 3 dynamic_interfaces "
		    "vrrp_min_garp no vrrp_garp_interval 0 }");

	assert_findings(&conf, "");
	assert_canonical(&conf, "global_defs {\n"
				"\tvrrp_strict\n"
				"\tvrrp_version 3\n"
				"\tdynamic_interfaces\n"
				"\tvrrp_min_garp off\n"
				"\tvrrp_garp_interval 0\n"
				"}\n");
	conf_done(&conf);
}

CASE(values_are_printed_in_canonical_form)
{
	struct conf_fixture conf = conf_of_instance(
	    "priority 0100 advert_int 1.50\npreempt_delay 100ms\n"
	    "virtual_ipaddress_excluded { 2001:DB8:0::1/064 192.0.2.2 broadcast + }");

	assert_canonical(&conf, "vrrp_instance VI_1 {\n"
				"\tinterface eth0\n"
				"\tvirtual_router_id 51\n"
				"\tvirtual_ipaddress {\n"
				"\t\t192.0.2.1\n"
				"\t}\n"
				"\tpriority 100\n"
				"\tadvert_int 1.5\n"
				"\tpreempt_delay 0.1\n"
				"\tvirtual_ipaddress_excluded {\n"
				"\t\t2001:db8::1/64\n"
				"\t\t192.0.2.2 brd +\n"
				"\t}\n"
				"}\n");
	conf_done(&conf);
}

CASE(commands_keep_quotes_and_escapes)
{
	struct conf_fixture conf =
	    conf_of_instance("notify_master \"/bin/a 'b' \\x41\\t\\103\\cA\" root\n"
			     "notify_backup '/bin/sh -c \"x\"'\n"
			     "notify_fault /bin/c\\ d\n"
			     "notify_stop '/a\\xfFb\\xaAc\\q\\\\'\n"
			     "notify /bin/e#f\n");
	char *text = conf_tree_print(conf.tree, true);

	assert_non_null(text);
	assert_non_null(
	    strstr(text, "\tnotify_master \"/bin/a 'b' A\\x09C\\x01\" root\n"));
	assert_non_null(strstr(text, "\tnotify_backup '/bin/sh -c \"x\"'\n"));
	assert_non_null(strstr(text, "\tnotify_fault \"/bin/c d\"\n"));
	assert_non_null(strstr(text, "\tnotify_stop \"/a\xff"
				     "b\xaa"
				     "cq\\\\\"\n"));
	assert_non_null(strstr(text, "\tnotify /bin/e\n"));
	free(text);
	conf_done(&conf);
}

CASE(a_missing_argument_does_not_end_the_parsing)
{
	static const struct row rows[] = {
	    {"global_defs {\nrouter_id\nvrrp_version\n}",
		"2:1: error: an argument is missing: router_id TEXT\n"
		"3:1: error: an argument is missing: vrrp_version N\n"},
	    {"vrrp_instance VI_1 {\ninterface\nvirtual_router_id 1\n"
	     "virtual_ipaddress {\n192.0.2.1 dev\n192.0.2.2 label\n}\n}",
		"2:1: error: an argument is missing: interface INTERFACE\n"
		"5:11: error: an argument is missing: dev INTERFACE\n"
		"6:11: error: an argument is missing: label NAME\n"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(a_word_too_many_is_an_error)
{
	static const struct row rows[] = {
	    {"global_defs {\nrouter_id a b\n}",
		"2:13: error: 'b' is one word too many: router_id TEXT\n"},
	    {"global_defs {\ndynamic_interfaces allow_if_changes now\n}",
		"2:37: error: 'now' is one word too many: dynamic_interfaces "
		"[allow_if_changes]\n"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(braces_out_of_balance_are_errors_with_their_place)
{
	static const struct row rows[] = {
	    {"global_defs {\n}\n}",
		"3:1: error: '}' closes nothing: no block is open here\n"},
	    {"global_defs {\nrouter_id a\n",
		"1:1: error: '}' is missing: global_defs is never closed\n"},
	    {"global_defs\nrouter_id a\n}",
		"2:1: error: '{' is missing after global_defs (t.conf:1)\n"},
	    {"global_defs\n",
		"1:1: error: '{' is missing: global_defs opens a block\n"},
	    {"{\nrouter_id a\n}",
		"1:1: error: '{' without a keyword that opens a block\n"},
	    {"global_defs { {\n",
		"1:1: error: '}' is missing: global_defs is never closed\n"
		"1:15: error: '{' without a keyword that opens a block\n"
		"1:15: error: '}' is missing: this block is never closed\n"},
	    {"global_defs {\n router_id a\nglobal_defs {\n}\n",
		"3:1: error: '}' is missing before 'global_defs': global_defs (t.conf:1) "
		"is still open\n"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(after_a_missing_brace_the_rest_is_still_understood)
{
	struct conf_fixture conf = conf_of("vrrp_instance A {\n"
					   "\tinterface eth0\n"
					   "\tvirtual_router_id 1\n"
					   "\tvirtual_ipaddress {\n"
					   "\t\t192.0.2.1\n"
					   "\tnopreempt\n"
					   "vrrp_instance B {\n"
					   "\tinterface eth0\n"
					   "\tvirtual_router_id 300\n"
					   "\tvirtual_ipaddress { 192.0.2.2 }\n"
					   "}\n");

	assert_findings(&conf,
	    "6:2: error: '}' is missing before 'nopreempt': virtual_ipaddress (t.conf:4) "
	    "is still open\n"
	    "7:1: error: '}' is missing before 'vrrp_instance': vrrp_instance 'A' "
	    "(t.conf:1) is still open\n"
	    "9:20: error: '300' is out of range: virtual_router_id takes 1..255\n");
	conf_done(&conf);
}

CASE(a_misspelt_word_is_an_error_with_a_suggestion)
{
	static const struct row rows[] = {
	    {"glbal_defs {\nanything { goes }\n}\n",
		"1:1: error: 'glbal_defs' is no keyword of the top level -> "
		"global_defs\n"},
	    {"global_defs {\nvrrp_ver 3\n}",
		"2:1: error: 'vrrp_ver' is no keyword of global_defs -> "
		"vrrp_version\n"},
	    {"global_defs {\nxyzzy 3\n}",
		"2:1: error: 'xyzzy' is no keyword of global_defs\n"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(a_word_of_another_block_is_shown_its_place)
{
	static const struct row rows[] = {
	    {"router_id a\n",
		"1:1: error: 'router_id' does not belong into the top level, but into: "
		"global_defs\n"},
	    {"vrrp_script S {\n\tvirtual_ipaddress {\n\t\t192.0.2.1\n\t}\n}\n",
		"1:1: warning: not supported yet: vrrp_script\n"
		"2:2: error: 'virtual_ipaddress' does not belong into vrrp_script 'S', "
		"but into: vrrp_instance\n"},
	    /* Indented as part of the block: in the wrong place, and no brace is
	       missing. */
	    {"vrrp_instance A {\n\tinterface e0\n\tvirtual_router_id 1\n"
	     "\tvirtual_ipaddress { 192.0.2.1 }\n\tglobal_defs {\n\t}\n}\n",
		"5:2: error: 'global_defs' does not belong into vrrp_instance 'A', but "
		"into: top level\n"},
	    {"@lb1 include x\n",
		"1:6: error: 'include' must stand at the start of a line of its own, "
		"without condition or macro\n"},
	    {"$A = 5\n",
		"1:1: error: '$A' is no macro that is known, and a definition has no "
		"blank before the =\n"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(what_is_not_carried_out_yet_is_said_once)
{
	static const struct row rows[] = {
	    {"global_defs {\nenable_dbus\nsnmp_socket a\n}\nglobal_defs { enable_dbus }",
		"2:1: warning: not supported yet: enable_dbus\n"
		"3:1: warning: not supported yet: snmp_socket\n"},
	    {"virtual_server 192.0.2.1 80 {\nlb_algo rr\nreal_server 10.0.0.1 80 {\n"
	     "TCP_CHECK { connect_port 80 }\n}\n}\nvirtual_server fwmark 1 { }",
		"1:1: warning: not supported yet: virtual_server\n"},
	    {"virtual_server 192.0.2.1 80 {\nreal_server 10.0.0.1 80 {\nwieght 1\n}\n}",
		"1:1: warning: not supported yet: virtual_server\n"
		"3:1: error: 'wieght' is no keyword of real_server '10.0.0.1' -> "
		"weight\n"},
	    /* A bad value of something that is not carried out does no harm. */
	    {"global_defs {\nvrrp_rt_priority 100\n}",
		"2:1: warning: not supported yet: vrrp_rt_priority\n"
		"2:18: warning: '100' is out of range: vrrp_rt_priority takes 0..99\n"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(what_peers_would_not_understand_is_no_mere_warning)
{
	struct conf_fixture conf = conf_of_instance("unicast_peer {\n192.0.2.9\n}");

	assert_int_equal(conf_diags_verdict(conf.diags), CONF_DOES_NOT_RUN);
	assert_non_null(strstr(
	    conf_findings(&conf), "5:1: error: not supported yet: unicast_peer;"));
	conf_done(&conf);
}

CASE(address_lines_are_checked_word_by_word)
{
	struct conf_fixture conf =
	    conf_of_instance("virtual_ipaddress_excluded {\n"
			     "192.0.2.300\n"
			     "192.0.2.2/33\n"
			     "192.0.2.3 dve eth0\n"
			     "192.0.2.4 scope wide\n"
			     "192.0.2.5 brd fe80::1\n"
			     "fe80::6 label eth0:1\n"
			     "fe80::7 brd +\n"
			     "192.0.2.8 label a_label_too_long_for_it\n"
			     "192.0.2.9 no_track\n"
			     "}");

	assert_findings(&conf,
	    "6:1: error: '192.0.2.300' is no address, with or without /LENGTH\n"
	    "7:1: error: '192.0.2.2/33' is no address, with or without /LENGTH\n"
	    "8:11: error: 'dve' is nothing that may follow an address -> dev\n"
	    "9:17: error: 'wide' is no scope: global, site, link, host, nowhere or "
	    "0..255\n"
	    "10:15: error: 'fe80::1' is no broadcast address: brd takes an IPv4 address, "
	    "+ or -\n"
	    "11:15: error: 'eth0:1' is not for IPv6: label\n"
	    "12:13: error: '+' is not for IPv6: brd\n"
	    "13:17: error: 'a_label_too_long_for_it' is too long: label takes at most 15 "
	    "characters\n"
	    "14:11: warning: not supported yet: no_track\n");
	conf_done(&conf);
}

CASE(options_with_and_without_arguments_are_told_apart)
{
	struct conf_fixture conf = conf_of_instance(
	    "virtual_ipaddress_excluded {\n"
	    "192.0.2.2 use_vmac 192.0.2.3 use_vmac dev eth1 192.0.2.4 use_vmac v 0:0:1 "
	    "dev eth2 label x\n"
	    "}");

	assert_findings(&conf, "6:11: warning: not supported yet: use_vmac\n");
	assert_canonical(&conf,
	    "vrrp_instance VI_1 {\n\tinterface eth0\n\tvirtual_router_id 51\n"
	    "\tvirtual_ipaddress {\n\t\t192.0.2.1\n\t}\n"
	    "\tvirtual_ipaddress_excluded {\n"
	    "\t\t192.0.2.2 use_vmac\n"
	    "\t\t192.0.2.3 use_vmac dev eth1\n"
	    "\t\t192.0.2.4 use_vmac v 0:0:1 dev eth2 label x\n"
	    "\t}\n}\n");
	conf_done(&conf);
}

CASE(a_line_of_too_many_words_is_refused)
{
	struct conf_fixture conf =
	    conf_of("$A=a a a a a a a a a a a a a a a a\n$B=$A $A $A $A\n"
		    "static_routes {\n$B $B $B $B\n$B $B $B $B b\n}\n");

	assert_findings(&conf, "3:1: warning: not supported yet: static_routes\n"
			       "5:1: error: too many words on one line: at most 256\n");
	conf_done(&conf);
}

CASE(a_million_mistakes_are_counted_in_time)
{
	struct conf_fixture conf = conf_of("~SEQ(i, 1, 300000) wrong$i\n");

	assert_int_equal(conf_diags_errors(conf.diags), 300000);
	assert_int_equal(conf_diags_count(conf.diags), CONF_DIAGS_MAX);
	conf_done(&conf);
}

CASE(a_statement_given_twice_counts_once)
{
	struct conf_fixture conf = conf_of_instance("priority 100\npriority 120\n");

	assert_findings(&conf,
	    "6:1: warning: 'priority' is given again: this one counts, not that at "
	    "t.conf:5\n");
	conf_done(&conf);
}

CASE(quotes_must_pair)
{
	static const struct row rows[] = {
	    {"global_defs {\nrouter_id \"a b\n}",
		"2:11: error: the quote that ends this word is missing\n"},
	    {"global_defs {\nrouter_id a\"b\n}",
		"2:11: error: a quote inside a word\n"},
	    {"vrrp_script S {\nscript \"a 'b\n}",
		"1:1: warning: not supported yet: vrrp_script\n"
		"2:8: error: the quote that ends this word is missing\n"},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(bytes_that_are_no_text_are_refused)
{
	static const struct row rows[] = {
	    {"global_defs {\nrouter_id a\xff\n}",
		"2:11: error: a byte that is no text (0xff): files are UTF-8\n"},
	    {"global_defs {\nrouter_id a\x1b[2J\n}",
		"2:11: error: a byte that is no text (0x1b): files are UTF-8\n"},
	    /* Old files have Latin-1 in their comments. */
	    {"global_defs {\nrouter_id caf\xc3\xa9 # caf\xe9\n}", ""},
	};

	check_rows(rows, COUNT_OF(rows));
}

CASE(deep_nesting_is_bounded)
{
	char text[4096] = "";

	for (size_t i = 0; i < 1000; i++)
		strcat(text, "{ ");
	struct conf_fixture conf = conf_of(text);
	assert_findings(&conf,
	    "1:1: error: '{' without a keyword that opens a block\n"
	    "1:1: error: '}' is missing: this block is never closed\n");
	conf_done(&conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_keywords_on_one_line_are_both_understood),
	    cmocka_unit_test(a_tree_is_whole_without_its_text),
	    cmocka_unit_test(an_optional_argument_is_told_from_the_next_keyword),
	    cmocka_unit_test(values_are_printed_in_canonical_form),
	    cmocka_unit_test(commands_keep_quotes_and_escapes),
	    cmocka_unit_test(a_missing_argument_does_not_end_the_parsing),
	    cmocka_unit_test(a_word_too_many_is_an_error),
	    cmocka_unit_test(braces_out_of_balance_are_errors_with_their_place),
	    cmocka_unit_test(after_a_missing_brace_the_rest_is_still_understood),
	    cmocka_unit_test(a_misspelt_word_is_an_error_with_a_suggestion),
	    cmocka_unit_test(a_word_of_another_block_is_shown_its_place),
	    cmocka_unit_test(what_is_not_carried_out_yet_is_said_once),
	    cmocka_unit_test(what_peers_would_not_understand_is_no_mere_warning),
	    cmocka_unit_test(address_lines_are_checked_word_by_word),
	    cmocka_unit_test(options_with_and_without_arguments_are_told_apart),
	    cmocka_unit_test(a_line_of_too_many_words_is_refused),
	    cmocka_unit_test(a_million_mistakes_are_counted_in_time),
	    cmocka_unit_test(a_statement_given_twice_counts_once),
	    cmocka_unit_test(quotes_must_pair),
	    cmocka_unit_test(bytes_that_are_no_text_are_refused),
	    cmocka_unit_test(deep_nesting_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

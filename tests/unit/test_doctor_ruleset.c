/* SPDX-License-Identifier: Apache-2.0 */
/* test_doctor_ruleset.c - which firewall rules are believed to drop advertisements. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "hactl/doctor_legacy.h"
#include "hactl/doctor_ruleset.h"

#define MATCH(left, right) \
	"{\"match\":{\"op\":\"==\",\"left\":" left ",\"right\":" right "}}"
#define UNLESS(left, right) \
	"{\"match\":{\"op\":\"!=\",\"left\":" left ",\"right\":" right "}}"
#define FIELD(protocol, field) \
	"{\"payload\":{\"protocol\":\"" protocol "\",\"field\":\"" field "\"}}"
#define META(key) "{\"meta\":{\"key\":\"" key "\"}}"
#define PREFIX(addr) "{\"prefix\":{\"addr\":\"" addr "\",\"len\":4}}"
#define DROP "{\"drop\":null}"
#define ACCEPT "{\"accept\":null}"
#define JUMP(chain) "{\"jump\":{\"target\":\"" chain "\"}}"
#define RULE_IN(chain, expr) \
	",{\"rule\":{\"family\":\"inet\",\"table\":\"t\",\"chain\":\"" chain \
	"\",\"handle\":7,\"expr\":[" expr "]}}"
#define RULE(expr) RULE_IN("c", expr)

/* The severity of the first finding for these rules behind a policy; "" when none. */
static void
judge(const char *policy, const char *rules, bool ipv6, char severity[16])
{
	char text[4096];
	json_t *findings = json_array(), *ruleset;

	(void)snprintf(text, sizeof(text),
	    "{\"nftables\":[{\"metainfo\":{}},{\"chain\":{\"family\":\"inet\","
	    "\"table\":\"t\",\"name\":\"c\",\"hook\":\"input\",\"policy\":\"%s\"}}%s]}",
	    policy, rules);
	ruleset = json_loads(text, 0, NULL);
	assert_non_null(ruleset);
	doctor_judge_ruleset(findings, ruleset, ipv6);
	const char *found =
	    json_string_value(json_object_get(json_array_get(findings, 0), "severity"));
	(void)snprintf(severity, 16, "%s", found != NULL ? found : "");
	json_decref(findings);
	json_decref(ruleset);
}

/* clang-format off */
static const struct {
	const char *what, *policy, *rules;
	bool ipv6;
	const char *severity;
} cases[] = {
	{"no rules", "accept", "", false, ""},
	{"the policy", "drop", "", false, "error"},
	{"everything", "accept", RULE(DROP), false, "error"},
	{"the protocol by its name", "accept",
	 RULE(MATCH(FIELD("ip", "protocol"), "\"vrrp\"") "," DROP), false, "error"},
	{"the protocol by its number", "accept",
	 RULE(MATCH(META("l4proto"), "112") "," DROP), true, "error"},
	{"one of several protocols", "accept",
	 RULE(MATCH(META("l4proto"), "{\"set\":[6,112]}") "," DROP), false, "error"},
	{"another protocol", "accept", RULE(MATCH(META("l4proto"), "6") "," DROP), false, ""},
	{"all but ours", "accept", RULE(UNLESS(META("l4proto"), "112") "," DROP), false, ""},
	{"all but another", "accept", RULE(UNLESS(META("l4proto"), "6") "," DROP), false,
	 "error"},
	{"the group", "accept",
	 RULE(MATCH(FIELD("ip", "daddr"), "\"224.0.0.18\"") "," DROP), false, "error"},
	{"a network of groups", "accept",
	 RULE(MATCH(FIELD("ip", "daddr"), PREFIX("224.0.0.0")) "," DROP), false, "error"},
	{"a rule of IPv4 for IPv6", "accept",
	 RULE(MATCH(FIELD("ip", "daddr"), PREFIX("224.0.0.0")) "," DROP), true, ""},
	{"the group of IPv6", "accept",
	 RULE(MATCH(FIELD("ip6", "daddr"), "\"ff02::12\"") "," DROP), true, "error"},
	{"multicast", "accept", RULE(MATCH(META("pkttype"), "\"multicast\"") "," DROP), false,
	 "error"},
	{"a port", "accept", RULE(MATCH(FIELD("tcp", "dport"), "22") "," DROP), false, ""},
	{"somebody's adverts", "accept",
	 RULE(MATCH(FIELD("ip", "saddr"), "\"192.0.2.9\"") ","
	      MATCH(META("l4proto"), "112") "," DROP), false, "warning"},
	{"somebody", "accept", RULE(MATCH(FIELD("ip", "saddr"), "\"192.0.2.9\"") "," DROP),
	 false, ""},
	{"accepted before", "drop",
	 RULE(MATCH(META("l4proto"), "112") "," ACCEPT) RULE(DROP), false, ""},
	{"accepted on one interface", "drop",
	 RULE(MATCH(META("iifname"), "\"eth0\"") "," MATCH(META("l4proto"), "112") ","
	      ACCEPT), false, ""},
	{"loopback alone is accepted", "drop",
	 RULE(MATCH(META("iifname"), "\"lo\"") "," ACCEPT), false, "error"},
	{"in a chain that is jumped to", "accept",
	 RULE(JUMP("d")) RULE_IN("d", DROP), false, "error"},
	{"in a chain that nobody jumps to", "accept", RULE_IN("d", DROP), false, ""},
	{"a chain that jumps to itself", "accept", RULE(JUMP("c")), false, ""},
};
/* clang-format on */

CASE(rules_that_drop_advertisements_are_told_and_no_others)
{
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char severity[16];

		judge(cases[i].policy, cases[i].rules, cases[i].ipv6, severity);
		if (strcmp(severity, cases[i].severity) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].what, severity,
			    cases[i].severity);
	}
}

CASE(a_chain_of_forwarding_does_not_concern_us)
{
	json_t *findings = json_array();
	json_t *ruleset =
	    json_loads("{\"nftables\":[{\"chain\":{\"family\":\"inet\","
		       "\"table\":\"t\",\"name\":\"c\",\"hook\":\"forward\","
		       "\"policy\":\"drop\"}}]}",
		0, NULL);

	doctor_judge_ruleset(findings, ruleset, false);
	assert_int_equal(json_array_size(findings), 0);
	json_decref(findings);
	json_decref(ruleset);
}

CASE(what_is_no_ruleset_has_no_rules)
{
	json_t *findings = json_array(), *odd = json_pack("[i]", 3);

	doctor_judge_ruleset(findings, NULL, false);
	doctor_judge_ruleset(findings, odd, false);
	assert_int_equal(json_array_size(findings), 0);
	json_decref(findings);
	json_decref(odd);
}

/* clang-format off */
static const struct {
	const char *what, *rules;
	bool ipv6;
	const char *severity;
} legacy[] = {
	{"nothing", "*filter\n:INPUT ACCEPT [1:2]\nCOMMIT\n", false, ""},
	{"the policy", "*filter\n:INPUT DROP [0:0]\nCOMMIT\n", false, "error"},
	{"an exception", "*filter\n:INPUT DROP [0:0]\n-A INPUT -p vrrp -j ACCEPT\n", false,
	 ""},
	{"the protocol", "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p 112 -j DROP\n", true,
	 "error"},
	{"another protocol",
	 "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j DROP\n", false, ""},
	{"all but one protocol",
	 "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT ! -p tcp -j DROP\n", false, "error"},
	{"the group", "*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -d 224.0.0.18/32 -j REJECT "
	 "--reject-with icmp-port-unreachable\n", false, "error"},
	{"the group on some interface",
	 "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth7 -d 224.0.0.0/4 -j DROP\n", false,
	 "warning"},
	{"with a comment", "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p vrrp -m comment "
	 "--comment \"we -j ACCEPT no vrrp\" -j DROP\n", false, "error"},
	{"a state that is not known", "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m conntrack "
	 "--ctstate INVALID -j DROP\n", false, ""},
	{"in a chain", "*filter\n:INPUT ACCEPT [0:0]\n:mine - [0:0]\n-A INPUT -j mine\n"
	 "-A mine -m pkttype --pkt-type multicast -j DROP\n", false, "error"},
	{"bytes that are no text", "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m comment "
	 "--comment \xff -p vrrp -j DROP\n", false, "error"},
	{"what is forwarded", "*filter\n:FORWARD DROP [0:0]\n", false, ""},
	{"cut off", "*filter\n:INPUT\n-A INPUT\n-A\n\"", false, ""},
};
/* clang-format on */

CASE(rules_of_the_older_iptables_are_read)
{
	for (size_t i = 0; i < COUNT_OF(legacy); i++) {
		json_t *ruleset =
		    doctor_legacy_ruleset(legacy[i].rules, legacy[i].ipv6);
		json_t *findings = json_array();

		doctor_judge_ruleset(findings, ruleset, legacy[i].ipv6);
		const char *found = json_string_value(
		    json_object_get(json_array_get(findings, 0), "severity"));
		if (strcmp(found != NULL ? found : "", legacy[i].severity) != 0)
			fail_msg("%s: %s", legacy[i].what, found);
		json_decref(findings);
		json_decref(ruleset);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rules_that_drop_advertisements_are_told_and_no_others),
	    cmocka_unit_test(a_chain_of_forwarding_does_not_concern_us),
	    cmocka_unit_test(what_is_no_ruleset_has_no_rules),
	    cmocka_unit_test(rules_of_the_older_iptables_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

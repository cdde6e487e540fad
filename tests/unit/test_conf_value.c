/* SPDX-License-Identifier: Apache-2.0 */
/* test_conf_value.c - arguments checked against rows of the table. */
#include "common/conf_value.h"

#include <stdio.h>
#include <string.h>
#include "tests/unit/unit.h"

/* "=TEXT": good, in this form; "~TEXT": changed to this; "!": refused. */
static const char *
outcome(enum conf_block block, const char *keyword, const char *text)
{
	static char out[96];
	const struct conf_row *row = conf_schema_find(block, keyword);
	struct conf_value value;

	assert_non_null(row);
	conf_value_check(row, text, strlen(text), &value);
	if ((value.verdict == CONF_VALUE_GOOD) != (value.message[0] == '\0'))
		fail_msg("%s %s: \"%s\"", keyword, text, value.message);
	if (value.verdict == CONF_VALUE_BAD)
		return "!";
	(void)snprintf(out, sizeof(out), "%c%s",
	    value.verdict == CONF_VALUE_CHANGED ? '~' : '=',
	    value.text[0] ? value.text : text);
	return out;
}

/* clang-format off */
static const struct {
	enum conf_block block;
	const char *keyword, *text, *outcome;
} typed[] = {
	/* RFC 9568 5.2.3: a VRID is 1 to 255. */
	{ CONF_BLOCK_INSTANCE, "virtual_router_id", "0",    "!" },
	{ CONF_BLOCK_INSTANCE, "virtual_router_id", "1",    "=1" },
	{ CONF_BLOCK_INSTANCE, "virtual_router_id", "0255", "=255" },
	{ CONF_BLOCK_INSTANCE, "virtual_router_id", "256",  "!" },
	{ CONF_BLOCK_INSTANCE, "virtual_router_id", "51x",  "!" },
	{ CONF_BLOCK_INSTANCE, "virtual_router_id", "0x33", "!" },
	{ CONF_BLOCK_INSTANCE, "virtual_router_id", "",     "!" },
	{ CONF_BLOCK_INSTANCE, "virtual_router_id", " 5",   "!" },
	{ CONF_BLOCK_INSTANCE, "virtual_router_id", "99999999999999999999", "!" },
	/* RFC 9568 5.2.4: 0 is not configured, it is sent on resigning. */
	{ CONF_BLOCK_INSTANCE, "priority", "0",   "!" },
	{ CONF_BLOCK_INSTANCE, "priority", "+100", "=100" },
	{ CONF_BLOCK_INSTANCE, "priority", "255", "=255" },
	{ CONF_BLOCK_INSTANCE, "priority", "256", "!" },
	/* RFC 9568 5.2.7: an interval of 0 is none. */
	{ CONF_BLOCK_INSTANCE, "advert_int", "0",     "!" },
	{ CONF_BLOCK_INSTANCE, "advert_int", "0.009", "!" },
	{ CONF_BLOCK_INSTANCE, "advert_int", "0.01",  "=0.01" },
	{ CONF_BLOCK_INSTANCE, "advert_int", "1.50",  "=1.5" },
	{ CONF_BLOCK_INSTANCE, "advert_int", "100ms", "=0.1" },
	{ CONF_BLOCK_INSTANCE, "advert_int", "255",   "=255" },
	{ CONF_BLOCK_INSTANCE, "advert_int", "255.1", "!" },
	{ CONF_BLOCK_INSTANCE, "advert_int", "-1",    "!" },
	{ CONF_BLOCK_INSTANCE, "advert_int", "1.00000049", "~1" },
	{ CONF_BLOCK_INSTANCE, "state", "MASTER", "=MASTER" },
	{ CONF_BLOCK_INSTANCE, "state", "backup", "~BACKUP" },
	{ CONF_BLOCK_INSTANCE, "state", "FAULT",  "!" },
	{ CONF_BLOCK_INSTANCE, "interface", "eth0",             "=eth0" },
	{ CONF_BLOCK_INSTANCE, "interface", "abcdefghijklmno",  "=abcdefghijklmno" },
	{ CONF_BLOCK_INSTANCE, "interface", "abcdefghijklmnop", "!" },
	{ CONF_BLOCK_INSTANCE, "interface", "a/b",              "!" },
	{ CONF_BLOCK_INSTANCE, "interface", "..",               "!" },
	{ CONF_BLOCK_INSTANCE, "mcast_src_ip", "192.0.2.1",     "=192.0.2.1" },
	{ CONF_BLOCK_INSTANCE, "mcast_src_ip", "2001:DB8:0::1", "=2001:db8::1" },
	{ CONF_BLOCK_INSTANCE, "mcast_src_ip", "192.0.2.1/24",  "!" },
	{ CONF_BLOCK_INSTANCE, "address_lease", "off",   "=off" },
	{ CONF_BLOCK_INSTANCE, "address_lease", "2",     "=2" },
	{ CONF_BLOCK_INSTANCE, "address_lease", "1",     "!" },
	{ CONF_BLOCK_INSTANCE, "address_lease", "maybe", "!" },
	{ CONF_BLOCK_GLOBAL, "vrrp_version", "3", "=3" },
	{ CONF_BLOCK_GLOBAL, "vrrp_version", "1", "!" },
	{ CONF_BLOCK_GLOBAL, "vrrp_strict", "no",    "=off" },
	{ CONF_BLOCK_GLOBAL, "vrrp_strict", "true",  "=on" },
	{ CONF_BLOCK_GLOBAL, "vrrp_strict", "YES",   "~on" },
	{ CONF_BLOCK_GLOBAL, "vrrp_strict", "maybe", "!" },
	{ CONF_BLOCK_GLOBAL, "vrrp_mcast_group4", "224.0.0.18", "=224.0.0.18" },
	{ CONF_BLOCK_GLOBAL, "vrrp_mcast_group4", "192.0.2.1",  "!" },
	{ CONF_BLOCK_GLOBAL, "vrrp_mcast_group4", "ff02::12",   "!" },
	{ CONF_BLOCK_GLOBAL, "vrrp_mcast_group6", "ff02::12",   "=ff02::12" },
	{ CONF_BLOCK_GLOBAL, "vrrp_mcast_group6", "fe80::12",   "!" },
	{ CONF_BLOCK_GLOBAL, "vrrp_garp_interval", "0", "=0" },
	{ CONF_BLOCK_GLOBAL, "router_id", "any thing", "=any thing" },
	{ CONF_BLOCK_ADDRESS_LINE, "label", "eth0:1",           "=eth0:1" },
	{ CONF_BLOCK_ADDRESS_LINE, "label", "abcdefghijklmnop", "!" },
	{ CONF_BLOCK_BFD, "min_rx", "10",  "=10" },
	{ CONF_BLOCK_BFD, "min_rx", "0.5", "!" },
	{ CONF_BLOCK_BFD, "idle_tx", "1000.25", "=1000.25" },
	{ CONF_BLOCK_BFD, "min_rx", "10s", "!" },
	{ CONF_BLOCK_ROOT, "virtual_server", "fwmark",    "=fwmark" },
	{ CONF_BLOCK_ROOT, "virtual_server", "192.0.2.1", "=192.0.2.1" },
	{ CONF_BLOCK_ROOT, "virtual_server", "nowhere",   "!" },
	{ CONF_BLOCK_VS, "real_server", "fwmark", "!" },
	{ CONF_BLOCK_SCRIPT, "weight", "-253", "=-253" },
	{ CONF_BLOCK_SCRIPT, "weight", "-254", "!" },
};
/* clang-format on */

CASE(values_are_held_to_type_and_range)
{
	for (size_t i = 0; i < COUNT_OF(typed); i++) {
		const char *got =
		    outcome(typed[i].block, typed[i].keyword, typed[i].text);
		if (strcmp(got, typed[i].outcome) != 0)
			fail_msg("%s \"%s\": %s", typed[i].keyword, typed[i].text, got);
	}
}

CASE(a_word_too_long_for_any_type_is_refused_unless_anything_goes)
{
	char text[300];

	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_string_equal(outcome(CONF_BLOCK_INSTANCE, "priority", text), "!");
	assert_string_equal(outcome(CONF_BLOCK_INSTANCE, "interface", text), "!");
	assert_int_equal(outcome(CONF_BLOCK_GLOBAL, "router_id", text)[0], '=');
}

CASE(a_choice_nearly_hit_is_suggested)
{
	struct conf_value value;

	conf_value_check(
	    conf_schema_find(CONF_BLOCK_INSTANCE, "state"), "MASTRE", 6, &value);
	assert_string_equal(value.suggestion, "MASTER");
	conf_value_check(
	    conf_schema_find(CONF_BLOCK_INSTANCE, "state"), "SLAVE", 5, &value);
	assert_string_equal(value.suggestion, "");
}

CASE(scopes_are_names_or_numbers)
{
	uint8_t scope = 1;

	assert_int_equal(conf_value_parse_scope("global", &scope), 0);
	assert_int_equal(scope, 0);
	assert_int_equal(conf_value_parse_scope("link", &scope), 0);
	assert_int_equal(scope, 253);
	assert_int_equal(conf_value_parse_scope("200", &scope), 0);
	assert_int_equal(scope, 200);
	assert_int_not_equal(conf_value_parse_scope("256", &scope), 0);
	assert_int_not_equal(conf_value_parse_scope("wide", &scope), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_held_to_type_and_range),
	    cmocka_unit_test(
		a_word_too_long_for_any_type_is_refused_unless_anything_goes),
	    cmocka_unit_test(a_choice_nearly_hit_is_suggested),
	    cmocka_unit_test(scopes_are_names_or_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

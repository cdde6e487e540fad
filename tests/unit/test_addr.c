/* SPDX-License-Identifier: Apache-2.0 */
/* test_addr.c - addresses and prefixes of both families. */
#include "common/addr.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include "tests/unit/unit.h"

static struct addr
an_address(const char *text)
{
	struct addr a = {0};

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

static struct prefix
a_prefix(const char *text)
{
	struct prefix p = {0};

	assert_int_equal(prefix_parse(text, &p), 0);
	return p;
}

CASE(addresses_are_written_as_they_were_read)
{
	static const char *const texts[] = {"0.0.0.0", "10.1.2.3", "255.255.255.255",
	    "::", "::1", "fe80::1", "2001:db8::ff00:42:8329", "::ffff:192.0.2.1"};
	char buf[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct addr a = an_address(texts[i]);

		assert_string_equal(addr_format(buf, &a), texts[i]);
	}
}

CASE(what_is_no_address_is_refused_and_leaves_the_result_alone)
{
	static const char *const texts[] = {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256",
	    "1.2.3.4 ", "01.2.3.4x", "10.0.0.1/24", ":", ":::", "fe80::1%eth0",
	    "1::2::3", "12345::", "localhost"};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct addr a = {.family = 99};

		if (addr_parse(texts[i], &a) != -EINVAL || a.family != 99)
			fail_msg("\"%s\" was read", texts[i]);
	}
}

CASE(prefixes_are_written_as_they_were_read)
{
	static const char *const texts[] = {
	    "10.1.2.3/24", "0.0.0.0/0", "10.0.0.1/32", "fe80::1/64", "::/0", "::1/128"};
	char buf[PREFIX_TEXT_SIZE];

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct prefix p = a_prefix(texts[i]);

		assert_string_equal(prefix_format(buf, &p), texts[i]);
	}
}

CASE(a_prefix_without_length_is_a_host)
{
	assert_int_equal(a_prefix("10.0.0.1").len, 32);
	assert_int_equal(a_prefix("fe80::1").len, 128);
}

CASE(what_is_no_prefix_is_refused)
{
	static const char *const texts[] = {"10.0.0.1/", "10.0.0.1/33", "10.0.0.1/-1",
	    "10.0.0.1/+8", "10.0.0.1/ 8", "10.0.0.1/8x", "10.0.0.1/0008", "10.0.0/8",
	    "10.0.0.1/8/8", "/8", "", "::1/129", "::1/999",
	    "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb/64"};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct prefix p;

		if (prefix_parse(texts[i], &p) != -EINVAL)
			fail_msg("\"%s\" was read", texts[i]);
	}
}

CASE(none_is_written_as_a_dash)
{
	char buf[PREFIX_TEXT_SIZE];

	assert_string_equal(addr_format(buf, &(struct addr){0}), "-");
	assert_string_equal(prefix_format(buf, &(struct prefix){0}), "-");
}

CASE(order_is_by_family_and_then_unsigned)
{
	/* As text or as signed bytes, these would sort otherwise. */
	static const char *const rising[] = {"9.0.0.1", "10.0.0.2", "10.0.0.10",
	    "200.0.0.1", "::1", "fe80::2", "fe80::10"};

	for (size_t i = 0; i < COUNT_OF(rising); i++)
		for (size_t j = 0; j < COUNT_OF(rising); j++) {
			struct addr a = an_address(rising[i]),
				    b = an_address(rising[j]);
			int order = addr_compare(&a, &b);

			assert_true(i < j ? order < 0 : i > j ? order > 0 : order == 0);
			assert_int_equal(addr_equal(&a, &b), i == j);
		}
}

CASE(addresses_come_from_the_kernel_types)
{
	struct in_addr in = {.s_addr = htonl(0x0a000001)};
	struct in6_addr in6 = IN6ADDR_LOOPBACK_INIT;
	struct addr a = addr_from_in(in), b = addr_from_in6(&in6);
	struct addr expected_a = an_address("10.0.0.1"), expected_b = an_address("::1");

	assert_memory_equal(&a, &expected_a, sizeof(a));
	assert_memory_equal(&b, &expected_b, sizeof(b));
	assert_int_equal(addr_family_len(AF_INET), 4);
	assert_int_equal(addr_family_len(AF_INET6), 16);
	assert_int_equal(addr_family_len(AF_UNSPEC), 0);
}

enum { ANY = 1, MULTICAST = 2, BROADCAST = 4, LINK_LOCAL = 8, LOOPBACK = 16 };

static unsigned
kinds_of(const struct addr *a)
{
	return (addr_is_any(a) ? ANY : 0U) | (addr_is_multicast(a) ? MULTICAST : 0U) |
	       (addr_is_broadcast(a) ? BROADCAST : 0U) |
	       (addr_is_link_local(a) ? LINK_LOCAL : 0U) |
	       (addr_is_loopback(a) ? LOOPBACK : 0U);
}

CASE(kinds_of_addresses_are_told_apart)
{
	static const struct {
		const char *text;
		unsigned kinds;
	} rows[] = {
	    /* clang-format off */
	    { "0.0.0.0",          ANY },
	    { "0.0.0.1",          0 },
	    { "127.0.0.1",        LOOPBACK },
	    { "127.255.0.1",      LOOPBACK },
	    { "128.0.0.1",        0 },
	    { "169.254.0.1",      LINK_LOCAL },
	    { "169.253.0.1",      0 },
	    { "223.255.255.255",  0 },
	    { "224.0.0.18",       MULTICAST },
	    { "239.255.255.255",  MULTICAST },
	    { "240.0.0.1",        0 },
	    { "255.255.255.254",  0 },
	    { "255.255.255.255",  BROADCAST },
	    { "::",               ANY },
	    { "::1",              LOOPBACK },
	    { "::2",              0 },
	    { "fe7f::1",          0 },
	    { "fe80::1",          LINK_LOCAL },
	    { "febf::1",          LINK_LOCAL },
	    { "fec0::1",          0 },
	    { "ff02::12",         MULTICAST },
	    { "::ffff:127.0.0.1", 0 },
	    /* clang-format on */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct addr a = an_address(rows[i].text);

		if (kinds_of(&a) != rows[i].kinds)
			fail_msg("%s", rows[i].text);
	}
}

CASE(none_is_of_no_kind)
{
	struct addr none = {0};

	assert_false(addr_is_set(&none));
	assert_int_equal(kinds_of(&none), 0);
}

CASE(prefixes_contain_their_network)
{
	static const struct {
		const char *prefix, *address;
		bool contains;
	} rows[] = {
	    /* clang-format off */
	    { "10.1.2.3/24",   "10.1.2.200",  true },
	    { "10.1.2.3/24",   "10.1.3.3",    false },
	    { "10.1.2.3/23",   "10.1.3.3",    true },
	    { "10.1.2.3/32",   "10.1.2.3",    true },
	    { "10.1.2.3/32",   "10.1.2.2",    false },
	    { "10.1.2.3/31",   "10.1.2.2",    true },
	    { "10.1.2.3/0",    "200.0.0.1",   true },
	    { "10.1.2.3/1",    "127.0.0.1",   true },
	    { "10.1.2.3/1",    "128.0.0.1",   false },
	    { "10.1.2.3/0",    "::1",         false },
	    { "fe80::1/64",    "fe80::ffff:1", true },
	    { "fe80::1/64",    "fe80:0:0:1::1", false },
	    { "fe80::1/63",    "fe80:0:0:1::1", true },
	    { "fe80::1/128",   "fe80::1",     true },
	    { "::/0",          "10.0.0.1",    false },
	    /* clang-format on */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct prefix p = a_prefix(rows[i].prefix);
		struct addr a = an_address(rows[i].address);

		if (prefix_contains(&p, &a) != rows[i].contains)
			fail_msg("%s in %s", rows[i].address, rows[i].prefix);
	}
	assert_false(prefix_contains(&(struct prefix){0}, &(struct addr){0}));
}

CASE(prefixes_are_equal_with_address_and_length)
{
	struct prefix a = a_prefix("10.0.0.1/24"), same = a_prefix("10.0.0.1/24");
	struct prefix longer = a_prefix("10.0.0.1/25"), other = a_prefix("10.0.0.2/24");

	assert_true(prefix_equal(&a, &same));
	assert_false(prefix_equal(&a, &longer));
	assert_false(prefix_equal(&a, &other));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses_are_written_as_they_were_read),
	    cmocka_unit_test(what_is_no_address_is_refused_and_leaves_the_result_alone),
	    cmocka_unit_test(prefixes_are_written_as_they_were_read),
	    cmocka_unit_test(a_prefix_without_length_is_a_host),
	    cmocka_unit_test(what_is_no_prefix_is_refused),
	    cmocka_unit_test(none_is_written_as_a_dash),
	    cmocka_unit_test(order_is_by_family_and_then_unsigned),
	    cmocka_unit_test(addresses_come_from_the_kernel_types),
	    cmocka_unit_test(kinds_of_addresses_are_told_apart),
	    cmocka_unit_test(none_is_of_no_kind),
	    cmocka_unit_test(prefixes_contain_their_network),
	    cmocka_unit_test(prefixes_are_equal_with_address_and_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

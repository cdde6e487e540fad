/* SPDX-License-Identifier: Apache-2.0 */
/* test_link_table.c - links and addresses are found as they were last heard of. */
#include "vrrpd/link_table.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <string.h>

#define ETH0 2
#define ETH1 3

static struct link
a_link(int ifindex, const char *name)
{
	struct link link = {.ifindex = ifindex, .up = true, .mtu = 1500};

	(void)snprintf(link.name, sizeof(link.name), "%s", name);
	return link;
}

static struct link_addr
an_addr(const char *text, uint8_t protocol, uint32_t flags)
{
	struct link_addr addr = {.ifindex = ETH0, .protocol = protocol, .flags = flags};

	assert_int_equal(prefix_parse(text, &addr.prefix), 0);
	return addr;
}

static int
set_up(void **state)
{
	struct link_table *table = link_table_new();
	struct link link = a_link(ETH0, "eth0"), old;

	*state = table;
	assert_int_equal(link_table_put_link(table, &link, &old), LINK_CHANGE_NEW);
	return 0;
}

static int
tear_down(void **state)
{
	link_table_free(*state);
	return 0;
}

static int
put(struct link_table *table, const char *text, uint8_t protocol, uint32_t flags)
{
	struct link_addr addr = an_addr(text, protocol, flags);

	return link_table_put_addr(table, &addr);
}

static bool
has(struct link_table *table, const char *text)
{
	struct link_addr addr = an_addr(text, 0, 0);

	return link_table_find_addr(table, ETH0, &addr.prefix) != NULL;
}

static void
assert_primary(struct link_table *table, sa_family_t family, const char *expected)
{
	struct addr primary = link_table_primary(table, ETH0, family);
	char text[ADDR_TEXT_SIZE];

	assert_string_equal(addr_format(text, &primary), expected);
}

static void
a_link_is_found_by_number_and_name(void **state)
{
	struct link_table *table = *state;

	assert_string_equal(link_table_by_index(table, ETH0)->name, "eth0");
	assert_int_equal(link_table_by_name(table, "eth0")->ifindex, ETH0);
	assert_null(link_table_by_index(table, ETH1));
	assert_null(link_table_by_name(table, "eth"));
}

static void
a_link_that_is_the_same_is_no_change(void **state)
{
	struct link_table *table = *state;
	struct link link = a_link(ETH0, "eth0"), old = {0};

	assert_int_equal(link_table_put_link(table, &link, &old), LINK_CHANGE_NONE);
	link.up = false;
	assert_int_equal(link_table_put_link(table, &link, &old), LINK_CHANGE_OTHER);
	assert_true(old.up);
	assert_false(link_table_by_index(table, ETH0)->up);
}

static void
a_renamed_link_is_found_by_its_new_name_only(void **state)
{
	struct link_table *table = *state;
	struct link link = a_link(ETH0, "lan0"), old;

	assert_int_equal(link_table_put_link(table, &link, &old), LINK_CHANGE_OTHER);
	assert_string_equal(old.name, "eth0");
	assert_null(link_table_by_name(table, "eth0"));
	assert_int_equal(link_table_by_name(table, "lan0")->ifindex, ETH0);
}

static void
an_address_needs_its_link(void **state)
{
	struct link_addr addr = an_addr("192.0.2.1/24", 0, 0);

	addr.ifindex = ETH1;
	assert_int_equal(link_table_put_addr(*state, &addr), -ENODEV);
}

static void
an_address_is_found_with_its_prefix_length_only(void **state)
{
	struct link_table *table = *state;

	assert_int_equal(put(table, "192.0.2.1/24", 0, 0), LINK_CHANGE_NEW);
	assert_true(has(table, "192.0.2.1/24"));
	assert_false(has(table, "192.0.2.1/32"));
	assert_false(has(table, "192.0.2.2/24"));
}

static void
an_address_with_other_flags_or_mark_has_changed(void **state)
{
	struct link_table *table = *state;

	assert_int_equal(put(table, "192.0.2.1/24", 0, 0), LINK_CHANGE_NEW);
	assert_int_equal(put(table, "192.0.2.1/24", 0, 0), LINK_CHANGE_NONE);
	assert_int_equal(
	    put(table, "192.0.2.1/24", 0, IFA_F_SECONDARY), LINK_CHANGE_OTHER);
	assert_int_equal(
	    put(table, "192.0.2.1/24", VIP_ADDRESS_PROTOCOL, 0), LINK_CHANGE_OTHER);
}

static void
the_first_ipv4_address_that_is_not_ours_is_primary(void **state)
{
	struct link_table *table = *state;

	assert_primary(table, AF_INET, "-");
	(void)put(table, "192.0.2.100/24", VIP_ADDRESS_PROTOCOL, 0);
	assert_primary(table, AF_INET, "-");
	(void)put(table, "192.0.2.7/24", 0, IFA_F_SECONDARY);
	(void)put(table, "192.0.2.1/24", 0, 0);
	(void)put(table, "192.0.2.2/25", 0, 0);
	assert_primary(table, AF_INET, "192.0.2.1");
	assert_primary(table, AF_INET6, "-");
}

static void
a_promoted_secondary_comes_after_the_primaries(void **state)
{
	struct link_table *table = *state;
	struct link_addr first = an_addr("192.0.2.1/24", 0, 0), old;

	(void)put(table, "192.0.2.1/24", 0, 0);
	(void)put(table, "192.0.2.2/24", 0, IFA_F_SECONDARY);
	(void)put(table, "198.51.100.1/24", 0, 0);
	assert_true(link_table_remove_addr(table, ETH0, &first.prefix, &old));
	(void)put(table, "192.0.2.2/24", 0, 0);
	assert_primary(table, AF_INET, "198.51.100.1");
}

static void
an_ipv6_source_is_link_local_and_not_tentative(void **state)
{
	struct link_table *table = *state;

	(void)put(table, "2001:db8::1/64", 0, 0);
	(void)put(table, "fe80::100/128", VIP_ADDRESS_PROTOCOL, 0);
	(void)put(table, "fe80::1/64", 0, IFA_F_TENTATIVE);
	assert_primary(table, AF_INET6, "-");
	(void)put(table, "fe80::2/64", 0, IFA_F_TENTATIVE | IFA_F_DADFAILED);
	assert_primary(table, AF_INET6, "-");
	(void)put(table, "fe80::1/64", 0, 0);
	assert_primary(table, AF_INET6, "fe80::1");
}

static void
what_a_listing_does_not_confirm_is_popped(void **state)
{
	struct link_table *table = *state;
	struct link eth0 = a_link(ETH0, "eth0"), eth1 = a_link(ETH1, "eth1"), old;
	struct link_addr gone;

	(void)link_table_put_link(table, &eth1, &old);
	(void)put(table, "192.0.2.1/24", 0, 0);
	(void)put(table, "192.0.2.2/24", 0, 0);
	link_table_begin_listing(table);
	(void)link_table_put_link(table, &eth0, &old);
	(void)put(table, "192.0.2.2/24", 0, 0);
	(void)put(table, "192.0.2.3/24", 0, 0);

	assert_true(link_table_pop_unconfirmed_addr(table, &gone));
	assert_int_equal(gone.prefix.addr.bytes[3], 1);
	assert_false(link_table_pop_unconfirmed_addr(table, &gone));
	assert_int_equal(link_table_unconfirmed_link(table)->ifindex, ETH1);
	assert_true(link_table_remove_link(table, ETH1, &old));
	assert_null(link_table_unconfirmed_link(table));
	assert_true(has(table, "192.0.2.2/24"));
	assert_true(has(table, "192.0.2.3/24"));
}

static void
a_listing_that_begins_again_confirms_nothing_of_before(void **state)
{
	struct link_table *table = *state;
	struct link_addr gone;

	(void)put(table, "192.0.2.1/24", 0, 0);
	link_table_begin_listing(table);
	(void)put(table, "192.0.2.1/24", 0, 0);
	link_table_begin_listing(table);
	assert_true(link_table_pop_unconfirmed_addr(table, &gone));
}

static void
an_unconfirmed_address_can_be_removed_by_an_event(void **state)
{
	struct link_table *table = *state;
	struct link_addr addr = an_addr("192.0.2.1/24", 0, 0), gone;

	(void)put(table, "192.0.2.1/24", 0, 0);
	link_table_begin_listing(table);
	assert_true(link_table_remove_addr(table, ETH0, &addr.prefix, &gone));
	assert_false(link_table_remove_addr(table, ETH0, &addr.prefix, &gone));
	assert_false(link_table_pop_unconfirmed_addr(table, &gone));
}

static void
a_link_is_emptied_before_it_goes(void **state)
{
	struct link_table *table = *state;
	struct link_addr gone;
	struct link old;
	int count = 0;

	(void)put(table, "192.0.2.1/24", 0, 0);
	(void)put(table, "192.0.2.2/24", VIP_ADDRESS_PROTOCOL, 0);
	(void)put(table, "fe80::1/64", 0, 0);
	while (link_table_pop_addr_of(table, ETH0, &gone))
		count++;
	assert_int_equal(count, 3);
	assert_true(link_table_remove_link(table, ETH0, &old));
	assert_false(link_table_remove_link(table, ETH0, &old));
	assert_false(link_table_pop_addr_of(table, ETH0, &gone));
}

static void
count_one(void *userdata, const struct link_addr *addr)
{
	int *count = userdata;

	assert_int_equal(addr->protocol, VIP_ADDRESS_PROTOCOL);
	(*count)++;
}

static void
own_addresses_are_known_by_their_mark_even_unconfirmed(void **state)
{
	struct link_table *table = *state;
	int count = 0;

	(void)put(table, "192.0.2.1/24", 0, 0);
	(void)put(table, "192.0.2.2/24", VIP_ADDRESS_PROTOCOL, 0);
	(void)put(table, "2001:db8::2/64", VIP_ADDRESS_PROTOCOL, 0);
	link_table_begin_listing(table);
	(void)put(table, "192.0.2.2/24", VIP_ADDRESS_PROTOCOL, 0);
	link_table_each_own(table, count_one, &count);
	assert_int_equal(count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_link_is_found_by_number_and_name),
	    TEST(a_link_that_is_the_same_is_no_change),
	    TEST(a_renamed_link_is_found_by_its_new_name_only),
	    TEST(an_address_needs_its_link),
	    TEST(an_address_is_found_with_its_prefix_length_only),
	    TEST(an_address_with_other_flags_or_mark_has_changed),
	    TEST(the_first_ipv4_address_that_is_not_ours_is_primary),
	    TEST(a_promoted_secondary_comes_after_the_primaries),
	    TEST(an_ipv6_source_is_link_local_and_not_tentative),
	    TEST(what_a_listing_does_not_confirm_is_popped),
	    TEST(a_listing_that_begins_again_confirms_nothing_of_before),
	    TEST(an_unconfirmed_address_can_be_removed_by_an_event),
	    TEST(a_link_is_emptied_before_it_goes),
	    TEST(own_addresses_are_known_by_their_mark_even_unconfirmed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vip.c - virtual addresses in a real kernel are what is wanted, and nobody else's
 * suffer. */
#include "vrrpd/vip.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include "common/units.h"
#include "tests/edge/kernel_host.h"
#include "tests/edge/two_hosts.h"
#include "tests/edge/vip_sets.h"
#include "tests/unit/unit.h"
#include "vrrpd/vip_msg.h"

/* ---- to be and not to be --------------------------------------------------- */

CASE(addresses_are_added_and_removed)
{
	struct conf conf;

	FILL(&conf, "192.0.2.100", "192.0.2.101/24", "192.0.2.102/24");

	struct vip_set *set = a_set(&conf);

	kernel_host_calm();
	assert_int_equal(count_own(), 0); /* nothing is wanted yet */
	want(set, true, 0);
	assert_int_equal(host.installed, 3);
	assert_int_equal(count_present(set), 3);
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
	assert_true(kernel_host_has("va", "192.0.2.101/24"));
	assert_true(kernel_host_has("va", "192.0.2.102/24"));
	assert_non_null(strstr(line_of("192.0.2.100/32"), "valid_lft forever"));
	want(set, false, 0);
	assert_int_equal(count_present(set), 0);
	assert_int_equal(count_own(), 0);
	assert_true(kernel_host_has("va", HERE_IPV4 "/24"));
	assert_int_equal(host.failed + host.repaired, 0);
}

CASE(attributes_are_as_configured)
{
	struct conf conf;

	FILL(&conf, "192.0.2.100/32", "192.0.2.101/24");
	conf.vips[0].scope = RT_SCOPE_LINK;
	(void)strcpy(conf.vips[0].label, "va:vip");
	assert_int_equal(addr_parse("192.0.2.255", &conf.vips[1].broadcast), 0);
	want(a_set(&conf), true, 0);
	assert_non_null(strstr(line_of("192.0.2.100/32"), "scope link va:vip"));
	assert_null(strstr(line_of("192.0.2.100/32"), "brd"));
	assert_non_null(
	    strstr(line_of("192.0.2.101/24"), "brd 192.0.2.255 scope global"));
}

CASE(an_address_goes_to_the_device_it_names)
{
	struct conf conf;

	two_hosts_run("ip link add vc type veth peer name vd; ip link set vc up");
	FILL(&conf, "192.0.2.100/32", "192.0.2.101/32");
	(void)strcpy(conf.vips[1].ifname, "vc");
	kernel_host_calm();
	want(a_set(&conf), true, 0);
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
	assert_true(kernel_host_has("vc", "192.0.2.101/32"));
	assert_false(kernel_host_has("va", "192.0.2.101/32"));
}

/* They must never be chosen as a source, and must work at once. */
CASE(ipv6_host_addresses_are_deprecated_and_not_tentative)
{
	for (unsigned lease_s = 0; lease_s <= 5; lease_s += 5) {
		struct conf conf;

		FILL(&conf, "2001:db8::100", "2001:db8::101/64");

		struct vip_set *set = a_set(&conf);

		want(set, true, lease_s);

		const char *line = line_of("2001:db8::100/128");

		assert_non_null(strstr(line, "nodad"));
		assert_non_null(strstr(line, "deprecated"));
		assert_non_null(strstr(line, "preferred_lft 0sec"));
		assert_null(strstr(line, "tentative"));
		line = line_of("2001:db8::101/64");
		assert_non_null(strstr(line, "nodad"));
		assert_null(strstr(line, "deprecated"));
		want(set, false, 0);
		assert_false(kernel_host_has("va", "2001:db8::100/128"));
		assert_false(kernel_host_has("va", "2001:db8::101/64"));
		vip_set_free(set);
	}
}

CASE(a_set_without_addresses_is_settled_at_once)
{
	struct conf conf;

	fill_conf(&conf, NULL, 0);

	struct vip_set *set = a_set(&conf);

	vip_set_want(set, true, 3);
	assert_int_equal(host.settled, 1);
	assert_ptr_equal(host.last_settled, &conf);
	vip_set_want(set, false, 0);
	assert_int_equal(host.settled, 2);
}

CASE(what_is_wanted_already_is_not_told_again)
{
	struct conf conf;
	struct vip_set *set;

	FILL(&conf, "192.0.2.100/32");
	set = a_set(&conf);
	want(set, true, 0);
	assert_int_equal(host.settled, 1);
	vip_set_want(set, true, 0);
	kernel_host_calm();
	assert_int_equal(host.settled, 1);
}

CASE(a_change_of_mind_ends_right)
{
	struct vrrp_instance_conf conf;
	struct vip_set *set = a_big_set(&conf, 1, 500);

	for (unsigned i = 0; i < 20; i++) {
		vip_set_want(set, i % 2 == 0, 0);
		for (unsigned turns = 0; turns < i; turns++)
			(void)sd_event_run(host.event, 0);
	}
	vip_set_want(set, false, 0);
	kernel_host_calm();
	assert_int_equal(count_present(set), 0);
	assert_int_equal(kernel_host_count("va"), 2);

	vip_set_want(set, true, 0);
	(void)sd_event_run(host.event, 0);
	vip_set_want(set, false, 0);
	want(set, true, 0);
	kernel_host_calm();
	assert_int_equal(count_present(set), 500);
	assert_int_equal(kernel_host_count("va"), 502);
	assert_int_equal(host.repaired + host.failed, 0);
	free(conf.vips);
}

CASE(one_address_does_not_wait_behind_thousands)
{
	struct vrrp_instance_conf many;
	struct conf one;
	struct vip_set *big = a_big_set(&many, 1, 3000), *small;

	FILL(&one, "192.0.2.100/32");
	small = a_set(&one);
	vip_set_want(big, true, 0);
	(void)sd_event_run(host.event, 0);
	want(small, true, 0);
	assert_ptr_equal(host.last_settled, &one);
	assert_true(count_present(big) < 1000);
	want(small, false, 0);
	assert_ptr_equal(host.last_settled, &one);
	assert_false(kernel_host_has("va", "192.0.2.100/32"));
	kernel_host_wait(&host.settled, 3);
	assert_int_equal(count_present(big), 3000);
	assert_int_equal(kernel_host_count("va"), 3002);
	free(many.vips);
}

/* Who was told that something is under way hears of its end, be it good or not. */
CASE(the_end_is_told_when_it_was_promised)
{
	struct vrrp_instance_conf many;
	struct vip_set *big = a_big_set(&many, 1, 2000);
	struct conf conf;

	assert_false(vip_set_is_busy(big));
	vip_set_want(big, true, 0);
	assert_true(vip_set_is_busy(big));
	vip_set_promise(big);
	kernel_host_wait(&host.settled, 1);
	assert_false(vip_set_is_busy(big));
	want(big, false, 0);
	two_hosts_run("sysctl -qw net.ipv6.conf.va.disable_ipv6=1");
	FILL(&conf, "192.0.2.100", "2001:db8::100");

	struct vip_set *set = a_set(&conf);

	vip_set_want(set, true, 0);
	vip_set_promise(set);
	kernel_host_wait(&host.incomplete, 1);
	assert_false(vip_set_is_busy(set));
	assert_int_equal(host.failed, 1);
	vip_set_renew(set); /* tries again */
	kernel_host_calm();
	assert_int_equal(host.incomplete, 1);
	free(many.vips);
}

/* ---- other people's addresses ---------------------------------------------- */

CASE(an_administrators_address_counts_and_stays)
{
	struct conf conf;

	two_hosts_run("ip addr add 192.0.2.100/32 dev va");
	FILL(&conf, "192.0.2.100/32", "192.0.2.101/32");

	struct vip_set *set = a_set(&conf); /* the monitor has not heard of it */

	want(set, true, 3);
	assert_int_equal(host.installed, 1);
	assert_int_equal(count_present(set), 2);
	vip_set_renew(set);
	kernel_host_calm();
	assert_non_null(strstr(line_of("192.0.2.100/32"), "valid_lft forever"));
	want(set, false, 0);
	kernel_host_calm();
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
	assert_false(kernel_host_has("va", "192.0.2.101/32"));
	assert_int_equal(vip_table_remove_leftovers(host.table), 0);
	kernel_host_calm();
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
}

CASE(an_administrators_address_that_goes_is_replaced)
{
	struct conf conf;

	two_hosts_run("ip addr add 192.0.2.100/32 dev va");
	kernel_host_calm();
	FILL(&conf, "192.0.2.100/32");
	want(a_set(&conf), true, 0);
	assert_int_equal(host.installed, 0);
	two_hosts_run("ip addr del 192.0.2.100/32 dev va");
	kernel_host_wait(&host.repaired, 1);
	assert_int_equal(host.installed, 1);
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
}

CASE(an_ipv6_address_with_another_length_is_in_the_way)
{
	struct conf conf;

	two_hosts_run("ip addr add 2001:db8::100/64 dev va nodad");
	FILL(&conf, "2001:db8::100/128");

	struct vip_set *set = a_set(&conf);

	want(set, true, 0);
	kernel_host_calm();
	assert_int_equal(count_present(set), 1);
	two_hosts_run("ip addr del 2001:db8::100/64 dev va");
	kernel_host_wait(&host.installed, 1);
	assert_true(kernel_host_has("va", "2001:db8::100/128"));
}

CASE(the_same_address_elsewhere_in_length_stays)
{
	struct conf conf;

	two_hosts_run("ip addr add 192.0.2.100/24 dev va");
	kernel_host_calm();
	FILL(&conf, "192.0.2.100/32");

	struct vip_set *set = a_set(&conf);

	want(set, true, 0);
	assert_int_equal(host.installed, 1);
	want(set, false, 0);
	assert_true(kernel_host_has("va", "192.0.2.100/24"));
	assert_false(kernel_host_has("va", "192.0.2.100/32"));
}

CASE(a_removed_address_comes_back)
{
	struct conf conf;

	FILL(&conf, "192.0.2.100/32", "2001:db8::100/128");

	struct vip_set *set = a_set(&conf);

	want(set, true, 0);
	kernel_host_wait(&host.installed, 2);
	two_hosts_run("ip addr flush dev va to 192.0.2.100/32; "
		      "ip addr del 2001:db8::100/128 dev va");
	kernel_host_wait(&host.repaired, 2);
	assert_int_equal(host.installed, 4);
	kernel_host_calm();
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
	assert_true(kernel_host_has("va", "2001:db8::100/128"));
	assert_int_equal(host.repaired, 2);
	want(set, false, 0);
	two_hosts_run("ip addr add 192.0.2.100/32 dev va; "
		      "ip addr del 192.0.2.100/32 dev va");
	kernel_host_calm();
	assert_int_equal(host.repaired, 2);
}

/* The kernel tells of a new IPv6 address in the background, and not at all when it is
 * gone by then: here it goes within the very system call that puts it in. */
CASE(an_address_that_goes_before_it_was_told_of_comes_back)
{
	struct conf conf;
	unsigned count = 3;

	FILL(&conf, "2001:db8::100", "2001:db8::101", "2001:db8::102");
	vip_set_want(a_set(&conf), true, 0);
	for (unsigned i = 0; i < count; i++) {
		struct nl_msg *msg =
		    vip_msg_remove(&conf.vips[i].prefix, two_hosts_ifindex("va"));

		assert_int_equal(
		    nl_queue_add(host.queue, nlmsg_hdr(msg), NULL, NULL), 0);
		nlmsg_free(msg);
	}
	kernel_host_wait(&host.repaired, count);
	kernel_host_calm();
	assert_true(host.installed >= count);
	assert_true(kernel_host_has("va", "2001:db8::100/128"));
	assert_true(kernel_host_has("va", "2001:db8::102/128"));
}

/* Without promote_secondaries the kernel removes secondary addresses with their
 * primary.
 */
CASE(addresses_that_went_with_another_come_back)
{
	struct conf first, second;

	FILL(&first, "198.51.100.100/24");
	FILL(&second, "198.51.100.101/24");

	struct vip_set *a = a_set(&first), *b = a_set(&second);

	two_hosts_run("sysctl -qw net.ipv4.conf.all.promote_secondaries=0 "
		      "net.ipv4.conf.va.promote_secondaries=0");
	want(a, true, 0);
	want(b, true, 0);
	want(a, false, 0);
	kernel_host_wait(&host.repaired, 1);
	kernel_host_calm();
	assert_false(kernel_host_has("va", "198.51.100.100/24"));
	assert_true(kernel_host_has("va", "198.51.100.101/24"));
}

CASE(an_address_of_two_sets_stays_for_the_other)
{
	struct conf first, second;

	FILL(&first, "192.0.2.100/32");
	FILL(&second, "192.0.2.100/32");

	struct vip_set *a = a_set(&first), *b = a_set(&second);

	want(a, true, 0);
	want(b, true, 0);
	want(a, false, 0);
	kernel_host_calm();
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
	want(b, false, 0);
	kernel_host_calm();
	assert_false(kernel_host_has("va", "192.0.2.100/32"));
	assert_int_equal(host.repaired, 0);
}

CASE(an_address_listed_twice_counts_once)
{
	struct conf conf;
	size_t wanted, present;

	FILL(&conf, "192.0.2.100/32", "192.0.2.100/32");

	struct vip_set *set = a_set(&conf);

	want(set, true, 0);
	vip_set_count(set, &wanted, &present);
	assert_int_equal(wanted, 1);
	assert_int_equal(present, 1);
	assert_int_equal(host.installed, 1);
}

/* ---- links ----------------------------------------------------------------- */

CASE(a_link_that_is_missing_is_told_and_waited_for)
{
	struct conf conf;

	FILL(&conf, "192.0.2.100/32", "192.0.2.101/32");
	(void)strcpy(conf.vips[1].ifname, "vc");

	struct vip_set *set = a_set(&conf);

	vip_set_want(set, true, 0);
	assert_int_equal(host.failed, 1);
	assert_int_equal(host.last_error, -ENODEV);
	kernel_host_calm();
	assert_int_equal(host.settled, 0);
	assert_int_equal(count_present(set), 1);
	two_hosts_run("ip link add vc type veth peer name vd");
	kernel_host_wait(&host.settled, 1);
	assert_true(kernel_host_has("vc", "192.0.2.101/32"));
	assert_int_equal(host.installed, 2);
	/* It goes, and another one comes. */
	two_hosts_run("ip link del vc");
	kernel_host_calm();
	assert_int_equal(count_present(set), 1);
	two_hosts_run("ip link add vc type veth peer name vd");
	kernel_host_wait(&host.settled, 2);
	assert_true(kernel_host_has("vc", "192.0.2.101/32"));
	assert_int_equal(host.repaired, 0);
}

CASE(an_answer_about_a_link_that_went_says_nothing)
{
	const struct link link = *link_mon_by_name(host.mon, "va");
	struct conf conf;

	FILL(&conf, "192.0.2.100/32");

	struct vip_set *set = a_set(&conf);

	vip_set_want(set, true, 0);
	vip_table_link_removed(host.table, &link); /* before the request is sent */
	kernel_host_calm();
	assert_int_equal(count_present(set), 0);
	assert_int_equal(host.settled, 0);
	vip_table_link_changed(host.table, &link);
	kernel_host_wait(&host.settled, 1);
	assert_int_equal(count_present(set), 1);
	want(set, false, 0);
	assert_false(kernel_host_has("va", "192.0.2.100/32"));
}

CASE(addresses_do_not_follow_a_link_to_its_new_name)
{
	struct conf conf;

	FILL(&conf, "192.0.2.100/32");

	struct vip_set *set = a_set(&conf);

	want(set, true, 0);
	two_hosts_run("ip link set va down; ip link set va name lan0");
	kernel_host_calm();
	assert_int_equal(count_present(set), 0);
	assert_false(kernel_host_has("lan0", "192.0.2.100/32"));
	assert_true(kernel_host_has("lan0", HERE_IPV4 "/24"));
	two_hosts_run("ip link set lan0 name va");
	kernel_host_wait(&host.installed, 2);
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
}

CASE(a_refusal_is_told_once_and_tried_again)
{
	struct conf conf;

	two_hosts_run("sysctl -qw net.ipv6.conf.va.disable_ipv6=1");
	FILL(&conf, "2001:db8::100/128");

	struct vip_set *set = a_set(&conf);

	vip_set_want(set, true, 3);
	kernel_host_wait(&host.failed, 1);
	assert_int_equal(host.last_error, -EACCES);
	vip_set_renew(set);
	kernel_host_calm();
	assert_int_equal(host.failed, 1);
	assert_int_equal(host.settled, 0);
	two_hosts_run("sysctl -qw net.ipv6.conf.va.disable_ipv6=0");
	vip_table_check_all(host.table);
	kernel_host_wait(&host.settled, 1);
	assert_true(kernel_host_has("va", "2001:db8::100/128"));
}

/* ---- lost messages --------------------------------------------------------- */

CASE(a_removal_that_nobody_heard_of_is_repaired)
{
	struct vrrp_instance_conf conf;
	struct vip_set *set = a_big_set(&conf, 1, 300);

	want(set, true, 0);
	kernel_host_calm();
	link_mon_starve(host.mon);
	two_hosts_run("ip addr flush dev va to 10.1.0.0/16");
	kernel_host_wait(&host.repaired, 300);
	kernel_host_calm();
	assert_true(host.resyncs > 0);
	assert_int_equal(kernel_host_count("va"), 302);
	free(conf.vips);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kernel_host_set_up, kernel_host_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(addresses_are_added_and_removed),
	    TEST(attributes_are_as_configured),
	    TEST(an_address_goes_to_the_device_it_names),
	    TEST(ipv6_host_addresses_are_deprecated_and_not_tentative),
	    TEST(a_set_without_addresses_is_settled_at_once),
	    TEST(what_is_wanted_already_is_not_told_again),
	    TEST(a_change_of_mind_ends_right),
	    TEST(one_address_does_not_wait_behind_thousands),
	    TEST(the_end_is_told_when_it_was_promised),
	    TEST(an_administrators_address_counts_and_stays),
	    TEST(an_administrators_address_that_goes_is_replaced),
	    TEST(an_ipv6_address_with_another_length_is_in_the_way),
	    TEST(the_same_address_elsewhere_in_length_stays),
	    TEST(a_removed_address_comes_back),
	    TEST(an_address_that_goes_before_it_was_told_of_comes_back),
	    TEST(addresses_that_went_with_another_come_back),
	    TEST(an_address_of_two_sets_stays_for_the_other),
	    TEST(an_address_listed_twice_counts_once),
	    TEST(a_link_that_is_missing_is_told_and_waited_for),
	    TEST(an_answer_about_a_link_that_went_says_nothing),
	    TEST(addresses_do_not_follow_a_link_to_its_new_name),
	    TEST(a_refusal_is_told_once_and_tried_again),
	    TEST(a_removal_that_nobody_heard_of_is_repaired),
	};

	two_hosts_need_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

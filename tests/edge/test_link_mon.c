/* SPDX-License-Identifier: Apache-2.0 */
/* test_link_mon.c - the monitor's picture of links and addresses is the kernel's. */
#include "vrrpd/link_mon.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "common/units.h"
#include "tests/edge/kernel_host.h"
#include "tests/edge/two_hosts.h"
#include "tests/unit/unit.h"
#include "vrrpd/link_filter.h"
#include "vrrpd/vip_msg.h"

#define MANY 400

static bool
knows(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return link_mon_find_addr(host.mon, two_hosts_ifindex("va"), &prefix) != NULL;
}

static const char *
primary(sa_family_t family)
{
	static char text[ADDR_TEXT_SIZE];
	struct addr addr = link_mon_primary(host.mon, two_hosts_ifindex("va"), family);

	return addr_format(text, &addr);
}

/* 10.0.x.y/32, `count` of them, by one ip(8). */
static void
change_many(const char *verb, unsigned count)
{
	two_hosts_run("for i in $(seq 0 %u); do "
		      "echo addr %s 10.0.$((i / 256)).$((i %% 256))/32 dev va; "
		      "done | ip -batch -",
	    count - 1, verb);
}

CASE(the_present_state_is_known_at_once)
{
	const struct link *link = link_mon_by_name(host.mon, "va");

	assert_non_null(link);
	assert_true(link->up);
	assert_true(link->multicast);
	assert_false(link->loopback);
	assert_true(link->has_mac);
	assert_int_equal(link->mtu, 1500);
	assert_ptr_equal(link_mon_by_index(host.mon, link->ifindex), link);
	assert_true(link_mon_by_name(host.mon, "lo")->loopback);
	assert_null(link_mon_by_name(host.mon, "vb"));
	assert_true(knows(HERE_IPV4 "/24"));
	assert_string_equal(primary(AF_INET), HERE_IPV4);
	assert_string_equal(primary(AF_INET6), HERE_IPV6);
	assert_int_equal(host.links_changed + host.addrs_changed, 0);
}

CASE(a_lost_carrier_is_reported)
{
	two_hosts_run_peer("ip link set vb down");
	/* More may be told of the link in the same turn of the loop. */
	kernel_host_wait(&host.links_lost, 1);
	assert_false(link_mon_by_name(host.mon, "va")->up);
	assert_true(host.last_lost.flags & IFF_UP);
	two_hosts_run_peer("ip link set vb up");
	while (!link_mon_by_name(host.mon, "va")->up)
		kernel_host_wait(&host.links_changed, host.links_changed + 1);
}

CASE(a_link_that_is_set_down_is_reported)
{
	two_hosts_run("ip link set va down");
	while (link_mon_by_name(host.mon, "va")->up)
		kernel_host_wait(&host.links_changed, host.links_changed + 1);
	assert_false(host.last_link.flags & IFF_UP);
}

CASE(links_come_and_go)
{
	two_hosts_run("ip link add vc type veth peer name vd");
	kernel_host_wait(&host.links_changed, 2);
	assert_non_null(link_mon_by_name(host.mon, "vc"));
	assert_int_equal(host.last_old.ifindex, 0);
	two_hosts_run("ip addr add 198.51.100.1/24 dev vc");
	kernel_host_wait(&host.addrs_changed, 1);
	two_hosts_run("ip link del vc");
	kernel_host_wait(&host.links_removed, 2);
	assert_int_equal(host.addrs_removed, 1);
	assert_null(link_mon_by_name(host.mon, "vc"));
}

CASE(a_new_name_is_a_change)
{
	two_hosts_run("ip link set va down; ip link set va name lan0");
	while (link_mon_by_name(host.mon, "lan0") == NULL)
		kernel_host_wait(&host.links_changed, host.links_changed + 1);
	assert_string_equal(host.last_old.name, "va");
	assert_null(link_mon_by_name(host.mon, "va"));
	assert_int_equal(host.links_removed, 0);
}

/* The bridge says RTM_DELLINK of a port that leaves it. */
CASE(a_port_that_leaves_its_bridge_is_not_gone)
{
	two_hosts_run("ip link add br0 type bridge; ip link set va master br0");
	kernel_host_run_for(50 * US_PER_MS);
	two_hosts_run("ip link set va nomaster");
	kernel_host_run_for(50 * US_PER_MS);
	assert_non_null(link_mon_by_name(host.mon, "va"));
	assert_int_equal(host.links_removed, 0);
}

CASE(the_primary_address_follows_the_kernel)
{
	two_hosts_run("ip addr add 192.0.2.9/24 dev va");
	kernel_host_wait(&host.addrs_changed, 1);
	assert_string_equal(primary(AF_INET), HERE_IPV4);
	assert_true(host.last_addr.flags & IFA_F_SECONDARY);
	two_hosts_run("sysctl -qw net.ipv4.conf.va.promote_secondaries=1");
	two_hosts_run("ip addr del " HERE_IPV4 "/24 dev va");
	kernel_host_wait(&host.addrs_changed, 2);
	assert_int_equal(host.addrs_removed, 1);
	assert_string_equal(primary(AF_INET), "192.0.2.9");
	two_hosts_run("ip addr del " HERE_IPV6 "/64 dev va");
	kernel_host_wait(&host.addrs_removed, 2);
	assert_string_equal(primary(AF_INET6), "-");
}

/* The rule against lost events: the picture becomes the kernel's again, and what
 * differs is told. */
CASE(lost_messages_are_made_good)
{
	change_many("add", MANY);
	kernel_host_wait(&host.addrs_changed, MANY);
	link_mon_starve(host.mon);
	two_hosts_run("ip link add vc type veth peer name vd");
	change_many("del", MANY);
	two_hosts_run("ip addr add 192.0.2.9/24 dev va");
	two_hosts_run("ip link del vc");
	kernel_host_wait(&host.resyncs, 1);
	assert_true(link_mon_stats(host.mon).overruns > 0);
	assert_true(link_mon_stats(host.mon).resyncs == host.resyncs);
	assert_true(link_mon_stats(host.mon).last_resync_us < 5 * US_PER_S);
	assert_int_equal(host.addrs_removed, MANY);
	assert_int_equal(host.addrs_changed, MANY + 1);
	assert_true(knows("192.0.2.9/24"));
	assert_false(knows("10.0.0.0/32"));
	assert_null(link_mon_by_name(host.mon, "vc"));
}

CASE(messages_lost_while_making_good_are_made_good)
{
	link_mon_starve(host.mon);
	for (unsigned i = 0; i < 5; i++) {
		change_many("add", MANY);
		(void)sd_event_run(host.event, 0); /* begins to list */
		change_many("del", MANY - 1 - i);
		(void)sd_event_run(host.event, 0);
		two_hosts_run("ip addr flush dev va scope global");
	}
	two_hosts_run("ip addr add 10.9.9.9/32 dev va");
	kernel_host_wait(&host.resyncs, 1);
	kernel_host_run_for(2 * US_PER_S);
	assert_true(knows("10.9.9.9/32"));
	assert_true(knows(HERE_IPV6 "/64"));
	assert_false(knows("10.0.1.143/32"));
	assert_int_equal(kernel_host_count("va"), 2);
}

/* ---- the filter ------------------------------------------------------------ */

static unsigned
count_messages(int fd)
{
	char buffer[8192];
	unsigned count = 0;

	while (recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) > 0)
		count++;
	return count;
}

static int
filtered_socket(int group)
{
	int fd = nl_open(NETLINK_ROUTE, 1 << 20);

	assert_true(fd >= 0);
	assert_int_equal(
	    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)),
	    0);
	assert_int_equal(link_filter_attach(fd), 0);
	return fd;
}

static void
check_filter(const char *text, int group)
{
	struct vrrp_vip vip = {0};
	int fd = filtered_socket(group), ifindex = two_hosts_ifindex("va");
	struct nl_msg *add, *extend, *remove;

	assert_int_equal(prefix_parse(text, &vip.prefix), 0);
	add = vip_msg_add(&vip, ifindex, 5);
	extend = vip_msg_extend(&vip, ifindex, 5);
	remove = vip_msg_remove(&vip.prefix, ifindex);
	(void)nl_queue_add(host.queue, nlmsg_hdr(add), NULL, NULL);
	kernel_host_run_for(50 * US_PER_MS);
	assert_int_equal(count_messages(fd), 1);
	for (unsigned i = 0; i < 10; i++)
		(void)nl_queue_add(host.queue, nlmsg_hdr(extend), NULL, NULL);
	kernel_host_run_for(50 * US_PER_MS);
	assert_int_equal(count_messages(fd), 0);
	(void)nl_queue_add(host.queue, nlmsg_hdr(remove), NULL, NULL);
	kernel_host_run_for(50 * US_PER_MS);
	assert_int_equal(count_messages(fd), 1);
	/* A renewal that comes too late installs the address anew. */
	(void)nl_queue_add(host.queue, nlmsg_hdr(extend), NULL, NULL);
	kernel_host_run_for(50 * US_PER_MS);
	assert_int_equal(count_messages(fd), 1);
	nlmsg_free(add);
	nlmsg_free(extend);
	nlmsg_free(remove);
	(void)close(fd);
}

CASE(renewals_are_kept_off_the_monitor)
{
	check_filter("192.0.2.100/32", RTNLGRP_IPV4_IFADDR);
	check_filter("2001:db8::100/128", RTNLGRP_IPV6_IFADDR);
	check_filter("2001:db8::101/64", RTNLGRP_IPV6_IFADDR);
}

CASE(an_administrators_changes_pass_the_filter)
{
	int fd = filtered_socket(RTNLGRP_IPV4_IFADDR);

	two_hosts_run("ip addr add 192.0.2.50/24 dev va valid_lft 50 preferred_lft 50");
	assert_int_equal(count_messages(fd), 1);
	(void)usleep(30000);
	two_hosts_run(
	    "ip addr replace 192.0.2.50/24 dev va valid_lft 60 preferred_lft 60");
	assert_int_equal(count_messages(fd), 1);
	(void)close(fd);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kernel_host_set_up, kernel_host_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_present_state_is_known_at_once),
	    TEST(a_lost_carrier_is_reported),
	    TEST(a_link_that_is_set_down_is_reported),
	    TEST(links_come_and_go),
	    TEST(a_new_name_is_a_change),
	    TEST(a_port_that_leaves_its_bridge_is_not_gone),
	    TEST(the_primary_address_follows_the_kernel),
	    TEST(lost_messages_are_made_good),
	    TEST(messages_lost_while_making_good_are_made_good),
	    TEST(renewals_are_kept_off_the_monitor),
	    TEST(an_administrators_changes_pass_the_filter),
	};

	two_hosts_need_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

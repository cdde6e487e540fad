/* SPDX-License-Identifier: Apache-2.0 */
/* test_vip.c - virtual addresses in a real kernel are what is wanted, and nobody else's
 * suffer. */
#include "vrrpd/vip.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/units.h"
#include "tests/edge/kernel_host.h"
#include "tests/edge/two_hosts.h"
#include "tests/unit/unit.h"
#include "vrrpd/vip_msg.h"

/* ---- configurations -------------------------------------------------------- */

#define VIPS_MAX 4

struct conf {
	struct vrrp_instance_conf instance;
	struct vrrp_vip vips[VIPS_MAX];
};

static struct vrrp_vip
a_vip(const char *text)
{
	struct vrrp_vip vip = {0};

	assert_int_equal(prefix_parse(text, &vip.prefix), 0);
	return vip;
}

/* The addresses of `texts`, on va; the last one is an excluded one when there are more
 * than two. */
static void
fill_conf(struct conf *conf, const char *const texts[], size_t count)
{
	*conf = (struct conf){.instance = {.ifname = "va"}};
	assert_true(count <= VIPS_MAX);
	for (size_t i = 0; i < count; i++)
		conf->vips[i] = a_vip(texts[i]);
	conf->instance.excluded_count = count > 2;
	conf->instance.vip_count = count - conf->instance.excluded_count;
	conf->instance.vips = conf->vips;
	conf->instance.excluded = conf->vips + conf->instance.vip_count;
}

#define FILL(conf, ...) \
	fill_conf(conf, (const char *const[]){__VA_ARGS__}, \
	    COUNT_OF(((const char *const[]){__VA_ARGS__})))

static struct vip_set *
a_set(struct conf *conf)
{
	struct vip_set *set;

	assert_int_equal(vip_set_new(host.table, conf, &conf->instance, &set), 0);
	return set;
}

/* A set of `count` addresses 10.BASE.x.y/32; free conf->vips afterwards. */
static struct vip_set *
a_big_set(struct vrrp_instance_conf *conf, unsigned base, unsigned count)
{
	struct vip_set *set;

	*conf = (struct vrrp_instance_conf){.ifname = "va", .vip_count = count};
	conf->vips = calloc(count, sizeof(*conf->vips));
	assert_non_null(conf->vips);
	for (unsigned i = 0; i < count; i++) {
		char text[PREFIX_TEXT_SIZE];

		(void)snprintf(
		    text, sizeof(text), "10.%u.%u.%u", base, i / 256, i % 256);
		conf->vips[i] = a_vip(text);
	}
	assert_int_equal(vip_set_new(host.table, conf, conf, &set), 0);
	return set;
}

static void
want(struct vip_set *set, bool wanted, unsigned lease_s)
{
	unsigned settled = host.settled;

	vip_set_want(set, wanted, lease_s);
	kernel_host_wait(&host.settled, settled + 1);
}

static size_t
count_present(const struct vip_set *set)
{
	size_t wanted, present;

	vip_set_count(set, &wanted, &present);
	return present;
}

static unsigned
count_own(void)
{
	return (unsigned)atoi(
	    kernel_host_output("ip -o addr show dev va to 192.0.2.100/30 | wc -l"));
}

/* The line of ip(8) about an address. */
static const char *
line_of(const char *prefix)
{
	return kernel_host_output("ip -o addr show dev va | grep -F ' %s '", prefix);
}

/* Installs an address with our mark behind the table's back. */
static void
leave_behind(const char *text)
{
	struct vrrp_vip vip = a_vip(text);
	struct nl_msg *msg = vip_msg_add(&vip, two_hosts_ifindex("va"), 0);

	assert_int_equal(nl_queue_add(host.queue, nlmsg_hdr(msg), NULL, NULL), 0);
	nlmsg_free(msg);
	kernel_host_calm();
}

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

	vip_set_want(set, false, 0);
	assert_int_equal(host.settled, 1);
	assert_ptr_equal(host.last_settled, &conf);
	vip_set_want(set, true, 3);
	assert_int_equal(host.settled, 2);
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
	want(set, false, 0);
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

/* ---- leases ---------------------------------------------------------------- */

static bool
has_leased(void)
{
	return kernel_host_has("va", "192.0.2.100/32") &&
	       kernel_host_has("va", "2001:db8::100/128") &&
	       kernel_host_has("va", "2001:db8::101/64");
}

CASE(a_lease_ends_by_itself_and_renewals_keep_it)
{
	struct conf conf;

	FILL(&conf, "192.0.2.100/32", "2001:db8::100/128", "2001:db8::101/64");

	struct vip_set *set = a_set(&conf);

	want(set, true, 1);
	assert_non_null(
	    strstr(line_of("192.0.2.100/32"), "valid_lft 1sec preferred_lft 1sec"));
	for (unsigned i = 0; i < 10; i++) {
		kernel_host_run_for(300 * US_PER_MS);
		vip_set_renew(set);
		assert_true(has_leased());
	}
	assert_int_equal(host.repaired + host.failed, 0);
	assert_int_equal(host.settled, 1); /* a renewal is no news */
	/* Nobody runs: the kernel takes them away. */
	two_hosts_run("sleep 2");
	assert_false(kernel_host_has("va", "192.0.2.100/32"));
	assert_false(kernel_host_has("va", "2001:db8::101/64"));
	/* Back from a stall, and still wanted. */
	kernel_host_wait(&host.repaired, 3);
	assert_true(has_leased());
}

CASE(a_renewal_that_comes_too_late_installs_anew)
{
	struct conf conf;

	FILL(&conf, "192.0.2.100/32");

	struct vip_set *set = a_set(&conf);

	want(set, true, 1);
	two_hosts_run("sleep 1.5");
	vip_set_renew(set); /* before the loop hears of the end */
	kernel_host_calm();
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
	want(set, false, 0);
	kernel_host_calm();
	assert_false(kernel_host_has("va", "192.0.2.100/32"));
}

CASE(a_lease_can_be_changed_and_given_up)
{
	struct conf conf;

	FILL(&conf, "192.0.2.100/32", "2001:db8::101/64");

	struct vip_set *set = a_set(&conf);

	want(set, true, 3);
	vip_set_renew(set);
	want(set, true, 60);
	assert_non_null(strstr(line_of("192.0.2.100/32"), "valid_lft 60sec"));
	vip_set_renew(set);
	kernel_host_calm();
	assert_non_null(strstr(line_of("2001:db8::101/64"), "valid_lft 60sec"));
	want(set, true, 0);
	assert_non_null(strstr(line_of("192.0.2.100/32"), "valid_lft forever"));
	assert_non_null(strstr(line_of("2001:db8::101/64"), "valid_lft forever"));
}

CASE(a_removal_after_a_renewal_is_final)
{
	struct vrrp_instance_conf conf;
	struct vip_set *set = a_big_set(&conf, 1, 64);

	want(set, true, 3);
	for (unsigned i = 0; i < 20; i++) {
		vip_set_renew(set);
		want(set, false, 0);
		assert_int_equal(kernel_host_count("va"), 2);
		want(set, true, 3);
	}
	assert_int_equal(host.repaired, 0);
	free(conf.vips);
}

/* ---- a reload -------------------------------------------------------------- */

CASE(a_reload_changes_only_what_differs)
{
	struct conf old, new;

	FILL(&old, "192.0.2.100/32", "192.0.2.101/32", "192.0.2.102/32");
	FILL(&new, "192.0.2.100/32", "192.0.2.102/32", "192.0.2.103/32");
	(void)strcpy(new.vips[1].label, "va:new");

	struct vip_set *set = a_set(&old);

	want(set, true, 0);
	kernel_host_calm();
	host.addrs_removed = 0;
	assert_int_equal(vip_set_change(set, &new.instance), 0);
	memset(&old, 0xff, sizeof(old)); /* it is not needed any more */
	kernel_host_calm();
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
	assert_false(kernel_host_has("va", "192.0.2.101/32"));
	assert_non_null(strstr(line_of("192.0.2.102/32"), "va:new"));
	assert_true(kernel_host_has("va", "192.0.2.103/32"));
	assert_int_equal(host.addrs_removed, 2); /* .101, and .102 for its label */
	assert_int_equal(count_present(set), 3);
	assert_int_equal(host.repaired, 0);
	want(set, false, 0);
	assert_int_equal(count_own(), 0);
}

CASE(a_reload_while_addresses_are_added_ends_right)
{
	struct vrrp_instance_conf many;
	struct conf one;
	struct vip_set *set = a_big_set(&many, 1, 500);

	FILL(&one, "10.1.0.7/32");
	(void)strcpy(one.vips[0].label, "va:new");
	vip_set_want(set, true, 0);
	(void)sd_event_run(host.event, 0);
	assert_int_equal(vip_set_change(set, &one.instance), 0);
	free(many.vips);
	kernel_host_calm();
	assert_int_equal(kernel_host_count("va"), 3);
	assert_non_null(strstr(line_of("10.1.0.7/32"), "va:new"));
}

CASE(an_ipv6_address_can_change_its_length)
{
	struct conf old, new;

	FILL(&old, "2001:db8::100/64");
	FILL(&new, "2001:db8::100/128");

	struct vip_set *set = a_set(&old);

	want(set, true, 0);
	assert_int_equal(vip_set_change(set, &new.instance), 0);
	kernel_host_calm();
	assert_true(kernel_host_has("va", "2001:db8::100/128"));
	assert_false(kernel_host_has("va", "2001:db8::100/64"));
}

CASE(a_removal_goes_on_when_the_set_is_freed)
{
	struct vrrp_instance_conf conf;
	struct vip_set *set = a_big_set(&conf, 1, 500);

	want(set, true, 0);
	vip_set_want(set, false, 0);
	vip_set_free(set);
	free(conf.vips);
	kernel_host_calm();
	assert_int_equal(kernel_host_count("va"), 2);
}

CASE(a_set_is_freed_with_requests_under_way)
{
	struct vrrp_instance_conf conf;
	struct vip_set *set = a_big_set(&conf, 1, 200);

	vip_set_want(set, true, 0);
	vip_set_free(set);
	free(conf.vips);
	kernel_host_calm();
	assert_true(kernel_host_count("va") < 202);
}

CASE(everything_is_freed_with_requests_under_way)
{
	struct vrrp_instance_conf conf, other;
	struct vip_set *set = a_big_set(&conf, 1, 200);
	struct vip_set *gone = a_big_set(&other, 2, 200);

	want(gone, true, 3);
	vip_set_want(gone, false, 0);
	vip_set_free(gone);
	vip_set_want(set, true, 0);
	host.table = vip_table_free(host.table);
	free(conf.vips);
	free(other.vips);
	assert_true(nl_queue_pending(host.queue) > 0);
}

CASE(the_queue_may_go_first)
{
	struct vrrp_instance_conf conf;
	struct vip_set *set = a_big_set(&conf, 1, 200);

	vip_set_want(set, true, 0);
	host.queue = nl_queue_free(host.queue);
	vip_set_want(set, false, 0);
	assert_int_equal(count_present(set), 0);
	host.table = vip_table_free(host.table);
	free(conf.vips);
}

/* ---- left-overs ------------------------------------------------------------ */

CASE(left_overs_of_a_crash_are_removed_but_for_what_is_wanted)
{
	struct conf conf, idle;

	two_hosts_run("ip addr add 198.51.100.1/24 dev va");
	leave_behind("192.0.2.100/32");
	leave_behind("192.0.2.101/32");
	leave_behind("192.0.2.102/32");
	leave_behind("2001:db8::100/128");
	FILL(&conf, "192.0.2.100/32");
	FILL(&idle, "192.0.2.101/32");

	struct vip_set *set = a_set(&conf), *other = a_set(&idle);

	want(set, true,
	    60); /* a role that is resumed: the address stays, with a lease */
	assert_int_equal(host.installed, 0);
	assert_non_null(strstr(line_of("192.0.2.100/32"), "valid_lft 60sec"));
	vip_set_want(other, false, 0);
	assert_int_equal(vip_table_remove_leftovers(host.table), 3);
	kernel_host_calm();
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
	assert_false(kernel_host_has("va", "192.0.2.101/32"));
	assert_false(kernel_host_has("va", "192.0.2.102/32"));
	assert_false(kernel_host_has("va", "2001:db8::100/128"));
	assert_true(kernel_host_has("va", "198.51.100.1/24"));
	assert_int_equal(vip_table_remove_leftovers(host.table), 0);
	want(set, false, 0);
	assert_int_equal(count_own(), 0);
}

CASE(the_guard_removes_what_is_ours_and_nothing_else)
{
	struct vrrp_instance_conf conf;
	struct vip_set *set = a_big_set(&conf, 1, 1000);

	want(set, true, 0);
	leave_behind("2001:db8::100/128");
	assert_int_equal(vip_cleanup_all(), 1001);
	assert_int_equal(kernel_host_count("va"), 2);
	assert_int_equal(vip_cleanup_all(), 0);
	/* The daemon is not dead after all: it puts them back. */
	kernel_host_wait(&host.repaired, 1000);
	free(conf.vips);
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
	    TEST(a_change_of_mind_ends_right),
	    TEST(one_address_does_not_wait_behind_thousands),
	    TEST(an_administrators_address_counts_and_stays),
	    TEST(an_administrators_address_that_goes_is_replaced),
	    TEST(an_ipv6_address_with_another_length_is_in_the_way),
	    TEST(the_same_address_elsewhere_in_length_stays),
	    TEST(a_removed_address_comes_back),
	    TEST(addresses_that_went_with_another_come_back),
	    TEST(an_address_of_two_sets_stays_for_the_other),
	    TEST(an_address_listed_twice_counts_once),
	    TEST(a_lease_ends_by_itself_and_renewals_keep_it),
	    TEST(a_renewal_that_comes_too_late_installs_anew),
	    TEST(a_lease_can_be_changed_and_given_up),
	    TEST(a_removal_after_a_renewal_is_final),
	    TEST(a_reload_changes_only_what_differs),
	    TEST(a_reload_while_addresses_are_added_ends_right),
	    TEST(an_ipv6_address_can_change_its_length),
	    TEST(a_removal_goes_on_when_the_set_is_freed),
	    TEST(a_set_is_freed_with_requests_under_way),
	    TEST(everything_is_freed_with_requests_under_way),
	    TEST(the_queue_may_go_first),
	    TEST(left_overs_of_a_crash_are_removed_but_for_what_is_wanted),
	    TEST(the_guard_removes_what_is_ours_and_nothing_else),
	    TEST(a_link_that_is_missing_is_told_and_waited_for),
	    TEST(addresses_do_not_follow_a_link_to_its_new_name),
	    TEST(a_refusal_is_told_once_and_tried_again),
	    TEST(a_removal_that_nobody_heard_of_is_repaired),
	};

	two_hosts_need_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

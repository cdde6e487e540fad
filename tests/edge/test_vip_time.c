/* SPDX-License-Identifier: Apache-2.0 */
/* test_vip_time.c - virtual addresses over time: leases, reloads, crashes. */
#include "vrrpd/vip.h"

#include <stdlib.h>
#include <string.h>
#include "common/units.h"
#include "tests/edge/kernel_host.h"
#include "tests/edge/two_hosts.h"
#include "tests/edge/vip_sets.h"
#include "tests/unit/unit.h"

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

/* The request under way says the old label. */
CASE(a_reload_overtakes_an_addition)
{
	struct conf old, new;

	FILL(&old, "192.0.2.100/32");
	FILL(&new, "192.0.2.100/32");
	(void)strcpy(new.vips[0].label, "va:new");

	struct vip_set *set = a_set(&old);

	vip_set_want(set, true, 0);
	assert_int_equal(nl_queue_pending(host.queue), 1);
	assert_int_equal(vip_set_change(set, &new.instance), 0);
	kernel_host_calm();
	assert_non_null(strstr(line_of("192.0.2.100/32"), "va:new"));
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

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kernel_host_set_up, kernel_host_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_lease_ends_by_itself_and_renewals_keep_it),
	    TEST(a_renewal_that_comes_too_late_installs_anew),
	    TEST(a_lease_can_be_changed_and_given_up),
	    TEST(a_removal_after_a_renewal_is_final),
	    TEST(a_reload_changes_only_what_differs),
	    TEST(a_reload_while_addresses_are_added_ends_right),
	    TEST(a_reload_overtakes_an_addition),
	    TEST(an_ipv6_address_can_change_its_length),
	    TEST(a_removal_goes_on_when_the_set_is_freed),
	    TEST(a_set_is_freed_with_requests_under_way),
	    TEST(everything_is_freed_with_requests_under_way),
	    TEST(the_queue_may_go_first),
	    TEST(left_overs_of_a_crash_are_removed_but_for_what_is_wanted),
	    TEST(the_guard_removes_what_is_ours_and_nothing_else),
	};

	two_hosts_need_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

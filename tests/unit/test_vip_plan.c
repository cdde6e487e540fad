/* SPDX-License-Identifier: Apache-2.0 */
/* test_vip_plan.c - what is done next about a virtual address, and what answers mean.
 */
#include "vrrpd/vip_plan.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include "vrrpd/vrrp_conf.h"

struct row {
	const char *what;
	struct vip_facts facts;
	enum vip_step step;
	bool settled;
};

// clang-format off
static const struct row rows[] = {
    {"nothing is wanted, nothing is there",
	{.reachable = true}, VIP_STEP_NONE, true},
    {"wanted and missing",
	{.wanted = true, .reachable = true}, VIP_STEP_ADD, false},
    {"wanted, but there is no link",
	{.wanted = true}, VIP_STEP_NONE, false},
    {"wanted and there, ours",
	{.wanted = true, .reachable = true, .present = true, .ours = true},
	VIP_STEP_NONE, true},
    {"wanted and there, an administrator's",
	{.wanted = true, .reachable = true, .present = true,
	 .kernel_lease_s = VIP_LEASE_UNKNOWN, .lease_s = 3, .outdated = true},
	VIP_STEP_NONE, true},
    {"not wanted and there, ours",
	{.reachable = true, .present = true, .ours = true}, VIP_STEP_REMOVE, false},
    {"not wanted and there, an administrator's",
	{.reachable = true, .present = true}, VIP_STEP_NONE, true},
    {"not wanted here, but by another virtual router",
	{.wanted_elsewhere = true, .reachable = true, .present = true, .ours = true},
	VIP_STEP_NONE, true},
    {"there with an unknown lifetime: a left-over of an earlier process",
	{.wanted = true, .reachable = true, .present = true, .ours = true,
	 .kernel_lease_s = VIP_LEASE_UNKNOWN},
	VIP_STEP_EXTEND, false},
    {"the lease is to be longer",
	{.wanted = true, .reachable = true, .present = true, .ours = true,
	 .lease_s = 5, .kernel_lease_s = 3},
	VIP_STEP_EXTEND, false},
    {"the lease is right",
	{.wanted = true, .reachable = true, .present = true, .ours = true,
	 .lease_s = 3, .kernel_lease_s = 3},
	VIP_STEP_NONE, true},
    {"there with an old label",
	{.wanted = true, .reachable = true, .present = true, .ours = true,
	 .outdated = true},
	VIP_STEP_REMOVE, false},
    {"the lifetime of what is not wanted does not matter",
	{.reachable = true, .lease_s = 3, .kernel_lease_s = VIP_LEASE_UNKNOWN},
	VIP_STEP_NONE, true},
};
// clang-format on

CASE(the_next_step_follows_from_the_facts)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (vip_plan(&rows[i].facts) != rows[i].step ||
		    vip_is_settled(&rows[i].facts) != rows[i].settled)
			fail_msg("%s: step %d, settled %d", rows[i].what,
			    (int)vip_plan(&rows[i].facts),
			    vip_is_settled(&rows[i].facts));
	}
}

/* Whatever is known: an address that is not ours is neither removed nor extended. */
CASE(nobody_elses_address_is_ever_touched)
{
	for (unsigned bits = 0; bits < 64; bits++) {
		struct vip_facts facts = {
		    .wanted = bits & 1,
		    .wanted_elsewhere = bits & 2,
		    .reachable = bits & 4,
		    .outdated = bits & 8,
		    .lease_s = bits & 16 ? 3 : 0,
		    .kernel_lease_s = bits & 32 ? VIP_LEASE_UNKNOWN : 0,
		    .present = true,
		    .ours = false,
		};

		assert_int_equal(vip_plan(&facts), VIP_STEP_NONE);
	}
}

CASE(an_address_that_is_there_already_is_no_failure)
{
	assert_int_equal(vip_judge(VIP_STEP_ADD, 0), VIP_OUTCOME_INSTALLED);
	assert_int_equal(vip_judge(VIP_STEP_ADD, -EEXIST), VIP_OUTCOME_PRESENT);
	assert_int_equal(vip_judge(VIP_STEP_ADD, -EPERM), VIP_OUTCOME_FAILED);
	assert_int_equal(vip_judge(VIP_STEP_ADD, -ENODEV), VIP_OUTCOME_FAILED);
}

CASE(an_address_that_is_gone_already_is_removed)
{
	assert_int_equal(vip_judge(VIP_STEP_REMOVE, 0), VIP_OUTCOME_GONE);
	assert_int_equal(vip_judge(VIP_STEP_REMOVE, -EADDRNOTAVAIL), VIP_OUTCOME_GONE);
	assert_int_equal(vip_judge(VIP_STEP_REMOVE, -ENODEV), VIP_OUTCOME_GONE);
	assert_int_equal(vip_judge(VIP_STEP_REMOVE, -EPERM), VIP_OUTCOME_FAILED);
}

CASE(a_lease_is_extended_or_not)
{
	assert_int_equal(vip_judge(VIP_STEP_EXTEND, 0), VIP_OUTCOME_EXTENDED);
	assert_int_equal(vip_judge(VIP_STEP_EXTEND, -EEXIST), VIP_OUTCOME_FAILED);
}

CASE(a_lost_answer_says_nothing)
{
	assert_int_equal(vip_judge(VIP_STEP_ADD, -ENOBUFS), VIP_OUTCOME_UNKNOWN);
	assert_int_equal(vip_judge(VIP_STEP_REMOVE, -ENOBUFS), VIP_OUTCOME_UNKNOWN);
	assert_int_equal(vip_judge(VIP_STEP_EXTEND, -ENOBUFS), VIP_OUTCOME_UNKNOWN);
}

static struct vrrp_vip
a_vip(const char *text)
{
	struct vrrp_vip vip = {0};

	assert_int_equal(prefix_parse(text, &vip.prefix), 0);
	return vip;
}

CASE(label_broadcast_and_scope_need_a_new_installation)
{
	struct vrrp_vip a = a_vip("192.0.2.1/24"), b = a;

	assert_false(vip_must_rebuild(&a, &b));
	(void)strcpy(b.label, "eth0:1");
	assert_true(vip_must_rebuild(&a, &b));
	b = a;
	b.scope = RT_SCOPE_LINK;
	assert_true(vip_must_rebuild(&a, &b));
	b = a;
	assert_int_equal(addr_parse("192.0.2.255", &b.broadcast), 0);
	assert_true(vip_must_rebuild(&a, &b));
}

CASE(ipv6_addresses_have_nothing_that_is_fixed)
{
	struct vrrp_vip a = a_vip("2001:db8::1/64"), b = a;

	b.scope = RT_SCOPE_LINK;
	assert_false(vip_must_rebuild(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_next_step_follows_from_the_facts),
	    cmocka_unit_test(nobody_elses_address_is_ever_touched),
	    cmocka_unit_test(an_address_that_is_there_already_is_no_failure),
	    cmocka_unit_test(an_address_that_is_gone_already_is_removed),
	    cmocka_unit_test(a_lease_is_extended_or_not),
	    cmocka_unit_test(a_lost_answer_says_nothing),
	    cmocka_unit_test(label_broadcast_and_scope_need_a_new_installation),
	    cmocka_unit_test(ipv6_addresses_have_nothing_that_is_fixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vip_order.c - an address that we put in is announced, whatever order answers and
 * events come in. */
#include "vrrpd/vip.h"

#include <stdlib.h>
#include <string.h>
#include "tests/unit/unit.h"
#include "tests/unit/vip_kernel.h"
#include "vrrpd/vrrp_conf.h"

#define IPV4 "192.0.2.100/32"
#define IPV6 "2001:db8::100/64"

enum {
	LEASE_S = 3,
	ALL = 100, /* requests: more than there ever are */
};

struct fixture {
	struct vrrp_vip vips[3];
	struct vrrp_instance_conf conf;
	struct vip_set *set;
};

static void
fill(struct fixture *fixture, const char *const texts[], size_t count)
{
	*fixture = (struct fixture){.conf = {.ifname = "va", .vip_count = count}};
	assert_true(count <= COUNT_OF(fixture->vips));
	fixture->conf.vips = fixture->vips;
	for (size_t i = 0; i < count; i++)
		assert_int_equal(prefix_parse(texts[i], &fixture->vips[i].prefix), 0);
	assert_int_equal(
	    vip_set_new(kernel.table, fixture, &fixture->conf, &fixture->set), 0);
}

#define FILL(fixture, ...) \
	fill((fixture), (const char *const[]){__VA_ARGS__}, \
	    COUNT_OF(((const char *const[]){__VA_ARGS__})))

/* ---- one after the other ------------------------------------------------------- */

CASE(an_address_is_announced_when_it_can_be_used)
{
	struct fixture one;

	FILL(&one, IPV4, IPV6);
	vip_set_want(one.set, true, LEASE_S);
	(void)vip_kernel_slice(ALL, false);
	assert_int_equal(kernel.installed, 1); /* IPv4 at once */
	vip_kernel_calm();
	assert_int_equal(kernel.installed, 2);
	assert_int_equal(kernel.early + kernel.repaired, 0);
	assert_int_equal(vip_kernel_unannounced(), 0);
}

/* The answer is there, the event is not: nobody removed anything. */
CASE(a_comparison_before_the_event_takes_nothing_for_lost)
{
	struct fixture one;

	FILL(&one, IPV4, IPV6);
	vip_set_want(one.set, true, LEASE_S);
	(void)vip_kernel_slice(ALL, false);
	vip_table_check_all(kernel.table);
	vip_kernel_calm();
	assert_int_equal(kernel.installed, 2);
	assert_int_equal(kernel.repaired, 0);
	assert_int_equal(vip_kernel_unannounced(), 0);
}

CASE(an_address_that_goes_before_it_was_told_of_comes_back)
{
	struct fixture one;

	FILL(&one, IPV6);
	vip_set_want(one.set, true, LEASE_S);
	(void)vip_kernel_slice(ALL, false);
	assert_true(vip_kernel_remove(IPV6));
	vip_kernel_calm();
	assert_true(vip_kernel_has(IPV6));
	assert_int_equal(kernel.repaired, 1);
	assert_int_equal(kernel.installed, 1);
	assert_int_equal(vip_kernel_unannounced(), 0);
}

CASE(a_repair_is_counted_although_it_is_looked_at_early)
{
	struct fixture one;

	FILL(&one, IPV6);
	vip_set_want(one.set, true, LEASE_S);
	vip_kernel_calm();
	assert_true(vip_kernel_remove(IPV6));
	(void)vip_kernel_slice(ALL, false);
	vip_table_check_all(kernel.table);
	vip_kernel_calm();
	assert_int_equal(kernel.repaired, 1);
	assert_int_equal(kernel.installed, 2);
	assert_int_equal(vip_kernel_unannounced(), 0);
}

/* A renewal puts an address in that is not there: nobody else will announce it. */
CASE(an_address_that_a_renewal_brought_back_is_announced)
{
	static const char *const texts[] = {IPV4, IPV6};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct fixture one;

		fill(&one, &texts[i], 1);
		vip_set_want(one.set, true, LEASE_S);
		vip_kernel_calm();
		kernel.repaired = 0;
		vip_set_renew(one.set);
		while (vip_kernel_deliver())
			;
		/* Removed and renewed in one: no event is read in between. */
		assert_true(vip_kernel_slice_after_removal(texts[i]));
		vip_kernel_calm();
		assert_true(vip_kernel_has(texts[i]));
		assert_int_equal(vip_kernel_unannounced(), 0);
		assert_int_equal(kernel.repaired, 1);
		vip_set_free(one.set);
	}
}

/* The filter takes a creation that was changed before it is told for a renewal. */
CASE(a_renewal_waits_until_the_address_was_told_of)
{
	struct fixture one;

	FILL(&one, IPV6);
	vip_set_want(one.set, true, LEASE_S);
	(void)vip_kernel_slice(ALL, false);
	vip_set_renew(one.set);
	(void)vip_kernel_slice(ALL, false);
	vip_set_want(one.set, true, LEASE_S + 1);
	(void)vip_kernel_slice(ALL, false);
	vip_kernel_calm();
	assert_int_equal(kernel.installed, 1);
	assert_int_equal(vip_kernel_unannounced(), 0);
	assert_true(vip_set_is_settled(one.set));
}

CASE(an_address_is_announced_although_the_answer_was_lost)
{
	struct fixture one;

	FILL(&one, IPV4, IPV6);
	vip_set_want(one.set, true, LEASE_S);
	(void)vip_kernel_slice(ALL, true);
	vip_kernel_calm();
	assert_int_equal(kernel.installed, 2);
	assert_int_equal(kernel.early + kernel.repaired, 0);
	assert_int_equal(vip_kernel_unannounced(), 0);
}

/* Of two lengths of an IPv6 address there can be one at a time, so the end of the one
 * is looked at for the other. */
CASE(the_end_of_another_length_is_no_loss)
{
	struct fixture one, other;

	FILL(&one, "2001:db8::100/64");
	FILL(&other, "2001:db8::100/128");
	vip_set_want(one.set, true, LEASE_S);
	vip_kernel_calm();
	vip_set_want(one.set, false, 0);
	vip_set_want(other.set, true, LEASE_S);
	(void)vip_kernel_slice(ALL, false);
	vip_kernel_calm();
	assert_int_equal(kernel.installed, 2);
	assert_int_equal(kernel.repaired, 0);
	assert_int_equal(vip_kernel_unannounced(), 0);
}

CASE(somebody_elses_address_is_not_announced)
{
	struct fixture one;

	FILL(&one, IPV4, IPV6);
	assert_true(vip_kernel_add(IPV4));
	assert_true(vip_kernel_add(IPV6));
	vip_set_want(one.set, true, LEASE_S);
	vip_kernel_calm();
	assert_int_equal(kernel.installed + kernel.repaired, 0);
	assert_int_equal(vip_kernel_ours(), 0);
	assert_true(vip_set_is_settled(one.set));
}

/* ---- in any order -------------------------------------------------------------- */

static uint32_t seed;

static unsigned
dice(unsigned sides)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 16) % sides;
}

static const char *const candidates[] = {IPV4, "192.0.2.101/32", IPV6};

static void
turn(struct fixture *one)
{
	switch (dice(10)) {
	case 0:
		vip_set_want(one->set, true, dice(4) == 0 ? 0 : LEASE_S);
		vip_kernel_announce_present(one->set);
		break;
	case 1:
		if (dice(3) == 0)
			vip_set_want(one->set, false, 0);
		break;
	case 2:
	case 3:
		(void)vip_kernel_slice(1 + dice(3), dice(8) == 0);
		break;
	case 4:
		(void)vip_kernel_remove(candidates[dice(COUNT_OF(candidates))]);
		break;
	case 5:
		vip_set_renew(one->set);
		break;
	case 6:
		vip_kernel_work();
		break;
	case 7:
		(void)vip_kernel_deliver();
		break;
	case 8:
		/* The monitor compares when it has read everything. */
		while (vip_kernel_deliver())
			;
		vip_table_check_all(kernel.table);
		break;
	case 9:
		if (dice(4) == 0)
			vip_kernel_overrun();
		else
			vip_kernel_expire();
		break;
	default:
		break;
	}
}

static void
check(struct fixture *one, unsigned run)
{
	vip_kernel_calm();
	/* After too many lost answers it stands still until the minute's comparison. */
	if (kernel.failed > 0)
		vip_table_check_all(kernel.table);
	vip_kernel_calm();
	if (vip_kernel_unannounced() > 0 && vip_set_wanted(one->set))
		fail_msg("run %u: not announced", run);
	if (kernel.early > 0)
		fail_msg("run %u: announced too early", run);
	if (kernel.repaired > kernel.losses)
		fail_msg(
		    "run %u: %u repaired of %u", run, kernel.repaired, kernel.losses);
	if (vip_kernel_ours() != (vip_set_wanted(one->set) ? COUNT_OF(candidates) : 0))
		fail_msg("run %u: %zu there", run, vip_kernel_ours());
	if (!vip_set_is_settled(one->set))
		fail_msg("run %u: not settled", run);
}

CASE(in_any_order_all_is_there_and_announced)
{
	for (unsigned run = 0; run < 20000; run++) {
		struct fixture one;

		seed = run;
		fill(&one, candidates, COUNT_OF(candidates));
		kernel.losses = kernel.repaired = kernel.failed = 0;
		for (unsigned i = 5 + dice(40); i > 0; i--)
			turn(&one);
		check(&one, run);
		vip_set_want(one.set, false, 0);
		vip_kernel_calm();
		assert_int_equal(vip_kernel_ours(), 0);
		vip_set_free(one.set);
	}
}

#define CASE_OF(name) \
	cmocka_unit_test_setup_teardown(name, vip_kernel_set_up, vip_kernel_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE_OF(an_address_is_announced_when_it_can_be_used),
	    CASE_OF(a_comparison_before_the_event_takes_nothing_for_lost),
	    CASE_OF(an_address_that_goes_before_it_was_told_of_comes_back),
	    CASE_OF(a_repair_is_counted_although_it_is_looked_at_early),
	    CASE_OF(an_address_that_a_renewal_brought_back_is_announced),
	    CASE_OF(a_renewal_waits_until_the_address_was_told_of),
	    CASE_OF(an_address_is_announced_although_the_answer_was_lost),
	    CASE_OF(the_end_of_another_length_is_no_loss),
	    CASE_OF(somebody_elses_address_is_not_announced),
	    CASE_OF(in_any_order_all_is_there_and_announced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

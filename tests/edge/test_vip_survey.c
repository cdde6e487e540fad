/* SPDX-License-Identifier: Apache-2.0 */
/* test_vip_survey.c - a listing of the kernel's own tells what differs from what is
 * wanted.
 */
#include "vrrpd/vip_survey.h"

#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include "tests/edge/kernel_host.h"
#include "tests/edge/two_hosts.h"
#include "tests/edge/vip_sets.h"
#include "tests/unit/unit.h"
#include "vrrpd/vip_msg.h"

/* ---- what a survey said ------------------------------------------------------ */

static struct {
	struct vip_survey *survey;
	unsigned found[VIP_DRIFT_COUNT_], done;
	int error;
	size_t compared;
	void *owner; /* of what was found last */
	char what[32];
	unsigned missing, back;
} said;

static void
on_found(void *userdata, enum vip_drift drift, void *owner,
    const struct link_addr *addr, const char *what)
{
	(void)userdata;
	assert_true(addr->ifindex >= 0);
	said.found[drift]++;
	said.owner = owner;
	(void)strncpy(said.what, what != NULL ? what : "", sizeof(said.what) - 1);
}

static void
on_done(void *userdata, int error, size_t compared)
{
	(void)userdata;
	said.done++;
	said.error = error;
	said.compared = compared;
}

static const struct vip_survey_ops ops = {.found = on_found, .done = on_done};

static void
survey(void)
{
	vip_survey_free(said.survey);
	memset(&said, 0, sizeof(said));
	assert_int_equal(
	    vip_survey_new(host.table, host.event, &ops, NULL, &said.survey), 0);
	kernel_host_wait(&said.done, 1);
	assert_int_equal(said.error, 0);
}

static unsigned
differences(void)
{
	unsigned count = 0;

	for (size_t i = 0; i < VIP_DRIFT_COUNT_; i++)
		count += said.found[i];
	return count;
}

static void
count_missing(void *userdata, void *owner, const struct prefix *prefix, bool present)
{
	(void)userdata;
	(void)owner;
	(void)prefix;
	said.missing++;
	said.back += present;
}

/* ---- cases -------------------------------------------------------------------- */

CASE(what_is_as_it_should_be_is_not_told)
{
	struct conf conf, leased, unwanted;

	FILL(&conf, "192.0.2.100", "2001:db8::100/64");
	(void)strcpy(conf.vips[0].label, "va:vip");
	assert_int_equal(addr_parse("192.0.2.255", &conf.vips[0].broadcast), 0);
	FILL(&leased, "192.0.2.101", "2001:db8::101");
	FILL(&unwanted, "192.0.2.102");
	want(a_set(&conf), true, 0);
	want(a_set(&leased), true, 60);
	(void)a_set(&unwanted);
	survey();
	assert_int_equal(differences(), 0);
	assert_int_equal(said.compared, 5);
}

CASE(what_is_under_way_is_not_missing)
{
	struct vrrp_instance_conf conf;
	struct vip_set *set = a_big_set(&conf, 1, 3000);

	vip_set_want(set, true, 0);
	for (unsigned i = 0; i < 5; i++) {
		survey();
		assert_int_equal(differences(), 0);
	}
	vip_set_want(set, false, 0);
	survey();
	assert_int_equal(differences(), 0);
	kernel_host_calm();
	free(conf.vips);
}

CASE(an_address_that_the_kernel_refused_is_missing_until_it_is_back)
{
	struct conf conf;

	two_hosts_run("sysctl -qw net.ipv6.conf.va.disable_ipv6=1");
	FILL(&conf, "192.0.2.100", "2001:db8::100");
	vip_set_want(a_set(&conf), true, 0);
	kernel_host_wait(&host.failed, 1);
	survey();
	assert_int_equal(said.found[VIP_DRIFT_MISSING], 1);
	assert_int_equal(differences(), 1);
	assert_ptr_equal(said.owner, &conf);
	vip_survey_each_missing(said.survey, count_missing, NULL);
	assert_int_equal(said.missing, 1);
	assert_int_equal(said.back, 0);

	two_hosts_run("sysctl -qw net.ipv6.conf.va.disable_ipv6=0");
	uint64_t number = link_mon_compare(host.mon);

	kernel_host_wait(&host.audits, 1);
	kernel_host_wait(&host.settled, 1);
	assert_true(link_mon_stats(host.mon).compared >= number);
	said.missing = 0;
	vip_survey_each_missing(said.survey, count_missing, NULL);
	assert_int_equal(said.missing, 1);
	assert_int_equal(said.back, 1);
}

static void
send_behind_our_back(struct nl_msg *msg)
{
	assert_int_equal(nl_queue_add(host.queue, nlmsg_hdr(msg), NULL, NULL), 0);
	nlmsg_free(msg);
	kernel_host_calm();
}

static void
check_change(const char *what)
{
	survey();
	assert_int_equal(said.found[VIP_DRIFT_CHANGED], 1);
	assert_int_equal(differences(), 1);
	assert_string_equal(said.what, what);
	vip_survey_correct(said.survey);
	kernel_host_calm();
	survey();
	assert_int_equal(differences(), 0);
}

/* `ip addr restore` puts addresses of an older configuration back, with our mark. */
CASE(what_an_older_configuration_left_is_found_and_put_right)
{
	static const char *const changes[] = {"label", "broadcast", "scope"};

	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		struct conf conf;
		struct vrrp_vip old;

		FILL(&conf, "198.51.100.100/24");
		old = conf.vips[0];
		if (i == 0)
			(void)strcpy(old.label, "va:old");
		else if (i == 1)
			assert_int_equal(addr_parse("192.0.2.9", &old.broadcast), 0);
		else
			old.scope = RT_SCOPE_LINK;

		send_behind_our_back(vip_msg_add(&old, two_hosts_ifindex("va"), 0));

		struct vip_set *set = a_set(&conf);

		want(set, true, 0);
		check_change(changes[i]);
		want(set, false, 0);
		vip_set_free(set);
	}
}

CASE(a_lifetime_that_no_event_tells_of_is_found_and_put_right)
{
	struct conf conf;

	FILL(&conf, "192.0.2.100/24", "2001:db8::100/64");

	struct vip_set *set = a_set(&conf);

	want(set, true, 0);
	kernel_host_calm();
	for (size_t i = 0; i < 2; i++) {
		send_behind_our_back(
		    vip_msg_extend(&conf.vips[i], two_hosts_ifindex("va"), 900));
		check_change("lifetime");
	}
	want(set, true, 5);
	send_behind_our_back(vip_msg_extend(&conf.vips[0], two_hosts_ifindex("va"), 0));
	check_change("lifetime");
}

CASE(what_carries_our_mark_and_nobody_wants_is_a_stray)
{
	struct conf conf;

	FILL(&conf, "192.0.2.101/32");
	want(a_set(&conf), true, 0);
	leave_behind("192.0.2.100/32");
	survey();
	assert_int_equal(said.found[VIP_DRIFT_STRAY], 1);
	assert_int_equal(differences(), 1);
	assert_null(said.owner);
	assert_int_equal(vip_table_remove_leftovers(host.table), 1);
	survey(); /* its removal is under way */
	assert_int_equal(differences(), 0);
	kernel_host_calm();
	assert_false(kernel_host_has("va", "192.0.2.100/32"));
	assert_true(kernel_host_has("va", "192.0.2.101/32"));
}

static void
count_stray(void *userdata, const struct link_addr *addr)
{
	assert_true(addr->ifindex > 0);
	++*(unsigned *)userdata;
}

static unsigned
strays(void)
{
	unsigned count = 0;

	vip_survey_each_stray(said.survey, count_stray, &count);
	return count;
}

/* A reload may come between the listing and the removal. */
CASE(what_somebody_wants_by_now_is_no_stray)
{
	struct conf conf;

	FILL(&conf, "192.0.2.100/32");
	leave_behind("192.0.2.100/32");
	leave_behind("192.0.2.101/32");
	survey();
	assert_int_equal(strays(), 2);
	want(a_set(&conf), true, 0);
	assert_int_equal(strays(), 1);
	assert_int_equal(vip_table_remove_leftovers(host.table), 1);
	kernel_host_calm();
	assert_int_equal(strays(), 0);
	assert_true(kernel_host_has("va", "192.0.2.100/32"));
}

CASE(an_administrators_address_is_told)
{
	struct conf conf;

	FILL(&conf, "192.0.2.100/32", "192.0.2.101/32");
	two_hosts_run("ip addr add 192.0.2.100/32 dev va");
	kernel_host_calm();
	want(a_set(&conf), true, 0);
	kernel_host_calm();
	survey();
	assert_int_equal(said.found[VIP_DRIFT_FOREIGN], 1);
	assert_int_equal(differences(), 1);
}

static int
tear_down(void **state)
{
	said.survey = vip_survey_free(said.survey);
	return kernel_host_tear_down(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kernel_host_set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_is_as_it_should_be_is_not_told),
	    TEST(what_is_under_way_is_not_missing),
	    TEST(an_address_that_the_kernel_refused_is_missing_until_it_is_back),
	    TEST(what_an_older_configuration_left_is_found_and_put_right),
	    TEST(a_lifetime_that_no_event_tells_of_is_found_and_put_right),
	    TEST(what_carries_our_mark_and_nobody_wants_is_a_stray),
	    TEST(what_somebody_wants_by_now_is_no_stray),
	    TEST(an_administrators_address_is_told),
	};

	two_hosts_need_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

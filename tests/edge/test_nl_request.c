/* SPDX-License-Identifier: Apache-2.0 */
/* test_nl_request.c - requests reach the kernel in order, and every one is answered. */
#include "common/nl_request.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>
#include "common/event.h"
#include "common/units.h"
#include "tests/edge/kernel_host.h"
#include "tests/edge/two_hosts.h"
#include "tests/unit/unit.h"
#include "vrrpd/vip_msg.h"

#define MANY 600 /* several batches */

static struct {
	int errors[MANY];
	unsigned count;
} answers;

static void
on_answer(void *userdata, int error)
{
	(void)userdata;
	assert_true(answers.count < MANY);
	answers.errors[answers.count++] = error;
}

static int
set_up(void **state)
{
	memset(&answers, 0, sizeof(answers));
	return kernel_host_set_up(state);
}

/* 10.0.x.y/32 */
static struct vrrp_vip
vip_number(unsigned i)
{
	struct vrrp_vip vip = {0};
	char text[PREFIX_TEXT_SIZE];

	(void)snprintf(text, sizeof(text), "10.0.%u.%u", i / 256, i % 256);
	assert_int_equal(prefix_parse(text, &vip.prefix), 0);
	return vip;
}

static void
queue_add(unsigned i, nl_done_fn done)
{
	struct vrrp_vip vip = vip_number(i);
	struct nl_msg *msg = vip_msg_add(&vip, two_hosts_ifindex("va"), 0);

	assert_int_equal(nl_queue_add(host.queue, nlmsg_hdr(msg), done, NULL), 0);
	nlmsg_free(msg);
}

static void
queue_remove(unsigned i, nl_done_fn done)
{
	struct vrrp_vip vip = vip_number(i);
	struct nl_msg *msg = vip_msg_remove(&vip.prefix, two_hosts_ifindex("va"));

	assert_int_equal(
	    nl_queue_add_urgent(host.queue, nlmsg_hdr(msg), done, NULL), 0);
	nlmsg_free(msg);
}

CASE(every_request_is_answered_once_and_in_order)
{
	for (unsigned i = 0; i < MANY; i++)
		queue_add(i % 3 == 2 ? 0 : i, on_answer); /* each third is there */
	assert_int_equal(nl_queue_pending(host.queue), MANY);
	kernel_host_wait(&answers.count, MANY);
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(answers.errors[i], i % 3 == 2 ? -EEXIST : 0);
	assert_int_equal(nl_queue_pending(host.queue), 0);
	assert_true(kernel_host_has("va", "10.0.1.0/32"));
}

CASE(urgent_requests_go_first_and_in_their_order)
{
	queue_add(0, on_answer);
	queue_remove(0, on_answer); /* overtakes: it is not there yet */
	queue_remove(1, on_answer);
	kernel_host_wait(&answers.count, 3);
	assert_int_equal(answers.errors[0], -EADDRNOTAVAIL);
	assert_int_equal(answers.errors[1], -EADDRNOTAVAIL);
	assert_int_equal(answers.errors[2], 0);
	assert_true(kernel_host_has("va", "10.0.0.0/32"));
}

static void
ask_again(void *userdata, int error)
{
	on_answer(userdata, error);
	queue_remove(0, on_answer);
}

CASE(an_answer_may_lead_to_the_next_request)
{
	queue_add(0, ask_again);
	kernel_host_wait(&answers.count, 2);
	assert_int_equal(answers.errors[1], 0);
	assert_false(kernel_host_has("va", "10.0.0.0/32"));
}

static unsigned ticks;

static int
on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)userdata;
	ticks++;
	(void)sd_event_source_set_time(source, usec + 1000);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

CASE(timers_are_served_between_batches)
{
	sd_event_source *timer;

	ticks = 0;
	assert_true(sd_event_add_time_relative(
			host.event, &timer, EVENT_CLOCK, 0, 1, on_tick, NULL) >= 0);
	for (unsigned i = 0; i < MANY; i++)
		queue_add(i, on_answer);
	kernel_host_wait(&answers.count, MANY / 2);
	/* A batch holds 256 at most. */
	assert_true(answers.count < MANY);
	assert_true(ticks > 0);
	kernel_host_wait(&answers.count, MANY);
	sd_event_source_disable_unref(timer);
}

CASE(a_drain_sends_everything_without_the_loop)
{
	for (unsigned i = 0; i < MANY; i++)
		queue_add(i, on_answer);
	assert_int_equal(nl_queue_drain(host.queue, 10 * US_PER_S), 0);
	assert_int_equal(answers.count, MANY);
	assert_int_equal(nl_queue_drain(host.queue, 0), 0);
}

CASE(a_drain_ends_when_its_time_is_over)
{
	queue_add(0, on_answer);
	assert_int_equal(nl_queue_drain(host.queue, 0), -ETIMEDOUT);
	assert_int_equal(answers.count, 0);
}

static void
refused_in_the_end(void *userdata, int error)
{
	struct vrrp_vip vip = vip_number(7);
	struct nl_msg *msg = vip_msg_remove(&vip.prefix, 1);

	on_answer(userdata, error);
	assert_int_equal(
	    nl_queue_add(host.queue, nlmsg_hdr(msg), on_answer, NULL), -ECANCELED);
	nlmsg_free(msg);
}

CASE(requests_are_answered_when_the_queue_is_freed)
{
	queue_add(0, refused_in_the_end);
	queue_remove(1, on_answer);
	host.queue = nl_queue_free(host.queue);
	assert_int_equal(answers.count, 2);
	assert_int_equal(answers.errors[0], -ECANCELED);
	assert_int_equal(answers.errors[1], -ECANCELED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, kernel_host_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_request_is_answered_once_and_in_order),
	    TEST(urgent_requests_go_first_and_in_their_order),
	    TEST(an_answer_may_lead_to_the_next_request),
	    TEST(timers_are_served_between_batches),
	    TEST(a_drain_sends_everything_without_the_loop),
	    TEST(a_drain_ends_when_its_time_is_over),
	    TEST(requests_are_answered_when_the_queue_is_freed),
	};

	two_hosts_need_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

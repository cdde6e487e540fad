/* SPDX-License-Identifier: Apache-2.0 */
/* test_announce.c - gratuitous ARP and Neighbor Advertisements on a real wire, in time.
 */
#include "vrrpd/announce.h"

#include <errno.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/event.h"
#include "common/units.h"
#include "tests/edge/two_hosts.h"
#include "tests/unit/unit.h"

#define FRAME_MAX 256

static const uint8_t mac[] = {2, 0, 0, 0, 0, 1};
static struct link the_link;
static struct announcer *announcer;
static sd_event *event;
static int wire;

/* The monitor of this test knows one link. */
const struct link *
link_mon_by_index(const struct link_mon *mon, int ifindex)
{
	(void)mon;
	return ifindex == the_link.ifindex ? &the_link : NULL;
}

static int
set_up(void **state __attribute__((unused)))
{
	two_hosts_open();
	the_link = (struct link){.ifindex = two_hosts_ifindex("va"),
	    .name = "va",
	    .up = true,
	    .has_mac = true};
	memcpy(the_link.mac, mac, sizeof(mac));
	wire = two_hosts_peer_socket("vb");
	assert_int_equal(sd_event_new(&event), 0);
	assert_int_equal(announcer_new(event, NULL, &announcer), 0);
	return 0;
}

static int
tear_down(void **state __attribute__((unused)))
{
	announcer_free(announcer);
	sd_event_unref(event);
	(void)close(wire);
	two_hosts_close();
	return 0;
}

static void
run_for(int64_t us)
{
	int64_t until_us = clock_now_us() + us;

	while (clock_now_us() < until_us)
		(void)sd_event_run(event, 1000);
}

static void
run_until_sent(uint64_t count)
{
	int64_t until_us = clock_now_us() + 5 * US_PER_S;

	while (announcer_sent(announcer) < count && clock_now_us() < until_us)
		(void)sd_event_run(event, 1000);
}

static void
add_times(const void *owner, const char *text, unsigned count)
{
	struct addr address;

	assert_int_equal(addr_parse(text, &address), 0);
	assert_int_equal(
	    announcer_add(announcer, owner, the_link.ifindex, &address, count), 0);
}

static void
add(const void *owner, const char *text)
{
	add_times(owner, text, 1);
}

/* The next frame of ours of that type, or 0 when there is none by now. */
static size_t
next_frame(uint16_t type, uint8_t frame[FRAME_MAX])
{
	ssize_t len;

	while ((len = recv(wire, frame, FRAME_MAX, MSG_DONTWAIT)) > 0)
		if ((frame[12] << 8 | frame[13]) == type &&
		    memcmp(frame + 6, mac, sizeof(mac)) == 0)
			return (size_t)len;
	return 0;
}

static unsigned
count_frames(uint16_t type)
{
	uint8_t frame[FRAME_MAX];
	unsigned count = 0;

	while (next_frame(type, frame) > 0)
		count++;
	return count;
}

CASE(an_ipv4_address_is_announced_by_arp)
{
	uint8_t frame[FRAME_MAX];

	add(&wire, "192.0.2.100");
	run_for(20 * US_PER_MS);
	assert_true(next_frame(ETHERTYPE_ARP, frame) >= 42);
	assert_memory_equal(frame, "\xff\xff\xff\xff\xff\xff", 6);
	assert_memory_equal(frame + 28, "\xc0\x00\x02\x64", 4); /* sender */
	assert_memory_equal(frame + 38, "\xc0\x00\x02\x64", 4); /* target */
	assert_int_equal(announcer_sent(announcer), 1);
}

/* RFC 4861 4.4: the R flag says whether this host forwards. */
CASE(the_router_flag_follows_the_host)
{
	const size_t flags_at = 14 + 40 + 4;
	uint8_t frame[FRAME_MAX];

	for (int forwards = 0; forwards <= 1; forwards++) {
		two_hosts_run("sysctl -qw net.ipv6.conf.va.forwarding=%d", forwards);
		announcer_free(announcer);
		assert_int_equal(announcer_new(event, NULL, &announcer), 0);
		add(&wire, "2001:db8::100");
		run_for(20 * US_PER_MS);
		assert_true(next_frame(ETHERTYPE_IPV6, frame) > flags_at);
		assert_int_equal(frame[flags_at] >> 7, forwards);
		assert_int_equal(frame[flags_at] >> 6 & 1, 0); /* S */
		assert_int_equal(frame[flags_at] >> 5 & 1, 1); /* O */
	}
}

CASE(announcements_keep_their_distance)
{
	int64_t start_us = clock_now_us();

	announcer_set_gaps(announcer, 30 * US_PER_MS, 0);
	add_times(&wire, "192.0.2.100", 4);
	add(&wire, "192.0.2.100");
	add_times(&wire, "2001:db8::100", 5);
	add_times(&wire, "2001:db8::101", 0);
	run_for(15 * US_PER_MS);
	/* One ARP of five; the other family has no pause, and does not wait for it. */
	assert_int_equal(announcer_sent(announcer), 1 + 5);
	while (
	    announcer_sent(announcer) < 10 && clock_now_us() < start_us + 5 * US_PER_S)
		run_for(US_PER_MS);
	assert_true(clock_now_us() - start_us >= 4 * 30 * US_PER_MS);
	assert_int_equal(count_frames(ETHERTYPE_ARP), 5);
}

static int
on_bulk(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)fd;
	(void)revents;
	(void)userdata;
	return 0;
}

/* To its clients an address is dead until the first one came. */
CASE(all_are_announced_once_before_any_is_again)
{
	int always_ready = eventfd(0, EFD_CLOEXEC);
	sd_event_source *bulk = NULL;
	uint8_t frame[FRAME_MAX];

	assert_true(
	    sd_event_add_io(event, &bulk, always_ready, EPOLLOUT, on_bulk, NULL) >= 0);
	(void)sd_event_source_set_priority(bulk, EVENT_PRIORITY_BULK);
	add_times(&wire, "192.0.2.101", 3);
	add_times(&wire, "192.0.2.102", 3);
	run_until_sent(2);
	/* Addresses are still being installed: these come first, too. */
	add_times(&wire, "192.0.2.103", 2);
	run_until_sent(3);
	run_for(5 * US_PER_MS);
	assert_int_equal(announcer_sent(announcer), 3);
	sd_event_source_disable_unref(bulk);
	(void)close(always_ready);
	run_until_sent(8);
	assert_int_equal(announcer_sent(announcer), 8);
	for (const char *last = "\x65\x66\x67\x65\x66\x67\x65\x66"; *last; last++) {
		assert_true(next_frame(ETHERTYPE_ARP, frame) >= 42);
		assert_int_equal(frame[31], *last); /* of the sender's address */
	}
}

CASE(what_an_owner_had_to_say_can_be_dropped)
{
	int one, other;

	announcer_set_gaps(announcer, 20 * US_PER_MS, 0);
	for (int i = 0; i < 10; i++) {
		add(&one, "192.0.2.101");
		add(&other, "192.0.2.102");
	}
	run_for(5 * US_PER_MS);
	announcer_cancel(announcer, &one);
	announcer_cancel(announcer, &one);
	run_for(400 * US_PER_MS);
	/* The first had left. */
	assert_int_equal(announcer_sent(announcer), 1 + 10);
	add(&one, "192.0.2.101");
	run_for(50 * US_PER_MS);
	assert_int_equal(announcer_sent(announcer), 1 + 10 + 1);
}

CASE(a_link_that_is_down_or_gone_is_passed_over)
{
	struct addr address;

	the_link.up = false;
	add(&wire, "192.0.2.100");
	run_for(10 * US_PER_MS);
	the_link.up = true;
	the_link.has_mac = false;
	add(&wire, "192.0.2.100");
	run_for(10 * US_PER_MS);
	assert_int_equal(addr_parse("192.0.2.100", &address), 0);
	assert_int_equal(announcer_add(announcer, &wire, 99999, &address, 1), 0);
	run_for(10 * US_PER_MS);
	assert_int_equal(announcer_sent(announcer), 0);
	the_link.has_mac = true;
	add(&wire, "192.0.2.100");
	run_for(10 * US_PER_MS);
	assert_int_equal(announcer_sent(announcer), 1);
}

static unsigned ticks;

static int
on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	int64_t late_us = clock_now_us() - (int64_t)usec;
	int64_t *latest_us = userdata;

	ticks++;
	if (late_us > *latest_us)
		*latest_us = late_us;
	(void)sd_event_source_set_time(source, usec + 2000);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* Thousands of them must not hold the loop. */
CASE(a_burst_leaves_the_timers_alone)
{
	enum { COUNT = 5000 };
	sd_event_source *timer = NULL;
	int64_t latest_us = 0, start_us = clock_now_us(), took_us;
	char text[32];

	ticks = 0;
	assert_true(sd_event_add_time(event, &timer, EVENT_CLOCK, (uint64_t)start_us, 1,
			on_tick, &latest_us) >= 0);
	(void)sd_event_source_set_priority(timer, EVENT_PRIORITY_TIMER);
	for (int i = 0; i < COUNT; i++) {
		(void)snprintf(text, sizeof(text), "198.18.%d.%d", i / 256, i % 256);
		add(&wire, text);
	}
	while (announcer_sent(announcer) < COUNT &&
	       clock_now_us() < start_us + 10 * US_PER_S)
		(void)sd_event_run(event, 1000);
	took_us = clock_now_us() - start_us;
	print_message("%lld us for %d, latest tick %lld us\n", (long long)took_us,
	    COUNT, (long long)latest_us);
	assert_int_equal(announcer_sent(announcer), COUNT);
	assert_true(ticks >= took_us / 2000 / 2);
	sd_event_source_unref(timer);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    ROW(an_ipv4_address_is_announced_by_arp),
	    ROW(the_router_flag_follows_the_host),
	    ROW(announcements_keep_their_distance),
	    ROW(all_are_announced_once_before_any_is_again),
	    ROW(what_an_owner_had_to_say_can_be_dropped),
	    ROW(a_link_that_is_down_or_gone_is_passed_over),
	    ROW(a_burst_leaves_the_timers_alone),
	};

	two_hosts_need_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* measure_addresses.c - how long thousands of addresses take, how long the loop is held
 * meanwhile, and what a renewal costs. Not a test: `tests/edge/measure_addresses
 * [COUNT...]` prints figures, with ip(8) in the same run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "common/clock.h"
#include "common/event.h"
#include "common/units.h"
#include "tests/edge/kernel_host.h"
#include "tests/edge/two_hosts.h"
#include "tests/unit/unit.h"

#define TICK_US (5 * US_PER_MS) /* as adverts of 10 ms would be */
#define RENEWED_SETS 2000
#define RENEWAL_ROUNDS 10

static unsigned counts[16] = {1000, 5000, 20000};
static unsigned count_of_counts = 3;

/* ---- the loop under observation -------------------------------------------- */

static struct {
	sd_event_source *timer;
	int64_t latest_us;  /* how late the timer was, at worst */
	int64_t longest_us; /* one event source held the loop, at worst */
	int64_t busiest_ns; /* the same, in CPU time */
} seen;

static int64_t
cpu_ns(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int
on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	int64_t late_us = clock_now_us() - (int64_t)usec;

	(void)userdata;
	if (late_us > seen.latest_us)
		seen.latest_us = late_us;
	(void)sd_event_source_set_time(
	    source, usec + (uint64_t)(late_us / TICK_US + 1) * TICK_US);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static void
start_watch(void)
{
	seen.latest_us = seen.longest_us = seen.busiest_ns = 0;
	assert_true(sd_event_add_time(host.event, &seen.timer, EVENT_CLOCK,
			(uint64_t)clock_now_us(), 1, on_tick, NULL) >= 0);
	(void)sd_event_source_set_priority(seen.timer, EVENT_PRIORITY_TIMER);
}

static void
run_until(const unsigned *value, unsigned expected)
{
	while (*value < expected) {
		if (sd_event_prepare(host.event) == 0 &&
		    sd_event_wait(host.event, UINT64_MAX) <= 0)
			continue;

		int64_t started_us = clock_now_us(), started_ns = cpu_ns();

		(void)sd_event_dispatch(host.event);

		int64_t took_us = clock_now_us() - started_us;
		int64_t busy_ns = cpu_ns() - started_ns;

		if (busy_ns > seen.busiest_ns)
			seen.busiest_ns = busy_ns;

		if (took_us > seen.longest_us)
			seen.longest_us = took_us;
	}
	sd_event_source_disable_unref(seen.timer);
}

/* ---- thousands of addresses ------------------------------------------------ */

static void
number_vips(struct vrrp_vip *vips, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char text[PREFIX_TEXT_SIZE];

		(void)snprintf(text, sizeof(text), "10.%u.%u.%u", i / 65536,
		    i / 256 % 256, i % 256);
		assert_int_equal(prefix_parse(text, &vips[i].prefix), 0);
	}
}

static double
time_ip(const char *verb, unsigned count)
{
	char path[] = "/tmp/measure-addresses-XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	assert_non_null(file);
	for (unsigned i = 0; i < count; i++)
		(void)fprintf(file, "addr %s 10.%u.%u.%u/32 dev va\n", verb, i / 65536,
		    i / 256 % 256, i % 256);
	(void)fclose(file);

	int64_t started_us = clock_now_us();

	two_hosts_run("ip -batch %s", path);

	double took = (double)(clock_now_us() - started_us) / US_PER_S;

	(void)remove(path);
	return took;
}

static void
show(const char *what, unsigned count, double by_ip, int64_t started_us,
    int64_t started_ns)
{
	(void)printf(
	    "%s %u: %.3f s, %.3f s of CPU (ip -batch %.3f s); timer late by %.1f "
	    "ms at most; loop held for %.1f ms, %.1f ms of CPU at most\n",
	    what, count, (double)(clock_now_us() - started_us) / US_PER_S,
	    (double)(cpu_ns() - started_ns) / 1e9, by_ip,
	    (double)seen.latest_us / US_PER_MS, (double)seen.longest_us / US_PER_MS,
	    (double)seen.busiest_ns / 1e6);
}

static void
change(struct vip_set *set, bool wanted, double by_ip)
{
	int64_t started_us = clock_now_us(), started_ns = cpu_ns();
	unsigned settled = host.settled;
	size_t count, present;

	start_watch();
	vip_set_want(set, wanted, 0);
	run_until(&host.settled, settled + 1);
	vip_set_count(set, &count, &present);
	assert_int_equal(present, wanted ? count : 0);
	show(wanted ? "add" : "remove", (unsigned)count, by_ip, started_us, started_ns);
}

CASE(many_addresses)
{
	for (unsigned i = 0; i < count_of_counts; i++) {
		struct vrrp_instance_conf conf = {.ifname = "va"};
		struct vip_set *set;

		two_hosts_open();

		double add = time_ip("add", counts[i]);
		double del = time_ip("del", counts[i]);

		two_hosts_close();
		(void)kernel_host_set_up(NULL);
		conf.vip_count = counts[i];
		conf.vips = calloc(counts[i], sizeof(*conf.vips));
		number_vips(conf.vips, counts[i]);
		assert_int_equal(vip_set_new(host.table, &conf, &conf, &set), 0);
		change(set, true, add);
		change(set, false, del);
		(void)kernel_host_tear_down(NULL);
		free(conf.vips);
	}
}

/* ---- lost messages --------------------------------------------------------- */

CASE(a_resync)
{
	unsigned count = counts[count_of_counts - 1];

	(void)kernel_host_set_up(NULL);
	link_mon_starve(host.mon);
	(void)time_ip("add", count);
	start_watch();
	run_until(&host.resyncs, 1);
	assert_int_equal(host.addrs_changed, count);
	(void)printf(
	    "resync of %u addresses: %.1f ms; timer late by %.1f ms at most; loop "
	    "held for %.1f ms, %.1f ms of CPU at most\n",
	    count, (double)link_mon_stats(host.mon).last_resync_us / US_PER_MS,
	    (double)seen.latest_us / US_PER_MS, (double)seen.longest_us / US_PER_MS,
	    (double)seen.busiest_ns / 1e6);
	(void)kernel_host_tear_down(NULL);
}

/* ---- renewals -------------------------------------------------------------- */

static void
detach_filters(void)
{
	int none = 0;

	/* The monitor's socket is one of these; the others refuse. */
	for (int fd = 3; fd < 64; fd++)
		(void)setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof(none));
}

static void
measure_renewals(struct vip_set *const sets[], const char *what)
{
	int64_t build_ns = 0, started_ns = cpu_ns();

	for (unsigned round = 0; round < RENEWAL_ROUNDS; round++) {
		int64_t from_ns = cpu_ns();

		for (unsigned i = 0; i < RENEWED_SETS; i++)
			vip_set_renew(sets[i]);
		build_ns += cpu_ns() - from_ns;
		assert_int_equal(nl_queue_pending(host.queue), RENEWED_SETS);
		while (nl_queue_pending(host.queue) > 0)
			(void)sd_event_run(host.event, 1000);
		while (sd_event_run(host.event, 0) > 0)
			;
	}

	double count = (double)RENEWED_SETS * RENEWAL_ROUNDS * 1000;

	(void)printf(
	    "renewal, %s: %.1f us of CPU each with the kernel's, %.2f us of it "
	    "to build and queue\n",
	    what, (double)(cpu_ns() - started_ns) / count, (double)build_ns / count);
}

CASE(renewals)
{
	static struct vrrp_instance_conf confs[RENEWED_SETS];
	static struct vrrp_vip vips[RENEWED_SETS];
	static struct vip_set *sets[RENEWED_SETS];

	(void)kernel_host_set_up(NULL);
	number_vips(vips, RENEWED_SETS);
	for (unsigned i = 0; i < RENEWED_SETS; i++) {
		confs[i] = (struct vrrp_instance_conf){
		    .ifname = "va", .vips = &vips[i], .vip_count = 1};
		assert_int_equal(
		    vip_set_new(host.table, &confs[i], &confs[i], &sets[i]), 0);
		vip_set_want(sets[i], true, 60);
	}
	kernel_host_wait(&host.settled, RENEWED_SETS);
	kernel_host_calm();
	measure_renewals(sets, "filtered");
	detach_filters();
	measure_renewals(sets, "unfiltered");
	(void)kernel_host_tear_down(NULL);
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(many_addresses),
	    cmocka_unit_test(a_resync),
	    cmocka_unit_test(renewals),
	};

	two_hosts_need_root();
	for (int i = 1; i < argc && i <= (int)COUNT_OF(counts); i++) {
		counts[i - 1] = (unsigned)strtoul(argv[i], NULL, 10);
		count_of_counts = (unsigned)i;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_adv_flood.c - a flood of packets takes nobody's turn. */
#include "tests/edge/adv_fixture.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/event.h"
#include "common/units.h"

/* ---- a flood from the peer ----------------------------------------------- */

enum { FLOOD_BATCH = 64 };

static void __attribute__((noreturn))
send_flood(int fd, const uint8_t *frame, size_t len, int64_t per_second)
{
	struct iovec iov = {(void *)(uintptr_t)frame, len};
	struct mmsghdr all[FLOOD_BATCH] = {0};
	int64_t start_us = clock_now_us(), sent = 0, now_us;

	for (int i = 0; i < FLOOD_BATCH; i++) {
		all[i].msg_hdr.msg_iov = &iov;
		all[i].msg_hdr.msg_iovlen = 1;
	}
	while ((now_us = clock_now_us()) < start_us + 5 * US_PER_S) {
		if (per_second > 0 &&
		    sent > (now_us - start_us) * per_second / US_PER_S) {
			(void)usleep(200);
			continue;
		}
		(void)sendmmsg(fd, all, FLOOD_BATCH, 0);
		sent += FLOOD_BATCH;
	}
	_exit(0);
}

/* A process at the peer that sends `frame` so many times a second, or, with 0, as fast
 * as it can. */
static pid_t
flood(const uint8_t *frame, size_t len, int64_t per_second)
{
	int fd = two_hosts_peer_socket("vb");
	pid_t pid = fork();

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0L, 0L, 0L);
		send_flood(fd, frame, len, per_second);
	}
	assert_true(pid > 0);
	(void)close(fd);
	return pid;
}

static void
end_flood(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

/* ---- who has a turn ------------------------------------------------------ */

static unsigned ticks;
static int64_t latest_us;

static int
on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	int64_t late_us = clock_now_us() - (int64_t)usec;

	(void)userdata;
	ticks++;
	if (late_us > latest_us)
		latest_us = late_us;
	adv_sockets_drain(t.sockets);
	(void)sd_event_source_set_time(source, usec + 10000);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int
on_turn(sd_event_source *source, void *userdata)
{
	(void)source;
	++*(unsigned *)userdata;
	return 0;
}

/* Timers come first, and even what has the lowest priority gets its turn. */
CASE(a_flood_starves_nobody)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV4);
	sd_event_source *timer = NULL, *bulk = NULL;
	uint8_t frame[FRAME_MAX];
	size_t len = ipv4_frame(frame, PEER_IPV4, GROUP_IPV4, 255);
	unsigned turns = 0;

	ticks = 0;
	latest_us = 0;
	assert_true(sd_event_add_time(t.event, &timer, EVENT_CLOCK,
			(uint64_t)clock_now_us(), 1, on_tick, NULL) >= 0);
	(void)sd_event_source_set_priority(timer, EVENT_PRIORITY_TIMER);
	assert_true(sd_event_add_defer(t.event, &bulk, on_turn, &turns) >= 0);
	(void)sd_event_source_set_priority(bulk, EVENT_PRIORITY_BULK);
	(void)sd_event_source_set_enabled(bulk, SD_EVENT_ON);

	pid_t pid = flood(frame, len, 50000);

	run_for(US_PER_S);
	end_flood(pid);
	print_message("%u packets, %u ticks of 100, latest %lld us, %u turns\n",
	    t.received, ticks, (long long)latest_us, turns);
	assert_true(t.received > 10000);
	assert_true(ticks >= 90);
	assert_true(turns >= 20);
	sd_event_source_unref(timer);
	sd_event_source_unref(bulk);
	adv_socket_put(socket);
}

/* Reading what waits must end although more keeps coming. */
CASE(draining_ends_in_a_flood)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV4);
	uint8_t frame[FRAME_MAX];
	size_t len = ipv4_frame(frame, PEER_IPV4, GROUP_IPV4, 255);
	pid_t pid = flood(frame, len, 0);
	int64_t longest_us = 0;

	sleep_ms(100);
	for (int i = 0; i < 20; i++) {
		int64_t start_us = clock_now_us(), took_us;

		adv_sockets_drain(t.sockets);
		took_us = clock_now_us() - start_us;
		if (took_us > longest_us)
			longest_us = took_us;
	}
	end_flood(pid);
	print_message("longest %lld us\n", (long long)longest_us);
	assert_true(t.received > 1000);
	assert_true(longest_us < 100 * US_PER_MS);
	adv_socket_put(socket);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    ROW(a_flood_starves_nobody),
	    ROW(draining_ends_in_a_flood),
	};

	two_hosts_need_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

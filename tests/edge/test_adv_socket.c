/* SPDX-License-Identifier: Apache-2.0 */
/* test_adv_socket.c - advertisements on a real wire: what leaves, what is heard, when.
 */
#include "vrrpd/adv_socket.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "common/checksum.h"
#include "common/clock.h"
#include "common/event.h"
#include "common/units.h"
#include "tests/edge/two_hosts.h"
#include "tests/unit/unit.h"

#define GROUP_IPV4 "224.0.0.18"
#define GROUP_IPV6 "ff02::12"
#define FRAME_MAX 2048

static const char text[] = "an advertisement";

/* ---- what was heard --------------------------------------------------------- */

struct heard {
	int ifindex, ttl;
	sa_family_t family;
	enum vrrp_drop drop;
	struct addr source, destination;
	char payload[64];
	size_t len;
	int64_t rx_us;
};

static struct {
	sd_event *event;
	struct adv_sockets *sockets;
	struct heard last;
	unsigned received, ends, failures;
	int failed_with;
	void *failed_owner;
	struct adv_socket *put_on_receive;
} t;

static void
on_received(void *userdata, struct adv_socket *socket, int ifindex, sa_family_t family,
    enum vrrp_drop drop, const struct vrrp_packet_meta *meta, const uint8_t *payload,
    size_t len, int64_t rx_us)
{
	(void)userdata;
	(void)socket;
	t.received++;
	t.last = (struct heard){
	    .ifindex = ifindex,
	    .ttl = meta->ttl,
	    .family = family,
	    .drop = drop,
	    .source = meta->source,
	    .destination = meta->destination,
	    .len = len,
	    .rx_us = rx_us,
	};
	if (drop == VRRP_DROP_NONE)
		memcpy(t.last.payload, payload, len < 64 ? len : 64);
	t.put_on_receive = adv_socket_put(t.put_on_receive);
}

static void
on_received_end(void *userdata)
{
	(void)userdata;
	t.ends++;
}

static void
on_send_failed(void *userdata, void *owner, int error)
{
	(void)userdata;
	t.failures++;
	t.failed_with = error;
	t.failed_owner = owner;
}

static const struct adv_socket_ops ops = {on_received, on_received_end, on_send_failed};

static int
set_up(void **state __attribute__((unused)))
{
	memset(&t, 0, sizeof(t));
	two_hosts_open();
	assert_int_equal(sd_event_new(&t.event), 0);
	assert_int_equal(adv_sockets_new(t.event, &ops, NULL, &t.sockets), 0);
	return 0;
}

static int
tear_down(void **state __attribute__((unused)))
{
	adv_sockets_free(t.sockets);
	sd_event_unref(t.event);
	two_hosts_close();
	return 0;
}

static struct addr
addr(const char *from)
{
	struct addr a;

	assert_int_equal(addr_parse(from, &a), 0);
	return a;
}

static struct adv_socket *
open_on(const char *ifname, const char *group)
{
	const struct addr to = addr(group);
	struct adv_socket *socket = NULL;

	assert_int_equal(
	    adv_socket_get(t.sockets, two_hosts_ifindex(ifname), &to, &socket), 0);
	return socket;
}

/* Lets the loop run until `count` packets were heard, at most for a second. */
static void
run_until_heard(unsigned count)
{
	int64_t until_us = clock_now_us() + US_PER_S;

	while (t.received < count && clock_now_us() < until_us)
		(void)sd_event_run(t.event, 10000);
	assert_int_equal(t.received, count);
}

static void
run_for(int64_t us)
{
	int64_t until_us = clock_now_us() + us;

	while (clock_now_us() < until_us)
		(void)sd_event_run(t.event, 5000);
}

static void
sleep_ms(long ms)
{
	const struct timespec ts = {
	    .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	(void)nanosleep(&ts, NULL);
}

/* ---- frames of the peer ----------------------------------------------------- */

static size_t
ipv4_frame(uint8_t *frame, const char *from, const char *to, uint8_t ttl)
{
	static const uint8_t head[] = {
	    1, 0, 0x5e, 0, 0, 0x12, 2, 0, 0, 0, 0, 9, 0x08, 0x00};
	struct iphdr ip = {
	    .version = 4,
	    .ihl = 5,
	    .ttl = ttl,
	    .protocol = VRRP_IP_PROTOCOL,
	    .tot_len = htons((uint16_t)(sizeof(ip) + sizeof(text))),
	};
	uint16_t sum;

	(void)inet_pton(AF_INET, from, &ip.saddr);
	(void)inet_pton(AF_INET, to, &ip.daddr);
	sum = htons(checksum_finish(checksum_add(0, &ip, sizeof(ip))));
	memcpy(&ip.check, &sum, sizeof(sum));
	memcpy(frame, head, sizeof(head));
	memcpy(frame + sizeof(head), &ip, sizeof(ip));
	memcpy(frame + sizeof(head) + sizeof(ip), text, sizeof(text));
	return sizeof(head) + sizeof(ip) + sizeof(text);
}

static size_t
ipv6_frame(uint8_t *frame, const char *from, const char *to, uint8_t hops)
{
	static const uint8_t head[] = {
	    0x33, 0x33, 0, 0, 0, 0x12, 2, 0, 0, 0, 0, 9, 0x86, 0xdd};
	struct ip6_hdr ip = {0};

	ip.ip6_vfc = 6 << 4;
	ip.ip6_plen = htons(sizeof(text));
	ip.ip6_nxt = VRRP_IP_PROTOCOL;
	ip.ip6_hlim = hops;
	(void)inet_pton(AF_INET6, from, &ip.ip6_src);
	(void)inet_pton(AF_INET6, to, &ip.ip6_dst);
	memcpy(frame, head, sizeof(head));
	memcpy(frame + sizeof(head), &ip, sizeof(ip));
	memcpy(frame + sizeof(head) + sizeof(ip), text, sizeof(text));
	return sizeof(head) + sizeof(ip) + sizeof(text);
}

static void
peer_sends(const uint8_t *frame, size_t len)
{
	int fd = two_hosts_peer_socket("vb");

	assert_int_equal(send(fd, frame, len, 0), len);
	(void)close(fd);
}

static void
peer_sends_ipv4(const char *to, uint8_t ttl)
{
	uint8_t frame[FRAME_MAX];

	peer_sends(frame, ipv4_frame(frame, PEER_IPV4, to, ttl));
}

static void
peer_sends_ipv6(uint8_t hops)
{
	uint8_t frame[FRAME_MAX];

	peer_sends(frame, ipv6_frame(frame, PEER_IPV6, GROUP_IPV6, hops));
}

/* The next frame at the peer whose type and protocol fit. */
static size_t
peer_hears(int fd, uint16_t ether_type, uint8_t frame[FRAME_MAX])
{
	const size_t protocol_at = ether_type == ETHERTYPE_IP ? 14 + 9 : 14 + 6;

	for (int i = 0; i < 100; i++) {
		ssize_t len = recv(fd, frame, FRAME_MAX, 0);

		assert_true(len > 0);
		if ((frame[12] << 8 | frame[13]) == ether_type &&
		    frame[protocol_at] == VRRP_IP_PROTOCOL)
			return (size_t)len;
	}
	fail();
	return 0;
}

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

/* ---- sending ---------------------------------------------------------------- */

/* RFC 9568 5.1.1 */
CASE(an_ipv4_advertisement_leaves_as_the_rfc_wants)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV4);
	const struct addr src = addr(HERE_IPV4);
	int fd = two_hosts_peer_socket("vb");
	uint8_t frame[FRAME_MAX];
	char word[INET_ADDRSTRLEN];
	struct iphdr ip;

	adv_socket_send(socket, &src, text, sizeof(text), NULL);
	adv_sockets_flush(t.sockets);
	assert_true(peer_hears(fd, ETHERTYPE_IP, frame) >= 14 + 20 + sizeof(text));
	assert_memory_equal(frame, ((uint8_t[]){1, 0, 0x5e, 0, 0, 0x12}), 6);
	memcpy(&ip, frame + 14, sizeof(ip));
	assert_int_equal(ip.ttl, 255);
	assert_int_equal(ip.tos, 0xc0);
	assert_string_equal(
	    inet_ntop(AF_INET, &ip.saddr, word, sizeof(word)), HERE_IPV4);
	assert_string_equal(
	    inet_ntop(AF_INET, &ip.daddr, word, sizeof(word)), GROUP_IPV4);
	assert_memory_equal(frame + 14 + 20, text, sizeof(text));
	assert_int_equal(t.failures, 0);
	(void)close(fd);
	adv_socket_put(socket);
}

/* RFC 9568 5.1.2 */
CASE(an_ipv6_advertisement_leaves_as_the_rfc_wants)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV6);
	const struct addr src = addr(HERE_IPV6);
	int fd = two_hosts_peer_socket("vb");
	uint8_t frame[FRAME_MAX];
	char word[INET6_ADDRSTRLEN];
	struct ip6_hdr ip;

	adv_socket_send(socket, &src, text, sizeof(text), NULL);
	adv_sockets_flush(t.sockets);
	(void)peer_hears(fd, ETHERTYPE_IPV6, frame);
	assert_memory_equal(frame, ((uint8_t[]){0x33, 0x33, 0, 0, 0, 0x12}), 6);
	memcpy(&ip, frame + 14, sizeof(ip));
	assert_int_equal(ip.ip6_hlim, 255);
	assert_int_equal(ntohl(ip.ip6_flow) >> 20 & 0xff, 0xc0);
	assert_string_equal(
	    inet_ntop(AF_INET6, &ip.ip6_src, word, sizeof(word)), HERE_IPV6);
	assert_string_equal(
	    inet_ntop(AF_INET6, &ip.ip6_dst, word, sizeof(word)), GROUP_IPV6);
	assert_memory_equal(frame + 14 + 40, text, sizeof(text));
	(void)close(fd);
	adv_socket_put(socket);
}

CASE(the_source_is_the_one_asked_for)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV4);
	const struct addr src = addr("192.0.2.77");
	int fd = two_hosts_peer_socket("vb");
	uint8_t frame[FRAME_MAX];

	two_hosts_run("ip addr add 192.0.2.77/24 dev va");
	adv_socket_send(socket, &src, text, sizeof(text), NULL);
	adv_sockets_flush(t.sockets);
	(void)peer_hears(fd, ETHERTYPE_IP, frame);
	assert_memory_equal(frame + 14 + 12, src.bytes, 4);
	(void)close(fd);
	adv_socket_put(socket);
}

CASE(what_we_send_does_not_come_back)
{
	struct adv_socket *four = open_on("va", GROUP_IPV4);
	struct adv_socket *six = open_on("va", GROUP_IPV6);
	const struct addr src4 = addr(HERE_IPV4), src6 = addr(HERE_IPV6);

	adv_socket_send(four, &src4, text, sizeof(text), NULL);
	adv_socket_send(six, &src6, text, sizeof(text), NULL);
	adv_sockets_flush(t.sockets);
	run_for(50 * US_PER_MS);
	assert_int_equal(t.received, 0);
	adv_socket_put(four);
	adv_socket_put(six);
}

/* More than the queue has room for, to two sockets in turn: each arrives once, in
 * order. */
CASE(many_packets_leave_in_order)
{
	enum { COUNT = 600 };
	struct adv_socket *sockets[2];
	const struct addr src[2] = {addr(HERE_IPV4), addr(HERE_IPV6)};
	static uint32_t numbers[COUNT];
	uint32_t next[2] = {0, 1};
	int fd = two_hosts_peer_socket("vb");
	uint8_t frame[FRAME_MAX];

	sockets[0] = open_on("va", GROUP_IPV4);
	sockets[1] = open_on("va", GROUP_IPV6);
	for (uint32_t i = 0; i < COUNT; i++) {
		numbers[i] = i;
		adv_socket_send(
		    sockets[i % 2], &src[i % 2], &numbers[i], sizeof(numbers[i]), NULL);
	}
	adv_sockets_flush(t.sockets);
	while (next[0] < COUNT || next[1] < COUNT) {
		ssize_t len = recv(fd, frame, sizeof(frame), 0);
		uint32_t number;

		assert_true(len > 0);

		size_t is6 = frame[12] == 0x86;
		size_t head = is6 ? 14 + 40 : 14 + 20;

		if (frame[is6 ? 14 + 6 : 14 + 9] != VRRP_IP_PROTOCOL)
			continue;
		memcpy(&number, frame + head, sizeof(number));
		assert_int_equal(number, next[is6]);
		next[is6] += 2;
	}
	assert_int_equal(t.failures, 0);
	(void)close(fd);
	adv_socket_put(sockets[0]);
	adv_socket_put(sockets[1]);
}

/* One that fails names its owner, and those around it leave. */
CASE(one_failure_does_not_stop_the_others)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV4);
	const struct addr good = addr(HERE_IPV4), bad = addr("198.51.100.9");
	int fd = two_hosts_peer_socket("vb"), owner;
	uint8_t frame[FRAME_MAX];

	adv_socket_send(socket, &good, "1", 2, NULL);
	adv_socket_send(socket, &bad, "2", 2, &owner);
	adv_socket_send(socket, &good, "3", 2, NULL);
	adv_sockets_flush(t.sockets);
	assert_int_equal(t.failures, 1);
	assert_true(t.failed_with < 0);
	assert_ptr_equal(t.failed_owner, &owner);
	(void)peer_hears(fd, ETHERTYPE_IP, frame);
	assert_int_equal(frame[34], '1');
	(void)peer_hears(fd, ETHERTYPE_IP, frame);
	assert_int_equal(frame[34], '3');
	(void)close(fd);
	adv_socket_put(socket);
}

/* ---- receiving -------------------------------------------------------------- */

CASE(an_ipv4_packet_is_handed_over_without_its_header)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV4);
	char word[ADDR_TEXT_SIZE];

	peer_sends_ipv4(GROUP_IPV4, 255);
	run_until_heard(1);
	assert_int_equal(t.ends, 1);
	assert_int_equal(t.last.drop, VRRP_DROP_NONE);
	assert_int_equal(t.last.family, AF_INET);
	assert_int_equal(t.last.ifindex, two_hosts_ifindex("va"));
	assert_int_equal(t.last.ttl, 255);
	assert_string_equal(addr_format(word, &t.last.source), PEER_IPV4);
	assert_string_equal(addr_format(word, &t.last.destination), GROUP_IPV4);
	assert_int_equal(t.last.len, sizeof(text));
	assert_string_equal(t.last.payload, text);
	adv_socket_put(socket);
}

CASE(an_ipv6_packet_comes_with_hop_limit_and_destination)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV6);
	char word[ADDR_TEXT_SIZE];

	peer_sends_ipv6(255);
	run_until_heard(1);
	assert_int_equal(t.last.drop, VRRP_DROP_NONE);
	assert_int_equal(t.last.family, AF_INET6);
	assert_int_equal(t.last.ttl, 255);
	assert_string_equal(addr_format(word, &t.last.source), PEER_IPV6);
	assert_string_equal(addr_format(word, &t.last.destination), GROUP_IPV6);
	assert_string_equal(t.last.payload, text);
	adv_socket_put(socket);
}

/* RFC 9568 7.1: the judge must be told the truth about TTL and hop limit. */
CASE(ttl_and_hop_limit_are_told_as_they_came)
{
	static const uint8_t values[] = {1, 64, 254};
	struct adv_socket *four = open_on("va", GROUP_IPV4);
	struct adv_socket *six = open_on("va", GROUP_IPV6);

	for (size_t i = 0; i < COUNT_OF(values); i++) {
		t.received = 0;
		peer_sends_ipv4(GROUP_IPV4, values[i]);
		run_until_heard(1);
		assert_int_equal(t.last.ttl, values[i]);
		peer_sends_ipv6(values[i]);
		run_until_heard(2);
		assert_int_equal(t.last.ttl, values[i]);
	}
	adv_socket_put(four);
	adv_socket_put(six);
}

CASE(another_group_is_not_heard)
{
	struct adv_socket *socket = open_on("va", "224.0.0.99");

	peer_sends_ipv4(GROUP_IPV4, 255);
	run_for(50 * US_PER_MS);
	assert_int_equal(t.received, 0);
	adv_socket_put(socket);
}

CASE(another_interface_is_not_heard)
{
	two_hosts_run("ip link add vc type dummy 2>/dev/null || "
		      "ip link add vc type veth peer name vd");
	two_hosts_run("ip link set vc up");

	struct adv_socket *socket = open_on("vc", GROUP_IPV4);

	peer_sends_ipv4(GROUP_IPV4, 255);
	run_for(50 * US_PER_MS);
	assert_int_equal(t.received, 0);
	adv_socket_put(socket);
}

/* A process that was held up must learn when its peers spoke, not when it listened. */
CASE(the_time_is_that_of_arrival)
{
	struct adv_socket *four = open_on("va", GROUP_IPV4);
	struct adv_socket *six = open_on("va", GROUP_IPV6);
	int64_t before_us = clock_now_us(), after_us;

	for (int family = 4; family <= 6; family += 2) {
		before_us = clock_now_us();
		if (family == 4)
			peer_sends_ipv4(GROUP_IPV4, 255);
		else
			peer_sends_ipv6(255);
		after_us = clock_now_us();
		sleep_ms(150);
		t.received = 0;
		adv_sockets_drain(t.sockets);
		assert_int_equal(t.received, 1);
		assert_true(t.last.rx_us >= before_us - 1000);
		assert_true(t.last.rx_us <= after_us + 1000);
	}
	adv_socket_put(four);
	adv_socket_put(six);
}

CASE(draining_reads_what_waits_on_every_socket)
{
	struct adv_socket *four = open_on("va", GROUP_IPV4);
	struct adv_socket *six = open_on("va", GROUP_IPV6);

	for (int i = 0; i < 100; i++)
		peer_sends_ipv4(GROUP_IPV4, 255);
	peer_sends_ipv6(255);
	adv_sockets_drain(t.sockets);
	assert_int_equal(t.received, 101);
	assert_int_equal(t.ends, 1);
	adv_sockets_drain(t.sockets);
	assert_int_equal(t.received, 101);
	assert_int_equal(t.ends, 1);
	adv_socket_put(four);
	adv_socket_put(six);
}

CASE(a_link_that_goes_down_does_not_end_the_socket)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV4);
	const struct addr src = addr(HERE_IPV4);

	two_hosts_run("ip link set va down");
	adv_socket_send(socket, &src, text, sizeof(text), NULL);
	adv_sockets_flush(t.sockets);
	assert_int_equal(t.failures, 1);
	run_for(20 * US_PER_MS);
	two_hosts_run("ip link set va up");
	sleep_ms(20);
	adv_socket_send(socket, &src, text, sizeof(text), NULL);
	adv_sockets_flush(t.sockets);
	assert_int_equal(t.failures, 1);
	peer_sends_ipv4(GROUP_IPV4, 255);
	run_until_heard(1);
	adv_socket_put(socket);
}

CASE(a_link_that_vanishes_does_no_harm)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV4);
	const struct addr src = addr(HERE_IPV4);

	two_hosts_run("ip link del va");
	adv_socket_send(socket, &src, text, sizeof(text), NULL);
	adv_sockets_flush(t.sockets);
	assert_int_equal(t.failures, 1);
	run_for(20 * US_PER_MS);
	adv_sockets_drain(t.sockets);
	assert_int_equal(t.received, 0);
	adv_socket_put(socket);
}

/* ---- sharing ---------------------------------------------------------------- */

CASE(one_socket_for_each_interface_and_group)
{
	struct adv_socket *first = open_on("va", GROUP_IPV4);
	struct adv_socket *again = open_on("va", GROUP_IPV4);
	struct adv_socket *other = open_on("va", GROUP_IPV6);
	int owner;

	assert_ptr_equal(first, again);
	assert_ptr_not_equal(first, other);
	adv_socket_set_vrid(first, 51, &owner);
	assert_ptr_equal(adv_socket_get_vrid(again, 51), &owner);
	assert_null(adv_socket_get_vrid(again, 52));
	assert_null(adv_socket_get_vrid(other, 51));
	adv_socket_put(first);
	peer_sends_ipv4(GROUP_IPV4, 255);
	run_until_heard(1);
	adv_socket_put(again);
	adv_socket_put(other);
}

CASE(a_socket_may_be_closed_by_what_it_received)
{
	t.put_on_receive = open_on("va", GROUP_IPV4);
	for (int i = 0; i < 5; i++)
		peer_sends_ipv4(GROUP_IPV4, 255);
	adv_sockets_drain(t.sockets);
	assert_int_equal(t.received, 1);
}

CASE(a_closed_socket_takes_its_queue_along)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV4);
	const struct addr src = addr(HERE_IPV4);

	adv_socket_send(socket, &src, text, sizeof(text), NULL);
	adv_socket_put(socket);
	adv_sockets_flush(t.sockets);
	assert_int_equal(t.failures, 0);
}

CASE(an_interface_that_is_not_there_is_an_error)
{
	const struct addr group = addr(GROUP_IPV4);
	struct adv_socket *socket = NULL;

	assert_true(adv_socket_get(t.sockets, 99999, &group, &socket) < 0);
	assert_null(socket);
}

/* ---- floods ----------------------------------------------------------------- */

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

#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    ROW(an_ipv4_advertisement_leaves_as_the_rfc_wants),
	    ROW(an_ipv6_advertisement_leaves_as_the_rfc_wants),
	    ROW(the_source_is_the_one_asked_for),
	    ROW(what_we_send_does_not_come_back),
	    ROW(many_packets_leave_in_order),
	    ROW(one_failure_does_not_stop_the_others),
	    ROW(an_ipv4_packet_is_handed_over_without_its_header),
	    ROW(an_ipv6_packet_comes_with_hop_limit_and_destination),
	    ROW(ttl_and_hop_limit_are_told_as_they_came),
	    ROW(another_group_is_not_heard),
	    ROW(another_interface_is_not_heard),
	    ROW(the_time_is_that_of_arrival),
	    ROW(draining_reads_what_waits_on_every_socket),
	    ROW(a_link_that_goes_down_does_not_end_the_socket),
	    ROW(a_link_that_vanishes_does_no_harm),
	    ROW(one_socket_for_each_interface_and_group),
	    ROW(a_socket_may_be_closed_by_what_it_received),
	    ROW(a_closed_socket_takes_its_queue_along),
	    ROW(an_interface_that_is_not_there_is_an_error),
	    ROW(a_flood_starves_nobody),
	    ROW(draining_ends_in_a_flood),
	};

	two_hosts_need_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* adv_fixture.c - advertisements on a real wire: sockets here, frames made by hand at
 * the peer. */
#include "tests/edge/adv_fixture.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "common/checksum.h"
#include "common/clock.h"
#include "common/units.h"

struct adv_fixture t;

/* ---- what was heard ------------------------------------------------------ */

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

int
set_up(void **state __attribute__((unused)))
{
	memset(&t, 0, sizeof(t));
	two_hosts_open();
	assert_int_equal(sd_event_new(&t.event), 0);
	assert_int_equal(adv_sockets_new(t.event, &ops, NULL, &t.sockets), 0);
	return 0;
}

int
tear_down(void **state __attribute__((unused)))
{
	adv_sockets_free(t.sockets);
	sd_event_unref(t.event);
	two_hosts_close();
	return 0;
}

struct addr
addr(const char *from)
{
	struct addr a;

	assert_int_equal(addr_parse(from, &a), 0);
	return a;
}

struct adv_socket *
open_on(const char *ifname, const char *group)
{
	const struct addr to = addr(group);
	struct adv_socket *socket = NULL;

	assert_int_equal(
	    adv_socket_get(t.sockets, two_hosts_ifindex(ifname), &to, &socket), 0);
	return socket;
}

void
run_until_heard(unsigned count)
{
	int64_t until_us = clock_now_us() + US_PER_S;

	while (t.received < count && clock_now_us() < until_us)
		(void)sd_event_run(t.event, 10000);
	assert_int_equal(t.received, count);
}

void
run_for(int64_t us)
{
	int64_t until_us = clock_now_us() + us;

	while (clock_now_us() < until_us)
		(void)sd_event_run(t.event, 5000);
}

void
sleep_ms(long ms)
{
	const struct timespec ts = {
	    .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	(void)nanosleep(&ts, NULL);
}

/* ---- frames of the peer -------------------------------------------------- */

size_t
ipv4_frame(uint8_t *frame, const char *from, const char *to, uint8_t ttl)
{
	static const uint8_t head[] = {
	    1, 0, 0x5e, 0, 0, 0x12, 2, 0, 0, 0, 0, 9, 0x08, 0x00};
	struct iphdr ip = {
	    .version = 4,
	    .ihl = 5,
	    .ttl = ttl,
	    .protocol = VRRP_IP_PROTOCOL,
	    .tot_len = htons((uint16_t)(sizeof(ip) + TEXT_LEN)),
	};
	uint16_t sum;

	(void)inet_pton(AF_INET, from, &ip.saddr);
	(void)inet_pton(AF_INET, to, &ip.daddr);
	sum = htons(checksum_finish(checksum_add(0, &ip, sizeof(ip))));
	memcpy(&ip.check, &sum, sizeof(sum));
	memcpy(frame, head, sizeof(head));
	memcpy(frame + sizeof(head), &ip, sizeof(ip));
	memcpy(frame + sizeof(head) + sizeof(ip), TEXT, TEXT_LEN);
	return sizeof(head) + sizeof(ip) + TEXT_LEN;
}

static size_t
ipv6_frame(uint8_t *frame, const char *from, const char *to, uint8_t hops)
{
	static const uint8_t head[] = {
	    0x33, 0x33, 0, 0, 0, 0x12, 2, 0, 0, 0, 0, 9, 0x86, 0xdd};
	struct ip6_hdr ip = {0};

	ip.ip6_vfc = 6 << 4;
	ip.ip6_plen = htons(TEXT_LEN);
	ip.ip6_nxt = VRRP_IP_PROTOCOL;
	ip.ip6_hlim = hops;
	(void)inet_pton(AF_INET6, from, &ip.ip6_src);
	(void)inet_pton(AF_INET6, to, &ip.ip6_dst);
	memcpy(frame, head, sizeof(head));
	memcpy(frame + sizeof(head), &ip, sizeof(ip));
	memcpy(frame + sizeof(head) + sizeof(ip), TEXT, TEXT_LEN);
	return sizeof(head) + sizeof(ip) + TEXT_LEN;
}

static void
peer_sends(const uint8_t *frame, size_t len)
{
	int fd = two_hosts_peer_socket("vb");

	assert_int_equal(send(fd, frame, len, 0), len);
	(void)close(fd);
}

void
peer_sends_ipv4(const char *to, uint8_t ttl)
{
	uint8_t frame[FRAME_MAX];

	peer_sends(frame, ipv4_frame(frame, PEER_IPV4, to, ttl));
}

void
peer_sends_ipv6(uint8_t hops)
{
	uint8_t frame[FRAME_MAX];

	peer_sends(frame, ipv6_frame(frame, PEER_IPV6, GROUP_IPV6, hops));
}

/* The next frame at the peer whose type and protocol fit. */
size_t
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

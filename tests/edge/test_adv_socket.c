/* SPDX-License-Identifier: Apache-2.0 */
/* test_adv_socket.c - advertisements on a real wire: what leaves, and who shares a
 * socket.
 */
#include "tests/edge/adv_fixture.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "common/units.h"

/* ---- sending ------------------------------------------------------------- */

/* RFC 9568 5.1.1 */
CASE(an_ipv4_advertisement_leaves_as_the_rfc_wants)
{
	struct adv_socket *socket = open_on("va", GROUP_IPV4);
	const struct addr src = addr(HERE_IPV4);
	int fd = two_hosts_peer_socket("vb");
	uint8_t frame[FRAME_MAX];
	char word[INET_ADDRSTRLEN];
	struct iphdr ip;

	adv_socket_send(socket, &src, TEXT, TEXT_LEN, NULL);
	adv_sockets_flush(t.sockets);
	assert_true(peer_hears(fd, ETHERTYPE_IP, frame) >= 14 + 20 + TEXT_LEN);
	assert_memory_equal(frame, ((uint8_t[]){1, 0, 0x5e, 0, 0, 0x12}), 6);
	memcpy(&ip, frame + 14, sizeof(ip));
	assert_int_equal(ip.ttl, 255);
	assert_int_equal(ip.tos, 0xc0);
	assert_string_equal(
	    inet_ntop(AF_INET, &ip.saddr, word, sizeof(word)), HERE_IPV4);
	assert_string_equal(
	    inet_ntop(AF_INET, &ip.daddr, word, sizeof(word)), GROUP_IPV4);
	assert_memory_equal(frame + 14 + 20, TEXT, TEXT_LEN);
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

	adv_socket_send(socket, &src, TEXT, TEXT_LEN, NULL);
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
	assert_memory_equal(frame + 14 + 40, TEXT, TEXT_LEN);
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
	adv_socket_send(socket, &src, TEXT, TEXT_LEN, NULL);
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

	adv_socket_send(four, &src4, TEXT, TEXT_LEN, NULL);
	adv_socket_send(six, &src6, TEXT, TEXT_LEN, NULL);
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

/* ---- sharing ------------------------------------------------------------- */

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

	adv_socket_send(socket, &src, TEXT, TEXT_LEN, NULL);
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
	    ROW(one_socket_for_each_interface_and_group),
	    ROW(a_socket_may_be_closed_by_what_it_received),
	    ROW(a_closed_socket_takes_its_queue_along),
	    ROW(an_interface_that_is_not_there_is_an_error),
	};

	two_hosts_need_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

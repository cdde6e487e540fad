/* SPDX-License-Identifier: Apache-2.0 */
/* test_adv_receive.c - advertisements on a real wire: what is heard, and when. */
#include "tests/edge/adv_fixture.h"

#include "common/clock.h"
#include "common/units.h"

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
	assert_int_equal(t.last.len, TEXT_LEN);
	assert_string_equal(t.last.payload, TEXT);
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
	assert_string_equal(t.last.payload, TEXT);
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
	adv_socket_send(socket, &src, TEXT, TEXT_LEN, NULL);
	adv_sockets_flush(t.sockets);
	assert_int_equal(t.failures, 1);
	run_for(20 * US_PER_MS);
	two_hosts_run("ip link set va up");
	sleep_ms(20);
	adv_socket_send(socket, &src, TEXT, TEXT_LEN, NULL);
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
	adv_socket_send(socket, &src, TEXT, TEXT_LEN, NULL);
	adv_sockets_flush(t.sockets);
	assert_int_equal(t.failures, 1);
	run_for(20 * US_PER_MS);
	adv_sockets_drain(t.sockets);
	assert_int_equal(t.received, 0);
	adv_socket_put(socket);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    ROW(an_ipv4_packet_is_handed_over_without_its_header),
	    ROW(an_ipv6_packet_comes_with_hop_limit_and_destination),
	    ROW(ttl_and_hop_limit_are_told_as_they_came),
	    ROW(another_group_is_not_heard),
	    ROW(another_interface_is_not_heard),
	    ROW(the_time_is_that_of_arrival),
	    ROW(draining_reads_what_waits_on_every_socket),
	    ROW(a_link_that_goes_down_does_not_end_the_socket),
	    ROW(a_link_that_vanishes_does_no_harm),
	};

	two_hosts_need_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_frame.c - announcements as bytes, compared with frames that scapy made. */
#include "vrrpd/vrrp_frame.h"

#include "tests/unit/unit.h"

static const uint8_t mac[] = {0x02, 0x00, 0x5e, 0x10, 0x00, 0x01};

static void
check_announce(const char *address, int router, const uint8_t *expected, size_t len)
{
	uint8_t frame[VRRP_FRAME_MAX];
	struct addr a = {0};

	assert_int_equal(addr_parse(address, &a), 0);
	assert_int_equal(vrrp_frame_announce(frame, &a, mac, router), len);
	assert_memory_equal(frame, expected, len);
}

/* RFC 9568 6.4.2, RFC 5227 3. */
CASE(ipv4_is_announced_by_a_broadcast_arp_request_for_itself)
{
	static const uint8_t expected[] = {
	    /* clang-format off */
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* to everybody */
		0x02, 0x00, 0x5e, 0x10, 0x00, 0x01,
		0x08, 0x06,                         /* ARP */
		0x00, 0x01, 0x08, 0x00, 6, 4,       /* Ethernet, IPv4 */
		0x00, 0x01,                         /* request */
		0x02, 0x00, 0x5e, 0x10, 0x00, 0x01, /* sender */
		192, 0, 2, 100,
		0, 0, 0, 0, 0, 0,                   /* target */
		192, 0, 2, 100,
	    /* clang-format on */
	};

	check_announce("192.0.2.100", 1, expected, sizeof(expected));
}

/* RFC 9568 6.4.2. */
CASE(ipv6_is_announced_by_an_unsolicited_neighbor_advertisement)
{
	static const uint8_t expected[] = {
	    /* clang-format off */
		0x33, 0x33, 0x00, 0x00, 0x00, 0x01, /* all nodes */
		0x02, 0x00, 0x5e, 0x10, 0x00, 0x01,
		0x86, 0xdd,                         /* IPv6 */
		0x60, 0, 0, 0,
		0x00, 0x20,                         /* payload length */
		58,                                 /* ICMPv6 */
		255,                                /* hop limit */
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
		136, 0,                             /* Neighbor Advertisement */
		0x19, 0x1c,                         /* checksum */
		0xa0, 0, 0, 0,                      /* router, not solicited, override */
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
		2, 1,                               /* target link-layer address */
		0x02, 0x00, 0x5e, 0x10, 0x00, 0x01,
	    /* clang-format on */
	};

	check_announce("2001:db8::100", 1, expected, sizeof(expected));
}

CASE(a_host_does_not_say_that_it_is_a_router)
{
	static const uint8_t expected[] = {
	    /* clang-format off */
		0x33, 0x33, 0x00, 0x00, 0x00, 0x01,
		0x02, 0x00, 0x5e, 0x10, 0x00, 0x01,
		0x86, 0xdd,
		0x60, 0, 0, 0, 0x00, 0x20, 58, 255,
		0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
		136, 0,
		0xf7, 0x8c,                         /* checksum */
		0x20, 0, 0, 0,                      /* override alone */
		0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
		2, 1, 0x02, 0x00, 0x5e, 0x10, 0x00, 0x01,
	    /* clang-format on */
	};

	check_announce("fe80::100", 0, expected, sizeof(expected));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ipv4_is_announced_by_a_broadcast_arp_request_for_itself),
	    cmocka_unit_test(
		ipv6_is_announced_by_an_unsolicited_neighbor_advertisement),
	    cmocka_unit_test(a_host_does_not_say_that_it_is_a_router),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_arp.c - asks on the wire who answers for an address (RFC 5227 2.1).
 *
 * hactl asks and not vrrpd: the daemon must never wait, and a reader of its public
 * socket must not be able to make it send. The sender's address is left 0.0.0.0, so
 * that nobody learns anything wrong from the question.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "hactl/doctor.h"
#include "hactl/doctor_answers.h"

#define WAIT_US (200 * US_PER_MS)

/* On the wire. */
struct arp_frame {
	uint8_t to[6], from[6];
	uint16_t type;
	uint16_t hardware, protocol;
	uint8_t hardware_len, protocol_len;
	uint16_t operation;
	uint8_t sender_mac[6], sender[4], target_mac[6], target[4];
} __attribute__((packed));

static int
open_on(const char *ifname, uint8_t ret_mac[6])
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
	    .sll_protocol = htons(ETH_P_ARP),
	    .sll_ifindex = (int)if_nametoindex(ifname)};
	struct ifreq request = {0};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ARP));

	if (fd < 0)
		return -1;
	strncpy(request.ifr_name, ifname, sizeof(request.ifr_name) - 1);
	if (at.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    ioctl(fd, SIOCGIFHWADDR, &request) < 0 ||
	    request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
		(void)close(fd);
		return -1;
	}
	memcpy(ret_mac, request.ifr_hwaddr.sa_data, 6);
	return fd;
}

static bool
ask(int fd, const uint8_t mac[6], const struct in_addr *address)
{
	struct arp_frame frame = {.type = htons(ETH_P_ARP),
	    .hardware = htons(ARPHRD_ETHER),
	    .protocol = htons(ETH_P_IP),
	    .hardware_len = 6,
	    .protocol_len = 4,
	    .operation = htons(ARPOP_REQUEST)};

	memset(frame.to, 0xff, sizeof(frame.to));
	memcpy(frame.from, mac, 6);
	memcpy(frame.sender_mac, mac, 6);
	memcpy(frame.target, address, 4);
	return send(fd, &frame, sizeof(frame), 0) == (ssize_t)sizeof(frame);
}

/* Whether the frame says that somebody else has the address. */
static bool
is_answer(
    const struct arp_frame *frame, const uint8_t own[6], const struct in_addr *address)
{
	return frame->operation == htons(ARPOP_REPLY) &&
	       memcmp(frame->sender, address, 4) == 0 &&
	       memcmp(frame->sender_mac, own, 6) != 0;
}

static void
listen_for(int fd, struct doctor_answers *answers, const uint8_t own[6],
    const struct in_addr *address)
{
	int64_t until_us = clock_now_us() + WAIT_US, left_us;

	while ((left_us = until_us - clock_now_us()) > 0) {
		struct pollfd waiting = {.fd = fd, .events = POLLIN};
		struct arp_frame frame;

		if (poll(&waiting, 1, (int)(left_us / US_PER_MS) + 1) <= 0)
			continue;
		if (recv(fd, &frame, sizeof(frame), MSG_DONTWAIT) ==
			(ssize_t)sizeof(frame) &&
		    is_answer(&frame, own, address))
			doctor_answers_note(answers, frame.sender_mac);
	}
}

bool
doctor_look_at_arp(json_t *findings, const char *instance, const char *ifname,
    const char *address, bool is_ours)
{
	struct doctor_answers answers = {0};
	struct in_addr in;
	uint8_t mac[6];
	int fd = geteuid() == 0 ? open_on(ifname, mac) : -1;

	if (geteuid() != 0)
		return false;
	if (fd < 0)
		return true; /* gone, or no Ethernet: nobody to ask */
	if (inet_pton(AF_INET, address, &in) == 1 && ask(fd, mac, &in))
		listen_for(fd, &answers, mac, &in);
	(void)close(fd);
	doctor_answers_tell(findings, "arp", instance, address, &answers, is_ours);
	return true;
}

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
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hactl/doctor_wire.h"

/* On the wire. */
struct arp_frame {
	uint8_t to[6], from[6];
	uint16_t type;
	uint16_t hardware, protocol;
	uint8_t hardware_len, protocol_len;
	uint16_t operation;
	uint8_t sender_mac[6], sender[4], target_mac[6], target[4];
} __attribute__((packed));

static bool
open_on(struct doctor_link *link, const char *ifname, const json_t *vips)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
	    .sll_protocol = htons(ETH_P_ARP),
	    .sll_ifindex = (int)if_nametoindex(ifname)};
	struct ifreq request = {0};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ARP));

	(void)vips;
	if (fd < 0)
		return false;
	strncpy(request.ifr_name, ifname, sizeof(request.ifr_name) - 1);
	if (at.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    ioctl(fd, SIOCGIFHWADDR, &request) < 0 ||
	    request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
		(void)close(fd);
		return false;
	}
	memcpy(link->mac, request.ifr_hwaddr.sa_data, sizeof(link->mac));
	link->fd = fd;
	return true;
}

static bool
ask(const struct doctor_link *link, const uint8_t address[DOCTOR_ADDRESS_SIZE])
{
	struct arp_frame frame = {.type = htons(ETH_P_ARP),
	    .hardware = htons(ARPHRD_ETHER),
	    .protocol = htons(ETH_P_IP),
	    .hardware_len = 6,
	    .protocol_len = 4,
	    .operation = htons(ARPOP_REQUEST)};

	memset(frame.to, 0xff, sizeof(frame.to));
	memcpy(frame.from, link->mac, 6);
	memcpy(frame.sender_mac, link->mac, 6);
	memcpy(frame.target, address, 4);
	return send(link->fd, &frame, sizeof(frame), 0) == (ssize_t)sizeof(frame);
}

/* Whether the frame says that somebody else has an address. */
static bool
is_answer(const struct arp_frame *frame, const uint8_t own[6])
{
	return frame->operation == htons(ARPOP_REPLY) &&
	       memcmp(frame->sender_mac, own, 6) != 0;
}

static bool
hear(const struct doctor_link *link, uint8_t ret_address[DOCTOR_ADDRESS_SIZE],
    uint8_t ret_mac[6])
{
	struct arp_frame frame;
	ssize_t n;

	while ((n = recv(link->fd, &frame, sizeof(frame), MSG_DONTWAIT)) >= 0) {
		if (n != (ssize_t)sizeof(frame) || !is_answer(&frame, link->mac))
			continue;
		memcpy(ret_address, frame.sender, sizeof(frame.sender));
		memcpy(ret_mac, frame.sender_mac, 6);
		return true;
	}
	return false;
}

const struct doctor_protocol doctor_arp = {
    .check = "arp",
    .family = AF_INET,
    .open = open_on,
    .ask = ask,
    .hear = hear,
};

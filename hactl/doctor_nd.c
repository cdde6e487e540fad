/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_nd.c - asks on the wire who answers for an IPv6 address (RFC 4861 7.2.2).
 *
 * The question comes from a link-local address of this host, so that the answer comes
 * to it alone. Asked without a source, as for duplicates (RFC 4862 5.4.2), the answer
 * would go to all, and move their traffic to whoever gives it.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hactl/doctor_wire.h"

#define ND_HOP_LIMIT 255
#define OPTION_UNIT 8

/* With its option: without it, who does not know us could not answer. */
struct question {
	struct nd_neighbor_solicit head;
	struct nd_opt_hdr option;
	uint8_t mac[6];
};

static void
take_mac(const struct ifaddrs *at, struct doctor_link *ret)
{
	const struct sockaddr_ll *link =
	    (const struct sockaddr_ll *)(const void *)at->ifa_addr;

	if (link->sll_halen == sizeof(ret->mac))
		memcpy(ret->mac, link->sll_addr, sizeof(ret->mac));
}

/* A link-local address of the interface that is not one of the virtual ones. */
static bool
find_source(const char *ifname, const json_t *vips, struct doctor_link *ret)
{
	struct ifaddrs *list, *at;
	bool found = false;

	if (getifaddrs(&list) < 0)
		return false;
	for (at = list; at != NULL; at = at->ifa_next) {
		const struct sockaddr_in6 *in6 =
		    (const struct sockaddr_in6 *)(const void *)at->ifa_addr;

		if (in6 == NULL || strcmp(at->ifa_name, ifname) != 0)
			continue;
		if (in6->sin6_family == AF_PACKET)
			take_mac(at, ret);
		if (found || in6->sin6_family != AF_INET6 ||
		    !IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) ||
		    doctor_is_virtual(vips, &in6->sin6_addr))
			continue;
		ret->source = *in6;
		found = true;
	}
	freeifaddrs(list);
	return found;
}

/* Hears Neighbor Advertisements alone, and sends from `source` on its interface. */
static int
open_from(const struct sockaddr_in6 *source)
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	int hops = ND_HOP_LIMIT, off = 0, ifindex = (int)source->sin6_scope_id;
	struct icmp6_filter filter;

	if (fd < 0)
		return -1;
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_NEIGHBOR_ADVERT, &filter);
	if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops)) <
		0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &off, sizeof(off)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &ifindex, sizeof(ifindex)) <
		0 ||
	    bind(fd, (const struct sockaddr *)source, sizeof(*source)) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static bool
open_on(struct doctor_link *link, const char *ifname, const json_t *vips)
{
	if (find_source(ifname, vips, link))
		link->fd = open_from(&link->source);
	return link->fd >= 0;
}

/* The solicited-node address gets the question (RFC 4291 2.7.1). */
static bool
ask(const struct doctor_link *link, const uint8_t address[DOCTOR_ADDRESS_SIZE])
{
	struct question question = {.head = {.nd_ns_type = ND_NEIGHBOR_SOLICIT},
	    .option = {ND_OPT_SOURCE_LINKADDR, 1}};
	struct sockaddr_in6 to = {
	    .sin6_family = AF_INET6, .sin6_scope_id = link->source.sin6_scope_id};

	memcpy(&question.head.nd_ns_target, address, DOCTOR_ADDRESS_SIZE);
	memcpy(question.mac, link->mac, sizeof(question.mac));
	(void)inet_pton(AF_INET6, "ff02::1:ff00:0", &to.sin6_addr);
	memcpy(&to.sin6_addr.s6_addr[13], &address[13], 3);
	return sendto(link->fd, &question, sizeof(question), 0, (struct sockaddr *)&to,
		   sizeof(to)) == (ssize_t)sizeof(question);
}

/* The link-layer address in an advertisement, or NULL. */
static const uint8_t *
mac_of(const uint8_t *packet, size_t len)
{
	size_t at = sizeof(struct nd_neighbor_advert);

	while (at + OPTION_UNIT <= len && packet[at + 1] != 0) {
		if (packet[at] == ND_OPT_TARGET_LINKADDR)
			return packet + at + 2;
		at += (size_t)packet[at + 1] * OPTION_UNIT;
	}
	return NULL;
}

static bool
hear(const struct doctor_link *link, uint8_t ret_address[DOCTOR_ADDRESS_SIZE],
    uint8_t ret_mac[6])
{
	const size_t target = offsetof(struct nd_neighbor_advert, nd_na_target);
	uint8_t packet[256];
	ssize_t n;

	while ((n = recv(link->fd, packet, sizeof(packet), MSG_DONTWAIT)) >= 0) {
		const uint8_t *mac = mac_of(packet, (size_t)n);

		if (mac == NULL)
			continue;
		memcpy(ret_address, packet + target, DOCTOR_ADDRESS_SIZE);
		memcpy(ret_mac, mac, 6);
		return true;
	}
	return false;
}

const struct doctor_protocol doctor_nd = {
    .check = "nd",
    .family = AF_INET6,
    .open = open_on,
    .ask = ask,
    .hear = hear,
};

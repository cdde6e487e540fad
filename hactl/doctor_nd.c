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
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "hactl/doctor.h"
#include "hactl/doctor_answers.h"

#define WAIT_US (200 * US_PER_MS)
#define ND_HOP_LIMIT 255
#define OPTION_UNIT 8

/* Who asks. */
struct source {
	struct sockaddr_in6 address;
	uint8_t mac[6];
};

/* With its option: without it, who does not know us could not answer. */
struct question {
	struct nd_neighbor_solicit head;
	struct nd_opt_hdr option;
	uint8_t mac[6];
};

static void
take_mac(const struct ifaddrs *at, struct source *source)
{
	const struct sockaddr_ll *link =
	    (const struct sockaddr_ll *)(const void *)at->ifa_addr;

	if (link->sll_halen == sizeof(source->mac))
		memcpy(source->mac, link->sll_addr, sizeof(source->mac));
}

/* A link-local address of the interface that is not one of the virtual ones. */
static bool
find_source(const char *ifname, const json_t *vips, struct source *ret)
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
		ret->address = *in6;
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

/* The solicited-node address gets the question (RFC 4291 2.7.1). */
static bool
ask(int fd, const struct source *source, const struct in6_addr *address)
{
	struct question question = {
	    .head = {.nd_ns_type = ND_NEIGHBOR_SOLICIT, .nd_ns_target = *address},
	    .option = {ND_OPT_SOURCE_LINKADDR, 1}};
	struct sockaddr_in6 to = {
	    .sin6_family = AF_INET6, .sin6_scope_id = source->address.sin6_scope_id};

	memcpy(question.mac, source->mac, sizeof(question.mac));
	(void)inet_pton(AF_INET6, "ff02::1:ff00:0", &to.sin6_addr);
	memcpy(&to.sin6_addr.s6_addr[13], &address->s6_addr[13], 3);
	return sendto(fd, &question, sizeof(question), 0, (struct sockaddr *)&to,
		   sizeof(to)) == (ssize_t)sizeof(question);
}

/* The link-layer address in an advertisement of `address`, or NULL. */
static const uint8_t *
mac_of(const uint8_t *packet, size_t len, const struct in6_addr *address)
{
	size_t at = sizeof(struct nd_neighbor_advert);

	if (len < at ||
	    memcmp(packet + offsetof(struct nd_neighbor_advert, nd_na_target), address,
		sizeof(*address)) != 0)
		return NULL;
	while (at + OPTION_UNIT <= len && packet[at + 1] != 0) {
		if (packet[at] == ND_OPT_TARGET_LINKADDR)
			return packet + at + 2;
		at += (size_t)packet[at + 1] * OPTION_UNIT;
	}
	return NULL;
}

static void
listen_for(int fd, struct doctor_answers *answers, const struct in6_addr *address)
{
	int64_t until_us = clock_now_us() + WAIT_US, left_us;

	while ((left_us = until_us - clock_now_us()) > 0) {
		struct pollfd waiting = {.fd = fd, .events = POLLIN};
		uint8_t packet[256];

		if (poll(&waiting, 1, (int)(left_us / US_PER_MS) + 1) <= 0)
			continue;
		ssize_t n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT);
		const uint8_t *mac = n > 0 ? mac_of(packet, (size_t)n, address) : NULL;
		if (mac != NULL)
			doctor_answers_note(answers, mac);
	}
}

bool
doctor_look_at_nd(json_t *findings, const char *instance, const char *ifname,
    const char *address, bool is_ours, const json_t *vips)
{
	struct doctor_answers answers = {0};
	struct source source = {0};
	struct in6_addr in6;

	if (geteuid() != 0)
		return false;
	if (inet_pton(AF_INET6, address, &in6) != 1 ||
	    !find_source(ifname, vips, &source))
		return true; /* gone, or without IPv6: nobody to ask */

	int fd = open_from(&source.address);

	if (fd < 0)
		return true;
	if (ask(fd, &source, &in6))
		listen_for(fd, &answers, &in6);
	(void)close(fd);
	doctor_answers_tell(findings, "nd", instance, address, &answers, is_ours);
	return true;
}

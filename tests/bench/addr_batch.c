/* SPDX-License-Identifier: Apache-2.0 */
/* addr_batch.c - adds addresses as fast as netlink takes them: the floor for a
 * takeover.
 *
 *     addr_batch INTERFACE COUNT
 *
 * Adds COUNT addresses 10.A.B.C/32, counted up from 10.64.0.0, to the interface, with
 * many requests in each message and one acknowledgement for each message.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_ADDRESS 0x0a400000u
#define BATCH 128

struct request {
	struct nlmsghdr head;
	struct ifaddrmsg info;
	struct rtattr local_head;
	uint32_t local;
	struct rtattr address_head;
	uint32_t address;
};

static struct request
request_for(unsigned ifindex, uint32_t address, uint16_t flags)
{
	const struct rtattr head = {.rta_len = RTA_LENGTH(4), .rta_type = IFA_LOCAL};
	struct request request = {
	    .head = {.nlmsg_len = sizeof(request),
		.nlmsg_type = RTM_NEWADDR,
		.nlmsg_flags =
		    (uint16_t)(NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | flags)},
	    .info = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = ifindex},
	    .local_head = head,
	    .local = htonl(address),
	    .address_head = head,
	    .address = htonl(address),
	};

	request.address_head.rta_type = IFA_ADDRESS;
	return request;
}

/* Sends a batch and waits for the answer to its last request; returns 0 or errno. */
static int
add(int fd, unsigned ifindex, uint32_t first, uint32_t count)
{
	struct request batch[BATCH];
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
	} answer;

	for (uint32_t i = 0; i < count; i++)
		batch[i] =
		    request_for(ifindex, first + i, i + 1 == count ? NLM_F_ACK : 0);
	if (send(fd, batch, count * sizeof(batch[0]), 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < 0)
		return errno;
	return -answer.error.error;
}

int
main(int argc, char *argv[])
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	unsigned ifindex = argc == 3 ? if_nametoindex(argv[1]) : 0;
	uint32_t count = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;

	if (fd < 0 || ifindex == 0 || count == 0)
		return 2;
	for (uint32_t done = 0; done < count; done += BATCH) {
		uint32_t n = count - done < BATCH ? count - done : BATCH;
		int error = add(fd, ifindex, FIRST_ADDRESS + done, n);

		if (error != 0) {
			fprintf(stderr, "addr_batch: %s\n", strerror(error));
			return 1;
		}
	}
	close(fd);
	return 0;
}

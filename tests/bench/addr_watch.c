/* SPDX-License-Identifier: Apache-2.0 */
/* addr_watch.c - waits until the kernel has told of so many new addresses.
 *
 *     addr_watch COUNT
 *
 * Counts the different IPv4 addresses that are added in its network namespace (told
 * apart by their last 24 bits) and prints, when COUNT were seen or on SIGINT or
 * SIGTERM, how many there were and when the first and the last came (seconds of
 * CLOCK_REALTIME). Prints "ready" when it begins.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RECEIVE_BUFFER (256 << 20)
#define ADDRESS_BITS 24

struct watch {
	uint32_t wanted;
	uint32_t seen;
	double first, last;
	uint8_t known[1u << (ADDRESS_BITS - 3)];
};

static volatile sig_atomic_t ended;

static void
end(int number)
{
	(void)number;
	ended = 1;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static bool
is_new(struct watch *watch, const uint8_t address[4])
{
	uint32_t key =
	    (uint32_t)address[1] << 16 | (uint32_t)address[2] << 8 | address[3];
	uint8_t bit = (uint8_t)(1u << (key & 7));
	bool known = watch->known[key >> 3] & bit;

	watch->known[key >> 3] |= bit;
	return !known;
}

static void
take(struct watch *watch, struct nlmsghdr *msg, double when)
{
	const struct ifaddrmsg *info = nlmsg_data(msg);
	struct nlattr *local = nlmsg_find_attr(msg, sizeof(*info), IFA_LOCAL);

	if (msg->nlmsg_type != RTM_NEWADDR || info->ifa_family != AF_INET ||
	    local == NULL || !is_new(watch, nla_data(local)))
		return;
	if (watch->seen++ == 0)
		watch->first = when;
	watch->last = when;
}

static void
run(struct watch *watch, int fd)
{
	static char buf[1 << 17] __attribute__((aligned(NLMSG_ALIGNTO)));

	while (!ended && watch->seen < watch->wanted) {
		int left = (int)recv(fd, buf, sizeof(buf), 0);
		double when = now();

		if (left < 0 && errno == ENOBUFS)
			fprintf(stderr, "addr_watch: messages were lost\n");
		for (struct nlmsghdr *msg = (void *)buf; nlmsg_ok(msg, left);
		     msg = nlmsg_next(msg, &left))
			take(watch, msg, when);
	}
}

int
main(int argc, char *argv[])
{
	static struct watch watch;
	struct sockaddr_nl address = {
	    .nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR};
	struct sigaction action = {.sa_handler = end};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int size = RECEIVE_BUFFER;

	if (argc != 2)
		return 2;
	watch.wanted = (uint32_t)strtoul(argv[1], NULL, 10);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0) {
		perror("addr_watch: netlink");
		return 2;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	puts("ready");
	fflush(stdout);
	run(&watch, fd);
	printf("%u %.6f %.6f\n", watch.seen, watch.first, watch.last);
	close(fd);
	return 0;
}

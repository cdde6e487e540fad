/* SPDX-License-Identifier: Apache-2.0 */
/* vip_cleanup.c - removes every address with our mark, synchronously and without a
 * loop. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/nl_request.h"
#include "vrrpd/link_msg.h"
#include "vrrpd/vip.h"
#include "vrrpd/vip_msg.h"

enum {
	BUFFER_SIZE = 32768,
	ROUNDS = 5, /* a listing that was disturbed may have left addresses out */
	TIMEOUT_US = 30 * 1000000,
};

struct cleanup {
	struct nl_queue *queue;
	int removed;
	int error;    /* the last one */
	size_t found; /* in this round */
	bool done;    /* the listing has ended */
};

static void
on_removed(void *userdata, int error)
{
	struct cleanup *cleanup = userdata;

	if (error == 0)
		cleanup->removed++;
	else if (error != -EADDRNOTAVAIL && error != -ENODEV && error != -ECANCELED)
		cleanup->error = error;
}

static void
handle_addr(struct cleanup *cleanup, struct nlmsghdr *message)
{
	struct link_addr addr;
	struct nl_msg *msg;

	if (!link_msg_parse_addr(message, &addr) ||
	    addr.protocol != VIP_ADDRESS_PROTOCOL)
		return;
	msg = vip_msg_remove(&addr.prefix, addr.ifindex);
	if (msg == NULL ||
	    nl_queue_add(cleanup->queue, nlmsg_hdr(msg), on_removed, cleanup) < 0)
		cleanup->error = -ENOMEM;
	else
		cleanup->found++;
	nlmsg_free(msg);
}

static void
handle_message(struct cleanup *cleanup, struct nlmsghdr *message)
{
	switch (message->nlmsg_type) {
	case RTM_NEWADDR:
		handle_addr(cleanup, message);
		break;
	case NLMSG_ERROR:
		cleanup->error = -EIO;
		cleanup->done = true;
		break;
	case NLMSG_DONE:
		cleanup->done = true;
		break;
	}
}

static int
read_listing(struct cleanup *cleanup, int fd, int64_t until_us)
{
	_Alignas(struct nlmsghdr) char buffer[BUFFER_SIZE];

	while (!cleanup->done) {
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		ssize_t len;

		if (clock_now_us() >= until_us)
			return -ETIMEDOUT;
		if (poll(&poll_fd, 1, 100) <= 0)
			continue;
		len = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);

		struct nlmsghdr *message = (struct nlmsghdr *)(void *)buffer;
		int left = len < 0 ? 0 : (int)len;

		for (; nlmsg_ok(message, left); message = nlmsg_next(message, &left))
			handle_message(cleanup, message);
	}
	return 0;
}

static int
list_addresses(struct cleanup *cleanup, int64_t until_us)
{
	const struct {
		struct nlmsghdr header;
		struct ifaddrmsg all;
	} request = {
	    .header =
		{
		    .nlmsg_len = sizeof(request),
		    .nlmsg_type = RTM_GETADDR,
		    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
	};
	int fd = nl_open(NETLINK_ROUTE, BUFFER_SIZE * 4), r = 0;

	if (fd < 0)
		return fd;
	cleanup->done = false;
	cleanup->found = 0;
	if (send(fd, &request, sizeof(request), 0) < 0)
		r = -errno;
	else
		r = read_listing(cleanup, fd, until_us);
	close(fd);
	return r;
}

static int
clean_up(struct cleanup *cleanup)
{
	int64_t until_us = clock_now_us() + TIMEOUT_US;

	for (unsigned i = 0; i < ROUNDS; i++) {
		int r = list_addresses(cleanup, until_us);

		if (r == 0)
			r = nl_queue_drain(cleanup->queue, until_us - clock_now_us());
		if (r < 0)
			return r;
		if (cleanup->found == 0)
			break;
	}
	return cleanup->error;
}

int
vip_cleanup_all(void)
{
	struct cleanup cleanup = {0};
	int r = nl_queue_new(NULL, NETLINK_ROUTE, &cleanup.queue);

	if (r < 0)
		return r;
	r = clean_up(&cleanup);
	nl_queue_free(cleanup.queue);
	return r < 0 ? r : cleanup.removed;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* adv_socket.c - raw sockets for advertisements: opened, shared, counted and closed.
 *
 * The kernel gives a raw socket every packet of its protocol, so each is bound to its
 * interface, and hears of multicast only what it joined itself. RFC 9568 5.1.1, 5.1.2.
 */
#include "vrrpd/adv_socket_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/event.h"

#define TRAFFIC_CLASS 0xc0 /* CS6, network control */
#define QUEUE_PRIORITY 7   /* TC_PRIO_CONTROL: ahead of bulk traffic on this host */
/* A packet takes about 768 bytes of the buffer. The base holds some 25 ms of a flood of
 * 50,000 a second; each VRID adds what a peer sends in several seconds of our absence.
 * Memory is used only by what waits. */
#define BUFFER_BASE (1024 * 1024)
#define BUFFER_PER_VRID (32 * 1024)
/* 255 long advertisements that leave at once. */
#define SEND_BUFFER (1024 * 1024)
#define DISCARD_MAX 1024

/* ---- opening ---------------------------------------------------------------- */

struct int_option {
	int level, name, value;
};

static int
set_options(int fd, const struct int_option options[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (setsockopt(fd, options[i].level, options[i].name, &options[i].value,
			sizeof(options[i].value)) < 0)
			return -errno;
	return 0;
}

static int
set_ipv4_options(int fd, const struct adv_socket *socket)
{
	static const struct int_option options[] = {
	    {IPPROTO_IP, IP_MULTICAST_TTL, VRRP_TTL},
	    {IPPROTO_IP, IP_TTL, VRRP_TTL},
	    {IPPROTO_IP, IP_MULTICAST_LOOP, 0},
	    {IPPROTO_IP, IP_MULTICAST_ALL, 0},
	    {IPPROTO_IP, IP_TOS, TRAFFIC_CLASS},
	};
	struct ip_mreqn join = {.imr_ifindex = socket->ifindex};
	int r = set_options(fd, options, sizeof(options) / sizeof(options[0]));

	if (r < 0)
		return r;
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &join, sizeof(join)) < 0)
		return -errno;
	memcpy(&join.imr_multiaddr, socket->group.bytes, sizeof(join.imr_multiaddr));
	if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof(join)) < 0)
		return -errno;
	return 0;
}

static int
set_ipv6_options(int fd, const struct adv_socket *socket)
{
	const struct int_option options[] = {
	    {IPPROTO_IPV6, IPV6_MULTICAST_HOPS, VRRP_TTL},
	    {IPPROTO_IPV6, IPV6_UNICAST_HOPS, VRRP_TTL},
	    {IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0},
	    {IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0},
	    {IPPROTO_IPV6, IPV6_MULTICAST_IF, socket->ifindex},
	    {IPPROTO_IPV6, IPV6_TCLASS, TRAFFIC_CLASS},
	    {IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1},
	    {IPPROTO_IPV6, IPV6_RECVPKTINFO, 1},
	    /* The checksum comes with the message, and is judged with it. */
	    {IPPROTO_IPV6, IPV6_CHECKSUM, -1},
	};
	struct ipv6_mreq join = {.ipv6mr_interface = (unsigned)socket->ifindex};
	int r = set_options(fd, options, sizeof(options) / sizeof(options[0]));

	if (r < 0)
		return r;
	memcpy(
	    &join.ipv6mr_multiaddr, socket->group.bytes, sizeof(join.ipv6mr_multiaddr));
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &join, sizeof(join)) < 0)
		return -errno;
	return 0;
}

static int
configure(int fd, const struct adv_socket *socket)
{
	const struct int_option common[] = {
	    {SOL_SOCKET, SO_BINDTOIFINDEX, socket->ifindex},
	    {SOL_SOCKET, SO_TIMESTAMPNS, 1},
	};
	/* The traffic class sets a priority of its own, so ours comes after it. */
	const struct int_option last = {SOL_SOCKET, SO_PRIORITY, QUEUE_PRIORITY};
	int r = set_options(fd, common, sizeof(common) / sizeof(common[0]));

	if (r < 0)
		return r;
	r = socket->group.family == AF_INET ? set_ipv4_options(fd, socket)
					    : set_ipv6_options(fd, socket);
	return r < 0 ? r : set_options(fd, &last, 1);
}

static void
set_destination(struct adv_socket *socket)
{
	union adv_address *to = &socket->destination;

	if (socket->group.family == AF_INET) {
		to->in.sin_family = AF_INET;
		memcpy(&to->in.sin_addr, socket->group.bytes, sizeof(to->in.sin_addr));
		socket->destination_len = sizeof(to->in);
	} else {
		to->in6.sin6_family = AF_INET6;
		memcpy(
		    &to->in6.sin6_addr, socket->group.bytes, sizeof(to->in6.sin6_addr));
		to->in6.sin6_scope_id = (uint32_t)socket->ifindex;
		socket->destination_len = sizeof(to->in6);
	}
}

/* Without the right to go beyond the system's limit, up to it; a smaller buffer works
 * too. */
static void
set_buffer(int fd, int forced, int modest, int size)
{
	if (setsockopt(fd, SOL_SOCKET, forced, &size, sizeof(size)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, modest, &size, sizeof(size));
}

/* Makes room in the kernel for what may arrive while this process does not run. */
static void
size_buffer(struct adv_socket *socket)
{
	set_buffer(socket->fd, SO_RCVBUFFORCE, SO_RCVBUF,
	    BUFFER_BASE + (int)socket->vrid_count * BUFFER_PER_VRID);
}

/* Between its making and its binding a raw socket hears every interface. What is left
 * over when there was much is told apart by its VRID and group as any other packet. */
static void
discard_waiting(int fd)
{
	char byte;

	for (int i = 0; i < DISCARD_MAX; i++)
		if (recv(fd, &byte, sizeof(byte), MSG_DONTWAIT | MSG_TRUNC) < 0)
			return;
}

static int
open_socket(struct adv_socket *adv)
{
	struct epoll_event watch = {.events = EPOLLIN, .data.ptr = adv};
	int fd = socket(adv->group.family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    VRRP_IP_PROTOCOL);
	int r;

	adv->fd = -1;
	if (fd < 0)
		return -errno;
	r = configure(fd, adv);
	if (r == 0 && epoll_ctl(adv->sockets->epoll_fd, EPOLL_CTL_ADD, fd, &watch) < 0)
		r = -errno;
	if (r < 0) {
		(void)close(fd);
		return r;
	}
	discard_waiting(fd);
	adv->fd = fd;
	adv->drained_us = clock_now_us();
	set_destination(adv);
	set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, SEND_BUFFER);
	size_buffer(adv);
	return 0;
}

/* ---- the table -------------------------------------------------------------- */

int
adv_sockets_new(sd_event *event, const struct adv_socket_ops *ops, void *userdata,
    struct adv_sockets **ret)
{
	struct adv_sockets *sockets = calloc(1, sizeof(*sockets));
	int r;

	if (sockets == NULL)
		return -ENOMEM;
	sockets->event = sd_event_ref(event);
	sockets->ops = ops;
	sockets->userdata = userdata;
	adv_sockets_init_receive(sockets);
	sockets->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	r = sockets->epoll_fd < 0 ? -errno : 0;
	if (r == 0)
		r = sd_event_add_io(event, &sockets->source, sockets->epoll_fd, EPOLLIN,
		    adv_sockets_on_readable, sockets);
	if (r >= 0)
		r = sd_event_source_set_priority(
		    sockets->source, EVENT_PRIORITY_RECEIVE);
	if (r < 0) {
		adv_sockets_free(sockets);
		return r;
	}
	(void)sd_event_source_set_description(sockets->source, "advertisements");
	*ret = sockets;
	return 0;
}

static void
free_list(struct adv_socket *socket)
{
	while (socket != NULL) {
		struct adv_socket *next = socket->next;

		if (socket->fd >= 0)
			(void)close(socket->fd);
		free(socket);
		socket = next;
	}
}

struct adv_sockets *
adv_sockets_free(struct adv_sockets *sockets)
{
	if (sockets == NULL)
		return NULL;
	sd_event_source_unref(sockets->source);
	free_list(sockets->first);
	free_list(sockets->retired);
	if (sockets->epoll_fd >= 0)
		(void)close(sockets->epoll_fd);
	sd_event_unref(sockets->event);
	free(sockets);
	return NULL;
}

static struct adv_socket *
find(const struct adv_sockets *sockets, int ifindex, const struct addr *group)
{
	for (struct adv_socket *socket = sockets->first; socket; socket = socket->next)
		if (socket->ifindex == ifindex && addr_equal(&socket->group, group))
			return socket;
	return NULL;
}

int
adv_socket_get(struct adv_sockets *sockets, int ifindex, const struct addr *group,
    struct adv_socket **ret)
{
	struct adv_socket *socket = find(sockets, ifindex, group);
	int r;

	if (socket == NULL) {
		socket = calloc(1, sizeof(*socket));
		if (socket == NULL)
			return -ENOMEM;
		socket->sockets = sockets;
		socket->ifindex = ifindex;
		socket->group = *group;
		socket->queue_head = socket->queue_tail = ADV_NONE;
		r = open_socket(socket);
		if (r < 0) {
			free(socket);
			return r;
		}
		socket->next = sockets->first;
		sockets->first = socket;
		sockets->socket_count++;
	}
	socket->refs++;
	*ret = socket;
	return 0;
}

static void
unlink_socket(struct adv_socket *socket)
{
	struct adv_socket **link = &socket->sockets->first;

	while (*link != socket)
		link = &(*link)->next;
	*link = socket->next;
	socket->sockets->socket_count--;
}

struct adv_socket *
adv_socket_put(struct adv_socket *socket)
{
	if (socket == NULL || --socket->refs > 0)
		return NULL;

	struct adv_sockets *sockets = socket->sockets;

	unlink_socket(socket);
	adv_socket_drop_queue(socket);
	(void)close(socket->fd);
	socket->fd = -1;
	/* It may be the one that is just being read. */
	if (sockets->reading) {
		socket->next = sockets->retired;
		sockets->retired = socket;
	} else {
		free(socket);
	}
	return NULL;
}

void
adv_socket_set_vrid(struct adv_socket *socket, uint8_t vrid, void *owner)
{
	bool had = socket->vrids[vrid] != NULL;

	socket->vrids[vrid] = owner;
	if (owner != NULL && !had) {
		socket->vrid_count++;
		size_buffer(socket);
	} else if (owner == NULL && had) {
		socket->vrid_count--;
	}
}

void *
adv_socket_get_vrid(const struct adv_socket *socket, uint8_t vrid)
{
	return socket->vrids[vrid];
}

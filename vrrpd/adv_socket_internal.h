/* SPDX-License-Identifier: Apache-2.0 */
/* adv_socket_internal.h - what the files of adv_socket share: opening, receiving, sending.
 */
#ifndef VRRPD_ADV_SOCKET_INTERNAL_H
#define VRRPD_ADV_SOCKET_INTERNAL_H

#include <netinet/in.h>
#include <sys/socket.h>
#include "vrrpd/adv_socket.h"

/* One batch of received packets is one system call. */
#define ADV_RECEIVE_BATCH 32
/* The longest message, and an IPv4 header with options before it. What is longer is no
 * advertisement, and refused for its length. */
#define ADV_RECEIVE_SIZE (VRRP_PACKET_MAX + 64)
#define ADV_SEND_BATCH 64
#define ADV_SEND_ROOM 256
#define ADV_NONE (-1)

union adv_address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* Room for every kind of ancillary data asked for, and aligned for it. */
struct adv_control {
	_Alignas(struct cmsghdr) char room[256];
};

struct adv_socket {
	struct adv_sockets *sockets;
	struct adv_socket *next;
	int fd; /* -1 when closed while packets were being handed over */
	unsigned refs;
	int ifindex;
	struct addr group;
	union adv_address destination;
	socklen_t destination_len;
	int64_t drained_us; /* what is read now came after this time */
	int queue_head, queue_tail; /* of adv_sockets.queue; ADV_NONE: nothing to send */
	unsigned vrid_count;
	void *vrids[256];
};

/* A packet that waits for the flush. */
struct adv_queued {
	const void *payload;
	size_t len;
	struct addr src;
	void *owner;
	int next; /* of the same socket */
};

struct adv_sockets {
	sd_event *event;
	sd_event_source *source; /* watches `epoll_fd` */
	int epoll_fd;            /* holds every socket: one call tells which have packets */
	const struct adv_socket_ops *ops;
	void *userdata;
	struct adv_socket *first;
	unsigned socket_count;
	struct adv_socket *retired; /* freed when nobody reads any more */
	bool reading;

	/* How many packets were taken at the high priority since `turn_us`. */
	int64_t turn_us;
	unsigned turn_count;

	struct adv_queued queue[ADV_SEND_ROOM];
	int queue_count;

	/* Scratch space of one batch. */
	struct mmsghdr in[ADV_RECEIVE_BATCH];
	struct iovec in_iov[ADV_RECEIVE_BATCH];
	union adv_address in_from[ADV_RECEIVE_BATCH];
	struct adv_control in_control[ADV_RECEIVE_BATCH];
	struct mmsghdr out[ADV_SEND_BATCH];
	struct iovec out_iov[ADV_SEND_BATCH];
	struct adv_control out_control[ADV_SEND_BATCH];
	int out_index[ADV_SEND_BATCH]; /* places in the queue */
	uint8_t in_data[ADV_RECEIVE_BATCH][ADV_RECEIVE_SIZE];
};

/* Forgets what is queued on a socket that goes away. */
void adv_socket_drop_queue(struct adv_socket *socket);

/* The handler of `source`. */
int adv_sockets_on_readable(
    sd_event_source *source, int fd, uint32_t revents, void *userdata);

/* Sets up the constant part of the scratch space. */
void adv_sockets_init_receive(struct adv_sockets *sockets);

#endif

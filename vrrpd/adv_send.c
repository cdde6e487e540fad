/* SPDX-License-Identifier: Apache-2.0 */
/* adv_send.c - collects advertisements and sends them together, one system call for
 * each socket. */
#include "vrrpd/adv_socket_internal.h"

#include <errno.h>
#include <string.h>

void
adv_socket_send(struct adv_socket *socket, const struct addr *src, const void *payload,
    size_t len, void *owner)
{
	struct adv_sockets *sockets = socket->sockets;

	if (sockets->queue_count == ADV_SEND_ROOM)
		adv_sockets_flush(sockets);

	int place = sockets->queue_count++;

	sockets->queue[place] = (struct adv_queued){.payload = payload,
	    .len = len,
	    .src = *src,
	    .owner = owner,
	    .next = ADV_NONE};
	if (socket->queue_head == ADV_NONE)
		socket->queue_head = place;
	else
		sockets->queue[socket->queue_tail].next = place;
	socket->queue_tail = place;
}

void
adv_socket_drop_queue(struct adv_socket *socket)
{
	socket->queue_head = socket->queue_tail = ADV_NONE;
}

/* ---- messages --------------------------------------------------------------- */

static void
put_control(struct msghdr *msg, int level, int type, const void *data, size_t len)
{
	struct cmsghdr *cmsg;

	msg->msg_controllen = CMSG_SPACE(len);
	cmsg = CMSG_FIRSTHDR(msg);
	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(cmsg), data, len);
}

/* Says from which address the packet goes, and by which interface. */
static void
set_source(struct msghdr *msg, int ifindex, const struct addr *src)
{
	if (src->family == AF_INET) {
		struct in_pktinfo info = {.ipi_ifindex = ifindex};

		memcpy(&info.ipi_spec_dst, src->bytes, sizeof(info.ipi_spec_dst));
		put_control(msg, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
	} else {
		struct in6_pktinfo info = {.ipi6_ifindex = (unsigned)ifindex};

		memcpy(&info.ipi6_addr, src->bytes, sizeof(info.ipi6_addr));
		put_control(msg, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	}
}

static void
fill_message(struct adv_sockets *sockets, struct adv_socket *socket, int i, int place)
{
	const struct adv_queued *queued = &sockets->queue[place];
	struct msghdr *msg = &sockets->out[i].msg_hdr;

	/* sendmsg(2) does not write to it, but its type says that it might. */
	union {
		const void *in;
		void *out;
	} payload = {.in = queued->payload};

	sockets->out_index[i] = place;
	sockets->out_iov[i].iov_base = payload.out;
	sockets->out_iov[i].iov_len = queued->len;
	*msg = (struct msghdr){
	    .msg_name = &socket->destination,
	    .msg_namelen = socket->destination_len,
	    .msg_iov = &sockets->out_iov[i],
	    .msg_iovlen = 1,
	    .msg_control = &sockets->out_control[i],
	    .msg_controllen = sizeof(sockets->out_control[i]),
	};
	memset(&sockets->out_control[i], 0, sizeof(sockets->out_control[i]));
	set_source(msg, socket->ifindex, &queued->src);
}

/* ---- sending ---------------------------------------------------------------- */

/* Sends the first `count` messages of the scratch space. One that fails does not hold
 * up those behind it. */
static void
send_batch(struct adv_sockets *sockets, struct adv_socket *socket, int count)
{
	int done = 0;

	while (done < count) {
		int r = sendmmsg(socket->fd, sockets->out + done,
		    (unsigned)(count - done), MSG_DONTWAIT);

		if (r > 0) {
			done += r;
			continue;
		}
		if (errno == EINTR)
			continue;

		void *owner = sockets->queue[sockets->out_index[done]].owner;

		sockets->ops->send_failed(sockets->userdata, owner, -errno);
		done++;
	}
}

static void
send_queue(struct adv_sockets *sockets, struct adv_socket *socket)
{
	int place = socket->queue_head;

	while (place != ADV_NONE) {
		int count = 0;

		while (place != ADV_NONE && count < ADV_SEND_BATCH) {
			fill_message(sockets, socket, count++, place);
			place = sockets->queue[place].next;
		}
		send_batch(sockets, socket, count);
	}
	adv_socket_drop_queue(socket);
}

void
adv_sockets_flush(struct adv_sockets *sockets)
{
	if (sockets->queue_count == 0)
		return;
	for (struct adv_socket *socket = sockets->first; socket; socket = socket->next)
		if (socket->queue_head != ADV_NONE)
			send_queue(sockets, socket);
	sockets->queue_count = 0;
}

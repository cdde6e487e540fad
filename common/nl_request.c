/* SPDX-License-Identifier: Apache-2.0 */
/* nl_request.c - requests to the kernel over netlink, many to a system call, in slices.
 *
 * rtnetlink works while sendmsg(2) runs, so when it returns, the answers to the whole
 * batch are in our receive buffer. They are read at once: no more than one batch is
 * ever under way, and the buffer has room for its answers.
 */
#include "common/nl_request.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/event.h"

enum {
	SLICE_US = 1000, /* how long one batch may hold the loop */
	BATCH_FIRST = 16,
	BATCH_MAX = 256,
	BATCH_BYTES_MAX = 65536, /* well below the send buffer's size */
	ANSWERS = 32,            /* read by one recvmmsg(2) */
	ANSWER_SIZE = 128,       /* a header, an errno and the request's header */
	RECEIVE_ROOM = 1 << 20,  /* an answer is charged with about 1 kB */
	SEND_ROOM = 1 << 18,
};

struct request {
	STAILQ_ENTRY(request) link;
	nl_done_fn done;
	void *userdata;
	size_t len; /* padded */
	struct nlmsghdr message[];
};

STAILQ_HEAD(request_list, request);

struct nl_queue {
	int fd;
	sd_event_source *source; /* NULL: without a loop */
	uint32_t io_events;
	int64_t priority;
	bool closing;
	uint32_t seq;
	size_t pending;
	unsigned batch; /* how many requests the next batch may have */
	struct request_list urgent, normal;
	struct request_list sent; /* not answered yet, in the order of sending */
};

int
nl_open(int protocol, int receive_room)
{
	const struct sockaddr_nl any = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);

	if (fd < 0)
		return -errno;
	/* Beyond the administrator's limit where we may, else up to it. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_room,
		sizeof(receive_room)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_room,
		    sizeof(receive_room)); /* then the default has to do */
	if (bind(fd, (const struct sockaddr *)&any, sizeof(any)) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

/* ---- the event source ---------------------------------------------------------------
 */

static bool
has_unsent(const struct nl_queue *queue)
{
	return !STAILQ_EMPTY(&queue->urgent) || !STAILQ_EMPTY(&queue->normal);
}

/* The socket can always be written to: that is what wakes us for the next slice. Unlike
 * a deferred source, it takes its turn among those of the same priority. */
static void
update_source(struct nl_queue *queue)
{
	uint32_t events = has_unsent(queue) ? EPOLLIN | EPOLLOUT : EPOLLIN;
	int64_t priority =
	    STAILQ_EMPTY(&queue->urgent) ? EVENT_PRIORITY_BULK : EVENT_PRIORITY_CONTROL;

	if (queue->source == NULL || queue->closing)
		return;
	if (events != queue->io_events &&
	    sd_event_source_set_io_events(queue->source, events) >= 0)
		queue->io_events = events;
	if (priority != queue->priority &&
	    sd_event_source_set_priority(queue->source, priority) >= 0)
		queue->priority = priority;
}

/* ---- answers ------------------------------------------------------------------------
 */

static void
complete(struct nl_queue *queue, struct request_list *list, int error)
{
	struct request *request = STAILQ_FIRST(list);

	STAILQ_REMOVE_HEAD(list, link);
	queue->pending--;
	if (request->done != NULL)
		request->done(request->userdata, error);
	free(request);
}

static void
complete_all(struct nl_queue *queue, struct request_list *list, int error)
{
	while (!STAILQ_EMPTY(list))
		complete(queue, list, error);
}

/* Answers come in the order of the requests: one that is skipped was lost. */
static void
handle_answer(struct nl_queue *queue, uint32_t seq, int error)
{
	while (!STAILQ_EMPTY(&queue->sent)) {
		uint32_t first = STAILQ_FIRST(&queue->sent)->message->nlmsg_seq;

		if ((int32_t)(seq - first) < 0)
			return;
		complete(queue, &queue->sent, first == seq ? error : -ENOBUFS);
		if (first == seq)
			return;
	}
}

static void
handle_datagram(struct nl_queue *queue, const void *bytes, size_t len)
{
	struct nlmsghdr header;
	struct nlmsgerr answer;

	if (len < NLMSG_LENGTH(sizeof(answer)))
		return;
	memcpy(&header, bytes, sizeof(header));
	if (header.nlmsg_type != NLMSG_ERROR)
		return;
	memcpy(&answer, (const char *)bytes + NLMSG_HDRLEN, sizeof(answer));
	handle_answer(queue, header.nlmsg_seq, answer.error);
}

struct answers {
	struct mmsghdr headers[ANSWERS];
	struct iovec iov[ANSWERS];
	struct sockaddr_nl from[ANSWERS];
	_Alignas(struct nlmsghdr) char bytes[ANSWERS][ANSWER_SIZE];
};

static int
read_answers(int fd, struct answers *answers)
{
	for (unsigned i = 0; i < ANSWERS; i++) {
		answers->iov[i] = (struct iovec){answers->bytes[i], ANSWER_SIZE};
		answers->headers[i].msg_hdr = (struct msghdr){
		    .msg_name = &answers->from[i],
		    .msg_namelen = sizeof(answers->from[i]),
		    .msg_iov = &answers->iov[i],
		    .msg_iovlen = 1,
		};
	}
	return recvmmsg(fd, answers->headers, ANSWERS, MSG_DONTWAIT, NULL);
}

/* Reads what is there. When the kernel says that it had to drop answers, whatever is
 * then still unanswered will never be. */
static void
receive(struct nl_queue *queue)
{
	struct answers answers;
	bool lost = false;

	for (;;) {
		int count = read_answers(queue->fd, &answers);

		if (count < 0 && errno == ENOBUFS)
			lost = true;
		else if (count < 0 && errno != EINTR)
			break;
		for (int i = 0; i < count; i++)
			/* Other processes can write to our port, too. */
			if (answers.from[i].nl_pid == 0)
				handle_datagram(queue, answers.bytes[i],
				    answers.headers[i].msg_len);
		if (count >= 0 && STAILQ_EMPTY(&queue->sent))
			return;
	}
	if (lost)
		complete_all(queue, &queue->sent, -ENOBUFS);
}

/* ---- sending ------------------------------------------------------------------------
 */

struct batch {
	struct iovec iov[BATCH_MAX];
	unsigned count;
	size_t bytes;
};

static void
gather(struct nl_queue *queue, const struct request_list *list, struct batch *batch)
{
	struct request *request;

	STAILQ_FOREACH(request, list, link)
	{
		if (batch->count == queue->batch ||
		    (batch->count > 0 && batch->bytes + request->len > BATCH_BYTES_MAX))
			return;
		request->message->nlmsg_seq = ++queue->seq;
		batch->iov[batch->count++] =
		    (struct iovec){request->message, request->len};
		batch->bytes += request->len;
	}
}

static void
mark_sent(struct nl_queue *queue, unsigned count)
{
	while (count-- > 0) {
		struct request_list *list =
		    STAILQ_EMPTY(&queue->urgent) ? &queue->normal : &queue->urgent;
		struct request *request = STAILQ_FIRST(list);

		STAILQ_REMOVE_HEAD(list, link);
		STAILQ_INSERT_TAIL(&queue->sent, request, link);
	}
}

/* The kernel did not take the batch, which happens when memory is short: a smaller one
 * may pass. A request that does not even pass alone is answered with the error. */
static void
handle_refusal(struct nl_queue *queue, const struct batch *batch, int error)
{
	if (error == -EAGAIN || error == -EINTR)
		return;
	if (batch->count > 1)
		queue->batch = batch->count / 2;
	else
		complete(queue,
		    STAILQ_EMPTY(&queue->urgent) ? &queue->normal : &queue->urgent,
		    error);
}

/* Makes the next batch as large as fits into a slice, judging by this one. */
static void
adapt_batch(struct nl_queue *queue, unsigned count, int64_t took_us)
{
	if (took_us > SLICE_US) {
		int64_t fits = (int64_t)count * SLICE_US / took_us;

		queue->batch = fits < 1 ? 1U : (unsigned)fits;
	} else if (count == queue->batch && took_us < SLICE_US / 2) {
		queue->batch *= 2;
		if (queue->batch > BATCH_MAX)
			queue->batch = BATCH_MAX;
	}
}

static void
send_slice(struct nl_queue *queue)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	int64_t started_us = clock_now_us();
	struct batch batch = {.count = 0};

	gather(queue, &queue->urgent, &batch);
	gather(queue, &queue->normal, &batch);

	struct msghdr message = {
	    .msg_name = (void *)(uintptr_t)&kernel,
	    .msg_namelen = sizeof(kernel),
	    .msg_iov = batch.iov,
	    .msg_iovlen = batch.count,
	};

	if (sendmsg(queue->fd, &message, MSG_DONTWAIT) < 0) {
		handle_refusal(queue, &batch, -errno);
		return;
	}
	mark_sent(queue, batch.count);
	receive(queue);
	adapt_batch(queue, batch.count, clock_now_us() - started_us);
}

static int
on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct nl_queue *queue = userdata;

	(void)source;
	(void)fd;
	if (revents & (EPOLLIN | EPOLLERR))
		receive(queue);
	if ((revents & EPOLLOUT) && has_unsent(queue))
		send_slice(queue);
	update_source(queue);
	return 0;
}

/* ---- the queue ----------------------------------------------------------------------
 */

static int
attach(struct nl_queue *queue, sd_event *event)
{
	int r =
	    sd_event_add_io(event, &queue->source, queue->fd, EPOLLIN, on_io, queue);

	if (r < 0)
		return r;
	queue->io_events = EPOLLIN;
	queue->priority = EVENT_PRIORITY_BULK;
	return sd_event_source_set_priority(queue->source, queue->priority);
}

int
nl_queue_new(sd_event *event, int protocol, struct nl_queue **ret)
{
	struct nl_queue *queue = calloc(1, sizeof(*queue));
	int send_room = SEND_ROOM, on = 1, r = 0;

	if (queue == NULL)
		return -ENOMEM;
	STAILQ_INIT(&queue->urgent);
	STAILQ_INIT(&queue->normal);
	STAILQ_INIT(&queue->sent);
	queue->batch = BATCH_FIRST;
	queue->fd = nl_open(protocol, RECEIVE_ROOM);
	if (queue->fd < 0)
		r = queue->fd;
	if (r == 0 && event != NULL)
		r = attach(queue, event);
	if (r < 0) {
		nl_queue_free(queue);
		return r;
	}
	/* Both only save memory and copying; it works without them. */
	(void)setsockopt(
	    queue->fd, SOL_SOCKET, SO_SNDBUFFORCE, &send_room, sizeof(send_room));
	(void)setsockopt(queue->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	*ret = queue;
	return 0;
}

struct nl_queue *
nl_queue_free(struct nl_queue *queue)
{
	if (queue == NULL)
		return NULL;
	queue->closing = true;
	complete_all(queue, &queue->sent, -ECANCELED);
	complete_all(queue, &queue->urgent, -ECANCELED);
	complete_all(queue, &queue->normal, -ECANCELED);
	sd_event_source_disable_unref(queue->source);
	if (queue->fd >= 0)
		close(queue->fd);
	free(queue);
	return NULL;
}

static int
add(struct nl_queue *queue, struct request_list *list, const struct nlmsghdr *message,
    nl_done_fn done, void *userdata)
{
	size_t len = NLMSG_ALIGN(message->nlmsg_len);
	struct request *request;

	if (queue->closing)
		return -ECANCELED;
	request = calloc(1, sizeof(*request) + len);
	if (request == NULL)
		return -ENOMEM;
	request->done = done;
	request->userdata = userdata;
	request->len = len;
	memcpy(request->message, message, message->nlmsg_len);
	request->message->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	STAILQ_INSERT_TAIL(list, request, link);
	queue->pending++;
	update_source(queue);
	return 0;
}

int
nl_queue_add(struct nl_queue *queue, const struct nlmsghdr *request, nl_done_fn done,
    void *userdata)
{
	return add(queue, &queue->normal, request, done, userdata);
}

int
nl_queue_add_urgent(struct nl_queue *queue, const struct nlmsghdr *request,
    nl_done_fn done, void *userdata)
{
	return add(queue, &queue->urgent, request, done, userdata);
}

size_t
nl_queue_pending(const struct nl_queue *queue)
{
	return queue->pending;
}

int
nl_queue_drain(struct nl_queue *queue, int64_t timeout_us)
{
	int64_t until_us = clock_now_us() + timeout_us;

	while (queue->pending > 0) {
		int64_t left_us = until_us - clock_now_us();
		struct pollfd poll_fd = {.fd = queue->fd, .events = POLLIN};

		if (left_us <= 0)
			return -ETIMEDOUT;
		if (has_unsent(queue))
			send_slice(queue);
		else if (poll(&poll_fd, 1, (int)(left_us / 1000) + 1) > 0)
			receive(queue);
	}
	update_source(queue);
	return 0;
}

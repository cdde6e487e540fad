/* SPDX-License-Identifier: Apache-2.0 */
/* nl_request.h - requests to the kernel over netlink, many to a system call, in slices.
 *
 * Requests wait in a queue. An event source sends them in batches whose size adapts so
 * that one batch holds the loop for about a millisecond (the kernel works while
 * sendmsg(2) runs), and returns to the loop in between, so that timers are served while
 * 20,000 addresses are being added. Answers are counted, not waited for. The source has
 * EVENT_PRIORITY_BULK, and while something urgent waits takes turns with the clients at
 * EVENT_PRIORITY_CONTROL, so that no flood of requests can keep a lease from being
 * renewed.
 */
#ifndef COMMON_NL_REQUEST_H
#define COMMON_NL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

struct nl_queue;
struct nlmsghdr;

/* Called once for each request with 0 or the kernel's negative errno; -ECANCELED when
 * the queue is freed first, -ENOBUFS when it is not known what became of the request.
 * May add further requests, must not free the queue. */
typedef void (*nl_done_fn)(void *userdata, int error);

/* Opens a netlink socket that holds up to `receive_room` bytes of unread messages (or
 * as much as the kernel lets us have). Returns the descriptor or a negative errno. */
int nl_open(int protocol, int receive_room);

/* Opens a NETLINK_ROUTE (or other `protocol`) socket attached to `event`. Without a
 * loop (NULL), nl_queue_drain() alone sends. Returns 0 or a negative errno. */
int nl_queue_new(sd_event *event, int protocol, struct nl_queue **ret);
struct nl_queue *nl_queue_free(struct nl_queue *queue);

/* Appends a complete request (header included, copied; nlmsg_len must be right, flags
 * without NLM_F_ACK, which is added). Only requests that are answered by an
 * acknowledgement alone, no dumps. `done` may be NULL. Returns 0, -ENOMEM, or
 * -ECANCELED while the queue is being freed. */
int nl_queue_add(struct nl_queue *queue, const struct nlmsghdr *request,
    nl_done_fn done, void *userdata);

/* The same, ahead of everything not sent yet: for what must not wait behind bulk work,
 * such as taking addresses away or renewing them. */
int nl_queue_add_urgent(struct nl_queue *queue, const struct nlmsghdr *request,
    nl_done_fn done, void *userdata);

/* Requests not answered yet. */
size_t nl_queue_pending(const struct nl_queue *queue);

/* Sends and waits for everything, at most `timeout_us`: for the last step of a stop.
 * Returns 0 or -ETIMEDOUT. */
int nl_queue_drain(struct nl_queue *queue, int64_t timeout_us);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_server_internal.h - what the files of the control server share. */
#ifndef COMMON_CTL_SERVER_INTERNAL_H
#define COMMON_CTL_SERVER_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/ctl_call.h"
#include "common/ctl_line.h"
#include "common/ctl_listen.h"
#include "common/ctl_ops.h"
#include "common/ctl_ring.h"
#include "common/ctl_server.h"
#include "common/denials.h"
#include "common/helper_wait.h"
#include "common/log.h"

enum ctl_socket { CTL_SOCKET_IS_CONTROL = 0, CTL_SOCKET_IS_PUBLIC, CTL_SOCKET_COUNT_ };

/* One client. */
struct ctl_conn {
	struct ctl_server *server;
	struct ctl_conn *previous, *next;
	enum ctl_socket socket;
	int fd;
	struct ctl_peer peer;
	enum ctl_role role;

	sd_event_source *io;
	struct ctl_conn *turn_next; /* in the server's queue of turns */
	bool queued;

	struct ctl_lines in;
	char *out; /* unsent bytes: out_len of them from out_start */
	size_t out_start, out_len, out_room;

	struct ctl_call *waiting; /* requests answered later */
	unsigned waiting_count;
	unsigned parse_errors;
	struct ctl_sub *subs;

	bool eof;     /* nothing more will come */
	bool closing; /* close when everything is sent */
	bool dead;    /* close at the next turn, whatever is unsent */

	int64_t since_us;
	int64_t active_us;   /* the last request or answer */
	int64_t half_us;     /* since when half a line is there; 0: none is */
	int64_t progress_us; /* when unsent bytes last became fewer */
	uint64_t requests;
};

/* A kind with what its functions are called with. */
struct ctl_kind_of {
	const struct ctl_kind *kind;
	void *userdata;
};

/* The same of a function that tells limits. */
struct ctl_limits_of {
	void (*limits)(void *userdata, enum ctl_role role, json_t *limits);
	void *userdata;
};

#define CTL_KINDS_MAX 31

struct ctl_server {
	struct ctl_server_config config;
	struct ctl_table tables[CTL_PARTS_MAX + 3];  /* common, the daemon's, parts */
	struct ctl_kind_of kinds[CTL_KINDS_MAX + 1]; /* ends without a kind */
	/* Each table ends without a name; the first is the daemon's. NULL: none. */
	const struct ctl_event_type *events[CTL_PARTS_MAX + 1];
	struct ctl_limits_of limits[CTL_PARTS_MAX + 1]; /* ends without a function */
	sd_event *event;
	struct ctl_identities ids;
	struct helper_wait groups; /* for new ones */
	struct ctl_listener listeners[CTL_SOCKET_COUNT_];
	sd_event_source *accept[CTL_SOCKET_COUNT_];
	sd_event_source *sweep; /* once a second while somebody is connected */
	bool accept_paused;     /* out of descriptors */
	char epoch[17];
	int64_t started_us; /* wall clock */
	int64_t started_boot_us;
	struct ctl_ring *ring;
	struct ctl_ops *ops;
	struct audit *audit; /* NULL: none is kept */
	uint64_t generation; /* counts bulk changes of the objects */

	struct ctl_conn *conns;
	/* Who has a whole request, or is to be closed; each is served once in its turn.
	 */
	struct ctl_conn *turn_first, *turn_last;
	sd_event_source *turn;
	unsigned arrivals; /* connections and readings since the last turn */
	size_t pool[CTL_SOCKET_COUNT_];
	struct ctl_server_stats stats;
	struct log_limit denied_limit, full_limit;
	struct denials denials; /* which of them the audit tells */
};

/* Something came from a client: after a number of these a turn is due. */
void ctl_server_note_arrival(struct ctl_server *server);

/* Takes over `fd`: greets the client and serves it. Returns 0 or a negative errno,
 * after which `fd` is closed. */
int ctl_conn_open(struct ctl_server *server, enum ctl_socket socket, int fd,
    const struct ctl_peer *peer, enum ctl_role role);

/* Closes and frees; calls that wait lose their waiter. */
void ctl_conn_free(struct ctl_conn *conn);

/* A last attempt to send what is due before it is freed: events too. */
void ctl_conn_finish(struct ctl_conn *conn);

/* Sends a message, which is taken over; NULL is allowed. */
void ctl_conn_send(struct ctl_conn *conn, json_t *message);

/* Sends a line put together from texts; the list ends with NULL, the last text with a
 * newline. */
void ctl_conn_send_text(struct ctl_conn *conn, const char *const texts[]);

/* It has something to do: a turn comes. */
void ctl_conn_wake(struct ctl_conn *conn);

/* Serves the first of the queue: one request, or the end of its connection. */
void ctl_conn_take_turn(struct ctl_server *server);

/* Ends it when it was idle, halfway through a line or stuck for too long. */
void ctl_conn_check_time(struct ctl_conn *conn, int64_t now_us);

/* ctl_request.c: works off one line of a client. */
void ctl_server_request(struct ctl_conn *conn, const char *line, size_t len);

/* The methods every daemon has; their userdata is the server. */
extern const struct ctl_method ctl_common_methods[];

/* Takes away what readers must not see of an object of `kind`: who and why. */
void ctl_redact_object(const struct ctl_kind *kind, json_t *object);

/* Whether the object at `path` is of a kind of which that is taken away. */
bool ctl_is_private(const struct ctl_server *server, const char *path);

/* Takes away who and why. */
void ctl_redact(json_t *object);

/* The kind whose name is the first `len` bytes of `name`, or NULL. */
const struct ctl_kind_of *ctl_kind_find(
    const struct ctl_server *server, const char *name, size_t len);

/* The object at `path`, or with that name alone, as a client with `role` may see it, and
 * of what kind it is; NULL: there is none, or it is only listed. */
json_t *ctl_object_find(const struct ctl_server *server, const char *path,
    enum ctl_role role, const struct ctl_kind_of **ret_of);

/* Answers that the daemon has not what is called `name`: "no objects of type". */
void ctl_fail_unknown_kind(
    struct ctl_call *call, const struct ctl_server *server, const char *name,
    const char *what);

/* ctl_describe.c: the method. */
void ctl_do_describe(void *userdata, struct ctl_call *call);

/* ctl_log_tail.c: the method. */
void ctl_do_log_tail(void *userdata, struct ctl_call *call);

/* ctl_subscribe.c: methods; a connection's subscriptions, their work, their end. */
void ctl_do_subscribe(void *userdata, struct ctl_call *call);
void ctl_do_unsubscribe(void *userdata, struct ctl_call *call);
bool ctl_subs_have_work(const struct ctl_conn *conn);
void ctl_subs_work(struct ctl_conn *conn);
/* The daemon ends: tells the events that are left, and no more of a picture, as what
 * objects are made from may be gone. */
void ctl_subs_finish(struct ctl_conn *conn);
void ctl_subs_check_time(struct ctl_conn *conn, int64_t now_us);
void ctl_subs_free(struct ctl_conn *conn);
/* The members of an event that stand before its text; returns `buf`. */
#define CTL_EVENT_HEAD_SIZE 160
const char *ctl_event_head(const struct ctl_server *server,
    const struct ctl_event *event, char buf[CTL_EVENT_HEAD_SIZE]);

/* The "params" of the greeting, for a client with `role`. */
json_t *ctl_common_hello(const struct ctl_server *server, enum ctl_role role);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_server.h - the control sockets of a daemon: who connects, how much, in what turn.
 *
 * <run_dir>/control.sock is for operators and admins, public.sock beside it for
 * everyone to read. The sockets are made while the daemon is still root and serve on
 * after it gave that up. All work is done at EVENT_PRIORITY_CONTROL, one request of one
 * client at a time, so no client can delay an advertisement by more than one request's
 * work.
 */
#ifndef COMMON_CTL_SERVER_H
#define COMMON_CTL_SERVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/ctl_call.h"
#include "common/daemon_phase.h"

struct audit;
struct ctl_cause;
struct ctl_event_type;
struct ctl_server;
struct helper;

/* What a daemon says of itself in the greeting and in `status`. */
struct ctl_state {
	const char *node;
	enum daemon_phase phase;
	uint64_t rev;
};

/* A kind of object that `list`, `get`, `explain` and `describe` know. Names contain no
 * "/" where paths are KIND/NAME; what follows the first "/" is the name. */
struct ctl_kind {
	const char *name; /* "instance" */
	const char *help;
	/* The number of objects, and an array of those from `first` on as items of a
	 * list: `count` of them at most, fewer where that many would hold the loop for
	 * long. NULL: this daemon does not serve them, and `help` is the sentence that
	 * says so: CTL_UNAVAILABLE, as an empty list would be untrue. */
	size_t (*count)(void *userdata);
	json_t *(*page)(void *userdata, size_t first, size_t count);
	/* The object called `name`, or NULL when there is none; may be NULL: only
	 * listed. */
	json_t *(*object)(void *userdata, const char *name);
	/* Why it is as it is; may be NULL. */
	json_t *(*explain)(void *userdata, const char *name);
	/* Its fields for `describe`: {"priority": {"type", "min", "max", "live",
	 * "role", "help"}}; may be NULL. */
	json_t *(*fields)(void *userdata);
	/* Its objects have members "uid", "reason" and "who" that readers must not see.
	 */
	bool is_private;
};

/* Methods, kinds and types of events that a daemon has from a library, with the
 * userdata of their functions. Arrays of these end with one without methods. */
struct ctl_part {
	const struct ctl_method *methods; /* ends without a name */
	const struct ctl_kind *kinds;     /* ends without a name; NULL: none */
	const struct ctl_event_type *events; /* ends without a name; NULL: none */
	/* Adds to the "limits" of `describe` what a caller with `role` is not refused:
	 * from what does refuse, so that the two cannot differ. NULL: nothing. */
	void (*limits)(void *userdata, enum ctl_role role, json_t *limits);
	void *userdata;
};

#define CTL_PARTS_MAX 4

struct ctl_server_config {
	const char *daemon; /* "vrrpd" */
	const char *version;
	const char *run_dir;
	const char *const *features;      /* of the greeting; ends with NULL */
	const struct ctl_method *methods; /* of this daemon, ends without a name */
	const struct ctl_kind *kinds;     /* ends without a name */
	const struct ctl_event_type *events; /* ends without a name; NULL: none */
	const struct ctl_part *parts;     /* up to CTL_PARTS_MAX; NULL: none */
	void (*state)(void *userdata, struct ctl_state *ret);
	/* Adds what the daemon has to say to the result of `status`; may be NULL. */
	void (*status)(void *userdata, json_t *status);
	/* Whether the daemon has found its feet, for `synced`; NULL: always. */
	bool (*settled)(void *userdata);
	/* Somebody subscribed; may be NULL. Who has no picture of the objects is to be told
	 * what is another from now on, and no more. */
	void (*subscribed)(void *userdata);
	/* A request that changes something is handed to its method now, with its cause,
	 * or was (NULL); may be NULL. */
	void (*set_cause)(void *userdata, const struct ctl_cause *cause);
	void *userdata; /* for handlers, kinds and the functions here */
};

/* Makes both sockets and listens. The texts and tables must stay. Returns 0 or a
 * negative errno; then nothing is left behind. */
int ctl_server_new(
    sd_event *event, const struct ctl_server_config *config, struct ctl_server **ret);

/* Closes every connection after a last attempt to send what is due, and removes the
 * sockets when they are still this server's. NULL is allowed. Returns NULL. */
struct ctl_server *ctl_server_free(struct ctl_server *server);

/* Where every request that changes something is noted from now on; NULL: nowhere. */
void ctl_server_set_audit(struct ctl_server *server, struct audit *audit);

/* ctl_groups.c: has the groups of operators and admins looked up anew by `helper` (NULL:
 * there is none, and all stays). Roles follow when the answer comes: connections that
 * are there may lose theirs, and never get a higher one. */
void ctl_server_find_groups(struct ctl_server *server, struct helper *helper);

/* Calls work(userdata) as what the client of `call` is the cause of, as its method is when
 * it begins: for a method that changes something later. `work` may answer the call. */
void ctl_server_as_cause(
    const struct ctl_call *call, void (*work)(void *userdata), void *userdata);

/* The userdata of the configuration. */
void *ctl_server_userdata(const struct ctl_server *server);

/* Says in *ret_error that the daemon knows the kind of the object at `path`
 * ("group/G1") and does not serve it yet, whatever it was to be done with. Returns
 * whether it is so.
 */
bool ctl_server_refuse_unserved(
    const struct ctl_server *server, const char *path, struct ctl_error *ret_error);

struct ctl_server_stats {
	uint64_t connections, requests, refused; /* refused: too many clients */
	uint64_t slow;    /* closed because they did not read their answers */
	uint64_t silent;  /* closed after a long silence, or half a line */
	uint64_t too_big; /* requests beyond a limit of size */
	uint64_t events;
	size_t clients;
};
struct ctl_server_stats ctl_server_stats(const struct ctl_server *server);

/* Appends families (metrics.h) of the daemon and of its clients: version, uptime,
 * revision, whether the last reload was refused, the numbers above. */
void ctl_server_metrics(
    const struct ctl_server *server, bool reload_failed, json_t *families);

#endif

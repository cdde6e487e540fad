/* SPDX-License-Identifier: Apache-2.0 */
/* edits.h - the live edits of a daemon: what clients set, for how long, and how it is
 * kept, confirmed, saved, taken back and told.
 *
 * A daemon says which of its objects have fields that may change while it runs
 * (live_field.h) and what follows when one did. Methods (apply, confirm, lease.*,
 * log.level, config.diff, save, discard), the kinds "lease" and "override", their
 * events, the files behind them (lease_store.h) and the audit are the same for every
 * daemon.
 */
#ifndef COMMON_EDITS_H
#define COMMON_EDITS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/ctl_server.h"
#include "common/layers.h"
#include "common/live_field.h"

struct conf_tree;
struct ctl_call;
struct edits;

#define EDITS_FIELD_LOG_LEVEL "log_level" /* of "daemon/NAME" */

struct edits_config {
	const char *daemon; /* "vrrpd" */
	sd_event *event;
	struct layers *layers;
	const struct live_kind *kinds; /* ends without a name */
	uint64_t *rev; /* the daemon's count of changes; edits are counted in it */
	const struct ctl_cause *const *cause; /* of what is done now */
	struct conf_tree *const *tree;        /* the configuration in use */

	/* Values of the object at `path` are to be worked out anew; NULL: of all. */
	void (*changed)(void *userdata, const char *path);
	/* Whether an entry that is no edit of a live field is one of this daemon's own;
	 * NULL: it makes none. Such an entry without an end is a switch that the end of
	 * a lease left on. */
	bool (*is_own)(void *userdata, const struct layer_entry *entry);
	/* The value of such an entry as clients see it; NULL: a number. */
	json_t *(*own_value)(const struct layer_entry *entry);
	/* An entry of a lease ends, released or expired; may be NULL. */
	void (*entry_ends)(void *userdata, const struct layer_entry *entry);
	/* KIND.changed told that a field of the object at `path` is `value` now; may be
	 * NULL. */
	void (*told)(
	    void *userdata, const char *path, const char *field, const json_t *value);
	/* Adds to `pending` what the kernel still has to do for the object at `path`, each
	 * {"path", "what", "want", "set"}, of which an event will tell the end. NULL: the
	 * daemon keeps nothing in the kernel. */
	void (*add_pending)(void *userdata, const char *path, json_t *pending);
	void *userdata;
};

/* ---- life ---------------------------------------------------------------- */

/* Makes it. The texts and tables must stay. Returns 0 or -ENOMEM. */
int edits_new(const struct edits_config *config, struct edits **ret);

/* What the daemon's server is to serve of it. */
struct ctl_part edits_part(struct edits *edits);

/* Takes up what an earlier process left in the directories, and opens the audit. An
 * empty directory is none. Call after privileges were dropped and before objects are
 * used. What cannot be read is logged and left out. */
void edits_open(struct edits *edits, struct ctl_server *server, const char *run_dir,
    const char *state_dir, const char *log_dir);

/* After a start or a reload: takes operator_max_lease, removes edits of objects that
 * are not configured, and drops what was saved over another value of the file than the
 * present one. What was dropped is added to the list "dropped" of the object `told`, as
 * {"path", "field", "value", "because"}; NULL: nobody asks. */
void edits_settle(struct edits *edits, json_t *told);

/* Writes what is due, answers who waits, and frees it; the server must still be there.
 * NULL is allowed. Returns NULL. */
struct edits *edits_free(struct edits *edits);

/* Adds the members "leases" and "overrides" to the result of `status`. */
void edits_status(const struct edits *edits, json_t *status);

/* ---- for methods of the daemon that give leases --------------------------- */

/* Whether the caller may have another lease of `ttl_us`; answers the call with the
 * reason when not. `renewed`: the lease is there already. */
bool edits_may_give(
    const struct edits *edits, struct ctl_call *call, int64_t ttl_us, bool renewed);

/* The longest lease that the caller may give. */
int64_t edits_max_us(const struct edits *edits, const struct ctl_call *call);

/* The lease called `id`, when the caller may change it; else answers the call: NULL. */
const struct layer_entry *edits_own(
    const struct edits *edits, struct ctl_call *call, const char *id);

/* Gives the lease `entry`; edits_changed() tells of it. Without an id it replaces what
 * the same user gave of the same kind on the field, and goes on under its id when that
 * lease was nothing else; with one it becomes part of that lease, if it is there, and
 * ends with it. NULL: out of memory. */
const struct layer_entry *edits_give(
    struct edits *edits, const struct layer_entry *entry);

/* Gives every entry of the lease a new end, and tells. */
void edits_renew(struct edits *edits, const char *id, int64_t expires_us);

/* Ends the lease: what follows from its end, the event, its removal. */
void edits_end(struct edits *edits, const char *id);

/* Takes one field of one object out of its leases of `kind`, of one user when `uid` is
 * not NULL. A lease with nothing left has ended; of the others edits_changed() tells.
 * Returns whether there was one. */
bool edits_drop(struct edits *edits, const char *path, const char *field,
    const char *kind, const uid_t *uid);

/* Takes one entry away. A lease with nothing left has ended; of one that has lost a
 * field edits_changed() tells. */
void edits_take_back(struct edits *edits, const struct layer_entry *entry);

/* A reload gave objects other names: their edits follow them. `renamed` says the new path
 * of an entry, or NULL. Call before edits_settle(), which tells of it. */
void edits_rename(struct edits *edits, layers_renamed_fn renamed, void *userdata);

/* A reload removed the object at `path`, and another has the name now: takes back all
 * that was about it. It is told as edits_settle() does, which must follow. */
void edits_drop_object(
    struct edits *edits, const char *path, const char *because, json_t *told);

/* What follows every change of the layers by a client: it counts as a revision and is
 * written down. */
void edits_changed(struct edits *edits);

/* Writes down what changed without a client, and is no revision. */
void edits_write(struct edits *edits);

/* {"rev", "changed"}, to be added to. */
json_t *edits_result(const struct edits *edits, bool changed);

/* Puts "lease" and "expires" of a lease into a result. */
void edits_put_lease(const struct edits *edits, json_t *result, const char *id);

/* Tells somebody who does not want to wait, as ctl_call_accept() does, when all that was
 * changed is in the run directory: a restart of the daemon must not lose it any more. */
void edits_accept(struct edits *edits, struct ctl_call *call, json_t *accepted);

/* Answers `call` with `result`, which is taken over, as soon as all that was changed is
 * on the disk. */
void edits_reply(struct edits *edits, struct ctl_call *call, json_t *result);

#endif

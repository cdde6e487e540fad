/* SPDX-License-Identifier: Apache-2.0 */
/* edits_internal.h - what the files of live edits share. */
#ifndef COMMON_EDITS_INTERNAL_H
#define COMMON_EDITS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include "common/ctl_call.h"
#include "common/ctl_events.h"
#include "common/edits.h"
#include "common/hash_table.h"
#include "common/lease_json.h"
#include "common/lease_store.h"

#define EDITS_DAEMON_KIND "daemon"

struct audit;
struct edits_told;
struct edits_undo;
struct writer;

struct edits {
	struct edits_config config;
	struct ctl_server *server; /* NULL before edits_open() */
	struct lease_store *store;
	struct writer *writer;
	struct audit *audit;
	json_t *dropped;         /* while it settles: what went; NULL: nobody asks */
	size_t dropped_count;    /* so far, of objects that are not what they were */
	struct edits_undo *undo; /* the last apply, to be taken back; NULL: none */
	struct layers_watcher watcher;
	struct hash_table told;  /* what subscribers know of edited fields */
	struct edits_told *due;  /* those that may have changed since */
	/* Leases of this turn that are still to be told of. Two are enough for all to
	 * be moved from one lease to another. */
	struct edits_given {
		char id[64];
		const char *as; /* "lease.created" */
	} given[2];
	size_t given_count;
	/* The lease whose time is over and whose entries are coming, one by one. */
	struct edits_expired {
		char id[64];
		char line[384]; /* for the log, of the first */
		size_t count;
	} expired;
	char daemon_path[32]; /* "daemon/vrrpd" */
	int log_level;        /* as the command line said */
	bool keeps;           /* there is a directory to save to */
	bool tells;           /* what was there at the start is no news */
};

/* What a path means: an object of a kind. */
struct edits_object {
	const struct live_kind *kind;
	const void *object; /* NULL: there is none */
	char path[LIVE_PATH_SIZE];
};

/* ---- edits.c -------------------------------------------------------------- */

/* Finds what "KIND/NAME" or a name alone means. Returns whether it is there. */
bool edits_find(const struct edits *edits, const char *path, struct edits_object *ret);

/* The kind that a whole path is of, and its part that is the name; NULL: of none. */
const struct live_kind *edits_kind_of(
    const struct edits *edits, const char *path, const char **ret_name);

/* The object of the kind that has the name, or NULL. */
const void *edits_object(
    const struct edits *edits, const struct live_kind *kind, const char *name);

/* What follows when values of the object at `path` changed; NULL: of any. */
void edits_work_out(const struct edits *edits, const char *path);

/* Whether the entry is a switch that the end of a lease left on. */
bool edits_is_left(const struct edits *edits, const struct layer_entry *entry);

/* The live field that an entry is about, or NULL. */
const struct live_field *edits_field_of(
    const struct edits *edits, const struct layer_entry *entry);

/* The value of an entry as its field has it in JSON. */
json_t *edits_value_json(const struct edits *edits, const struct layer_entry *entry);

/* How entries are shown now. */
struct lease_view edits_lease_view(const struct edits *edits);

/* Says in `error` that there is no such object, or none of its kind yet. */
enum ctl_code edits_refuse_path(
    const struct edits *edits, const char *path, struct ctl_error *error);

/* lease.created, lease.renewed, lease.changed (it lost a field), lease.confirmed,
 * lease.released, lease.expired, lease.expiring. */
void edits_event(
    const struct edits *edits, const char *type, const struct layer_entry *entry);

/* Tells of the lease that was last given or changed, with all its fields. */
void edits_tell_given(struct edits *edits);

/* Tells the daemon that an entry of a lease ends. */
void edits_entry_ends(struct edits *edits, const struct layer_entry *entry);

/* What is in force: of all layers, or of the file. */
int64_t edits_in_force(const struct edits *edits, const struct edits_object *of,
    const struct live_field *field);

/* {"path", "field", "old", "new", "in_force"} of an edit that set `set`: what was in
 * force before and is now. When `lease` decides instead, its value is "new", with
 * "set", and "lease", "kind" and "until". */
json_t *edits_change_json(const struct edits_object *of, const struct live_field *field,
    int64_t old, int64_t set, const struct layer_entry *lease);

/* Bytes of "entries" where leases are told of: a lease of thousands would be too long for
 * the line of an event, and a picture must not say more than events. */
#define EDITS_LEASE_TOLD 8192

/* A lease as clients see it: its first entry, and about `most` bytes of its "entries". */
json_t *edits_lease_json(
    const struct edits *edits, const struct layer_entry *entry, size_t most);

/* ---- edits_log.c ---------------------------------------------------------- */

/* The daemon itself, as an object with a live field: its object is the edits. */
extern const struct live_kind edits_daemon_kind;

/* Sets the level that the layers say, and tells of it: daemon.log_level. */
void edits_apply_log_level(const struct edits *edits);

/* ---- edits_told.c --------------------------------------------------------- */

/* What a field was set to, or has in the file, apart from a hold or the like. */
int64_t edits_value(const struct edits *edits, const struct edits_object *of,
    const struct live_field *field);

/* A layer of a field was touched; `userdata` is the edits (layers_watch()). */
void edits_note_touched(void *userdata, const struct layer_entry *entry);

/* KIND.changed for each live field that was touched and whose value is not what was
 * told last; the second one looks at all, as after a reload. */
void edits_tell_changes(struct edits *edits);
void edits_tell_all_changes(struct edits *edits);

/* Frees what was noted for that. */
void edits_forget_told(struct edits *edits);

/* ---- edits_undo.c --------------------------------------------------------- */

/* Frees what was noted of the last change. */
void edits_undo_forget(struct edits *edits);

/* ---- edits_saved.c -------------------------------------------------------- */

/* Takes note, while it settles, that an entry is dropped. */
void edits_note_dropped(
    const struct edits *edits, const struct layer_entry *entry, const char *because);

/* Drops what was saved over another value of the file than the present one. */
void edits_check_saved(struct edits *edits);

/* ---- edits_objects.c ------------------------------------------------------- */

/* How long leases may last and how many there may be, for `describe`; nothing when no
 * leases can be kept. */
void edits_limits(void *userdata, enum ctl_role role, json_t *limits);

/* ---- methods and kinds ------------------------------------------------------ */

extern const struct ctl_method edits_methods[];
extern const struct ctl_kind edits_kinds[];
extern const struct ctl_event_type edits_events[];

void edits_do_apply(void *userdata, struct ctl_call *call);
void edits_do_undo(void *userdata, struct ctl_call *call);
void edits_do_confirm(void *userdata, struct ctl_call *call);
void edits_do_lease_list(void *userdata, struct ctl_call *call);
void edits_do_renew(void *userdata, struct ctl_call *call);
void edits_do_release(void *userdata, struct ctl_call *call);
void edits_do_log_level(void *userdata, struct ctl_call *call);
void edits_do_diff(void *userdata, struct ctl_call *call);
void edits_do_save(void *userdata, struct ctl_call *call);
void edits_do_discard(void *userdata, struct ctl_call *call);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* layers.h - live edits as layers over the configuration file.
 *
 * Effective value = the newest lease that is about who serves (a hold, a takeover, a
 * maintenance), else the newest override that is a lease, else runtime, else saved,
 * else file. A lease is a layer, not a remembered old value: when it ends the layer is
 * taken away and the value is worked out again, so nothing stale is ever restored. All
 * that a lease is about ends at the same time. Pure: time comes in, nothing is read or
 * written here.
 */
#ifndef COMMON_LAYERS_H
#define COMMON_LAYERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum layer {
	LAYER_FILE = 0, /* not stored here: the caller's own value */
	LAYER_SAVED,
	LAYER_RUNTIME,
	LAYER_LEASE,
	LAYER_COUNT_
};

#define LAYER_KIND_OVERRIDE "override"
#define LAYER_KIND_CONFIRM "confirm" /* an override that must be confirmed to stay */

/* One override of one field of one object. */
struct layer_entry {
	const char *path;  /* "instance/VI_1" */
	const char *field; /* "priority" */
	int64_t value;     /* numbers and booleans */
	enum layer layer;
	const char *kind;   /* "override", "hold", "takeover" */
	const char *id;     /* leases: "L-3fa1"; else empty */
	uid_t uid;          /* who asked */
	const char *reason; /* may be empty */
	int64_t created_us; /* clock_now_us() */
	int64_t expires_us; /* leases; 0: never */
	int64_t base;       /* saved: the file's value when it was saved */
	int64_t
	    confirmed_us; /* "confirm": how long it lasts once confirmed; 0: it stays */
};

struct layers;

/* An entry that is no longer there, or (layers_watch) may not be. */
typedef void (*layers_gone_fn)(void *userdata, const struct layer_entry *entry);
typedef void (*layers_touched_fn)(void *userdata, const struct layer_entry *entry);

struct layers_watcher {
	layers_touched_fn touched;
	void *userdata;
	struct layers_watcher *next; /* of the same layers */
};

struct layers *layers_new(void);
struct layers *layers_free(struct layers *layers);

/* Tells the watcher, which is the caller's, from now on of each entry that was set,
 * renewed or taken out; it must not change the layers. Those who watch do not know of
 * each other. */
void layers_watch(struct layers *layers, struct layers_watcher *watcher);
void layers_unwatch(struct layers *layers, const struct layers_watcher *watcher);

/* An id for a lease, short enough to type, that no lease has. */
void layers_make_id(struct layers *layers, int64_t created_us, char buf[16]);

/* Adds or replaces the entry with the same path, field and layer (leases: and the same
 * kind and uid, and with an `id` the same id: nobody's lease ends because another is
 * given). Texts are copied; an empty `id` of a lease is filled in. *ret (may be NULL)
 * points to the stored entry, valid until the next change. Returns 0 or -ENOMEM. */
int layers_set(struct layers *layers, const struct layer_entry *entry,
    const struct layer_entry **ret);

/* Whether the entry of a lease sets a number, and says nothing of who serves. Until it
 * is confirmed or not, an override is one. */
bool layers_is_override(const struct layer_entry *entry);

/* The entry that decides the field, or NULL when the file does. */
const struct layer_entry *layers_top(
    const struct layers *layers, const char *path, const char *field);

/* The same of those entries for which `counts` says so. */
typedef bool (*layers_counts_fn)(void *userdata, const struct layer_entry *entry);
const struct layer_entry *layers_top_where(const struct layers *layers,
    const char *path, const char *field, layers_counts_fn counts, void *userdata);

/* The same when of all leases only those of `kind` count (and with overrides those that
 * must be confirmed): what a field was set to, apart from a hold or a takeover that is
 * on top of it for the moment. */
const struct layer_entry *layers_top_of_kind(
    const struct layers *layers, const char *path, const char *field, const char *kind);

/* An entry of a lease of `kind` on the field, of one user when `uid` is not NULL; NULL:
 * there is none. */
const struct layer_entry *layers_find(const struct layers *layers, const char *path,
    const char *field, const char *kind, const uid_t *uid);

/* The entry of the object at `path` that was set next after `entry` (NULL: the first);
 * NULL: there is no other. */
const struct layer_entry *layers_next_of(
    const struct layers *layers, const char *path, const struct layer_entry *entry);

/* The entry of the field in a layer without an end, saved or runtime, or NULL. */
const struct layer_entry *layers_find_in(
    const struct layers *layers, const char *path, const char *field, enum layer layer);

/* The first entry of the lease `id`, or NULL, and the next one of the same lease. */
const struct layer_entry *layers_find_lease(
    const struct layers *layers, const char *id);
const struct layer_entry *layers_next_of_lease(const struct layer_entry *entry);

/* How many entries the lease has, 0 when there is none; how many leases there are. */
size_t layers_lease_size(const struct layers *layers, const char *id);
size_t layers_lease_count(const struct layers *layers);

/* Ends the lease: all of it is taken out first, then `fn` (may be NULL) is called for
 * each entry, and may change the layers. Returns how many went. */
size_t layers_release(
    struct layers *layers, const char *id, layers_gone_fn fn, void *userdata);

/* Sets the end of every entry of the lease `id`. Returns how many there are. */
size_t layers_renew(struct layers *layers, const char *id, int64_t expires_us);

/* Gives entries another path, the one that `renamed` says (copied; NULL: it stays). Each
 * is asked for once, so that two objects may exchange their names. Returns 0, or -ENOMEM
 * when some had to stay as they were. */
typedef const char *(*layers_renamed_fn)(
    void *userdata, const struct layer_entry *entry);
int layers_rename(struct layers *layers, layers_renamed_fn renamed, void *userdata);

/* Whether entry `i` is the first one of its lease. */
bool layers_is_first_of_lease(const struct layers *layers, size_t i);

/* Removes one entry of the layer, saved or runtime. Returns whether it was there. */
bool layers_unset_in(
    struct layers *layers, const char *path, const char *field, enum layer layer);

/* Removes one entry of the lease `id`. Returns whether it was there. */
bool layers_unset_lease(struct layers *layers, const char *id, const char *kind,
    const char *path, const char *field);

/* Ends leases whose time is over, as layers_release() does, one after the other.
 * Returns the next expiry, or 0. */
int64_t layers_expire(
    struct layers *layers, int64_t now_us, layers_gone_fn fn, void *userdata);

/* Entry `i` in the order of creation, or NULL. */
const struct layer_entry *layers_get(const struct layers *layers, size_t i);

/* For the file in /run that keeps them over a restart of the daemon. Times stay those
 * of clock_now_us(), which goes on within a boot. layers_from_json() takes what is
 * valid and returns -EBADMSG when anything was not. */
json_t *layers_to_json(const struct layers *layers);
/* The same as text, one entry a line, of one layer or (LAYER_FILE) of all; the caller
 * frees it. NULL: out of memory. */
char *layers_to_text(const struct layers *layers, enum layer layer);
json_t *layers_to_json_of(
    const struct layers *layers, enum layer layer); /* only these */
int layers_from_json(struct layers *layers, const json_t *json);

const char *layer_name(enum layer layer); /* "runtime" */

#endif

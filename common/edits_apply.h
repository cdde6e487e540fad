/* SPDX-License-Identifier: Apache-2.0 */
/* edits_apply.h - a request to change fields while it is being checked and done. */
#ifndef COMMON_EDITS_APPLY_H
#define COMMON_EDITS_APPLY_H

#include "common/edits_internal.h"

#define EDITS_MAX 512

/* One field of one object. */
struct edit {
	struct edits_object of;
	const struct live_field *field;
	bool unset;
	bool drops_saved; /* unset: what was saved goes, too */
	int64_t old; /* in force before */
	int64_t new; /* to be set, or that of the file */
};

/* A request while it is being checked and done. */
struct apply {
	struct edits *edits;
	struct ctl_call *call;
	struct edit *list;
	size_t count;
	int64_t ttl_us;     /* 0: no lease */
	int64_t confirm_us; /* 0: needs no confirmation */
	const char *reason;
	json_t *released; /* leases that lost their last field */
	struct ctl_error error;
};

/* Fills in the request from the parameters of its call, or says in its error what is
 * wrong: nothing has been changed yet. */
enum ctl_code edits_apply_check(struct apply *apply);

/* Whether taking the field back takes the entry away: it sets the field, for good or
 * for a while (a hold does not), and the caller may. An admin may take anything back,
 * an operator what would undo itself and is his. */
bool edits_apply_takes_back(const struct apply *apply, const struct edit *edit,
    const struct layer_entry *entry);

/* Notes what the request is going to change, so that it can be taken back; the second
 * one that it was, and is the present revision. Without memory it cannot be, which is
 * logged. */
void edits_undo_begin(const struct apply *apply);
void edits_undo_end(struct edits *edits);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* audit.h - who changed what, when and why: one line for each, to the log and to a
 * file.
 *
 * Every request that changes something is written down with its outcome, whether it was
 * allowed or denied, and so is every end of a lease. The file is written by a thread
 * (writer.h); what cannot be written never hinders the action, but is told.
 */
#ifndef COMMON_AUDIT_H
#define COMMON_AUDIT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include "common/ctl_role.h"

struct audit;
struct layer_entry;
struct writer;

/* The file, in the directory of the daemon's logs. */
#define AUDIT_FILE "audit.jsonl"

/* Entries that are kept in memory for audit.list. */
#define AUDIT_KEPT 256

struct audit_config {
	const char *daemon;    /* its name: who does what nobody asked for */
	const char *path;      /* the file; its last lines are read at once */
	struct writer *writer; /* NULL: nothing is written to the file */
	/* `count` entries could not be written since the start. */
	void (*lost)(void *userdata, uint64_t count);
	void *userdata;
};

/* The texts of `config` are copied. Returns 0 or -ENOMEM. */
int audit_new(const struct audit_config *config, struct audit **ret);
/* The writer must be gone before. NULL is allowed. Returns NULL. */
struct audit *audit_free(struct audit *audit);

/* A request that is noted. */
struct audit_request {
	const struct ctl_peer *peer;
	enum ctl_role role;
	const char *method;
	const json_t *params;
	uint64_t rev; /* the revision when it came; the answer has that of its end */
};

/* Notes a request and its answer, a message with "result" or "error". With a NULL
 * `audit` only the log has it. */
void audit_request(
    struct audit *audit, const struct audit_request *request, const json_t *answer);

/* Notes that the time of a lease was over: the daemon ended it, and whoever gave it is
 * its owner. Takes over `value`, the entry's as clients see it. */
void audit_expiry(
    struct audit *audit, const struct layer_entry *entry, json_t *value);

/* The last `count` entries not older than `since_us` of the wall clock, oldest first.
 */
json_t *audit_list(const struct audit *audit, size_t count, int64_t since_us);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* things_daemon.h - a daemon with three things to edit, its real socket, files and
 * loop.
 */
#ifndef TESTS_UNIT_THINGS_DAEMON_H
#define TESTS_UNIT_THINGS_DAEMON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/ctl_server.h"
#include "common/edits.h"
#include "tests/unit/ctl_talk.h"

enum { THINGS = 3, FIELDS = 2 };

struct thing {
	const char *name;
	bool configured;
	int64_t in_file[FIELDS];
	int64_t effective[FIELDS]; /* as worked out when the library said so */
};

struct things_daemon {
	char dir[64], run_dir[96], state_dir[96], log_dir[96], boot[96];
	sd_event *event;
	struct layers *layers;
	struct ctl_server *server;
	struct edits *edits;
	uint64_t rev;
	const struct ctl_cause *cause;
	struct conf_tree *tree;
	struct thing things[THINGS];
	unsigned boots;
	size_t searches; /* so often a thing was looked for */
};

extern struct things_daemon fake;

/* What of them can be edited: "priority" and "nopreempt"; ends without a name. */
extern const struct live_field fields[FIELDS + 1];

/* Around each round: the things A, B and C, with priority 100, in a new directory. */
int setup(void **state);
int teardown(void **state);

/* A restart is both, the end first; with set_boot() between them a reboot. */
void open_daemon(void);
void close_daemon(void);
void set_boot(void);

/* "thing/A" */
const char *path_of(char buf[32], const struct thing *thing);

/* The value of the top layer, found in another way than layers_top(); of all leases
 * only those of `kind` count, or with NULL all. */
int64_t top_value(const struct thing *thing, size_t field, const char *kind);

/* Works the effective values of a thing out anew; on_changed() of those of the object
 * at `path`, or (NULL) of all. */
void work_out(struct thing *thing);
void on_changed(void *userdata, const char *path);

/* A thing as clients see it. */
json_t *thing_json(const struct thing *thing);

#endif

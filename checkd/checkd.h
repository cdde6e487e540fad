/* SPDX-License-Identifier: Apache-2.0 */
/* checkd.h - checkd itself: its configuration and its life. Checks are not carried out
 * by this release: checkd reads the configuration, counts what it will have to do, and
 * says so to whoever asks. */
#ifndef CHECKD_CHECKD_H
#define CHECKD_CHECKD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/daemon.h"
#include "common/daemon_phase.h"

struct conf_diags;
struct conf_tree;
struct ctl_cause;
struct ctl_server;
struct daemon_reload;
struct helper;
struct layers;

/* What the configuration asks for. */
struct checkd_counts {
	size_t services; /* virtual_server blocks */
	size_t reals;    /* real_server blocks in them */
};

struct checkd {
	sd_event *event;
	struct daemon_options options;
	char run_dir[4096];
	char state_dir[4096]; /* empty: there is none */
	char log_dir[4096];   /* empty: there is none */
	enum daemon_phase phase;
	uint64_t rev; /* counts changes of configuration and overrides */
	struct conf_tree *tree;
	const char *router_id; /* of the configuration; NULL: it gives none */
	struct checkd_counts counts;
	struct helper *helper;
	struct layers *layers; /* live edits */
	struct ctl_server *control;
	const struct ctl_cause *cause; /* while a client's request is carried out */
	int64_t reloaded_us;           /* last successful reload; 0: none */
	bool reload_failed;            /* the last one was refused */
};

/* Reads the file and takes it into use when it has no errors; else nothing changes. Findings are added to `diags`. Returns 0,
 * -EINVAL (the configuration), or a negative errno. */
int checkd_load(struct checkd *checkd, struct conf_diags *diags);

/* The same for a reload, which may be a dry run. A file that leaves no service needs
 * force
 * (-ECANCELED). */
int checkd_exchange(struct checkd *checkd, struct daemon_reload *request);

/* "2 virtual servers with 5 real servers; checks are not carried out yet" into `buf`.
 * Returns `buf`. */
const char *checkd_summary(const struct checkd *checkd, char *buf, size_t room);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_config.h - the configuration over the control socket: reload, show. */
#ifndef COMMON_CTL_CONFIG_H
#define COMMON_CTL_CONFIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "common/ctl_server.h"
#include "common/helper_wait.h"

struct conf_tree;
struct daemon_options;
struct daemon_reload;
struct ctl_reading;
struct helper;

/* What a comparison with the kernel found and put right, taken over; or a negative
 * errno. */
typedef void (*ctl_repaired_fn)(void *waiting, int error, json_t *told);

/* What these methods need of a daemon; kept by it as long as its server. */
struct ctl_config {
	const char *daemon; /* "vrrpd" */
	const struct daemon_options *options;
	struct helper *const
	    *helper; /* reads the files as root; NULL in it: there is none */
	struct conf_tree *const *tree; /* the configuration in use */
	const uint64_t *rev;
	/* Takes what was read anew into use, unless it is a dry run.
	 * On an error nothing changes. Returns 0, -EINVAL (errors in it), -ECANCELED
	 * (it needs force), -EBUSY, or a negative errno. */
	int (*reload)(void *userdata, struct daemon_reload *reload);
	/* Compares what the kernel has with what is wanted, and puts it right unless it
	 * is a dry run; calls `done` later. Returns 0 or a negative errno. NULL: the
	 * daemon keeps nothing in the kernel. */
	int (*repair)(
	    void *userdata, bool dry_run, ctl_repaired_fn done, void *waiting);
	bool (*is_repairing)(void *userdata);
	void *userdata;

	/* Of ctl_reload.c. */
	sd_event *event;
	struct ctl_reading *reading; /* a reload under way; NULL: none */
	struct helper_wait wait;
	bool again; /* a signal came meanwhile */
};

/* What the daemon's server is to serve of it. */
struct ctl_part ctl_config_part(struct ctl_config *config);

/* The member "config" of `status`: {"file", "reloaded", "reload_failed",
 * "instances", "services"}; `reloaded_us` is the time of the last reload that was no
 * failure, 0: there was none. The last two count what the file has for vrrpd and for
 * checkd: so each says whether the other should be running. */
json_t *ctl_config_json(
    const struct ctl_config *config, int64_t reloaded_us, bool reload_failed);

/* Adds to the "new" of an event what a reload changed, or, when it failed, as "finding"
 * the first thing that was wrong. */
void ctl_config_put_told(const struct daemon_reload *reload, bool failed, json_t *new);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plane.h - the control plane of a daemon: its own methods, live edits,
 * configuration and the link to the other daemon, on one server. */
#ifndef COMMON_CTL_PLANE_H
#define COMMON_CTL_PLANE_H

#include <systemd/sd-event.h>
#include "common/ctl_config.h"
#include "common/ctl_server.h"
#include "common/ctl_test.h"
#include "common/edits.h"
#include "common/peer.h"

struct ctl_plane {
	struct ctl_config config;
	struct ctl_test test;
	struct edits *edits;
	struct peer *peer;
	struct ctl_server *server;
	char host[65]; /* this host's name up to the first dot */
};

/* Opens the sockets in server->run_dir, while still root. What can be had from
 * the other parameters may be missing in `edits` (daemon, event, tree) and in `server`
 * (daemon, version, parts). Returns 0 or a negative errno; then nothing is left
 * behind. */
int ctl_plane_open(struct ctl_plane *plane, sd_event *event,
    const struct ctl_config *config, const struct edits_config *edits,
    const struct peer_config *peer, const struct ctl_server_config *server);

/* Takes up the edits and leases an earlier process left in the directories, opens the
 * audit and the link to the other daemon. Call after privileges were dropped. */
void ctl_plane_start(struct ctl_plane *plane, sd_event *event, const char *run_dir,
    const char *state_dir, const char *log_dir);

/* A reload gave the daemon another configuration: edits are settled, as edits_settle() says
 * of `told`, and the groups of the control plane looked up anew. */
void ctl_plane_reloaded(struct ctl_plane *plane, json_t *told);

/* Closes the sockets, after the answers that are due. */
void ctl_plane_close(struct ctl_plane *plane);

/* The member "helper" of `status`: {"running", "pid"}. */
json_t *ctl_plane_helper_json(const struct ctl_plane *plane);

/* What this node is called: what the command line says, else `router_id` of the
 * configuration (NULL or empty: it gives none), else the host's name. */
const char *ctl_plane_node(const struct ctl_plane *plane, const char *router_id);

#endif

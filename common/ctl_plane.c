/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plane.c - the control plane of a daemon: its own methods, live edits,
 * configuration and the link to the other daemon, on one server. */
#include "common/ctl_plane.h"

#include <string.h>
#include <unistd.h>

#include "common/ctl_reload.h"
#include "common/daemon.h"
#include "common/helper.h"
#include "common/log.h"
#include "config.h"

static int
open_edits(struct ctl_plane *plane, sd_event *event, const struct edits_config *edits)
{
	struct edits_config config = *edits;

	config.daemon = plane->config.daemon;
	config.event = event;
	config.tree = plane->config.tree;
	return edits_new(&config, &plane->edits);
}

static int
open_server(
    struct ctl_plane *plane, sd_event *event, const struct ctl_server_config *server)
{
	const struct ctl_part parts[] = {
	    edits_part(plane->edits),
	    ctl_config_part(&plane->config),
	    ctl_test_part(&plane->test),
	    peer_part(plane->peer),
	    {0},
	};
	struct ctl_server_config config = *server;

	config.daemon = plane->config.daemon;
	config.version = PACKAGE_VERSION;
	config.parts = parts;
	return ctl_server_new(event, &config, &plane->server);
}

int
ctl_plane_open(struct ctl_plane *plane, sd_event *event,
    const struct ctl_config *config, const struct edits_config *edits,
    const struct peer_config *peer, const struct ctl_server_config *server)
{
	int r;

	*plane = (struct ctl_plane){
	    .config = *config, .test = {.event = event, .helper = config->helper}};
	plane->config.event = event;
	(void)gethostname(plane->host, sizeof(plane->host) - 1);
	plane->host[strcspn(plane->host, ".")] = '\0';
	r = open_edits(plane, event, edits);
	if (r == 0)
		r = peer_new(peer, &plane->peer);
	if (r == 0)
		r = open_server(plane, event, server);
	if (r < 0)
		ctl_plane_close(plane);
	return r;
}

void
ctl_plane_reloaded(struct ctl_plane *plane, json_t *told)
{
	edits_settle(plane->edits, told);
	ctl_server_find_groups(plane->server, *plane->config.helper);
}

void
ctl_plane_start(struct ctl_plane *plane, sd_event *event, const char *run_dir,
    const char *state_dir, const char *log_dir)
{
	struct helper *helper = *plane->config.helper;
	int r = helper != NULL ? helper_watch(helper, event) : 0;

	if (r < 0)
		log_warning("%s-helper: not watched, its death would be noticed by the "
			    "next reload only: %s",
		    plane->config.daemon, strerror(-r));
	edits_open(plane->edits, plane->server, run_dir, state_dir, log_dir);
	peer_open(plane->peer, event, plane->server, plane->config.options->run_base);
}

void
ctl_plane_close(struct ctl_plane *plane)
{
	ctl_test_close(&plane->test);
	ctl_reload_close(&plane->config);
	plane->edits = edits_free(plane->edits);
	plane->peer = peer_free(plane->peer);
	plane->server = ctl_server_free(plane->server);
}

json_t *
ctl_plane_helper_json(const struct ctl_plane *plane)
{
	const struct helper *helper = *plane->config.helper;

	if (helper == NULL || helper_is_gone(helper))
		return json_pack("{s:b, s:n}", "running", false, "pid");
	return json_pack(
	    "{s:b, s:I}", "running", true, "pid", (json_int_t)helper_pid(helper));
}

const char *
ctl_plane_node(const struct ctl_plane *plane, const char *router_id)
{
	if (plane->config.options->config_id != NULL)
		return plane->config.options->config_id;
	return router_id != NULL && router_id[0] != '\0' ? router_id : plane->host;
}

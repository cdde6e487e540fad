/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_metrics.c - what every daemon counts of itself and of its clients, as families of
 * metrics.h. */
#include "common/ctl_server_internal.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/metrics.h"
#include "common/units.h"

/* "haven_vrrpd_..." in a family without labels. */
static json_t *
add_family(const struct ctl_server *server, json_t *families, const char *name,
    const char *type, const char *help)
{
	char full[96];
	const struct metrics_family family = {full, type, help, {NULL}};

	(void)snprintf(full, sizeof(full), "haven_%s_%s", server->config.daemon, name);
	return metrics_add_family(families, &family);
}

static void
add_number(const struct ctl_server *server, json_t *families, const char *name,
    const char *type, const char *help, uint64_t number)
{
	json_t *family = add_family(server, families, name, type, help);

	if (family != NULL)
		metrics_add_integer(family, NULL, (int64_t)number);
}

static void
add_build(const struct ctl_server *server, json_t *families)
{
	char name[64], help[64];
	const struct metrics_family row = {name, "gauge", help, {"version"}};

	(void)snprintf(
	    name, sizeof(name), "haven_%s_build_info", server->config.daemon);
	(void)snprintf(help, sizeof(help), "The version of %s, as a label.",
	    server->config.daemon);
	json_t *family = metrics_add_family(families, &row);
	if (family != NULL)
		metrics_add_integer(family, &server->config.version, 1);
}

static void
add_uptime(const struct ctl_server *server, json_t *families)
{
	int64_t up_us = clock_now_us() - server->started_boot_us;
	json_t *family = add_family(server, families, "uptime_seconds", "gauge",
	    "How long the daemon has been running.");

	if (family != NULL)
		metrics_add_real(family, NULL, (double)up_us / (double)US_PER_S);
}

void
ctl_server_metrics(
    const struct ctl_server *server, bool reload_failed, json_t *families)
{
	const struct ctl_server_stats stats = ctl_server_stats(server);
	struct ctl_state state = {0};

	server->config.state(server->config.userdata, &state);
	add_build(server, families);
	add_uptime(server, families);
	add_number(server, families, "revision", "gauge",
	    "Changes of configuration and overrides since the start.", state.rev);
	add_number(server, families, "config_reload_failed", "gauge",
	    "Whether the last reload was refused.", reload_failed);
	add_number(server, families, "control_clients", "gauge",
	    "Clients of the control sockets.", stats.clients);
	add_number(server, families, "control_connections", "counter",
	    "Connections to the control sockets.", stats.connections);
	add_number(server, families, "control_requests", "counter",
	    "Requests over the control sockets.", stats.requests);
	add_number(server, families, "control_refused", "counter",
	    "Connections refused because there were too many.", stats.refused);
	add_number(server, families, "control_slow", "counter",
	    "Connections closed because they did not read.", stats.slow);
	add_number(server, families, "control_silent", "counter",
	    "Connections closed after a long silence or half a line.", stats.silent);
	add_number(server, families, "control_too_big", "counter",
	    "Requests that were too large or too deep.", stats.too_big);
	add_number(server, families, "events", "counter", "Events since the start.",
	    stats.events);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.c - looks at this node and says what is wrong. */
#include "hactl/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/doctor_finding.h"
#include "hactl/must.h"
#include "hactl/pages.h"
#include "hactl/view.h"

/* Addresses that are asked for on the wire, each for a moment. */
#define ARP_MAX 32

/* All objects of a kind, page by page; an empty array when they cannot be had. */
static json_t *
list(struct session *session, const struct order *order, const char *type)
{
	json_t *all = must(json_array());
	struct part part = {.daemon = "vrrpd"};
	json_int_t next = 0;

	do {
		json_t *params = must(json_pack("{s:s}", "type", type));
		const json_t *page;

		if (next > 0)
			(void)json_object_set_new(params, "next", json_integer(next));
		session_call(session, &part, "list", params, session_timeout(order));
		page = json_array_get(part.items, 0);
		(void)json_array_extend(all, json_object_get(page, "items"));
		next = view_integer(page, "next", 0);
		json_decref(part.items);
		part.items = NULL;
	} while (next > 0);
	json_decref(part.hello);
	ctl_error_done(&part.error);
	return all;
}

static void
look_at_interfaces(json_t *findings, const json_t *instances)
{
	json_t *seen = must(json_object());
	const json_t *instance;
	size_t i;

	json_array_foreach (instances, i, instance) {
		const char *ifname = view_string(instance, "interface", "");

		if (json_object_get(seen, ifname) != NULL)
			continue;
		(void)json_object_set_new(seen, ifname, json_true());
		doctor_look_at_interface(findings, ifname);
	}
	json_decref(seen);
}

static bool
has_family(const json_t *instances, const char *family)
{
	const json_t *instance;
	size_t i;

	json_array_foreach (instances, i, instance)
		if (strcmp(view_string(instance, "family", ""), family) == 0)
			return true;
	return false;
}

static void
look_at_arp(json_t *findings, const json_t *vips)
{
	const json_t *vip;
	size_t i;

	json_array_foreach (vips, i, vip) {
		char *address = must(strdup(view_string(vip, "address", "")));
		bool may = i < ARP_MAX;

		address[strcspn(address, "/")] = '\0';
		if (may && strchr(address, '.') != NULL)
			may = doctor_look_at_arp(findings, view_string(vip, "path", ""),
			    view_string(vip, "interface", ""), address,
			    json_is_true(json_object_get(vip, "set")));
		free(address);
		if (may)
			continue;
		doctor_add(findings, "note", "arp", "daemon/vrrpd",
		    i < ARP_MAX ? "Run it as root to ask." : "",
		    "nobody was asked on the wire who answers for %zu of the addresses",
		    json_array_size(vips) - i);
		return;
	}
}

static enum ctl_exit
verdict(const json_t *findings)
{
	const json_t *finding;
	size_t i;

	json_array_foreach (findings, i, finding)
		if (strcmp(view_string(finding, "severity", ""), "note") != 0)
			return CTL_EXIT_FAILED;
	return CTL_EXIT_DONE;
}

enum ctl_exit
doctor_run(struct session *session, const struct order *order)
{
	struct answer answer = {.order = order, .count = 1};
	struct part *part = &answer.parts[0];
	enum ctl_exit status;
	json_t *findings;

	part->daemon = "vrrpd";
	findings = pages_read(session, order, part, "findings");
	if (findings != NULL) {
		json_t *instances = list(session, order, "instance");
		json_t *vips = list(session, order, "vip");

		look_at_interfaces(findings, instances);
		doctor_look_at_firewall(findings, has_family(instances, "ipv4"),
		    has_family(instances, "ipv6"));
		look_at_arp(findings, vips);
		json_decref(instances);
		json_decref(vips);
		part->items = findings;
	}
	status = session_answer(&answer);
	if (status == CTL_EXIT_DONE)
		status = verdict(findings);
	answer_done(&answer);
	return status;
}

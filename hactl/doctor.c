/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.c - looks at this node and says what is wrong. */
#include "hactl/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/daemons.h"
#include "hactl/doctor_finding.h"
#include "hactl/doctor_wire.h"
#include "hactl/must.h"
#include "hactl/pages.h"
#include "hactl/view.h"

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

		if (json_object_get(seen, ifname) != NULL ||
		    strcmp(view_string(instance, "family", ""), "ipv4") != 0)
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

/* What only the host itself knows. */
static void
look_at_host(json_t *findings, struct session *session, const struct order *order)
{
	json_t *instances = list(session, order, "instance");
	json_t *vips = list(session, order, "vip");

	look_at_interfaces(findings, instances);
	doctor_look_at_firewall(
	    findings, has_family(instances, "ipv4"), has_family(instances, "ipv6"));
	doctor_look_at_wire(findings, vips);
	json_decref(instances);
	json_decref(vips);
}

/* A daemon that ends takes its socket away; one that was killed does not. */
static void
look_at_checkd(
    json_t *findings, const struct session *session, const struct order *order)
{
	struct ctl_client *client = NULL;
	struct ctl_error error = {0};

	if (!daemons_has_socket(session->daemons, "checkd"))
		return;
	if (daemons_open(session->daemons, "checkd", session_timeout(order), &client,
		NULL, &error) != CTL_OK) {
		char *process = doctor_find_process(session->daemons, "checkd");

		doctor_add(
		    findings, "error", "checkd", "daemon/checkd", "", "%s", process);
		free(process);
	}
	ctl_error_done(&error);
}

/* Nobody answers: what is known of the process is all the evidence there is. */
static void
explain_silence(const struct session *session, struct part *part)
{
	char *process, *message;

	if (part->error.code != CTL_UNAVAILABLE)
		return;
	process = doctor_find_process(session->daemons, part->daemon);
	message = must(strdup(part->error.message));
	ctl_error_set(&part->error, CTL_UNAVAILABLE, NULL, "%s; %s", message, process);
	free(message);
	free(process);
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
	findings = pages_read(session, order, part, "doctor", "findings");
	if (findings != NULL) {
		if (!doctor_is_elsewhere(findings, session->daemons))
			look_at_host(findings, session, order);
		look_at_checkd(findings, session, order);
		part->items = findings;
	} else {
		explain_silence(session, part);
	}
	status = session_answer(&answer);
	if (status == CTL_EXIT_DONE)
		status = verdict(findings);
	answer_done(&answer);
	return status;
}

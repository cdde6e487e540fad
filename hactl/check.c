/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - the node as a monitoring plugin reports it. */
#include "hactl/check.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/check_rules.h"
#include "hactl/must.h"
#include "hactl/pages.h"
#include "hactl/terminal.h"
#include "hactl/view.h"

struct check {
	struct session *session;
	const struct order *order;
	json_t *result;
	struct part parts[DAEMONS_COUNT]; /* the status of each */
};

enum { VRRPD = 0, CHECKD };

/* Nobody who listens is an outage of the daemon; that we may not ask is our own, and
 * what it does not serve it names. */
static void
add_error(struct check *check, const struct part *part)
{
	bool outage = part->error.code == CTL_UNAVAILABLE &&
		      json_object_get(part->error.data, "type") == NULL;

	check_add(check->result, outage ? CHECK_CRITICAL : CHECK_UNKNOWN, part->daemon,
	    part->error.message);
}

/* A name that nobody knows is no reason to say that all is well. */
static void
check_names(const struct check *check, const json_t *items)
{
	const struct cmd_match *match = &check->order->match;

	for (size_t i = 0; i < match->count; i++) {
		const struct cmd_word *word = &match->words[i];
		const json_t *item;
		bool found = false;
		size_t at;

		if (word->keyword)
			continue;
		json_array_foreach (items, at, item) {
			const char *name =
			    json_string_value(json_object_get(item, "name"));

			found |= name != NULL && strcmp(name, word->text) == 0;
		}
		if (!found)
			check_add(check->result, CHECK_UNKNOWN, word->text,
			    strcmp(word->token, "VS") == 0 ? "no such service"
							   : "no such instance");
	}
}

/* Those of the daemon's objects that the line is about; NULL with the error told. */
static json_t *
list_named(struct check *check, const char *daemon, const char *type)
{
	struct part part = {.daemon = daemon};
	json_t *named = NULL, *item;
	size_t i;

	session_list(check->session, &part, type, session_timeout(check->order));
	if (part.error.code != CTL_OK) {
		add_error(check, &part);
	} else {
		named = must(json_array());
		json_array_foreach (part.items, i, item) {
			if (order_names(check->order,
				json_string_value(json_object_get(item, "name"))))
				(void)json_array_append(named, item);
		}
		check_names(check, part.items);
	}
	json_decref(part.hello);
	json_decref(part.items);
	ctl_error_done(&part.error);
	return named;
}

/* One source of the truth: what doctor calls an error must not be OK here. A daemon
 * that has no `doctor` told of its instances all the same. */
static void
check_findings(struct check *check)
{
	struct part part = {.daemon = "vrrpd"};
	json_t *findings =
	    pages_read(check->session, check->order, &part, "doctor", "findings");
	const json_t *finding;
	size_t i;

	json_array_foreach (findings, i, finding) {
		const char *object =
		    json_string_value(json_object_get(finding, "object"));

		if (object != NULL && strncmp(object, "instance/", 9) == 0 &&
		    order_names(check->order, object + 9))
			check_finding(check->result, finding);
	}
	json_decref(findings);
	json_decref(part.hello);
	json_decref(part.items);
	ctl_error_done(&part.error);
}

static void
check_instances(struct check *check)
{
	json_t *instances = list_named(check, "vrrpd", "instance");
	const json_t *instance;
	size_t i;

	json_array_foreach (instances, i, instance)
		check_instance(check->result, instance, check->order->now_us);
	if (instances != NULL) {
		check_stays(check->result, instances);
		check_findings(check);
		check_count_instances(check->result, instances);
	}
	json_decref(instances);
}

static void
check_services(struct check *check)
{
	json_t *services = list_named(check, "checkd", "vs");
	const json_t *service;
	size_t i;

	json_array_foreach (services, i, service)
		check_service(check->result, service);
	json_decref(services);
}

static const json_t *
status_of(const struct check *check, size_t i)
{
	return json_array_get(check->parts[i].items, 0);
}

/* What a daemon says of itself and of the other one, or that it says nothing. */
static void
check_daemon(struct check *check, size_t i)
{
	const struct part *part = &check->parts[i];
	const json_t *status = status_of(check, i), *other = status_of(check, 1 - i);

	if (part->error.code != CTL_OK) {
		add_error(check, part);
		return;
	}
	check_status(check->result, part->daemon, status, check->order->now_us);
	check_link(check->result, part->daemon, status, other != NULL,
	    view_integer(other, "up_ms", 0));
}

static void
ask_status(struct check *check, size_t i)
{
	session_call(check->session, &check->parts[i], "status", NULL,
	    session_timeout(check->order));
}

/* A daemon that does not run is a problem only where it should. With nobody there at
 * all, vrrpd stands for the node. */
static bool
is_wanted(const struct check *check, size_t i)
{
	const char *daemon = daemons_name(i);
	const json_t *other = status_of(check, 1 - i);

	return check->parts[i].error.code == CTL_OK || (other == NULL && i == VRRPD) ||
	       check_is_expected(
		   daemon, other, daemons_has_socket(check->session->daemons, daemon));
}

/* Both daemons read the same file: the first that answers knows. */
static void
check_for_work(const struct check *check)
{
	for (size_t i = 0; i < DAEMONS_COUNT; i++) {
		const json_t *status = status_of(check, i);

		if (status == NULL)
			continue;
		check_work(check->result, status);
		return;
	}
}

/* The whole node: both daemons as far as it should have them, and all instances. */
static void
check_node(struct check *check)
{
	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		ask_status(check, i);
	if (check->parts[VRRPD].error.code == CTL_OK)
		check_instances(check);
	for (size_t i = 0; i < DAEMONS_COUNT; i++) {
		if (is_wanted(check, i))
			check_daemon(check, i);
	}
	check_link_age(
	    check->result, status_of(check, VRRPD), status_of(check, CHECKD));
	check_for_work(check);
}

/* Both daemons, whether they are needed or not. */
static void
check_peers(struct check *check)
{
	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		ask_status(check, i);
	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		check_daemon(check, i);
	check_link_age(
	    check->result, status_of(check, VRRPD), status_of(check, CHECKD));
}

/* Fills the result from what the line is about. */
static void
look(struct check *check)
{
	const struct cmd_match *match = &check->order->match;

	if (cmd_match_has(match, "vs")) {
		check_services(check);
	} else if (cmd_match_has(match, "peer")) {
		check_peers(check);
	} else if (match->count > 1) {
		check_instances(check);
	} else {
		check_node(check);
	}
}

int
check_run(struct session *session, const struct order *order)
{
	struct check check = {
	    .session = session, .order = order, .result = check_new()};
	struct answer answer = {.order = order, .count = 1};
	enum check_level level;

	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		check.parts[i].daemon = daemons_name(i);
	look(&check);
	level = check_level_of(check.result);
	/* Even that nobody answers is a result, to be shown as one. */
	answer.parts[0] = (struct part){.daemon = "hactl",
	    .hello = json_incref(check.parts[VRRPD].hello),
	    .rev = check.parts[VRRPD].rev,
	    .items = must(json_pack("[o]", check.result))};
	if (terminal_interrupted != 0)
		level = CHECK_UNKNOWN;
	(void)session_answer(&answer);
	answer_done(&answer);
	for (size_t i = 0; i < DAEMONS_COUNT; i++) {
		json_decref(check.parts[i].hello);
		json_decref(check.parts[i].items);
		ctl_error_done(&check.parts[i].error);
	}
	return (int)level;
}

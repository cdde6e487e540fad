/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - the node as a monitoring plugin reports it. */
#include "hactl/check.h"

#include <string.h>

#include "hactl/check_rules.h"
#include "hactl/must.h"
#include "hactl/terminal.h"

/* Nobody who listens is an outage of the daemon; that we may not ask is our own. */
static void
add_error(json_t *check, const struct part *part)
{
	check_add(check,
	    part->error.code == CTL_UNAVAILABLE ? CHECK_CRITICAL : CHECK_UNKNOWN,
	    part->daemon, part->error.message);
}

/* A name that nobody knows is no reason to say that all is well. */
static void
check_names(json_t *check, const struct order *order, const json_t *instances)
{
	for (size_t i = 0; i < order->match.count; i++) {
		const struct cmd_word *word = &order->match.words[i];
		const json_t *instance;
		bool found = false;
		size_t at;

		if (word->keyword)
			continue;
		json_array_foreach (instances, at, instance) {
			const char *name =
			    json_string_value(json_object_get(instance, "name"));

			found |= name != NULL && strcmp(name, word->text) == 0;
		}
		if (!found)
			check_add(check, CHECK_UNKNOWN, word->text, "no such instance");
	}
}

static void
check_instances(json_t *check, const struct order *order, const json_t *instances)
{
	const json_t *instance;
	size_t i;

	json_array_foreach (instances, i, instance) {
		if (order_names(
			order, json_string_value(json_object_get(instance, "name"))))
			check_instance(check, instance);
	}
	check_names(check, order, instances);
}

/* Fills the check from what the daemon says. */
static void
ask(struct session *session, const struct order *order, struct part *part,
    json_t *check)
{
	session_list(session, part, "instance", session_timeout(order));
	if (part->items != NULL)
		check_instances(check, order, part->items);
	json_decref(part->items);
	part->items = NULL;
	if (part->error.code == CTL_OK)
		session_call(session, part, "status", NULL, session_timeout(order));
	if (part->error.code != CTL_OK)
		add_error(check, part);
	else
		check_status(check, json_array_get(part->items, 0), order->now_us);
}

int
check_run(struct session *session, const struct order *order)
{
	struct answer answer = {.order = order, .count = 1};
	struct part *part = &answer.parts[0];
	json_t *check = check_new();
	enum check_level level;

	part->daemon = "vrrpd";
	ask(session, order, part, check);
	level = check_level_of(check);
	/* Even that nobody answers is a result, to be shown as one. */
	ctl_error_done(&part->error);
	json_decref(part->items);
	part->items = must(json_pack("[o]", check));
	if (terminal_interrupted != 0)
		level = CHECK_UNKNOWN;
	(void)session_answer(&answer);
	answer_done(&answer);
	return (int)level;
}

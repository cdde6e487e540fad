/* SPDX-License-Identifier: Apache-2.0 */
/* others.c - leases that somebody else made, which do not end without a word. */
#include "hactl/others.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/lease_text.h"
#include "hactl/must.h"
#include "hactl/people.h"
#include "hactl/question.h"
#include "hactl/view.h"

/* More of them make the question no clearer. */
#define DESCRIBED_MAX 8

bool
others_have(const json_t *lease)
{
	const json_t *uid = json_object_get(lease, "uid");

	return json_is_integer(uid) && json_integer_value(uid) != (json_int_t)getuid();
}

void
others_describe(const char *verb, const json_t *lease)
{
	json_t *safe = escape_json(lease);
	const char *reason = view_string(safe, "reason", "");
	char *objects, *values;
	char by[VIEW_TEXT_SIZE], left[UNITS_TEXT_SIZE];

	people_name(safe);
	objects = lease_text_objects(safe);
	values = lease_text_values(safe);
	fprintf(stderr, "%s the %s of %s (%s), which %s made", verb,
	    view_string(safe, "kind", "lease"), objects, values, view_user(by, safe));
	if (reason[0] != '\0')
		fprintf(stderr, " for \"%s\"", reason);
	if (json_is_number(json_object_get(safe, "left_ms")))
		fprintf(stderr, "; it would last for another %s",
		    view_span(left, safe, "left_ms"));
	fputs(".\n", stderr);
	free(objects);
	free(values);
	json_decref(safe);
}

/* ---- what a request takes back ----------------------------------------------- */

static bool
is_in(const json_t *texts, const char *text)
{
	const json_t *each;
	size_t i;

	json_array_foreach (texts, i, each) {
		if (json_is_string(each) && strcmp(json_string_value(each), text) == 0)
			return true;
	}
	return false;
}

/* One entry of a lease: is it taken back by "unset"? */
static bool
is_unset(const json_t *params, const json_t *entry)
{
	const json_t *change;
	size_t i;

	json_array_foreach (json_object_get(params, "changes"), i, change) {
		if (strcmp(view_string(change, "path", ""),
			view_string(entry, "object", "?")) == 0 &&
		    is_in(json_object_get(change, "unset"),
			view_string(entry, "field", "?")))
			return true;
	}
	return false;
}

static bool
takes_entry(const json_t *params, const json_t *entry)
{
	const char *target = view_string(params, "target", NULL);

	if (json_object_get(params, "changes") != NULL)
		return is_unset(params, entry);
	if (target == NULL) /* a maintenance of the node */
		return strcmp(view_string(entry, "object", ""), "node") == 0;
	return strcmp(target, "all") == 0 ||
	       strcmp(target, view_string(entry, "object", "?")) == 0;
}

static bool
is_of_kind(const struct order *order, const json_t *lease)
{
	const char *kind = view_string(lease, "kind", "");

	if (strcmp(order->command->method, "apply") == 0)
		return strcmp(kind, "override") == 0 || strcmp(kind, "confirm") == 0;
	return strcmp(kind, order->command->method) == 0;
}

/* Whether the request takes something from the lease. */
static bool
takes(const struct order *order, const json_t *params, const json_t *lease)
{
	const json_t *entries = json_object_get(lease, "entries"), *entry;
	size_t i;

	if (!is_of_kind(order, lease))
		return false;
	if (takes_entry(params, lease)) /* its first entry */
		return true;
	json_array_foreach (entries, i, entry) {
		if (takes_entry(params, entry))
			return true;
	}
	return false;
}

/* ---- the question ------------------------------------------------------------ */

static void
describe(const void *userdata)
{
	const json_t *leases = userdata, *lease;
	size_t i;

	json_array_foreach (leases, i, lease) {
		if (i < DESCRIBED_MAX)
			others_describe("Takes back from", lease);
	}
	if (i > DESCRIBED_MAX)
		fprintf(stderr, "And %zu more.\n", i - DESCRIBED_MAX);
}

/* The leases of others that the order takes something from. */
static json_t *
look(struct session *session, const struct order *order, const json_t *params)
{
	struct answer answer = {.order = order, .count = 1, .parts[0].daemon = "vrrpd"};
	json_t *found = must(json_array()), *lease;
	size_t i;

	session_list(session, &answer.parts[0], "lease", session_timeout(order));
	json_array_foreach (answer.parts[0].items, i, lease) {
		if (others_have(lease) && takes(order, params, lease))
			(void)json_array_append(found, lease);
	}
	answer_done(&answer);
	return found;
}

enum ctl_exit
others_ask(struct session *session, const struct order *order)
{
	enum ctl_exit status = CTL_EXIT_DONE;
	char *wrong = NULL;
	json_t *params, *leases;

	if (options_given(&order->options, OPTION_YES) ||
	    options_given(&order->options, OPTION_DRY_RUN))
		return status;
	params = order->command->params(order, &wrong);
	if (wrong != NULL) {
		free(wrong); /* it is said when the order is carried out */
		return status;
	}
	leases = look(session, order, params);
	if (json_array_size(leases) > 0)
		status = question_ask(order, false, describe, leases);
	json_decref(leases);
	json_decref(params);
	return status;
}

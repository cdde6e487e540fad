/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c - which daemons a command asks, and what they answer together. */
#include "hactl/ask.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "hactl/check_rules.h"
#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/view.h"

/* ---- whom ------------------------------------------------------------------ */

bool
ask_concerns(const struct order *order, const char *daemon)
{
	bool named = false;

	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		named |= cmd_match_has(&order->match, daemons_name(i));
	if (named)
		return cmd_match_has(&order->match, daemon);
	/* "watch instances": the other daemon has none. */
	if (order->command->kind == COMMAND_WATCH &&
	    cmd_match_has(&order->match, "instance"))
		return strcmp(daemon, "vrrpd") == 0;
	switch (order->command->asks) {
	case ASKS_VRRPD:
		return strcmp(daemon, "vrrpd") == 0;
	case ASKS_CHECKD:
		return strcmp(daemon, "checkd") == 0;
	case ASKS_BOTH:
		return true;
	case ASKS_OWNER:
		/* NAMEs are those of instances. */
		return strcmp(daemon, "vrrpd") == 0 ||
		       cmd_match_arg(&order->match, "NAME") == NULL;
	case ASKS_NOBODY:
	case ASKS_NAMED:
		break;
	}
	return false;
}

void
ask_parts(const struct order *order, struct answer *answer)
{
	*answer = (struct answer){.order = order};
	for (size_t i = 0; i < DAEMONS_COUNT; i++) {
		if (ask_concerns(order, daemons_name(i)))
			answer->parts[answer->count++].daemon = daemons_name(i);
	}
}

/* ---- one daemon ------------------------------------------------------------ */

static void
ask_hello(struct session *session, const struct order *order, struct part *part)
{
	if (session_connect(session, part, session_timeout(order)) != NULL)
		part->items = must(json_pack("[O]", part->hello));
}

/* A name of which the list has nothing is one that nobody knows. */
static void
list_wanted(struct session *session, const struct order *order, struct part *part,
    const char *type)
{
	session_list(session, part, type, session_timeout(order));
	if (part->error.code == CTL_OK && order_filter(order, part->items) == 0 &&
	    cmd_match_arg(&order->match, "VS") != NULL &&
	    cmd_match_arg(&order->match, "STATE") == NULL)
		(void)ctl_error_set(&part->error, CTL_NOT_FOUND, NULL,
		    "%s knows no such %s", part->daemon, type);
}

static void
ask_part(struct session *session, const struct order *order, struct part *part,
    const json_t *params)
{
	const char *method = order->command->method;

	if (method == NULL)
		method = cmd_match_arg(&order->match, "METHOD");
	if (order->command->kind == COMMAND_LIST)
		list_wanted(session, order, part, method);
	else if (order->command->kind == COMMAND_HELLO)
		ask_hello(session, order, part);
	else
		session_call(session, part, method, json_deep_copy(params),
		    session_timeout(order));
}

/* ---- all of them ----------------------------------------------------------- */

/* Nobody listens there: not one that answers with an error. */
static bool
is_unreached(const struct part *part)
{
	return part->error.code == CTL_UNAVAILABLE && part->hello == NULL;
}

static void
part_done(struct part *part)
{
	json_decref(part->hello);
	json_decref(part->items);
	ctl_error_done(&part->error);
	*part = (struct part){0};
}

static void
remove_part(struct answer *answer, size_t i)
{
	part_done(&answer->parts[i]);
	answer->count--;
	memmove(&answer->parts[i], &answer->parts[i + 1],
	    (answer->count - i) * sizeof(answer->parts[0]));
	answer->parts[answer->count] = (struct part){0};
}

/* Whether a daemon that was not reached should have been. */
static bool
is_expected(struct session *session, const struct answer *answer, size_t i)
{
	const char *daemon = answer->parts[i].daemon;
	struct part other = {.daemon = answer->parts[1 - i].daemon};
	bool expected;

	if (is_unreached(&answer->parts[1 - i]))
		return strcmp(daemon, "vrrpd") == 0 ||
		       daemons_has_socket(session->daemons, daemon);
	if (daemons_has_socket(session->daemons, daemon))
		return true;
	session_call(session, &other, "status", NULL, session_timeout(answer->order));
	expected = check_is_expected(daemon, json_array_get(other.items, 0), false);
	part_done(&other);
	return expected;
}

void
ask_settle(struct session *session, struct answer *answer)
{
	bool absent[DAEMONS_COUNT] = {false};

	if (answer->count != DAEMONS_COUNT)
		return;
	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		absent[i] =
		    is_unreached(&answer->parts[i]) && !is_expected(session, answer, i);
	for (size_t i = DAEMONS_COUNT; i-- > 0;) {
		/* How the daemons are, that one is not there belongs to; else it has
		 * nothing to say. */
		if (absent[i] && answer->order->command->tells_absent)
			answer->parts[i].absent = true;
		else if (absent[i])
			remove_part(answer, i);
	}
}

/* Whether the daemon knows nothing of what the line is about. */
static bool
knows_not(const struct order *order, const struct part *part)
{
	return part->error.code == CTL_NOT_FOUND ||
	       (part->error.code == CTL_INVALID_PARAMS &&
		   cmd_match_arg(&order->match, "KIND") != NULL);
}

/* Takes out the parts of those who do not know it. Where nobody does, one says so; but
 * one that was not reached may have known it. */
static void
keep_knowing(struct answer *answer)
{
	for (size_t i = answer->count; i-- > 0 && answer->count > 1;) {
		if (knows_not(answer->order, &answer->parts[i]))
			remove_part(answer, i);
	}
}

/* Whether a lease is one that the line can be about: the one with its ID, else one of
 * the user's that waits to be confirmed. */
static bool
is_meant(const json_t *lease, const char *id)
{
	if (id != NULL)
		return strcmp(view_string(lease, "id", ""), id) == 0;
	return strcmp(view_string(lease, "kind", ""), "confirm") == 0 &&
	       view_integer(lease, "uid", -1) == (json_int_t)getuid();
}

/* Returns whether the daemon has such a lease; *ret_asked, whether it could tell. */
static bool
has_lease(struct session *session, const struct order *order, const char *daemon,
    bool *ret_asked)
{
	const char *id = cmd_match_arg(&order->match, "ID");
	struct part part = {.daemon = daemon};
	const json_t *lease;
	bool found = false;
	size_t i;

	session_list(session, &part, "lease", session_timeout(order));
	*ret_asked = part.error.code == CTL_OK;
	json_array_foreach (part.items, i, lease)
		found |= is_meant(lease, id);
	part_done(&part);
	return found;
}

/* A request that changes something is noted down by whom it is sent to. So who was seen
 * not to have the lease in question is not sent one, if another has it. */
static void
keep_owner(struct session *session, const struct order *order, struct answer *answer)
{
	bool has[DAEMONS_COUNT] = {false}, asked[DAEMONS_COUNT] = {false}, any = false;

	if (answer->count < 2)
		return;
	for (size_t i = 0; i < answer->count; i++) {
		has[i] = has_lease(session, order, answer->parts[i].daemon, &asked[i]);
		any |= has[i];
	}
	for (size_t i = answer->count; any && i-- > 0;) {
		if (asked[i] && !has[i])
			remove_part(answer, i);
	}
}

/* Whether the line changes a lease that one of the daemons has. */
static bool
is_about_lease(const struct order *order)
{
	return order->command->asks == ASKS_OWNER && order->command->method != NULL &&
	       (strcmp(order->command->method, "confirm") == 0 ||
		   cmd_match_arg(&order->match, "ID") != NULL);
}

/* Our own part of "version"; it comes last, as the daemons' facts describe the node. */
static void
add_ourselves(struct part *part)
{
	part->daemon = "hactl";
	part->hello = must(json_pack("{s:s}", "version", PACKAGE_VERSION));
	part->items = must(json_pack("[O]", part->hello));
}

/* Whether the answer is there: an id is one daemon's, and the others are not asked. */
static bool
is_found(const struct order *order, const struct part *part)
{
	return order->command->asks == ASKS_OWNER &&
	       (cmd_match_arg(&order->match, "ID") != NULL ||
		   cmd_match_arg(&order->match, "KIND") != NULL) &&
	       part->error.code == CTL_OK;
}

static void
ask_each(struct session *session, const struct order *order, struct answer *answer,
    const json_t *params)
{
	for (size_t i = 0; i < answer->count; i++) {
		ask_part(session, order, &answer->parts[i], params);
		if (is_found(order, &answer->parts[i])) {
			while (answer->count > i + 1)
				remove_part(answer, i + 1);
			while (answer->count > 1)
				remove_part(answer, 0);
		}
	}
}

char *
ask_all(struct session *session, const struct order *order, struct answer *ret)
{
	char *wrong = NULL;
	json_t *params = NULL;

	*ret = (struct answer){.order = order};
	if (order->command->params != NULL) {
		params = order->command->params(order, &wrong);
		if (wrong != NULL)
			return wrong;
	}
	ask_parts(order, ret);
	if (is_about_lease(order))
		keep_owner(session, order, ret);
	ask_each(session, order, ret, params);
	ask_settle(session, ret);
	if (order->command->asks == ASKS_OWNER)
		keep_knowing(ret);
	if (order->command->kind == COMMAND_HELLO)
		add_ourselves(&ret->parts[ret->count++]);
	json_decref(params);
	return NULL;
}

/* ---- one list of two ------------------------------------------------------- */

struct timed {
	const char *time;
	size_t place; /* what happened at the same time stays as it came */
	json_t *item;
};

static int
compare_timed(const void *a, const void *b)
{
	const struct timed *x = a, *y = b;
	int order = strcmp(x->time, y->time);

	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static size_t
collect(const struct part *part, const char *key, struct timed *to, size_t place)
{
	json_t *item;
	size_t i;

	json_array_foreach (part->items, i, item) {
		(void)json_object_set_new(
		    item, "daemon", must(json_string(part->daemon)));
		to[i] = (struct timed){view_string(item, key, ""), place + i, item};
	}
	return i;
}

void
ask_merge(struct answer *answer, const char *key, size_t count)
{
	size_t total = 0, filled = 0;
	json_t *merged = must(json_array());
	struct timed *all;
	struct part *first = NULL;

	for (size_t i = 0; i < answer->count; i++)
		total += json_array_size(answer->parts[i].items);
	all = must(calloc(total + 1, sizeof(*all)));
	for (size_t i = 0; i < answer->count && answer->count > 1; i++)
		filled += collect(&answer->parts[i], key, all + filled, filled);
	qsort(all, filled, sizeof(*all), compare_timed);
	for (size_t i = filled > count ? filled - count : 0; i < filled; i++)
		(void)json_array_append(merged, all[i].item);
	free(all);
	for (size_t i = 0; i < answer->count && answer->count > 1; i++) {
		struct part *part = &answer->parts[i];

		if (part->error.code != CTL_OK)
			continue;
		json_decref(part->items);
		part->items = first == NULL ? json_incref(merged) : must(json_array());
		first = first == NULL ? part : first;
	}
	json_decref(merged);
}

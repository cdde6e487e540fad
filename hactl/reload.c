/* SPDX-License-Identifier: Apache-2.0 */
/* reload.c - reads the configuration anew, not without a word where a role goes.
 *
 * What a reload would do, vrrpd tells: hactl tries it first, and compares the instances
 * that would be removed with those that are MASTER. A daemon that cannot tell (an older
 * one, a file with errors) is asked without a question: it changes nothing or says why.
 */
#include "hactl/reload.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/ask.h"
#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/must.h"
#include "hactl/question.h"
#include "hactl/view.h"

/* The names of the instances that a reload would remove, or NULL. */
static json_t *
try_reload(struct session *session, const struct order *order)
{
	struct answer answer = {.order = order, .count = 1, .parts[0].daemon = "vrrpd"};
	struct part *part = &answer.parts[0];
	json_t *params = must(json_object()), *removed;

	(void)json_object_set_new(params, "dry_run", json_true());
	if (options_given(&order->options, OPTION_FORCE))
		(void)json_object_set_new(params, "force", json_true());
	session_call(session, part, order->command->method, params, session_timeout(order));
	removed =
	    json_incref(json_object_get(json_array_get(part->items, 0), "removed"));
	answer_done(&answer);
	return removed;
}

static bool
has(const json_t *names, const char *name)
{
	const json_t *each;
	size_t i;

	json_array_foreach (names, i, each) {
		if (json_is_string(each) && strcmp(json_string_value(each), name) == 0)
			return true;
	}
	return false;
}

/* Those of `names` that are MASTER here. */
static json_t *
masters_of(struct session *session, const struct order *order, const json_t *names)
{
	struct answer answer = {.order = order, .count = 1, .parts[0].daemon = "vrrpd"};
	struct part *part = &answer.parts[0];
	json_t *masters = must(json_array());
	const json_t *item;
	size_t i;

	session_list(session, part, "instance", session_timeout(order));
	json_array_foreach (part->items, i, item) {
		const char *name = view_string(item, "name", "");

		if (strcmp(view_string(item, "state", ""), "MASTER") == 0 &&
		    has(names, name))
			(void)json_array_append_new(masters, json_string(name));
	}
	answer_done(&answer);
	return masters;
}

static void
describe(const void *userdata)
{
	enum { SHOWN = 8 };
	json_t *masters = escape_json(userdata);
	size_t count = json_array_size(masters);
	const json_t *name;
	size_t i;

	fputs("The file no longer has ", stderr);
	json_array_foreach (masters, i, name) {
		if (i == SHOWN)
			break;
		fprintf(stderr, "%s%s", i > 0 ? ", " : "", json_string_value(name));
	}
	if (count > SHOWN)
		fprintf(stderr, " and %zu more", count - SHOWN);
	fprintf(stderr, ", MASTER here: the addresses go.\n");
	json_decref(masters);
}

static enum ctl_exit
ask_before(struct session *session, const struct order *order)
{
	enum ctl_exit status = CTL_EXIT_DONE;
	json_t *removed, *masters;

	if (options_given(&order->options, OPTION_YES) ||
	    options_given(&order->options, OPTION_DRY_RUN) ||
	    !ask_concerns(order, "vrrpd"))
		return status;
	removed = try_reload(session, order);
	if (json_array_size(removed) > 0) {
		masters = masters_of(session, order, removed);
		if (json_array_size(masters) > 0)
			status = question_ask(order,
			    options_given(&order->options, OPTION_FORCE), describe,
			    masters);
		json_decref(masters);
	}
	json_decref(removed);
	return status;
}

enum ctl_exit
reload_run(struct session *session, const struct order *order)
{
	enum ctl_exit status = ask_before(session, order);
	struct answer answer;
	char *wrong;

	if (status != CTL_EXIT_DONE)
		return status;
	wrong = ask_all(session, order, &answer);
	status = wrong != NULL ? session_usage(&order->options, wrong)
			       : session_answer(&answer);
	answer_done(&answer);
	return status;
}

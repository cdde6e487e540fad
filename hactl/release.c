/* SPDX-License-Identifier: Apache-2.0 */
/* release.c - ends a lease before its time, not without a word where it is another's.
 */
#include "hactl/release.h"

#include <string.h>

#include "hactl/ask.h"
#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/others.h"
#include "hactl/question.h"
#include "hactl/view.h"

/* The lease `id` in a list of leases, or NULL. */
static json_t *
find(const json_t *leases, const char *id)
{
	json_t *lease;
	size_t i;

	json_array_foreach (leases, i, lease) {
		if (strcmp(view_string(lease, "id", ""), id) == 0)
			return lease;
	}
	return NULL;
}

/* Looks for the lease; *ret_daemon becomes the one that has it. Returns the
 * lease (the caller's) or NULL, with the number of those who have one in *ret_count. */
static json_t *
look(struct session *session, const struct order *order, const char **ret_daemon,
    size_t *ret_count)
{
	const char *id = cmd_match_arg(&order->match, "ID");
	json_t *found = NULL;
	struct answer answer;

	*ret_count = 0;
	ask_parts(order, &answer);
	for (size_t i = 0; i < answer.count; i++) {
		json_t *lease;

		session_list(
		    session, &answer.parts[i], "lease", session_timeout(order));
		lease = find(answer.parts[i].items, id);
		if (lease == NULL)
			continue;
		json_decref(found);
		found = json_incref(lease);
		*ret_daemon = answer.parts[i].daemon;
		++*ret_count;
	}
	answer_done(&answer);
	return found;
}

static void
describe(const void *userdata)
{
	others_describe("Ends", userdata);
}

/* Asks the daemon that has it; where nobody was seen to, all, which then say so. */
static enum ctl_exit
end(struct session *session, const struct order *order, const char *daemon)
{
	struct answer answer = {.order = order};
	enum ctl_exit status;
	char *wrong = NULL;

	if (daemon == NULL) {
		wrong = ask_all(session, order, &answer);
	} else {
		answer.count = 1;
		answer.parts[0].daemon = daemon;
		session_call(session, &answer.parts[0], order->command->method,
		    order->command->params(order, &wrong), session_timeout(order));
	}
	status = wrong != NULL ? session_usage(&order->options, wrong)
			       : session_answer(&answer);
	answer_done(&answer);
	return status;
}

enum ctl_exit
release_run(struct session *session, const struct order *order)
{
	enum ctl_exit status = CTL_EXIT_DONE;
	const char *daemon = NULL;
	size_t count;
	json_t *lease = look(session, order, &daemon, &count);

	if (count > 1)
		status = session_usage(&order->options,
		    must_format("both daemons have a lease %s: add \"vrrpd\" or "
				"\"checkd\"",
			cmd_match_arg(&order->match, "ID")));
	else if (lease != NULL && others_have(lease))
		status = question_ask(order, false, describe, lease);
	if (status == CTL_EXIT_DONE)
		status = end(session, order, daemon);
	json_decref(lease);
	return status;
}

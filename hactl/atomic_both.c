/* SPDX-License-Identifier: Apache-2.0 */
/* atomic_both.c - one change of two daemons, as nearly as that can be.
 *
 * Nothing makes two processes change at once. So both are asked first, by a dry run,
 * whether they would; what is refused then has changed nothing. Then one is changed
 * after the other, and if the second does not, the first takes its part back. Whose
 * answer is lost is asked what came of it, by the name of the operation.
 */
#include "hactl/atomic_both.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/ctl_msg.h"
#include "hactl/move.h"
#include "hactl/must.h"
#include "hactl/terminal.h"
#include "hactl/view.h"

#define METHOD "apply"
#define RETRY_MS 200

/* What became of one daemon's part. */
enum fate {
	FATE_CHANGED = 0,
	FATE_REFUSED, /* nothing was changed */
	FATE_UNKNOWN, /* its answer was lost, and it cannot be asked */
};

/* ---- one call -------------------------------------------------------------- */

static void
part_reset(struct part *part)
{
	json_decref(part->hello);
	json_decref(part->items);
	ctl_error_done(&part->error);
	*part = (struct part){.daemon = part->daemon};
}

static const json_t *
result_of(const struct part *part)
{
	return json_array_get(part->items, 0);
}

/* Whether the daemon may have had the request and its answer was lost. */
static bool
is_lost(const struct part *part)
{
	return part->hello != NULL && part->error.data == NULL &&
	       (part->error.code == CTL_UNAVAILABLE ||
		   part->error.code == CTL_PARSE_ERROR);
}

/* ---- whose answer was lost --------------------------------------------------- */

static void
wait_a_moment(void)
{
	const struct timespec pause = {.tv_nsec = RETRY_MS * 1000000L};

	(void)nanosleep(&pause, NULL);
}

/* Puts what the operation ended with into the part. Returns false while it goes on. */
static bool
take_outcome(struct part *part, const struct part *asked, enum fate *ret)
{
	const json_t *op = result_of(asked);
	json_t *result = json_object_get(op, "result");
	json_t *error = json_object_get(op, "error");

	if (result == NULL && error == NULL)
		return false;
	ctl_error_done(&part->error);
	if (error != NULL)
		(void)ctl_msg_read_error(&part->error, error);
	else
		part->items = must(json_pack("[O]", result));
	part->rev = json_integer_value(json_object_get(result, "rev"));
	*ret = error != NULL ? FATE_REFUSED : FATE_CHANGED;
	return true;
}

/* Whether the same process answers as before: one that was restarted has forgotten. */
static bool
is_same(const struct part *part, const struct part *asked)
{
	return json_equal(json_object_get(part->hello, "epoch"),
		   json_object_get(asked->hello, "epoch")) == 1;
}

/* Asks the daemon what came of the request. */
static enum fate
find_out(const struct atomic_both *both, struct part *part, const char *op_id)
{
	int64_t timeout_us = session_timeout(both->order);
	int64_t until_us = clock_now_us() + timeout_us;
	enum fate fate = FATE_UNKNOWN;
	unsigned unheard_of = 0;
	bool over = false;

	while (!over && clock_now_us() < until_us) {
		struct part asked = {.daemon = part->daemon};

		session_call(both->session, &asked, "op.get",
		    must(json_pack("{s:s}", "op_id", op_id)), timeout_us);
		if (asked.error.code == CTL_OK) {
			over = take_outcome(part, &asked, &fate);
		} else if (asked.error.code == CTL_NOT_FOUND) {
			over = !is_same(part, &asked);
			/* The request may still be on its way: ask twice. */
			if (!over && ++unheard_of == 2) {
				fate = FATE_REFUSED;
				over = true;
			}
		}
		part_reset(&asked);
		if (!over)
			wait_a_moment();
	}
	return fate;
}

static enum fate
apply(const struct atomic_both *both, struct part *part, json_t *params)
{
	part_reset(part);
	session_call(both->session, part, METHOD, json_incref(params),
	    session_timeout(both->order));
	if (part->error.code == CTL_OK)
		return FATE_CHANGED;
	if (!is_lost(part))
		return FATE_REFUSED;
	/* Half a change is worse than a moment more for who wants to stop. */
	terminal_interrupted = 0;
	return find_out(both, part, view_string(params, "op_id", ""));
}

/* ---- before ------------------------------------------------------------------ */

/* What both would do. */
static void
try_all(const struct atomic_both *both, struct answer *answer)
{
	for (size_t i = 0; i < answer->count; i++) {
		json_t *params = must(json_copy(both->params[i]));

		(void)json_object_del(params, "op_id");
		(void)json_object_set_new(params, "dry_run", must(json_true()));
		session_call(both->session, &answer->parts[i], METHOD, params,
		    session_timeout(both->order));
	}
}

/* Tells of every part that is refused; JSON has room for one. Returns the status. */
static enum ctl_exit
report_refused(const struct atomic_both *both, const struct answer *answer)
{
	enum ctl_exit status = CTL_EXIT_DONE;

	for (size_t i = 0; i < answer->count; i++) {
		const struct part *part = &answer->parts[i];
		struct options options = both->order->options;
		struct failure failure = failure_of_error(part->daemon, &part->error);

		if (part->error.code == CTL_OK ||
		    (status != CTL_EXIT_DONE && options.json != JSON_OFF))
			continue;
		options.line = both->line_of(both->userdata, part);
		(void)session_failure(&options, &failure);
		if (status == CTL_EXIT_DONE)
			status = failure.status;
	}
	return status;
}

/* ---- when the second does not -------------------------------------------------- */

/* Takes the first one's part back; the error says why not. */
static bool
take_back(const struct atomic_both *both, const struct part *first, struct part *undo)
{
	const json_t *result = result_of(first);
	json_t *params;

	undo->daemon = first->daemon;
	if (!json_is_true(json_object_get(result, "changed")))
		return true;
	params = must(json_pack("{s:O}", "rev", json_object_get(result, "rev")));
	if (json_object_get(both->params[0], "reason") != NULL)
		(void)json_object_set(
		    params, "reason", json_object_get(both->params[0], "reason"));
	session_call(
	    both->session, undo, "apply.undo", params, session_timeout(both->order));
	return undo->error.code == CTL_OK;
}

static char *
undone_text(const struct part *second, const struct part *first, bool known)
{
	return must_format("%s%s; what %s had changed was taken back",
	    second->error.message,
	    known ? "" : ", and whether it was carried out is not known",
	    first->daemon);
}

/* All is as it was: what the second one said is the reason. */
static enum ctl_exit
report_undone(const struct atomic_both *both, const struct answer *answer)
{
	const struct part *second = &answer->parts[1];
	struct failure failure = failure_of_error(second->daemon, &second->error);
	struct options options = both->order->options;
	char *text = undone_text(second, &answer->parts[0], true);

	failure.message = text;
	options.line = both->line_of(both->userdata, second);
	(void)session_failure(&options, &failure);
	free(text);
	return failure.status;
}

/* {"daemon", "rev", "lease", "changes"} of a part that stands. */
static json_t *
standing_json(const struct part *part)
{
	const json_t *result = result_of(part);

	return must(json_pack("{s:s, s:O*, s:O*, s:O*}", "daemon", part->daemon, "rev",
	    json_object_get(result, "rev"), "lease", json_object_get(result, "lease"),
	    "changes", json_object_get(result, "changes")));
}

static json_t *
failed_json(const struct part *part, bool known)
{
	struct failure failure = failure_of_error(part->daemon, &part->error);

	return must(json_pack("{s:s, s:b, s:o}", "daemon", part->daemon, "known", known,
	    "error", failure_json(&failure)));
}

static char *
partial_text(const struct answer *answer, const struct part *undo, bool known)
{
	const struct part *first = &answer->parts[0], *second = &answer->parts[1];

	if (undo->error.code == CTL_OK)
		return undone_text(second, first, known);
	return must_format("%s: %s%s; %s keeps its part: %s", second->daemon,
	    second->error.message,
	    known ? "" : ", and whether it was carried out is not known", first->daemon,
	    undo->error.message);
}

/* The two do not agree, or perhaps not. */
static enum ctl_exit
report_partial(const struct atomic_both *both, const struct answer *answer,
    const struct part *undo, bool known)
{
	const struct part *first = &answer->parts[0], *second = &answer->parts[1];
	bool stands = undo->error.code != CTL_OK;
	json_t *data = must(json_pack("{s:[], s:[o], s:O}", "done", "failed",
	    failed_json(second, known), "op_id",
	    json_object_get(both->params[1], "op_id")));
	char *text = partial_text(answer, undo, known);
	struct failure failure = {.name = ctl_code_name(CTL_PARTIAL),
	    .code = ctl_code_number(CTL_PARTIAL),
	    .status = CTL_EXIT_PARTLY,
	    .daemon = stands ? NULL : second->daemon,
	    .message = text,
	    .data = data};

	if (stands)
		(void)json_array_append_new(
		    json_object_get(data, "done"), standing_json(first));
	(void)session_failure(&both->order->options, &failure);
	if (both->order->options.json == JSON_OFF && stands)
		view_standing(stderr, first->daemon, result_of(first));
	if (both->order->options.json == JSON_OFF && !known)
		fprintf(stderr, "\"hactl diff\" tells what %s has in force.\n",
		    second->daemon);
	json_decref(data);
	free(text);
	return failure.status;
}

static enum ctl_exit
go_back(const struct atomic_both *both, const struct answer *answer, bool known)
{
	struct part undo = {0};
	enum ctl_exit status;
	bool undone = take_back(both, &answer->parts[0], &undo);

	status = undone && known ? report_undone(both, answer)
				 : report_partial(both, answer, &undo, known);
	part_reset(&undo);
	return status;
}

/* The first one's answer was lost, and the second was not asked. */
static enum ctl_exit
report_lost(const struct atomic_both *both, struct answer *answer)
{
	enum ctl_exit status;

	answer->op_id = view_string(both->params[0], "op_id", NULL);
	status = session_answer(answer);
	move_say_name(both->order, both->params[0]);
	return status;
}

/* Each knows its part under the same name. */
static void
name_it(const struct atomic_both *both)
{
	move_name_it(both->params[0]);
	for (size_t i = 1; i < DAEMONS_COUNT; i++)
		(void)json_object_set(both->params[i], "op_id",
		    json_object_get(both->params[0], "op_id"));
}

/* ---- both ---------------------------------------------------------------------- */

static enum ctl_exit
change_all(const struct atomic_both *both, struct answer *answer)
{
	enum fate fate;

	fate = apply(both, &answer->parts[0], both->params[0]);
	if (fate != FATE_CHANGED) {
		answer->count = 1;
		return fate == FATE_REFUSED ? report_refused(both, answer)
					    : report_lost(both, answer);
	}
	fate = apply(both, &answer->parts[1], both->params[1]);
	if (fate != FATE_CHANGED)
		return go_back(both, answer, fate == FATE_REFUSED);
	return session_answer(answer);
}

enum ctl_exit
atomic_both_run(const struct atomic_both *both)
{
	struct answer answer = {.order = both->order, .count = DAEMONS_COUNT};
	enum ctl_exit status;

	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		answer.parts[i].daemon = daemons_name(i);
	try_all(both, &answer);
	if (terminal_interrupted != 0 ||
	    (answer_exit(&answer) == CTL_EXIT_DONE &&
		options_given(&both->order->options, OPTION_DRY_RUN)))
		status = session_answer(&answer);
	else if (answer_exit(&answer) != CTL_EXIT_DONE)
		status = report_refused(both, &answer);
	else {
		name_it(both);
		status = change_all(both, &answer);
	}
	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		part_reset(&answer.parts[i]);
	return status;
}

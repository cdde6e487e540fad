/* SPDX-License-Identifier: Apache-2.0 */
/* atomic.c - many lines that change something, as one change.
 *
 * Every line is understood as it would be alone; its changes are then joined to those
 * of the lines before, for the daemon they are of. Nothing is sent until all of them
 * are right.
 */
#include "hactl/atomic.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "hactl/ask.h"
#include "hactl/atomic_both.h"
#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/request.h"
#include "hactl/words.h"

#define METHOD "apply"
#define METHOD_LEVEL "log.level"

/* One line. */
struct edit {
	struct words words;
	struct order order;             /* points into the words */
	json_t *params;                 /* of the call that this line would be alone */
	json_t *changes[DAEMONS_COUNT]; /* of each daemon; NULL: it has none */
};

struct atomic {
	struct session *session;
	struct edit **edits;
	size_t count;
	json_t
	    *changes[DAEMONS_COUNT]; /* of all lines; NULL: none is for this daemon */
	json_t *common;              /* what else is said, to each of them */
	int64_t now_us;
	bool unsets; /* a line takes something back, for good */
	bool mixed;  /* and that it does not go with "for" was said */
	json_t *wrong; /* JSON: {"line", "message"} of each wrong line */
	enum ctl_exit status;
};

static void
edit_free(struct edit *edit)
{
	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		json_decref(edit->changes[i]);
	json_decref(edit->params);
	words_done(&edit->words);
	free(edit);
}

/* An option of a line would have to hold for all of them: it belongs to the start. */
static char *
check_options(const struct options *options)
{
	for (size_t i = 0; i < OPTION_COUNT_; i++) {
		if (options_given(options, option_rows[i].id))
			return must_format("with --atomic, --%s is given at the start "
					   "and holds for all lines",
			    option_rows[i].name);
	}
	return NULL;
}

/* Whether the line is empty, or a comment. */
static bool
is_blank(const struct edit *edit)
{
	return edit->words.count == 0;
}

static bool
has_method(const struct edit *edit, const char *method)
{
	const char *own = edit->order.command->method;

	return own != NULL && strcmp(own, method) == 0;
}

/* The log level is a field of the daemon itself. */
static json_t *
level_change(const struct edit *edit, const char *daemon)
{
	return must(
	    json_pack("[{s:o, s:{s:O}}]", "path", json_sprintf("daemon/%s", daemon),
		"set", "log_level", json_object_get(edit->params, "level")));
}

/* Gives each daemon that the line is for its changes. */
static void
spread(struct edit *edit)
{
	for (size_t i = 0; i < DAEMONS_COUNT; i++) {
		if (!ask_concerns(&edit->order, daemons_name(i)))
			continue;
		edit->changes[i] =
		    has_method(edit, METHOD_LEVEL)
			? level_change(edit, daemons_name(i))
			: json_incref(json_object_get(edit->params, "changes"));
	}
}

/* Understands one line by itself. Returns NULL, or what is wrong with it. */
static char *
read_edit(const struct atomic *atomic, struct edit *edit)
{
	const struct options *ours = &atomic->session->options;
	struct options none = {.json = ours->json, .file = ours->file};
	char *wrong;

	if (edit->words.end == WORDS_QUOTED)
		return must_format("a quote is not closed");
	wrong =
	    order_read(atomic->session->tree, (const char *const *)edit->words.items,
		edit->words.count, &none, true, &edit->order);
	if (wrong == NULL)
		wrong = check_options(&edit->order.options);
	if (wrong != NULL)
		return wrong;
	if (!has_method(edit, METHOD) && !has_method(edit, METHOD_LEVEL))
		return must_format("\"%s\" cannot be part of one change: with "
				   "--atomic there is only \"set\", \"unset\" and "
				   "\"log level\"",
		    edit->words.items[0]);
	edit->order.options = *ours;
	edit->order.now_us = atomic->now_us;
	edit->params = edit->order.command->params(&edit->order, &wrong);
	if (wrong == NULL)
		spread(edit);
	return wrong;
}

/* Adds a line's "lease" or "confirm_ms". Returns false when an earlier line has another
 * one. */
static bool
join_time(json_t *whole, const json_t *one, const char *key)
{
	json_t *value = json_object_get(one, key);
	json_t *before = json_object_get(whole, key);

	if (value == NULL || before == NULL)
		(void)json_object_set(whole, key, value != NULL ? value : before);
	return value == NULL || before == NULL || json_equal(value, before) == 1;
}

/* Whether all of the lines would take something back for good and set something for a
 * while: what is unset does not come back when that ends. */
static bool
mixes(const struct atomic *atomic)
{
	return atomic->unsets && (json_object_get(atomic->common, "lease") != NULL ||
				     json_object_get(atomic->common, "confirm_ms") != NULL);
}

/* Joins a line to the whole. Returns NULL, or what does not go together. */
static char *
join(struct atomic *atomic, const struct edit *edit)
{
	static const struct {
		const char *key, *word;
	} times[] = {{"lease", "for"}, {"confirm_ms", "confirm"}};

	for (size_t i = 0; i < DAEMONS_COUNT; i++) {
		if (edit->changes[i] == NULL)
			continue;
		if (atomic->changes[i] == NULL)
			atomic->changes[i] = must(json_array());
		(void)json_array_extend(atomic->changes[i], edit->changes[i]);
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (!join_time(atomic->common, edit->params, times[i].key))
			return must_format("with --atomic, the time of \"%s\" holds "
					   "for all lines: an earlier one has another",
			    times[i].word);
	}
	atomic->unsets |= cmd_match_has(&edit->order.match, "unset");
	if (mixes(atomic) && !atomic->mixed) {
		atomic->mixed = true;
		return must_format("with --atomic, \"for\" and \"confirm\" hold for all "
				   "lines, and \"unset\" is for good: they cannot be one "
				   "change");
	}
	return NULL;
}

/* People are told of every wrong line as it comes; JSON has one error for all. */
static void
refuse(struct atomic *atomic, char *wrong)
{
	const struct options *options = &atomic->session->options;

	if (options->json == JSON_OFF) {
		atomic->status = session_usage(options, wrong);
		return;
	}
	(void)json_array_append_new(
	    atomic->wrong, must(json_pack("{s:I, s:s}", "line",
			       (json_int_t)options->line, "message", wrong)));
	free(wrong);
}

/* The error of JSON: that of the first line, and in "lines" each. */
static void
tell_wrong(struct atomic *atomic)
{
	const json_t *first = json_array_get(atomic->wrong, 0);
	struct options options = atomic->session->options;
	struct failure failure;
	json_t *data;

	if (first == NULL)
		return;
	failure = failure_of_usage(json_string_value(json_object_get(first, "message")));
	data = must(json_pack("{s:O}", "lines", atomic->wrong));
	failure.data = data;
	options.line = (size_t)json_integer_value(json_object_get(first, "line"));
	atomic->status = session_failure(&options, &failure);
	json_decref(data);
}

static void
take_line(struct atomic *atomic, const char *line)
{
	struct edit *edit = must(calloc(1, sizeof(*edit)));
	char *wrong;

	words_split(line, &edit->words);
	if (is_blank(edit)) {
		edit_free(edit);
		return;
	}
	wrong = read_edit(atomic, edit);
	if (wrong == NULL)
		wrong = join(atomic, edit);
	if (wrong != NULL)
		refuse(atomic, wrong);
	atomic->edits =
	    must(realloc(atomic->edits, (atomic->count + 1) * sizeof(struct edit *)));
	atomic->edits[atomic->count++] = edit;
}

/* Whether the line changes the object, and the field where one is given. */
static bool
is_about(const struct edit *edit, size_t daemon, const char *path, const char *field)
{
	const json_t *change = json_array_get(edit->changes[daemon], 0);
	const char *own = json_string_value(json_object_get(change, "path"));
	const json_t *name;
	size_t i;

	if (own == NULL || strcmp(own, path) != 0)
		return false;
	if (field == NULL ||
	    json_object_get(json_object_get(change, "set"), field) != NULL)
		return true;
	json_array_foreach (json_object_get(change, "unset"), i, name) {
		if (json_is_string(name) && strcmp(json_string_value(name), field) == 0)
			return true;
	}
	return false;
}

/* The number of the line that the daemon's error is about; 0: of none in particular. */
static size_t
guilty_line(const void *userdata, const struct part *part)
{
	const struct atomic *atomic = userdata;
	const json_t *data = part->error.data;
	const char *path = json_string_value(json_object_get(data, "path"));
	const char *field = json_string_value(json_object_get(data, "field"));
	size_t daemon = strcmp(part->daemon, daemons_name(0)) == 0 ? 0 : 1;

	for (size_t i = 0; path != NULL && i < atomic->count; i++) {
		if (is_about(atomic->edits[i], daemon, path, field))
			return atomic->edits[i]->order.options.line;
	}
	return 0;
}

/* What one daemon is to do. */
static json_t *
params_of(const struct atomic *atomic, size_t daemon)
{
	json_t *params = must(json_copy(atomic->common));

	(void)json_object_set(params, "changes", atomic->changes[daemon]);
	return params;
}

/* The command whose answer the whole has: a line may be "log level", and is told of as
 * an edit of a field all the same. */
static struct order
order_of_all(const struct atomic *atomic)
{
	struct order order = atomic->edits[0]->order;

	for (size_t i = 0; has_method(atomic->edits[0], METHOD_LEVEL); i++) {
		if (commands[i].method != NULL &&
		    strcmp(commands[i].method, METHOD) == 0) {
			order.command = &commands[i];
			break;
		}
	}
	order.options.line = 0;
	return order;
}

static enum ctl_exit
send_to_one(struct atomic *atomic, size_t daemon)
{
	struct order order = order_of_all(atomic);
	struct answer answer = {.order = &order, .count = 1};
	enum ctl_exit status;

	answer.parts[0].daemon = daemons_name(daemon);
	session_call(atomic->session, &answer.parts[0], METHOD,
	    params_of(atomic, daemon), session_timeout(&order));
	order.options.line = guilty_line(atomic, &answer.parts[0]);
	status = session_answer(&answer);
	answer_done(&answer);
	return status;
}

static enum ctl_exit
send_to_both(struct atomic *atomic)
{
	struct order order = order_of_all(atomic);
	struct atomic_both both = {.session = atomic->session,
	    .order = &order,
	    .line_of = guilty_line,
	    .userdata = atomic};
	enum ctl_exit status;

	if (json_object_get(atomic->common, "if_rev") != NULL)
		return session_usage(&order.options,
		    must_format("--if-rev is the revision of one daemon, and the lines "
				"are for both: nothing was done"));
	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		both.params[i] = params_of(atomic, i);
	status = atomic_both_run(&both);
	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		json_decref(both.params[i]);
	return status;
}

static enum ctl_exit
send(struct atomic *atomic)
{
	if (atomic->changes[0] != NULL && atomic->changes[1] != NULL)
		return send_to_both(atomic);
	return send_to_one(atomic, atomic->changes[0] != NULL ? 0 : 1);
}

enum ctl_exit
atomic_run(struct session *session, FILE *from)
{
	struct atomic atomic = {.session = session,
	    .common = must(json_object()),
	    .wrong = must(json_array()),
	    .now_us = clock_realtime_us()};
	char *line = NULL;
	size_t room = 0;

	request_common(atomic.common, &session->options);
	while (getline(&line, &room, from) >= 0) {
		session->options.line++;
		take_line(&atomic, line);
	}
	free(line);
	tell_wrong(&atomic);
	if (atomic.status == CTL_EXIT_DONE && atomic.count > 0)
		atomic.status = send(&atomic);
	for (size_t i = 0; i < atomic.count; i++)
		edit_free(atomic.edits[i]);
	free(atomic.edits);
	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		json_decref(atomic.changes[i]);
	json_decref(atomic.common);
	json_decref(atomic.wrong);
	return atomic.status;
}

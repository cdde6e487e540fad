/* SPDX-License-Identifier: Apache-2.0 */
/* atomic.c - many lines that change something, as one change.
 *
 * Every line is understood as it would be alone; the parameters of its call are then
 * joined to those of the lines before. Nothing is sent until all of them are right.
 */
#include "hactl/atomic.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/words.h"

#define METHOD "apply"

/* One line. */
struct edit {
	struct words words;
	struct order order; /* points into the words */
	json_t *params;     /* of the call that this line would be alone */
};

struct atomic {
	struct session *session;
	struct edit **edits;
	size_t count;
	json_t *params;     /* of the whole; NULL before the first line */
	const char *daemon; /* whom it is for: two cannot do anything as one */
	int64_t now_us;
	enum ctl_exit status;
};

static void
edit_free(struct edit *edit)
{
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
	if (edit->order.command->method == NULL ||
	    strcmp(edit->order.command->method, METHOD) != 0)
		return must_format("\"%s\" cannot be part of one change: with "
				   "--atomic there is only \"set\" and \"unset\"",
		    edit->words.items[0]);
	edit->order.options = *ours;
	edit->order.now_us = atomic->now_us;
	edit->params = edit->order.command->params(&edit->order, &wrong);
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

static const char *
daemon_of(const struct edit *edit)
{
	return daemons_name(edit->order.command->asks == ASKS_CHECKD ? 1 : 0);
}

/* Joins a line's call to the whole. Returns NULL, or what does not go together. */
static char *
join(struct atomic *atomic, const struct edit *edit)
{
	static const struct {
		const char *key, *word;
	} times[] = {{"lease", "for"}, {"confirm_ms", "confirm"}};

	const json_t *params = edit->params;

	if (atomic->params == NULL) {
		atomic->params = must(json_deep_copy(params));
		atomic->daemon = daemon_of(edit);
		return NULL;
	}
	if (strcmp(atomic->daemon, daemon_of(edit)) != 0)
		return must_format("with --atomic all lines are for one daemon: this "
				   "one is for %s, an earlier one for %s",
		    daemon_of(edit), atomic->daemon);
	(void)json_array_extend(json_object_get(atomic->params, "changes"),
	    json_object_get(params, "changes"));
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (!join_time(atomic->params, params, times[i].key))
			return must_format("with --atomic, the time of \"%s\" holds "
					   "for all lines: an earlier one has another",
			    times[i].word);
	}
	return NULL;
}

/* People are told of every wrong line; JSON has room for one error. */
static void
refuse(struct atomic *atomic, char *wrong)
{
	const struct options *options = &atomic->session->options;

	if (options->json == JSON_OFF || atomic->status == CTL_EXIT_DONE)
		atomic->status = session_usage(options, wrong);
	else
		free(wrong);
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

/* Whether a line has the object, and the field where one is given. */
static bool
is_about(const struct edit *edit, const char *path, const char *field)
{
	const json_t *changes = json_object_get(edit->params, "changes");
	const json_t *change = json_array_get(changes, 0);
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
guilty_line(const struct atomic *atomic, const struct ctl_error *error)
{
	const char *path = json_string_value(json_object_get(error->data, "path"));
	const char *field = json_string_value(json_object_get(error->data, "field"));

	for (size_t i = 0; path != NULL && i < atomic->count; i++) {
		if (is_about(atomic->edits[i], path, field))
			return atomic->edits[i]->order.options.line;
	}
	return 0;
}

static enum ctl_exit
send(struct atomic *atomic)
{
	struct order order = atomic->edits[0]->order;
	struct answer answer = {.order = &order, .count = 1};
	enum ctl_exit status;

	answer.parts[0].daemon = atomic->daemon;
	session_call(atomic->session, &answer.parts[0], METHOD,
	    json_incref(atomic->params), session_timeout(&order));
	order.options.line = guilty_line(atomic, &answer.parts[0].error);
	status = session_answer(&answer);
	answer_done(&answer);
	return status;
}

enum ctl_exit
atomic_run(struct session *session, FILE *from)
{
	struct atomic atomic = {.session = session, .now_us = clock_realtime_us()};
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, from) >= 0) {
		session->options.line++;
		take_line(&atomic, line);
	}
	free(line);
	if (atomic.status == CTL_EXIT_DONE && atomic.count > 0)
		atomic.status = send(&atomic);
	for (size_t i = 0; i < atomic.count; i++)
		edit_free(atomic.edits[i]);
	free(atomic.edits);
	json_decref(atomic.params);
	return atomic.status;
}

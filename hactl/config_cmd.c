/* SPDX-License-Identifier: Apache-2.0 */
/* config_cmd.c - checks and prints configuration files; needs no daemon. */
#include "hactl/config_cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf.h"
#include "common/conf_rules.h"
#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/must.h"
#include "hactl/pager.h"
#include "hactl/order.h"
#include "hactl/session.h"
#include "hactl/view.h"

/* A daemon that does not answer at once is not waited for: the file can be tested. */
#define ASK_US US_PER_S

/* A file as far as it could be understood. */
struct reading {
	char *path;
	struct conf_diags *diags;
	struct conf_tree *tree;
};

/* The file that a running daemon uses, which may be given with -f; NULL: nobody answers. */
static char *
ask_for_path(struct session *session)
{
	char *path = NULL;

	for (size_t i = 0; path == NULL && i < DAEMONS_COUNT; i++) {
		struct part part = {.daemon = daemons_name(i)};
		const json_t *config;

		session_call(session, &part, "status", NULL, ASK_US);
		config = json_object_get(json_array_get(part.items, 0), "config");
		if (json_is_string(json_object_get(config, "file")))
			path = must(strdup(view_string(config, "file", "")));
		json_decref(part.hello);
		json_decref(part.items);
		ctl_error_done(&part.error);
	}
	return path;
}

static char *
choose_path(struct session *session, const struct order *order)
{
	const char *given = cmd_match_arg(&order->match, "FILE");
	char *path = given != NULL ? must(strdup(given)) : ask_for_path(session);

	return path != NULL ? path : must(strdup(CONFIG_CMD_DEFAULT));
}

/* Returns 0, or the negative errno of reading; the findings say more. */
static int
read_file(struct session *session, const struct order *order, struct reading *ret)
{
	const struct conf_env env = {.config_id = NULL};
	struct conf_text *text = NULL;
	int error;

	*ret = (struct reading){.path = choose_path(session, order)};
	ret->diags = must(conf_diags_new());
	error = conf_text_load(ret->path, ret->diags, &text);
	if (error == 0 && conf_tree_parse(text, &env, ret->diags, &ret->tree) < 0)
		must(NULL);
	if (error == 0)
		conf_rules_check_work(ret->tree, ret->diags);
	conf_text_free(text);
	conf_diags_sort(ret->diags);
	return error;
}

static void
reading_done(struct reading *reading)
{
	conf_tree_free(reading->tree);
	conf_diags_free(reading->diags);
	free(reading->path);
}

static enum ctl_exit
report_unreadable(const struct order *order, const struct reading *reading, int error)
{
	char *message = must_format("%s: %s", reading->path, strerror(-error));
	struct failure failure = {
	    .name = "unreadable", .status = CTL_EXIT_USAGE, .message = message};
	enum ctl_exit status = session_failure(&order->options, &failure);

	free(message);
	return status;
}

/* Shows one item as JSON. */
static void
put_json(const struct order *order, json_t *item)
{
	struct answer answer = {.order = order, .count = 1};

	answer.parts[0].daemon = "hactl";
	answer.parts[0].items = must(json_pack("[o]", item));
	(void)session_answer(&answer);
	answer_done(&answer);
}

static void
put_findings(const struct order *order, const struct reading *reading)
{
	json_t *item;

	if (order->options.json == JSON_OFF) {
		if (!options_given(&order->options, OPTION_QUIET))
			conf_diags_print(reading->diags, stdout);
		return;
	}
	item = must(conf_diags_json(reading->diags));
	(void)json_object_set_new(item, "file", must(json_string(reading->path)));
	put_json(order, item);
}

static enum ctl_exit
verdict_exit(const struct reading *reading)
{
	return conf_diags_verdict(reading->diags) == CONF_DOES_NOT_RUN ? CTL_EXIT_FAILED
								       : CTL_EXIT_DONE;
}

/* ---- a file that is not for this user ----------------------------------------- */

/* Where the findings are; their texts quote the file. */
static void
put_places(const json_t *result)
{
	const char *verdict = view_string(result, "verdict", "?");
	json_int_t errors = view_integer(result, "errors", 0);
	json_int_t warnings = view_integer(result, "warnings", 0);
	const json_t *finding;
	size_t i;

	json_array_foreach (json_object_get(result, "findings"), i, finding)
		printf("%s:%d:%d: %s\n", view_string(finding, "file", "?"),
		    (int)view_integer(finding, "line", 0),
		    (int)view_integer(finding, "column", 0),
		    view_string(finding, "severity", "?"));
	printf("%s: %" JSON_INTEGER_FORMAT " error%s, %" JSON_INTEGER_FORMAT
	       " warning%s%s\n",
	    verdict, errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s",
	    errors + warnings > 0 ? "; what they are is told to the role operator"
				  : "");
}

static enum ctl_exit
put_result(const struct order *order, const json_t *result)
{
	bool redacted = json_is_true(json_object_get(result, "redacted"));
	const char *never = conf_verdict_text(CONF_DOES_NOT_RUN);
	bool runs = strcmp(view_string(result, "verdict", never), never) != 0;

	if (order->options.json != JSON_OFF) {
		put_json(order, must(json_deep_copy(result)));
	} else if (redacted && !options_given(&order->options, OPTION_QUIET)) {
		json_t *safe = escape_json(result);

		put_places(safe);
		json_decref(safe);
	} else if (!redacted) {
		struct reading told = {.diags = must(conf_diags_new())};

		(void)conf_diags_from_json(told.diags, result);
		put_findings(order, &told);
		reading_done(&told);
	}
	return runs ? CTL_EXIT_DONE : CTL_EXIT_FAILED;
}

/* The daemon that runs with the file can read it. Returns false when none says anything
 * of it. */
static bool
test_by_daemon(
    struct session *session, const struct order *order, enum ctl_exit *ret_status)
{
	bool answered = false;

	for (size_t i = 0; !answered && i < DAEMONS_COUNT; i++) {
		struct part part = {.daemon = daemons_name(i)};
		struct failure failure;

		session_call(
		    session, &part, "config.test", NULL, session_timeout(order));
		answered = part.error.code == CTL_OK || part.error.code == CTL_BUSY;
		failure = failure_of_error(part.daemon, &part.error);
		if (part.error.code == CTL_OK)
			*ret_status = put_result(order, json_array_get(part.items, 0));
		else if (answered)
			*ret_status = session_failure(&order->options, &failure);
		json_decref(part.hello);
		json_decref(part.items);
		ctl_error_done(&part.error);
	}
	return answered;
}

enum ctl_exit
config_cmd_test(struct session *session, const struct order *order)
{
	struct reading reading;
	int error = read_file(session, order, &reading);
	enum ctl_exit status;

	if (error == 0) {
		put_findings(order, &reading);
		status = verdict_exit(&reading);
	} else if (error != -EACCES || cmd_match_arg(&order->match, "FILE") != NULL ||
		   !test_by_daemon(session, order, &status)) {
		status = report_unreadable(order, &reading, error);
	}
	reading_done(&reading);
	return status;
}

/* ---- show ---------------------------------------------------------------------- */

static void
put_paged(const struct order *order, const char *text)
{
	struct pager pager;

	pager_begin(&pager, &order->options);
	fputs(text, pager.to);
	pager_end(&pager);
}

static void
put_canonical(const struct order *order, const struct reading *reading)
{
	char *text = must(conf_tree_print(reading->tree, false));

	if (order->options.json != JSON_OFF)
		put_json(order,
		    must(json_pack("{s:s, s:s}", "file", reading->path, "text", text)));
	else if (!options_given(&order->options, OPTION_QUIET))
		put_paged(order, text);
	free(text);
}

enum ctl_exit
config_cmd_show(struct session *session, const struct order *order)
{
	struct reading reading;
	int error = read_file(session, order, &reading);
	enum ctl_exit status = verdict_exit(&reading);

	if (error != 0) {
		status = report_unreadable(order, &reading, error);
	} else if (status == CTL_EXIT_DONE) {
		put_canonical(order, &reading);
	} else {
		put_findings(order, &reading);
	}
	reading_done(&reading);
	return status;
}

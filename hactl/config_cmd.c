/* SPDX-License-Identifier: Apache-2.0 */
/* config_cmd.c - checks and prints configuration files; needs no daemon. */
#include "hactl/config_cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "common/conf.h"
#include "common/conf_hosts.h"
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

/* How a file is read. */
struct source {
	char *path;
	char *config_id;    /* what @ID lines are compared with */
	const char *id_why; /* who says so */
};

/* A file as far as it could be understood. */
struct reading {
	struct source source;
	struct conf_hosts hosts;
	struct conf_diags *diags;
	struct conf_tree *tree;
};

/* What a running daemon says of its file: {"file", "id"}; NULL: nobody answers. */
static json_t *
ask_for_config(struct session *session)
{
	json_t *config = NULL;

	for (size_t i = 0; config == NULL && i < DAEMONS_COUNT; i++) {
		struct part part = {.daemon = daemons_name(i)};
		json_t *told;

		session_call(session, &part, "status", NULL, ASK_US);
		told = json_object_get(json_array_get(part.items, 0), "config");
		if (json_is_string(json_object_get(told, "file")))
			config = json_incref(told);
		json_decref(part.hello);
		json_decref(part.items);
		ctl_error_done(&part.error);
	}
	return config;
}

/* This host's name up to the first dot. */
static char *
own_name(void)
{
	struct utsname host;

	if (uname(&host) < 0)
		return must(strdup(""));
	host.nodename[strcspn(host.nodename, ".")] = '\0';
	return must(strdup(host.nodename));
}

/* The words of the line first, then what the daemon has: its ID need not be the name of
 * this host, nor hactl be where the daemon is. */
static struct source
choose_source(struct session *session, const struct order *order)
{
	const char *path = cmd_match_arg(&order->match, "FILE");
	const char *id = cmd_match_arg(&order->match, "HOST");
	json_t *config = ask_for_config(session);
	struct source source = {.id_why = "as you say"};

	if (path == NULL)
		path = view_string(config, "file", CONFIG_CMD_DEFAULT);
	if (id == NULL) {
		id = view_string(config, "id", NULL);
		source.id_why =
		    id != NULL ? "as the daemon here does" : "the name of this host";
	}
	source.path = must(strdup(path));
	source.config_id = id != NULL ? must(strdup(id)) : own_name();
	json_decref(config);
	return source;
}

/* Returns 0, or the negative errno of reading; the findings say more. */
static int
read_file(struct session *session, const struct order *order, struct reading *ret)
{
	struct conf_env env = {0};
	struct conf_text *text = NULL;
	int error;

	*ret = (struct reading){.source = choose_source(session, order)};
	env.config_id = ret->source.config_id;
	ret->diags = must(conf_diags_new());
	error = conf_text_load(ret->source.path, ret->diags, &text);
	if (error == 0 && conf_tree_parse(text, &env, ret->diags, &ret->tree) < 0)
		must(NULL);
	if (error == 0)
		conf_rules_check_work(ret->tree, ret->diags);
	if (error == 0 &&
	    conf_hosts_check(text, env.config_id, ret->diags, &ret->hosts) < 0)
		must(NULL);
	conf_text_free(text);
	conf_diags_sort(ret->diags);
	return error;
}

static void
reading_done(struct reading *reading)
{
	conf_tree_free(reading->tree);
	conf_diags_free(reading->diags);
	conf_hosts_done(&reading->hosts);
	free(reading->source.path);
	free(reading->source.config_id);
}

static enum ctl_exit
report_unreadable(const struct order *order, const struct reading *reading, int error)
{
	char *message = must_format("%s: %s", reading->source.path, strerror(-error));
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

/* Whose file it is, where that makes a difference: "read as lb1, as the daemon here
 * does; 3 lines are for other hosts: lb2". */
static char *
whose_text(const struct reading *reading)
{
	const struct conf_hosts *hosts = &reading->hosts;
	char *text = must_format("read as %s, %s; %zu line%s for other hosts",
	    reading->source.config_id, reading->source.id_why, hosts->elsewhere,
	    hosts->elsewhere == 1 ? " is" : "s are");
	const char *separator = ": ";

	for (size_t i = 0; i < hosts->count; i++) {
		char *longer;

		if (hosts->names[i][0] == '\0') /* those that no line names */
			continue;
		longer = must_format("%s%s%s", text, separator, hosts->names[i]);
		free(text);
		text = longer;
		separator = ", ";
	}
	return text;
}

/* Nothing of a file that is the same everywhere. */
static void
put_whose(FILE *to, const struct reading *reading, const char *before)
{
	char *whose, *safe;

	if (reading->hosts.lines == 0)
		return;
	whose = whose_text(reading);
	safe = escape_text(whose);
	fprintf(to, "%s%s\n", before, safe);
	free(safe);
	free(whose);
}

static void
add_hosts(json_t *item, const struct reading *reading)
{
	const struct conf_hosts *hosts = &reading->hosts;
	json_t *names = must(json_array());

	for (size_t i = 0; i < hosts->count; i++)
		if (hosts->names[i][0] != '\0')
			(void)json_array_append_new(
			    names, json_string(hosts->names[i]));
	(void)json_object_set_new(item, "id", json_string(reading->source.config_id));
	(void)json_object_set_new(
	    item, "lines_elsewhere", json_integer((json_int_t)hosts->elsewhere));
	(void)json_object_set_new(item, "other_hosts", names);
}

static void
put_findings(const struct order *order, const struct reading *reading)
{
	json_t *item;

	if (order->options.json == JSON_OFF) {
		if (!options_given(&order->options, OPTION_QUIET)) {
			conf_diags_print(reading->diags, stdout);
			put_whose(stdout, reading, "");
		}
		return;
	}
	item = must(conf_diags_json(reading->diags));
	(void)json_object_set_new(
	    item, "file", must(json_string(reading->source.path)));
	add_hosts(item, reading);
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
	enum ctl_exit status = CTL_EXIT_USAGE;

	if (error == 0) {
		put_findings(order, &reading);
		status = verdict_exit(&reading);
	} else if (error != -EACCES || cmd_match_arg(&order->match, "FILE") != NULL ||
		   cmd_match_arg(&order->match, "HOST") != NULL ||
		   !test_by_daemon(session, order, &status)) {
		status = report_unreadable(order, &reading, error);
	}
	reading_done(&reading);
	return status;
}

/* ---- show ---------------------------------------------------------------------- */

static void
put_paged(const struct order *order, const struct reading *reading, const char *text)
{
	struct pager pager;

	pager_begin(&pager, &order->options);
	put_whose(pager.to, reading, "# ");
	fputs(text, pager.to);
	pager_end(&pager);
}

static void
put_canonical(const struct order *order, const struct reading *reading)
{
	char *text = must(conf_tree_print(reading->tree, false));
	json_t *item;

	if (order->options.json != JSON_OFF) {
		item = must(json_pack(
		    "{s:s, s:s}", "file", reading->source.path, "text", text));
		add_hosts(item, reading);
		put_json(order, item);
	} else if (!options_given(&order->options, OPTION_QUIET)) {
		put_paged(order, reading, text);
	}
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

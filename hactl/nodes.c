/* SPDX-License-Identifier: Apache-2.0 */
/* nodes.c - one command on several hosts, and what they say together. */
#include "hactl/nodes.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "hactl/ask.h"
#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/must.h"
#include "hactl/nodes_rules.h"
#include "hactl/pager.h"
#include "hactl/remote.h"
#include "hactl/terminal.h"
#include "hactl/view.h"

#define HOSTS_MAX 32

struct nodes {
	struct session *session;
	struct order order; /* as it would be here: it says how answers are shown */
	struct remote remotes[HOSTS_MAX];
	json_t *answers[HOSTS_MAX]; /* NULL: none */
	size_t count;
};

bool
nodes_are_several(const char *hosts)
{
	return strchr(hosts, ',') != NULL;
}

/* Whether a list with commas has the host. */
static bool
has_host(const char *list, const char *host)
{
	size_t len = strlen(host);

	while (*list != '\0') {
		size_t name_len = strcspn(list, ",");

		if (name_len == len && strncmp(list, host, len) == 0)
			return true;
		list += name_len + (list[name_len] == ',' ? 1 : 0);
	}
	return false;
}

/* Calls `each` for every name between commas until it returns a sentence. */
static char *
for_each_host(
    const char *hosts, char *(*each)(void *userdata, char *host), void *userdata)
{
	char *list = must(strdup(hosts)), *rest = list, *host, *wrong = NULL;

	while (wrong == NULL && (host = strsep(&rest, ",")) != NULL)
		wrong = each(userdata, host);
	free(list);
	return wrong;
}

/* What begins with "-" would be an option of ssh. */
static char *
check_host(void *userdata, char *host)
{
	size_t *count = userdata;

	if (host[0] == '\0' || host[0] == '-')
		return must_format("\"%s\" is no name of a host", host);
	if (++*count > HOSTS_MAX)
		return must_format("more than %d hosts", HOSTS_MAX);
	return NULL;
}

static char *
add_distinct(void *userdata, char *host)
{
	char *list = userdata;
	size_t len = strlen(list);

	if (!has_host(list, host))
		(void)sprintf(list + len, "%s%s", len > 0 ? "," : "", host);
	return NULL;
}

char *
nodes_distinct(const char *hosts)
{
	char *list = must(calloc(1, strlen(hosts) + 1));

	(void)for_each_host(hosts, add_distinct, list);
	return list;
}

char *
nodes_check(const char *hosts)
{
	size_t count = 0;

	return for_each_host(hosts, check_host, &count);
}

static char *
add_host(void *userdata, char *host)
{
	struct nodes *nodes = userdata;

	nodes->remotes[nodes->count++].host = must(strdup(host));
	return NULL;
}

/* ---- asking --------------------------------------------------------------- */

/* Roles that all nodes were told to give away, or to take, would find no home. */
static bool
moves_roles(const struct order *order)
{
	enum command_kind kind = order->command->kind;

	return kind == COMMAND_MOVE || kind == COMMAND_MAINTENANCE ||
	       kind == COMMAND_MAINTENANCE_RUN;
}

/* What has no end, or no answer of a daemon, is not for several at once. */
static char *
check_order(const struct order *order)
{
	if (order->command != NULL && moves_roles(order))
		return must_format("roles move from one host at a time: all at once, "
				   "nobody would be left to serve (\"for h in ...; do "
				   "hactl -H $h ...\")");
	if (order->command == NULL || order->command->view == NULL)
		return must_format("this is for one host at a time");
	if (order->command->kind == COMMAND_WATCH ||
	    options_given(&order->options, OPTION_WATCH) ||
	    cmd_match_has(&order->match, "follow"))
		return must_format(
		    "what goes on without end is for one host at a time");
	return NULL;
}

/* They are to answer with --quiet as well: what the answers say together is to be
 * known.
 */
static void
start_all(struct nodes *nodes, const char *const words[], size_t count)
{
	char **all = must(calloc(count + 1, sizeof(*all)));

	all[0] = must(strdup("--json=short"));
	count = 1 + options_without(words, count, OPTION_QUIET, all + 1);
	for (size_t i = 0; i < nodes->count; i++)
		(void)remote_start(
		    &nodes->remotes[i], (const char *const *)all, count, true);
	for (size_t i = 0; i < count; i++)
		free(all[i]);
	free(all);
}

/* Reads what hactl there wrote: the answer, or nothing and an error. */
static void
read_answers(struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++) {
		struct remote *remote = &nodes->remotes[i];

		remote_wait(remote);
		if (remote->out == NULL || remote->err == NULL)
			continue;
		nodes->answers[i] =
		    json_loadf(remote->out, JSON_DISABLE_EOF_CHECK, NULL);
		if (nodes->answers[i] == NULL)
			nodes->answers[i] =
			    json_loadf(remote->err, JSON_DISABLE_EOF_CHECK, NULL);
		if (!json_is_object(nodes->answers[i])) {
			json_decref(nodes->answers[i]);
			nodes->answers[i] = NULL;
		}
	}
}

/* A question whether something is so: yes when one of them says yes. */
static bool
is_question(const struct nodes *nodes)
{
	return nodes->order.command->kind == COMMAND_IS_MASTER ||
	       nodes->order.command->kind == COMMAND_IS_UP;
}

static enum ctl_exit
status_of(const struct nodes *nodes)
{
	int status = nodes->remotes[0].status;

	for (size_t i = 1; i < nodes->count; i++) {
		int other = nodes->remotes[i].status;

		if (is_question(nodes) &&
		    (status == CTL_EXIT_DONE || other == CTL_EXIT_DONE))
			status = CTL_EXIT_DONE;
		else
			status = nodes_worse(status, other);
	}
	return (enum ctl_exit)status;
}

/* ---- showing -------------------------------------------------------------- */

static const json_t *
items_of(const struct nodes *nodes, size_t i)
{
	return json_object_get(nodes->answers[i], "items");
}

/* Why a host has no answer. The caller frees it. */
static char *
why_not(struct nodes *nodes, size_t i)
{
	const json_t *error = json_object_get(nodes->answers[i], "error");
	const char *message = json_string_value(json_object_get(error, "message"));
	char line[256] = "";

	if (message != NULL)
		return escape_text(message);
	if (nodes->remotes[i].err != NULL) {
		rewind(nodes->remotes[i].err);
		if (fgets(line, sizeof(line), nodes->remotes[i].err) != NULL)
			line[strcspn(line, "\r\n")] = '\0';
	}
	return escape_text(line[0] != '\0' ? line : "no answer");
}

/* The name of the node as its daemon tells it, else that of the host. */
static const char *
node_of(const struct nodes *nodes, size_t i)
{
	const char *node =
	    json_string_value(json_object_get(nodes->answers[i], "node"));

	return node != NULL && node[0] != '\0' ? node : nodes->remotes[i].host;
}

/* All items of all nodes, each with its "node". */
static json_t *
merge(const struct nodes *nodes, bool *ret_complete)
{
	json_t *merged = must(json_array());
	const json_t *item;
	size_t at;

	*ret_complete = true;
	for (size_t i = 0; i < nodes->count; i++) {
		*ret_complete &= items_of(nodes, i) != NULL;
		json_array_foreach (items_of(nodes, i), at, item) {
			json_t *copy =
			    must(json_pack("{s:s}", "node", node_of(nodes, i)));

			(void)json_object_update_missing(copy, json_loose(item));
			(void)json_array_append_new(merged, copy);
		}
	}
	return merged;
}

static bool
are_instances(const struct nodes *nodes)
{
	const struct command *command = nodes->order.command;

	return command->kind == COMMAND_LIST &&
	       strcmp(command->method, "instance") == 0;
}

static void
show_failures(struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++) {
		char *why;

		if (items_of(nodes, i) != NULL)
			continue;
		why = why_not(nodes, i);
		fprintf(stderr, "%s: %s\n", nodes->remotes[i].host, why);
		free(why);
	}
}

static void
show_problems(FILE *to, const json_t *problems, const struct style *style)
{
	const json_t *problem, *node;
	size_t i, at;

	json_array_foreach (problems, i, problem) {
		char *name = escape_text(view_string(problem, "instance", "?"));

		style_begin(to, style, PAINT_BAD);
		fprintf(to, "%s: %s", name, view_string(problem, "problem", "?"));
		style_end(to, style, PAINT_BAD);
		free(name);
		json_array_foreach (json_object_get(problem, "masters"), at, node) {
			name = escape_text(json_string_value(node));
			fprintf(to, "%s%s", at == 0 ? ": " : ", ", name);
			free(name);
		}
		putc('\n', to);
	}
}

static void
show_table(FILE *to, struct nodes *nodes, const struct style *style)
{
	struct answer answer = {.order = &nodes->order, .count = 1};
	bool complete;
	json_t *merged = merge(nodes, &complete);

	answer.parts[0].daemon = "vrrpd";
	answer.parts[0].items = nodes_by_name(merged);
	json_decref(merged);
	if (json_array_size(answer.parts[0].items) > 0)
		render_text.answer(to, &answer, style);
	answer_done(&answer);
}

/* The part of the daemon that the item is of. */
static struct part *
part_of(struct answer *answer, const char *daemon)
{
	struct part *part;

	for (size_t i = 0; i < answer->count; i++) {
		if (strcmp(answer->parts[i].daemon, daemon) == 0)
			return &answer->parts[i];
	}
	if (answer->count == ANSWER_PARTS_MAX)
		return NULL;
	part = &answer->parts[answer->count++];
	*part = (struct part){.daemon = daemon, .items = must(json_array())};
	return part;
}

/* Adds an item of a command that may ask both daemons to the part of its daemon. */
static void
unpack_item(const json_t *json, const json_t *item, struct answer *ret)
{
	struct part *part = part_of(ret, view_string(item, "daemon", "?"));
	const json_t *error = json_object_get(item, "error");

	if (part == NULL)
		return;
	part->rev = view_integer(item, "rev", part->rev);
	if (error != NULL) {
		(void)ctl_error_set(&part->error,
		    ctl_code_find(view_string(error, "name", NULL), 0), NULL, "%s",
		    view_string(error, "message", "?"));
	} else if (json_is_true(json_object_get(item, "reachable"))) {
		(void)json_array_append(part->items, json_loose(item));
		json_decref(part->hello);
		part->hello = must(json_deep_copy(item));
		(void)json_object_set(
		    part->hello, "node", json_object_get(json, "node"));
	} else {
		part->absent = true;
		(void)ctl_error_set(&part->error, CTL_UNAVAILABLE, NULL, "not running");
	}
}

/* The parts of an answer as they were before they became JSON. */
static void
unpack(const json_t *json, struct answer *ret)
{
	const struct command *command = ret->order->command;
	json_t *items = json_object_get(json, "items");
	const json_t *item;
	size_t i;

	if ((command->asks != ASKS_BOTH && command->asks != ASKS_OWNER) ||
	    json_array_size(items) == 0) {
		ret->parts[ret->count++] =
		    (struct part){.daemon = "vrrpd", .items = json_incref(items)};
		return;
	}
	json_array_foreach (items, i, item)
		unpack_item(json, item, ret);
	if (command->kind == COMMAND_ITEMS || command->kind == COMMAND_LOG)
		ask_merge(ret, command->kind == COMMAND_LOG ? "ts" : "at",
		    json_array_size(items));
}

static void
show_each(FILE *to, struct nodes *nodes, const struct style *style)
{
	const char *separator = "";

	for (size_t i = 0; i < nodes->count; i++) {
		struct answer answer = {.order = &nodes->order};
		char *node = escape_text(node_of(nodes, i));

		if (items_of(nodes, i) != NULL) {
			fprintf(to, "%s== %s\n", separator, node);
			separator = "\n";
			unpack(nodes->answers[i], &answer);
			render_text.answer(to, &answer, style);
		}
		answer_done(&answer);
		free(node);
	}
}

/* {"schema", "at", "nodes": [{"host", "exit", the answer}], "problems": [...]} */
static void
show_json(
    FILE *to, const struct nodes *nodes, json_t *problems, const struct style *style)
{
	json_t *list = must(json_array());
	char at[UNITS_TEXT_SIZE];
	json_t *json;
	char *text;

	for (size_t i = 0; i < nodes->count; i++) {
		json_t *one = must(json_pack("{s:s, s:i}", "host",
		    nodes->remotes[i].host, "exit", nodes->remotes[i].status));

		if (nodes->answers[i] != NULL)
			(void)json_object_update_missing(one, nodes->answers[i]);
		(void)json_array_append_new(list, one);
	}
	json = must(json_pack("{s:s, s:s, s:o, s:O}", "schema", "hactl.nodes/1", "at",
	    units_format_rfc3339(at, nodes->order.now_us), "nodes", list, "problems",
	    problems));
	text = must(json_dumps(json,
	    (style->pretty ? JSON_INDENT(2) : JSON_COMPACT) | JSON_REAL_PRECISION(15)));
	fprintf(to, "%s\n", text);
	free(text);
	json_decref(json);
}

static void
show_answers(FILE *to, struct nodes *nodes, json_t *problems, const struct style *style)
{
	if (nodes->order.options.json != JSON_OFF) {
		show_json(to, nodes, problems, style);
		return;
	}
	if (are_instances(nodes))
		show_table(to, nodes, style);
	else
		show_each(to, nodes, style);
	show_problems(to, problems, style);
}

static void
show(struct nodes *nodes, json_t *problems)
{
	const struct options *options = &nodes->order.options;
	struct style style = terminal_style(options, stdout);
	struct pager pager;

	if (!options_given(options, OPTION_QUIET)) {
		pager_begin(&pager, options);
		show_answers(pager.to, nodes, problems, &style);
		pager_end(&pager);
	}
	(void)fflush(stdout);
	if (options->json == JSON_OFF)
		show_failures(nodes);
}

static enum ctl_exit
ask_and_show(struct nodes *nodes, const char *const words[], size_t count)
{
	json_t *problems = must(json_array()), *merged;
	enum ctl_exit status;
	bool complete;

	start_all(nodes, words, count);
	read_answers(nodes);
	status = status_of(nodes);
	if (are_instances(nodes) || nodes->order.command->kind == COMMAND_IS_MASTER) {
		merged = merge(nodes, &complete);
		json_decref(problems);
		problems = nodes_problems(merged, complete);
		json_decref(merged);
	}
	if (status != CTL_EXIT_INTERRUPTED)
		show(nodes, problems);
	if (status == CTL_EXIT_DONE && json_array_size(problems) > 0)
		status = CTL_EXIT_FAILED;
	json_decref(problems);
	return status;
}

enum ctl_exit
nodes_run(
    struct session *session, const char *hosts, const char *const words[], size_t count)
{
	struct nodes nodes = {.session = session};
	enum ctl_exit status;
	char *wrong = order_read(
	    session->tree, words, count, &session->options, false, &nodes.order);

	if (wrong == NULL)
		wrong = check_order(&nodes.order);
	if (wrong != NULL)
		return session_usage(&nodes.order.options, wrong);
	nodes.order.now_us = clock_realtime_us();
	(void)for_each_host(hosts, add_host, &nodes);
	terminal_catch_interrupt();
	status = ask_and_show(&nodes, words, count);
	for (size_t i = 0; i < nodes.count; i++) {
		json_decref(nodes.answers[i]);
		remote_done(&nodes.remotes[i]);
	}
	return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - the names and values that daemons know, for completion. */
#include "hactl/names.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/units.h"
#include "hactl/escape.h"
#include "hactl/field_text.h"
#include "hactl/must.h"
#include "hactl/order.h"
#include "hactl/view.h"

#define BUDGET_US (300 * US_PER_MS)
#define FRESH_US (2 * US_PER_S)

/* One answer. */
struct known {
	const char *daemon;
	char *method, *what;
	json_t *answer; /* NULL: there was none */
	int64_t asked_us;
};

struct names {
	struct daemons *daemons;
	struct known *knowns;
	size_t count;
	int64_t until_us; /* when the person has waited long enough */
	/* When a daemon was last found not to answer; 0: it did. */
	int64_t failed_us[DAEMONS_COUNT];
};

struct names *
names_new(struct daemons *daemons)
{
	struct names *names = must(calloc(1, sizeof(*names)));

	names->daemons = daemons;
	return names;
}

struct names *
names_free(struct names *names)
{
	if (names != NULL) {
		names_forget(names);
		free(names);
	}
	return NULL;
}

void
names_begin(struct names *names)
{
	names->until_us = clock_now_us() + BUDGET_US;
}

void
names_forget(struct names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		free(names->knowns[i].method);
		free(names->knowns[i].what);
		json_decref(names->knowns[i].answer);
	}
	free(names->knowns);
	names->knowns = NULL;
	names->count = 0;
}

static int64_t *
failed_of(struct names *names, const char *daemon)
{
	return &names->failed_us[strcmp(daemon, daemons_name(0)) == 0 ? 0 : 1];
}

/* What is left of the person's patience; 0 when a daemon that did not answer is left
 * alone for a while, or every key would wait. */
static int64_t
patience(struct names *names, const char *daemon)
{
	int64_t failed_us = *failed_of(names, daemon);
	int64_t now_us = clock_now_us();

	if (failed_us != 0 && now_us - failed_us < FRESH_US)
		return 0;
	return names->until_us > now_us ? names->until_us - now_us : 0;
}

static struct ctl_client *
open_daemon(struct names *names, const char *daemon)
{
	int64_t patience_us = patience(names, daemon);
	struct ctl_client *client = NULL;
	struct ctl_error error = {0};

	if (patience_us == 0)
		return NULL;
	*failed_of(names, daemon) = 0;
	if (daemons_open(names->daemons, daemon, patience_us, &client, NULL, &error) !=
	    CTL_OK)
		*failed_of(names, daemon) = clock_now_us();
	ctl_error_done(&error);
	return client;
}

/* Asks for a list of `what`, what there is of it ("describe"), or an object ("get"). */
static enum ctl_code
call(struct ctl_client *client, const struct known *known, int64_t patience_us,
    json_t **ret, struct ctl_error *error)
{
	bool gets = strcmp(known->method, "get") == 0;
	json_t *params = NULL;

	if (strcmp(known->method, "list") == 0)
		return ctl_client_list(
		    client, known->what, patience_us, ret, NULL, error);
	if (known->what[0] != '\0')
		params = must(json_pack("{s:s}", gets ? "path" : "type", known->what));
	return ctl_client_call(
	    client, known->method, params, patience_us, NULL, ret, error);
}

static json_t *
fetch(struct names *names, const struct known *known)
{
	struct ctl_client *client = open_daemon(names, known->daemon);
	struct ctl_error error = {0};
	json_t *answer = NULL;
	enum ctl_code code;

	if (client == NULL)
		return NULL;
	code = call(client, known, patience(names, known->daemon), &answer, &error);
	if (code == CTL_UNAVAILABLE || code == CTL_PARSE_ERROR) {
		daemons_drop(names->daemons, known->daemon);
		*failed_of(names, known->daemon) = clock_now_us();
	}
	ctl_error_done(&error);
	return answer;
}

/* The place of an answer: the one it had, or a new one. */
static struct known *
place(struct names *names, const char *daemon, const char *method, const char *what)
{
	struct known *known;

	for (size_t i = 0; i < names->count; i++) {
		known = &names->knowns[i];
		if (strcmp(known->daemon, daemon) == 0 &&
		    strcmp(known->method, method) == 0 &&
		    strcmp(known->what, what) == 0)
			return known;
	}
	names->knowns =
	    must(realloc(names->knowns, (names->count + 1) * sizeof(*names->knowns)));
	known = &names->knowns[names->count++];
	*known = (struct known){.daemon = daemon,
	    .method = must(strdup(method)),
	    .what = must(strdup(what))};
	return known;
}

/* The answer, made safe for a terminal; NULL when there is none. It belongs to the
 * store. `daemon` outlives the store. */
static const json_t *
ask(struct names *names, const char *daemon, const char *method, const char *what)
{
	struct known *known = place(names, daemon, method, what);
	json_t *answer;

	if (known->asked_us != 0 && clock_now_us() - known->asked_us < FRESH_US)
		return known->answer;
	answer = fetch(names, known);
	json_decref(known->answer);
	known->answer = answer != NULL ? escape_json(answer) : NULL;
	known->asked_us = clock_now_us();
	json_decref(answer);
	return known->answer;
}

/* A part of what a daemon says of itself, or of a kind of objects. */
static const json_t *
described(struct names *names, const char *daemon, const char *kind, const char *part)
{
	return json_object_get(ask(names, daemon, "describe", kind), part);
}

/* ---- values of arguments ------------------------------------------------- */

static void
add_object(const json_t *item, struct candidates *to)
{
	char priority[VIEW_TEXT_SIZE];
	char *help = must_format("%s, priority %s", view_string(item, "state", "?"),
	    view_text(priority, item, "priority"));

	if (json_object_get(item, "priority") == NULL)
		*strchr(help, ',') = '\0';
	complete_add(to, view_string(item, "name", ""), help, true);
	free(help);
}

static void
add_lease(const json_t *item, struct candidates *to)
{
	char left[UNITS_TEXT_SIZE];
	char *help = must_format("%s %s, %s left", view_string(item, "kind", "?"),
	    view_string(item, "object", "?"), view_span(left, item, "left_ms"));

	complete_add(to, view_string(item, "id", ""), help, true);
	free(help);
}

/* A real server, where its service is given: "10.0.0.11:80". */
static void
add_real(const json_t *item, struct candidates *to)
{
	complete_add(
	    to, view_string(item, "real", ""), view_string(item, "state", "?"), true);
}

static void
add_list(const json_t *list, void (*add)(const json_t *item, struct candidates *to),
    struct candidates *to)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		add(item, to);
}

/* The members of a description; `only_live`: fields that can be changed. */
static void
add_described(const json_t *members, bool only_live, struct candidates *to)
{
	const json_t *one;
	const char *name;

	json_object_foreach (json_loose(members), name, one) {
		if (!only_live || json_is_true(json_object_get(one, "live")))
			complete_add(to, name, view_string(one, "help", ""), true);
	}
}

void
names_values(void *userdata, const struct complete_about *about, const char *token,
    struct candidates *to)
{
	struct names *names = userdata;
	const char *daemon = about->daemon;
	const char *kind = order_kind(token);

	if (kind != NULL)
		add_list(ask(names, daemon, "list", kind), add_object, to);
	else if (strcmp(token, "REAL") == 0)
		add_list(ask(names, daemon, "list", "real"), add_real, to);
	else if (strcmp(token, "ID") == 0)
		add_list(ask(names, daemon, "list", "lease"), add_lease, to);
	else if (strcmp(token, "METHOD") == 0)
		add_described(described(names, daemon, "", "methods"), false, to);
	else if (strcmp(token, "KIND") == 0)
		add_described(described(names, daemon, "", "types"), false, to);
	else if (strcmp(token, "FIELD") == 0 && about->kind != NULL)
		add_described(
		    described(names, daemon, about->kind, "fields"), true, to);
}

char *
names_field(void *userdata, const struct complete_about *about, const char *keyword)
{
	struct names *names = userdata;
	const json_t *fields = described(names, about->daemon, about->kind, "fields");
	const char *field = field_text_name(fields, keyword);
	const json_t *object;
	char *path, *text;

	if (field == NULL)
		return NULL;
	path = must_format("%s/%s", about->kind, about->name);
	object = json_object_get(ask(names, about->daemon, "get", path), "object");
	text = field_text(json_object_get(fields, field), field, object);
	free(path);
	return text;
}

char *
names_lease(void *userdata, const struct complete_about *about, bool needed)
{
	return field_text_lease(
	    described(userdata, about->daemon, "", "limits"), needed);
}

/* ---- for the prompt ------------------------------------------------------ */

enum ctl_role
names_role(struct names *names)
{
	const struct ctl_client *client = open_daemon(names, daemons_name(0));
	int role =
	    client != NULL ? ctl_role_find(ctl_client_hello_text(client, "role")) : -1;

	return role >= 0 ? (enum ctl_role)role : CTL_ROLE_READ;
}

bool
names_maintenance(struct names *names, char ret[UNITS_TEXT_SIZE])
{
	const json_t *lease, *found = NULL;
	size_t i;

	json_array_foreach (ask(names, daemons_name(0), "list", "lease"), i, lease) {
		if (strcmp(view_string(lease, "kind", ""), "maintenance") != 0)
			continue;
		if (found == NULL ||
		    strcmp(view_string(lease, "object", ""), "node") == 0)
			found = lease;
	}
	if (found == NULL)
		return false;
	(void)units_format_span(
	    ret, (int64_t)view_integer(found, "left_ms", 0) * US_PER_MS);
	return true;
}

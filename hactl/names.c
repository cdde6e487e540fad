/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - the names that daemons know, for completion. */
#include "hactl/names.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/units.h"
#include "hactl/escape.h"
#include "hactl/must.h"
#include "hactl/view.h"

#define BUDGET_US (300 * US_PER_MS)
#define FRESH_US (2 * US_PER_S)

/* The arguments with known values, and the lists that hold them. */
enum name_list { LIST_INSTANCE = 0, LIST_LEASE, LIST_COUNT_ };

static void add_instance(const json_t *item, struct candidates *to);
static void add_lease(const json_t *item, struct candidates *to);

static const struct {
	const char *token; /* of the command table */
	const char *type;  /* of the protocol's lists */
	void (*add)(const json_t *item, struct candidates *to);
} lists[LIST_COUNT_] = {
    [LIST_INSTANCE] = {"NAME", "instance", add_instance},
    [LIST_LEASE] = {"ID", "lease", add_lease},
};

struct names {
	struct daemons *daemons;
	json_t *items[LIST_COUNT_]; /* NULL: not asked yet */
	int64_t asked_us[LIST_COUNT_];
	int64_t failed_us; /* when vrrpd was last found not to answer; 0: it did */
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
		for (size_t i = 0; i < LIST_COUNT_; i++)
			json_decref(names->items[i]);
		free(names);
	}
	return NULL;
}

/* A daemon that did not answer is left alone for a while, or every key would wait. */
static struct ctl_client *
open_vrrpd(struct names *names)
{
	struct ctl_client *client = NULL;
	struct ctl_error error = {0};

	if (names->failed_us != 0 && clock_now_us() - names->failed_us < FRESH_US)
		return NULL;
	(void)daemons_open(names->daemons, "vrrpd", BUDGET_US, &client, NULL, &error);
	ctl_error_done(&error);
	names->failed_us = client == NULL ? clock_now_us() : 0;
	return client;
}

/* Reads a list anew when it is old; without an answer it is empty. */
static void
refresh(struct names *names, size_t list)
{
	int64_t now_us = clock_now_us();
	struct ctl_error error = {0};
	struct ctl_client *client;

	if (names->items[list] != NULL && now_us - names->asked_us[list] < FRESH_US)
		return;
	json_decref(names->items[list]);
	names->items[list] = NULL;
	client = open_vrrpd(names);
	if (client != NULL && ctl_client_list(client, lists[list].type, BUDGET_US,
				  &names->items[list], NULL, &error) != CTL_OK)
		daemons_drop(names->daemons, "vrrpd");
	ctl_error_done(&error);
	if (names->items[list] == NULL)
		names->items[list] = must(json_array());
	names->asked_us[list] = clock_now_us();
}

static void
add_instance(const json_t *item, struct candidates *to)
{
	json_t *safe = escape_json(item);
	char priority[VIEW_TEXT_SIZE];
	char *help = must_format("%s, priority %s", view_string(safe, "state", "?"),
	    view_text(priority, safe, "priority"));

	complete_add(to, view_string(safe, "name", ""), help, true);
	free(help);
	json_decref(safe);
}

static void
add_lease(const json_t *item, struct candidates *to)
{
	json_t *safe = escape_json(item);
	char left[UNITS_TEXT_SIZE];
	char *help = must_format("%s %s, %s left", view_string(safe, "kind", "?"),
	    view_string(safe, "object", "?"), view_span(left, safe, "left_ms"));

	complete_add(to, view_string(safe, "id", ""), help, true);
	free(help);
	json_decref(safe);
}

void
names_values(void *userdata, const char *token, struct candidates *to)
{
	struct names *names = userdata;
	const json_t *item;
	size_t i;

	for (size_t list = 0; list < LIST_COUNT_; list++) {
		if (strcmp(token, lists[list].token) != 0)
			continue;
		refresh(names, list);
		json_array_foreach (names->items[list], i, item)
			lists[list].add(item, to);
	}
}

enum ctl_role
names_role(struct names *names)
{
	const struct ctl_client *client = open_vrrpd(names);
	int role =
	    client != NULL ? ctl_role_find(ctl_client_hello_text(client, "role")) : -1;

	return role >= 0 ? (enum ctl_role)role : CTL_ROLE_READ;
}

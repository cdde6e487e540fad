/* SPDX-License-Identifier: Apache-2.0 */
/* view_event.c - what happened, one line each. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/event_changed.h"
#include "hactl/event_daemon.h"
#include "hactl/lease_text.h"
#include "hactl/order.h"
#include "hactl/peer_text.h"
#include "hactl/view.h"
#include "hactl/when.h"

#define NAME_WIDTH_MIN 8
#define NAME_WIDTH_MAX 32

static const char *
name_of(const json_t *event)
{
	const char *path = view_string(event, "path", "-");
	const char *slash = strchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void
put_state(FILE *to, const char *state, const struct style *style)
{
	enum paint paint = style_of_state(state);

	style_begin(to, style, paint);
	fputs(state, to);
	style_end(to, style, paint);
}

/* "  master 192.0.2.12 prio 100" */
static void
put_master(FILE *to, const json_t *new)
{
	char prio[VIEW_TEXT_SIZE];
	const char *master = view_string(new, "master", NULL);

	if (master != NULL && strcmp(master, "self") != 0)
		fprintf(to, "  master %s prio %s", master,
		    view_text(prio, new, "master_priority"));
}

static void
put_transition(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *new = json_object_get(event, "new");
	const char *reason = view_string(new, "reason", NULL);

	put_state(to, view_string(json_object_get(event, "old"), "state", "-"), style);
	fputs(" -> ", to);
	put_state(to, view_string(new, "state", "-"), style);
	put_master(to, new);
	if (reason != NULL)
		fprintf(to, "  (%s)", reason);
}

static void
put_priority(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *now = json_object_get(event, "new");
	char old[VIEW_TEXT_SIZE], new[VIEW_TEXT_SIZE];

	(void)style;
	(void)view_text(old, json_object_get(event, "old"), "effective");
	/* In FAULT none is in effect. */
	if (json_is_integer(json_object_get(now, "effective")))
		fprintf(to, "effective priority %s -> %s", old,
		    view_text(new, now, "effective"));
	else
		fprintf(to, "another priority than %s when it is up again", old);
}

static void
put_refused(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *new = json_object_get(event, "new");
	char count[VIEW_TEXT_SIZE];

	(void)style;
	fprintf(to, "refused an advertisement of %s: %s (%s), %s so far",
	    view_string(new, "source", "-"), view_string(new, "text", "-"),
	    view_string(new, "detail", "-"), view_text(count, new, "count"));
}

/* What it is comes with its next transition, or from "show instance". */
static void
put_added(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *new = json_object_get(event, "new");
	char priority[VIEW_TEXT_SIZE];

	fputs("added, ", to);
	put_state(to, view_string(new, "state", "-"), style);
	fprintf(to, ", priority %s", view_text(priority, new, "priority"));
}

/* "2 of 2 addresses set" */
static void
put_vips(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *new = json_object_get(event, "new");
	const json_t *vips = json_object_get(new, "vips");
	const char *address = view_string(new, "address", NULL);
	const char *error = view_string(new, "error", NULL);
	char set[VIEW_TEXT_SIZE], want[VIEW_TEXT_SIZE];

	(void)style;
	fprintf(to, "addresses %s: %s of %s set", view_string(new, "what", "changed"),
	    view_text(set, vips, "set"), view_text(want, vips, "want"));
	if (address != NULL)
		fprintf(to, "  %s", address);
	if (error != NULL)
		fprintf(to, "  (%s)", error);
}

/* "hold of VI_4: priority 1, 9m59s left"; why is told behind the word of who did it. */
static void
put_lease(FILE *to, const json_t *lease)
{
	char *objects = lease_text_objects(lease), *values = lease_text_values(lease);
	char left[UNITS_TEXT_SIZE];

	fprintf(
	    to, "%s of %s: %s", view_string(lease, "kind", "lease"), objects, values);
	if (json_is_number(json_object_get(lease, "left_ms")))
		fprintf(to, ", %s left", view_span(left, lease, "left_ms"));
	free(objects);
	free(values);
}

static void
put_lease_event(FILE *to, const json_t *event, const struct style *style)
{
	(void)style;
	fprintf(to, "%s  ", view_string(event, "type", "lease") + strlen("lease."));
	put_lease(to, json_object_get(event, "new"));
}

/* What the other daemon says of its objects, by their states. */
static void
put_counts(FILE *to, const json_t *counts)
{
	json_int_t total = view_integer(counts, "total", 0);
	const char *key, *separator = ": ";
	json_t *value;

	fprintf(
	    to, "%" JSON_INTEGER_FORMAT " instance%s", total, total == 1 ? "" : "s");
	json_object_foreach (json_loose(counts), key, value) {
		if (strcmp(key, "total") == 0)
			continue;
		fprintf(to, "%s%" JSON_INTEGER_FORMAT " %s", separator,
		    json_integer_value(value), key);
		separator = ", ";
	}
}

/* "stopping", "4 instances: 2 master, 2 backup, in maintenance L-3fa7" */
static void
put_heard_of_peer(FILE *to, const json_t *new)
{
	const json_t *counts = json_object_get(new, "instances");
	const char *maintenance = view_string(new, "maintenance", NULL);

	if (strcmp(view_string(new, "phase", ""), "stopping") == 0) {
		fputs("stopping", to);
		return;
	}
	if (json_is_object(counts))
		put_counts(to, counts);
	else
		fputs(view_string(new, "phase", "is heard"), to);
	if (maintenance != NULL)
		fprintf(to, ", in maintenance %s", maintenance);
}

/* "link up, version 0.1.0", "link lost: checkd has stopped", "not heard so far" */
static void
put_link_state(FILE *to, const json_t *peer, const struct style *style)
{
	const char *state = view_string(peer, "state", "-");
	char *why;

	if (strcmp(state, "never") == 0) {
		fputs("not heard so far", to);
		return;
	}
	fputs("link ", to);
	put_state(to, state, style);
	if (strcmp(state, "up") == 0)
		fprintf(to, ", version %s", view_string(peer, "version", "-"));
	if (!peer_is_lost(peer))
		return;
	why = peer_text_why(peer);
	fprintf(to, ": %s", why);
	free(why);
}

static void
put_link(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *new = json_object_get(event, "new");

	if (strcmp(view_string(new, "state", ""), "up") == 0 &&
	    strcmp(view_string(event, "type", ""), "peer.changed") == 0)
		put_heard_of_peer(to, new);
	else
		put_link_state(to, new, style);
}

/* One object of the picture. */
static void
put_object(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *object = json_object_get(event, "object");
	const char *reason = view_string(object, "reason", "");

	if (strncmp(view_string(object, "path", ""), "peer/", 5) == 0) {
		put_link_state(to, object, style);
		return;
	}
	fputs("is ", to);
	if (view_string(object, "state", NULL) == NULL) {
		put_lease(to, object);
		if (reason[0] != '\0')
			fprintf(to, "  \"%s\"", reason);
		return;
	}
	put_state(to, view_string(object, "state", "there"), style);
	put_master(to, object);
}

static void
put_reset(FILE *to, const json_t *event, const struct style *style)
{
	(void)event;
	(void)style;
	fputs("what is now:", to);
}

static void
put_synced(FILE *to, const json_t *event, const struct style *style)
{
	(void)style;
	fputs("that is all", to);
	if (!json_is_true(json_object_get(event, "settled")))
		fputs("; who is Master is not settled yet", to);
}

static void
put_lost(FILE *to, const json_t *event, const struct style *style)
{
	char from[VIEW_TEXT_SIZE], last[VIEW_TEXT_SIZE];

	(void)style;
	fprintf(to, "events %s to %s are lost; what is now follows",
	    view_text(from, event, "from"), view_text(last, event, "to"));
}

/* "failover begins" */
static void
put_move_begun(FILE *to, const json_t *event, const struct style *style)
{
	(void)style;
	fprintf(to, "%s begins",
	    view_string(json_object_get(event, "new"), "kind", "a move"));
}

/* "failover done  master 192.0.2.12 prio 60" */
static void
put_move_ended(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *new = json_object_get(event, "new");

	const char *result = view_string(new, "result", "ended");

	(void)style;
	fprintf(to, "%s %s", view_string(new, "kind", "a move"),
	    strcmp(result, "nobody") == 0 ? "ended: nobody took over" : result);
	put_master(to, new);
}

static void
put_heard(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *new = json_object_get(event, "new");
	char prio[VIEW_TEXT_SIZE];

	(void)style;
	if (view_string(new, "master", NULL) == NULL)
		fputs("hears no Master", to);
	else
		fprintf(to, "hears %s as Master, priority %s",
		    view_string(new, "master", "?"),
		    view_text(prio, new, "master_priority"));
}

static void
put_settled(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *new = json_object_get(event, "new");

	(void)style;
	fputs(json_is_true(json_object_get(new, "settled"))
		  ? "knows who is Master everywhere"
		  : "does not know yet who is Master",
	    to);
}

static void
put_removed(FILE *to, const json_t *event, const struct style *style)
{
	(void)event;
	(void)style;
	fputs("removed", to);
}

/* Any other: its type and the plain members of what is new. */
static void
put_plain(FILE *to, const json_t *event, const struct style *style)
{
	const char *key;
	json_t *value;

	(void)style;
	fputs(view_string(event, "type", "?"), to);
	json_object_foreach (json_object_get(event, "new"), key, value) {
		char text[VIEW_TEXT_SIZE];

		if (!json_is_object(value) && !json_is_array(value) &&
		    !json_is_null(value))
			fprintf(to, "  %s %s", key,
			    view_text(text, json_object_get(event, "new"), key));
	}
}

/* "  by dave CHG-4711/2 "kernel"" */
static void
put_cause(FILE *to, const json_t *cause)
{
	const char *op_id = view_string(cause, "op_id", NULL);
	const char *reason = view_string(cause, "reason", NULL);
	char by[VIEW_TEXT_SIZE];

	if (!json_is_object(cause))
		return;
	fprintf(to, "  by %s", view_user(by, cause));
	if (op_id != NULL)
		fprintf(to, " %s", op_id);
	if (reason != NULL)
		fprintf(to, " \"%s\"", reason);
}

/* Of an instance, or of whatever else a daemon has. */
static bool
is_change(const char *type)
{
	const char *verb = strchr(type, '.');

	return verb != NULL && strcmp(verb, ".changed") == 0 &&
	       strncmp(type, "peer.", 5) != 0 && strncmp(type, "lease.", 6) != 0;
}

bool
view_event_is_shown(const json_t *event)
{
	return !is_change(view_string(event, "type", "?")) ||
	       event_changed_is_told(event);
}

static void
put_event(FILE *to, const json_t *event, int name_width, int64_t now_us,
    const struct style *style)
{
	static const struct {
		const char *type; /* or what it begins with, up to the dot */
		void (*put)(FILE *, const json_t *, const struct style *);
	} rows[] = {
	    {"instance.state", put_transition},
	    {"instance.priority", put_priority},
	    {"instance.refused", put_refused},
	    {"instance.vips", put_vips},
	    {"instance.added", put_added},
	    {"instance.master", put_heard},
	    {"instance.removed", put_removed},
	    {"config.reloaded", event_daemon_put_reloaded},
	    {"config.refused", event_daemon_put_refused},
	    {"override.superseded", event_daemon_put_superseded},
	    {"daemon.log_level", event_daemon_put_log_level},
	    {"daemon.stopping", event_daemon_put_stopping},
	    {"daemon.after_kill", event_daemon_put_after_kill},
	    {"audit.lost", event_daemon_put_audit_lost},
	    {"move.started", put_move_begun},
	    {"move.finished", put_move_ended},
	    {"daemon.settled", put_settled},
	    {"lease.", put_lease_event},
	    {"peer.", put_link},
	    {"reset", put_reset},
	    {"object", put_object},
	    {"synced", put_synced},
	    {"gap", put_lost},
	};
	const char *type = view_string(event, "type", "?");
	void (*put)(FILE *, const json_t *, const struct style *) =
	    is_change(type) ? event_changed_put : put_plain;
	char stamp[UNITS_TEXT_SIZE], seq[VIEW_TEXT_SIZE];

	if (!view_event_is_shown(event))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].type);

		if (strcmp(rows[i].type, type) == 0 ||
		    (rows[i].type[len - 1] == '.' &&
			strncmp(rows[i].type, type, len) == 0))
			put = rows[i].put;
	}
	if (view_string(event, "daemon", NULL) != NULL)
		fprintf(to, "%-6s ", view_string(event, "daemon", NULL));
	fprintf(to, "%-12s %4s %-*s ",
	    when_stamp(stamp, view_string(event, "ts", NULL), now_us),
	    view_text(seq, event, "seq"), name_width, name_of(event));
	put(to, event, style);
	/* Whoever gave a lease did not end it when its time was over. */
	if (strcmp(type, "lease.expired") != 0)
		put_cause(to, json_object_get(event, "cause"));
	putc('\n', to);
}

/* A column for the names. A stream shows one event at a time: once it is wider for a
 * long name, it stays so. */
static int
name_width_of(const struct answer *answer)
{
	static int width = NAME_WIDTH_MIN;
	const json_t *event;
	size_t at;

	for (size_t i = 0; i < answer->count; i++) {
		json_array_foreach (answer->parts[i].items, at, event) {
			int len = (int)strlen(name_of(event));

			if (len > width && len <= NAME_WIDTH_MAX)
				width = len;
		}
	}
	return width;
}

void
view_events(FILE *to, const struct answer *answer, const struct style *style)
{
	int name_width = name_width_of(answer);
	const json_t *event;
	size_t at;

	for (size_t i = 0; i < answer->count; i++) {
		json_array_foreach (answer->parts[i].items, at, event)
			put_event(to, event, name_width, answer->order->now_us, style);
	}
	view_failures(to, answer, style);
}

void
view_waited(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *item = answer_item(answer, 0);
	const char *name = view_string(item, "name", NULL);

	if (name == NULL) {
		fputs("vrrpd has found out who is Master\n", to);
		return;
	}
	fprintf(to, "%s is ", name);
	put_state(to, view_string(item, "state", "drained"), style);
	putc('\n', to);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* view_status.c - the daemons of a node and what they do. */
#include <stdlib.h>
#include <string.h>

#include "hactl/columns.h"
#include "hactl/lease_text.h"
#include "hactl/order.h"
#include "hactl/peer_text.h"
#include "hactl/view.h"
#include "hactl/when.h"

#define NEWS_MS 3600000 /* so long a crash is told */

static void
put_painted(FILE *to, const char *text, enum paint paint, const struct style *style)
{
	style_begin(to, style, paint);
	fputs(text, to);
	style_end(to, style, paint);
}

/* "   vrrpd 0.1.0 running (rev 13, up 2h11m)" */
static void
put_daemon(FILE *to, const struct part *part, const struct style *style)
{
	const json_t *item = json_array_get(part->items, 0);
	const char *phase =
	    view_string(item, "phase", view_string(part->hello, "phase", "?"));
	char up[UNITS_TEXT_SIZE];

	fprintf(to, "   %s ", part->daemon);
	if (part->absent) {
		fputs("not running", to);
		return;
	}
	if (part->error.code != CTL_OK) {
		put_painted(to, part->hello == NULL ? "unreachable" : "failed",
		    PAINT_BAD, style);
		return;
	}
	fprintf(to, "%s ", view_string(part->hello, "version", "?"));
	put_painted(
	    to, phase, strcmp(phase, "running") == 0 ? PAINT_GOOD : PAINT_NOTE, style);
	fprintf(to, " (rev %" JSON_INTEGER_FORMAT, part->rev);
	if (json_is_number(json_object_get(item, "up_ms")))
		fprintf(to, ", up %s", view_span(up, item, "up_ms"));
	if (json_is_false(json_object_get(item, "settled")))
		fputs(", roles not settled yet", to);
	putc(')', to);
}

static bool
has_absent(const struct answer *answer)
{
	for (size_t i = 0; i < answer->count; i++)
		if (answer->parts[i].absent)
			return true;
	return false;
}

/* "   link ok 0.4s", "   link lost 12s: checkd has stopped"; where the other was never
 * there, or has stopped and is not needed, nothing is amiss. */
static void
put_link(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *peer = peer_worst(answer);
	const char *state = view_string(peer, "state", "");
	char age[UNITS_TEXT_SIZE];

	if (peer == NULL)
		return;
	if (strcmp(state, "up") == 0) {
		fprintf(to, "   link ok %s", peer_text_age(age, peer));
	} else if (strcmp(view_string(peer, "why", ""), "stopped") == 0 &&
		   has_absent(answer)) {
		fputs("   link -", to);
	} else if (peer_is_lost(peer)) {
		char *why = peer_text_why(peer);

		fputs("   ", to);
		put_painted(to, "link lost", PAINT_BAD, style);
		fprintf(to, " %s: %s", peer_text_age(age, peer), why);
		free(why);
	} else {
		fprintf(
		    to, "   link %s", strcmp(state, "connecting") == 0 ? state : "-");
	}
}

/* "node lb1   vrrpd 0.1.0 running (rev 13)   checkd unreachable" */
static void
put_node(FILE *to, const struct answer *answer, const struct style *style)
{
	fprintf(to, "node %s", answer_node(answer));
	for (size_t i = 0; i < answer->count; i++)
		put_daemon(to, &answer->parts[i], style);
	put_link(to, answer, style);
	putc('\n', to);
}

/* Instances have states in capitals everywhere. */
static void
put_count_name(FILE *to, const char *key, const struct style *style)
{
	static const struct {
		const char *key, *state;
	} states[] = {{"master", "MASTER"}, {"backup", "BACKUP"}, {"fault", "FAULT"},
	    {"initialize", "INITIALIZE"}};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(states[i].key, key) == 0) {
			put_painted(to, states[i].state,
			    style_of_state(states[i].state), style);
			return;
		}
	}
	put_painted(to, key, style_of_state(key), style);
}

/* "instances 4: 2 MASTER 1 BACKUP 1 FAULT": those that are not 0. */
static void
put_counts(FILE *to, const char *label, const json_t *counts, const struct style *style)
{
	const char *total =
	    json_object_get(counts, "total") != NULL ? "total" : "configured";
	const char *separator = ": ";
	const char *key;
	json_t *value;

	fprintf(to, "%s %" JSON_INTEGER_FORMAT, label, view_integer(counts, total, 0));
	json_object_foreach (json_loose(counts), key, value) {
		if (strcmp(key, total) == 0 || json_integer_value(value) == 0)
			continue;
		fprintf(to, "%s%" JSON_INTEGER_FORMAT " ", separator,
		    json_integer_value(value));
		put_count_name(to, key, style);
		separator = " ";
	}
}

/* What both daemons look after, in one line. */
static void
put_objects(FILE *to, const struct answer *answer, const struct style *style)
{
	static const char *const labels[] = {
	    "instances", "groups", "services", "reals"};
	const char *separator = "";

	for (size_t i = 0; i < answer->count; i++) {
		const json_t *item = json_array_get(answer->parts[i].items, 0);

		for (size_t l = 0; l < sizeof(labels) / sizeof(labels[0]); l++) {
			const json_t *counts = json_object_get(item, labels[l]);

			if (!json_is_object(counts))
				continue;
			fputs(separator, to);
			put_counts(to, labels[l], counts, style);
			separator = "     ";
		}
	}
	if (separator[0] != '\0')
		putc('\n', to);
}

/* "lease L-3fa0 hold VI_4  by mia  9m12s left  "line test"" */
static void
add_lease(struct columns *columns, const json_t *lease)
{
	const char *reason = view_string(lease, "reason", "");
	char *objects = lease_text_objects(lease);
	char by[VIEW_TEXT_SIZE], left[UNITS_TEXT_SIZE];

	columns_add(columns, PAINT_NONE, "lease %s", view_string(lease, "id", "?"));
	columns_add(
	    columns, PAINT_NONE, "%s %s", view_string(lease, "kind", "?"), objects);
	columns_add(columns, PAINT_NONE,
	    json_object_get(lease, "uid") != NULL ? "by %s" : "%s",
	    json_object_get(lease, "uid") != NULL ? view_user(by, lease) : "");
	columns_add(columns, PAINT_NONE, "%s left", view_span(left, lease, "left_ms"));
	columns_add(columns, PAINT_NONE, reason[0] != '\0' ? "\"%s\"" : "%s", reason);
	free(objects);
}

static void
put_leases(FILE *to, const struct answer *answer, const struct style *style)
{
	static const struct column heads[] = {{.title = ""},
	    {.title = "", .flexible = true}, {.title = ""}, {.title = ""},
	    {.title = "", .flexible = true}};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	struct style plain = *style;
	const json_t *lease;
	size_t at;

	plain.legend = false;
	for (size_t i = 0; i < answer->count; i++) {
		const json_t *item = json_array_get(answer->parts[i].items, 0);

		json_array_foreach (json_object_get(item, "leases"), at, lease)
			add_lease(columns, lease);
	}
	columns_print(columns, to, &plain);
	columns_free(columns);
}

static void
put_config(FILE *to, const struct part *part, int64_t now_us, const struct style *style)
{
	const json_t *config =
	    json_object_get(json_array_get(part->items, 0), "config");
	const char *reloaded = view_string(config, "reloaded", NULL);
	char age[UNITS_TEXT_SIZE];

	if (!json_is_true(json_object_get(config, "reload_failed")))
		return;
	put_painted(to, part->daemon, PAINT_BAD, style);
	fprintf(to, ": the last reload of %s FAILED; in use is what was read %s%s\n",
	    view_string(config, "file", "?"),
	    reloaded != NULL ? when_age(age, reloaded, now_us) : "at the start",
	    reloaded != NULL ? " ago" : "");
}

static void
put_helper(FILE *to, const struct part *part, const struct style *style)
{
	const json_t *helper =
	    json_object_get(json_array_get(part->items, 0), "helper");

	if (!json_is_false(json_object_get(helper, "running")))
		return;
	put_painted(to, part->daemon, PAINT_BAD, style);
	fputs(": its helper process is GONE: no reload before it is restarted\n", to);
}

/* A crash that nobody noticed is worth to be known. */
static void
put_after_kill(FILE *to, const struct part *part)
{
	const json_t *item = json_array_get(part->items, 0);

	if (json_is_true(json_object_get(item, "after_kill")) &&
	    view_integer(item, "up_ms", 0) < NEWS_MS)
		fprintf(to,
		    "%s: started after the one before was killed or crashed: see its "
		    "log\n",
		    part->daemon);
}

/* What is out of the ordinary with one daemon, each on a line. */
static void
put_remarks(
    FILE *to, const struct part *part, int64_t now_us, const struct style *style)
{
	const json_t *item = json_array_get(part->items, 0);
	const char *note = view_string(item, "note", NULL);
	json_int_t stays = view_integer(item, "stays", 0);
	/* These are counted among them. */
	json_int_t overrides = view_integer(item, "overrides", 0) - stays;
	json_int_t unknown = view_integer(item, "unknown_vrid", 0);
	json_int_t last_resorts = view_integer(item, "last_resorts", 0);

	if (part->error.code != CTL_OK && !part->absent)
		fprintf(to, "%s\n", part->error.message);
	put_config(to, part, now_us, style);
	put_after_kill(to, part);
	put_helper(to, part, style);
	if (last_resorts > 0)
		fprintf(to,
		    "%s: MASTER of %" JSON_INTEGER_FORMAT
		    " instance%s only as the last resort: held back, but nobody else has "
		    "taken over so far\n",
		    part->daemon, last_resorts, last_resorts == 1 ? "" : "s");
	if (stays > 0)
		fprintf(to,
		    "%s: %" JSON_INTEGER_FORMAT
		    " instance%s the role where it is, after a maintenance with "
		    "\"stay\": \"hactl takeover NAME\" brings it back\n",
		    part->daemon, stays, stays == 1 ? " leaves" : "s leave");
	if (overrides > 0)
		fprintf(to,
		    "%s: %" JSON_INTEGER_FORMAT
		    " value%s changed by hand, without an end: see \"hactl diff\"\n",
		    part->daemon, overrides, overrides == 1 ? "" : "s");
	if (unknown > 0)
		fprintf(to,
		    "%s: %" JSON_INTEGER_FORMAT
		    " advertisements of a VRID that is not configured here\n",
		    part->daemon, unknown);
	if (note != NULL)
		fprintf(to, "%s: %s\n", part->daemon, note);
}

void
view_status(FILE *to, const struct answer *answer, const struct style *style)
{
	put_node(to, answer, style);
	put_objects(to, answer, style);
	put_leases(to, answer, style);
	for (size_t i = 0; i < answer->count; i++)
		put_remarks(to, &answer->parts[i], answer->order->now_us, style);
}

void
view_version(FILE *to, const struct answer *answer, const struct style *style)
{
	for (size_t i = 0; i < answer->count; i++) {
		const struct part *part = &answer->parts[i];
		const json_t *item = json_array_get(part->items, 0);

		if (part->absent)
			fprintf(to, "%-8snot running\n", part->daemon);
		else if (part->error.code != CTL_OK)
			view_failed(to, part, style);
		else
			fprintf(to, "%-8s%s\n", part->daemon,
			    view_string(item, "version", "?"));
	}
}

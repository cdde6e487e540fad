/* SPDX-License-Identifier: Apache-2.0 */
/* view_instance.c - virtual routers and their addresses. */
#include <stdlib.h>
#include <string.h>

#include "hactl/columns.h"
#include "hactl/must.h"
#include "hactl/order.h"
#include "hactl/view.h"
#include "hactl/when.h"

/* The list of an array's texts, "a, b"; "-" when it has none. The caller frees it. */
static char *
join(const json_t *array)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = must(open_memstream(&text, &len));
	const json_t *item;
	size_t i;

	json_array_foreach (array, i, item)
		fprintf(to, "%s%s", i > 0 ? ", " : "",
		    json_is_string(item) ? json_string_value(item) : "?");
	if (json_array_size(array) == 0)
		putc('-', to);
	fclose(to);
	return must(text);
}

/* How long it is in its state; by the daemon's own clock, as ours may differ. */
static const char *
age(char buf[UNITS_TEXT_SIZE], const json_t *object, int64_t now_us)
{
	if (json_is_number(json_object_get(object, "for_ms")))
		return view_span(buf, object, "for_ms");
	return when_age(buf, view_string(object, "since", NULL), now_us);
}

static void
add_vips(struct columns *columns, const json_t *object)
{
	const json_t *vips = json_object_get(object, "vips");
	json_int_t want = view_integer(vips, "want", 0);
	json_int_t set = view_integer(vips, "set", 0);
	bool master = strcmp(view_string(object, "state", ""), "MASTER") == 0;
	/* A master lacks some, or another has what it should not have. */
	bool wrong = master ? set < want : set > 0;

	columns_add(columns, wrong ? PAINT_BAD : PAINT_NONE,
	    "%" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT, set, want);
}

/* "hold 1h49m": the lease that decides, and how many others there are; "stay" is no lease,
 * but what is left of one. */
static void
add_leases(struct columns *columns, const json_t *object)
{
	const json_t *lease = json_object_get(object, "lease");
	size_t count = json_array_size(json_object_get(object, "leases"));
	bool stays = json_is_true(json_object_get(object, "stay"));
	char left[UNITS_TEXT_SIZE], more[VIEW_TEXT_SIZE] = "";

	if (!json_is_object(lease)) {
		columns_add(columns, PAINT_NONE, stays ? "stay" : "-");
		return;
	}
	if (count > 1)
		(void)snprintf(more, sizeof(more), " +%zu", count - 1);
	columns_add(columns, PAINT_NONE, "%s %s%s%s", view_string(lease, "kind", "?"),
	    view_span(left, lease, "left_ms"), more, stays ? " +stay" : "");
}

/* Whether it was taken out of service, and nothing else is wrong with it. */
static bool
is_planned(const json_t *object)
{
	const json_t *faults = json_object_get(object, "faults");
	const char *only = json_string_value(json_array_get(faults, 0));

	return json_array_size(faults) == 1 && only != NULL &&
	       strcmp(only, "maintenance") == 0;
}

static void
add_instance(struct columns *columns, const json_t *object, int64_t now_us)
{
	char buf[UNITS_TEXT_SIZE];

	view_add_text(columns, object, "name");
	view_add_text(columns, object, "group");
	if (is_planned(object))
		columns_add(columns, PAINT_NONE, "%s", view_string(object, "state", ""));
	else
		view_add_state(columns, object);
	view_add_text(columns, object, "priority");
	view_add_text(columns, object, "effective");
	view_add_text(columns, object, "master");
	columns_add(columns, PAINT_NONE, "%s", age(buf, object, now_us));
	add_vips(columns, object);
	add_leases(columns, object);
}

/* It is known only when a peer has had the time that it takes. */
static void
put_nobody_else(FILE *to, const json_t *object, int64_t now_us)
{
	const char *due = view_string(object, "heir_due", NULL);
	char left[UNITS_TEXT_SIZE];
	int64_t due_us;

	fputs("nobody else has taken over", to);
	if (when_parse(due, &due_us) && due_us > now_us)
		fprintf(
		    to, " yet (a peer may need %s more)", when_left(left, due, now_us));
}

/* "VI_1 and 1 other are MASTER only as the last resort, held back until 07:44:10."
 */
static void
put_last_resorts(FILE *to, const json_t *items, int64_t now_us)
{
	const json_t *first = NULL, *item;
	size_t i, others = 0;
	char until[UNITS_TEXT_SIZE];

	json_array_foreach (items, i, item) {
		if (view_string(item, "last_resort_until", NULL) == NULL)
			continue;
		if (first == NULL)
			first = item;
		else
			others++;
	}
	if (first == NULL)
		return;
	fprintf(to, "%s", view_string(first, "name", "?"));
	if (others > 0)
		fprintf(to, " and %zu other%s", others, others == 1 ? "" : "s");
	fprintf(to, " %s MASTER only as the last resort, held back until %s: ",
	    others > 0 ? "are" : "is",
	    when_clock(until, view_string(first, "last_resort_until", NULL), now_us));
	put_nobody_else(to, first, now_us);
	fputs(".\n", to);
}

/* "VI_1 and 1 other are out of service for maintenance until 07:44:10." */
static void
put_planned(FILE *to, const json_t *items, int64_t now_us)
{
	const json_t *first = NULL, *item, *lease;
	size_t i, others = 0;
	char until[UNITS_TEXT_SIZE];

	json_array_foreach (items, i, item) {
		if (!is_planned(item))
			continue;
		if (first == NULL)
			first = item;
		else
			others++;
	}
	if (first == NULL)
		return;
	lease = json_object_get(first, "lease");
	fprintf(to, "%s", view_string(first, "name", "?"));
	if (others > 0)
		fprintf(to, " and %zu other%s", others, others == 1 ? "" : "s");
	fprintf(to, " %s out of service for maintenance", others > 0 ? "are" : "is");
	if (strcmp(view_string(lease, "kind", ""), "maintenance") == 0)
		fprintf(to, " until %s",
		    when_clock(until, view_string(lease, "expires", NULL), now_us));
	fputs(".\n", to);
}

/* "4 instances, 1 faulty: see ..." */
static void
count_instances(FILE *to, const json_t *items, int64_t now_us)
{
	const char *faulty = NULL;
	size_t faults = 0, count = json_array_size(items);
	const json_t *item;
	size_t i;

	json_array_foreach (items, i, item) {
		if (strcmp(view_string(item, "state", ""), "FAULT") != 0 ||
		    is_planned(item))
			continue;
		if (faults++ == 0)
			faulty = view_string(item, "name", "");
	}
	fprintf(to, "\n%zu instance%s", count, count == 1 ? "" : "s");
	if (faults > 0)
		fprintf(to, ", %zu faulty: see \"hactl explain %s\"", faults, faulty);
	fputs(".\n", to);
	put_planned(to, items, now_us);
	put_last_resorts(to, items, now_us);
}

void
view_instances(FILE *to, const struct answer *answer, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = "NODE", .flexible = true},
	    {.title = "INSTANCE", .flexible = true},
	    {.title = "GROUP", .flexible = true},
	    {.title = "STATE"},
	    {.title = "PRIO", .align = COLUMN_RIGHT},
	    {.title = "EFF", .align = COLUMN_RIGHT},
	    {.title = "MASTER", .flexible = true, .keeps_end = true},
	    {.title = "SINCE"},
	    {.title = "VIPS", .align = COLUMN_RIGHT},
	    {.title = "LEASE", .flexible = true},
	};
	const json_t *items = answer_good(answer)->items;
	/* Of several hosts, each says where it is. */
	size_t skip = json_object_get(json_array_get(items, 0), "node") == NULL ? 1 : 0;
	struct columns *columns =
	    columns_new(heads + skip, sizeof(heads) / sizeof(heads[0]) - skip);
	const json_t *item;
	size_t i;

	json_array_foreach (items, i, item) {
		if (skip == 0)
			view_add_text(columns, item, "node");
		add_instance(columns, item, answer->order->now_us);
	}
	columns_print(columns, to, style);
	columns_free(columns);
	if (style->legend)
		count_instances(to, items, answer->order->now_us);
}

void
view_vips(FILE *to, const struct answer *answer, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = "ADDRESS", .flexible = true, .keeps_end = true},
	    {.title = "INTERFACE"},
	    {.title = "SET"},
	    {.title = "INSTANCE", .flexible = true},
	    {.title = "STATE"},
	    {.title = "KIND"},
	};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	const json_t *items = answer_good(answer)->items;
	const json_t *item;
	size_t i;

	json_array_foreach (items, i, item) {
		view_add_text(columns, item, "address");
		view_add_text(columns, item, "interface");
		view_add_text(columns, item, "set");
		view_add_text(columns, item, "instance");
		view_add_state(columns, item);
		columns_add(columns, PAINT_NONE, "%s",
		    json_is_true(json_object_get(item, "excluded")) ? "excluded"
								    : "advertised");
	}
	columns_print(columns, to, style);
	columns_free(columns);
	if (style->legend)
		fprintf(to, "\n%zu address%s.\n", json_array_size(items),
		    json_array_size(items) == 1 ? "" : "es");
}

/* "  (haven.conf:13)" */
static void
put_file(FILE *to, const json_t *source)
{
	const char *path = view_string(source, "file", NULL);
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	if (path != NULL)
		fprintf(to, "  (%s:%d)", slash != NULL ? slash + 1 : path,
		    (int)view_integer(source, "line", 0));
}

static bool
is_edited(const json_t *layer)
{
	const char *name = view_string(layer, "layer", "file");

	return strcmp(name, "file") != 0 && strcmp(name, "default") != 0;
}

/* "  lease L-3fa1, else 100  (haven.conf:41)"; `source` has what it is else. */
static void
put_edited(FILE *to, const json_t *layer, const json_t *source)
{
	const json_t *base = json_object_get(source, "base");
	char text[VIEW_TEXT_SIZE];

	fprintf(to, "  %s", view_string(layer, "layer", "?"));
	if (view_string(layer, "lease", NULL) != NULL)
		fprintf(to, " %s", view_string(layer, "lease", ""));
	if (json_is_boolean(base))
		fprintf(to, ", else %s", json_is_true(base) ? "on" : "off");
	else
		fprintf(to, ", else %s", view_text(text, source, "base"));
	put_file(to, source);
}

/* Where a value comes from: "runtime, else 100  (haven.conf:41)". */
static void
put_source(FILE *to, const json_t *source)
{
	const char *layer = view_string(source, "layer", NULL);

	if (layer == NULL)
		return;
	if (is_edited(source)) {
		put_edited(to, source, source);
	} else {
		fprintf(to, "  %s", layer);
		put_file(to, source);
	}
}

static void
put_field(FILE *to, const json_t *object, const char *label, const char *key)
{
	const json_t *value = json_object_get(object, key);
	char text[VIEW_TEXT_SIZE];

	/* As it is written in a configuration, not as an answer to a question. */
	if (json_is_boolean(value))
		fprintf(to, "  %-16s %s", label, json_is_true(value) ? "on" : "off");
	else
		fprintf(to, "  %-16s %s", label, view_text(text, object, key));
	put_source(to, json_object_get(json_object_get(object, "sources"), key));
	putc('\n', to);
}

/* Whether the edit is no priority that somebody wanted, but a way to move the role:
 * what was configured stays what it is, and another one is in effect. */
static bool
is_of_move(const json_t *source)
{
	static const char *const kinds[] = {"hold", "takeover", "maintenance"};
	const char *kind = view_string(source, "kind", "");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	}
	return false;
}

/* "priority 150  (haven.conf:13)", "effective 1  hold L-f581, until 13:03:03" */
static void
put_priorities(FILE *to, const json_t *object, int64_t now_us)
{
	const json_t *source =
	    json_object_get(json_object_get(object, "sources"), "priority");
	const char *expires = view_string(source, "expires", NULL);
	char text[VIEW_TEXT_SIZE], clock[UNITS_TEXT_SIZE];

	if (!is_of_move(source)) {
		put_field(to, object, "priority", "priority");
		view_row(to, "effective", "%s", view_text(text, object, "effective"));
		return;
	}
	fprintf(to, "  %-16s %s", "priority", view_text(text, object, "priority"));
	if (is_edited(json_object_get(source, "set")))
		put_edited(to, json_object_get(source, "set"), source);
	else
		put_file(to, source);
	fprintf(to, "\n  %-16s %s  %s %s", "effective",
	    view_text(text, object, "effective"), view_string(source, "kind", ""),
	    view_string(source, "lease", ""));
	if (expires != NULL)
		fprintf(to, ", until %s", when_clock(clock, expires, now_us));
	putc('\n', to);
}

static void
put_head(FILE *to, const json_t *object, int64_t now_us, const struct style *style)
{
	const char *state = view_string(object, "state", "?");
	const char *reason = view_string(object, "reason", "");
	const char *moving = view_string(object, "moving", NULL);
	const char *last_resort = view_string(object, "last_resort_until", NULL);
	char since[UNITS_TEXT_SIZE], span[UNITS_TEXT_SIZE];

	fprintf(to, "%s is ", view_string(object, "name", "?"));
	style_begin(to, style, style_of_state(state));
	fputs(state, to);
	style_end(to, style, style_of_state(state));
	fprintf(to, " for %s, since %s", age(span, object, now_us),
	    when_clock(since, view_string(object, "since", NULL), now_us));
	fprintf(to, "%s%s", reason[0] != '\0' ? ": " : "", reason);
	fprintf(to, "%s%s\n", moving != NULL ? "; under way: " : "",
	    moving != NULL ? moving : "");
	if (last_resort == NULL)
		return;
	fprintf(to, "  only as the last resort, held back until %s: ",
	    when_clock(since, last_resort, now_us));
	put_nobody_else(to, object, now_us);
	putc('\n', to);
}

static void
put_protocol(FILE *to, const json_t *object)
{
	char interface[VIEW_TEXT_SIZE], vrid[VIEW_TEXT_SIZE], version[VIEW_TEXT_SIZE];
	char family[VIEW_TEXT_SIZE], source[VIEW_TEXT_SIZE];
	char interval[UNITS_TEXT_SIZE];

	view_row(to, "interface", "%s, source address %s",
	    view_text(interface, object, "interface"),
	    view_text(source, object, "source_address"));
	view_row(to, "protocol", "VRID %s, version %s, %s, advertisements every %s",
	    view_text(vrid, object, "vrid"), view_text(version, object, "version"),
	    view_text(family, object, "family"),
	    view_span(interval, object, "advert_int_ms"));
}

static void
put_addresses(FILE *to, const json_t *object)
{
	const json_t *vips = json_object_get(object, "vips");
	const json_t *list = json_object_get(vips, "list");
	json_int_t want = view_integer(vips, "want", 0);
	const json_t *vip;
	size_t i;

	view_row(to, "addresses",
	    "%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " set",
	    view_integer(vips, "set", 0), want);
	json_array_foreach (list, i, vip) {
		view_row(to, "", "%s on %s%s%s", view_string(vip, "address", "?"),
		    view_string(vip, "interface", "?"),
		    json_is_true(json_object_get(vip, "set")) ? ", set" : "",
		    json_is_true(json_object_get(vip, "excluded")) ? ", excluded" : "");
	}
	if ((json_int_t)json_array_size(list) < want)
		view_row(to, "", "... all of them: \"hactl show vips\"");
}

static void
put_refused(FILE *to, const json_t *object, int64_t now_us)
{
	const json_t *refused = json_object_get(object, "last_refused");
	const char *detail = view_string(refused, "detail", "");
	char at[UNITS_TEXT_SIZE];

	if (!json_is_object(refused))
		return;
	view_row(to, "last refused", "%s%s%s%s, from %s, %s ago",
	    view_string(refused, "text", "?"), detail[0] != '\0' ? " (" : "", detail,
	    detail[0] != '\0' ? ")" : "", view_string(refused, "source", "?"),
	    when_age(at, view_string(refused, "at", NULL), now_us));
}

static void
put_split_brain(FILE *to, const json_t *object, const struct style *style)
{
	const char *other = view_string(object, "split_brain", NULL);

	if (other == NULL)
		return;
	fputs("  ", to);
	style_begin(to, style, PAINT_BAD);
	fprintf(to, "two MASTERs: %s is MASTER too", other);
	style_end(to, style, PAINT_BAD);
	fputs(", see \"hactl doctor\"\n", to);
}

static void
put_detail(FILE *to, const json_t *object, int64_t now_us, const struct style *style)
{
	char a[UNITS_TEXT_SIZE], b[UNITS_TEXT_SIZE], c[UNITS_TEXT_SIZE];
	char count[VIEW_TEXT_SIZE];

	view_row(to, "timers",
	    "Master_Adver_Interval %s, Skew_Time %s, Master_Down_Interval %s",
	    view_span(a, object, "master_adver_int_ms"),
	    view_span(b, object, "skew_ms"),
	    view_span(c, object, "master_down_interval_ms"));
	view_row(to, "transitions", "%s", view_text(count, object, "transitions"));
	view_counters(to, object, now_us, style);
}

void
view_instance(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *object = answer_item(answer, 0);
	int64_t now_us = answer->order->now_us;
	char master[VIEW_TEXT_SIZE], text[VIEW_TEXT_SIZE];
	char span[UNITS_TEXT_SIZE];
	char *leases = join(json_object_get(object, "leases"));
	char *faults = join(json_object_get(object, "faults"));

	put_head(to, object, now_us, style);
	put_priorities(to, object, now_us);
	view_row(to, "master", "%s, priority %s", view_text(master, object, "master"),
	    view_text(text, object, "master_priority"));
	put_field(to, object, "nopreempt", "nopreempt");
	if (json_is_true(json_object_get(object, "stay")))
		view_row(to, "stay",
		    "on  left by a maintenance: leaves the role where it is; "
		    "\"hactl takeover %s\" brings it back",
		    view_string(object, "name", "NAME"));
	view_row(
	    to, "preempt delay", "%s", view_span(span, object, "preempt_delay_ms"));
	put_protocol(to, object);
	put_addresses(to, object);
	view_row(to, "leases", "%s", leases);
	view_row(to, "faults", "%s", faults);
	put_refused(to, object, now_us);
	put_split_brain(to, object, style);
	if (cmd_match_has(&answer->order->match, "detail"))
		put_detail(to, object, now_us, style);
	free(leases);
	free(faults);
}

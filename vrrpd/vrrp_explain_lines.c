/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_explain_lines.c - the values that decide of a virtual router, one by one. */
#include "vrrpd/vrrp_explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"
#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_json.h"
#include "vrrpd/vrrp_why.h"

#define TEXT_SIZE VRRP_EXPLAIN_TEXT_SIZE

static void add_line(json_t *lines, const char *label, bool cause, const char *source,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

static void
add_line(json_t *lines, const char *label, bool cause, const char *source,
    const char *format, ...)
{
	char value[TEXT_SIZE];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	(void)json_array_append_new(lines,
	    json_pack("{s:o, s:o, s:o, s:b}", "label", ctl_msg_text(label), "value",
		ctl_msg_text(value), "source", ctl_msg_text(source), "cause", cause));
}

/* "haven.conf:41", or "default". */
static const char *
pos_text(const struct vrrp_conf_pos *pos, char buf[TEXT_SIZE])
{
	const char *slash = pos->line > 0 ? strrchr(pos->file, '/') : NULL;

	if (pos->line <= 0)
		return "default";
	(void)snprintf(
	    buf, TEXT_SIZE, "%s:%d", slash != NULL ? slash + 1 : pos->file, pos->line);
	return buf;
}

/* "priority 150", "nopreempt on". */
static const char *
value_text(char buf[TEXT_SIZE], const struct layer_entry *entry)
{
	if (strcmp(entry->field, "nopreempt") == 0)
		(void)snprintf(
		    buf, TEXT_SIZE, "nopreempt %s", entry->value != 0 ? "on" : "off");
	else if (strcmp(entry->field, VRRP_FIELD_MAINTENANCE) == 0)
		(void)snprintf(buf, TEXT_SIZE, "%s",
		    entry->value & VRRP_MAINTENANCE_OUT ? "out of service"
							: "last resort");
	else if (strcmp(entry->field, "stay") == 0)
		(void)snprintf(buf, TEXT_SIZE, "on");
	else
		(void)snprintf(
		    buf, TEXT_SIZE, "%s %" PRId64, entry->field, entry->value);
	return buf;
}

/* One lease, one line: that of the maintenance says what its priority is for. */
static bool
is_told_elsewhere(const struct vrrp_view *view, const struct layer_entry *entry)
{
	const struct layer_entry *maintenance = vrrp_why_maintenance_of(view, entry);

	return maintenance != NULL && maintenance != entry;
}

static bool
is_cause(const struct vrrp_view *view, const struct vrrp_why *why,
    const struct layer_entry *entry)
{
	return why->entry != NULL &&
	       (entry == why->entry ||
		   entry == vrrp_why_maintenance_of(view, why->entry));
}

static void
add_override(json_t *lines, const struct vrrp_view *view, const struct vrrp_why *why,
    const struct layer_entry *entry)
{
	char label[TEXT_SIZE], source[TEXT_SIZE], value[TEXT_SIZE];
	char span[UNITS_TEXT_SIZE];
	json_t *line;

	source[0] = '\0';
	if (entry->layer == LAYER_LEASE) {
		(void)snprintf(label, sizeof(label), "%s %s", entry->kind, entry->id);
		(void)snprintf(source, sizeof(source), "%s left",
		    units_format_span(span, entry->expires_us - view->now_us));
	} else if (strcmp(entry->field, "stay") == 0) {
		(void)snprintf(label, sizeof(label), "stay");
		(void)snprintf(source, sizeof(source), "since a maintenance, %s ago",
		    units_format_span(span, view->now_us - entry->created_us));
	} else {
		(void)snprintf(
		    label, sizeof(label), "%s override", layer_name(entry->layer));
	}
	add_line(lines, label, is_cause(view, why, entry), source, "%s",
	    value_text(value, entry));
	line = json_array_get(lines, json_array_size(lines) - 1);
	(void)json_object_set_new(line, "uid", json_integer(entry->uid));
	(void)json_object_set_new(line, "reason", ctl_msg_text(entry->reason));
}

/* Every override of this router; returns whether there was one. */
static bool
add_overrides(json_t *lines, const struct vrrp_view *view, const struct vrrp_why *why)
{
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *entry;
	bool any = false;

	vrrp_json_path(path, view->conf->name);
	for (size_t i = 0; (entry = layers_get(view->layers, i)) != NULL; i++) {
		if (strcmp(entry->path, path) != 0 || is_told_elsewhere(view, entry))
			continue;
		add_override(lines, view, why, entry);
		any = true;
	}
	return any;
}

static void
add_interface(json_t *lines, const struct vrrp_view *view, const struct vrrp_why *why)
{
	bool fault =
	    view->faults != NULL && view->faults[0] != NULL && why->out == NULL;
	char label[TEXT_SIZE];

	(void)snprintf(label, sizeof(label), "interface %s", view->conf->ifname);
	add_line(lines, label, fault, fault ? view->fault_text : "", "%s",
	    fault ? "FAULT" : "ok");
}

static void
add_master(json_t *lines, const struct vrrp_view *view, const struct vrrp_why *why)
{
	const struct vrrp_fsm *fsm = view->fsm;
	char from[ADDR_TEXT_SIZE], span[UNITS_TEXT_SIZE], source[TEXT_SIZE];

	if (fsm->state == VRRP_STATE_MASTER) {
		add_line(lines, "master", false, "", "self");
	} else if (vrrp_view_knows_master(view)) {
		(void)snprintf(source, sizeof(source),
		    "heard %s ago, sends priority %d",
		    units_format_span(span, view->now_us - fsm->master_heard_us),
		    fsm->master_priority);
		add_line(lines, "master", why->cause == VRRP_WHY_MASTER, source, "%s",
		    addr_format(from, &fsm->master));
	} else {
		add_line(lines, "master", false, "", "none known");
	}
}

static void
add_effective(json_t *lines, const struct vrrp_view *view)
{
	int effective = view->fsm->params.priority;
	const struct vrrp_view_move *move = &view->move;
	char source[TEXT_SIZE] = "";

	/* What these need until they are proven is no lease. */
	if (move->kind != NULL &&
	    (move->method == NULL || strcmp(move->method, "release") == 0))
		(void)snprintf(
		    source, sizeof(source), "while the %s is under way", move->kind);
	if (vrrp_view_runs(view))
		add_line(lines, "effective", false, source, "%d", effective);
	else
		add_line(lines, "effective", false, "", "would be %d", effective);
}

/* Who was refused, and who is Master beside us: what a split brain is found with. */
static void
add_odd_packets(json_t *lines, const struct vrrp_view *view)
{
	const struct vrrp_offender *sign = vrrp_view_split_brain(view);
	char from[ADDR_TEXT_SIZE], age[UNITS_TEXT_SIZE], source[TEXT_SIZE];

	for (const struct vrrp_offender *at = view->offenders; at; at = at->next) {
		/* One or two of a rival belong to an election. */
		if (at->over || (at->what == VRRP_ODD_RIVAL && at != sign))
			continue;
		(void)snprintf(source, sizeof(source), "%s%s%s, %s ago",
		    vrrp_offender_text(at->what), at->detail[0] != '\0' ? ": " : "",
		    at->detail, units_format_span(age, view->now_us - at->at_us));
		add_line(lines,
		    at == sign ? "split brain" : vrrp_offender_name(at->what), false,
		    source, "%s",
		    addr_is_set(&at->source) ? addr_format(from, &at->source) : "-");
	}
}

/* For how long, and what brought it about. */
static void
add_state(json_t *lines, const struct vrrp_view *view)
{
	char span[UNITS_TEXT_SIZE], source[TEXT_SIZE];

	bool said = view->reason[0] == '\0' || view->fsm->state == VRRP_STATE_FAULT;

	(void)snprintf(source, sizeof(source), "for %s%s%s",
	    units_format_span(span, view->now_us - view->fsm->since_us),
	    said ? "" : ": ", said ? "" : view->reason);
	add_line(
	    lines, "state", false, source, "%s", vrrp_state_name(view->fsm->state));
}

/* What a move waits for; every one ends by itself. */
static void
add_move(json_t *lines, const struct vrrp_view *view)
{
	const struct vrrp_view_move *move = &view->move;
	char since[UNITS_TEXT_SIZE], left[UNITS_TEXT_SIZE], source[TEXT_SIZE];
	bool takeover = move->method == NULL;
	bool yields = !takeover && strcmp(move->method, "yield") == 0;
	bool released = !takeover && strcmp(move->method, "release") == 0;

	units_format_span(since, view->now_us - move->since_us);
	units_format_span(
	    left, takeover ? move->quiet_us : move->until_us - view->now_us);
	if (takeover)
		(void)snprintf(source, sizeof(source),
		    "since %s, done when nobody else is heard for %s more", since,
		    left);
	else
		(void)snprintf(source, sizeof(source),
		    "since %s, method %s: %s, waits %s more for another Master", since,
		    move->method,
		    yields     ? "says priority 1 and serves on"
		    : released ? "has let go"
			       : "has resigned and serves on",
		    left);
	add_line(lines, "under way", false, source, "%s", move->kind);
}

json_t *
vrrp_explain_lines(const struct vrrp_view *view)
{
	const struct vrrp_instance_conf *conf = view->conf;
	char source[TEXT_SIZE];
	json_t *lines = json_array();
	struct vrrp_why why;

	vrrp_why_find(view, &why);
	add_state(lines, view);
	add_line(lines, "priority", false, pos_text(&conf->priority_pos, source), "%d",
	    conf->priority);
	add_line(lines, "nopreempt",
	    why.cause == VRRP_WHY_NOPREEMPT && why.entry == NULL,
	    pos_text(&conf->nopreempt_pos, source), "%s",
	    conf->nopreempt ? "on" : "off");
	if (!add_overrides(lines, view, &why))
		add_line(lines, "overrides", false, "", "none");
	add_effective(lines, view);
	add_interface(lines, view, &why);
	add_master(lines, view, &why);
	add_line(lines, "addresses", false, "", "%zu of %zu set", view->vips_set,
	    view->vips_want);
	add_odd_packets(lines, view);
	if (view->move.kind != NULL)
		add_move(lines, view);
	return lines;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_explain.c - why a virtual router is what it is, and what it lacks. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"
#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_json.h"

#define TEXT_SIZE 512

/* ---- lines --------------------------------------------------------------- */

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

/* The maintenance that took it out of service, when nothing else is wrong; or NULL. */
static const struct layer_entry *
out_of(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];

	if (view->faults == NULL || view->faults[0] == NULL ||
	    strcmp(view->faults[0], "maintenance") != 0)
		return NULL;
	return layers_top(view->layers, vrrp_json_path(path, view->conf->name),
	    VRRP_FIELD_MAINTENANCE);
}

/* The hold or maintenance that keeps a BACKUP behind a Master it could do without, or
 * NULL. */
static const struct layer_entry *
cause_of(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *top = layers_top(
	    view->layers, vrrp_json_path(path, view->conf->name), "priority");
	bool holds = top != NULL && (strcmp(top->kind, "hold") == 0 ||
					strcmp(top->kind, "maintenance") == 0);

	return holds && vrrp_view_knows_master(view) && view->fsm->params.preempt &&
		       vrrp_view_priority(view) > view->fsm->master_priority
		   ? top
		   : NULL;
}

/* The line of the maintenance that this entry of a router belongs to, or NULL. */
static const struct layer_entry *
maintenance_of(const struct vrrp_view *view, const struct layer_entry *entry)
{
	const struct layer_entry *at = entry->layer == LAYER_LEASE
					   ? layers_find_lease(view->layers, entry->id)
					   : NULL;

	while (at != NULL && (strcmp(at->path, entry->path) != 0 ||
				 strcmp(at->field, VRRP_FIELD_MAINTENANCE) != 0))
		at = layers_next_of_lease(at);
	return at;
}

/* One lease, one line: that of the maintenance says what its priority is for. */
static bool
is_told_elsewhere(const struct vrrp_view *view, const struct layer_entry *entry)
{
	const struct layer_entry *maintenance = maintenance_of(view, entry);

	return maintenance != NULL && maintenance != entry;
}

static bool
is_cause(const struct vrrp_view *view, const struct layer_entry *entry)
{
	const struct layer_entry *cause = cause_of(view);

	return cause != NULL &&
	       (entry == cause || entry == maintenance_of(view, cause));
}

/* Whether nopreempt alone leaves the role where it is. */
static bool
is_left_alone(const struct vrrp_view *view)
{
	const struct vrrp_fsm *fsm = view->fsm;

	return vrrp_view_knows_master(view) && !fsm->params.preempt &&
	       fsm->master_priority < fsm->params.priority;
}

/* What a maintenance left behind, when that and no nopreempt leaves the role to a lower
 * Master; or NULL. */
static const struct layer_entry *
stay_of(const struct vrrp_view *view)
{
	const struct layer_entry *edit, *stay;
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, view->conf->name);
	edit = layers_top(view->layers, path, "nopreempt");
	stay = layers_top(view->layers, path, "stay");
	if (!is_left_alone(view) || stay == NULL || stay->value == 0)
		return NULL;
	return (edit != NULL ? edit->value != 0 : view->conf->nopreempt) ? NULL : stay;
}

static void
add_override(
    json_t *lines, const struct vrrp_view *view, const struct layer_entry *entry)
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
	add_line(lines, label,
	    is_cause(view, entry) || entry == out_of(view) || entry == stay_of(view) ||
		entry == vrrp_view_last_resort(view),
	    source, "%s", value_text(value, entry));
	line = json_array_get(lines, json_array_size(lines) - 1);
	(void)json_object_set_new(line, "uid", json_integer(entry->uid));
	(void)json_object_set_new(line, "reason", ctl_msg_text(entry->reason));
}

/* Every override of this router; returns whether there was one. */
static bool
add_overrides(json_t *lines, const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *entry;
	bool any = false;

	vrrp_json_path(path, view->conf->name);
	for (size_t i = 0; (entry = layers_get(view->layers, i)) != NULL; i++) {
		if (strcmp(entry->path, path) != 0 || is_told_elsewhere(view, entry))
			continue;
		add_override(lines, view, entry);
		any = true;
	}
	return any;
}

static void
add_interface(json_t *lines, const struct vrrp_view *view)
{
	bool fault =
	    view->faults != NULL && view->faults[0] != NULL && out_of(view) == NULL;
	char label[TEXT_SIZE];

	(void)snprintf(label, sizeof(label), "interface %s", view->conf->ifname);
	add_line(lines, label, fault, fault ? view->fault_text : "", "%s",
	    fault ? "FAULT" : "ok");
}

static void
add_master(json_t *lines, const struct vrrp_view *view)
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
		add_line(lines, "master",
		    fsm->state == VRRP_STATE_BACKUP && cause_of(view) == NULL &&
			!is_left_alone(view),
		    source, "%s", addr_format(from, &fsm->master));
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
		if (at->what == VRRP_ODD_RIVAL && at != sign)
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

static json_t *
make_lines(const struct vrrp_view *view)
{
	const struct vrrp_instance_conf *conf = view->conf;
	char source[TEXT_SIZE];
	json_t *lines = json_array();

	add_state(lines, view);
	add_line(lines, "priority", false, pos_text(&conf->priority_pos, source), "%d",
	    conf->priority);
	add_line(lines, "nopreempt", is_left_alone(view) && stay_of(view) == NULL,
	    pos_text(&conf->nopreempt_pos, source), "%s",
	    conf->nopreempt ? "on" : "off");
	if (!add_overrides(lines, view))
		add_line(lines, "overrides", false, "", "none");
	add_effective(lines, view);
	add_interface(lines, view);
	add_master(lines, view);
	add_line(lines, "addresses", false, "", "%zu of %zu set", view->vips_set,
	    view->vips_want);
	add_odd_packets(lines, view);
	if (view->move.kind != NULL)
		add_move(lines, view);
	return lines;
}

/* ---- what it lacks ------------------------------------------------------- */

/* Adds a condition to a sentence of several. */
static void add_condition(char text[TEXT_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
add_condition(char text[TEXT_SIZE], const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	if (len > 0 && len < TEXT_SIZE - 3) {
		(void)strcpy(text + len, ", ");
		len += 2;
	}
	va_start(args, format);
	(void)vsnprintf(text + len, TEXT_SIZE - len, format, args);
	va_end(args);
}

static void
add_end(char text[TEXT_SIZE])
{
	size_t len = strlen(text);

	if (len < TEXT_SIZE - 1)
		(void)strcpy(text + len, ".");
}

static void
need_interface(char text[TEXT_SIZE], const struct vrrp_view *view)
{
	const char *fault = view->faults != NULL ? view->faults[0] : NULL;
	const char *ifname = view->conf->ifname;
	const struct layer_entry *out = out_of(view);
	char span[UNITS_TEXT_SIZE];

	if (fault == NULL)
		return;
	if (out != NULL)
		add_condition(text, "the end of %s %s in %s", out->kind, out->id,
		    units_format_span(span, out->expires_us - view->now_us));
	else if (strcmp(fault, "no_interface") == 0)
		add_condition(text, "interface %s there", ifname);
	else if (strcmp(fault, "link_down") == 0)
		add_condition(text, "%s up", ifname);
	else if (strcmp(fault, "no_address") == 0)
		add_condition(text, "an address on %s to advertise from", ifname);
	else
		add_condition(text, "this fault mended: %s", view->fault_text);
}

/* Somebody is Master whom this one does not preempt: its silence makes room, or what
 * `or_what` says (may be empty). */
static void
need_silence(char text[TEXT_SIZE], const struct vrrp_view *view, const char *or_what)
{
	const struct vrrp_fsm *fsm = view->fsm;
	char from[ADDR_TEXT_SIZE], span[UNITS_TEXT_SIZE];

	add_condition(text, "%s silent for %s%s", addr_format(from, &fsm->master),
	    units_format_span(span, vrrp_fsm_master_down_interval_us(fsm)), or_what);
}

static void
need_role(char text[TEXT_SIZE], const struct vrrp_view *view)
{
	const struct vrrp_fsm *fsm = view->fsm;
	int own = fsm->params.priority, theirs = fsm->master_priority;
	int64_t due_us =
	    fsm->preempt_at_us != 0 ? fsm->preempt_at_us : fsm->master_down_at_us;
	char what[96], span[UNITS_TEXT_SIZE], from[ADDR_TEXT_SIZE];

	if (!vrrp_view_runs(view)) {
		add_condition(text, "then no advertisement above %d",
		    out_of(view) != NULL ? vrrp_view_priority(view) : own);
	} else if (cause_of(view) != NULL) {
		need_silence(text, view, "");
	} else if (vrrp_view_knows_master(view) && theirs >= own) {
		(void)snprintf(what, sizeof(what), ", or a priority above %d here%s",
		    theirs, fsm->params.preempt ? "" : " and nopreempt off");
		need_silence(text, view, what);
	} else if (stay_of(view) != NULL) {
		add_condition(text, "\"hactl takeover %s\"", view->conf->name);
		add_condition(text, "or %s silent for %s",
		    addr_format(from, &fsm->master),
		    units_format_span(span, vrrp_fsm_master_down_interval_us(fsm)));
	} else if (is_left_alone(view)) {
		need_silence(text, view, ", or nopreempt off here");
	} else {
		add_condition(text, "no higher advertisement in the next %s",
		    units_format_span(span, due_us - view->now_us));
	}
}

/* A hold keeps it behind where it would be the highest. */
static void
mention_hold(char text[TEXT_SIZE], const struct vrrp_view *view)
{
	const struct layer_entry *held = cause_of(view);
	char span[UNITS_TEXT_SIZE];

	if (held != NULL)
		add_condition(text, "or the end of %s %s in %s", held->kind, held->id,
		    units_format_span(span, held->expires_us - view->now_us));
}

/* It is Master, but gives the role up: what would let it stay. A stop lets go at the
 * end, whoever is there. */
static json_t *
stay_master(const struct vrrp_view *view)
{
	const struct vrrp_fsm *fsm = view->fsm;
	char text[TEXT_SIZE] = "", span[UNITS_TEXT_SIZE];

	if (fsm->handover_release)
		add_condition(text, "it must be started again");
	else
		add_condition(text,
		    "it stays so when nobody takes the role over in the next %s",
		    units_format_span(span, fsm->handover_until_us - view->now_us));
	add_end(text);
	return ctl_msg_text(text);
}

static json_t *
to_be_master(const struct vrrp_view *view)
{
	char text[TEXT_SIZE] = "";

	if (view->fsm->handover_until_us != 0)
		return stay_master(view);
	if (view->fsm->state == VRRP_STATE_MASTER)
		return json_null();
	if (view->fsm->state == VRRP_STATE_INITIALIZE) {
		add_condition(text, "it must be started");
	} else {
		need_interface(text, view);
		need_role(text, view);
		mention_hold(text, view);
	}
	add_end(text);
	return ctl_msg_text(text);
}

/* ---- in one sentence ------------------------------------------------------- */

/* Why a BACKUP is no more than that: not how it became one, but what keeps it. */
static void
backup_text(const struct vrrp_view *view, char buf[TEXT_SIZE])
{
	const struct vrrp_fsm *fsm = view->fsm;
	int own = fsm->params.priority, theirs = fsm->master_priority;
	const struct layer_entry *held = cause_of(view);
	char from[ADDR_TEXT_SIZE], why[128];

	if (!vrrp_view_knows_master(view)) {
		(void)snprintf(buf, TEXT_SIZE, "it hears no Master");
		return;
	}
	if (held != NULL)
		(void)snprintf(why, sizeof(why), "%s %s keeps this one behind at %d",
		    held->kind, held->id, own);
	else if (theirs > own)
		(void)snprintf(why, sizeof(why), "this one has %d", own);
	else if (theirs == own)
		(void)snprintf(why, sizeof(why), "an equal one does not preempt it");
	else if (!fsm->params.preempt)
		(void)snprintf(why, sizeof(why),
		    "this one has %d, but %s leaves it the role", own,
		    stay_of(view) != NULL ? "\"stay\" of a maintenance" : "nopreempt");
	else
		(void)snprintf(
		    why, sizeof(why), "this one has %d and is about to take over", own);
	(void)snprintf(buf, TEXT_SIZE, "%s is MASTER with priority %d, %s",
	    addr_format(from, &fsm->master), theirs, why);
}

/* How long ago the role came is of less use than that it should not be here. */
static void
master_text(const struct vrrp_view *view, char buf[TEXT_SIZE])
{
	const struct layer_entry *maintenance = vrrp_view_last_resort(view);
	char span[UNITS_TEXT_SIZE];

	if (maintenance != NULL)
		(void)snprintf(buf, TEXT_SIZE,
		    "only as the last resort, for nobody else has taken over; in "
		    "maintenance (lease %.32s) for another %s",
		    maintenance->id,
		    units_format_span(span, maintenance->expires_us - view->now_us));
	else
		(void)snprintf(buf, TEXT_SIZE, "%s", view->reason);
}

static void
summary_text(const struct vrrp_view *view, char buf[TEXT_SIZE])
{
	const char *move = view->move.kind;
	char why[TEXT_SIZE] = "";

	switch (view->fsm->state) {
	case VRRP_STATE_BACKUP:
		backup_text(view, why);
		break;
	case VRRP_STATE_FAULT:
		(void)snprintf(why, sizeof(why), "%s", view->fault_text);
		break;
	case VRRP_STATE_MASTER:
		master_text(view, why);
		break;
	case VRRP_STATE_INITIALIZE:
	case VRRP_STATE_COUNT_:
		(void)snprintf(why, sizeof(why), "%s", view->reason);
		break;
	}
	(void)snprintf(buf, TEXT_SIZE, "%.128s is %s%s%.320s%s%s%s.", view->conf->name,
	    vrrp_state_name(view->fsm->state), why[0] != '\0' ? ": " : "", why,
	    move != NULL ? "; a " : "", move != NULL ? move : "",
	    move != NULL ? " is under way" : "");
}

json_t *
vrrp_json_explain(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE], summary[TEXT_SIZE];

	summary_text(view, summary);
	return json_pack("{s:o, s:s, s:o, s:o, s:o}", "path",
	    ctl_msg_text(vrrp_json_path(path, view->conf->name)), "state",
	    vrrp_state_name(view->fsm->state), "summary", ctl_msg_text(summary),
	    "lines", make_lines(view), "to_be_master", to_be_master(view));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_explain.c - why a virtual router is what it is, and what it lacks. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"
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

static void
add_override(
    json_t *lines, const struct vrrp_view *view, const struct layer_entry *entry)
{
	char label[TEXT_SIZE], source[TEXT_SIZE], who[TEXT_SIZE];
	char left[UNITS_TEXT_SIZE] = "";

	if (entry->layer == LAYER_LEASE) {
		(void)snprintf(label, sizeof(label), "%s %s", entry->kind, entry->id);
		units_format_span(left, entry->expires_us - view->now_us);
	} else {
		(void)snprintf(
		    label, sizeof(label), "%s override", layer_name(entry->layer));
	}
	(void)snprintf(
	    source, sizeof(source), "%s%s", left, left[0] != '\0' ? " left" : "");
	(void)snprintf(who, sizeof(who), "uid %u%s%s%s", entry->uid,
	    entry->reason[0] != '\0' ? ", \"" : "", entry->reason,
	    entry->reason[0] != '\0' ? "\"" : "");
	add_line(
	    lines, label, false, source, "%s %" PRId64, entry->field, entry->value);
	(void)json_object_set_new(json_array_get(lines, json_array_size(lines) - 1),
	    "who", ctl_msg_text(who));
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
		if (strcmp(entry->path, path) != 0)
			continue;
		add_override(lines, view, entry);
		any = true;
	}
	return any;
}

static void
add_interface(json_t *lines, const struct vrrp_view *view)
{
	bool fault = view->faults != NULL && view->faults[0] != NULL;
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
		add_line(lines, "master", fsm->state == VRRP_STATE_BACKUP, source, "%s",
		    addr_format(from, &fsm->master));
	} else {
		add_line(lines, "master", false, "", "none known");
	}
}

static void
add_effective(json_t *lines, const struct vrrp_view *view)
{
	int effective = view->fsm->params.priority;

	if (vrrp_view_runs(view))
		add_line(lines, "effective", false, "", "%d", effective);
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

static json_t *
make_lines(const struct vrrp_view *view)
{
	const struct vrrp_instance_conf *conf = view->conf;
	char source[TEXT_SIZE];
	json_t *lines = json_array();

	add_line(lines, "priority", false, pos_text(&conf->priority_pos, source), "%d",
	    conf->priority);
	add_line(lines, "nopreempt", false, pos_text(&conf->nopreempt_pos, source),
	    "%s", conf->nopreempt ? "on" : "off");
	if (!add_overrides(lines, view))
		add_line(lines, "overrides", false, "", "none");
	add_effective(lines, view);
	add_interface(lines, view);
	add_master(lines, view);
	add_line(lines, "addresses", false, "", "%zu of %zu set", view->vips_set,
	    view->vips_want);
	add_odd_packets(lines, view);
	if (view->moving != NULL)
		add_line(lines, "under way", false, "", "%s", view->moving);
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
need_interface(char text[TEXT_SIZE], const struct vrrp_view *view)
{
	const char *fault = view->faults != NULL ? view->faults[0] : NULL;
	const char *ifname = view->conf->ifname;

	if (fault == NULL)
		return;
	if (strcmp(fault, "no_interface") == 0)
		add_condition(text, "interface %s there", ifname);
	else if (strcmp(fault, "link_down") == 0)
		add_condition(text, "%s up", ifname);
	else if (strcmp(fault, "no_address") == 0)
		add_condition(text, "an address on %s to advertise from", ifname);
	else
		add_condition(text, "this fault mended: %s", view->fault_text);
}

/* Somebody higher, or equal, is Master: only its silence makes room. */
static void
need_silence(char text[TEXT_SIZE], const struct vrrp_view *view, const char *why)
{
	const struct vrrp_fsm *fsm = view->fsm;
	char from[ADDR_TEXT_SIZE], span[UNITS_TEXT_SIZE];

	add_condition(text, "no advertisement from %s for %s (%s)",
	    addr_format(from, &fsm->master),
	    units_format_span(span, vrrp_fsm_master_down_interval_us(fsm)), why);
}

static void
need_role(char text[TEXT_SIZE], const struct vrrp_view *view)
{
	const struct vrrp_fsm *fsm = view->fsm;
	int own = fsm->params.priority, theirs = fsm->master_priority;
	int64_t due_us =
	    fsm->preempt_at_us != 0 ? fsm->preempt_at_us : fsm->master_down_at_us;
	char why[96], span[UNITS_TEXT_SIZE];

	if (!vrrp_view_runs(view)) {
		add_condition(text, "then no advertisement above %d", own);
	} else if (vrrp_view_knows_master(view) && theirs > own) {
		(void)snprintf(
		    why, sizeof(why), "it sends priority %d, own %d", theirs, own);
		need_silence(text, view, why);
	} else if (vrrp_view_knows_master(view) && theirs == own) {
		need_silence(text, view, "an equal priority does not preempt");
	} else if (vrrp_view_knows_master(view) && !fsm->params.preempt) {
		need_silence(text, view, "nopreempt leaves the role where it is");
	} else {
		add_condition(text, "no higher advertisement in the next %s",
		    units_format_span(span, due_us - view->now_us));
	}
}

/* A hold keeps it behind even where it would be the highest. */
static void
mention_hold(char text[TEXT_SIZE], const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE], span[UNITS_TEXT_SIZE];
	const struct layer_entry *top = layers_top(
	    view->layers, vrrp_json_path(path, view->conf->name), "priority");

	if (top != NULL &&
	    (strcmp(top->kind, "hold") == 0 || strcmp(top->kind, "maintenance") == 0))
		add_condition(text, "or the end of the %s %s in %s", top->kind, top->id,
		    units_format_span(span, top->expires_us - view->now_us));
}

static json_t *
to_be_master(const struct vrrp_view *view)
{
	char text[TEXT_SIZE] = "";

	if (view->fsm->state == VRRP_STATE_MASTER)
		return json_null();
	if (view->fsm->state == VRRP_STATE_INITIALIZE) {
		add_condition(text, "it must be started");
	} else {
		need_interface(text, view);
		need_role(text, view);
		mention_hold(text, view);
	}
	size_t len = strlen(text);
	if (len < TEXT_SIZE - 1)
		(void)strcpy(text + len, ".");
	return ctl_msg_text(text);
}

json_t *
vrrp_json_explain(const struct vrrp_view *view)
{
	const char *state = vrrp_state_name(view->fsm->state);
	const char *why =
	    view->fsm->state == VRRP_STATE_FAULT ? view->fault_text : view->reason;
	char path[VRRP_PATH_SIZE], summary[TEXT_SIZE];

	(void)snprintf(summary, sizeof(summary), "%s is %s%s%s.", view->conf->name,
	    state, why[0] != '\0' ? ": " : "", why);
	return json_pack("{s:o, s:s, s:o, s:o, s:o}", "path",
	    ctl_msg_text(vrrp_json_path(path, view->conf->name)), "state", state,
	    "summary", ctl_msg_text(summary), "lines", make_lines(view), "to_be_master",
	    to_be_master(view));
}

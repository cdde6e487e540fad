/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_explain_need.c - what would have to happen for a virtual router to be Master. */
#include "vrrpd/vrrp_explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"
#include "vrrpd/vrrp_why.h"

#define TEXT_SIZE VRRP_EXPLAIN_TEXT_SIZE

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
	const struct layer_entry *out = vrrp_why_out(view);
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
		    vrrp_why_out(view) != NULL ? vrrp_view_priority(view) : own);
	} else if (vrrp_why_held(view) != NULL) {
		need_silence(text, view, "");
	} else if (vrrp_view_knows_master(view) && theirs >= own) {
		(void)snprintf(what, sizeof(what), ", or a priority above %d here%s",
		    theirs, fsm->params.preempt ? "" : " and nopreempt off");
		need_silence(text, view, what);
	} else if (vrrp_why_stay(view) != NULL) {
		add_condition(text, "\"hactl takeover %s\"", view->conf->name);
		add_condition(text, "or %s silent for %s",
		    addr_format(from, &fsm->master),
		    units_format_span(span, vrrp_fsm_master_down_interval_us(fsm)));
	} else if (vrrp_why_is_left_alone(view)) {
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
	const struct layer_entry *held = vrrp_why_held(view);
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

json_t *
vrrp_explain_need(const struct vrrp_view *view)
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

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_explain_need.c - what would have to happen for a virtual router to be Master. */
#include "vrrpd/vrrp_explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"
#include "vrrpd/vrrp_packet.h"
#include "vrrpd/vrrp_why.h"

#define TEXT_SIZE VRRP_EXPLAIN_TEXT_SIZE
#define END_SIZE (UNITS_TEXT_SIZE + 128)
/* Nobody but an address owner has more, and nothing a priority here could do. */
#define PRIORITY_MAX 254

/* ---- parts ----------------------------------------------------------------- */

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

/* "the end of hold L-3fa1 in 9m" */
static const char *
end_text(
    char buf[END_SIZE], const struct vrrp_view *view, const struct layer_entry *lease)
{
	char span[UNITS_TEXT_SIZE];

	(void)snprintf(buf, END_SIZE, "the end of %.48s %.64s in %s", lease->kind,
	    lease->id, units_format_span(span, lease->expires_us - view->now_us));
	return buf;
}

/* Whether a lower Master keeps the role even where nothing holds this router back. */
static bool
is_role_left(const struct vrrp_why *why)
{
	return why->nopreempt || why->stays;
}

/* Another way to the same end. */
static void add_way(char text[TEXT_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
add_way(char text[TEXT_SIZE], const char *format, ...)
{
	char way[TEXT_SIZE / 2];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(way, sizeof(way), format, args);
	va_end(args);
	add_condition(text, "or %s", way);
}

/* ---- out of FAULT ---------------------------------------------------------- */

static void
need_interface(
    char text[TEXT_SIZE], const struct vrrp_view *view, const struct vrrp_why *why)
{
	const char *fault = view->faults != NULL ? view->faults[0] : NULL;
	const char *ifname = view->conf->ifname;
	char end[END_SIZE];

	if (fault == NULL)
		return;
	if (why->out != NULL)
		add_condition(text, "%s", end_text(end, view, why->out));
	else if (strcmp(fault, "no_interface") == 0)
		add_condition(text, "interface %s there", ifname);
	else if (strcmp(fault, "link_down") == 0)
		add_condition(text, "%s up", ifname);
	else if (strcmp(fault, "no_address") == 0)
		add_condition(text, "an address on %s to advertise from", ifname);
	else
		add_condition(text, "this fault mended: %s", view->fault_text);
}

/* What is then left to keep it from the role, be its address lower or higher: a Backup
 * compares priorities alone (RFC 9568 6.4.2). An owner asks nobody. */
static void
need_room(
    char text[TEXT_SIZE], const struct vrrp_view *view, const struct vrrp_why *why)
{
	char end[END_SIZE];

	if (why->left == VRRP_PRIORITY_OWNER)
		return;
	if (is_role_left(why)) {
		add_condition(text, "then no advertisement of another router");
		if (why->maintenance == NULL)
			add_way(text, "\"hactl takeover %s\"", view->conf->name);
		return;
	}
	add_condition(text, "then no advertisement of priority %d or more", why->left);
	if (why->held != NULL)
		add_way(text, "none of %d or more after %s", vrrp_view_priority(view),
		    end_text(end, view, why->held_last));
}

/* ---- out of BACKUP --------------------------------------------------------- */

static void
add_change(char text[TEXT_SIZE / 2], const char *change)
{
	size_t len = strlen(text);

	(void)snprintf(
	    text + len, TEXT_SIZE / 2 - len, "%s%s", len > 0 ? " and " : "", change);
}

/* What here keeps it behind the Master it hears, all of which must change: "the end of
 * hold L-3fa1 in 1m and nopreempt off". Empty: nothing that a change would help. */
static void
change_text(
    char text[TEXT_SIZE / 2], const struct vrrp_view *view, const struct vrrp_why *why)
{
	int theirs = view->fsm->master_priority;
	bool lower = theirs >= vrrp_view_priority(view);
	char end[END_SIZE], rise[48];

	text[0] = '\0';
	if (why->stays || (lower && theirs >= PRIORITY_MAX))
		return;
	if (why->held != NULL)
		add_change(text, end_text(end, view, why->held_last));
	if (lower) {
		(void)snprintf(rise, sizeof(rise), "a priority above %d here", theirs);
		add_change(text, rise);
	}
	if (why->nopreempt)
		add_change(
		    text, text[0] == '\0' ? "nopreempt off here" : "nopreempt off");
}

/* A takeover needs none of these changes, but is refused in a maintenance, and an
 * address owner would win. */
static void
add_takeover(
    char text[TEXT_SIZE], const struct vrrp_view *view, const struct vrrp_why *why)
{
	const char *name = view->conf->name;
	char end[END_SIZE];

	if (view->fsm->master_priority >= PRIORITY_MAX || !is_role_left(why))
		return;
	if (why->maintenance == NULL)
		add_way(text, "\"hactl takeover %s\"", name);
	else
		add_way(text, "%s and then \"hactl takeover %s\"",
		    end_text(end, view, why->maintenance), name);
}

/* It is about to take over, and what could still come in between. */
static void
need_time(
    char text[TEXT_SIZE], const struct vrrp_view *view, const struct vrrp_why *why)
{
	const struct vrrp_fsm *fsm = view->fsm;
	int64_t due_us =
	    fsm->preempt_at_us != 0 ? fsm->preempt_at_us : fsm->master_down_at_us;
	char span[UNITS_TEXT_SIZE];

	(void)units_format_span(span, due_us - view->now_us);
	if (is_role_left(why))
		add_condition(
		    text, "no advertisement of another router in the next %s", span);
	else
		add_condition(text,
		    "no advertisement of priority %d or more in the next %s",
		    fsm->params.priority, span);
}

static void
need_role(
    char text[TEXT_SIZE], const struct vrrp_view *view, const struct vrrp_why *why)
{
	const struct vrrp_fsm *fsm = view->fsm;
	char change[TEXT_SIZE / 2], from[ADDR_TEXT_SIZE], span[UNITS_TEXT_SIZE];

	if (!vrrp_view_knows_master(view) ||
	    (why->cause == VRRP_WHY_MASTER &&
		fsm->master_priority < fsm->params.priority)) {
		need_time(text, view, why);
		return;
	}
	add_condition(text, "%s silent for %s", addr_format(from, &fsm->master),
	    units_format_span(span, vrrp_fsm_master_down_interval_us(fsm)));
	change_text(change, view, why);
	if (change[0] != '\0')
		add_way(text, "%s", change);
	add_takeover(text, view, why);
}

/* ---- the sentence ---------------------------------------------------------- */

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
	struct vrrp_why why;

	if (view->fsm->handover_until_us != 0)
		return stay_master(view);
	if (view->fsm->state == VRRP_STATE_MASTER)
		return json_null();
	vrrp_why_find(view, &why);
	if (view->fsm->state == VRRP_STATE_INITIALIZE) {
		add_condition(text, "it must be started");
	} else if (view->fsm->state == VRRP_STATE_FAULT) {
		need_interface(text, view, &why);
		need_room(text, view, &why);
	} else {
		need_role(text, view, &why);
	}
	add_end(text);
	return ctl_msg_text(text);
}

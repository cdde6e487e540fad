/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_doctor.c - what is wrong with a virtual router, and what to do about it. */
#include "vrrpd/vrrp_doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"
#include "vrrpd/vrrp_json.h"
#include "vrrpd/vrrp_why.h"

#define TEXT_SIZE 512
#define DETAIL_SIZE (sizeof((struct vrrp_offender){0}.detail) + sizeof(" ()"))
/* What happened goes on until it was not seen for so long, or for so many intervals. */
#define GOES_ON_US (60 * US_PER_S)
#define GOES_ON_INTERVALS 5
/* What is over is noted for so long. */
#define TELL_US (3600 * US_PER_S)
/* A Backup that hears nobody for so many of its down intervals is not about to rise. */
#define DEAF_INTERVALS 3

struct finding {
	const char *severity, *check, *advice;
};

static void add(json_t *findings, const struct vrrp_view *view,
    const struct finding *finding, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void
add(json_t *findings, const struct vrrp_view *view, const struct finding *finding,
    const char *format, ...)
{
	char text[TEXT_SIZE], path[VRRP_PATH_SIZE] = "daemon/vrrpd";
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (view != NULL)
		vrrp_json_path(path, view->conf->name);
	(void)json_array_append_new(findings,
	    json_pack("{s:s, s:s, s:o, s:o, s:o}", "severity", finding->severity,
		"check", finding->check, "object", ctl_msg_text(path), "text",
		ctl_msg_text(text), "advice", ctl_msg_text(finding->advice)));
}

/* ---- what is over ---------------------------------------------------------- */

static bool
goes_on(const struct vrrp_view *view, int64_t at_us)
{
	int64_t interval_us = view->conf->advert_int_us;
	int64_t span_us = GOES_ON_US;

	if (view->fsm->master_adver_int_us > interval_us)
		interval_us = view->fsm->master_adver_int_us;
	if (span_us < GOES_ON_INTERVALS * interval_us)
		span_us = GOES_ON_INTERVALS * interval_us;
	return view->now_us - at_us < span_us;
}

/* Whether what happened last at `at_us` (0: never) is worth a word. */
static bool
is_told(const struct vrrp_view *view, int64_t at_us)
{
	return at_us != 0 && view->now_us - at_us < TELL_US;
}

/* The finding, or a note of it when it does not go on. */
static struct finding
aged(const struct vrrp_view *view, const struct finding *finding, int64_t at_us)
{
	struct finding told = *finding;

	if (!goes_on(view, at_us))
		told.severity = "note";
	return told;
}

#define AGE_SIZE (UNITS_TEXT_SIZE + sizeof(" ago, and not since"))

/* "3s ago", or "12m ago, and not since". */
static const char *
format_age(char buf[AGE_SIZE], const struct vrrp_view *view, int64_t at_us)
{
	char age[UNITS_TEXT_SIZE];

	(void)snprintf(buf, AGE_SIZE, "%s ago%s",
	    units_format_span(age, view->now_us - at_us),
	    goes_on(view, at_us) ? "" : ", and not since");
	return buf;
}

/* ---- packets ------------------------------------------------------------- */

static const struct finding split_brain = {"error", "split_brain",
    "Let this node's advertisements reach the other: multicast, firewalls and switches "
    "on the way, and the same version, VRID, password and interval on both."};
static const struct finding refused = {"warning", "refused",
    "Make both configurations agree, or find out who sends this."};
static const struct finding duplicate = {"warning", "duplicate_vrid",
    "Give the other cluster another VRID on this network, or make the lists of addresses "
    "the same."};
static const struct finding other_vrid = {"error", "other_vrid",
    "Set the same virtual_router_id on both when they are one virtual router; if not, take "
    "the address away from one of them."};
static const struct finding intervals = {
    "warning", "interval", "Set the same advert_int on all routers of this VRID."};

/* "got 3, configured 2" in brackets, or nothing. */
static const char *
bracketed(const struct vrrp_offender *o, char buf[DETAIL_SIZE])
{
	(void)snprintf(buf, DETAIL_SIZE, "%s%s%s", o->detail[0] != '\0' ? " (" : "",
	    o->detail, o->detail[0] != '\0' ? ")" : "");
	return buf;
}

static void
look_at_split_brain(
    json_t *findings, const struct vrrp_view *view, const struct vrrp_offender *sign)
{
	char from[ADDR_TEXT_SIZE], detail[DETAIL_SIZE];

	addr_format(from, &sign->source);
	if (sign->what == VRRP_ODD_RIVAL)
		add(findings, view, &split_brain,
		    "this node is MASTER and so is %s%s: it does not hear this node",
		    from, bracketed(sign, detail));
	else
		add(findings, view, &split_brain,
		    "this node is MASTER and %s advertises the same virtual router, but "
		    "is refused: %s%s",
		    from, vrrp_offender_text(sign->what), bracketed(sign, detail));
}

static void
look_at_offender(
    json_t *findings, const struct vrrp_view *view, const struct vrrp_offender *o)
{
	char from[ADDR_TEXT_SIZE], detail[DETAIL_SIZE], age[AGE_SIZE];
	const struct finding *finding = &refused;
	struct finding told;

	if (o->over || o->what == VRRP_ODD_RIVAL)
		return; /* one or two belong to an election */
	if (o->what == VRRP_ODD_LIST || o->what == VRRP_DROP_ADDRESS_LIST)
		finding = &duplicate;
	else if (o->what == VRRP_ODD_INTERVAL)
		finding = &intervals;
	else if (o->what == VRRP_ODD_OTHER_VRID)
		finding = &other_vrid;
	told = aged(view, finding, o->at_us);
	add(findings, view, &told, "%s%s: %s%s, %s",
	    addr_is_set(&o->source) ? addr_format(from, &o->source) : "a packet",
	    o->what < VRRP_DROP_COUNT_ ? " is refused" : "",
	    vrrp_offender_text(o->what), bracketed(o, detail),
	    format_age(age, view, o->at_us));
}

static void
look_at_packets(json_t *findings, const struct vrrp_view *view)
{
	const struct vrrp_offender *sign = vrrp_view_split_brain(view);

	if (sign != NULL)
		look_at_split_brain(findings, view, sign);
	for (const struct vrrp_offender *at = view->offenders; at; at = at->next)
		if (at != sign && is_told(view, at->at_us))
			look_at_offender(findings, view, at);
}

/* ---- the router itself --------------------------------------------------- */

/* Out of service because somebody said so: that is no fault. */
static bool
is_only_maintenance(const struct vrrp_view *view)
{
	const char *const *faults = view->faults;

	return view->fsm->state == VRRP_STATE_FAULT && faults != NULL &&
	       faults[0] != NULL && strcmp(faults[0], "maintenance") == 0 &&
	       faults[1] == NULL;
}

static void
look_at_fault(json_t *findings, const struct vrrp_view *view)
{
	static const struct finding fault = {
	    "error", "fault", "See \"hactl explain\" for what it needs."};
	static const struct finding meant = {"note", "maintenance",
	    "\"hactl maintenance off\" ends it, with the name of the instance when it is "
	    "of that alone; else it ends by itself."};

	if (is_only_maintenance(view))
		add(findings, view, &meant, "it is out of service for a maintenance");
	else if (view->fsm->state == VRRP_STATE_FAULT)
		add(findings, view, &fault, "it is in FAULT: %s", view->fault_text);
}

static void
look_at_link(
    json_t *findings, const struct vrrp_view *view, const struct vrrp_doctor_link *link)
{
	static const struct finding finding = {"error", "multicast",
	    "Switch multicast on (ip link set DEV multicast on), or use an interface that "
	    "has it."};

	if (link->known && !link->multicast)
		add(findings, view, &finding,
		    "interface %s does not do multicast: no advertisement leaves or "
		    "arrives",
		    view->conf->ifname);
}

/* Who looks for a reason in the file and among the leases finds none. */
static void
look_at_stay(json_t *findings, const struct vrrp_view *view)
{
	static const struct finding finding = {"note", "stay",
	    "That is what \"stay\" was given for; \"hactl takeover\" brings the role "
	    "back."};
	const struct vrrp_fsm *fsm = view->fsm;
	char from[ADDR_TEXT_SIZE];
	struct vrrp_why why;

	vrrp_why_find(view, &why);
	if (why.cause == VRRP_WHY_STAY)
		add(findings, view, &finding,
		    "it has priority %d and leaves the role to %s, which has %d, after "
		    "a maintenance with \"stay\"",
		    fsm->params.priority, addr_format(from, &fsm->master),
		    fsm->master_priority);
}

/* Two owners settle it by their addresses, so one of them is Backup. */
static void
look_at_owners(json_t *findings, const struct vrrp_view *view)
{
	static const struct finding finding = {"error", "two_owners",
	    "Give one of the two another priority than 255, and addresses that no "
	    "interface has of itself."};
	const struct vrrp_fsm *fsm = view->fsm;
	char from[ADDR_TEXT_SIZE];

	if (fsm->state == VRRP_STATE_BACKUP &&
	    fsm->params.priority == VRRP_PRIORITY_OWNER &&
	    fsm->master_priority == VRRP_PRIORITY_OWNER && addr_is_set(&fsm->master))
		add(findings, view, &finding,
		    "this node is configured as the owner of the addresses (priority "
		    "255), and so is %s, which is MASTER",
		    addr_format(from, &fsm->master));
}

/* A Backup that waits without hearing a Master, for longer than a timer takes. */
static void
look_at_silence(json_t *findings, const struct vrrp_view *view)
{
	static const struct finding finding = {"warning", "silence",
	    "Look whether advertisements arrive here (tcpdump -n ip proto 112), and at "
	    "firewalls and switches on the way."};
	const struct vrrp_fsm *fsm = view->fsm;
	int64_t down_us = vrrp_fsm_master_down_interval_us(fsm);
	int64_t since_us = fsm->since_us;
	char span[UNITS_TEXT_SIZE];

	if (addr_is_set(&fsm->master) && fsm->master_heard_us > since_us)
		since_us = fsm->master_heard_us;
	if (fsm->state == VRRP_STATE_BACKUP &&
	    view->now_us - since_us > DEAF_INTERVALS * down_us)
		add(findings, view, &finding,
		    "it is BACKUP and has heard no advertisement for %s",
		    units_format_span(span, view->now_us - since_us));
}

static uint64_t
counter(const struct vrrp_view *view, const char *name)
{
	for (size_t i = 0; i < view->counter_count; i++)
		if (strcmp(view->counters[i].name, name) == 0)
			return view->counters[i].value;
	return 0;
}

static void
look_at_lateness(json_t *findings, const struct vrrp_view *view)
{
	static const struct finding finding = {"warning", "late",
	    "The machine or its host was too busy, or was stopped: compare with \"hactl "
	    "metrics\", and see to the scheduling of vrrpd."};
	int64_t worst_us = (int64_t)counter(view, "worst_lateness_us");
	char late[UNITS_TEXT_SIZE], interval[UNITS_TEXT_SIZE], age[AGE_SIZE];
	struct finding told = aged(view, &finding, view->at.late_us);

	if (is_told(view, view->at.late_us))
		add(findings, view, &told,
		    "advertisements of this node were late, the worst by %s; they leave "
		    "every %s; the last %s",
		    units_format_span(late, worst_us),
		    units_format_span(interval, view->conf->advert_int_us),
		    format_age(age, view, view->at.late_us));
}

static void
look_at_stalls(json_t *findings, const struct vrrp_view *view)
{
	static const struct finding finding = {"warning", "stalled",
	    "vrrpd was frozen or starved, or the host slept: see its log, and what else "
	    "ran on this host then."};
	struct finding told = aged(view, &finding, view->at.stalled_us);
	char age[AGE_SIZE];

	if (is_told(view, view->at.stalled_us))
		add(findings, view, &told,
		    "vrrpd was not running in time, so it had to listen before it could "
		    "serve, %s",
		    format_age(age, view, view->at.stalled_us));
}

static void
look_at_sending(json_t *findings, const struct vrrp_view *view)
{
	static const struct finding finding = {"warning", "send_errors",
	    "The log of vrrpd says why; a full queue, or a firewall for what leaves."};
	struct finding told = aged(view, &finding, view->at.unsent_us);
	char age[AGE_SIZE];

	if (is_told(view, view->at.unsent_us))
		add(findings, view, &told,
		    "%llu advertisements could not be sent, the last %s",
		    (unsigned long long)counter(view, "send_errors"),
		    format_age(age, view, view->at.unsent_us));
}

static void
look_at_addresses(json_t *findings, const struct vrrp_view *view)
{
	static const struct finding missing = {"error", "addresses_missing",
	    "The log of vrrpd says what the kernel refused."};
	static const struct finding foreign = {"warning", "addresses_foreign",
	    "Remove them (ip addr del), and whatever configures them."};
	const struct vrrp_fsm *fsm = view->fsm;
	int64_t for_us = view->now_us - fsm->since_us;

	if (for_us < 2 * US_PER_S)
		return; /* still being set or removed */
	if (fsm->state == VRRP_STATE_MASTER && view->vips_set < view->vips_want)
		add(findings, view, &missing,
		    "it is MASTER, but only %zu of its %zu addresses are set",
		    view->vips_set, view->vips_want);
	if (fsm->state != VRRP_STATE_MASTER && view->vips_set > 0 &&
	    view->moving == NULL)
		add(findings, view, &foreign,
		    "it is %s, but %zu of its addresses are on this host: somebody else "
		    "configured them",
		    vrrp_state_name(fsm->state), view->vips_set);
}

static void
look_at_repairs(json_t *findings, const struct vrrp_view *view)
{
	static const struct finding finding = {"warning", "addresses_removed",
	    "Find out what removes them: NetworkManager, networkd, a script."};
	struct finding told = aged(view, &finding, view->at.repaired_us);
	unsigned long long times = counter(view, "vips_repaired");
	char age[AGE_SIZE];

	if (is_told(view, view->at.repaired_us))
		add(findings, view, &told,
		    "somebody removed its addresses %llu time%s, the last %s; they were "
		    "put back",
		    times, times == 1 ? "" : "s",
		    format_age(age, view, view->at.repaired_us));
}

void
vrrp_doctor_instance(
    json_t *findings, const struct vrrp_view *view, const struct vrrp_doctor_link *link)
{
	look_at_fault(findings, view);
	look_at_link(findings, view, link);
	look_at_packets(findings, view);
	look_at_stay(findings, view);
	look_at_owners(findings, view);
	look_at_silence(findings, view);
	look_at_lateness(findings, view);
	look_at_stalls(findings, view);
	look_at_sending(findings, view);
	look_at_addresses(findings, view);
	look_at_repairs(findings, view);
}

/* ---- the daemon ---------------------------------------------------------- */

static void
look_at_strangers(json_t *findings, const struct vrrp_doctor_daemon *daemon)
{
	static const struct finding strangers = {"note", "unknown_vrid",
	    "Other clusters on this network, or an instance that is missing here."};
	char from[ADDR_TEXT_SIZE], age[UNITS_TEXT_SIZE];

	if (daemon->unknown_vrid > 0)
		add(findings, NULL, &strangers,
		    "%llu advertisements of virtual routers that are not configured "
		    "here; the last of VRID %u, from %s, %s ago",
		    (unsigned long long)daemon->unknown_vrid, daemon->stranger_vrid,
		    addr_format(from, &daemon->stranger),
		    units_format_span(age, daemon->now_us - daemon->stranger_us));
}

/* A restart that nobody noticed is worth to be known: it may have been a crash. */
static void
look_at_restart(json_t *findings, const struct vrrp_doctor_daemon *daemon)
{
	static const struct finding restart = {"note", "restarted",
	    "If nobody restarted it, it was killed or crashed: see its log."};
	static const struct finding killed = {"note", "restarted",
	    "Its log has what came before (journalctl -u vrrpd); hactl log begins "
	    "anew."};
	int64_t age_us = daemon->now_us - daemon->started_us;
	char age[UNITS_TEXT_SIZE];

	if (age_us >= TELL_US)
		return;
	if (daemon->after_kill)
		add(findings, NULL, &killed,
		    "vrrpd was started %s ago, after the one before was killed or "
		    "crashed; it took up %zu role%s",
		    units_format_span(age, age_us), daemon->resumed,
		    daemon->resumed == 1 ? "" : "s");
	else if (daemon->resumed > 0)
		add(findings, NULL, &restart,
		    "vrrpd was started %s ago and took up %zu role%s of a process before "
		    "it",
		    units_format_span(age, age_us), daemon->resumed,
		    daemon->resumed == 1 ? "" : "s");
}

/* Without the helper, no file that is mended can be read. */
static void
look_at_reload(json_t *findings, const struct vrrp_doctor_daemon *daemon)
{
	char advice[TEXT_SIZE];
	const struct finding reload = {"error", "config", advice};

	if (!daemon->reload_failed)
		return;
	(void)snprintf(advice, sizeof(advice),
	    daemon->helper_gone
		? "See whether the file is right (\"hactl config test %s\"): the "
		  "restart that the lost helper needs reads it."
		: "Mend the file (\"hactl config test %s\"), then \"hactl reload\".",
	    daemon->config_path);
	add(findings, NULL, &reload,
	    "the last reload was refused: another configuration is in use than "
	    "the file says");
}

/* An unprivileged daemon cannot start another one. */
static void
look_at_helper(json_t *findings, const struct vrrp_doctor_daemon *daemon)
{
	static const struct finding helper = {"warning", "helper",
	    "Restart vrrpd when its roles can move; its log says how the helper ended."};

	if (daemon->helper_gone)
		add(findings, NULL, &helper,
		    "the helper process is gone: no reload is possible, and if vrrpd is "
		    "killed, too, nobody takes its addresses away");
}

void
vrrp_doctor_daemon(json_t *findings, const struct vrrp_doctor_daemon *daemon)
{
	look_at_reload(findings, daemon);
	look_at_helper(findings, daemon);
	look_at_restart(findings, daemon);
	look_at_strangers(findings, daemon);
}

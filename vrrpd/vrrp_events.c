/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_events.c - what vrrpd tells its subscribers. */
#include "vrrpd/vrrp_events.h"

#include <string.h>
#include "common/ctl_config.h"
#include "common/ctl_events.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrrp_brief.h"
#include "vrrpd/vrrp_ctl_internal.h"
#include "vrrpd/vrrp_json.h"

/* clang-format off */
static const char *const move_kinds[] = {
	[VROUTER_MOVE_NONE]     = "none",
	[VROUTER_MOVE_FAILOVER] = "failover",
	[VROUTER_MOVE_YIELD]    = "yield",
	[VROUTER_MOVE_STOP]     = "stop",
	[VROUTER_MOVE_RELEASE]  = "release",
	[VROUTER_MOVE_TAKEOVER] = "takeover",
};

static const char *const move_results[] = {
	[VROUTER_MOVE_DONE]      = "done",
	[VROUTER_MOVE_NOBODY]    = "nobody",
	[VROUTER_MOVE_CONTESTED] = "contested",
	[VROUTER_MOVE_OVERTAKEN] = "overtaken",
};
/* clang-format on */

#define BIT VRRP_MEMBER_BIT

/* What an event of its kind always tells of the instance. */
enum {
	OF_STATE = BIT(VRRP_MEMBER_STATE) | BIT(VRRP_MEMBER_CAUSE) |
		   BIT(VRRP_MEMBER_REASON) | BIT(VRRP_MEMBER_EFFECTIVE) |
		   BIT(VRRP_MEMBER_MASTER) | BIT(VRRP_MEMBER_MASTER_PRIORITY) |
		   BIT(VRRP_MEMBER_SINCE) | BIT(VRRP_MEMBER_FAULTS),
	OF_MASTER = BIT(VRRP_MEMBER_STATE) | BIT(VRRP_MEMBER_MASTER) |
		    BIT(VRRP_MEMBER_MASTER_PRIORITY),
	OF_PRIORITY = BIT(VRRP_MEMBER_EFFECTIVE) | BIT(VRRP_MEMBER_MASTER_PRIORITY),
	OF_VIPS = BIT(VRRP_MEMBER_VIPS),
	OF_REFUSED = BIT(VRRP_MEMBER_LAST_REFUSED),
	OF_START = BIT(VRRP_MEMBER_MOVING),
	OF_FINISH = OF_MASTER | BIT(VRRP_MEMBER_MOVING) | BIT(VRRP_MEMBER_MOVE),
};

static json_t *
members_of(const struct vrouter *vr, uint32_t members)
{
	struct vrrp_snapshot snapshot;

	vrrp_snapshot_take(&snapshot, vr, false);
	json_t *object = vrrp_brief_json(&snapshot.view, members);
	vrrp_snapshot_done(&snapshot);
	return object;
}

const struct ctl_cause *
vrrp_event_cause(const struct vrouter *vr)
{
	if (vr->engine->cause == NULL && vr->move != NULL)
		return &vr->move->cause;
	return vr->engine->cause;
}

/* Tells these members as a list has them, and what belongs to the event alone. */
static void
publish_as(struct vrouter *vr, const struct ctl_cause *cause, const char *type,
    uint32_t members, json_t *old, json_t *own)
{
	char path[VRRP_PATH_SIZE];
	json_t *new;

	if (vr->engine->control == NULL) {
		json_decref(old);
		json_decref(own);
		return;
	}
	new = members_of(vr, members);
	vrrp_told_sift(&vr->told, new, members);
	(void)json_object_update_missing(new, own);
	json_decref(own);
	ctl_publish(vr->engine->control, type, vrrp_json_path(path, vr->conf->name),
	    cause, old, new);
}

static void
publish(
    struct vrouter *vr, const char *type, uint32_t members, json_t *old, json_t *own)
{
	publish_as(vr, vrrp_event_cause(vr), type, members, old, own);
}

void
vrrp_event_state(struct vrouter *vr, enum vrrp_state old)
{
	publish(vr, "instance.state", OF_STATE,
	    json_pack("{s:s}", "state", vrrp_state_name(old)), NULL);
}

void
vrrp_event_master(struct vrouter *vr)
{
	publish(vr, "instance.master", OF_MASTER, NULL, NULL);
}

void
vrrp_event_priority(struct vrouter *vr, uint8_t old)
{
	publish(vr, "instance.priority", OF_PRIORITY,
	    json_pack("{s:i}", "effective", old), NULL);
}

void
vrrp_event_vips(
    struct vrouter *vr, const char *what, const struct prefix *address, int error)
{
	char text[PREFIX_TEXT_SIZE];

	publish(vr, "instance.vips", OF_VIPS, NULL,
	    json_pack("{s:s, s:s*, s:s*}", "what", what, "address",
		address != NULL ? prefix_format(text, address) : NULL, "error",
		error != 0 ? strerror(-error) : NULL));
}

void
vrrp_event_refused(struct vrouter *vr)
{
	const struct vrrp_offender *offender = vrrp_offender_refused(vr->offenders);
	char source[ADDR_TEXT_SIZE];

	if (offender == NULL)
		return;

	publish(vr, "instance.refused", OF_REFUSED, NULL,
	    json_pack("{s:s, s:s, s:s, s:s, s:I}", "drop",
		vrrp_offender_name(offender->what), "text",
		vrrp_offender_text(offender->what), "source",
		addr_format(source, &offender->source), "detail", offender->detail,
		"count", (json_int_t)offender->total));
}

void
vrrp_event_added(struct vrouter *vr)
{
	publish(vr, "instance.added", VRRP_MEMBERS_ALL, NULL, NULL);
}

void
vrrp_event_changed(struct vrouter *vr)
{
	vrrp_event_news(vr, vrrp_event_cause(vr));
}

void
vrrp_event_news(struct vrouter *vr, const struct ctl_cause *cause)
{
	const struct engine *engine = vr->engine;
	/* To a subscriber who went without a picture and came just now, all is news. */
	uint32_t keep = vr->told == NULL ? VRRP_MEMBERS_ALL : 0;
	char path[VRRP_PATH_SIZE];
	json_t *news;

	if (engine->control == NULL ||
	    (vr->told == NULL && !ctl_has_subscribers(engine->control)))
		return;
	news = members_of(vr, VRRP_MEMBERS_ALL);
	vrrp_told_sift(&vr->told, news, keep);
	if (json_object_size(news) == 0)
		json_decref(news);
	else
		ctl_publish(engine->control, "instance.changed",
		    vrrp_json_path(path, vr->conf->name), cause, NULL, news);
}

void
vrrp_events_told(struct vrouter *vr, const char *member, const json_t *value)
{
	vrrp_told_note(vr->told, member, value);
}

void
vrrp_events_know(struct vrouter *vr)
{
	json_t *all;

	if (vr->told != NULL)
		return;
	all = members_of(vr, VRRP_MEMBERS_ALL);
	vrrp_told_sift(&vr->told, all, 0);
	json_decref(all);
}

/* An instance that is there no more. */
static void
publish_removed(const struct engine *engine, const char *name)
{
	char path[VRRP_PATH_SIZE];

	if (engine->control != NULL)
		ctl_publish(engine->control, "instance.removed",
		    vrrp_json_path(path, name), engine->cause, NULL, NULL);
}

void
vrrp_event_renamed(struct vrouter *vr, const char *old_name)
{
	publish_removed(vr->engine, old_name);
	vrrp_event_added(vr);
}

void
vrrp_event_removed(const struct vrouter *vr)
{
	publish_removed(vr->engine, vr->conf->name);
}

void
vrrp_event_move_started(struct vrouter *vr)
{
	publish(vr, "move.started", OF_START, NULL,
	    json_pack("{s:s}", "kind", move_kinds[vr->move->kind]));
}

/* The move is no longer the router's own: its cause is told all the same. */
void
vrrp_event_move_finished(struct vrouter *vr, const struct vrouter_move *move,
    enum vrouter_move_result result)
{
	publish_as(vr, &move->cause, "move.finished", OF_FINISH, NULL,
	    json_pack("{s:s, s:s}", "kind", move_kinds[move->kind], "result",
		move_results[result]));
}

void
vrrp_event_reload(const struct engine *engine, const struct daemon_reload *request)
{
	json_t *new;

	if (engine->control == NULL)
		return;
	new = json_pack("{s:I, s:I}", "rev", (json_int_t)engine->rev, "instances",
	    (json_int_t)engine->router_count);
	ctl_config_put_told(request, engine->reload_failed, new);
	ctl_publish(engine->control,
	    engine->reload_failed ? "config.refused" : "config.reloaded",
	    "daemon/vrrpd", engine->cause, NULL, new);
}

void
vrrp_event_settled(const struct engine *engine)
{
	if (engine->control != NULL)
		ctl_publish(engine->control, "daemon.settled", "daemon/vrrpd", NULL,
		    NULL,
		    json_pack("{s:b, s:I}", "settled", 1, "instances",
			(json_int_t)engine->router_count));
}

void
vrrp_event_after_kill(const struct engine *engine)
{
	if (engine->control != NULL)
		ctl_publish(engine->control, "daemon.after_kill", "daemon/vrrpd", NULL,
		    NULL, json_pack("{s:b}", "after_kill", 1));
}

void
vrrp_event_stopping(const struct engine *engine)
{
	if (engine->control != NULL)
		ctl_publish(engine->control, "daemon.stopping", "daemon/vrrpd",
		    engine->cause, NULL,
		    json_pack("{s:b}", "keeps_role", engine->stop_keeps_role));
}

/* ---- their types --------------------------------------------------------- */

/* clang-format off */
const struct ctl_event_type vrrp_events[] = {
	{"instance.state", "a router is MASTER, BACKUP or in FAULT now"},
	{"instance.master", "a router hears another Master than before"},
	{"instance.priority", "the effective priority of a router is another"},
	{"instance.vips", "addresses of a MASTER were set, repaired, or could not be"},
	{"instance.refused", "a packet for a router was refused"},
	{"instance.changed", "anything else of a router is another"},
	{"instance.added", "a reload brought a router"},
	{"instance.removed", "a reload took a router away"},
	{"move.started", "a role is being handed over or taken"},
	{"move.finished", "the move of a role has ended, done or not"},
	{"daemon.settled", "every router had the time to find out who is Master"},
	{"daemon.stopping", "the daemon ends"},
	{"daemon.after_kill", "the daemon began where one was killed or crashed"},
	{0},
};
/* clang-format on */

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_events.h - what vrrpd tells its subscribers, one function for each kind of
 * event.
 *
 * Each does nothing while no control socket is open. What an event tells of an instance
 * has the form it has in a list, so that subscribers can put it into what they know.
 * Who brought a change about comes from engine->cause (a request is being worked off)
 * or from the move that is under way. */
#ifndef VRRPD_VRRP_EVENTS_H
#define VRRPD_VRRP_EVENTS_H

#include "vrrpd/vrouter.h"

struct ctl_event_type;

/* Their types, for `describe`; ends without a name. */
extern const struct ctl_event_type vrrp_events[];

/* instance.state: the transition from `old`, with its cause and reason. */
void vrrp_event_state(struct vrouter *vr, enum vrrp_state old);

/* instance.master: another Master is heard than before. */
void vrrp_event_master(struct vrouter *vr);

/* instance.priority: the effective priority was `old`. */
void vrrp_event_priority(struct vrouter *vr, uint8_t old);

/* instance.vips: how many addresses are there, and what happened: "settled",
 * "incomplete" (at rest, but not settled), "repaired" or "failed"; `address` and
 * `error` (negative errno) where they apply, else NULL and 0. */
void vrrp_event_vips(
    struct vrouter *vr, const char *what, const struct prefix *address, int error);

/* instance.refused: the last of vr->offenders, at the pace of the log. */
void vrrp_event_refused(struct vrouter *vr);

/* By a reload: instance.added, which has all that a list of instances tells;
 * instance.changed, with what differs; instance.removed; and under another name,
 * removed and added. */
void vrrp_event_added(struct vrouter *vr);
void vrrp_event_changed(struct vrouter *vr);
void vrrp_event_renamed(struct vrouter *vr, const char *old_name);
void vrrp_event_removed(const struct vrouter *vr);

/* instance.changed with what subscribers do not know yet (vrrp_brief.h); nothing when
 * they know all, or when nobody ever asked. `cause` may be NULL. */
void vrrp_event_news(struct vrouter *vr, const struct ctl_cause *cause);

/* An event of another kind told that a member of the router is `value` now. */
void vrrp_events_told(struct vrouter *vr, const char *member, const json_t *value);

/* Who brings about what happens to the router now, or NULL. */
const struct ctl_cause *vrrp_event_cause(const struct vrouter *vr);

/* Somebody is given a picture of the router: what differs from then on is news. */
void vrrp_events_know(struct vrouter *vr);

/* move.started, move.finished. */
void vrrp_event_move_started(struct vrouter *vr);
void vrrp_event_move_finished(struct vrouter *vr, const struct vrouter_move *move,
    enum vrouter_move_result result);

/* daemon.settled: every router had the time to find out who is Master. */
void vrrp_event_settled(const struct engine *engine);

/* config.reloaded with what it changed, or config.refused with the first thing that is
 * wrong; daemon.stopping. */
struct daemon_reload;
void vrrp_event_reload(
    const struct engine *engine, const struct daemon_reload *request);
void vrrp_event_stopping(const struct engine *engine);

/* The process before was killed or crashed: the first event of this one. */
void vrrp_event_after_kill(const struct engine *engine);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* engine_stop.c - the end of all roles in good order: Masters hand over, the others end
 * at once, and none takes a role any more. */
#include "vrrpd/engine.h"

#include "common/clock.h"
#include "common/event.h"
#include "common/nl_request.h"
#include "common/units.h"
#include "vrrpd/vrouter_internal.h"
#include "vrrpd/vrrp_events.h"

#define STOP_CHECK_US (5 * US_PER_MS)
#define STOP_GRACE_US (30 * US_PER_S) /* to take away many thousands of addresses */

/* ---- a successor follows -------------------------------------------------- */

/* Speaks once more, so that it has as much time as can be had. */
static void
leave_roles(struct engine *engine)
{
	int64_t now_us = clock_now_us();

	for (size_t i = 0; i < engine->router_count; i++) {
		struct vrouter *vr = engine->routers[i];

		if (vr->fsm.state != VRRP_STATE_MASTER || vrrp_fsm_is_silent(&vr->fsm))
			continue;
		vrouter_send_advert(vr);
		if (vr->record != NULL)
			vr->record->last_advert_us = now_us;
		vip_set_renew(vr->vips);
	}
	adv_sockets_flush(engine->sockets);
	(void)nl_queue_drain(engine->netlink, US_PER_S / 2);
}

/* ---- nobody follows ------------------------------------------------------- */

/* An heir may still come, or needs the addresses for a moment. */
static bool
waits_for_heir(const struct vrouter *vr)
{
	return (vr->fsm.state == VRRP_STATE_MASTER &&
		   vrouter_move_kind(vr) == VROUTER_MOVE_STOP) ||
	       vr->fsm.let_go_at_us != 0;
}

/* Whatever else a router has become meanwhile, it is no more: one that handed its role
 * over must not take it again when the heir dies. Returns whether it has let go. */
static bool
let_go(struct vrouter *vr)
{
	if (waits_for_heir(vr))
		return false;
	if (vr->fsm.state != VRRP_STATE_INITIALIZE)
		vrouter_shutdown(vr);
	return vip_set_is_settled(vr->vips);
}

static bool
has_stopped(const struct engine *engine)
{
	bool all = true;

	for (size_t i = 0; i < engine->router_count; i++)
		all &= let_go(engine->routers[i]);
	return all && nl_queue_pending(engine->netlink) == 0;
}

static int
on_stop_check(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct engine *engine = userdata;

	(void)usec;
	if (has_stopped(engine) || clock_now_us() >= engine->stop_until_us)
		return sd_event_exit(engine->event, 0);
	(void)sd_event_source_set_time(
	    source, (uint64_t)(clock_now_us() + STOP_CHECK_US));
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* Returns how long the slowest heir may take. */
static int64_t
hand_over_all(struct engine *engine)
{
	int64_t longest_us = 0;

	for (size_t i = 0; i < engine->router_count; i++) {
		struct vrouter *vr = engine->routers[i];

		if (vr->fsm.state != VRRP_STATE_MASTER)
			continue;
		(void)vrouter_move_start(vr, VROUTER_MOVE_STOP, 0, NULL, NULL);

		int64_t wait_us = vrrp_fsm_handover_wait_us(&vr->fsm);

		if (wait_us > longest_us)
			longest_us = wait_us;
	}
	adv_sockets_flush(engine->sockets);
	return longest_us;
}

void
engine_stop(struct engine *engine, bool keep_role)
{
	if (engine->phase == DAEMON_STOPPING)
		return;
	engine->phase = DAEMON_STOPPING;
	engine->stop_keeps_role = keep_role;
	daemon_notify_stopping();
	vrrp_event_stopping(engine);
	if (keep_role) {
		leave_roles(engine);
		(void)sd_event_exit(engine->event, 0);
		return;
	}
	engine->stop_until_us = clock_now_us() + hand_over_all(engine) + STOP_GRACE_US;
	if (sd_event_add_time(engine->event, &engine->stop_check, EVENT_CLOCK,
		(uint64_t)clock_now_us(), 1, on_stop_check, engine) < 0)
		(void)sd_event_exit(engine->event, 0);
}

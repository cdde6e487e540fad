/* SPDX-License-Identifier: Apache-2.0 */
/* engine.c - joins the virtual routers to the edges they share.
 *
 * All deadlines stand in one heap behind one timer of the loop. When it fires, the
 * sockets are read first (an advertisement that waits must be heard before its absence
 * is judged), then everything that is due is stepped, then all packets leave together.
 */
#include "vrrpd/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/clock.h"
#include "common/conf.h"
#include "common/event.h"
#include "common/helper.h"
#include "common/nl_request.h"
#include "common/units.h"
#include "vrrpd/announce.h"
#include "vrrpd/runstate.h"
#include "vrrpd/vrouter_internal.h"
#include "vrrpd/vrrp_events.h"
#include "vrrpd/vrrp_news.h"

/* With many routers, adverts due within 1/200 of their interval leave in one wake-up,
 * which costs more than the work it brings. */
#define COALESCE_FROM_ROUTERS 64
#define COALESCE_FRACTION 200

/* How often a packet for no router here is compared with those that are. */
#define STRANGER_LOOK_US (10 * US_PER_MS)

/* ---- lookups ------------------------------------------------------------------------
 */

struct vrouter *
engine_find(const struct engine *engine, const char *name)
{
	const struct vrrp_instance_conf *conf =
	    engine->router_count > 0 ? vrrp_conf_find(engine->conf, name) : NULL;

	/* They are in the order of the configuration. */
	return conf != NULL ? engine->routers[conf - engine->conf->instances] : NULL;
}

static void
count_states(const struct engine *engine, size_t counts[VRRP_STATE_COUNT_])
{
	memset(counts, 0, VRRP_STATE_COUNT_ * sizeof(counts[0]));
	for (size_t i = 0; i < engine->router_count; i++)
		counts[engine->routers[i]->fsm.state]++;
}

/* ---- timers -------------------------------------------------------------------------
 */

/* Sets the loop's timer when the first deadline is earlier than what it is set to. A
 * later one is left alone: a wake-up for nothing now and then costs less than a system
 * call for each advertisement heard. */
static void
set_timer(struct engine *engine)
{
	const struct timer_node *first = timer_heap_first(&engine->heap);

	if (engine->timer == NULL || first == NULL)
		return;
	if (engine->timer_set_us != 0 && engine->timer_set_us <= first->at_us)
		return;
	engine->timer_set_us = first->at_us;
	(void)sd_event_source_set_time(engine->timer, (uint64_t)first->at_us);
	(void)sd_event_source_set_enabled(engine->timer, SD_EVENT_ONESHOT);
}

static int64_t
round_up(int64_t value, int64_t step)
{
	return (value + step - 1) / step * step;
}

void
engine_arm(struct engine *engine, struct vrouter *vr)
{
	int64_t at_us = vrrp_fsm_deadline(&vr->fsm);
	int64_t move_us = vrouter_move_deadline(vr);

	if (at_us != 0 && at_us == vr->fsm.adver_at_us &&
	    engine->router_count >= COALESCE_FROM_ROUTERS)
		at_us = round_up(at_us, vr->conf->advert_int_us / COALESCE_FRACTION);
	if (move_us != 0 && (at_us == 0 || move_us < at_us))
		at_us = move_us;
	if (at_us == 0)
		timer_heap_disarm(&engine->heap, &vr->timer);
	else
		timer_heap_arm(&engine->heap, &vr->timer, at_us);
	set_timer(engine);
}

static struct vrouter *
router_of(struct timer_node *node)
{
	return (
	    struct vrouter *)(void *)((char *)node - offsetof(struct vrouter, timer));
}

static int
on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct engine *engine = userdata;
	struct timer_node *node;

	(void)source;
	(void)usec;
	adv_sockets_drain(engine->sockets);

	int64_t now_us = clock_now_us();

	engine->timer_set_us = 0;
	engine->serves_timers = true;
	while ((node = timer_heap_pop_due(&engine->heap, now_us)) != NULL)
		vrouter_timer(router_of(node), now_us);
	adv_sockets_flush(engine->sockets);
	engine->serves_timers = false;
	vrouter_tell_all(engine);
	engine->timer_set_us = 0;
	set_timer(engine);
	return 0;
}

/* ---- events of the edges ------------------------------------------------------------
 */

/* A virtual router that is not configured here: does it have addresses of one that is?
 * A flood of them costs no more than a look now and then. */
static void
look_at_stranger(struct engine *engine, const struct adv_socket *socket,
    const struct vrrp_packet_meta *meta, const struct vrrp_advert *advert,
    int64_t rx_us)
{
	if (rx_us - engine->stranger_us < STRANGER_LOOK_US)
		return;
	engine->stranger_us = rx_us;
	for (unsigned vrid = 1; vrid <= UINT8_MAX; vrid++) {
		struct vrouter *vr = adv_socket_get_vrid(socket, (uint8_t)vrid);

		if (vr != NULL)
			vrouter_receive_stranger(vr, meta, advert, rx_us);
	}
}

static void
on_received(void *userdata, struct adv_socket *socket, int ifindex, sa_family_t family,
    enum vrrp_drop drop, const struct vrrp_packet_meta *meta, const uint8_t *payload,
    size_t len, int64_t rx_us)
{
	struct engine *engine = userdata;
	struct vrrp_advert advert;
	uint8_t vrid = 0;

	(void)ifindex;
	(void)family;
	if (drop == VRRP_DROP_NONE)
		drop = vrrp_packet_decode(payload, len, meta, &advert, &vrid);

	struct vrouter *vr = adv_socket_get_vrid(socket, vrid);

	if (vr == NULL) {
		engine->unknown_vrid++;
		engine->stranger = (struct engine_stranger){vrid, meta->source, rx_us};
		if (drop == VRRP_DROP_NONE)
			look_at_stranger(engine, socket, meta, &advert, rx_us);
		return;
	}
	vrouter_receive(vr, drop, meta, drop == VRRP_DROP_NONE ? &advert : NULL, rx_us);
}

static void
on_received_end(void *userdata)
{
	struct engine *engine = userdata;

	adv_sockets_flush(engine->sockets);
}

static void
on_send_failed(void *userdata, void *owner, int error)
{
	struct vrouter *vr = owner;
	uint64_t held;

	(void)userdata;
	vr->stats.send_errors++;
	vr->stats.at.unsent_us = clock_now_us();
	if (vrouter_line_pass(vr, VROUTER_LINE_UNSENT, clock_now_us(), &held))
		log_warning("%s: an advertisement could not be sent on %s: %s",
		    vr->conf->name, vr->conf->ifname, strerror(-error));
}

/* Whatever changed on that interface, each router on it looks for itself. */
static void
check_routers_on(struct engine *engine, const char *name, int ifindex)
{
	for (size_t i = 0; i < engine->router_count; i++) {
		struct vrouter *vr = engine->routers[i];

		if ((ifindex != 0 && vr->ifindex == ifindex) ||
		    (name != NULL && strcmp(vr->conf->ifname, name) == 0))
			vrouter_check_host(vr);
	}
}

static void
on_link_changed(void *userdata, const struct link *old, const struct link *now)
{
	struct engine *engine = userdata;

	(void)old;
	vip_table_link_changed(engine->vips, now);
	check_routers_on(engine, now->name, now->ifindex);
}

static void
on_link_removed(void *userdata, const struct link *old)
{
	struct engine *engine = userdata;

	vip_table_link_removed(engine->vips, old);
	check_routers_on(engine, old->name, old->ifindex);
}

/* Our own addresses are never a source of advertisements: nothing to look at. */
static void
on_addr_changed(void *userdata, const struct link_addr *addr)
{
	struct engine *engine = userdata;

	vip_table_addr_changed(engine->vips, addr);
	if (addr->protocol != VIP_ADDRESS_PROTOCOL)
		check_routers_on(engine, NULL, addr->ifindex);
}

static void
on_addr_removed(void *userdata, const struct link_addr *addr)
{
	struct engine *engine = userdata;

	vip_table_addr_removed(engine->vips, addr);
	if (addr->protocol != VIP_ADDRESS_PROTOCOL)
		check_routers_on(engine, NULL, addr->ifindex);
}

static void
on_resynced(void *userdata)
{
	struct engine *engine = userdata;

	log_warning(
	    "the kernel lost link or address messages; everything was read again");
	vip_table_check_all(engine->vips);
	for (size_t i = 0; i < engine->router_count; i++)
		vrouter_check_host(engine->routers[i]);
}

/* The minute's comparison found nothing lost: the time to try again what failed. */
static void
on_audited(void *userdata)
{
	struct engine *engine = userdata;

	vip_table_check_all(engine->vips);
}

static void
on_vips_settled(void *owner, struct vip_set *set)
{
	struct vrouter *vr = owner;

	if (vr->fsm.state == VRRP_STATE_MASTER && vip_set_wanted(set) &&
	    vr->settled_for_us != vr->fsm.since_us) {
		vr->settled_for_us = vr->fsm.since_us;
		vrrp_lateness_add(
		    &vr->engine->reconcile, clock_now_us() - vr->fsm.since_us);
	}
	vrrp_event_vips(vr, "settled", NULL, 0);
	engine_publish(vr->engine, vr);
}

static void
on_vips_incomplete(void *owner, struct vip_set *set)
{
	(void)set;
	vrrp_event_vips(owner, "incomplete", NULL, 0);
}

static void
on_vip_failed(void *owner, struct vip_set *set, const struct prefix *prefix, int error)
{
	struct vrouter *vr = owner;
	char text[PREFIX_TEXT_SIZE];

	log_err("%s: cannot %s %s: %s", vr->conf->name,
	    vip_set_wanted(set) ? "add" : "remove", prefix_format(text, prefix),
	    strerror(-error));
	vrrp_event_vips(vr, "failed", prefix, error);
}

static void
on_vip_repaired(void *owner, struct vip_set *set, const struct prefix *prefix)
{
	struct vrouter *vr = owner;
	char text[PREFIX_TEXT_SIZE];

	(void)set;
	vr->stats.vips_repaired++;
	vr->stats.at.repaired_us = clock_now_us();
	log_warning("%s: somebody removed %s; putting it back", vr->conf->name,
	    prefix_format(text, prefix));
	vrrp_event_vips(vr, "repaired", prefix, 0);
}

static void
on_vip_installed(
    void *owner, struct vip_set *set, const struct vrrp_vip *vip, int ifindex)
{
	struct vrouter *vr = owner;

	(void)set;
	/* While the role is being handed over, the heir's announcements must win. */
	if (vr->fsm.state != VRRP_STATE_MASTER || vrrp_fsm_is_silent(&vr->fsm))
		return;
	(void)announcer_add(vr->engine->announcer, vr, ifindex, &vip->prefix.addr,
	    vrouter_master_repeat(vr));
}

/* ---- start --------------------------------------------------------------------------
 */

static const struct link_mon_ops link_ops = {
    .link_changed = on_link_changed,
    .link_removed = on_link_removed,
    .addr_changed = on_addr_changed,
    .addr_removed = on_addr_removed,
    .resynced = on_resynced,
    .audited = on_audited,
};

static const struct vip_ops vip_ops = {
    .settled = on_vips_settled,
    .incomplete = on_vips_incomplete,
    .failed = on_vip_failed,
    .repaired = on_vip_repaired,
    .installed = on_vip_installed,
};

static const struct adv_socket_ops socket_ops = {
    .received = on_received,
    .received_end = on_received_end,
    .send_failed = on_send_failed,
};

static int
say(int error, const char *what)
{
	if (error < 0)
		log_err("%s: %s", what, strerror(-error));
	return error;
}

static int
open_timer(struct engine *engine)
{
	int r = sd_event_add_time(
	    engine->event, &engine->timer, EVENT_CLOCK, 0, 1, on_timer, engine);

	if (r < 0)
		return r;
	(void)sd_event_source_set_description(engine->timer, "vrrp-timers");
	(void)sd_event_source_set_enabled(engine->timer, SD_EVENT_OFF);
	return sd_event_source_set_priority(engine->timer, EVENT_PRIORITY_TIMER);
}

/* Whether it has its role, knows who has it, or cannot take part. */
static bool
is_settled(const struct vrrp_fsm *fsm)
{
	if (fsm->state == VRRP_STATE_BACKUP)
		return addr_is_set(&fsm->master) &&
		       fsm->master_priority != VRRP_PRIORITY_RESIGN;
	return fsm->state != VRRP_STATE_INITIALIZE;
}

/* Told once: what comes later is told as a transition. */
static void
check_settled(struct engine *engine)
{
	if (engine->settled)
		return;
	for (size_t i = 0; i < engine->router_count; i++)
		if (!is_settled(&engine->routers[i]->fsm))
			return;
	engine->settled = true;
	vrrp_event_settled(engine);
}

/* Thousands of changes at a time are told as one. */
static int
on_status(sd_event_source *source, void *userdata)
{
	struct engine *engine = userdata;
	size_t counts[VRRP_STATE_COUNT_];

	(void)source;
	if (engine->phase != DAEMON_RUNNING)
		return 0;
	count_states(engine, counts);
	daemon_notify_status("%zu virtual routers: %zu MASTER, %zu BACKUP, %zu FAULT",
	    engine->router_count, counts[VRRP_STATE_MASTER], counts[VRRP_STATE_BACKUP],
	    counts[VRRP_STATE_FAULT]);
	check_settled(engine);
	return 0;
}

static int
open_status(struct engine *engine)
{
	int r = sd_event_add_defer(engine->event, &engine->status, on_status, engine);

	if (r < 0)
		return r;
	(void)sd_event_source_set_description(engine->status, "status");
	return sd_event_source_set_priority(engine->status, EVENT_PRIORITY_CONTROL);
}

static int
open_edges(struct engine *engine)
{
	int r;

	STAILQ_INIT(&engine->untold);
	r = say(vrrp_news_open(engine), "news");
	if (r < 0)
		return r;
	r = say(nl_queue_new(engine->event, 0, &engine->netlink), "netlink");
	if (r < 0)
		return r;
	r = say(link_mon_new(engine->event, &link_ops, engine, &engine->links),
	    "reading links and addresses");
	if (r < 0)
		return r;
	r = say(vip_table_new(engine->links, engine->netlink, &vip_ops, &engine->vips),
	    "virtual addresses");
	if (r < 0)
		return r;
	r = say(adv_sockets_new(engine->event, &socket_ops, engine, &engine->sockets),
	    "sockets for advertisements");
	if (r < 0)
		return r;
	r = say(announcer_new(engine->event, engine->links, &engine->announcer),
	    "socket for gratuitous ARP");
	if (r < 0)
		return r;
	announcer_set_gaps(engine->announcer, engine->conf->garp_interval_us,
	    engine->conf->gna_interval_us);
	r = say(runstate_open(
		    engine->run_dir, engine->conf->instance_count, &engine->runstate),
	    "the run-state file");
	if (r < 0)
		return r;
	if (runstate_is_after_kill(engine->runstate)) {
		log_warning("started after the vrrpd before was killed or crashed");
		vrrp_event_after_kill(engine);
	}
	r = say(open_status(engine), "status");
	if (r < 0)
		return r;
	r = timer_heap_reserve(&engine->heap, engine->conf->instance_count);
	return r < 0 ? r : say(open_timer(engine), "timer");
}

static int
make_routers(struct engine *engine)
{
	const struct vrrp_conf *conf = engine->conf;

	engine->routers = calloc(conf->instance_count + 1, sizeof(struct vrouter *));
	if (engine->routers == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < conf->instance_count; i++) {
		int r = vrouter_new(engine, &conf->instances[i], &engine->routers[i]);

		if (r < 0)
			return say(r, conf->instances[i].name);
		engine->router_count++;
	}
	return 0;
}

int
engine_start(struct engine *engine)
{
	int r = open_edges(engine);

	if (r < 0)
		return r;
	r = make_routers(engine);
	if (r < 0)
		return r;
	for (size_t i = 0; i < engine->router_count; i++)
		vrouter_start(engine->routers[i], true);
	adv_sockets_flush(engine->sockets);

	size_t left = vip_table_remove_leftovers(engine->vips);

	if (left > 0)
		log_notice(
		    "removing %zu addresses that an earlier process left behind", left);
	engine->phase = DAEMON_RUNNING;
	engine_publish(engine, NULL);
	return 0;
}

void
engine_publish(struct engine *engine, struct vrouter *vr)
{
	(void)vr;
	if (engine->phase == DAEMON_RUNNING)
		(void)sd_event_source_set_enabled(engine->status, SD_EVENT_ONESHOT);
}

/* ---- end ----------------------------------------------------------------------------
 */

void
engine_done(struct engine *engine)
{
	bool released = !engine->stop_keeps_role;

	for (size_t i = 0; i < engine->router_count; i++) {
		if (released)
			vrouter_shutdown(engine->routers[i]);
	}
	if (released && engine->netlink != NULL &&
	    nl_queue_drain(engine->netlink, US_PER_S) < 0)
		released = false;
	for (size_t i = 0; i < engine->router_count; i++)
		vrouter_free(engine->routers[i]);
	free(engine->routers);
	vrrp_news_close(engine);
	sd_event_source_unref(engine->stop_check);
	sd_event_source_unref(engine->timer);
	sd_event_source_unref(engine->status);
	timer_heap_done(&engine->heap);
	announcer_free(engine->announcer);
	adv_sockets_free(engine->sockets);
	vip_table_free(engine->vips);
	link_mon_free(engine->links);
	nl_queue_free(engine->netlink);
	runstate_end(engine->runstate);
	runstate_close(engine->runstate);
	layers_free(engine->layers);
	if (engine->helper != NULL)
		helper_dismiss(engine->helper, released);
	helper_free(engine->helper);
	vrrp_conf_free(engine->conf);
	conf_tree_free(engine->tree);
}

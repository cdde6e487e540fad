/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_diagnose.c - the methods `metrics` and `doctor`, a page of routers at a
 * time.
 */
#include "vrrpd/vrrp_ctl_diagnose.h"

#include "common/clock.h"
#include "common/ctl_server.h"
#include "common/helper.h"
#include "vrrpd/link_mon.h"
#include "vrrpd/runstate.h"
#include "vrrpd/vrrp_ctl_internal.h"
#include "vrrpd/vrrp_doctor.h"
#include "vrrpd/vrrp_metrics.h"

/* As many as take about half a millisecond of the loop. */
#define PAGE_METRICS 12
#define PAGE_DOCTOR 64

static size_t
first_of(const struct ctl_call *call)
{
	return (size_t)ctl_params_integer(call->params, "next", 0);
}

/* Answers with a page, and where the next one begins when there is one. */
static void
reply_page(struct ctl_call *call, const struct engine *engine, const char *name,
    json_t *list, size_t next)
{
	json_t *result =
	    json_pack("{s:I, s:o}", "rev", (json_int_t)engine->rev, name, list);

	if (result != NULL && next < engine->router_count)
		(void)json_object_set_new(
		    result, "next", json_integer((json_int_t)next));
	if (result != NULL)
		ctl_call_reply(call, result);
	else
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
}

static void
add_daemon_metrics(json_t *families, const struct vrrp_ctl *ctl)
{
	const struct engine *engine = ctl->engine;
	const struct vrrp_metrics_daemon daemon = {
	    .unknown_vrid = engine->unknown_vrid,
	    .lateness = &engine->lateness,
	    .reconcile = &engine->reconcile,
	};

	ctl_server_metrics(engine->control, engine->reload_failed, families);
	peer_metrics(ctl->plane.peer, "vrrpd", families);
	vrrp_metrics_daemon(families, &daemon);
}

void
vrrp_do_metrics(void *userdata, struct ctl_call *call)
{
	const struct vrrp_ctl *ctl = userdata;
	const struct engine *engine = ctl->engine;
	size_t i = first_of(call), end = i + PAGE_METRICS;
	json_t *families = json_array();
	struct vrrp_metrics *metrics;

	if (i == 0)
		add_daemon_metrics(families, ctl);
	metrics = vrrp_metrics_new(families);
	for (; metrics != NULL && i < engine->router_count && i < end; i++) {
		struct vrrp_snapshot snapshot;

		vrrp_snapshot_take(&snapshot, engine->routers[i], false);
		vrrp_metrics_add(metrics, &snapshot.view);
		vrrp_snapshot_done(&snapshot);
	}
	vrrp_metrics_free(metrics);
	reply_page(call, engine, "families", families, i);
}

static struct vrrp_doctor_link
link_of(const struct engine *engine, const struct vrouter *vr)
{
	const struct link *link = link_mon_by_name(engine->links, vr->conf->ifname);

	return (struct vrrp_doctor_link){
	    .known = link != NULL, .multicast = link != NULL && link->multicast};
}

static void
look_at_daemon(json_t *findings, const struct engine *engine)
{
	struct vrrp_doctor_daemon daemon = {
	    .now_us = clock_now_us(),
	    .started_us = engine->started_us,
	    .after_kill =
		engine->runstate != NULL && runstate_is_after_kill(engine->runstate),
	    .reload_failed = engine->reload_failed,
	    .helper_gone = engine->helper != NULL && helper_is_gone(engine->helper),
	    .config_path = engine->options.config_path,
	    .unknown_vrid = engine->unknown_vrid,
	    .stranger_vrid = engine->stranger.vrid,
	    .stranger = engine->stranger.source,
	    .stranger_us = engine->stranger.at_us,
	};

	for (size_t i = 0; i < engine->router_count; i++)
		daemon.resumed += engine->routers[i]->stats.causes[VRRP_CAUSE_RESUMED];
	vrrp_doctor_daemon(findings, &daemon);
}

void
vrrp_do_doctor(void *userdata, struct ctl_call *call)
{
	const struct engine *engine = ((const struct vrrp_ctl *)userdata)->engine;
	size_t i = first_of(call), end = i + PAGE_DOCTOR;
	json_t *findings = json_array();

	if (i == 0)
		look_at_daemon(findings, engine);
	for (; i < engine->router_count && i < end; i++) {
		const struct vrouter *vr = engine->routers[i];
		struct vrrp_doctor_link link = link_of(engine, vr);
		struct vrrp_snapshot snapshot;

		vrrp_snapshot_take(&snapshot, vr, false);
		vrrp_doctor_instance(findings, &snapshot.view, &link);
		vrrp_snapshot_done(&snapshot);
	}
	reply_page(call, engine, "findings", findings, i);
}

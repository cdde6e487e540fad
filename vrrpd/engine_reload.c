/* SPDX-License-Identifier: Apache-2.0 */
/* engine_reload.c - takes a new configuration while running: read aside, compare, apply
 * only the differences. What can fail is done before anything changes, but for memory
 * that a running router needs for other addresses: it goes on with those it has. */
#include "vrrpd/engine.h"

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/clock.h"
#include "common/conf.h"
#include "common/ctl_msg.h"
#include "common/daemon_frame.h"
#include "vrrpd/announce.h"
#include "vrrpd/link_mon.h"
#include "vrrpd/vrrp_ctl.h"
#include "vrrpd/vrrp_diff.h"
#include "vrrpd/vrrp_events.h"
#include "vrrpd/vrrp_reload_told.h"

/* A configuration read and checked, not yet in use. */
struct candidate {
	struct conf_tree *tree;
	struct vrrp_conf *conf;
};

static void
candidate_done(struct candidate *candidate)
{
	vrrp_conf_free(candidate->conf);
	conf_tree_free(candidate->tree);
}

static int
read_candidate(
    const struct engine *engine, struct daemon_reload *request, struct candidate *ret)
{
	int r = daemon_read_anew(&engine->options, request, &ret->tree);

	return r < 0 ? r : vrrp_conf_build(ret->tree, request->diags, &ret->conf);
}

/* What was in use before, while both are there. */
struct previous {
	const struct vrrp_conf *conf;
	struct vrouter **routers;
};

/* The running router of an instance of the old configuration. */
static struct vrouter *
router_for(const struct previous *old, const struct vrrp_instance_conf *conf)
{
	return old->routers[conf - old->conf->instances];
}

/* Makes the routers that are new and lists all in the order of the new configuration;
 * the running ones are not touched yet. */
static int
prepare_routers(struct engine *engine, const struct candidate *candidate,
    const struct vrrp_diff *diff, struct vrouter **routers)
{
	const struct vrrp_conf *conf = candidate->conf;
	const struct previous old = {engine->conf, engine->routers};

	for (size_t i = 0; i < diff->count; i++) {
		const struct vrrp_diff_entry *entry = &diff->entries[i];

		if (entry->kind == VRRP_DIFF_REMOVE)
			continue;

		struct vrouter **slot = &routers[entry->to - conf->instances];

		if (entry->kind != VRRP_DIFF_ADD) {
			*slot = router_for(&old, entry->from);
			continue;
		}

		int r = vrouter_new(engine, entry->to, slot);

		if (r < 0)
			return r;
	}
	return 0;
}

static void
drop_new_routers(const struct candidate *candidate, const struct vrrp_diff *diff,
    struct vrouter **routers)
{
	for (size_t i = 0; i < diff->count; i++)
		if (diff->entries[i].kind == VRRP_DIFF_ADD)
			vrouter_free(
			    routers[diff->entries[i].to - candidate->conf->instances]);
	free(routers);
}

static void
remove_router(struct vrouter *vr)
{
	log_notice("%s: no longer configured", vr->conf->name);
	vrouter_shutdown(vr);
	vrrp_event_removed(vr);
	vrrp_ctl_removed(vr);
	if (vr->record != NULL)
		runstate_forget(vr->record);
	vrouter_free(vr);
}

/* Returns whether it did: without memory it goes on as it was configured before. */
static bool
change_router(struct vrouter *vr, const struct vrrp_diff_entry *entry)
{
	if (vrouter_change(vr, entry->to) < 0) {
		log_err("%s: out of memory, goes on as it was before the reload",
		    vr->conf->name);
		return false;
	}
	if (strcmp(entry->from->name, entry->to->name) != 0)
		vrrp_event_renamed(vr, entry->from->name);
	else if (entry->kind == VRRP_DIFF_CHANGE)
		vrrp_event_changed(vr);
	return true;
}

/* Returns whether no router needs the old configuration any more. */
static bool
change_routers(const struct engine *engine, const struct vrrp_diff *diff)
{
	bool all = true;

	for (size_t i = 0; i < diff->count; i++) {
		const struct vrrp_diff_entry *entry = &diff->entries[i];

		if (entry->kind == VRRP_DIFF_KEEP || entry->kind == VRRP_DIFF_CHANGE)
			all &= change_router(
			    engine->routers[entry->to - engine->conf->instances],
			    entry);
	}
	return all;
}

static void
start_new_routers(struct engine *engine, const struct vrrp_diff *diff)
{
	for (size_t i = 0; i < diff->count; i++) {
		const struct vrrp_diff_entry *entry = &diff->entries[i];

		if (entry->kind != VRRP_DIFF_ADD)
			continue;

		struct vrouter *vr =
		    engine->routers[entry->to - engine->conf->instances];

		vrouter_start(vr, false);
		vrrp_event_added(vr);
	}
}

/* Removals first, so that an address may move from one instance to another. What is new
 * starts when the live edits are settled: in a maintenance of the node it must not take
 * its role, not even for a moment. Returns as change_routers(). */
static bool
apply(struct engine *engine, const struct vrrp_diff *diff, const struct previous *old,
    json_t *told)
{
	for (size_t i = 0; i < diff->count; i++)
		if (diff->entries[i].kind == VRRP_DIFF_REMOVE)
			remove_router(router_for(old, diff->entries[i].from));
	vrrp_ctl_renamed(engine, diff, told);
	for (size_t i = 0; i < engine->router_count; i++)
		vrouter_bind_record(engine->routers[i]);

	bool all_changed = change_routers(engine, diff);

	engine->rev++;
	engine->reloaded_us = clock_now_us();
	vrrp_ctl_reloaded(engine, told);
	start_new_routers(engine, diff);
	return all_changed;
}

/* Exchanges tree, configuration and routers for the new ones; `candidate` then holds
 * what was in use. */
static void
swap_in(struct engine *engine, struct candidate *candidate, struct vrouter **routers)
{
	struct candidate old = {engine->tree, engine->conf};

	engine->tree = candidate->tree;
	engine->conf = candidate->conf;
	engine->routers = routers;
	engine->router_count = candidate->conf->instance_count;
	*candidate = old;
}

static int
take_candidate(struct engine *engine, struct candidate *candidate,
    struct vrrp_diff *diff, json_t *told)
{
	size_t room = candidate->conf->instance_count;
	struct vrouter **routers = calloc(room + 1, sizeof(struct vrouter *));
	int r = routers == NULL ? -ENOMEM : 0;

	/* Old and new routers are there together for a moment. */
	if (r == 0)
		r = timer_heap_reserve(&engine->heap, room + engine->router_count);
	if (r == 0)
		r = runstate_resize(engine->runstate, room + engine->router_count);
	for (size_t i = 0; i < engine->router_count; i++)
		vrouter_bind_record(engine->routers[i]);
	if (r == 0)
		r = prepare_routers(engine, candidate, diff, routers);
	if (r < 0) {
		if (routers != NULL)
			drop_new_routers(candidate, diff, routers);
		return r;
	}

	const struct previous old = {engine->conf, engine->routers};

	swap_in(engine, candidate, routers);
	/* Rather lose its memory, once, than let a router point to what is gone. */
	if (!apply(engine, diff, &old, told))
		candidate->conf = NULL;
	free(old.routers);
	return 0;
}

/* A file that is empty was more often cut short than meant. */
static int
guard_work(const struct engine *engine, const struct candidate *candidate,
    struct daemon_reload *request)
{
	if (request->force || engine->router_count == 0 ||
	    candidate->conf->instance_count > 0)
		return 0;
	(void)snprintf(request->refused, sizeof(request->refused),
	    "there is no vrrp_instance in the file, and %zu %s here; \"hactl reload "
	    "--force\" ends %s",
	    engine->router_count, engine->router_count == 1 ? "runs" : "run",
	    engine->router_count == 1 ? "it" : "them all");
	return -ECANCELED;
}

/* Who begins on an interface that is not there: it may come, but until then this is an
 * instance less, and more often a misspelt name. */
static void
tell_missing_interfaces(
    const struct engine *engine, const struct vrrp_diff *diff, json_t *told)
{
	json_t *missing = json_array();

	for (size_t i = 0; i < diff->count; i++) {
		const struct vrrp_diff_entry *entry = &diff->entries[i];

		if (entry->kind != VRRP_DIFF_ADD ||
		    link_mon_by_name(engine->links, entry->to->ifname) != NULL ||
		    json_array_size(missing) == VRRP_RELOAD_NAMES_MAX)
			continue;
		(void)json_array_append_new(missing,
		    json_pack("{s:o, s:o}", "name", ctl_msg_text(entry->to->name),
			"interface", ctl_msg_text(entry->to->ifname)));
	}
	if (json_array_size(missing) > 0)
		(void)json_object_set(told, "missing_interfaces", missing);
	json_decref(missing);
}

static int
reload(struct engine *engine, struct daemon_reload *request)
{
	struct candidate candidate = {0};
	struct vrrp_diff diff = {0};
	int r = read_candidate(engine, request, &candidate);

	if (r == 0)
		r = guard_work(engine, &candidate, request);
	if (r == 0)
		r = vrrp_diff_make(engine->conf, candidate.conf, &diff);
	if (r == 0)
		request->told = vrrp_reload_told(&diff);
	if (r == 0 && request->told != NULL)
		tell_missing_interfaces(engine, &diff, request->told);
	if (r == 0 && !request->dry_run)
		r = take_candidate(engine, &candidate, &diff, request->told);
	if (r == 0 && !request->dry_run)
		log_info("reloaded: %zu virtual routers, %zu unchanged, %zu changed, "
			 "%zu added, %zu removed",
		    engine->router_count, diff.kept, diff.changed, diff.added,
		    diff.removed);
	if (r < 0) {
		json_decref(request->told);
		request->told = NULL;
	}
	vrrp_diff_done(&diff);
	candidate_done(&candidate);
	/* Two configurations were there at once: what the old one leaves free goes
	 * back. */
	(void)malloc_trim(0);
	return r;
}

int
engine_reload(struct engine *engine, struct daemon_reload *request)
{
	if (engine->phase != DAEMON_RUNNING)
		return -EBUSY;
	if (request->dry_run)
		return reload(engine, request);
	engine->phase = DAEMON_RELOADING;
	daemon_notify_reloading();

	int r = reload(engine, request);

	engine->phase = DAEMON_RUNNING;
	engine->reload_failed = r < 0;
	if (r < 0)
		daemon_log_refused(request, r);
	if (engine->control != NULL)
		ctl_objects_moved(engine->control);
	vrrp_event_reload(engine, request);
	announcer_set_gaps(engine->announcer, engine->conf->garp_interval_us,
	    engine->conf->gna_interval_us);
	adv_sockets_flush(engine->sockets);
	daemon_notify_ready(NULL);
	engine_publish(engine, NULL);
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* engine_repair.c - compares the addresses with the kernel when an operator asks, and
 * puts them right.
 *
 * First a survey, which changes nothing: what it finds is what is told. Then link_mon
 * compares, as it does each minute, which puts back what is missing. At last what only
 * the survey can see is put right, and the answer waits until the kernel has done it
 * all.
 */
#include "vrrpd/engine_repair.h"

#include <errno.h>
#include <stdlib.h>
#include "common/clock.h"
#include "common/ctl_msg.h"
#include "common/event.h"
#include "common/units.h"
#include "vrrpd/engine.h"
#include "vrrpd/vip_survey.h"
#include "vrrpd/vrrp_json.h"
#include "vrrpd/vrrp_pending.h"

enum {
	LISTED_MAX = 50,
	BEFORE_US = 60 * 1000000,  /* what happened so lately is told, too */
	LOOK_US = 5 * 1000,        /* between two looks whether all is done */
	PATIENCE_US = 4 * 1000000, /* hactl waits for five seconds */
};

enum phase {
	PHASE_SURVEY = 0,
	PHASE_COMPARE, /* link_mon is at work */
	PHASE_SETTLE,  /* the kernel is */
};

struct engine_repair {
	struct engine *engine;
	bool dry_run;
	engine_repaired_fn done;
	void *userdata;
	enum phase phase;
	int64_t started_us;
	struct vip_survey *survey;
	uint64_t comparison;
	sd_event_source *timer;
	json_t *told;
};

/* ---- what is told -------------------------------------------------------------------
 */

/* Adds `entry`, which is taken over, to a list, and counts it. */
static void
add(struct engine_repair *repair, const char *list, json_t *entry)
{
	json_t *counts = json_object_get(repair->told, "counts");
	json_t *entries = json_object_get(repair->told, list);
	json_int_t count = json_integer_value(json_object_get(counts, list));

	(void)json_object_set_new(counts, list, json_integer(count + 1));
	if (json_array_size(entries) < LISTED_MAX)
		(void)json_array_append_new(entries, entry);
	else
		json_decref(entry);
}

static json_t *
entry_of(const struct vrouter *vr, const struct prefix *prefix)
{
	char path[VRRP_PATH_SIZE], text[PREFIX_TEXT_SIZE];

	return json_pack("{s:s, s:s}", "path", vrrp_json_path(path, vr->conf->name),
	    "address", prefix_format(text, prefix));
}

static void
tell_stray(void *userdata, const struct link_addr *addr)
{
	struct engine_repair *repair = userdata;
	const struct link *link =
	    link_mon_by_index(repair->engine->links, addr->ifindex);
	char text[PREFIX_TEXT_SIZE];

	add(repair, "removed_stray",
	    json_pack("{s:o, s:s}", "interface",
		ctl_msg_text(link != NULL ? link->name : "?"), "address",
		prefix_format(text, &addr->prefix)));
}

static void
on_found(void *userdata, enum vip_drift drift, void *owner,
    const struct link_addr *addr, const char *what)
{
	struct engine_repair *repair = userdata;
	json_t *entry;

	switch (drift) {
	case VIP_DRIFT_NONE:
	case VIP_DRIFT_MISSING: /* told when it is known what becomes of it */
	case VIP_DRIFT_STRAY:   /* the same */
	case VIP_DRIFT_COUNT_:
		break;
	case VIP_DRIFT_CHANGED:
		entry = entry_of(owner, &addr->prefix);
		(void)json_object_set_new(entry, "what", json_string(what));
		add(repair, "corrected", entry);
		break;
	case VIP_DRIFT_FOREIGN:
		add(repair, "foreign", entry_of(owner, &addr->prefix));
		break;
	}
}

static void
tell_missing(void *userdata, void *owner, const struct prefix *prefix, bool present)
{
	struct engine_repair *repair = userdata;
	bool back = present || repair->dry_run;

	add(repair, back ? "put_back" : "failed", entry_of(owner, prefix));
}

/* Whoever has just removed addresses finds that nothing differs: they are back already.
 */
static void
tell_put_back_before(struct engine_repair *repair)
{
	const struct engine *engine = repair->engine;
	json_t *list = json_object_get(repair->told, "put_back_before");

	for (size_t i = 0; i < engine->router_count; i++) {
		const struct vrouter *vr = engine->routers[i];
		int64_t ago_us = repair->started_us - vr->stats.at.repaired_us;
		char path[VRRP_PATH_SIZE];

		if (vr->stats.at.repaired_us == 0 || ago_us <= 0 ||
		    ago_us > BEFORE_US || json_array_size(list) == LISTED_MAX)
			continue;
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:I}", "path",
			      vrrp_json_path(path, vr->conf->name), "ago_ms",
			      (json_int_t)(ago_us / US_PER_MS)));
	}
}

/* ---- the steps ----------------------------------------------------------------------
 */

static void
repair_free(struct engine_repair *repair)
{
	repair->engine->repair = NULL;
	vip_survey_free(repair->survey);
	sd_event_source_disable_unref(repair->timer);
	json_decref(repair->told);
	free(repair);
}

static void
end(struct engine_repair *repair, int error)
{
	json_t *told = error == 0 ? json_incref(repair->told) : NULL;
	engine_repaired_fn done = repair->done;
	void *userdata = repair->userdata;

	repair_free(repair);
	done(userdata, error, told);
}

static void
tell(struct engine_repair *repair)
{
	int64_t took_us = clock_now_us() - repair->started_us;

	vip_survey_each_missing(repair->survey, tell_missing, repair);
	tell_put_back_before(repair);
	(void)json_object_set_new(repair->told, "pending",
	    repair->dry_run ? json_array() : vrrp_pending_all(repair->engine));
	(void)json_object_set_new(
	    repair->told, "took_ms", json_integer(took_us / US_PER_MS));
	end(repair, 0);
}

static void
next_phase(struct engine_repair *repair)
{
	struct engine *engine = repair->engine;

	if (repair->phase == PHASE_COMPARE &&
	    link_mon_stats(engine->links).compared >= repair->comparison) {
		vip_survey_correct(repair->survey);
		vip_survey_each_stray(repair->survey, tell_stray, repair);
		(void)vip_table_remove_leftovers(engine->vips);
		repair->phase = PHASE_SETTLE;
	}
}

static void
look_again(struct engine_repair *repair)
{
	(void)sd_event_source_set_time(
	    repair->timer, (uint64_t)(clock_now_us() + LOOK_US));
	(void)sd_event_source_set_enabled(repair->timer, SD_EVENT_ONESHOT);
}

static int
on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct engine_repair *repair = userdata;
	bool late = clock_now_us() - repair->started_us >= PATIENCE_US;

	(void)source;
	(void)usec;
	next_phase(repair);
	/* Before PHASE_SETTLE most of what was found is not even asked for. */
	if (repair->phase != PHASE_SETTLE && late)
		end(repair, -ETIMEDOUT);
	else if (late || (repair->phase == PHASE_SETTLE &&
			     !vip_table_is_busy(repair->engine->vips)))
		tell(repair);
	else
		look_again(repair);
	return 0;
}

static void
on_surveyed(void *userdata, int error, size_t compared)
{
	struct engine_repair *repair = userdata;

	(void)json_object_set_new(
	    repair->told, "compared", json_integer((json_int_t)compared));
	if (error < 0) {
		end(repair, error);
	} else if (repair->dry_run) {
		vip_survey_each_stray(repair->survey, tell_stray, repair);
		tell(repair);
	} else {
		repair->phase = PHASE_COMPARE;
		repair->comparison = link_mon_compare(repair->engine->links);
	}
}

static const struct vip_survey_ops ops = {
    .found = on_found,
    .done = on_surveyed,
};

/* ---- life ---------------------------------------------------------------------------
 */

static int
add_timer(struct engine_repair *repair)
{
	int r = sd_event_add_time_relative(repair->engine->event, &repair->timer,
	    EVENT_CLOCK, LOOK_US, LOOK_US, on_timer, repair);

	if (r >= 0)
		r = sd_event_source_set_priority(repair->timer, EVENT_PRIORITY_BULK);
	return r;
}

int
engine_repair(
    struct engine *engine, bool dry_run, engine_repaired_fn done, void *userdata)
{
	struct engine_repair *repair;
	int r;

	if (engine->repair != NULL)
		return -EBUSY;
	repair = calloc(1, sizeof(*repair));
	if (repair == NULL)
		return -ENOMEM;
	*repair = (struct engine_repair){
	    .engine = engine,
	    .dry_run = dry_run,
	    .done = done,
	    .userdata = userdata,
	    .started_us = clock_now_us(),
	    .told = json_pack("{s:i, s:{s:i, s:i, s:i, s:i, s:i}, "
			      "s:[], s:[], s:[], s:[], s:[], s:[]}",
		"compared", 0, "counts", "put_back", 0, "corrected", 0, "removed_stray",
		0, "foreign", 0, "failed", 0, "put_back", "put_back_before",
		"corrected", "removed_stray", "foreign", "failed"),
	};
	r = repair->told == NULL ? -ENOMEM : add_timer(repair);
	if (r >= 0)
		r = vip_survey_new(
		    engine->vips, engine->event, &ops, repair, &repair->survey);
	if (r < 0)
		repair_free(repair);
	else
		engine->repair = repair;
	return r < 0 ? r : 0;
}

void
engine_repair_cancel(struct engine *engine)
{
	if (engine->repair != NULL)
		end(engine->repair, -ECANCELED);
}

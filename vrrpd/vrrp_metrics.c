/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_metrics.c - what vrrpd counts, as families of common/metrics.h. */
#include "vrrpd/vrrp_metrics.h"

#include <stdlib.h>
#include <string.h>

#include "common/metrics.h"
#include "common/units.h"

static double
seconds(int64_t us)
{
	return (double)us / (double)US_PER_S;
}

/* ---- the daemon ---------------------------------------------------------- */

static void
add_number(json_t *families, const char *name, const char *type, const char *help,
    uint64_t number)
{
	const struct metrics_family family = {name, type, help, {NULL}};
	json_t *json = metrics_add_family(families, &family);

	if (json != NULL)
		metrics_add_integer(json, NULL, (int64_t)number);
}

static void
add_histogram(json_t *families, const char *name, const char *help,
    const struct vrrp_lateness *histogram)
{
	const struct metrics_family family = {name, "histogram", help, {NULL}};
	json_t *json = metrics_add_family(families, &family);
	uint64_t count = 0;

	if (json == NULL)
		return;
	for (unsigned i = 0; i < VRRP_LATENESS_BOUNDS; i++) {
		count += histogram->counts[i];
		metrics_add_bucket(json, seconds(vrrp_lateness_bound_us(i)), count);
	}
	count += histogram->counts[VRRP_LATENESS_BOUNDS];
	metrics_end_histogram(json, count, seconds(histogram->sum_us));
}

void
vrrp_metrics_daemon(json_t *families, const struct vrrp_metrics_daemon *d)
{
	add_number(families, "haven_vrrpd_unknown_vrid", "counter",
	    "Advertisements of virtual routers that are not configured here.",
	    d->unknown_vrid);
	add_histogram(families, "haven_vrrp_advert_lateness_seconds",
	    "How long after its time an advertisement of ours was sent.", d->lateness);
	add_histogram(families, "haven_vrrp_addresses_set_seconds",
	    "From becoming MASTER until all addresses were set.", d->reconcile);
}

/* ---- virtual routers ----------------------------------------------------- */

/* clang-format off */
enum {
	STATE = 0, PRIORITY, EFFECTIVE, IN_STATE, VIPS, VIPS_SET, TRANSITIONS, SPLIT_BRAIN,
	REFUSED, WORST_LATENESS, FIRST_COUNTER
};

/* In the order above, then those that are named as the view's counters. */
static const struct metrics_family families_of_instance[] = {
	{"haven_vrrp_state", "gauge", "1 for the state it is in.", {"instance", "state"}},
	{"haven_vrrp_priority", "gauge",
	 "The priority it should have, without hold and takeover.", {"instance"}},
	{"haven_vrrp_effective_priority", "gauge",
	 "The priority it uses now; 0 when it takes no part.", {"instance"}},
	{"haven_vrrp_in_state_seconds", "gauge",
	 "How long it has been in its state.", {"instance"}},
	{"haven_vrrp_addresses", "gauge", "Virtual addresses it has.", {"instance"}},
	{"haven_vrrp_addresses_set", "gauge",
	 "Of its virtual addresses, those that are on this host.", {"instance"}},
	{"haven_vrrp_transitions", "counter",
	 "Changes of state, by cause; those that never were are left out.",
	 {"instance", "cause"}},
	{"haven_vrrp_split_brain", "gauge",
	 "Whether it is MASTER and hears another.", {"instance"}},
	{"haven_vrrp_refused", "counter", "Advertisements refused, by reason.",
	 {"instance", "reason"}},
	{"haven_vrrp_worst_lateness_seconds", "gauge",
	 "The most that an advertisement of ours was late.", {"instance"}},
	{"haven_vrrp_adverts_sent", "counter", "Advertisements sent.", {"instance"}},
	{"haven_vrrp_adverts_received", "counter",
	 "Advertisements received and believed.", {"instance"}},
	{"haven_vrrp_resigns_sent", "counter", "Resignations sent (priority 0).",
	 {"instance"}},
	{"haven_vrrp_resigns_received", "counter",
	 "Resignations received (priority 0).", {"instance"}},
	{"haven_vrrp_became_master", "counter", "How often it became MASTER.",
	 {"instance"}},
	{"haven_vrrp_released_master", "counter", "How often it ceased to be MASTER.",
	 {"instance"}},
	{"haven_vrrp_send_errors", "counter", "Advertisements that could not be sent.",
	 {"instance"}},
	{"haven_vrrp_list_mismatch", "counter",
	 "Advertisements believed though their addresses differ.", {"instance"}},
	{"haven_vrrp_interval_mismatch", "counter",
	 "Advertisements believed though their interval differs.", {"instance"}},
	{"haven_vrrp_vips_repaired", "counter",
	 "Addresses put back that somebody had removed.", {"instance"}},
};
/* clang-format on */

enum { FAMILIES = sizeof(families_of_instance) / sizeof(families_of_instance[0]) };

struct vrrp_metrics {
	json_t *families[FAMILIES]; /* borrowed */
};

struct vrrp_metrics *
vrrp_metrics_new(json_t *families)
{
	struct vrrp_metrics *metrics = calloc(1, sizeof(*metrics));

	for (size_t i = 0; metrics != NULL && i < FAMILIES; i++) {
		metrics->families[i] =
		    metrics_add_family(families, &families_of_instance[i]);
		if (metrics->families[i] == NULL)
			metrics = vrrp_metrics_free(metrics);
	}
	return metrics;
}

struct vrrp_metrics *
vrrp_metrics_free(struct vrrp_metrics *metrics)
{
	free(metrics);
	return NULL;
}

static void
add_states(json_t *family, const struct vrrp_view *view)
{
	for (unsigned i = 0; i < VRRP_STATE_COUNT_; i++)
		metrics_add_integer(family,
		    (const char *const[]){
			view->conf->name, vrrp_state_name((enum vrrp_state)i)},
		    view->fsm->state == i);
}

static void
add_refused(json_t *family, const struct vrrp_view *view)
{
	for (unsigned i = VRRP_DROP_NONE + 1; i < VRRP_DROP_COUNT_; i++)
		metrics_add_integer(family,
		    (const char *const[]){
			view->conf->name, vrrp_drop_name((enum vrrp_drop)i)},
		    (int64_t)vrrp_offender_total(view->offenders, i));
}

static void
add_transitions(json_t *family, const struct vrrp_view *view)
{
	for (unsigned i = VRRP_CAUSE_NONE + 1; i < VRRP_CAUSE_COUNT_; i++)
		if (view->causes[i] > 0)
			metrics_add_integer(family,
			    (const char *const[]){
				view->conf->name, vrrp_cause_name((enum vrrp_cause)i)},
			    view->causes[i]);
}

/* The family of a counter has its name at the end. */
static void
add_counter(struct vrrp_metrics *metrics, const char *const *name,
    const struct vrrp_view_counter *counter)
{
	const char *prefix = "haven_vrrp_";

	for (size_t i = FIRST_COUNTER; i < FAMILIES; i++)
		if (strcmp(families_of_instance[i].name + strlen(prefix),
			counter->name) == 0)
			metrics_add_integer(
			    metrics->families[i], name, (int64_t)counter->value);
	if (strcmp(counter->name, "worst_lateness_us") == 0)
		metrics_add_real(metrics->families[WORST_LATENESS], name,
		    seconds((int64_t)counter->value));
}

void
vrrp_metrics_add(struct vrrp_metrics *metrics, const struct vrrp_view *view)
{
	json_t *const *to = metrics->families;
	const struct vrrp_fsm *fsm = view->fsm;
	const char *const name[] = {view->conf->name};

	add_states(to[STATE], view);
	metrics_add_integer(to[PRIORITY], name, vrrp_view_priority(view));
	metrics_add_integer(
	    to[EFFECTIVE], name, vrrp_view_runs(view) ? fsm->params.priority : 0);
	metrics_add_real(to[IN_STATE], name,
	    fsm->since_us != 0 ? seconds(view->now_us - fsm->since_us) : 0);
	metrics_add_integer(to[VIPS], name, (int64_t)view->vips_want);
	metrics_add_integer(to[VIPS_SET], name, (int64_t)view->vips_set);
	add_transitions(to[TRANSITIONS], view);
	metrics_add_integer(to[SPLIT_BRAIN], name, vrrp_view_split_brain(view) != NULL);
	add_refused(to[REFUSED], view);
	for (size_t i = 0; i < view->counter_count; i++)
		add_counter(metrics, name, &view->counters[i]);
}

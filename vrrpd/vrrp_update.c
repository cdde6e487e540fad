/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_update.c - lets every router work its values out anew, after an edit of all.
 *
 * For a thousand of them that takes longer than a quick one may be late: it is done in
 * slices of a millisecond, between which the loop serves its timers. No client is
 * served before the last of them, so nobody sees a value that is over.
 */
#include "vrrpd/vrrp_ctl_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/event.h"

#define SLICE_US US_PER_MS

struct vrrp_update {
	struct engine *engine;
	sd_event_source *source;       /* on: there are more */
	size_t at;                     /* the next router */
	struct ctl_kept_cause because; /* of what the routers tell */
};

/* Returns whether all have been looked at. */
static bool
update_slice(struct vrrp_update *update)
{
	const struct engine *engine = update->engine;
	int64_t until_us = clock_now_us() + SLICE_US;

	while (update->at < engine->router_count) {
		vrouter_update_params(engine->routers[update->at++]);
		if (clock_now_us() >= until_us)
			break;
	}
	return update->at >= engine->router_count;
}

static int
on_turn(sd_event_source *source, void *userdata)
{
	struct vrrp_update *update = userdata;
	struct engine *engine = update->engine;

	engine->cause = ctl_kept_cause(&update->because);
	if (!update_slice(update))
		(void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	engine->cause = NULL;
	return 0;
}

void
vrrp_update_all(struct vrrp_update *update)
{
	/* One that was under way begins anew, with those that had their turn. */
	update->at = 0;
	ctl_keep_cause(&update->because, update->engine->cause);
	(void)sd_event_source_set_enabled(
	    update->source, update_slice(update) ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
}

void
vrrp_update_routers_moved(struct vrrp_update *update)
{
	update->at = 0;
}

int
vrrp_update_new(struct engine *engine, struct vrrp_update **ret)
{
	struct vrrp_update *update = calloc(1, sizeof(*update));
	int r;

	if (update == NULL)
		return -ENOMEM;
	update->engine = engine;
	r = sd_event_add_defer(engine->event, &update->source, on_turn, update);
	if (r >= 0)
		r = sd_event_source_set_priority(update->source, EVENT_PRIORITY_VALUES);
	if (r >= 0)
		r = sd_event_source_set_enabled(update->source, SD_EVENT_OFF);
	if (r < 0) {
		(void)vrrp_update_free(update);
		return r;
	}
	(void)sd_event_source_set_description(update->source, "values");
	*ret = update;
	return 0;
}

struct vrrp_update *
vrrp_update_free(struct vrrp_update *update)
{
	if (update != NULL)
		sd_event_source_disable_unref(update->source);
	free(update);
	return NULL;
}

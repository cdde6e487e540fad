/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_lease.c - the lease of a hold or a move: whether the caller may have it, for
 * how long, and what it replaces. */
#include "vrrpd/vrrp_brief.h"
#include "vrrpd/vrrp_ctl_internal.h"

int64_t
vrrp_lease_span_us(
    const struct vrrp_ctl *ctl, const struct ctl_call *call, const char *param)
{
	int64_t most_us = edits_max_us(ctl->edits, call);
	int64_t span_us = VRRP_MOVE_LEASE_US < most_us ? VRRP_MOVE_LEASE_US : most_us;

	return ctl_params_integer(call->params, param, span_us / US_PER_MS) * US_PER_MS;
}

/* Whether one of the caller's own is replaced. */
static bool
is_renewal(const struct vrrp_ctl *ctl, const struct ctl_call *call, const char *kind,
    const struct vrouter *vr)
{
	char path[VRRP_PATH_SIZE];

	return layers_find(ctl->engine->layers, vrrp_json_path(path, vr->conf->name),
		   VRRP_FIELD_PRIORITY, kind, &call->peer.uid) != NULL;
}

bool
vrrp_lease_may_give(const struct vrrp_ctl *ctl, struct ctl_call *call, const char *kind,
    const struct vrouter *one, int64_t span_us)
{
	const struct engine *engine = ctl->engine;
	bool renewal = one != NULL && is_renewal(ctl, call, kind, one);

	if (span_us == 0)
		return true;
	for (size_t i = 0; one == NULL && !renewal && i < engine->router_count; i++)
		renewal = is_renewal(ctl, call, kind, engine->routers[i]);
	return edits_may_give(ctl->edits, call, span_us, renewal);
}

bool
vrrp_lease_drop(struct vrrp_ctl *ctl, const char *path, vrrp_lease_test_fn is_over,
    const void *userdata)
{
	const struct layer_entry *entry = NULL;
	bool any = false;

	while ((entry = layers_next_of(ctl->engine->layers, path, entry)) != NULL) {
		if (entry->layer != LAYER_LEASE || !is_over(userdata, entry))
			continue;
		edits_take_back(ctl->edits, entry);
		entry = NULL; /* it has gone: from the beginning */
		any = true;
	}
	return any;
}

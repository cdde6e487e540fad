/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_pending.c - what the kernel still has to do for virtual routers, as it is told.
 */
#include "vrrpd/vrrp_pending.h"

#include "vrrpd/engine.h"
#include "vrrpd/vrrp_json.h"

enum { PENDING_MAX = 50 };

void
vrrp_pending_add(json_t *pending, const struct vrouter *vr)
{
	char path[VRRP_PATH_SIZE];
	size_t want, set;

	if (!vip_set_is_busy(vr->vips))
		return;
	vip_set_promise(vr->vips);
	vip_set_count(vr->vips, &want, &set);
	(void)json_array_append_new(
	    pending, json_pack("{s:s, s:s, s:I, s:I}", "path",
			 vrrp_json_path(path, vr->conf->name), "what", "addresses",
			 "want", (json_int_t)(vip_set_wanted(vr->vips) ? want : 0),
			 "set", (json_int_t)set));
}

json_t *
vrrp_pending_all(const struct engine *engine)
{
	json_t *pending = json_array();

	for (size_t i = 0; i < engine->router_count; i++)
		if (json_array_size(pending) < PENDING_MAX)
			vrrp_pending_add(pending, engine->routers[i]);
	return pending;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_scope.c - what a request is about: one router, or all of them. */
#include "vrrpd/vrrp_ctl_internal.h"

#include <string.h>

bool
vrrp_scope_take(const struct vrrp_ctl *ctl, struct ctl_call *call, const char *all,
    struct vrrp_scope *ret)
{
	*ret = (struct vrrp_scope){.ctl = ctl, .path = VRRP_PATH_NODE};
	if (strcmp(ctl_params_text(call->params, "target", VRRP_PATH_NODE), all) == 0)
		return true;
	ret->one = vrrp_ctl_target(ctl, call);
	if (ret->one != NULL)
		vrrp_json_path(ret->path, ret->one->conf->name);
	return ret->one != NULL;
}

struct vrouter *
vrrp_scope_next(const struct vrrp_scope *scope, size_t *at)
{
	const struct engine *engine = scope->ctl->engine;
	size_t i = (*at)++;

	if (scope->one != NULL)
		return i == 0 ? scope->one : NULL;
	return i < engine->router_count ? engine->routers[i] : NULL;
}

void
vrrp_scope_update(const struct vrrp_scope *scope)
{
	if (scope->one != NULL)
		vrouter_update_params(scope->one);
	else
		vrrp_update_all(scope->ctl->update);
}

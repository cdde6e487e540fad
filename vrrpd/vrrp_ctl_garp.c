/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_garp.c - the method garp, which announces the addresses of a router once
 * more.
 */
#include "vrrpd/vrrp_ctl_internal.h"

void
vrrp_do_garp(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	struct vrouter *vr = vrrp_ctl_target(ctl, call);

	if (vr == NULL)
		return;
	if (!vrouter_announce(vr)) {
		ctl_call_fail(call, CTL_WRONG_STATE,
		    json_pack("{s:o, s:s, s:[s]}", "path", ctl_msg_text(vr->conf->name),
			"state", vrrp_state_name(vr->fsm.state), "need", "MASTER"),
		    "%s is %s: only the MASTER announces its addresses", vr->conf->name,
		    vrrp_state_name(vr->fsm.state));
		return;
	}
	ctl_call_reply(
	    call, json_pack("{s:I, s:b, s:I}", "rev", (json_int_t)ctl->engine->rev,
		      "announced", 1, "addresses",
		      (json_int_t)(vr->conf->vip_count + vr->conf->excluded_count)));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter_params.c - the values in force: those of the file under those of live edits.
 */
#include "vrrpd/vrouter.h"

#include <stdio.h>
#include "common/units.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrouter_internal.h"
#include "vrrpd/vrrp_events.h"
#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_news.h"

/* How long an heir may take to install and announce what it took over. */
#define LINGER_US (20 * US_PER_MS)
#define LINGER_PER_ADDRESS_US INT64_C(200)
#define LINGER_MAX_US (800 * US_PER_MS)

int64_t
vrouter_live(const struct vrouter *vr, const char *field, int64_t in_file)
{
	char path[300];

	/* Nothing was edited: the usual case, and at 2,000 routers worth asking. */
	if (layers_get(vr->engine->layers, 0) == NULL)
		return in_file;
	(void)snprintf(path, sizeof(path), "instance/%s", vr->conf->name);

	const struct layer_entry *top = layers_top(vr->engine->layers, path, field);

	return top != NULL ? top->value : in_file;
}

/* The same for a time, which is edited in milliseconds. */
static int64_t
live_us(const struct vrouter *vr, const char *field, int64_t in_file_us)
{
	int64_t ms = vrouter_live(vr, field, -1);

	return ms >= 0 ? ms * US_PER_MS : in_file_us;
}

unsigned
vrouter_master_repeat(const struct vrouter *vr)
{
	return (unsigned)vrouter_live(
	    vr, VRRP_FIELD_GARP_MASTER_REPEAT, vr->conf->garp_master_repeat);
}

bool
vrouter_is_out(const struct vrouter *vr)
{
	return vr->fsm.state != VRRP_STATE_MASTER && vr->fsm.let_go_at_us == 0 &&
	       (vrouter_live(vr, VRRP_FIELD_MAINTENANCE, 0) & VRRP_MAINTENANCE_OUT) !=
		   0;
}

void
vrouter_set_params(struct vrouter *vr)
{
	const struct vrrp_instance_conf *conf = vr->conf;
	struct vrrp_fsm_params *p = &vr->fsm.params;

	p->version = conf->version;
	/* What the RFC says; others are spoken to as they speak. */
	if (vr->engine->conf->strict)
		vr->checksum_form = VRRP_CHECKSUM_MESSAGE;
	p->advert_int_us = conf->advert_int_us;
	p->preempt_delay_us =
	    live_us(vr, VRRP_FIELD_PREEMPT_DELAY, conf->preempt_delay_us);
	p->down_timer_adverts = 3;
	p->startup_delay_until_us =
	    vr->engine->conf->startup_delay_us == 0
		? 0
		: vr->engine->started_us + vr->engine->conf->startup_delay_us;
	p->linger_us =
	    LINGER_US +
	    LINGER_PER_ADDRESS_US * (int64_t)(conf->vip_count + conf->excluded_count);
	if (p->linger_us > LINGER_MAX_US)
		p->linger_us = LINGER_MAX_US;
	p->announce_delay_us =
	    live_us(vr, VRRP_FIELD_GARP_MASTER_DELAY, conf->garp_master_delay_us);
	p->announce_refresh_us =
	    live_us(vr, VRRP_FIELD_GARP_MASTER_REFRESH, conf->garp_master_refresh_us);
	p->announce_lower_delay_us = live_us(
	    vr, VRRP_FIELD_GARP_LOWER_PRIO_DELAY, conf->garp_lower_prio_delay_us);

	/* A hand-over is carried through with the priority it began with. */
	if (vr->fsm.handover_until_us != 0)
		return;
	uint8_t old = p->priority;

	p->priority = vrouter_move_priority(vr, vrouter_move_kind(vr));
	if (p->priority == 0)
		p->priority =
		    (uint8_t)vrouter_live(vr, VRRP_FIELD_PRIORITY, conf->priority);
	/* Of one that has not started, all is told when it has. */
	if (vr->fsm.state != VRRP_STATE_INITIALIZE && old != p->priority)
		vrrp_event_priority(vr, old);
	p->preempt = !vrouter_live(vr, VRRP_FIELD_NOPREEMPT, conf->nopreempt) &&
		     !vrouter_live(vr, VRRP_FIELD_STAY, 0);
}

void
vrouter_update_params(struct vrouter *vr)
{
	vrouter_set_params(vr);
	vrouter_check_out(vr);
	vrouter_step_now(vr, VRRP_EVENT_PARAMS);
	vrrp_news_note(vr);
}

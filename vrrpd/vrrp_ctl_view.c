/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_view.c - collects what is known of a virtual router at one moment. */
#include "vrrpd/vrrp_ctl_internal.h"

#include <stdlib.h>

#include "common/clock.h"

static const char *
moving_text(enum vrouter_move_kind kind)
{
	switch (kind) {
	case VROUTER_MOVE_NONE:
		return NULL;
	case VROUTER_MOVE_FAILOVER:
	case VROUTER_MOVE_YIELD:
	case VROUTER_MOVE_RELEASE:
		return "failover";
	case VROUTER_MOVE_STOP:
		return "stop";
	case VROUTER_MOVE_TAKEOVER:
		return "takeover";
	}
	return NULL;
}

static const char *
method_text(enum vrouter_move_kind kind)
{
	switch (kind) {
	case VROUTER_MOVE_FAILOVER:
	case VROUTER_MOVE_STOP:
		return "handover";
	case VROUTER_MOVE_YIELD:
		return "yield";
	case VROUTER_MOVE_RELEASE:
		return "release";
	case VROUTER_MOVE_NONE:
	case VROUTER_MOVE_TAKEOVER:
		break;
	}
	return NULL;
}

static struct vrrp_view_move
take_move(const struct vrouter *vr, int64_t now_us)
{
	const struct vrouter_move *move = vr->move;

	if (move == NULL)
		return (struct vrrp_view_move){0};

	int64_t proven_us = move->quiet_since_us + move->quiet_us;

	return (struct vrrp_view_move){
	    .kind = moving_text(move->kind),
	    .method = method_text(move->kind),
	    .since_us = move->started_us,
	    .until_us = vrouter_move_until(vr),
	    .quiet_us = move->kind == VROUTER_MOVE_TAKEOVER && proven_us > now_us
			    ? proven_us - now_us
			    : 0,
	};
}

static void
take_faults(struct vrrp_snapshot *s, unsigned faults)
{
	/* In the order in which vrouter_fault_text() looks at them. */
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
	    {VROUTER_FAULT_NO_INTERFACE, "no_interface"},
	    {VROUTER_FAULT_LINK_DOWN, "link_down"},
	    {VROUTER_FAULT_NO_ADDRESS, "no_address"},
	    {VROUTER_FAULT_SOCKET, "socket"},
	    {VROUTER_FAULT_MTU, "mtu"},
	    {VROUTER_FAULT_OUT, "maintenance"},
	};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((faults & names[i].bit) && count < VRRP_SNAPSHOT_FAULTS - 1)
			s->faults[count++] = names[i].name;
	s->faults[count] = NULL;
}

static size_t
take_counters(struct vrrp_snapshot *s, const struct vrouter_stats *stats)
{
	const struct vrrp_view_counter counters[] = {
	    {"adverts_sent", stats->adverts_sent},
	    {"adverts_received", stats->adverts_received},
	    {"resigns_sent", stats->resigns_sent},
	    {"resigns_received", stats->resigns_received},
	    {"became_master", stats->became_master},
	    {"released_master", stats->released_master},
	    {"send_errors", stats->send_errors},
	    {"list_mismatch", stats->list_mismatch},
	    {"interval_mismatch", stats->interval_mismatch},
	    {"vips_repaired", stats->vips_repaired},
	    {"worst_lateness_us", (uint64_t)stats->worst_lateness_us},
	};
	const size_t count = sizeof(counters) / sizeof(counters[0]);

	for (size_t i = 0; i < count; i++)
		s->counters[i] = counters[i];
	return count;
}

struct presence {
	const struct vrrp_instance_conf *conf;
	bool *present;
};

/* The set hands back pointers into the configuration's own arrays. */
static void
note_present(void *userdata, const struct vrrp_vip *vip, int ifindex)
{
	const struct presence *p = userdata;
	const struct vrrp_instance_conf *conf = p->conf;

	(void)ifindex;
	if (vip >= conf->vips && vip < conf->vips + conf->vip_count)
		p->present[vip - conf->vips] = true;
	else if (vip >= conf->excluded && vip < conf->excluded + conf->excluded_count)
		p->present[conf->vip_count + (size_t)(vip - conf->excluded)] = true;
}

static bool *
take_addresses(const struct vrouter *vr)
{
	size_t count = vr->conf->vip_count + vr->conf->excluded_count;
	bool *present = calloc(count + 1, sizeof(*present));

	if (present != NULL)
		vip_set_each(
		    vr->vips, note_present, &(struct presence){vr->conf, present});
	return present;
}

void
vrrp_snapshot_take(struct vrrp_snapshot *ret, const struct vrouter *vr, bool addresses)
{
	int64_t now_us = clock_now_us();

	*ret = (struct vrrp_snapshot){0};
	vrouter_reason(vr, ret->reason, sizeof(ret->reason));
	vrouter_fault_text(vr, ret->fault_text, sizeof(ret->fault_text));
	take_faults(ret, vr->faults);
	if (addresses) {
		ret->present = take_addresses(vr);
		vrouter_find_macs(vr);
	}
	ret->view = (struct vrrp_view){
	    .conf = vr->conf,
	    .fsm = &vr->fsm,
	    .layers = vr->engine->layers,
	    .now_us = now_us,
	    .wall_us = clock_realtime_of_us(now_us),
	    .vips_present = ret->present,
	    .moving = moving_text(vrouter_move_kind(vr)),
	    .move = take_move(vr, now_us),
	    .faults = ret->faults,
	    .fault_text = ret->fault_text,
	    .reason = ret->reason,
	    .counters = ret->counters,
	    .counter_count = take_counters(ret, &vr->stats),
	    .at = vr->stats.at,
	    .causes = vr->stats.causes,
	    .offenders = vr->offenders,
	};
	vip_set_count(vr->vips, &ret->view.vips_want, &ret->view.vips_set);
}

void
vrrp_snapshot_done(struct vrrp_snapshot *snapshot)
{
	free(snapshot->present);
	snapshot->present = NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter.c - one virtual router's life: made, started, changed, freed.
 *
 * Steps of the state machine and what follows from them are in vrouter_step.c, values
 * in force in vrouter_params.c, the interface in vrouter_host.c, sending in
 * vrouter_send.c, receiving in vrouter_receive.c, moves asked for by an operator or a
 * stop in vrouter_move.c, words in vrouter_reason.c.
 */
#include "vrrpd/vrouter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/clock.h"
#include "vrrpd/announce.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrouter_internal.h"
#include "vrrpd/vrrp_news.h"

static int
take_addresses(const struct vrrp_instance_conf *conf, uint8_t **ret)
{
	size_t len = addr_family_len(conf->family);
	uint8_t *bytes = calloc(conf->vip_count + 1, len);

	if (bytes == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < conf->vip_count; i++)
		memcpy(bytes + i * len, conf->vips[i].prefix.addr.bytes, len);
	*ret = bytes;
	return 0;
}

/* Memory for the addresses and both packets of a configuration. */
static int
take_buffers(const struct vrrp_instance_conf *conf, uint8_t **ret_addresses,
    uint8_t **ret_packet)
{
	uint8_t *addresses, *packet = calloc(2, vrouter_packet_len(conf));
	int r;

	if (packet == NULL)
		return -ENOMEM;
	r = take_addresses(conf, &addresses);
	if (r < 0) {
		free(packet);
		return r;
	}
	*ret_addresses = addresses;
	*ret_packet = packet;
	return 0;
}

static void
use_buffers(struct vrouter *vr, uint8_t *addresses, uint8_t *packet)
{
	free(vr->addresses);
	free(vr->packet);
	vr->addresses = addresses;
	vr->packet = packet;
	vr->packet_len = (uint16_t)vrouter_packet_len(vr->conf);
	vr->packet_priority = -1;
}

void
vrouter_bind_record(struct vrouter *vr)
{
	vr->record = runstate_get(
	    vr->engine->runstate, vr->conf->ifname, vr->conf->family, vr->conf->vrid);
}

int
vrouter_new(
    struct engine *engine, const struct vrrp_instance_conf *conf, struct vrouter **ret)
{
	struct vrouter *vr = calloc(1, sizeof(*vr));
	uint8_t *addresses, *packet;
	int r;

	if (vr == NULL)
		return -ENOMEM;
	vr->engine = engine;
	vr->conf = conf;
	r = take_buffers(conf, &addresses, &packet);
	if (r < 0) {
		free(vr);
		return r;
	}
	use_buffers(vr, addresses, packet);
	r = vip_set_new(engine->vips, vr, conf, &vr->vips);
	if (r < 0) {
		vrouter_free(vr);
		return r;
	}
	vrouter_bind_record(vr);
	*ret = vr;
	return 0;
}

struct vrouter *
vrouter_free(struct vrouter *vr)
{
	if (vr == NULL)
		return NULL;
	if (vr->untold)
		vrouter_tell_all(vr->engine);
	vrrp_news_forget(vr);
	vrouter_close_socket(vr);
	timer_heap_disarm(&vr->engine->heap, &vr->timer);
	if (vr->engine->announcer != NULL)
		announcer_cancel(vr->engine->announcer, vr);
	vip_set_free(vr->vips);
	vrrp_offender_free(vr->offenders);
	free(vr->lines);
	free(vr->told);
	free(vr->move);
	free(vr->addresses);
	free(vr->packet);
	free(vr);
	return NULL;
}

/* Whether an earlier process of ours was Master so recently that no peer can have given
 * it up yet. */
static bool
may_resume_role(const struct vrouter *vr, int64_t now_us)
{
	const struct runstate_record *record = vr->record;

	if (record == NULL || record->last_advert_us == 0)
		return false;

	int64_t silent_us = now_us - record->last_advert_us;

	return silent_us >= 0 && silent_us < vrrp_fsm_peers_down_interval_us(&vr->fsm);
}

/* Everywhere else a missing interface is FAULT and no more; at the start it may well be
 * a slip in the file, unless that says interfaces come and go. */
static void
warn_of_missing_interface(const struct vrouter *vr)
{
	if (vr->faults & VROUTER_FAULT_NO_INTERFACE &&
	    !vr->engine->conf->dynamic_interfaces)
		log_warning("%s: there is no interface %s; waiting for it "
			    "(dynamic_interfaces says that this is expected)",
		    vr->conf->name, vr->conf->ifname);
}

void
vrouter_start(struct vrouter *vr, bool may_resume)
{
	int64_t now_us = clock_now_us();
	struct vrrp_event event = {.kind = VRRP_EVENT_STARTUP};
	bool resumes;

	/* Not when it was made: a reload had the old configuration then, and perhaps
	 * another router with its name. */
	vrouter_set_params(vr);
	resumes = may_resume && may_resume_role(vr, now_us);
	vr->faults = vrouter_look_at_host(vr);
	/* The last resort serves on after a crash as it did before. */
	if (resumes)
		vr->faults &= ~(unsigned)VROUTER_FAULT_OUT;
	warn_of_missing_interface(vr);
	if (vr->faults != 0) {
		event.kind = VRRP_EVENT_FAULT;
	} else if (resumes) {
		event.kind = VRRP_EVENT_RESUME;
		event.resume.since_us = vr->record->master_since_us;
	}
	vrouter_step(vr, &event, now_us);
}

void
vrouter_shutdown(struct vrouter *vr)
{
	vrouter_step_now(vr, VRRP_EVENT_SHUTDOWN);
}

/* A difference that was found with another interval says nothing of the present one: if
 * there still is one, the next advertisement tells. */
static void
end_differences(struct vrouter *vr, const struct vrrp_instance_conf *conf)
{
	if (vr->conf->advert_int_us == conf->advert_int_us)
		return;
	vrrp_offender_end(vr->offenders, VRRP_DROP_INTERVAL);
	vrrp_offender_end(vr->offenders, VRRP_ODD_INTERVAL);
}

int
vrouter_change(struct vrouter *vr, const struct vrrp_instance_conf *conf)
{
	uint8_t *addresses, *packet;
	int r = take_buffers(conf, &addresses, &packet);

	if (r < 0)
		return r;
	r = vip_set_change(vr->vips, conf);
	if (r < 0) {
		free(addresses);
		free(packet);
		return r;
	}
	adv_sockets_flush(vr->engine->sockets); /* what is queued points to the old */
	end_differences(vr, conf);
	vr->conf = conf;
	use_buffers(vr, addresses, packet);
	vrouter_set_params(vr);
	vrouter_check_host(vr);
	if (vip_set_wanted(vr->vips))
		vip_set_want(vr->vips, true, vrouter_lease_s(vr));
	vrouter_step_now(vr, VRRP_EVENT_PARAMS);
	return 0;
}

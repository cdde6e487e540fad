/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fsm_intervals.c - the formulas of RFC 9568 6.1 and RFC 3768 6.1, and which of a
 * router's timers is the first. */
#include "vrrpd/vrrp_fsm.h"

#include <stddef.h>
#include "common/units.h"

int64_t
vrrp_fsm_skew_us(uint8_t version, uint8_t priority, int64_t master_adver_int_us)
{
	int64_t base = version == 2 ? US_PER_S : master_adver_int_us;

	return (256 - priority) * base / 256;
}

static int64_t
skew_us(const struct vrrp_fsm *fsm)
{
	return vrrp_fsm_skew_us(
	    fsm->params.version, fsm->params.priority, fsm->master_adver_int_us);
}

int64_t
vrrp_fsm_master_down_interval_us(const struct vrrp_fsm *fsm)
{
	return fsm->params.down_timer_adverts * fsm->master_adver_int_us + skew_us(fsm);
}

int64_t
vrrp_fsm_peers_down_interval_us(const struct vrrp_fsm *fsm)
{
	const struct vrrp_fsm_params *p = &fsm->params;

	return p->down_timer_adverts * p->advert_int_us +
	       vrrp_fsm_skew_us(p->version, 254, p->advert_int_us);
}

int64_t
vrrp_fsm_slowest_peer_us(const struct vrrp_fsm *fsm)
{
	const struct vrrp_fsm_params *p = &fsm->params;

	return p->down_timer_adverts * p->advert_int_us +
	       vrrp_fsm_skew_us(p->version, 1, p->advert_int_us);
}

int64_t
vrrp_fsm_handover_wait_us(const struct vrrp_fsm *fsm)
{
	const struct vrrp_fsm_params *p = &fsm->params;
	int64_t slowest = vrrp_fsm_skew_us(p->version, 1, p->advert_int_us);

	int64_t wait = slowest + 2 * p->advert_int_us;

	return wait > US_PER_S ? wait : US_PER_S;
}

int64_t
vrrp_fsm_yield_wait_us(const struct vrrp_fsm *fsm)
{
	const struct vrrp_fsm_params *p = &fsm->params;

	return p->down_timer_adverts * p->advert_int_us +
	       vrrp_fsm_handover_wait_us(fsm) + p->preempt_delay_us;
}

int64_t
vrrp_fsm_silence_us(const struct vrrp_fsm *fsm)
{
	return fsm->master_adver_int_us * 3 / 2;
}

int64_t
vrrp_fsm_takeover_wait_us(const struct vrrp_fsm *fsm)
{
	int64_t wait = 2 * vrrp_fsm_silence_us(fsm);

	return wait > US_PER_S ? wait : US_PER_S;
}

int64_t
vrrp_fsm_deadline(const struct vrrp_fsm *fsm)
{
	const int64_t timers[] = {
	    fsm->master_down_at_us,
	    fsm->adver_at_us,
	    fsm->preempt_at_us,
	    fsm->announce_at_us,
	    fsm->announce_lower_at_us,
	    fsm->refresh_at_us,
	    fsm->let_go_at_us,
	    fsm->handover_until_us,
	};
	int64_t first = 0;

	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++)
		if (timers[i] != 0 && (first == 0 || timers[i] < first))
			first = timers[i];
	return first;
}

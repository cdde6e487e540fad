/* SPDX-License-Identifier: Apache-2.0 */
/* fsm_fixture.c - routers to order. */
#include "tests/unit/fsm_fixture.h"

#define ROUNDS_MAX 100000

static struct addr
address(const char *text)
{
	struct addr a = {0};

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

struct vrrp_fsm
order_router(struct router_order order)
{
	int64_t delay = order.startup_delay_us;

	return (struct vrrp_fsm){
	    .params = {
		.version = order.version != 0 ? order.version : 3,
		.priority = order.priority != 0 ? order.priority : 100,
		.advert_int_us =
		    order.advert_int_us != 0 ? order.advert_int_us : US_PER_S,
		.preempt = !order.nopreempt,
		.preempt_delay_us = order.preempt_delay_us,
		.down_timer_adverts = 3,
		.startup_delay_until_us = delay != 0 ? START + delay : 0,
		.primary = address(order.primary != NULL ? order.primary : OWN_ADDRESS),
		.linger_us = order.linger_us,
		.announce_delay_us = order.announce_delay_us,
		.announce_refresh_us = order.announce_refresh_us,
		.announce_lower_delay_us = order.announce_lower_delay_us,
	    }};
}

struct vrrp_fsm
order_backup(struct router_order order)
{
	struct vrrp_fsm fsm = order_router(order);

	(void)happens(&fsm, VRRP_EVENT_STARTUP, START);
	assert_int_equal(fsm.state, VRRP_STATE_BACKUP);
	return fsm;
}

struct vrrp_fsm
order_master(struct router_order order)
{
	struct vrrp_fsm fsm = order_router(order);

	(void)happens(&fsm, VRRP_EVENT_STARTUP, START - SEC(500));
	if (fsm.state != VRRP_STATE_MASTER) {
		/* Move its start so that the timer fires at START. */
		int64_t wait = fsm.master_down_at_us - (START - SEC(500));

		fsm = order_router(order);
		(void)happens(&fsm, VRRP_EVENT_STARTUP, START - wait);
		(void)timer(&fsm, START);
	} else {
		fsm = order_router(order);
		(void)happens(&fsm, VRRP_EVENT_STARTUP, START);
	}
	assert_int_equal(fsm.state, VRRP_STATE_MASTER);
	return fsm;
}

unsigned
happens(struct vrrp_fsm *fsm, enum vrrp_event_kind kind, int64_t now_us)
{
	const struct vrrp_event event = {.kind = kind};

	return vrrp_fsm_step(fsm, &event, now_us);
}

unsigned
timer(struct vrrp_fsm *fsm, int64_t now_us)
{
	return happens(fsm, VRRP_EVENT_TIMER, now_us);
}

unsigned
hand_over(struct vrrp_fsm *fsm, int64_t wait_us, bool release, int64_t now_us)
{
	const struct vrrp_event event = {
	    .kind = VRRP_EVENT_HANDOVER,
	    .handover = {.wait_us = wait_us, .release_at_end = release},
	};

	return vrrp_fsm_step(fsm, &event, now_us);
}

static unsigned
advert(struct vrrp_fsm *fsm, const char *source, uint8_t priority, int64_t interval_us,
    int64_t now_us)
{
	const struct vrrp_event event = {
	    .kind = VRRP_EVENT_ADVERT,
	    .advert =
		{
		    .priority = priority,
		    .advert_int_us = interval_us,
		    .source = address(source),
		},
	};

	return vrrp_fsm_step(fsm, &event, now_us);
}

unsigned
hears(struct vrrp_fsm *fsm, uint8_t priority, int64_t now_us)
{
	return hears_from(fsm, HIGHER_ADDRESS, priority, now_us);
}

unsigned
hears_from(struct vrrp_fsm *fsm, const char *source, uint8_t priority, int64_t now_us)
{
	return advert(fsm, source, priority, fsm->params.advert_int_us, now_us);
}

unsigned
hears_rate(struct vrrp_fsm *fsm, uint8_t priority, int64_t interval_us, int64_t now_us)
{
	return advert(fsm, HIGHER_ADDRESS, priority, interval_us, now_us);
}

unsigned
hears_late(struct vrrp_fsm *fsm, uint8_t priority, int64_t received_us, int64_t now_us)
{
	const struct vrrp_event event = {
	    .kind = VRRP_EVENT_ADVERT,
	    .advert =
		{
		    .priority = priority,
		    .advert_int_us = fsm->params.advert_int_us,
		    .source = address(HIGHER_ADDRESS),
		    .received_us = received_us,
		},
	};

	return vrrp_fsm_step(fsm, &event, now_us);
}

unsigned
run_until(struct vrrp_fsm *fsm, int64_t until_us)
{
	unsigned last = 0;

	for (int i = 0; i < ROUNDS_MAX; i++) {
		int64_t at = vrrp_fsm_deadline(fsm);
		unsigned effects;

		if (at == 0 || at > until_us)
			return last;
		effects = timer(fsm, at);
		last = effects != 0 ? effects : last;
	}
	fail_msg("timers never come to rest");
	return last;
}

void
assert_state(const struct vrrp_fsm *fsm, enum vrrp_state state, enum vrrp_cause cause)
{
	assert_string_equal(vrrp_state_name(fsm->state), vrrp_state_name(state));
	assert_string_equal(vrrp_cause_name(fsm->cause), vrrp_cause_name(cause));
}

void
assert_becomes_master_at(struct vrrp_fsm *fsm, int64_t at_us, enum vrrp_cause cause)
{
	assert_true(vrrp_fsm_deadline(fsm) == at_us);
	assert_int_equal(timer(fsm, at_us - 1), 0);
	assert_int_equal(fsm->state, VRRP_STATE_BACKUP);
	assert_int_equal(timer(fsm, at_us), BECAME_MASTER);
	assert_state(fsm, VRRP_STATE_MASTER, cause);
}

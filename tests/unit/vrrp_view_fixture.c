/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_view_fixture.c - a view of a virtual router, with values that a test changes. */
#include "tests/unit/vrrp_view_fixture.h"

#include <stdlib.h>

static struct prefix
a_prefix(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix;
}

struct addr
an_address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

/* VI_1, MASTER for 7.860120 s, with two addresses and priority 100. */
static void
fill(struct router *r)
{
	*r = (struct router){
	    .vips = {{.prefix = a_prefix("192.0.2.10/24")},
		{.prefix = a_prefix("192.0.2.11/32"), .ifname = "eth1"}},
	    .fsm = {.state = VRRP_STATE_MASTER,
		.cause = VRRP_CAUSE_PREEMPTED,
		.since_us = NOW - 7860120,
		.master_adver_int_us = SECOND,
		.params = {.version = 2,
		    .priority = 100,
		    .preempt = true,
		    .advert_int_us = SECOND,
		    .down_timer_adverts = 3,
		    .primary = an_address("192.0.2.1")}},
	    .present = {true, false},
	    .counters = {{"adverts_sent", 12}},
	};
	r->conf = (struct vrrp_instance_conf){
	    .priority_pos = {"/etc/haven/haven.conf", 41},
	    .ifname = "eth0",
	    .family = AF_INET,
	    .vrid = 51,
	    .version = 2,
	    .priority = 100,
	    .advert_int_us = SECOND,
	    .auth_type = VRRP_AUTH_PASS,
	    .auth_pass = "s3cr3t",
	    .vips = r->vips,
	    .vip_count = 1,
	    .excluded = &r->vips[1],
	    .excluded_count = 1,
	};
}

int
setup(void **state)
{
	static char name[] = "VI_1";
	struct router *r = calloc(1, sizeof(*r));

	fill(r);
	r->conf.name = name;
	r->layers = layers_new();
	r->view = (struct vrrp_view){
	    .conf = &r->conf,
	    .fsm = &r->fsm,
	    .layers = r->layers,
	    .now_us = NOW,
	    .wall_us = WALL,
	    .vips_want = 2,
	    .vips_set = 1,
	    .vips_present = r->present,
	    .faults = r->faults,
	    .fault_text = "",
	    .reason = "took over",
	    .counters = r->counters,
	    .counter_count = 1,
	};
	*state = r;
	return 0;
}

int
teardown(void **state)
{
	struct router *r = *state;

	layers_free(r->layers);
	free(r);
	return 0;
}

const struct layer_entry *
put(struct router *r, enum layer layer, const char *kind, int64_t value)
{
	const struct layer_entry *stored;
	const struct layer_entry entry = {
	    .path = "instance/VI_1",
	    .field = "priority",
	    .value = value,
	    .layer = layer,
	    .kind = kind,
	    .id = "",
	    .uid = 1000,
	    .reason = "kernel upgrade",
	    .created_us = NOW,
	    .expires_us = layer == LAYER_LEASE ? NOW + 60 * SECOND : 0,
	};

	assert_int_equal(layers_set(r->layers, &entry, &stored), 0);
	return stored;
}

void
make_backup(struct router *r, const char *master, uint8_t priority)
{
	r->fsm.state = VRRP_STATE_BACKUP;
	r->fsm.master = an_address(master);
	r->fsm.master_priority = priority;
	r->fsm.master_heard_us = NOW - SECOND / 2;
	r->fsm.master_down_at_us = NOW + 2 * SECOND;
}

void
assert_member(const json_t *json, const char *name, const char *expected)
{
	char *text = json_dumps(json_object_get(json, name),
	    JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

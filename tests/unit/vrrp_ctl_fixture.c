/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_fixture.c - vrrpd's control plane with its real socket, files and loop, and
 * virtual routers that do what the test says. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/conf.h"
#include "common/daemon_frame.h"
#include "common/log.h"
#include "common/units.h"
#include "tests/unit/remove_tree.h"
#include "vrrpd/engine_repair.h"
#include "vrrpd/vrrp_ctl.h"

/* ---- an engine without a network ----------------------------------------- */

struct vrrp_ctl_fake fake;

static char name_1[] = "VI_1", name_2[] = "VI_2";

struct vrouter *
engine_find(const struct engine *engine, const char *name)
{
	for (size_t i = 0; i < engine->router_count; i++)
		if (strcmp(engine->routers[i]->conf->name, name) == 0)
			return engine->routers[i];
	return NULL;
}

int
engine_reload(struct engine *engine, struct daemon_reload *reload)
{
	if (fake.reload_result == -ECANCELED)
		(void)snprintf(reload->refused, sizeof(reload->refused), "all ends");
	else if (fake.reload_result < 0)
		conf_diags_add(reload->diags, CONF_ERROR, "haven.conf", 3, 1, 4,
		    "auth_pass s3cr3t", NULL, "it is wrong");
	else if (!reload->dry_run)
		engine->rev++;
	return fake.reload_result;
}

bool
vrouter_announce(struct vrouter *vr)
{
	fake.announced++;
	return vr->fsm.state == VRRP_STATE_MASTER;
}

enum vrouter_move_kind
vrouter_move_kind(const struct vrouter *vr)
{
	return vr->move != NULL ? vr->move->kind : VROUTER_MOVE_NONE;
}

/* As the real one: the effective priority follows the overrides. */
void
vrouter_update_params(struct vrouter *vr)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "instance/%s", vr->conf->name);
	const struct layer_entry *top =
	    layers_top(vr->engine->layers, path, "priority");
	vr->fsm.params.priority = vrouter_move_priority(vr, vrouter_move_kind(vr));
	if (vr->fsm.params.priority == 0)
		vr->fsm.params.priority =
		    (uint8_t)(top != NULL ? top->value : vr->conf->priority);
	fake.updates++;
}

uint8_t
vrouter_move_priority(const struct vrouter *vr, enum vrouter_move_kind kind)
{
	(void)vr;
	return kind == VROUTER_MOVE_TAKEOVER  ? 254
	       : kind == VROUTER_MOVE_RELEASE ? VRRP_PRIORITY_LAST
					      : 0;
}

int
vrouter_move_start(struct vrouter *vr, enum vrouter_move_kind kind, int64_t wait_us,
    void (*done)(void *userdata, struct vrouter *vr, enum vrouter_move_result result),
    void *userdata)
{
	usleep(fake.move_us);
	if (fake.move_result < 0)
		return fake.move_result;
	vr->move = &fake.moves[vr - fake.routers];
	*vr->move = (struct vrouter_move){
	    .kind = kind, .until_us = wait_us, .done = done, .userdata = userdata};
	if (kind == VROUTER_MOVE_RELEASE)
		vr->fsm.state = VRRP_STATE_BACKUP;
	vrouter_update_params(vr);
	return 0;
}

void
vrouter_move_cancel(struct vrouter *vr)
{
	end_move(vr, VROUTER_MOVE_NOBODY);
}

int64_t
vrouter_move_until(const struct vrouter *vr)
{
	return vr->move != NULL ? vr->move->until_us : 0;
}

int64_t
vrouter_move_wait_us(const struct vrouter *vr, enum vrouter_move_kind kind)
{
	(void)kind;
	return vr->fsm.params.down_timer_adverts * US_PER_S;
}

void
adv_sockets_flush(struct adv_sockets *sockets)
{
	(void)sockets;
	fake.flushes++;
}

void
end_move(struct vrouter *vr, enum vrouter_move_result result)
{
	struct vrouter_move move = *vr->move;

	*vr->move = (struct vrouter_move){0};
	vr->move = NULL;
	if (move.done != NULL)
		move.done(move.userdata, vr, result);
	vrouter_update_params(vr);
}

void
vrouter_reason(const struct vrouter *vr, char *buf, size_t room)
{
	(void)vr;
	(void)snprintf(buf, room, "a reason");
}

void
vrouter_fault_text(const struct vrouter *vr, char *buf, size_t room)
{
	(void)snprintf(
	    buf, room, "%s", vr->faults != 0 ? "interface eth0 is down" : "");
}

void
vrouter_find_macs(const struct vrouter *vr)
{
	(void)vr;
}

void
vip_set_each(const struct vip_set *set,
    void (*fn)(void *userdata, const struct vrrp_vip *vip, int ifindex), void *userdata)
{
	(void)set;
	(void)fn;
	(void)userdata;
}

void
vip_set_count(const struct vip_set *set, size_t *ret_want, size_t *ret_set)
{
	(void)set;
	*ret_want = *ret_set = 0;
}

bool
vip_set_is_busy(const struct vip_set *set)
{
	(void)set;
	return false;
}

bool
vip_set_wanted(const struct vip_set *set)
{
	(void)set;
	return false;
}

void
vip_set_promise(struct vip_set *set)
{
	(void)set;
}

int
engine_repair(
    struct engine *engine, bool dry_run, engine_repaired_fn done, void *userdata)
{
	(void)engine;
	(void)dry_run;
	(void)done;
	(void)userdata;
	return -EBUSY;
}

void
engine_repair_cancel(struct engine *engine)
{
	(void)engine;
}

void
make_both_masters(void)
{
	fake.routers[1].fsm = fake.routers[0].fsm;
}

void
turn_until(const enum vrouter_move_kind *kind)
{
	while (*kind == VROUTER_MOVE_NONE)
		assert_true(sd_event_run(fake.engine.event, US_PER_S) > 0);
}

void
become_backup_of(struct vrouter *vr, const char *master, uint8_t priority)
{
	vr->fsm.state = VRRP_STATE_BACKUP;
	vr->fsm.master = an_address(master);
	vr->fsm.master_priority = priority;
	vr->fsm.master_heard_us = clock_now_us();
}

/* ---- the fixture --------------------------------------------------------- */

struct addr
an_address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

static void
make_routers(void)
{
	fake.conf.instances = fake.instances;
	fake.conf.instance_count = 2;
	for (size_t i = 0; i < 2; i++) {
		fake.instances[i] = (struct vrrp_instance_conf){
		    .name = i == 0 ? name_1 : name_2,
		    .ifname = "eth0",
		    .family = AF_INET,
		    .priority = 100,
		};
		fake.routers[i] = (struct vrouter){
		    .engine = &fake.engine,
		    .conf = &fake.instances[i],
		    .fsm = {.state = VRRP_STATE_MASTER,
			.since_us = 1,
			.master_adver_int_us = US_PER_S,
			.params = {.priority = 100,
			    .version = 2,
			    .down_timer_adverts = 3}},
		};
		fake.list[i] = &fake.routers[i];
	}
	/* The second one is BACKUP of another node. */
	fake.routers[1].fsm.state = VRRP_STATE_BACKUP;
	fake.routers[1].fsm.master = an_address("192.0.2.12");
	fake.routers[1].fsm.master_priority = 150;
}

void
open_engine(void)
{
	fake.engine.layers = layers_new();
	assert_true(sd_event_new(&fake.engine.event) >= 0);
	assert_int_equal(vrrp_ctl_open(&fake.engine), 0);
	vrrp_ctl_start(&fake.engine);
	talk_event = fake.engine.event;
	talk_run_dir = fake.engine.run_dir;
}

void
close_engine(void)
{
	vrrp_ctl_close(&fake.engine);
	talk_event = fake.engine.event = sd_event_unref(fake.engine.event);
	fake.engine.layers = layers_free(fake.engine.layers);
}

int
setup(void **state)
{
	(void)state;
	log_open("vrrpd", LOG_TARGET_STDERR, LOG_EMERG);
	memset(&fake, 0, sizeof(fake));
	strcpy(fake.engine.run_dir, "/tmp/haven-vrrp-ctl-XXXXXX");
	assert_non_null(mkdtemp(fake.engine.run_dir));
	(void)snprintf(fake.engine.state_dir, 128, "%.100s/state", fake.engine.run_dir);
	(void)snprintf(fake.engine.log_dir, 128, "%.100s/log", fake.engine.run_dir);
	assert_int_equal(mkdir(fake.engine.state_dir, 0755), 0);
	assert_int_equal(mkdir(fake.engine.log_dir, 0755), 0);
	fake.engine.options = (struct daemon_options){.daemon = "vrrpd",
	    .config_path = "haven.conf",
	    .run_base = fake.engine.run_dir};
	fake.engine.phase = DAEMON_RUNNING;
	fake.engine.conf = &fake.conf;
	fake.engine.routers = fake.list;
	fake.engine.router_count = 2;
	make_routers();
	open_engine();
	return 0;
}

void
overrides_path(char buf[128])
{
	int len = snprintf(buf, 128, "%.80s/overrides.json", fake.engine.run_dir);

	assert_true(len > 0 && len < 128);
}

int
teardown(void **state)
{
	(void)state;
	close_engine();
	for (size_t i = 0; i < 2; i++) {
		free(fake.routers[i].lines);
		free(fake.routers[i].told);
	}
	return remove_tree(fake.engine.run_dir);
}

/* ---- asking -------------------------------------------------------------- */

int64_t
priority_of(const char *path)
{
	const struct layer_entry *top =
	    layers_top(fake.engine.layers, path, "priority");

	return top != NULL ? top->value : -1;
}

const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

void
assert_events(const char *const types[])
{
	json_t *tail = ask("log.tail", "{}"), *items = json_object_get(tail, "items");
	size_t at = 0;

	for (size_t i = 0; i < json_array_size(items); i++) {
		const char *type = json_string_value(
		    json_object_get(json_array_get(items, i), "type"));

		if (types[at] == NULL || strcmp(type, types[at++]) != 0)
			fail_msg("event %zu is %s", i, type);
	}
	assert_null(types[at]);
	json_decref(tail);
}

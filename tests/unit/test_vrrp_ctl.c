/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl.c - vrrpd's methods over its real socket, with virtual routers that do
 * what the test says. */
#include "tests/unit/unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/conf.h"
#include "common/ctl_line.h"
#include "common/ctl_msg.h"
#include "common/ctl_role.h"
#include "common/units.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrrp_ctl.h"

/* ---- an engine without a network ----------------------------------------- */

static struct {
	struct engine engine;
	struct vrrp_conf conf;
	struct vrrp_instance_conf instances[2];
	struct vrouter routers[2];
	struct vrouter *list[2];
	unsigned updates; /* calls of vrouter_update_params() */
	int move_result;  /* what vrouter_move_start() returns */
	int reload_result;
	unsigned announced;
	unsigned flushes;
} fake;

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
engine_reload(struct engine *engine, struct conf_diags *diags)
{
	if (fake.reload_result < 0)
		conf_diags_add(diags, CONF_ERROR, "haven.conf", 3, 1, 4,
		    "auth_pass s3cr3t", NULL, "it is wrong");
	else
		engine->rev++;
	return fake.reload_result;
}

bool
vrouter_announce(struct vrouter *vr)
{
	fake.announced++;
	return vr->fsm.state == VRRP_STATE_MASTER;
}

/* As the real one: the effective priority follows the overrides. */
void
vrouter_update_params(struct vrouter *vr)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "instance/%s", vr->conf->name);
	const struct layer_entry *top =
	    layers_top(vr->engine->layers, path, "priority");
	vr->fsm.params.priority =
	    (uint8_t)(top != NULL ? top->value : vr->conf->priority);
	fake.updates++;
}

int
vrouter_move_start(struct vrouter *vr, enum vrouter_move_kind kind, int64_t wait_us,
    void (*done)(void *userdata, struct vrouter *vr, enum vrouter_move_result result),
    void *userdata)
{
	if (fake.move_result < 0)
		return fake.move_result;
	vr->move = (struct vrouter_move){
	    .kind = kind, .until_us = wait_us, .done = done, .userdata = userdata};
	if (kind == VROUTER_MOVE_RELEASE)
		vr->fsm.state = VRRP_STATE_BACKUP;
	return 0;
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

/* The end of a move, told as vrouter.h promises. */
static void
end_move(struct vrouter *vr, enum vrouter_move_result result)
{
	struct vrouter_move move = vr->move;

	vr->move = (struct vrouter_move){0};
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

/* The label of a security module, which few hosts have; NULL: none here either. */
static const char *peer_label;

int
getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	int (*real)(int, int, int, void *, socklen_t *);

	*(void **)&real = dlsym(RTLD_NEXT, "getsockopt");
	if (name != SO_PEERSEC || level != SOL_SOCKET)
		return real(fd, level, name, value, len);
	if (peer_label == NULL) {
		errno = ENOPROTOOPT;
		return -1;
	}
	*len = (socklen_t)snprintf(value, *len, "%s", peer_label);
	return 0;
}

/* ---- the fixture --------------------------------------------------------- */

static struct addr
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

static void
open_engine(void)
{
	fake.engine.layers = layers_new();
	assert_true(sd_event_new(&fake.engine.event) >= 0);
	assert_int_equal(vrrp_ctl_open(&fake.engine), 0);
	vrrp_ctl_load_overrides(&fake.engine);
}

static void
close_engine(void)
{
	vrrp_ctl_close(&fake.engine);
	fake.engine.event = sd_event_unref(fake.engine.event);
	fake.engine.layers = layers_free(fake.engine.layers);
}

static int
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
	fake.engine.options = (struct daemon_options){.config_path = "haven.conf"};
	fake.engine.phase = ENGINE_RUNNING;
	fake.engine.conf = &fake.conf;
	fake.engine.routers = fake.list;
	fake.engine.router_count = 2;
	make_routers();
	open_engine();
	return 0;
}

static void
overrides_path(char buf[128])
{
	int len = snprintf(buf, 128, "%.80s/overrides.json", fake.engine.run_dir);

	assert_true(len > 0 && len < 128);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
teardown(void **state)
{
	(void)state;
	close_engine();
	return nftw(fake.engine.run_dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
pump(void)
{
	while (sd_event_run(fake.engine.event, 0) > 0)
		;
}

/* ---- a client ------------------------------------------------------------ */

static unsigned patience = 100;
static struct ctl_lines incoming = {.max = CTL_RESPONSE_MAX};

static json_t *
next(int fd)
{
	const char *line;
	size_t len, room;

	for (unsigned tries = 0; !ctl_lines_take(&incoming, &line, &len);) {
		pump();
		char *space = ctl_lines_space(&incoming, &room);
		ssize_t n = recv(fd, space, room, 0);
		/* An answer may wait for the disk. */
		if (n < 0 && tries++ < patience && fake.engine.event != NULL) {
			(void)sd_event_run(fake.engine.event, US_PER_S / 100);
			n = recv(fd, space, room, 0);
			if (n < 0)
				continue;
		}
		if (n <= 0)
			return NULL;
		ctl_lines_filled(&incoming, (size_t)n);
	}
	return ctl_msg_parse(line, len);
}

static int
connect_client(const char *role)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int len = snprintf(address.sun_path, sizeof(address.sun_path),
	    "%.80s/control.sock", fake.engine.run_dir);
	char text[128];

	assert_true(len > 0);
	assert_int_equal(
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	json_decref(next(fd)); /* hello */
	(void)snprintf(text, sizeof(text),
	    "{\"id\":0,\"method\":\"session.drop\",\"params\":{\"role\":\"%s\"}}\n",
	    role);
	(void)send(fd, text, strlen(text), 0);
	json_decref(next(fd));
	return fd;
}

static void
hang_up(int fd)
{
	(void)close(fd);
	ctl_lines_done(&incoming);
	pump();
}

static void
say(int fd, const char *method, const char *params)
{
	char text[2048];
	int len = snprintf(text, sizeof(text),
	    "{\"id\":1,\"method\":\"%s\",\"params\":%s}\n", method, params);

	assert_true(len > 0 && (size_t)len < sizeof(text));
	assert_int_equal(send(fd, text, (size_t)len, 0), len);
	pump();
}

/* Asks as `role` and returns the message that comes at once, or NULL. */
static json_t *
ask_as(const char *role, const char *method, const char *params)
{
	int fd = connect_client(role);

	say(fd, method, params);
	json_t *message = next(fd);
	hang_up(fd);
	return message;
}

static json_t *
result_in(json_t *message)
{
	json_t *result = json_incref(json_object_get(message, "result"));

	if (result == NULL)
		fail_msg("%s", json_dumps(message, 0));
	json_decref(message);
	return result;
}

static json_t *
ask(const char *method, const char *params)
{
	return result_in(ask_as("admin", method, params));
}

static void
assert_error(json_t *message, const char *name)
{
	json_t *data = json_object_get(json_object_get(message, "error"), "data");

	if (data == NULL)
		fail_msg("%s", json_dumps(message, 0));
	assert_string_equal(json_string_value(json_object_get(data, "name")), name);
	json_decref(message);
}

static int64_t
priority_of(const char *path)
{
	const struct layer_entry *top =
	    layers_top(fake.engine.layers, path, "priority");

	return top != NULL ? top->value : -1;
}

/* ---- apply --------------------------------------------------------------- */

#define SET_150 \
	"{\"changes\":[{\"path\":\"instance/VI_1\",\"set\":{\"priority\":150}}]}"

CASE(admin_sets_a_priority_that_stays)
{
	json_t *result = ask("apply", SET_150);

	assert_true(json_is_true(json_object_get(result, "changed")));
	assert_int_equal(json_integer_value(json_object_get(result, "rev")), 1);
	assert_null(json_object_get(result, "lease"));
	json_decref(result);
	assert_int_equal(priority_of("instance/VI_1"), 150);
	assert_int_equal(fake.routers[0].fsm.params.priority, 150);
}

CASE(value_that_is_there_already_changes_nothing)
{
	json_decref(ask("apply", SET_150));
	json_t *result = ask("apply", SET_150);
	assert_true(json_is_false(json_object_get(result, "changed")));
	assert_int_equal(json_integer_value(json_object_get(result, "rev")), 1);
	json_decref(result);
}

CASE(operator_may_change_what_undoes_itself_only)
{
	assert_error(ask_as("operator", "apply", SET_150), "denied");
	assert_int_equal(priority_of("instance/VI_1"), -1);
	json_t *result = result_in(ask_as("operator", "apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
	    "\"lease\":{\"ttl_ms\":60000}}"));
	assert_non_null(json_object_get(result, "lease"));
	assert_non_null(json_object_get(result, "expires"));
	json_decref(result);
	assert_int_equal(priority_of("instance/VI_1"), 150);
	assert_error(
	    ask_as("operator", "apply",
		"{\"changes\":[{\"path\":\"VI_1\",\"unset\":[\"priority\"]}]}"),
	    "denied");
	assert_error(ask_as("read", "apply", SET_150), "denied");
}

CASE(leases_are_bounded_by_role)
{
	assert_error(
	    ask_as("operator", "apply",
		"{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
		"\"lease\":{\"ttl_ms\":28800001}}"),
	    "lease_limit");
	json_decref(ask("apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
	    "\"lease\":{\"ttl_ms\":28800001}}"));
	assert_error(
	    ask_as("admin", "apply",
		"{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
		"\"lease\":{\"ttl_ms\":604800001}}"),
	    "invalid_params");
}

CASE(one_wrong_change_undoes_the_whole_request)
{
	static const struct {
		const char *change, *error;
	} rows[] = {
	    {"{\"path\":\"VI_9\",\"set\":{\"priority\":1}}", "not_found"},
	    {"{\"path\":\"VI_2\",\"set\":{\"priority\":0}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"set\":{\"priority\":255}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"set\":{\"priority\":\"7\"}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"set\":{\"nopreempt\":1}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"set\":{\"prioirty\":7}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"set\":{\"vrid\":7}}", "not_live"},
	    {"{\"path\":\"VI_2\",\"set\":{}}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"unset\":[7]}", "invalid_params"},
	    {"{\"path\":\"VI_2\"}", "invalid_params"},
	    {"{\"path\":\"VI_2\",\"sets\":{}}", "invalid_params"},
	    {"7", "invalid_params"},
	};
	char params[256];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)snprintf(params, sizeof(params),
		    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}},%s]}",
		    rows[i].change);
		assert_error(ask_as("admin", "apply", params), rows[i].error);
	}
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(fake.updates, 0);
	assert_int_equal(fake.engine.rev, 0);
}

CASE(revision_that_is_not_the_present_one_is_refused)
{
	assert_error(
	    ask_as("admin", "apply",
		"{\"if_rev\":5,\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":9}}]}"),
	    "stale_rev");
	json_decref(ask("apply",
	    "{\"if_rev\":0,\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":9}}]}"));
}

CASE(dry_run_says_what_would_change_and_does_not)
{
	json_t *result = ask("apply",
	    "{\"dry_run\":true,\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":9}}]}");
	json_t *change = json_array_get(json_object_get(result, "changes"), 0);

	assert_int_equal(json_integer_value(json_object_get(change, "old")), 100);
	assert_int_equal(json_integer_value(json_object_get(change, "new")), 9);
	json_decref(result);
	assert_int_equal(priority_of("instance/VI_1"), -1);
}

CASE(reason_with_control_characters_is_refused)
{
	assert_error(
	    ask_as("admin", "apply",
		"{\"reason\":\"a\\u001bb\",\"changes\":[{\"path\":\"VI_1\",\"set\":{"
		"\"priority\":9}}]}"),
	    "invalid_params");
	assert_error(
	    ask_as("admin", "failover", "{\"target\":\"VI_1\",\"reason\":\"a\\nb\"}"),
	    "invalid_params");
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_NONE);
}

CASE(unset_goes_back_to_the_file)
{
	json_decref(
	    ask("apply", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150,"
			 "\"nopreempt\":true}}]}"));
	json_t *result = ask(
	    "apply", "{\"changes\":[{\"path\":\"VI_1\",\"unset\":[\"priority\"]}]}");
	assert_true(json_is_true(json_object_get(result, "changed")));
	json_decref(result);
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	assert_non_null(layers_top(fake.engine.layers, "instance/VI_1", "nopreempt"));
}

/* The types of the events since the start, without those of routers. */
static void
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

CASE(unset_of_a_part_of_a_lease_is_told_and_of_the_last_ends_it)
{
	json_decref(ask("apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150,\"nopreempt\":"
	    "true}}],\"lease\":{\"ttl_ms\":60000}}"));
	json_t *result = ask(
	    "apply", "{\"changes\":[{\"path\":\"VI_1\",\"unset\":[\"priority\"]}]}");
	assert_null(json_object_get(result, "released"));
	json_decref(result);
	json_t *leases = ask("lease.list", "{}");
	json_t *lease = json_array_get(json_object_get(leases, "items"), 0);
	assert_int_equal(json_array_size(json_object_get(lease, "entries")), 1);
	result = ask(
	    "apply", "{\"changes\":[{\"path\":\"VI_1\",\"unset\":[\"nopreempt\"]}]}");
	json_t *released = json_array_get(json_object_get(result, "released"), 0);
	assert_string_equal(json_string_value(released),
	    json_string_value(json_object_get(lease, "id")));
	json_decref(result);
	json_decref(leases);
	assert_null(layers_get(fake.engine.layers, 0));
	assert_events((const char *const[]){"lease.created", "instance.changed",
	    "instance.changed", "lease.changed", "instance.changed", "lease.released",
	    "instance.changed", NULL});
	json_t *audit = ask("audit.list", "{\"count\":1}");
	json_t *entry = json_array_get(json_object_get(audit, "items"), 0);
	assert_int_equal(json_array_size(json_object_get(entry, "released")), 1);
	json_decref(audit);
}

CASE(confirmed_edit_is_told_as_what_it_has_become)
{
	json_decref(ask("apply",
	    "{\"confirm_ms\":60000,\"changes\":[{\"path\":\"VI_1\",\"set\":{"
	    "\"priority\":150}}]}"));
	json_decref(ask("confirm", "{}"));
	json_decref(ask("apply",
	    "{\"confirm_ms\":60000,\"lease\":{\"ttl_ms\":60000},\"changes\":[{\"path\":"
	    "\"VI_1\",\"set\":{\"priority\":150}}]}"));
	json_decref(ask("confirm", "{}"));
	assert_events((const char *const[]){"lease.created", "instance.changed",
	    "lease.confirmed", "lease.released", "lease.created", "lease.confirmed",
	    NULL});
}

CASE(lease_is_given_back_by_its_owner_or_an_admin)
{
	json_t *result = ask("apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
	    "\"lease\":{\"ttl_ms\":60000}}");
	char params[64];

	(void)snprintf(params, sizeof(params), "{\"id\":\"%s\"}",
	    json_string_value(json_object_get(result, "lease")));
	json_decref(result);
	assert_error(ask_as("read", "lease.release", params), "denied");
	json_decref(result_in(ask_as("operator", "lease.release", params)));
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	assert_error(ask_as("admin", "lease.release", params), "not_found");
}

CASE(lease_of_somebody_else_is_for_an_admin)
{
	const struct layer_entry entry = {
	    .path = "instance/VI_1",
	    .field = "priority",
	    .value = 1,
	    .layer = LAYER_LEASE,
	    .kind = "hold",
	    .id = "L-0001",
	    .uid = getuid() + 1,
	    .reason = "",
	    .expires_us = clock_now_us() + 3600 * US_PER_S,
	};

	assert_int_equal(layers_set(fake.engine.layers, &entry, NULL), 0);
	assert_error(
	    ask_as("operator", "lease.release", "{\"id\":\"L-0001\"}"), "denied");
	json_decref(ask("lease.release", "{\"id\":\"L-0001\"}"));
}

/* ---- operations with a name ---------------------------------------------- */

#define NAMED_SET(value) \
	"{\"op_id\":\"CHG-1\",\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":" #value \
	"}}]}"

CASE(named_request_is_done_once)
{
	json_decref(ask("apply", NAMED_SET(150)));
	json_decref(ask("apply", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{"
				 "\"priority\":120}}]}"));
	json_t *again = ask("apply", NAMED_SET(150));
	assert_true(json_is_true(json_object_get(again, "replayed")));
	assert_int_equal(json_integer_value(json_object_get(again, "rev")), 1);
	json_decref(again);
	assert_int_equal(priority_of("instance/VI_1"), 120);
	assert_error(ask_as("admin", "apply", NAMED_SET(99)), "op_mismatch");
	assert_error(ask_as("admin", "reload", "{\"op_id\":\"CHG-1\"}"), "op_mismatch");
}

CASE(outcome_of_an_accepted_move_can_be_asked_for)
{
	json_decref(result_in(ask_as("operator", "failover",
	    "{\"target\":\"VI_1\",\"wait\":false,\"op_id\":\"a\"}")));
	json_t *op = ask("op.get", "{\"op_id\":\"a\"}");
	assert_string_equal(json_string_value(json_object_get(op, "state")), "running");
	json_decref(op);
	assert_error(ask_as("operator", "failover",
			 "{\"target\":\"VI_1\",\"wait\":false,\"op_id\":\"a\"}"),
	    "busy");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	op = ask("op.get", "{\"op_id\":\"a\"}");
	assert_string_equal(json_string_value(json_object_get(op, "state")), "done");
	assert_non_null(json_object_get(op, "error"));
	json_decref(op);
	assert_error(ask_as("admin", "op.get", "{\"op_id\":\"b\"}"), "not_found");
}

CASE(readers_do_not_see_who_and_why)
{
	json_decref(ask("apply",
	    "{\"reason\":\"s3cr3t\",\"lease\":{\"ttl_ms\":60000},\"changes\":[{"
	    "\"path\":\"VI_1\",\"set\":{\"priority\":7}}]}"));
	static const struct {
		const char *method, *params;
	} rows[] = {
	    {"list", "{\"type\":\"lease\"}"},
	    {"list", "{\"type\":\"override\"}"},
	    {"status", "{}"},
	    {"explain", "{\"path\":\"VI_1\"}"},
	    {"get", "{\"path\":\"VI_1\"}"},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		json_t *read = ask_as("read", rows[i].method, rows[i].params);
		char *text = json_dumps(read, 0);
		assert_null(strstr(text, "s3cr3t"));
		assert_null(strstr(text, "\"uid\""));
		free(text);
		json_decref(read);
	}
	json_t *list = ask_as("operator", "list", "{\"type\":\"lease\"}");
	char *text = json_dumps(list, 0);
	assert_non_null(strstr(text, "s3cr3t"));
	free(text);
	json_decref(list);
}

/* ---- what outlives the process ------------------------------------------- */

CASE(overrides_are_there_again_after_a_restart)
{
	json_decref(ask("apply", SET_150));
	json_decref(
	    ask("apply", "{\"changes\":[{\"path\":\"VI_2\",\"set\":{\"priority\":7}}],"
			 "\"lease\":{\"ttl_ms\":60000}}"));
	close_engine();
	open_engine();
	assert_int_equal(priority_of("instance/VI_1"), 150);
	assert_int_equal(priority_of("instance/VI_2"), 7);
}

CASE(overrides_of_an_instance_that_left_are_dropped)
{
	json_decref(ask("apply", SET_150));
	close_engine();
	fake.conf.instances = &fake.instances[1];
	fake.conf.instance_count = 1;
	open_engine();
	assert_null(layers_get(fake.engine.layers, 0));
}

static void
write_overrides(const char *text)
{
	char path[128];

	overrides_path(path);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

CASE(damaged_file_does_not_hinder_the_start)
{
	static const char *const texts[] = {"", "{", "[]", "{\"boot_id\":7}",
	    "{\"boot_id\":\"another\",\"overrides\":[]}"};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		close_engine();
		write_overrides(texts[i]);
		open_engine();
		assert_null(layers_get(fake.engine.layers, 0));
	}
}

/* Changes one thing in the file that holds priority 150 for VI_1. */
static void
tamper(const char *from, const char *to)
{
	char path[128], text[4096], *at;

	overrides_path(path);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 64, file)] = '\0';
	(void)fclose(file);
	at = strstr(text, from);
	assert_non_null(at);
	memmove(at + strlen(to), at + strlen(from), strlen(at + strlen(from)) + 1);
	memcpy(at, to, strlen(to));
	write_overrides(text);
}

CASE(value_out_of_range_in_the_file_is_left_out)
{
	static const char *const rows[][2] = {{"150", "0"}, {"150", "256"},
	    {"150", "1"}, {"\"priority\"", "\"vrid\""},
	    {"instance/VI_1", "nonsense/VI_1"}};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		json_decref(ask("apply", SET_150));
		close_engine();
		tamper(rows[i][0], rows[i][1]);
		open_engine();
		/* The third row alone is a value like any other. */
		assert_int_equal(priority_of("instance/VI_1"), i == 2 ? 1 : -1);
		close_engine();
		char path[128];
		overrides_path(path);
		assert_int_equal(unlink(path), 0);
		open_engine();
	}
}

CASE(lease_ends_by_itself)
{
	const struct layer_entry entry = {
	    .path = "instance/VI_2",
	    .field = "priority",
	    .value = 1,
	    .layer = LAYER_LEASE,
	    .kind = "hold",
	    .id = "",
	    .reason = "",
	    .expires_us = clock_now_us() + 20 * US_PER_MS,
	};

	assert_int_equal(layers_set(fake.engine.layers, &entry, NULL), 0);
	json_decref(ask("apply", SET_150));
	fake.updates = 0;
	while (priority_of("instance/VI_2") == 1)
		assert_true(sd_event_run(fake.engine.event, US_PER_S) > 0);
	assert_int_equal(fake.updates, 2);
	assert_int_equal(fake.routers[1].fsm.params.priority, 100);
	assert_int_equal(fake.engine.rev, 2);
}

/* ---- failover ------------------------------------------------------------ */

static void
become_backup_of(struct vrouter *vr, const char *master, uint8_t priority)
{
	vr->fsm.state = VRRP_STATE_BACKUP;
	vr->fsm.master = an_address(master);
	vr->fsm.master_priority = priority;
	vr->fsm.master_heard_us = clock_now_us();
}

CASE(failover_is_answered_when_the_new_master_was_heard)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\",\"hold_ms\":60000}");
	assert_null(next(fd));
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_FAILOVER);
	/* Nothing is in place before it is proved. */
	assert_int_equal(priority_of("instance/VI_1"), -1);
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_t *result = result_in(next(fd));
	assert_true(json_is_true(json_object_get(result, "moved")));
	assert_string_equal(
	    json_string_value(json_object_get(result, "to")), "192.0.2.12");
	json_t *evidence = json_object_get(result, "evidence");
	assert_int_equal(
	    json_integer_value(json_object_get(evidence, "advert_prio")), 90);
	assert_non_null(json_object_get(result, "lease"));
	json_decref(result);
	assert_int_equal(fake.routers[0].fsm.params.priority, 1);
	hang_up(fd);
}

CASE(failover_nobody_took_leaves_nothing_behind)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	assert_error(next(fd), "not_moved");
	assert_null(layers_get(fake.engine.layers, 0));
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	hang_up(fd);
}

CASE(failover_asked_for_again_is_done_already)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(next(fd));
	say(fd, "failover", "{\"target\":\"VI_1\"}");
	json_t *result = result_in(next(fd));
	assert_true(json_is_true(json_object_get(result, "already")));
	json_decref(result);
	hang_up(fd);
}

CASE(failover_without_a_hold_leaves_none)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\",\"hold_ms\":0}");
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(result_in(next(fd)));
	assert_null(layers_get(fake.engine.layers, 0));
	hang_up(fd);
}

CASE(failover_of_a_backup_names_the_master)
{
	json_t *message = ask_as("operator", "failover", "{\"target\":\"VI_2\"}");
	const char *text = json_string_value(
	    json_object_get(json_object_get(message, "error"), "message"));

	assert_non_null(strstr(text, "192.0.2.12"));
	assert_non_null(strstr(text, "takeover"));
	assert_error(message, "wrong_state");
}

CASE(failover_of_a_fault_says_what_is_wrong)
{
	fake.routers[0].fsm.state = VRRP_STATE_FAULT;
	fake.routers[0].faults = VROUTER_FAULT_LINK_DOWN;
	json_t *message = ask_as("operator", "failover", "{\"target\":\"VI_1\"}");
	const char *text = json_string_value(
	    json_object_get(json_object_get(message, "error"), "message"));
	assert_string_equal(text, "VI_1 is FAULT: interface eth0 is down");
	assert_error(message, "wrong_state");
}

CASE(second_failover_at_the_same_time_is_busy)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	say(fd, "failover", "{\"target\":\"VI_1\"}");
	assert_error(next(fd), "busy");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	assert_error(next(fd), "not_moved");
	hang_up(fd);
}

CASE(failover_goes_on_when_its_client_has_gone)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	hang_up(fd);
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	assert_int_equal(priority_of("instance/VI_1"), 1);
}

CASE(failover_without_waiting_is_accepted_at_once)
{
	json_t *result = ask("failover", "{\"target\":\"VI_1\",\"wait\":false}");

	assert_true(json_is_true(json_object_get(result, "accepted")));
	json_decref(result);
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	assert_int_equal(priority_of("instance/VI_1"), 1);
}

CASE(failover_that_cannot_begin_leaves_nothing_behind)
{
	fake.move_result = -EINVAL;
	assert_error(
	    ask_as("operator", "failover", "{\"target\":\"VI_1\"}"), "wrong_state");
	assert_null(layers_get(fake.engine.layers, 0));
}

CASE(release_is_done_when_the_new_master_was_heard)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\",\"method\":\"release\"}");
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_RELEASE);
	/* The hold stands at once, or it would take the role back by itself. */
	assert_int_equal(fake.routers[0].fsm.params.priority, 1);
	assert_null(next(fd));
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(result_in(next(fd)));
	assert_int_equal(priority_of("instance/VI_1"), 1);
	hang_up(fd);
}

CASE(release_nobody_took_gives_the_priority_back)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\",\"method\":\"release\"}");
	fake.routers[0].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	assert_error(next(fd), "not_moved");
	assert_null(layers_get(fake.engine.layers, 0));
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	hang_up(fd);
}

CASE(a_method_to_fail_over_is_one_of_three)
{
	int fd = connect_client("operator");

	assert_error(
	    ask_as("operator", "failover", "{\"target\":\"VI_1\",\"method\":\"push\"}"),
	    "invalid_params");
	say(fd, "failover",
	    "{\"target\":\"VI_1\",\"method\":\"yield\",\"wait_ms\":7000}");
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_YIELD);
	assert_true(fake.routers[0].move.until_us == 7 * US_PER_S);
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	assert_error(next(fd), "not_moved");
	hang_up(fd);
}

CASE(an_owner_cannot_yield_but_hand_over)
{
	fake.routers[0].fsm.params.priority = VRRP_PRIORITY_OWNER;
	json_t *message = ask_as(
	    "operator", "failover", "{\"target\":\"VI_1\",\"method\":\"yield\"}");
	const char *text = json_string_value(
	    json_object_get(json_object_get(message, "error"), "message"));

	assert_non_null(strstr(text, "hand over"));
	assert_error(message, "wrong_state");
	json_decref(result_in(
	    ask_as("operator", "failover", "{\"target\":\"VI_1\",\"wait\":false}")));
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_FAILOVER);
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
}

CASE(who_does_not_wait_is_told_how_long_it_may_take)
{
	json_t *result =
	    ask("failover", "{\"target\":\"VI_1\",\"wait\":false,\"op_id\":\"a\"}");

	assert_int_equal(json_integer_value(json_object_get(result, "wait_ms")), 3000);
	assert_string_equal(json_string_value(json_object_get(result, "op_id")), "a");
	json_decref(result);
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
}

/* ---- all ----------------------------------------------------------------- */

static void
make_both_masters(void)
{
	fake.routers[1].fsm = fake.routers[0].fsm;
}

static const char *
outcome_at(const json_t *result, size_t i)
{
	const json_t *instances = json_object_get(result, "instances");

	return json_string_value(
	    json_object_get(json_array_get(instances, i), "outcome"));
}

CASE(failover_of_all_is_answered_with_the_last)
{
	int fd = connect_client("operator");

	make_both_masters();
	say(fd, "failover", "{\"target\":\"all\"}");
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_FAILOVER);
	assert_int_equal(fake.routers[1].move.kind, VROUTER_MOVE_FAILOVER);
	assert_int_equal(fake.flushes, 1);
	become_backup_of(&fake.routers[1], "192.0.2.13", 90);
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);
	assert_null(next(fd));
	assert_int_equal(priority_of("instance/VI_2"), 1);
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);

	json_t *result = result_in(next(fd));

	assert_int_equal(json_array_size(json_object_get(result, "members")), 2);
	assert_string_equal(outcome_at(result, 0), "moved");
	assert_string_equal(outcome_at(result, 1), "moved");
	json_decref(result);
	/* One lease over both. */
	assert_string_equal(layers_get(fake.engine.layers, 0)->id,
	    layers_get(fake.engine.layers, 1)->id);
	hang_up(fd);
}

CASE(failover_of_all_tells_who_did_not_move)
{
	int fd = connect_client("operator");

	make_both_masters();
	say(fd, "failover", "{\"target\":\"all\"}");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	become_backup_of(&fake.routers[1], "192.0.2.13", 90);
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);

	json_t *message = next(fd);
	json_t *data = json_object_get(json_object_get(message, "error"), "data");

	assert_string_equal(outcome_at(data, 0), "not_moved");
	assert_string_equal(outcome_at(data, 1), "moved");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(data, "failed"), 0)),
	    "VI_1");
	assert_error(message, "partial");
	assert_int_equal(priority_of("instance/VI_1"), -1);
	hang_up(fd);
}

CASE(failover_of_all_that_moved_none_is_not_moved)
{
	int fd = connect_client("operator");

	make_both_masters();
	say(fd, "failover", "{\"target\":\"all\"}");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	end_move(&fake.routers[1], VROUTER_MOVE_OVERTAKEN);
	assert_error(next(fd), "not_moved");
	assert_null(layers_get(fake.engine.layers, 0));
	hang_up(fd);
}

CASE(failover_of_all_leaves_out_what_is_not_master)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"all\"}");
	assert_int_equal(fake.routers[1].move.kind, VROUTER_MOVE_NONE);
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);

	json_t *result = result_in(next(fd));

	assert_int_equal(json_array_size(json_object_get(result, "instances")), 1);
	json_decref(result);
	say(fd, "failover", "{\"target\":\"all\"}");
	result = result_in(next(fd));
	assert_true(json_is_true(json_object_get(result, "already")));
	json_decref(result);
	hang_up(fd);
}

CASE(takeover_of_all_leaves_owners_alone)
{
	int fd = connect_client("operator");

	become_backup_of(&fake.routers[0], "192.0.2.12", VRRP_PRIORITY_OWNER);
	say(fd, "takeover", "{\"target\":\"all\"}");
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_NONE);
	fake.routers[1].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);

	json_t *message = next(fd);
	json_t *data = json_object_get(json_object_get(message, "error"), "data");

	assert_string_equal(outcome_at(data, 0), "refused");
	assert_string_equal(outcome_at(data, 1), "moved");
	assert_error(message, "partial");
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(priority_of("instance/VI_2"), 254);
	hang_up(fd);
}

/* What one of many leaves must not end the lease of the others. */
CASE(takeover_of_one_leaves_the_hold_of_the_others)
{
	int fd = connect_client("operator");

	make_both_masters();
	say(fd, "failover", "{\"target\":\"all\"}");
	for (size_t i = 0; i < 2; i++) {
		become_backup_of(&fake.routers[i], "192.0.2.12", 90);
		end_move(&fake.routers[i], VROUTER_MOVE_DONE);
	}
	json_decref(result_in(next(fd)));
	say(fd, "takeover", "{\"target\":\"VI_1\"}");
	fake.routers[0].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(result_in(next(fd)));
	assert_int_equal(priority_of("instance/VI_1"), 254);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	hang_up(fd);
}

CASE(hold_of_all_is_one_lease_that_can_be_cleared_in_parts)
{
	json_decref(ask("hold", "{\"target\":\"all\",\"for_ms\":60000}"));
	assert_int_equal(priority_of("instance/VI_1"), 1);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	assert_string_equal(layers_get(fake.engine.layers, 0)->id,
	    layers_get(fake.engine.layers, 1)->id);
	json_decref(ask("hold", "{\"target\":\"VI_1\",\"clear\":true}"));
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	json_decref(ask("hold", "{\"target\":\"all\",\"clear\":true}"));
	assert_null(layers_get(fake.engine.layers, 0));
}

/* ---- takeover ------------------------------------------------------------ */

CASE(takeover_raises_the_priority_and_holds_it)
{
	int fd = connect_client("operator");

	say(fd, "takeover", "{\"target\":\"instance/VI_2\",\"for_ms\":60000}");
	assert_int_equal(fake.routers[1].move.kind, VROUTER_MOVE_TAKEOVER);
	assert_int_equal(fake.routers[1].fsm.params.priority, 254);
	fake.routers[1].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[1], VROUTER_MOVE_DONE);
	json_t *result = result_in(next(fd));
	assert_string_equal(json_string_value(json_object_get(result, "to")), "self");
	assert_string_equal(
	    json_string_value(json_object_get(result, "from")), "192.0.2.12");
	json_decref(result);
	assert_int_equal(priority_of("instance/VI_2"), 254);
	hang_up(fd);
}

CASE(contested_takeover_is_taken_back)
{
	int fd = connect_client("operator");

	say(fd, "takeover", "{\"target\":\"VI_2\",\"wait_ms\":2000}");
	assert_true(fake.routers[1].move.until_us == 2 * US_PER_S);
	fake.routers[1].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[1], VROUTER_MOVE_CONTESTED);

	json_t *message = next(fd);
	json_t *error = json_object_get(message, "error");
	json_t *data = json_object_get(error, "data");

	assert_string_equal(json_string_value(json_object_get(error, "message")),
	    "192.0.2.12 keeps advertising VI_2 with priority 150; this node is MASTER");
	assert_string_equal(
	    json_string_value(json_object_get(data, "outcome")), "contested");
	assert_int_equal(json_array_size(json_object_get(data, "seen")), 1);
	assert_error(message, "not_moved");
	assert_null(layers_get(fake.engine.layers, 0));
	assert_int_equal(fake.routers[1].fsm.params.priority, 100);
	hang_up(fd);
}

CASE(takeover_of_a_master_is_done_already)
{
	json_t *result = ask("takeover", "{\"target\":\"VI_1\"}");

	assert_true(json_is_true(json_object_get(result, "already")));
	json_decref(result);
}

CASE(takeover_against_an_owner_is_refused)
{
	fake.routers[1].fsm.master_priority = VRRP_PRIORITY_OWNER;
	assert_error(
	    ask_as("operator", "takeover", "{\"target\":\"VI_2\"}"), "wrong_state");
	assert_null(layers_get(fake.engine.layers, 0));
}

CASE(takeover_ends_the_hold_and_failover_the_takeover)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(next(fd));
	say(fd, "takeover", "{\"target\":\"VI_1\"}");
	fake.routers[0].fsm.state = VRRP_STATE_MASTER;
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(next(fd));
	assert_string_equal(layers_get(fake.engine.layers, 0)->kind, "takeover");
	assert_null(layers_get(fake.engine.layers, 1));
	say(fd, "failover", "{\"target\":\"VI_1\"}");
	become_backup_of(&fake.routers[0], "192.0.2.12", 90);
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_decref(next(fd));
	assert_string_equal(layers_get(fake.engine.layers, 0)->kind, "hold");
	assert_null(layers_get(fake.engine.layers, 1));
	hang_up(fd);
}

/* ---- leases -------------------------------------------------------------- */

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

/* Gives a lease over VI_1 and writes {"id": ID, "ttl_ms": N} into `buf`. */
static void
lease_params(char buf[96], int ttl_ms)
{
	json_t *result = ask("apply",
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150,\"nopreempt\":"
	    "true}}],\"lease\":{\"ttl_ms\":60000}}");

	assert_true(json_is_true(json_object_get(result, "durable")));
	(void)snprintf(
	    buf, 96, "{\"id\":\"%s\",\"ttl_ms\":%d}", text_of(result, "lease"), ttl_ms);
	json_decref(result);
}

CASE(lease_is_one_object_and_can_be_renewed)
{
	char params[96];

	lease_params(params, 3600000);
	json_t *list = ask("lease.list", "{}");
	json_t *items = json_object_get(list, "items");
	assert_int_equal(json_array_size(items), 1);
	assert_int_equal(
	    json_array_size(json_object_get(json_array_get(items, 0), "entries")), 2);
	json_decref(list);
	json_decref(result_in(ask_as("operator", "lease.renew", params)));
	for (size_t i = 0; i < 2; i++)
		assert_true(layers_get(fake.engine.layers, i)->expires_us >
			    clock_now_us() + 3500 * US_PER_S);
	lease_params(params, 28800001);
	assert_error(ask_as("operator", "lease.renew", params), "lease_limit");
	assert_error(ask_as("admin", "lease.renew", "{\"id\":\"L-x\",\"ttl_ms\":1000}"),
	    "not_found");
}

CASE(leases_of_two_people_do_not_end_each_other)
{
	const struct layer_entry theirs = {
	    .path = "instance/VI_1",
	    .field = "priority",
	    .value = 77,
	    .layer = LAYER_LEASE,
	    .kind = "override",
	    .id = "",
	    .uid = getuid() + 1,
	    .reason = "",
	    .created_us = 1,
	    .expires_us = clock_now_us() + 3600 * US_PER_S,
	};
	char params[96];

	assert_int_equal(layers_set(fake.engine.layers, &theirs, NULL), 0);
	lease_params(params, 1000);
	assert_int_equal(priority_of("instance/VI_1"), 150);
	char *end = strchr(params, ',');
	strcpy(end, "}");
	json_decref(result_in(ask_as("operator", "lease.release", params)));
	assert_int_equal(priority_of("instance/VI_1"), 77);
}

CASE(confirmed_edit_stays_and_another_goes)
{
	static const char apply[] =
	    "{\"confirm_ms\":60000,\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":"
	    "150,\"nopreempt\":true}}]}";

	assert_error(ask_as("admin", "confirm", "{}"), "not_found");
	json_decref(ask("apply", apply));
	json_decref(ask("confirm", "{}"));
	const struct layer_entry *top =
	    layers_top(fake.engine.layers, "instance/VI_1", "priority");
	assert_int_equal(top->layer, LAYER_RUNTIME);
	assert_null(layers_get(fake.engine.layers, 2));
	json_decref(ask("apply",
	    "{\"confirm_ms\":1000,\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":"
	    "7}}]}"));
	assert_int_equal(fake.routers[0].fsm.params.priority, 7);
	while (priority_of("instance/VI_1") == 7)
		assert_true(sd_event_run(fake.engine.event, 3 * US_PER_S) > 0);
	assert_int_equal(fake.routers[0].fsm.params.priority, 150);
}

CASE(operator_confirms_into_a_lease)
{
	assert_error(
	    ask_as("operator", "apply",
		"{\"confirm_ms\":60000,\"changes\":[{\"path\":\"VI_1\",\"set\":{"
		"\"priority\":150}}]}"),
	    "denied");
	json_decref(result_in(ask_as("operator", "apply",
	    "{\"confirm_ms\":60000,\"lease\":{\"ttl_ms\":3600000},\"changes\":[{\"path\":"
	    "\"VI_1\",\"set\":{\"priority\":150}}]}")));
	json_t *result = result_in(ask_as("operator", "confirm", "{}"));
	assert_true(text_of(result, "lease")[0] != '\0');
	json_decref(result);
	const struct layer_entry *top =
	    layers_top(fake.engine.layers, "instance/VI_1", "priority");
	assert_string_equal(top->kind, "override");
	assert_true(top->expires_us > clock_now_us() + 3500 * US_PER_S);
}

CASE(live_fields_have_the_ranges_of_the_language)
{
	json_t *fields = ask("describe", "{\"type\":\"instance\"}");
	json_t *delay =
	    json_object_get(json_object_get(fields, "fields"), "preempt_delay_ms");

	assert_int_equal(json_integer_value(json_object_get(delay, "max")), 1000000);
	assert_true(json_is_true(json_object_get(delay, "live")));
	assert_true(json_is_false(json_object_get(
	    json_object_get(json_object_get(fields, "fields"), "advert_int"), "live")));
	json_decref(fields);
	json_decref(
	    ask("apply", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{"
			 "\"preempt_delay_ms\":1500,\"garp_master_repeat\":7}}]}"));
	assert_error(
	    ask_as("admin", "apply",
		"{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"preempt_delay_ms\":"
		"1000001}}]}"),
	    "invalid_params");
	assert_error(
	    ask_as("admin", "apply",
		"{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"preempt_delay\":1}}]}"),
	    "invalid_params");
}

/* ---- hold, garp, log.level ----------------------------------------------- */

CASE(hold_keeps_behind_until_it_is_cleared)
{
	json_decref(result_in(
	    ask_as("operator", "hold", "{\"target\":\"VI_1\",\"for_ms\":60000}")));
	assert_int_equal(fake.routers[0].fsm.params.priority, 1);
	json_t *result = result_in(
	    ask_as("operator", "hold", "{\"target\":\"VI_1\",\"clear\":true}"));
	assert_true(json_is_true(json_object_get(result, "changed")));
	json_decref(result);
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	result = ask("hold", "{\"target\":\"VI_1\",\"clear\":true}");
	assert_true(json_is_false(json_object_get(result, "changed")));
	json_decref(result);
}

CASE(master_alone_announces)
{
	json_decref(result_in(ask_as("operator", "garp", "{\"target\":\"VI_1\"}")));
	assert_int_equal(fake.announced, 1);
	assert_error(
	    ask_as("operator", "garp", "{\"target\":\"VI_2\"}"), "wrong_state");
}

CASE(operator_changes_the_log_level_for_a_while)
{
	int before = log_level();

	assert_error(ask_as("operator", "log.level", "{\"level\":\"crit\"}"), "denied");
	assert_error(
	    ask_as("admin", "log.level", "{\"level\":\"loud\"}"), "invalid_params");
	json_t *result = result_in(ask_as("operator", "log.level",
	    "{\"level\":\"crit\",\"lease\":{\"ttl_ms\":60000}}"));
	assert_int_equal(log_level(), LOG_CRIT);
	char params[64];
	(void)snprintf(
	    params, sizeof(params), "{\"id\":\"%s\"}", text_of(result, "lease"));
	json_decref(result);
	json_decref(ask("lease.release", params));
	assert_int_equal(log_level(), before);
}

/* ---- maintenance --------------------------------------------------------- */

#define NODE_ON "{\"action\":\"on\",\"for_ms\":60000,\"stay\":true}"

CASE(maintenance_moves_the_roles_and_keeps_behind)
{
	int fd = connect_client("operator");

	say(fd, "maintenance", NODE_ON);
	assert_int_equal(fake.routers[0].move.kind, VROUTER_MOVE_FAILOVER);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	fake.routers[0].fsm.state = VRRP_STATE_BACKUP;
	fake.routers[0].fsm.master = an_address("192.0.2.12");
	end_move(&fake.routers[0], VROUTER_MOVE_DONE);
	json_t *result = result_in(next(fd));
	json_t *member = json_array_get(json_object_get(result, "members"), 0);
	assert_string_equal(text_of(member, "state"), "moved");
	assert_string_equal(text_of(member, "to"), "192.0.2.12");
	assert_true(json_is_true(json_object_get(result, "durable")));
	json_decref(result);
	assert_int_equal(fake.routers[0].fsm.params.priority, 1);
	hang_up(fd);
	/* Off: back as backup, and the role stays where it is. */
	result = result_in(ask_as("operator", "maintenance", "{\"action\":\"off\"}"));
	assert_true(json_is_true(json_object_get(result, "changed")));
	json_decref(result);
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	assert_int_equal(
	    layers_top(fake.engine.layers, "instance/VI_1", "stay")->value, 1);
	vrrp_ctl_end_stay(&fake.routers[0]);
	assert_null(layers_top(fake.engine.layers, "instance/VI_1", "stay"));
	result = ask("maintenance", "{\"action\":\"off\"}");
	assert_true(json_is_false(json_object_get(result, "changed")));
	json_decref(result);
}

CASE(maintenance_nobody_took_over_says_so_and_stands)
{
	int fd = connect_client("operator");

	say(fd, "maintenance", "{\"action\":\"on\",\"for_ms\":60000,\"out\":true}");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	json_t *message = next(fd);
	json_t *data = json_object_get(json_object_get(message, "error"), "data");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(data, "failed"), 0)),
	    "VI_1");
	assert_true(text_of(data, "lease")[0] != '\0');
	assert_error(message, "not_moved");
	/* The last resort serves on; the other one is out. */
	assert_null(layers_top(fake.engine.layers, "instance/VI_1", "out"));
	assert_non_null(layers_top(fake.engine.layers, "instance/VI_2", "out"));
	hang_up(fd);
}

CASE(maintenance_twice_is_the_same_lease)
{
	static const char on[] =
	    "{\"action\":\"on\",\"target\":\"VI_2\",\"for_ms\":60000}";
	json_t *first = ask("maintenance", on), *second = ask("maintenance", on);
	json_t *node, *off;

	assert_string_equal(text_of(first, "lease"), text_of(second, "lease"));
	fake.routers[0].fsm.state = VRRP_STATE_BACKUP;
	node = ask("maintenance", NODE_ON);
	assert_string_not_equal(text_of(first, "lease"), text_of(node, "lease"));
	json_decref(ask("maintenance", "{\"action\":\"extend\",\"for_ms\":3600000}"));
	off = ask("maintenance", "{\"action\":\"off\"}");
	json_decref(off);
	assert_int_equal(priority_of("instance/VI_1"), -1);
	assert_int_equal(priority_of("instance/VI_2"), 1);
	json_decref(first);
	json_decref(second);
	json_decref(node);
	assert_error(
	    ask_as("admin", "maintenance", "{\"action\":\"on\"}"), "invalid_params");
	assert_error(
	    ask_as("admin", "maintenance", "{\"action\":\"extend\",\"for_ms\":1000}"),
	    "not_found");
}

/* ---- saved edits --------------------------------------------------------- */

CASE(saved_edit_survives_the_boot_until_the_file_changes)
{
	json_decref(ask("apply", SET_150));
	json_t *diff = ask("config.diff", "{}");
	assert_int_equal(json_array_size(json_object_get(diff, "items")), 1);
	json_decref(diff);
	json_t *result = ask("config.save", "{}");
	assert_true(json_is_true(json_object_get(result, "durable")));
	json_decref(result);
	assert_int_equal(
	    layers_top(fake.engine.layers, "instance/VI_1", "priority")->layer,
	    LAYER_SAVED);
	char path[128];
	overrides_path(path);
	close_engine();
	assert_int_equal(unlink(path), 0);
	open_engine();
	assert_int_equal(priority_of("instance/VI_1"), 150);
	diff = ask("config.diff", "{\"from\":\"saved\"}");
	assert_int_equal(json_array_size(json_object_get(diff, "items")), 0);
	json_decref(diff);
	fake.instances[0].priority = 90;
	vrrp_ctl_reloaded(&fake.engine);
	assert_int_equal(priority_of("instance/VI_1"), -1);
}

CASE(discard_drops_what_was_not_saved)
{
	json_decref(ask("apply", SET_150));
	json_decref(ask("config.save", "{\"objects\":[\"VI_1\"]}"));
	json_decref(
	    ask("apply", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":"
			 "7}}]}"));
	json_decref(ask("config.discard", "{}"));
	assert_int_equal(fake.routers[0].fsm.params.priority, 150);
	json_decref(ask("config.discard", "{\"saved\":true}"));
	assert_int_equal(fake.routers[0].fsm.params.priority, 100);
	assert_error(
	    ask_as("admin", "config.save", "{\"objects\":[\"VI_9\"]}"), "not_found");
}

/* ---- who may do what ----------------------------------------------------- */

/* Every method that there is, and the least role for it; parameters that pass the check
 * of the table. A method that is not here fails the test. */
static const struct {
	const char *method, *role, *params;
} matrix[] = {
    {"session.hello", "read", "{\"major\":1}"},
    {"session.drop", "read", "{\"role\":\"read\"}"},
    {"ping", "read", "{}"},
    {"status", "read", "{}"},
    {"list", "read", "{\"type\":\"lease\"}"},
    {"get", "read", "{\"path\":\"VI_1\"}"},
    {"explain", "read", "{\"path\":\"VI_1\"}"},
    {"describe", "read", "{}"},
    {"subscribe", "read", "{\"sub\":\"s\"}"},
    {"unsubscribe", "read", "{\"sub\":\"s\"}"},
    {"log.tail", "read", "{}"},
    {"op.get", "read", "{\"op_id\":\"x\"}"},
    {"clients", "read", "{}"},
    {"lease.list", "read", "{}"},
    {"config.diff", "read", "{}"},
    {"audit.list", "operator", "{}"},
    {"config.test", "operator", "{}"},
    {"config.show", "operator", "{}"},
    {"confirm", "operator", "{}"},
    {"lease.renew", "operator", "{\"id\":\"L-x\",\"ttl_ms\":1000}"},
    {"lease.release", "operator", "{\"id\":\"L-x\"}"},
    {"failover", "operator", "{\"target\":\"VI_9\"}"},
    {"takeover", "operator", "{\"target\":\"VI_9\"}"},
    {"hold", "operator", "{\"target\":\"VI_9\"}"},
    {"maintenance", "operator", "{\"action\":\"off\"}"},
    {"garp", "operator", "{\"target\":\"VI_9\"}"},
    {"log.level", "operator", "{\"level\":\"emerg\",\"lease\":{\"ttl_ms\":1000}}"},
    {"apply", "operator",
	"{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":9}}],\"lease\":{"
	"\"ttl_ms\":1000}}"},
    {"log.level", "admin", "{\"level\":\"emerg\"}"},
    {"apply", "admin", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":9}}]}"},
    {"apply", "admin", "{\"changes\":[{\"path\":\"VI_1\",\"unset\":[\"priority\"]}]}"},
    {"config.save", "admin", "{}"},
    {"config.discard", "admin", "{}"},
    {"config.reload", "admin", "{}"},
    {"reload", "admin", "{}"},
};

static bool
is_denied(const json_t *message)
{
	const json_t *error = json_object_get(message, "error");
	const json_t *data = json_object_get(error, "data");

	return strcmp(text_of(data, "name"), "denied") == 0;
}

CASE(every_method_asks_for_its_role)
{
	static const char *const roles[] = {"read", "operator", "admin"};

	for (size_t i = 0; i < COUNT_OF(matrix); i++)
		for (int have = 0; have < 3; have++) {
			int need = ctl_role_find(matrix[i].role);
			json_t *message =
			    ask_as(roles[have], matrix[i].method, matrix[i].params);
			if (is_denied(message) != (have < need))
				fail_msg("%s %s as %s: %s", matrix[i].method,
				    matrix[i].params, roles[have],
				    json_dumps(message, 0));
			json_decref(message);
		}
}

CASE(matrix_of_roles_names_every_method)
{
	json_t *description = ask("describe", "{}");
	const char *name;
	json_t *method;

	json_object_foreach (json_object_get(description, "methods"), name, method) {
		bool found = false;

		for (size_t i = 0; !found && i < COUNT_OF(matrix); i++)
			found = strcmp(matrix[i].method, name) == 0;
		/* Diagnosis asks for what the kernel says and has tests of its own. */
		if (!found && strcmp(name, "doctor") != 0 &&
		    strcmp(name, "metrics") != 0)
			fail_msg("%s is in no cell", name);
	}
	json_decref(description);
}

/* ---- the audit ----------------------------------------------------------- */

CASE(changes_and_denials_are_in_the_audit_over_a_restart)
{
	json_decref(ask("apply", SET_150));
	assert_error(ask_as("read", "apply", SET_150), "denied");
	close_engine();
	open_engine();
	assert_error(ask_as("read", "audit.list", "{}"), "denied");
	json_t *list = result_in(ask_as("operator", "audit.list", "{\"count\":2}"));
	json_t *items = json_object_get(list, "items");
	assert_int_equal(json_array_size(items), 2);
	assert_string_equal(text_of(json_array_get(items, 0), "outcome"), "ok");
	assert_string_equal(text_of(json_array_get(items, 1), "outcome"), "denied");
	json_t *who = json_object_get(json_array_get(items, 0), "who");
	assert_int_equal(json_integer_value(json_object_get(who, "uid")), getuid());
	assert_true(text_of(who, "comm")[0] != '\0');
	assert_string_equal(text_of(who, "socket"), "control");
	assert_null(json_object_get(who, "label"));
	json_decref(list);
}

CASE(label_of_a_security_module_is_in_the_audit)
{
	peer_label = "staff_u:staff_r:staff_t:s0";
	json_decref(ask("apply", SET_150));
	peer_label = NULL;
	json_t *list = ask("audit.list", "{\"count\":1}");
	json_t *entry = json_array_get(json_object_get(list, "items"), 0);
	assert_string_equal(text_of(json_object_get(entry, "who"), "label"),
	    "staff_u:staff_r:staff_t:s0");
	json_decref(list);
}

/* ---- the rest ------------------------------------------------------------ */

CASE(stop_answers_those_who_wait)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	fake.engine.phase = ENGINE_STOPPING;
	vrrp_ctl_close(&fake.engine);
	assert_error(next(fd), "unavailable");
	assert_null(fake.routers[0].move.done);
	(void)close(fd);
	ctl_lines_done(&incoming);
}

CASE(reload_reports_findings_without_secrets)
{
	fake.reload_result = -EINVAL;
	json_t *message = ask_as("admin", "config.reload", "{}");
	char *text = json_dumps(message, 0);
	assert_non_null(strstr(text, "it is wrong"));
	assert_null(strstr(text, "s3cr3t"));
	free(text);
	assert_error(message, "config_invalid");
	fake.reload_result = 0;
	json_t *result = ask("reload", "{}");
	assert_int_equal(json_integer_value(json_object_get(result, "rev")), 1);
	json_decref(result);
	assert_error(ask_as("operator", "reload", "{}"), "denied");
}

CASE(objects_are_listed_and_shown)
{
	json_t *list = ask("list", "{\"type\":\"instance\"}");
	json_t *object = ask("get", "{\"path\":\"VI_2\"}");
	json_t *why = ask("explain", "{\"path\":\"instance/VI_2\"}");
	json_t *status = ask("status", "{}");

	assert_int_equal(json_array_size(json_object_get(list, "items")), 2);
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(object, "object"), "master")),
	    "192.0.2.12");
	assert_non_null(
	    json_object_get(json_object_get(why, "explanation"), "to_be_master"));
	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(status, "instances"), "backup")),
	    1);
	json_decref(list);
	json_decref(object);
	json_decref(why);
	json_decref(status);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(admin_sets_a_priority_that_stays),
	    TEST(value_that_is_there_already_changes_nothing),
	    TEST(operator_may_change_what_undoes_itself_only),
	    TEST(leases_are_bounded_by_role),
	    TEST(one_wrong_change_undoes_the_whole_request),
	    TEST(revision_that_is_not_the_present_one_is_refused),
	    TEST(dry_run_says_what_would_change_and_does_not),
	    TEST(reason_with_control_characters_is_refused),
	    TEST(unset_goes_back_to_the_file),
	    TEST(unset_of_a_part_of_a_lease_is_told_and_of_the_last_ends_it),
	    TEST(confirmed_edit_is_told_as_what_it_has_become),
	    TEST(lease_is_given_back_by_its_owner_or_an_admin),
	    TEST(lease_of_somebody_else_is_for_an_admin),
	    TEST(named_request_is_done_once),
	    TEST(outcome_of_an_accepted_move_can_be_asked_for),
	    TEST(readers_do_not_see_who_and_why),
	    TEST(overrides_are_there_again_after_a_restart),
	    TEST(overrides_of_an_instance_that_left_are_dropped),
	    TEST(damaged_file_does_not_hinder_the_start),
	    TEST(value_out_of_range_in_the_file_is_left_out),
	    TEST(lease_ends_by_itself),
	    TEST(failover_is_answered_when_the_new_master_was_heard),
	    TEST(failover_nobody_took_leaves_nothing_behind),
	    TEST(failover_asked_for_again_is_done_already),
	    TEST(failover_without_a_hold_leaves_none),
	    TEST(failover_of_a_backup_names_the_master),
	    TEST(failover_of_a_fault_says_what_is_wrong),
	    TEST(second_failover_at_the_same_time_is_busy),
	    TEST(failover_goes_on_when_its_client_has_gone),
	    TEST(failover_without_waiting_is_accepted_at_once),
	    TEST(failover_that_cannot_begin_leaves_nothing_behind),
	    TEST(release_is_done_when_the_new_master_was_heard),
	    TEST(release_nobody_took_gives_the_priority_back),
	    TEST(a_method_to_fail_over_is_one_of_three),
	    TEST(an_owner_cannot_yield_but_hand_over),
	    TEST(who_does_not_wait_is_told_how_long_it_may_take),
	    TEST(failover_of_all_is_answered_with_the_last),
	    TEST(failover_of_all_tells_who_did_not_move),
	    TEST(failover_of_all_that_moved_none_is_not_moved),
	    TEST(failover_of_all_leaves_out_what_is_not_master),
	    TEST(takeover_of_all_leaves_owners_alone),
	    TEST(takeover_of_one_leaves_the_hold_of_the_others),
	    TEST(hold_of_all_is_one_lease_that_can_be_cleared_in_parts),
	    TEST(takeover_raises_the_priority_and_holds_it),
	    TEST(contested_takeover_is_taken_back),
	    TEST(takeover_of_a_master_is_done_already),
	    TEST(takeover_against_an_owner_is_refused),
	    TEST(takeover_ends_the_hold_and_failover_the_takeover),
	    TEST(lease_is_one_object_and_can_be_renewed),
	    TEST(leases_of_two_people_do_not_end_each_other),
	    TEST(confirmed_edit_stays_and_another_goes),
	    TEST(operator_confirms_into_a_lease),
	    TEST(live_fields_have_the_ranges_of_the_language),
	    TEST(hold_keeps_behind_until_it_is_cleared),
	    TEST(master_alone_announces),
	    TEST(operator_changes_the_log_level_for_a_while),
	    TEST(maintenance_moves_the_roles_and_keeps_behind),
	    TEST(maintenance_nobody_took_over_says_so_and_stands),
	    TEST(maintenance_twice_is_the_same_lease),
	    TEST(saved_edit_survives_the_boot_until_the_file_changes),
	    TEST(discard_drops_what_was_not_saved),
	    TEST(every_method_asks_for_its_role),
	    TEST(matrix_of_roles_names_every_method),
	    TEST(changes_and_denials_are_in_the_audit_over_a_restart),
	    TEST(label_of_a_security_module_is_in_the_audit),
	    TEST(stop_answers_those_who_wait),
	    TEST(reload_reports_findings_without_secrets),
	    TEST(objects_are_listed_and_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_edits_property.c - whatever is done to live edits, in any order: the daemon has
 * worked out the value of the top layer, and a subscriber who went on from where it was
 * ends with the same picture as a fresh one.
 *
 * A seed that fails is printed; HAVEN_TEST_SEED runs it again.
 */
#include "tests/unit/ctl_talk.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_events.h"
#include "common/ctl_server.h"
#include "common/edits.h"
#include "common/log.h"
#include "common/units.h"

enum { THINGS = 3, FIELDS = 2, ROUNDS = 8, STEPS = 40 };

/* ---- a daemon with three things -------------------------------------------- */

struct thing {
	const char *name;
	bool configured;
	int64_t in_file[FIELDS];
	int64_t effective[FIELDS]; /* as worked out when the library said so */
};

static struct {
	char dir[64], run_dir[96], state_dir[96], log_dir[96], boot[96];
	sd_event *event;
	struct layers *layers;
	struct ctl_server *server;
	struct edits *edits;
	uint64_t rev;
	const struct ctl_cause *cause;
	struct conf_tree *tree;
	struct thing things[THINGS];
	unsigned boots;
} fake;

static int64_t
priority_in_file(const void *object)
{
	return ((const struct thing *)object)->in_file[0];
}

static int64_t
nopreempt_in_file(const void *object)
{
	return ((const struct thing *)object)->in_file[1];
}

static const struct live_field fields[FIELDS + 1] = {
    {"priority", "priority", CTL_INTEGER, 1, 254, priority_in_file},
    {"nopreempt", "nopreempt", CTL_BOOLEAN, 1, 1, nopreempt_in_file},
    {0},
};

static const void *
find_thing(void *userdata, const char *name)
{
	(void)userdata;
	for (size_t i = 0; i < THINGS; i++)
		if (fake.things[i].configured && strcmp(fake.things[i].name, name) == 0)
			return &fake.things[i];
	return NULL;
}

static const struct conf_node *
no_node(const struct conf_tree *tree, const char *name)
{
	(void)tree;
	(void)name;
	return NULL;
}

static const struct live_kind live_kinds[] = {
    {"thing", CONF_BLOCK_INSTANCE, fields, NULL, find_thing, no_node},
    {0},
};

static const char *
path_of(char buf[32], const struct thing *thing)
{
	(void)snprintf(buf, 32, "thing/%.8s", thing->name);
	return buf;
}

enum rank { RANK_FILE = 0, RANK_SAVED, RANK_RUNTIME, RANK_OVERRIDE, RANK_WHO_SERVES };

static enum rank
rank_of(const struct layer_entry *entry)
{
	if (entry->layer == LAYER_SAVED)
		return RANK_SAVED;
	if (entry->layer == LAYER_RUNTIME)
		return RANK_RUNTIME;
	return strcmp(entry->kind, "hold") == 0 ? RANK_WHO_SERVES : RANK_OVERRIDE;
}

/* Of the top layer, found in another way than layers_top(). */
static int64_t
top_value(const struct thing *thing, size_t field, const char *kind)
{
	int64_t value = thing->in_file[field];
	enum rank highest = RANK_FILE;
	const struct layer_entry *entry;
	char path[32];

	path_of(path, thing);
	for (size_t i = 0; (entry = layers_get(fake.layers, i)) != NULL; i++) {
		if (strcmp(entry->path, path) != 0 || rank_of(entry) < highest ||
		    strcmp(entry->field, fields[field].name) != 0)
			continue;
		if (kind != NULL && entry->layer == LAYER_LEASE &&
		    strcmp(entry->kind, kind) != 0 &&
		    strcmp(entry->kind, LAYER_KIND_CONFIRM) != 0)
			continue;
		highest = rank_of(entry);
		value = entry->value;
	}
	return value;
}

static void
work_out(struct thing *thing)
{
	char path[32];

	for (size_t i = 0; i < FIELDS; i++) {
		const struct layer_entry *top =
		    layers_top(fake.layers, path_of(path, thing), fields[i].name);
		thing->effective[i] = top != NULL ? top->value : thing->in_file[i];
	}
}

static void
on_changed(void *userdata, const char *path)
{
	char own[32];

	(void)userdata;
	for (size_t i = 0; i < THINGS; i++)
		if (path == NULL || strcmp(path, path_of(own, &fake.things[i])) == 0)
			work_out(&fake.things[i]);
}

static json_t *
thing_json(const struct thing *thing)
{
	char path[32];

	return json_pack("{s:s, s:I, s:b}", "path", path_of(path, thing), "priority",
	    (json_int_t)top_value(thing, 0, LAYER_KIND_OVERRIDE), "nopreempt",
	    top_value(thing, 1, LAYER_KIND_OVERRIDE) != 0);
}

static size_t
count_things(void *userdata)
{
	size_t count = 0;

	(void)userdata;
	for (size_t i = 0; i < THINGS; i++)
		count += fake.things[i].configured;
	return count;
}

static json_t *
page_things(void *userdata, size_t first, size_t count)
{
	json_t *items = json_array();

	(void)userdata;
	(void)count;
	for (size_t i = 0; first == 0 && i < THINGS; i++)
		if (fake.things[i].configured)
			(void)json_array_append_new(items, thing_json(&fake.things[i]));
	return items;
}

static json_t *
get_thing(void *userdata, const char *name)
{
	const struct thing *thing = find_thing(userdata, name);

	return thing != NULL ? thing_json(thing) : NULL;
}

static const struct ctl_kind kinds[] = {
    {"thing", "", count_things, page_things, get_thing, NULL, NULL, false},
    {0},
};

static const struct ctl_method no_methods[] = {{0}};
static const char *const features[] = {NULL};

static void
get_state(void *userdata, struct ctl_state *ret)
{
	(void)userdata;
	*ret = (struct ctl_state){.node = "n", .phase = "running", .rev = fake.rev};
}

static void
set_cause(void *userdata, const struct ctl_cause *cause)
{
	(void)userdata;
	fake.cause = cause;
}

static void
open_daemon(void)
{
	const struct edits_config config = {
	    .daemon = "faked",
	    .event = (assert_true(sd_event_new(&fake.event) >= 0), fake.event),
	    .layers = fake.layers = layers_new(),
	    .kinds = live_kinds,
	    .rev = &fake.rev,
	    .cause = &fake.cause,
	    .tree = &fake.tree,
	    .changed = on_changed,
	};

	assert_int_equal(edits_new(&config, &fake.edits), 0);
	const struct ctl_part parts[] = {edits_part(fake.edits), {0}};
	const struct ctl_server_config server = {
	    .daemon = "faked",
	    .version = "1",
	    .run_dir = fake.run_dir,
	    .features = features,
	    .methods = no_methods,
	    .kinds = kinds,
	    .parts = parts,
	    .state = get_state,
	    .set_cause = set_cause,
	};
	assert_int_equal(ctl_server_new(fake.event, &server, &fake.server), 0);
	edits_open(fake.edits, fake.server, fake.run_dir, fake.state_dir, fake.log_dir);
	on_changed(NULL, NULL);
	talk_event = fake.event;
	talk_run_dir = fake.run_dir;
}

static void
close_daemon(void)
{
	fake.edits = edits_free(fake.edits);
	fake.server = ctl_server_free(fake.server);
	fake.layers = layers_free(fake.layers);
	fake.event = sd_event_unref(fake.event);
}

static void
set_boot(void)
{
	FILE *file = fopen(fake.boot, "we");

	assert_non_null(file);
	(void)fprintf(file, "boot %u\n", ++fake.boots);
	(void)fclose(file);
}

static void
make_dir(char path[96], const char *name)
{
	(void)snprintf(path, 96, "%s/%s", fake.dir, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

static int
setup(void **state)
{
	static const char *const names[THINGS] = {"A", "B", "C"};

	(void)state;
	log_open("faked", LOG_TARGET_STDERR, LOG_EMERG);
	memset(&fake, 0, sizeof(fake));
	strcpy(fake.dir, "/tmp/haven-edits-XXXXXX");
	assert_non_null(mkdtemp(fake.dir));
	make_dir(fake.run_dir, "run");
	make_dir(fake.state_dir, "state");
	make_dir(fake.log_dir, "log");
	(void)snprintf(fake.boot, sizeof(fake.boot), "%s/boot", fake.dir);
	set_boot();
	(void)setenv("HAVEN_BOOT_ID_FILE", fake.boot, 1);
	for (size_t i = 0; i < THINGS; i++)
		fake.things[i] = (struct thing){names[i], true, {100, 0}, {100, 0}};
	open_daemon();
	return 0;
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
	close_daemon();
	return nftw(fake.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- a subscriber's picture -------------------------------------------------- */

struct picture {
	json_t *objects; /* by path */
	char epoch[32];
	int64_t seq; /* of the last event that is in it */
};

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

/* What differs from one moment to the next, and what an event tells in its cause. */
static void
put_object(struct picture *picture, const char *path, json_t *object)
{
	static const char *const passing[] = {"left_ms", "uid", "reason"};
	json_t *copy = json_deep_copy(object);

	for (size_t i = 0; i < COUNT_OF(passing); i++)
		(void)json_object_del(copy, passing[i]);
	(void)json_object_set_new(picture->objects, path, copy);
}

static void
take_event(struct picture *picture, const json_t *event)
{
	const char *type = text_of(event, "type"), *path = text_of(event, "path");
	json_t *new = json_object_get(event, "new");
	json_t *known = json_object_get(picture->objects, path);

	picture->seq = json_integer_value(json_object_get(event, "seq"));
	if (strcmp(type, "lease.released") == 0 || strcmp(type, "lease.expired") == 0 ||
	    strcmp(type, "thing.removed") == 0)
		(void)json_object_del(picture->objects, path);
	else if (strncmp(type, "lease.", strlen("lease.")) == 0 ||
		 strcmp(type, "thing.added") == 0)
		put_object(picture, path, new);
	else if (known != NULL && strcmp(type, "thing.changed") == 0)
		(void)json_object_update(known, new);
}

/* Takes one message in; false when the picture is whole. */
static bool
take_message(struct picture *picture, const json_t *message)
{
	const char *method = text_of(message, "method");
	const json_t *params = json_object_get(message, "params");
	json_t *object = json_object_get(params, "object");

	if (strcmp(method, "reset") == 0)
		(void)json_object_clear(picture->objects);
	else if (strcmp(method, "object") == 0)
		put_object(picture, text_of(object, "path"), object);
	else if (strcmp(method, "event") == 0)
		take_event(picture, params);
	else if (strcmp(method, "synced") == 0)
		picture->seq = json_integer_value(json_object_get(params, "seq"));
	return strcmp(method, "synced") != 0;
}

/* The number of the last event there is. */
static int64_t
last_seq(void)
{
	json_t *tail = ask("log.tail", "{\"count\":1}");
	int64_t seq = json_integer_value(json_object_get(tail, "seq"));

	json_decref(tail);
	return seq;
}

/* Goes on from where the picture is; one without an epoch is made. */
static void
bring_up_to_date(struct picture *picture)
{
	int64_t last = last_seq();
	int fd = connect_client("admin");
	char params[160] = "{\"sub\":\"s\"}";

	if (picture->epoch[0] != '\0')
		(void)snprintf(params, sizeof(params),
		    "{\"sub\":\"s\",\"since\":{\"epoch\":\"%s\",\"seq\":%lld}}",
		    picture->epoch, (long long)picture->seq);
	say(fd, "subscribe", params);
	json_t *result = result_in(next(fd));
	bool resumed = json_is_true(json_object_get(result, "resumed"));
	(void)snprintf(
	    picture->epoch, sizeof(picture->epoch), "%s", text_of(result, "epoch"));
	json_decref(result);
	for (bool more = true; resumed ? picture->seq < last : more;) {
		json_t *message = next(fd);

		assert_non_null(message);
		more = take_message(picture, message);
		json_decref(message);
	}
	hang_up(fd);
}

/* ---- steps --------------------------------------------------------------------- */

static size_t
pick(size_t count)
{
	return (size_t)random() % count;
}

/* Most of what is asked may be refused; the answer is not looked at. */
static void
attempt(const char *method, const char *params)
{
	json_decref(ask_as("admin", method, params));
}

static void
set_some(const char *more)
{
	char params[400];

	if (pick(2) == 0)
		(void)snprintf(params, sizeof(params),
		    "{\"changes\":[{\"path\":\"thing/%s\",\"set\":{\"priority\":%zu}}]%s}",
		    fake.things[pick(THINGS)].name, pick(5) + 1, more);
	else
		(void)snprintf(params, sizeof(params),
		    "{\"changes\":[{\"path\":\"%s\",\"set\":{\"priority\":%zu,\"nopreempt\":"
		    "%s}},{\"path\":\"%s\",\"set\":{\"priority\":%zu}}]%s}",
		    fake.things[pick(THINGS)].name, pick(5) + 1,
		    pick(2) == 0 ? "true" : "false", fake.things[pick(THINGS)].name,
		    pick(5) + 1, more);
	attempt("apply", params);
}

static void
unset_some(void)
{
	static const char *const names[] = {
	    "\"priority\"", "\"nopreempt\"", "\"priority\",\"nopreempt\""};
	char params[200];

	(void)snprintf(params, sizeof(params),
	    "{\"changes\":[{\"path\":\"thing/%s\",\"unset\":[%s]}]}",
	    fake.things[pick(THINGS)].name, names[pick(COUNT_OF(names))]);
	attempt("apply", params);
}

/* An entry of a lease, or NULL. */
static const struct layer_entry *
pick_lease(void)
{
	const struct layer_entry *entry, *found = NULL;
	size_t seen = 0;

	for (size_t i = 0; (entry = layers_get(fake.layers, i)) != NULL; i++)
		if (entry->layer == LAYER_LEASE && pick(++seen) == 0)
			found = entry;
	return found;
}

static void
with_a_lease(const char *method, const char *more)
{
	const struct layer_entry *entry = pick_lease();
	char params[100];

	if (entry == NULL)
		return;
	(void)snprintf(params, sizeof(params), "{\"id\":\"%.32s\"%s}", entry->id, more);
	attempt(method, params);
}

/* As a daemon does it: one thing, or all of them in one lease. */
static void
hold_some(void)
{
	char path[32], id[64] = "";
	size_t first = pick(THINGS), count = pick(2) == 0 ? 1 : THINGS;
	uid_t uid = getuid();

	if (count > 1)
		layers_make_id(fake.layers, clock_now_us(), id);
	for (size_t i = 0; i < count; i++) {
		const struct thing *thing = &fake.things[(first + i) % THINGS];

		if (!thing->configured)
			continue;
		path_of(path, thing);
		if (count > 1)
			(void)edits_drop(fake.edits, path, "priority", "hold", &uid);
		assert_non_null(edits_give(fake.edits,
		    &(struct layer_entry){
			.path = path,
			.field = "priority",
			.value = 1,
			.layer = LAYER_LEASE,
			.kind = "hold",
			.id = id,
			.uid = uid,
			.reason = "",
			.created_us = clock_now_us(),
			.expires_us =
			    clock_now_us() + (int64_t)(pick(99) + 600) * US_PER_S,
		    }));
	}
	on_changed(NULL, NULL);
	edits_changed(fake.edits);
}

/* The time of a lease is over. */
static void
expire(void)
{
	const struct layer_entry *entry = pick_lease();
	uint64_t rev = fake.rev;

	if (entry == NULL)
		return;
	(void)layers_renew(fake.layers, entry->id, clock_now_us());
	edits_write(fake.edits);
	while (fake.rev == rev)
		assert_true(sd_event_run(fake.event, US_PER_S) > 0);
}

static void
tell(const char *type, const struct thing *thing)
{
	char path[32];

	ctl_publish(fake.server, type, path_of(path, thing), NULL, NULL,
	    strcmp(type, "thing.removed") == 0 ? NULL : thing_json(thing));
}

/* Another file: a thing has other values, one comes or goes. */
static void
reload(void)
{
	struct thing *changed = &fake.things[pick(THINGS)];
	struct thing *moved = &fake.things[pick(THINGS)];
	bool was = moved->configured;

	changed->in_file[0] = (int64_t)pick(5) + 1;
	changed->in_file[1] = (int64_t)pick(2);
	if (pick(3) == 0)
		moved->configured = !was;
	for (size_t i = 0; i < THINGS; i++)
		work_out(&fake.things[i]);
	if (was && !moved->configured)
		tell("thing.removed", moved);
	if (!was && moved->configured)
		tell("thing.added", moved);
	fake.rev++;
	edits_settle(fake.edits, NULL);
	if (changed->configured)
		tell("thing.changed", changed);
}

static void
restart(bool reboot)
{
	char path[128];

	close_daemon();
	(void)snprintf(path, sizeof(path), "%s/overrides.json", fake.run_dir);
	if (reboot) {
		(void)unlink(path);
		set_boot();
	}
	open_daemon();
}

static const char *
random_step(void)
{
	static const char *const names[] = {"set", "set", "lease", "lease",
	    "other lease", "to confirm", "confirm", "confirm into a lease", "unset",
	    "unset", "renew", "release", "expire", "expire", "save", "discard",
	    "discard all", "reload", "reload", "restart", "reboot", "hold", "hold"};
	size_t step = pick(COUNT_OF(names));

	switch (step) {
	case 0:
	case 1:
		set_some("");
		break;
	case 2:
	case 3:
		set_some(",\"lease\":{\"ttl_ms\":3600000}");
		break;
	case 4:
		set_some(",\"lease\":{\"ttl_ms\":1800000},\"reason\":\"less\"");
		break;
	case 5:
		set_some(",\"confirm_ms\":60000");
		break;
	case 6:
		with_a_lease("confirm", "");
		break;
	case 7:
		set_some(",\"confirm_ms\":60000,\"lease\":{\"ttl_ms\":90000}");
		attempt("confirm", "{}");
		break;
	case 8:
	case 9:
		unset_some();
		break;
	case 10:
		with_a_lease("lease.renew", ",\"ttl_ms\":7200000");
		break;
	case 11:
		with_a_lease("lease.release", "");
		break;
	case 12:
	case 13:
		expire();
		break;
	case 14:
		attempt("config.save", "{}");
		break;
	case 15:
		attempt("config.discard", "{}");
		break;
	case 16:
		attempt("config.discard", "{\"saved\":true}");
		break;
	case 17:
	case 18:
		reload();
		break;
	case 21:
	case 22:
		hold_some();
		break;
	default:
		restart(step == 20);
		break;
	}
	return names[step];
}

/* ---- what must hold ---------------------------------------------------------------
 */

static unsigned seed;

static void
check_values(unsigned step, const char *what)
{
	for (size_t i = 0; i < THINGS; i++)
		for (size_t f = 0; fake.things[i].configured && f < FIELDS; f++) {
			const struct thing *thing = &fake.things[i];
			int64_t top = top_value(thing, f, NULL);

			if (thing->effective[f] != top)
				fail_msg(
				    "seed %u, step %u (%s): %s of %s is %lld, not %lld",
				    seed, step, what, fields[f].name, thing->name,
				    (long long)thing->effective[f], (long long)top);
		}
}

/* What is in one lease ends at the same time, and nobody has set a field twice. */
static void
check_leases(unsigned step, const char *what)
{
	const struct layer_entry *entry, *first, *again;

	for (size_t i = 0; (entry = layers_get(fake.layers, i)) != NULL; i++) {
		if (entry->layer != LAYER_LEASE)
			continue;
		first = layers_find_lease(fake.layers, entry->id);
		if (first->expires_us != entry->expires_us)
			fail_msg("seed %u, step %u (%s): lease %s has two ends", seed,
			    step, what, entry->id);
		again = layers_find(
		    fake.layers, entry->path, entry->field, entry->kind, &entry->uid);
		if (strcmp(again->id, entry->id) != 0)
			fail_msg("seed %u, step %u (%s): %s %s is in two leases", seed,
			    step, what, entry->path, entry->field);
	}
}

static void
check_pictures(struct picture *resumed, unsigned step, const char *what)
{
	struct picture fresh = {.objects = json_object()};

	bring_up_to_date(resumed);
	bring_up_to_date(&fresh);
	if (!json_equal(resumed->objects, fresh.objects))
		fail_msg("seed %u, step %u (%s):\nresumed %s\nfresh   %s", seed, step,
		    what, json_dumps(resumed->objects, JSON_SORT_KEYS),
		    json_dumps(fresh.objects, JSON_SORT_KEYS));
	json_decref(fresh.objects);
}

CASE(values_are_those_of_the_top_layer_and_pictures_agree)
{
	const char *wanted = getenv("HAVEN_TEST_SEED");

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct picture picture = {.objects = json_object()};

		seed = wanted != NULL ? (unsigned)strtoul(wanted, NULL, 10)
				      : (unsigned)time(NULL) * ROUNDS + round;
		srandom(seed);
		(void)setup(NULL);
		bring_up_to_date(&picture);
		for (unsigned step = 0; step < STEPS; step++) {
			const char *what = random_step();

			check_values(step, what);
			check_leases(step, what);
			/* Now and then more has happened in between. */
			if (pick(3) != 0)
				check_pictures(&picture, step, what);
		}
		(void)teardown(NULL);
		json_decref(picture.objects);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_those_of_the_top_layer_and_pictures_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_edits_property.c - whatever is done to live edits, in any order: the daemon has
 * worked out the value of the top layer, and a subscriber who went on from where it was
 * ends with the same picture as a fresh one.
 *
 * A seed that fails is printed; HAVEN_TEST_SEED runs it again.
 */
#include "tests/unit/picture.h"
#include "tests/unit/things_daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_events.h"
#include "common/units.h"

enum { ROUNDS = 8, STEPS = 40 };

/* ---- steps --------------------------------------------------------------- */

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

static const char *const steps[] = {"set", "set", "lease", "lease", "other lease",
    "to confirm", "confirm", "confirm into a lease", "unset", "unset", "renew",
    "release", "expire", "expire", "save", "discard", "discard all", "reload", "reload",
    "restart", "reboot", "hold", "hold"};

static const char *
random_step(void)
{
	size_t step = pick(COUNT_OF(steps));

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
	return steps[step];
}

/* ---- what must hold ------------------------------------------------------ */

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

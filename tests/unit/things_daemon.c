/* SPDX-License-Identifier: Apache-2.0 */
/* things_daemon.c - a daemon with three things to edit, its real socket, files and
 * loop.
 */
#include "tests/unit/things_daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/log.h"
#include "tests/unit/remove_tree.h"

struct things_daemon fake;

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

const struct live_field fields[FIELDS + 1] = {
    {
	.name = "priority",
	.keyword = "priority",
	.type = CTL_INTEGER,
	.unit = 1,
	.max = 254,
	.in_file = priority_in_file,
    },
    {
	.name = "nopreempt",
	.keyword = "nopreempt",
	.type = CTL_BOOLEAN,
	.unit = 1,
	.in_file = nopreempt_in_file,
    },
    {0},
};

static const void *
find_thing(void *userdata, const char *name)
{
	(void)userdata;
	fake.searches++;
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
    {
	.name = "thing",
	.block = CONF_BLOCK_INSTANCE,
	.fields = fields,
	.find = find_thing,
	.node = no_node,
    },
    {0},
};

const char *
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
int64_t
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

void
work_out(struct thing *thing)
{
	char path[32];

	for (size_t i = 0; i < FIELDS; i++) {
		const struct layer_entry *top =
		    layers_top(fake.layers, path_of(path, thing), fields[i].name);
		thing->effective[i] = top != NULL ? top->value : thing->in_file[i];
	}
}

void
on_changed(void *userdata, const char *path)
{
	char own[32];

	(void)userdata;
	for (size_t i = 0; i < THINGS; i++)
		if (path == NULL || strcmp(path, path_of(own, &fake.things[i])) == 0)
			work_out(&fake.things[i]);
}

json_t *
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
	*ret =
	    (struct ctl_state){.node = "n", .phase = DAEMON_RUNNING, .rev = fake.rev};
}

static void
set_cause(void *userdata, const struct ctl_cause *cause)
{
	(void)userdata;
	fake.cause = cause;
}

void
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

void
close_daemon(void)
{
	fake.edits = edits_free(fake.edits);
	fake.server = ctl_server_free(fake.server);
	fake.layers = layers_free(fake.layers);
	fake.event = sd_event_unref(fake.event);
}

void
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

int
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

int
teardown(void **state)
{
	(void)state;
	close_daemon();
	return remove_tree(fake.dir);
}

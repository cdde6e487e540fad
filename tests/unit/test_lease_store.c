/* SPDX-License-Identifier: Apache-2.0 */
/* test_lease_store.c - edits over a restart, leases over a reboot and over a kill at
 * any moment, and that the effective value is always the top layer.
 *
 * The kill is real: a child works through a list of leases and dies of SIGKILL at its
 * k-th system call on a file, for every k, half of a write done; what it had been told
 * to be durable must be there for the next process.
 */
#include "tests/unit/unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_call.h"
#include "common/lease_store.h"
#include "common/log.h"
#include "common/units.h"
#include "common/writer.h"

#define PATH "instance/VI_1"

/* ---- death at the k-th system call ---------------------------------------- */

static int calls_left = -1; /* -1: nobody dies */

static bool
is_last_call(void)
{
	return calls_left > 0 &&
	       __atomic_sub_fetch(&calls_left, 1, __ATOMIC_SEQ_CST) == 0;
}

static void
die(void)
{
	(void)kill(getpid(), SIGKILL);
	for (;;)
		(void)pause();
}

ssize_t
write(int fd, const void *buf, size_t len)
{
	ssize_t (*real)(int, const void *, size_t);

	*(void **)&real = dlsym(RTLD_NEXT, "write");
	if (len > sizeof(uint64_t) && is_last_call()) {
		(void)real(fd, buf, len / 2);
		die();
	}
	return real(fd, buf, len);
}

int
fsync(int fd)
{
	int (*real)(int);

	*(void **)&real = dlsym(RTLD_NEXT, "fsync");
	if (is_last_call())
		die();
	return real(fd);
}

int
rename(const char *old, const char *new)
{
	int (*real)(const char *, const char *);

	*(void **)&real = dlsym(RTLD_NEXT, "rename");
	if (is_last_call())
		die();
	int r = real(old, new);
	if (is_last_call())
		die();
	return r;
}

/* ---- a store -------------------------------------------------------------- */

struct fixture {
	char dir[64], run[80], state[80], boot[80];
	sd_event *event;
	struct layers *layers;
	struct writer *writer;
	struct lease_store *store;
	unsigned expired, changed;
};

static int64_t wall_us = INT64_C(1700000000) * US_PER_S;

static int64_t
wall(void)
{
	return wall_us;
}

static bool
is_sound(void *userdata, const struct layer_entry *entry)
{
	(void)userdata;
	return entry->value >= 0;
}

static void
on_expiring(void *userdata, const struct layer_entry *entry, int64_t left_us)
{
	(void)userdata;
	(void)entry;
	(void)left_us;
}

static void
on_expired(void *userdata, const struct layer_entry *entry)
{
	(void)entry;
	((struct fixture *)userdata)->expired++;
}

static void
on_changed(void *userdata)
{
	((struct fixture *)userdata)->changed++;
}

static void
open_store(struct fixture *f)
{
	assert_true(sd_event_new(&f->event) >= 0);
	f->layers = layers_new();
	assert_int_equal(writer_new(f->event, &f->writer), 0);
	const struct lease_store_config config = {
	    .event = f->event,
	    .layers = f->layers,
	    .run_dir = f->run,
	    .state_dir = f->state,
	    .boot_id_path = f->boot,
	    .writer = f->writer,
	    .wall_us = wall,
	    .is_sound = is_sound,
	    .expiring = on_expiring,
	    .expired = on_expired,
	    .changed = on_changed,
	    .userdata = f,
	};
	assert_int_equal(lease_store_new(&config, &f->store), 0);
	lease_store_write(f->store);
}

static void
close_store(struct fixture *f)
{
	f->writer = writer_free(f->writer);
	f->store = lease_store_free(f->store);
	f->layers = layers_free(f->layers);
	f->event = sd_event_unref(f->event);
}

static void
set_boot(const struct fixture *f, const char *id)
{
	FILE *file = fopen(f->boot, "we");

	assert_non_null(file);
	(void)fprintf(file, "%s\n", id);
	(void)fclose(file);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	log_open("test", LOG_TARGET_STDERR, LOG_EMERG);
	strcpy(f->dir, "/tmp/haven-leases-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->run, sizeof(f->run), "%s/run", f->dir);
	(void)snprintf(f->state, sizeof(f->state), "%s/state", f->dir);
	(void)snprintf(f->boot, sizeof(f->boot), "%s/boot", f->dir);
	assert_int_equal(mkdir(f->run, 0755), 0);
	assert_int_equal(mkdir(f->state, 0755), 0);
	set_boot(f, "one");
	*state = f;
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
	struct fixture *f = *state;

	(void)nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static void
put(struct fixture *f, enum layer layer, const char *kind, int64_t value,
    int64_t ttl_us)
{
	int64_t now_us = clock_now_us();
	const struct layer_entry entry = {
	    .path = PATH,
	    .field = "priority",
	    .value = value,
	    .layer = layer,
	    .kind = kind,
	    .id = "",
	    .uid = 1000,
	    .reason = "a reason",
	    .created_us = now_us,
	    .expires_us = ttl_us != 0 ? now_us + ttl_us : 0,
	};

	assert_int_equal(layers_set(f->layers, &entry, NULL), 0);
}

/* Ends the lease of that kind; NULL: removes what has no end. */
static void
drop(const struct fixture *f, const char *kind)
{
	const struct layer_entry *entry;

	for (size_t i = 0; (entry = layers_get(f->layers, i)) != NULL;) {
		bool is_lease = entry->layer == LAYER_LEASE;

		char id[64];

		(void)snprintf(id, sizeof(id), "%s", entry->id);
		if (is_lease && kind != NULL && strcmp(entry->kind, kind) == 0)
			(void)layers_release(f->layers, id, NULL, NULL);
		else if (!is_lease && kind == NULL)
			(void)layers_unset_in(
			    f->layers, PATH, "priority", entry->layer);
		else
			i++;
	}
}

static int64_t
value_of(const struct fixture *f)
{
	const struct layer_entry *top = layers_top(f->layers, PATH, "priority");

	return top != NULL ? top->value : -1;
}

/* A reboot: another boot id, and nothing in the run directory. */
static void
reboot(struct fixture *f, const char *id)
{
	char path[128];

	close_store(f);
	(void)snprintf(path, sizeof(path), "%s/overrides.json", f->run);
	(void)unlink(path);
	set_boot(f, id);
	open_store(f);
}

/* ---- restart and reboot --------------------------------------------------- */

static void
edits_outlive_the_process_and_leases_the_boot(void **state)
{
	struct fixture *f = *state;

	open_store(f);
	put(f, LAYER_SAVED, "override", 50, 0);
	put(f, LAYER_RUNTIME, "override", 60, 0);
	put(f, LAYER_LEASE, "hold", 1, 3600 * US_PER_S);
	lease_store_write(f->store);
	close_store(f);
	open_store(f);
	assert_int_equal(value_of(f), 1);
	assert_non_null(layers_get(f->layers, 2));
	reboot(f, "two");
	assert_int_equal(value_of(f), 1);
	drop(f, "hold");
	assert_int_equal(value_of(f), 50);
	close_store(f);
}

static int64_t
left_us(const struct fixture *f)
{
	const struct layer_entry *top = layers_top(f->layers, PATH, "priority");

	return top != NULL ? top->expires_us - clock_now_us() : 0;
}

static void
reboot_inside_the_window_comes_back_inside(void **state)
{
	struct fixture *f = *state;

	open_store(f);
	put(f, LAYER_LEASE, "hold", 1, 3600 * US_PER_S);
	lease_store_write(f->store);
	wall_us += 600 * US_PER_S;
	reboot(f, "two");
	assert_in_range(left_us(f), 2990 * US_PER_S, 3000 * US_PER_S);
	wall_us += 3000 * US_PER_S;
	reboot(f, "three");
	assert_int_equal(value_of(f), -1);
	assert_int_equal(f->expired, 1);
	close_store(f);
}

static void
clock_set_back_leaves_what_was_left_and_not_more(void **state)
{
	struct fixture *f = *state;

	open_store(f);
	put(f, LAYER_LEASE, "hold", 1, 3600 * US_PER_S);
	lease_store_write(f->store);
	wall_us -= 1000000 * US_PER_S;
	reboot(f, "two");
	assert_in_range(left_us(f), 3590 * US_PER_S, 3600 * US_PER_S);
	/* Back again: by then it is long over. */
	wall_us += 1000000 * US_PER_S;
	reboot(f, "three");
	assert_int_equal(value_of(f), -1);
	close_store(f);
}

static void
damaged_files_are_left_out(void **state)
{
	struct fixture *f = *state;
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/leases.json", f->state);
	file = fopen(path, "we");
	(void)fputs("{\"boot_id\":\"one\",\"entries\":[{\"path\":7},", file);
	(void)fclose(file);
	open_store(f);
	assert_null(layers_get(f->layers, 0));
	close_store(f);
}

/* ---- kill ------------------------------------------------------------------ */

static void
on_answered(struct ctl_call *call, json_t *answer)
{
	int *acked = call->owner;
	const json_t *result = json_object_get(answer, "result");

	if (json_is_true(json_object_get(result, "durable")))
		++*acked;
	json_decref(answer);
}

static void
ask_for_durability(struct fixture *f, int *acked)
{
	static const struct ctl_method method = {.name = "apply", .changes = true};
	struct ctl_call *call = calloc(1, sizeof(*call));

	call->method = &method;
	call->id = json_integer(1);
	call->message = call->id;
	call->answered = on_answered;
	call->owner = acked;
	lease_store_reply(f->store, call, json_pack("{s:s}", "lease", "L"));
}

enum { ROUNDS = 4 };

/* The child: gives leases of rising value, and says so when one is durable. */
static void
work(struct fixture *f, int k, int out)
{
	char said = 0;

	open_store(f);
	__atomic_store_n(&calls_left, k, __ATOMIC_SEQ_CST);
	for (int value = 1; value <= ROUNDS; value++) {
		int acked = 0;

		put(f, LAYER_LEASE, "override", value, 3600 * US_PER_S);
		lease_store_write(f->store);
		ask_for_durability(f, &acked);
		while (!acked)
			(void)sd_event_run(f->event, US_PER_S);
		said = (char)value;
		/* Short enough not to be counted. */
		if (write(out, &said, 1) != 1)
			_exit(3);
	}
	_exit(0);
}

/* Returns the last value that the child was told to be durable; *ret_killed: it died.
 */
static int
run_child(struct fixture *f, int k, bool *ret_killed)
{
	int pipe_fds[2], status, last = 0;
	char said;

	assert_int_equal(pipe(pipe_fds), 0);
	pid_t pid = fork();
	if (pid == 0)
		work(f, k, pipe_fds[1]);
	(void)close(pipe_fds[1]);
	while (read(pipe_fds[0], &said, 1) == 1)
		last = said;
	(void)close(pipe_fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	*ret_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	assert_true(*ret_killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
	return last;
}

static void
empty(struct fixture *f)
{
	(void)nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	assert_int_equal(mkdir(f->dir, 0755), 0);
	assert_int_equal(mkdir(f->run, 0755), 0);
	assert_int_equal(mkdir(f->state, 0755), 0);
	set_boot(f, "one");
}

/* Kills at every call in turn until there is none left; `boot` is the one the next
 * process comes in. Returns how many calls there were. */
static int
kill_at_every_call(struct fixture *f, const char *boot)
{
	bool killed = true;
	char path[128];
	int k;

	(void)snprintf(path, sizeof(path), "%s/overrides.json", f->run);
	for (k = 1; killed; k++) {
		empty(f);
		int promised = run_child(f, k, &killed);

		if (strcmp(boot, "one") != 0)
			(void)unlink(path); /* a tmpfs ends with its boot */
		set_boot(f, boot);
		open_store(f);
		int64_t value = value_of(f);
		if (value == -1)
			value = 0;
		if (value < promised || value > promised + 1)
			fail_msg("killed at call %d: %lld is there, %d was promised", k,
			    (long long)value, promised);
		close_store(f);
	}
	return k - 1;
}

static void
kill_at_any_write_loses_no_promised_lease(void **state)
{
	/* Each round writes and renames a file in the run directory and one on the
	 * disk, which is synced with its directory. */
	assert_true(kill_at_every_call(*state, "one") > ROUNDS * 8);
}

static void
kill_and_reboot_loses_no_promised_lease(void **state)
{
	assert_true(kill_at_every_call(*state, "two") > ROUNDS * 8);
}

/* ---- the top layer decides -------------------------------------------------- */

/* What the value must be: of each layer the last that was set. */
struct model {
	int64_t saved, runtime;
	int64_t leases[3]; /* by kind, -1: none */
	unsigned order[3]; /* when given */
};

static int64_t
expected(const struct model *m)
{
	int64_t value = m->runtime >= 0 ? m->runtime : m->saved;
	unsigned newest = 0;

	/* The first is an override: it counts when neither of the others is there. */
	if (m->leases[0] >= 0)
		value = m->leases[0];
	for (size_t i = 1; i < 3; i++)
		if (m->leases[i] >= 0 && m->order[i] >= newest) {
			newest = m->order[i];
			value = m->leases[i];
		}
	return value;
}

static void
random_step(struct fixture *f, struct model *m, unsigned step)
{
	static const char *const kinds[] = {"override", "hold", "maintenance"};
	unsigned kind = (unsigned)random() % 3;
	int64_t value = random() % 254 + 1;

	switch (random() % 9) {
	case 0:
		put(f, LAYER_RUNTIME, "override", value, 0);
		m->runtime = value;
		break;
	case 1:
		put(f, LAYER_SAVED, "override", value, 0);
		m->saved = value;
		break;
	case 2:
	case 3:
		put(f, LAYER_LEASE, kinds[kind], value, 3600 * US_PER_S);
		m->leases[kind] = value;
		m->order[kind] = step;
		break;
	case 4:
		drop(f, kinds[kind]);
		m->leases[kind] = -1;
		break;
	case 5:
		drop(f, NULL);
		m->saved = m->runtime = -1;
		break;
	case 6: /* its time is over */
		for (size_t i = 0; layers_get(f->layers, i) != NULL; i++)
			if (strcmp(layers_get(f->layers, i)->kind, kinds[kind]) == 0 &&
			    layers_get(f->layers, i)->layer == LAYER_LEASE)
				(void)layers_renew(
				    f->layers, layers_get(f->layers, i)->id, 1);
		(void)layers_expire(f->layers, clock_now_us(), NULL, NULL);
		m->leases[kind] = -1;
		break;
	case 7: /* restart */
		lease_store_write(f->store);
		close_store(f);
		open_store(f);
		break;
	case 8: /* reboot: what was not saved and has no end is over */
		lease_store_write(f->store);
		reboot(f, step % 2 == 0 ? "even" : "odd");
		m->runtime = -1;
		break;
	}
}

static void
effective_is_always_the_top_layer(void **state)
{
	struct fixture *f = *state;
	unsigned seed = (unsigned)time(NULL);

	srandom(seed);
	for (unsigned round = 0; round < 10; round++) {
		struct model m = {-1, -1, {-1, -1, -1}, {0, 0, 0}};

		empty(f);
		open_store(f);
		for (unsigned step = 1; step <= 60; step++) {
			random_step(f, &m, step);
			if (value_of(f) != expected(&m))
				fail_msg("seed %u round %u step %u: %lld, not %lld",
				    seed, round, step, (long long)value_of(f),
				    (long long)expected(&m));
		}
		close_store(f);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(edits_outlive_the_process_and_leases_the_boot),
	    TEST(reboot_inside_the_window_comes_back_inside),
	    TEST(clock_set_back_leaves_what_was_left_and_not_more),
	    TEST(damaged_files_are_left_out),
	    TEST(kill_at_any_write_loses_no_promised_lease),
	    TEST(kill_and_reboot_loses_no_promised_lease),
	    TEST(effective_is_always_the_top_layer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_lease_store_kill.c - leases over a kill at any moment.
 *
 * The kill is real: a child works through a list of leases and dies of SIGKILL at its
 * k-th system call on a file, for every k, half of a write done; what it had been told
 * to be durable must be there for the next process.
 */
#include "tests/unit/lease_store_fixture.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/ctl_call.h"
#include "common/units.h"

/* ---- death at the k-th system call --------------------------------------- */

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

/* ---- kill ---------------------------------------------------------------- */

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(kill_at_any_write_loses_no_promised_lease),
	    TEST(kill_and_reboot_loses_no_promised_lease),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

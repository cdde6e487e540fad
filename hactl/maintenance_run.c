/* SPDX-License-Identifier: Apache-2.0 */
/* maintenance_run.c - runs a program while this node is out of service.
 *
 * The maintenance is a short lease that is renewed while the program runs. So it ends
 * by itself when hactl or the host dies, and nobody has to clean up. The program is not
 * touched then: half an upgrade is worse than one that ends outside its window.
 */
#include "hactl/maintenance_run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "hactl/cmd_table.h"
#include "hactl/maintenance.h"
#include "hactl/move.h"
#include "hactl/must.h"
#include "hactl/program.h"
#include "hactl/request.h"
#include "hactl/request_words.h"
#include "hactl/terminal.h"
#include "hactl/view.h"

#define RUN_US (60 * US_PER_S)
/* A daemon that is being restarted is back long before the lease ends. */
#define RETRY_US US_PER_S
#define NOT_STARTED 125

extern char **environ;

struct run {
	struct session *session;
	const struct order *order;
	char *lease;
	int64_t ttl_us;
	int64_t until_us; /* end of a maintenance that was on before; 0: none was */
	int64_t renew_at_us;
	bool quiet; /* the failure was told of */
	int signals;
	sigset_t mask; /* as it was */
};

/* ---- the lease ----------------------------------------------------------- */

static const char *
daemon_of(const struct run *run)
{
	return run->order->command->asks == ASKS_CHECKD ? "checkd" : "vrrpd";
}

/* One call whose answer is nothing to show. The error is said; *ret (may be NULL) gets
 * the answer. */
static bool
call(struct run *run, const char *method, json_t *params, int64_t timeout_us,
    json_t **ret)
{
	struct part part = {.daemon = daemon_of(run)};
	bool good;

	session_call(run->session, &part, method, params, timeout_us);
	good = part.error.code == CTL_OK;
	if (!good && !run->quiet) {
		struct failure failure = failure_of_error(part.daemon, &part.error);
		char *said = request_words_say(run->order, &part.error);

		if (said != NULL)
			failure.message = said;
		(void)session_failure(&run->order->options, &failure);
		free(said);
	}
	if (good && ret != NULL)
		*ret = json_incref(json_array_get(part.items, 0));
	json_decref(part.hello);
	json_decref(part.items);
	ctl_error_done(&part.error);
	return good;
}

/* How long the lease shall last from now: one that was there before is not shortened.
 */
static int64_t
for_ms(const struct run *run)
{
	int64_t left_us = run->until_us - clock_now_us();

	return (left_us > run->ttl_us ? left_us : run->ttl_us) / US_PER_MS;
}

/* Whether the lease is the maintenance of what this order is about. */
static bool
is_ours(const json_t *lease, const json_t *target)
{
	const char *wanted =
	    json_is_string(target) ? json_string_value(target) : "node";

	return strcmp(view_string(lease, "kind", ""), "maintenance") == 0 &&
	       strcmp(view_string(lease, "object", ""), wanted) == 0;
}

/* Looks whether a maintenance is on already. Returns whether the daemon said so. */
static bool
look_around(struct run *run, const json_t *target)
{
	json_t *answer = NULL, *lease;
	size_t i;

	if (!call(run, "lease.list", NULL, session_timeout(run->order), &answer))
		return false;
	json_array_foreach (json_object_get(answer, "items"), i, lease) {
		json_int_t left_ms =
		    json_integer_value(json_object_get(lease, "left_ms"));

		if (is_ours(lease, target))
			run->until_us = clock_now_us() + left_ms * US_PER_MS;
	}
	json_decref(answer);
	return true;
}

/* Takes back a maintenance under which the program must not run. Returns what is so
 * then. */
static const char *
give_up(struct run *run, const json_t *target)
{
	bool good;

	if (run->until_us != 0)
		return "the maintenance that was on before stays on";
	run->quiet = true;
	good = call(run, "maintenance",
	    must(json_pack(
		"{s:s, s:O*}", "action", "off", "target", json_loose(target))),
	    session_timeout(run->order), NULL);
	return good ? "the maintenance was ended again"
		    : "the maintenance could not be ended; it ends by itself";
}

/* Why the roles did not move: what the daemon says of the first that did not, as its
 * own sentence tells of a maintenance that stands. */
static const char *
reason_of(const struct part *part)
{
	const json_t *one;
	size_t i;

	if (terminal_interrupted != 0)
		return "interrupted";
	json_array_foreach (json_object_get(part->error.data, "instances"), i, one) {
		const char *message = view_string(one, "message", NULL);

		if (message != NULL &&
		    strcmp(view_string(one, "outcome", "moved"), "moved") != 0)
			return message;
	}
	return part->error.message;
}

/* The facts of the error without those of a lease that is no more. */
static json_t *
data_of(const struct part *part, const json_t *params)
{
	json_t *data = part->error.data != NULL ? must(json_copy(part->error.data))
						: must(json_object());

	(void)json_object_del(data, "lease");
	(void)json_object_del(data, "expires");
	(void)json_object_set(data, "op_id", json_object_get(params, "op_id"));
	return data;
}

/* Whether the daemon may have begun it all the same. */
static bool
may_be_on(const struct part *part)
{
	enum ctl_code code = part->error.code;

	/* What it does not serve at all is not on. */
	if (json_object_get(part->error.data, "type") != NULL)
		return false;
	return part->hello != NULL &&
	       (code == CTL_NOT_MOVED || code == CTL_PARTIAL ||
		   code == CTL_UNAVAILABLE || code == CTL_PARSE_ERROR);
}

static void
say_not_begun(struct run *run, const struct part *part, const json_t *params)
{
	bool interrupted = terminal_interrupted != 0, lost = part->error.data == NULL;
	const json_t *target = json_object_get(params, "target");
	struct failure failure = failure_of_error(part->daemon, &part->error);
	const char *reason = reason_of(part), *then = NULL;
	json_t *data = data_of(part, params);
	char *said = request_words_say(run->order, &part->error), *text;

	terminal_interrupted = 0;
	if (may_be_on(part))
		then = give_up(run, target);
	text = must_format("%s%s%s; %s was not run", said != NULL ? said : reason,
	    then != NULL ? "; " : "", then != NULL ? then : "",
	    cmd_match_arg(&run->order->match, "CMD"));
	failure.message = text;
	failure.data = data;
	failure.status = (enum ctl_exit)NOT_STARTED;
	if (interrupted) {
		failure.name = "interrupted";
		failure.code = 0;
		failure.daemon = NULL;
	}
	(void)session_failure(&run->order->options, &failure);
	if (then != NULL && lost)
		move_say_name(run->order, params);
	json_decref(data);
	free(text);
	free(said);
}

/* Whether the lease is there: an operation that is asked for again under its name has
 * its old answer, and perhaps a lease that is over. */
static bool
is_on(struct run *run, const char *lease)
{
	json_t *answer = NULL, *one;
	bool found = false;
	size_t i;

	if (!call(run, "lease.list", NULL, session_timeout(run->order), &answer))
		return false;
	json_array_foreach (json_object_get(answer, "items"), i, one)
		found |= strcmp(view_string(one, "id", ""), lease) == 0;
	json_decref(answer);
	if (!found)
		(void)session_usage(&run->order->options,
		    must_format("this --op-id is of a maintenance that is over (lease "
				"%s): give another one; nothing was done",
			lease));
	return found;
}

static void
take_lease(struct run *run, const json_t *result)
{
	const char *lease = view_string(result, "lease", "");

	if (json_is_true(json_object_get(result, "replayed")) && !is_on(run, lease))
		return;
	run->lease = must(strdup(lease));
	run->renew_at_us = clock_now_us() + run->ttl_us / 3;
}

/* Begins the maintenance. A role that nobody took stays here: then the program must not
 * run. */
static bool
begin(struct run *run, json_t *params)
{
	struct part part = {.daemon = daemon_of(run)};

	if (!look_around(run, json_object_get(params, "target")))
		return false;
	(void)json_object_set_new(params, "for_ms", must(json_integer(for_ms(run))));
	session_call(run->session, &part, "maintenance", json_incref(params),
	    maintenance_patience(run->order));
	if (part.error.code == CTL_OK)
		take_lease(run, json_array_get(part.items, 0));
	else
		say_not_begun(run, &part, params);
	json_decref(part.hello);
	json_decref(part.items);
	ctl_error_done(&part.error);
	return run->lease != NULL;
}

/* A failure is told of once; the next turn comes soon. */
static void
renew(struct run *run)
{
	bool good = call(run, "lease.renew",
	    must(json_pack(
		"{s:s, s:I}", "id", run->lease, "ttl_ms", (json_int_t)for_ms(run))),
	    session_timeout(run->order), NULL);
	int64_t pause_us = run->ttl_us / 3;

	if (!good && pause_us > RETRY_US)
		pause_us = RETRY_US;
	run->quiet = !good;
	run->renew_at_us = clock_now_us() + pause_us;
}

static void
end(struct run *run)
{
	run->quiet = false;
	run->ttl_us = 0;
	if (run->until_us > clock_now_us())
		renew(run);
	else
		(void)call(run, "lease.release",
		    must(json_pack("{s:s}", "id", run->lease)),
		    session_timeout(run->order), NULL);
}

/* ---- signals ------------------------------------------------------------- */

/* While the roles move, they end the wait as Ctrl-C does. */
static void
let_signals_interrupt(struct sigaction *term, struct sigaction *hup)
{
	struct sigaction interrupt;

	(void)sigaction(SIGINT, NULL, &interrupt);
	(void)sigaction(SIGTERM, &interrupt, term);
	(void)sigaction(SIGHUP, &interrupt, hup);
}

/* From now on they are for the program, and end us only together with it. */
static bool
catch_signals(struct run *run)
{
	sigset_t caught;

	(void)sigemptyset(&caught);
	(void)sigaddset(&caught, SIGINT);
	(void)sigaddset(&caught, SIGTERM);
	(void)sigaddset(&caught, SIGHUP);
	(void)sigaddset(&caught, SIGQUIT);
	(void)sigprocmask(SIG_BLOCK, &caught, &run->mask);
	run->signals = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
	return run->signals >= 0;
}

/* What a terminal sends, the program has got as well. */
static void
pass_signal_on(const struct run *run, pid_t pid)
{
	struct signalfd_siginfo info;

	while (read(run->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (info.ssi_code <= 0)
			(void)kill(pid, (int)info.ssi_signo);
}

/* ---- the program --------------------------------------------------------- */

/* Waits for the end of the program, and keeps the lease from ending. */
static int
accompany(struct run *run, pid_t pid)
{
	struct pollfd fds[] = {
	    {.fd = pidfd_open(pid, 0), .events = POLLIN},
	    {.fd = run->signals, .events = POLLIN},
	};
	int status = 0;

	while (fds[0].fd >= 0 && fds[0].revents == 0) {
		int64_t left_us = run->renew_at_us - clock_now_us();

		if (left_us <= 0)
			renew(run);
		else if (poll(fds, 2, (int)(left_us / US_PER_MS) + 1) > 0)
			pass_signal_on(run, pid);
	}
	if (fds[0].fd >= 0)
		(void)close(fds[0].fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The words of the program, from the first CMD on. */
static void
words_of_program(const struct order *order, char *ret[CMD_WORDS_MAX + 1])
{
	size_t count = 0;

	for (size_t i = 0; i < order->match.count; i++) {
		if (!order->match.words[i].keyword &&
		    strcmp(order->match.words[i].token, "CMD") == 0)
			ret[count++] = must(strdup(order->match.words[i].text));
	}
	ret[count] = NULL;
}

static int
start(const struct run *run, pid_t *ret)
{
	char *argv[CMD_WORDS_MAX + 1];
	posix_spawnattr_t attributes;
	int error = posix_spawnattr_init(&attributes);

	words_of_program(run->order, argv);
	(void)fflush(stdout);
	if (error == 0) {
		(void)posix_spawnattr_setsigmask(&attributes, &run->mask);
		(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
		error = posix_spawnp(ret, argv[0], NULL, &attributes, argv, environ);
		(void)posix_spawnattr_destroy(&attributes);
	}
	if (error != 0)
		fprintf(stderr, "hactl: %s: %s\n", argv[0], strerror(error));
	for (size_t i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	return error;
}

static int
run_program(struct run *run)
{
	int status = NOT_STARTED;
	pid_t pid;

	if (!catch_signals(run))
		fprintf(stderr, "hactl: signalfd: %s\n", strerror(errno));
	else if (start(run, &pid) == 0)
		status = accompany(run, pid);
	end(run);
	if (run->signals >= 0)
		(void)close(run->signals);
	(void)sigprocmask(SIG_SETMASK, &run->mask, NULL);
	return status;
}

/* Returns NULL, or why there would be nothing to run: no role moves for a typo. */
static char *
check_program(const struct order *order)
{
	const char *name = cmd_match_arg(&order->match, "CMD");
	int error = program_check(name);

	if (error == 0)
		return NULL;
	return must_format("%s: %s; nothing was done", name,
	    error == ENOENT ? "there is no such program" : strerror(error));
}

int
maintenance_run(struct session *session, const struct order *order)
{
	struct run run = {.session = session, .order = order, .ttl_us = RUN_US};
	char *wrong = NULL;
	json_t *params = request_maintenance(order, &wrong);
	struct sigaction term, hup;
	int64_t for_us = 0;
	int status = NOT_STARTED;

	if (wrong == NULL)
		wrong = order_span(order, "for", &for_us);
	if (wrong == NULL)
		wrong = check_program(order);
	if (wrong != NULL) {
		json_decref(params);
		(void)session_usage(&order->options, wrong);
		return NOT_STARTED;
	}
	if (for_us > 0)
		run.ttl_us = for_us;
	let_signals_interrupt(&term, &hup);
	move_name_it(params);
	if (maintenance_confirm(session, order, params) == CTL_EXIT_DONE &&
	    begin(&run, params))
		status = run_program(&run);
	json_decref(params);
	(void)sigaction(SIGTERM, &term, NULL);
	(void)sigaction(SIGHUP, &hup, NULL);
	free(run.lease);
	return status;
}

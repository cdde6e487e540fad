/* SPDX-License-Identifier: Apache-2.0 */
/* maintenance.c - takes this node out of service for a while. */
#include "hactl/maintenance.h"

#include <errno.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/must.h"
#include "hactl/request.h"
#include "hactl/terminal.h"
#include "hactl/view.h"

/* How long roles may take to move, beyond what --wait says. */
#define PATIENCE_US (60 * US_PER_S)
#define RUN_US (60 * US_PER_S)
#define NOT_STARTED 125

extern char **environ;

static int64_t
patience(const struct order *order)
{
	if (options_given(&order->options, OPTION_NO_WAIT))
		return session_timeout(order);
	return session_timeout(order) +
	       (order->options.wait_us > 0 ? order->options.wait_us : PATIENCE_US);
}

static enum ctl_exit
refuse(const struct order *order, const char *name, enum ctl_exit status,
    const char *message)
{
	struct failure failure = {.name = name, .status = status, .message = message};

	return session_failure(&order->options, &failure);
}

/* Returns CTL_EXIT_DONE to go on. */
static enum ctl_exit
confirm(const struct order *order)
{
	const char *name = cmd_match_arg(&order->match, "NAME");

	if (options_given(&order->options, OPTION_YES))
		return CTL_EXIT_DONE;
	if (!terminal_can_ask())
		return refuse(order, "confirmation_needed", CTL_EXIT_USAGE,
		    "nobody is there to confirm this; give --yes (nothing was done)");
	fprintf(stderr,
	    "Takes %s out of service: where this node is MASTER, the role moves.\n",
	    name != NULL ? name : "this node");
	switch (terminal_ask("Continue?", false)) {
	case TERMINAL_YES:
		return CTL_EXIT_DONE;
	case TERMINAL_INTERRUPTED:
		terminal_interrupted = 0;
		return refuse(order, "interrupted", CTL_EXIT_INTERRUPTED,
		    "interrupted; nothing was done");
	case TERMINAL_NO:
		break;
	}
	return refuse(
	    order, "declined", CTL_EXIT_ANSWERED_NO, "answered no; nothing was done");
}

enum ctl_exit
maintenance_on(struct session *session, const struct order *order)
{
	struct answer answer = {.order = order, .count = 1};
	char *wrong = NULL;
	json_t *params = order->command->params(order, &wrong);
	enum ctl_exit status;

	if (wrong != NULL)
		return session_usage(&order->options, wrong);
	answer.parts[0].daemon = "vrrpd";
	status = confirm(order);
	if (status == CTL_EXIT_DONE) {
		session_call(session, &answer.parts[0], "maintenance",
		    json_incref(params), patience(order));
		status = session_answer(&answer);
	}
	json_decref(params);
	answer_done(&answer);
	return status;
}

/* ---- run ------------------------------------------------------------------- */

struct run {
	struct session *session;
	const struct order *order;
	char *lease;
	int64_t ttl_us;
	bool warned;
};

/* One call whose answer is nothing to show. The error is said; *ret (may be NULL) gets
 * the answer. */
static bool
call(struct run *run, const char *method, json_t *params, int64_t timeout_us,
    json_t **ret)
{
	struct part part = {.daemon = "vrrpd"};
	bool good;

	session_call(run->session, &part, method, params, timeout_us);
	good = part.error.code == CTL_OK;
	if (!good && !run->warned) {
		struct failure failure = failure_of_error(part.daemon, &part.error);

		(void)session_failure(&run->order->options, &failure);
	}
	if (good && ret != NULL)
		*ret = json_incref(json_array_get(part.items, 0));
	json_decref(part.hello);
	json_decref(part.items);
	ctl_error_done(&part.error);
	return good;
}

/* Begins the maintenance. A role that nobody took stays here: then the program must not
 * run, and the maintenance is ended again. */
static bool
begin(struct run *run, json_t *params)
{
	json_t *result = NULL, *off;
	const char *lease;

	off = must(json_pack("{s:s, s:O*}", "action", "off", "target",
	    json_object_get(params, "target")));
	(void)json_object_set_new(
	    params, "for_ms", must(json_integer(run->ttl_us / US_PER_MS)));
	if (!call(run, "maintenance", params, patience(run->order), &result)) {
		run->warned = true;
		if (terminal_interrupted == 0)
			(void)call(
			    run, "maintenance", off, session_timeout(run->order), NULL);
		else
			json_decref(off);
		return false;
	}
	json_decref(off);
	lease = view_string(result, "lease", NULL);
	run->lease = lease != NULL ? must(strdup(lease)) : NULL;
	json_decref(result);
	return run->lease != NULL;
}

/* The daemon may be restarted meanwhile: the next turn tries again. */
static void
renew(struct run *run)
{
	json_t *params = must(json_pack("{s:s, s:I}", "id", run->lease, "ttl_ms",
	    (json_int_t)(run->ttl_us / US_PER_MS)));

	run->warned =
	    !call(run, "lease.renew", params, session_timeout(run->order), NULL);
}

/* Waits for the end of the program and renews the lease at every third of its time. */
static int
accompany(struct run *run, pid_t pid)
{
	struct pollfd fd = {.fd = pidfd_open(pid, 0), .events = POLLIN};
	int status = 0, third_ms = (int)(run->ttl_us / US_PER_MS / 3);

	while (fd.fd >= 0) {
		int ready = poll(&fd, 1, third_ms);

		if (ready > 0 || (ready < 0 && errno != EINTR))
			break;
		/* A Ctrl-C is for the program; we end when it has ended. */
		terminal_interrupted = 0;
		if (ready == 0)
			renew(run);
	}
	if (fd.fd >= 0)
		(void)close(fd.fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	terminal_interrupted = 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The words of the program, from the first CMD on. */
static int
start(const struct order *order, pid_t *ret)
{
	char *argv[CMD_WORDS_MAX + 1];
	size_t count = 0;
	int error;

	for (size_t i = 0; i < order->match.count; i++) {
		if (!order->match.words[i].keyword &&
		    strcmp(order->match.words[i].token, "CMD") == 0)
			argv[count++] = must(strdup(order->match.words[i].text));
	}
	argv[count] = NULL;
	(void)fflush(stdout);
	error = posix_spawnp(ret, argv[0], NULL, NULL, argv, environ);
	if (error != 0)
		fprintf(stderr, "hactl: %s: %s\n", argv[0], strerror(error));
	for (size_t i = 0; i < count; i++)
		free(argv[i]);
	return error;
}

static int
run_program(struct run *run)
{
	int status = NOT_STARTED;
	pid_t pid;

	if (start(run->order, &pid) == 0)
		status = accompany(run, pid);
	run->warned = false;
	(void)call(run, "lease.release", must(json_pack("{s:s}", "id", run->lease)),
	    session_timeout(run->order), NULL);
	return status;
}

int
maintenance_run(struct session *session, const struct order *order)
{
	struct run run = {.session = session, .order = order, .ttl_us = RUN_US};
	char *wrong = NULL;
	json_t *params = request_maintenance(order, &wrong);
	int64_t for_us = 0;
	int status = NOT_STARTED;

	if (wrong == NULL)
		wrong = order_span(order, "for", &for_us);
	if (wrong != NULL) {
		json_decref(params);
		(void)session_usage(&order->options, wrong);
		return NOT_STARTED;
	}
	if (for_us > 0)
		run.ttl_us = for_us;
	if (confirm(order) != CTL_EXIT_DONE)
		json_decref(params);
	else if (begin(&run, params))
		status = run_program(&run);
	free(run.lease);
	return status;
}

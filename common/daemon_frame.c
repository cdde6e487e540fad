/* SPDX-License-Identifier: Apache-2.0 */
/* daemon_frame.c - what a daemon does around its work. */
#include "common/daemon_frame.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>

#include "common/conf.h"
#include "common/conf_rules.h"
#include "common/conf_schema.h"
#include "common/conf_text.h"
#include "common/log.h"

/* ---- configuration ------------------------------------------------------- */

int
daemon_read_config(const struct daemon_options *options, struct conf_text *given,
    struct conf_diags *diags, struct conf_tree **ret)
{
	const struct conf_env env = {.config_id = options->config_id,
	    .daemons = strcmp(options->daemon, "vrrpd") == 0 ? CONF_DAEMON_VRRPD
							     : CONF_DAEMON_CHECKD};
	struct conf_text *text = NULL;
	struct conf_tree *tree = NULL;
	int r = 0;

	if (given != NULL)
		text = conf_text_ref(given);
	else
		r = conf_text_load(options->config_path, diags, &text);

	if (r < 0)
		return r;
	r = conf_tree_parse(text, &env, diags, &tree);
	conf_text_free(text);
	if (r == 0)
		conf_rules_check_work(tree, diags);
	if (r == 0 && conf_diags_verdict(diags) == CONF_DOES_NOT_RUN)
		r = -EINVAL;
	if (r < 0) {
		conf_tree_free(tree);
		return r;
	}
	conf_tree_forget_text(tree); /* all that is wrong was found */
	*ret = tree;
	return 0;
}

int
daemon_read_anew(const struct daemon_options *options, struct daemon_reload *reload,
    struct conf_tree **ret)
{
	if (reload->read_error < 0)
		return reload->read_error;
	return daemon_read_config(options, reload->text, reload->diags, ret);
}

void
daemon_show_findings(
    const struct daemon_options *options, const struct conf_diags *diags)
{
	bool test = options->test_only;

	if (test && options->json) {
		json_t *json = conf_diags_json(diags);

		(void)json_dumpf(json, stdout, JSON_INDENT(2));
		(void)putchar('\n');
		json_decref(json);
	} else if (test || conf_diags_count(diags) > 0) {
		conf_diags_print(diags, test ? stdout : stderr);
	}
}

void
daemon_log_refused(const struct daemon_reload *reload, int error)
{
	log_err("reload refused, nothing changed: %s",
	    error == -EINVAL             ? "the configuration has errors"
	    : reload->refused[0] != '\0' ? reload->refused
					 : strerror(-error));
}

enum daemon_status
daemon_status_of(int error)
{
	if (error == 0)
		return DAEMON_STATUS_OK;
	return error == -EINVAL || error == -ENOMEM ? DAEMON_STATUS_FAILED
						    : DAEMON_STATUS_USAGE;
}

/* ---- signals ------------------------------------------------------------- */

static int
on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	const struct daemon_signals *signals = userdata;
	int number = (int)info->ssi_signo;
	bool successor = number == DAEMON_SIGNAL_SUCCESSOR;

	(void)source;
	log_info("stopping on signal %d (%s) of process %u%s", number,
	    strsignal(number), info->ssi_pid, successor ? ": a successor follows" : "");
	signals->stop(signals->userdata, successor);
	return 0;
}

/* Old runbooks ask keepalived for its state with a signal. Nobody who does that means
 * to end a daemon, which is what such a signal does where it is not expected. */
static int
on_query(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	int number = (int)info->ssi_signo;

	(void)source;
	(void)userdata;
	log_notice("signal %d (%s) of process %u does nothing here: see \"hactl show "
		   "status\" and \"hactl help show\"",
	    number, strsignal(number), info->ssi_pid);
	return 0;
}

static int
on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	const struct daemon_signals *signals = userdata;

	(void)source;
	(void)info;
	signals->reload(signals->userdata);
	return 0;
}

static bool
is_query(int number)
{
	return number == SIGUSR1 || number == SIGUSR2 ||
	       (number >= SIGRTMIN && number <= SIGRTMAX &&
		   number != DAEMON_SIGNAL_SUCCESSOR);
}

static sd_event_signal_handler_t
handler_of(int number)
{
	if (number == SIGHUP)
		return on_reload;
	if (number == SIGTERM || number == SIGINT || number == DAEMON_SIGNAL_SUCCESSOR)
		return on_stop;
	return is_query(number) ? on_query : NULL;
}

int
daemon_watch_signals(sd_event *event, struct daemon_signals *signals)
{
	int r = 0;

	(void)signal(SIGPIPE, SIG_IGN);
	for (int number = 1; r >= 0 && number <= SIGRTMAX; number++) {
		sd_event_signal_handler_t handler = handler_of(number);
		sigset_t set;

		if (handler == NULL)
			continue;
		(void)sigemptyset(&set);
		(void)sigaddset(&set, number);
		(void)sigprocmask(SIG_BLOCK, &set, NULL);
		r = sd_event_add_signal(event, NULL, number, handler, signals);
	}
	return r < 0 ? r : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - hactl: sees and steers the daemons of a node.
 *
 * One command, the lines of a file, or a shell: all of them end in run_words().
 */
#include <jansson.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "hactl/batch.h"
#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/nodes.h"
#include "hactl/remote.h"
#include "hactl/run.h"
#include "hactl/session.h"
#include "hactl/shell.h"
#include "hactl/terminal.h"

#define RUN_BASE_DEFAULT "/run"

/* libedit drops what is not ASCII in the C locale. */
static void
set_locale(void)
{
	if (setlocale(LC_CTYPE, "") == NULL ||
	    strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		(void)setlocale(LC_CTYPE, "C.UTF-8");
}

static enum ctl_exit
run_command(struct session *session, const char *const words[], size_t count)
{
	static const char *const status[] = {"show", "status"};
	const struct options *options = &session->options;

	terminal_catch_interrupt();
	if (options->count == 0 && !options_given(options, OPTION_HELP))
		return run_words(session, status, 2);
	return run_words(session, words, count);
}

/* Returns NULL, or why the options for a file do not go together. */
static char *
check_batch(const struct options *options)
{
	bool keep_going = options_given(options, OPTION_KEEP_GOING);
	bool atomic = options_given(options, OPTION_ATOMIC);

	if (options->file == NULL && (keep_going || atomic))
		return must_format(
		    "--%s goes with --file", keep_going ? "keep-going" : "atomic");
	if (options->file != NULL && options->count > 0)
		return must_format("give either a command or --file");
	if (keep_going && atomic)
		return must_format(
		    "--atomic does all or nothing: it cannot --keep-going");
	return NULL;
}

static enum ctl_exit
run(struct session *session, const char *const words[], size_t count)
{
	const struct options *options = &session->options;
	char *wrong;

	if (options_given(options, OPTION_VERSION)) {
		puts("hactl " PACKAGE_VERSION);
		return CTL_EXIT_DONE;
	}
	wrong = check_batch(options);
	if (wrong != NULL)
		return session_usage(options, wrong);
	if (options->file != NULL)
		return batch_run(session, options->file);
	if (options->count == 0 && !options_given(options, OPTION_HELP) &&
	    isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1)
		return shell_run(session);
	return run_command(session, words, count);
}

/* The same command on other hosts: hactl there does it. */
static int
run_elsewhere(struct session *session, const char *const words[], size_t count)
{
	const struct options *options = &session->options;
	char *wrong = nodes_check(options->hosts);
	char **kept, *hosts;
	int status;

	if (wrong == NULL && options->file != NULL)
		wrong = must_format("--file is for this host");
	if (wrong != NULL)
		return (int)session_usage(options, wrong);
	kept = must(calloc(count + 1, sizeof(*kept)));
	count = options_without(words, count, OPTION_HOST, kept);
	words = (const char *const *)kept;
	hosts = nodes_distinct(options->hosts);
	status = nodes_are_several(hosts) ? (int)nodes_run(session, hosts, words, count)
					  : remote_run(hosts, words, count);
	free(hosts);
	for (size_t i = 0; i < count; i++)
		free(kept[i]);
	free(kept);
	return status;
}

/* A full disk or a closed pipe: the answer did not arrive, whatever it was. */
static enum ctl_exit
close_output(enum ctl_exit status)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	perror("hactl: standard output");
	return status == CTL_EXIT_DONE ? CTL_EXIT_FAILED : status;
}

static void
session_open(struct session *session)
{
	const char *run_base = session->options.run_dir;

	session->tree = cmd_table_tree();
	session->daemons = daemons_new(run_base != NULL ? run_base : RUN_BASE_DEFAULT);
}

static void
session_close(struct session *session)
{
	daemons_free(session->daemons);
	cmdtree_free(session->tree);
}

int
main(int argc, char *argv[])
{
	const char *const *words = (const char *const *)(argv + 1);
	size_t count = argc > 1 ? (size_t)argc - 1 : 0;
	bool completing = count > 0 && strcmp(words[0], "__complete") == 0;
	struct session session = {0};
	enum ctl_exit status;
	char *wrong;

	set_locale();
	json_object_seed(0);
	/* A line being completed may hold anything: only its -R is of interest. */
	wrong = options_parse(words, count, false, &session.options);
	session_open(&session);
	if (completing)
		status = shell_complete(&session, words + 1, count - 1);
	else if (wrong == NULL && session.options.hosts != NULL)
		status = (enum ctl_exit)run_elsewhere(&session, words, count);
	else if (wrong == NULL)
		status = run(&session, words, count);
	else
		status = session_usage(&session.options, wrong);
	if (completing)
		free(wrong);
	session_close(&session);
	return (int)close_output(status);
}

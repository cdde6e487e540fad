/* SPDX-License-Identifier: Apache-2.0 */
/* remote.c - hactl on other hosts, over ssh. */
#include "hactl/remote.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hactl/must.h"
#include "hactl/terminal.h"
#include "hactl/words.h"

/* What ssh itself ends with when it fails; hactl has no such status. */
#define SSH_FAILED 255

/* Nobody is asked for a password: a host that wants one counts as not reached. */
#define SSH "ssh -o BatchMode=yes -o ConnectTimeout=10"
#define SSH_TERMINAL SSH " -t"

extern char **environ;

static void
put_quoted(FILE *to, const char *word)
{
	putc('\'', to);
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			fputs("'\\''", to);
		else
			putc(*word, to);
	}
	putc('\'', to);
}

char *
remote_quote(const char *const words[], size_t count)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = must(open_memstream(&text, &len));

	fputs("hactl", to);
	for (size_t i = 0; i < count; i++) {
		putc(' ', to);
		put_quoted(to, words[i]);
	}
	fclose(to);
	return must(text);
}

/* The program that goes to other hosts. A terminal at all our ends becomes one there,
 * so that questions can be asked. */
static const char *
ssh_command(bool captured)
{
	const char *ssh = getenv("HACTL_SSH");

	if (ssh != NULL && ssh[0] != '\0')
		return ssh;
	if (!captured && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 &&
	    isatty(STDERR_FILENO) == 1)
		return SSH_TERMINAL;
	return SSH;
}

/* A file in memory, so that two hosts that write much need not take turns. */
static FILE *
new_capture(void)
{
	int fd = memfd_create("hactl", MFD_CLOEXEC);
	FILE *file = fd >= 0 ? fdopen(fd, "w+") : NULL;

	if (file == NULL && fd >= 0)
		(void)close(fd);
	return file;
}

static int
spawn(struct remote *remote, char *argv[])
{
	posix_spawn_file_actions_t actions;
	int error;

	(void)posix_spawn_file_actions_init(&actions);
	if (remote->out != NULL) {
		(void)posix_spawn_file_actions_addopen(
		    &actions, STDIN_FILENO, "/dev/null", 0, 0);
		(void)posix_spawn_file_actions_adddup2(
		    &actions, fileno(remote->out), STDOUT_FILENO);
		(void)posix_spawn_file_actions_adddup2(
		    &actions, fileno(remote->err), STDERR_FILENO);
	}
	(void)fflush(stdout);
	error = posix_spawnp(&remote->pid, argv[0], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (error != 0)
		remote->pid = 0;
	return -error;
}

int
remote_start(
    struct remote *remote, const char *const words[], size_t count, bool captured)
{
	struct words ssh;
	char *line, **argv;
	int error;

	if (captured) {
		remote->out = new_capture();
		remote->err = new_capture();
		if (remote->out == NULL || remote->err == NULL)
			return -errno;
	}
	words_split(ssh_command(captured), &ssh);
	line = remote_quote(words, count);
	argv = must(calloc(ssh.count + 4, sizeof(*argv)));
	memcpy(argv, ssh.items, ssh.count * sizeof(*argv));
	argv[ssh.count] = remote->host;
	argv[ssh.count + 1] = line;
	error = ssh.count > 0 ? spawn(remote, argv) : -ENOENT;
	free(argv);
	free(line);
	words_done(&ssh);
	return error;
}

void
remote_wait(struct remote *remote)
{
	int status = 0;

	while (
	    remote->pid > 0 && waitpid(remote->pid, &status, 0) < 0 && errno == EINTR) {
		/* At a terminal it has got the signal itself. */
		if (terminal_interrupted != 0)
			(void)kill(remote->pid, SIGTERM);
	}
	if (remote->pid == 0)
		remote->status = CTL_EXIT_UNREACHABLE;
	else if (terminal_interrupted != 0 || WIFSIGNALED(status))
		remote->status = CTL_EXIT_INTERRUPTED;
	else if (WEXITSTATUS(status) == SSH_FAILED)
		remote->status = CTL_EXIT_UNREACHABLE;
	else
		remote->status = WEXITSTATUS(status);
	remote->pid = 0;
	if (remote->out != NULL)
		rewind(remote->out);
	if (remote->err != NULL)
		rewind(remote->err);
}

void
remote_done(struct remote *remote)
{
	if (remote->out != NULL)
		(void)fclose(remote->out);
	if (remote->err != NULL)
		(void)fclose(remote->err);
	free(remote->host);
	*remote = (struct remote){0};
}

int
remote_run(const char *host, const char *const words[], size_t count)
{
	struct remote remote = {.host = must(strdup(host))};
	int error, status;

	terminal_catch_interrupt();
	error = remote_start(&remote, words, count, false);
	if (error != 0)
		fprintf(stderr, "hactl: %s: %s\n", host, strerror(-error));
	remote_wait(&remote);
	status = remote.status;
	remote_done(&remote);
	return status;
}

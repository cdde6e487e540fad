/* SPDX-License-Identifier: Apache-2.0 */
/* pager.c - answers that may be longer than the screen.
 *
 * The answer is gathered first and handed over whole: how it is laid out does not
 * depend on the pager, and when there is none to be run nothing is lost.
 */
#include "hactl/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hactl/must.h"
#include "hactl/terminal.h"
#include "hactl/words.h"

#define PAGER_DEFAULT "less -FRX"
#define NOT_FOUND 127 /* what a child ends with when its program cannot be run */

extern char **environ;

static const char *
program_name(void)
{
	const char *name = getenv("HACTL_PAGER");

	if (name == NULL)
		name = getenv("PAGER");
	return name != NULL ? name : PAGER_DEFAULT;
}

static bool
is_none(const char *name)
{
	return name[strspn(name, " \t")] == '\0' || strcmp(name, "cat") == 0;
}

static bool
is_wanted(const struct options *options)
{
	return !options_given(options, OPTION_NO_PAGER) &&
	       !options_given(options, OPTION_QUIET) && options->json != JSON_SHORT &&
	       isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 &&
	       terminal_is_able();
}

void
pager_begin(struct pager *pager, const struct options *options)
{
	*pager = (struct pager){.to = stdout};
	if (!is_wanted(options) || is_none(program_name()))
		return;
	pager->program = must(strdup(program_name()));
	pager->to = must(open_memstream(&pager->text, &pager->len));
}

/* Our environment, and what less should know unless it is told already: to end when all
 * fits the screen, let colours through and leave the text there; and that we write
 * UTF-8 in any locale. The caller frees the array, but not its texts. */
static char **
new_environment(void)
{
	static char less[] = "LESS=FRX", charset[] = "LESSCHARSET=utf-8";
	size_t count = 0;
	char **all;

	while (environ[count] != NULL)
		count++;
	all = must(calloc(count + 3, sizeof(*all)));
	memcpy(all, environ, count * sizeof(*all));
	if (getenv("LESS") == NULL)
		all[count++] = less;
	if (getenv("LESSCHARSET") == NULL)
		all[count] = charset;
	return all;
}

/* Starts the program with `from` as its input. Returns its process, or 0. */
static pid_t
start(const char *program, int from)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char **environment = new_environment();
	struct words words;
	sigset_t defaults;
	pid_t pid = 0;

	words_split(program, &words);
	words.items = must(realloc(words.items, (words.count + 1) * sizeof(char *)));
	words.items[words.count] = NULL;
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, from, STDIN_FILENO);
	/* We ignore it; whoever writes to a pipe that is closed wants to end by it. */
	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGPIPE);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	(void)posix_spawnattr_setsigdefault(&attributes, &defaults);
	if (words.count == 0 || posix_spawnp(&pid, words.items[0], &actions,
				    &attributes, words.items, environment) != 0)
		pid = 0;
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	words_done(&words);
	free(environment);
	return pid;
}

/* Writes all of it, or as much as the pager wants. A Ctrl-C is the pager's affair. */
static void
feed(int to, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(to, text, len);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
}

/* Returns false when the program could not be run. */
static bool
show(const struct pager *pager)
{
	int ends[2], status = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	pid = start(pager->program, ends[0]);
	(void)close(ends[0]);
	if (pid != 0)
		feed(ends[1], pager->text, pager->len);
	(void)close(ends[1]);
	while (pid != 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid != 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND);
}

void
pager_end(struct pager *pager)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;

	if (pager->program == NULL)
		return;
	(void)fclose(pager->to);
	(void)fflush(stdout);
	(void)sigaction(SIGPIPE, &ignore, &before);
	if (!show(pager))
		(void)fwrite(pager->text, 1, pager->len, stdout);
	(void)sigaction(SIGPIPE, &before, NULL);
	/* It was meant for the pager. */
	terminal_interrupted = 0;
	free(pager->program);
	free(pager->text);
}

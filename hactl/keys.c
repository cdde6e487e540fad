/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - the next character typed, and what happens while it is waited for.
 *
 * libedit's own reading notices signals only when they interrupt read(2): one that
 * comes a moment before is lost. Here they are blocked but for the time of the waiting.
 */
#include "hactl/keys.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hactl/terminal.h"

/* To the first column, and all that follows is gone. */
#define CLEAR "\r\033[J"

static volatile sig_atomic_t resized, continued;

static void
note_change(int number)
{
	if (number == SIGCONT)
		continued = 1;
	resized = 1;
}

void
keys_install(EditLine *edit)
{
	/* Other calls go on: only a line that is being typed is concerned. */
	struct sigaction action = {.sa_handler = note_change, .sa_flags = SA_RESTART};

	(void)sigaction(SIGWINCH, &action, NULL);
	(void)sigaction(SIGCONT, &action, NULL);
	(void)el_wset(edit, EL_GETCFN, keys_read);
}

void
keys_begin(EditLine *edit)
{
	if (resized != 0)
		el_resize(edit);
	resized = continued = 0;
}

/* libedit believes that the modes of the terminal are still its own: it sets them only
 * when it has given them up before. */
static void
take_terminal(EditLine *edit)
{
	(void)el_wset(edit, EL_PREP_TERM, 0);
	(void)el_wset(edit, EL_PREP_TERM, 1);
}

static void
paint_anew(EditLine *edit)
{
	if (continued != 0)
		take_terminal(edit);
	resized = continued = 0;
	/* libedit forgets where the cursor is, and paints from the first column. */
	(void)fputs(terminal_is_able() ? CLEAR : "\n", stdout);
	(void)fflush(stdout);
	el_resize(edit);
	(void)el_wset(edit, EL_REFRESH);
}

/* Waits until there is something to read. Returns false on Ctrl-C. */
static bool
wait_for_key(EditLine *edit)
{
	struct pollfd key = {.fd = STDIN_FILENO, .events = POLLIN};
	sigset_t signals, before;
	int ready = 0;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGWINCH);
	(void)sigaddset(&signals, SIGCONT);
	(void)sigprocmask(SIG_BLOCK, &signals, &before);
	while (ready <= 0 && terminal_interrupted == 0) {
		if (resized != 0)
			paint_anew(edit);
		ready = ppoll(&key, 1, NULL, &before);
		if (ready < 0 && errno != EINTR)
			break;
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return terminal_interrupted == 0;
}

int
keys_read(EditLine *edit, wchar_t *ret)
{
	mbstate_t state;
	ssize_t n;
	char byte;

	memset(&state, 0, sizeof(state));
	for (;;) {
		size_t len;

		if (!wait_for_key(edit)) {
			errno = EINTR;
			return -1;
		}
		n = read(STDIN_FILENO, &byte, 1);
		if (n <= 0)
			return (int)n;
		len = mbrtowc(ret, &byte, 1, &state);
		if (len <= 1)
			return 1;
		/* Incomplete: more to come. No character at all: begin anew. */
		if (len == (size_t)-1)
			memset(&state, 0, sizeof(state));
	}
}

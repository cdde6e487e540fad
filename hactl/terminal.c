/* SPDX-License-Identifier: Apache-2.0 */
/* terminal.c - what stands at the other end of our output, and questions to it. */
#include "hactl/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

volatile sig_atomic_t terminal_interrupted;

static void
note_interrupt(int number)
{
	(void)number;
	terminal_interrupted = 1;
}

void
terminal_catch_interrupt(void)
{
	/* No SA_RESTART: reading and polling must end. */
	struct sigaction action = {.sa_handler = note_interrupt};

	(void)sigaction(SIGINT, &action, NULL);
}

bool
terminal_is_able(void)
{
	const char *term = getenv("TERM");

	return term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

static bool
has_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return (no == NULL || no[0] == '\0') && terminal_is_able();
}

static size_t
width_of(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

struct style
terminal_style(const struct options *options, FILE *to)
{
	bool terminal = isatty(fileno(to)) == 1;

	return (struct style){
	    .legend = !options_given(options, OPTION_NO_LEGEND),
	    .colour = options->colour == COLOUR_ALWAYS ||
		      (options->colour == COLOUR_AUTO && terminal && has_colour()),
	    .pretty = options->json == JSON_PRETTY ||
		      (options->json == JSON_AUTO && terminal),
	    .width = terminal ? width_of(fileno(to)) : 0,
	};
}

bool
terminal_can_ask(void)
{
	return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

enum terminal_reply
terminal_ask(const char *question, bool in_full)
{
	enum terminal_reply reply = TERMINAL_NO;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	fprintf(stderr, "%s [%s] ", question, in_full ? "yes/N" : "y/N");
	len = getline(&line, &room, stdin);
	if (len > 0 && line[len - 1] == '\n')
		line[len - 1] = '\0';
	if (terminal_interrupted != 0)
		reply = TERMINAL_INTERRUPTED;
	else if (len > 0 && (strcasecmp(line, "yes") == 0 ||
				(!in_full && strcasecmp(line, "y") == 0)))
		reply = TERMINAL_YES;
	if (len < 0) {
		putc('\n', stderr);
		clearerr(stdin);
	}
	free(line);
	return reply;
}

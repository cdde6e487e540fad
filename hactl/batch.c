/* SPDX-License-Identifier: Apache-2.0 */
/* batch.c - the lines of a file, carried out. */
#include "hactl/batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/atomic.h"
#include "hactl/must.h"
#include "hactl/run.h"
#include "hactl/terminal.h"

static enum ctl_exit
run_lines(struct session *session, FILE *from)
{
	bool keep_going = options_given(&session->options, OPTION_KEEP_GOING);
	enum ctl_exit status = CTL_EXIT_DONE;
	char *line = NULL;
	size_t room = 0;

	while (!session->leave && getline(&line, &room, from) >= 0) {
		enum ctl_exit one;

		session->options.line++;
		one = run_line(session, line);
		(void)fflush(stdout);
		if (one != CTL_EXIT_DONE)
			status = one;
		if (one == CTL_EXIT_INTERRUPTED ||
		    (one != CTL_EXIT_DONE && !keep_going))
			break;
	}
	free(line);
	return status;
}

enum ctl_exit
batch_run(struct session *session, const char *path)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *from = standard ? stdin : fopen(path, "re");
	enum ctl_exit status;

	if (from == NULL)
		return session_usage(
		    &session->options, must_format("%s: %s", path, strerror(errno)));
	terminal_catch_interrupt();
	session->in_shell = true;
	/* Nobody wants to leave a pager between two lines of a file. */
	session->options.given |= OPTION_BIT(OPTION_NO_PAGER);
	status = options_given(&session->options, OPTION_ATOMIC)
		     ? atomic_run(session, from)
		     : run_lines(session, from);
	if (!standard)
		(void)fclose(from);
	return status;
}

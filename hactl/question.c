/* SPDX-License-Identifier: Apache-2.0 */
/* question.c - what is asked before something is done. */
#include "hactl/question.h"

#include "hactl/session.h"
#include "hactl/terminal.h"

static enum ctl_exit
refuse(const struct order *order, const char *name, enum ctl_exit status,
    const char *message)
{
	struct failure failure = {.name = name, .status = status, .message = message};

	return session_failure(&order->options, &failure);
}

enum ctl_exit
question_ask(const struct order *order, bool in_full,
    void (*describe)(const void *userdata), const void *userdata)
{
	if (options_given(&order->options, OPTION_YES))
		return CTL_EXIT_DONE;
	if (!terminal_can_ask())
		return refuse(order, "confirmation_needed", CTL_EXIT_USAGE,
		    "nobody is there to confirm this; give --yes (nothing was done)");
	describe(userdata);
	switch (terminal_ask("Continue?", in_full)) {
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

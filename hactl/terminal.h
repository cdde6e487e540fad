/* SPDX-License-Identifier: Apache-2.0 */
/* terminal.h - what stands at the other end of our output, and questions to it. */
#ifndef HACTL_TERMINAL_H
#define HACTL_TERMINAL_H

#include <signal.h>
#include <stdbool.h>

#include "hactl/options.h"
#include "hactl/style.h"

/* Set by Ctrl-C; whoever acts on it makes it 0 again. */
extern volatile sig_atomic_t terminal_interrupted;

/* Catches Ctrl-C from now on: a call that waits ends, and the program goes on. */
void terminal_catch_interrupt(void);

/* The layout for what is written to `to`, as the options want it and the terminal can.
 */
struct style terminal_style(const struct options *options, FILE *to);

/* Whether the terminal is more than a printer: it has colours and can be painted anew. */
bool terminal_is_able(void);

/* Whether somebody is there to answer a question. */
bool terminal_can_ask(void);

enum terminal_reply {
	TERMINAL_NO = 0,
	TERMINAL_YES,
	TERMINAL_INTERRUPTED,
};

/* Asks on stderr and reads a line. "y" and "yes" are yes; with `in_full` only "yes". */
enum terminal_reply terminal_ask(const char *question, bool in_full);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* shell.h - commands one after another from a person, and what TAB offers. */
#ifndef HACTL_SHELL_H
#define HACTL_SHELL_H

#include <stddef.h>

#include "common/ctl_error.h"
#include "hactl/session.h"

/* Reads and carries out lines from the terminal until Ctrl-D or "exit". */
enum ctl_exit shell_run(struct session *session);

/* The hidden verb "__complete": words[0] is the index of the word to complete among the
 * others, which begin with the name of the program. Prints "WORD<TAB>HELP" lines. */
enum ctl_exit shell_complete(
    struct session *session, const char *const words[], size_t count);

#endif

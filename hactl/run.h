/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - one command, from its words to the status it ends with.
 *
 * The same for a command given to the program, a line of a file and a line of the
 * shell.
 */
#ifndef HACTL_RUN_H
#define HACTL_RUN_H

#include <stddef.h>
#include "common/ctl_error.h"

struct session;

/* Carries out the words of one command; no words are no command. Prints the answer or
 * what went wrong, and returns the exit status. */
enum ctl_exit run_words(
    struct session *session, const char *const words[], size_t count);

/* Carries out one line of text: words_split(), then run_words(). */
enum ctl_exit run_line(struct session *session, const char *line);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* must.h - memory for a program that lives for one command: there is some, or we end.
 */
#ifndef HACTL_MUST_H
#define HACTL_MUST_H

#include <stddef.h>

/* Returns `memory`; when it is NULL, says so on stderr and exits with status 1. Made
 * for the results of malloc(), strdup(), json_object() and the like: a command line
 * tool has nothing better to do without memory, and nothing of its own to lose. */
void *must(void *memory);

/* printf() into fresh memory, which the caller frees. */
char *must_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* program.h - a program of the command line, found before it is needed. */
#ifndef HACTL_PROGRAM_H
#define HACTL_PROGRAM_H

/* Whether posix_spawnp() would find `name`, in $PATH unless it has a slash, and may run
 * it. Returns 0, or ENOENT, EACCES: it is there, but is no program for us. */
int program_check(const char *name);

#endif

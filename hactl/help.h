/* SPDX-License-Identifier: Apache-2.0 */
/* help.h - what commands and options there are, from their tables. */
#ifndef HACTL_HELP_H
#define HACTL_HELP_H

#include <stddef.h>

#include "common/ctl_error.h"
#include "hactl/options.h"

struct order;

/* "help", "help WORD...": all commands in one line each, or those that begin with the
 * words in full. Returns 0, or 2 when no command begins so. */
enum ctl_exit help_command(const struct order *order);

/* "hactl --help", "hactl WORD... --help": the words are those of the options. */
enum ctl_exit help_words(const struct options *options);

#endif

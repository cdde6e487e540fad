/* SPDX-License-Identifier: Apache-2.0 */
/* question.h - what is asked before something is done. */
#ifndef HACTL_QUESTION_H
#define HACTL_QUESTION_H

#include <stdbool.h>

#include "common/ctl_error.h"
#include "hactl/order.h"

/* Whether to go on: --yes was given, or a person, whom `describe` (writes to stderr)
 * has told what is about to happen, says so; "yes" in full where `in_full` is set.
 * Returns CTL_EXIT_DONE, or with a sentence printed the status to end with, nothing
 * having been done. */
enum ctl_exit question_ask(const struct order *order, bool in_full,
    void (*describe)(const void *userdata), const void *userdata);

#endif

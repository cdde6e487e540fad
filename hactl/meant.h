/* SPDX-License-Identifier: Apache-2.0 */
/* meant.h - what a line that is no command was meant to be. */
#ifndef HACTL_MEANT_H
#define HACTL_MEANT_H

#include "common/cmdtree.h"

/* Why words[at] does not stand there, and what was meant when that can be told: of the
 * words before it, `nexts` is what may follow. The caller frees the sentence. */
char *meant_unknown(const struct cmdtree *tree, const struct cmd_nexts *nexts,
    const char *const words[], size_t at);

/* The words that may come next: "status, instances, NAME"; with `fits` only those that
 * it may be short for. The caller frees it. */
char *meant_nexts(const struct cmd_nexts *nexts, const char *fits);

#endif

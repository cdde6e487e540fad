/* SPDX-License-Identifier: Apache-2.0 */
/* batch.h - the lines of a file, carried out. */
#ifndef HACTL_BATCH_H
#define HACTL_BATCH_H

#include "common/ctl_error.h"
#include "hactl/session.h"

/* Reads and carries out the lines of a file ("-": standard input). Ends at the first
 * command that fails, with its status, unless --keep-going: then with the status of the
 * last one that failed. With --atomic the lines become one change (atomic.h). */
enum ctl_exit batch_run(struct session *session, const char *path);

#endif

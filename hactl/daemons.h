/* SPDX-License-Identifier: Apache-2.0 */
/* daemons.h - the conversations with vrrpd and checkd, opened when first needed. */
#ifndef HACTL_DAEMONS_H
#define HACTL_DAEMONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ctl_client.h"

#define DAEMONS_COUNT 2

struct daemons;

/* Returns the conversations below `run_base` ("/run"); nothing is opened yet. */
struct daemons *daemons_new(const char *run_base);
struct daemons *daemons_free(struct daemons *daemons);

/* The names of the daemons, "vrrpd" and "checkd". */
const char *daemons_name(size_t i);

/* The conversation with the daemon `name`: the open one, or a new one when there is
 * none or the daemon has closed it (it was restarted). Valid until daemons_drop().
 * *ret_again (may be NULL) becomes true, once, when another process answers than
 * before. Returns CTL_OK or the error. */
enum ctl_code daemons_open(struct daemons *daemons, const char *name,
    int64_t timeout_us, struct ctl_client **ret, bool *ret_again,
    struct ctl_error *ret_error);

/* The path of the daemon's control socket; the caller frees it. */
char *daemons_socket_path(const struct daemons *daemons, const char *name);

/* Whether the daemon's control socket is there: it runs, or was killed. Its run
 * directory may stay after a proper end. */
bool daemons_has_socket(const struct daemons *daemons, const char *name);

/* The conversation that is open, or NULL: what the daemon said before it closed it can
 * still be read. */
struct ctl_client *daemons_current(const struct daemons *daemons, const char *name);

/* Ends the conversation: after an error that makes it useless. */
void daemons_drop(struct daemons *daemons, const char *name);

#endif

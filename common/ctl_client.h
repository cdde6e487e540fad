/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_client.h - one conversation with a daemon, waiting for each answer.
 *
 * For hactl. Everything that goes wrong is a struct ctl_error, whether the daemon said
 * so or nobody answered: CTL_UNAVAILABLE (not running, no answer in time, connection
 * lost), CTL_DENIED (neither socket may be opened), CTL_UNSUPPORTED_VERSION,
 * CTL_PARSE_ERROR (what came is not this protocol). The connection is closed after any
 * of these; the daemon's own errors leave it open.
 */
#ifndef COMMON_CTL_CLIENT_H
#define COMMON_CTL_CLIENT_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include "common/ctl_error.h"

struct ctl_client;

/* Connects to <run_base>/<daemon>/control.sock, or where that is not permitted to
 * public.sock beside it, and reads the greeting, in at most `timeout_us`. `run_base` is
 * "/run" or hactl's -R. Returns CTL_OK and *ret, or the error. */
enum ctl_code ctl_client_open(const char *run_base, const char *daemon,
    int64_t timeout_us, struct ctl_client **ret, struct ctl_error *ret_error);

/* Closes and frees; NULL is allowed. Returns NULL. */
struct ctl_client *ctl_client_close(struct ctl_client *client);

/* The "params" of the greeting: proto, major, minor, daemon, version, node, epoch,
 * role, phase, rev, features, limits. Owned by the client. */
const json_t *ctl_client_hello(const struct ctl_client *client);

/* A text of the greeting ("node", "role", "epoch", ...), or "" when it has none. */
const char *ctl_client_hello_text(const struct ctl_client *client, const char *key);

/* Calls `method` and waits at most `timeout_us` for its answer. Takes over `params`
 * (NULL: none). Returns CTL_OK and *ret_result, which the caller releases with
 * json_decref(); else the error. A signal that arrives meanwhile ends the wait when
 * *interrupted (may be NULL) has become true: CTL_UNAVAILABLE, and `interrupted` tells
 * it from the others. The operation may still go on in the daemon. */
enum ctl_code ctl_client_call(struct ctl_client *client, const char *method,
    json_t *params, int64_t timeout_us, const volatile sig_atomic_t *interrupted,
    json_t **ret_result, struct ctl_error *ret_error);

/* Reads every page of `list {"type": type}` and returns one array with all items in
 * *ret_items (the caller's). *ret_rev (may be NULL) is the configuration they are of;
 * when it changes between two pages, reading starts again. */
enum ctl_code ctl_client_list(struct ctl_client *client, const char *type,
    int64_t timeout_us, json_t **ret_items, json_int_t *ret_rev,
    struct ctl_error *ret_error);

/* Waits at most `timeout_us` for the next message that is no answer to a call (an
 * event). Returns CTL_OK and *ret (the caller's), which is NULL when nothing came in
 * time. */
enum ctl_code ctl_client_next(struct ctl_client *client, int64_t timeout_us,
    json_t **ret, struct ctl_error *ret_error);

/* The descriptor, for poll(2) beside others. */
int ctl_client_fd(const struct ctl_client *client);

#endif

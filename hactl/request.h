/* SPDX-License-Identifier: Apache-2.0 */
/* request.h - from the words of a command to the parameters of a method.
 *
 * Every function here has the form of struct command's `params`: it returns the object,
 * or NULL and in *ret_wrong a sentence (the caller frees it). Only the form of a value
 * is checked: what range is allowed, the daemon knows.
 */
#ifndef HACTL_REQUEST_H
#define HACTL_REQUEST_H

#include <jansson.h>

struct options;
struct order;

/* Adds what every change may carry, and the options say: {"reason", "op_id", "if_rev",
 * "dry_run"}. */
void request_common(json_t *params, const struct options *options);

/* {"path": "instance/NAME"} */
json_t *request_path(const struct order *order, char **ret_wrong);
/* failover: {"target", "hold_ms", "wait", "wait_ms", "method"} */
json_t *request_failover(const struct order *order, char **ret_wrong);
/* takeover: {"target", "for_ms", "wait", "wait_ms"} */
json_t *request_takeover(const struct order *order, char **ret_wrong);
/* apply: {"changes": [{"path", "set": {...}}], "lease": {"ttl_ms"}} */
json_t *request_set(const struct order *order, char **ret_wrong);
/* apply: {"changes": [{"path", "unset": [...]}]} */
json_t *request_unset(const struct order *order, char **ret_wrong);
/* apply of any field, as the daemon checks it: {"changes": [{"path", "set": {...}}]} */
json_t *request_set_any(const struct order *order, char **ret_wrong);
/* apply: {"changes": [{"path", "unset": [FIELD...]}]} */
json_t *request_unset_any(const struct order *order, char **ret_wrong);
/* drain: {"target", "for_ms", "wait", "wait_ms"} */
json_t *request_drain(const struct order *order, char **ret_wrong);
/* What every change may carry: {"reason", "op_id"} */
json_t *request_change(const struct order *order, char **ret_wrong);
/* reload: the same, and {"force", "repair"} */
json_t *request_reload(const struct order *order, char **ret_wrong);
/* describe: {"type"} */
json_t *request_describe(const struct order *order, char **ret_wrong);
/* lease.renew: {"id", "ttl_ms"} */
json_t *request_renew(const struct order *order, char **ret_wrong);
/* confirm: {"id"} when the line names one */
json_t *request_confirm(const struct order *order, char **ret_wrong);
/* hold: {"target", "for_ms"} or {"target", "clear"} */
json_t *request_hold(const struct order *order, char **ret_wrong);
/* garp: {"target"} */
json_t *request_target(const struct order *order, char **ret_wrong);
/* maintenance: {"action", "target", "for_ms", "out", "stay", "wait", "wait_ms"}; for
 * "run", the action is "on" and "for_ms" is the caller's */
json_t *request_maintenance(const struct order *order, char **ret_wrong);
/* log.level: {"level", "lease": {"ttl_ms"}} */
json_t *request_log_level(const struct order *order, char **ret_wrong);
/* config.diff: {"from", "to"} */
json_t *request_diff(const struct order *order, char **ret_wrong);
/* config.save, config.discard: {"objects", "saved"} */
json_t *request_objects(const struct order *order, char **ret_wrong);
/* audit.list: {"count", "since_ms"} */
json_t *request_audit(const struct order *order, char **ret_wrong);
/* lease.release: {"id"} */
json_t *request_release(const struct order *order, char **ret_wrong);
/* call: one JSON object, or KEY=VALUE words, where VALUE is JSON or else a string */
json_t *request_call(const struct order *order, char **ret_wrong);

#endif

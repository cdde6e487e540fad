/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ops.h - remembers what became of operations that their client gave a name.
 *
 * A client that lost its connection does not know whether its request was carried out.
 * With an `op_id` it may ask again: the same request gets the same answer and is done
 * once, and `op.get` tells how it stands. Names belong to the user who gave them. Kept
 * in memory: after a restart of the daemon `if_rev` is the guard. Pure: time comes in.
 */
#ifndef COMMON_CTL_OPS_H
#define COMMON_CTL_OPS_H

#include <jansson.h>
#include <stdint.h>
#include <sys/types.h>

#define CTL_OPS_MAX 256
#define CTL_OPS_KEPT_US (INT64_C(600) * 1000000) /* after the answer */

struct ctl_ops;

struct ctl_ops *ctl_ops_new(void); /* NULL: out of memory */
struct ctl_ops *ctl_ops_free(struct ctl_ops *ops);

enum ctl_op {
	CTL_OP_NEW = 0, /* remembered from now on: do it */
	CTL_OP_RUNNING, /* it is being done */
	CTL_OP_DONE,    /* *ret_answer is what it was answered with */
	CTL_OP_OTHER,   /* the name was used for something else */
	CTL_OP_FULL,    /* all that are remembered are being done */
};

/* Asks for the operation `id` of `uid`, and notes it as running when it is new. An
 * answer after which trying again may help (ctl_code_retry()) does not count as done.
 * *ret_answer is a message without "id", valid until the next call. */
enum ctl_op ctl_ops_begin(struct ctl_ops *ops, uid_t uid, const char *id,
    const char *method, json_t *params, int64_t now_us, const json_t **ret_answer);

/* Notes the answer, any message with "result" or "error"; NULL forgets the operation.
 */
void ctl_ops_finish(struct ctl_ops *ops, uid_t uid, const char *id,
    const json_t *answer, int64_t now_us);

/* {"op_id", "method", "state": "running" or "done", "age_ms", "result" or "error"}, or
 * NULL when there is none. */
json_t *ctl_ops_get(struct ctl_ops *ops, uid_t uid, const char *id, int64_t now_us);

#endif

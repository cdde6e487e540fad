/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ops.c - remembers what became of operations that their client gave a name. */
#include "common/ctl_ops.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/ctl_error.h"
#include "common/units.h"

#define ID_SIZE 65

struct op {
	char id[ID_SIZE]; /* empty: the slot is free */
	uid_t uid;
	const char *method; /* of a static table */
	json_t *params;
	json_t *answer; /* NULL: running */
	int64_t begun_us, done_us;
};

struct ctl_ops {
	struct op slots[CTL_OPS_MAX];
};

struct ctl_ops *
ctl_ops_new(void)
{
	return calloc(1, sizeof(struct ctl_ops));
}

static void
forget(struct op *op)
{
	json_decref(op->params);
	json_decref(op->answer);
	*op = (struct op){0};
}

struct ctl_ops *
ctl_ops_free(struct ctl_ops *ops)
{
	if (ops == NULL)
		return NULL;
	for (size_t i = 0; i < CTL_OPS_MAX; i++)
		forget(&ops->slots[i]);
	free(ops);
	return NULL;
}

static struct op *
find(struct ctl_ops *ops, uid_t uid, const char *id, int64_t now_us)
{
	for (size_t i = 0; i < CTL_OPS_MAX; i++) {
		struct op *op = &ops->slots[i];

		if (op->id[0] == '\0' || op->uid != uid || strcmp(op->id, id) != 0)
			continue;
		if (op->answer == NULL || now_us - op->done_us < CTL_OPS_KEPT_US)
			return op;
		forget(op);
		return NULL;
	}
	return NULL;
}

/* A free slot, else that of the answer given longest ago. */
static struct op *
find_room(struct ctl_ops *ops)
{
	struct op *oldest = NULL;

	for (size_t i = 0; i < CTL_OPS_MAX; i++) {
		struct op *op = &ops->slots[i];

		if (op->id[0] == '\0')
			return op;
		if (op->answer != NULL &&
		    (oldest == NULL || op->done_us < oldest->done_us))
			oldest = op;
	}
	if (oldest != NULL)
		forget(oldest);
	return oldest;
}

/* Whether trying the same again may end in another way. */
static bool
may_try_again(const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	const json_t *data = json_object_get(error, "data");

	return error != NULL &&
	       ctl_code_retry(
		   ctl_code_find(json_string_value(json_object_get(data, "name")),
		       (int)json_integer_value(json_object_get(error, "code"))));
}

enum ctl_op
ctl_ops_begin(struct ctl_ops *ops, uid_t uid, const char *id, const char *method,
    json_t *params, int64_t now_us, const json_t **ret_answer)
{
	struct op *op = find(ops, uid, id, now_us);

	if (op != NULL &&
	    (strcmp(op->method, method) != 0 || !json_equal(op->params, params)))
		return CTL_OP_OTHER;
	if (op != NULL && op->answer == NULL)
		return CTL_OP_RUNNING;
	if (op != NULL && !may_try_again(op->answer)) {
		*ret_answer = op->answer;
		return CTL_OP_DONE;
	}
	if (op != NULL)
		forget(op);
	op = find_room(ops);
	if (op == NULL)
		return CTL_OP_FULL;
	*op = (struct op){
	    .uid = uid,
	    .method = method,
	    .params = json_incref(params),
	    .begun_us = now_us,
	};
	strncpy(op->id, id, sizeof(op->id) - 1);
	return CTL_OP_NEW;
}

void
ctl_ops_finish(struct ctl_ops *ops, uid_t uid, const char *id, const json_t *answer,
    int64_t now_us)
{
	struct op *op = find(ops, uid, id, now_us);

	if (op == NULL || op->answer != NULL)
		return;
	op->answer = json_deep_copy(answer);
	if (op->answer == NULL) {
		forget(op);
		return;
	}
	(void)json_object_del(op->answer, "id");
	op->done_us = now_us;
}

json_t *
ctl_ops_get(struct ctl_ops *ops, uid_t uid, const char *id, int64_t now_us)
{
	const struct op *op = find(ops, uid, id, now_us);

	if (op == NULL)
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:I, s:O*, s:O*}", "op_id", op->id, "method",
	    op->method, "state", op->answer != NULL ? "done" : "running", "age_ms",
	    (json_int_t)((now_us - op->begun_us) / US_PER_MS), "result",
	    json_object_get(op->answer, "result"), "error",
	    json_object_get(op->answer, "error"));
}
